/* fetch.h: table fetch: every URL that was wanted for an article, and what came of it. The state of an article under
 * way lies in these rows and nowhere else, so that fetching can end at any time and go on as if nothing had been. */
#ifndef FIGMILL_DB_FETCH_H
#define FIGMILL_DB_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "db/db.h"
#include "db/query.h"

enum fetch_state {
    FETCH_WANTED,  /* to be asked, or asked again: what an earlier answer gave is still in the row */
    FETCH_DONE,    /* it came */
    FETCH_FAILED,  /* it did not: err_kind, err_text */
    FETCH_REFUSED, /* it may not be asked: robots.txt, opt-out, a blocked host, a private address */
};

/* A row. Strings may be NULL but route, role and url. */
struct fetch_row {
    int64_t article_id;
    const char *route, *role, *url, *name, *md5, *license, *license_source;
    enum fetch_state state;
    const char *result; /* JSON */
    int status;
    const char *final_url, *media_type, *sha256;
    int64_t bytes;
    const char *etag, *last_modified, *headers, *robots;
    int attempts;
    double seconds;
    int64_t fetched, checked; /* 0: never */
    const char *err_kind, *err_text;
    int64_t document_id; /* 0: it became none */
};

/* The article's rows, those of articles merged into it too, in order of fetch_id. Strings go to the arena. */
bool fetch_load(struct db *db, int64_t article_id, struct arena *arena, struct fetch_row **rows, size_t *n,
                struct err *e);
/* Writes a row whole, by article and URL. */
bool fetch_store(struct db *db, const struct fetch_row *row, struct err *e);

/* What is known of an article before anything is asked. */
struct fetch_record {
    const char *source, *arxiv, *license, *license_url;
    int retracted;     /* 1: yes */
    const char *files; /* JSON list of {url, kind, license, version} */
};
struct fetch_article {
    int64_t article_id;                           /* the live one */
    const char *doi, *pmcid, *pmid, *drop_reason; /* or NULL */
    struct fetch_record *records;
    size_t n_records;
};
/* Follows merges. False also when there is no such article (ERR_FORMAT). */
bool fetch_article(struct db *db, int64_t article_id, struct arena *arena, struct fetch_article *out, struct err *e);

/* Each live article that has a record and was not taken down, in order of id; `inputs` is a hash of its identifiers and
 * records, `part` its partition. `since`: only those with a record added or changed since then (Unix seconds); 0: all.
 * `only` > 0: that one, with or without a record. May enqueue while it runs. */
typedef bool fetch_each_fn(void *context, int64_t article_id, const char *inputs, int part, struct err *e);
bool fetch_each(struct db *db, int64_t since, int64_t only, fetch_each_fn *each, void *context, struct err *e);

/* Of articles whose task failed: the rows that failed are to be asked again (their tasks are the runner's). */
bool fetch_retry_failed(struct db *db, int part, int parts, struct err *e);

/* To bring up to date what was fetched (fetch_again.c): first the rows of articles whose task is done are wanted again,
 * then the tasks of what is wanted are made ready. Of PMC's bucket the listing and the metadata decide; what these name
 * is asked again where its MD5 is another one. */
bool fetch_want_files(struct db *db, int part, int parts, struct err *e);    /* of other routes than the bucket */
bool fetch_want_versions(struct db *db, int part, int parts, struct err *e); /* of the bucket */
bool fetch_want_versions_of(struct db *db, int64_t article_id, struct err *e);
bool fetch_make_ready(struct db *db, int part, int parts, struct err *e);
/* The server said, then, that nothing of the article has changed in the bucket. */
bool fetch_note_unchanged(struct db *db, int64_t article_id, int64_t when, struct err *e);

/* An answer of the bucket about an article whose task is done; strings are valid during the call. */
struct fetch_version {
    int64_t article_id; /* the live one */
    const char *pmcid, *url;
    bool listing;     /* of versions; else the metadata of one */
    bool failed;      /* it could not be had */
    int highest;      /* of a listing */
    const char *etag; /* as the header has it; NULL: none */
};
typedef bool fetch_version_fn(void *context, const struct fetch_version *version, struct err *e);
bool fetch_each_version(struct db *db, int part, int parts, fetch_version_fn *each, void *context, struct err *e);
/* Articles that fetch has such an answer about. */
bool fetch_count_versions(struct db *db, int part, int parts, int64_t *n, struct err *e);

/* What the bucket gave an article in the end. */
struct fetch_choice {
    const char *pmcid;
    int version;         /* taken; 0: none */
    int oldest, highest; /* whose metadata were looked at for it */
    const char *license; /* as the metadata state it */
};
/* Takes away the rows of other versions, but those of files that the article still has, and tells the licence that is
 * stated now in the rows of the files that were not asked again. */
bool fetch_keep_version(struct db *db, int64_t article_id, const struct fetch_choice *choice, struct err *e);

/* Why nothing is fetched for the article ("licence", "retracted"), and in words; NULL: nothing stands against it any
 * more. Other reasons than these two are left as they are. */
bool fetch_drop(struct db *db, int64_t article_id, const char *reason, const char *note, struct err *e);

/* Whether the article has a task of its own, done or not. */
bool fetch_has_task(struct db *db, int64_t article_id, bool *has, struct err *e);

/* Articles that fetch has brought a document of. */
bool fetch_count_won(struct db *db, int64_t *n, struct err *e);

/* The article that a record is of. */
bool fetch_record_article(struct db *db, int64_t record_id, int64_t *article_id, struct err *e);

/* The rows' document_id, by article and hash. */
bool fetch_became(struct db *db, int64_t article_id, const char *sha256, int64_t document_id, struct err *e);

/* Adds "files", "bytes" and "routes": {route: articles won} and "refused", "failed" of the whole corpus. */
bool fetch_summary(struct db *db, cJSON *summary, struct err *e);

#endif

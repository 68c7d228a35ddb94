/* record.h: table record: what each source says of a work, and which article that makes.
 *
 * A record belongs to the article that has one of its identifiers (article.h), else to the one with the same title and
 * year (article.title_key), as long as no identifiers contradict each other; else it makes an article. Its identifiers
 * may prove two articles to be one, which are merged then. What every source said is kept. */
#ifndef FIGMILL_DB_RECORD_H
#define FIGMILL_DB_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

/* NULL: the source does not say. */
struct source_record {
    const char *source, *source_id; /* its key; never NULL */
    const char *doi, *pmcid, *pmid; /* as stated: they are cleaned here */
    const char *arxiv, *title, *language;
    int year; /* 0: not said */
    const char *date, *journal, *type, *license, *license_url;
    int open, retracted; /* 1 yes, 0 no, -1 not said */
    const char *files;   /* JSON list of {url, kind, license, version}; never NULL */
    const char *said;    /* JSON; never NULL */
};

/* Call it in a transaction. A record that is known gets what the source says now. One of a work that was taken down
 * (tombstone.h) is passed over: *record_id 0. */
bool record_store(struct db *db, const struct source_record *r, int64_t *record_id, struct err *e);

/* What works without an identifier in common are compared by: a fingerprint of the folded title and the year; false,
 * and
 * "": the title says too little (fewer than 5 words, or fewer than 25 characters, of which Han, kana and Hangul count
 * twice), or there is no year. */
enum { RECORD_TITLE_KEY_SIZE = 33 };
bool record_title_key(const char *title, int year, char out[RECORD_TITLE_KEY_SIZE]);

#endif

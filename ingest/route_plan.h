/* route_plan.h: what the parts of route_next share: the plan in the making, and the words of a route's outcome. */
#ifndef FIGMILL_INGEST_ROUTE_PLAN_H
#define FIGMILL_INGEST_ROUTE_PLAN_H

#include "base/json.h"
#include "base/str.h"
#include "ingest/route.h"

enum { PLAN_MAX_REASONS = 600 /* bytes */, PLAN_WINDOW = 24 /* pictures of an article asked at once */ };

/* What came of a route, or of one URL. */
enum outcome {
    OUT_NONE,   /* there is nothing to try */
    OUT_OPEN,   /* under way */
    OUT_YES,    /* here */
    OUT_NO,     /* failed; the reason is noted */
    OUT_LATER,  /* failed for a while */
    OUT_DROPPED /* the article may not be used at all */
};

/* A file that some record names, with who says so. */
struct plan_file {
    const char *url, *kind, *license, *version, *source;
    bool vouched; /* the user named it, or the page that names it */
};

struct plan {
    const struct fetch_article *article;
    const struct fetch_row *rows;
    size_t n_rows;
    const struct route_rules *rules;
    struct arena *arena;
    struct route_step *out;
    const char *doi, *pmcid, *pmid; /* the article's, or what a source or the bucket says */
    struct plan_file *files;
    size_t n_files, files_cap;
    bool retracted;
    const char *license, *license_source; /* what the sources say of the work; NULL: nothing */
    size_t wants_cap, documents_cap, assets_cap;
    size_t pictures; /* that the winner's XML names */
    struct str reasons;
    enum err_kind reason_kind;
    const char *refused_license, *refused_by; /* a licence that stood in the way */
    struct err later;                         /* the first failure that may pass */
};

/* The row of a URL, or NULL. */
const struct fetch_row *plan_row(const struct plan *p, const char *url);

/* Wants the file, unless its row says what came of it. OUT_YES: *row is it. OUT_NO: *row says why. A row of another MD5
 * than `want` states is asked again. Never OUT_NONE or OUT_DROPPED. */
enum outcome plan_ask(struct plan *p, const struct route_want *want, const struct fetch_row **row);

/* Notes why a route failed. Gives OUT_NO. */
enum outcome plan_no(struct plan *p, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for a row that failed. */
enum outcome plan_no_row(struct plan *p, const struct fetch_row *row);

/* Whether files may be taken under what is stated; notes it where not. `source`: who says so. */
bool plan_allowed(struct plan *p, const char *route, const char *license, const char *source);

void plan_add_file(struct plan *p, const struct plan_file *file);
/* The files of a result's list "files". */
void plan_add_files(struct plan *p, const cJSON *result, const char *source);

void plan_document(struct plan *p, const struct fetch_row *row);
void plan_asset(struct plan *p, const struct fetch_row *row);

/* The result of a row as JSON, to be freed with cJSON_Delete; NULL where there is none. */
cJSON *plan_result(const struct fetch_row *row);
const char *plan_text(const struct plan *p, const cJSON *object, const char *name); /* copied to the arena; or NULL */

/* Pictures by their URLs. OUT_YES: each came and is an asset now, or failed and counts as missing. OUT_NO: they are too
 * large together. */
struct plan_picture {
    const char *url, *name, *md5;
};
enum outcome plan_pictures(struct plan *p, const char *route, const struct plan_picture *pictures, size_t n,
                           const char *license, const char *license_source, enum crawl_kind kind);

/* Routes; each adds documents and assets when it gives OUT_YES. */
enum outcome route_lookup(struct plan *p);
enum outcome route_pmc(struct plan *p);
enum outcome route_europepmc(struct plan *p);
enum outcome route_xml(struct plan *p);
enum outcome route_pdf(struct plan *p);
enum outcome route_landing(struct plan *p);
enum outcome route_given(struct plan *p);

/* XML files and PDFs among the plan's files from `first` on; used by more than one route. */
enum outcome plan_xmls(struct plan *p, const char *route, size_t first);
enum outcome plan_pdfs(struct plan *p, const char *route, size_t first);
/* A record of the work by a service's ask_work. OUT_YES: its files were added. */
enum outcome plan_lookup(struct plan *p, const char *source, const char *id);

#endif

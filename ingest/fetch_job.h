/* fetch_job.h: one article in the hands of fetch: its records and rows in memory, and its end as rows of the corpus. */
#ifndef FIGMILL_INGEST_FETCH_JOB_H
#define FIGMILL_INGEST_FETCH_JOB_H

#include "ingest/crawl.h"
#include "ingest/import_read.h"
#include "ingest/route.h"
#include "stage/crowd.h"

struct fetch_job {
    void *loop; /* the caller's */
    struct crowd_item item;
    struct arena arena; /* all that follows lives here */
    struct fetch_article article;
    struct fetch_row *rows;
    size_t n, cap;
    const char **asked; /* URLs under way; NULL where one has come back */
    size_t n_asked, asked_cap;
    size_t open;       /* of them under way */
    bool last;         /* its last attempt */
    bool due;          /* has news for route_next */
    bool ended;        /* `end` is what became of it */
    bool elsewhere;    /* merged into an article that has a task of its own: nothing to do here */
    struct err broken; /* an answer that no route can go around: disk full */
    struct {
        enum { JOB_WON, JOB_DROPPED, JOB_FAILED } what;
        struct import_file *files; /* WON */
        size_t n_files, n_missing;
        const char *doi, *pmcid, *pmid, *drop_reason, *route;
        struct fetch_choice bucket; /* version 0: it has no part in the end */
        struct err why;             /* FAILED, DROPPED */
    } end;
};

/* Loads what the database holds. Rows that failed for a while are to be asked again. ERR_FORMAT: the article is gone.
 */
bool fetch_job_load(struct fetch_job *job, struct db *db, struct err *e);
void fetch_job_release(struct fetch_job *job);

/* Takes an answer into the job's rows; gives the row. Reads what it says; bytes of XML come from the blob store.
 * ERR_SYSTEM (in job->broken) when that cannot be read. */
const struct fetch_row *fetch_job_answer(struct fetch_job *job, const char *corpus, const struct route_want *want,
                                         const struct crawl_reply *reply);

/* Sets job->end from a step that is none of ROUTE_WANTS; looks at the bytes of a winner's documents. */
bool fetch_job_end(struct fetch_job *job, const char *corpus, const struct route_step *step, struct err *e);

/* Writes the end, in the transaction that settles the item: documents and assets, or why there are none. A taken-down
 * article ends as *why, which the caller settles the item with; ERR_NONE: it is done. */
bool fetch_job_store(struct fetch_job *job, struct db *db, struct err *why, struct err *e);

#endif

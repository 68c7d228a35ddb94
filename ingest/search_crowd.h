/* search_crowd.h: reads the searches in the queue page by page, several at once. A page's records and the cursor of the
 * next one are stored in one transaction, so that a run that is killed repeats one page at most.
 *
 * What a failure does: a reply that a later attempt may better (ERR_TEMPORARY, past what crawl.h tries) is waited for
 * within the item as long as there are pages in between, else by the queue; a broken one (ERR_FORMAT under a status of
 * 2xx) is asked for again a few times. A cursor that the service no longer knows (a page other than the first that
 * cannot be had or read: ERR_FORMAT) makes the search begin again, a few times at most; records are known by then, so
 * that nothing is double. All else fails the search. */
#ifndef FIGMILL_INGEST_SEARCH_CROWD_H
#define FIGMILL_INGEST_SEARCH_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/crawl.h"
#include "stage/crowd.h"

/* The `crowd` of the stage; `limit` as in search_store.h. */
bool search_crowd(struct stage_context *c, struct crowd *crowd, const struct crawl_options *options, int64_t limit,
                  struct err *e);

#endif

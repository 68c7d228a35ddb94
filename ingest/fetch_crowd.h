/* fetch_crowd.h: the event loop of fetch: hundreds of articles at once in one process, each taken from answer to answer
 * by route_next until it is won, dropped or failed. */
#ifndef FIGMILL_INGEST_FETCH_CROWD_H
#define FIGMILL_INGEST_FETCH_CROWD_H

#include "ingest/crawl.h"
#include "ingest/route.h"
#include "stage/crowd.h"

/* At most so many articles in hand, and requests that wait in the crawler before further articles are taken. */
enum { FETCH_MAX_JOBS = 512, FETCH_MAX_OPEN = 1500 };

/* Answers are committed when so many are there, or so long after the first. */
enum { FETCH_BATCH = 64, FETCH_BATCH_MS = 50 };

extern const char *const fetch_writes[];

/* The `crowd` function of the stage. */
bool fetch_crowd(struct stage_context *c, struct crowd *crowd, const struct crawl_options *options,
                 const struct route_rules *rules, struct err *e);

#endif

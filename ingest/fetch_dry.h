/* fetch_dry.h: what `figmill fetch` would ask next. */
#ifndef FIGMILL_INGEST_FETCH_DRY_H
#define FIGMILL_INGEST_FETCH_DRY_H

#include "ingest/given.h"
#include "ingest/route.h"
#include "stage/runner.h"

/* Prints a line for each request that would be made now (article, route, URL), then what it comes to by route; with
 * --json one object. For works that are named and not in the corpus, too. Changes nothing; a corpus that is not there
 * yet is an empty one. What the answers would lead to is not known. */
bool fetch_dry_run(const struct common_options *common, const struct route_rules *rules, const struct given *given,
                   int64_t since, struct err *e);

#endif

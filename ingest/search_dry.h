/* search_dry.h: what a profile would find: asks each source for the first page of each query and writes nothing but a
 * table of hits and an estimate of what fetching would take. */
#ifndef FIGMILL_INGEST_SEARCH_DRY_H
#define FIGMILL_INGEST_SEARCH_DRY_H

#include <stdbool.h>

#include "ingest/crawl.h"
#include "ingest/search_plan.h"

enum search_dry_form { SEARCH_DRY_TABLE, SEARCH_DRY_JSON };

/* Prints to stdout. *n_failed searches could not be counted, each with a line in the log. */
bool search_dry_run(const struct search_plan *plan, const struct crawl_options *options, enum search_dry_form form,
                    int *n_failed, struct err *e);

#endif

/* search_plan.h: which searches a profile and the options of a run make: one for each query and source. */
#ifndef FIGMILL_INGEST_SEARCH_PLAN_H
#define FIGMILL_INGEST_SEARCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/profile.h"
#include "ingest/search_query.h"

struct search_plan_options {
    const char *sources; /* --source LIST, or NULL: all that the profile names */
    const char *since,
        *until; /* --since: only what came into a source since then; --until: dates of publication; NULL */
    const char *contact;
    bool first_pages; /* nothing more is asked for: a dry run */
};

struct search_planned {
    const struct source *source;
    const struct profile_query *of; /* NULL: all queries of the profile (SEARCH_EVERY_QUERY) */
    struct search_query query;
    struct source_request first; /* as the first page is asked for */
};

struct search_plan {
    struct search_planned *items; /* in the order of the profile's queries, then of `sources` */
    size_t n, cap;
};

/* What cannot be asked is left out and said once a source: a key that is missing, a query that the source has no words
 * for. ERR_USAGE: an option that is none; nothing is left. All lives in the arena. */
bool search_plan_make(const struct profile *p, const struct search_plan_options *options, struct arena *arena,
                      struct search_plan *out, struct err *e);

#endif

/* search_query.h: a search of a profile as one text, which a corpus keeps and a worker asks from, without the profile:
 * canonical JSON of all that shapes the request but for its dates, {"access", "any": [{"all": [[term, ...], ...]}],
 * "raw"}. A source that searches is asked for the one member of `any`; a source that only lists by date is read once
 * for all the profile's queries, and a record counts that matches one of them. */
#ifndef FIGMILL_INGEST_SEARCH_QUERY_H
#define FIGMILL_INGEST_SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/search.h"
#include "ingest/query.h"

/* Of a search that stands for all queries of a profile at a source that lists by date; no query can have that name. */
#define SEARCH_EVERY_QUERY "*"

struct search_query {
    struct query ask;        /* as the source is asked */
    const struct query *any; /* only `groups` and `raw` count */
    size_t n_any;
};

/* The text lives in the arena. */
const char *search_query_write(const struct search_query *q, struct arena *arena);
/* The query of a row, its dates from the row. ERR_FORMAT: the text is none that search_query_write made. */
bool search_query_read(const struct search_row *row, struct arena *arena, struct search_query *out, struct err *e);

/* Whether a record with this title and abstract (NULL: none) is one that was looked for. */
bool search_query_matches(const struct search_query *q, const char *title, const char *abstract);

#endif

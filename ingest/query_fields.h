/* query_fields.h: what adapters of several services do with a query beyond query.h. */
#ifndef FIGMILL_INGEST_QUERY_FIELDS_H
#define FIGMILL_INGEST_QUERY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ingest/query.h"

/* As query_write, with every group asked of each of the fields: "((title:a OR title:b) OR (abstract:a OR abstract:b))".
 * A field is what stands in front of a term ("title:"), in the place of the syntax's term_open; `fields` ends with
 * NULL. For services whose search of all fields takes in full texts or affiliations, and finds too much. */
void query_write_fields(const struct query *q, const struct query_syntax *syntax, const char *const *fields,
                        struct str *out);

/* True when the query's language is any, or one of `languages` ("en ja"; a region is passed over), or the query is raw.
 * Else ERR_UNSUPPORTED: titles and abstracts of this source are in those languages only, other terms match nothing. */
bool query_language_in(const struct query *q, const char *languages, const char *title, struct err *e);

/* The year of a date "YYYY-..."; `fallback` when it is NULL. */
int query_year(const char *date, int fallback);
/* The later of two dates "YYYY-MM-DD"; NULL counts as earlier than all. */
const char *query_later(const char *a, const char *b);

#endif

/* search_store.h: a page of results becomes rows: records, their articles, hits, faults, and where the search stands.
 */
#ifndef FIGMILL_INGEST_SEARCH_STORE_H
#define FIGMILL_INGEST_SEARCH_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "ingest/search_query.h"
#include "ingest/source.h"

extern const char *const search_writes[]; /* tables that this writes (db_restrict), and `host` of the crawl */

/* Puts a search into the queue, unless it was read to its end before. `limit` as in search_store_page. */
bool search_enqueue(struct db *db, const struct search_key *key, int64_t limit, struct err *e);

enum search_next {
    SEARCH_MORE, /* the next page's cursor stands in the row */
    SEARCH_ENDS, /* read to its end, cut in two, or as far as it may be: nothing more to ask */
};
/* Stores the page that follows what the row says, in the caller's transaction. More hits than the source lets anyone
 * page through cut the search in two by date of publication, each half a search of its own (in the queue afterwards);
 * a single day that has more is read as far as it goes. `limit`: records after which no
 * further page is asked for; 0: all. */
bool search_store_page(struct db *db, const struct search_row *row, const struct source *source,
                       const struct search_query *query, const struct source_page *page, int64_t limit,
                       enum search_next *next, struct err *e);

#endif

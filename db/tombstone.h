/* tombstone.h: table tombstone, and taking a work down: its documents, figures, translations, pairs and records go, and
 * a tombstone for each of its identifiers and documents' hashes stays, which search, fetch and import honour. */
#ifndef FIGMILL_DB_TOMBSTONE_H
#define FIGMILL_DB_TOMBSTONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/article.h"
#include "db/db.h"
#include "db/query.h"

/* Whether one of the identifiers (cleaned here), or the bytes of that hash, were taken down. Either may be NULL. */
bool tombstone_find(struct db *db, const struct article_ids *ids, const char *sha256, bool *found, struct err *e);

/* Sets a tombstone for "doi:10.5555/x", "pmcid:PMC1", "pmid:1", "sha256:..." (clean forms). One that is there stays. */
bool tombstone_add(struct db *db, const char *key, const char *reason, struct err *e);

/* The live article of that key: of its own, or of any of its identifiers, also of one that was merged; 0: none. */
bool tombstone_article(struct db *db, const char *key, int64_t *article_id, struct err *e);

struct tombstone_counts {
    int64_t documents, assets, figures, translations, pairs, samples, records, fetches, model_calls;
};

/* Sets tombstones for the article's key, identifiers and documents, then deletes what hangs on it; the row of table
 * article stays, dropped as `purged`, so that what counts articles still adds up. In a transaction. Idempotent. */
bool tombstone_purge(struct db *db, int64_t article_id, const char *reason, struct tombstone_counts *counts,
                     struct err *e);

/* The hashes that the article's rows name, and no other row does: of these blobs nothing needs the bytes once the
 * article is gone. Call it before tombstone_purge; `each` may be called with one hash several times. */
typedef bool tombstone_blob_fn(void *context, const char *sha256, struct err *e);
bool tombstone_blobs(struct db *db, int64_t article_id, tombstone_blob_fn *each, void *context, struct err *e);
/* True when some row names the blob. */
bool tombstone_blob_used(struct db *db, const char *sha256, bool *used, struct err *e);

/* The releases that hold samples of the article: name, path, samples. Call it before tombstone_purge. */
bool tombstone_releases(struct db *db, int64_t article_id, const struct query_sink *sink, struct err *e);

#endif

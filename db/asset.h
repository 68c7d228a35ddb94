/* asset.h: table asset: the images that lie beside an article's documents, which refer to them by name. */
#ifndef FIGMILL_DB_ASSET_H
#define FIGMILL_DB_ASSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"

struct asset {
    const char *name;
    const char *sha256; /* its bytes are the blob of that name */
    int64_t bytes;
};

/* Stores or replaces the asset of that name. */
bool asset_store(struct db *db, int64_t article_id, const struct asset *a, struct err *e);

/* The asset that a document means by `href`, best match first: its path as written (without "./", a query or an anchor,
 * percent codes undone); its last part whatever the case; its last part with another extension or none (JATS names .tif
 * where .jpg lies, or an identifier such as info:doi/10.5555/x.g001), where JPEG and PNG come before other files.
 * 1: found, strings go to the arena; 0: none; -1: failed. */
int asset_find(struct db *db, int64_t article_id, const char *href, struct arena *arena, struct asset *out,
               struct err *e);

#endif

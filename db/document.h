/* document.h: table document: the files that the extract stage reads; their bytes are blobs. */
#ifndef FIGMILL_DB_DOCUMENT_H
#define FIGMILL_DB_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"

struct document {
    int64_t id, article_id;
    const char *kind; /* jats html pdf xml */
    const char *media_type;
    const char *sha256;
    int64_t bytes;
    const char *name;       /* path as first imported; within an archive ARCHIVE!MEMBER */
    const char *source_url; /* or NULL */
};

/* The document with these bytes; *id 0: there is none. */
bool document_find(struct db *db, const char *sha256, int64_t *id, int64_t *article_id, struct err *e);

/* Stores a document whose bytes are not there yet, and gives its id. Where its article has a document of the same name,
 * the file's bytes have changed: the row is kept and updated, so that what was made of it is made again in place. */
bool document_store(struct db *db, const struct document *d, int64_t *id, struct err *e);

/* Its bytes came from this URL last; of a document that came from none it stays none. */
bool document_moved(struct db *db, int64_t id, const char *source_url, struct err *e);

/* Loads a document; its strings go to the arena. ERR_FORMAT when there is no such document. */
bool document_load(struct db *db, int64_t id, struct arena *arena, struct document *out, struct err *e);

/* Each document in order of id, for enqueueing: `inputs` is a hash over its bytes and the names and bytes of its
 * article's assets, which changes when an image is added; `part` is article_part. May enqueue while it runs. */
typedef bool document_each_fn(void *context, int64_t document_id, const char *inputs, int part, struct err *e);
bool document_each(struct db *db, document_each_fn *each, void *context, struct err *e);

#endif

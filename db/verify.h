/* verify.h: what `figmill verify` asks the database, and how it puts damage back into the queue. */
#ifndef FIGMILL_DB_VERIFY_H
#define FIGMILL_DB_VERIFY_H

#include "base/arena.h"
#include "db/db.h"

/* `text` is a line for people. */
typedef void verify_text_fn(void *context, const char *text);

/* What is wrong with the database itself: SQLite's integrity check (`quick`: without the indexes), foreign keys, and
 * columns that should hold JSON. */
bool verify_database(struct db *db, bool quick, verify_text_fn *each, void *context, struct err *e);

/* Every blob that a row needs, once, in the order of the hashes; `bytes` -1 where no row says. False ends the walk,
 * with the error that is set. */
typedef bool verify_blob_fn(void *context, const char *sha256, int64_t bytes, struct err *e);
bool verify_blobs(struct db *db, verify_blob_fn *each, void *context, struct err *e);

/* What needs a blob: a line for people, and the task that makes it again (stage NULL: none can). */
typedef void verify_user_fn(void *context, const char *what, const char *stage, const char *item);
bool verify_blob_users(struct db *db, const char *sha256, verify_user_fn *each, void *context, struct err *e);

/* All hashes that any row names in any column called sha256 or ..._sha256, also of tables that came later: what is not
 * among them is an orphan. May come several times. */
typedef void verify_hash_fn(void *context, const char *sha256);
bool verify_named_hashes(struct db *db, verify_hash_fn *each, void *context, struct err *e);

/* Makes a task ready anew whatever its fingerprint. False without an error when there is no such task. */
bool verify_requeue(struct db *db, const char *stage, const char *item, struct err *e);

/* The stage and owner of a task that is being worked on now, in the arena; NULL: none. */
const char *verify_busy(struct db *db, struct arena *arena, struct err *e);

struct verify_release {
    int64_t id;
    const char *name, *path, *manifest_sha256;
    int64_t samples, sample_rows;
};
typedef bool verify_release_fn(void *context, const struct verify_release *r, struct err *e);
/* The strings are valid during the call. */
bool verify_releases(struct db *db, verify_release_fn *each, void *context, struct err *e);

#endif

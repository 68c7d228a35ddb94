/* blob.h: bytes by their SHA-256: CORPUS/blobs/ab/cdef... Bytes first: a blob is written to a temp file and renamed
 * before the row that names it is committed.
 *
 * What holds after a crash: when processes die (kill -9, out of memory), at worst a blob that no row names is left, and
 * a temp file. Blobs are not synced one by one, since a sync a file would bound every stage by the disk's latency; when
 * the power fails, rows committed within the last half minute or so (what the kernel has not written back yet; never
 * more than since the last blob_sync) may name blobs that are missing or too short. `figmill verify` finds those, and
 * with --repair re-queues what made them. A stage that writes blobs calls blob_sync at the end of a run (struct stage's
 * finish), so that what it reported as done is on the disk. */
#ifndef FIGMILL_DB_BLOB_H
#define FIGMILL_DB_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/file.h"
#include "base/sha256.h"

/* "blobs/ab/cdef...", relative to the corpus; at most BLOB_PATH_SIZE bytes with the NUL. */
enum { BLOB_PATH_SIZE = 80 };
void blob_path(const char *sha256, char out[BLOB_PATH_SIZE]);

/* Stores bytes under their hash, which is given back. Bytes that are there already (with the right size) are not
 * written again. ERR_SYSTEM when the disk is full or cannot be written. */
bool blob_write(const char *corpus, const void *bytes, size_t len, char sha256[SHA256_SIZE], struct err *e);

/* Stores bytes that come in pieces, in bounded memory: the first bytes are kept, at most `head_max` (at least 1; blobs
 * that fit are hashed and written in one go), the rest goes to a temp file. A writer is used for one blob after the
 * other; a process may have many at once, each of which holds memory for what it was given only. The temp files of
 * processes that died ("tmp-PID-N") are found and removed by `figmill verify --repair`. */
enum { BLOB_HEAD = 1 << 20 }; /* enough to tell every kind of file */
struct blob_writer;
struct blob_writer *blob_writer_new(const char *corpus, size_t head_max);
void blob_writer_free(struct blob_writer *w); /* what was not finished is forgotten; NULL is fine */
/* On failure (ERR_SYSTEM) the writer is to be cleared. */
bool blob_writer_add(struct blob_writer *w, const void *bytes, size_t len, struct err *e);
/* The first bytes of what was added so far, at most head_max; valid until the next add, finish or clear. */
const unsigned char *blob_writer_head(const struct blob_writer *w, size_t *len);
uint64_t blob_writer_size(const struct blob_writer *w);
/* An open file of what was added so far, at its beginning, for bytes that are read once and never become a blob; the
 * caller closes it, and it is gone with the next finish or clear. NULL (ERR_SYSTEM) on failure. */
FILE *blob_writer_open(struct blob_writer *w, struct err *e);
/* Stores what was added; the writer is empty again, on failure too. */
bool blob_writer_finish(struct blob_writer *w, char sha256[SHA256_SIZE], struct err *e);
void blob_writer_clear(struct blob_writer *w); /* forgets what was added */

/* Waits until all blobs written so far are on the disk. No blobs yet: fine. */
bool blob_sync(const char *corpus, struct err *e);

/* A blob's bytes, mapped. ERR_FORMAT when it is missing: `figmill verify --repair` re-queues what made it. */
bool blob_map(const char *corpus, const char *sha256, struct file_map *out, struct err *e);
/* An open descriptor of it, to hand to a sandbox; -1 on failure. */
int blob_open(const char *corpus, const char *sha256, struct err *e);

#endif

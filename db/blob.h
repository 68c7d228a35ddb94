/* blob.h: bytes by their SHA-256: CORPUS/blobs/ab/cdef... Bytes first: a blob is written to a temp file, synced and
 * renamed before the row that names it is committed, so a crash leaves at worst a blob that no row names. */
#ifndef FIGMILL_DB_BLOB_H
#define FIGMILL_DB_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/file.h"
#include "base/sha256.h"

/* "blobs/ab/cdef...", relative to the corpus; at most BLOB_PATH_SIZE bytes with the NUL. */
enum { BLOB_PATH_SIZE = 80 };
void blob_path(const char *sha256, char out[BLOB_PATH_SIZE]);

/* Stores bytes under their hash, which is given back. Bytes that are there already (with the right size) are not
 * written again. ERR_SYSTEM when the disk is full or cannot be written. */
bool blob_write(const char *corpus, const void *bytes, size_t len, char sha256[SHA256_SIZE], struct err *e);

/* A blob's bytes, mapped. ERR_FORMAT when it is missing: `figmill verify --repair` re-queues what made it. */
bool blob_map(const char *corpus, const char *sha256, struct file_map *out, struct err *e);
/* An open descriptor of it, to hand to a sandbox; -1 on failure. */
int blob_open(const char *corpus, const char *sha256, struct err *e);

#endif

/* tar.h: a writer of plain POSIX ustar archives whose bytes depend on nothing but names and contents: mode 0644, uid
 * and gid 0, no owner names, one fixed modification time, members in the order in which they are added, two zero blocks
 * at the end. (POSIX.1-2017, pax, "ustar Interchange Format".) */
#ifndef FIGMILL_PAIRS_TAR_H
#define FIGMILL_PAIRS_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sha256.h"

enum {
    TAR_BLOCK = 512,
    TAR_NAME_MAX = 100,    /* bytes of a member's name; the prefix field is left empty */
    TAR_MTIME = 315532800, /* 1980-01-01 UTC: tar warns of an implausibly old time stamp when it is 0 */
};
#define TAR_SIZE_MAX ((uint64_t)077777777777) /* bytes of a member: 11 octal digits, 8 GiB - 1 */

struct tar;

/* Makes the file, which must not exist. NULL on failure: ERR_SYSTEM when it cannot be written. */
struct tar *tar_create(const char *path, struct err *e);

/* Adds a regular file. The name is 1..TAR_NAME_MAX printable ASCII bytes, relative, without "." or ".." as a part;
 * anything else is ERR_FORMAT, and a content past TAR_SIZE_MAX is ERR_LIMIT. */
bool tar_add(struct tar *t, const char *name, const void *bytes, size_t len, struct err *e);

/* Bytes that the file would have if a member of `len` bytes were added and it were closed then. */
uint64_t tar_size_with(const struct tar *t, size_t len);

/* Ends the archive and frees it; `sha256` and `bytes` are the whole file's. False: the file is not whole. NULL is fine
 * and true. */
bool tar_close(struct tar *t, char sha256[SHA256_SIZE], uint64_t *bytes, struct err *e);
/* Gives it up on a way out after an error; the file stays as far as it came. NULL is fine. */
void tar_drop(struct tar *t);

#endif

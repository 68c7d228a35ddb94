/* archive.h: the files inside a tar, a compressed tar, a zip, or one compressed file, read by libarchive as a stream.
 *
 * The archive's bytes and its members' names are hostile: call this where nothing can be opened or written (the
 * sandbox). Nothing is ever unpacked to a path. What is unsafe is refused by name and the rest goes on:
 *   - absolute names, drive letters, backslashes, "..", empty names, names with control characters or longer than
 *     ARCHIVE_MAX_PATH or deeper than ARCHIVE_MAX_DEPTH
 *   - links of either kind, devices, FIFOs, sockets; encrypted members
 *   - members longer than ARCHIVE_MAX_MEMBER
 * What makes the whole a bomb ends the walk with ERR_LIMIT: more than ARCHIVE_MAX_MEMBERS members, more than
 * ARCHIVE_MAX_TOTAL bytes unpacked, or more than ARCHIVE_RATIO times the archive's own size (past ARCHIVE_RATIO_FREE
 * bytes, which any archive may have). Folders are no members. */
#ifndef FIGMILL_BASE_ARCHIVE_H
#define FIGMILL_BASE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    ARCHIVE_MAX_BYTES = 1 << 30,    /* of the archive itself */
    ARCHIVE_MAX_MEMBER = 512 << 20, /* bytes of one member, unpacked */
    ARCHIVE_MAX_MEMBERS = 100000,   /* refused ones and folders included */
    ARCHIVE_MAX_PATH = 1024,        /* bytes */
    ARCHIVE_MAX_DEPTH = 64,         /* folders a member may lie in */
    ARCHIVE_CHUNK = 1 << 20,        /* most bytes a call of `bytes` gets */
    ARCHIVE_RATIO = 200,
    ARCHIVE_RATIO_FREE = 256 << 20
};
#define ARCHIVE_MAX_TOTAL ((uint64_t)6 << 30)

/* What the walk calls, in the archive's order. Any of them returns false to end the walk with its error. Paths are
 * valid during the call; they are the archive's bytes, UTF-8 where the archive says or happens to be so. */
struct archive_visitor {
    void *context;
    bool (*begin)(void *context, const char *path, struct err *e);
    bool (*bytes)(void *context, const unsigned char *bytes, size_t len, struct err *e);
    bool (*end)(void *context, struct err *e);
    /* A member that is not given, or, after its `begin`, that is not given whole: `why` says what is wrong with it. */
    bool (*refused)(void *context, const char *path, const struct err *why, struct err *e);
};

/* Walks the archive in memory. False: damaged (ERR_FORMAT; members in front of the damage have been given, and one that
 * was begun has been refused), a limit (ERR_LIMIT), or the visitor's own error. A single compressed file is one member
 * with the path "data". Call archive_prepare once in the process, before files can no longer be opened. */
bool archive_walk(const unsigned char *bytes, size_t len, const struct archive_visitor *visitor, struct err *e);
void archive_prepare(void);

/* NULL when the member's path is safe, else what is wrong with it. */
const char *archive_path_fault(const char *path);

#endif

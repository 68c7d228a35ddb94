/* import_walk.h: finds the files that import is given: paths, folders with all below them, lists of paths.
 *
 * Names beginning with a dot are left out within folders. Links are followed; a folder that was met before is not
 * entered again, so loops end. What cannot be read is kept as a file without a kind: reading it later says why. */
#ifndef FIGMILL_INGEST_IMPORT_WALK_H
#define FIGMILL_INGEST_IMPORT_WALK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/import_group.h"

/* What a change of shows in the fingerprint. */
struct walk_file {
    int64_t bytes, modified_ns; /* -1: cannot be read */
};

enum { WALK_MAX_DEPTH = 256 }; /* folders in folders; deeper ones are kept as unreadable */

struct walk {
    struct arena arena;
    struct group_entry *entries; /* .file is a struct walk_file; .kind by content; paths absolute, not sorted */
    size_t n, cap;
    struct walk_seen *seen;            /* folders met */
    const volatile sig_atomic_t *stop; /* may be NULL */
};

void walk_release(struct walk *w);

/* Adds a file, or a folder's files. ERR_ABORT when stopped; ERR_USAGE when there is nothing of that name and
 * `must_exist`, else a path that is not there is kept as unreadable. */
bool walk_path(struct walk *w, const char *path, bool must_exist, struct err *e);

/* Adds each path that a text file (or "-": standard input) names, one a line, or with NUL between them. */
bool walk_list(struct walk *w, const char *file, struct err *e);

/* Takes out what was added twice; call it before grouping. */
void walk_unique(struct walk *w);

#endif

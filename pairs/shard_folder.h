/* shard_folder.h: a release's folder: made aside as DIR.partial, then put in place in one step. */
#ifndef FIGMILL_PAIRS_SHARD_FOLDER_H
#define FIGMILL_PAIRS_SHARD_FOLDER_H

#include <stdbool.h>

#include "base/err.h"

/* ERR_USAGE when the folder holds something that is no release of ours: it would be replaced. A missing or empty one is
 * fine. */
bool shard_folder_check(const char *out, struct err *e);

/* Makes OUT.partial, empty; what an interrupted run left there is removed. */
bool shard_folder_begin(const char *out, struct err *e);
/* Removes OUT.partial, as far as that can be done. */
void shard_folder_abandon(const char *out);

/* Everything below OUT.partial reaches the disk. */
bool shard_folder_sync(const char *out, struct err *e);
/* OUT.partial becomes OUT in one step, then the old one goes; files in it that its manifest does not name are somebody
 * else's: then it stays as OUT.old. */
bool shard_folder_place(const char *out, struct err *e);

#endif

/* profile_find.h: where topic profiles lie, those that figmill brings and those of the user. What is in them is
 * ingest/profile.h's and profile_files.h's. */
#ifndef FIGMILL_STAGE_PROFILE_FIND_H
#define FIGMILL_STAGE_PROFILE_FIND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

enum { PROFILE_MAX_BYTES = 2 << 20 /* of the file */ };

/* The path of a profile (arena, or the argument itself). NAME_OR_FILE is a file's path when it has a slash or ends in
 * .yaml or .yml; else NAME.yaml is looked for in the folder `profiles` beside the program (the build tree), beside it
 * in ../ingest/profiles (the build tree, for the programs of other folders), in ../share/figmill/profiles (installed),
 * and in the working folder. NULL with ERR_USAGE when there is none, with those that there are. */
const char *profile_find(const char *name_or_file, struct arena *arena, struct err *e);

/* profile_find, then file_map; *path is the file's. All errors are ERR_USAGE. */
bool profile_map(const char *name_or_file, struct arena *arena, const char **path, struct file_map *out, struct err *e);

#endif

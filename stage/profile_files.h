/* profile_files.h: the files that a topic profile names for the stages that know nothing of searching: its glossary
 * (translate/glossary.h) and its lexicon. The rest of the profile is for ingest/profile.h and not looked at here; that
 * it is YAML must hold. */
#ifndef FIGMILL_STAGE_PROFILE_FILES_H
#define FIGMILL_STAGE_PROFILE_FILES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "stage/yaml.h"

struct profile_files {
    const char *path;               /* of the profile */
    const char *glossary, *lexicon; /* paths of TSV files, which exist; or NULL */
};

/* Finds a profile by its name or file (profile_find.h) and reads what files it names. Strings live in the arena or are
 * the argument. ERR_USAGE: "FILE:LINE:COLUMN: what is wrong", and when there is no such profile. */
bool profile_files_load(const char *name_or_file, struct arena *arena, struct profile_files *out, struct err *e);
/* The same for a profile's text; `path` stands in errors, and the files lie in its folder. */
bool profile_files_parse(const char *text, size_t len, const char *path, struct arena *arena, struct profile_files *out,
                         struct err *e);

/* Reads a value that names a file, relative to the profile's folder, into a const char *; it must be there. A
 * yaml_read_fn, for both readers of profiles. */
bool profile_files_read_path(struct yaml_reader *r, const yaml_node_t *node, void *into);

#endif

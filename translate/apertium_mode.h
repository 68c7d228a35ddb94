/* apertium_mode.h: Apertium's modes. A mode is a file "spa-eng.mode" that holds a line for the shell: the stages of a
 * pipeline, with "|" between them (https://wiki.apertium.org/wiki/Modes). It is read here into arguments for execv, so
 * that no shell runs: words, quotes and backslashes as POSIX has them, "$1" (the generator's option) and "$2" (the
 * tagger's). All else that means something to a shell is refused. */
#ifndef FIGMILL_TRANSLATE_APERTIUM_MODE_H
#define FIGMILL_TRANSLATE_APERTIUM_MODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    APERTIUM_MODE_BYTES = 64 << 10, /* of a mode's file */
    APERTIUM_MODE_STAGES = 40,
    APERTIUM_MODE_WORDS = 32, /* of a stage */
};

struct apertium_stage {
    char **argv; /* ends with NULL. argv[1] is "-z": the stage answers at each NUL byte */
    size_t argc;
};

struct apertium_mode {
    struct apertium_stage *stages;
    size_t n; /* at least one */
};

/* Reads a mode's text; strings go to the arena. The generator's option is -n, which leaves out the marks of unknown
 * words and of errors. `path` stands in errors. ERR_UNSUPPORTED: it holds what only a shell understands; ERR_FORMAT: an
 * open quote, an empty stage; ERR_LIMIT. */
bool apertium_mode_parse(const char *text, size_t len, const char *path, struct arena *arena, struct apertium_mode *out,
                         struct err *e);

/* One side of a mode's name, as figmill names it ("es"), for Apertium's "spa", "es", "eng_US". Serbo-Croatian (hbs) is
 * "sh", hbs_HR "hr", hbs_BS "bs", hbs_SR "sr". */
struct apertium_pair {
    char source[16], target[16];
};

/* True for "spa-eng.mode", "cat-eng_US.mode"; false for all else: monolingual modes, varieties of spelling
 * ("spa-cat_valencia"), other directions of work ("eco-fr-es"). */
bool apertium_pair_parse(const char *file, struct apertium_pair *out);

/* How well the mode does for a pair of BCP 47 tags; 0: not at all. Regions count least: "en" is taken for "en-GB", and
 * "sh" for hr, sr, bs. */
int apertium_pair_fit(const struct apertium_pair *p, const char *source, const char *target);

#endif

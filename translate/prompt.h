/* prompt.h: the prompts under translate/prompts/caption/, filled in. */
#ifndef FIGMILL_TRANSLATE_PROMPT_H
#define FIGMILL_TRANSLATE_PROMPT_H

#include "base/arena.h"
#include "base/sha256.h"

struct prompt_values {
    const char *what;                              /* "figure caption" */
    const char *source_language, *target_language; /* English names */
    const char *text;
    const char *failure; /* of the earlier try; NULL: this is the first */
};

struct prompt {
    const char *system, *user, *schema;
};

/* Filled texts are the arena's. */
struct prompt prompt_fill(const struct prompt_values *values, struct arena *arena);

/* Hash over all prompt texts: a change of any makes the translations anew. */
void prompt_hash(char hash[SHA256_SIZE]);

#endif

/* prompt.h: the prompts of pairs/prompts/, compiled in. A prompt is a folder:
 *   system.txt                            what the model is to do; the same for every item, so it stands first
 *   shotN.user.txt, shotN.assistant.json  worked examples, N = 1, 2, ...: one user turn and the reply wanted for it
 *   user.txt                              the item's own turn, with {{name}} where a field goes (base/template.h)
 *   schema.json                           the JSON schema that the reply must keep to
 * A list (instructions_brief.txt and the like) has one instruction a line. The hash of either is over all its text, so
 * that an edited prompt makes what was made with it again. */
#ifndef FIGMILL_PAIRS_PROMPT_H
#define FIGMILL_PAIRS_PROMPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"

enum { PROMPT_MAX_SHOTS = 8 };

struct prompt {
    const char *name; /* its folder's */
    const char *system, *user, *schema;
    struct prompt_shot {
        const char *user, *assistant;
    } shots[PROMPT_MAX_SHOTS];
    size_t n_shots;
    char hash[SHA256_SIZE];
};

/* Strings live in the arena. ERR_SYSTEM when a part is missing: the build is incomplete. */
bool prompt_load(const char *name, struct arena *arena, struct prompt *out, struct err *e);

struct prompt_list {
    const char *name; /* file name without ".txt" */
    const char **lines;
    size_t n;
    char hash[SHA256_SIZE];
};
/* ERR_SYSTEM when the list is missing or empty. */
bool prompt_list_load(const char *name, struct arena *arena, struct prompt_list *out, struct err *e);
/* One line, the same for the same number. */
const char *prompt_list_pick(const struct prompt_list *list, uint64_t number);

#endif

/* model_prompt.h: what a chat model is asked for translations with: the texts of translate/prompts/model/, filled in.
 *
 * The system prompt is the same for all requests, so that servers keep it in their prefix cache. Left out are the
 * article's title, whose words a model of 1.5 billion parameters mixed into captions, and what kind of text each is,
 * since it began translations with "Figure caption:". The texts are one JSON object, {"1": "...", "2": "..."}, alone on
 * the last line of the user's turn; the reply has to be the same with translations in it. */
#ifndef FIGMILL_TRANSLATE_MODEL_PROMPT_H
#define FIGMILL_TRANSLATE_MODEL_PROMPT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "translate/backend.h"

enum model_context {
    MODEL_CONTEXT_ALL,  /* examples and terms */
    MODEL_CONTEXT_LEAST /* terms only: for prompts that would not fit */
};

struct model_prompt {
    const char *system, *user;
    const char *schema; /* a string for each text, "1" to "n", in this order and no others */
};

/* The prompt for `n` of the request's texts, from `first` on. An earlier translation and what was wrong with it is told
 * for a single text only. Strings go to the arena. */
void model_prompt_make(const struct backend_request *request, size_t first, size_t n, enum model_context context,
                       struct arena *arena, struct model_prompt *out);

/* Hash over all prompt texts. */
void model_prompt_hash(char hash[SHA256_SIZE]);

#endif

/* mend.h: what can be kept of a reply that was cut off, or that began to go round in circles: the whole sentences
 * before that. Nothing is reworded, and nothing in the middle is left out; the reply itself stands in model_call. */
#ifndef FIGMILL_PAIRS_MEND_H
#define FIGMILL_PAIRS_MEND_H

#include "base/arena.h"

/* A JSON object that ends within a string, cut behind the last whole sentence of that string and closed; in the arena.
 * NULL: it ends elsewhere, or no sentence of the string is whole. */
const char *mend_cut(const char *content, struct arena *arena);

/* The answer up to the first sentence that says again what the ones before it said; in the arena. */
const char *mend_loop(const char *answer, struct arena *arena);

#endif

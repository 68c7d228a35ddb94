/* numbers.h: the numbers in a text, for comparing a translation with its source. */
#ifndef FIGMILL_TRANSLATE_NUMBERS_H
#define FIGMILL_TRANSLATE_NUMBERS_H

#include "base/arena.h"

/* NULL when every number of the source stands in the translation and the translation has none of its own, else what is
 * wrong (arena). A decimal comma equals a point, group separators count for nothing, digits of any script are equal.
 * A number of the translation up to 12 may stem from a word ("zwei"), and a number in front of a month's sign (3月) may
 * have become a name. */
const char *numbers_compare(const char *source, const char *translation, struct arena *arena);

#endif

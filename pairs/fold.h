/* fold.h: texts as the checks compare them. */
#ifndef FIGMILL_PAIRS_FOLD_H
#define FIGMILL_PAIRS_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends `text` as folded words (text_fold_words), each between spaces, one of them at either end; Chinese characters
 * and kana, which are written without spaces, are words of their own. " " for a text without words. */
void fold_words(const char *text, size_t len, struct str *out);

/* True for the first byte of a character that fold_words makes a word. */
bool fold_is_character(const char *at);

#endif

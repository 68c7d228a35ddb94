/* number_words.h: numbers that are written as words, and the words that multiply a number. */
#ifndef FIGMILL_TRANSLATE_NUMBER_WORDS_H
#define FIGMILL_TRANSLATE_NUMBER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The value of a folded word of a language ("seis", "zwölf", 三), or of a Roman numeral ("III"), or -1. `start` is the
 * word as it stands, since Roman numerals are capitals. */
int number_word(const char *language, const char *folded, const char *start, size_t len);
/* Whether number words of this language (BCP 47) are known. */
bool number_words_known(const char *language);
/* The power of ten that a word behind a number stands for ("mil" 3, 万 4), or 0. `text` begins with it. */
int number_multiplier(const char *text, size_t *len);
/* The month of an English name, or 0. */
int number_month(const char *folded);

#endif

/* numbers.h: the numbers in a text, for comparing a translation with its source.
 *
 * A numeral is read by its language's marks: "1,5" is a decimal in Spanish, "1.234" a thousand there. Where a text of a
 * language with decimal commas writes points ("p < 0.05"), both readings hold. Digits of any script are equal. */
#ifndef FIGMILL_TRANSLATE_NUMBERS_H
#define FIGMILL_TRANSLATE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "translate/check_text.h"

enum { NUMBER_DIGITS = 40, NUMBERS_MOST = 2000, NUMBER_READINGS = 3 };

struct number {
    const char *start; /* in the text */
    size_t len;
    char values[NUMBER_READINGS][NUMBER_DIGITS + 2]; /* "1.5": no group marks, no last zeros of a decimal; best first */
    size_t n_values;
    char parts[NUMBER_DIGITS + 2]; /* as written, marks as blanks: "2,5" may be two numbers of a list */
    size_t marks;
    const char *part_of; /* `parts` of the list that it was read from; NULL: it stands by itself */
    bool decimal;        /* its first reading is one */
    bool list;           /* may be a list: it cites, or stands in brackets */
    bool month;          /* in front of 月 */
    bool glued;          /* behind a small letter */
    bool raised;         /* behind the letters of a word: a citation that was raised in print */
    bool word;           /* written as a word */
    bool found;
};

struct numbers {
    struct number *items;
    size_t n, cap;
};

/* How strictly marks are read. A source writes as its author does; a translation writes as its language does, Spanish
 * apart, where both marks are good (Ortografía de la lengua española, 2010). */
enum number_side { NUMBERS_SOURCE, NUMBERS_TRANSLATION };

/* The numerals of a text, in order, with number words behind them. */
struct numbers numbers_of(const struct check_text *t, enum number_side side, struct arena *arena);
/* Whether two numerals have a reading in common. */
bool number_same(const struct number *a, const struct number *b);

/* `in` and `out` are the numbers of the texts, once more, so that they are read once for both. Of these, `found` is
 * changed.
 *
 * NULL when every number of the source stands in the translation and the translation has none of its own, else what is
 * wrong (arena). A number may have become a word and the other way round ("zwei"), a month its name, "3万" 30,000. */
const char *numbers_compare(const struct check_text *source, struct numbers *in, const struct check_text *translation,
                            struct numbers *out, struct arena *arena);

/* check_units.c: the same for what stands behind a number: "Gy", "cGy", "мм", "毫米", "%". A unit may be shared ("3 and
 * 5 mm"); words for units that are not known here, and days, weeks and degrees, are let pass. */
const char *units_compare(const struct check_text *source, const struct numbers *in,
                          const struct check_text *translation, const struct numbers *out, struct arena *arena);

#endif

/* numbers.h: the numbers of a text, and whether those of an answer stand in its source.
 *
 * What counts as a number: digits of any script, a superscript behind them included (10⁵; those of units are left out),
 * decimals with point, comma or middle dot, thousands with comma, point, apostrophe or thin space; the words one ...
 * twelve, half, twice, doubled, tripled, twofold ... tenfold; and names that hold digits (p53, IL-6, 3D).
 *
 * The rule. A number of the answer passes when the source has the same value; signs, zeros at either end and the way of
 * writing it do not matter. "1,234" and "1.234" are read both as thousands and as decimals. Nothing is converted or
 * computed: 500 mGy is not 0.5 Gy, and 5 % is not 0.05. Two things are counts and may go beyond that, since whoever
 * describes a figure counts what is in it: a number word without a unit, and a number in front of a word such as
 * panels, images, groups or bars (or behind: panel 2). A count passes up to two, and up to the number of panels or the
 * length of the longest list in the source. What is no count in spite of that: people, animals, samples and
 * experiments. A name with digits passes when the source has it, whatever the hyphens and spaces in it.
 *
 * Units. A number with a unit (Gy, mg, %, h, weeks, fold ...) must stand in the source with that unit, or without any;
 * a unit at the end of a list ("2, 6 and 24 h", "0.5-1.0 Gy", "3 ± 1 mm") belongs to all of it. */
#ifndef FIGMILL_PAIRS_NUMBERS_H
#define FIGMILL_PAIRS_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Most numbers that are read of one text, and most bytes of it. */
enum { NUMBERS_MAX = 4000, NUMBERS_MAX_TEXT = 200000 };

enum number_form {
    NUMBER_DIGITS,
    NUMBER_WORD,
    NUMBER_PART, /* another reading, which only a source may have: "2,4" as a list, "1 500" as one number */
    NUMBER_NAME, /* p53 */
};

struct number {
    enum number_form form;
    char value[32];    /* canonical decimal: 0.5, 1234; a name: "" */
    char other[32];    /* the second reading, or "" */
    const char *unit;  /* canonical name, or NULL */
    bool count;        /* counts things that can be seen in a figure */
    size_t start, end; /* bytes in numbers.text */
};

struct numbers {
    char *text; /* what was read, in a plainer spelling */
    struct number *list;
    size_t n, cap;
    size_t longest_list; /* members of the longest list in it, from 2; 0: none */
};

/* Reads the text; all lives in the arena. */
void numbers_read(const char *text, struct arena *arena, struct numbers *out);

/* False, with the first number that the source has not (or, numbers_units, has only with other units) appended to
 * `why`. `panels`: how many panels the figure is known to have. */
bool numbers_supported(const struct numbers *answer, const struct numbers *source, size_t panels, struct str *why);
bool numbers_units(const struct numbers *answer, const struct numbers *source, struct str *why);

#endif

/* protect_scan.h: the scanner of protect.h, in its parts. A text is decoded once to code points with their classes;
 * each part is asked whether something of its kind begins at a code point, and answers with the index behind it, or 0.
 */
#ifndef FIGMILL_TRANSLATE_PROTECT_SCAN_H
#define FIGMILL_TRANSLATE_PROTECT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/text.h"
#include "translate/protect.h"

enum scan_class {
    SCAN_OTHER,
    SCAN_BLANK,
    SCAN_DIGIT,
    SCAN_LETTER,    /* of a script that puts blanks between words */
    SCAN_IDEOGRAPH, /* a letter of one that does not, or glues its endings (Korean): it ends a number or a name */
    SCAN_SUPER,     /* superscript and subscript digits and signs */
};

struct scan {
    const char *text, *language;
    size_t n;            /* code points */
    const int *c;        /* folded: full-width forms to ASCII, digits of any script to 0-9, hyphens to '-'; 0 at n */
    const uint8_t *kind; /* enum scan_class; SCAN_OTHER at n */
    const uint32_t *at;  /* byte offset of each; of the end at n */
};

void scan_init(struct scan *s, const char *text, size_t len, const char *language, struct arena *arena);
bool scan_word(const struct scan *s, size_t i);         /* letter, digit or superscript */
size_t scan_skip_blank(const struct scan *s, size_t i); /* at most two */
bool scan_match(const struct scan *s, size_t i, const char *literal, size_t *end);
/* True for a language of the blank-separated list "es pt it". */
bool scan_language_in(const char *language, const char *list);

/* --- protect_number.c -------------------------------------------------------------------------------------------- */

/* What one row of digits and marks can mean. */
enum number_form {
    NUMBER_PLAIN,   /* no mark */
    NUMBER_DECIMAL, /* `mark` is the decimal's */
    NUMBER_GROUPED, /* every mark groups, but the one at `mark`, if any, is the decimal's */
    NUMBER_EITHER,  /* one mark, three digits behind it: "1.234" */
    NUMBER_OPAQUE,  /* dates, versions, lists: kept as written */
};
struct number {
    size_t end, mark; /* mark 0: none */
    enum number_form form;
};

/* Digits at `i`, perhaps behind a leading mark (".05"). */
struct number number_read(const struct scan *s, size_t i);
/* A number with its sign, unit, exponent, range: the whole span. */
size_t number_span(const struct scan *s, size_t i, enum protect_kind *kind);
/* "p < 0,05", "y = ax + b" */
size_t formula_span(const struct scan *s, size_t i);

/* --- protect_unit.c ---------------------------------------------------------------------------------------------- */

/* A unit at `i`, which is behind a number, whole ("mg/kg", "cm²", "s-1"). */
size_t unit_span(const struct scan *s, size_t i);
/* One atom of it; `latin` (may be NULL) gets its Latin spelling: "мГр" is "mGy". */
size_t unit_atom(const struct scan *s, size_t i, struct str *latin);

/* --- protect_label.c, protect_name.c ----------------------------------------------------------------------------- */

/* "(A)", "b)", "A–C:" and a lone capital. */
size_t label_span(const struct scan *s, size_t i);
/* Behind a word such as "Fig.": the number's start in *start. `i` is the word's first code point. */
size_t label_number(const struct scan *s, size_t i, size_t *start);
/* Bracketed numbers, "Smith et al. (2000)", addresses. */
size_t citation_span(const struct scan *s, size_t i);
/* The word at `i` ends at *run; the name within it, if there is one, begins at *start. */
size_t name_span(const struct scan *s, size_t i, size_t *start, size_t *run);

/* --- protect_render.c -------------------------------------------------------------------------------------------- */

struct render {
    const struct scan *s;
    const char *target;
    bool same;        /* the target is the source's language: as written */
    bool east;        /* "0~6" of an East Asian text becomes "0–6" */
    bool latin_units; /* Cyrillic units and panel letters become Latin ones */

    /* Looked up when the first number with a mark comes; most captions have none. */
    bool ready;
    char decimal;                   /* ',' or '.': the source language's */
    char group;                     /* its group mark's first byte */
    int points, commas;             /* decimals in this text that can be nothing else */
    struct text_number_marks marks; /* the target's */
};

void render_init(struct render *r, const struct scan *s, const char *target);
/* Appends a label; Cyrillic panel letters become Latin ones for targets in Latin letters: "(Б)" is "(B)". */
void render_label(struct render *r, size_t from, size_t to, struct str *out);
/* Appends code points `from` up to `to` as the target language writes numbers and units. */
void render_span(struct render *r, size_t from, size_t to, struct str *out);

#endif

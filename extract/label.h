/* label.h: figure and table labels in many languages ("Fig. 2", "Tabla IV", "图 3", "3. ábra", "第1図").
 *
 * The words stand in labels.tsv (language, kind, form, notes), compiled in. Matching is on NFKC-folded text with digits
 * of any script read as 0-9; Roman numbers I-XXXIX, full-width forms, "S1", "1a", "A.1", "Extended Data",
 * "Supplementary" and letter-spaced words ("F I G U R E 1") are understood. */
#ifndef FIGMILL_EXTRACT_LABEL_H
#define FIGMILL_EXTRACT_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct label {
    const char *kind; /* as art_figure.kind; static string */
    char number[24];  /* canonical: "1", "S2", "A1", "1-S2" (figure supplement), "4" for IV; "" where there is none */
    char sub[8];      /* panel letters behind the number ("a", "A-C"), or "" */
    size_t label_len; /* bytes of the label itself ("Fig. 2"), from the start of the text */
    size_t len;       /* bytes up to the caption's first character: the label, its separator and spaces */
    int separator;    /* the code point behind the number ('.', ':', '|', '-', en dash, full-width colon), or 0 */
    bool continued;   /* "(continued)", "(Fortsetzung)", "（续）" behind the number */
    bool capital;     /* the word starts with a capital (or its script has none) */
    bool plural;      /* "Figures 1 and 2" */
};

/* Reads a label at the start of `text` (leading spaces skipped). False when there is none. */
bool label_parse(const char *text, size_t len, struct label *out);

/* Finds the next citation of a figure or table anywhere in `text` from *at on: sets *at behind it, *start to its
 * start. Used for mentions in running text; a list of numbers is given once. `label.number` to `last` is its first
 * range
 * ("Figs. 2-4": "2", "4"; the same where it is a single one); `also` holds what else is in the list ("1, 3 and 5-7").
 */
enum { LABEL_MAX_ALSO = 8 };
struct label_range {
    char first[24], last[24];
};
struct label_cite {
    struct label label;
    char last[24];
    struct label_range also[LABEL_MAX_ALSO];
    size_t n_also;
};
bool label_find(const char *text, size_t len, size_t *at, size_t *start, struct label_cite *out);

#endif

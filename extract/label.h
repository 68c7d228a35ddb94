/* label.h: figure and table labels in many languages ("Fig. 2", "Tabla IV", "图 3", "3. ábra", "第1図").
 *
 * The words stand in labels.tsv (language, kind, forms, notes), compiled in. Case, accents, width and compatibility
 * forms do not matter, digits of any script are read as 0-9; Roman numbers I-XXXIX, Chinese ones to 99, "S1", "1a",
 * "A.1", "Extended Data", "Supplementary", letter-spaced words ("F I G U R E 1") and small capitals ("F IGURE 1") are
 * understood. Text is expected in logical order. A number has three digits at most: "Table 2019" is no label.
 *
 * A supplementary figure is a figure, a supplementary table a table: the number tells ("S1", "ED1" for Extended Data,
 * "A1" for an appendix, "E1" for eFigure, "1-S2" for a figure supplement). The kind "supplement" is for files, data and
 * appendices that are neither. */
#ifndef FIGMILL_EXTRACT_LABEL_H
#define FIGMILL_EXTRACT_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct label {
    const char *kind; /* as art_figure.kind; static string */
    char number[24];  /* canonical: "1", "S2", "A1", "2.3", "1-2", "4" for IV; "" where there is none */
    char sub[8];      /* panel letters behind the number ("a", "A-C"), or "" */
    size_t label_len; /* bytes of the label itself ("Fig. 2"), from the start of the text */
    size_t len;       /* bytes up to the caption's first character: the label, its separator and spaces */
    int separator;  /* the code point behind the number ('.', ':', '|', '-', en dash, full-width colon; a tab, en, em or
                       ideographic space where there is nothing else), or 0 */
    bool continued; /* "(continued)", "(Fortsetzung)", "（续）" behind the number, "续" in front of the word */
    bool capital;   /* the word starts with a capital (or its script has none) */
    bool cue;       /* what follows goes on as a sentence about the figure: "Figure 1 shows", "그림 1은" */
    int bracket;    /* the opening bracket in front of it, or 0: "<그림 1>", "(그림 1)" */
    bool english;   /* an English label word, which other languages may have too ("Figure" is French) */
    const char *language; /* BCP 47; the only language that has the label word; NULL: several have it. Static. */
    bool plural;          /* "Figures 1 and 2", "Abb. 1 und 2": number is the first */
};

/* Reads a label at the start of `text` (leading spaces and bullets skipped). False when there is none. Whether a line
 * that starts with one is a caption is for the caller to judge: "Figure 1 shows" is a label without separator. A word
 * without number is a label only with a capital, and a separator ("Figure. Flow of patients") or nothing behind it. The
 * same label in a second language behind a slash ("Рис. 1 / Fig. 1") belongs to it. */
bool label_parse(const char *text, size_t len, struct label *out);

/* Finds the next citation of a figure or table anywhere in `text` from *at on: sets *at behind it, *start to its
 * start; false (and *at at the end) when there is none. For mentions in running text, so inflected words are known too
 * ("на рисунке 1", "w tabeli 2"), and a number is wanted. A list is given once: `label.number` to `last` is its first
 * range ("Figs. 2-4": "2", "4"; the same where it is a single one), `also` the rest ("1, 3 and 5-7"). */
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

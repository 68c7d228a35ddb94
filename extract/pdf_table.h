/* pdf_table.h: what the files of the PDF's table reader share (pdf_table_cells.c, pdf_table_rules.c,
 * pdf_table_columns.c, pdf_table_rows.c).
 *
 * The way of a table: the words in its box make text lines; a line falls into chunks where a gap is wide or a vertical
 * rule stands; chunks that lie over each other make columns; lines that rules or white space set apart make rows. Where
 * a chunk covers several columns the cell spans them. What comes out is checked for being a table at all: figures and
 * paragraphs must not get cells. */
#ifndef FIGMILL_EXTRACT_PDF_TABLE_H
#define FIGMILL_EXTRACT_PDF_TABLE_H

#include "extract/pdf_page.h"

enum {
    TABLE_MAX_WORDS = 20000, /* a table; one with more has no cells */
    TABLE_MAX_RULES = 4000,  /* of each direction; later ones are left out */
    TABLE_MAX_COLUMNS = 60,  /* a table; one with more has no cells */
    TABLE_MAX_LINES = 500,   /* a table; one with more has no cells */
};

struct table_word {
    double x0, x1, base, size;
    const char *text;
    size_t len;
    bool bold;
    double loose; /* in a justified line: gaps before it up to so much are a word's space */
};

/* Words of one line that belong together. */
struct table_chunk {
    const struct table_word *words;
    size_t n_words;
    double x0, x1;
    int first, last; /* columns that it covers */
};

struct table_line {
    double y0, y1, base, size;
    bool bold;                  /* all of it */
    struct table_chunk *chunks; /* from left to right */
    size_t n_chunks;
    uint64_t columns; /* those that its chunks cover */
    int row;
    bool header;
};

struct table_rule { /* `at`: y of a flat one, x of an upright one */
    double at, from, to;
};

struct table_column {
    double x0, x1;
};

struct table {
    struct pdf_doc *d;
    struct arena *arena; /* gone when the table is read */
    const struct pdf_sheet *page;
    struct box box;                    /* of the rules and words */
    struct table_rule *flat, *upright; /* arena; by `at`, pieces of one rule joined */
    size_t n_flat, n_upright;
    struct table_word *words;
    size_t n_words;
    struct table_line *lines; /* from above */
    size_t n_lines;
    struct table_column columns[TABLE_MAX_COLUMNS];
    int n_columns;
    int n_rows;
};

/* pdf_table.c: the box of the table on the page behind `page`, when it goes on there; `*box` is the one on this page.
 */
bool pdf_table_goes_on(struct pdf_doc *d, const struct pdf_caption *c, int page, struct box *box);

/* pdf_table_rules.c */
/* Sorts rules by place and joins pieces at one height that are no more than `gap` points apart; returns how many are
 * left. */
size_t table_join_rules(struct table_rule *rules, size_t n, double gap);
/* The rules in the table's box, edges of drawn boxes and of shading among them. */
void table_find_rules(struct table *t);
/* A flat rule with y between the two that covers at least `share` of the span; NULL: none. */
const struct table_rule *table_rule_between(const struct table *t, double y0, double y1, double x0, double x1,
                                            double share);
/* An upright rule with x between the two that stands beside y; NULL: none. */
const struct table_rule *table_upright_between(const struct table *t, double x0, double x1, double y);

/* pdf_table_columns.c: divides the lines into chunks and these into columns. False: there are no columns, or others
 * than those of the table's first part (NULL: this is it). */
bool table_find_columns(struct table *t, const struct table *first);

/* pdf_table_rows.c: gives each line its row, and finds the heading. */
void table_find_rows(struct table *t);

#endif

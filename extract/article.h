/* article.h: what a parser found in one document: the front matter, and the figures and tables with their captions,
 * mentions and images.
 *
 * Parsers (jats.h, html.h, pdf.h) fill a `struct article` inside the sandbox; article_write turns it into JSON and
 * article_read back, so that it crosses the process boundary as plain data that the reader checks (article_json.c).
 * All strings are clean UTF-8 (text_clean) in the article's arena; NULL where the document says nothing. */
#ifndef FIGMILL_EXTRACT_ARTICLE_H
#define FIGMILL_EXTRACT_ARTICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* Stated limits of one document; beyond them a parser stops with ERR_LIMIT or cuts, as its header says. */
enum {
    ARTICLE_MAX_FIGURES = 5000,
    ARTICLE_MAX_CAPTION = 64 * 1024,     /* bytes; cut at a word */
    ARTICLE_MAX_MENTIONS = 40,           /* a figure */
    ARTICLE_MAX_MENTION = 8 * 1024,      /* bytes; cut at a word */
    ARTICLE_MAX_CAPTIONS = 40,           /* languages of a figure; more are left out */
    ARTICLE_MAX_HREFS = 40,              /* a figure; more are left out */
    ARTICLE_MAX_HREF = 2000,             /* bytes; longer ones are left out */
    ARTICLE_MAX_FIELD = 4 * 1024,        /* bytes of any other text (label, title, credit ...); cut at a word */
    ARTICLE_MAX_ABSTRACT = 64 * 1024,    /* bytes; cut at a word */
    ARTICLE_MAX_ANCHOR = 200,            /* bytes */
    ARTICLE_MAX_PANELS = 60,             /* a figure */
    ARTICLE_MAX_PANEL_TEXT = 256 * 1024, /* bytes of all panels' captions of a figure; later ones are cut */
    ARTICLE_MAX_NOTES = 16 * 1024,       /* bytes of the notes below a table; cut at a word */
    ARTICLE_MAX_ROWS = 2000,             /* a table; more are left out, and so with the next three */
    ARTICLE_MAX_TABLE_COLUMNS = 200,     /* a table */
    ARTICLE_MAX_CELLS = 20000,           /* a table; cells with text */
    ARTICLE_MAX_ALL_CELLS = 200000,      /* a document */
    ARTICLE_MAX_CELL = 4 * 1024,         /* bytes; cut at a word */
    ARTICLE_MAX_CELL_TEXT = 16 << 20,    /* bytes of all cells of a document; more are left out */
    ARTICLE_MAX_WARNINGS = 100,          /* more are left out */
    ARTICLE_MAX_WARNING = 400,           /* bytes */
};

struct box { /* PDF points, origin top left of the page's crop box, x0 <= x1, y0 <= y1 */
    double x0, y0, x1, y1;
};

struct art_front {
    const char *doi, *pmcid, *pmid; /* bare: "10.5555/x" in lower case, "PMC123", "123" */
    const char *title;
    const char *language; /* BCP 47 */
    int year;             /* 0: unknown */
    const char *journal, *publisher;
    const char *article_type; /* JATS @article-type, or NULL */
    const char *retraction;   /* JATS: the type of its link to a retraction or to what it retracts; else NULL */
    const char *license;      /* SPDX-like short form where recognised ("CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0"), else
                                 the licence text's first 200 characters */
    const char *license_url;
    const char *abstract;
    const char *keywords; /* separated by "; " */
    const char *titles; /* the authors' translations of the title: JSON list of [language or null, text]; NULL: none */
};

struct art_text {         /* text with its language */
    const char *language; /* BCP 47, or NULL */
    const char *text;
};

struct art_cell {
    int row, column;           /* of its top left corner, from 0 */
    int row_span, column_span; /* at least 1, and within the table */
    bool header;               /* in a heading row, or marked as a heading */
    const char *text;          /* never NULL: cells without text are left out */
};

struct art_table {
    int rows, columns;
    struct art_cell *cells; /* by row, then column; no two in one place */
    size_t n_cells, cap_cells;
};

struct art_panel {       /* part of a compound figure */
    const char *label;   /* without brackets: "A", "b", "left" */
    const char *caption; /* what is said of all panels, and of this one; NULL: nothing */
    struct box box;      /* pixels of the figure's picture; all 0: not known */
    double confidence;   /* 0..1 that label, caption and box (where there is one) belong together */
    const char *method;  /* how the box was found: letters images bands edges; NULL: there is none */
};

struct art_figure {
    const char *anchor; /* the figure's name within the document, stable over re-runs and unique: the XML id where
                           there is one, else "kind:number", else "p3-2" (page, ordinal); at most 200 bytes */
    const char *label;  /* as printed, without trailing punctuation: "Figure 1", "Abb. 2", "图 3"; may be NULL */
    const char *kind;   /* figure table scheme chart plate photo map video supplement abstract box algorithm, or
                           "unlabelled" (a large graphic without a caption) */
    const char *number; /* canonical number of the label ("1", "S2", "A1", "4" for IV), or NULL */
    struct art_text *captions; /* [0]: the document's own (label left out); others: translations given by the authors */
    size_t n_captions;
    struct art_text *mentions; /* sentences of the body that cite the figure, in document order */
    size_t n_mentions;
    struct art_panel *panels; /* in order of their labels; none where the figure is one, or not known to be compound */
    size_t n_panels;
    const char **hrefs; /* JATS/HTML: references to image files, best first, as written */
    size_t n_hrefs;
    const char *parent;     /* anchor of the figure group (fig-group) it belongs to, or NULL */
    const char *credit;     /* permission / attribution of the figure itself, or NULL */
    struct art_table table; /* of a table whose structure is known; else no cells */
    const char *notes;      /* what stands below a table, or NULL */
    int page;               /* 1-based; 0: none */
    struct box box;         /* of the graphics, without the caption; all 0: none */
    struct box caption_box;
    double confidence;       /* 0..1 that caption and region belong together; 1 for JATS and HTML */
    bool image_sent;         /* the parser gave the figure's image to the image callback */
    const char *drop_reason; /* NULL, or why the figure is not usable */
};

struct article {
    struct arena arena;
    struct art_front front;
    struct art_figure *figures;
    size_t n_figures, cap_figures;
    size_t n_cells, cell_bytes; /* of all tables, for the limits */
    int pages;                  /* PDF: number of pages; else 0 */
    const char **warnings;      /* what was cut, skipped or guessed; for the log and `figmill explain` */
    size_t n_warnings, cap_warnings;
};

#define ARTICLE_INIT                                                                                                   \
    {                                                                                                                  \
        0                                                                                                              \
    }

/* An encoded image. The bytes belong to whoever passes it. */
struct image {
    const char *media_type; /* image/jpeg image/png image/tiff image/gif ... (static string) */
    const unsigned char *bytes;
    size_t len;
    int width, height; /* pixels */
    /* Of a picture, NULL where there is none; they belong to whoever passes them. */
    const struct raster *raster;         /* inside the sandbox */
    const struct image_measure *measure; /* outside */
    const struct panel_cut *cut;         /* panels asked for and found (panel_split.h) */
};

/* Called by a parser at most once per figure, when the figure's fields are final but before the parse ends; `index` is
 * the figure's place in article.figures. `original` is what the document holds, or NULL; `picture` is an RGB or grey
 * 8-bit JPEG or PNG that any trainer reads (the same as `original` where that is one already). Bytes are valid during
 * the call only. Returning false stops the parse with the callback's error. */
typedef bool article_image_fn(void *context, size_t index, const struct image *original, const struct image *picture,
                              struct err *e);

/* A new figure: zeroed, confidence 1, kind "figure". Valid until the next call (the array moves). NULL, with a warning,
 * when there are ARTICLE_MAX_FIGURES. */
struct art_figure *article_add_figure(struct article *a);
/* The add functions clean and copy what they are given and cut it to the limits above; nothing (NULL, white space) adds
 * nothing. A language may have any form that text_language_tag reads, or be NULL. */
void article_add_caption(struct article *a, struct art_figure *f, const char *language, const char *text);
void article_add_mention(struct article *a, struct art_figure *f, const char *language, const char *text);
void article_add_href(struct article *a, struct art_figure *f, const char *href); /* each one once */
/* A cell of the figure's table, in any order. Spans below 1 are 1; what reaches beyond the limits is cut off or left
 * out, with one warning a table from article_close_table. */
void article_add_cell(struct article *a, struct art_figure *f, struct art_cell cell);
/* To be called once a table, when all cells are there: takes out rows and columns in which no cell with text begins,
 * and sorts the cells. Of two cells in one place the larger stays. */
void article_close_table(struct article *a, struct art_figure *f);
void article_warn(struct article *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Fills the figure's panels from its own caption, without boxes; nothing for tables and for captions that name none. To
 * be called when the caption is final. */
void article_split_caption(struct article *a, struct art_figure *f);
/* A clean copy in the article's arena of at most `max` bytes, cut at a word; NULL when nothing is left. */
const char *article_text(struct article *a, const char *text, size_t len, size_t max);
/* The tag as BCP 47 in the article's arena, or NULL when it is none. */
const char *article_language(struct article *a, const char *tag);
/* Gives every figure without an anchor one ("kind:number", else "kind-ordinal"), cuts long ones and makes them unique
 * ("fig1", "fig1~2"). To be called once, at the end of a parse. */
void article_name_figures(struct article *a);
void article_release(struct article *a);

struct str;
struct cJSON;
/* A table as a member value, {"rows": N, "columns": N, "cells": [[row, column, row span, column span, header, TEXT]]},
 * and back; used by the two below (article_table.c). */
void article_write_table(const struct art_table *t, struct str *out);
bool article_read_table(struct article *a, const struct cJSON *from, struct art_table *t);
/* Appends the article as one JSON object (format in article_json.c). */
void article_write(const struct article *a, struct str *out);
/* Reads what article_write wrote. Trusts nothing: wrong types, over-long or invalid strings and numbers out of range
 * are ERR_FORMAT. On failure the article is empty. */
bool article_read(const char *json, size_t len, struct article *a, struct err *e);

#endif

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
    ARTICLE_MAX_CAPTION = 64 * 1024,  /* bytes; cut at a word */
    ARTICLE_MAX_MENTIONS = 40,        /* a figure */
    ARTICLE_MAX_MENTION = 8 * 1024,   /* bytes; cut at a word */
    ARTICLE_MAX_CAPTIONS = 40,        /* languages of a figure; more are left out */
    ARTICLE_MAX_HREFS = 40,           /* a figure; more are left out */
    ARTICLE_MAX_HREF = 2000,          /* bytes; longer ones are left out */
    ARTICLE_MAX_FIELD = 4 * 1024,     /* bytes of any other text (label, title, credit ...); cut at a word */
    ARTICLE_MAX_ABSTRACT = 64 * 1024, /* bytes; cut at a word */
    ARTICLE_MAX_ANCHOR = 200,         /* bytes */
    ARTICLE_MAX_WARNINGS = 100,       /* more are left out */
    ARTICLE_MAX_WARNING = 400,        /* bytes */
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
};

struct art_text {         /* text with its language */
    const char *language; /* BCP 47, or NULL */
    const char *text;
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
    const char **hrefs; /* JATS/HTML: references to image files, best first, as written */
    size_t n_hrefs;
    const char *parent; /* anchor of the figure group (fig-group) it belongs to, or NULL */
    const char *credit; /* permission / attribution of the figure itself, or NULL */
    int page;           /* 1-based; 0: none */
    struct box box;     /* of the graphics, without the caption; all 0: none */
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
    int pages;             /* PDF: number of pages; else 0 */
    const char **warnings; /* what was cut, skipped or guessed; for the log and `figmill explain` */
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
void article_warn(struct article *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A clean copy in the article's arena of at most `max` bytes, cut at a word; NULL when nothing is left. */
const char *article_text(struct article *a, const char *text, size_t len, size_t max);
/* The tag as BCP 47 in the article's arena, or NULL when it is none. */
const char *article_language(struct article *a, const char *tag);
/* Gives every figure without an anchor one ("kind:number", else "kind-ordinal"), cuts long ones and makes them unique
 * ("fig1", "fig1~2"). To be called once, at the end of a parse. */
void article_name_figures(struct article *a);
void article_release(struct article *a);

struct str;
/* Appends the article as one JSON object (format in article_json.c). */
void article_write(const struct article *a, struct str *out);
/* Reads what article_write wrote. Trusts nothing: wrong types, over-long or invalid strings and numbers out of range
 * are ERR_FORMAT. On failure the article is empty. */
bool article_read(const char *json, size_t len, struct article *a, struct err *e);

#endif

/* pdf_page.h: what the files of the PDF extractor share. Private: include extract/pdf.h from elsewhere.
 *
 * The way of a document: pdf_record (pdf_device.c) interprets each page once and notes its text lines (pdf_chars.c,
 * pdf_text.c) and the boxes of all that is drawn. pdf_layout (pdf_layout.c) looks at all pages together: body style,
 * columns, running heads, paragraphs. pdf_find_captions (pdf_caption.c, pdf_caption_body.c) finds labels and captions.
 * pdf_match (pdf_match.c) gives each caption its region: pdf_cluster.c finds what belongs together, pdf_region.c makes
 * candidates. pdf_table*.c find tables and read their cells, pdf_render.c makes pictures, pdf_front.c reads front
 * matter and mentions.
 *
 * Coordinates are points in the page as it is read: origin top left, y down, and turned upright where the page's text
 * runs sideways (`turn`). Boxes reach the article through pdf_page_box. */
#ifndef FIGMILL_EXTRACT_PDF_PAGE_H
#define FIGMILL_EXTRACT_PDF_PAGE_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdint.h>

#include "base/str.h"
#include "extract/article.h"
#include "extract/image_raster.h"
#include "extract/label.h"
#include "extract/pdf.h"
#include "extract/pdf_chars.h"
#include "extract/pdf_quick.h"

enum {
    PDF_MAX_MARKS = 40000,   /* a page; later ones are merged into coarse cells */
    PDF_MAX_LINES = 20000,   /* a page */
    PDF_MAX_COLUMNS = 6,     /* a page */
    PDF_MAX_CAPTIONS = 40,   /* a page; later ones get no region */
    PDF_MAX_CLUSTERS = 400,  /* a page; the smallest are left out */
    PDF_MAX_TEXT = 64 << 20, /* bytes of text of a document */
};

enum mark_kind { MARK_IMAGE, MARK_FILL, MARK_STROKE, MARK_SHADE };

/* One thing drawn that is no text, cut to its clip. */
struct pdf_mark {
    struct box box;
    enum mark_kind kind;
    bool white;        /* filled with (nearly) white: covers, but shows nothing */
    bool rect;         /* an upright rectangle or a straight upright line */
    bool upright;      /* image: drawn without turning or mirroring */
    bool furniture;    /* repeated on other pages at the same place */
    bool gone;         /* left out of the graphics: background, frame, underline */
    int order;         /* of drawing, counted over all operations of the page */
    int image;         /* MARK_IMAGE: its place among the page's images, from 0; else -1 */
    int width, height; /* MARK_IMAGE: pixels */
    struct box whole;  /* MARK_IMAGE: where all of it would be without clip */
};

enum line_class { LINE_OTHER, LINE_BODY, LINE_HEADING, LINE_CAPTION, LINE_FURNITURE, LINE_TABLE };

struct pdf_span {
    float x0, x1;
};

struct pdf_line {
    struct box box;   /* from ascender to descender */
    const char *text; /* UTF-8 in reading order, single spaces */
    size_t len;
    double base, size; /* baseline; the prevailing font size */
    int font;          /* index of the prevailing font in pdf_doc.fonts */
    int head_font;     /* of the first character */
    double head_size;
    bool bold, head_bold, italic;
    unsigned colour; /* of the first character, 0xRRGGBB */
    bool sideways;   /* not horizontal */
    int block;       /* of pdf_chars */
    int n_chars;     /* without spaces */
    enum line_class class;
    bool in_graphic;              /* lies inside a drawn figure */
    const struct pdf_span *words; /* arena; where the words stand that spaces divide `text` into; NULL: not known */
    size_t n_words;
};

struct pdf_column {
    double x0, x1;
    int weight; /* lines that speak for it */
};

struct pdf_sheet {
    int number; /* from 0 */
    bool broken;
    int turn;       /* degrees that the page was turned by, to make its text upright */
    fz_matrix ctm;  /* from the page as MuPDF bounds it to these coordinates */
    fz_matrix back; /* and back to the crop box, origin top left */
    double width, height;
    struct pdf_mark *marks; /* malloc */
    size_t n_marks, cap_marks;
    struct pdf_line *lines; /* arena, in the order of the page's content */
    size_t n_lines, cap_lines;
    struct pdf_column columns[PDF_MAX_COLUMNS];
    size_t n_columns;
    struct box text_area; /* of body text */
    size_t n_body;        /* lines of class LINE_BODY */
    bool scanned;         /* a picture of a page: one image and no visible text */
};

enum side { SIDE_ABOVE, SIDE_BELOW, SIDE_LEFT, SIDE_RIGHT, SIDE_BEFORE, SIDE_AFTER, SIDES };

struct pdf_caption {
    int page;
    size_t first_line; /* index in the page's lines */
    size_t *lines;     /* arena; all of its lines, in order */
    size_t n_lines;
    struct box box;
    struct label label;
    const char *label_text; /* as printed */
    const char *text;       /* the caption without its label; NULL: nothing stands there */
    bool table;
    double score;
    bool taken;           /* chosen among the candidates */
    int twin;             /* a caption of the same figure in another language that follows; -1: none */
    bool is_twin;         /* second language of another caption */
    const char *language; /* of twins, where their labels tell it, else NULL */
    int continues;        /* an earlier caption of the same figure; -1: none */
    /* set by pdf_match */
    int region_page; /* -1: no region */
    struct box region;
    enum side side;
    double confidence; /* of the region: monotone, not calibrated */
    int figure;        /* index in the article, or -1; set by pdf.c */
};

struct pdf_loose { /* a large graphic that no caption claims */
    int page;
    struct box region;
};

struct pdf_font {
    const char *name; /* without the subset prefix */
    bool bold, italic;
    double scale; /* a point of its letters is so many points of what it calls its size; 0: the same */
};

struct ocr;

struct pdf_doc {
    fz_context *ctx;
    struct pdf_quick quick; /* of the context */
    struct ocr *ocr;        /* reads pages without text, or NULL */
    int ocr_pages;          /* that needed it so far */
    pdf_document *pdf;
    struct article *article;
    struct arena *arena; /* working memory, gone after the call */
    struct pdf_sheet *pages;
    int n_pages;
    struct pdf_chars seen, unseen; /* of the page at hand: what is visible, and what is not: OCR layers */
    struct pdf_font *fonts;
    size_t n_fonts, cap_fonts;
    size_t text_bytes;
    /* set by pdf_layout */
    int body_font;
    double body_size, leading;
    double column_width;
    struct pdf_caption *captions;
    size_t n_captions, cap_captions;
    int tables_above; /* 1: tables stand above their captions; -1: below; 0: not known yet */
    struct pdf_loose *loose;
    size_t n_loose, cap_loose;
    fz_display_list *list; /* of the page whose figures are being drawn; pdf_render.c */
    int list_page;
};

/* pdf_box.c: arithmetic on boxes */
double box_width(struct box b);
double box_height(struct box b);
double box_area(struct box b); /* 0 for an empty one */
bool box_empty(struct box b);
struct box box_union(struct box a, struct box b); /* an empty one adds nothing */
struct box box_intersect(struct box a, struct box b);
struct box box_grow(struct box b, double by);
bool box_contains(struct box outer, struct box inner, double slack);
double box_overlap_x(struct box a, struct box b); /* points; negative: the gap between them */
double box_overlap_y(struct box a, struct box b);
bool box_holds_centre(struct box outer, struct box inner);

/* pdf_device.c: interprets one page. MuPDF errors are thrown. */
void pdf_record(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source);

/* pdf_scan.c: graphics, and with OCR text, of a page that is a picture of a page; text of one whose letters have no
 * names. Other pages are left as they are. Does not throw. */
void pdf_scan(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source);

/* pdf_text.c: makes lines of the runs of a page's characters. */
void pdf_take_lines(struct pdf_doc *d, struct pdf_sheet *page, const struct pdf_chars *chars);
/* Appends a line to running text: joins a word that was divided at the line's end. */
void pdf_join_line(struct str *out, const char *text, size_t len);

/* pdf_encoding.c: mends the text of documents whose fonts don't say what letters they have. */
void pdf_mend_encoding(struct pdf_doc *d);

/* pdf_layout.c */
void pdf_layout(struct pdf_doc *d);
/* The columns that a box lies in, as one span at least as wide as the box. */
struct box pdf_column_span(const struct pdf_sheet *page, struct box b);

/* pdf_caption.c */
void pdf_find_captions(struct pdf_doc *d);
/* pdf_caption_body.c: takes the lines of a caption, from its first one on. All captions' starts must be known. */
void pdf_grow_caption(struct pdf_doc *d, struct pdf_caption *c);

/* pdf_region.c: graphics of a page in pieces that belong together, and what regions a caption may have. */
struct pdf_cluster {
    struct box box;    /* with its text */
    struct box drawn;  /* without */
    double image_area; /* of raster images */
    size_t n_marks, n_text;
    bool rules_only; /* nothing but thin lines */
    int frame;       /* the frame that it lies in, or -1 */
    int owner;       /* caption that claimed it for good (tables), or -1 */
};

/* What a region never reaches over: body text, headings, captions, tables. */
struct pdf_block {
    struct box box;
    int owner; /* caption index, or -1 */
    bool weak; /* a paragraph in other than body style: may be a note between a figure and its caption */
};

struct pdf_graphics {
    struct pdf_cluster *clusters; /* arena */
    size_t n_clusters;
    struct box *frames; /* boxes drawn around a figure and its caption */
    size_t n_frames;
    struct pdf_block *blocks;
    size_t n_blocks, cap_blocks;
};

struct pdf_region {
    struct box box;
    enum side side;
    double score;
    bool wide; /* spans more than the caption's column */
};

void pdf_cluster_page(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g);
void pdf_add_block(struct pdf_doc *d, struct pdf_graphics *g, struct pdf_block block);
/* At most `max` candidates for a figure's caption on this page, best first. */
size_t pdf_regions(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, int caption,
                   const double prior[SIDES], struct pdf_region *out, size_t max);

/* pdf_table.c: the region of a table: rules, shading and cells below (or above) its caption. False: nothing there. */
bool pdf_table_region(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, int caption,
                      struct pdf_region *out);

/* pdf_table_cells.c: gives a table's figure its cells, as far as rules or alignment tell them for sure, and its notes.
 */
void pdf_read_table(struct pdf_doc *d, const struct pdf_caption *c, struct art_figure *f);

/* pdf_match.c */
void pdf_match(struct pdf_doc *d);

/* pdf_front.c */
void pdf_read_front(struct pdf_doc *d);
/* Sentences of the body that cite a figure, given to the figures of the article by kind and number. */
void pdf_read_mentions(struct pdf_doc *d);

/* pdf_render.c: gives the picture of one region to `emit`. False with the callback's error only; what MuPDF cannot
 * draw is a warning. */
bool pdf_emit_picture(struct pdf_doc *d, const struct pdf_options *options, const struct pdf_sheet *page,
                      struct box region, size_t figure, article_image_fn *emit, void *context, struct err *e);

/* Gives up the page that pdf_emit_picture keeps for the next figure. */
void pdf_drop_list(struct pdf_doc *d);
/* pdf_panel.c: places the figure's panels on its picture, of which `area` is the part of the page. */
void pdf_place_panels(struct pdf_doc *d, const struct pdf_sheet *page, struct box area, struct art_figure *f,
                      const struct raster *raster);

/* pdf.c: a box of this page in points of the crop box, origin top left. */
struct box pdf_page_box(const struct pdf_sheet *page, struct box b);

#endif

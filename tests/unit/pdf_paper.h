/* pdf_paper.h: small PDFs that tests write themselves, and what comes out of them. */
#ifndef FIGMILL_TESTS_UNIT_PDF_PAPER_H
#define FIGMILL_TESTS_UNIT_PDF_PAPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "extract/image_rows.h"
#include "extract/pdf.h"

enum { MAX_OBJECTS = 40, PAGE_W = 595, PAGE_H = 842 };

struct paper {
    struct str pages[8]; /* content streams */
    size_t n_pages;
    struct str image; /* a JPEG that pages draw as /Im, or nothing */
    int image_w, image_h;
    bool raw;            /* `image` holds bare RGB samples */
    const char *trailer; /* put into the trailer, or NULL */
};

/* A page to write content to; the paper owns it. */
struct str *new_page(struct paper *p);
void paper_release(struct paper *p);
/* Text with its baseline at y from the top. */
void put(struct str *s, double x, double y, double size, const char *font, const char *text);
/* Lines of body text, about `width` points wide; returns the baseline of the line that would follow. */
double paragraph(struct str *s, double x, double y, double width, int lines);
/* Axes, ticks with numbers, bars and a title of the axis. Top left corner at x, y. */
void plot(struct str *s, double x, double y, double w, double h);
void place_image(struct str *s, double x, double y, double w, double h);
void make_image(struct paper *p, int w, int h); /* colour gradients; w is at most 400 */
void write_paper(const struct paper *p, struct str *out);

struct seen {
    size_t n, figure[16];
    struct str bytes[16];
    const char *media_type[16];
    int width[16], height[16];
    bool original[16];
    bool refuse;
};

/* An article_image_fn: notes the picture in the struct seen that is its context. */
bool see(void *context, size_t index, const struct image *original, const struct image *picture, struct err *e);
/* Writes the paper and extracts it, with pictures at 150 dpi. */
bool extract(const struct paper *p, struct article *a, struct seen *seen, struct err *e);
void seen_release(struct seen *seen);
const struct art_figure *by_anchor(const struct article *a, const char *anchor); /* fails the test without one */
void assert_box(struct box b, double x0, double y0, double x1, double y1, double slack);

#endif

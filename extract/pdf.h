/* pdf.h: articles as PDF, by MuPDF (pdf*.c and image.c are the only users; fz_try stays inside them, each public
 * function is a fence). No file is ever opened: fonts, CMaps and the CJK fallback font are built into the library and
 * colour profiles are off, so it works in a process that may open nothing. */
#ifndef FIGMILL_EXTRACT_PDF_H
#define FIGMILL_EXTRACT_PDF_H

#include "extract/article.h"

enum {
    PDF_MAX_BYTES = 256 << 20,
    PDF_MAX_PAGES = 2000, /* later pages are left out, with a warning */
    PDF_TABLE_DPI = 150,  /* tables are drawn with, or less: no pair is made of them, and their text is kept as text */
    PDF_MAX_SIDE = 6000,  /* pixels of a rendered figure's longer side */
    PDF_STORE_BYTES = 48 << 20 /* MuPDF's cache */
};

struct pdf_options {
    bool images;     /* write pixels; off: geometry and captions only */
    double max_dpi;  /* upper bound of the rendering resolution (default 300) */
    struct ocr *ocr; /* for pages without text and with letters that have no names; NULL: none (ocr.h) */
};

/* Captions with their regions, tables as kind "table"; a second caption that says it continues an earlier one has
 * drop_reason "continuation"; large graphics without caption are kind "unlabelled" with drop_reason "no caption" and no
 * picture. A picture is the publisher's JPEG where that is the whole figure, else that part of the page drawn: PNG, or
 * JPEG where it looks like a photograph.
 *
 * Fills `a` and hands each figure's picture to `emit` (NULL: no pixels). A damaged page is skipped with a warning and
 * the rest goes on. ERR_FORMAT: no readable page; ERR_REFUSED: encrypted with a user password; ERR_LIMIT. */
bool pdf_extract(const unsigned char *bytes, size_t len, const struct pdf_options *options, struct article *a,
                 article_image_fn *emit, void *context, struct err *e);

#endif

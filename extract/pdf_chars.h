/* pdf_chars.h: the characters of a page in runs: what pdf_text.c makes lines of. Private to the PDF extractor.
 *
 * The recorder (pdf_device.c) gives each text object as the interpreter gives it. Characters lie one after the other in
 * one array, runs are ranges of it, and both arrays are kept from page to page: a page costs no allocation.
 *
 * A character goes on with the run before it, or begins a new one, by where it stands. Directions are those of the
 * writing: `along` is the way from the end of the character before (its origin and advance) to this one's origin in
 * the direction of writing, `off` the way across it. Both are measured in the size of this character's font (the root
 * of the area of a unit square in it). In this order:
 * 1. Another direction of writing (cosine under 0.999) or mode (horizontal, vertical) begins a run and a block.
 * 2. The same character ending where the one before ended, to within float's epsilon, is bold by double printing: it
 *    is dropped.
 * 3. `off` under 0.8, so that sub- and superscripts are in:
 *    - right-to-left letters, and what has no direction of its own behind them, go on with the run wherever they stand;
 *    - `along` of more than 0.8, either way, begins a run: another column or cell, another line of justified text;
 *    - `along` of 0.15 or more forward goes on behind a space, which is added where none was printed (not in vertical
 *      text); a smaller step, or any backward, goes on.
 * 4. `off` up to 1.5 begins a run in the same block: the next line. A block too when a text object begins here that is
 *    indented or outdented by more than 0.5 against the start of the run.
 * 5. `off` beyond begins a run and a block.
 * Further letters of one glyph (ligatures that the font spells out, and those of Unicode, ff to st, which are taken
 * apart here) join their first without width or rules. A second glyph of one letter is dropped. All kinds of blanks
 * become U+0020.
 *
 * These are the rules of MuPDF 1.21's structured text (fz_new_stext_device), on which all that stands behind was tuned:
 * tests/unit/test_pdf_chars.c holds the two together, character by character. That device is not used since it takes a
 * linked node of 72 bytes for each character, works out for each what is the same for a span, and its tree was walked
 * three more times: 9 % of the time of a page without pictures. A MuPDF with other rules fails the test and changes
 * nothing else. */
#ifndef FIGMILL_EXTRACT_PDF_CHARS_H
#define FIGMILL_EXTRACT_PDF_CHARS_H

#include <mupdf/fitz.h>
#include <stdbool.h>
#include <stddef.h>

enum { PDF_MAX_CHARS = 1 << 20 /* a page; later ones are left out */ };

struct pdf_char {
    int c;
    unsigned colour; /* 0xRRGGBB */
    fz_point origin;
    fz_rect box; /* by its advance, and the ascender and descender that its font states */
    float size;
    int font; /* its place in `fonts` */
};

struct pdf_run {
    size_t first, n; /* in `chars` */
    fz_point along;  /* unit vector of the direction of writing */
    bool vertical;   /* the mode, not the direction */
    int block;       /* from 0 */
};

struct pdf_chars {
    struct pdf_char *chars; /* malloc, as the other arrays */
    size_t n, cap;
    struct pdf_run *runs;
    size_t n_runs, cap_runs;
    fz_font **fonts; /* of the page, each once, held */
    size_t n_fonts, cap_fonts;
    float least_size; /* of all characters */
    /* where the last character left off */
    const fz_text *last_text; /* held */
    fz_point pen, start;      /* start: of the run */
    int last, direction;      /* direction: 1 left to right, -1 right to left, 0 not known */
    bool begins;              /* a text object does, with the next character */
};

/* Empty, for a new page. Also gives up the fonts. */
void pdf_chars_clear(fz_context *ctx, struct pdf_chars *chars);
void pdf_chars_release(fz_context *ctx, struct pdf_chars *chars);
/* Adds the characters of a text object, unless it is the last one again: MuPDF gives text that is filled and stroked
 * twice. Throws where MuPDF does on measuring a glyph. */
void pdf_chars_add(fz_context *ctx, struct pdf_chars *chars, const fz_text *text, fz_matrix ctm, unsigned colour);

#endif

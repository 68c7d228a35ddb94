/* pdf_quick.h: what MuPDF does slowly and often, done faster. Private to the PDF extractor.
 *
 * The linker puts the functions of pdf_quick.c in the place of MuPDF's and FreeType's own (ld's --wrap, see
 * meson.build). Their answers are the same; where they cannot be, the function that was replaced is asked. A sixth of
 * the time of a page without pictures went there:
 * - FT_Get_Name_Index compares a name with those of all glyphs, one after the other, and MuPDF asks for 256 names a
 *   font. A table of hashes is made at the first question and kept in the face (`generic`, which MuPDF leaves alone).
 * - fz_bound_glyph interprets each glyph's outline. MuPDF's interpreter wants the box for the extent of blending groups
 *   and clips only, so that the em square does while pages are recorded and nothing is drawn (pdf_quick_glyphs).
 * - fz_atof rounds right for any number of digits; nearly all have few enough for one division.
 * - fz_open_flated goes through zlib 4 KiB by 4 KiB; libdeflate inflates all of a stream at once, more than twice as
 *   fast. Streams that are damaged, very large or followed by something else are left to zlib. */
#ifndef FIGMILL_EXTRACT_PDF_QUICK_H
#define FIGMILL_EXTRACT_PDF_QUICK_H

#include <mupdf/fitz.h>

enum pdf_glyph_boxes { PDF_GLYPH_OUTLINES, PDF_GLYPH_SQUARES };

/* Hangs on the context (fz_set_user_context) and must outlive it. A context without it is as MuPDF made it, but for
 * names and numbers. */
struct pdf_quick {
    enum pdf_glyph_boxes boxes;
    fz_stream_next_fn *next_buffer, *next_endstream; /* how streams of these two kinds are known */
};

/* Throws. */
void pdf_quick_begin(fz_context *ctx, struct pdf_quick *quick);
/* How glyphs are measured from now on; by their outlines at first. Nothing may be drawn with squares. */
void pdf_quick_glyphs(fz_context *ctx, enum pdf_glyph_boxes boxes);

#endif

/* pdf_glyph.h: what MuPDF asks about glyphs, answered faster. Private to the PDF extractor.
 *
 * The linker puts the two functions of pdf_glyph.c in the place of MuPDF's and FreeType's own (ld's --wrap, see
 * meson.build): a tenth of the time of a page without pictures went there.
 *
 * FT_Get_Name_Index compares a name with those of all glyphs, one after the other, and MuPDF asks for 256 names a font.
 * Here a table of hashes is made at the first question and kept in the face (FT_Face's `generic`, which MuPDF leaves
 * alone). The answers are the same.
 *
 * fz_bound_glyph interprets each glyph's outline for its box. MuPDF's interpreter wants that box for the extent of
 * blending groups and clips only. While pages are recorded and nothing is drawn, the em square does. */
#ifndef FIGMILL_EXTRACT_PDF_GLYPH_H
#define FIGMILL_EXTRACT_PDF_GLYPH_H

#include <mupdf/fitz.h>

/* Whether glyphs are measured by their em squares: on while nothing is drawn with this context. Off at first. */
enum pdf_glyph_boxes { PDF_GLYPH_OUTLINES, PDF_GLYPH_SQUARES };
void pdf_glyph_boxes(fz_context *ctx, enum pdf_glyph_boxes boxes);

#endif

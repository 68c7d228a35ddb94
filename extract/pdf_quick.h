/* pdf_quick.h: four functions that MuPDF calls often and that are slow, done faster. Private to the PDF extractor.
 *
 * The linker puts the functions of pdf_quick.c in the place of MuPDF's and FreeType's own (ld's --wrap, see
 * meson.build), and the originals stay at hand as __real_NAME. What each gains is of the CPU time of a run without
 * pictures; one that gains less than 2 % is not worth its place here.
 *
 * FT_Get_Name_Index (11 %): the glyph of a name. FreeType compares the name with those of all glyphs in turn, and MuPDF
 *     asks for 256 names a font. A table of hashes is made at the first question and kept in the face (`generic`, which
 *     neither FreeType nor MuPDF uses). Names go in by glyph, so that of two with one name the first is found, as by
 *     FreeType. Very long names, and faces whose `generic` is taken, go to the original. Test: all names of three fonts
 *     and some that none has, against the original.
 * fz_atof (13 %): a number of a content stream. The original rounds right for any number of digits by arithmetic of
 *     many words; up to 8 digits whose whole number is below 2^24 need one division of two exact floats, which rounds
 *     right too. All else goes to the original. Test: 200,000 numbers and odd ones, bit by bit.
 * fz_bound_glyph (20 %): the box of a glyph. The original interprets the outline. MuPDF's interpreter asks for it only
 *     to bound transparency groups and clips, which matters to whoever draws; so while pages are recorded
 *     (pdf_quick_glyphs) the em square does. This is the one whose answer is another. Test: outlines but when asked
 *     otherwise; that no text is lost by it show the tests of test_pdf*.c.
 * fz_open_flated (4 %, and 3 % with pictures): zlib inflates 4 KiB at a time through two buffers. libdeflate takes a
 *     stream whole, more than twice as fast, where the stream ends with its data. Damaged data, more than 32 MiB, and
 *     what something follows (inline images) go to the original. Test: whole, cut, damaged, padded, bombs, inline.
 *
 * A newer MuPDF: another signature does not compile (the assertions in pdf_quick.c); a function that is gone does not
 * link; one that the library calls without the linker's knowing (a shared library, or merged sources) fails
 * test_pdf_quick's mupdf_is_served; other answers fail the comparisons with the originals. Taking one out is to delete
 * its section, its --wrap and its test: nothing else knows of it. */
#ifndef FIGMILL_EXTRACT_PDF_QUICK_H
#define FIGMILL_EXTRACT_PDF_QUICK_H

#include <mupdf/fitz.h>

enum pdf_glyph_boxes { PDF_GLYPH_OUTLINES, PDF_GLYPH_SQUARES };

/* Hangs on the context (fz_set_user_context) and must outlive it. A context without it is as MuPDF made it, but for
 * names and numbers. */
struct pdf_quick {
    enum pdf_glyph_boxes boxes;
    fz_stream_next_fn *next_buffer, *next_endstream; /* how streams of these two kinds are known */
    struct libdeflate_decompressor *inflater;        /* for all streams; NULL: zlib does it */
};

/* Throws; pdf_quick_end is due even then. */
void pdf_quick_begin(fz_context *ctx, struct pdf_quick *quick);
/* Of a struct that is zeroed or was begun; its context may be gone, but may not be used any more. */
void pdf_quick_end(struct pdf_quick *quick);
/* How glyphs are measured from now on; by their outlines at first. Nothing may be drawn with squares. */
void pdf_quick_glyphs(fz_context *ctx, enum pdf_glyph_boxes boxes);

#endif

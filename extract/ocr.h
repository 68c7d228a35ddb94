/* ocr.h: reading the text of a picture of a page with Tesseract, where figmill was built with it.
 *
 * The trained data is loaded by ocr_open, which opens files; ocr_read opens none and starts no thread, so that it works
 * behind the sandbox's wall. The same pixels always give the same lines. */
#ifndef FIGMILL_EXTRACT_OCR_H
#define FIGMILL_EXTRACT_OCR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ocr;

/* `languages` are Tesseract's codes joined by '+': "kor+eng". ERR_USAGE: the trained data of one is not installed, or
 * figmill was built without Tesseract; the text says what to do. Give it back with ocr_close. */
struct ocr *ocr_open(const char *languages, struct err *e);
void ocr_close(struct ocr *o); /* NULL is fine */

/* One line of text. The box is in pixels, origin top left; the text is valid during the call. */
struct ocr_line {
    const char *text; /* UTF-8 */
    int x0, y0, x1, y1;
    double confidence; /* 0..1, Tesseract's own */
    bool starts_block; /* the first of its block of text */
};

typedef void ocr_line_fn(void *context, const struct ocr_line *line);

/* Reads 8-bit grey pixels, in Tesseract's reading order. `dpi` is the resolution that they have on paper. False:
 * nothing could be read. NULL for `o` reads nothing. */
bool ocr_read(struct ocr *o, const unsigned char *grey, int width, int height, ptrdiff_t stride, int dpi,
              ocr_line_fn *each, void *context);

#endif

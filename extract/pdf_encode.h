/* pdf_encode.h: pixels of a rendered figure as JPEG or PNG. */
#ifndef FIGMILL_EXTRACT_PDF_ENCODE_H
#define FIGMILL_EXTRACT_PDF_ENCODE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Appends `height` rows of `width` pixels, 1 (grey) or 3 (RGB) bytes each, `stride` bytes apart, as a JPEG. */
bool pdf_encode_jpeg(const unsigned char *pixels, int width, int height, int components, long stride, int quality,
                     struct str *out, struct err *e);

#endif

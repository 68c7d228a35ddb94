/* image_deflate.h: packs the rows of a drawn picture for a PNG: a zlib stream (RFC 1950, RFC 1951) of rows without
 * filters (PNG, filter type 0). Private to image_png.c.
 *
 * Why not a library's: on figures drawn from PDFs, most of whose bytes lie in runs, zlib spends most of its time on
 * entering the inside of matches into its tables, and so does libdeflate. What repeats in a picture repeats at known
 * distances, one pixel or one row before, so here these two are tried first, and one more place out of a table of
 * hashes; the inside of long matches is not looked at. Over the 650 PNGs of 154 articles (819 MB of rows) that takes a
 * third of the time of zlib's level 3, and 40 % of libdeflate's level 1, with a result 3 % smaller than zlib's. On
 * photographs it would be larger than zlib's; those become JPEG.
 *
 * The bytes depend on the rows alone: not on how many pictures came before, nor on what lies in memory, nor on the
 * processor. A picture's name is the hash of its bytes, so whoever changes what comes out raises EXTRACT_VERSION. */
#ifndef FIGMILL_EXTRACT_IMAGE_DEFLATE_H
#define FIGMILL_EXTRACT_IMAGE_DEFLATE_H

#include <stddef.h>

#include "base/str.h"

/* Some 400 KB, whatever the picture's size. */
struct image_deflate;

/* For rows of `row` bytes, `pixel` bytes a pixel (both at least 1). What is packed is added to `out`, which the caller
 * may empty between calls; a call adds at most 2 * row + 512 KiB. Never NULL. */
struct image_deflate *image_deflate_new(size_t row, size_t pixel, struct str *out);
void image_deflate_row(struct image_deflate *d, const unsigned char *row);
/* Once, behind the last row. */
void image_deflate_end(struct image_deflate *d);
void image_deflate_free(struct image_deflate *d); /* NULL is fine */

#endif

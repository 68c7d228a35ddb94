/* image.h: image files: what they are, and a form that trainers can read. */
#ifndef FIGMILL_EXTRACT_IMAGE_H
#define FIGMILL_EXTRACT_IMAGE_H

#include "base/str.h"
#include "extract/article.h"
#include "extract/image_raster.h"

enum {
    IMAGE_MAX_BYTES = 256 << 20,
    IMAGE_MAX_SIDE = 30000,       /* pixels */
    IMAGE_MAX_PIXELS = 178956970, /* Pillow's bomb limit: what trainers would refuse */
    IMAGE_MAX_WHOLE = 48000000,   /* pixels of an image that cannot be decoded in rows: interlaced PNG, GIF, BMP, JPX,
                                     unusual TIFF */
    IMAGE_MAX_PAGE_SIDE = 3000,   /* pixels that a page given as a figure (PDF) is drawn with, at 300 dpi or less */
};

struct image_info {
    const char *media_type; /* static string; by content, never by name */
    int width, height;      /* pixels, EXIF orientation not applied; for EPS, SVG and PDF points, 0 where not stated */
    bool readable;          /* a grey, palette or RGB JPEG or PNG of 8 bits or less, without transparency (which most
                               loaders turn black): trainers read it as it is */
};

/* Recognises JPEG, PNG, TIFF, GIF, BMP, JPEG 2000, WebP, EPS, SVG, PDF by their bytes and reads the size from the
 * header. ERR_UNSUPPORTED: no image we know; ERR_FORMAT: header damaged; ERR_LIMIT: too large. */
bool image_probe(const unsigned char *bytes, size_t len, struct image_info *info, struct err *e);

/* Decodes a JPEG or PNG from end to end, keeping nothing: ERR_FORMAT when it is cut or damaged, since trainers choke on
 * those. ERR_UNSUPPORTED: another kind of image. Also sets *info. *raster (may be NULL: none is wanted) becomes the
 * picture's raster, for the caller to release; it has no pixels on failure and for an interlaced PNG of more than
 * IMAGE_MAX_WHOLE pixels. */
bool image_check(const unsigned char *bytes, size_t len, struct image_info *info, struct raster *raster, struct err *e);

/* Appends an 8-bit RGB or grey PNG (transparency flattened on white), or a JPEG q92 where the source was JPEG or JPEG
 * 2000, of the first frame or page; *info describes it. Decodes fully, so that a truncated file is found: ERR_FORMAT.
 * ERR_LIMIT: too large to decode, or `out` is full. ERR_UNSUPPORTED: a kind that cannot be decoded here (EPS, SVG,
 * WebP, JPEG 2000 other than grey and RGB). The same bytes always give the same bytes. On failure `out` is as before.
 * *raster as of image_check. */
bool image_convert(const unsigned char *bytes, size_t len, struct str *out, struct image_info *info,
                   struct raster *raster, struct err *e);

#endif

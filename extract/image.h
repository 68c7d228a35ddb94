/* image.h: image files: what they are, and a form that trainers can read. */
#ifndef FIGMILL_EXTRACT_IMAGE_H
#define FIGMILL_EXTRACT_IMAGE_H

#include "base/str.h"
#include "extract/article.h"

enum {
    IMAGE_MAX_BYTES = 256 << 20,
    IMAGE_MAX_SIDE = 30000,        /* pixels */
    IMAGE_MAX_PIXELS = 178956970,  /* Pillow's bomb limit: what trainers would refuse */
};

struct image_info {
    const char *media_type; /* static string; by content, never by name */
    int width, height;      /* pixels, EXIF orientation not applied */
    bool readable;          /* an 8-bit grey, palette, RGB or RGBA JPEG or PNG: trainers read it as it is */
};

/* Recognises JPEG, PNG, TIFF, GIF, BMP, JPEG 2000, WebP, EPS, SVG, PDF by their bytes and reads the size from the header.
 * ERR_UNSUPPORTED: no image we know; ERR_FORMAT: header damaged; ERR_LIMIT: too large. */
bool image_probe(const unsigned char *bytes, size_t len, struct image_info *info, struct err *e);

/* Appends an 8-bit RGB or grey PNG (line art, alpha flattened on white) or JPEG q92 (photographs: JPX and CMYK JPEG
 * sources) of the first frame; *info describes it. Decodes fully, so that a truncated file is found: ERR_FORMAT.
 * ERR_UNSUPPORTED: a kind that cannot be decoded here (EPS, SVG, WebP). */
bool image_convert(const unsigned char *bytes, size_t len, struct str *out, struct image_info *info, struct err *e);

#endif

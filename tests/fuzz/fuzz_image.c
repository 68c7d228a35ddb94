/* Any bytes as an image: sizes stay within the limits, and what was converted can be read again. */
#include <stdint.h>
#include <stdlib.h>

#include "extract/image.h"

enum { MAX_OUTPUT = 64 << 20, MAX_PIXELS = 4 << 20 /* so that a run is not spent on one large image */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A raster of what was decoded has the picture's size and keeps to its limits. */
static void look(const struct raster *r, const struct image_info *info)
{
    if (!r->pixels || r->full_width != info->width || r->full_height != info->height || r->width < 1 || r->height < 1 ||
        r->width > RASTER_MAX_SIDE || r->height > RASTER_MAX_SIDE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_info info, converted, again;
    struct err e = {0};
    if (!image_probe(data, size, &info, &e))
        return 0;
    if (info.width < 0 || info.height < 0 || info.width > IMAGE_MAX_SIDE || info.height > IMAGE_MAX_SIDE)
        abort();
    if ((long)info.width * info.height > MAX_PIXELS)
        return 0;
    struct raster raster;
    if (image_check(data, size, &info, &raster, &e))
        look(&raster, &info);
    raster_release(&raster);
    struct str out = STR_INIT(MAX_OUTPUT);
    if (image_convert(data, size, &out, &converted, &raster, &e)) {
        const unsigned char *bytes = (const unsigned char *)out.data;
        look(&raster, &converted);
        if (!image_check(bytes, out.len, &again, NULL, &e) || !again.readable || again.width != converted.width ||
            again.height != converted.height)
            abort();
    } else if (out.len) {
        abort();
    }
    raster_release(&raster);
    str_release(&out);
    return 0;
}

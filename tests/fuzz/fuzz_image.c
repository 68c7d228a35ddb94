/* Any bytes as an image: sizes stay within the limits, and what was converted can be read again. */
#include <stdint.h>
#include <stdlib.h>

#include "extract/image.h"

enum { MAX_OUTPUT = 64 << 20, MAX_PIXELS = 4 << 20 /* so that a run is not spent on one large image */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    image_check(data, size, &info, &e);
    struct str out = STR_INIT(MAX_OUTPUT);
    if (image_convert(data, size, &out, &converted, &e)) {
        const unsigned char *bytes = (const unsigned char *)out.data;
        if (!image_check(bytes, out.len, &again, &e) || !again.readable || again.width != converted.width ||
            again.height != converted.height)
            abort();
    } else if (out.len) {
        abort();
    }
    str_release(&out);
    return 0;
}

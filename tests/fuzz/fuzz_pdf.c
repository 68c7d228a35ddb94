/* fuzz_pdf.c: any bytes as a PDF, pictures at a low resolution. */
#include <stdint.h>

#include "extract/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool look_at(void *context, size_t index, const struct image *original, const struct image *picture,
                    struct err *e)
{
    return picture->len > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct pdf_options options = {.images = true, .max_dpi = 36};
    struct article a = ARTICLE_INIT;
    struct err e = {0};
    pdf_extract(bytes, len, &options, &a, look_at, NULL, &e);
    article_release(&a);
    return 0;
}

/* fuzz_jats.c: any bytes through the JATS parser, and what it makes through the process boundary's JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "extract/jats.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct article a, b;
    struct err e = {0};
    if (!jats_extract((const char *)bytes, len, &a, &e))
        return 0;
    struct str json = STR_INIT(256 << 20);
    article_write(&a, &json);
    if (!article_read(json.data, json.len, &b, &e))
        abort(); /* what a parser makes must be readable */
    article_release(&a);
    article_release(&b);
    str_release(&json);
    return 0;
}

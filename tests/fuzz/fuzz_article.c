/* fuzz_article.c: any bytes as the message of a parser process; what is accepted must come back the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/article.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct article a, b;
    struct err e = {0};
    if (!article_read((const char *)bytes, len, &a, &e))
        return 0;
    struct str first = STR_INIT(256 << 20), second = STR_INIT(256 << 20);
    article_write(&a, &first);
    if (!article_read(first.data, first.len, &b, &e))
        abort();
    article_write(&b, &second);
    if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
        abort();
    article_release(&a);
    article_release(&b);
    str_release(&first);
    str_release(&second);
    return 0;
}

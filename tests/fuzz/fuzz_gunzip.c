/* Any bytes as gzip, whole and byte by byte: both give the same, and end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/gunzip.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool add(void *context, const void *bytes, size_t len)
{
    struct str *s = context;
    str_add_bytes(s, bytes, len);
    return !s->overflow;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str whole = STR_INIT(1 << 20), pieces = STR_INIT(1 << 20);
    struct gunzip *g = gunzip_new();
    enum gunzip_state state = gunzip_add(g, data, size, add, &whole), last = GUNZIP_OK;
    bool ended = gunzip_is_whole(g);
    gunzip_clear(g);
    for (size_t i = 0; i < size && last == GUNZIP_OK; i++)
        last = gunzip_add(g, data + i, 1, add, &pieces);
    if (state != last || (state == GUNZIP_OK && (ended != gunzip_is_whole(g) || whole.len != pieces.len ||
                                                 memcmp(whole.data, pieces.data, whole.len) != 0)))
        abort();
    gunzip_free(g);
    str_release(&whole);
    str_release(&pieces);
    return 0;
}

/* fuzz_libretranslate.c: any bytes as what a LibreTranslate server answers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "translate/libretranslate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 400, 403, 429, 500};
    static struct libretranslate server;
    struct arena arena = ARENA_INIT;
    if (libretranslate_languages_read((const char *)data, size, &server) &&
        libretranslate_can(&server, "zh-TW", "en") && !libretranslate_code(&server, "zh-TW"))
        abort();
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        for (size_t n = 1; n <= 2; n++) {
            struct http_reply reply = {.status = statuses[i], .body = STR_INIT(LIBRETRANSLATE_MAX_BYTES)};
            const char *translations[2] = {NULL, NULL};
            struct err why = {0};
            str_add_bytes(&reply.body, data, size);
            bool answered =
                libretranslate_reply_read("http://s", &reply, n, &arena, translations, &why) == LIBRETRANSLATE_ANSWERED;
            if (answered ? !translations[n - 1] : why.kind == ERR_NONE)
                abort();
            http_reply_release(&reply);
        }
    arena_release(&arena);
    return 0;
}

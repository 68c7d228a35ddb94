/* Lists of works, and URLs made of their lines. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/given.h"
#include "ingest/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct given list;
    struct err e = {0};
    if (given_read((const char *)bytes, len, &arena, &list, &e) != (e.kind == ERR_NONE))
        abort();
    for (size_t i = 0; i < list.n; i++) {
        struct given_work again = {0};
        /* What is clean is read as the same again. */
        if (!list.works[i].line || !given_one(list.works[i].text, &arena, &again) || again.kind != list.works[i].kind ||
            strcmp(again.text, list.works[i].text) != 0)
            abort();
    }
    const char *text = arena_strndup(&arena, (const char *)bytes, len);
    const char *url = link_resolve("https://www.example.org/a/b?c", text, &arena);
    if (url && (strlen(url) > LINK_MAX || !link_resolve(NULL, url, &arena) || !link_kind(url)))
        abort();
    link_cc_name(text, &arena);
    arena_release(&arena);
    return 0;
}

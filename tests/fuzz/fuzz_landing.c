/* Landing pages, in whatever character set, with links and dates. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/landing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_page(const uint8_t *bytes, size_t len, const char *type)
{
    struct arena arena = ARENA_INIT;
    struct landing page;
    struct err e = {0};
    bool ok = landing_read("https://www.example.org/a/b?c", type, (const char *)bytes, len, &arena, &page, &e);
    const struct record *r = &page.record;
    if (ok != (e.kind == ERR_NONE) || !r->source_id || !r->said || strlen(r->said) > SOURCE_MAX_SAID ||
        r->n_files > SOURCE_MAX_FILES || (r->title && !text_is_utf8(r->title, strlen(r->title))) ||
        (page.state != LANDING_ARTICLE && !page.why))
        abort();
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    read_page(bytes, len, NULL);
    read_page(bytes, len, "text/html; charset=shift_jis");
    read_page(bytes, len, "text/html; charset=utf-8");
    char text[64] = "", date[11];
    memcpy(text, bytes, len < 63 ? len : 63);
    if (landing_date(text, date) != (date[0] != 0))
        abort();
    return 0;
}

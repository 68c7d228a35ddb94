/* Any bytes as a caption: put back untouched, the very same bytes come again where the target is the source's language;
 * into another, each placeholder is found once. Then the bytes as a translation of a fixed text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "translate/protect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const languages[] = {"es", "en", "ru", "zh", "el", "fr", "und"};

static void round_trip(const char *text, const char *language, const char *target, unsigned kinds)
{
    struct arena arena = ARENA_INIT;
    struct protected_text p;
    const char *why;
    protect_text(text, language, target, kinds, &arena, &p);
    const char *back = protect_restore(&p, p.text, &arena, &why);
    if (!back || why || p.n > PROTECT_MOST || (p.n == 0 && strcmp(p.text, text) != 0))
        abort();
    if (strcmp(language, target) == 0 && strcmp(back, text) != 0)
        abort();
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct protected_text p;
    const char *text = arena_strndup(&arena, (const char *)data, size), *why;
    const char *language = languages[size % (sizeof languages / sizeof *languages)];
    round_trip(text, language, language, PROTECT_ALL);
    round_trip(text, language, "de", PROTECT_ALL);
    round_trip(text, language, language, PROTECT_BIT(PROTECT_QUANTITY));
    protect_text("(A) 0.5 Gy and [B]", "en", "de", PROTECT_ALL, &arena, &p);
    if (!protect_restore(&p, text, &arena, &why) == !why)
        abort();
    arena_release(&arena);
    return 0;
}

/* Glossaries, which people write, and texts that their terms are looked for in: a glossary, a form feed, a text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "translate/glossary.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void look_for(const struct glossary *g, const char *text, const char *language, const char *target)
{
    struct arena arena = ARENA_INIT;
    const struct glossary_term *terms;
    struct str lines = STR_INIT(1 << 20);
    size_t n = glossary_find(g, text, language, target, &arena, &terms);
    for (size_t i = 0; i < n; i++)
        if (!terms[i].term || !terms[i].accepted[0] || terms[i].accepted[0] != terms[i].render)
            abort();
    glossary_check(terms, n, text, target, &arena);
    if (glossary_lines(terms, n, &lines) > GLOSSARY_LINES)
        abort();
    str_release(&lines);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const languages[] = {"en", "de", "ar", "zh", "ko", "tr", "ru", "pt-BR", "xx"};
    const char *start = (const char *)bytes;
    const uint8_t *cut = len ? memchr(bytes, '\f', len) : NULL;
    size_t table = cut ? (size_t)(cut - bytes) : len, rest = len - table;
    struct err e = {0};
    char hash[SHA256_SIZE];
    struct glossary *g = glossary_parse(len ? start : "", table, "x.tsv", &e);
    if (!g && (e.kind != ERR_USAGE || !*e.text))
        abort();
    struct arena arena = ARENA_INIT;
    const char *text = cut ? arena_strndup(&arena, start + table + 1, rest - 1) : "";
    for (size_t i = 0; g && i < sizeof languages / sizeof *languages; i++) {
        look_for(g, text, languages[i], i ? "en" : "de");
        look_for(g, text, languages[i], "fr");
        glossary_hash(g, languages[i], "en", hash);
    }
    arena_release(&arena);
    glossary_free(g);
    return 0;
}

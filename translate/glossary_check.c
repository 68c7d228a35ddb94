/* glossary_check.c: whether a translation has the terms (glossary.h), and what a model is told of them. */
#include "translate/glossary.h"

#include "base/str.h"
#include "translate/glossary_parts.h"

enum { MOST_TOLD = 5 /* missing terms of one complaint */, MOST_TEXT = 4096 };

static bool rendered(const struct glossary_term *term, const struct glossary_text *translation, const char *target,
                     struct arena *arena)
{
    struct glossary_pattern p;
    for (const char *const *r = term->accepted; *r; r++)
        if (glossary_pattern_make(*r, target, arena, &p) && glossary_pattern_stands(&p, translation))
            return true;
    return false;
}

const char *glossary_check(const struct glossary_term *terms, size_t n, const char *translation, const char *target,
                           struct arena *arena)
{
    struct glossary_text t;
    struct str missing = STR_INIT(MOST_TEXT);
    size_t told = 0;
    if (!n)
        return NULL;
    glossary_text_make(translation, target, arena, &t);
    for (size_t i = 0; i < n && told < MOST_TOLD; i++)
        if (!rendered(&terms[i], &t, target, arena))
            str_addf(&missing, "%s'%s' must be '%s'", told++ ? "; " : "", terms[i].term, terms[i].render);
    const char *text = told ? arena_strndup(arena, missing.data, missing.len) : NULL;
    str_release(&missing);
    return text;
}

size_t glossary_lines(const struct glossary_term *terms, size_t n, struct str *out)
{
    size_t lines = n < GLOSSARY_LINES ? n : GLOSSARY_LINES;
    for (size_t i = 0; i < lines; i++)
        str_addf(out, "%s = %s\n", terms[i].term, terms[i].render);
    return lines;
}

/* mend.c: see mend.h. */
#include "pairs/mend.h"

#include <string.h>

#include "base/text.h"
#include "pairs/check.h"

/* Where the string that the text ends in begins; NULL: it does not end in one. */
static const char *open_string(const char *text)
{
    const char *start = NULL;
    for (const char *at = text; *at; at++)
        if (*at == '"')
            start = start ? NULL : at + 1;
        else if (*at == '\\' && start && at[1])
            at++;
    return start;
}

static bool ends_sentence(const char *at)
{
    return strchr(".!?", at[0]) && at[1] == ' ';
}

const char *mend_cut(const char *content, struct arena *arena)
{
    const char *start = open_string(content), *end = NULL;
    for (const char *at = start; at && *at; at++)
        if (ends_sentence(at))
            end = at + 1;
    return end ? arena_printf(arena, "%.*s\"}", (int)(end - content), content) : NULL;
}

struct whole { /* the sentences so far */
    const char *start;
    size_t len; /* up to the end of the last one that is kept */
    struct arena *arena;
};

static bool add_sentence(void *context, const char *start, size_t len)
{
    enum { RUN = 4 };
    struct whole *w = context;
    const char *before = check_fold(arena_strndup(w->arena, w->start, w->len), w->arena);
    const char *folded = check_fold(arena_strndup(w->arena, start, len), w->arena);
    if (w->len && (strstr(before, folded) || check_shared_runs(folded, before, RUN) > 0.6))
        return false;
    w->len = (size_t)(start - w->start) + len;
    return true;
}

const char *mend_loop(const char *answer, struct arena *arena)
{
    struct arena scratch = ARENA_INIT;
    struct whole w = {answer, 0, &scratch};
    text_sentences(answer, strlen(answer), "en", add_sentence, &w);
    while (w.len && answer[w.len - 1] == ' ')
        w.len--;
    arena_release(&scratch);
    return arena_strndup(arena, answer, w.len);
}

/* pieces.c: see pieces.h. */
#include "translate/pieces.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { MOST_TEXT = 1 << 20 };

struct cutter {
    struct pieces *out;
    struct arena *arena;
    size_t cap;
    int characters;
    struct str open; /* sentences gathered for the next piece */
};

static void close_piece(struct cutter *c)
{
    if (!c->open.len)
        return;
    ARENA_GROW(c->arena, c->out->items, c->out->n, c->cap);
    c->out->items[c->out->n++] = arena_strndup(c->arena, c->open.data, c->open.len);
    str_clear(&c->open);
}

/* Bytes of the longest beginning that a piece can hold: up to a space where there is one, else up to a character. */
static size_t longest_beginning(const char *text, size_t len, int characters)
{
    size_t at = 0, space = 0;
    for (int i = 0; i < characters && at < len; i++) {
        size_t before = at;
        if (text_is_space(text_next(text, len, &at)))
            space = before;
    }
    return at == len || !space ? at : space;
}

static bool add_sentence(void *context, const char *start, size_t len)
{
    struct cutter *c = context;
    if (c->open.len && text_length(c->open.data, c->open.len) + 1 + text_length(start, len) > (size_t)c->characters)
        close_piece(c);
    while (len) {
        size_t n = longest_beginning(start, len, c->characters);
        str_add(&c->open, c->open.len ? " " : "");
        str_add_bytes(&c->open, start, n);
        start += n;
        len -= n;
        if (len)
            close_piece(c);
    }
    return true;
}

void pieces_cut(const char *text, const char *language, int characters, struct arena *arena, struct pieces *out)
{
    struct cutter c = {.out = out, .arena = arena, .characters = characters, .open = STR_INIT(MOST_TEXT)};
    size_t len = strlen(text);
    *out = (struct pieces){0};
    if (text_length(text, len) <= (size_t)characters)
        str_add_bytes(&c.open, text, len);
    else
        text_sentences(text, len, language, add_sentence, &c);
    close_piece(&c);
    str_release(&c.open);
}

/* prompt.c: see prompt.h. */
#include "pairs/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/embedded.h"

extern const struct embedded pairs_prompts[];

/* The text of NAME/FILE without the line end that closes the file, or NULL. */
static const char *part(const char *name, const char *file, struct arena *arena)
{
    const char *text = embedded_text(pairs_prompts, arena_printf(arena, "%s/%s", name, file));
    if (!text)
        return NULL;
    size_t len = strlen(text);
    while (len && text[len - 1] == '\n')
        len--;
    return arena_strndup(arena, text, len);
}

bool prompt_load(const char *name, struct arena *arena, struct prompt *out, struct err *e)
{
    *out = (struct prompt){.name = arena_strdup(arena, name),
                           .system = part(name, "system.txt", arena),
                           .user = part(name, "user.txt", arena),
                           .schema = part(name, "schema.json", arena)};
    if (!out->system || !out->user || !out->schema)
        return err_set(e, ERR_SYSTEM, "prompt '%s' was not compiled in whole: build figmill again", name);
    sha256_list(out->hash, out->system, out->user, out->schema, SHA256_END);
    for (size_t i = 0; i < PROMPT_MAX_SHOTS; i++) {
        struct prompt_shot shot = {.user = part(name, arena_printf(arena, "shot%zu.user.txt", i + 1), arena),
                                   .assistant =
                                       part(name, arena_printf(arena, "shot%zu.assistant.json", i + 1), arena)};
        if (!shot.user || !shot.assistant)
            break;
        sha256_list(out->hash, out->hash, shot.user, shot.assistant, SHA256_END);
        out->shots[out->n_shots++] = shot;
    }
    return true;
}

bool prompt_list_load(const char *name, struct arena *arena, struct prompt_list *out, struct err *e)
{
    const char *text = embedded_text(pairs_prompts, arena_printf(arena, "%s.txt", name));
    size_t cap = 0;
    *out = (struct prompt_list){.name = arena_strdup(arena, name)};
    for (size_t len; text && *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        if (len == 0)
            continue;
        ARENA_GROW(arena, out->lines, out->n, cap);
        out->lines[out->n++] = arena_strndup(arena, text, len);
    }
    if (out->n == 0)
        return err_set(e, ERR_SYSTEM, "instruction list '%s' was not compiled in: build figmill again", name);
    sha256_list(out->hash, embedded_text(pairs_prompts, arena_printf(arena, "%s.txt", name)), SHA256_END);
    return true;
}

const char *prompt_list_pick(const struct prompt_list *list, uint64_t number)
{
    return list->lines[number % list->n];
}

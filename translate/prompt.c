/* prompt.c: see prompt.h. */
#include "translate/prompt.h"

#include <string.h>

#include "base/embedded.h"
#include "base/str.h"

extern const struct embedded translate_prompts[];

enum { MOST_PROMPT = 1 << 20 };

static const char *value_of(const struct prompt_values *v, const char *name, size_t len)
{
    const struct {
        const char *name, *value;
    } fields[] = {{"what", v->what},
                  {"source_language", v->source_language},
                  {"target_language", v->target_language},
                  {"text", v->text},
                  {"failure", v->failure}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0)
            return fields[i].value;
    return NULL;
}

/* Replaces every {{name}}; what is put in is not looked at again. */
static void fill(const char *template, const struct prompt_values *v, struct str *out)
{
    for (const char *open; (open = strstr(template, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            break;
        const char *value = value_of(v, open + 2, (size_t)(close - open - 2));
        str_add_bytes(out, template, (size_t)(open - template));
        str_add(out, value ? value : "");
        template = close + 2;
    }
    str_add(out, template);
    while (out->len && out->data[out->len - 1] == '\n')
        str_cut(out, out->len - 1);
}

struct prompt prompt_fill(const struct prompt_values *values, struct arena *arena)
{
    struct str text = STR_INIT(MOST_PROMPT);
    struct prompt p = {.schema = embedded_text(translate_prompts, "caption/schema.json")};
    fill(embedded_text(translate_prompts, "caption/system.txt"), values, &text);
    p.system = arena_strndup(arena, text.data, text.len);
    str_clear(&text);
    fill(embedded_text(translate_prompts, "caption/user.txt"), values, &text);
    if (values->failure)
        fill(embedded_text(translate_prompts, "caption/retry.txt"), values, &text);
    p.user = arena_strndup(arena, text.data, text.len);
    str_release(&text);
    return p;
}

void prompt_hash(char hash[SHA256_SIZE])
{
    struct sha256 *s = sha256_new();
    for (const struct embedded *p = translate_prompts; p->path; p++) {
        sha256_add(s, p->path, strlen(p->path) + 1);
        sha256_add(s, p->text, strlen(p->text) + 1);
    }
    sha256_free(s, hash);
}

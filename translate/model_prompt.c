/* model_prompt.c: see model_prompt.h. */
#include "translate/model_prompt.h"

#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/str.h"
#include "base/template.h"
#include "base/text.h"
#include "translate/language.h"

extern const struct embedded translate_prompts[];

enum {
    MOST_PROMPT = 1 << 20,
    MOST_EXAMPLES = 3,
    MOST_EXAMPLE = 600, /* bytes of an example's source: a longer one costs more than it tells */
    MOST_TERMS = 20,
};

static const char *keep(struct str *s, struct arena *arena)
{
    const char *text = arena_strndup(arena, s->data, s->len);
    str_release(s);
    return text;
}

static const char *write_texts(const struct backend_text *texts, size_t n, struct arena *arena)
{
    struct str out = STR_INIT(MOST_PROMPT);
    for (size_t i = 0; i < n; i++) {
        str_addf(&out, "%s\"%zu\": ", i ? ", " : "{", i + 1);
        json_quote(texts[i].text, &out);
    }
    str_add(&out, "}");
    return keep(&out, arena);
}

static const char *write_schema(size_t n, struct arena *arena)
{
    struct str out = STR_INIT(MOST_PROMPT);
    str_add(&out, "{\"type\":\"object\",\"properties\":{");
    for (size_t i = 1; i <= n; i++)
        str_addf(&out, "%s\"%zu\":{\"type\":\"string\"}", i > 1 ? "," : "", i);
    str_add(&out, "},\"required\":[");
    for (size_t i = 1; i <= n; i++)
        str_addf(&out, "%s\"%zu\"", i > 1 ? "," : "", i);
    str_add(&out, "],\"additionalProperties\":false}");
    return keep(&out, arena);
}

/* "Strahlentherapie = radiotherapy; ...": of the terms that stand in these texts. */
static const char *write_terms(const struct backend_request *r, struct arena *arena)
{
    struct str out = STR_INIT(MOST_PROMPT);
    for (size_t i = 0; i < r->n_terms && i < MOST_TERMS; i++)
        str_addf(&out, "%s%s = %s", i ? "; " : "", r->terms[i].term, r->terms[i].render);
    return keep(&out, arena);
}

static const char *write_examples(const struct backend_request *r, struct arena *arena)
{
    struct str out = STR_INIT(MOST_PROMPT);
    int n = 0;
    for (size_t i = 0; i < r->n_examples && n < MOST_EXAMPLES; i++) {
        const struct backend_example *e = &r->examples[i];
        if (strlen(e->source) > MOST_EXAMPLE)
            continue;
        str_addf(&out, "\n%s => %s", e->source, e->translation);
        n++;
    }
    return keep(&out, arena);
}

/* All placeholders of the texts ("[1]", protect.h), each once. A citation that is none looks the same, and has to stay
 * as well. */
static const char *write_placeholders(const struct backend_text *texts, size_t n, struct arena *arena)
{
    struct str out = STR_INIT(MOST_PROMPT);
    for (size_t i = 0; i < n; i++)
        for (const char *at = texts[i].text; (at = strchr(at, '[')); at++) {
            size_t len = 1 + strspn(at + 1, "0123456789");
            if (len == 1 || at[len] != ']')
                continue;
            const char *mark = arena_strndup(arena, at, len + 1);
            if (!strstr(out.data, mark))
                str_addf(&out, "%s%s", out.len ? " " : "", mark);
        }
    return keep(&out, arena);
}

void model_prompt_make(const struct backend_request *r, size_t first, size_t n, enum model_context context,
                       struct arena *arena, struct model_prompt *out)
{
    const struct backend_text *texts = &r->texts[first];
    bool all = context == MODEL_CONTEXT_ALL, single = n == 1;
    struct template_field fields[] = {
        {"source_language", language_name(r->source)},
        {"target_language", language_name(r->target)},
        {"terms", write_terms(r, arena)},
        {"examples", all ? write_examples(r, arena) : NULL},
        {"placeholders", write_placeholders(texts, n, arena)},
        {"earlier", single ? texts->earlier : NULL},
        {"failure", single ? texts->failure : NULL},
        {"texts", write_texts(texts, n, arena)},
    };
    struct str user = STR_INIT(MOST_PROMPT);
    template_fill(embedded_text(translate_prompts, "model/user.txt"), fields, sizeof fields / sizeof *fields, &user);
    *out = (struct model_prompt){.system = embedded_text(translate_prompts, "model/system.txt"),
                                 .user = keep(&user, arena),
                                 .schema = write_schema(n, arena)};
}

void model_prompt_hash(char hash[SHA256_SIZE])
{
    struct sha256 *s = sha256_new();
    for (const struct embedded *p = translate_prompts; p->path; p++) {
        sha256_add(s, p->path, strlen(p->path) + 1);
        sha256_add(s, p->text, strlen(p->text) + 1);
    }
    sha256_free(s, hash);
}

/* by_model.c: see by_model.h. */
#include "translate/by_model.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "translate/prompt.h"

enum { MOST_TEXT = 1 << 20, LEAST_TOKENS = 96, MOST_TOKENS = 2000 };

/* One piece. */

/* A token is about four letters of English; a Han character makes two tokens of it. Twice that leaves room, and a model
 * that runs in a loop still ends. */
static int token_budget(const char *text)
{
    int tokens = LEAST_TOKENS + (int)strlen(text);
    return tokens < MOST_TOKENS ? tokens : MOST_TOKENS;
}

/* The text out of a reply; NULL: why it has none. */
static const char *text_of(const struct model_reply *reply, struct arena *arena, const char **why)
{
    cJSON *object = json_parse(reply->content, strlen(reply->content), NULL);
    const char *translation = json_text(object, "translation"), *text = NULL;
    if (strcmp(reply->finish_reason, "length") == 0) {
        *why = "the reply does not end";
    } else if (!translation) {
        *why = "the reply is not the JSON asked for";
    } else {
        struct str clean = STR_INIT(MOST_TEXT);
        text_clean(translation, strlen(translation), &clean);
        text = arena_strndup(arena, clean.data, clean.len);
        str_release(&clean);
    }
    cJSON_Delete(object);
    return text;
}

static bool translate_once(const struct by_model *m, const struct prompt_values *values, int try, struct arena *arena,
                           struct by_model_result *out, struct err *e)
{
    struct prompt p = prompt_fill(values, arena);
    struct model_message messages[] = {{"system", p.system}, {"user", p.user}};
    struct model_request request = {.messages = messages,
                                    .n_messages = 2,
                                    .schema_name = "translation",
                                    .schema = p.schema,
                                    .max_tokens = token_budget(values->text),
                                    .temperature = try == 0 ? 0.0 : 0.4,
                                    .top_p = 0.9,
                                    .seed = 1 + try};
    struct model_reply reply;
    const char *why = NULL;
    if (!ask_model(m->ask, m->db, &request, arena, &reply, &out->model_call_id, e))
        return false;
    out->text = text_of(&reply, arena, &why);
    out->checks = (struct checks){.failed[CHECK_REPLY] = why};
    return true;
}

static bool translate_piece(const struct by_model *m, const char *text, const char *language, const char *what,
                            struct arena *arena, struct by_model_result *out, struct err *e)
{
    struct str failure = STR_INIT(2048);
    struct prompt_values values = {.what = what,
                                   .source_language = language_name(language),
                                   .target_language = language_name(m->target),
                                   .text = text};
    bool ok = true;
    for (int try = 0; ok && try <= m->attempts; try++) {
        values.failure = try ? failure.data : NULL;
        ok = translate_once(m, &values, try, arena, out, e);
        if (ok && out->text)
            checks_run(m->detector,
                       &(struct checks_input){
                           .source = text, .language = language, .translation = out->text, .target = m->target},
                       arena, &out->checks);
        if (!checks_first(&out->checks))
            break;
        str_clear(&failure);
        checks_explain(&out->checks, &failure);
    }
    if (!out->text)
        out->text = "";
    str_release(&failure);
    return ok;
}

/* Pieces. */

struct pieces {
    struct arena *arena;
    const char **items;
    size_t n, cap;
    struct str open; /* sentences gathered for the next piece */
};

static void close_piece(struct pieces *p)
{
    if (!p->open.len)
        return;
    ARENA_GROW(p->arena, p->items, p->n, p->cap);
    p->items[p->n++] = arena_strndup(p->arena, p->open.data, p->open.len);
    str_clear(&p->open);
}

/* Bytes of the longest beginning that a piece can hold: up to a space where there is one, else up to a character. */
static size_t longest_beginning(const char *text, size_t len)
{
    size_t at = 0, space = 0;
    for (int i = 0; i < PIECE_CHARACTERS && at < len; i++) {
        size_t before = at;
        if (text_is_space(text_next(text, len, &at)))
            space = before;
    }
    return at == len || !space ? at : space;
}

static bool add_sentence(void *context, const char *start, size_t len)
{
    struct pieces *p = context;
    if (p->open.len && text_length(p->open.data, p->open.len) + 1 + text_length(start, len) > PIECE_CHARACTERS)
        close_piece(p);
    while (len) {
        size_t n = longest_beginning(start, len);
        str_add(&p->open, p->open.len ? " " : "");
        str_add_bytes(&p->open, start, n);
        start += n;
        len -= n;
        if (len)
            close_piece(p);
    }
    return true;
}

bool by_model_translate(const struct by_model *m, const char *text, const char *language, const char *what,
                        struct arena *arena, struct by_model_result *out, struct err *e)
{
    struct pieces p = {.arena = arena, .open = STR_INIT(MOST_TEXT)};
    struct str joined = STR_INIT(MOST_TEXT);
    struct by_model_result failed = {0};
    bool ok = true;
    if (text_length(text, strlen(text)) <= PIECE_CHARACTERS)
        str_add(&p.open, text);
    else
        text_sentences(text, strlen(text), language, add_sentence, &p);
    close_piece(&p);
    *out = (struct by_model_result){.text = ""};
    for (size_t i = 0; ok && i < p.n; i++) {
        ok = translate_piece(m, p.items[i], language, what, arena, out, e);
        if (ok && !failed.text && checks_first(&out->checks))
            failed = *out;
        str_add(&joined, joined.len ? " " : "");
        str_add(&joined, ok ? out->text : "");
    }
    if (ok && p.n > 1) {
        out->text = arena_strndup(arena, joined.data, joined.len);
        checks_run(
            m->detector,
            &(struct checks_input){.source = text, .language = language, .translation = out->text, .target = m->target},
            arena, &out->checks);
        if (failed.text) {
            out->checks = failed.checks;
            out->model_call_id = failed.model_call_id;
        }
    }
    str_release(&p.open);
    str_release(&joined);
    return ok;
}

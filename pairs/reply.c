/* reply.c: see reply.h. */
#include "pairs/reply.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { MAX_TEXT = 100000 /* bytes of one string */ };

static size_t count_named(const cJSON *object, const char *name)
{
    size_t n = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        n += str_same(item->string, name);
    return n;
}

/* Appends the member's text, cleaned. An empty one is wrong. */
static bool add_clean(const cJSON *body, const char *name, struct str *out, struct err *e)
{
    const char *text = json_text(body, name);
    if (out->len)
        str_add_char(out, ' ');
    size_t before = out->len;
    text_clean(text, strlen(text), out);
    return out->len > before || err_set(e, ERR_FORMAT, "'%s' is empty", name);
}

static bool check_members(const cJSON *body, const cJSON *properties, struct err *e)
{
    if (!cJSON_IsObject(body))
        return err_set(e, ERR_FORMAT, "the reply is no JSON object");
    for (const cJSON *p = properties->child; p; p = p->next) {
        size_t n = count_named(body, p->string);
        const char *text = json_text(body, p->string);
        if (n != 1)
            return err_set(e, ERR_FORMAT, "the reply has %zu members '%s', not one", n, p->string);
        if (!text)
            return err_set(e, ERR_FORMAT, "'%s' is no string", p->string);
        if (strlen(text) >= MAX_TEXT)
            return err_set(e, ERR_FORMAT, "'%s' is longer than %d bytes", p->string, MAX_TEXT);
    }
    for (const cJSON *item = body->child; item; item = item->next)
        if (!json_member(properties, item->string))
            return err_set(e, ERR_FORMAT, "the reply has a member '%.40s' that was not asked for", item->string);
    return true;
}

bool reply_read(const char *content, const char *schema, struct arena *arena, struct reply *out, struct err *e)
{
    *out = (struct reply){0};
    struct str question = STR_INIT(MAX_TEXT), answer = STR_INIT(4 * MAX_TEXT);
    cJSON *body = NULL, *rules = json_parse(schema, strlen(schema), e);
    const cJSON *properties = json_member(rules, "properties");
    bool ok = false;
    if (!properties) {
        err_set(e, ERR_FORMAT, "the prompt's schema has no properties");
        goto out;
    }
    body = json_parse(content, strlen(content), e);
    if (!body || !check_members(body, properties, e))
        goto out;
    ok = true;
    for (const cJSON *p = properties->child; ok && p; p = p->next)
        ok = add_clean(body, p->string, str_same(p->string, "question") ? &question : &answer, e);
    if (!ok)
        goto out;
    out->question = json_member(properties, "question") ? arena_strndup(arena, question.data, question.len) : NULL;
    out->answer = arena_strndup(arena, answer.data, answer.len);
out:
    cJSON_Delete(body);
    cJSON_Delete(rules);
    str_release(&question);
    str_release(&answer);
    return ok;
}

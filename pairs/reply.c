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

static const char *clean(const char *text, struct arena *arena)
{
    struct str out = STR_INIT(MAX_TEXT);
    text_clean(text, strlen(text), &out);
    const char *copy = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return copy;
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
    const char *question = json_text(body, "question"), *answer = json_text(body, "answer");
    out->question = question ? clean(question, arena) : NULL;
    out->answer = answer ? clean(answer, arena) : NULL;
    ok = (!out->question || *out->question) && (!out->answer || *out->answer);
    if (!ok)
        err_set(e, ERR_FORMAT, "the reply holds an empty string");
out:
    cJSON_Delete(body);
    cJSON_Delete(rules);
    return ok;
}

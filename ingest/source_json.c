/* source_json.c: see source_json.h. */
#include "ingest/source_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool looks_like_markup(const char *body, size_t len)
{
    size_t at = 0;
    while (at < len && (body[at] == ' ' || body[at] == '\t' || body[at] == '\r' || body[at] == '\n'))
        at++;
    return at < len && body[at] == '<';
}

static bool is_xml(const char *body, size_t len)
{
    size_t head = len < 1024 ? len : 1024;
    return memmem(body, head, "<?xml", 5) && !memmem(body, head, "<html", 5) && !memmem(body, head, "<HTML", 5);
}

cJSON *source_json(const char *title, const char *body, size_t len, struct err *e)
{
    if (len >= 3 && memcmp(body, "\xEF\xBB\xBF", 3) == 0) {
        body += 3;
        len -= 3;
    }
    if (!len) {
        err_set(e, ERR_FORMAT, "%s: an empty reply instead of JSON", title);
        return NULL;
    }
    if (looks_like_markup(body, len)) {
        err_set(e, ERR_FORMAT, "%s: %s instead of JSON", title, is_xml(body, len) ? "XML" : "an HTML page");
        return NULL;
    }
    cJSON *json = json_parse(body, len, e);
    if (!json) {
        err_add(e, "%s, a reply of %zu bytes", title, len);
        return NULL;
    }
    if (cJSON_IsObject(json) || cJSON_IsArray(json))
        return json;
    cJSON_Delete(json);
    err_set(e, ERR_FORMAT, "%s: JSON that is neither an object nor a list", title);
    return NULL;
}

static const char *type_of(const cJSON *json)
{
    return cJSON_IsString(json)   ? "a text"
           : cJSON_IsNumber(json) ? "a number"
           : cJSON_IsBool(json)   ? "true or false"
           : cJSON_IsArray(json)  ? "a list"
           : cJSON_IsObject(json) ? "an object"
                                  : "null";
}

/* Members longer than `most` bytes are left out. */
static void write_members(const cJSON *json, size_t most, struct str *out)
{
    struct str value = STR_INIT(most);
    str_add_char(out, '{');
    const cJSON *member;
    cJSON_ArrayForEach(member, json)
    {
        str_clear(&value);
        json_canonical(member, &value);
        if (value.overflow)
            continue;
        if (out->len > 1)
            str_add_char(out, ',');
        json_quote(member->string, out);
        str_add_char(out, ':');
        str_add_bytes(out, value.data, value.len);
    }
    str_add_char(out, '}');
    str_release(&value);
}

const char *source_said(struct arena *arena, const cJSON *json)
{
    struct str out = STR_INIT(SOURCE_MAX_SAID);
    json_canonical(json, &out);
    for (size_t most = SOURCE_MAX_SAID / 4; out.overflow && most; most /= 4) {
        str_clear(&out);
        write_members(json, most, &out);
    }
    const char *text = out.overflow ? "{}" : arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return text;
}

void source_json_record(struct source_page *page, struct arena *arena, const cJSON *json, const char *place,
                        source_item_fn *reader)
{
    struct source_item item = {.page = page, .arena = arena, .place = place, .json = json};
    struct record record = {0};
    if (!cJSON_IsObject(json)) {
        source_add_fault(page, arena, place, "the record is %s", type_of(json));
        return;
    }
    if (!reader(&item, &record))
        return;
    record.said = source_said(arena, json);
    struct record *r = source_add_record(page, arena);
    if (r)
        *r = record;
    else
        source_add_fault(page, arena, place, "more than %d records on a page", SOURCE_MAX_PAGE);
}

void source_json_records(struct source_page *page, struct arena *arena, const cJSON *list, const char *name,
                         source_item_fn *reader)
{
    size_t i = 0;
    const cJSON *json;
    cJSON_ArrayForEach(json, list)
    {
        if (i > SOURCE_MAX_PAGE)
            break;
        source_json_record(page, arena, json, arena_printf(arena, "%s[%zu]", name, i++), reader);
    }
}

static bool is_missing(const cJSON *json)
{
    return !json || cJSON_IsNull(json);
}

static void wrong_type(const struct source_item *item, const char *name, const cJSON *json)
{
    source_add_fault(item->page, item->arena, item->place, "%s is %s", name, type_of(json));
}

const char *item_text(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (cJSON_IsString(json))
        return source_text(item->arena, json->valuestring);
    if (!is_missing(json))
        wrong_type(item, name, json);
    return NULL;
}

const char *item_markup(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (cJSON_IsString(json))
        return source_markup(item->arena, json->valuestring);
    if (!is_missing(json))
        wrong_type(item, name, json);
    return NULL;
}

/* Doubles hold whole numbers up to 2^53. No service counts below zero. */
static bool is_whole(const cJSON *json)
{
    return cJSON_IsNumber(json) && json->valuedouble >= 0 && json->valuedouble <= 9007199254740992.0 &&
           json->valuedouble == floor(json->valuedouble);
}

const char *item_id(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (is_whole(json))
        return arena_printf(item->arena, "%.0f", json->valuedouble);
    return item_text(item, object, name);
}

const cJSON *item_list(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (cJSON_IsArray(json))
        return json;
    if (!is_missing(json))
        wrong_type(item, name, json);
    return NULL;
}

const cJSON *item_object(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (cJSON_IsObject(json))
        return json;
    if (!is_missing(json))
        wrong_type(item, name, json);
    return NULL;
}

enum source_fact item_fact(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (cJSON_IsBool(json))
        return cJSON_IsTrue(json) ? FACT_YES : FACT_NO;
    if (is_missing(json))
        return FACT_UNKNOWN;
    const char *text = cJSON_GetStringValue(json);
    if (text && (!strcasecmp(text, "y") || !strcasecmp(text, "yes") || !strcasecmp(text, "true")))
        return FACT_YES;
    if (text && (!strcasecmp(text, "n") || !strcasecmp(text, "no") || !strcasecmp(text, "false")))
        return FACT_NO;
    if (!text)
        wrong_type(item, name, json);
    else
        source_add_fault(item->page, item->arena, item->place, "%s is '%.40s', neither yes nor no", name, text);
    return FACT_UNKNOWN;
}

/* A whole number in text, all of it. */
static bool whole_of(const cJSON *json, int64_t *out)
{
    if (is_whole(json)) {
        *out = (int64_t)json->valuedouble;
        return true;
    }
    const char *text = cJSON_GetStringValue(json);
    size_t len = text ? strlen(text) : 0;
    if (!len || len > 15 || strspn(text, "0123456789") != len)
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

int64_t item_number(const struct source_item *item, const cJSON *object, const char *name, int64_t fallback)
{
    const cJSON *json = json_member(object, name);
    int64_t value = fallback;
    if (!is_missing(json) && !whole_of(json, &value)) {
        if (cJSON_IsString(json))
            source_add_fault(item->page, item->arena, item->place, "%s is '%.40s', no number", name, json->valuestring);
        else
            wrong_type(item, name, json);
    }
    return value;
}

const char *item_first_text(const struct source_item *item, const cJSON *object, const char *name)
{
    const cJSON *json = json_member(object, name);
    if (!cJSON_IsArray(json))
        return item_markup(item, object, name);
    const cJSON *first = json->child;
    if (is_missing(first))
        return NULL;
    if (cJSON_IsString(first))
        return source_markup(item->arena, first->valuestring);
    source_add_fault(item->page, item->arena, item->place, "%s[0] is %s", name, type_of(first));
    return NULL;
}

int64_t source_json_number(const cJSON *object, const char *name, int64_t fallback)
{
    int64_t value;
    return whole_of(json_member(object, name), &value) ? value : fallback;
}

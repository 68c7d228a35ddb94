/* json.c: see json.h. */
#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Deepest nesting of brackets outside strings, so that recursion over the parsed value stays bounded. */
static int depth_of(const char *text, size_t len)
{
    int depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest)
                deepest = depth;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return deepest;
}

cJSON *json_parse(const char *text, size_t len, struct err *e)
{
    const char *end = NULL;
    if (memchr(text, 0, len) || !text_is_utf8(text, len)) {
        err_set(e, ERR_FORMAT, "JSON is not UTF-8 text");
        return NULL;
    }
    if (depth_of(text, len) > JSON_MAX_DEPTH) {
        err_set(e, ERR_FORMAT, "JSON is nested deeper than %d levels", JSON_MAX_DEPTH);
        return NULL;
    }
    cJSON *value = cJSON_ParseWithLengthOpts(text, len, &end, false);
    if (!value) {
        err_set(e, ERR_FORMAT, "broken JSON at byte %zu", end ? (size_t)(end - text) : 0);
        return NULL;
    }
    while (end < text + len && (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t'))
        end++;
    if (end != text + len) {
        err_set(e, ERR_FORMAT, "text behind the JSON value at byte %zu", (size_t)(end - text));
        cJSON_Delete(value);
        return NULL;
    }
    return value;
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *json_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(json_member(object, name));
}

double json_number(const cJSON *object, const char *name, double fallback)
{
    const cJSON *item = json_member(object, name);
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : fallback;
}

int json_count(const cJSON *object, const char *name, int fallback)
{
    double v = json_number(object, name, fallback);
    return v < 0 ? 0 : v > JSON_MAX_COUNT ? JSON_MAX_COUNT : (int)v;
}

bool json_bool(const cJSON *object, const char *name, bool fallback)
{
    const cJSON *item = json_member(object, name);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}

void json_quote(const char *text, struct str *out)
{
    if (!text) {
        str_add(out, "null");
        return;
    }
    size_t len = strlen(text);
    str_add_char(out, '"');
    for (size_t at = 0; at < len;) {
        unsigned char c = (unsigned char)text[at];
        if (c == '"' || c == '\\') {
            str_addf(out, "\\%c", c);
        } else if (c == '\n') {
            str_add(out, "\\n");
        } else if (c == '\t') {
            str_add(out, "\\t");
        } else if (c < 0x20 || c == 0x7F) {
            str_addf(out, "\\u%04x", c);
        } else if (c < 0x80) {
            size_t run = at;
            while (run < len && (unsigned char)text[run] >= 0x20 && (unsigned char)text[run] < 0x7F &&
                   text[run] != '"' && text[run] != '\\')
                run++;
            str_add_bytes(out, text + at, run - at);
            at = run;
            continue;
        } else {
            str_add_utf8(out, text_next(text, len, &at));
            continue;
        }
        at++;
    }
    str_add_char(out, '"');
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static void add_object(const cJSON *object, struct str *out)
{
    int n = cJSON_GetArraySize(object), i = 0;
    const cJSON **members = mem_array((size_t)n, sizeof *members);
    const cJSON *member;
    cJSON_ArrayForEach(member, object) members[i++] = member;
    qsort(members, (size_t)n, sizeof *members, by_name);
    str_add_char(out, '{');
    for (i = 0; i < n; i++) {
        if (i)
            str_add_char(out, ',');
        json_quote(members[i]->string, out);
        str_add_char(out, ':');
        json_canonical(members[i], out);
    }
    str_add_char(out, '}');
    free(members);
}

static void add_number(double v, struct str *out)
{
    if (!isfinite(v))
        str_add(out, "null");
    else if (v == floor(v) && fabs(v) < 9007199254740992.0)
        str_addf(out, "%lld", (long long)v);
    else
        str_addf(out, "%.15g", v);
}

void json_canonical(const cJSON *value, struct str *out)
{
    if (cJSON_IsObject(value)) {
        add_object(value, out);
    } else if (cJSON_IsArray(value)) {
        const cJSON *item;
        str_add_char(out, '[');
        cJSON_ArrayForEach(item, value)
        {
            if (item != value->child)
                str_add_char(out, ',');
            json_canonical(item, out);
        }
        str_add_char(out, ']');
    } else if (cJSON_IsString(value)) {
        json_quote(value->valuestring, out);
    } else if (cJSON_IsNumber(value)) {
        add_number(value->valuedouble, out);
    } else {
        str_add(out, cJSON_IsTrue(value) ? "true" : cJSON_IsFalse(value) ? "false" : "null");
    }
}

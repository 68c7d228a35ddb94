/* libretranslate.c: see libretranslate.h. */
#include "translate/libretranslate.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { PROBE_TIMEOUT_S = 20, CONNECT_TIMEOUT_S = 5, REASON_MAX = 300, LIMIT_WAIT_S = 60, MOST_LIMIT = 1 << 30 };

/* Codes of languages. */

/* A tag or a server's code in lower case and under one name, so that the same language compares equal. */
static void fold_code(const char *code, char out[16])
{
    static const char *const names[][2] = {
        {"zh", "zh-hans"},    {"zh-cn", "zh-hans"}, {"zh-sg", "zh-hans"}, {"zt", "zh-hant"}, {"zh-tw", "zh-hant"},
        {"zh-hk", "zh-hant"}, {"zh-mo", "zh-hant"}, {"pb", "pt-br"},      {"no", "nb"},      {"iw", "he"},
        {"in", "id"},         {"ji", "yi"},         {"jw", "jv"},         {"tl", "fil"},
    };
    size_t len = 0;
    for (; code[len] && len < 15; len++) {
        char c = code[len];
        out[len] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[len] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(out, names[i][0]) == 0)
            snprintf(out, 16, "%s", names[i][1]);
}

/* BCP 47: a region is two letters or three digits, a script four letters. */
static bool is_region(const char *subtag)
{
    size_t len = strlen(subtag);
    return len == 2 || (len == 3 && strspn(subtag, "0123456789") == 3);
}

static bool fits(const char *code, const char *tag, bool any_region)
{
    char folded[16];
    size_t len = strlen(tag);
    fold_code(code, folded);
    if (any_region)
        return strncmp(folded, tag, len) == 0 && folded[len] == '-' && is_region(folded + len + 1);
    return strcmp(folded, tag) == 0;
}

static int index_of(const struct libretranslate *s, const char *tag, bool any_region)
{
    for (int i = 0; i < s->n; i++)
        if (fits(s->codes[i], tag, any_region))
            return i;
    return -1;
}

/* The language's index, or -1. */
static int find_language(const struct libretranslate *s, const char *tag)
{
    char folded[16];
    fold_code(tag, folded);
    int i = index_of(s, folded, false);
    char *last = strrchr(folded, '-');
    if (i < 0 && last && is_region(last + 1)) {
        char shorter[16];
        *last = 0;
        fold_code(folded, shorter);
        snprintf(folded, sizeof folded, "%s", shorter);
        i = index_of(s, folded, false);
    }
    return i < 0 && !strchr(folded, '-') ? index_of(s, folded, true) : i;
}

const char *libretranslate_code(const struct libretranslate *s, const char *tag)
{
    int i = find_language(s, tag);
    return i < 0 ? NULL : s->codes[i];
}

bool libretranslate_can(const struct libretranslate *s, const char *source, const char *target)
{
    int from = find_language(s, source), to = find_language(s, target);
    return from >= 0 && to >= 0 && from != to && s->to[from][to];
}

/* What the server says of itself. */

static bool is_code(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len >= 2 && len < 16 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static int listed(const struct libretranslate *s, const char *code)
{
    for (int i = 0; code && i < s->n; i++)
        if (strcmp(s->codes[i], code) == 0)
            return i;
    return -1;
}

bool libretranslate_languages_read(const char *json, size_t len, struct libretranslate *out)
{
    cJSON *list = json_parse(json, len, NULL);
    const cJSON *language, *target;
    out->n = 0;
    memset(out->to, 0, sizeof out->to);
    cJSON_ArrayForEach(language, list)
    {
        const char *code = json_text(language, "code");
        if (is_code(code) && listed(out, code) < 0 && out->n < LIBRETRANSLATE_LANGUAGES)
            snprintf(out->codes[out->n++], sizeof *out->codes, "%s", code);
    }
    cJSON_ArrayForEach(language, list)
    {
        int from = listed(out, json_text(language, "code"));
        const cJSON *targets = json_member(language, "targets");
        if (from < 0)
            continue;
        for (int to = 0; !cJSON_IsArray(targets) && to < out->n; to++)
            out->to[from][to] = true;
        cJSON_ArrayForEach(target, targets)
        {
            int to = listed(out, cJSON_GetStringValue(target));
            if (to >= 0)
                out->to[from][to] = true;
        }
    }
    cJSON_Delete(list);
    return out->n > 0;
}

static bool set_url(struct libretranslate *s, const char *url, struct err *e)
{
    static const char path[] = "/translate";
    size_t len = strlen(url), tail = sizeof path - 1;
    while (len && url[len - 1] == '/')
        len--;
    if (len > tail && memcmp(url + len - tail, path, tail) == 0)
        len -= tail;
    while (len && url[len - 1] == '/')
        len--;
    if (!len || len >= sizeof s->url)
        return err_set(e, ERR_SYSTEM, "no usable URL of a LibreTranslate server: '%.80s'", url);
    snprintf(s->url, sizeof s->url, "%.*s", (int)len, url);
    return true;
}

static bool fetch(struct http *http, const struct libretranslate *s, const char *path, struct http_reply *reply,
                  struct err *e)
{
    char url[640];
    snprintf(url, sizeof url, "%s%s", s->url, path);
    struct http_request r = {.url = url,
                             .connect_timeout_s = CONNECT_TIMEOUT_S,
                             .timeout_s = PROBE_TIMEOUT_S,
                             .max_bytes = LIBRETRANSLATE_MAX_BYTES};
    return http_send(http, &r, reply, e);
}

static bool fetch_languages(struct http *http, struct libretranslate *s, struct err *e)
{
    struct http_reply reply;
    struct err why = {0};
    bool answered = fetch(http, s, "/languages", &reply, &why);
    bool ok = answered && reply.status == 200 && libretranslate_languages_read(reply.body.data, reply.body.len, s);
    if (!answered)
        err_set(e, ERR_SYSTEM,
                "no LibreTranslate server answers at %s (%s): start it, as by `libretranslate --load-only en,es`, or "
                "name another with --libretranslate or $LIBRETRANSLATE_URL",
                s->url, why.text);
    else if (!ok)
        err_set(e, ERR_SYSTEM,
                "%s/languages lists no languages (HTTP %d): is it a LibreTranslate server, and the whole of its URL? "
                "Name it with --libretranslate or $LIBRETRANSLATE_URL",
                s->url, reply.status);
    http_reply_release(&reply);
    return ok;
}

/* Servers before 1.3 have no /health, which is no fault. */
static bool check_health(struct http *http, const struct libretranslate *s, struct err *e)
{
    struct http_reply reply;
    bool ok = !fetch(http, s, "/health", &reply, NULL) || reply.status < 500;
    if (!ok)
        err_set(e, ERR_SYSTEM,
                "the LibreTranslate server at %s says that it is not well (/health: HTTP %d): see its log", s->url,
                reply.status);
    http_reply_release(&reply);
    return ok;
}

/* A document that the server may have; NULL when it has none. Free with cJSON_Delete. */
static cJSON *fetch_optional(struct http *http, const struct libretranslate *s, const char *path)
{
    struct http_reply reply;
    cJSON *body = NULL;
    if (fetch(http, s, path, &reply, NULL) && reply.status == 200)
        body = json_parse(reply.body.data, reply.body.len, NULL);
    http_reply_release(&reply);
    return body;
}

static bool read_settings(struct libretranslate *s, const cJSON *settings, struct err *e)
{
    double limit = json_number(settings, "charLimit", 0);
    s->char_limit = limit > 0 && limit < MOST_LIMIT ? (int)limit : 0;
    if (json_bool(settings, "keyRequired", false) && !*s->key)
        return err_set(e, ERR_SYSTEM, "the LibreTranslate server at %s wants an API key: set $LIBRETRANSLATE_KEY",
                       s->url);
    return true;
}

/* The version stands in the description of the interface only. */
static void read_version(struct libretranslate *s, const cJSON *spec)
{
    const char *version = json_text(json_member(spec, "info"), "version");
    size_t len = version ? strspn(version, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-") : 0;
    bool usable = len && len <= 40 && !version[len];
    snprintf(s->identity, sizeof s->identity, "LibreTranslate%s%s", usable ? " " : "", usable ? version : "");
}

bool libretranslate_probe(const char *url, const char *key, struct libretranslate *out, struct err *e)
{
    cJSON *settings = NULL, *spec = NULL;
    *out = (struct libretranslate){.n = 0};
    if (key && strlen(key) >= sizeof out->key)
        return err_set(e, ERR_SYSTEM, "$LIBRETRANSLATE_KEY is longer than %zu bytes", sizeof out->key - 1);
    snprintf(out->key, sizeof out->key, "%s", key ? key : "");
    if (!set_url(out, url, e))
        return false;
    struct http *http = http_new(NULL);
    bool ok = fetch_languages(http, out, e) && check_health(http, out, e);
    if (ok) {
        settings = fetch_optional(http, out, "/frontend/settings");
        spec = fetch_optional(http, out, "/spec");
        ok = read_settings(out, settings, e);
        read_version(out, spec);
    }
    cJSON_Delete(spec);
    cJSON_Delete(settings);
    http_free(http);
    return ok;
}

/* Requests. */

void libretranslate_request_write(const char *const *texts, size_t n, const char *source_code, const char *target_code,
                                  struct str *out)
{
    str_add(out, n == 1 ? "{\"q\":" : "{\"q\":[");
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? "," : "");
        json_quote(texts[i], out);
    }
    str_add(out, n == 1 ? ",\"source\":" : "],\"source\":");
    json_quote(source_code, out);
    str_add(out, ",\"target\":");
    json_quote(target_code, out);
    str_add(out, ",\"format\":\"text\"");
}

/* Replies. */

/* The server's own words, fit to stand in a line that people read. */
static void add_reason(const cJSON *body, struct str *out)
{
    const char *text = json_text(body, "error");
    if (!text)
        text = "no reason given";
    text_clean(text, strlen(text), out);
    size_t len = out->len < REASON_MAX ? out->len : REASON_MAX;
    while (len && len < out->len && ((unsigned char)out->data[len] & 0xC0) == 0x80)
        len--;
    str_cut(out, len);
}

/* True when the reply has exactly the translations asked for. */
static bool take_translations(const cJSON *body, size_t n, struct arena *arena, const char **translations)
{
    const cJSON *found = json_member(body, "translatedText"), *item;
    size_t i = 0;
    if (n == 1 && cJSON_IsString(found)) {
        translations[0] = arena_strdup(arena, found->valuestring);
        return true;
    }
    if (!cJSON_IsArray(found) || (size_t)cJSON_GetArraySize(found) != n)
        return false;
    cJSON_ArrayForEach(item, found)
    {
        if (!cJSON_IsString(item))
            return false;
        translations[i++] = arena_strdup(arena, item->valuestring);
    }
    return true;
}

static enum libretranslate_verdict read_failure(const char *url, const struct http_reply *reply, const char *reason,
                                                struct err *why)
{
    int status = reply->status;
    switch (status) {
    case 400:
    case 413:
    case 422:
        if (strstr(reason, "API key")) {
            err_set(why, ERR_SYSTEM, "the LibreTranslate server at %s wants an API key (%s): set $LIBRETRANSLATE_KEY",
                    url, reason);
            return LIBRETRANSLATE_NEVER;
        }
        err_set(why, status == 413 ? ERR_LIMIT : ERR_FORMAT, "LibreTranslate refused it (HTTP %d: %s)", status, reason);
        return LIBRETRANSLATE_REFUSED;
    case 401:
    case 403:
        err_set(why, ERR_SYSTEM,
                "the LibreTranslate server at %s refuses us (HTTP %d: %s): see $LIBRETRANSLATE_KEY, or its limits", url,
                status, reason);
        return LIBRETRANSLATE_NEVER;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
        err_set(why, ERR_TEMPORARY, "the LibreTranslate server at %s is busy (HTTP %d: %s)", url, status, reason);
        why->retry_after = reply->retry_after_s || status != 429 ? reply->retry_after_s : LIMIT_WAIT_S;
        return LIBRETRANSLATE_NEVER;
    default:
        if (status >= 500) {
            err_set(why, ERR_FORMAT, "LibreTranslate failed on it (HTTP %d: %s)", status, reason);
            return LIBRETRANSLATE_BROKEN;
        }
        err_set(why, ERR_SYSTEM,
                "%s/translate is not LibreTranslate's (HTTP %d: %s): name its whole URL with --libretranslate or "
                "$LIBRETRANSLATE_URL",
                url, status, reason);
        return LIBRETRANSLATE_NEVER;
    }
}

enum libretranslate_verdict libretranslate_reply_read(const char *url, const struct http_reply *reply, size_t n,
                                                      struct arena *arena, const char **translations, struct err *why)
{
    enum libretranslate_verdict verdict = LIBRETRANSLATE_ANSWERED;
    cJSON *body = json_parse(reply->body.data, reply->body.len, NULL);
    struct str reason = STR_INIT(LIBRETRANSLATE_MAX_BYTES);
    add_reason(body, &reason);
    if (reply->status != 200) {
        verdict = read_failure(url, reply, reason.data, why);
    } else if (!body) {
        err_set(why, ERR_TEMPORARY, "%s/translate answered with what is no JSON: does a proxy stand in between?", url);
        verdict = LIBRETRANSLATE_NEVER;
    } else if (!take_translations(body, n, arena, translations)) {
        err_set(why, ERR_FORMAT, "LibreTranslate's reply does not have the translation (%s)", reason.data);
        verdict = LIBRETRANSLATE_BROKEN;
    }
    str_release(&reason);
    cJSON_Delete(body);
    return verdict;
}

/* model.c: see model.h. */
#include "base/model.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"

enum { PROBE_TIMEOUT_S = 10, POLL_MS = 500, MOST_COUNT = 1 << 30, MOST_SLOTS = 1024, REASON_MAX = 300 };

/* A count as a server states it, which may be anything. */
static int count_of(const cJSON *object, const char *name, int fallback)
{
    double v = json_number(object, name, fallback);
    return v < 0 ? 0 : v > MOST_COUNT ? MOST_COUNT : (int)v;
}

/* The server's own words for what went wrong; `error` may be an object or a string (Ollama). */
static const char *error_text(const cJSON *body)
{
    const cJSON *error = json_member(body, "error");
    const char *text = json_text(error, "message");
    if (!text)
        text = cJSON_GetStringValue(error);
    if (!text)
        text = json_text(body, "message");
    return text ? text : "no reason given";
}

static bool fetch(struct http *h, const struct model_server *s, const char *root, const char *path,
                  struct http_reply *reply, struct err *e)
{
    char url[640];
    snprintf(url, sizeof url, "%s%s", root, path);
    struct http_request r = {.url = url, .bearer = s->key, .timeout_s = PROBE_TIMEOUT_S, .connect_timeout_s = 5};
    return http_send(h, &r, reply, e);
}

/* Whatever went wrong on the way to a server that was asked what it is, there is none to work with. */
static bool unreachable(const char *root, struct err *e)
{
    if (!e || e->kind == ERR_ABORT)
        return false;
    struct err why = *e;
    return err_set(e, ERR_SYSTEM, "no model server answers at %s (%s)", root, why.text);
}

/* The base URL in both forms: with /v1 (s->url) and without (root). */
static bool set_urls(struct model_server *s, const char *url, char *root, size_t root_size, struct err *e)
{
    size_t len = strlen(url);
    while (len && url[len - 1] == '/')
        len--;
    if (len > 3 && memcmp(url + len - 3, "/v1", 3) == 0)
        len -= 3;
    if (len == 0 || len + 4 > sizeof s->url || len + 1 > root_size)
        return err_set(e, ERR_SYSTEM, "no usable model server URL: '%.80s'", url);
    snprintf(root, root_size, "%.*s", (int)len, url);
    snprintf(s->url, sizeof s->url, "%.*s/v1", (int)len, url);
    return true;
}

/* llama-server answers 503 while it loads; others have no /health or answer at once. A port that refuses is not waited
 * for: a run without a server should say so at once. */
static bool wait_until_ready(struct http *h, const struct model_server *s, const char *root, int wait_s, struct err *e)
{
    time_t until = time(NULL) + wait_s;
    for (;;) {
        struct http_reply reply;
        bool answered = fetch(h, s, root, "/health", &reply, e);
        int status = reply.status;
        http_reply_release(&reply);
        if (!answered)
            return unreachable(root, e);
        if (status != 503)
            return true;
        if (time(NULL) >= until)
            return err_set(e, ERR_SYSTEM, "the model server at %s is still loading after %d s", root, wait_s);
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

static bool read_models(struct http *h, struct model_server *s, const char *root, const char *name, struct err *e)
{
    struct http_reply reply;
    cJSON *body = NULL;
    bool ok = false;
    if (!fetch(h, s, root, "/v1/models", &reply, e)) {
        unreachable(root, e);
        goto out;
    }
    if (reply.status == 401 || reply.status == 403) {
        err_set(e, ERR_SYSTEM, "the model server at %s refuses the key (HTTP %d)", s->url, reply.status);
        goto out;
    }
    body = json_parse(reply.body.data, reply.body.len, NULL);
    const cJSON *first = NULL, *item;
    bool found = false;
    cJSON_ArrayForEach(item, json_member(body, "data"))
    {
        const char *id = json_text(item, "id");
        if (!id)
            continue;
        if (!first)
            first = item;
        if (name && strcmp(id, name) == 0) {
            first = item;
            found = true;
        }
    }
    if (!first && !(name && *name)) {
        err_set(e, ERR_SYSTEM, "%s lists no model (HTTP %d): is it a chat-completions server?", s->url, reply.status);
        goto out;
    }
    if (first && name && *name && !found) {
        err_set(e, ERR_SYSTEM, "the model server at %s has no model '%s'; it has '%s'", s->url, name,
                json_text(first, "id"));
        goto out;
    }
    snprintf(s->name, sizeof s->name, "%s", name && *name ? name : json_text(first, "id"));
    s->context = count_of(first, "max_model_len", 0);
    if (str_same(json_text(first, "owned_by"), "vllm"))
        s->flavour = MODEL_VLLM;
    ok = true;
out:
    cJSON_Delete(body);
    http_reply_release(&reply);
    return ok;
}

/* llama-server's /props; any other server answers 404 or something else, which is fine. */
static void read_props(struct http *h, struct model_server *s, const char *root)
{
    struct http_reply reply;
    cJSON *body = NULL;
    if (fetch(h, s, root, "/props", &reply, NULL) && reply.status == 200)
        body = json_parse(reply.body.data, reply.body.len, NULL);
    const cJSON *settings = json_member(body, "default_generation_settings");
    if (settings) {
        s->flavour = MODEL_LLAMACPP;
        s->slots = count_of(body, "total_slots", 1);
        s->context = count_of(settings, "n_ctx", s->context);
        s->vision = json_bool(json_member(body, "modalities"), "vision", false);
        const char *build = json_text(body, "build_info");
        snprintf(s->build, sizeof s->build, "llama.cpp %s", build ? build : "?");
    }
    s->slots = s->slots < 1 ? 1 : s->slots > MOST_SLOTS ? MOST_SLOTS : s->slots;
    cJSON_Delete(body);
    http_reply_release(&reply);
}

bool model_probe(struct http *h, const char *url, const char *name, const char *key, int wait_s,
                 struct model_server *out, struct err *e)
{
    char root[512];
    *out = (struct model_server){.slots = 1};
    if (key && strlen(key) >= sizeof out->key)
        return err_set(e, ERR_SYSTEM, "the model server's key is longer than %zu bytes", sizeof out->key - 1);
    snprintf(out->key, sizeof out->key, "%s", key ? key : "");
    if (!set_urls(out, url, root, sizeof root, e) || !wait_until_ready(h, out, root, wait_s, e) ||
        !read_models(h, out, root, name, e))
        return false;
    read_props(h, out, root);
    return true;
}

void model_request_write(const struct model_server *server, const struct model_request *request, struct str *out)
{
    str_add(out, "{\"model\":");
    json_quote(server->name, out);
    str_add(out, ",\"messages\":[");
    for (size_t i = 0; i < request->n_messages; i++) {
        str_add(out, i ? ",{\"role\":" : "{\"role\":");
        json_quote(request->messages[i].role, out);
        str_add(out, ",\"content\":");
        json_quote(request->messages[i].text, out);
        str_add_char(out, '}');
    }
    str_addf(out, "],\"max_tokens\":%d,\"temperature\":%g,\"top_p\":%g,\"seed\":%ld,\"stream\":false",
             request->max_tokens, request->temperature, request->top_p, request->seed);
    if (request->schema) {
        str_add(out, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":");
        json_quote(request->schema_name, out);
        str_addf(out, ",\"strict\":true,\"schema\":%s}}", request->schema);
    }
    if (server->flavour == MODEL_LLAMACPP)
        str_add(out, ",\"cache_prompt\":true");
    str_add_char(out, '}');
}

/* As error_text, fit to stand in a line that people read. */
static void add_reason(const cJSON *body, struct str *out)
{
    const char *text = error_text(body);
    text_clean(text, strlen(text), out);
    size_t len = out->len < REASON_MAX ? out->len : REASON_MAX;
    while (len && len < out->len && ((unsigned char)out->data[len] & 0xC0) == 0x80)
        len--;
    str_cut(out, len);
}

static bool classify(const struct http_reply *reply, const char *url, struct err *e)
{
    cJSON *body = json_parse(reply->body.data, reply->body.len, NULL);
    struct str reason = STR_INIT(MODEL_MAX_REPLY);
    const char *type = json_text(json_member(body, "error"), "type");
    int status = reply->status;
    add_reason(body, &reason);
    const char *text = reason.data;
    if (status == 429 || status == 408 || status >= 500) {
        /* 501 and "not supported" are the server's final word; other 5xx pass. */
        bool final = status == 501 || strstr(text, "not supported");
        err_set(e, final ? ERR_FORMAT : ERR_TEMPORARY, "the model server at %s answered HTTP %d: %s", url, status,
                text);
        if (e)
            e->retry_after = reply->retry_after_s;
    } else if (status == 401 || status == 403 || status == 404) {
        err_set(e, ERR_SYSTEM, "the model server at %s answered HTTP %d: %s", url, status, text);
    } else if (str_same(type, "exceed_context_size_error") || strstr(text, "context length") ||
               strstr(text, "context size")) {
        err_set(e, ERR_LIMIT, "prompt longer than the model's context: %s", text);
    } else {
        err_set(e, ERR_FORMAT, "the model server at %s refused the request (HTTP %d): %s", url, status, text);
    }
    cJSON_Delete(body);
    str_release(&reason);
    return false;
}

bool model_send(struct http *h, const struct model_server *server, const char *request, int timeout_s, struct str *raw,
                int *status, struct err *e)
{
    char url[640];
    struct http_reply reply;
    *status = 0;
    snprintf(url, sizeof url, "%s/chat/completions", server->url);
    struct http_request r = {
        .url = url, .body = request, .bearer = server->key, .timeout_s = timeout_s, .max_bytes = MODEL_MAX_REPLY};
    bool ok = http_send(h, &r, &reply, e);
    if (ok) {
        *status = reply.status;
        str_add_bytes(raw, reply.body.data, reply.body.len);
        ok = reply.status == 200 || classify(&reply, server->url, e);
    }
    http_reply_release(&reply);
    return ok;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void trim(const char **text, size_t *len)
{
    for (; *len && is_blank(**text); (*text)++)
        (*len)--;
    while (*len && is_blank((*text)[*len - 1]))
        (*len)--;
}

/* The answer without what models wrap around it: a byte order mark, a thinking block, a code fence. A thinking block
 * that never ends (the reply was cut) leaves nothing; a fence may lack its end for the same reason. */
static const char *unwrap(const char *text, struct arena *arena)
{
    static const char open[] = "<think>", close[] = "</think>", mark[] = "\xEF\xBB\xBF", fence[] = "```";
    const char *behind = strstr(text, close);
    if (behind)
        text = behind + sizeof close - 1;
    else if (str_starts(text + strspn(text, " \r\n\t"), open))
        return "";
    size_t len = strlen(text);
    trim(&text, &len);
    if (str_starts(text, mark)) {
        text += sizeof mark - 1;
        len -= sizeof mark - 1;
        trim(&text, &len);
    }
    const char *line = len > 3 && str_starts(text, fence) ? memchr(text, '\n', len) : NULL;
    if (line) {
        len -= (size_t)(line - text);
        text = line;
        if (len >= 3 && memcmp(text + len - 3, fence, 3) == 0)
            len -= 3;
        trim(&text, &len);
    }
    return arena_strndup(arena, text, len);
}

bool model_reply_read(const char *raw, size_t len, struct arena *arena, struct model_reply *out, struct err *e)
{
    *out = (struct model_reply){.content = "", .finish_reason = "", .model = ""};
    cJSON *body = json_parse(raw, len, e);
    if (!body)
        return err_add(e, "the model server's reply");
    const cJSON *choice = cJSON_GetArrayItem(json_member(body, "choices"), 0);
    const cJSON *message = json_member(choice, "message");
    bool ok = message != NULL;
    if (!ok) {
        struct str reason = STR_INIT(MODEL_MAX_REPLY);
        add_reason(body, &reason);
        err_set(e, ERR_FORMAT, "the model server's reply has no message: %s", reason.data);
        str_release(&reason);
    }
    const char *content = json_text(message, "content"), *finish = json_text(choice, "finish_reason");
    const char *model = json_text(body, "model");
    const cJSON *usage = json_member(body, "usage");
    out->content = content ? unwrap(content, arena) : "";
    out->finish_reason = finish ? arena_strdup(arena, finish) : "";
    out->model = model ? arena_strdup(arena, model) : "";
    out->prompt_tokens = count_of(usage, "prompt_tokens", 0);
    out->completion_tokens = count_of(usage, "completion_tokens", 0);
    cJSON_Delete(body);
    return ok;
}

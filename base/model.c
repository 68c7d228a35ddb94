/* model.c: see model.h. */
#include "base/model.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { REASON_MAX = 300 };

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

bool model_refused(const char *where, int status, const char *raw, size_t len, int retry_after_s, struct err *e)
{
    cJSON *body = json_parse(raw, len, NULL);
    struct str reason = STR_INIT(MODEL_MAX_REPLY);
    const char *type = json_text(json_member(body, "error"), "type");
    add_reason(body, &reason);
    const char *text = reason.data;
    if (status == 429 || status == 408 || status >= 500) {
        /* 501 and "not supported" are the server's final word; other 5xx pass. */
        bool final = status == 501 || strstr(text, "not supported");
        err_set(e, final ? ERR_FORMAT : ERR_TEMPORARY, "%s answered HTTP %d: %s", where, status, text);
        if (e)
            e->retry_after = retry_after_s;
    } else if (status == 401 || status == 403 || status == 404) {
        err_set(e, ERR_SYSTEM, "%s answered HTTP %d: %s", where, status, text);
    } else if (str_same(type, "exceed_context_size_error") || strstr(text, "context length") ||
               strstr(text, "context size")) {
        err_set(e, ERR_LIMIT, "prompt longer than the model's context: %s", text);
    } else {
        err_set(e, ERR_FORMAT, "%s refused the request (HTTP %d): %s", where, status, text);
    }
    cJSON_Delete(body);
    str_release(&reason);
    return false;
}

/* The request as this server gets it. Only llama-server knows `cache_prompt`, and others refuse what they do not know;
 * it does not shape the answer, so it is no part of the text that identifies the request. */
static const char *add_extras(const struct model_server *server, const char *request, struct str *out)
{
    static const char extra[] = ",\"cache_prompt\":true}";
    size_t len = strlen(request);
    if (server->flavour != MODEL_LLAMACPP || len < 3 || request[len - 1] != '}')
        return request;
    str_add_bytes(out, request, len - 1);
    str_add(out, extra);
    return out->data;
}

static bool take(const struct model_server *server, const struct http_reply *reply, struct str *raw, struct err *e)
{
    const char *body = reply->body.data;
    char where[sizeof server->url + 32];
    if (reply->status == 200 && model_is_stream(body, reply->body.len)) {
        if (model_stream_join(body, reply->body.len, raw, e))
            return true;
        str_add_bytes(raw, body, reply->body.len);
        return false;
    }
    str_add_bytes(raw, body, reply->body.len);
    snprintf(where, sizeof where, "the model server at %s", server->url);
    return reply->status == 200 || model_refused(where, reply->status, body, reply->body.len, reply->retry_after_s, e);
}

bool model_send(struct http *h, const struct model_server *server, const char *request, int timeout_s, struct str *raw,
                int *status, struct err *e)
{
    char url[640];
    struct http_reply reply;
    struct str text = STR_INIT(MODEL_MAX_REQUEST + 64);
    *status = 0;
    snprintf(url, sizeof url, "%s/chat/completions", server->url);
    struct http_request r = {.url = url,
                             .body = add_extras(server, request, &text),
                             .bearer = server->key,
                             .timeout_s = timeout_s,
                             .max_bytes = MODEL_MAX_REPLY};
    bool ok = http_send(h, &r, &reply, e);
    if (ok) {
        *status = reply.status;
        ok = take(server, &reply, raw, e);
    }
    http_reply_release(&reply);
    str_release(&text);
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
    out->prompt_tokens = json_count(usage, "prompt_tokens", 0);
    out->completion_tokens = json_count(usage, "completion_tokens", 0);
    cJSON_Delete(body);
    return ok;
}

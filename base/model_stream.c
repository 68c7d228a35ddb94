/* model_stream.c: a reply that comes as a stream of events although none was asked for (some proxies do that). What
 * the events amount to is written as the one completion that should have come. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/model.h"
#include "base/text.h"

struct joined {
    struct str content;
    char *finish, *model;
    int prompt_tokens, completion_tokens;
    bool done; /* by [DONE] or by a finish_reason */
};

bool model_is_stream(const char *raw, size_t len)
{
    size_t at = 0;
    while (at < len && strchr(" \r\n\t", raw[at]) && raw[at])
        at++;
    return at < len && (raw[at] == ':' || str_starts(raw + at, "data:") || str_starts(raw + at, "event:"));
}

static void keep(char **slot, const char *text)
{
    if (text) {
        free(*slot);
        *slot = mem_strdup(text);
    }
}

/* The server's words, fit to stand in a line that people read. */
static bool fails(const char *text, size_t len, struct err *e)
{
    struct str reason = STR_INIT(MODEL_MAX_REPLY);
    text_clean(text, len, &reason);
    err_set(e, ERR_TEMPORARY, "the model server's stream ends in an error: %.300s", reason.data);
    str_release(&reason);
    return false;
}

static bool fails_with(const cJSON *error, struct err *e)
{
    const char *text = json_text(error, "message");
    if (!text)
        text = cJSON_GetStringValue(error);
    if (!text)
        text = "no reason given";
    return fails(text, strlen(text), e);
}

/* One event. Its JSON is not held to UTF-8: a character may be split over two deltas, and is whole only in the joined
 * text, which is checked. cJSON itself bounds the depth. */
static bool add_event(struct joined *j, const char *data, size_t len, struct err *e)
{
    if (len == 6 && memcmp(data, "[DONE]", 6) == 0) {
        j->done = true;
        return true;
    }
    cJSON *body = cJSON_ParseWithLength(data, len);
    const cJSON *error = json_member(body, "error"), *choice = cJSON_GetArrayItem(json_member(body, "choices"), 0);
    const cJSON *delta = json_member(choice, "delta"), *usage = json_member(body, "usage");
    const char *text = json_text(delta ? delta : json_member(choice, "message"), "content");
    bool ok = true;
    if (!body)
        ok = err_set(e, ERR_TEMPORARY, "the model server sent a stream with a broken event");
    else if (error && !cJSON_IsNull(error))
        ok = fails_with(error, e);
    if (ok && text)
        str_add(&j->content, text);
    keep(&j->finish, json_text(choice, "finish_reason"));
    keep(&j->model, json_text(body, "model"));
    j->done = j->done || json_text(choice, "finish_reason");
    j->prompt_tokens = json_count(usage, "prompt_tokens", j->prompt_tokens);
    j->completion_tokens = json_count(usage, "completion_tokens", j->completion_tokens);
    cJSON_Delete(body);
    return ok;
}

/* A line of the stream; all but data (and, as llama-server once had them, bare errors) says nothing. */
static bool add_line(struct joined *j, const char *line, size_t len, struct err *e)
{
    static const char data[] = "data:", error[] = "error:";
    while (len && (line[len - 1] == '\r' || line[len - 1] == ' '))
        len--;
    if (len > 6 && memcmp(line, error, 6) == 0)
        return fails(line + 6, len - 6, e);
    if (len < 5 || memcmp(line, data, 5) != 0)
        return true;
    line += 5;
    len -= 5;
    if (len && *line == ' ') {
        line++;
        len--;
    }
    return !len || add_event(j, line, len, e);
}

static void write_completion(const struct joined *j, struct str *out)
{
    str_clear(out);
    str_add(out, "{\"object\":\"chat.completion\",\"model\":");
    json_quote(j->model, out);
    str_add(out, ",\"choices\":[{\"index\":0,\"finish_reason\":");
    json_quote(j->finish, out);
    str_add(out, ",\"message\":{\"role\":\"assistant\",\"content\":");
    json_quote(j->content.data, out);
    str_addf(out, "}}],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}", j->prompt_tokens,
             j->completion_tokens);
}

bool model_stream_join(const char *raw, size_t len, struct str *out, struct err *e)
{
    struct joined j = {.content = STR_INIT(MODEL_MAX_REPLY)};
    bool ok = true;
    for (size_t at = 0; ok && at < len;) {
        const char *end = memchr(raw + at, '\n', len - at);
        size_t n = end ? (size_t)(end - raw) - at : len - at;
        ok = add_line(&j, raw + at, n, e);
        at += n + 1;
    }
    if (ok && !j.done)
        ok = err_set(e, ERR_TEMPORARY, "the model server sent a stream that breaks off");
    if (ok && !text_is_utf8(j.content.data, j.content.len))
        ok = err_set(e, ERR_TEMPORARY, "the model server sent a stream that is no UTF-8 text");
    if (ok)
        write_completion(&j, out);
    str_release(&j.content);
    free(j.finish);
    free(j.model);
    return ok;
}

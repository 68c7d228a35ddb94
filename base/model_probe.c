/* model_probe.c: what a model server is and what it can do (model_probe of model.h). Every server is asked the little
 * that it has: its model list, then the endpoints by which the flavours differ. What an endpoint says is a stranger's
 * word: bounded, and never needed. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/model.h"

enum { PROBE_TIMEOUT_S = 10, POLL_MS = 500, MOST_SLOTS = 1024 };

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
    s->context = json_count(first, "max_model_len", 0);
    const char *owner = json_text(first, "owned_by");
    s->flavour = str_same(owner, "vllm") ? MODEL_VLLM : str_same(owner, "sglang") ? MODEL_SGLANG : MODEL_PLAIN;
    ok = true;
out:
    cJSON_Delete(body);
    http_reply_release(&reply);
    return ok;
}

/* One server that is asked what it is. */
struct probe {
    struct http *http;
    struct model_server *server;
    const char *root;
};

/* The JSON that the path answers with HTTP 200; NULL: none. `post` NULL: GET. */
static cJSON *look_at(const struct probe *p, const char *path, const char *post)
{
    struct http_reply reply;
    cJSON *body = NULL;
    char url[640];
    snprintf(url, sizeof url, "%s%s", p->root, path);
    struct http_request r = {
        .url = url, .body = post, .bearer = p->server->key, .timeout_s = PROBE_TIMEOUT_S, .connect_timeout_s = 5};
    if (http_send(p->http, &r, &reply, NULL) && reply.status == 200)
        body = json_parse(reply.body.data, reply.body.len, NULL);
    http_reply_release(&reply);
    return body;
}

static void set_build(struct model_server *s, const char *program, const char *version)
{
    snprintf(s->build, sizeof s->build, "%s %s", program, version ? version : "?");
}

/* llama-server's /props: all that there is to know. */
static bool is_llamacpp(const struct probe *p)
{
    struct model_server *s = p->server;
    cJSON *body = look_at(p, "/props", NULL);
    const cJSON *settings = json_member(body, "default_generation_settings");
    if (settings) {
        s->flavour = MODEL_LLAMACPP;
        s->slots = json_count(body, "total_slots", 1);
        s->context = json_count(settings, "n_ctx", s->context);
        s->vision = json_bool(json_member(body, "modalities"), "vision", false);
        set_build(s, "llama.cpp", json_text(body, "build_info"));
    }
    cJSON_Delete(body);
    return settings != NULL;
}

/* SGLang's /server_info, once /get_server_info: its command line's settings beside what came of them. Which of the two
 * names of the number of running requests is filled in depends on its version. */
static bool is_sglang(const struct probe *p)
{
    struct model_server *s = p->server;
    cJSON *body = look_at(p, "/server_info", NULL);
    if (!body)
        body = look_at(p, "/get_server_info", NULL);
    bool is = json_member(body, "max_total_num_tokens") || json_member(body, "internal_states") ||
              json_member(body, "mem_fraction_static");
    if (is) {
        const cJSON *state = cJSON_GetArrayItem(json_member(body, "internal_states"), 0);
        int running = json_count(state, "effective_max_running_requests_per_dp", 0);
        s->flavour = MODEL_SGLANG;
        s->slots = json_count(body, "max_running_requests", running ? running : MODEL_BATCHED_SLOTS);
        s->context = json_count(body, "context_length", s->context);
        set_build(s, "SGLang", json_text(body, "version"));
    }
    cJSON_Delete(body);
    return is;
}

/* Ollama's /api/ps names the context that a loaded model has, /api/show whether it sees. How many requests it takes at
 * once is a variable of its own environment that it does not tell. */
static bool is_ollama(const struct probe *p)
{
    struct model_server *s = p->server;
    cJSON *body = look_at(p, "/api/version", NULL);
    const char *version = json_text(body, "version");
    bool is = version != NULL;
    if (is) {
        struct str ask = STR_INIT(4096);
        str_add(&ask, "{\"model\":");
        json_quote(s->name, &ask);
        str_add_char(&ask, '}');
        cJSON *loaded = look_at(p, "/api/ps", NULL), *shown = look_at(p, "/api/show", ask.data);
        const cJSON *item;
        s->flavour = MODEL_OLLAMA;
        set_build(s, "Ollama", version);
        cJSON_ArrayForEach(item, json_member(loaded, "models")) if (str_same(json_text(item, "name"), s->name))
            s->context = json_count(item, "context_length", s->context);
        cJSON_ArrayForEach(item, json_member(shown, "capabilities")) s->vision |=
            str_same(cJSON_GetStringValue(item), "vision");
        cJSON_Delete(loaded);
        cJSON_Delete(shown);
        str_release(&ask);
    }
    cJSON_Delete(body);
    return is;
}

/* A server with a /version is vLLM when its model list or its metrics say so. It has no slots but takes what comes into
 * its batch. */
static bool is_vllm(const struct probe *p)
{
    struct model_server *s = p->server;
    cJSON *body = look_at(p, "/version", NULL);
    const char *version = json_text(body, "version");
    struct http_reply reply = {.body = STR_INIT(0)};
    bool is = s->flavour == MODEL_VLLM;
    if (!is && version) {
        is = fetch(p->http, s, p->root, "/metrics", &reply, NULL) && reply.status == 200 &&
             strstr(reply.body.data, "vllm:");
        http_reply_release(&reply);
    }
    if (is) {
        s->flavour = MODEL_VLLM;
        s->slots = MODEL_BATCHED_SLOTS;
        set_build(s, "vLLM", version);
    }
    cJSON_Delete(body);
    return is;
}

static void read_flavour(const struct probe *p)
{
    bool (*const flavours[])(const struct probe *) = {is_llamacpp, is_vllm, is_sglang, is_ollama};
    size_t i = 0;
    while (i < sizeof flavours / sizeof *flavours && !flavours[i](p))
        i++;
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
    struct probe p = {h, out, root};
    read_flavour(&p);
    out->slots = out->slots < 1 ? 1 : out->slots > MOST_SLOTS ? MOST_SLOTS : out->slots;
    return true;
}

/* ask.c: see ask.h. */
#include "stage/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/http.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/model_call.h"

enum { DEFAULT_TIMEOUT_S = 300 };

struct ask {
    const char *stage;
    char item[32];
    struct model_server server;
    struct http *http;
    int timeout_s;
};

/* Where the server is. */

struct place {
    const char *urls, *model, *key;
};

/* $NAME_WHAT, NULL when unset or empty. */
static const char *variable(const char *name, const char *what)
{
    char full[64];
    snprintf(full, sizeof full, "%s_%s", name, what);
    const char *value = getenv(full);
    return value && *value ? value : NULL;
}

/* The owner of the URL also says the key, which so goes to no server but its own. A translator without a server of its
 * own uses the generator's. */
static struct place place_of(const struct ask_options *o)
{
    const char *owner = o->name, *urls = o->url && *o->url ? o->url : variable(owner, "URL");
    if (!urls && strcmp(owner, "TRANSLATOR") == 0) {
        owner = "GENERATOR";
        urls = variable(owner, "URL");
    }
    struct place p = {.urls = urls ? urls : ASK_LOCAL_URL, .model = o->model, .key = variable(owner, "KEY")};
    if (!p.model || !*p.model)
        p.model = variable(o->name, "MODEL");
    if (!p.model)
        p.model = variable(owner, "MODEL");
    return p;
}

/* The next URL of a list with commas; false at its end. */
static bool next_url(const char **list, char *url, size_t size)
{
    *list += strspn(*list, ", ");
    size_t len = strcspn(*list, ", ");
    if (!len)
        return false;
    snprintf(url, size, "%.*s", (int)(len < size ? len : size - 1), *list);
    *list += len;
    return true;
}

static bool no_server(const struct ask_options *o, const struct err *last, struct err *e)
{
    return err_set(e, ERR_SYSTEM,
                   "%s; start a server with `scripts/local-model start`, or name one with --url or $%s_URL", last->text,
                   o->name);
}

bool ask_probe(const struct ask_options *options, struct ask_servers *out, struct err *e)
{
    const struct place place = place_of(options);
    const char *urls = place.urls, *rest = urls;
    struct http *http = http_new(NULL);
    struct err why = {.text = "no model server's URL"};
    char url[512];
    bool same = true;
    *out = (struct ask_servers){0};
    while (same && out->n < ASK_MAX_SERVERS && next_url(&rest, url, sizeof url)) {
        struct model_server *server = &out->servers[out->n];
        if (!model_probe(http, url, place.model, place.key, ASK_WAIT_S, server, &why)) {
            if (strchr(urls, ','))
                log_warn("%s", why.text);
            continue;
        }
        same = strcmp(server->name, out->servers[0].name) == 0;
        if (!same)
            err_set(e, ERR_SYSTEM, "%s serves '%s' but %s serves '%s'; name servers of one model", out->servers[0].url,
                    out->servers[0].name, server->url, server->name);
        out->slots += server->slots;
        out->n++;
    }
    http_free(http);
    return same && (out->n > 0 || no_server(options, &why, e));
}

bool ask_last_model(struct db *db, const char *stage, struct arena *arena, const char **model, struct err *e)
{
    return model_call_last_model(db, stage, arena, model, e);
}

/* Asking. */

struct ask *ask_new(const struct ask_options *options, const struct ask_servers *servers, unsigned seat,
                    const volatile sig_atomic_t *stop)
{
    struct ask *a = mem_new(sizeof *a);
    /* Neighbouring seats fill one server's slots after the other. */
    int slot = servers->slots > 0 ? (int)(seat % (unsigned)servers->slots) : 0, i = 0;
    while (i < servers->n - 1 && slot >= servers->servers[i].slots)
        slot -= servers->servers[i++].slots;
    a->stage = options->stage;
    a->server = servers->servers[i];
    a->timeout_s = options->timeout_s ? options->timeout_s : DEFAULT_TIMEOUT_S;
    a->http = http_new(stop);
    return a;
}

void ask_free(struct ask *a)
{
    if (!a)
        return;
    http_free(a->http);
    free(a);
}

void ask_about(struct ask *a, const char *item)
{
    snprintf(a->item, sizeof a->item, "%s", item);
}

const struct model_server *ask_server(const struct ask *a)
{
    return &a->server;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static bool exchange(struct ask *a, struct db *db, const char *request, struct arena *arena, struct model_reply *reply,
                     int64_t *id, struct err *e)
{
    struct str raw = STR_INIT(MODEL_MAX_REPLY);
    struct err why = {0};
    struct model_call call = {
        .stage = a->stage, .item = a->item, .model = a->server.name, .server = a->server.build, .request = request};
    struct timespec start;
    const char *stored = NULL;
    clock_gettime(CLOCK_MONOTONIC, &start);
    bool answered = model_send(a->http, &a->server, request, a->timeout_s, &raw, &call.http_status, &why) &&
                    model_reply_read(raw.data, raw.len, arena, reply, &why);
    call.seconds = seconds_since(&start);
    if (answered) {
        call.finish_reason = *reply->finish_reason ? reply->finish_reason : NULL;
        call.prompt_tokens = reply->prompt_tokens;
        call.completion_tokens = reply->completion_tokens;
    } else {
        call.error = &why;
        if (e)
            *e = why;
    }
    /* A request that the user's second signal cut is no call. */
    bool ok = why.kind == ERR_ABORT || model_call_record(db, &call, &raw, arena, &stored, id, e);
    str_release(&raw);
    if (ok && stored)
        return model_reply_read(stored, strlen(stored), arena, reply, e);
    return ok && answered;
}

bool ask_model(struct ask *a, struct db *db, const struct model_request *request, struct arena *arena,
               struct model_reply *reply, int64_t *model_call_id, struct err *e)
{
    struct str text = STR_INIT(MODEL_MAX_REQUEST);
    const char *stored = NULL;
    bool ok = false;
    *reply = (struct model_reply){.content = "", .finish_reason = "", .model = ""};
    *model_call_id = 0;
    model_request_write(&a->server, request, &text);
    if (text.overflow)
        err_set(e, ERR_LIMIT, "request to the model is longer than %d bytes", MODEL_MAX_REQUEST);
    else if (!model_call_lookup(db, text.data, arena, &stored, model_call_id, e))
        ok = false;
    else if (stored)
        ok = model_reply_read(stored, strlen(stored), arena, reply, e);
    else
        ok = exchange(a, db, text.data, arena, reply, model_call_id, e);
    str_release(&text);
    return ok;
}

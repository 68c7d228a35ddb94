/* ask.c: see ask.h. */
#include "stage/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/model_call.h"

enum { DEFAULT_TIMEOUT_S = 300 };

struct ask {
    const char *stage;
    char item[32];
    struct model_server server;
    struct http *http; /* NULL: offline */
    int timeout_s;
    struct alarm *alarm;
    struct ask_offline offline;
    bool waits;
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
    a->alarm = options->alarm;
    a->http = http_new(stop);
    return a;
}

struct ask *ask_new_offline(const struct ask_options *options, const struct ask_offline *offline)
{
    struct ask *a = mem_new(sizeof *a);
    a->stage = options->stage;
    a->alarm = options->alarm;
    a->offline = *offline;
    snprintf(a->server.name, sizeof a->server.name, "%s", offline->model);
    snprintf(a->server.url, sizeof a->server.url, "of the batch");
    snprintf(a->server.build, sizeof a->server.build, "batch");
    return a;
}

bool ask_waits(const struct ask *a)
{
    return a && a->waits;
}

const char *ask_model_name(const struct ask_options *options)
{
    const char *model = place_of(options).model;
    return model ? model : "";
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
    a->waits = false;
}

const struct model_server *ask_server(const struct ask *a)
{
    return &a->server;
}

/* One request on its way to a reply. */
struct exchange {
    const char *request;
    const struct ask_check *check; /* NULL: any reply will do */
    struct str raw;
    int status;
    double seconds;
    struct err why; /* of a failure */
};

static bool has_form(const struct ask *a, const struct ask_check *check, const struct model_reply *reply, struct err *e)
{
    bool ok = check->has_form(check->context, reply, e);
    alarm_count(a->alarm, ok ? ALARM_WELL_FORMED : ALARM_MALFORMED, &a->server);
    return ok;
}

/* Reads what came and stores it, as an answer or as a failure. `came`: the raw text is a server's reply. */
static bool settle(struct ask *a, struct db *db, struct exchange *x, bool came, struct arena *arena,
                   struct model_reply *reply, int64_t *id, struct err *e)
{
    struct model_call call = {.stage = a->stage,
                              .item = a->item,
                              .model = a->server.name,
                              .server = a->server.build,
                              .request = x->request,
                              .http_status = x->status,
                              .seconds = x->seconds};
    const char *stored = NULL;
    bool is_reply = came && model_reply_read(x->raw.data, x->raw.len, arena, reply, &x->why);
    bool answered = is_reply && (!x->check || has_form(a, x->check, reply, &x->why));
    if (is_reply) {
        call.finish_reason = *reply->finish_reason ? reply->finish_reason : NULL;
        call.prompt_tokens = reply->prompt_tokens;
        call.completion_tokens = reply->completion_tokens;
    }
    if (!answered) {
        call.error = &x->why;
        if (e)
            *e = x->why;
    }
    /* A request that the user's second signal cut is no call. */
    bool ok = x->why.kind == ERR_ABORT || model_call_record(db, &call, &x->raw, arena, &stored, id, e);
    if (ok && stored)
        return model_reply_read(stored, strlen(stored), arena, reply, e);
    return ok && answered;
}

static bool send(struct ask *a, struct exchange *x)
{
    double start = clock_seconds();
    bool came = model_send(a->http, &a->server, x->request, a->timeout_s, &x->raw, &x->status, &x->why);
    x->seconds = clock_seconds() - start;
    return came;
}

/* The same request would fail in the same way. */
static bool is_final(enum err_kind kind)
{
    return kind == ERR_FORMAT || kind == ERR_LIMIT;
}

static bool wait_for_batch(struct ask *a, const struct exchange *x, struct err *e)
{
    if (a->offline.out && !batch_out_add(a->offline.out, x->request, e))
        return false;
    a->waits = true;
    return err_set(e, ERR_TEMPORARY, "a reply of the model '%s' is not stored yet", a->server.name);
}

static bool answer_offline(struct ask *a, struct db *db, struct exchange *x, struct arena *arena,
                           struct model_reply *reply, int64_t *id, struct err *e)
{
    char name[BATCH_ID_SIZE];
    struct err why = {0};
    if (!model_call_failure(db, x->request, &x->why, id, e))
        return false;
    if (is_final(x->why.kind)) {
        if (e)
            *e = x->why;
        return false;
    }
    x->why = (struct err){0};
    batch_id(x->request, name);
    int found = a->offline.in ? batch_in_find(a->offline.in, name, &x->raw, &x->status, &x->why) : 0;
    if (found) {
        bool ok = settle(a, db, x, found > 0, arena, reply, id, &why);
        /* An error that is not the request's own is the database's. */
        if (ok || is_final(why.kind) || why.kind != x->why.kind) {
            if (!ok && e)
                *e = why;
            return ok;
        }
    }
    return wait_for_batch(a, x, e);
}

static bool answer(struct ask *a, struct db *db, struct exchange *x, struct arena *arena, struct model_reply *reply,
                   int64_t *id, struct err *e)
{
    const char *stored = NULL;
    if (!model_call_lookup(db, x->request, arena, &stored, id, e))
        return false;
    if (stored)
        return model_reply_read(stored, strlen(stored), arena, reply, e) &&
               (!x->check || x->check->has_form(x->check->context, reply, e));
    if (!a->http)
        return answer_offline(a, db, x, arena, reply, id, e);
    return settle(a, db, x, send(a, x), arena, reply, id, e);
}

bool ask_model(struct ask *a, struct db *db, const struct model_request *request, const struct ask_check *check,
               struct arena *arena, struct model_reply *reply, int64_t *model_call_id, struct err *e)
{
    struct str text = STR_INIT(MODEL_MAX_REQUEST);
    struct exchange x = {.check = check, .raw = STR_INIT(MODEL_MAX_REPLY)};
    *reply = (struct model_reply){.content = "", .finish_reason = "", .model = ""};
    *model_call_id = 0;
    model_request_write(&a->server, request, &text);
    x.request = text.data;
    bool ok = text.overflow ? err_set(e, ERR_LIMIT, "request to the model is longer than %d bytes", MODEL_MAX_REQUEST)
                            : answer(a, db, &x, arena, reply, model_call_id, e);
    str_release(&x.raw);
    str_release(&text);
    return ok;
}

/* backend_model.c: the backend `model` (backend.h): a chat model behind an OpenAI-compatible server (stage/ask.h).
 *
 * Texts that are new go several a request, since what stands around them (the system prompt, terms, examples) is then
 * read once, and terms stay the same: four a request took half the prompt tokens of one a request, and no more texts
 * failed their checks. A text that was rejected is asked for alone. Whatever a request with several texts
 * comes back with but the object asked for, its texts are asked for singly then: small models lose count. */
#include "translate/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/str.h"
#include "base/text.h"
#include "stage/ask.h"
#include "translate/language.h"
#include "translate/model_prompt.h"

enum {
    DEFAULT_BATCH = 4,
    MOST_BATCH = 64,
    MOST_TEXT = 1 << 20,
    LEAST_TOKENS = 64,    /* of an answer: its JSON, and a text that grows */
    PROMPT_TOKENS = 1200, /* what stands around the texts, at most */
    BYTES_OF_TOKEN = 2,   /* of a text, at least: three or four in English, two to three elsewhere */
    SEEDS_OF_GENERATION = 100
};

/* What a request says beside its prompt; to be changed with the functions below. */
static const char sampling[] = "temperature 0, 0.4, 0.6, 0.8; top_p 0.9; seed by attempt";

struct found {
    struct ask_options options;
    struct ask_servers servers;
    int batch;
    unsigned generation;
    char settings[SHA256_SIZE];
};

struct opened {
    const struct found *found;
    struct ask *ask;
    struct db *db;
};

/* In the parent. */

static int batch_of(const struct backend_options *options)
{
    int batch = options->batch > 0 ? options->batch : DEFAULT_BATCH;
    return batch < MOST_BATCH ? batch : MOST_BATCH;
}

static void write_settings(const struct backend_options *options, char hash[SHA256_SIZE])
{
    char batch[16], prompts[SHA256_SIZE];
    snprintf(batch, sizeof batch, "%d", batch_of(options));
    model_prompt_hash(prompts);
    sha256_list(hash, prompts, sampling, batch, SHA256_END);
}

static void *find(const struct backend_options *options, struct err *e)
{
    struct found *f = mem_new(sizeof *f);
    f->options =
        (struct ask_options){.stage = "translate", .name = "TRANSLATOR", .url = options->url, .model = options->model};
    f->batch = batch_of(options);
    f->generation = options->generation;
    write_settings(options, f->settings);
    if (!ask_probe(&f->options, &f->servers, e)) {
        free(f);
        return NULL;
    }
    f->options.alarm = alarm_new(ALARM_PERCENT);
    return f;
}

static void lose(void *found)
{
    struct found *f = found;
    if (f)
        alarm_free(f->options.alarm);
    free(f);
}

static const char *identity(const void *found, const char *source, const char *target)
{
    const struct found *f = found;
    (void)source;
    (void)target;
    return f->servers.servers[0].name;
}

static const char *settings(const void *found)
{
    const struct found *f = found;
    return f->settings;
}

/* A model is not asked which languages it knows: the checks tell. */
static bool can(const void *found, const char *source, const char *target)
{
    (void)found;
    return !language_same(source, target) && strcmp(source, "und") != 0 && strcmp(source, "zxx") != 0;
}

static int slots(const void *found)
{
    const struct found *f = found;
    return f->servers.slots;
}

/* In a worker. */

static void *open_model(const void *found, struct db *db, const volatile sig_atomic_t *stop, struct err *e)
{
    const struct found *f = found;
    struct opened *o = mem_new(sizeof *o);
    (void)e;
    *o = (struct opened){.found = f, .ask = ask_new(&f->options, &f->servers, (unsigned)getpid(), stop), .db = db};
    return o;
}

static void close_model(void *opened)
{
    struct opened *o = opened;
    if (o)
        ask_free(o->ask);
    free(o);
}

/* One request. */

struct group {
    struct opened *opened;
    struct backend_request *request;
    size_t first, n; /* of the request's texts */
    struct arena *arena;
};

/* Tokens that the answer to a text may take. Four times what English needs, twice what scripts do that models spell
 * by bytes, so that only a model that runs in a loop gets there. */
static int token_budget(const struct backend_text *text, const char *target)
{
    int bytes = (int)strlen(text->text);
    return LEAST_TOKENS + (language_same(target, "en") ? bytes : 2 * bytes);
}

/* Every further attempt is freer; a later generation is so from the first, or it would get the same answer again. */
static double temperature(int attempt, unsigned generation)
{
    int step = attempt + (generation > 0);
    return step == 0 ? 0 : step < 3 ? 0.2 + 0.2 * step : 0.8;
}

/* Whether the members are "1" to "n" in this order and all strings. `context` is n. */
static bool has_form(const void *context, const struct model_reply *reply, struct err *e)
{
    const size_t n = *(const size_t *)context;
    size_t i = 0;
    cJSON *object = json_parse(reply->content, strlen(reply->content), NULL);
    const cJSON *member = object ? object->child : NULL;
    bool ok = true;
    if (strcmp(reply->finish_reason, "length") == 0)
        ok = err_set(e, ERR_FORMAT, "the reply does not end");
    else if (!*reply->content)
        ok = err_set(e, ERR_FORMAT, "the reply is empty");
    else if (!cJSON_IsObject(object))
        ok = err_set(e, ERR_FORMAT, "the reply is not the JSON asked for");
    for (; ok && member; member = member->next) {
        char name[24];
        snprintf(name, sizeof name, "%zu", ++i);
        if (i > n)
            ok = err_set(e, ERR_FORMAT, "the reply has '%.40s' beside the texts asked for", member->string);
        else if (strcmp(member->string, name) != 0)
            ok = err_set(e, ERR_FORMAT, "the reply has '%.40s' in the place of text %zu", member->string, i);
        else if (!cJSON_IsString(member))
            ok = err_set(e, ERR_FORMAT, "the reply's text %zu is no string", i);
    }
    if (ok && i < n)
        ok = err_set(e, ERR_FORMAT, "the reply lacks text %zu", i + 1);
    cJSON_Delete(object);
    return ok;
}

static bool ask_for(const struct group *g, enum model_context context, struct model_reply *reply, int64_t *id,
                    struct err *e)
{
    const struct backend_text *texts = &g->request->texts[g->first];
    unsigned generation = g->opened->found->generation;
    struct model_prompt prompt;
    int tokens = 0;
    for (size_t i = 0; i < g->n; i++)
        tokens += token_budget(&texts[i], g->request->target);
    model_prompt_make(g->request, g->first, g->n, context, g->arena, &prompt);
    struct model_message messages[] = {{"system", prompt.system}, {"user", prompt.user}};
    struct model_request request = {.messages = messages,
                                    .n_messages = sizeof messages / sizeof *messages,
                                    .schema_name = "translations",
                                    .schema = prompt.schema,
                                    .max_tokens = tokens,
                                    .temperature = temperature(texts->attempt, generation),
                                    .top_p = 0.9,
                                    .seed = 1 + texts->attempt + SEEDS_OF_GENERATION * (long)generation};
    const struct ask_check check = {has_form, &g->n};
    return ask_model(g->opened->ask, g->opened->db, &request, &check, g->arena, reply, id, e);
}

static const char *clean(const char *text, struct arena *arena)
{
    struct str out = STR_INIT(MOST_TEXT);
    text_clean(text, strlen(text), &out);
    const char *copy = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return copy;
}

static void explain(const struct group *g, const char *why, int64_t id)
{
    for (size_t i = 0; i < g->n; i++) {
        struct backend_text *text = &g->request->texts[g->first + i];
        text->translation = NULL;
        text->why = why;
        text->model_call_id = id;
    }
}

static void take(const struct group *g, const struct model_reply *reply, int64_t id)
{
    cJSON *object = json_parse(reply->content, strlen(reply->content), NULL);
    explain(g, NULL, id);
    for (size_t i = 0; i < g->n; i++)
        g->request->texts[g->first + i].translation =
            clean(cJSON_GetStringValue(cJSON_GetArrayItem(object, (int)i)), g->arena);
    cJSON_Delete(object);
}

/* What one text or several came to. */
enum outcome {
    ANSWERED,
    MALFORMED, /* the reply, or the server's refusal of the request */
    TOO_LONG,  /* for the model's context */
    STOPPED    /* the item: the error says why */
};

static enum outcome exchange(const struct group *g, enum model_context context, struct err *e)
{
    struct model_reply reply;
    struct err why = {0};
    int64_t id;
    if (ask_for(g, context, &reply, &id, &why)) {
        take(g, &reply, id);
        return ANSWERED;
    }
    if (why.kind != ERR_FORMAT && why.kind != ERR_LIMIT && why.kind != ERR_UNSUPPORTED) {
        if (e)
            *e = why;
        return STOPPED;
    }
    explain(g, arena_strdup(g->arena, why.text), id);
    return why.kind == ERR_LIMIT ? TOO_LONG : MALFORMED;
}

static bool translate_single(const struct group *g, struct err *e)
{
    enum outcome outcome = exchange(g, MODEL_CONTEXT_ALL, e);
    if (outcome == TOO_LONG)
        outcome = exchange(g, MODEL_CONTEXT_LEAST, e);
    return outcome != STOPPED;
}

static bool translate_singly(struct group g, struct err *e)
{
    size_t end = g.first + g.n;
    bool ok = true;
    for (g.n = 1; ok && g.first < end; g.first++)
        ok = translate_single(&g, e);
    return ok;
}

static bool translate_group(struct group g, struct err *e)
{
    if (g.n == 1)
        return translate_single(&g, e);
    switch (exchange(&g, MODEL_CONTEXT_ALL, e)) {
    case ANSWERED:
        return true;
    case MALFORMED:
        return translate_singly(g, e);
    case TOO_LONG: {
        struct group rest = g;
        g.n /= 2;
        rest.first += g.n;
        rest.n -= g.n;
        return translate_group(g, e) && translate_group(rest, e);
    }
    case STOPPED:
        break;
    }
    return false;
}

static bool is_fresh(const struct backend_text *text)
{
    return text->attempt == 0 && !text->failure;
}

/* How many of the texts from `first` on go into one request: one that was rejected, or fresh ones, as many as a batch
 * has and the context holds together with their answers (llama-server cuts an answer that it does not, and that is no
 * error). */
static size_t group_size(const struct opened *o, const struct backend_request *r, size_t first)
{
    int context = ask_server(o->ask)->context, tokens = PROMPT_TOKENS;
    size_t n = 0, most = is_fresh(&r->texts[first]) ? (size_t)o->found->batch : 1;
    for (; first + n < r->n && n < most; n++) {
        const struct backend_text *text = &r->texts[first + n];
        tokens += token_budget(text, r->target) + (int)strlen(text->text) / BYTES_OF_TOKEN;
        if (n > 0 && (!is_fresh(text) || (context && tokens > context)))
            break;
    }
    return n;
}

static bool translate(void *opened, struct backend_request *request, struct arena *arena, struct err *e)
{
    struct group g = {.opened = opened, .request = request, .arena = arena};
    bool ok = true;
    ask_about(g.opened->ask, request->item ? request->item : "");
    for (; ok && g.first < request->n; g.first += g.n) {
        g.n = group_size(opened, request, g.first);
        ok = translate_group(g, e);
    }
    return ok;
}

const struct backend backend_model = {.name = "model",
                                      .advice = true,
                                      .protect = PROTECT_ALL,
                                      .find = find,
                                      .lose = lose,
                                      .identity = identity,
                                      .settings = settings,
                                      .can = can,
                                      .slots = slots,
                                      .open = open_model,
                                      .close = close_model,
                                      .translate = translate};

/* generate.c: see generate.h. Items are figures. */
#include "pairs/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/pair.h"
#include "pairs/make.h"
#include "pairs/offline.h"
#include "stage/names.h"

/* Of the command line. */
static const char *option_url, *option_model, *option_kinds;
static const char *option_offline_out, **option_offline_in;
static int option_per_figure = 1, option_attempts = 2, option_words = 110, option_alarm = ALARM_PERCENT;
static double option_temperature = 0.5;

static const struct poptOption options[] = {
    {"url", 0, POPT_ARG_STRING, &option_url, 0, "model servers to ask (default: $GENERATOR_URL, else the local one)",
     "URL[,URL...]"},
    {"model", 0, POPT_ARG_STRING, &option_model, 0, "model to ask for (default: $GENERATOR_MODEL, else the first)",
     "NAME"},
    {"kinds", 0, POPT_ARG_STRING, &option_kinds, 0,
     "alignment, detailed_description, complex_reasoning, with commas (default: all)", "LIST"},
    {"per-figure", 0, POPT_ARG_INT, &option_per_figure, 0,
     "pairs of each kind that the model writes of a figure (default 1)", "N"},
    {"attempts", 0, POPT_ARG_INT, &option_attempts, 0,
     "how often a pair that fails a check is written again (default 2)", "N"},
    {"words", 0, POPT_ARG_INT, &option_words, 0, "the most that the model is asked to write in an answer (default 110)",
     "N"},
    {"temperature", 0, POPT_ARG_DOUBLE, &option_temperature, 0, "of the model's sampling (default 0.5)", "T"},
    {"alarm", 0, POPT_ARG_INT, &option_alarm, 0,
     "warn when more than so many of a hundred replies are not the JSON asked for (default 20)", "PERCENT"},
    {"offline-out", 0, POPT_ARG_STRING, &option_offline_out, 0,
     "write the requests that have no reply yet to a batch file instead of asking a server", "FILE"},
    {"offline-in", 0, POPT_ARG_ARGV, &option_offline_in, 0,
     "take replies from a batch's results (may be given several times)", "FILE"},
    POPT_TABLEEND};

static const char description[] =
    "Makes question-answer pairs of every figure, tables left out, that has a picture and a usable\n"
    "English caption.\n"
    "\n"
    "Reads   figure, panel, mention, translation (what `figmill extract` and `figmill translate` made)\n"
    "Writes  pair (every candidate, kept or dropped), model_call (every request to the model with its reply)\n"
    "\n"
    "Kinds of pairs:\n"
    "  alignment             an instruction out of a fixed list, brief for captions under 30 words and detailed\n"
    "                        for longer ones; the answer is the English caption. Needs no model.\n"
    "  detailed_description  a question out of a fixed list; the model describes the figure in prose.\n"
    "  complex_reasoning     the model writes a question that needs thinking, and its answer.\n"
    "\n"
    "The model is told the caption and the sentences of the article that cite the figure. What it answers is\n"
    "checked: form, language, length, phrases that betray a text, refusals, advice, numbers and units that the\n"
    "source does not have, invented panels and colours, copies, loops, duplicates. A pair that fails is written\n"
    "again, with the failure named, up to --attempts times, then kept with drop_reason = the first check that\n"
    "failed; the outcome of every check stands in pair.checks.\n"
    "\n"
    "A figure is worked on again when its texts, its picture, the model, a prompt or an option changes. Replies\n"
    "are stored: what was asked before is not asked again. With --kinds, pairs of other kinds stay as they are.\n"
    "Pairs of a figure that is no longer usable are dropped as `withdrawn`.\n"
    "\n"
    "  --url URL[,URL...]  OpenAI-compatible servers, all of one model. Default $GENERATOR_URL, then the server of\n"
    "                      `scripts/local-model start`\n"
    "  --model NAME        default $GENERATOR_MODEL, then the server's first\n"
    "  --kinds LIST        of the kinds above, with commas between; default all\n"
    "  --per-figure N      pairs of each kind that the model writes of a figure; default 1\n"
    "  --attempts N        how often a pair that fails a check is written again; default 2\n"
    "  --words N           the most that it is asked to write in an answer, 30 to 400; default 110\n"
    "  --temperature T     of the model's sampling; default 0.5\n"
    "  --alarm PERCENT     warn once when more than so many of a hundred replies (of 50 at least) are not the JSON\n"
    "                      that was asked for: such a server ignores response_format; default 20, 100: never\n"
    "  --offline-out FILE  ask no server: write what has no reply yet as lines of the OpenAI batch interface (FILE;\n"
    "                      over 50,000 lines or 200 MB: FILE.1, FILE.2, ...). Needs --model, the batch's model\n"
    "  --offline-in FILE   take the replies from the results of such a batch; several times for several files\n"
    "\n"
    "Offline, a round is: --offline-out, then the cluster (`vllm run-batch -i FILE -o RESULTS --model NAME`), then\n"
    "--offline-in. Figures whose replies are all there are finished; a pair that fails a check has a further request,\n"
    "which the next round's --offline-out writes, with all that the batch failed to answer. Both options at once\n"
    "take one round's results and write the next. A request that the batch refused for good is not written again.\n"
    "\n"
    "The server is any that speaks chat completions (llama-server, vLLM, SGLang, Ollama, OpenAI). Workers (-j)\n"
    "default to the number of requests it works on at once. $GENERATOR_KEY is the bearer key, if it wants one.\n"
    "\n"
    "Examples:\n"
    "  figmill generate --corpus corpus\n"
    "  figmill generate --corpus corpus --kinds alignment\n"
    "  figmill generate --corpus corpus --url http://gpu1:8000,http://gpu2:8000 --model qwen --per-figure 2\n"
    "  figmill generate --corpus corpus --attempts 4 --temperature 0.7\n"
    "  figmill generate --corpus corpus --model qwen --offline-out batch.jsonl\n"
    "  figmill generate --corpus corpus --model qwen --offline-in results.jsonl --offline-out next.jsonl\n";

/* The stage's state: made in prepare, kept over the fork. */
struct generate {
    struct maker maker;
    struct ask_options ask_options;
    struct ask_servers servers;
    bool has_server;
    struct err no_server; /* why there is none */
    struct arena arena;
    const char *model; /* NULL: unknown, or not needed */
    struct ask *ask;   /* the worker's; offline: the parent's */
    struct offline_counts offline;
};

/* A figure's pairs on their way from work to store; not ready: n is 0 and all that it had goes. */
struct result {
    int64_t figure_id;
    bool ready;
    struct pair *pairs;
    size_t n;
};

static bool is_offline(void)
{
    return option_offline_out || option_offline_in;
}

static bool prepare(struct stage_context *c, struct err *e)
{
    struct make_options o = {.per_figure = option_per_figure,
                             .attempts = option_attempts,
                             .words = option_words,
                             .temperature = option_temperature};
    if (!names_read("--kinds", option_kinds, pair_kind_names, PAIR_KINDS, &o.kinds, e))
        return false;
    if (!o.kinds)
        o.kinds = (1u << PAIR_KINDS) - 1;
    if (o.per_figure < 1 || o.per_figure > MAKE_MAX_PER_FIGURE)
        return err_set(e, ERR_USAGE, "--per-figure takes 1 to %d", MAKE_MAX_PER_FIGURE);
    if (o.attempts < 0 || o.attempts > MAKE_MAX_ATTEMPTS)
        return err_set(e, ERR_USAGE, "--attempts takes 0 to %d", MAKE_MAX_ATTEMPTS);
    if (o.words < MAKE_LEAST_WORDS || o.words > MAKE_MOST_WORDS)
        return err_set(e, ERR_USAGE, "--words takes %d to %d", MAKE_LEAST_WORDS, MAKE_MOST_WORDS);
    if (!(o.temperature >= 0 && o.temperature <= 2))
        return err_set(e, ERR_USAGE, "--temperature takes 0 to 2");
    if (option_alarm < 0 || option_alarm > 100)
        return err_set(e, ERR_USAGE, "--alarm takes 0 to 100");
    struct generate *g = c->state = mem_new(sizeof *g);
    g->ask_options =
        (struct ask_options){.stage = "generate", .name = "GENERATOR", .url = option_url, .model = option_model};
    if (is_offline() && !*ask_model_name(&g->ask_options))
        return err_set(e, ERR_USAGE, "--offline-out and --offline-in need --model NAME, the model of the batch");
    if (is_offline() && option_url)
        return err_set(e, ERR_USAGE, "--url does not go with --offline-out and --offline-in, which ask no server");
    g->ask_options.alarm = alarm_new(option_alarm);
    return maker_init(&g->maker, &o, e);
}

static bool walk_offline(struct stage_context *c, struct err *e)
{
    struct generate *g = c->state;
    struct offline_options o = {
        .ask = &g->ask_options, .model = g->model, .out = option_offline_out, .in = option_offline_in, .made = &g->ask};
    maker_settings(&g->maker, g->model, o.settings);
    c->no_tasks = true;
    bool ok = offline_run(c, &o, &g->offline, e);
    g->ask = NULL;
    return ok;
}

/* Without a server the model that is named, or was used last, tells whether there is anything to do. */
static bool survey(struct stage_context *c, struct err *e)
{
    struct generate *g = c->state;
    if (is_offline()) {
        g->model = maker_asks(&g->maker) ? ask_model_name(&g->ask_options) : NULL;
        return walk_offline(c, e);
    }
    if (!maker_asks(&g->maker))
        return true;
    g->has_server = ask_probe(&g->ask_options, &g->servers, &g->no_server);
    if (g->has_server) {
        g->model = g->servers.servers[0].name;
        return true;
    }
    const char *named = ask_model_name(&g->ask_options);
    if (*named)
        g->model = named;
    return *named || ask_last_model(&c->db, "generate", &g->arena, &g->model, e);
}

static bool enqueue_figure(void *context, int64_t figure_id, int part, const char *fingerprint, struct err *e)
{
    struct stage_context *c = context;
    char item[32];
    snprintf(item, sizeof item, "%lld", (long long)figure_id);
    return task_enqueue(&c->db, "generate", item, part, fingerprint, false, e);
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    struct generate *g = c->state;
    char settings[SHA256_SIZE];
    struct task_counts counts;
    maker_settings(&g->maker, g->model, settings);
    if (!pair_each_item(&c->db, settings, enqueue_figure, c, e) ||
        !task_count(&c->db, "generate", c->common.part, c->common.parts, &counts, e))
        return false;
    /* What is stored needs no server; the first request that is not stored ends the run. */
    if (counts.ready && maker_asks(&g->maker) && !g->has_server && !g->model) {
        *e = g->no_server;
        return false;
    }
    return true;
}

static int jobs(struct stage_context *c)
{
    struct generate *g = c->state;
    return g->has_server ? g->servers.slots : 1;
}

static bool start(struct stage_context *c, struct err *e)
{
    struct generate *g = c->state;
    if (g->has_server)
        g->ask = ask_new(&g->ask_options, &g->servers, (unsigned)getpid(), c->stop);
    else if (maker_asks(&g->maker))
        g->ask = ask_new_offline(&g->ask_options, &(struct ask_offline){.model = g->model});
    return true;
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    struct generate *g = c->state;
    struct result *r = arena_new(arena, sizeof *r);
    struct pair_source source;
    r->figure_id = strtoll(task->item, NULL, 10);
    int got = pair_source_load(&c->db, r->figure_id, arena, &source, e);
    if (got < 0)
        return NULL;
    r->ready = got > 0;
    if (g->ask)
        ask_about(g->ask, task->item);
    if (!r->ready || make_pairs(&g->maker, g->ask, &c->db, &source, arena, &r->pairs, &r->n, e))
        return r;
    if (ask_waits(g->ask) && !is_offline())
        *e = g->no_server;
    return NULL;
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    struct generate *g = c->state;
    const struct result *r = result;
    if (!r->ready)
        return pair_withdraw(&c->db, r->figure_id, NULL, 0, e);
    for (size_t i = 0; i < r->n; i++) {
        if (!pair_store(&c->db, &r->pairs[i], e))
            return false;
        c->dropped += r->pairs[i].drop_reason != NULL;
    }
    for (int k = 0; k < PAIR_KINDS; k++) {
        int made = k == PAIR_ALIGNMENT ? 1 : g->maker.options.per_figure;
        if (g->maker.options.kinds & 1u << k && !pair_withdraw(&c->db, r->figure_id, pair_kind_names[k], made, e))
            return false;
    }
    return true;
}

static void end(struct stage_context *c)
{
    struct generate *g = c->state;
    ask_free(g->ask);
    g->ask = NULL;
}

/* A model that only writes nonsense should not go unnoticed among dropped candidates. */
static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    struct generate *g = c->state;
    struct arena arena = ARENA_INIT;
    int64_t all, kept;
    const char *reason;
    bool ok = pair_count_by_model(&c->db, &arena, &all, &kept, &reason, e);
    if (ok && all && !kept)
        log_warn(
            "the checks keep none of the %lld pairs that the model wrote (most fail '%s'): see pair.checks, or try "
            "another model",
            (long long)all, reason);
    if (ok) {
        cJSON_AddNumberToObject(summary, "model_pairs", (double)all);
        cJSON_AddNumberToObject(summary, "model_pairs_kept", (double)kept);
    }
    arena_release(&arena);
    if (is_offline())
        offline_report(&g->offline, summary);
    alarm_report(g->ask_options.alarm, summary);
    alarm_free(g->ask_options.alarm);
    maker_release(&g->maker);
    arena_release(&g->arena);
    return ok;
}

static const char *const writes[] = {"pair", "model_call", NULL};

const struct stage generate_stage = {.name = "generate",
                                     .description = description,
                                     .options = options,
                                     .writes = writes,
                                     .mode = DB_WRITE,
                                     .item_timeout_s = 3600,
                                     .prepare = prepare,
                                     .survey = survey,
                                     .enqueue = enqueue,
                                     .jobs = jobs,
                                     .start = start,
                                     .work = work,
                                     .store = store,
                                     .end = end,
                                     .finish = finish};

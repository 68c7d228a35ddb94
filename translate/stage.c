/* stage.c: see stage.h. */
#include "translate/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "db/translation.h"
#include "stage/ask.h"
#include "stage/names.h"
#include "translate/by_model.h"
#include "translate/checks.h"
#include "translate/plan.h"
#include "translate/prompt.h"

/* Part of every fingerprint: another number makes all figures ready again. */
#define STAGE_VERSION "2"

enum { ITEM_TIMEOUT_S = 3600, MOST_MENTIONS = 1000, MOST_ATTEMPTS = 10, NO_MODEL = '-' };

static char *option_url, *option_model, *option_target, *option_texts;
/* Panels' captions repeat what their figure's says of all panels, which is translated already. */
static struct plan_options plan_options = {.texts = 1 << PLAN_CAPTION | 1 << PLAN_MENTION | 1 << PLAN_TITLE,
                                           .mentions = 3};
static int option_attempts = 1;

static const struct poptOption options[] = {
    {"url", 0, POPT_ARG_STRING, &option_url, 0, "model server, or several with commas", "URL[,URL...]"},
    {"model", 0, POPT_ARG_STRING, &option_model, 0, "model's name, where the server has several", "NAME"},
    {"target", 0, POPT_ARG_STRING, &option_target, 0, "language to translate into; default en", "LANGUAGE"},
    {"mentions", 0, POPT_ARG_INT, &plan_options.mentions, 0,
     "mentions of a figure that the model translates; default 3", "N"},
    {"texts", 0, POPT_ARG_STRING, &option_texts, 0, "what the model translates; default caption,mention,title", "LIST"},
    {"attempts", 0, POPT_ARG_INT, &option_attempts, 0,
     "how often a text that fails a check is asked for again; default 1", "N"},
    POPT_TABLEEND};

/* What the survey found of a figure. */
struct entry {
    int64_t figure_id;
    int part;
    char inputs[33];         /* hash of what it is made of */
    bool needs_model, known; /* known: its task stands with these inputs */
};

struct state {
    struct language_detector *detector;
    struct ask_options ask_options;
    struct ask_servers servers; /* n 0: none answers, and no_server says so */
    struct err no_server;
    struct ask *ask; /* worker's */
    char target[16];
    char model_hash[33]; /* of model and prompts; in the fingerprint of figures that need a model */
    struct entry *entries;
    size_t n, cap;
};

/* Options. */

static bool prepare(struct stage_context *c, struct err *e)
{
    struct state *s = mem_new(sizeof *s);
    c->state = s;
    s->ask_options =
        (struct ask_options){.stage = "translate", .name = "TRANSLATOR", .url = option_url, .model = option_model};
    if (!text_language_tag(option_target ? option_target : "en", s->target))
        return err_set(e, ERR_USAGE, "--target: '%s' is no language tag (such as en)", option_target);
    static const char *const texts[PLAN_TEXTS] = {"caption", "panel", "mention", "title"};
    if (option_texts && !names_read("--texts", option_texts, texts, PLAN_TEXTS, &plan_options.texts, e))
        return false;
    if (plan_options.mentions < 0 || plan_options.mentions > MOST_MENTIONS)
        return err_set(e, ERR_USAGE, "--mentions: %d is not a number from 0 to %d", plan_options.mentions,
                       MOST_MENTIONS);
    if (option_attempts < 0 || option_attempts > MOST_ATTEMPTS)
        return err_set(e, ERR_USAGE, "--attempts: %d is not a number from 0 to %d", option_attempts, MOST_ATTEMPTS);
    return true;
}

/* Filling the queue. A task's fingerprint is "INPUTS:-" for a figure that needs no model, else "INPUTS:MODEL", so that
 * a figure whose inputs stand need not be looked at again, and no model server is asked for one that needs none. */

static bool find_needs(struct stage_context *c, struct entry *entry, struct err *e)
{
    struct state *s = c->state;
    struct arena arena = ARENA_INIT;
    struct translation_input input;
    struct plan plan = {0};
    bool ok = translation_input(&c->db, entry->figure_id, &arena, &input, e);
    if (ok)
        plan_make(s->detector, &input, s->target, &plan_options, &arena, &plan);
    entry->needs_model = plan.needs_model;
    arena_release(&arena);
    return ok;
}

static bool note(void *context, const struct translation_candidate *candidate, struct err *e)
{
    struct state *s = context;
    const char *known = candidate->fingerprint;
    (void)e;
    MEM_GROW(s->entries, s->n, s->cap);
    struct entry *entry = &s->entries[s->n++];
    *entry = (struct entry){.figure_id = candidate->figure_id, .part = candidate->part};
    snprintf(entry->inputs, sizeof entry->inputs, "%s", candidate->inputs);
    size_t len = strlen(entry->inputs);
    entry->known = known && strncmp(known, entry->inputs, len) == 0 && known[len] == ':';
    entry->needs_model = entry->known && known[len + 1] != NO_MODEL;
    return true;
}

/* The model that the fingerprints name: the server's, or where none answers the one asked for or last used, since then
 * there may be nothing to do. */
static bool find_model(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    struct arena arena = ARENA_INIT;
    char prompts[SHA256_SIZE], attempts[16], hash[SHA256_SIZE];
    const char *model = option_model;
    bool ok = true;
    if (ask_probe(&s->ask_options, &s->servers, &s->no_server))
        model = s->servers.servers[0].name;
    else if (!model)
        ok = ask_last_model(&c->db, "translate", &arena, &model, e);
    prompt_hash(prompts);
    snprintf(attempts, sizeof attempts, "%d", option_attempts);
    sha256_list(hash, model, prompts, attempts, SHA256_END);
    snprintf(s->model_hash, sizeof s->model_hash, "%.32s", hash);
    arena_release(&arena);
    return ok;
}

static bool survey(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    char version[64];
    bool needed = false;
    snprintf(version, sizeof version, "%s %s %d %u", STAGE_VERSION, s->target, plan_options.mentions,
             plan_options.texts);
    if (!translation_candidates(&c->db, version, c->common.part, c->common.parts, note, s, e))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->entries[i].known && !s->detector && !(s->detector = language_open(e)))
            return false;
        if (!s->entries[i].known && !find_needs(c, &s->entries[i], e))
            return false;
        needed = needed || s->entries[i].needs_model;
    }
    return !needed || find_model(c, e);
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    const struct state *s = c->state;
    for (size_t i = 0; i < s->n; i++) {
        const struct entry *entry = &s->entries[i];
        char item[32], fingerprint[128];
        if (entry->known && !entry->needs_model)
            continue;
        snprintf(item, sizeof item, "%lld", (long long)entry->figure_id);
        snprintf(fingerprint, sizeof fingerprint, "%s:%s", entry->inputs, entry->needs_model ? s->model_hash : "-");
        if (!task_enqueue(&c->db, "translate", item, entry->part, fingerprint, false, e))
            return false;
        /* Without a server, what needs none is done first. */
        if (entry->needs_model && !s->servers.n && !task_put_behind(&c->db, "translate", item, e))
            return false;
    }
    return true;
}

static int jobs(struct stage_context *c)
{
    const struct state *s = c->state;
    return s->servers.n ? s->servers.slots : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* Working. */

static bool start(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    if (!s->detector && !(s->detector = language_open(e)))
        return false;
    if (s->servers.n)
        s->ask = ask_new(&s->ask_options, &s->servers, (unsigned)getpid(), c->stop);
    return true;
}

static void end(struct stage_context *c)
{
    struct state *s = c->state;
    ask_free(s->ask);
    language_close(s->detector);
    s->ask = NULL;
    s->detector = NULL;
}

static const char *kind_of(const struct translation_source *source)
{
    if (strcmp(source->field, "mention") == 0)
        return "sentence of a scientific article";
    if (strcmp(source->field, "title") == 0)
        return "title of a scientific article";
    return source->panel_id ? "caption of a figure panel" : "figure caption";
}

static bool ask_for(struct stage_context *c, const struct plan_item *item, struct arena *arena,
                    struct translation_row *row, struct checks *checks, struct err *e)
{
    struct state *s = c->state;
    struct by_model m = {
        .ask = s->ask, .db = &c->db, .detector = s->detector, .target = s->target, .attempts = option_attempts};
    struct by_model_result result;
    if (!s->ask) {
        /* The server that did not answer the survey is asked once more only by another run. */
        if (e)
            *e = s->no_server;
        return false;
    }
    if (!by_model_translate(&m, item->source->text, item->language.tag, kind_of(item->source), arena, &result, e))
        return false;
    row->text = *result.text ? result.text : NULL;
    row->method = "model";
    row->model = ask_server(s->ask)->name;
    row->model_call_id = result.model_call_id;
    *checks = result.checks;
    return true;
}

static bool make_row(struct stage_context *c, const struct plan_item *item, struct arena *arena,
                     struct translation_row *row, struct err *e)
{
    const struct state *s = c->state;
    struct checks checks = {0};
    struct str json = STR_INIT(1 << 16);
    *row = (struct translation_row){.source = item->source,
                                    .source_language = item->language.tag,
                                    .language_source = item->language.source,
                                    .language_confidence = item->language.confidence,
                                    .target_language = s->target};
    if (item->method == PLAN_MODEL) {
        if (!ask_for(c, item, arena, row, &checks, e))
            return false;
        row->drop_reason = checks_first(&checks);
    } else if (item->method == PLAN_AUTHOR) {
        /* The authors know what they wrote: their text is checked for the record, but kept. */
        row->method = "author";
        row->text = item->text;
        checks_run(s->detector,
                   &(struct checks_input){.source = item->source->text,
                                          .language = item->language.tag,
                                          .translation = row->text,
                                          .target = s->target},
                   arena, &checks);
    } else {
        row->method = "identity";
        row->text = item->source->text;
    }
    checks_json(&checks, &json);
    row->checks = arena_strndup(arena, json.data, json.len);
    str_release(&json);
    return true;
}

struct result {
    int64_t figure_id;
    struct translation_row *rows;
    size_t n;
};

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    const struct state *s = c->state;
    struct translation_input *input = arena_new(arena, sizeof *input);
    struct plan *plan = arena_new(arena, sizeof *plan);
    struct result *r = arena_new(arena, sizeof *r);
    r->figure_id = strtoll(task->item, NULL, 10);
    if (!translation_input(&c->db, r->figure_id, arena, input, e))
        return NULL;
    plan_make(s->detector, input, s->target, &plan_options, arena, plan);
    r->rows = arena_array(arena, plan->n, sizeof *r->rows);
    for (; r->n < plan->n; r->n++)
        if (!make_row(c, &plan->items[r->n], arena, &r->rows[r->n], e))
            return NULL;
    return r;
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    const struct state *s = c->state;
    const struct result *r = result;
    (void)task;
    for (size_t i = 0; i < r->n; i++)
        c->dropped += r->rows[i].drop_reason != NULL;
    return translation_store(&c->db, r->figure_id, s->target, r->rows, r->n, e);
}

static const char *const writes[] = {"translation", "model_call", NULL};

static const char description[] =
    "Gives every figure's caption, its panels' captions, the sentences that mention it and\n"
    "the article's title a row in table translation (view v_translation), in English beside\n"
    "the source. English texts go in as they are (method identity); a translation that the\n"
    "authors printed is used (author); the rest is translated by a model (model). Each row\n"
    "says which language its source is in, how sure that is, and who says so: the document,\n"
    "the script, the detector, or the article around it.\n"
    "\n"
    "Every translation of the model is checked: the reply's form, that it is no copy of the\n"
    "source, its language, numbers, panel labels, length, loops, refusals, markup. One that\n"
    "fails is asked for again; when that fails too, its row stays with drop_reason. The\n"
    "checks are for English; for another --target only those that fit any language are made.\n"
    "\n"
    "A corpus that is all in English needs no model server. When one is needed but none\n"
    "answers, the English figures are done and the stage ends with status 3; run it again\n"
    "once a server is up. Requests and replies are kept in table model_call, so that none is\n"
    "sent twice.\n"
    "\n"
    "  --url URL[,URL...]  OpenAI-compatible servers, all of one model. Default\n"
    "                      $TRANSLATOR_URL, $GENERATOR_URL, then the server of\n"
    "                      `scripts/local-model start`\n"
    "  --model NAME        default $TRANSLATOR_MODEL, then the server's first\n"
    "  --target LANGUAGE   default en\n"
    "  --mentions N        so many mentions of a figure go to the model; default 3\n"
    "  --texts LIST        what goes to the model, of caption,panel,mention,title; default\n"
    "                      caption,mention,title. English texts are always taken\n"
    "  --attempts N        how often a text that fails a check is asked for again; default 1\n"
    "\n"
    "environment: TRANSLATOR_URL, TRANSLATOR_MODEL, TRANSLATOR_KEY; without a URL there, the\n"
    "same of GENERATOR\n"
    "\n"
    "examples:\n"
    "  figmill translate --corpus CORPUS\n"
    "  TRANSLATOR_URL=http://gpu1:8000 figmill translate --corpus CORPUS -j 32\n"
    "  figmill query --corpus CORPUS \"SELECT source_language, method, drop_reason, count(*)\n"
    "      FROM v_translation WHERE field = 'caption' GROUP BY 1, 2, 3\"\n";

const struct stage translate_stage = {.name = "translate",
                                      .description = description,
                                      .options = options,
                                      .writes = writes,
                                      .mode = DB_WRITE,
                                      .item_timeout_s = ITEM_TIMEOUT_S,
                                      .prepare = prepare,
                                      .survey = survey,
                                      .enqueue = enqueue,
                                      .jobs = jobs,
                                      .start = start,
                                      .work = work,
                                      .store = store,
                                      .end = end};

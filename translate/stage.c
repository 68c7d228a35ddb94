/* stage.c: see stage.h. */
#include "translate/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "db/translation.h"
#include "db/translation_memory.h"
#include "stage/names.h"
#include "stage/profile_files.h"
#include "translate/checks.h"
#include "translate/choice.h"
#include "translate/glossary.h"
#include "translate/plan.h"
#include "translate/translator.h"

/* Part of every fingerprint: another number makes all articles ready again. */
#define STAGE_VERSION "3"
/* Part of the memory's keys: another number asks for every text again. */
#define TRANSLATOR_VERSION "1"

enum { ITEM_TIMEOUT_S = 6 * 3600, MOST_MENTIONS = 1000, MOST_ATTEMPTS = 10, MOST_BATCH = 64, MOST_LANGUAGES = 1024 };

static struct backend_options backend_options;
static char *option_target, *option_texts, *option_backend, *option_profile, *option_glossary;
/* Panels' captions repeat what their figure's says of all panels, which is translated already. */
static struct plan_options plan_options = {.texts = 1 << PLAN_CAPTION | 1 << PLAN_MENTION | 1 << PLAN_TITLE,
                                           .mentions = 3};
static int option_attempts = 1, option_refresh;
static double option_back = -1;

static const struct poptOption options[] = {
    {"backend", 0, POPT_ARG_STRING, &option_backend, 0, "who translates, best first; default auto", "LIST"},
    {"url", 0, POPT_ARG_STRING, &backend_options.url, 0, "model server, or several with commas", "URL[,URL...]"},
    {"model", 0, POPT_ARG_STRING, &backend_options.model, 0, "model's name, where the server has several", "NAME"},
    {"batch", 0, POPT_ARG_INT, &backend_options.batch, 0, "texts of one request to a model", "N"},
    {"libretranslate", 0, POPT_ARG_STRING, &backend_options.libretranslate, 0, "LibreTranslate server", "URL"},
    {"apertium", 0, POPT_ARG_STRING, &backend_options.apertium, 0, "where Apertium's modes lie", "DIR"},
    {"apertium-over", 0, POPT_ARG_STRING, &backend_options.apertium_over, 0, "go by two modes over this language",
     "LANGUAGE"},
    {"target", 0, POPT_ARG_STRING, &option_target, 0, "language to translate into; default en", "LANGUAGE"},
    {"profile", 0, POPT_ARG_STRING, &option_profile, 0, "topic profile, for its glossary", "NAME|FILE"},
    {"glossary", 0, POPT_ARG_STRING, &option_glossary, 0, "terms and how they are to be rendered", "FILE"},
    {"mentions", 0, POPT_ARG_INT, &plan_options.mentions, 0, "mentions of a figure that are translated; default 3",
     "N"},
    {"texts", 0, POPT_ARG_STRING, &option_texts, 0, "what is translated; default caption,mention,title", "LIST"},
    {"attempts", 0, POPT_ARG_INT, &option_attempts, 0,
     "how often a text that fails a check is asked for again; default 1", "N"},
    {"back-translation", 0, POPT_ARG_DOUBLE, &option_back, 0, "least likeness of a translation back, 0 to 1", "MIN"},
    {"refresh", 0, POPT_ARG_NONE, &option_refresh, 0, "translate everything anew", NULL},
    POPT_TABLEEND};

/* An article in the survey. */
struct entry {
    int64_t article_id;
    int part;
    char inputs[TRANSLATION_INPUTS]; /* hash of what its translations are made of */
    char *words;     /* what its task says of each language ("es=model.1f2e3d4c,pt=none"), "" for none; NULL: new */
    char *languages; /* that there is something to translate from: "es,pt"; NULL: none */
};

struct state {
    struct glossary *glossary;
    struct choice choice;
    struct err no_translator; /* why there is none at all */
    bool any, needed;         /* is there one, does any article need one */
    char target[16], shape[64], effort[64];
    int64_t generation;
    struct entry *entries;
    size_t n, cap;
    void *opened[CHOICE_BACKENDS]; /* worker's */
};

/* Options. */

static bool in_range(const char *option, int value, int least, int most, struct err *e)
{
    return (value >= least && value <= most) ||
           err_set(e, ERR_USAGE, "%s: %d is not a number from %d to %d", option, value, least, most);
}

/* The one that is named, else the profile's. */
static bool load_glossary(struct state *s, struct err *e)
{
    struct arena arena = ARENA_INIT;
    struct profile_files files = {.glossary = option_glossary};
    bool ok = option_glossary || !option_profile || profile_files_load(option_profile, &arena, &files, e);
    ok = ok && (!files.glossary || (s->glossary = glossary_load(files.glossary, e)));
    arena_release(&arena);
    return ok;
}

static bool prepare(struct stage_context *c, struct err *e)
{
    static const char *const texts[PLAN_TEXTS] = {"caption", "panel", "mention", "title"};
    struct state *s = mem_new(sizeof *s);
    c->state = s;
    if (!text_language_tag(option_target ? option_target : "en", s->target))
        return err_set(e, ERR_USAGE, "--target: '%s' is no language tag (such as en)", option_target);
    if (option_texts && !names_read("--texts", option_texts, texts, PLAN_TEXTS, &plan_options.texts, e))
        return false;
    if (option_back > 1)
        return err_set(e, ERR_USAGE, "--back-translation: %g is not a number from 0 to 1", option_back);
    if (!in_range("--mentions", plan_options.mentions, 0, MOST_MENTIONS, e) ||
        !in_range("--attempts", option_attempts, 0, MOST_ATTEMPTS, e) ||
        !in_range("--batch", backend_options.batch, 0, MOST_BATCH, e) || !choice_read(option_backend, &s->choice, e))
        return false;
    if (!load_glossary(s, e))
        return false;
    s->choice.target = s->target;
    s->choice.glossary = s->glossary;
    s->choice.shape = s->shape;
    s->choice.effort = s->effort;
    snprintf(s->effort, sizeof s->effort, "%d %g", option_attempts, option_back);
    return true;
}

/* Filling the queue. A task's fingerprint is "INPUTS:WORDS", so that an article whose inputs stand need not be looked
 * at again, and nobody is asked for a translator where none is needed. */

static bool note(void *context, const struct translation_candidate *candidate, struct err *e)
{
    struct state *s = context;
    const char *known = candidate->fingerprint;
    (void)e;
    MEM_GROW(s->entries, s->n, s->cap);
    struct entry *entry = &s->entries[s->n++];
    *entry = (struct entry){.article_id = candidate->article_id, .part = candidate->part};
    snprintf(entry->inputs, sizeof entry->inputs, "%s", candidate->inputs);
    size_t len = strlen(entry->inputs);
    if (known && strncmp(known, entry->inputs, len) == 0 && known[len] == ':')
        entry->words = mem_strdup(known + len + 1);
    return true;
}

/* The items of a list with commas. */
#define EACH_OF(list, p, len)                                                                                          \
    for (const char *p = (list) ? (list) : ""; (len = strcspn(p, ",")) > 0; p += len + (p[len] == ','))

static void add_language(struct str *languages, const char *tag, size_t len)
{
    size_t n;
    EACH_OF(languages->data, p, n)
    if (n == len && memcmp(p, tag, len) == 0)
        return;
    str_addf(languages, "%s%.*s", languages->len ? "," : "", (int)len, tag);
}

static bool plan_languages(struct stage_context *c, int64_t article_id, struct str *languages, struct err *e)
{
    struct state *s = c->state;
    struct arena arena = ARENA_INIT;
    struct translation_input input;
    struct plan plan = {0};
    bool ok = translation_input(&c->db, article_id, &arena, &input, e);
    if (ok)
        plan_make(&input, s->target, &plan_options, &arena, &plan);
    for (size_t i = 0; i < plan.n; i++)
        if (plan.items[i].method == PLAN_TRANSLATE)
            add_language(languages, plan.items[i].language.tag, strlen(plan.items[i].language.tag));
    arena_release(&arena);
    return ok;
}

/* The languages that a known task names, or those of the article's texts. */
static bool find_languages(struct stage_context *c, struct entry *entry, struct err *e)
{
    struct str languages = STR_INIT(MOST_LANGUAGES);
    size_t len;
    bool ok = true;
    EACH_OF(entry->words, p, len)
    add_language(&languages, p, strcspn(p, "="));
    if (!entry->words)
        ok = plan_languages(c, entry->article_id, &languages, e);
    entry->languages = languages.len ? mem_strdup(languages.data) : NULL;
    str_release(&languages);
    return ok;
}

static bool survey(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    char version[64];
    snprintf(version, sizeof version, "%s %s %d %u", STAGE_VERSION, s->target, plan_options.mentions,
             plan_options.texts);
    if (!translation_memory_generation(&c->db, &s->generation, e) ||
        !translation_candidates(&c->db, version, c->common.part, c->common.parts, note, s, e))
        return false;
    s->generation += option_refresh;
    backend_options.generation = (unsigned)s->generation;
    snprintf(s->shape, sizeof s->shape, "%s %lld", TRANSLATOR_VERSION, (long long)s->generation);
    for (size_t i = 0; i < s->n; i++) {
        if (!find_languages(c, &s->entries[i], e))
            return false;
        s->needed = s->needed || s->entries[i].languages;
    }
    s->any = s->needed && choice_find(&s->choice, &backend_options, &s->no_translator);
    return true;
}

/* How many articles there are to do of each language, for saying who will do it. */
struct tally {
    char language[16];
    int articles;
};

struct tallies {
    struct tally *items;
    size_t n, cap;
};

static void count_language(struct tallies *t, const char *language, size_t len)
{
    size_t i = 0;
    while (i < t->n && (strlen(t->items[i].language) != len || memcmp(t->items[i].language, language, len) != 0))
        i++;
    if (i == t->n) {
        MEM_GROW(t->items, t->n, t->cap);
        t->items[t->n] = (struct tally){.articles = 0};
        snprintf(t->items[t->n++].language, sizeof t->items->language, "%.*s", (int)len, language);
    }
    t->items[i].articles++;
}

static void say_choice(const struct state *s, const struct tallies *t)
{
    for (size_t i = 0; s->any && i < t->n; i++) {
        const struct tally *tally = &t->items[i];
        int by = choice_of(&s->choice, tally->language);
        const char *plural = tally->articles == 1 ? "" : "s";
        if (by < 0) {
            log_warn("%s: nothing that is there translates it into %s; %d article%s", language_name(tally->language),
                     language_name(s->target), tally->articles, plural);
            continue;
        }
        const struct choice_backend *b = &s->choice.backends[by];
        log_info("%s: translated by %s (%s); %d article%s", language_name(tally->language), b->backend->name,
                 b->backend->identity(b->found, tally->language, s->target), tally->articles, plural);
    }
}

/* True when all that the task says is as good as what would be made now. */
static bool stands(const struct state *s, const struct entry *entry)
{
    size_t len;
    if (!entry->words || option_refresh)
        return false;
    EACH_OF(entry->words, p, len)
    if (!choice_stands(&s->choice, p, len))
        return false;
    return true;
}

static bool enqueue_entry(struct stage_context *c, const struct entry *entry, struct err *e)
{
    const struct state *s = c->state;
    char item[32];
    size_t len;
    struct str fingerprint = STR_INIT(4 * MOST_LANGUAGES);
    snprintf(item, sizeof item, "%lld", (long long)entry->article_id);
    str_addf(&fingerprint, "%s:", entry->inputs);
    EACH_OF(entry->languages, p, len)
    {
        char language[16];
        snprintf(language, sizeof language, "%.*s", (int)len, p);
        str_add(&fingerprint, p == entry->languages ? "" : ",");
        choice_word(&s->choice, language, &fingerprint);
    }
    /* Without a translator, what needs none is done first. */
    bool ok = task_enqueue(&c->db, "translate", item, entry->part, fingerprint.data, false, e) &&
              (s->any || !entry->languages || task_put_behind(&c->db, "translate", item, e));
    str_release(&fingerprint);
    return ok;
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    const struct state *s = c->state;
    struct tallies tallies = {0};
    size_t len;
    bool ok = true;
    for (size_t i = 0; ok && i < s->n; i++) {
        const struct entry *entry = &s->entries[i];
        if (stands(s, entry))
            continue;
        ok = enqueue_entry(c, entry, e);
        EACH_OF(entry->languages, p, len)
        count_language(&tallies, p, len);
    }
    say_choice(s, &tallies);
    free(tallies.items);
    return ok;
}

static int jobs(struct stage_context *c)
{
    const struct state *s = c->state;
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    for (size_t i = 0; s->any && i < s->choice.n; i++) {
        const struct choice_backend *b = &s->choice.backends[i];
        if (b->found)
            return b->backend->slots(b->found);
    }
    return cpus;
}

/* Working. */

static void end(struct stage_context *c)
{
    struct state *s = c->state;
    for (size_t i = 0; i < s->choice.n; i++) {
        s->choice.backends[i].backend->close(s->opened[i]);
        s->opened[i] = NULL;
    }
}

struct result {
    const struct translation_input *input;
    const struct plan *plan;
    struct translation_row *rows; /* one an item of the plan */
};

static void put_checks(struct translation_row *row, const struct checks *checks, struct arena *arena)
{
    struct str json = STR_INIT(1 << 16);
    checks_json(checks, &json);
    row->checks = arena_strndup(arena, json.data, json.len);
    str_release(&json);
}

/* Texts that no translator is asked for. */
static void take_over(const struct state *s, const struct plan_item *item, struct arena *arena,
                      struct translation_row *row)
{
    struct checks checks = {.back = -1};
    *row = (struct translation_row){.source = item->source,
                                    .source_language = item->language.tag,
                                    .language_source = item->language.source,
                                    .language_confidence = item->language.confidence,
                                    .target_language = s->target,
                                    .method = "none",
                                    .drop_reason = "no_translator"};
    if (item->method == PLAN_IDENTITY) {
        row->method = "identity";
        row->text = item->source->text;
        row->drop_reason = NULL;
    } else if (item->method == PLAN_AUTHOR) {
        /* The authors know what they wrote: their text is checked for the record, but kept. */
        const struct checks_input in = {.source = item->source->text,
                                        .language = item->language.tag,
                                        .translation = item->text,
                                        .target = s->target};
        row->method = "author";
        row->text = item->text;
        row->drop_reason = NULL;
        checks_run(&in, arena, &checks);
    }
    put_checks(row, &checks, arena);
}

/* All of the article's texts in one language that are to be translated. */
static bool translate_language(struct stage_context *c, const struct result *r, const char *language,
                               struct arena *arena, struct err *e)
{
    struct state *s = c->state;
    int by = choice_of(&s->choice, language);
    struct translator_text *texts = arena_array(arena, r->plan->n, sizeof *texts);
    size_t *of = arena_array(arena, r->plan->n, sizeof *of), n = 0;
    char settings[SHA256_SIZE];
    if (by < 0)
        return true;
    for (size_t i = 0; i < r->plan->n; i++) {
        const struct plan_item *item = &r->plan->items[i];
        if (item->method != PLAN_TRANSLATE || strcmp(item->language.tag, language) != 0)
            continue;
        of[n] = i;
        texts[n++] = (struct translator_text){.text = item->source->text};
    }
    const struct choice_backend *b = &s->choice.backends[by];
    if (!s->opened[by] && !(s->opened[by] = b->backend->open(b->found, &c->db, c->stop, e)))
        return false;
    choice_settings(&s->choice, by, language, settings);
    const struct translator t = {.backend = b->backend,
                                 .opened = s->opened[by],
                                 .settings = settings,
                                 .db = &c->db,
                                 .article_id = r->input->article_id,
                                 .glossary = s->glossary,
                                 .target = s->target,
                                 .attempts = option_attempts,
                                 .back = option_back,
                                 .generation = s->generation};
    const char *identity = b->backend->identity(b->found, language, s->target);
    if (!translator_run(&t, language, identity, texts, n, arena, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct translation_row *row = &r->rows[of[i]];
        row->text = *texts[i].translation ? texts[i].translation : NULL;
        row->method = b->backend->name;
        row->model = identity;
        row->model_call_id = texts[i].model_call_id;
        row->drop_reason = checks_first(&texts[i].checks);
        put_checks(row, &texts[i].checks, arena);
    }
    return true;
}

/* Each language once, in the order of first appearance. */
static bool translate_all(struct stage_context *c, const struct result *r, struct arena *arena, struct err *e)
{
    const struct state *s = c->state;
    const struct plan *plan = r->plan;
    for (size_t i = 0; i < plan->n; i++) {
        bool first = plan->items[i].method == PLAN_TRANSLATE;
        for (size_t j = 0; first && j < i; j++)
            first = plan->items[j].method != PLAN_TRANSLATE ||
                    strcmp(plan->items[j].language.tag, plan->items[i].language.tag) != 0;
        if (!first)
            continue;
        if (!s->any) {
            if (e)
                *e = s->no_translator;
            return false;
        }
        if (!translate_language(c, r, plan->items[i].language.tag, arena, e))
            return false;
    }
    return true;
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    const struct state *s = c->state;
    struct translation_input *input = arena_new(arena, sizeof *input);
    struct plan *plan = arena_new(arena, sizeof *plan);
    struct result *r = arena_new(arena, sizeof *r);
    if (!translation_input(&c->db, strtoll(task->item, NULL, 10), arena, input, e))
        return NULL;
    plan_make(input, s->target, &plan_options, arena, plan);
    *r = (struct result){.input = input, .plan = plan, .rows = arena_array(arena, plan->n, sizeof *r->rows)};
    for (size_t i = 0; i < plan->n; i++)
        take_over(s, &plan->items[i], arena, &r->rows[i]);
    return translate_all(c, r, arena, e) ? r : NULL;
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    const struct state *s = c->state;
    const struct result *r = result;
    size_t at = 0;
    (void)task;
    for (size_t i = 0; i < r->input->n; i++) {
        int64_t figure = r->input->figures[i].figure_id;
        size_t first = at;
        for (; at < r->plan->n && r->plan->items[at].figure_id == figure; at++)
            c->dropped += r->rows[at].drop_reason != NULL;
        if (!translation_store(&c->db, figure, s->target, r->rows + first, at - first, e))
            return false;
    }
    return true;
}

static const char *const writes[] = {"translation", "translation_memory", "model_call", NULL};

static const char description[] =
    "Gives every figure's caption, its panels' captions, the sentences that mention it and\n"
    "the article's title a row in table translation (view v_translation), in English beside\n"
    "the source. English texts go in as they are (method identity); a translation that the\n"
    "authors printed is used (author); the rest is translated. Each row says which language\n"
    "its source is in, how sure that is, and who says so: the document, the script, the\n"
    "detector, or the article around it.\n"
    "\n"
    "Who translates: a chat model (any OpenAI-compatible server), LibreTranslate, or Apertium\n"
    "(Debian packages such as apertium-eng-spa; no model, no server). `auto` takes, for each\n"
    "language, the first of these that is there and knows it, and says which. Numbers, units,\n"
    "labels, names and formulas are taken out of a text before and put back after. A text\n"
    "that several figures have is translated once (table translation_memory).\n"
    "\n"
    "Every translation is checked: that it is there, whole, in the target language, no copy,\n"
    "with the source's numbers, units, labels, references and sentences, of the right length,\n"
    "without loops, refusals, markup, and with the glossary's terms. One that fails goes back\n"
    "to a model with the failure named; when that fails too, its row stays with drop_reason.\n"
    "A text that nobody here can translate has drop_reason no_translator.\n"
    "\n"
    "When no translator at all is there, what needs none is done and the stage ends with\n"
    "status 3; run it again once there is one. Requests and replies are kept in table\n"
    "model_call, so that none is sent twice.\n"
    "\n"
    "  --backend LIST      of model, libretranslate, apertium, the best first; default auto:\n"
    "                      all three in that order\n"
    "  --url URL[,URL...]  OpenAI-compatible servers, all of one model. Default\n"
    "                      $TRANSLATOR_URL, $GENERATOR_URL, then the server of\n"
    "                      `scripts/local-model start`\n"
    "  --model NAME        default $TRANSLATOR_MODEL, then the server's first\n"
    "  --batch N           texts of an article that a model is given at once\n"
    "  --libretranslate URL  default $LIBRETRANSLATE_URL\n"
    "  --apertium DIR      where its modes lie; default where Debian puts them\n"
    "  --apertium-over LANGUAGE  where Apertium has no mode into the target, go over this one\n"
    "                      (es: Portuguese, French, Italian); rough\n"
    "  --target LANGUAGE   default en\n"
    "  --profile NAME|FILE a topic profile, as of figmill search: its glossary says how terms are to\n"
    "                      be rendered\n"
    "  --glossary FILE     another glossary: TSV with language, term, english, note\n"
    "  --mentions N        so many mentions of a figure are translated; default 3\n"
    "  --texts LIST        what is translated, of caption,panel,mention,title; default\n"
    "                      caption,mention,title. English texts are always taken\n"
    "  --attempts N        how often a text that fails a check is asked for again; default 1\n"
    "  --back-translation MIN  translate each back, and drop those whose likeness to the source\n"
    "                      (chrF, 0 to 1) is less; 0 only stores it. Twice the work\n"
    "  --refresh           translate everything anew, whatever is remembered\n"
    "\n"
    "environment: TRANSLATOR_URL, TRANSLATOR_MODEL, TRANSLATOR_KEY; without a URL there, the\n"
    "same of GENERATOR. LIBRETRANSLATE_URL, LIBRETRANSLATE_KEY\n"
    "\n"
    "examples:\n"
    "  figmill translate --corpus CORPUS\n"
    "  figmill translate --corpus CORPUS --backend apertium,model\n"
    "  TRANSLATOR_URL=http://gpu1:8000 figmill translate --corpus CORPUS -j 32\n"
    "  figmill status --corpus CORPUS --languages\n";

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
                                      .work = work,
                                      .store = store,
                                      .end = end};

/* make.c: see make.h. */
#include "pairs/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/template.h"
#include "base/text.h"
#include "pairs/facts.h"
#include "pairs/mend.h"
#include "pairs/reply.h"

/* Part of every fingerprint: raise it when the code makes other pairs of the same input. */
#define MAKE_VERSION "3"

enum {
    BRIEF_WORDS = 30,   /* a caption of fewer words is asked for with an instruction of the brief list */
    MAX_CAPTION = 2400, /* bytes that a model is told */
    MAX_MENTIONS = 600,
    SHORT_CAPTION = 1200,
    MAX_TEXT = 100000,
    MAX_TURNS = 400000,
    MAX_MESSAGES = 2 * PROMPT_MAX_SHOTS + 2,
};
#define TOP_P          0.9
#define ATTEMPT_WARMTH 0.2

bool maker_init(struct maker *m, const struct make_options *options, struct err *e)
{
    *m = (struct maker){.options = *options};
    for (int k = PAIR_DETAILED_DESCRIPTION; k < PAIR_KINDS; k++)
        if (!prompt_load(pair_kind_names[k], &m->arena, &m->prompts[k], e))
            return false;
    return prompt_list_load("instructions_brief", &m->arena, &m->brief, e) &&
           prompt_list_load("instructions_detailed", &m->arena, &m->long_, e) &&
           prompt_list_load("questions_detailed", &m->arena, &m->questions, e);
}

void maker_release(struct maker *m)
{
    arena_release(&m->arena);
}

bool maker_asks(const struct maker *m)
{
    return m->options.kinds & ~(1u << PAIR_ALIGNMENT);
}

void maker_settings(const struct maker *m, const char *model, char hex[SHA256_SIZE])
{
    char options[128] = "";
    const struct make_options *o = &m->options;
    if (maker_asks(m))
        snprintf(options, sizeof options, "%d %d %d %g", o->per_figure, o->attempts, o->words, o->temperature);
    sha256_list(hex, "generate " MAKE_VERSION, options, maker_asks(m) ? model : NULL, SHA256_END);
    if (o->kinds & 1u << PAIR_ALIGNMENT)
        sha256_list(hex, hex, m->brief.hash, m->long_.hash, SHA256_END);
    if (o->kinds & 1u << PAIR_DETAILED_DESCRIPTION)
        sha256_list(hex, hex, m->questions.hash, SHA256_END);
    for (int k = PAIR_DETAILED_DESCRIPTION; k < PAIR_KINDS; k++)
        if (o->kinds & 1u << k)
            sha256_list(hex, hex, m->prompts[k].hash, SHA256_END);
}

/* One figure in work. */
struct job {
    const struct maker *maker;
    struct ask *ask;
    struct db *db;
    const struct pair_source *figure;
    struct arena *arena;
    struct check_source source;
    const char *caption;          /* cleaned, whole */
    struct candidate *candidates; /* all so far, for the duplicates check */
    struct pair *pairs;
    size_t n;
};

/* The same number for the same figure, kind, ordinal and attempt in every corpus: 31 bits. */
static long seed_of(const struct job *j, enum pair_kind kind, int ordinal, int attempt)
{
    char hex[SHA256_SIZE], numbers[32];
    snprintf(numbers, sizeof numbers, "%d %d", ordinal, attempt);
    sha256_list(hex, j->figure->key, pair_kind_names[kind], numbers, SHA256_END);
    hex[8] = 0;
    return (long)(strtoul(hex, NULL, 16) & 0x7FFFFFFF);
}

static const char *turns_of(const struct candidate *c, struct arena *arena)
{
    if (!*c->answer)
        return "[]";
    struct str out = STR_INIT(MAX_TURNS);
    str_add(&out, "[{\"from\":\"human\",\"value\":");
    json_quote(arena_printf(arena, "<image>\n%s", c->question), &out);
    str_add(&out, "},{\"from\":\"gpt\",\"value\":");
    json_quote(c->answer, &out);
    str_add(&out, "}]");
    const char *turns = out.overflow ? "[]" : arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return turns;
}

static void add_pair(struct job *j, const struct candidate *c, struct pair pair)
{
    pair.figure_id = j->figure->figure_id;
    pair.kind = pair_kind_names[c->kind];
    pair.language = "en";
    pair.turns = turns_of(c, j->arena);
    j->candidates[j->n] = *c;
    j->pairs[j->n++] = pair;
}

/* Without a model. */

static void make_alignment(struct job *j)
{
    bool brief = text_words(j->caption, strlen(j->caption)) < BRIEF_WORDS;
    const struct prompt_list *list = brief ? &j->maker->brief : &j->maker->long_;
    struct candidate c = {.kind = PAIR_ALIGNMENT,
                          .question = prompt_list_pick(list, (uint64_t)seed_of(j, PAIR_ALIGNMENT, 0, 0)),
                          .answer = j->caption,
                          .source = &j->source};
    const char *json, *failed, *why;
    check_run(&c, j->arena, &json, &failed, &why);
    add_pair(j, &c,
             (struct pair){.prompt = list->name, .prompt_hash = list->hash, .checks = json, .drop_reason = failed});
}

/* With a model. */

/* One pair in work. */
struct draft {
    enum pair_kind kind;
    int ordinal, attempt;
    int shortened;        /* 1: no mentions; 2: a shorter caption too */
    const char *question; /* NULL: the model asks */
    const char *why;      /* what is wrong with the last reply; NULL: first attempt */
    int64_t model_call_id;
};

static const char *mentions_text(const struct job *j, struct arena *arena)
{
    struct str out = STR_INIT(MAX_TEXT);
    for (size_t i = 0; i < j->figure->n_mentions && out.len < MAX_MENTIONS; i++) {
        if (out.len)
            str_add_char(&out, ' ');
        facts_sentence(j->figure->mentions[i], &out);
    }
    facts_cut(&out, MAX_MENTIONS);
    const char *text = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return text;
}

/* Small models invent panels unless they are told. */
static const char *panels_text(const struct job *j)
{
    size_t n = j->source.panels;
    if (n < 2)
        return "No panel letters.";
    return arena_printf(j->arena, "Panels A to %c.", (int)('A' + (n < 26 ? n : 26) - 1));
}

static const char *user_text(const struct job *j, const struct draft *d)
{
    struct str caption = STR_INIT(MAX_TEXT), out = STR_INIT(MAX_TEXT);
    facts_sentence(j->caption, &caption);
    facts_cut(&caption, d->shortened > 1 ? SHORT_CAPTION : MAX_CAPTION);
    struct template_field fields[] = {
        {"caption", caption.data},
        {"mentions", d->shortened ? NULL : mentions_text(j, j->arena)},
        {"panels", panels_text(j)},
        {"note", d->why ? arena_printf(j->arena, "An earlier reply was rejected: %s.", d->why) : NULL}};
    template_fill(j->maker->prompts[d->kind].user, fields, sizeof fields / sizeof *fields, &out);
    const char *text = arena_strndup(j->arena, out.data, out.len);
    str_release(&caption);
    str_release(&out);
    return text;
}

static const char *system_text(const struct job *j, const struct prompt *p)
{
    struct str out = STR_INIT(MAX_TEXT);
    int most = j->maker->options.words;
    struct template_field fields[] = {{"least", arena_printf(j->arena, "%d", most * 4 / 11)},
                                      {"most", arena_printf(j->arena, "%d", most)}};
    template_fill(p->system, fields, sizeof fields / sizeof *fields, &out);
    const char *text = arena_strndup(j->arena, out.data, out.len);
    str_release(&out);
    return text;
}

/* What is the same for all items stands first, so that servers keep it in their prefix cache. A reply that was rejected
 * is not shown again, only what was wrong with it: small models would repeat it. */
static size_t write_messages(const struct job *j, const struct draft *d, struct model_message *out)
{
    const struct prompt *p = &j->maker->prompts[d->kind];
    size_t n = 0;
    out[n++] = (struct model_message){"system", system_text(j, p)};
    for (size_t i = 0; i < p->n_shots; i++) {
        out[n++] = (struct model_message){"user", p->shots[i].user};
        out[n++] = (struct model_message){"assistant", p->shots[i].assistant};
    }
    out[n++] = (struct model_message){"user", user_text(j, d)};
    return n;
}

/* Each further attempt is freer, up to 1, since the one before found no good words. */
static double temperature_of(const struct job *j, const struct draft *d)
{
    double least = j->maker->options.temperature, t = least + ATTEMPT_WARMTH * d->attempt;
    return t < 1 ? t : least > 1 ? least : 1;
}

/* Whether a reply can be what was asked for. One that was cut is judged later, when it had more room or is mended; but
 * prose does not become JSON by going on. */
static bool has_form(const void *context, const struct model_reply *reply, struct err *e)
{
    const struct prompt *p = context;
    struct arena arena = ARENA_INIT;
    struct reply parts;
    bool cut = strcmp(reply->finish_reason, "length") == 0;
    bool ok = cut && (!*reply->content || *reply->content == '{');
    if (!ok)
        ok = reply_read(reply->content, p->schema, &arena, &parts, e);
    arena_release(&arena);
    return ok;
}

static bool ask_once(struct job *j, struct draft *d, int max_tokens, struct model_reply *reply, struct err *e)
{
    struct model_message messages[MAX_MESSAGES];
    const struct prompt *p = &j->maker->prompts[d->kind];
    struct model_request request = {.messages = messages,
                                    .n_messages = write_messages(j, d, messages),
                                    .schema_name = p->name,
                                    .schema = p->schema,
                                    .max_tokens = max_tokens,
                                    .temperature = temperature_of(j, d),
                                    .top_p = TOP_P,
                                    .seed = seed_of(j, d->kind, d->ordinal, d->attempt)};
    struct ask_check check = {has_form, p};
    return ask_model(j->ask, j->db, &request, &check, j->arena, reply, &d->model_call_id, e);
}

/* Asks, with a shorter prompt when it does not fit, with more room when the reply was cut, each once. A reply
 * that goes round in circles would fill any room. */
static bool ask_for(struct job *j, struct draft *d, struct model_reply *reply, struct err *e)
{
    /* English takes 1.3 tokens a word; the rest is for the question, and for those who write a little more. */
    int max_tokens = 3 * j->maker->options.words / 2 + 40;
    bool ok = ask_once(j, d, max_tokens, reply, e);
    while (!ok && e->kind == ERR_LIMIT && d->shortened < 2) {
        d->shortened++;
        err_clear(e);
        ok = ask_once(j, d, max_tokens, reply, e);
    }
    if (ok && strcmp(reply->finish_reason, "length") == 0 && !check_loops(reply->content) &&
        !mend_cut(reply->content, j->arena))
        ok = ask_once(j, d, 2 * max_tokens, reply, e);
    return ok;
}

static struct candidate candidate_of(const struct job *j, const struct draft *d, const struct model_reply *reply)
{
    const struct prompt *p = &j->maker->prompts[d->kind];
    struct candidate c = {.kind = d->kind,
                          .question = d->question,
                          .own_question = !d->question,
                          .words = j->maker->options.words,
                          .source = &j->source,
                          .prompt = p,
                          .cut = strcmp(reply->finish_reason, "length") == 0,
                          .earlier = j->candidates,
                          .n_earlier = j->n};
    const char *content = c.cut ? mend_cut(reply->content, j->arena) : reply->content;
    struct reply parts;
    struct err e = {0};
    if (!content)
        return c;
    c.cut = false;
    if (!reply_read(content, p->schema, j->arena, &parts, &e)) {
        c.broken = arena_strdup(j->arena, e.text);
    } else {
        c.answer = mend_loop(parts.answer, j->arena);
        c.question = parts.question ? parts.question : c.question;
    }
    return c;
}

/* A request that the server refuses, a reply that is none, and a prompt that does not fit even when shortened are this
 * pair's fault, not the stage's. */
static bool is_outcome(enum err_kind kind)
{
    return kind == ERR_FORMAT || kind == ERR_LIMIT;
}

/* One attempt. False: an error that ends the item. *failed: NULL when it passed its checks. */
static bool attempt(struct job *j, struct draft *d, struct candidate *c, struct pair *pair, struct err *e)
{
    struct model_reply reply = {.content = "", .finish_reason = ""};
    struct err why = {0};
    bool answered = ask_for(j, d, &reply, &why);
    if (!answered && !is_outcome(why.kind)) {
        *e = why;
        return false;
    }
    *c = candidate_of(j, d, &reply);
    if (!answered) {
        log_debug("generate: figure %lld: %s", (long long)j->figure->figure_id, why.text);
        c->broken = arena_strdup(j->arena, why.text);
    }
    const struct prompt *p = &j->maker->prompts[d->kind];
    *pair = (struct pair){.ordinal = d->ordinal,
                          .model = ask_server(j->ask)->name,
                          .prompt = p->name,
                          .prompt_hash = p->hash,
                          .model_call_id = d->model_call_id};
    check_run(c, j->arena, &pair->checks, &pair->drop_reason, &d->why);
    return true;
}

static bool make_by_model(struct job *j, enum pair_kind kind, int ordinal, struct err *e)
{
    struct draft d = {.kind = kind, .ordinal = ordinal};
    struct candidate c;
    struct pair pair;
    if (kind == PAIR_DETAILED_DESCRIPTION)
        d.question = prompt_list_pick(&j->maker->questions, (uint64_t)seed_of(j, kind, 0, 0) + (uint64_t)ordinal);
    do {
        if (!attempt(j, &d, &c, &pair, e))
            return false;
    } while (pair.drop_reason && d.attempt++ < j->maker->options.attempts);
    add_pair(j, &c, pair);
    return true;
}

static const char *clean_caption(const char *caption, struct arena *arena)
{
    struct str out = STR_INIT(MAX_TEXT);
    facts_caption(caption, &out);
    const char *clean = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return clean;
}

/* What an answer may draw on: the caption first, then the rest. */
static void gather_source(struct job *j)
{
    const struct pair_source *f = j->figure;
    size_t n = 0;
    const char **texts = arena_array(j->arena, f->n_mentions + f->n_printed_mentions + 2, sizeof *texts);
    texts[n++] = j->caption;
    texts[n++] = f->printed;
    for (size_t i = 0; i < f->n_mentions; i++)
        texts[n++] = f->mentions[i];
    for (size_t i = 0; i < f->n_printed_mentions; i++)
        texts[n++] = f->printed_mentions[i];
    check_source_make(texts, n, f->n_panels, j->arena, &j->source);
}

bool make_pairs(const struct maker *m, struct ask *ask, struct db *db, const struct pair_source *source,
                struct arena *arena, struct pair **pairs, size_t *n, struct err *e)
{
    size_t most = 1 + (size_t)(PAIR_KINDS - 1) * MAKE_MAX_PER_FIGURE;
    struct job j = {.maker = m, .ask = ask, .db = db, .figure = source, .arena = arena};
    struct err why = {0};
    bool waits = false;
    j.caption = clean_caption(source->caption, arena);
    j.candidates = arena_array(arena, most, sizeof *j.candidates);
    j.pairs = arena_array(arena, most, sizeof *j.pairs);
    gather_source(&j);
    if (m->options.kinds & 1u << PAIR_ALIGNMENT)
        make_alignment(&j);
    for (int k = PAIR_DETAILED_DESCRIPTION; k < PAIR_KINDS; k++)
        for (int i = 0; m->options.kinds & 1u << k && i < m->options.per_figure; i++)
            if (!make_by_model(&j, (enum pair_kind)k, i, &why)) {
                /* Without a server the other pairs' requests are wanted too. */
                waits = why.kind == ERR_TEMPORARY && ask_waits(ask);
                if (e)
                    *e = why;
                if (!waits)
                    return false;
            }
    *pairs = j.pairs;
    *n = j.n;
    return !waits;
}

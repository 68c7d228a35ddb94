/* translator.c: see translator.h. */
#include "translate/translator.h"

#include <string.h>

#include "base/chrf.h"
#include "base/str.h"
#include "base/text.h"
#include "db/translation_memory.h"
#include "translate/pieces.h"
#include "translate/protect.h"

enum { MOST_TEXT = 1 << 20, MOST_EXAMPLES = 4, EXAMPLE_BYTES = 400, PORTION = 16, BACK_BYTES = 200 };

/* A piece of a text, or a whole short one: what is remembered, checked and asked for again by itself. */
struct unit {
    char key[SHA256_SIZE];
    const char *source;
    const struct unit *same; /* an earlier one of the same key, which is done for both; NULL: none */
    const struct glossary_term *terms;
    size_t n_terms;
    struct protected_text protected;
    bool unprotected; /* placeholders got lost: it goes as it is */
    int attempts;     /* made so far, remembered ones too */
    bool another;     /* asking once more can give another answer */
    bool settled, remembered;

    /* The best answer so far. */
    const char *text;    /* NULL: none */
    const char *failure; /* why none */
    struct checks checks;
    int64_t model_call_id;
    bool asked; /* in this run: to be remembered */

    const char *rejected, *rejected_for; /* the last answer, as the backend gave it, and what was wrong with it */
};

struct job {
    const struct translator *t;
    const char *item, *language, *identity;
    struct arena *arena;
    struct unit *units;
    size_t n, cap;
};

static int count_failed(const struct checks *c)
{
    int n = 0;
    for (int i = 0; i < CHECKS; i++)
        n += c->failed[i] != NULL;
    return n;
}

static void check(const struct job *job, const struct unit *u, const char *translation, struct checks *out)
{
    const struct checks_input in = {.source = u->source,
                                    .language = job->language,
                                    .translation = translation,
                                    .target = job->t->target,
                                    .terms = u->terms,
                                    .n_terms = u->n_terms};
    checks_run(&in, job->arena, out);
}

static void check_back(const struct translator *t, double back, const char *reads, struct arena *arena,
                       struct checks *c)
{
    c->back = back;
    if (t->back >= 0 && back >= 0 && back < t->back)
        c->failed[CHECK_BACK] =
            arena_printf(arena, "translated back it resembles the source by %.2f only%s%.*s%s", back,
                         reads ? ": '" : "", BACK_BYTES, reads ? reads : "", reads ? "'" : "");
}

/* The memory. */

static struct translation_memory memory_of(const struct job *job, const struct unit *u)
{
    return (struct translation_memory){.source_language = job->language,
                                       .target_language = job->t->target,
                                       .method = job->t->backend->name,
                                       .model = job->identity,
                                       .source_text = u->source,
                                       .text = u->text,
                                       .failure = u->failure,
                                       .attempts = u->attempts,
                                       .back = u->checks.back,
                                       .article_id = job->t->article_id,
                                       .model_call_id = u->model_call_id};
}

/* True when nothing is gained by asking (again). */
static bool is_settled(const struct translator *t, const struct unit *u)
{
    if (!u->attempts)
        return false;
    bool good = u->text && !checks_first(&u->checks);
    return good ? t->back < 0 || u->checks.back >= 0 : u->attempts > t->attempts || !u->another;
}

static bool recall(const struct job *job, struct unit *u, struct err *e)
{
    const struct translator *t = job->t;
    struct translation_memory m = memory_of(job, u);
    translation_memory_key(&m, t->settings, u->key);
    for (const struct unit *before = job->units; before < u; before++)
        if (!before->same && strcmp(before->key, u->key) == 0) {
            u->same = before;
            return true;
        }
    if (!translation_memory_lookup(t->db, u->key, job->arena, &m, &u->remembered, e))
        return false;
    if (!u->remembered)
        return true;
    u->text = m.text;
    u->failure = m.failure;
    u->attempts = m.attempts;
    u->model_call_id = m.model_call_id;
    u->checks = (struct checks){.failed[CHECK_REPLY] = m.failure, .back = -1};
    if (m.text)
        check(job, u, m.text, &u->checks);
    check_back(t, m.back, NULL, job->arena, &u->checks);
    u->another = t->backend->advice;
    u->settled = is_settled(t, u);
    return true;
}

static bool keep(const struct job *job, struct err *e)
{
    const struct translator *t = job->t;
    bool any = false, ok = true;
    for (size_t i = 0; i < job->n; i++)
        any = any || job->units[i].asked;
    if (!any)
        return true;
    if (!db_begin(t->db, e))
        return false;
    for (size_t i = 0; ok && i < job->n; i++) {
        const struct unit *u = &job->units[i];
        struct translation_memory m = memory_of(job, u);
        ok = !u->asked || translation_memory_keep(t->db, u->key, t->generation, &m, e);
    }
    if (ok && db_commit(t->db, e))
        return true;
    db_rollback(t->db);
    return false;
}

/* Units. */

static bool add_unit(struct job *job, const char *source, struct err *e)
{
    const struct translator *t = job->t;
    ARENA_GROW(job->arena, job->units, job->n, job->cap);
    struct unit *u = &job->units[job->n++];
    *u = (struct unit){.source = source, .checks.back = -1};
    u->n_terms = glossary_find(t->glossary, source, job->language, t->target, job->arena, &u->terms);
    return recall(job, u, e);
}

/* All terms of the units that are asked for, each once. */
static size_t terms_of(const struct job *job, struct unit *const *asked, size_t n, const struct glossary_term **out)
{
    struct glossary_term *terms = NULL;
    size_t n_terms = 0, cap = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < asked[i]->n_terms; j++) {
            bool known = false;
            for (size_t k = 0; k < n_terms && !known; k++)
                known = terms[k].term == asked[i]->terms[j].term;
            if (known)
                continue;
            ARENA_GROW(job->arena, terms, n_terms, cap);
            terms[n_terms++] = asked[i]->terms[j];
        }
    *out = terms;
    return n_terms;
}

/* What of this article is translated well already. */
static size_t examples_of(const struct job *job, struct backend_example examples[MOST_EXAMPLES])
{
    size_t n = 0;
    for (size_t i = 0; i < job->n && n < MOST_EXAMPLES; i++) {
        const struct unit *u = &job->units[i];
        if (u->settled && u->text && !checks_first(&u->checks) && strlen(u->source) <= EXAMPLE_BYTES)
            examples[n++] = (struct backend_example){u->source, u->text};
    }
    return n;
}

/* One round: all that is not settled goes to the backend once. */

static void ask_of(const struct job *job, struct unit *u, struct backend_text *out)
{
    const bool protect = job->t->backend->protect && !u->unprotected;
    if (protect && !u->protected.text)
        protect_text(u->source, job->language, job->t->target, job->t->backend->protect, job->arena, &u->protected);
    *out = (struct backend_text){.text = protect ? u->protected.text : u->source,
                                 .attempt = u->attempts,
                                 .earlier = u->rejected,
                                 .failure = u->rejected_for};
}

static const char *cleaned(const char *text, struct arena *arena)
{
    struct str clean = STR_INIT(MOST_TEXT);
    text_clean(text, strlen(text), &clean);
    const char *copy = arena_strndup(arena, clean.data, clean.len);
    str_release(&clean);
    return copy;
}

/* Takes the answer in if it is better than what there was. */
static void answer(const struct job *job, struct unit *u, const struct backend_text *reply)
{
    const char *text = reply->translation, *lost = NULL;
    struct checks checks = {.failed[CHECK_REPLY] = reply->why, .back = -1};
    const bool protected = u->protected.n > 0 && reply->text != u->source;
    if (text && protected)
        text = protect_restore(&u->protected, text, job->arena, &lost);
    if (text) {
        text = cleaned(text, job->arena);
        check(job, u, text, &checks);
    } else if (lost) {
        checks.failed[CHECK_PLACEHOLDERS] = lost;
    } else if (!reply->why) {
        checks.failed[CHECK_REPLY] = "there is no reply";
    }
    bool better =
        !u->asked || (text && !u->text) || (!text == !u->text && count_failed(&checks) < count_failed(&u->checks));
    u->attempts++;
    u->another = job->t->backend->advice || lost;
    u->unprotected = u->unprotected || lost;
    u->asked = true;
    if (better) {
        u->text = text;
        u->failure = text ? NULL : reply->why ? reply->why : lost;
        u->checks = checks;
        u->model_call_id = reply->model_call_id;
    }
    struct str why = STR_INIT(2048);
    checks_explain(&checks, &why);
    u->rejected = protected && u->unprotected ? NULL : reply->translation;
    u->rejected_for = why.len ? arena_strndup(job->arena, why.data, why.len) : NULL;
    str_release(&why);
}

static bool ask(const struct job *job, struct unit *const *units, size_t n, struct err *e)
{
    const struct translator *t = job->t;
    struct backend_example examples[MOST_EXAMPLES];
    struct backend_request request = {.item = job->item,
                                      .source = job->language,
                                      .target = t->target,
                                      .examples = examples,
                                      .n_examples = examples_of(job, examples),
                                      .texts = arena_array(job->arena, n, sizeof *request.texts),
                                      .n = n};
    for (size_t i = 0; i < n; i++)
        ask_of(job, units[i], &request.texts[i]);
    request.n_terms = terms_of(job, units, n, &request.terms);
    if (!t->backend->translate(t->opened, &request, job->arena, e))
        return false;
    for (size_t i = 0; i < n; i++)
        answer(job, units[i], &request.texts[i]);
    return true;
}

/* The translations that pass everything else go back into the source's language. */
static bool ask_back(const struct job *job, struct unit *const *units, size_t n, struct err *e)
{
    const struct translator *t = job->t;
    struct backend_request request = {
        .source = t->target, .target = job->language, .texts = arena_array(job->arena, n, sizeof *request.texts)};
    struct unit **good = arena_array(job->arena, n, sizeof *good);
    for (size_t i = 0; i < n; i++)
        if (units[i]->text && !checks_first(&units[i]->checks) && units[i]->checks.back < 0) {
            good[request.n] = units[i];
            request.texts[request.n++] = (struct backend_text){.text = units[i]->text};
        }
    if (!request.n)
        return true;
    if (!t->backend->translate(t->opened, &request, job->arena, e))
        return false;
    for (size_t i = 0; i < request.n; i++) {
        const char *reads = request.texts[i].translation;
        struct unit *u = good[i];
        check_back(t, reads ? chrf(reads, u->source) : 0, reads, job->arena, &u->checks);
        u->asked = true;
        if (u->checks.failed[CHECK_BACK]) {
            u->rejected = u->text;
            u->rejected_for = u->checks.failed[CHECK_BACK];
        }
    }
    return true;
}

/* Asks for the units that are open, each once. */
static bool ask_round(struct job *job, struct unit *const *open, size_t n, struct err *e)
{
    const struct translator *t = job->t;
    struct unit **fresh = arena_array(job->arena, n, sizeof *fresh);
    size_t n_fresh = 0;
    /* A good text that was remembered wants its way back only. */
    for (size_t i = 0; i < n; i++)
        if (!open[i]->attempts || !open[i]->text || checks_first(&open[i]->checks))
            fresh[n_fresh++] = open[i];
    if ((n_fresh && !ask(job, fresh, n_fresh, e)) || (t->back >= 0 && !ask_back(job, open, n, e)))
        return false;
    for (size_t i = 0; i < n; i++)
        open[i]->settled = is_settled(t, open[i]);
    return true;
}

/* A backend that takes examples gets the texts in portions, so that later ones see how earlier ones were done. */
static bool ask_all(struct job *job, struct err *e)
{
    struct unit **open = arena_array(job->arena, job->n, sizeof *open);
    size_t portion = job->t->backend->advice ? PORTION : job->n;
    for (;;) {
        size_t n = 0;
        for (size_t i = 0; i < job->n; i++)
            if (!job->units[i].same && !job->units[i].settled)
                open[n++] = &job->units[i];
        if (!n)
            return true;
        for (size_t i = 0; i < n; i += portion)
            if (!ask_round(job, open + i, n - i < portion ? n - i : portion, e))
                return false;
    }
}

/* Whole texts. */

static const struct unit *done_by(const struct unit *u)
{
    return u->same ? u->same : u;
}

/* Joins the units of a text; what is wrong with one of them is wrong with all of it. */
static void assemble(const struct job *job, const struct unit *units, size_t n, struct translator_text *out)
{
    struct str joined = STR_INIT(MOST_TEXT);
    const struct unit *failed = NULL;
    out->remembered = true;
    out->checks = (struct checks){.back = -1};
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = done_by(&units[i]);
        str_addf(&joined, "%s%s", joined.len && u->text ? " " : "", u->text ? u->text : "");
        out->remembered = out->remembered && !u->asked;
        out->model_call_id = failed ? out->model_call_id : u->model_call_id;
        if (!failed && checks_first(&u->checks))
            failed = u;
    }
    out->translation = arena_strndup(job->arena, joined.data, joined.len);
    if (n > 1 && !failed) {
        const struct unit whole = {.source = out->text};
        check(job, &whole, out->translation, &out->checks);
        out->checks.back = done_by(&units[0])->checks.back;
    } else if (n) {
        out->checks = failed ? failed->checks : done_by(&units[0])->checks;
    }
    str_release(&joined);
}

bool translator_run(const struct translator *t, const char *language, const char *identity,
                    struct translator_text *texts, size_t n, struct arena *arena, struct err *e)
{
    struct job job = {.t = t,
                      .item = arena_printf(arena, "%lld", (long long)t->article_id),
                      .language = language,
                      .identity = identity,
                      .arena = arena};
    size_t *first = arena_array(arena, n + 1, sizeof *first), total = 0;
    struct pieces *pieces = arena_array(arena, n, sizeof *pieces);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        pieces_cut(texts[i].text, language, BACKEND_TEXT, arena, &pieces[i]);
        total += pieces[i].n;
    }
    /* All at once, since units point at one another. */
    job.units = arena_array(arena, total, sizeof *job.units);
    job.cap = total;
    for (size_t i = 0; ok && i < n; i++) {
        first[i] = job.n;
        for (size_t j = 0; ok && j < pieces[i].n; j++)
            ok = add_unit(&job, pieces[i].items[j], e);
    }
    /* What was answered before an error is remembered, too. */
    ok = ok && ask_all(&job, e);
    ok = keep(&job, ok ? e : NULL) && ok;
    for (size_t i = 0; ok && i < n; i++)
        assemble(&job, &job.units[first[i]], pieces[i].n, &texts[i]);
    return ok;
}

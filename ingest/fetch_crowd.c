/* fetch_crowd.c: see fetch_crowd.h. */
#include "ingest/fetch_crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "ingest/fetch_job.h"
#include "stage/board.h"

const char *const fetch_writes[] = {"article", "document", "asset", "fetch", "record", "host", NULL};

enum {
    TURN_MS = 20,
    HOST_STORE_MS = 1000,
    TAKE = 64,
    TAKE_AGAIN_MS = 500,
    REFILL = 8 /* an article with more requests under way waits for them */
};

struct loop {
    struct stage_context *c;
    struct crowd *crowd;
    struct crawl *crawl;
    const struct route_rules *rules;
    struct arena scratch;    /* of one step */
    struct fetch_job **jobs; /* in hand */
    size_t n_jobs, jobs_cap;
    struct fetch_row *news; /* rows that are not committed; their strings are their jobs' */
    size_t n_news, news_cap;
    size_t n_ended;
    int64_t news_since, hosts_since; /* board_now; 0: none */
    int64_t next_take;               /* the queue had nothing; it is looked at again then */
};

/* A request under way: a copy of what was wanted, in the job's arena. */
struct ask {
    struct fetch_job *job;
    struct route_want want;
    size_t index; /* in job->asked */
};

static void begin_batch(struct loop *l)
{
    if (!l->news_since)
        l->news_since = board_now();
}

static void answered(void *context, const struct crawl_reply *reply)
{
    struct ask *ask = context;
    struct fetch_job *job = ask->job;
    struct loop *l = job->loop;
    const struct fetch_row *row = fetch_job_answer(job, l->c->common.corpus, &ask->want, reply);
    job->asked[ask->index] = NULL;
    job->open--;
    job->due = true;
    begin_batch(l);
    if (job->broken.kind)
        return;
    MEM_GROW(l->news, l->n_news, l->news_cap);
    l->news[l->n_news++] = *row;
}

/* ---- asking ---- */

static bool is_asked(const struct fetch_job *job, const char *url)
{
    for (size_t i = 0; i < job->n_asked; i++)
        if (job->asked[i] && strcmp(job->asked[i], url) == 0)
            return true;
    return false;
}

static struct ask *new_ask(struct fetch_job *job, const struct route_want *want)
{
    struct arena *a = &job->arena;
    struct ask *ask = arena_new(a, sizeof *ask);
    struct fetch_row *r = &ask->want.row;
    ask->job = job;
    ask->want = *want;
    r->url = arena_strdup(a, r->url);
    r->name = arena_strdup(a, r->name);
    r->md5 = arena_strdup(a, r->md5);
    r->license = arena_strdup(a, r->license);
    r->license_source = arena_strdup(a, r->license_source);
    ARENA_GROW(a, job->asked, job->n_asked, job->asked_cap);
    ask->index = job->n_asked;
    job->asked[job->n_asked++] = r->url;
    job->open++;
    return ask;
}

static void ask_for(struct loop *l, struct fetch_job *job, const struct route_want *want)
{
    struct ask *ask = new_ask(job, want);
    struct source_secret secret = {0};
    if (want->source)
        source_secret_read(want->source, &job->arena, &secret);
    crawl_add(l->crawl, &(struct crawl_request){.kind = want->kind,
                                                .url = want->row.url,
                                                .secret_query = secret.query,
                                                .secret_header = secret.header,
                                                .accept = want->accept,
                                                .post = want->post,
                                                .etag = want->row.etag,
                                                .last_modified = want->row.last_modified,
                                                .want = want->want,
                                                .md5 = want->row.md5,
                                                .max_bytes = want->max_bytes,
                                                .given = str_same(want->row.role, "given"),
                                                .done = answered,
                                                .context = ask});
}

/* Takes the article one step on. */
static bool advance(struct loop *l, struct fetch_job *job, struct err *e)
{
    struct route_rules rules = *l->rules;
    struct route_step step;
    size_t new_wants = 0;
    job->due = false;
    if (job->broken.kind) {
        *e = job->broken;
        return false;
    }
    rules.last = job->last;
    if (job->elsewhere) {
        job->ended = true;
        l->n_ended++;
        begin_batch(l);
        return true;
    }
    route_next(&job->article, job->rows, job->n, &rules, &l->scratch, &step);
    for (size_t i = 0; step.what == ROUTE_WANTS && i < step.n; i++)
        if (!is_asked(job, step.wants[i].row.url)) {
            ask_for(l, job, &step.wants[i]);
            new_wants++;
        }
    bool ok = true;
    if (step.what == ROUTE_WANTS) {
        if (!job->open)
            ok = err_set(e, ERR_SYSTEM, "article %s: its route wants nothing and has not ended: please report this",
                         job->item.item);
    } else if (!job->open) {
        /* What is still under way was asked by a route that has lost meanwhile; its answers are stored all the same. */
        ok = fetch_job_end(job, l->c->common.corpus, &step, e);
        l->n_ended++;
        begin_batch(l);
    }
    arena_release(&l->scratch);
    return ok;
}

static bool advance_all(struct loop *l, struct err *e)
{
    for (size_t i = 0; i < l->n_jobs; i++) {
        struct fetch_job *job = l->jobs[i];
        if (job->due && !job->ended && (job->open <= REFILL || job->broken.kind) && !advance(l, job, e))
            return false;
    }
    return true;
}

/* ---- storing ---- */

static bool settle(struct loop *l, struct fetch_job *job, struct err *e)
{
    struct err why = {0};
    if (!fetch_job_store(job, &l->c->db, &why, e))
        return false;
    if (why.kind)
        return crowd_failed(l->crowd, &job->item, &why, e);
    if (!job->elsewhere && job->end.what == JOB_DROPPED)
        l->c->dropped++;
    if (!job->elsewhere && job->end.n_missing)
        log_debug("article %s: %zu of its pictures could not be had", job->item.item, job->end.n_missing);
    return crowd_done(l->crowd, &job->item, e);
}

static bool write_all(struct loop *l, bool hosts, struct err *e)
{
    for (size_t i = 0; i < l->n_news; i++)
        if (!fetch_store(&l->c->db, &l->news[i], e))
            return false;
    for (size_t i = 0; i < l->n_jobs; i++)
        if (l->jobs[i]->ended && !settle(l, l->jobs[i], e))
            return false;
    return !hosts || crawl_store(l->crawl, e);
}

static void drop_ended(struct loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n_jobs; i++) {
        if (!l->jobs[i]->ended) {
            l->jobs[kept++] = l->jobs[i];
            continue;
        }
        fetch_job_release(l->jobs[i]);
        free(l->jobs[i]);
    }
    l->n_jobs = kept;
    l->n_ended = l->n_news = 0;
    l->news_since = 0;
}

/* One transaction for what came since the last one. */
static bool flush(struct loop *l, bool end, struct err *e)
{
    struct db *db = &l->c->db;
    bool hosts = end || board_now() - l->hosts_since >= HOST_STORE_MS;
    if (!l->news_since && !hosts)
        return true;
    if (!db_begin(db, e))
        return false;
    if (!write_all(l, hosts, e) || !db_commit(db, e)) {
        db_rollback(db);
        crowd_rolled_back(l->crowd);
        return false;
    }
    crowd_committed(l->crowd);
    if (hosts)
        l->hosts_since = board_now();
    drop_ended(l);
    return true;
}

static bool is_due(const struct loop *l)
{
    return l->news_since && (l->n_news + l->n_ended >= FETCH_BATCH || board_now() - l->news_since >= FETCH_BATCH_MS);
}

/* ---- taking ---- */

static bool begin(struct loop *l, const struct crowd_item *item, struct err *e)
{
    struct fetch_job *job = mem_new(sizeof *job);
    struct err why = {0};
    job->loop = l;
    job->item = *item;
    MEM_GROW(l->jobs, l->n_jobs, l->jobs_cap);
    l->jobs[l->n_jobs++] = job;
    if (fetch_job_load(job, &l->c->db, &why))
        return true;
    if (why.kind != ERR_FORMAT) {
        *e = why;
        return false;
    }
    job->ended = true;
    job->end.what = JOB_FAILED;
    job->end.why = why;
    l->n_ended++;
    begin_batch(l);
    return true;
}

/* Takes articles while there is room. 1: go on; 0: there is nothing more, in hand or to come; -1: failed. */
static int take(struct loop *l, struct err *e)
{
    struct crowd_item items[TAKE];
    int wait_s = -1, got = 0;
    bool full = l->n_jobs + TAKE > FETCH_MAX_JOBS || crawl_open(l->crawl) > FETCH_MAX_OPEN;
    bool ends = crowd_ends(l->crowd);
    if (full || ends || (l->n_jobs && board_now() < l->next_take))
        return l->n_jobs > 0 || !ends;
    got = crowd_take(l->crowd, items, TAKE, &wait_s, e);
    for (int i = 0; i < got; i++)
        if (!begin(l, &items[i], e))
            return -1;
    l->next_take = got == 0 ? board_now() + TAKE_AGAIN_MS : 0;
    return got < 0 ? -1 : l->n_jobs || (wait_s >= 0 && !crowd_ends(l->crowd));
}

static bool run(struct loop *l, struct err *e)
{
    int more;
    while ((more = take(l, e)) > 0) {
        crowd_alive(l->crowd);
        if (crowd_must_stop(l->crowd))
            return true;
        if (!advance_all(l, e))
            return false;
        /* Articles that need nothing from the net must not wait for it. */
        bool idle = l->n_ended < l->n_jobs || !l->n_jobs;
        if (!crawl_turn(l->crawl, idle ? TURN_MS : 0, e) || !advance_all(l, e))
            return false;
        if (!crawl_open(l->crawl) && !l->n_jobs)
            nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000L}, NULL);
        if ((is_due(l) || l->n_ended == l->n_jobs || board_now() - l->hosts_since >= HOST_STORE_MS) &&
            !flush(l, false, e))
            return false;
    }
    return more == 0;
}

bool fetch_crowd(struct stage_context *c, struct crowd *crowd, const struct crawl_options *options,
                 const struct route_rules *rules, struct err *e)
{
    struct loop l = {.c = c, .crowd = crowd, .rules = rules, .scratch = ARENA_INIT, .hosts_since = board_now()};
    l.crawl = crawl_new(options, c->common.corpus, &c->db, c->stop, e);
    bool ok = l.crawl && run(&l, e);
    /* What came is kept, also when the stage stops. */
    struct err late = {0};
    if (l.crawl && !flush(&l, true, ok ? e : &late))
        ok = false;
    crawl_free(l.crawl);
    for (size_t i = 0; i < l.n_jobs; i++) {
        fetch_job_release(l.jobs[i]);
        free(l.jobs[i]);
    }
    free(l.jobs);
    free(l.news);
    arena_release(&l.scratch);
    return ok;
}

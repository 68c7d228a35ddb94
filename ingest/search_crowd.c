/* search_crowd.c: see search_crowd.h. */
#include "ingest/search_crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/search_ask.h"
#include "ingest/search_query.h"
#include "ingest/search_store.h"

/* So many that a source whose pace is slow does not keep others out; a search that waits takes some kilobytes. */
enum { JOBS = 1024 };
enum { TURN_MS = 200, MOST_RESTARTS = 3, MOST_TRIES = 6, MOST_REREADS = 4, FIRST_DELAY_S = 1 };

/* A search in hand. */
struct job {
    struct searcher *s;
    struct crowd_item item;
    bool taken;
    bool asked;         /* a request is open */
    int64_t due;        /* else: when to ask, seconds of the monotonic clock */
    int tries;          /* of the page in hand that came to nothing */
    int restarts;       /* in this run */
    bool moved;         /* it has read a page since it was taken */
    struct arena arena; /* of the page in hand: row, query, request, reply */
    struct search_row row;
    struct search_query query;
    const struct source *source;
};

struct searcher {
    struct stage_context *c;
    struct crowd *crowd;
    struct crawl *crawl;
    int64_t limit;
    struct job jobs[JOBS];
    int n_taken;
    struct err trouble; /* that stops the stage; ERR_NONE: none */
};

static int64_t now_s(void)
{
    return clock_ms() / 1000;
}

static void let_go(struct job *job)
{
    arena_release(&job->arena);
    job->taken = false;
    job->s->n_taken--;
}

/* Ends a transaction: `ok` is what became of its work so far. What it settled counts from here on. */
static bool end_transaction(struct searcher *s, bool ok, struct err *e)
{
    if (ok && crawl_store(s->crawl, e) && db_commit(&s->c->db, e)) {
        crowd_committed(s->crowd);
        return true;
    }
    db_rollback(&s->c->db);
    crowd_rolled_back(s->crowd);
    return false;
}

/* The search failed, or is given back. */
static void settle(struct job *job, const struct err *why)
{
    struct searcher *s = job->s;
    struct err e = {0}, told = *why;
    if (job->row.source && told.kind != ERR_ABORT)
        err_add(&told, "%s '%s'", job->row.source, job->row.name);
    if (!end_transaction(s, db_begin(&s->c->db, &e) && crowd_failed(s->crowd, &job->item, &told, &e), &e))
        s->trouble = e;
    let_go(job);
}

static bool restart(struct job *job, struct err *e)
{
    struct searcher *s = job->s;
    return end_transaction(s, db_begin(&s->c->db, e) && search_restart(&s->c->db, job->row.search_id, e), e);
}

enum what_next { AGAIN, RESTART, GIVE_UP };

/* A broken reply under a status that says all is well may be whole the next time. A source that says where to go on
 * after a failure (`next`) knows that its cursor has expired. */
static enum what_next decide(const struct job *job, const struct err *why, int status, const char *next)
{
    if (next && !*next && job->row.cursor)
        return job->restarts < MOST_RESTARTS ? RESTART : GIVE_UP;
    bool broken = why->kind == ERR_FORMAT && status >= 200 && status < 300;
    if ((broken && job->tries < MOST_REREADS) || (why->kind == ERR_TEMPORARY && job->moved && job->tries < MOST_TRIES))
        return AGAIN;
    return why->kind == ERR_FORMAT && job->row.cursor && job->restarts < MOST_RESTARTS ? RESTART : GIVE_UP;
}

/* The page in hand came to nothing; `status` is of the reply, `next` as in struct source_page. */
static void page_failed(struct job *job, const struct err *why, int status, const char *next)
{
    struct err e = {0};
    int64_t delay = (int64_t)FIRST_DELAY_S << job->tries;
    switch (decide(job, why, status, next)) {
    case AGAIN:
        job->tries++;
        job->due = now_s() + (why->retry_after > delay ? why->retry_after : delay);
        log_debug("%s '%s': page %d again in %d s: %s", job->row.source, job->row.name, job->row.pages + 1,
                  (int)(job->due - now_s()), why->text);
        break;
    case RESTART:
        log_info("%s '%s': it begins again, since page %d cannot be had: %s", job->row.source, job->row.name,
                 job->row.pages + 1, why->text);
        job->restarts++;
        job->tries = 0;
        job->due = now_s();
        if (!restart(job, &e))
            settle(job, &e);
        break;
    case GIVE_UP:
        settle(job, why);
        break;
    }
}

/* A page was read: stores it, and settles the search with its last one. */
static void store(struct job *job, const struct source_page *page)
{
    struct searcher *s = job->s;
    struct db *db = &s->c->db;
    struct err e = {0};
    enum search_next next;
    bool ok = db_begin(db, &e) &&
              search_store_page(db, &job->row, job->source, &job->query, page, s->limit, &next, &e) &&
              (next == SEARCH_MORE || crowd_done(s->crowd, &job->item, &e));
    if (!end_transaction(s, ok, &e)) {
        settle(job, &e);
    } else if (next == SEARCH_ENDS) {
        let_go(job);
    } else {
        job->moved = true;
        job->tries = 0;
        job->due = now_s();
    }
}

static void replied(void *context, const struct crawl_reply *reply)
{
    struct job *job = context;
    struct source_page page = {0};
    struct err e = {0};
    job->asked = false;
    crowd_alive(job->s->crowd);
    /* A service says in the body what a status that is no success means. */
    bool readable = reply->body && (reply->why.kind == ERR_NONE || (reply->why.kind == ERR_FORMAT && reply->status));
    if (!readable)
        page_failed(job, &reply->why, 0, NULL);
    else if (!job->source->read(&job->query.ask, job->row.cursor, reply->status, reply->body, reply->len, &job->arena,
                                &page, &e))
        page_failed(job, &e, reply->status, page.next);
    else
        store(job, &page);
}

static bool find_source(struct job *job, struct err *e)
{
    job->source = source_lookup(job->row.source);
    return (job->source && job->source->ask) ||
           err_set(e, ERR_UNSUPPORTED, "this figmill knows no source of that name");
}

/* Asks for the next page. The row is read again each time: it is the truth of where the search stands. */
static bool ask(struct job *job, struct err *e)
{
    struct searcher *s = job->s;
    arena_release(&job->arena);
    job->row = (struct search_row){0};
    job->asked = search_load(&s->c->db, strtoll(job->item.item, NULL, 10), &job->arena, &job->row, e) &&
                 search_query_read(&job->row, &job->arena, &job->query, e) && find_source(job, e) &&
                 search_ask(s->crawl, job->source, &job->query.ask, job->row.cursor, job->row.size, &job->arena,
                            replied, job, e);
    return job->asked;
}

/* A part of a query that has become another one has nothing to ask. */
static bool is_replaced(const struct job *job)
{
    return job->row.outcome && strcmp(job->row.outcome, "replaced") == 0;
}

static void close_replaced(struct job *job)
{
    struct searcher *s = job->s;
    struct err e = {0};
    if (!end_transaction(s, db_begin(&s->c->db, &e) && crowd_done(s->crowd, &job->item, &e), &e))
        s->trouble = e;
    let_go(job);
}

/* After a signal searches are given back where they stand: to read one to its end may take hours. */
static void give_back(struct searcher *s)
{
    const struct err stopped = {.kind = ERR_ABORT, .text = "asked to stop"};
    for (int i = 0; i < JOBS && s->trouble.kind == ERR_NONE; i++)
        if (s->jobs[i].taken) {
            crawl_cancel(s->crawl, &s->jobs[i]);
            settle(&s->jobs[i], &stopped);
        }
}

/* Sends on all searches that wait for nothing. */
static void send_on(struct searcher *s)
{
    for (int i = 0; i < JOBS && s->trouble.kind == ERR_NONE; i++) {
        struct job *job = &s->jobs[i];
        struct err e = {0};
        if (!job->taken || job->asked)
            continue;
        if (job->due > now_s() || ask(job, &e))
            continue;
        if (is_replaced(job))
            close_replaced(job);
        else
            settle(job, &e);
    }
}

static bool take(struct searcher *s, int *wait_s, struct err *e)
{
    struct crowd_item items[JOBS];
    int n = crowd_take(s->crowd, items, JOBS - s->n_taken, wait_s, e);
    for (int i = 0, k = 0; k < n; i++)
        if (!s->jobs[i].taken) {
            s->jobs[i] = (struct job){.s = s, .item = items[k++], .taken = true};
            s->n_taken++;
        }
    return n >= 0;
}

static bool loop(struct searcher *s, struct err *e)
{
    int wait_s = -1;
    for (int64_t next_take = 0; !crowd_must_stop(s->crowd);) {
        crowd_alive(s->crowd);
        /* Once a second, and before it is taken to be all: what came to its end may have put others into the queue. */
        if (!s->n_taken || (s->n_taken < JOBS && now_s() >= next_take)) {
            if (!take(s, &wait_s, e))
                return false;
            next_take = now_s() + 1;
        }
        if (!s->n_taken && (wait_s < 0 || crowd_ends(s->crowd)))
            return true;
        if (*s->c->stop)
            give_back(s);
        else
            send_on(s);
        if (s->trouble.kind == ERR_NONE && !crawl_turn(s->crawl, TURN_MS, e))
            return false;
        if (s->trouble.kind != ERR_NONE) {
            *e = s->trouble;
            return false;
        }
    }
    return err_set(e, ERR_ABORT, "asked to stop");
}

bool search_crowd(struct stage_context *c, struct crowd *crowd, const struct crawl_options *options, int64_t limit,
                  struct err *e)
{
    struct searcher *s = mem_new(sizeof *s);
    s->c = c;
    s->crowd = crowd;
    s->limit = limit;
    s->crawl = crawl_new(options, c->common.corpus, &c->db, c->stop, e);
    bool ok = s->crawl && loop(s, e);
    crawl_free(s->crawl);
    for (int i = 0; i < JOBS; i++)
        arena_release(&s->jobs[i].arena);
    free(s);
    return ok;
}

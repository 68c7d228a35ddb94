/* crawl_queue.c: which job starts next, other attempts, and ends; see crawl_parts.h. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/clock.h"
#include "ingest/crawl_parts.h"

void crawl_wake(struct crawl *c, struct crawl_host *h)
{
    if (!h->is_starving && !TAILQ_EMPTY(&h->queue))
        timers_set(&c->host_timers, &h->timer, 0);
}

void crawl_enqueue(struct crawl *c, struct crawl_job *job)
{
    job->place = JOB_QUEUED;
    TAILQ_INSERT_TAIL(&job->host->queue, job, queue);
    if (TAILQ_FIRST(&job->host->queue) == job)
        crawl_wake(c, job->host);
}

void crawl_enqueue_first(struct crawl *c, struct crawl_job *job)
{
    job->place = JOB_QUEUED;
    TAILQ_INSERT_HEAD(&job->host->queue, job, queue);
    crawl_wake(c, job->host);
}

void crawl_again(struct crawl *c, struct crawl_job *job, int64_t wait_ms)
{
    /* The next attempt begins where the first did: what a redirect led to may hold for that one time only. */
    if (job->moved) {
        url_release(job->moved);
        free(job->moved);
        job->moved = NULL;
    }
    job->host = job->home;
    job->redirects = 0;
    job->keep_secret = true;
    job->as_get = false;
    job->place = JOB_WAITING;
    timers_set(&c->job_timers, &job->timer, clock_ms() + wait_ms);
}

void crawl_finish(struct crawl *c, struct crawl_job *job, struct crawl_reply *reply)
{
    /* The reply's strings may be the job's: it lives on until it was told, and crawl_cancel passes it over. */
    job->place = JOB_ENDING;
    reply->url = job_url(job)->text;
    reply->attempts = job->attempts;
    if (job->robots_of) {
        crawl_robots_done(c, job->robots_of, reply);
    } else {
        c->open--;
        c->delivered = true;
        if (job->request.done)
            job->request.done(job->request.context, reply);
    }
    crawl_job_free(c, job);
}

/* The end of a job that was not asked. */
static void refuse(struct crawl *c, struct crawl_job *job, const char *robots, enum err_kind kind, int retry_after,
                   const char *why)
{
    struct crawl_reply reply = {.content_type = "", .headers = "{}", .robots = robots};
    err_set(&reply.why, kind, "%s: %s", job_url(job)->text, why);
    reply.why.retry_after = retry_after;
    TAILQ_REMOVE(&job->host->queue, job, queue);
    job->place = JOB_NOWHERE;
    crawl_finish(c, job, &reply);
}

/* Whether the first job of the queue may be asked. Else it has come to its end, or stands at the gate. */
static bool admit(struct crawl *c, struct crawl_host *h, struct crawl_job *job, char decision[ROBOTS_DECISION_SIZE])
{
    if (crawl_host_is_blocked(h)) {
        char why[ERR_TEXT_MAX];
        snprintf(why, sizeof why, "%s is not asked for a day, after %s", h->name, h->row.blocked_why);
        refuse(c, job, "not asked", ERR_REFUSED, 0, why);
        return false;
    }
    struct err e = {0};
    if (!crawl_may_ask(c, job, &e)) {
        refuse(c, job, "not asked", e.kind, 0, e.text);
        return false;
    }
    switch (crawl_robots_gate(h, job, decision)) {
    case GATE_OPEN:
        return true;
    case GATE_SHUT:
        refuse(c, job, decision, ERR_REFUSED, 0, decision);
        return false;
    case GATE_LATER:
        refuse(c, job, decision, ERR_TEMPORARY, (int)(h->row.robots_until - time(NULL)), decision);
        return false;
    case GATE_ASK:
        TAILQ_REMOVE(&h->queue, job, queue);
        TAILQ_INSERT_TAIL(&h->gate, job, queue);
        job->place = JOB_GATED;
        crawl_robots_ask(c, h, job_url(job));
        return false;
    }
    return false;
}

static void starve(struct crawl *c, struct crawl_host *h)
{
    if (!h->is_starving)
        TAILQ_INSERT_TAIL(&c->starving, h, starving);
    h->is_starving = true;
}

/* Starts what may start, at most `most` jobs. */
static void pump(struct crawl *c, struct crawl_host *h, int most)
{
    char decision[ROBOTS_DECISION_SIZE];
    for (struct crawl_job *job; !c->trouble.kind && (job = TAILQ_FIRST(&h->queue));) {
        if (!admit(c, h, job, decision))
            continue;
        int64_t now = clock_ms(), wait = pace_wait(&h->pace, now);
        if (wait > 0)
            timers_set(&c->host_timers, &h->timer, now + wait);
        if (wait)
            return; /* the timer wakes it, or the end of one that is under way */
        if (most-- <= 0 || c->wire >= (size_t)c->in_flight) {
            starve(c, h);
            return;
        }
        TAILQ_REMOVE(&h->queue, job, queue);
        job->place = JOB_NOWHERE;
        crawl_send(c, job, decision);
    }
}

void crawl_run(struct crawl *c)
{
    int64_t now = clock_ms();
    for (struct timer *t; (t = timers_first(&c->job_timers)) && t->at <= now;) {
        timers_unset(&c->job_timers, t);
        crawl_enqueue_first(c, (struct crawl_job *)t);
    }
    for (struct timer *t; (t = timers_first(&c->host_timers)) && t->at <= now;) {
        timers_unset(&c->host_timers, t);
        /* While others wait for room, everyone takes turns. */
        pump(c, (struct crawl_host *)t, TAILQ_EMPTY(&c->starving) ? INT_MAX : 0);
    }
    for (struct crawl_host *h; c->wire < (size_t)c->in_flight && (h = TAILQ_FIRST(&c->starving));) {
        TAILQ_REMOVE(&c->starving, h, starving);
        h->is_starving = false;
        pump(c, h, 1);
        if (c->trouble.kind)
            break;
    }
}

int64_t crawl_next_due(const struct crawl *c)
{
    const struct timer *a = timers_first(&c->host_timers), *b = timers_first(&c->job_timers);
    int64_t due = a ? a->at : INT64_MAX;
    return b && b->at < due ? b->at : due;
}

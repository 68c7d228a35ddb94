/* crawl_send.c: a job on the wire; see crawl_parts.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ingest/crawl_parts.h"
#include "ingest/optout.h"

enum { MOST_LINES = 8, DEFAULT_MEMORY = 64 << 20, DEFAULT_FILE = 512 << 20, MEMORY_TIMEOUT = 120, FILE_TIMEOUT = 1800 };

static bool to_disk(const struct crawl_job *job)
{
    return job->request.kind != CRAWL_API && job->request.kind != CRAWL_PAGE;
}

static uint64_t most_bytes(const struct crawl_job *job)
{
    if (job->robots_of)
        return ROBOTS_MAX;
    return job->request.max_bytes ? job->request.max_bytes : to_disk(job) ? DEFAULT_FILE : DEFAULT_MEMORY;
}

/* The header lines of a request, and the memory of those that are made up. */
struct lines {
    const char *at[MOST_LINES + 1];
    char *own[MOST_LINES];
    size_t n, n_own;
};

static void add_line(struct lines *l, char *line)
{
    l->at[l->n++] = l->own[l->n_own++] = line;
}

static void write_lines(struct lines *l, struct exchange *x)
{
    struct crawl_job *job = x->job;
    const struct crawl_request *r = &job->request;
    if (r->accept)
        add_line(l, mem_printf("Accept: %s", r->accept));
    if (r->secret_header && job->keep_secret)
        l->at[l->n++] = r->secret_header;
    if (job->body && body_can_resume(job->body)) {
        x->ranged = true;
        add_line(l, mem_printf("Range: bytes=%" PRIu64 "-", job->body->bytes));
        add_line(l, mem_printf("If-Range: %s", job->body->validator));
        return;
    }
    x->conditional = r->etag || r->last_modified;
    if (r->etag)
        add_line(l, mem_printf("If-None-Match: %s", r->etag));
    if (r->last_modified)
        add_line(l, mem_printf("If-Modified-Since: %s", r->last_modified));
}

static void stop(struct exchange *x, enum err_kind kind, const char *why)
{
    x->stopped = true;
    if (!x->why)
        x->why = mem_new(sizeof *x->why);
    err_set(x->why, kind, "%s", why);
}

static const char *pace_header(void *context, const char *name)
{
    return transfer_header(context, name);
}

static void find_optout(void *context, const char *name, const char *value)
{
    const char **found = context, *directive = optout_header(name, value);
    if (directive)
        *found = directive;
}

/* Makes the body ready for a reply that brings one. */
static void prepare_body(struct exchange *x, int status, const struct transfer_headers *h)
{
    struct crawl_job *job = x->job;
    if (!job->body)
        job->body = body_new(to_disk(job) ? x->crawl->corpus : NULL, most_bytes(job), job->request.md5);
    if (status == 206 && x->ranged && body_range_fits(job->body, transfer_header(h, "content-range")))
        return;
    body_restart(job->body);
    if (status == 206)
        stop(x, ERR_FORMAT, "another part than the one asked for (206)");
    body_note_validator(job->body, transfer_header(h, "etag"), transfer_header(h, "last-modified"));
}

static bool on_headers(void *context, int status, const struct transfer_headers *h)
{
    struct exchange *x = context;
    struct pace *pace = &x->host->pace;
    int64_t now = clock_ms();
    const char *against = NULL;
    pace_answered(pace, x->ticket, now);
    pace_read(pace, pace_header, (void *)h, now, time(NULL));
    crawl_wake(x->crawl, x->host);
    if (!x->job)
        return false;
    if (status / 100 != 2) {
        /* Services say in JSON what was wrong, and some have a page where nothing was found. */
        bool telling = !to_disk(x->job) && status / 100 == 4 && status != 416;
        if (telling && !x->job->body)
            x->job->body = body_new(NULL, CRAWL_MAX_ERROR_BODY, NULL);
        else if (telling)
            body_restart(x->job->body);
        return true;
    }
    if (x->job->request.kind != CRAWL_API)
        transfer_headers_each(h, NULL, find_optout, &against);
    if (against && !x->job->robots_of) {
        char why[64];
        snprintf(why, sizeof why, "it opts out of such use: %s", against);
        stop(x, ERR_REFUSED, why);
    } else {
        prepare_body(x, status, h);
    }
    x->wanted = !x->stopped;
    return !x->stopped;
}

static bool on_bytes(void *context, const void *bytes, size_t len)
{
    struct exchange *x = context;
    struct crawl_job *job = x->job;
    if (!job)
        return false;
    if (!x->wanted && (!job->body || to_disk(job))) {
        /* A short one is read to its end, so that the connection can be used again. */
        x->ignored += len;
        return !(x->stopped = x->ignored > CRAWL_MAX_ERROR_BODY);
    }
    if (job->robots_of && job->body->bytes + len > ROBOTS_MAX) {
        /* What is there by now is all that is read of it. */
        x->stopped = true;
        return body_add(job->body, bytes, ROBOTS_MAX - (size_t)job->body->bytes, NULL) && false;
    }
    struct err e = {0};
    if (body_add(job->body, bytes, len, &e))
        return true;
    stop(x, e.kind, e.text);
    return false;
}

static void count(struct crawl *c, struct crawl_host *h, const struct transfer_result *r)
{
    int64_t now = clock_ms();
    h->row.bytes += (int64_t)r->bytes;
    h->row.last = time(NULL);
    if (--h->under_way == 0)
        h->row.busy_s += (double)(now - h->busy_since) / 1000;
    crawl_host_changed(c, h);
}

static void on_done(void *context, const struct transfer_result *r)
{
    struct exchange *x = context;
    struct crawl *c = x->crawl;
    struct crawl_job *job = x->job;
    count(c, x->host, r);
    pace_end(&x->host->pace, x->ticket, clock_ms());
    c->wire--;
    crawl_wake(c, x->host);
    LIST_REMOVE(x, list);
    if (job) {
        job->exchange = NULL;
        job->place = JOB_NOWHERE;
        crawl_judge(c, job, x, r);
    }
    free(x->why);
    free(x);
}

bool crawl_may_move(const struct crawl *c, const struct crawl_job *job, const struct url *to, struct err *e)
{
    if (!address_host_is_private(to->host))
        return true;
    if (c->allow_private && job->request.given && address_host_is_private(job->url.host))
        return true;
    return err_set(e, ERR_REFUSED, "%s redirects to a private address (%s)", job_url(job)->host, to->host);
}

bool crawl_may_ask(const struct crawl *c, const struct crawl_job *job, struct err *e)
{
    const char *host = job_url(job)->host;
    if (job->host->private_stand_in && !c->allow_private)
        return err_set(e, ERR_REFUSED, "the stand-in for %s is at a private address: add --allow-private", host);
    if (!address_host_is_private(host) || (c->allow_private && job->request.given))
        return true;
    return err_set(e, ERR_REFUSED, "it is at a private address%s",
                   job->request.given ? ": add --allow-private" : ", which only the user may name");
}

static struct exchange *exchange_new(struct crawl *c, struct crawl_job *job, const char *robots)
{
    struct exchange *x = mem_new(sizeof *x);
    x->crawl = c;
    x->job = job;
    x->host = job->host;
    memcpy(x->robots, robots, strlen(robots) + 1);
    LIST_INSERT_HEAD(&c->exchanges, x, list);
    job->exchange = x;
    return x;
}

/* The URL with the query's secret, to be freed. */
static char *with_secret(const struct crawl_job *job, const struct url *url)
{
    const char *secret = job->keep_secret ? job->request.secret_query : NULL;
    return mem_printf("%s%s%s", url->text, !secret ? "" : strchr(url->target, '?') ? "&" : "?", secret ? secret : "");
}

static bool start(struct crawl *c, struct exchange *x, const struct url *url, bool private_ok, struct err *e)
{
    static const struct transfer_events events = {.headers = on_headers, .bytes = on_bytes, .done = on_done};
    struct crawl_job *job = x->job;
    struct lines lines = {.n = 0};
    char *text = with_secret(job, url);
    write_lines(&lines, x);
    uint64_t most = most_bytes(job), had = x->ranged ? job->body->bytes : 0;
    struct transfer_request request = {
        .url = text,
        .headers = lines.at,
        .post = job->as_get ? NULL : job->request.post,
        .identity = to_disk(job),
        .private_ok = private_ok,
        .timeout_s = job->request.timeout_s ? job->request.timeout_s
                     : to_disk(job)         ? FILE_TIMEOUT
                                            : MEMORY_TIMEOUT,
        /* Of robots.txt the beginning is read, however long it is. */
        .max_bytes = job->robots_of ? DEFAULT_MEMORY
                     : most > had   ? most - had
                                    : 1,
    };
    bool ok = transfers_start(c->transfers, &request, &events, x, &x->id, e);
    for (size_t i = 0; i < lines.n_own; i++)
        free(lines.own[i]);
    free(text);
    return ok;
}

void crawl_send(struct crawl *c, struct crawl_job *job, const char *robots)
{
    struct err e = {0};
    struct url stand_in;
    struct exchange *x = exchange_new(c, job, robots);
    const struct url *url = job_url(job);
    bool replaced = endpoints_map(c->endpoints, url, &stand_in, &e);
    /* That a private host gets here means that it may be one (crawl_may_ask, crawl_may_move). */
    bool private_ok = c->allow_private && (replaced || address_host_is_private(url->host));
    bool ok = !e.kind && start(c, x, replaced ? &stand_in : url, private_ok, &e);
    url_release(&stand_in);
    if (!job->redirects)
        job->attempts++;
    c->kept -= job->kept;
    job->kept = false;
    if (ok) {
        struct crawl_host *h = job->host;
        job->place = JOB_ON_WIRE;
        x->ticket = pace_start(&h->pace, clock_ms());
        if (h->under_way++ == 0)
            h->busy_since = clock_ms();
        h->row.requests++;
        h->row.first = h->row.first ? h->row.first : time(NULL);
        c->wire++;
        return;
    }
    struct crawl_reply reply = {.why = e, .content_type = "", .headers = "{}", .robots = x->robots};
    secret_hide(&job->request, reply.why.text);
    err_add(&reply.why, "%s", url->text);
    job->exchange = NULL;
    crawl_finish(c, job, &reply);
    LIST_REMOVE(x, list);
    free(x);
}

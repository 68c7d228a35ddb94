/* crawl_judge.c: what an answer means for its job and its host; the table in crawl.h. See crawl_parts.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/crawl_parts.h"

enum { MOST_HEADER = 512 /* bytes of a value that are kept */, MOST_HEADERS = 16 * 1024 };

enum fate {
    FATE_DONE,      /* the reply is whole and right, or 304 */
    FATE_END,       /* no, and not otherwise when asked again */
    FATE_MOVED,     /* on to another URL */
    FATE_THROTTLED, /* the others: another attempt */
    FATE_BROKEN,
    FATE_LOST,
    FATE_WRONG,
    FATE_TROUBLE, /* the disk */
};

/* What is said of an exchange; the reply's strings are its and the transfer's. */
struct verdict {
    enum fate fate;
    struct crawl_reply reply;
    struct url to; /* FATE_MOVED */
};

static bool is_robots(const struct crawl_job *job)
{
    return job->robots_of != NULL;
}

static const char *header(const struct transfer_result *r, const char *name)
{
    return r->headers ? transfer_header(r->headers, name) : NULL;
}

static enum fate say(struct verdict *v, enum fate fate, enum err_kind kind, const char *what)
{
    err_set(&v->reply.why, kind, "%s", what);
    return fate;
}

static enum fate follow(struct crawl *c, struct crawl_job *job, const struct transfer_result *r, struct verdict *v)
{
    struct err *e = &v->reply.why;
    int most = is_robots(job) ? ROBOTS_MAX_REDIRECTS : CRAWL_MAX_REDIRECTS;
    const char *location = header(r, "location");
    if (!location)
        return say(v, FATE_WRONG, ERR_FORMAT, "a redirect without Location");
    if (job->redirects >= most) {
        err_set(e, ERR_FORMAT, "more than %d redirects", most);
        return is_robots(job) ? FATE_END : FATE_WRONG;
    }
    if (!url_resolve(job_url(job), location, &v->to, e) || !crawl_may_move(c, job, &v->to, e))
        return FATE_WRONG;
    return secret_strip(&job->request, &v->to, e) ? FATE_MOVED : FATE_END;
}

static enum fate take(struct crawl_job *job, const struct transfer_result *r, struct verdict *v)
{
    const struct crawl_request *q = &job->request;
    struct crawl_reply *reply = &v->reply;
    struct body *b = job->body;
    if (!body_check(b, q->want, q->md5, header(r, "content-type"), &reply->media_type, &reply->why))
        return FATE_WRONG;
    bool ok = true;
    if (q->kind == CRAWL_TEMPORARY)
        ok = (reply->file = body_open(b, &reply->why)) != NULL;
    else if (b->corpus)
        ok = body_store(b, reply->sha256, &reply->why);
    return ok ? FATE_DONE : FATE_TROUBLE;
}

/* 416: nothing is left to send, when what is there is all; else another file lies there now. */
static enum fate past_the_end(struct crawl_job *job, const struct transfer_result *r, struct verdict *v)
{
    uint64_t total;
    const char *range = header(r, "content-range");
    if (range && strncasecmp(range, "bytes */", 8) == 0 && sscanf(range + 8, "%" SCNu64, &total) == 1 &&
        total == job->body->bytes)
        return take(job, r, v);
    return say(v, FATE_WRONG, ERR_FORMAT, "its length is not what it was (416)");
}

static enum fate by_status(struct crawl *c, struct crawl_job *job, const struct exchange *x,
                           const struct transfer_result *r, struct verdict *v)
{
    struct err *e = &v->reply.why;
    switch (r->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return follow(c, job, r, v);
    case 304:
        if (!x->conditional)
            return say(v, FATE_WRONG, ERR_FORMAT, "status 304, which was not asked for");
        v->reply.not_modified = true;
        return FATE_DONE;
    case 416:
        if (x->ranged)
            return past_the_end(job, r, v);
        break;
    case 403:
        if (!x->host->file_403 && !is_robots(job)) {
            char why[ERR_TEXT_MAX];
            snprintf(why, sizeof why, "status 403 for %.600s", job_url(job)->text);
            crawl_host_block(c, x->host, why);
            return say(v, FATE_END, ERR_REFUSED, "status 403: its host is not asked again for a day");
        }
        break;
    }
    err_set(e, ERR_TEMPORARY, "status %d", r->status);
    if (r->status == 429 || r->status == 503)
        return FATE_THROTTLED;
    if (r->status >= 500 || r->status == 408 || r->status == 425)
        return FATE_BROKEN;
    e->kind = ERR_FORMAT;
    return r->status / 100 == 2 ? take(job, r, v) : FATE_END;
}

static enum fate decide(struct crawl *c, struct crawl_job *job, const struct exchange *x,
                        const struct transfer_result *r, struct verdict *v)
{
    struct err *e = &v->reply.why;
    bool success = r->status / 100 == 2;
    if (x->why) {
        *e = *x->why;
        return e->kind == ERR_SYSTEM ? FATE_TROUBLE : e->kind == ERR_REFUSED ? FATE_END : FATE_WRONG;
    }
    if (r->end == TRANSFER_DONE || x->stopped || (r->status && !success))
        return by_status(c, job, x, r, v);
    err_set(e, ERR_TEMPORARY, "%s%s%s", transfer_end_text(r->end), *r->detail ? ": " : "", r->detail);
    if (r->end == TRANSFER_TOO_LARGE) {
        err_set(e, ERR_LIMIT, "larger than allowed: %s", r->detail);
        return FATE_END;
    }
    if (r->end == TRANSFER_PRIVATE) {
        bool fixable = x->host->replaced && !c->allow_private;
        err_set(e, ERR_REFUSED, "%s%s has a private address (%s)%s", fixable ? "the stand-in for " : "", x->host->name,
                r->address, fixable ? ": add --allow-private" : "");
        return job->redirects ? FATE_WRONG : FATE_END;
    }
    return FATE_LOST;
}

static void count(struct crawl_host *h, enum fate fate, int status)
{
    struct host_row *row = &h->row;
    int64_t *counter = status == 429 || status == 503                              ? &row->throttled
                       : status >= 500                                             ? &row->broken
                       : status >= 400                                             ? &row->refused
                       : fate == FATE_MOVED                                        ? &row->redirects
                       : fate == FATE_LOST                                         ? &row->lost
                       : fate == FATE_WRONG                                        ? &row->wrong
                       : fate == FATE_DONE && (status / 100 == 2 || status == 304) ? &row->done
                                                                                   : NULL;
    if (counter)
        ++*counter;
}

static void note_header(void *context, const char *name, const char *value)
{
    static const char *const kept[] = {
        "server",        "date",         "content-type",     "content-length", "content-encoding", "etag",
        "last-modified", "x-robots-tag", "tdm-reservation",  "tdm-policy",     "license",          "link",
        "age",           "x-api-pool",   "x-amz-version-id", "cache-control"};
    struct str *out = context;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcasecmp(name, kept[i]) == 0) {
            char shown[MOST_HEADER + 1];
            snprintf(shown, sizeof shown, "%s", value);
            str_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", kept[i]);
            json_quote(shown, out);
            return;
        }
}

static void finish(struct crawl *c, struct crawl_job *job, const struct exchange *x, const struct transfer_result *r,
                   struct verdict *v)
{
    struct crawl_reply *reply = &v->reply;
    const char *type = header(r, "content-type");
    struct str headers = STR_INIT(MOST_HEADERS);
    str_add_char(&headers, '{');
    if (r->headers)
        transfer_headers_each(r->headers, NULL, note_header, &headers);
    str_add_char(&headers, '}');
    reply->headers = headers.overflow ? "{}" : headers.data;
    reply->status = r->status;
    reply->content_type = type ? type : "";
    reply->etag = header(r, "etag");
    reply->last_modified = header(r, "last-modified");
    reply->robots = x->robots;
    reply->seconds = r->seconds;
    if (job->body) {
        reply->bytes = job->body->bytes;
        if (!job->body->corpus) {
            reply->body = job->body->text.data;
            reply->len = job->body->text.len;
        }
    }
    if (reply->why.kind) {
        char what[ERR_TEXT_MAX];
        memcpy(what, reply->why.text, sizeof what);
        err_set(&reply->why, reply->why.kind, "%.500s: %s", job_url(job)->text, what);
    }
    crawl_finish(c, job, reply);
    if (reply->file)
        fclose(reply->file);
    str_release(&headers);
}

static void move(struct crawl *c, struct crawl_job *job, const struct transfer_result *r, struct url *to)
{
    const struct url *from = job_url(job);
    job->keep_secret = job->keep_secret && secret_may_go(from, to);
    job->as_get = job->as_get || (r->status != 307 && r->status != 308);
    if (job->moved)
        url_release(job->moved);
    else
        job->moved = mem_new(sizeof *job->moved);
    *job->moved = *to;
    job->redirects++;
    job->host = crawl_host_of(c, job->moved);
    /* What came in parts so far was another URL's, unless the chain leads here again. */
    crawl_enqueue_first(c, job);
}

static bool is_last(const struct crawl *c, const struct crawl_job *job, enum fate fate)
{
    int wrong = is_robots(job) ? CRAWL_MAX_WRONG_ROBOTS : CRAWL_MAX_WRONG;
    return job->attempts >= c->attempts || (fate == FATE_WRONG && job->wrong >= wrong);
}

/* What came is kept for the next attempt where that can go on from it. */
static void keep_body(struct crawl *c, struct crawl_job *job, enum fate fate)
{
    if (!job->body)
        return;
    job->kept = fate != FATE_WRONG && body_can_resume(job->body) && c->kept < CRAWL_MAX_KEPT;
    c->kept += job->kept;
    if (!job->kept) {
        body_free(job->body);
        job->body = NULL;
    }
}

void crawl_judge(struct crawl *c, struct crawl_job *job, struct exchange *x, const struct transfer_result *r)
{
    struct verdict v = {.fate = FATE_DONE};
    struct crawl_host *h = x->host;
    v.fate = decide(c, job, x, r, &v);
    count(h, v.fate, r->status);
    if (v.fate == FATE_DONE || v.fate == FATE_MOVED)
        err_clear(&v.reply.why);
    secret_hide(&job->request, v.reply.why.text);
    if (v.fate == FATE_TROUBLE) {
        c->trouble = v.reply.why;
        crawl_again(c, job, 0);
        return;
    }
    if (v.fate == FATE_THROTTLED)
        pace_hold(&h->pace, clock_ms(), pace_back_off(&c->random, ++h->throttles, r->retry_after_s));
    else if (r->status)
        h->throttles = 0;
    if (v.fate == FATE_MOVED) {
        move(c, job, r, &v.to);
        return;
    }
    url_release(&v.to);
    job->wrong += v.fate == FATE_WRONG;
    if (v.fate <= FATE_END || is_last(c, job, v.fate)) {
        v.reply.why.retry_after = v.reply.why.kind == ERR_TEMPORARY ? r->retry_after_s : 0;
        finish(c, job, x, r, &v);
        return;
    }
    log_debug("%s: attempt %d: %s", job_url(job)->text, job->attempts, v.reply.why.text);
    keep_body(c, job, v.fate);
    crawl_again(c, job, pace_back_off(&c->random, job->attempts, r->retry_after_s));
}

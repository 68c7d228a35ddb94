/* crawl.c: see crawl.h; how it is built, in crawl_parts.h. */
#include "ingest/crawl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "ingest/crawl_parts.h"

enum { DEFAULT_IN_FLIGHT = 256, MOST_IN_FLIGHT = 4096, DEFAULT_ATTEMPTS = 8, MOST_ATTEMPTS = 100, MOST_CONTACT = 254 };

const char crawl_help[] =
    "      --contact MAIL    your address, told to every server (default: $FIGMILL_CONTACT; needed)\n"
    "      --endpoints FILE  stand-ins: lines of a host (or *) and a base URL, by a tab; {host} in it is the host\n"
    "      --proxy URL       HTTP or SOCKS proxy for everything\n"
    "      --rate N          requests a second and host at most; 0: no limit. More than the built-in table only where\n"
    "                        --endpoints puts a stand-in\n"
    "      --allow-private   stand-ins, and addresses that you give, may be on loopback or in private networks\n"
    "      --unblock HOST    ask a host again that answered 403 less than a day ago\n"
    "      --in-flight N     requests at once (default 256)\n"
    "      --attempts N      of one request, when it fails in a way that may pass (default 8)\n";

static bool is_mail(const char *text)
{
    const char *at = strchr(text, '@');
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || strchr("()<>;,\"\\", *p))
            return false;
    return at && at > text && strlen(text) <= MOST_CONTACT && strchr(at, '.') && !strchr(at + 1, '@') && at[1] != '.' &&
           text[strlen(text) - 1] != '.';
}

static bool read_rate(const char *text, double *rate, struct err *e)
{
    char *end;
    *rate = -1;
    if (!text)
        return true;
    *rate = strtod(text, &end);
    if (end != text && !*end && isfinite(*rate) && *rate >= 0)
        return true;
    return err_set(e, ERR_USAGE, "--rate %s: not a number of requests a second (0: no limit)", text);
}

bool crawl_options_check(struct crawl_options *o, struct err *e)
{
    double rate;
    if (!o->contact && getenv("FIGMILL_CONTACT"))
        o->contact = mem_strdup(getenv("FIGMILL_CONTACT"));
    if (!o->contact || !*o->contact)
        return err_set(e, ERR_USAGE,
                       "--contact MAIL (or $FIGMILL_CONTACT) is needed: servers are told whom to write to");
    if (!is_mail(o->contact))
        return err_set(e, ERR_USAGE, "--contact %s: that is no mail address", o->contact);
    if (!read_rate(o->rate, &rate, e))
        return false;
    if (o->in_flight < 0 || o->in_flight > MOST_IN_FLIGHT)
        return err_set(e, ERR_USAGE, "--in-flight %d: not a number from 1 to %d", o->in_flight, MOST_IN_FLIGHT);
    if (o->attempts < 0 || o->attempts > MOST_ATTEMPTS)
        return err_set(e, ERR_USAGE, "--attempts %d: not a number from 1 to %d", o->attempts, MOST_ATTEMPTS);
    struct endpoints *p = o->endpoints ? endpoints_load(o->endpoints, e) : NULL;
    endpoints_free(p);
    return p || !o->endpoints;
}

/* One process crawls for a corpus: two would keep the pace twice. The lock goes with the process, whatever ends it. */
static bool lock(struct crawl *c, struct err *e)
{
    char path[PATH_MAX], text[32] = "";
    if (snprintf(path, sizeof path, "%s/crawl.lock", c->corpus) >= PATH_MAX)
        return err_set(e, ERR_SYSTEM, "the corpus's path is too long: %.80s...", c->corpus);
    c->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (c->lock < 0)
        return err_errno(e, ERR_SYSTEM, errno, "cannot open %s", path);
    if (flock(c->lock, LOCK_EX | LOCK_NB) != 0) {
        ssize_t n = errno == EWOULDBLOCK ? pread(c->lock, text, sizeof text - 1, 0) : -1;
        if (n < 0)
            return err_errno(e, ERR_SYSTEM, errno, "cannot lock %s", path);
        text[strspn(text, "0123456789")] = 0;
        return err_set(
            e, ERR_SYSTEM,
            "process %s searches or fetches for this corpus; one at a time, so that no server is asked twice as often (%s)",
            *text ? text : "(unknown)", path);
    }
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    return (ftruncate(c->lock, 0) == 0 && pwrite(c->lock, text, (size_t)n, 0) == n) ||
           err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
}

static bool open_wire(struct crawl *c, const struct crawl_options *o, struct err *e)
{
    char agent[MOST_CONTACT + 64];
    snprintf(agent, sizeof agent, "figmill/" FIGMILL_VERSION " (mailto:%s)", o->contact);
    /* $FIGMILL_CA_FILE: certificates to trust besides, as of a stand-in that speaks TLS. */
    struct transfer_options options = {
        .user_agent = agent, .proxy = o->proxy, .ca_file = getenv("FIGMILL_CA_FILE"), .max = c->in_flight};
    c->transfers = transfers_new(&options, e);
    return c->transfers != NULL;
}

struct crawl *crawl_new(const struct crawl_options *o, const char *corpus, struct db *db,
                        const volatile sig_atomic_t *stop, struct err *e)
{
    struct crawl *c = mem_new(sizeof *c);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    c->contact = mem_strdup(o->contact);
    c->corpus = mem_strdup(corpus);      /* NULL stays NULL */
    c->unblock = mem_strdup(o->unblock); /* NULL stays NULL */
    c->allow_private = o->allow_private;
    c->in_flight = o->in_flight ? o->in_flight : DEFAULT_IN_FLIGHT;
    c->attempts = o->attempts ? o->attempts : DEFAULT_ATTEMPTS;
    c->stop = stop;
    c->db = db;
    c->lock = -1;
    c->random.state = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^ (uint64_t)getpid() << 40;
    TAILQ_INIT(&c->starving);
    TAILQ_INIT(&c->changed);
    TAILQ_INIT(&c->bad);
    LIST_INIT(&c->exchanges);
    c->table = pace_table_built_in();
    if (!read_rate(o->rate, &c->rate, e) || (o->endpoints && !(c->endpoints = endpoints_load(o->endpoints, e))) ||
        (corpus && !lock(c, e)) || !open_wire(c, o, e)) {
        crawl_free(c);
        return NULL;
    }
    return c;
}

static void free_host(void *host)
{
    crawl_host_free(host);
}

void crawl_free(struct crawl *c)
{
    if (!c)
        return;
    transfers_free(c->transfers);
    while (c->contexts) {
        struct job_context *context = *(struct job_context **)c->contexts;
        crawl_job_free(c, TAILQ_FIRST(&context->jobs));
    }
    for (struct exchange *x; (x = LIST_FIRST(&c->exchanges));) {
        LIST_REMOVE(x, list);
        free(x->why);
        free(x);
    }
    tdestroy(c->hosts, free_host);
    timers_release(&c->host_timers);
    timers_release(&c->job_timers);
    endpoints_free(c->endpoints);
    pace_table_free(c->table);
    if (c->lock >= 0)
        close(c->lock);
    free(c->contact);
    free(c->unblock);
    free(c->corpus);
    free(c);
}

static int compare_contexts(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct job_context *)a)->key, y = (uintptr_t)((const struct job_context *)b)->key;
    return x < y ? -1 : x > y;
}

static struct job_context *context_of(struct crawl *c, const void *key)
{
    struct job_context probe = {.key = key}, **found = tfind(&probe, &c->contexts, compare_contexts);
    if (found)
        return *found;
    struct job_context *context = mem_new(sizeof *context);
    context->key = key;
    TAILQ_INIT(&context->jobs);
    tsearch(context, &c->contexts, compare_contexts);
    return context;
}

/* Copies a string to `*at`, which moves on. */
static const char *keep(char **at, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

struct crawl_job *crawl_job_new(struct crawl *c, const struct crawl_request *request, const void *key)
{
    const char *const strings[] = {request->secret_query, request->secret_header, request->accept, request->post,
                                   request->etag,         request->last_modified, request->md5};
    size_t size = 0;
    struct err e = {0};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        size += strings[i] ? strlen(strings[i]) + 1 : 0;
    struct crawl_job *job = mem_new(sizeof *job + size);
    char *at = job->strings;
    job->request = *request;
    job->request.url = NULL;
    job->request.secret_query = keep(&at, strings[0]);
    job->request.secret_header = keep(&at, strings[1]);
    job->request.accept = keep(&at, strings[2]);
    job->request.post = keep(&at, strings[3]);
    job->request.etag = keep(&at, strings[4]);
    job->request.last_modified = keep(&at, strings[5]);
    job->request.md5 = keep(&at, strings[6]);
    job->keep_secret = true;
    job->context = context_of(c, key);
    TAILQ_INSERT_TAIL(&job->context->jobs, job, siblings);
    if (url_parse(request->url, &job->url, &e)) {
        job->home = job->host = crawl_host_of(c, &job->url);
    } else {
        /* The answer tells the URL as it was given, unless a password may be in it. */
        job->url.text = mem_strdup(strchr(request->url, '@') ? "" : request->url);
        job->bad = mem_strdup(e.text);
    }
    return job;
}

void crawl_job_free(struct crawl *c, struct crawl_job *job)
{
    if (job->place == JOB_QUEUED)
        TAILQ_REMOVE(&job->host->queue, job, queue);
    else if (job->place == JOB_GATED)
        TAILQ_REMOVE(&job->host->gate, job, queue);
    else if (job->place == JOB_BAD)
        TAILQ_REMOVE(&c->bad, job, queue);
    timers_unset(&c->job_timers, &job->timer);
    TAILQ_REMOVE(&job->context->jobs, job, siblings);
    if (TAILQ_EMPTY(&job->context->jobs)) {
        tdelete(job->context, &c->contexts, compare_contexts);
        free(job->context);
    }
    if (job->exchange)
        job->exchange->job = NULL;
    c->kept -= job->kept;
    if (job->moved)
        url_release(job->moved);
    free(job->moved);
    url_release(&job->url);
    body_free(job->body);
    free(job->bad);
    free(job);
}

void crawl_add(struct crawl *c, const struct crawl_request *request)
{
    struct crawl_job *job = crawl_job_new(c, request, request->context);
    c->open++;
    if (!job->bad) {
        crawl_enqueue(c, job);
    } else {
        job->place = JOB_BAD;
        TAILQ_INSERT_TAIL(&c->bad, job, queue);
    }
}

void crawl_cancel(struct crawl *c, const void *context)
{
    struct job_context probe = {.key = context}, **found = tfind(&probe, &c->contexts, compare_contexts);
    struct crawl_job *job = found ? TAILQ_FIRST(&(*found)->jobs) : NULL;
    for (struct crawl_job *next; job; job = next) {
        next = TAILQ_NEXT(job, siblings);
        if (job->place == JOB_ENDING)
            continue;
        if (job->exchange)
            transfers_cancel(c->transfers, job->exchange->id);
        c->open--;
        crawl_job_free(c, job);
    }
}

static void tell_bad(struct crawl *c)
{
    for (struct crawl_job *job; (job = TAILQ_FIRST(&c->bad));) {
        struct crawl_reply reply = {.content_type = "", .headers = "{}", .robots = "not asked"};
        err_set(&reply.why, ERR_FORMAT, "%s", job->bad);
        TAILQ_REMOVE(&c->bad, job, queue);
        job->place = JOB_NOWHERE;
        crawl_finish(c, job, &reply);
    }
}

static bool troubled(struct crawl *c, struct err *e)
{
    if (!c->trouble.kind)
        return false;
    if (e)
        *e = c->trouble;
    err_clear(&c->trouble);
    return true;
}

bool crawl_turn(struct crawl *c, int wait_ms, struct err *e)
{
    int64_t until = clock_ms() + wait_ms;
    bool stopping = c->stop && *c->stop >= 2;
    c->delivered = false;
    for (;;) {
        tell_bad(c);
        if (!stopping)
            crawl_run(c);
        if (troubled(c, e))
            return false;
        int64_t now = clock_ms(), due = crawl_next_due(c), end = due < until ? due : until;
        bool hurry = c->delivered || stopping;
        if (!transfers_turn(c->transfers, hurry || end <= now ? 0 : (int)(end - now), e))
            return false;
        /* What has become free is used before the caller goes about the replies. */
        if (!stopping)
            crawl_run(c);
        if (troubled(c, e))
            return false;
        if (c->delivered || hurry || clock_ms() >= until)
            return true;
    }
}

size_t crawl_open(const struct crawl *c)
{
    return c->open;
}

size_t crawl_on_wire(const struct crawl *c)
{
    return c->wire;
}

bool crawl_store(struct crawl *c, struct err *e)
{
    for (struct crawl_host *h; (h = TAILQ_FIRST(&c->changed));)
        if (!crawl_host_store(c, h, e))
            return false;
    return true;
}

const char *crawl_contact(const struct crawl *c)
{
    return c->contact;
}

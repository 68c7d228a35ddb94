/* crawl_parts.h: what the files of the crawler share; nobody else includes it. The manual is crawl.h.
 *
 * A job is a request on its way. It is at one place at a time (enum job_place): in its host's queue, at the gate of its
 * host until robots.txt is known, on the wire, or waiting for another attempt. A host starts jobs whenever its pace has
 * room (crawl_queue.c); it is woken by its timer, which is set to now when something changed. Nothing is searched: each
 * event costs a few list and heap operations, however many jobs wait.
 *
 *   crawl.c         options, requests coming in, the turn
 *   crawl_queue.c   queues, timers, what starts next, other attempts, ends
 *   crawl_send.c    a job goes on the wire; what happens there
 *   crawl_judge.c   what an answer means
 *   crawl_host.c    what is known of a host: made, loaded, stored, blocked
 *   crawl_robots.c  robots.txt
 *   crawl_secret.c  keys stay where they belong
 *   crawl_body.c    bytes */
#ifndef FIGMILL_INGEST_CRAWL_PARTS_H
#define FIGMILL_INGEST_CRAWL_PARTS_H

#include <sys/queue.h>

#include "base/transfer.h"
#include "base/url.h"
#include "db/host.h"
#include "ingest/crawl.h"
#include "ingest/crawl_body.h"
#include "ingest/endpoint.h"
#include "ingest/pace.h"
#include "ingest/robots.h"
#include "ingest/timer.h"

enum {
    CRAWL_MAX_REDIRECTS = 10,
    CRAWL_MAX_WRONG = 5,         /* attempts that may end with wrong bytes */
    CRAWL_MAX_WRONG_ROBOTS = 2,  /* many servers have a page in its place, always */
    CRAWL_MAX_KEPT = 64,         /* half files that wait to be resumed; each takes a descriptor and memory */
    CRAWL_BLOCK_S = 24 * 3600,   /* after a 403 */
    CRAWL_MAX_ERROR_BODY = 65536 /* bytes read of an answer that is no success */
};

enum job_place { JOB_NOWHERE, JOB_QUEUED, JOB_GATED, JOB_ON_WIRE, JOB_WAITING, JOB_BAD, JOB_ENDING };

struct crawl_host;
struct exchange;

TAILQ_HEAD(jobs, crawl_job);

/* All jobs of a caller's context, for crawl_cancel. */
struct job_context {
    const void *key;
    struct jobs jobs;
};

struct crawl_job {
    struct timer timer; /* JOB_WAITING; first member */
    enum job_place place;
    TAILQ_ENTRY(crawl_job) queue;    /* JOB_QUEUED, JOB_GATED: of its host; JOB_BAD: of the crawler */
    TAILQ_ENTRY(crawl_job) siblings; /* of its context */
    struct job_context *context;
    struct crawl_host *home, *host; /* of the URL asked for, of the one after redirects */
    struct crawl_host *robots_of;   /* its robots.txt is what this job asks for; else NULL */
    struct url url;
    struct url *moved; /* after redirects; NULL: none */
    int redirects, attempts, wrong;
    bool kept;                    /* its body waits, and counts */
    bool keep_secret;             /* no redirect has led it astray yet */
    bool as_get;                  /* a redirect turned POST into GET */
    struct body *body;            /* on the wire; and later where it can be resumed */
    struct exchange *exchange;    /* on the wire */
    char *bad;                    /* JOB_BAD: why */
    struct crawl_request request; /* its strings lie behind the struct; url is not set */
    char strings[];
};

struct crawl_host {
    struct timer timer; /* when it looks at its queue again; first member */
    char *name;         /* "host", or "host:port" where the port is not the scheme's */
    struct pace pace;
    bool replaced, file_403;
    bool private_stand_in; /* whose base URL names a private address */
    struct jobs queue, gate;
    TAILQ_ENTRY(crawl_host) starving; /* waits for room on the wire */
    bool is_starving;
    TAILQ_ENTRY(crawl_host) changed; /* to be stored */
    bool is_changed;
    int throttles;      /* in a row */
    int under_way;      /* on the wire */
    int64_t busy_since; /* ms; under_way > 0 */

    bool asking_robots;
    enum robots_answer answer; /* valid until row.robots_until */
    struct robots *robots;     /* ROBOTS_RULES */
    char *robots_text;         /* to be stored; NULL: is stored, or there is none */
    char *block_note;          /* owns row.blocked_why */
    struct host_row row;
};

TAILQ_HEAD(crawl_hosts, crawl_host);

/* One transfer: a job's attempt, or one step of it. */
struct exchange {
    struct crawl *crawl;
    struct crawl_host *host;
    struct crawl_job *job; /* NULL: cancelled */
    LIST_ENTRY(exchange) list;
    uint64_t id, ticket;
    bool conditional, ranged;
    bool wanted;      /* the answer is a success, and its bytes are kept */
    bool stopped;     /* by us: `why` tells, unless the body was no success's and too long */
    struct err *why;  /* NULL: nothing to tell */
    uint64_t ignored; /* bytes of a body that nobody wants */
    char robots[ROBOTS_DECISION_SIZE];
};

struct crawl {
    char *contact, *corpus, *unblock;
    double rate; /* --rate; -1: not given */
    bool allow_private;
    int in_flight, attempts;
    const volatile sig_atomic_t *stop;
    struct db *db;
    int lock;
    struct endpoints *endpoints;
    struct pace_table *table;
    struct transfers *transfers;
    struct pace_random random;
    void *hosts, *contexts; /* tsearch(3) trees */
    struct timers host_timers, job_timers;
    struct crawl_hosts starving, changed;
    struct jobs bad;
    LIST_HEAD(, exchange) exchanges;
    size_t kept;        /* bodies that wait to be resumed */
    size_t open, wire;  /* requests not done (robots.txt not counted); transfers under way */
    bool delivered;     /* in this turn */
    struct err trouble; /* ERR_SYSTEM, for crawl_turn to tell */
};

static inline const struct url *job_url(const struct crawl_job *job)
{
    return job->moved ? job->moved : &job->url;
}

/* crawl.c */
struct crawl_job *crawl_job_new(struct crawl *c, const struct crawl_request *request, const void *key);
void crawl_job_free(struct crawl *c, struct crawl_job *job); /* takes it from wherever it is */

/* crawl_host.c. A host is known for good once it was asked for. */
struct crawl_host *crawl_host_of(struct crawl *c, const struct url *url);
void crawl_host_free(struct crawl_host *h);
void crawl_host_changed(struct crawl *c, struct crawl_host *h);
bool crawl_host_is_blocked(const struct crawl_host *h);
void crawl_host_block(struct crawl *c, struct crawl_host *h, const char *why);
bool crawl_host_store(struct crawl *c, struct crawl_host *h, struct err *e);

/* crawl_queue.c */
void crawl_enqueue(struct crawl *c, struct crawl_job *job);       /* at its host's end */
void crawl_enqueue_first(struct crawl *c, struct crawl_job *job); /* at its beginning */
void crawl_wake(struct crawl *c, struct crawl_host *h);           /* something changed for it */
void crawl_run(struct crawl *c);                                  /* everything that is due starts */
int64_t crawl_next_due(const struct crawl *c);                    /* INT64_MAX: nothing waits */
void crawl_again(struct crawl *c, struct crawl_job *job, int64_t wait_ms);
/* The job's end: tells whoever wants to know, and frees it. */
void crawl_finish(struct crawl *c, struct crawl_job *job, struct crawl_reply *reply);

/* crawl_send.c */
void crawl_send(struct crawl *c, struct crawl_job *job, const char *robots);
/* Whether the job's URL, and its stand-in's, are at addresses that may be asked, as far as the URLs tell. Asked before
 * robots.txt is, which lies there too. ERR_REFUSED. */
bool crawl_may_ask(const struct crawl *c, const struct crawl_job *job, struct err *e);
/* Whether a redirect may go there; ERR_REFUSED. */
bool crawl_may_move(const struct crawl *c, const struct crawl_job *job, const struct url *to, struct err *e);

/* crawl_judge.c */
void crawl_judge(struct crawl *c, struct crawl_job *job, struct exchange *x, const struct transfer_result *r);

/* crawl_robots.c */
enum robots_gate { GATE_OPEN, GATE_SHUT, GATE_LATER, GATE_ASK };
/* What robots.txt says of the job; the decision in words. */
enum robots_gate crawl_robots_gate(struct crawl_host *h, const struct crawl_job *job,
                                   char decision[ROBOTS_DECISION_SIZE]);
void crawl_robots_ask(struct crawl *c, struct crawl_host *h, const struct url *url);
void crawl_robots_done(struct crawl *c, struct crawl_host *h, const struct crawl_reply *reply);
void crawl_robots_load(struct crawl_host *h, const char *text);

/* crawl_secret.c. Secrets of a request are its secret_query and secret_header. */
bool secret_may_go(const struct url *from, const struct url *to); /* the same host, not from https to http */
/* Takes the query's secret out of a URL that a server sent; ERR_REFUSED when a secret is left in it. */
bool secret_strip(const struct crawl_request *request, struct url *url, struct err *e);
/* Overwrites what is left of secrets in a text for people. */
void secret_hide(const struct crawl_request *request, char *text);

#endif

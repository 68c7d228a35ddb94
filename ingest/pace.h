/* pace.h: how often, and how many at once, a host may be asked. No clock of its own: `now` is monotonic milliseconds.
 *
 * Requests are spaced evenly, never in bursts, 5 % wider than the rate asks for. Beyond that the rate holds as the
 * server sees it, though requests travel for unequal times (a new connection takes longer than a kept one): of rate N a
 * second, the N-th request before must have been answered (its headers came, so it arrived before) a second ago. One
 * that gets no answer counts as arrived after PACE_TRAVEL_MS, so that a stalled one does not stop the host.
 *
 * A rate comes from the table ingest/hosts.tsv, from --rate, from the service's own headers, from Crawl-delay. The
 * latter two only ever lower what the former two allow. */
#ifndef FIGMILL_INGEST_PACE_H
#define FIGMILL_INGEST_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    PACE_TRAVEL_MS = 2000,
    PACE_WINDOW = 1024,              /* requests that are looked back at; faster rates are only spaced */
    PACE_MAX_BACKOFF_MS = 5 * 60000, /* of back_off */
    PACE_MAX_HOLD_S = 3600,          /* what a service can make us wait in a run */
};

/* The table of hosts. */
struct pace_limit {
    double rate;     /* requests a second; 0: no limit */
    int concurrency; /* at once; 0: no limit */
    bool file_403;   /* a 403 is about one file, not about us */
};
struct pace_table;
/* Reads a table: lines of host suffix (matches at dots; "*": all others, needed once), requests a second, at once,
 * flags ("-", "file403", or "VARIABLE=RATE": the rate with that key in the environment), where that comes from; by
 * tabs; '#' begins a comment line. ERR_FORMAT with the line. */
struct pace_table *pace_table_parse(const char *text, const char *name, struct err *e);
struct pace_table *pace_table_built_in(void);
void pace_table_free(struct pace_table *t);
/* The limit of the longest suffix that fits. */
struct pace_limit pace_table_lookup(const struct pace_table *t, const char *host);
/* The limit under --rate `rate` (0: none): it lowers the table's, and raises it only where a stand-in answers; there
 * as many at once as the rate needs. */
struct pace_limit pace_limit_rate(struct pace_limit limit, double rate, bool replaced);

/* A generator of random numbers of our own (SplitMix64), so that what is drawn depends on the seed only. */
struct pace_random {
    uint64_t state;
};
/* Milliseconds to wait before attempt n + 1 after n >= 1 failed ones: exponential with full jitter, so uniform in [0, 1
 * s * 2^(n-1)), that at most PACE_MAX_BACKOFF_MS; never less than retry_after_s (at most PACE_MAX_HOLD_S; 0: none). */
int64_t pace_back_off(struct pace_random *random, int n, int retry_after_s);

enum pace_source { PACE_TABLE, PACE_OPTION, PACE_HEADERS, PACE_CRAWL_DELAY };
const char *pace_source_name(enum pace_source source); /* "table", "option", "headers", "crawl-delay" */

struct pace {
    struct pace_limit limit;
    double header_rate, delay_rate; /* 0: nothing said */
    int header_concurrency;         /* 0: nothing said */
    bool from_option;
    int under_way;
    double next;       /* earliest start of the next by the spacing */
    int64_t hold;      /* and by the server's wish */
    int64_t *arrivals; /* ring: latest arrival of the last `window` requests */
    int window;        /* 0: no ring */
    uint64_t started;  /* requests so far */
};

/* `from_option` says that --rate made the limit what it is. */
void pace_init(struct pace *p, struct pace_limit limit, bool from_option);
void pace_release(struct pace *p);

double pace_rate(const struct pace *p); /* in force; 0: no limit */
int pace_concurrency(const struct pace *p);
enum pace_source pace_rate_source(const struct pace *p);

/* Milliseconds until the next request may start: 0 now; -1: not before one that is under way has ended. */
int64_t pace_wait(const struct pace *p, int64_t now);
/* One starts; the ticket is for the next two. */
uint64_t pace_start(struct pace *p, int64_t now);
void pace_answered(struct pace *p, uint64_t ticket, int64_t now); /* its headers are here, or it has failed */
void pace_end(struct pace *p, uint64_t ticket, int64_t now);

/* Nothing starts for so long. Holds do not add up: the longest counts. */
void pace_hold(struct pace *p, int64_t now, int64_t ms);
/* Crawl-delay of robots.txt in seconds; 0: none. */
void pace_delay(struct pace *p, double seconds);
/* The rate that the service's headers name. */
void pace_header_rate(struct pace *p, double rate);

/* Reads what a reply says of limits. `header` gives a header's value by name, or NULL; wall_s is seconds since 1970.
 *   x-rate-limit-limit, x-rate-limit-interval ("1s"), x-concurrency-limit   Crossref; also spelt x-ratelimit-
 *   X-RateLimit-Remaining: 0 with -Reset (seconds, or since 1970) or -Retry-After (seconds or a date): hold
 *   RateLimit-Policy "5;w=1", '"a";q=10;w=1', RateLimit "limit=5, remaining=0, reset=7", '"a";r=0;t=7', and
 *   RateLimit-Remaining, -Reset: the IETF draft's versions
 * A limit for a window longer than a minute is a budget, not a pace: it is used up as fast as the pace allows, and then
 * waited for. What cannot be read is ignored. */
typedef const char *pace_header_fn(void *context, const char *name);
void pace_read(struct pace *p, pace_header_fn *header, void *context, int64_t now, int64_t wall_s);

#endif

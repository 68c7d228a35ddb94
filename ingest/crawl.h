/* crawl.h: asks many servers for many things at once, politely, and trusts none of them. The one door to the net of the
 * stages search and fetch.
 *
 * A request goes this way: its URL is http(s) and names no private address -> its host is not blocked -> robots.txt of
 * the host allows it (RFC 9309; not asked for CRAWL_API) -> the host's pace has room for it (table ingest/hosts.tsv,
 * --rate, the service's own rate headers, Crawl-delay) -> --endpoints says where the host's stand-in is -> transfer ->
 * a redirect begins again at the top with the new URL -> opt-out headers -> content_check, MD5 -> either `done`, or a
 * wait and another attempt.
 *
 * What an answer does:
 *   2xx                       judged by its bytes; wrong: another attempt, at most 5 in all. Opt-out headers
 *                             (ingest/optout.h; but of CRAWL_API): ERR_REFUSED, before the body is read
 *   304                       done, not_modified; not asked for: another attempt
 *   301 302 303 307 308       followed, at most 10; from a name to a literal private address: another attempt (once in
 *                             a while it is a fault, not malice), at the end ERR_REFUSED, also with --allow-private
 *   408 425 429 5xx, cut, late, stalled, reset, no DNS, no connection, TLS
 *                             another attempt: Retry-After (at most an hour), or exponential back-off with full jitter
 *                             (at most 5 min); the whole host waits after 429 and 503. At the end ERR_TEMPORARY
 *   403                       the host is blocked: all that waits for it ends with ERR_REFUSED; stored for a day. Not
 * so where the hosts' table says that a 403 is about one file (object stores) 401 404 410, other 4xx    ERR_FORMAT at
 * once; the status tells larger than max_bytes     ERR_LIMIT at once robots, private address   ERR_REFUSED at once;
 * robots.txt cannot be reached: ERR_TEMPORARY
 *
 * An attempt begins with the URL asked for, whatever redirects the last one met. A file of which 64 KiB came goes on
 * from there by Range, when there is a strong ETag or a date to ask by (If-Range).
 *
 * Everything about one host (pace, robots, block, counts) lies in one place, under its original name, also when a
 * stand-in answers; robots.txt of one host is asked for once a day. One process crawls for a corpus at a time:
 * crawl_new takes a lock. */
#ifndef FIGMILL_INGEST_CRAWL_H
#define FIGMILL_INGEST_CRAWL_H

#include <popt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/sha256.h"
#include "db/db.h"
#include "ingest/content.h"

/* The options that search and fetch share. */
struct crawl_options {
    char *contact;   /* --contact MAIL, else $FIGMILL_CONTACT; required: goes into the User-Agent and to services */
    char *endpoints; /* --endpoints FILE: TSV of host (or *) and base URL ({host} in it: the host) */
    char *proxy;     /* --proxy URL */
    char *rate;    /* --rate N: requests a second and host, 0: no limit; more than the table only for replaced hosts */
    char *unblock; /* --unblock HOST: forget that it answered 403 */
    int allow_private; /* --allow-private */
    int in_flight;     /* --in-flight N: most transfers at once; 0: 256 */
    int attempts;      /* --attempts N: of one request; 0: 8 */
};
/* Their rows in a stage's table of options, which writes them to the static struct `o`. */
#define CRAWL_POPT(o)                                                                                                  \
    {"contact", 0, POPT_ARG_STRING, &(o).contact, 0, NULL, NULL},                                                      \
        {"endpoints", 0, POPT_ARG_STRING, &(o).endpoints, 0, NULL, NULL},                                              \
        {"proxy", 0, POPT_ARG_STRING, &(o).proxy, 0, NULL, NULL},                                                      \
        {"rate", 0, POPT_ARG_STRING, &(o).rate, 0, NULL, NULL},                                                        \
        {"unblock", 0, POPT_ARG_STRING, &(o).unblock, 0, NULL, NULL},                                                  \
        {"allow-private", 0, POPT_ARG_NONE, &(o).allow_private, 0, NULL, NULL},                                        \
        {"in-flight", 0, POPT_ARG_INT, &(o).in_flight, 0, NULL, NULL},                                                 \
    {                                                                                                                  \
        "attempts", 0, POPT_ARG_INT, &(o).attempts, 0, NULL, NULL                                                      \
    }
extern const char crawl_help[]; /* the lines that explain them, for a stage's description */
/* ERR_USAGE: no contact or none that can be one, a negative number, a file of endpoints that cannot be read (with its
 * line). Call it in the stage's prepare. */
bool crawl_options_check(struct crawl_options *o, struct err *e);

struct crawl;
/* `db` serves to load what is known of hosts; crawl_store writes it. ERR_SYSTEM when another process crawls for this
 * corpus (its pid). `stop` as in stage_context. Without a corpus (NULL, and no db) nothing is known, locked or stored:
 * then there is no crawl_store, and no CRAWL_FILE, OBJECT or TEMPORARY. */
struct crawl *crawl_new(const struct crawl_options *o, const char *corpus, struct db *db,
                        const volatile sig_atomic_t *stop, struct err *e);
void crawl_free(struct crawl *c); /* forgets what was not done */

enum crawl_kind {
    CRAWL_API,    /* an interface that a service made for programs: its terms count, not robots.txt. Body in memory */
    CRAWL_PAGE,   /* a page for people. Body in memory, as it came (charset in content_type) */
    CRAWL_FILE,   /* an article's file. Body to the blob store */
    CRAWL_OBJECT, /* a file of a documented object store or download service: as CRAWL_FILE, robots.txt not asked */
    CRAWL_TEMPORARY, /* as CRAWL_OBJECT, for what is read once: it becomes no blob, and is gone after `done` */
};

struct crawl_reply {
    struct err why;                   /* ERR_NONE: here it is */
    int status;                       /* of the last answer; 0: none */
    bool not_modified;                /* 304 */
    const char *url;                  /* that answered, after redirects; without keys and fragment */
    const char *content_type;         /* header, or "" */
    const char *media_type;           /* by the bytes, or NULL */
    const char *etag, *last_modified; /* headers, or NULL */
    const char *headers; /* JSON object of those of interest: server, date, content-type, content-length, etag, ... */
    const char *robots;  /* the decision: "not asked", "allowed", "allowed by 'Allow: /pdf'", "disallowed by '...'" */
    const char *body;    /* API, PAGE: NUL-terminated, also of a 4xx; else NULL */
    size_t len;
    char sha256[SHA256_SIZE]; /* FILE, OBJECT: the blob, which is there already; else "" */
    FILE *file;               /* TEMPORARY: the bytes, open at their beginning, closed after `done`; else NULL */
    uint64_t bytes;
    int attempts;
    double seconds; /* of the last attempt */
};
/* Called in crawl_turn, once a request. Strings are valid during the call. It may add requests. */
typedef void crawl_done_fn(void *context, const struct crawl_reply *reply);

struct crawl_request {
    enum crawl_kind kind;
    const char *url;
    const char *secret_query;  /* "api_key=...", added to the query when it is sent; never stored, told or sent on to
                                  another host; NULL: none */
    const char *secret_header; /* "Authorization: Bearer ...", the same */
    const char *accept;        /* NULL: any */
    const char *post;          /* application/x-www-form-urlencoded; NULL: GET */
    const char *etag, *last_modified; /* conditional request; or NULL */
    enum content_want want;
    bool given;         /* the user gave this very URL: with --allow-private it may name a private address */
    const char *md5;    /* 32 hex digits that the body must have; or NULL */
    uint64_t max_bytes; /* 0: 64 MiB for API and PAGE, 512 MiB for the others */
    int timeout_s;      /* of an attempt; 0: 120 for API and PAGE, 1800 for the others */
    crawl_done_fn *done;
    void *context;
};
/* All strings are copied. Never fails: what is wrong with it is told by `done`, in a later crawl_turn. */
void crawl_add(struct crawl *c, const struct crawl_request *request);
/* Forgets the requests of that context; their `done` is not called. */
void crawl_cancel(struct crawl *c, const void *context);

/* Works for at most wait_ms. ERR_SYSTEM: the disk, the database, libcurl. */
bool crawl_turn(struct crawl *c, int wait_ms, struct err *e);
/* Requests added and not done; how many of them are on the wire now. */
size_t crawl_open(const struct crawl *c);
size_t crawl_on_wire(const struct crawl *c);

/* Writes what has changed of hosts (robots, blocks, counts, pace) to table host. Call it in the stage's transaction. */
bool crawl_store(struct crawl *c, struct err *e);

/* The contact, for services that want it in the query (mailto=, email=). */
const char *crawl_contact(const struct crawl *c);

#endif

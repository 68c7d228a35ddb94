/* transfer.h: many HTTP transfers at once in one process, by libcurl's multi interface: HTTP/2 where the server has it,
 * connections kept and used again, nothing ever blocks but transfers_turn.
 *
 * A transfer is one exchange with one server: redirects are not followed but reported, a status of 500 is a result like
 * any other; what is to be done about either is the caller's affair. A GET on a connection that was kept and had gone
 * is sent once more; nothing else is repeated. A body that states no length and is not chunked ends with its
 * connection: whether it was cut only the caller can tell. Whoever asks for bytes from the net must not be led astray:
 * only http and https, no address that transfers_new's options do not allow (checked when the socket is made, so after
 * DNS), no reply larger, slower or longer than the request says. Certificates are verified. The environment's proxies
 * are not used. */
#ifndef FIGMILL_BASE_TRANSFER_H
#define FIGMILL_BASE_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct transfers;

struct transfer_options {
    const char *user_agent;
    const char *proxy;   /* URL of an HTTP or SOCKS proxy; NULL: none. Its own address may be private */
    const char *ca_file; /* certificates to trust beside the system's, for tests; NULL: none */
    int max;             /* transfers at once; 0: 256. More are refused by transfers_start */
    int max_host;        /* connections to one host at once; 0: no limit but max */
};

/* Ignores SIGPIPE from now on, for the process. ERR_SYSTEM when libcurl or an event descriptor cannot be had. */
struct transfers *transfers_new(const struct transfer_options *options, struct err *e);
void transfers_free(struct transfers *t); /* ends all transfers without a word; NULL is fine */

enum transfer_end {
    TRANSFER_DONE,      /* a whole reply, whatever its status */
    TRANSFER_STOPPED,   /* a callback said no, or transfers_cancel */
    TRANSFER_NO_HOST,   /* the name has no address */
    TRANSFER_NO_ANSWER, /* cannot connect */
    TRANSFER_NOT_SAFE,  /* TLS: certificate, handshake */
    TRANSFER_PRIVATE,   /* the address is private, loopback or link-local, and may not be */
    TRANSFER_LATE,      /* took longer than timeout_s */
    TRANSFER_STALLED,   /* less than min_speed bytes a second for stall_s seconds */
    TRANSFER_CUT, /* the body broke off: fewer bytes than announced, a broken chunk, gzip without its end, a reset */
    TRANSFER_TOO_LARGE, /* more than max_bytes, announced or received */
    TRANSFER_BAD,       /* not HTTP, headers larger than 64 KiB, damaged gzip, a reset before a reply, all else */
};
const char *transfer_end_text(enum transfer_end end); /* "connection cut", ... */

struct transfer_headers; /* of the reply */
/* A header's value by its name, whatever the case; the last one where there are several; NULL: none. */
const char *transfer_header(const struct transfer_headers *h, const char *name);
/* Calls `each` with every header of that name (or of all names: NULL), in order. */
void transfer_headers_each(const struct transfer_headers *h, const char *name,
                           void (*each)(void *context, const char *name, const char *value), void *context);

struct transfer_result {
    enum transfer_end end;
    int status;          /* 0: no reply */
    int retry_after_s;   /* of Retry-After, seconds or date; 0: none; at most 86400 */
    uint64_t bytes;      /* of the body, as handed on (decoded) */
    double seconds;      /* from its start to its end */
    double connect_s;    /* to a connection that can be used; 0: one that was kept */
    const char *address; /* numeric, of the server; "" unknown */
    const char *detail;  /* libcurl's words, for an error's text; "" */
    const struct transfer_headers *headers;
};

/* All but `done` may be NULL. Callbacks run in transfers_turn, never in another function; they may start and cancel
 * transfers, their own too, but not call transfers_turn or transfers_free. */
struct transfer_events {
    /* Headers are here, no body yet: false ends the transfer as TRANSFER_STOPPED, before its body costs anything. */
    bool (*headers)(void *context, int status, const struct transfer_headers *h);
    /* A piece of the body, content encoding undone. False: TRANSFER_STOPPED. */
    bool (*bytes)(void *context, const void *bytes, size_t len);
    /* Once, at the end; the transfer is gone when it returns. */
    void (*done)(void *context, const struct transfer_result *r);
};

struct transfer_request {
    const char *url;
    const char *const *headers; /* "Name: value" lines, ends with NULL; or NULL. Copied, as the url */
    const char *post;           /* form or JSON body; NULL: GET. Copied */
    bool identity;   /* the server is asked for no content encoding, and one that it has nevertheless is left on (for
                        resuming and for checking lengths and hashes); else gzip is asked for and undone */
    bool private_ok; /* the server's address may be private, loopback, link-local */
    int connect_timeout_s;  /* 0: 15 */
    int timeout_s;          /* 0: 600 */
    int stall_s, min_speed; /* 0: 30 s, 200 bytes/s */
    uint64_t max_bytes;     /* 0: 64 MiB */
};

/* Starts one. The id (may be NULL) serves to cancel it. ERR_LIMIT: `max` are under way; ERR_FORMAT: the URL is none,
 * not http(s) or has a user's name in it, or a header has a line break: `done` is not called then. A private address is
 * no error here, but the transfer's end. */
bool transfers_start(struct transfers *t, const struct transfer_request *request, const struct transfer_events *events,
                     void *context, uint64_t *id, struct err *e);
/* Nothing more is handed on, and its `done` is called with TRANSFER_STOPPED in the next turn. Unknown or ended: fine.
 */
void transfers_cancel(struct transfers *t, uint64_t id);

/* Waits at most wait_ms for something to happen and handles it. ERR_SYSTEM when libcurl gives up. */
bool transfers_turn(struct transfers *t, int wait_ms, struct err *e);
int transfers_running(const struct transfers *t);

#endif

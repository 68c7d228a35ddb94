/* crawl_server.h: a scripted HTTP server on 127.0.0.1 for test_crawl: many connections at once, faults, byte ranges,
 * and a log with times. A forked child, ended by its pid. */
#ifndef FIGMILL_TESTS_CRAWL_SERVER_H
#define FIGMILL_TESTS_CRAWL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum canned_end {
    CANNED_WHOLE,
    CANNED_CUT,   /* Content-Length of the whole, `cut` bytes, then closed */
    CANNED_RESET, /* closed before the first byte */
    CANNED_HANG,  /* no answer */
    CANNED_DRIP,  /* `cut` bytes, and then no more, the connection stays open */
};

struct canned {
    const char *path;    /* the request's, without its query; NULL ends the list */
    int times;           /* served so often, then the next entry of the path; 0: for ever */
    int status;          /* what there is no entry for: 404 */
    const char *headers; /* more lines, each with its CRLF; or NULL */
    const char *body;    /* or NULL */
    size_t len;          /* of the body; 0: to its NUL */
    enum canned_end end;
    size_t cut;
    size_t echo; /* the body is the request's target, and blanks up to so many bytes */
    bool ranges; /* answers Range with 206, when If-Range is what the headers' ETag says */
};

enum { SERVER_LOG = 20000, SERVER_REQUEST = 1024 };

struct server_log {
    volatile int n;
    struct server_entry {
        int64_t ms;                /* monotonic: when the request was read */
        char text[SERVER_REQUEST]; /* its head */
    } entries[SERVER_LOG];
};

struct server {
    int pid, port;
    struct server_log *log; /* shared with the child */
};

void server_start(struct server *s, const struct canned *script);
void server_stop(struct server *s);
/* Requests so far whose path (with the query) begins so. */
int server_count(const struct server *s, const char *path);
/* The n-th of them, from 0; NULL: there is none. */
const struct server_entry *server_entry(const struct server *s, const char *path, int n);

#endif

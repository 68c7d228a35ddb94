/* mock_server.h: a small HTTP server on 127.0.0.1 for tests: serves canned replies from a forked child and records what
 * it was asked. Loopback only; ended by its pid. */
#ifndef FIGMILL_TESTS_MOCK_SERVER_H
#define FIGMILL_TESTS_MOCK_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum mock_end {
    MOCK_WHOLE, /* Content-Length and all of the body; the connection is kept */
    MOCK_CLOSE, /* the same, but the connection is closed without saying so */
    MOCK_CUT,   /* Content-Length of the whole body, half of it, then closed */
    MOCK_RESET, /* closed before the first byte */
};

struct mock_reply {
    const char *path; /* prefix of the request's path; NULL ends the list */
    int status;
    const char *body;
    const char *header; /* one more header line ("Retry-After: 7"), or NULL */
    enum mock_end end;
    int delay_ms; /* before the first byte */
    int times;    /* served so often, then the next entry of the path; 0: for ever */
    /* Answers instead of `body`: gets the request's body, gives the reply's in memory of malloc; NULL: status 500. */
    char *(*make)(const char *request);
};

struct mock_server {
    int pid, port;
    char url[64];
    char log[64]; /* file of the requests */
};

/* Forks the server. `replies` is used by the child as it is at this moment. Ends the test program when it cannot. */
void mock_start(struct mock_server *m, const struct mock_reply *replies);
void mock_stop(struct mock_server *m);

/* How many requests to paths that begin so were served. */
int mock_count(const struct mock_server *m, const char *path);
/* The whole n-th request (from 0) to paths that begin so, head and body, in memory of malloc; NULL when there was none.
 */
char *mock_request(const struct mock_server *m, const char *path, int n);

/* A chat completion whose message holds this text, in memory of malloc. */
char *mock_completion(const char *content);
/* The same that ended for another reason than "stop"; `content` NULL: the message has null. */
char *mock_completion_ended(const char *content, const char *finish_reason);

#endif

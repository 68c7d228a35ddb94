/* http.h: blocking HTTP requests by libcurl, one at a time on a kept connection, every reply bounded. */
#ifndef FIGMILL_BASE_HTTP_H
#define FIGMILL_BASE_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct http; /* a connection that is used again */

/* `stop`, when not NULL, ends a transfer in hand with ERR_ABORT within a second once it is >= 2. */
struct http *http_new(const volatile sig_atomic_t *stop);
void http_free(struct http *h);

struct http_request {
    const char *url;       /* http or https only */
    const char *body;      /* NULL: GET; else POST with this JSON text */
    const char *bearer;    /* NULL, or a key for the Authorization header; never logged */
    int connect_timeout_s; /* 0: 10 */
    int timeout_s;         /* whole transfer; 0: 60 */
    size_t max_bytes;      /* of the reply's body; 0: 16 MiB */
};

struct http_reply {
    int status;
    int retry_after_s; /* of the Retry-After header in seconds; 0: none */
    struct str body;
};

/* True when the server answered, whatever the status. Else ERR_SYSTEM: cannot connect or resolve; ERR_TEMPORARY:
 * time-out, reset, cut reply; ERR_LIMIT: reply larger than max_bytes; ERR_ABORT: stopped. A connection that the server
 * closed between two requests is opened again once. Release the reply in any case. */
bool http_send(struct http *h, const struct http_request *request, struct http_reply *reply, struct err *e);
void http_reply_release(struct http_reply *reply);

#endif

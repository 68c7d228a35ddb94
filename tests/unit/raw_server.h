/* raw_server.h: a server on 127.0.0.1 for tests that plays bytes as they are written down, whether they are HTTP or
 * not: with pauses, cut, reset, by TLS. A process for each connection; loopback only; ended by its pid. */
#ifndef FIGMILL_TESTS_RAW_SERVER_H
#define FIGMILL_TESTS_RAW_SERVER_H

#include <openssl/ssl.h>
#include <stddef.h>

enum raw_end {
    RAW_KEEP,  /* waits for the next request */
    RAW_CLOSE, /* closes the connection, without a word of TLS */
    RAW_RESET, /* resets it */
    RAW_HANG,  /* says nothing more and keeps it open */
};

struct raw_reply {
    const char *target; /* of the request line, whole; NULL ends the list */
    const char *bytes;
    size_t len;       /* 0: strlen(bytes) */
    int pause_ms;     /* before the first byte */
    int drip_ms;      /* after each byte */
    int times;        /* `more` is sent so often behind the bytes */
    const char *more; /* NULL: nothing */
    enum raw_end end;
};

enum { RAW_REQUEST_MAX = 8192 };

/* Shared with the server. */
struct raw_seen {
    int connections, requests;
    char request[RAW_REQUEST_MAX]; /* the last one, head and body */
};

struct raw_server {
    int pid, port;
    char url[64]; /* "http://127.0.0.1:PORT", or https */
    struct raw_seen *seen;
};

/* `tls` NULL: plain. Replies are used as they are at this moment. A target that is not listed gets 404. Ends the test
 * program when it cannot be started. */
void raw_server_start(struct raw_server *s, const struct raw_reply *replies, SSL_CTX *tls);
void raw_server_stop(struct raw_server *s);

/* A key and a certificate signed by itself for `name` ("IP:127.0.0.1", "DNS:example.org"). The certificate is also
 * written to `pem_file` (NULL: not), for a client to trust. */
SSL_CTX *raw_server_identity(const char *name, const char *pem_file);

#endif

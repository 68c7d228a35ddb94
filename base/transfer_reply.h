/* transfer_reply.h: one reply as libcurl hands it on, piece by piece: headers, body, and how it ended. Of use to
 * base/transfer.c only. */
#ifndef FIGMILL_BASE_TRANSFER_REPLY_H
#define FIGMILL_BASE_TRANSFER_REPLY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gunzip.h"
#include "base/transfer.h"

/* All header lines of a reply together, those of 1xx and trailers with them. */
enum { TRANSFER_HEADERS_MAX = 64 << 10 };

struct transfer_headers {
    CURL *easy;
    bool whole; /* the last header is here */
};

struct transfer_reply {
    CURL *easy;
    struct gunzip *gunzip; /* NULL until the first reply that needs it */

    /* Of the request; all that follows is set anew for each. */
    struct transfer_events events;
    void *context;
    uint64_t max_bytes;
    double timeout_s, started;
    bool identity, any_address;

    struct transfer_headers headers;
    size_t header_bytes;
    int status; /* 0 until headers are whole */
    bool packed;
    uint64_t received, bytes; /* as it came, and with its encoding undone */
    int sockets, refused;     /* sockets made; addresses that may not be reached */
    int sent;                 /* times that libcurl was about to send the request */
    bool decided;             /* by us: `end` holds, whatever libcurl says */
    enum transfer_end end;
    char detail[CURL_ERROR_SIZE];
    char address[64];
};

/* Makes the easy handle with all options that no request changes. */
void transfer_reply_init(struct transfer_reply *r);
void transfer_reply_release(struct transfer_reply *r);

/* From now on nothing more is handed on, and `end` is the result. The first decision holds. False always. */
bool transfer_reply_decide(struct transfer_reply *r, enum transfer_end end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What became of it: libcurl's code, unless it was decided here. */
void transfer_reply_result(struct transfer_reply *r, CURLcode code, struct transfer_result *result);

#endif

/* batch.h: files of the OpenAI batch interface, by which a cluster answers requests offline (`vllm run-batch`, the
 * Batch API of OpenAI and others): requests go out as JSON lines, replies come back as JSON lines in any order.
 *
 * Request   {"custom_id": ID, "method": "POST", "url": "/v1/chat/completions", "body": REQUEST}
 * Result    {"custom_id": ID, "response": {"status_code": 200, "body": REPLY} or null, "error": {...} or null}
 *
 * ID is the first BATCH_ID_SIZE - 1 hex digits of the request's SHA-256, so that a result finds its request again
 * without a table of what was sent. */
#ifndef FIGMILL_STAGE_BATCH_H
#define FIGMILL_STAGE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { BATCH_ID_SIZE = 33 };
void batch_id(const char *request, char id[BATCH_ID_SIZE]);

/* Requests. What the Batch API takes in one file: */
enum { BATCH_MOST_LINES = 50000, BATCH_MOST_BYTES = 200 * 1000 * 1000 };
struct batch_limits {
    int64_t lines, bytes;
};

struct batch_out;
/* Writes FILE; when that is full, FILE.1, FILE.2 and so on. A part is written as NAME.partial and gets its name when it
 * is whole. ERR_USAGE when FILE or FILE.1 exists: a batch is never overwritten. `limits` NULL: those above. */
struct batch_out *batch_out_new(const char *file, const struct batch_limits *limits, struct err *e);
/* Adds one request; the same one twice is written once. ERR_LIMIT: it is longer than a file may be. */
bool batch_out_add(struct batch_out *b, const char *request, struct err *e);
/* Ends the last part; without a request there is no file. Call it once, then free. */
bool batch_out_close(struct batch_out *b, struct err *e);
int64_t batch_out_lines(const struct batch_out *b);
int batch_out_files(const struct batch_out *b);
void batch_out_free(struct batch_out *b); /* without close, what was not whole is removed */

/* Results. */
struct batch_in;
/* Maps the files, list ending with NULL, and reads where which result lies. Lines that are broken or have no custom_id
 * are left out with a warning. Of several results with one ID the first that is an answer counts. */
struct batch_in *batch_in_new(const char *const *files, struct err *e);
void batch_in_free(struct batch_in *b);

struct batch_counts {
    int64_t results;    /* IDs */
    int64_t broken;     /* lines left out */
    int64_t duplicates; /* lines with an ID that another line has too */
    int64_t used;       /* IDs found so far */
};
void batch_in_counts(const struct batch_in *b, struct batch_counts *out);

/* Appends the reply to the request with this ID to `raw`, as its server would have sent it. 1: an answer, HTTP 200;
 * 0: there is no result of this ID; -1: the request failed, errors as of model_send. *status is HTTP's (0: none). */
int batch_in_find(struct batch_in *b, const char *id, struct str *raw, int *status, struct err *e);

#endif

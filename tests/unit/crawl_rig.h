/* crawl_rig.h: what tests of the crawler stand on: a scripted server that stands in for every host, a corpus in a
 * temporary folder, a crawler without a limit of rate. Requests for "https://HOST/PATH" come to the server as
 * "/HOST/PATH". What goes wrong fails the test. */
#ifndef FIGMILL_TESTS_CRAWL_RIG_H
#define FIGMILL_TESTS_CRAWL_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "db/host.h"
#include "ingest/crawl.h"
#include "tests/unit/crawl_server.h"

struct rig {
    struct server server;
    char corpus[64], endpoints[96];
    struct crawl_options options;
    struct db db;
    struct crawl *crawl;
};

/* Starts the server and makes the folder; `options` may be changed before rig_open. */
void rig_up(struct rig *r, const struct canned *script);
void rig_open(struct rig *r); /* the database, the crawler */
void rig_close(struct rig *r);
void rig_down(struct rig *r); /* all of it is gone */

/* What came of a request. */
struct got {
    int times;
    struct err why;
    int status, attempts;
    bool not_modified;
    char url[256], robots[256], etag[64], body[512], sha256[SHA256_SIZE], headers[1024];
    uint64_t bytes;
};

/* Adds the request; *got, which is its context, is cleared, and filled when it is done. */
void rig_ask(struct rig *r, const struct crawl_request *request, struct got *got);
/* Turns until nothing is open, at most 20 s; then stores. */
void rig_run(struct rig *r);
struct host_row rig_row(struct rig *r, struct arena *arena, const char *host);

int64_t rig_now(void); /* monotonic ms */
/* A program's exit status; `c` may be NULL. */
int rig_program(const char *name, const char *a, const char *b, const char *c);

#endif

/* host.h: table host: what is known of servers: how they may be asked, and how they answered. */
#ifndef FIGMILL_DB_HOST_H
#define FIGMILL_DB_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"

/* A row; the columns are explained in the schema. Times are seconds since 1970; 0 stands for null in them. */
struct host_row {
    const char *host;
    int64_t requests, done, redirects, refused, throttled, broken, lost, wrong, bytes;
    double busy_s;
    int64_t first, last;
    double rate;     /* 0: no limit; -1: null */
    int concurrency; /* 0: null */
    const char *rate_source;
    int64_t blocked_until;
    const char *blocked_why;
    int robots_status; /* -1: null, not asked */
    int64_t robots_until, robots_lost;
    const char *robots; /* NULL in rows that are stored: the text stays as it is, unless robots_status is -1 */
};

/* Reads the row of a host, strings in the arena; *found false: there is none, and *out is empty (rate and robots_status
 * -1). */
bool host_load(struct db *db, const char *host, struct arena *arena, struct host_row *out, bool *found, struct err *e);

/* Writes a row over the one that is there, if any. */
bool host_store(struct db *db, const struct host_row *row, struct err *e);

/* Calls `each` with the rows that have been asked most lately first, without robots' text; strings are valid during the
 * call. */
bool host_list(struct db *db, void (*each)(void *context, const struct host_row *row), void *context, struct err *e);

#endif

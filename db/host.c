/* host.c: see host.h. */
#include "db/host.h"

#define COLUMNS                                                                                                        \
    "requests, done, redirects, refused, throttled, broken, lost, wrong, bytes, busy_s, first, last, "                 \
    "coalesce(rate, -1), concurrency, rate_source, blocked_until, blocked_why, coalesce(robots_status, -1), "          \
    "robots_until, robots_lost, host"

/* Strings stay the statement's. */
static void read_row(sqlite3_stmt *s, struct host_row *out)
{
    int64_t *const counts[] = {&out->requests, &out->done, &out->redirects, &out->refused, &out->throttled,
                               &out->broken,   &out->lost, &out->wrong,     &out->bytes};
    int column = 0;
    for (; column < (int)(sizeof counts / sizeof *counts); column++)
        *counts[column] = sqlite3_column_int64(s, column);
    out->busy_s = sqlite3_column_double(s, column++);
    out->first = sqlite3_column_int64(s, column++);
    out->last = sqlite3_column_int64(s, column++);
    out->rate = sqlite3_column_double(s, column++);
    out->concurrency = sqlite3_column_int(s, column++);
    out->rate_source = db_text(s, column++);
    out->blocked_until = sqlite3_column_int64(s, column++);
    out->blocked_why = db_text(s, column++);
    out->robots_status = sqlite3_column_int(s, column++);
    out->robots_until = sqlite3_column_int64(s, column++);
    out->robots_lost = sqlite3_column_int64(s, column++);
    out->host = db_text(s, column++);
    out->robots = NULL;
}

bool host_load(struct db *db, const char *host, struct arena *arena, struct host_row *out, bool *found, struct err *e)
{
    *found = false;
    *out = (struct host_row){.rate = -1, .robots_status = -1};
    sqlite3_stmt *s = db_bind(db, e, "SELECT " COLUMNS ", robots FROM host WHERE host = ?1", "t", host);
    int got = s ? db_step(db, s, e) : -1;
    if (got == 1) {
        *found = true;
        read_row(s, out);
        out->host = arena_strdup(arena, out->host);
        out->rate_source = arena_strdup(arena, out->rate_source);
        out->blocked_why = arena_strdup(arena, out->blocked_why);
        out->robots = arena_strdup(arena, db_text(s, 21));
        got = db_step(db, s, e);
    }
    return got == 0;
}

bool host_store(struct db *db, const struct host_row *row, struct err *e)
{
    static const char sql[] =
        "INSERT INTO host (host, requests, done, redirects, refused, throttled, broken, lost, wrong, bytes, busy_s, "
        "first, last, rate, concurrency, rate_source, blocked_until, blocked_why, robots_status, robots_until, "
        "robots_lost, robots) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, nullif(?14, -1.0), ?15, "
        "?16, ?17, ?18, nullif(?19, -1), ?20, ?21, ?22) "
        "ON CONFLICT (host) DO UPDATE SET requests = excluded.requests, done = excluded.done, "
        "redirects = excluded.redirects, refused = excluded.refused, throttled = excluded.throttled, "
        "broken = excluded.broken, lost = excluded.lost, wrong = excluded.wrong, bytes = excluded.bytes, "
        "busy_s = excluded.busy_s, last = excluded.last, rate = excluded.rate, concurrency = excluded.concurrency, "
        "rate_source = excluded.rate_source, blocked_until = excluded.blocked_until, "
        "blocked_why = excluded.blocked_why, robots_status = excluded.robots_status, "
        "robots_until = excluded.robots_until, robots_lost = excluded.robots_lost, "
        "robots = iif(excluded.robots_status IS NULL, NULL, coalesce(excluded.robots, robots))";
    return db_run(db, e, sql, "tiiiiiiiiidiidItItiIIt", row->host, row->requests, row->done, row->redirects,
                  row->refused, row->throttled, row->broken, row->lost, row->wrong, row->bytes, row->busy_s, row->first,
                  row->last, row->rate, (int64_t)row->concurrency, row->rate_source, row->blocked_until,
                  row->blocked_why, (int64_t)row->robots_status, row->robots_until, row->robots_lost, row->robots);
}

bool host_list(struct db *db, void (*each)(void *context, const struct host_row *row), void *context, struct err *e)
{
    int got = -1;
    sqlite3_stmt *s = db_bind(db, e, "SELECT " COLUMNS " FROM host ORDER BY last DESC, host", "");
    while (s && (got = db_step(db, s, e)) > 0) {
        struct host_row row;
        read_row(s, &row);
        each(context, &row);
    }
    return got == 0;
}

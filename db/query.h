/* query.h: rows as a table of cells, for programs that show them; and SQL that a user wrote, which may only read. */
#ifndef FIGMILL_DB_QUERY_H
#define FIGMILL_DB_QUERY_H

#include <signal.h>
#include <stddef.h>

#include "db/db.h"

struct query_cell {
    enum { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_BLOB } type;
    int64_t integer;
    double real;
    const char *bytes; /* of a text (valid UTF-8 is not promised) or a blob */
    size_t len;
};

/* Where rows go: `begin` once with the columns' names, then `row` for each. False with an error ends it. Everything is
 * valid during the call only. */
struct query_sink {
    void *context;
    bool (*begin)(void *context, const char *const *names, int n, struct err *e);
    bool (*row)(void *context, const struct query_cell *cells, int n, struct err *e);
};

/* Feeds the rows of a statement of db_bind (NULL: it failed) to the sink. */
bool query_feed(struct db *db, sqlite3_stmt *s, const struct query_sink *sink, struct err *e);

/* Runs one statement that a user wrote. It may read and nothing else: no write, no ATTACH, no setting of pragmas.
 * ERR_USAGE: what is wrong and where (line and column, both from 1); ERR_ABORT: *stop turned true. */
bool query_run(struct db *db, const char *sql, const volatile sig_atomic_t *stop, const struct query_sink *sink,
               struct err *e);

#endif

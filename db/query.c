/* query.c: see query.h. */
#include "db/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

enum { COLUMNS_MAX = 2000 /* SQLite's own limit */, STEPS_BETWEEN_LOOKS = 20000, EXCERPT = 60 };

static void read_cell(sqlite3_stmt *s, int column, struct query_cell *cell)
{
    *cell = (struct query_cell){.type = CELL_NULL, .bytes = ""};
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        cell->type = CELL_INTEGER;
        cell->integer = sqlite3_column_int64(s, column);
        break;
    case SQLITE_FLOAT:
        cell->type = CELL_REAL;
        cell->real = sqlite3_column_double(s, column);
        break;
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        cell->type = sqlite3_column_type(s, column) == SQLITE_TEXT ? CELL_TEXT : CELL_BLOB;
        const char *bytes = sqlite3_column_blob(s, column);
        cell->bytes = bytes ? bytes : "";
        cell->len = (size_t)sqlite3_column_bytes(s, column);
        break;
    }
    default:
        break;
    }
}

bool query_feed(struct db *db, sqlite3_stmt *s, const struct query_sink *sink, struct err *e)
{
    if (!s)
        return false;
    int n = sqlite3_column_count(s), more = -1;
    const char **names = mem_array((size_t)n + 1, sizeof *names);
    struct query_cell *cells = mem_array((size_t)n + 1, sizeof *cells);
    for (int i = 0; i < n; i++)
        names[i] = sqlite3_column_name(s, i);
    bool ok = sink->begin(sink->context, names, n, e);
    while (ok && (more = db_step(db, s, e)) > 0) {
        for (int i = 0; i < n; i++)
            read_cell(s, i, &cells[i]);
        ok = sink->row(sink->context, cells, n, e);
    }
    if (!ok)
        sqlite3_reset(s);
    free(names);
    free(cells);
    return ok && more == 0;
}

/* A user's SQL. */

static int only_read(void *context, int action, const char *a, const char *b, const char *schema, const char *trigger)
{
    static const char *const pragmas[] = {"table_info",      "table_xinfo",  "table_list",       "index_list",
                                          "index_info",      "user_version", "application_id",   "foreign_key_check",
                                          "integrity_check", "quick_check",  "foreign_key_list", "compile_options",
                                          "function_list"};
    (void)context;
    (void)b;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_UPDATE:
        /* SQLite asks this for itself when a table-valued pragma is declared; it is no leave to write. */
        return strcmp(a, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
        for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++)
            /* user_version and application_id can be set as well, but not on a connection that only reads. */
            if (sqlite3_stricmp(a, pragmas[i]) == 0)
                return SQLITE_OK;
        return SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int look_at_flag(void *flag)
{
    return *(const volatile sig_atomic_t *)flag != 0;
}

static bool fail_at(const char *sql, size_t at, const char *what, struct err *e)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at; i++)
        if (sql[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t rest = strcspn(sql + at, "\n");
    return err_set(e, ERR_USAGE, "SQL, line %zu, column %zu: %s%s%.*s", line, text_length(sql + start, at - start) + 1,
                   what, rest ? ", at: " : "", (int)(rest < EXCERPT ? rest : EXCERPT), sql + at);
}

static bool fail_writing(struct err *e)
{
    return err_set(e, ERR_USAGE, "SQL: `figmill query` only reads, and this statement does something else");
}

/* A statement that was well formed, but failed: VACUUM is refused only then, a function may not like its arguments. */
static void fail_run(struct db *db, struct err *e)
{
    int code = sqlite3_errcode(db->handle);
    if (code == SQLITE_AUTH || code == SQLITE_READONLY)
        fail_writing(e);
    else if (code == SQLITE_ERROR)
        err_set(e, ERR_USAGE, "SQL: %s", sqlite3_errmsg(db->handle));
}

static bool fail_prepare(struct db *db, const char *sql, int code, struct err *e)
{
    int at = sqlite3_error_offset(db->handle);
    if (code == SQLITE_AUTH)
        return fail_writing(e);
    if (code == SQLITE_ERROR && at >= 0 && (size_t)at <= strlen(sql))
        return fail_at(sql, (size_t)at, sqlite3_errmsg(db->handle), e);
    if (code == SQLITE_ERROR)
        return err_set(e, ERR_USAGE, "SQL: %s", sqlite3_errmsg(db->handle));
    return db_fail(db, e, "SQL");
}

/* The place of the next statement behind the first, or NULL: only white space, ";" and comments follow. */
static const char *next_statement(struct db *db, const char *tail)
{
    while (*tail) {
        sqlite3_stmt *s = NULL;
        const char *end = NULL;
        int code = sqlite3_prepare_v2(db->handle, tail, -1, &s, &end);
        sqlite3_finalize(s);
        if (code != SQLITE_OK || s)
            return tail + strspn(tail, " \t\r\n");
        if (!end || end == tail)
            break;
        tail = end;
    }
    return NULL;
}

bool query_run(struct db *db, const char *sql, const volatile sig_atomic_t *stop, const struct query_sink *sink,
               struct err *e)
{
    sqlite3_stmt *s = NULL;
    const char *tail = "", *second;
    bool ok = false;
    sqlite3_set_authorizer(db->handle, only_read, NULL);
    sqlite3_progress_handler(db->handle, STEPS_BETWEEN_LOOKS, look_at_flag, (void *)(uintptr_t)stop);
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &s, &tail);
    if (code != SQLITE_OK)
        fail_prepare(db, sql, code, e);
    else if (!s)
        err_set(e, ERR_USAGE, "SQL: there is no statement in it");
    else if ((second = next_statement(db, tail)))
        fail_at(sql, (size_t)(second - sql), "one statement at a time", e);
    else if (!(ok = query_feed(db, s, sink, e)) && e->kind == ERR_SYSTEM)
        fail_run(db, e);
    if (!ok && *stop)
        err_set(e, ERR_ABORT, "interrupted");
    sqlite3_finalize(s);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
    sqlite3_set_authorizer(db->handle, NULL, NULL);
    return ok;
}

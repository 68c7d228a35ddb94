/* db.c: see db.h. */
#include "db/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/migrations.h"

struct db_statements {
    struct {
        const char *sql;
        sqlite3_stmt *stmt;
    } * slots;
    size_t n, cap;
};

bool db_fail(struct db *db, struct err *e, const char *what)
{
    int code = db->handle ? sqlite3_errcode(db->handle) : SQLITE_NOMEM;
    enum err_kind kind = ERR_SYSTEM;
    if (code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG)
        kind = ERR_FORMAT;
    return err_set(e, kind, "%s/corpus.db: %s: %s", db->folder, what,
                   db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
}

/* SQL functions. */

static void sql_fingerprint(sqlite3_context *context, int n, sqlite3_value **values)
{
    char hex[SHA256_SIZE];
    struct sha256 *s = sha256_new();
    for (int i = 0; i < n; i++) {
        const char *text = (const char *)sqlite3_value_text(values[i]);
        int64_t len = text ? sqlite3_value_bytes(values[i]) : -1;
        sha256_add(s, &len, sizeof len);
        if (text)
            sha256_add(s, text, (size_t)len);
    }
    sha256_free(s, hex);
    sqlite3_result_text(context, hex, 32, SQLITE_TRANSIENT);
}

int db_part(const char *key)
{
    char hex[SHA256_SIZE];
    sha256_of(key, strlen(key), hex);
    hex[4] = 0;
    return (int)strtol(hex, NULL, 16);
}

static void sql_part(sqlite3_context *context, int n, sqlite3_value **values)
{
    const char *key = (const char *)sqlite3_value_text(values[0]);
    (void)n;
    sqlite3_result_int(context, db_part(key ? key : ""));
}

/* The rights of a stage. */

static bool is_writable(const struct db *db, const char *table, const char *column)
{
    char full[128];
    snprintf(full, sizeof full, "%s.%s", table, column ? column : "");
    if (strcmp(table, "task") == 0 || strcmp(table, "run") == 0)
        return true;
    for (const char *const *w = db->writable; *w; w++)
        if (strcmp(*w, table) == 0 || strcmp(*w, full) == 0)
            return true;
    return false;
}

static int authorize(void *context, int action, const char *a, const char *b, const char *schema, const char *trigger)
{
    const struct db *db = context;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_INSERT:
    case SQLITE_DELETE:
        return is_writable(db, a, NULL) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_UPDATE:
        return is_writable(db, a, b) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_TRANSACTION:
    case SQLITE_RECURSIVE:
    case SQLITE_SAVEPOINT:
        return SQLITE_OK;
    default: /* schema changes, pragmas, attaching */
        return SQLITE_DENY;
    }
}

void db_restrict(struct db *db, const char *const *writable)
{
    /* A table-valued function declares its columns when it is first used, which would look like a change of schema. */
    sqlite3_exec(db->handle, "SELECT 1 FROM json_each('[]')", NULL, NULL, NULL);
    db->writable = writable;
    sqlite3_set_authorizer(db->handle, writable ? authorize : NULL, db);
}

/* Opening and migrating. */

static bool simple(struct db *db, const char *sql, struct err *e)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, e, "database");
}

static bool pragma_int(struct db *db, const char *sql, int64_t *out, struct err *e)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
    if (ok)
        *out = sqlite3_column_int64(s, 0);
    else
        db_fail(db, e, "database");
    sqlite3_finalize(s);
    return ok;
}

static bool migrate(struct db *db, struct err *e)
{
    int64_t version;
    char sql[64];
    if (!simple(db, "BEGIN IMMEDIATE", e))
        return false;
    /* Read again under the lock: another process may have been quicker. */
    bool ok = pragma_int(db, "PRAGMA user_version", &version, e);
    for (int i = (int)version; ok && i < DB_SCHEMA_VERSION; i++)
        ok = simple(db, db_migrations[i], e);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", DB_SCHEMA_VERSION);
    ok = ok && simple(db, sql, e);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", DB_APPLICATION_ID);
    ok = ok && simple(db, sql, e) && simple(db, "COMMIT", e);
    if (!ok)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

static bool check_version(struct db *db, enum db_mode mode, struct err *e)
{
    int64_t version, application, tables;
    if (!pragma_int(db, "PRAGMA user_version", &version, e) ||
        !pragma_int(db, "PRAGMA application_id", &application, e) ||
        !pragma_int(db, "SELECT count(*) FROM sqlite_schema", &tables, e))
        return false;
    if (tables && application != DB_APPLICATION_ID)
        return err_set(e, ERR_SYSTEM, "%s/corpus.db is a database, but not a figmill corpus", db->folder);
    if (version > DB_SCHEMA_VERSION)
        return err_set(
            e, ERR_SYSTEM,
            "%s/corpus.db has schema version %lld, this figmill knows %d: use the newer figmill that made it",
            db->folder, (long long)version, DB_SCHEMA_VERSION);
    if (version == DB_SCHEMA_VERSION)
        return true;
    if (mode == DB_READ)
        return err_set(e, ERR_SYSTEM,
                       "%s/corpus.db has schema version %lld, this figmill needs %d: run any stage on it "
                       "first, which brings it up to date",
                       db->folder, (long long)version, DB_SCHEMA_VERSION);
    return migrate(db, e);
}

static bool open_handle(struct db *db, const char *path, enum db_mode mode, struct err *e)
{
    struct stat st;
    /* No process of ours has two threads that use SQLite, nor anyone who asks how much memory it takes. */
    int flags = SQLITE_OPEN_NOMUTEX | (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (mode == DB_CREATE)
        flags |= SQLITE_OPEN_CREATE;
    else if (stat(path, &st) != 0)
        return err_set(e, ERR_SYSTEM, "no corpus at %s (%s): `figmill import --corpus %s PATH...` makes one",
                       db->folder, strerror(errno), db->folder);
    if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK)
        return db_fail(db, e, "cannot open corpus.db");
    sqlite3_busy_timeout(db->handle, DB_BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(db->handle, 0);
    if (sqlite3_create_function(db->handle, "fingerprint", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                sql_fingerprint, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(db->handle, "part", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sql_part, NULL,
                                NULL) != SQLITE_OK)
        return db_fail(db, e, "database");
    if (mode != DB_READ && !simple(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", e))
        return false;
    return simple(db, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", e);
}

bool db_open(struct db *db, const char *corpus, enum db_mode mode, struct err *e)
{
    size_t len = strlen(corpus);
    while (len > 1 && corpus[len - 1] == '/')
        len--;
    *db = (struct db){.folder = mem_printf("%.*s", (int)len, corpus), .statements = mem_new(sizeof *db->statements)};
    char *path = mem_printf("%s/corpus.db", db->folder);
    bool ok = (mode != DB_CREATE || file_make_folder(db->folder, e)) && open_handle(db, path, mode, e) &&
              check_version(db, mode, e);
    free(path);
    if (!ok)
        db_close(db);
    return ok;
}

void db_close(struct db *db)
{
    for (size_t i = 0; db->statements && i < db->statements->n; i++)
        sqlite3_finalize(db->statements->slots[i].stmt);
    if (db->statements)
        free(db->statements->slots);
    free(db->statements);
    sqlite3_close(db->handle);
    free(db->folder);
    *db = (struct db){0};
}

/* Statements. */

static sqlite3_stmt *cached(struct db *db, const char *sql, struct err *e)
{
    struct db_statements *c = db->statements;
    for (size_t i = 0; i < c->n; i++)
        if (c->slots[i].sql == sql) {
            sqlite3_reset(c->slots[i].stmt);
            return c->slots[i].stmt;
        }
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK) {
        db_fail(db, e, "statement");
        return NULL;
    }
    MEM_GROW(c->slots, c->n, c->cap);
    c->slots[c->n].sql = sql;
    c->slots[c->n++].stmt = s;
    return s;
}

static sqlite3_stmt *vbind(struct db *db, struct err *e, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *s = cached(db, sql, e);
    if (!s)
        return NULL;
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && types[i]; i++) {
        int64_t number;
        switch (types[i]) {
        case 't':
            code = sqlite3_bind_text(s, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'i':
            code = sqlite3_bind_int64(s, i + 1, va_arg(args, int64_t));
            break;
        case 'I':
            number = va_arg(args, int64_t);
            code = number ? sqlite3_bind_int64(s, i + 1, number) : sqlite3_bind_null(s, i + 1);
            break;
        case 'd':
            code = sqlite3_bind_double(s, i + 1, va_arg(args, double));
            break;
        default:
            code = sqlite3_bind_null(s, i + 1);
        }
    }
    if (code == SQLITE_OK)
        return s;
    db_fail(db, e, "binding");
    return NULL;
}

sqlite3_stmt *db_bind(struct db *db, struct err *e, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = vbind(db, e, sql, types, args);
    va_end(args);
    return s;
}

int db_step(struct db *db, sqlite3_stmt *s, struct err *e)
{
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        db_fail(db, e, "database");
    sqlite3_reset(s);
    return code == SQLITE_DONE ? 0 : -1;
}

static bool run_out(struct db *db, sqlite3_stmt *s, struct err *e)
{
    int more = 1;
    while (s && more > 0)
        more = db_step(db, s, e);
    return s && more == 0;
}

bool db_run(struct db *db, struct err *e, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = vbind(db, e, sql, types, args);
    va_end(args);
    return run_out(db, s, e);
}

bool db_int(struct db *db, struct err *e, int64_t *out, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = vbind(db, e, sql, types, args);
    va_end(args);
    int more = s ? db_step(db, s, e) : -1;
    *out = more > 0 ? sqlite3_column_int64(s, 0) : 0;
    return more >= 0 && (more == 0 || run_out(db, s, e));
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

const char *db_text(sqlite3_stmt *s, int column)
{
    return (const char *)sqlite3_column_text(s, column);
}

bool db_begin(struct db *db, struct err *e)
{
    return db_run(db, e, "BEGIN IMMEDIATE", "");
}

bool db_commit(struct db *db, struct err *e)
{
    return db_run(db, e, "COMMIT", "");
}

void db_rollback(struct db *db)
{
    if (db->handle && !sqlite3_get_autocommit(db->handle))
        db_run(db, NULL, "ROLLBACK", "");
}

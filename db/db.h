/* db.h: a corpus's SQLite database: opening, migrating, binding, transactions, and the rights of a stage.
 *
 * CORPUS/corpus.db is in WAL mode with STRICT tables; application_id is DB_APPLICATION_ID, user_version the schema
 * version. SQL stands only in db/, beside its binder. Statements are prepared once a connection and cached by the
 * address of their text, so the text must be a string constant. */
#ifndef FIGMILL_DB_DB_H
#define FIGMILL_DB_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
    DB_APPLICATION_ID = 0x6669676d, /* "figm" */
    DB_SCHEMA_VERSION = 1,
    DB_BUSY_TIMEOUT_MS = 120000,
};

struct db {
    sqlite3 *handle;
    char *folder; /* the corpus folder, without a slash behind it */
    struct db_statements *statements;
    const char *const *writable; /* see db_restrict; NULL: everything */
};

enum db_mode {
    DB_CREATE, /* read and write; folder and schema are made or brought up to date */
    DB_WRITE,  /* read and write; the corpus must exist, its schema is brought up to date */
    DB_READ,   /* read only, never waits for writers, changes nothing */
};

/* Opens CORPUS/corpus.db. ERR_SYSTEM with what to do: no corpus there, not one of ours, a newer schema than ours,
 * unreadable, disk full. On failure *db is closed. */
bool db_open(struct db *db, const char *corpus, enum db_mode mode, struct err *e);
void db_close(struct db *db);

/* From now on only the named tables ("figure") or columns ("document.article_id") can be written, besides task and run;
 * anything else fails with ERR_SYSTEM "not authorized". The list ends with NULL and must live as long as the db. */
void db_restrict(struct db *db, const char *const *writable);

/* The cached statement of `sql`, reset, with one value bound for each letter of `types`:
 *   t const char * (NULL: null)   i int64_t   I int64_t, 0: null   d double   n null
 * NULL on failure. The statement stays the db's. */
sqlite3_stmt *db_bind(struct db *db, struct err *e, const char *sql, const char *types, ...);
/* 1: a row; 0: no more (statement reset); -1: failed (statement reset). */
int db_step(struct db *db, sqlite3_stmt *s, struct err *e);
/* Runs to the end, rows ignored. */
bool db_run(struct db *db, struct err *e, const char *sql, const char *types, ...);
/* The first column of the first row as an integer; 0 when there is none. */
bool db_int(struct db *db, struct err *e, int64_t *out, const char *sql, const char *types, ...);

/* Rows that the last INSERT, UPDATE or DELETE of this connection changed. */
int64_t db_changes(const struct db *db);

/* A column's text or NULL, valid until the next step. */
const char *db_text(sqlite3_stmt *s, int column);

bool db_begin(struct db *db, struct err *e); /* BEGIN IMMEDIATE */
bool db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/* Sets `e` from SQLite's last error: constraint, mismatch and size faults are ERR_FORMAT (the item's fault), all else
 * ERR_SYSTEM. Returns false. */
bool db_fail(struct db *db, struct err *e, const char *what);

/* SQL functions of every connection: fingerprint(a, b, ...) -> first 32 hex digits of the hash of its arguments;
 * part(key) -> 0..65535. The same in C: */
int db_part(const char *key);

#endif

/* verify.c: see verify.h. */
#include "db/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "db/task.h"

/* Statements whose text is made here are prepared afresh: the cache goes by the address of a constant. */
static sqlite3_stmt *prepare(struct db *db, const char *sql, struct err *e)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) != SQLITE_OK)
        db_fail(db, e, "statement");
    return s;
}

static bool check_integrity(struct db *db, bool quick, verify_text_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e, quick ? "PRAGMA quick_check" : "PRAGMA integrity_check", "");
    while (s && (more = db_step(db, s, e)) > 0)
        if (strcmp(db_text(s, 0), "ok") != 0)
            each(context, db_text(s, 0));
    return s && more == 0;
}

static bool check_foreign_keys(struct db *db, verify_text_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT 'table ' || \"table\" || ', row ' || coalesce(rowid, '?') || ': names a row of ' "
                              "|| parent || ' that is not there' FROM pragma_foreign_key_check",
                              "");
    while (s && (more = db_step(db, s, e)) > 0)
        each(context, db_text(s, 0));
    return s && more == 0;
}

static bool check_json(struct db *db, verify_text_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT 'table pair, row ' || pair_id || ': turns or checks is no JSON' FROM pair "
        "WHERE NOT json_valid(turns) OR NOT json_valid(checks) "
        "UNION ALL SELECT 'table translation, row ' || translation_id || ': checks is no JSON' FROM translation "
        "WHERE NOT json_valid(checks) "
        "UNION ALL SELECT 'table release, row ' || release_id || ': options is no JSON' FROM release "
        "WHERE NOT json_valid(options)",
        "");
    while (s && (more = db_step(db, s, e)) > 0)
        each(context, db_text(s, 0));
    return s && more == 0;
}

bool verify_database(struct db *db, bool quick, verify_text_fn *each, void *context, struct err *e)
{
    return check_integrity(db, quick, each, context, e) && check_foreign_keys(db, each, context, e) &&
           check_json(db, each, context, e);
}

bool verify_blobs(struct db *db, verify_blob_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT sha256, max(bytes) FROM ("
                              "SELECT sha256, bytes FROM document UNION ALL SELECT sha256, bytes FROM asset "
                              "UNION ALL SELECT image_sha256, -1 FROM figure WHERE image_sha256 IS NOT NULL "
                              "UNION ALL SELECT original_sha256, -1 FROM figure WHERE original_sha256 IS NOT NULL) "
                              "GROUP BY sha256 ORDER BY sha256",
                              "");
    while (s && (more = db_step(db, s, e)) > 0)
        if (!each(context, db_text(s, 0), sqlite3_column_int64(s, 1), e)) {
            sqlite3_reset(s);
            return false;
        }
    return s && more == 0;
}

bool verify_blob_users(struct db *db, const char *sha256, verify_user_fn *each, void *context, struct err *e)
{
    int more = -1;
    /* Bytes come from the fetch or the import that brought them; an asset came with one of its article's documents. */
    sqlite3_stmt *s = db_bind(
        db, e,
        "WITH fetched AS (SELECT t.item FROM fetch f JOIN task t ON t.stage = 'fetch' AND t.item = CAST(f.article_id AS TEXT) "
        "WHERE f.sha256 = ?1 ORDER BY f.fetch_id LIMIT 1) "
        "SELECT 'document ' || d.document_id || ' (' || d.name || ')', "
        "CASE WHEN EXISTS (SELECT 1 FROM fetched) THEN 'fetch' WHEN t.item IS NOT NULL THEN 'import' END, "
        "coalesce((SELECT item FROM fetched), t.item) FROM document d LEFT JOIN input i USING (document_id) "
        "LEFT JOIN task t ON t.stage = 'import' AND t.item = i.item WHERE d.sha256 = ?1 "
        "UNION SELECT 'file ' || a.name || ' of article ' || a.article_id, "
        "CASE WHEN EXISTS (SELECT 1 FROM fetched) THEN 'fetch' WHEN t.item IS NOT NULL THEN 'import' END, "
        "coalesce((SELECT item FROM fetched), t.item) "
        "FROM asset a LEFT JOIN document d USING (article_id) LEFT JOIN input i ON i.document_id = d.document_id "
        "LEFT JOIN task t ON t.stage = 'import' AND t.item = i.item WHERE a.sha256 = ?1 "
        "UNION SELECT 'picture of figure ' || f.figure_id || ' in document ' || f.document_id, 'extract', "
        "CAST(f.document_id AS TEXT) FROM figure f WHERE f.figure_id IN ("
        "SELECT figure_id FROM figure WHERE image_sha256 = ?1 UNION "
        "SELECT figure_id FROM figure WHERE original_sha256 = ?1)",
        "t", sha256);
    while (s && (more = db_step(db, s, e)) > 0)
        each(context, db_text(s, 0), db_text(s, 1), db_text(s, 2));
    return s && more == 0;
}

/* "SELECT sha256 FROM document UNION ALL SELECT image_sha256 FROM figure ..." over all tables there are. */
static bool write_hash_query(struct db *db, struct str *sql, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT printf('SELECT \"%w\" FROM \"%w\" WHERE \"%w\" IS NOT NULL', c.name, t.name, c.name) "
                "FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
                "WHERE t.type = 'table' AND (c.name = 'sha256' OR c.name LIKE '%\\_sha256' ESCAPE '\\')",
                "");
    while (s && (more = db_step(db, s, e)) > 0) {
        str_add(sql, sql->len ? " UNION ALL " : "");
        str_add(sql, db_text(s, 0));
    }
    return s && more == 0;
}

bool verify_named_hashes(struct db *db, verify_hash_fn *each, void *context, struct err *e)
{
    struct str sql = STR_INIT(1 << 20);
    sqlite3_stmt *s = write_hash_query(db, &sql, e) ? prepare(db, sql.data, e) : NULL;
    int more = -1;
    while (s && (more = db_step(db, s, e)) > 0)
        if (db_text(s, 0))
            each(context, db_text(s, 0));
    bool ok = s && more == 0;
    sqlite3_finalize(s);
    str_release(&sql);
    return ok;
}

/* Of an article that is fetched again, the files are asked for as if they had never come. */
static bool forget_fetched(struct db *db, const char *item, struct err *e)
{
    return db_run(db, e,
                  "UPDATE fetch SET state = 'wanted', sha256 = NULL, etag = NULL, last_modified = NULL "
                  "WHERE article_id = CAST(?1 AS INTEGER) AND sha256 IS NOT NULL",
                  "t", item);
}

bool verify_requeue(struct db *db, const char *stage, const char *item, struct err *e)
{
    if (strcmp(stage, "fetch") == 0 && !forget_fetched(db, item, e))
        return false;
    return db_run(db, e,
                  "UPDATE task SET fingerprint = '', state = 'ready', attempts = 0, not_before = 0, owner = NULL, "
                  "err_kind = NULL, err_text = NULL, updated = unixepoch() WHERE stage = ?1 AND item = ?2",
                  "tt", stage, item) &&
           sqlite3_changes(db->handle) > 0;
}

const char *verify_busy(struct db *db, struct arena *arena, struct err *e)
{
    const char *busy = NULL;
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e, "SELECT owner, stage FROM task WHERE state = 'running'", "");
    while (s && (more = db_step(db, s, e)) > 0)
        if (!busy && db_text(s, 0) && !task_owner_is_gone(db_text(s, 0)))
            busy = arena_printf(arena, "%s (%s)", db_text(s, 1), db_text(s, 0));
    return busy;
}

bool verify_releases(struct db *db, verify_release_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT release_id, name, path, manifest_sha256, samples, "
                              "(SELECT count(*) FROM sample s WHERE s.release_id = r.release_id) "
                              "FROM release r ORDER BY name",
                              "");
    while (s && (more = db_step(db, s, e)) > 0) {
        struct verify_release r = {
            sqlite3_column_int64(s, 0), db_text(s, 1), db_text(s, 2), db_text(s, 3), sqlite3_column_int64(s, 4),
            sqlite3_column_int64(s, 5)};
        if (!each(context, &r, e)) {
            sqlite3_reset(s);
            return false;
        }
    }
    return s && more == 0;
}

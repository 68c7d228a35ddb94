/* input.c: see input.h. */
#include "db/input.h"

#include <string.h>

bool input_expect(struct db *db, const char *item, const char *const *paths, size_t n, struct err *e)
{
    if (!db_run(db, e, "DELETE FROM input WHERE item = ?1", "t", item))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!db_run(db, e, "INSERT INTO input (item, path, outcome) VALUES (?1, ?2, 'waiting')", "tt", item, paths[i]))
            return false;
    return true;
}

bool input_paths(struct db *db, const char *item, struct arena *arena, const char ***paths, size_t *n, struct err *e)
{
    size_t cap = 0;
    int got = -1;
    *paths = NULL;
    *n = 0;
    sqlite3_stmt *s = db_bind(db, e, "SELECT path FROM input WHERE item = ?1 ORDER BY path", "t", item);
    while (s && (got = db_step(db, s, e)) > 0) {
        ARENA_GROW(arena, *paths, *n, cap);
        (*paths)[(*n)++] = arena_strdup(arena, db_text(s, 0));
    }
    return got == 0;
}

bool input_store(struct db *db, const char *item, const char *path, enum input_outcome outcome, int64_t document_id,
                 const struct err *why, struct err *e)
{
    static const char *const names[] = {"document", "asset", "known", "refused"};
    return db_run(
        db, e,
        "INSERT INTO input (item, path, outcome, document_id, err_kind, err_text) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        "ON CONFLICT (item, path) DO UPDATE SET outcome = excluded.outcome, document_id = excluded.document_id, "
        "err_kind = excluded.err_kind, err_text = excluded.err_text",
        "tttItt", item, path, names[outcome], document_id, why ? err_kind_name(why->kind) : NULL,
        why ? why->text : NULL);
}

bool input_refuse_waiting(struct db *db, const char *item, const struct err *why, struct err *e)
{
    return db_run(db, e,
                  "UPDATE input SET outcome = 'refused', err_kind = ?2, err_text = ?3 "
                  "WHERE item = ?1 AND outcome = 'waiting'",
                  "ttt", item, err_kind_name(why->kind), why->text);
}

bool input_summary(struct db *db, cJSON *summary, struct err *e)
{
    int got = -1;
    cJSON *inputs = cJSON_AddObjectToObject(summary, "inputs");
    sqlite3_stmt *s = db_bind(db, e, "SELECT outcome, count(*) FROM input GROUP BY outcome ORDER BY outcome", "");
    while (s && (got = db_step(db, s, e)) > 0)
        cJSON_AddNumberToObject(inputs, db_text(s, 0), (double)sqlite3_column_int64(s, 1));
    return got == 0;
}

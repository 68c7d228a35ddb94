/* model_call.c: see model_call.h. */
#include "db/model_call.h"

#include <string.h>

#include "base/text.h"

bool model_call_lookup(struct db *db, const char *request, struct arena *arena, const char **reply, int64_t *id,
                       struct err *e)
{
    char hash[SHA256_SIZE];
    *reply = NULL;
    *id = 0;
    sha256_of(request, strlen(request), hash);
    sqlite3_stmt *s = db_bind(
        db, e, "SELECT model_call_id, reply FROM model_call WHERE request_sha256 = ?1 AND err_kind IS NULL", "t", hash);
    int more = s ? db_step(db, s, e) : -1;
    if (more <= 0)
        return more == 0;
    *id = sqlite3_column_int64(s, 0);
    *reply = arena_strdup(arena, db_text(s, 1));
    return db_step(db, s, e) == 0;
}

bool model_call_failure(struct db *db, const char *request, struct err *why, int64_t *id, struct err *e)
{
    char hash[SHA256_SIZE];
    *why = (struct err){0};
    *id = 0;
    sha256_of(request, strlen(request), hash);
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT model_call_id, err_kind, err_text FROM model_call WHERE request_sha256 = ?1 AND "
                              "err_kind IS NOT NULL ORDER BY model_call_id DESC LIMIT 1",
                              "t", hash);
    int more = s ? db_step(db, s, e) : -1;
    if (more <= 0)
        return more == 0;
    *id = sqlite3_column_int64(s, 0);
    err_set(why, err_kind_of(db_text(s, 1)), "%s", db_text(s, 2) ? db_text(s, 2) : "");
    return db_step(db, s, e) == 0;
}

bool model_call_add(struct db *db, const struct model_call *call, int64_t *id, struct err *e)
{
    char hash[SHA256_SIZE];
    const struct err *error = call->error;
    sha256_of(call->request, strlen(call->request), hash);
    return db_int(
        db, e, id,
        "INSERT INTO model_call (request_sha256, stage, item, model, server, request, reply, http_status, "
        "finish_reason, prompt_tokens, completion_tokens, seconds, created, err_kind, err_text) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, unixepoch(), ?13, ?14) RETURNING model_call_id",
        "tttttttitiidtt", hash, call->stage, call->item ? call->item : "", call->model, call->server, call->request,
        call->reply, (int64_t)call->http_status, call->finish_reason, (int64_t)call->prompt_tokens,
        (int64_t)call->completion_tokens, call->seconds, error ? err_kind_name(error->kind) : NULL,
        error ? error->text : NULL);
}

/* The reply as the table can hold it. */
static const char *storable(const struct str *raw, struct arena *arena)
{
    if (!raw->len)
        return NULL;
    if (text_is_utf8(raw->data, raw->len) && !memchr(raw->data, 0, raw->len))
        return raw->data;
    struct str clean = STR_INIT(raw->max);
    text_clean(raw->data, raw->len, &clean);
    const char *copy = arena_strndup(arena, clean.data, clean.len);
    str_release(&clean);
    return copy;
}

bool model_call_record(struct db *db, struct model_call *call, const struct str *raw, struct arena *arena,
                       const char **earlier, int64_t *id, struct err *e)
{
    *earlier = NULL;
    call->reply = storable(raw, arena);
    if (!db_begin(db, e))
        return false;
    bool ok = call->error || model_call_lookup(db, call->request, arena, earlier, id, e);
    ok = ok && (*earlier || model_call_add(db, call, id, e)) && db_commit(db, e);
    if (!ok)
        db_rollback(db);
    return ok;
}

bool model_call_last_model(struct db *db, const char *stage, struct arena *arena, const char **model, struct err *e)
{
    *model = NULL;
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT model FROM model_call WHERE stage = ?1 ORDER BY model_call_id DESC LIMIT 1", "t", stage);
    int more = s ? db_step(db, s, e) : -1;
    if (more <= 0)
        return more == 0;
    *model = arena_strdup(arena, db_text(s, 0));
    return db_step(db, s, e) == 0;
}

/* document.c: see document.h. */
#include "db/document.h"

bool document_find(struct db *db, const char *sha256, int64_t *id, int64_t *article_id, struct err *e)
{
    *id = *article_id = 0;
    sqlite3_stmt *s = db_bind(db, e, "SELECT document_id, article_id FROM document WHERE sha256 = ?1", "t", sha256);
    int got = s ? db_step(db, s, e) : -1;
    if (got <= 0)
        return got == 0;
    *id = sqlite3_column_int64(s, 0);
    *article_id = sqlite3_column_int64(s, 1);
    return db_step(db, s, e) == 0;
}

bool document_store(struct db *db, const struct document *d, int64_t *id, struct err *e)
{
    if (!db_int(
            db, e, id,
            "UPDATE document SET kind = ?3, media_type = ?4, sha256 = ?5, bytes = ?6, source_url = ?7 WHERE document_id = "
            "(SELECT min(document_id) FROM document WHERE name = ?1 AND article_id = ?2) RETURNING document_id",
            "titttit", d->name, d->article_id, d->kind, d->media_type, d->sha256, d->bytes, d->source_url))
        return false;
    if (*id)
        return true;
    return db_int(db, e, id,
                  "INSERT INTO document (article_id, kind, media_type, sha256, bytes, name, source_url, added) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, unixepoch()) RETURNING document_id",
                  "itttitt", d->article_id, d->kind, d->media_type, d->sha256, d->bytes, d->name, d->source_url);
}

bool document_moved(struct db *db, int64_t id, const char *source_url, struct err *e)
{
    return db_run(db, e, "UPDATE document SET source_url = ?2 WHERE document_id = ?1 AND source_url <> ?2", "it", id,
                  source_url);
}

bool document_load(struct db *db, int64_t id, struct arena *arena, struct document *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT article_id, kind, media_type, sha256, bytes, name, source_url FROM document "
                              "WHERE document_id = ?1",
                              "i", id);
    int got = s ? db_step(db, s, e) : -1;
    if (got == 0)
        err_set(e, ERR_FORMAT, "there is no document %lld", (long long)id);
    if (got <= 0)
        return false;
    *out = (struct document){.id = id,
                             .article_id = sqlite3_column_int64(s, 0),
                             .kind = arena_strdup(arena, db_text(s, 1)),
                             .media_type = arena_strdup(arena, db_text(s, 2)),
                             .sha256 = arena_strdup(arena, db_text(s, 3)),
                             .bytes = sqlite3_column_int64(s, 4),
                             .name = arena_strdup(arena, db_text(s, 5)),
                             .source_url = arena_strdup(arena, db_text(s, 6))};
    return db_step(db, s, e) == 0;
}

bool document_each(struct db *db, document_each_fn *each, void *context, struct err *e)
{
    int got = -1;
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT document_id, fingerprint(d.sha256, "
                "(SELECT group_concat(name || char(0) || sha256, char(0)) FROM (SELECT name, sha256 FROM asset "
                "WHERE article_id = d.article_id ORDER BY name))), part(a.key) "
                "FROM document d JOIN article a USING (article_id) ORDER BY document_id",
                "");
    while (s && (got = db_step(db, s, e)) > 0)
        if (!each(context, sqlite3_column_int64(s, 0), db_text(s, 1), sqlite3_column_int(s, 2), e)) {
            sqlite3_reset(s);
            return false;
        }
    return got == 0;
}

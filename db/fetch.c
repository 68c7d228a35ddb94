/* fetch.c: see fetch.h. */
#include "db/fetch.h"

#include <string.h>

static const char *const state_names[] = {
    [FETCH_WANTED] = "wanted", [FETCH_DONE] = "done", [FETCH_FAILED] = "failed", [FETCH_REFUSED] = "refused"};

static enum fetch_state state_of(const char *name)
{
    for (int i = 0; i <= FETCH_REFUSED; i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum fetch_state)i;
    return FETCH_WANTED;
}

static const char *keep(struct arena *arena, sqlite3_stmt *s, int column)
{
    return arena_strdup(arena, db_text(s, column));
}

static void read_row(sqlite3_stmt *s, struct arena *arena, struct fetch_row *out)
{
    *out = (struct fetch_row){
        .article_id = sqlite3_column_int64(s, 0),
        .route = keep(arena, s, 1),
        .role = keep(arena, s, 2),
        .url = keep(arena, s, 3),
        .name = keep(arena, s, 4),
        .md5 = keep(arena, s, 5),
        .license = keep(arena, s, 6),
        .license_source = keep(arena, s, 7),
        .state = state_of(db_text(s, 8)),
        .result = keep(arena, s, 9),
        .status = sqlite3_column_int(s, 10),
        .final_url = keep(arena, s, 11),
        .media_type = keep(arena, s, 12),
        .sha256 = keep(arena, s, 13),
        .bytes = sqlite3_column_int64(s, 14),
        .etag = keep(arena, s, 15),
        .last_modified = keep(arena, s, 16),
        .headers = keep(arena, s, 17),
        .robots = keep(arena, s, 18),
        .attempts = sqlite3_column_int(s, 19),
        .seconds = sqlite3_column_double(s, 20),
        .fetched = sqlite3_column_int64(s, 21),
        .checked = sqlite3_column_int64(s, 22),
        .err_kind = keep(arena, s, 23),
        .err_text = keep(arena, s, 24),
        .document_id = sqlite3_column_int64(s, 25),
    };
}

bool fetch_load(struct db *db, int64_t article_id, struct arena *arena, struct fetch_row **rows, size_t *n,
                struct err *e)
{
    size_t cap = 0;
    int more = -1;
    *rows = NULL;
    *n = 0;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT article_id, route, role, url, name, md5, license, license_source, state, result, "
                              "status, final_url, media_type, sha256, bytes, etag, last_modified, headers, robots, "
                              "attempts, seconds, fetched, checked, err_kind, err_text, document_id FROM fetch "
                              "WHERE article_id IN (SELECT article_id FROM article WHERE article_id = ?1 "
                              "UNION ALL SELECT article_id FROM article WHERE merged_into = ?1) ORDER BY fetch_id",
                              "i", article_id);
    while (s && (more = db_step(db, s, e)) > 0) {
        ARENA_GROW(arena, *rows, *n, cap);
        read_row(s, arena, &(*rows)[(*n)++]);
    }
    return s && more == 0;
}

bool fetch_store(struct db *db, const struct fetch_row *r, struct err *e)
{
    return db_run(
        db, e,
        "INSERT INTO fetch (article_id, route, role, url, name, md5, license, license_source, state, result, "
        "status, final_url, media_type, sha256, bytes, etag, last_modified, headers, robots, attempts, seconds, "
        "fetched, checked, err_kind, err_text, document_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26) "
        "ON CONFLICT (article_id, url) DO UPDATE SET route = excluded.route, role = excluded.role, "
        "name = excluded.name, md5 = excluded.md5, license = excluded.license, "
        "license_source = excluded.license_source, state = excluded.state, result = excluded.result, "
        "status = excluded.status, final_url = excluded.final_url, media_type = excluded.media_type, "
        "sha256 = excluded.sha256, bytes = excluded.bytes, etag = excluded.etag, "
        "last_modified = excluded.last_modified, headers = excluded.headers, robots = excluded.robots, "
        "attempts = excluded.attempts, seconds = excluded.seconds, fetched = excluded.fetched, "
        "checked = excluded.checked, err_kind = excluded.err_kind, err_text = excluded.err_text, "
        "document_id = excluded.document_id",
        "itttttttttItttIttttidIIttI", r->article_id, r->route, r->role, r->url, r->name, r->md5, r->license,
        r->license_source, state_names[r->state], r->result, (int64_t)r->status, r->final_url, r->media_type, r->sha256,
        r->bytes, r->etag, r->last_modified, r->headers, r->robots, (int64_t)r->attempts, r->seconds, r->fetched,
        r->checked, r->err_kind, r->err_text, r->document_id);
}

static bool load_records(struct db *db, struct arena *arena, struct fetch_article *out, struct err *e)
{
    size_t cap = 0;
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT source, arxiv, license, license_url, coalesce(retracted, 0), files FROM record "
                              "WHERE article_id IN (SELECT article_id FROM article WHERE article_id = ?1 "
                              "UNION ALL SELECT article_id FROM article WHERE merged_into = ?1) ORDER BY record_id",
                              "i", out->article_id);
    while (s && (more = db_step(db, s, e)) > 0) {
        ARENA_GROW(arena, out->records, out->n_records, cap);
        out->records[out->n_records++] = (struct fetch_record){.source = keep(arena, s, 0),
                                                               .arxiv = keep(arena, s, 1),
                                                               .license = keep(arena, s, 2),
                                                               .license_url = keep(arena, s, 3),
                                                               .retracted = sqlite3_column_int(s, 4),
                                                               .files = keep(arena, s, 5)};
    }
    return s && more == 0;
}

bool fetch_article(struct db *db, int64_t article_id, struct arena *arena, struct fetch_article *out, struct err *e)
{
    *out = (struct fetch_article){0};
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT b.article_id, b.doi, b.pmcid, b.pmid, b.drop_reason FROM article a JOIN article b "
                "ON b.article_id = coalesce(a.merged_into, a.article_id) WHERE a.article_id = ?1",
                "i", article_id);
    int got = s ? db_step(db, s, e) : -1;
    if (got == 0)
        err_set(e, ERR_FORMAT, "there is no article %lld", (long long)article_id);
    if (got <= 0)
        return false;
    out->article_id = sqlite3_column_int64(s, 0);
    out->doi = keep(arena, s, 1);
    out->pmcid = keep(arena, s, 2);
    out->pmid = keep(arena, s, 3);
    out->drop_reason = keep(arena, s, 4);
    return db_step(db, s, e) == 0 && load_records(db, arena, out, e);
}

bool fetch_each(struct db *db, int64_t since, int64_t only, fetch_each_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT a.article_id, fingerprint(a.doi, a.pmcid, a.pmid, (SELECT group_concat(source || char(0) || files || char(0) "
        "|| coalesce(license, '') || char(0) || coalesce(license_url, '') || char(0) || coalesce(retracted, 0), char(0)) "
        "FROM (SELECT source, files, license, license_url, retracted FROM record WHERE article_id = a.article_id "
        "ORDER BY record_id))), part(a.key) FROM article a WHERE a.merged_into IS NULL "
        /* A range, since SQLite does not look up the key of "?2 = 0 OR ...". */
        "AND a.article_id BETWEEN ?2 AND iif(?2 = 0, 9223372036854775807, ?2) AND a.drop_reason IS NOT 'purged' "
        "AND (?2 > 0 OR EXISTS (SELECT 1 FROM record r WHERE r.article_id = a.article_id "
        "AND (r.added >= ?1 OR r.updated >= ?1))) "
        "AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.key IN ("
        "a.key, 'doi:' || a.doi, 'pmcid:' || a.pmcid, 'pmid:' || a.pmid)) ORDER BY a.article_id",
        "ii", since, only);
    while (s && (more = db_step(db, s, e)) > 0)
        if (!each(context, sqlite3_column_int64(s, 0), db_text(s, 1), sqlite3_column_int(s, 2), e)) {
            sqlite3_reset(s);
            return false;
        }
    return s && more == 0;
}

bool fetch_drop(struct db *db, int64_t article_id, const char *reason, const char *note, struct err *e)
{
    return db_run(db, e,
                  "UPDATE article SET drop_reason = ?2, drop_note = ?3 WHERE article_id = ?1 "
                  "AND (drop_reason IS NOT ?2 OR drop_note IS NOT ?3) "
                  "AND coalesce(drop_reason, 'licence') IN ('licence', 'retracted')",
                  "itt", article_id, reason, note);
}

bool fetch_has_task(struct db *db, int64_t article_id, bool *has, struct err *e)
{
    int64_t n;
    if (!db_int(db, e, &n, "SELECT count(*) FROM task WHERE stage = 'fetch' AND item = CAST(?1 AS TEXT)", "i",
                article_id))
        return false;
    *has = n > 0;
    return true;
}

bool fetch_count_won(struct db *db, int64_t *n, struct err *e)
{
    return db_int(db, e, n, "SELECT count(DISTINCT article_id) FROM fetch WHERE document_id IS NOT NULL", "");
}

bool fetch_record_article(struct db *db, int64_t record_id, int64_t *article_id, struct err *e)
{
    return db_int(db, e, article_id, "SELECT article_id FROM record WHERE record_id = ?1", "i", record_id);
}

bool fetch_became(struct db *db, int64_t article_id, const char *sha256, int64_t document_id, struct err *e)
{
    return db_run(db, e,
                  "UPDATE fetch SET document_id = ?3 WHERE sha256 = ?2 AND document_id IS NOT ?3 AND article_id IN ("
                  "SELECT article_id FROM article WHERE article_id = ?1 UNION ALL "
                  "SELECT article_id FROM article WHERE merged_into = ?1)",
                  "iti", article_id, sha256, document_id);
}

static bool count_rows(struct db *db, cJSON *summary, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT count(sha256), coalesce(sum(bytes), 0), coalesce(sum(state = 'failed'), 0), "
                              "coalesce(sum(state = 'refused'), 0) FROM fetch",
                              "");
    if (!s || db_step(db, s, e) <= 0)
        return false;
    cJSON_AddNumberToObject(summary, "files", (double)sqlite3_column_int64(s, 0));
    cJSON_AddNumberToObject(summary, "bytes", (double)sqlite3_column_int64(s, 1));
    cJSON_AddNumberToObject(summary, "failed", (double)sqlite3_column_int64(s, 2));
    cJSON_AddNumberToObject(summary, "refused", (double)sqlite3_column_int64(s, 3));
    return db_step(db, s, e) == 0;
}

bool fetch_summary(struct db *db, cJSON *summary, struct err *e)
{
    int more = -1;
    if (!count_rows(db, summary, e))
        return false;
    cJSON *routes = cJSON_AddObjectToObject(summary, "routes");
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT route, count(DISTINCT article_id) FROM fetch WHERE document_id IS NOT NULL "
                              "GROUP BY route ORDER BY route",
                              "");
    while (s && (more = db_step(db, s, e)) > 0)
        cJSON_AddNumberToObject(routes, db_text(s, 0), (double)sqlite3_column_int64(s, 1));
    return s && more == 0;
}

/* fetch_again.c: rows of table fetch that are to be asked again, and those whose time is over (see fetch.h). */
#include <string.h>

#include "db/fetch.h"

/* The tasks of this part that are done, by article. */
#define DONE_TASKS "SELECT CAST(item AS INTEGER) FROM task WHERE stage = 'fetch' AND state = 'done' AND part % ?2 = ?1"
/* Rows of articles whose task is done, or of those merged into one. */
#define IS_DONE                                                                                                        \
    "(fetch.article_id IN (" DONE_TASKS ") OR (SELECT merged_into FROM article a "                                     \
    "WHERE a.article_id = fetch.article_id) IN (" DONE_TASKS "))"
#define OF_ARTICLE                                                                                                     \
    "fetch.article_id IN (SELECT article_id FROM article WHERE article_id = ?1 UNION ALL "                             \
    "SELECT article_id FROM article WHERE merged_into = ?1)"
/* A listing or metadata that could not be had may be there now. */
#define IS_VERSION "route = 'pmc' AND role IN ('versions', 'metadata') AND fetch.state IN ('done', 'failed')"

bool fetch_retry_failed(struct db *db, int part, int parts, struct err *e)
{
    return db_run(
        db, e,
        "UPDATE fetch SET state = 'wanted' WHERE state IN ('failed', 'refused') AND EXISTS (SELECT 1 FROM task t "
        "WHERE t.stage = 'fetch' AND t.item = CAST(fetch.article_id AS TEXT) AND t.state = 'failed' "
        "AND t.part % ?2 = ?1)",
        "ii", (int64_t)part, (int64_t)parts);
}

bool fetch_want_files(struct db *db, int part, int parts, struct err *e)
{
    return db_run(db, e,
                  "UPDATE fetch SET state = 'wanted' WHERE state = 'done' AND route <> 'pmc' "
                  "AND role IN ('article', 'pdf', 'media', 'page', 'given') AND " IS_DONE,
                  "ii", (int64_t)part, (int64_t)parts);
}

bool fetch_want_versions(struct db *db, int part, int parts, struct err *e)
{
    return db_run(db, e, "UPDATE fetch SET state = 'wanted' WHERE " IS_VERSION " AND " IS_DONE, "ii", (int64_t)part,
                  (int64_t)parts);
}

bool fetch_want_versions_of(struct db *db, int64_t article_id, struct err *e)
{
    return db_run(db, e, "UPDATE fetch SET state = 'wanted' WHERE " IS_VERSION " AND " OF_ARTICLE, "i", article_id);
}

bool fetch_make_ready(struct db *db, int part, int parts, struct err *e)
{
    return db_run(db, e,
                  "UPDATE task SET state = 'ready', attempts = 0, not_before = 0, updated = unixepoch() "
                  "WHERE stage = 'fetch' AND state = 'done' AND part % ?2 = ?1 AND CAST(item AS INTEGER) IN ("
                  "SELECT article_id FROM fetch WHERE state = 'wanted' UNION "
                  "SELECT a.merged_into FROM fetch f JOIN article a USING (article_id) WHERE f.state = 'wanted')",
                  "ii", (int64_t)part, (int64_t)parts);
}

bool fetch_note_unchanged(struct db *db, int64_t article_id, int64_t when, struct err *e)
{
    return db_run(db, e,
                  "UPDATE fetch SET checked = ?2 WHERE route = 'pmc' AND role IN ('versions', 'metadata') "
                  "AND state = 'done' AND coalesce(checked, 0) < ?2 AND " OF_ARTICLE,
                  "ii", article_id, when);
}

bool fetch_each_version(struct db *db, int part, int parts, fetch_version_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT (SELECT coalesce(a.merged_into, a.article_id) FROM article a "
                              "WHERE a.article_id = fetch.article_id), name, url, role = 'versions', state = 'failed', "
                              "coalesce(json_extract(result, '$.highest'), 0), etag FROM fetch "
                              "WHERE name IS NOT NULL AND " IS_VERSION " AND " IS_DONE,
                              "ii", (int64_t)part, (int64_t)parts);
    while (s && (more = db_step(db, s, e)) > 0) {
        const struct fetch_version version = {.article_id = sqlite3_column_int64(s, 0),
                                              .pmcid = db_text(s, 1),
                                              .url = db_text(s, 2),
                                              .listing = sqlite3_column_int(s, 3) != 0,
                                              .failed = sqlite3_column_int(s, 4) != 0,
                                              .highest = sqlite3_column_int(s, 5),
                                              .etag = db_text(s, 6)};
        if (!each(context, &version, e)) {
            sqlite3_reset(s);
            return false;
        }
    }
    return s && more == 0;
}

bool fetch_count_versions(struct db *db, int part, int parts, int64_t *n, struct err *e)
{
    return db_int(db, e, n, "SELECT count(DISTINCT article_id) FROM fetch WHERE " IS_VERSION " AND " IS_DONE, "ii",
                  (int64_t)part, (int64_t)parts);
}

/* Of the bucket's URLs of the article ?2, both copies of the metadata; and which version they are of. */
#define BUCKET "'https://pmc-oa-opendata.s3.amazonaws.com/'"
#define KEY    "replace(url, " BUCKET " || 'metadata/', " BUCKET ")"
#define IS_KEY                                                                                                         \
    "route = 'pmc' AND role <> 'versions' AND substr(" KEY ", 1, length(" BUCKET " || ?2) + 1) = " BUCKET              \
    " || ?2 || '.'"
#define VERSION "CAST(substr(" KEY ", length(" BUCKET " || ?2) + 2) AS INTEGER)"

static bool drop_other_versions(struct db *db, int64_t article_id, const struct fetch_choice *c, struct err *e)
{
    /* A file that both versions have is told by the row of the one that was taken. */
    return db_run(db, e,
                  "DELETE FROM fetch WHERE " OF_ARTICLE " AND " IS_KEY " AND iif(role = 'metadata', " VERSION
                  " NOT BETWEEN ?4 AND ?5, " VERSION " <> ?3 AND (sha256 IN (SELECT f.sha256 FROM fetch f "
                  "WHERE f.article_id = fetch.article_id AND f.url LIKE " BUCKET " || ?2 || '.' || ?3 || '/%') "
                  "OR NOT EXISTS (SELECT 1 FROM document d WHERE d.sha256 = fetch.sha256) "
                  "AND NOT EXISTS (SELECT 1 FROM asset s WHERE s.article_id = ?1 AND s.sha256 = fetch.sha256)))",
                  "itiii", article_id, c->pmcid, (int64_t)c->version, (int64_t)c->oldest, (int64_t)c->highest);
}

bool fetch_keep_version(struct db *db, int64_t article_id, const struct fetch_choice *c, struct err *e)
{
    return drop_other_versions(db, article_id, c, e) &&
           db_run(db, e,
                  "UPDATE fetch SET license = ?4, license_source = 'pmc' WHERE " OF_ARTICLE " AND " IS_KEY
                  " AND role <> 'metadata' AND " VERSION " = ?3 AND license IS NOT ?4",
                  "itit", article_id, c->pmcid, (int64_t)c->version, c->license);
}

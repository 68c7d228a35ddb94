/* tombstone.c: see tombstone.h. */
#include "db/tombstone.h"

#include <stdio.h>

/* What belongs to the article ?1, also under articles that were merged into it. */
#define ARTICLES  "(SELECT article_id FROM article WHERE article_id = ?1 OR merged_into = ?1)"
#define DOCUMENTS "(SELECT document_id FROM document WHERE article_id IN " ARTICLES ")"
#define FIGURES   "(SELECT figure_id FROM figure WHERE document_id IN " DOCUMENTS ")"
#define PAIRS     "(SELECT pair_id FROM pair WHERE figure_id IN " FIGURES ")"
#define RECORDS   "(SELECT record_id FROM record WHERE article_id IN " ARTICLES ")"

enum { KEY_SIZE = ARTICLE_ID_SIZE + 16 };

static bool find_key(struct db *db, const char *kind, const char *id, bool *found, struct err *e)
{
    char key[KEY_SIZE];
    int64_t n;
    snprintf(key, sizeof key, "%s:%s", kind, id);
    if (!db_int(db, e, &n, "SELECT count(*) FROM tombstone WHERE key = ?1", "t", key))
        return false;
    *found = *found || n > 0;
    return true;
}

bool tombstone_find(struct db *db, const struct article_ids *ids, const char *sha256, bool *found, struct err *e)
{
    char id[ARTICLE_ID_SIZE];
    *found = false;
    if (ids && article_clean_doi(ids->doi, id) && !find_key(db, "doi", id, found, e))
        return false;
    if (ids && article_clean_pmcid(ids->pmcid, id) && !find_key(db, "pmcid", id, found, e))
        return false;
    if (ids && article_clean_pmid(ids->pmid, id) && !find_key(db, "pmid", id, found, e))
        return false;
    return !sha256 || find_key(db, "sha256", sha256, found, e);
}

bool tombstone_add(struct db *db, const char *key, const char *reason, struct err *e)
{
    return db_run(
        db, e, "INSERT INTO tombstone (key, reason, added) VALUES (?1, ?2, unixepoch()) ON CONFLICT (key) DO NOTHING",
        "tt", key, reason);
}

bool tombstone_article(struct db *db, const char *key, int64_t *article_id, struct err *e)
{
    return db_int(db, e, article_id,
                  "SELECT coalesce(merged_into, article_id) FROM article WHERE key = ?1 "
                  "OR (?1 LIKE 'doi:%' AND doi = substr(?1, 5)) OR (?1 LIKE 'pmcid:%' AND pmcid = substr(?1, 7)) "
                  "OR (?1 LIKE 'pmid:%' AND pmid = substr(?1, 6)) ORDER BY merged_into IS NOT NULL LIMIT 1",
                  "t", key);
}

static bool add_stones(struct db *db, int64_t article_id, const char *reason, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO tombstone (key, reason, added) SELECT key, ?2, unixepoch() FROM ("
                  "SELECT key FROM article WHERE article_id IN " ARTICLES
                  " UNION SELECT 'doi:' || doi FROM article WHERE article_id = ?1 AND doi IS NOT NULL "
                  "UNION SELECT 'pmcid:' || pmcid FROM article WHERE article_id = ?1 AND pmcid IS NOT NULL "
                  "UNION SELECT 'pmid:' || pmid FROM article WHERE article_id = ?1 AND pmid IS NOT NULL "
                  "UNION SELECT 'sha256:' || sha256 FROM document WHERE article_id IN " ARTICLES ") "
                  "WHERE true ON CONFLICT (key) DO NOTHING",
                  "it", article_id, reason);
}

/* What the article has now. Figures without a document are none, so that all hangs on its documents. */
static bool count_all(struct db *db, int64_t article_id, struct tombstone_counts *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT (SELECT count(*) FROM document WHERE article_id IN " ARTICLES "), "
                              "(SELECT count(*) FROM asset WHERE article_id IN " ARTICLES "), "
                              "(SELECT count(*) FROM figure WHERE document_id IN " DOCUMENTS "), "
                              "(SELECT count(*) FROM translation WHERE figure_id IN " FIGURES "), "
                              "(SELECT count(*) FROM pair WHERE figure_id IN " FIGURES "), "
                              "(SELECT count(*) FROM sample WHERE pair_id IN " PAIRS "), "
                              "(SELECT count(*) FROM record WHERE article_id IN " ARTICLES "), "
                              "(SELECT count(*) FROM fetch WHERE article_id IN " ARTICLES ")",
                              "i", article_id);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    *out = (struct tombstone_counts){.documents = sqlite3_column_int64(s, 0),
                                     .assets = sqlite3_column_int64(s, 1),
                                     .figures = sqlite3_column_int64(s, 2),
                                     .translations = sqlite3_column_int64(s, 3),
                                     .pairs = sqlite3_column_int64(s, 4),
                                     .samples = sqlite3_column_int64(s, 5),
                                     .records = sqlite3_column_int64(s, 6),
                                     .fetches = sqlite3_column_int64(s, 7)};
    return db_step(db, s, e) == 0;
}

/* Requests to models hold the article's words. Their rows stay, as the account of what was spent; the words go. */
static bool forget_calls(struct db *db, int64_t article_id, int64_t *n, struct err *e)
{
    bool ok = db_run(db, e,
                     "UPDATE model_call SET request = '{}', reply = NULL, err_kind = 'refused', "
                     "err_text = 'the article was taken down' WHERE (stage = 'translate' AND item IN "
                     "(SELECT CAST(article_id AS TEXT) FROM article WHERE article_id IN " ARTICLES ")) "
                     "OR (stage = 'generate' AND item IN (SELECT CAST(figure_id AS TEXT) FROM figure "
                     " WHERE figure_id IN " FIGURES ")) OR model_call_id IN ("
                     "SELECT model_call_id FROM translation WHERE figure_id IN " FIGURES
                     " UNION SELECT model_call_id FROM pair WHERE figure_id IN " FIGURES ")",
                     "i", article_id);
    *n = db_changes(db);
    return ok;
}

/* Their tasks would find nothing: of extract by document, of generate and judge by figure or pair, of fetch and
 * translate by article. */
static bool forget_tasks(struct db *db, int64_t article_id, struct err *e)
{
    return db_run(
        db, e,
        "DELETE FROM task WHERE (stage = 'extract' AND item IN (SELECT CAST(document_id AS TEXT) FROM document "
        "WHERE article_id IN " ARTICLES ")) OR (stage = 'generate' AND item IN ("
        "SELECT CAST(figure_id AS TEXT) FROM figure WHERE document_id IN " DOCUMENTS
        ")) OR (stage = 'judge' AND item IN (SELECT CAST(pair_id AS TEXT) FROM pair WHERE figure_id IN " FIGURES
        ")) OR (stage IN ('fetch', 'translate') AND item IN (SELECT CAST(article_id AS TEXT) FROM article "
        "WHERE article_id = ?1 OR merged_into = ?1))",
        "i", article_id);
}

/* Pictures that only these figures show. */
static bool forget_pictures(struct db *db, int64_t article_id, struct err *e)
{
    return db_run(
        db, e,
        "DELETE FROM picture WHERE image_sha256 IN (SELECT image_sha256 FROM figure WHERE document_id IN " DOCUMENTS
        ") AND NOT EXISTS (SELECT 1 FROM figure f WHERE f.image_sha256 = picture.image_sha256 "
        "AND f.document_id NOT IN " DOCUMENTS ")",
        "i", article_id);
}

static bool delete_rows(struct db *db, int64_t id, struct err *e)
{
    /* Captions, panels, mentions, cells, translations, pairs and matches go with their figures. */
    return db_run(db, e, "DELETE FROM sample WHERE pair_id IN " PAIRS, "i", id) &&
           db_run(db, e, "DELETE FROM figure WHERE document_id IN " DOCUMENTS, "i", id) &&
           db_run(db, e, "DELETE FROM translation_memory WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "DELETE FROM front WHERE document_id IN " DOCUMENTS, "i", id) &&
           db_run(db, e,
                  "UPDATE input SET outcome = 'refused', document_id = NULL, err_kind = 'refused', "
                  "err_text = 'the article was taken down' WHERE document_id IN " DOCUMENTS,
                  "i", id) &&
           db_run(db, e, "DELETE FROM fetch WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "DELETE FROM hit WHERE record_id IN " RECORDS, "i", id) &&
           db_run(db, e, "DELETE FROM record WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "DELETE FROM asset WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "DELETE FROM document WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "DELETE FROM article_split WHERE article_id IN " ARTICLES, "i", id) &&
           db_run(db, e, "UPDATE article SET drop_reason = 'purged', title_key = NULL WHERE article_id IN " ARTICLES,
                  "i", id);
}

bool tombstone_purge(struct db *db, int64_t article_id, const char *reason, struct tombstone_counts *counts,
                     struct err *e)
{
    return count_all(db, article_id, counts, e) && add_stones(db, article_id, reason, e) &&
           forget_calls(db, article_id, &counts->model_calls, e) && forget_tasks(db, article_id, e) &&
           forget_pictures(db, article_id, e) && delete_rows(db, article_id, e);
}

bool tombstone_blobs(struct db *db, int64_t article_id, tombstone_blob_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT sha256 FROM document WHERE article_id IN " ARTICLES
                              " UNION SELECT sha256 FROM asset WHERE article_id IN " ARTICLES
                              " UNION SELECT sha256 FROM fetch WHERE article_id IN " ARTICLES " AND sha256 IS NOT NULL "
                              "UNION SELECT image_sha256 FROM figure WHERE document_id IN " DOCUMENTS
                              " AND image_sha256 IS NOT NULL UNION SELECT original_sha256 FROM figure "
                              "WHERE document_id IN " DOCUMENTS " AND original_sha256 IS NOT NULL",
                              "i", article_id);
    while (s && (more = db_step(db, s, e)) > 0)
        if (!each(context, db_text(s, 0), e)) {
            sqlite3_reset(s);
            return false;
        }
    return s && more == 0;
}

bool tombstone_blob_used(struct db *db, const char *sha256, bool *used, struct err *e)
{
    int64_t n;
    if (!db_int(db, e, &n,
                "SELECT EXISTS (SELECT 1 FROM document WHERE sha256 = ?1) OR EXISTS (SELECT 1 FROM asset WHERE "
                "sha256 = ?1) OR EXISTS (SELECT 1 FROM fetch WHERE sha256 = ?1) OR EXISTS (SELECT 1 FROM figure WHERE "
                "image_sha256 = ?1) OR EXISTS (SELECT 1 FROM figure WHERE original_sha256 = ?1)",
                "t", sha256))
        return false;
    *used = n != 0;
    return true;
}

bool tombstone_releases(struct db *db, int64_t article_id, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(db, e,
                "SELECT r.name, r.path, count(*) AS samples FROM sample s JOIN release r USING (release_id) "
                "WHERE s.pair_id IN " PAIRS " GROUP BY r.release_id ORDER BY r.name",
                "i", article_id),
        sink, e);
}

/* record.c: see record.h. */
#include "db/record.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "base/str.h"
#include "base/text.h"
#include "db/article.h"
#include "db/tombstone.h"

enum { TITLE_MAX = 1 << 16, TITLE_WORDS = 5, TITLE_CHARACTERS = 25 };

bool record_title_key(const char *title, int year, char out[RECORD_TITLE_KEY_SIZE])
{
    char hash[SHA256_SIZE], year_text[16];
    struct str folded = STR_INIT(TITLE_MAX);
    *out = 0;
    if (!title || year <= 0)
        return false;
    text_fold(title, strlen(title), &folded);
    struct text_scripts scripts;
    text_scripts(folded.data, folded.len, &scripts);
    size_t characters = text_length(folded.data, folded.len) + scripts.han + scripts.kana + scripts.hangul;
    bool ok = !folded.overflow && characters >= TITLE_CHARACTERS && text_words(title, strlen(title)) >= TITLE_WORDS;
    if (ok) {
        snprintf(year_text, sizeof year_text, "%d", year);
        sha256_list(hash, folded.data, year_text, SHA256_END);
        snprintf(out, RECORD_TITLE_KEY_SIZE, "%.32s", hash);
    }
    str_release(&folded);
    return ok;
}

/* A live article of that title, other than `except`, whose identifiers contradict none of these; 0: none. It may be one
 * of several (a preprint, its published form, a reprint), so all are looked at. */
static bool find_title(struct db *db, const char *key, const struct article_ids *ids, int64_t except, int64_t *found,
                       struct err *e)
{
    return db_int(db, e, found,
                  "SELECT article_id FROM article WHERE title_key = ?1 AND merged_into IS NULL AND article_id <> ?5 "
                  "AND (doi IS NULL OR ?2 IS NULL OR doi = ?2) AND (pmcid IS NULL OR ?3 IS NULL OR pmcid = ?3) "
                  "AND (pmid IS NULL OR ?4 IS NULL OR pmid = ?4) ORDER BY article_id LIMIT 1",
                  "tttti", key, ids->doi, ids->pmcid, ids->pmid, except);
}

/* Articles that a title brings together: the one that has the record already, and one that has the same title. */
static bool join_by_title(struct db *db, int64_t *article_id, const char *key, struct err *e)
{
    int64_t other = 0;
    char doi[ARTICLE_ID_SIZE], pmcid[ARTICLE_ID_SIZE], pmid[ARTICLE_ID_SIZE];
    sqlite3_stmt *s = db_bind(db, e,
                              "UPDATE article SET title_key = coalesce(title_key, ?2) WHERE article_id = ?1 "
                              "RETURNING coalesce(doi, ''), coalesce(pmcid, ''), coalesce(pmid, ''), title_key = ?2",
                              "it", *article_id, key);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    snprintf(doi, sizeof doi, "%s", db_text(s, 0));
    snprintf(pmcid, sizeof pmcid, "%s", db_text(s, 1));
    snprintf(pmid, sizeof pmid, "%s", db_text(s, 2));
    bool same = sqlite3_column_int(s, 3);
    if (db_step(db, s, e) != 0)
        return false;
    const struct article_ids ids = {*doi ? doi : NULL, *pmcid ? pmcid : NULL, *pmid ? pmid : NULL};
    if (same && !find_title(db, key, &ids, *article_id, &other, e))
        return false;
    return !other || article_join(db, *article_id, other, article_id, e);
}

/* The article of a record that is new: found, or made. */
static bool find_article(struct db *db, const struct source_record *r, const struct article_ids *ids, const char *key,
                         int64_t *article_id, struct err *e)
{
    char hash[SHA256_SIZE];
    if (!article_find(db, ids, article_id, e))
        return false;
    if (!*article_id && *key && !find_title(db, key, ids, 0, article_id, e))
        return false;
    if (*article_id)
        return true;
    sha256_list(hash, "record", r->source, r->source_id, SHA256_END);
    return article_keep(db, ids, hash, r->source, article_id, e);
}

/* By its identifiers, or by the key that its article has when it states none. */
static bool is_taken_down(struct db *db, const struct source_record *r, const struct article_ids *ids, bool *down,
                          struct err *e)
{
    char hash[SHA256_SIZE];
    sha256_list(hash, "record", r->source, r->source_id, SHA256_END);
    *down = false;
    return tombstone_find(db, ids, hash, down, e);
}

static bool write_row(struct db *db, const struct source_record *r, const struct article_ids *ids, int64_t article_id,
                      int64_t *record_id, struct err *e)
{
    sqlite3_stmt *s = db_bind(
        db, e,
        "INSERT INTO record (article_id, source, source_id, doi, pmcid, pmid, arxiv, title, language, year, date, "
        "journal, type, license, license_url, open, retracted, files, said, added, updated) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, nullif(?16, -1), nullif(?17, -1), "
        "?18, ?19, unixepoch(), unixepoch()) "
        "ON CONFLICT (source, source_id) DO UPDATE SET article_id = excluded.article_id, doi = excluded.doi, "
        "pmcid = excluded.pmcid, pmid = excluded.pmid, arxiv = excluded.arxiv, title = excluded.title, "
        "language = excluded.language, year = excluded.year, date = excluded.date, journal = excluded.journal, "
        "type = excluded.type, license = excluded.license, license_url = excluded.license_url, open = excluded.open, "
        "retracted = excluded.retracted, files = excluded.files, said = excluded.said, updated = excluded.updated "
        "RETURNING record_id",
        "itttttttt"
        "I"
        "ttttt"
        "ii"
        "tt",
        article_id, r->source, r->source_id, ids->doi, ids->pmcid, ids->pmid, r->arxiv, r->title, r->language,
        (int64_t)r->year, r->date, r->journal, r->type, r->license, r->license_url, (int64_t)r->open,
        (int64_t)r->retracted, r->files, r->said);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    *record_id = sqlite3_column_int64(s, 0);
    return db_step(db, s, e) == 0;
}

bool record_store(struct db *db, const struct source_record *r, int64_t *record_id, struct err *e)
{
    char doi[ARTICLE_ID_SIZE], pmcid[ARTICLE_ID_SIZE], pmid[ARTICLE_ID_SIZE], key[RECORD_TITLE_KEY_SIZE];
    const struct article_ids ids = {.doi = article_clean_doi(r->doi, doi) ? doi : NULL,
                                    .pmcid = article_clean_pmcid(r->pmcid, pmcid) ? pmcid : NULL,
                                    .pmid = article_clean_pmid(r->pmid, pmid) ? pmid : NULL};
    int64_t article_id;
    bool down;
    *record_id = 0;
    if (!is_taken_down(db, r, &ids, &down, e) || down)
        return down;
    record_title_key(r->title, r->year, key);
    if (!db_int(db, e, &article_id, "SELECT article_id FROM record WHERE source = ?1 AND source_id = ?2", "tt",
                r->source, r->source_id) ||
        (!article_id && !find_article(db, r, &ids, key, &article_id, e)))
        return false;
    return article_claim_ids(db, article_id, &ids, &article_id, e) &&
           (!*key || join_by_title(db, &article_id, key, e)) && write_row(db, r, &ids, article_id, record_id, e);
}

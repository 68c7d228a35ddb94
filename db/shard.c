/* shard.c: see shard.h. */
#include "db/shard.h"

#include <stdio.h>
#include <string.h>

/* An article's front matter is that of the document trusted most, as in view article_front; written as a
 * look-up here, since the view would be made whole for each single candidate. */
#define CANDIDATES                                                                                                     \
    "SELECT p.pair_id, d.article_id, s.split, a.key, d.sha256, f.anchor, coalesce(n.ordinal, -1), n.label, p.kind, "   \
    "p.ordinal, p.language, p.turns, p.model, p.prompt, p.prompt_hash, p.score, f.kind, f.label, f.page, "             \
    "i.image_sha256, i.image_media_type, i.width, i.height, f.credit, u.drop_reason, "                                 \
    "coalesce(t.source_text, c.text), coalesce(t.source_language, c.language, fr.language), t.text, t.method, "        \
    "t.model, fr.license, fr.license_url, coalesce(a.doi, fr.doi), coalesce(a.pmcid, fr.pmcid), "                      \
    "coalesce(a.pmid, fr.pmid), fr.title, fr.journal, fr.year "                                                        \
    "FROM pair p JOIN figure f USING (figure_id) JOIN document d USING (document_id) "                                 \
    "JOIN article a ON a.article_id = d.article_id "                                                                   \
    "JOIN figure_use u ON u.figure_id = f.figure_id JOIN figure i ON i.figure_id = u.image_id "                        \
    "LEFT JOIN article_split s ON s.article_id = d.article_id "                                                        \
    "LEFT JOIN panel n ON n.panel_id = p.panel_id "                                                                    \
    "LEFT JOIN caption c ON c.figure_id = p.figure_id AND c.ordinal = 0 "                                              \
    "LEFT JOIN translation t ON t.figure_id = p.figure_id AND coalesce(t.panel_id, 0) = 0 AND t.field = 'caption' "    \
    "AND t.ordinal = 0 AND t.target_language = 'en' "                                                                  \
    "LEFT JOIN front fr ON fr.document_id = (SELECT d3.document_id FROM document d3 JOIN front USING (document_id) "   \
    "WHERE d3.article_id = d.article_id "                                                                              \
    "ORDER BY CASE d3.kind WHEN 'jats' THEN 0 WHEN 'html' THEN 1 WHEN 'xml' THEN 2 ELSE 3 END, d3.sha256 LIMIT 1) "    \
    "WHERE p.drop_reason IS NULL AND f.drop_reason IS NULL AND a.drop_reason IS NULL "

enum { FIRST_CONTENT_COLUMN = 3 /* what stands before it depends on the order of processing, or on ourselves */ };

static const char all_candidates[] = CANDIDATES "ORDER BY p.pair_id";
static const char one_candidate[] = CANDIDATES "AND p.pair_id = ?1";
static const char funnel[] = "SELECT step, n FROM v_funnel WHERE step NOT LIKE 'samples in release %' "
                             "AND step NOT LIKE 'shards in release %'";

static void read_candidate(sqlite3_stmt *s, struct shard_candidate *c)
{
    int i = 0;
    c->pair_id = sqlite3_column_int64(s, i++);
    c->article_id = sqlite3_column_int64(s, i++);
    c->split = db_text(s, i++);
    c->article_key = db_text(s, i++);
    c->document_sha256 = db_text(s, i++);
    c->anchor = db_text(s, i++);
    c->panel = sqlite3_column_int(s, i++);
    c->panel_label = db_text(s, i++);
    c->kind = db_text(s, i++);
    c->ordinal = sqlite3_column_int(s, i++);
    c->language = db_text(s, i++);
    c->turns = db_text(s, i++);
    c->model = db_text(s, i++);
    c->prompt = db_text(s, i++);
    c->prompt_hash = db_text(s, i++);
    c->has_score = sqlite3_column_type(s, i) != SQLITE_NULL;
    c->score = sqlite3_column_double(s, i++);
    c->figure_kind = db_text(s, i++);
    c->label = db_text(s, i++);
    c->page = sqlite3_column_int(s, i++);
    c->image_sha256 = db_text(s, i++);
    c->image_media_type = db_text(s, i++);
    c->width = sqlite3_column_int(s, i++);
    c->height = sqlite3_column_int(s, i++);
    c->credit = db_text(s, i++);
    c->figure_drop = db_text(s, i++);
    c->caption_source = db_text(s, i++);
    c->caption_language = db_text(s, i++);
    c->caption = db_text(s, i++);
    c->translation_method = db_text(s, i++);
    c->translation_model = db_text(s, i++);
    c->license = db_text(s, i++);
    c->license_url = db_text(s, i++);
    c->doi = db_text(s, i++);
    c->pmcid = db_text(s, i++);
    c->pmid = db_text(s, i++);
    c->title = db_text(s, i++);
    c->journal = db_text(s, i++);
    c->year = sqlite3_column_int(s, i++);
}

bool shard_candidates(struct db *db, shard_candidate_fn *each, void *context, struct err *e)
{
    int more = -1;
    struct shard_candidate c;
    sqlite3_stmt *s = db_bind(db, e, all_candidates, "");
    while (s && (more = db_step(db, s, e)) > 0) {
        read_candidate(s, &c);
        if (!each(context, &c, e)) {
            sqlite3_reset(s);
            return false;
        }
    }
    return s && more == 0;
}

static void keep_strings(struct arena *arena, struct shard_candidate *c)
{
    const char **strings[] = {&c->split,
                              &c->article_key,
                              &c->document_sha256,
                              &c->anchor,
                              &c->panel_label,
                              &c->kind,
                              &c->language,
                              &c->turns,
                              &c->model,
                              &c->prompt,
                              &c->prompt_hash,
                              &c->figure_kind,
                              &c->label,
                              &c->image_sha256,
                              &c->image_media_type,
                              &c->credit,
                              &c->figure_drop,
                              &c->caption_source,
                              &c->caption_language,
                              &c->caption,
                              &c->translation_method,
                              &c->translation_model,
                              &c->license,
                              &c->license_url,
                              &c->doi,
                              &c->pmcid,
                              &c->pmid,
                              &c->title,
                              &c->journal};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        *strings[i] = arena_strdup(arena, *strings[i]);
}

bool shard_candidate(struct db *db, int64_t pair_id, struct arena *arena, struct shard_candidate *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e, one_candidate, "i", pair_id);
    int more = s ? db_step(db, s, e) : -1;
    if (more < 0)
        return false;
    if (more == 0)
        return err_set(e, ERR_TEMPORARY, "pair %lld was dropped while the release was written", (long long)pair_id);
    read_candidate(s, out);
    keep_strings(arena, out);
    sqlite3_reset(s);
    return true;
}

static bool hash_rows(struct db *db, const char *sql, int first_column, struct sha256 *hash, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e, sql, "");
    while (s && (more = db_step(db, s, e)) > 0)
        for (int i = first_column; i < sqlite3_column_count(s); i++) {
            const char *text = db_text(s, i);
            int64_t len = text ? sqlite3_column_bytes(s, i) : -1;
            sha256_add(hash, &len, sizeof len);
            if (text)
                sha256_add(hash, text, (size_t)len);
        }
    return s && more == 0;
}

bool shard_input_hash(struct db *db, char hex[SHA256_SIZE], struct err *e)
{
    struct sha256 *hash = sha256_new();
    bool ok = hash_rows(db, all_candidates, FIRST_CONTENT_COLUMN, hash, e) && hash_rows(db, funnel, 0, hash, e);
    sha256_free(hash, hex);
    return ok;
}

bool shard_funnel(struct db *db, shard_funnel_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e, funnel, "");
    while (s && (more = db_step(db, s, e)) > 0)
        if (!each(context, db_text(s, 0), sqlite3_column_int64(s, 1))) {
            sqlite3_reset(s);
            return true;
        }
    return s && more == 0;
}

bool shard_give_split(struct db *db, int64_t article_id, const char *split, struct err *e)
{
    int64_t other;
    if (!db_run(db, e, "INSERT INTO article_split (article_id, split) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "it",
                article_id, split) ||
        !db_int(db, e, &other, "SELECT split <> ?2 FROM article_split WHERE article_id = ?1", "it", article_id, split))
        return false;
    return !other || err_set(e, ERR_TEMPORARY, "another release has just put article %lld into the other split",
                             (long long)article_id);
}

bool release_store(struct db *db, struct release_row *r, struct err *e)
{
    return db_int(db, e, &r->id,
                  "INSERT INTO release (name, path, options, samples, manifest_sha256, created) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, unixepoch()) ON CONFLICT (name) DO UPDATE SET path = excluded.path, "
                  "options = excluded.options, samples = excluded.samples, manifest_sha256 = excluded.manifest_sha256, "
                  "created = excluded.created RETURNING release_id",
                  "tttit", r->name, r->path, r->options, r->samples, r->manifest_sha256) &&
           db_run(db, e, "DELETE FROM shard WHERE release_id = ?1", "i", r->id) &&
           db_run(db, e, "DELETE FROM sample WHERE release_id = ?1", "i", r->id);
}

bool release_lookup(struct db *db, const char *name, struct arena *arena, struct release_row *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT release_id, name, path, options, manifest_sha256, samples FROM release "
                              "WHERE name = ?1",
                              "t", name);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    *out = (struct release_row){.id = sqlite3_column_int64(s, 0),
                                .name = arena_strdup(arena, db_text(s, 1)),
                                .path = arena_strdup(arena, db_text(s, 2)),
                                .options = arena_strdup(arena, db_text(s, 3)),
                                .manifest_sha256 = arena_strdup(arena, db_text(s, 4)),
                                .samples = sqlite3_column_int64(s, 5)};
    sqlite3_reset(s);
    return true;
}

const char *release_in(struct db *db, const char *path, struct arena *arena, struct err *e)
{
    const char *name = NULL;
    sqlite3_stmt *s = db_bind(db, e, "SELECT name FROM release WHERE path = ?1", "t", path);
    if (s && db_step(db, s, e) > 0) {
        name = arena_strdup(arena, db_text(s, 0));
        sqlite3_reset(s);
    }
    return name;
}

bool shard_store(struct db *db, int64_t release_id, const struct shard_row *r, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO shard (release_id, name, format, split, sha256, bytes, samples) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                  "ittttii", release_id, r->name, r->format, r->split, r->sha256, r->bytes, r->samples);
}

bool shard_each(struct db *db, int64_t release_id, shard_row_fn *each, void *context, struct err *e)
{
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT name, format, split, sha256, bytes, samples FROM shard WHERE release_id = ?1 "
                              "ORDER BY name",
                              "i", release_id);
    while (s && (more = db_step(db, s, e)) > 0) {
        struct shard_row r = {db_text(s, 0),
                              db_text(s, 1),
                              db_text(s, 2),
                              db_text(s, 3),
                              sqlite3_column_int64(s, 4),
                              sqlite3_column_int64(s, 5)};
        if (!each(context, &r, e)) {
            sqlite3_reset(s);
            return false;
        }
    }
    return s && more == 0;
}

bool sample_store(struct db *db, int64_t release_id, int64_t pair_id, const char *key, const char *split,
                  const char *shard, struct err *e)
{
    return db_run(db, e, "INSERT INTO sample (release_id, pair_id, key, split, shard) VALUES (?1, ?2, ?3, ?4, ?5)",
                  "iittt", release_id, pair_id, key, split, shard);
}

bool release_tasks_settle(struct db *db, const char *name, bool anew, struct err *e)
{
    return db_run(db, e, "DELETE FROM task WHERE stage = 'shard' AND item <> ?1 AND state = 'ready'", "t", name) &&
           db_run(db, e,
                  "UPDATE task SET state = 'ready', attempts = 0, not_before = 0, updated = unixepoch() "
                  "WHERE stage = 'shard' AND item = ?1 AND (state = 'failed' OR (?2 AND state = 'done'))",
                  "ti", name, (int64_t)anew);
}

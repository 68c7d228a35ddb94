/* search.c: see search.h. */
#include "db/search.h"

#include <stdio.h>
#include <string.h>

/* The search and the parts it was cut into, whole. */
#define TREE                                                                                                           \
    "WITH RECURSIVE tree (id) AS (SELECT ?1 UNION SELECT s.search_id FROM search s JOIN tree t ON s.parent = t.id) "

static bool forget(struct db *db, int64_t search_id, const char *query, struct err *e)
{
    return db_run(db, e, TREE "DELETE FROM hit WHERE search_id IN (SELECT id FROM tree)", "i", search_id) &&
           db_run(db, e, TREE "DELETE FROM search_fault WHERE search_id IN (SELECT id FROM tree)", "i", search_id) &&
           db_run(db, e,
                  TREE "UPDATE search SET query = '', outcome = 'replaced', updated = unixepoch() "
                       "WHERE search_id IN (SELECT id FROM tree) AND search_id <> ?1",
                  "i", search_id) &&
           db_run(db, e,
                  "UPDATE search SET query = ?2, cursor = NULL, hits = NULL, pages = 0, records = 0, faults = 0, "
                  "unmatched = 0, restarts = 0, outcome = NULL, updated = unixepoch() WHERE search_id = ?1",
                  "it", search_id, query);
}

static bool restart_sized(struct db *db, int64_t search_id, int size, struct err *e)
{
    return db_run(db, e, "UPDATE search SET size = ?2 WHERE search_id = ?1", "ii", search_id, (int64_t)size) &&
           search_restart(db, search_id, e);
}

bool search_keep(struct db *db, const struct search_key *key, int64_t *search_id, bool *whole, struct err *e)
{
    sqlite3_stmt *s =
        db_bind(db, e,
                "INSERT INTO search (profile, source, name, language, since, until, added_since, added_until, parent, "
                "query, size, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, unixepoch()) "
                "ON CONFLICT (profile, source, name, since, until, added_since, added_until) DO UPDATE SET "
                "language = excluded.language, parent = excluded.parent "
                "RETURNING search_id, query <> ?10, size <> ?11, coalesce(outcome, '') IN ('all', 'split')",
                "ttttttttIti", key->profile, key->source, key->name, key->language, key->since, key->until,
                key->added_since, key->added_until, key->parent, key->query, (int64_t)key->size);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    *search_id = sqlite3_column_int64(s, 0);
    bool other = sqlite3_column_int(s, 1), resized = sqlite3_column_int(s, 2);
    *whole = sqlite3_column_int(s, 3) && !other;
    return db_step(db, s, e) == 0 && (!other || forget(db, *search_id, key->query, e)) &&
           (!resized || *whole || restart_sized(db, *search_id, key->size, e));
}

bool search_since(struct db *db, const struct search_key *key, char out[11], struct err *e)
{
    snprintf(out, 11, "%s", key->added_since);
    /* Each step takes the increment that begins by then and reaches furthest, so there are no more steps than those. */
    for (bool moved = true; moved;) {
        sqlite3_stmt *s = db_bind(
            db, e,
            "SELECT max(added_until) FROM search WHERE profile = ?1 AND source = ?2 AND name = ?3 AND since = ?4 "
            "AND until = ?5 AND query = ?6 AND added_since <> '' AND added_since <= ?7",
            "ttttttt", key->profile, key->source, key->name, key->since, key->until, key->query, out);
        if (!s || db_step(db, s, e) <= 0)
            return false;
        const char *reached = db_text(s, 0);
        bool whole = reached && strcmp(reached, key->added_until) >= 0;
        moved = !whole && reached && strcmp(reached, out) > 0;
        if (whole || moved)
            snprintf(out, 11, "%s", whole ? "" : reached);
        if (db_step(db, s, e) != 0)
            return false;
    }
    return true;
}

bool search_load(struct db *db, int64_t search_id, struct arena *arena, struct search_row *out, struct err *e)
{
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT profile, source, name, language, since, until, added_since, added_until, query, cursor, "
                "outcome, coalesce(hits, -1), pages, records, size, unmatched FROM search WHERE search_id = ?1",
                "i", search_id);
    int got = s ? db_step(db, s, e) : -1;
    if (got == 0)
        return err_set(e, ERR_FORMAT, "there is no search %lld", (long long)search_id);
    if (got < 0)
        return false;
    const char *text[11];
    for (int i = 0; i < 11; i++)
        text[i] = arena_strdup(arena, db_text(s, i));
    *out = (struct search_row){.search_id = search_id,
                               .profile = text[0],
                               .source = text[1],
                               .name = text[2],
                               .language = text[3],
                               .since = text[4],
                               .until = text[5],
                               .added_since = text[6],
                               .added_until = text[7],
                               .query = text[8],
                               .cursor = text[9],
                               .outcome = text[10],
                               .hits = sqlite3_column_int64(s, 11),
                               .pages = sqlite3_column_int(s, 12),
                               .records = sqlite3_column_int64(s, 13),
                               .size = sqlite3_column_int(s, 14),
                               .unmatched = sqlite3_column_int64(s, 15)};
    return db_step(db, s, e) == 0;
}

bool search_page_read(struct db *db, int64_t search_id, const struct search_page *page, struct err *e)
{
    return db_run(db, e,
                  "UPDATE search SET hits = CASE WHEN ?2 >= 0 THEN ?2 ELSE hits END, pages = pages + 1, "
                  "records = records + ?3, faults = faults + ?4, unmatched = unmatched + ?5, cursor = ?6, "
                  "outcome = NULL, updated = unixepoch() WHERE search_id = ?1",
                  "iiiiit", search_id, page->hits, page->records, page->faults, page->unmatched, page->cursor);
}

bool search_end(struct db *db, int64_t search_id, const char *outcome, struct err *e)
{
    return db_run(db, e, "UPDATE search SET outcome = ?2, updated = unixepoch() WHERE search_id = ?1", "it", search_id,
                  outcome);
}

bool search_restart(struct db *db, int64_t search_id, struct err *e)
{
    return db_run(db, e, "DELETE FROM search_fault WHERE search_id = ?1", "i", search_id) &&
           db_run(db, e,
                  "UPDATE search SET cursor = NULL, pages = 0, records = 0, faults = 0, unmatched = 0, "
                  "restarts = restarts + 1, updated = unixepoch() WHERE search_id = ?1",
                  "i", search_id);
}

bool search_hit(struct db *db, int64_t search_id, int64_t record_id, struct err *e)
{
    return db_run(db, e, "INSERT INTO hit (search_id, record_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "ii",
                  search_id, record_id);
}

bool search_fault(struct db *db, int64_t search_id, const char *place, const char *text, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO search_fault (search_id, page, place, text) "
                  "SELECT search_id, pages + 1, ?2, ?3 FROM search WHERE search_id = ?1 "
                  "ON CONFLICT (search_id, page, place) DO UPDATE SET text = text || '; ' || excluded.text",
                  "itt", search_id, place, text);
}

bool search_summary(struct db *db, cJSON *summary, struct err *e)
{
    int64_t records, articles, faults;
    if (!db_int(db, e, &records, "SELECT count(*) FROM record", "") ||
        !db_int(db, e, &articles, "SELECT count(DISTINCT article_id) FROM record", "") ||
        !db_int(db, e, &faults, "SELECT count(*) FROM search_fault", ""))
        return false;
    cJSON_AddNumberToObject(summary, "records", (double)records);
    cJSON_AddNumberToObject(summary, "articles", (double)articles);
    cJSON_AddNumberToObject(summary, "faults", (double)faults);
    cJSON *sources = cJSON_AddObjectToObject(summary, "sources");
    int got = -1;
    sqlite3_stmt *s = db_bind(db, e, "SELECT source, count(*) FROM record GROUP BY source ORDER BY source", "");
    while (s && (got = db_step(db, s, e)) > 0)
        cJSON_AddNumberToObject(sources, db_text(s, 0), (double)sqlite3_column_int64(s, 1));
    return got == 0;
}

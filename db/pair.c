/* pair.c: see pair.h. */
#include "db/pair.h"

#include <string.h>

/* A figure's English caption and whether pairs may be made of it. A table is text that happens to be drawn: what can be
 * asked of it is a matter of reading, not of looking. */
#define READY_FROM                                                                                                     \
    "FROM v_figure v JOIN figure f USING (figure_id) JOIN document d ON d.document_id = f.document_id "                \
    "JOIN article a ON a.article_id = d.article_id "                                                                   \
    "LEFT JOIN translation t ON t.figure_id = f.figure_id AND coalesce(t.panel_id, 0) = 0 AND t.field = 'caption' "    \
    "AND t.ordinal = 0 AND t.target_language = 'en' AND t.drop_reason IS NULL "
#define READY                                                                                                          \
    "(v.image_sha256 IS NOT NULL AND f.kind <> 'table' AND v.drop_reason IS NULL AND a.drop_reason IS NULL "           \
    "AND t.text IS NOT NULL)"

bool pair_each_item(struct db *db, const char *settings, pair_item_fn *each, void *context, struct err *e)
{
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT f.figure_id, part(a.key), CASE WHEN " READY
        " THEN fingerprint(?1, f.content_hash, v.image_sha256, t.text, "
        "(SELECT group_concat(text, char(10)) FROM (SELECT m.text FROM translation m WHERE m.figure_id = f.figure_id "
        "AND coalesce(m.panel_id, 0) = 0 AND m.field = 'mention' AND m.target_language = 'en' AND m.drop_reason IS "
        "NULL "
        "ORDER BY m.ordinal))) ELSE 'withdrawn' END " READY_FROM "WHERE " READY
        " OR EXISTS (SELECT 1 FROM pair p WHERE p.figure_id = f.figure_id) ORDER BY f.figure_id",
        "t", settings);
    int more = s ? 1 : -1;
    while (more > 0 && (more = db_step(db, s, e)) > 0)
        if (!each(context, sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1), db_text(s, 2), e)) {
            sqlite3_reset(s);
            return false;
        }
    return more == 0;
}

/* Mentions: the translation where there is one, the sentence itself where it is English. */
static bool load_mentions(struct db *db, struct arena *arena, struct pair_source *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT m.text, t.text, coalesce(m.language, c.source_language) LIKE 'en%' FROM mention m "
        "LEFT JOIN translation t ON t.figure_id = m.figure_id AND coalesce(t.panel_id, 0) = 0 AND t.field = 'mention' "
        "AND t.ordinal = m.ordinal AND t.target_language = 'en' AND t.drop_reason IS NULL "
        "LEFT JOIN translation c ON c.figure_id = m.figure_id AND coalesce(c.panel_id, 0) = 0 AND c.field = 'caption' "
        "AND c.ordinal = 0 AND c.target_language = 'en' "
        "WHERE m.figure_id = ?1 ORDER BY m.ordinal LIMIT ?2",
        "ii", out->figure_id, (int64_t)PAIR_MAX_MENTIONS);
    out->mentions = arena_array(arena, PAIR_MAX_MENTIONS, sizeof *out->mentions);
    out->printed_mentions = arena_array(arena, PAIR_MAX_MENTIONS, sizeof *out->printed_mentions);
    int more = s ? 1 : -1;
    while (more > 0 && (more = db_step(db, s, e)) > 0) {
        bool english = sqlite3_column_int(s, 2);
        const char *translated = db_text(s, 1);
        if (translated || english)
            out->mentions[out->n_mentions++] = arena_strdup(arena, translated ? translated : db_text(s, 0));
        if (!english)
            out->printed_mentions[out->n_printed_mentions++] = arena_strdup(arena, db_text(s, 0));
    }
    return more == 0;
}

int pair_source_load(struct db *db, int64_t figure_id, struct arena *arena, struct pair_source *out, struct err *e)
{
    *out = (struct pair_source){.figure_id = figure_id};
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT d.sha256 || '#' || f.anchor, t.text, t.source_text, "
                              "(SELECT count(*) FROM panel p WHERE p.figure_id = f.figure_id "
                              "AND p.label GLOB '[A-Za-z]') " READY_FROM "WHERE f.figure_id = ?1 AND " READY,
                              "i", figure_id);
    int got = s ? db_step(db, s, e) : -1;
    if (got <= 0)
        return got;
    out->key = arena_strdup(arena, db_text(s, 0));
    out->caption = arena_strdup(arena, db_text(s, 1));
    out->printed = arena_strdup(arena, db_text(s, 2));
    out->n_panels = (size_t)sqlite3_column_int64(s, 3);
    sqlite3_reset(s);
    return load_mentions(db, arena, out, e) ? 1 : -1;
}

bool pair_store(struct db *db, const struct pair *pair, struct err *e)
{
    return db_run(
        db, e,
        "INSERT INTO pair (figure_id, kind, ordinal, language, turns, model, prompt, prompt_hash, model_call_id, "
        "checks, drop_reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
        "ON CONFLICT (figure_id, coalesce(panel_id, 0), kind, ordinal, language) DO UPDATE SET "
        "score = iif(turns = excluded.turns, score, NULL), turns = excluded.turns, model = excluded.model, "
        "prompt = excluded.prompt, prompt_hash = excluded.prompt_hash, model_call_id = excluded.model_call_id, "
        "checks = excluded.checks, drop_reason = excluded.drop_reason",
        "itittttt"
        "Itt",
        pair->figure_id, pair->kind, (int64_t)pair->ordinal, pair->language, pair->turns, pair->model, pair->prompt,
        pair->prompt_hash, pair->model_call_id, pair->checks, pair->drop_reason);
}

bool pair_withdraw(struct db *db, int64_t figure_id, const char *kind, int ordinal, struct err *e)
{
    return db_run(db, e,
                  "UPDATE pair SET drop_reason = 'withdrawn' WHERE figure_id = ?1 AND kind = coalesce(?2, kind) "
                  "AND ordinal >= ?3 AND panel_id IS NULL",
                  "iti", figure_id, kind, (int64_t)ordinal);
}

bool pair_count_by_model(struct db *db, struct arena *arena, int64_t *all, int64_t *kept, const char **reason,
                         struct err *e)
{
    *reason = NULL;
    if (!db_int(db, e, all, "SELECT count(*) FROM pair WHERE model IS NOT NULL", "") ||
        !db_int(db, e, kept, "SELECT count(*) FROM pair WHERE model IS NOT NULL AND drop_reason IS NULL", ""))
        return false;
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT drop_reason FROM pair WHERE model IS NOT NULL AND drop_reason IS NOT NULL "
                              "GROUP BY drop_reason ORDER BY count(*) DESC, drop_reason LIMIT 1",
                              "");
    int got = s ? db_step(db, s, e) : -1;
    if (got > 0) {
        *reason = arena_strdup(arena, db_text(s, 0));
        sqlite3_reset(s);
    }
    return got >= 0;
}

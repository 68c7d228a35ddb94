/* lineage.c: see lineage.h. */
#include "db/lineage.h"

bool lineage_pair_of_key(struct db *db, const char *key, int64_t *pair_id, struct err *e)
{
    return db_int(db, e, pair_id, "SELECT pair_id FROM sample WHERE key = ?1 ORDER BY release_id LIMIT 1", "t", key);
}

bool lineage_figure_of_pair(struct db *db, int64_t pair_id, int64_t *figure_id, struct err *e)
{
    return db_int(db, e, figure_id, "SELECT figure_id FROM pair WHERE pair_id = ?1", "i", pair_id);
}

bool lineage_has_figure(struct db *db, int64_t figure_id, bool *out, struct err *e)
{
    int64_t n;
    bool ok = db_int(db, e, &n, "SELECT count(*) FROM figure WHERE figure_id = ?1", "i", figure_id);
    *out = n > 0;
    return ok;
}

#define ROWS(name, sql)                                                                                                \
    bool name(struct db *db, int64_t id, const struct query_sink *sink, struct err *e)                                 \
    {                                                                                                                  \
        return query_feed(db, db_bind(db, e, sql, "i", id), sink, e);                                                  \
    }

ROWS(lineage_article,
     "SELECT a.article_id, a.key, a.title, a.doi, a.pmcid, a.pmid, a.journal, a.year, a.language, a.license, "
     "a.license_url, a.source, a.split, a.drop_reason FROM v_article a WHERE a.article_id = "
     "(SELECT d.article_id FROM figure f JOIN document d USING (document_id) WHERE f.figure_id = ?1)")

ROWS(lineage_document,
     "SELECT d.document_id, d.kind, d.name, d.media_type, d.bytes, d.sha256, d.blob_path, d.source_url, fr.pages, "
     "fr.warnings FROM v_document d LEFT JOIN front fr USING (document_id) WHERE d.document_id = "
     "(SELECT document_id FROM figure WHERE figure_id = ?1)")

ROWS(lineage_figure,
     "SELECT v.figure_id, v.label, v.kind, v.origin, v.anchor, v.page, "
     "printf('%.1f %.1f %.1f %.1f', v.x0, v.y0, v.x1, v.y1) || iif(v.x0 IS NULL, NULL, '') AS box, v.confidence, "
     "f.credit, v.third_party, v.image_path, v.image_media_type, v.width || ' x ' || v.height AS pixels, p.class, "
     "p.class_confidence, v.image_note, "
     "i.original_sha256, i.original_media_type, v.drop_reason, iif(v.image_id = v.figure_id, NULL, v.image_id) AS "
     "picture_of_figure, iif(m.truth_id = v.figure_id, NULL, m.truth_id) AS same_as_figure, m.matched_by, "
     "m.caption_agreement, m.image_agreement "
     "FROM v_figure v JOIN figure f USING (figure_id) JOIN figure i ON i.figure_id = v.image_id "
     "LEFT JOIN figure_match m ON m.figure_id = v.figure_id "
     "LEFT JOIN picture p ON p.image_sha256 = v.image_sha256 WHERE v.figure_id = ?1")

ROWS(lineage_captions, "SELECT ordinal, language, text FROM caption WHERE figure_id = ?1 ORDER BY ordinal")

ROWS(lineage_panels,
     "SELECT panel_id, label, printf('%.0f %.0f %.0f %.0f', x0, y0, x1, y1) || iif(x0 IS NULL, NULL, '') AS box, "
     "method, confidence, caption FROM v_panel WHERE figure_id = ?1 ORDER BY panel_id")

/* One line a row of the table, its cells divided by bars; a cell that spans columns stands once. */
ROWS(lineage_table,
     "WITH lines (row, line) AS (SELECT row, group_concat(text, ' | ') FROM "
     "(SELECT row, text FROM table_cell WHERE figure_id = ?1 ORDER BY row, col) GROUP BY row) "
     "SELECT (SELECT max(row + rowspan) || ' x ' || max(col + colspan) FROM table_cell WHERE figure_id = ?1) AS size, "
     "(SELECT group_concat(line, char(10)) FROM (SELECT line FROM lines ORDER BY row)) AS cells, notes "
     "FROM figure WHERE figure_id = ?1 AND (notes IS NOT NULL OR EXISTS (SELECT 1 FROM lines))")

ROWS(lineage_mentions, "SELECT ordinal, language, text FROM mention WHERE figure_id = ?1 ORDER BY ordinal")

ROWS(lineage_translations,
     "SELECT field, ordinal, source_language || ' (by ' || language_source || ', ' || "
     "printf('%.2f', language_confidence) || ')' AS source_language, target_language, method, model, model_call_id, "
     "source_text, text, (SELECT group_concat(key || ' ' || value, ', ') FROM json_each(t.checks)) AS checks, "
     "drop_reason "
     "FROM translation t WHERE figure_id = ?1 ORDER BY field, ordinal, target_language")

ROWS(lineage_figure_pairs, "SELECT v.pair_id, v.kind, pair.ordinal, v.language, v.score, v.drop_reason FROM v_pair v "
                           "JOIN pair USING (pair_id) "
                           "WHERE pair.figure_id = ?1 ORDER BY pair.kind, pair.ordinal")

ROWS(lineage_pair,
     "SELECT p.pair_id, p.kind, p.ordinal, p.language, coalesce(v.drop_reason, 'none: kept') AS drop_reason, "
     "(SELECT group_concat((value ->> 'from') || ': ' || (value ->> 'value'), char(10)) FROM json_each(p.turns)) AS "
     "turns, "
     "(SELECT group_concat(key || ' ' || value, ', ') FROM json_each(p.checks)) AS checks, p.score, v.split, p.model, "
     "p.prompt, p.prompt_hash, p.model_call_id, n.label AS panel "
     "FROM pair p JOIN v_pair v USING (pair_id) LEFT JOIN panel n ON n.panel_id = p.panel_id WHERE p.pair_id = ?1")

ROWS(lineage_samples,
     "SELECT r.name AS release, s.split, s.key, s.shard, r.path FROM sample s JOIN release r USING (release_id) "
     "WHERE s.pair_id = ?1 ORDER BY r.name")

#define CALL                                                                                                           \
    "SELECT model_call_id, stage, model, server, strftime('%Y-%m-%d %H:%M:%S', created, 'unixepoch') AS asked, "       \
    "printf('%.2f', seconds) AS seconds, prompt_tokens, completion_tokens, finish_reason, http_status, "               \
    "request_sha256, err_kind, err_text"
#define OF_PAIR                                                                                                        \
    " FROM model_call WHERE model_call_id IN (SELECT model_call_id FROM pair WHERE pair_id = ?1 UNION "                \
    "SELECT t.model_call_id FROM translation t JOIN pair p USING (figure_id) WHERE p.pair_id = ?1) "                   \
    "ORDER BY model_call_id"
#define OF_FIGURE                                                                                                      \
    " FROM model_call WHERE model_call_id IN (SELECT model_call_id FROM translation WHERE figure_id = ?1) "            \
    "ORDER BY model_call_id"

ROWS(lineage_calls, CALL OF_PAIR)
ROWS(lineage_calls_full, CALL ", request, reply" OF_PAIR)
ROWS(lineage_figure_calls, CALL OF_FIGURE)
ROWS(lineage_figure_calls_full, CALL ", request, reply" OF_FIGURE)

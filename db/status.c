/* status.c: see status.h. */
#include "db/status.h"

/* The stages in the order of the line; others come behind them. */
#define STAGE_ORDER "instr(' search fetch import extract translate generate judge shard ', ' ' || stage || ' ') "

bool status_stages(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(db,
                      db_bind(db, e,
                              "SELECT stage, sum(state = 'ready' AND not_before <= unixepoch()) AS ready, "
                              "sum(state = 'ready' AND not_before > unixepoch()) AS waiting, "
                              "sum(state = 'running') AS running, sum(state = 'done') AS done, "
                              "sum(state = 'failed') AS failed FROM task GROUP BY stage ORDER BY " STAGE_ORDER
                              ", stage",
                              ""),
                      sink, e);
}

bool status_reasons(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(db, e,
                "SELECT stage, err_kind, count(*) AS n, min(item || ': ' || coalesce(err_text, '')) AS example "
                "FROM v_failure GROUP BY stage, err_kind ORDER BY " STAGE_ORDER ", n DESC, err_kind",
                ""),
        sink, e);
}

bool status_hosts(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(db, e,
                "SELECT host, requests, done AS ok, refused, throttled, broken, lost, wrong, "
                "round(bytes / 1e6, 1) AS megabytes, iif(busy_s > 0, round(requests / busy_s, 1), NULL) AS seen, "
                "rate AS allowed, rate_source AS by, iif(blocked_until > unixepoch(), "
                "strftime('%Y-%m-%d %H:%M', blocked_until, 'unixepoch') || ': ' || coalesce(blocked_why, ''), NULL) "
                "AS blocked FROM host ORDER BY last DESC, requests DESC, host",
                ""),
        sink, e);
}

bool status_fetch_reasons(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(db,
                      db_bind(db, e,
                              "SELECT route, role, err_kind, count(*) AS n, min(url || ': ' || coalesce(err_text, '')) "
                              "AS example FROM v_fetch WHERE state IN ('failed', 'refused') "
                              "GROUP BY route, role, err_kind ORDER BY n DESC, route, role, err_kind",
                              ""),
                      sink, e);
}

#define PERCENT(part, whole) "round(100.0 * " part " / max(1, " whole "), 1)"

bool status_languages(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(
            db, e,
            "SELECT source_language AS language, count(*) AS captions, sum(language_source = 'document') AS document, "
            "sum(language_source = 'script') AS script, sum(language_source = 'detector') AS detector, "
            "sum(language_source = 'article') AS article, round(avg(language_confidence), 3) AS sure, "
            "sum(method = 'identity') AS identity, sum(method = 'author') AS author, sum(method = 'model') AS model, "
            "sum(method = 'libretranslate') AS libretranslate, sum(method = 'apertium') AS apertium, "
            "sum(method = 'none') AS none, sum(drop_reason IS NULL) AS kept, sum(drop_reason IS NOT NULL) AS dropped, " PERCENT(
                "sum(drop_reason IS NOT NULL)",
                "count(*)") " AS percent "
                            "FROM translation WHERE field = 'caption' AND panel_id IS NULL "
                            "GROUP BY source_language ORDER BY captions DESC, language",
            ""),
        sink, e);
}

bool status_translators(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(
            db, e,
            "SELECT source_language AS source, target_language AS target, method, model, "
            "sum(field = 'caption') AS captions, count(*) AS texts, sum(drop_reason IS NOT NULL) AS dropped, " PERCENT(
                "sum(drop_reason IS NOT NULL)",
                "count(*)") " AS percent, "
                            "round(avg(checks ->> 'back_translation'), 3) AS back FROM translation WHERE method <> 'identity' "
                            "GROUP BY source, target, method, model ORDER BY texts DESC, source, target, method, model",
            ""),
        sink, e);
}

bool status_translation_checks(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(
        db,
        db_bind(
            db, e,
            "SELECT t.source_language AS language, c.key AS \"check\", count(*) AS failed, " PERCENT(
                "count(*)",
                "(SELECT count(*) FROM translation a WHERE a.source_language = t.source_language "
                "AND a.method NOT IN ('identity', 'none'))") " AS percent, "
                                                             "min(c.value || ': ' || t.source_text) AS example FROM translation t, json_each(t.checks) c "
                                                             "WHERE t.method NOT IN ('identity', 'none') AND c.value <> 'pass' AND c.key <> 'back_translation' "
                                                             "GROUP BY language, c.key ORDER BY failed DESC, language, c.key",
            ""),
        sink, e);
}

bool status_funnel(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(db, db_bind(db, e, "SELECT step, n FROM v_funnel", ""), sink, e);
}

bool status_failures(struct db *db, const struct query_sink *sink, struct err *e)
{
    return query_feed(db,
                      db_bind(db, e,
                              "SELECT stage, item, err_kind, err_text, attempts FROM v_failure "
                              "ORDER BY " STAGE_ORDER ", err_kind, item",
                              ""),
                      sink, e);
}

bool status_runs(struct db *db, int n, const struct query_sink *sink, struct err *e)
{
    return query_feed(db,
                      db_bind(db, e,
                              "SELECT stage, strftime('%Y-%m-%d %H:%M:%S', started, 'unixepoch') AS began, "
                              "ended - started AS seconds, ready, done, failed, "
                              "CASE WHEN ended IS NULL THEN 'running or killed' "
                              "WHEN exit_status = 0 THEN 'all done' WHEN exit_status = 1 THEN 'some failed' "
                              "ELSE 'stopped (' || exit_status || ')' END AS outcome, version "
                              "FROM run ORDER BY run_id DESC LIMIT ?1",
                              "i", (int64_t)n),
                      sink, e);
}

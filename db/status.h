/* status.h: what `figmill status` shows, as rows. */
#ifndef FIGMILL_DB_STATUS_H
#define FIGMILL_DB_STATUS_H

#include "db/query.h"

/* stage, ready, waiting (ready, but for a retry later), running, done, failed; in the order of the line. */
bool status_stages(struct db *db, const struct query_sink *sink, struct err *e);
/* stage, err_kind, n, example. */
bool status_reasons(struct db *db, const struct query_sink *sink, struct err *e);
/* Of servers, those asked last first: host, requests, ok, refused, throttled, broken, lost, wrong, megabytes, seen
 * (requests a second while there were any), allowed (0: no limit), by (who sets it), blocked (until, UTC, and why). */
bool status_hosts(struct db *db, const struct query_sink *sink, struct err *e);
/* Why fetch did not get what it asked for: route, role, err_kind, n, example. */
bool status_fetch_reasons(struct db *db, const struct query_sink *sink, struct err *e);
/* Captions by the language of their source: language, captions, how it was found (document, script, detector, article),
 * sure (mean confidence), how they were brought into the target language (identity, author, model, libretranslate,
 * apertium, none), kept, dropped, percent (of them dropped). */
bool status_languages(struct db *db, const struct query_sink *sink, struct err *e);
/* All texts by who translated them: source, target, method, model, captions, texts (captions too), dropped, percent,
 * back (mean likeness of translations back, 0..1). */
bool status_translators(struct db *db, const struct query_sink *sink, struct err *e);
/* Outcomes of the checks of translations: language, check, failed, percent (of the checked texts), example. */
bool status_translation_checks(struct db *db, const struct query_sink *sink, struct err *e);
/* View v_funnel. */
bool status_funnel(struct db *db, const struct query_sink *sink, struct err *e);
/* View v_failure, in the order of the line. */
bool status_failures(struct db *db, const struct query_sink *sink, struct err *e);
/* The last `n` runs, newest first: stage, began (UTC), seconds, ready, done, failed, outcome, version. */
bool status_runs(struct db *db, int n, const struct query_sink *sink, struct err *e);

#endif

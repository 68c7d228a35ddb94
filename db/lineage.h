/* lineage.h: where a pair or a figure comes from, as rows. */
#ifndef FIGMILL_DB_LINEAGE_H
#define FIGMILL_DB_LINEAGE_H

#include "db/query.h"

/* The pair that a sample key stands for (in any release), or 0. */
bool lineage_pair_of_key(struct db *db, const char *key, int64_t *pair_id, struct err *e);
/* The figure of a pair, or 0: there is no such pair. */
bool lineage_figure_of_pair(struct db *db, int64_t pair_id, int64_t *figure_id, struct err *e);
/* True when there is such a figure. */
bool lineage_has_figure(struct db *db, int64_t figure_id, bool *out, struct err *e);

/* One part of the line each; those of a figure take its id, those of a pair the pair's. */
typedef bool lineage_fn(struct db *db, int64_t id, const struct query_sink *sink, struct err *e);
lineage_fn lineage_article, lineage_document, lineage_figure, lineage_captions, lineage_panels, lineage_mentions,
    lineage_table, lineage_translations, lineage_figure_pairs;
lineage_fn lineage_pair, lineage_samples;
/* The model calls behind a pair and its translations; `full` with the texts of request and reply. */
lineage_fn lineage_calls, lineage_calls_full;
/* The same for a figure's translations. */
lineage_fn lineage_figure_calls, lineage_figure_calls_full;

#endif

/* pair.h: table pair: question-answer candidates about figures, and the reader of what they are made from. */
#ifndef FIGMILL_DB_PAIR_H
#define FIGMILL_DB_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"

/* Most mentions that are read of one figure. */
enum { PAIR_MAX_MENTIONS = 64 };

/* Calls `each` for every figure that generate has something to do with: those that are ready (picture, not dropped,
 * neither is its article, usable English caption), and those that are not but have pairs, which must go. `part` is the
 * article's. The fingerprint covers `settings` (all that shapes a pair besides the figure), the figure's content, its
 * picture and its English texts; a figure that is not ready has the fingerprint "withdrawn". `each` returns false, with
 * an error, to stop. */
typedef bool pair_item_fn(void *context, int64_t figure_id, int part, const char *fingerprint, struct err *e);
bool pair_each_item(struct db *db, const char *settings, pair_item_fn *each, void *context, struct err *e);

/* What the pairs of one figure are made from. */
struct pair_source {
    int64_t figure_id;
    const char *key;               /* the document's hash and the figure's anchor: the same in every corpus */
    const char *caption;           /* in English */
    const char *printed;           /* the caption as printed, in whatever language */
    const char **mentions;         /* sentences that cite the figure, in English */
    const char **printed_mentions; /* as printed, where they are in another language */
    size_t n_mentions, n_printed_mentions;
    size_t n_panels; /* with a letter: what is called left or (1) is no panel A */
};
/* 1: read, strings in the arena; 0: the figure is not ready (any more); -1: failed. */
int pair_source_load(struct db *db, int64_t figure_id, struct arena *arena, struct pair_source *out, struct err *e);

/* One row. */
struct pair {
    int64_t figure_id;
    const char *kind;
    int ordinal; /* among the figure's pairs of this kind, from 0 */
    const char *language;
    const char *turns; /* JSON */
    const char *model; /* NULL: made without one */
    const char *prompt, *prompt_hash;
    int64_t model_call_id;   /* 0: none */
    const char *checks;      /* JSON */
    const char *drop_reason; /* NULL: kept */
};
/* Upserts on (figure, kind, ordinal, language), so that ids survive; a score stays as long as the turns do. */
bool pair_store(struct db *db, const struct pair *pair, struct err *e);
/* Drops, as "withdrawn", what an earlier run made and this one does not make again: pairs of `kind` (NULL: of all
 * kinds) with this ordinal or a higher one. Their rows stay, since releases may name them. */
bool pair_withdraw(struct db *db, int64_t figure_id, const char *kind, int ordinal, struct err *e);

/* Of the pairs that a model wrote: how many there are, how many of them are kept, and the most frequent reason of the
 * others (arena; NULL: none dropped). */
bool pair_count_by_model(struct db *db, struct arena *arena, int64_t *all, int64_t *kept, const char **reason,
                         struct err *e);

#endif

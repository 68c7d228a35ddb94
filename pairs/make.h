/* make.h: making the pairs of one figure, with and without a model. */
#ifndef FIGMILL_PAIRS_MAKE_H
#define FIGMILL_PAIRS_MAKE_H

#include "base/arena.h"
#include "db/pair.h"
#include "pairs/check.h"
#include "stage/ask.h"

enum { MAKE_MAX_PER_FIGURE = 20, MAKE_MAX_ATTEMPTS = 10, MAKE_LEAST_WORDS = 30, MAKE_MOST_WORDS = 400 };

struct make_options {
    unsigned kinds;     /* bit 1 << enum pair_kind */
    int per_figure;     /* pairs of each kind that a model writes; alignment: always one */
    int attempts;       /* how often a pair that fails its checks is written again */
    int words;          /* the most that the model is asked to write in an answer; MAKE_LEAST_WORDS to
                           MAKE_MOST_WORDS. A third of them is the least. */
    double temperature; /* of sampling */
};

struct maker {
    struct make_options options;
    struct prompt prompts[PAIR_KINDS]; /* of the kinds that a model writes */
    struct prompt_list brief, long_, questions;
    struct arena arena;
};

bool maker_init(struct maker *m, const struct make_options *options, struct err *e);
void maker_release(struct maker *m);
/* True when one of the kinds needs a model. */
bool maker_asks(const struct maker *m);
/* A hash of all that shapes the pairs besides the figure. `model`: its name; NULL where none is needed. */
void maker_settings(const struct maker *m, const char *model, char hex[SHA256_SIZE]);

/* Makes the pairs of a figure, kept and dropped ones; all lives in the arena. `ask` may be NULL when no kind needs a
 * model. What a model does wrong drops a pair and is no error; errors are those of ask_model that say that the item has
 * to be tried again, or that the server is gone. With an `ask` that has no server (ask_new_offline), false with
 * ERR_TEMPORARY once every pair was gone through, when one of them waits for a reply. */
bool make_pairs(const struct maker *m, struct ask *ask, struct db *db, const struct pair_source *source,
                struct arena *arena, struct pair **pairs, size_t *n, struct err *e);

#endif

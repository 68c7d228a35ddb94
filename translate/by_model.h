/* by_model.h: one text translated by a model: in pieces where it is long, each piece checked and asked for again
 * when it fails. */
#ifndef FIGMILL_TRANSLATE_BY_MODEL_H
#define FIGMILL_TRANSLATE_BY_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"
#include "stage/ask.h"
#include "translate/checks.h"
#include "translate/language.h"

enum { PIECE_CHARACTERS = 1200 /* longest text of one request */ };

struct by_model {
    struct ask *ask;
    struct db *db;
    const struct language_detector *detector;
    const char *target; /* language */
    int attempts;       /* how often a piece that fails its checks is asked for again */
};

struct by_model_result {
    const char *text;      /* "" when no reply had one */
    struct checks checks;  /* of the piece that failed, else of the whole */
    int64_t model_call_id; /* of the piece that failed, else of the last */
};

/* `what` names the text for the prompt ("figure caption"); `language` is its own. Strings are the arena's. False only
 * for what stops the item (errors of ask_model); a bad translation is a result. */
bool by_model_translate(const struct by_model *m, const char *text, const char *language, const char *what,
                        struct arena *arena, struct by_model_result *out, struct err *e);

#endif

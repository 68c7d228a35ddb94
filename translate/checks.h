/* checks.h: the first checks of a translation, by code alone. Each has a name and says "pass" or what is
 * wrong, in words that a model understands too; all of them are stored, so that a threshold can be judged by the rows.
 */
#ifndef FIGMILL_TRANSLATE_CHECKS_H
#define FIGMILL_TRANSLATE_CHECKS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/language.h"

enum check_name {
    CHECK_REPLY,      /* the model's reply has the form asked for, and is whole */
    CHECK_EMPTY,      /* there is a text */
    CHECK_COPY,       /* it is not the source again */
    CHECK_LANGUAGE,   /* it is in the target language: script, and the detector for longer ones */
    CHECK_NUMBERS,    /* the source's numbers are in it, and no others */
    CHECK_LABELS,     /* so are its panel labels, "(A)" */
    CHECK_LENGTH,     /* it is about as long as a translation is */
    CHECK_REPETITION, /* it does not run in a loop */
    CHECK_REFUSAL,    /* it is not the model talking */
    CHECK_MARKUP,     /* it has no markup that the source lacks */
    CHECKS
};

struct checks {
    const char *failed[CHECKS]; /* what is wrong; NULL: pass. Constants or the arena's */
};

/* Everything but CHECK_REPLY. `language` is the source's. Made for English as the target; for another one script and
 * length are not looked at. */
void checks_run(const struct language_detector *d, const char *source, const char *language, const char *translation,
                const char *target, struct arena *arena, struct checks *out);

/* The name of the first check that failed ("numbers"), as stored in drop_reason; NULL when all passed. */
const char *checks_first(const struct checks *c);
/* Appends what failed, for the retry's prompt: "numbers: 0.5 is missing; length: ..." */
void checks_explain(const struct checks *c, struct str *out);
/* Appends the JSON object for translation.checks. */
void checks_json(const struct checks *c, struct str *out);

#endif

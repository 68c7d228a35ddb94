/* checks.h: the checks of a translation, by code alone: nothing that a translator says of itself counts. Each has a
 * name and says "pass" or what is wrong, in words that a model understands too; all of them are stored, so that a
 * threshold can be judged by the rows. tests/bench/bench_translation_checks.py measures how much injected damage they
 * find, and how often they blame a human translator. */
#ifndef FIGMILL_TRANSLATE_CHECKS_H
#define FIGMILL_TRANSLATE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/glossary.h"
#include "translate/language.h"

enum check_name {
    CHECK_REPLY,        /* the backend gave a text, in the form asked for, and whole */
    CHECK_PLACEHOLDERS, /* what was taken out of the text to protect it came back, once each */
    CHECK_EMPTY,        /* there is a text */
    CHECK_COPY,         /* it is not the source again */
    CHECK_UNTRANSLATED, /* no words or sentences of it are the source's, names apart */
    CHECK_LANGUAGE,     /* it is in the target language: script, and the detector for longer ones */
    CHECK_NUMBERS,      /* the source's numbers are in it, decimals as decimals, and no others */
    CHECK_UNITS,        /* so are their units and doses ("1,5 Gy" is "1.5 Gy") */
    CHECK_LABELS,       /* so are its panel labels, "(A)" */
    CHECK_REFERENCES,   /* so are its references: "Fig. 2", "Table 1", "[12]" */
    CHECK_LENGTH,       /* it is about as long as a translation from that language is */
    CHECK_SENTENCES,    /* no sentence was dropped */
    CHECK_REPETITION,   /* it does not run in a loop */
    CHECK_REFUSAL,      /* it is not the model talking */
    CHECK_MARKUP,       /* it has no markup, entities or control tokens that the source lacks */
    CHECK_GLOSSARY,     /* terms are rendered as the glossary says */
    CHECK_BACK,         /* translated back it resembles the source; only where that was asked for */
    CHECKS
};

struct checks {
    const char *failed[CHECKS]; /* what is wrong; NULL: pass. Constants or the arena's */
    double back;                /* chrF of the back-translation with the source, 0..1; < 0: none was made */
};

struct checks_input {
    const char *source, *language; /* BCP 47 */
    const char *translation, *target;
    const struct glossary_term *terms; /* that stand in the source */
    size_t n_terms;
};

/* Everything but CHECK_REPLY, CHECK_PLACEHOLDERS and CHECK_BACK, which the caller knows of; back is -1. What is only
 * known of some languages (length ratios, phrases of refusal) is not looked at for others. */
void checks_run(const struct checks_input *in, struct arena *arena, struct checks *out);

/* The name of the first check that failed ("numbers"), as stored in drop_reason; NULL when all passed. */
const char *checks_first(const struct checks *c);
/* Appends what failed, for the retry's prompt: "numbers: 0.5 is missing; length: ..." */
void checks_explain(const struct checks *c, struct str *out);
/* Appends the JSON object for translation.checks: a member a check, and "back_translation" where there is one. */
void checks_json(const struct checks *c, struct str *out);

#endif

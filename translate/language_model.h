/* language_model.h: how well a text fits each language, by its words and its letters.
 *
 * A model of each language is made from the frequencies of its most frequent words (translate/words): the words
 * themselves, and letter n-grams with back-off for all others, so that a term that no list holds still looks Spanish or
 * English. A word costs what is less of the two; a text is in the language in which it costs least (Naive Bayes; the
 * back-off is that of Brants et al. 2007). Languages of one script compete with each other only. The models are
 * constants, made with the build (language_table.h): nothing has to be opened.
 *
 * Chosen by measurement (tests/bench/README.md): of texts of 15-39 characters libexttextcat, CLD2 and fastText's
 * lid.176 tell far fewer right, because titles and captions have more names and terms than what these were made of. */
#ifndef FIGMILL_TRANSLATE_LANGUAGE_MODEL_H
#define FIGMILL_TRANSLATE_LANGUAGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "translate/language_table.h"

enum { LANGUAGE_MODEL_UNIT = 16 }; /* costs are in 1/16 nat */
enum { LANGUAGE_PARTS = 48 };

/* Costs of the words from the text's beginning to some place. */
struct language_costs {
    int words;
    int costs[LANGUAGE_COLUMNS]; /* without what a language costs before a word is read */
};

/* A text once read. */
struct language_reading {
    int script;
    bool vietnamese; /* a letter that only Vietnamese has was seen: its short words look like any syllable else */
    bool names;      /* words in capitals were read too, since there are no others */
    struct language_costs all;                   /* of the words that begin in the first 1,200 bytes: enough to tell */
    struct language_costs small;                 /* of the words that begin with a small letter, in 2,400 bytes */
    struct language_costs parts[LANGUAGE_PARTS]; /* ... up to places where another language may begin */
    int n_parts;
};

/* Reads the words of `text` that are written in `script`. */
void language_model_read(const char *text, size_t len, int script, struct language_reading *out);

struct language_fit {
    const char *best, *second; /* tags; constants. NULL: no word to judge by */
    double lead;               /* nats by which `second` costs more than `best` */
    double asked_lead;         /* ... and the language asked for more than `best`; 0: it is the best, or not known */
    int words;                 /* that were judged */
};

/* `asked` is a language whose cost is wanted, or NULL. */
void language_reading_fit(const struct language_reading *r, const char *asked, struct language_fit *out);

/* The other language of a text that is in English before, and in another language behind, a capital letter or the end
 * of a sentence, a slash, a quotation mark or a bracket, or the other way round; NULL when there is none. Names have no
 * language: only words that begin with a small letter count. Each part has at least three of them, which cost at
 * least `lead` nats more in the language of the other part. */
const char *language_reading_beside_english(const struct language_reading *r, double *lead);

/* True when the model has the language (by its first subtag). */
bool language_model_has(const char *tag);

#endif

/* language_model.h: how well a text fits each language, by its words and its letters.
 *
 * A model of each language is made from the frequencies of its most frequent words (translate/words): the words
 * themselves, and letter n-grams with back-off for all others, so that a term that no list holds still looks Spanish or
 * English. A word costs what is less of the two, in 1/16 nat; a text is in the language in which it costs least
 * (Naive Bayes; the back-off is that of Brants et al. 2007). Languages of one script compete with each other only.
 *
 * Chosen by measurement (tests/bench/README.md): of texts of 15-39 characters libexttextcat, CLD2 and fastText's
 * lid.176 tell far fewer right, because titles and captions have more names and terms than what these were made of. */
#ifndef FIGMILL_TRANSLATE_LANGUAGE_MODEL_H
#define FIGMILL_TRANSLATE_LANGUAGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

enum { LANGUAGE_MODEL_UNIT = 16 }; /* costs are in 1/16 nat */

enum language_script { LANGUAGE_LATIN, LANGUAGE_CYRILLIC, LANGUAGE_ARABIC };

struct language_model;

/* Takes about a fifth of a second and 15 MiB. Never NULL. */
struct language_model *language_model_new(void);
void language_model_free(struct language_model *m); /* NULL is fine */

struct language_fit {
    const char *best, *second; /* tags; constants. NULL: no word to judge by */
    double lead;               /* nats by which `second` costs more than `best` */
    double asked_lead;         /* ... and the language asked for more than `best`; 0: it is the best, or not known */
    int words;                 /* that were judged */
};

/* Judges the words of `text` that are written in `script`; the first 1,200 bytes are enough. `asked` is a language
 * whose cost is wanted, or NULL. */
void language_model_fit(const struct language_model *m, const char *text, size_t len, enum language_script script,
                        const char *asked, struct language_fit *out);
/* True when the model has the language (by its first subtag). */
bool language_model_has(const char *tag);

#endif

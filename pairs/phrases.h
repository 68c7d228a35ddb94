/* phrases.h: the words that the checks look for, by language: pairs/words/phrases.tsv, compiled in, whose head says
 * what its kinds are. Texts are folded words with a space at either end, as check_fold makes them; phrases are folded
 * in the same way when they are compared. */
#ifndef FIGMILL_PAIRS_PHRASES_H
#define FIGMILL_PAIRS_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

enum { PHRASE_SIZE = 160 };

enum phrase_kind {
    PHRASE_SMALL,
    PHRASE_ASKS,
    PHRASE_COUNTS,
    PHRASE_LEAK,
    PHRASE_FIGURE,
    PHRASE_REFUSAL,
    PHRASE_ADVICE,
    PHRASE_HEDGE,
    PHRASE_PANEL,
    PHRASE_PART,
    PHRASE_JOINS,
    PHRASE_TERM,
    PHRASE_KNOWN,
    PHRASE_UNIT,
    PHRASE_KINDS
};

struct phrase {
    char text[PHRASE_SIZE]; /* folded, a space in front of it and behind unless it is open there */
    bool open_front, open_end;
};

/* Calls `each` for every phrase of the kind that is the language's (BCP 47; what follows a '-' is not looked at) or
 * every language's; a NULL language: of all languages. `each` returns false to stop. */
typedef bool phrase_fn(void *context, const char *language, const struct phrase *phrase);
void phrases_each(const char *language, enum phrase_kind kind, phrase_fn *each, void *context);

/* True when there are phrases of the kind for that very language. */
bool phrases_known(const char *language, enum phrase_kind kind);
/* The first phrase of the kind that the folded text holds, written to `out` without its spaces; NULL: none. */
const char *phrases_find(const char *folded, const char *language, enum phrase_kind kind, char out[PHRASE_SIZE]);
/* How often phrases of the kind stand in it. */
size_t phrases_count(const char *folded, const char *language, enum phrase_kind kind);
/* True when the word, or the whole text, is a phrase of the kind; it needs no spaces around it. */
bool phrases_is(const char *word, size_t len, const char *language, enum phrase_kind kind);

/* The tag of the unit that `len` bytes name in any of the languages ("horas" -> "h"), written to `out`. */
bool phrases_unit(const char *word, size_t len, char out[16]);

#endif

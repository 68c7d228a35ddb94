/* check_text.h: a text as the checks look at it: its words folded, its sentences, its scripts, read once. */
#ifndef FIGMILL_TRANSLATE_CHECK_TEXT_H
#define FIGMILL_TRANSLATE_CHECK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { CHECK_MOST_WORDS = 4000, CHECK_MOST_SENTENCES = 64 };

/* A run of letters and digits; in scripts without blanks (Han, kana, Thai) each character is one. */
struct check_word {
    const char *start, *folded; /* as it stands in the text, and folded (NUL-terminated) */
    size_t len, folded_len;
    unsigned hash;  /* of `folded` */
    size_t letters; /* 0: a number */
    bool small;     /* small letters of a script with two cases, and no digits */
    bool digits;    /* some of it are digits */
};

struct check_sentence {
    const char *start;
    size_t len, chars;     /* bytes; code points */
    size_t first, n_words; /* of check_text.words */
};

struct check_text {
    const char *text, *language; /* BCP 47 */
    size_t len, chars;
    struct text_scripts scripts;
    struct check_word *words;
    size_t n_words; /* at most CHECK_MOST_WORDS; what comes behind is not looked at */
    struct check_sentence *sentences;
    size_t n_sentences; /* at most CHECK_MOST_SENTENCES */
};

/* Everything it points to is the arena's or the text's. */
void check_text_read(const char *text, const char *language, struct arena *arena, struct check_text *out);

/* Inline, since every word meets every other. */
static inline bool check_word_same(const struct check_word *a, const struct check_word *b)
{
    return a->hash == b->hash && a->folded_len == b->folded_len && memcmp(a->folded, b->folded, a->folded_len) == 0;
}
/* A word between the parts of a list, "and", "to", in many languages. */
bool check_word_joins(const char *word, size_t len);
bool check_word_is(const struct check_word *w, const char *folded);
/* Whether `text` has a letter of a script that writes without blanks, or of Hangul: such a letter carries a syllable or
 * more. */
bool check_text_dense(const struct check_text *t);

#endif

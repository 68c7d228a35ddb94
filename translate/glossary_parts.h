/* glossary_parts.h: what the files of glossary.h share: texts made ready for comparing, words that may bend, and the
 * terms in memory. */
#ifndef FIGMILL_TRANSLATE_GLOSSARY_PARTS_H
#define FIGMILL_TRANSLATE_GLOSSARY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "translate/glossary.h"

/* Endings. */

/* How a word of a language may bend: its own ending goes, one of `forms` comes. */
struct ending_class {
    const char *language; /* primary tag */
    const char *own;      /* endings by which a term's word is known to bend so, in words; "-": any */
    const char *forms;    /* endings that it may have in a text; "-": none */
    int chain;            /* how many of them may follow each other */
};
/* The class of a folded word and the length of what is left without its own ending. NULL: a language without a table,
 * where any ending of up to three letters counts. */
const struct ending_class *ending_class_of(const char *word, size_t len, const char *language, size_t *stem);
/* Whether `rest` is an ending that the class allows. */
bool ending_allowed(const struct ending_class *c, const char *rest, size_t len);

/* Languages that write compounds as one word. */
bool language_compounds(const char *language);
/* Whether what follows a whole term in a word makes it a compound, and not another word: "patienten", not "iert". */
bool compound_goes_on(const char *rest, size_t len);

/* Texts for comparing. */

enum glossary_place {
    PLACE_INSIDE,
    PLACE_WORD, /* a word begins */
    PLACE_RUN,  /* inside of a word of a script without spaces, at a character: a term may begin here, too */
};

/* Words with one space between them; digits, letters, Hangul and the scripts without spaces are words of their own.
 * Spelling variants are one: Arabic vowel signs and forms of alef, Persian and Arabic letters, the Russian ё, the
 * Turkish ı; English has American spelling. */
struct glossary_text {
    const char *text;
    size_t len;
    const unsigned char *place; /* enum glossary_place of every byte */
    const char *original;
};
void glossary_text_make(const char *text, const char *language, struct arena *arena, struct glossary_text *out);

/* Offsets at which a word may begin behind Arabic's article and clitics, the first is 0. */
enum { GLOSSARY_CLITICS = 12 };
size_t glossary_clitics(const char *word, size_t len, size_t offsets[GLOSSARY_CLITICS]);

/* Patterns: a term or a rendering, ready to be looked for. */

struct glossary_word {
    const char *text;
    uint32_t len, stem; /* bytes */
    const struct ending_class *bends;
    /* SYMBOL: an s may follow. PART: of a script without spaces. */
    enum { WORD_EXACT, WORD_SYMBOL, WORD_BENDS, WORD_COMPOUND, WORD_PART } how;
};

struct glossary_pattern {
    struct glossary_word *words; /* at least one */
    size_t n;
    const char *symbol; /* a unit or abbreviation, which must stand in the text just so; else NULL */
    bool clitics;       /* Arabic */
    bool short_hangul;  /* begins a word only, since two syllables are easily found inside of others */
};

/* False for a text without letters and digits. */
bool glossary_pattern_make(const char *text, const char *language, struct arena *arena, struct glossary_pattern *out);
/* Where the pattern ends when it stands at `at` (a place of `t` that is not PLACE_INSIDE), else 0. */
size_t glossary_pattern_at(const struct glossary_pattern *p, const struct glossary_text *t, size_t at);
/* Whether it stands anywhere. Inner spaces and hyphens are forgiven: "radio-therapy" is "radiotherapy". */
bool glossary_pattern_stands(const struct glossary_pattern *p, const struct glossary_text *t);

/* Terms. */

struct glossary_entry {
    const char *term;
    const char **english; /* renderings, ends with NULL */
    size_t n;
    /* What it means, as numbers of its folded English renderings, the first being what it stands for. */
    uint32_t *means;
    size_t n_means;
    struct glossary_pattern pattern;
    int line;
};

struct glossary_language {
    char tag[16];
    struct glossary_entry **entries;
    size_t n;
    /* Index by the stem of the first word: heads of chains through `next`, both 1 + place in entries, 0: none. */
    uint32_t *heads, *next, *hashes;
    uint32_t mask;
    size_t longest; /* stem, in bytes */
};

struct glossary {
    struct arena arena;
    struct glossary_language *languages;
    size_t n;
};

/* The table of a language: its own, or of the same language without script and region; NULL: none. */
const struct glossary_language *glossary_table(const struct glossary *g, const char *language);
/* All renderings into the target (list in the arena), ends with NULL; NULL when there is none. */
const char *const *glossary_renderings(const struct glossary *g, const struct glossary_entry *entry, const char *target,
                                       struct arena *arena);
bool glossary_same_language(const char *a, const char *b);

/* Makes meanings, the tables of English and of languages with a region, and the indexes of all. */
void glossary_build(struct glossary *g);

#define GLOSSARY_HASH_START 2166136261u
static inline uint32_t glossary_hash_byte(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * 16777619u; /* FNV-1a */
}

#endif

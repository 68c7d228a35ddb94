/* language_table.h: the numbers of language_model.h as the build makes them (language_table_make.c, from
 * translate/words): constants, so that nothing is read or reckoned when a program starts and all processes share their
 * pages. About 8 MiB.
 *
 * Each script has tables of its own, whose rows have a column for each of its languages. Costs are in 1/16 nat. */
#ifndef FIGMILL_TRANSLATE_LANGUAGE_TABLE_H
#define FIGMILL_TRANSLATE_LANGUAGE_TABLE_H

#include <stdint.h>

enum { LANGUAGE_LATIN, LANGUAGE_CYRILLIC, LANGUAGE_ARABIC, LANGUAGE_SCRIPTS };

enum {
    LANGUAGE_COLUMNS = 32,      /* that a script has at most */
    LANGUAGE_LANE = 8,          /* columns of a row are a multiple of this; those to spare are 0 */
    LANGUAGE_ORDER = 4,         /* letters of an n-gram at most: a byte each in its key, the last letter lowest */
    LANGUAGE_WORD_LETTERS = 32, /* with both edges; longer words are cut */
    LANGUAGE_UNSEEN = 96,       /* cost of a letter that no list has */
    /* Letters by their numbers in a script: */
    LANGUAGE_EDGE = 1, /* before and behind a word */
    LANGUAGE_STRANGE = 255
};

/* A letter in `language_letters`; 0: no letter. */
enum {
    LANGUAGE_LETTER = 0xff,       /* its number, that of the small letter for a capital */
    LANGUAGE_CAPITAL = 0x100,     /* has a small letter */
    LANGUAGE_ALPHABETIC = 0x200,  /* of any script */
    LANGUAGE_SCRIPT_SHIFT = 10,   /* from here on: script + 1; 0: none of the three */
    LANGUAGE_LOW_LETTERS = 0x780, /* the table has code points below this, */
    LANGUAGE_HIGH_FROM = 0x1e00,  /* then those from here */
    LANGUAGE_HIGH_LETTERS = 0x100
};
extern const uint16_t language_letters[LANGUAGE_LOW_LETTERS + LANGUAGE_HIGH_LETTERS];

/* Keys in the order of their buckets: those of bucket b are keys[starts[b]] to keys[starts[b + 1] - 1]. */
struct language_index {
    const uint32_t *starts, *keys;
    int bits; /* 1 << bits buckets */
};

struct language_table {
    int languages, width;    /* columns in use; of a row */
    const char *const *tags; /* of the columns */
    const int *priors;       /* what a language costs before a word is read */
    struct language_index grams, words;
    const uint8_t *gram_costs;  /* a row for each key */
    const uint32_t *word_costs; /* for each key, where its pairs begin in `pairs`; and the end */
    const uint8_t *pairs;       /* column, cost */
    uint32_t word_seed;         /* with which no two words of the lists have one key */
};
extern const struct language_table language_tables[LANGUAGE_SCRIPTS];

static inline uint32_t language_bucket(uint32_t key, int bits)
{
    key ^= key >> 15;
    return (key * UINT32_C(0x9E3779B1)) >> (32 - bits);
}

static inline uint32_t language_word_key(const uint8_t *letters, int n, uint32_t seed)
{
    uint64_t key = UINT64_C(0xcbf29ce484222325) ^ seed;
    for (int i = 0; i < n; i++)
        key = (key ^ letters[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(key ^ key >> 32);
}

/* Which script a code point is judged in, or -1. */
static inline int language_script_of(int c)
{
    if (c < 0x250 || (c >= LANGUAGE_HIGH_FROM && c < LANGUAGE_HIGH_FROM + LANGUAGE_HIGH_LETTERS))
        return LANGUAGE_LATIN;
    if (c >= 0x400 && c < 0x530)
        return LANGUAGE_CYRILLIC;
    return c >= 0x600 && c < LANGUAGE_LOW_LETTERS ? LANGUAGE_ARABIC : -1;
}

#endif

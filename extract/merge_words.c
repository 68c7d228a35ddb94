/* merge_words.c: how much two captions agree; see merge.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "extract/merge.h"

enum {
    WORDS_MAX = 4000,    /* of a caption; more are left out */
    JUDGED_MIN = 6,      /* words from which on the language is judged */
    ENGLISH_PERCENT = 12 /* of the words are the commonest ones of English */
};

struct reading {
    struct arena *arena;
    unsigned *hashes;
    size_t n, cap, english;
};

static unsigned hash_of(const char *word, size_t len)
{
    unsigned h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619u;
    return h;
}

/* Words that no other language in Latin script has among its commonest ("in", "a" and the like are left out). */
static bool is_english(const char *word, size_t len)
{
    static const char *const common[] = {"the", "of",   "and", "with", "for",     "were",
                                         "was", "from", "is",  "are",  "between", "by"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strlen(common[i]) == len && memcmp(common[i], word, len) == 0)
            return true;
    return false;
}

static bool add_word(void *context, const char *word, size_t len)
{
    struct reading *r = context;
    ARENA_GROW(r->arena, r->hashes, r->n, r->cap);
    r->hashes[r->n++] = hash_of(word, len);
    r->english += is_english(word, len);
    return r->n < WORDS_MAX;
}

static int by_value(const void *x, const void *y)
{
    unsigned a = *(const unsigned *)x, b = *(const unsigned *)y;
    return (a > b) - (a < b);
}

struct merge_words merge_words_read(struct arena *arena, const char *text)
{
    struct reading r = {.arena = arena};
    struct str folded = STR_INIT(1 << 20);
    struct text_scripts scripts;
    text_fold_words(text, strlen(text), &folded);
    text_each_word(folded.data, folded.len, add_word, &r);
    text_scripts(folded.data, folded.len, &scripts);
    str_release(&folded);
    if (r.n)
        qsort(r.hashes, r.n, sizeof *r.hashes, by_value);
    struct merge_words words = {.hashes = r.hashes, .n = r.n};
    if (2 * scripts.latin < scripts.letters)
        words.writing = WORDS_OTHER_SCRIPT;
    else if (r.n >= JUDGED_MIN)
        words.writing = 100 * r.english >= ENGLISH_PERCENT * r.n ? WORDS_ENGLISH : WORDS_LATIN;
    return words;
}

double merge_words_agreement(const struct merge_words *a, const struct merge_words *b)
{
    size_t common = 0;
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        common += a->hashes[i] == b->hashes[k];
        unsigned x = a->hashes[i], y = b->hashes[k];
        i += x <= y;
        k += y <= x;
    }
    return a->n + b->n ? 2.0 * (double)common / (double)(a->n + b->n) : 0;
}

bool merge_words_differ(const struct merge_words *a, const struct merge_words *b)
{
    if (a->writing == WORDS_OTHER_SCRIPT || b->writing == WORDS_OTHER_SCRIPT)
        return a->writing != b->writing;
    return a->writing != b->writing && a->writing != WORDS_UNSURE && b->writing != WORDS_UNSURE;
}

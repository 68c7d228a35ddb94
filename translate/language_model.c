/* language_model.c: see language_model.h. */
#include "translate/language_model.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

extern const struct embedded language_words[];

enum {
    ORDER = 4,               /* letters of an n-gram */
    WORD_LETTERS = 32,       /* longer words are cut */
    TEXT_BYTES = 1200,       /* more text does not make it surer */
    BACK_OFF = 18,           /* cost of an n-gram that is not in a language, above that of its shorter one */
    UNSEEN = 96,             /* cost of a letter that a language does not have */
    ABSENT = 255,            /* in a row of costs: not in the language; 254 is the highest cost */
    WORD_HALF = 11,          /* cost of the choice between word and letters: ln 2 */
    CENTIBELS_TO_UNITS = 37, /* 1/100 of log10 is 0.368 units of 1/16 nat; in hundredths */
    N_MODELS = 35
};

/* What a language costs before a word is read: English is what most articles are written in, and the languages of few
 * articles need more evidence. In units. */
static const struct model {
    const char *tag;
    enum language_script script;
    int prior;
} models[N_MODELS] = {
    {"en", LANGUAGE_LATIN, 0},     {"es", LANGUAGE_LATIN, 24},    {"pt", LANGUAGE_LATIN, 24},
    {"fr", LANGUAGE_LATIN, 28},    {"de", LANGUAGE_LATIN, 28},    {"it", LANGUAGE_LATIN, 48},
    {"ca", LANGUAGE_LATIN, 80},    {"nl", LANGUAGE_LATIN, 64},    {"sv", LANGUAGE_LATIN, 64},
    {"da", LANGUAGE_LATIN, 80},    {"no", LANGUAGE_LATIN, 80},    {"fi", LANGUAGE_LATIN, 64},
    {"pl", LANGUAGE_LATIN, 48},    {"cs", LANGUAGE_LATIN, 64},    {"sk", LANGUAGE_LATIN, 72},
    {"hu", LANGUAGE_LATIN, 64},    {"ro", LANGUAGE_LATIN, 64},    {"tr", LANGUAGE_LATIN, 48},
    {"hr", LANGUAGE_LATIN, 64},    {"sl", LANGUAGE_LATIN, 72},    {"id", LANGUAGE_LATIN, 48},
    {"vi", LANGUAGE_LATIN, 64},    {"lt", LANGUAGE_LATIN, 72},    {"lv", LANGUAGE_LATIN, 72},
    {"et", LANGUAGE_LATIN, 72},    {"is", LANGUAGE_LATIN, 88},    {"gl", LANGUAGE_LATIN, 96},
    {"ru", LANGUAGE_CYRILLIC, 0},  {"uk", LANGUAGE_CYRILLIC, 24}, {"bg", LANGUAGE_CYRILLIC, 32},
    {"mk", LANGUAGE_CYRILLIC, 48}, {"sr", LANGUAGE_CYRILLIC, 40}, {"ar", LANGUAGE_ARABIC, 0},
    {"fa", LANGUAGE_ARABIC, 8},    {"ur", LANGUAGE_ARABIC, 24},
};

/* A hash table from n-grams or words (by 64-bit hash of them) to a row of costs, one for each language. */
struct rows {
    uint64_t *keys; /* 0: free */
    uint8_t *costs; /* N_MODELS for each slot */
    size_t cap, n;  /* cap: a power of two */
};

struct language_model {
    struct rows grams, words;
};

static uint64_t mix(uint64_t key)
{
    key ^= key >> 31;
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return key ^ key >> 29;
}

/* An n-gram of up to four code points: the lower 16 bits of each tell letters apart well enough. Never 0. */
static uint64_t gram_key(const int *letters, int n)
{
    uint64_t key = 0;
    for (int i = 0; i < n; i++)
        key = key << 16 | (uint64_t)(letters[i] & 0xffff);
    return key;
}

static uint64_t word_key(const int *letters, int n)
{
    uint64_t key = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; i < n; i++)
        key = (key ^ (uint64_t)letters[i]) * UINT64_C(0x100000001b3);
    return key ? key : 1;
}

static size_t slot_of(const uint64_t *keys, size_t cap, uint64_t key)
{
    size_t i = mix(key) & (cap - 1);
    while (keys[i] && keys[i] != key)
        i = (i + 1) & (cap - 1);
    return i;
}

static void rows_init(struct rows *r, size_t cap)
{
    *r = (struct rows){.keys = mem_array(cap, sizeof *r->keys), .costs = mem_array(cap, N_MODELS), .cap = cap};
}

static void rows_release(struct rows *r)
{
    free(r->keys);
    free(r->costs);
}

static const uint8_t *rows_find(const struct rows *r, uint64_t key)
{
    size_t i = slot_of(r->keys, r->cap, key);
    return r->keys[i] ? r->costs + i * N_MODELS : NULL;
}

static uint8_t *rows_add(struct rows *r, uint64_t key);

static void rows_grow(struct rows *r)
{
    struct rows bigger;
    rows_init(&bigger, r->cap * 2);
    for (size_t i = 0; i < r->cap; i++)
        if (r->keys[i])
            memcpy(rows_add(&bigger, r->keys[i]), r->costs + i * N_MODELS, N_MODELS);
    rows_release(r);
    *r = bigger;
}

static uint8_t *rows_add(struct rows *r, uint64_t key)
{
    if (r->n * 2 >= r->cap)
        rows_grow(r);
    size_t i = slot_of(r->keys, r->cap, key);
    if (!r->keys[i]) {
        r->keys[i] = key;
        r->n++;
        memset(r->costs + i * N_MODELS, ABSENT, N_MODELS);
    }
    return r->costs + i * N_MODELS;
}

/* How often the n-grams of one language's words are, while its costs are reckoned. */
struct count {
    uint64_t key;
    float n, after; /* of it; of all n-grams that are it and one letter more */
    uint16_t kinds; /* of letters that follow it */
    uint8_t order;
};
struct counts {
    struct count *slots;
    size_t cap, n;
};

static struct count *count_of(struct counts *c, uint64_t key, bool add);

static void counts_grow(struct counts *c)
{
    struct counts bigger = {.slots = mem_array(c->cap * 2, sizeof *c->slots), .cap = c->cap * 2};
    for (size_t i = 0; i < c->cap; i++)
        if (c->slots[i].key)
            *count_of(&bigger, c->slots[i].key, true) = c->slots[i];
    free(c->slots);
    *c = bigger;
}

/* NULL when it is not there and not to be added. */
static struct count *count_of(struct counts *c, uint64_t key, bool add)
{
    if (add && c->n * 2 >= c->cap)
        counts_grow(c);
    size_t i = mix(key) & (c->cap - 1);
    while (c->slots[i].key && c->slots[i].key != key)
        i = (i + 1) & (c->cap - 1);
    if (c->slots[i].key)
        return &c->slots[i];
    if (!add)
        return NULL;
    c->slots[i].key = key;
    c->n++;
    return &c->slots[i];
}

/* The empty history has no n-gram: it goes under a key of its own, which no letter has. */
enum { EDGE = 1, NOTHING = 2 };

static uint64_t history_key(const int *letters, int n)
{
    int nothing = NOTHING;
    return n ? gram_key(letters, n) : gram_key(&nothing, 1);
}

/* Counts the n-grams of a word, EDGE before and behind it. */
static void count_word(struct counts *c, const int *word, int n, float weight)
{
    for (int i = 1; i < n; i++)
        for (int order = 1; order <= ORDER && order <= i + 1; order++) {
            const int *gram = word + i - order + 1;
            struct count *k = count_of(c, gram_key(gram, order), true);
            bool first = k->order == 0;
            k->n += weight;
            k->order = (uint8_t)order;
            k = count_of(c, history_key(gram, order - 1), true);
            k->after += weight;
            k->kinds = (uint16_t)(k->kinds + first);
        }
}

/* The probability of the last letter after those before it, interpolated with the shorter n-grams (Witten and Bell). */
static float probability(struct counts *c, const int *gram, int order, float unit)
{
    float p = 1.0f / 120;
    for (int o = 1; o <= order; o++) {
        const int *g = gram + order - o;
        const struct count *history = count_of(c, history_key(g, o - 1), false);
        if (!history || history->after <= 0)
            break;
        const struct count *k = count_of(c, gram_key(g, o), false);
        float a = unit * 0.6f * (float)(1 + history->kinds);
        p = ((k ? k->n : 0) + a * p) / (history->after + a);
    }
    return p;
}

static uint8_t cost_of(double probability)
{
    double cost = -LANGUAGE_MODEL_UNIT * log(probability);
    return cost < 0 ? 0 : cost > ABSENT - 1 ? ABSENT - 1 : (uint8_t)(cost + 0.5);
}

/* Puts the costs of one language's n-grams into its column. */
static void add_column(struct language_model *m, int column, struct counts *c, float unit)
{
    for (size_t i = 0; i < c->cap; i++) {
        const struct count *k = &c->slots[i];
        if (!k->key || !k->order)
            continue;
        int gram[ORDER];
        for (int j = 0; j < k->order; j++)
            gram[j] = (int)(k->key >> (16 * (k->order - 1 - j)) & 0xffff);
        rows_add(&m->grams, k->key)[column] = cost_of(probability(c, gram, k->order, unit));
    }
}

/* The letters of a word with EDGE before and behind; `letters` has room for WORD_LETTERS. */
static int letters_of(const char *word, size_t len, int *letters)
{
    int n = 0;
    letters[n++] = EDGE;
    for (size_t at = 0; at < len && n < WORD_LETTERS - 1;)
        letters[n++] = text_lower(text_next(word, len, &at));
    letters[n++] = EDGE;
    return n;
}

/* Reads a list: on each line a word class (-100 log10 of the frequency) and its words. */
static void add_language(struct language_model *m, int column, const char *list)
{
    struct counts c = {.slots = mem_array(1 << 14, sizeof *c.slots), .cap = 1 << 14};
    double weights = 0;
    int words = 0, letters[WORD_LETTERS];
    for (const char *p = list; *p;) {
        char *end;
        long centibels = strtol(p, &end, 10);
        /* Rare words say more of what terms look like than how often "the" is. */
        float weight = (float)pow(10, -0.003 * (double)centibels);
        for (p = end; *p == ' ';) {
            size_t len = strcspn(++p, " \n");
            int n = letters_of(p, len, letters);
            long cost = centibels * CENTIBELS_TO_UNITS / 100 + WORD_HALF;
            rows_add(&m->words, word_key(letters, n))[column] = (uint8_t)(cost < ABSENT ? cost : ABSENT - 1);
            count_word(&c, letters, n, weight);
            weights += (double)weight;
            words++;
            p += len;
        }
        p += *p == '\n';
    }
    add_column(m, column, &c, words ? (float)(weights / words) : 1);
    free(c.slots);
}

static int order_of(uint64_t key)
{
    int order = 0;
    for (; key; key >>= 16)
        order++;
    return order;
}

/* What a language does not have costs what the n-gram without its first letter does, and some more. */
static void fill_gaps(struct rows *grams)
{
    for (int order = 1; order <= ORDER; order++)
        for (size_t i = 0; i < grams->cap; i++) {
            if (!grams->keys[i] || order_of(grams->keys[i]) != order)
                continue;
            uint8_t *row = grams->costs + i * N_MODELS;
            const uint8_t *shorter =
                order > 1 ? rows_find(grams, grams->keys[i] & ((UINT64_C(1) << 16 * (order - 1)) - 1)) : NULL;
            for (int l = 0; l < N_MODELS; l++)
                if (row[l] == ABSENT) {
                    int cost = shorter ? shorter[l] + BACK_OFF : UNSEEN;
                    row[l] = (uint8_t)(cost < ABSENT ? cost : ABSENT - 1);
                }
        }
}

struct language_model *language_model_new(void)
{
    struct language_model *m = mem_new(sizeof *m);
    rows_init(&m->grams, 1 << 18);
    rows_init(&m->words, 1 << 18);
    for (int i = 0; i < N_MODELS; i++) {
        char name[16];
        struct str s = STR_INIT(sizeof name - 1);
        str_addf(&s, "%s.txt", models[i].tag);
        add_language(m, i, embedded_text(language_words, s.data));
        str_release(&s);
    }
    fill_gaps(&m->grams);
    return m;
}

void language_model_free(struct language_model *m)
{
    if (!m)
        return;
    rows_release(&m->grams);
    rows_release(&m->words);
    free(m);
}

static int column_of(const char *tag)
{
    size_t n = strcspn(tag, "-");
    for (int i = 0; i < N_MODELS; i++)
        if (strlen(models[i].tag) == n && strncmp(models[i].tag, tag, n) == 0)
            return i;
    return -1;
}

bool language_model_has(const char *tag)
{
    return column_of(tag) >= 0;
}

struct reading {
    const struct language_model *m;
    enum language_script script;
    bool vietnamese;     /* a letter that only Vietnamese has was seen: its short words look like any syllable else */
    bool names;          /* also words in capitals: abbreviations and gene names, when there is nothing else */
    int words;           /* that were judged */
    int costs[N_MODELS]; /* of the words read so far */
};

static bool in_script(int c, enum language_script script)
{
    switch (script) {
    case LANGUAGE_CYRILLIC:
        return c >= 0x400 && c < 0x530;
    case LANGUAGE_ARABIC:
        return c >= 0x600 && c < 0x780;
    default:
        return (c < 0x250 || (c >= 0x1e00 && c < 0x1f00)) && text_is_letter(c);
    }
}

/* A word of `script` alone; not an abbreviation (DNA, mRNA, pH) or a panel's letter. */
static bool is_word(const struct reading *r, const char *start, size_t len)
{
    size_t n = 0, capitals = 0;
    for (size_t at = 0; at < len;) {
        bool first = at == 0;
        int c = text_next(start, len, &at);
        if (!in_script(c, r->script))
            return false;
        capitals += !first && text_lower(c) != c;
        if (first && len == at && text_lower(c) != c && !r->names)
            return false;
        n++;
    }
    return n && (!capitals || r->names);
}

/* Adds what the word's letters cost: of each the longest n-gram that ends with it. */
static void add_letters(const struct rows *grams, const int *letters, int n, uint16_t costs[N_MODELS])
{
    for (int i = 1; i < n; i++) {
        const uint8_t *row = NULL;
        for (int order = i + 1 < ORDER ? i + 1 : ORDER; order > 0 && !row; order--)
            row = rows_find(grams, gram_key(letters + i - order + 1, order));
        for (int l = 0; l < N_MODELS; l++)
            costs[l] = (uint16_t)(costs[l] + (row ? row[l] : UNSEEN));
    }
}

static bool read_word(void *context, const char *start, size_t len)
{
    struct reading *r = context;
    int letters[WORD_LETTERS];
    uint16_t costs[N_MODELS] = {0}; /* of at most WORD_LETTERS times 255 */
    if (!is_word(r, start, len))
        return true;
    int n = letters_of(start, len, letters);
    for (int i = 0; i < n; i++)
        r->vietnamese = r->vietnamese || (letters[i] >= 0x1ea0 && letters[i] < 0x1efa) || letters[i] == 0x1a1 ||
                        letters[i] == 0x1b0;
    add_letters(&r->m->grams, letters, n, costs);
    const uint8_t *known = rows_find(&r->m->words, word_key(letters, n));
    for (int l = 0; l < N_MODELS; l++)
        r->costs[l] += known && known[l] != ABSENT && known[l] < costs[l] ? known[l] : costs[l];
    r->words++;
    return true;
}

/* Runs of letters: "d'un" is two, "gain-of-function" three. */
static void read_words(struct reading *r, const char *text, size_t len)
{
    size_t start = 0;
    for (size_t at = 0; at < len;) {
        size_t before = at;
        if (text_is_letter(text_next(text, len, &at)))
            continue;
        if (before > start)
            read_word(r, text + start, before - start);
        start = at;
    }
    if (len > start)
        read_word(r, text + start, len - start);
}

/* Judges what was read; `asked` may be NULL. */
static void judge(struct reading *r, const char *asked, struct language_fit *out)
{
    int best = -1, second = -1, wanted = asked ? column_of(asked) : -1, vietnamese = column_of("vi");
    for (int l = 0; l < N_MODELS; l++)
        r->costs[l] += models[l].prior;
    for (int l = 0; l < N_MODELS; l++) {
        if (models[l].script != r->script || (l == vietnamese && !r->vietnamese))
            continue;
        if (best < 0 || r->costs[l] < r->costs[best]) {
            second = best;
            best = l;
        } else if (second < 0 || r->costs[l] < r->costs[second]) {
            second = l;
        }
    }
    *out = (struct language_fit){.words = r->words};
    if (!r->words)
        return;
    out->best = models[best].tag;
    out->second = models[second].tag;
    out->lead = (double)(r->costs[second] - r->costs[best]) / LANGUAGE_MODEL_UNIT;
    if (wanted >= 0 && models[wanted].script == r->script)
        out->asked_lead = (double)(r->costs[wanted] - r->costs[best]) / LANGUAGE_MODEL_UNIT;
}

static void read_text(struct reading *r, const char *text, size_t len)
{
    read_words(r, text, len < TEXT_BYTES ? len : TEXT_BYTES);
    if (r->words)
        return;
    r->names = true;
    read_words(r, text, len < TEXT_BYTES ? len : TEXT_BYTES);
}

void language_model_fit(const struct language_model *m, const char *text, size_t len, enum language_script script,
                        const char *asked, struct language_fit *out)
{
    struct reading r = {.m = m, .script = script};
    read_text(&r, text, len);
    judge(&r, asked, out);
}

/* language_table_make OUT LIST...: makes the C file of language_table.h from lists of words (translate/words), while
 * figmill is built.
 *
 * A list's name is its language's tag; each of its lines has a class (-100 log10 of the frequency) and words. The
 * n-grams' probabilities are interpolated with those of shorter ones (Witten and Bell 1991). */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "translate/language_table.h"

enum {
    BACK_OFF = 18,           /* cost of an n-gram that is not in a language, above that of its shorter one */
    ABSENT = 255,            /* in a row of costs: not in the language; 254 is the highest cost */
    UNIT = 16,               /* of a nat */
    WORD_HALF = 11,          /* cost of the choice between word and letters: ln 2 */
    CENTIBELS_TO_UNITS = 37, /* 1/100 of log10 is 0.368 units; in hundredths */
    LIST_BYTES = 1 << 20,
    NOTHING = 2 /* the empty history has no n-gram: it goes under a letter of its own */
};

/* What a language costs before a word is read: English is what most articles are written in, and the languages of few
 * articles need more evidence. */
static const struct language {
    const char *tag;
    int script, prior;
} languages[] = {
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
enum { N_LANGUAGES = sizeof languages / sizeof *languages };

/* A map from keys to a record of `size` bytes, the key in its first four. */
struct map {
    unsigned char *slots;
    size_t cap, n, size; /* cap: a power of two */
};

static uint32_t key_at(const struct map *m, size_t i)
{
    uint32_t key;
    memcpy(&key, m->slots + i * m->size, sizeof key);
    return key;
}

static void map_init(struct map *m, size_t size)
{
    *m = (struct map){.slots = mem_array(1 << 12, size), .cap = 1 << 12, .size = size};
}

static size_t slot_of(const struct map *m, uint32_t key)
{
    size_t i = (key ^ key >> 15) * UINT32_C(0x9E3779B1) & (m->cap - 1);
    while (key_at(m, i) && key_at(m, i) != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

/* NULL when it is not there. */
static void *map_find(const struct map *m, uint32_t key)
{
    size_t i = slot_of(m, key);
    return key_at(m, i) ? m->slots + i * m->size : NULL;
}

static void *map_add(struct map *m, uint32_t key)
{
    if (m->n * 2 >= m->cap) {
        struct map bigger = {.slots = mem_array(m->cap * 2, m->size), .cap = m->cap * 2, .n = m->n, .size = m->size};
        for (size_t i = 0; i < m->cap; i++)
            if (key_at(m, i))
                memcpy(bigger.slots + slot_of(&bigger, key_at(m, i)) * m->size, m->slots + i * m->size, m->size);
        free(m->slots);
        *m = bigger;
    }
    size_t i = slot_of(m, key);
    if (!key_at(m, i)) {
        m->n++;
        memcpy(m->slots + i * m->size, &key, sizeof key);
    }
    return m->slots + i * m->size;
}

/* What a script's tables are made from. */
struct row {
    uint32_t key;
    uint8_t costs[LANGUAGE_COLUMNS];
    bool filled; /* costs are set, or ABSENT */
};
struct entry { /* a word of a list */
    uint8_t letters[LANGUAGE_WORD_LETTERS];
    uint8_t n, column, cost;
    uint32_t key;
};
struct script {
    int languages;
    struct map grams;
    struct entry *entries;
    size_t n_entries, cap_entries;
    uint32_t seed;
};

enum { N_LETTERS = LANGUAGE_LOW_LETTERS + LANGUAGE_HIGH_LETTERS };

/* Where a code point stands in tables of letters, or -1. */
static int letter_index(int c)
{
    return c < LANGUAGE_LOW_LETTERS ? c
           : c >= LANGUAGE_HIGH_FROM && c < LANGUAGE_HIGH_FROM + LANGUAGE_HIGH_LETTERS
               ? c - LANGUAGE_HIGH_FROM + LANGUAGE_LOW_LETTERS
               : -1;
}

static _Noreturn void fail(const char *what, const char *which)
{
    fprintf(stderr, "language_table_make: %s: %s\n", which, what);
    exit(1);
}

/* Calls `each` for all words of a list. */
typedef void word_fn(void *context, long centibels, const char *word, size_t len);

static void each_word(const char *list, word_fn *each, void *context)
{
    for (const char *p = list; *p;) {
        char *end;
        long centibels = strtol(p, &end, 10);
        for (p = end; *p == ' ';) {
            size_t len = strcspn(++p, " \n");
            each(context, centibels, p, len);
            p += len;
        }
        if (*p && *p != '\n')
            fail("no list of words", p);
        p += *p == '\n';
    }
}

/* Letters. */

struct sight {
    int script;
    uint8_t *numbers; /* of small letters; 1: seen */
};

static void see_letters(void *context, long centibels, const char *word, size_t len)
{
    const struct sight *s = context;
    for (size_t at = 0; at < len;) {
        int c = text_lower(text_next(word, len, &at));
        if (letter_index(c) >= 0 && language_script_of(c) == s->script)
            s->numbers[letter_index(c)] = 1;
    }
}

static void number_letters(uint8_t *numbers)
{
    int n[LANGUAGE_SCRIPTS] = {NOTHING + 1, NOTHING + 1, NOTHING + 1};
    for (int i = 0; i < N_LETTERS; i++) {
        int c = i < LANGUAGE_LOW_LETTERS ? i : i - LANGUAGE_LOW_LETTERS + LANGUAGE_HIGH_FROM;
        if (!numbers[i])
            continue;
        int script = language_script_of(c);
        if (n[script] == LANGUAGE_STRANGE)
            fail("more than 252 letters", "a script");
        numbers[i] = (uint8_t)n[script]++;
    }
}

/* The word's letters with the edges; 0 when one is of another script. */
static int letters_of(const uint8_t *numbers, const char *word, size_t len, int script,
                      uint8_t letters[LANGUAGE_WORD_LETTERS])
{
    int n = 0;
    letters[n++] = LANGUAGE_EDGE;
    for (size_t at = 0; at < len && n < LANGUAGE_WORD_LETTERS - 1;) {
        int c = text_lower(text_next(word, len, &at)), i = letter_index(c);
        if (i < 0 || language_script_of(c) != script)
            return 0;
        letters[n++] = numbers[i];
    }
    letters[n++] = LANGUAGE_EDGE;
    return n;
}

/* Counting n-grams. */

struct count {
    uint32_t key;
    float n, after; /* of it; of all n-grams that are it and one letter more */
    uint16_t kinds; /* of letters that follow it */
    uint8_t order;
};

static uint32_t gram_key(const uint8_t *letters, int n)
{
    uint32_t key = 0;
    for (int i = 0; i < n; i++)
        key = key << 8 | letters[i];
    return key;
}

static uint32_t history_key(const uint8_t *letters, int n)
{
    return n ? gram_key(letters, n) : NOTHING;
}

static void count_word(struct map *counts, const uint8_t *word, int n, float weight)
{
    for (int i = 1; i < n; i++)
        for (int order = 1; order <= LANGUAGE_ORDER && order <= i + 1; order++) {
            const uint8_t *gram = word + i - order + 1;
            struct count *k = map_add(counts, gram_key(gram, order));
            bool first = k->order == 0;
            k->n += weight;
            k->order = (uint8_t)order;
            k = map_add(counts, history_key(gram, order - 1));
            k->after += weight;
            k->kinds = (uint16_t)(k->kinds + first);
        }
}

/* The probability of the last letter after those before it. */
static float probability(const struct map *counts, const uint8_t *gram, int order, float unit)
{
    float p = 1.0f / 120;
    for (int o = 1; o <= order; o++) {
        const uint8_t *g = gram + order - o;
        const struct count *history = map_find(counts, history_key(g, o - 1));
        if (!history || history->after <= 0)
            break;
        const struct count *k = map_find(counts, gram_key(g, o));
        float a = unit * 0.6f * (float)(1 + history->kinds);
        p = ((k ? k->n : 0) + a * p) / (history->after + a);
    }
    return p;
}

static uint8_t cost_of(double probability)
{
    double cost = -UNIT * log(probability);
    return cost < 0 ? 0 : cost > ABSENT - 1 ? ABSENT - 1 : (uint8_t)(cost + 0.5);
}

/* Puts the costs of one language's n-grams into its column. */
static void add_column(struct script *s, int column, const struct map *counts, float unit)
{
    for (size_t i = 0; i < counts->cap; i++) {
        const struct count *k = (const struct count *)(void *)(counts->slots + i * counts->size);
        if (!k->key || !k->order)
            continue;
        uint8_t gram[LANGUAGE_ORDER];
        for (int j = 0; j < k->order; j++)
            gram[j] = (uint8_t)(k->key >> (8 * (k->order - 1 - j)));
        struct row *row = map_add(&s->grams, k->key);
        if (!row->filled)
            memset(row->costs, ABSENT, sizeof row->costs);
        row->filled = true;
        row->costs[column] = cost_of((double)probability(counts, gram, k->order, unit));
    }
}

struct listing { /* one list, while it is read */
    struct script *s;
    const uint8_t *numbers;
    struct map counts;
    int script, column, words;
    double weights;
};

static void add_word(void *context, long centibels, const char *word, size_t len)
{
    struct listing *l = context;
    struct entry entry = {.column = (uint8_t)l->column};
    /* Rare words say more of what terms look like than how often "the" is. */
    float weight = (float)pow(10, -0.003 * (double)centibels);
    long cost = centibels * CENTIBELS_TO_UNITS / 100 + WORD_HALF;
    int n = letters_of(l->numbers, word, len, l->script, entry.letters);
    if (!n)
        return;
    entry.n = (uint8_t)n;
    entry.cost = (uint8_t)(cost < ABSENT ? cost : ABSENT - 1);
    struct script *s = l->s;
    MEM_GROW(s->entries, s->n_entries, s->cap_entries);
    s->entries[s->n_entries++] = entry;
    count_word(&l->counts, entry.letters, n, weight);
    l->weights += (double)weight;
    l->words++;
}

static void add_language(struct script *s, const uint8_t *numbers, int script, int column, const char *list)
{
    struct listing l = {.s = s, .numbers = numbers, .script = script, .column = column};
    map_init(&l.counts, sizeof(struct count));
    each_word(list, add_word, &l);
    add_column(s, column, &l.counts, l.words ? (float)(l.weights / l.words) : 1);
    free(l.counts.slots);
}

static int order_of(uint32_t key)
{
    int order = 0;
    for (; key; key >>= 8)
        order++;
    return order;
}

/* What a language does not have costs what the n-gram without its first letter does, and some more. */
static void fill_gaps(struct script *s)
{
    for (int order = 1; order <= LANGUAGE_ORDER; order++)
        for (size_t i = 0; i < s->grams.cap; i++) {
            struct row *row = (struct row *)(void *)(s->grams.slots + i * s->grams.size);
            if (order_of(row->key) != order)
                continue;
            const struct row *shorter =
                order > 1 ? map_find(&s->grams, row->key & ((UINT32_C(1) << 8 * (order - 1)) - 1)) : NULL;
            for (int l = 0; l < LANGUAGE_COLUMNS; l++)
                if (row->costs[l] == ABSENT) {
                    int cost = shorter ? shorter->costs[l] + BACK_OFF : LANGUAGE_UNSEEN;
                    row->costs[l] = (uint8_t)(cost < ABSENT ? cost : ABSENT - 1);
                }
        }
}

/* Writing. */

static int by_key(uint32_t a, uint32_t b, int bits)
{
    uint32_t i = language_bucket(a, bits), j = language_bucket(b, bits);
    return i != j ? (i < j ? -1 : 1) : (a > b) - (a < b);
}

static int compare_rows(const void *a, const void *b, void *bits)
{
    return by_key(((const struct row *)a)->key, ((const struct row *)b)->key, *(int *)bits);
}

static int compare_entries(const void *a, const void *b, void *bits)
{
    const struct entry *x = a, *y = b;
    int order = by_key(x->key, y->key, *(int *)bits);
    return order ? order : x->column - y->column;
}

/* About two keys a bucket. */
static int bits_of(size_t keys)
{
    int bits = 1;
    while (((size_t)2 << bits) < keys)
        bits++;
    return bits;
}

static void write_numbers(FILE *f, const char *type, const char *name, int script, const uint32_t *n, size_t count)
{
    fprintf(f, "static const %s %s%d[] = {", type, name, script);
    for (size_t i = 0; i < count; i++)
        fprintf(f, "%s%u,", i % 16 ? "" : "\n", n[i]);
    fputs("};\n", f);
}

/* As a string, which compilers read faster than numbers. */
static void write_bytes(FILE *f, const char *name, int script, const struct str *bytes)
{
    fprintf(f, "static const uint8_t %s%d[] =", name, script);
    for (size_t i = 0; i < bytes->len; i++)
        fprintf(f, "%s\\%o%s", i % 64 ? "" : "\n\"", (unsigned)(unsigned char)bytes->data[i],
                i % 64 == 63 || i + 1 == bytes->len ? "\"" : "");
    fputs(";\n", f);
}

static void write_index(FILE *f, const char *starts_name, const char *keys_name, int script, const uint32_t *keys,
                        size_t n, int bits)
{
    uint32_t *starts = mem_array(((size_t)1 << bits) + 1, sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[language_bucket(keys[i], bits) + 1]++;
    for (size_t b = 0; b < (size_t)1 << bits; b++)
        starts[b + 1] += starts[b];
    write_numbers(f, "uint32_t", starts_name, script, starts, ((size_t)1 << bits) + 1);
    write_numbers(f, "uint32_t", keys_name, script, keys, n);
    free(starts);
}

static int width_of(const struct script *s)
{
    return (s->languages + LANGUAGE_LANE - 1) / LANGUAGE_LANE * LANGUAGE_LANE;
}

static void write_grams(FILE *f, int script, struct script *s)
{
    size_t n = 0;
    struct row *rows = mem_array(s->grams.n, sizeof *rows);
    uint32_t *keys = mem_array(s->grams.n, sizeof *keys);
    struct str costs = STR_INIT(1 << 28);
    for (size_t i = 0; i < s->grams.cap; i++)
        if (key_at(&s->grams, i))
            memcpy(&rows[n++], s->grams.slots + i * s->grams.size, sizeof *rows);
    int bits = bits_of(n);
    qsort_r(rows, n, sizeof *rows, compare_rows, &bits);
    for (size_t i = 0; i < n; i++) {
        keys[i] = rows[i].key;
        memset(rows[i].costs + s->languages, 0, (size_t)(LANGUAGE_COLUMNS - s->languages));
        str_add_bytes(&costs, (const char *)rows[i].costs, (size_t)width_of(s));
    }
    write_index(f, "gram_starts", "gram_keys", script, keys, n, bits);
    write_bytes(f, "gram_costs", script, &costs);
    str_release(&costs);
    free(keys);
    free(rows);
}

static bool same_word(const struct entry *a, const struct entry *b)
{
    return a->n == b->n && memcmp(a->letters, b->letters, a->n) == 0;
}

/* Finds the seed with which each word has a key of its own, and sorts by key. */
static void key_words(struct script *s)
{
    bool clash = true;
    int bits = bits_of(s->n_entries);
    for (s->seed = 0; clash && s->seed < 1000; s->seed += clash) {
        clash = false;
        for (size_t i = 0; i < s->n_entries; i++)
            s->entries[i].key = language_word_key(s->entries[i].letters, s->entries[i].n, s->seed);
        qsort_r(s->entries, s->n_entries, sizeof *s->entries, compare_entries, &bits);
        for (size_t i = 1; i < s->n_entries; i++)
            clash =
                clash || (s->entries[i].key == s->entries[i - 1].key && !same_word(&s->entries[i], &s->entries[i - 1]));
    }
    if (clash)
        fail("no seed tells its words apart", "a script");
}

static void write_words(FILE *f, int script, struct script *s)
{
    size_t n = 0;
    uint32_t *keys = mem_array(s->n_entries, sizeof *keys), *begins = mem_array(s->n_entries + 1, sizeof *begins);
    struct str pairs = STR_INIT(1 << 28);
    key_words(s);
    for (size_t i = 0; i < s->n_entries; i++) {
        const struct entry *e = &s->entries[i];
        if (!i || e->key != e[-1].key) {
            keys[n] = e->key;
            begins[n++] = (uint32_t)pairs.len;
        }
        str_add_char(&pairs, (char)e->column);
        str_add_char(&pairs, (char)e->cost);
    }
    begins[n] = (uint32_t)pairs.len;
    write_index(f, "word_starts", "word_keys", script, keys, n, bits_of(s->n_entries));
    write_numbers(f, "uint32_t", "word_costs", script, begins, n + 1);
    write_bytes(f, "pairs", script, &pairs);
    str_release(&pairs);
    free(begins);
    free(keys);
}

static void write_letters(FILE *f, const uint8_t *numbers)
{
    fputs("const uint16_t language_letters[] = {", f);
    for (int i = 0; i < N_LETTERS; i++) {
        int c = i < LANGUAGE_LOW_LETTERS ? i : i - LANGUAGE_LOW_LETTERS + LANGUAGE_HIGH_FROM;
        int low = text_lower(c), number = 0, script = language_script_of(c) + 1;
        if (text_is_letter(c))
            number = letter_index(low) >= 0 && language_script_of(low) == script - 1 && numbers[letter_index(low)]
                         ? numbers[letter_index(low)]
                         : LANGUAGE_STRANGE;
        fprintf(f, "%s%d,", i % 16 ? "" : "\n",
                number
                    ? number | (low != c ? LANGUAGE_CAPITAL : 0) | LANGUAGE_ALPHABETIC | script << LANGUAGE_SCRIPT_SHIFT
                    : 0);
    }
    fputs("};\n", f);
}

static void write_table(FILE *f, const uint8_t *numbers, struct script *scripts)
{
    fputs("#include \"translate/language_table.h\"\n", f);
    write_letters(f, numbers);
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++) {
        write_grams(f, i, &scripts[i]);
        write_words(f, i, &scripts[i]);
        fprintf(f, "static const char *const tags%d[] = {", i);
        for (int l = 0; l < N_LANGUAGES; l++)
            if (languages[l].script == i)
                fprintf(f, "\"%s\",", languages[l].tag);
        fprintf(f, "};\nstatic const int priors%d[] = {", i);
        for (int l = 0; l < N_LANGUAGES; l++)
            if (languages[l].script == i)
                fprintf(f, "%d,", languages[l].prior);
        fputs("};\n", f);
    }
    fputs("const struct language_table language_tables[] = {\n", f);
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++)
        fprintf(f,
                "{%d, %d, tags%d, priors%d, {gram_starts%d, gram_keys%d, %d}, {word_starts%d, word_keys%d, %d},\n"
                " gram_costs%d, word_costs%d, pairs%d, %u},\n",
                scripts[i].languages, width_of(&scripts[i]), i, i, i, i, bits_of(scripts[i].grams.n), i, i,
                bits_of(scripts[i].n_entries), i, i, i, scripts[i].seed);
    fputs("};\n", f);
}

/* Reading. */

static void read_list(const char *path, struct str *out)
{
    char block[1 << 16];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        fail("cannot be opened", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        str_add_bytes(out, block, n);
    if (ferror(f) || !out->len)
        fail("cannot be read", path);
    fclose(f);
}

/* The list of a language among the files. */
static const char *path_of(const char *tag, char **paths, int n)
{
    for (int i = 0; i < n; i++) {
        const char *base = strrchr(paths[i], '/');
        base = base ? base + 1 : paths[i];
        if (strncmp(base, tag, strlen(tag)) == 0 && strcmp(base + strlen(tag), ".txt") == 0)
            return paths[i];
    }
    fail("no list", tag);
}

int main(int argc, char **argv)
{
    struct str lists[N_LANGUAGES];
    struct script scripts[LANGUAGE_SCRIPTS] = {{0}};
    uint8_t numbers[N_LETTERS] = {0};
    if (argc < 3 || argc - 2 != N_LANGUAGES)
        fail("usage: language_table_make OUT LIST..., a list for each language", argv[0]);
    for (int i = 0; i < N_LANGUAGES; i++) {
        struct sight sight = {.script = languages[i].script, .numbers = numbers};
        str_init(&lists[i], LIST_BYTES);
        read_list(path_of(languages[i].tag, argv + 2, argc - 2), &lists[i]);
        each_word(lists[i].data, see_letters, &sight);
    }
    number_letters(numbers);
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++)
        map_init(&scripts[i].grams, sizeof(struct row));
    for (int i = 0; i < N_LANGUAGES; i++) {
        struct script *s = &scripts[languages[i].script];
        if (s->languages == LANGUAGE_COLUMNS)
            fail("more languages than LANGUAGE_COLUMNS", "a script");
        add_language(s, numbers, languages[i].script, s->languages++, lists[i].data);
        str_release(&lists[i]);
    }
    FILE *f = fopen(argv[1], "w");
    if (!f)
        fail("cannot be written", argv[1]);
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++)
        fill_gaps(&scripts[i]);
    write_table(f, numbers, scripts);
    if (fclose(f) != 0)
        fail("cannot be written", argv[1]);
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++) {
        free(scripts[i].grams.slots);
        free(scripts[i].entries);
    }
    return 0;
}

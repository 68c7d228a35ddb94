/* language_model.c: see language_model.h. */
#include "translate/language_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    WORD_BOUND = 4 * LANGUAGE_MODEL_UNIT, /* that a word costs at most more than in its cheapest language */
    NAME_BOUND = 2 * LANGUAGE_MODEL_UNIT, /* ... with a capital, not the first */
    TEXT_BYTES = 1200,                    /* more text does not make it surer */
    PARTS_BYTES = 2400,                   /* that are looked at for a second language */
    PART_WORDS = 3                        /* that a part in another language has at least */
};

/* Where the script's tables have a language, or -1. */
static int column_of(const struct language_table *t, const char *tag)
{
    size_t n = strcspn(tag, "-");
    for (int i = 0; i < t->languages; i++)
        if (strlen(t->tags[i]) == n && strncmp(t->tags[i], tag, n) == 0)
            return i;
    return -1;
}

bool language_model_has(const char *tag)
{
    for (int i = 0; i < LANGUAGE_SCRIPTS; i++)
        if (column_of(&language_tables[i], tag) >= 0)
            return true;
    return false;
}

/* The place of a key, or -1. */
static long find(const struct language_index *index, uint32_t key)
{
    const uint32_t *start = index->starts + language_bucket(key, index->bits);
    for (uint32_t i = start[0]; i < start[1]; i++)
        if (index->keys[i] == key)
            return (long)i;
    return -1;
}

/* Reading. */

/* A word as it is read, letter by letter. */
struct word {
    uint8_t letters[LANGUAGE_WORD_LETTERS]; /* an edge in front */
    int n;                                  /* of them */
    size_t length;                          /* letters read; the first LANGUAGE_WORD_LETTERS - 2 are kept */
    size_t capitals;                        /* behind the first */
    bool capital;                           /* the first is one */
    bool strange;                           /* a letter of another script */
    bool vietnamese;
};

static void add_row(unsigned *costs, const uint8_t *row, int width)
{
    for (int i = 0; i < width; i += LANGUAGE_LANE)
        for (int j = 0; j < LANGUAGE_LANE; j++)
            costs[i + j] += row[i + j];
}

/* Adds what the word's letters cost: of each the longest n-gram that ends with it. */
static void add_letters(const struct language_table *t, const uint8_t *letters, int n, unsigned *costs)
{
    uint32_t four = letters[0];
    for (int i = 1; i < n; i++) {
        long row = -1;
        four = four << 8 | letters[i];
        for (int order = i + 1 < LANGUAGE_ORDER ? i + 1 : LANGUAGE_ORDER; order > 0 && row < 0; order--)
            row = find(&t->grams, four & (UINT32_MAX >> (32 - 8 * order)));
        if (row >= 0)
            add_row(costs, t->gram_costs + row * t->width, t->width);
        else
            for (int l = 0; l < t->width; l++)
                costs[l] += LANGUAGE_UNSEEN;
    }
}

/* Not an abbreviation (DNA, mRNA, pH), a panel's letter, or a word with letters of another script. */
static bool is_word(const struct word *w, bool names)
{
    if (!w->length || w->strange)
        return false;
    return names || (!w->capitals && (w->length > 1 || !w->capital));
}

static void add_costs(struct language_costs *sum, const unsigned *costs)
{
    for (int l = 0; l < LANGUAGE_COLUMNS; l++)
        sum->costs[l] += (int)costs[l];
    sum->words++;
}

/* Any word may be a name or borrowed, and no single one settles the language. A capital in mid-sentence says that it is
 * a name, but in German, where all nouns have one. */
static void bound_costs(const struct language_table *t, bool name, unsigned *costs)
{
    int best = 0;
    for (int l = 1; l < t->languages; l++)
        best = costs[l] < costs[best] ? l : best;
    unsigned most = costs[best] + (name && strcmp(t->tags[best], "de") != 0 ? NAME_BOUND : WORD_BOUND);
    for (int l = 0; l < t->languages; l++)
        costs[l] = costs[l] < most ? costs[l] : most;
}

static void add_word(const struct language_table *t, struct word *w, struct language_reading *r, bool early)
{
    unsigned costs[LANGUAGE_COLUMNS] = {0};
    if (!is_word(w, r->names))
        return;
    w->letters[w->n++] = LANGUAGE_EDGE;
    add_letters(t, w->letters, w->n, costs);
    long known = find(&t->words, language_word_key(w->letters, w->n, t->word_seed));
    for (uint32_t i = known < 0 ? 0 : t->word_costs[known]; known >= 0 && i < t->word_costs[known + 1]; i += 2)
        if (t->pairs[i + 1] < costs[t->pairs[i]])
            costs[t->pairs[i]] = t->pairs[i + 1];
    r->vietnamese = r->vietnamese || w->vietnamese;
    bound_costs(t, w->capital && r->all.words && !r->names, costs);
    if (early)
        add_costs(&r->all, costs);
    if (!w->capital)
        add_costs(&r->small, costs);
}

static void word_start(struct word *w)
{
    w->letters[0] = LANGUAGE_EDGE;
    w->n = 1;
    w->length = w->capitals = 0;
    w->capital = w->strange = w->vietnamese = false;
}

static void word_letter(struct word *w, int c, int letter, int script)
{
    bool capital = (letter & LANGUAGE_CAPITAL) != 0;
    if (w->length++ == 0)
        w->capital = capital;
    else
        w->capitals += capital;
    w->strange = w->strange || letter >> LANGUAGE_SCRIPT_SHIFT != script + 1;
    w->vietnamese =
        w->vietnamese || (c >= 0x1ea0 && c < 0x1efa) || c == 0x1a0 || c == 0x1a1 || c == 0x1af || c == 0x1b0;
    if (w->n < LANGUAGE_WORD_LETTERS - 1)
        w->letters[w->n++] = (uint8_t)(letter & LANGUAGE_LETTER);
}

/* The letter in the sense of language_table.h. */
static int letter_of(int c)
{
    if (c < LANGUAGE_LOW_LETTERS)
        return language_letters[c];
    if (c >= LANGUAGE_HIGH_FROM && c < LANGUAGE_HIGH_FROM + LANGUAGE_HIGH_LETTERS)
        return language_letters[c - LANGUAGE_HIGH_FROM + LANGUAGE_LOW_LETTERS];
    return text_is_letter(c) ? LANGUAGE_ALPHABETIC | LANGUAGE_STRANGE : 0;
}

/* What may stand between a text and its translation. */
static bool parts(int c)
{
    if (c < 0x80)
        return c && strchr(".!?;:/|\"()[]\n", c);
    return c == 0xab || c == 0xbb || (c >= 0x2013 && c <= 0x2014) || (c >= 0x2018 && c <= 0x201f);
}

/* Of too many places every second one is forgotten. */
static void add_part(struct language_reading *r)
{
    if (r->small.words <= (r->n_parts ? r->parts[r->n_parts - 1].words : 0))
        return;
    if (r->n_parts == LANGUAGE_PARTS) {
        r->n_parts /= 2;
        for (int i = 0; i < r->n_parts; i++)
            r->parts[i] = r->parts[2 * i + 1];
    }
    r->parts[r->n_parts++] = r->small;
}

/* Words are runs of letters: "d'un" is two, "gain-of-function" three. */
static void read_words(const char *text, size_t len, struct language_reading *r)
{
    const struct language_table *t = &language_tables[r->script];
    struct word w;
    size_t start = 0;
    word_start(&w);
    for (size_t at = 0; at < len;) {
        size_t before = at;
        int c = (unsigned char)text[at];
        if (c < 0x80)
            at++;
        else
            c = text_next(text, len, &at);
        int letter = letter_of(c);
        if (letter) {
            word_letter(&w, c, letter, r->script);
            continue;
        }
        if (w.length) {
            if (w.capital)
                add_part(r);
            add_word(t, &w, r, start < TEXT_BYTES);
            word_start(&w);
        }
        if (before >= PARTS_BYTES)
            return;
        if (parts(c))
            add_part(r);
        start = at;
    }
    add_word(t, &w, r, start < TEXT_BYTES);
}

void language_model_read(const char *text, size_t len, int script, struct language_reading *out)
{
    *out = (struct language_reading){.script = script};
    read_words(text, len, out);
    if (!out->all.words) {
        *out = (struct language_reading){.script = script, .names = true};
        read_words(text, len, out);
    }
}

/* Judging. */

static bool competes(const struct language_table *t, const struct language_reading *r, int l)
{
    return r->vietnamese || strcmp(t->tags[l], "vi") != 0;
}

void language_reading_fit(const struct language_reading *r, const char *asked, struct language_fit *out)
{
    const struct language_table *t = &language_tables[r->script];
    int costs[LANGUAGE_COLUMNS], best = -1, second = -1, wanted = asked ? column_of(t, asked) : -1;
    for (int l = 0; l < t->languages; l++) {
        costs[l] = r->all.costs[l] + t->priors[l];
        if (!competes(t, r, l))
            continue;
        if (best < 0 || costs[l] < costs[best]) {
            second = best;
            best = l;
        } else if (second < 0 || costs[l] < costs[second]) {
            second = l;
        }
    }
    *out = (struct language_fit){.words = r->all.words};
    if (!out->words)
        return;
    out->best = t->tags[best];
    out->second = t->tags[second];
    out->lead = (double)(costs[second] - costs[best]) / LANGUAGE_MODEL_UNIT;
    if (wanted >= 0)
        out->asked_lead = (double)(costs[wanted] - costs[best]) / LANGUAGE_MODEL_UNIT;
}

/* Costs of the words from `a` (NULL: the beginning) to `b`; gives the best language. */
static int costs_between(const struct language_reading *r, const struct language_costs *a,
                         const struct language_costs *b, int costs[LANGUAGE_COLUMNS])
{
    const struct language_table *t = &language_tables[r->script];
    int best = -1;
    for (int l = 0; l < t->languages; l++) {
        costs[l] = b->costs[l] - (a ? a->costs[l] : 0) + t->priors[l];
        if (competes(t, r, l) && (best < 0 || costs[l] < costs[best]))
            best = l;
    }
    return best;
}

const char *language_reading_beside_english(const struct language_reading *r, double *lead)
{
    const struct language_table *t = &language_tables[r->script];
    int en = column_of(t, "en"), found = -1, most = 0;
    for (int i = 0; i < r->n_parts && en >= 0; i++) {
        int head[LANGUAGE_COLUMNS], tail[LANGUAGE_COLUMNS];
        if (r->parts[i].words < PART_WORDS)
            continue;
        if (r->small.words - r->parts[i].words < PART_WORDS)
            break;
        int a = costs_between(r, NULL, &r->parts[i], head), b = costs_between(r, &r->parts[i], &r->small, tail);
        if ((a == en) == (b == en))
            continue;
        int other = a == en ? b : a, of_head = abs(head[other] - head[en]), of_tail = abs(tail[other] - tail[en]);
        int less = of_head < of_tail ? of_head : of_tail;
        if (less > most) {
            most = less;
            found = other;
        }
    }
    *lead = (double)most / LANGUAGE_MODEL_UNIT;
    return found < 0 ? NULL : t->tags[found];
}

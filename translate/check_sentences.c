/* check_sentences.c: sentences that were dropped, see check_rules.h.
 *
 * Two ways through both texts are compared: the cheapest that gives every sentence of the source to some of the
 * translation, and the cheapest that may leave sentences out at a price. Costs are negative logarithms of likelihoods:
 * Gale and Church's for lengths, with the spread measured on 3,855 pairs of sentences (variance 2.2 a character where
 * they found 6.8 in speeches), and one for words: a name, a number, the first letters of a longer Latin word are seen
 * again in the translation of their sentence more often than elsewhere. */
#include <math.h>
#include <string.h>

#include "translate/check_rules.h"

enum {
    MOST = CHECK_MOST_SENTENCES,
    MOST_ANCHORS = 24, /* words of a sentence */
    STEM = 4,          /* letters of a cognate */
    STEM_WORD = 6      /* letters that a word has, to be looked at as one */
};

static const double drop_price = 4.0; /* as much as that a sentence in fifty is dropped */
static const double sure = 1.0;       /* how much better the way with a gap must be */

struct anchors {
    const struct check_word *words[MOST_ANCHORS];
    size_t n;
};

struct plan {
    const struct check_text *in, *out;
    double in_length[MOST], out_length[MOST]; /* in characters of English */
    bool cognates;                            /* both in Latin letters */
    bool dense;                               /* lengths of Han, kana and Hangul tell less */
    struct anchors anchors[MOST];
    bool met[MOST][MOST_ANCHORS][MOST]; /* anchor k of sentence i stands in sentence j */
};

/* What of a sentence can be seen again in another language. */
static bool is_anchor(const struct plan *p, const struct check_word *w)
{
    if (w->digits)
        return true;
    size_t at = 0;
    bool latin = text_next(w->start, w->len, &at) < 0x250;
    return latin && (p->cognates ? w->letters >= STEM_WORD : w->letters >= 2);
}

static bool answers(const struct plan *p, const struct check_word *a, const struct check_word *b)
{
    if (check_word_same(a, b))
        return true;
    return p->cognates && !a->digits && !b->digits && a->folded_len >= STEM_WORD && b->folded_len >= STEM_WORD - 1 &&
           memcmp(a->folded, b->folded, STEM) == 0;
}

/* A word counts once, however often a sentence says it. */
static void add_anchor(struct anchors *a, const struct check_word *w)
{
    for (size_t i = 0; i < a->n; i++)
        if (check_word_same(a->words[i], w))
            return;
    a->words[a->n++] = w;
}

static void collect(struct plan *p)
{
    for (size_t i = 0; i < p->in->n_sentences; i++) {
        const struct check_sentence *s = &p->in->sentences[i];
        struct anchors *a = &p->anchors[i];
        for (size_t k = s->first; k < s->first + s->n_words && a->n < MOST_ANCHORS; k++)
            if (is_anchor(p, &p->in->words[k]))
                add_anchor(a, &p->in->words[k]);
        for (size_t j = 0; j < p->out->n_sentences; j++) {
            const struct check_sentence *t = &p->out->sentences[j];
            for (size_t k = 0; k < a->n; k++)
                for (size_t w = t->first; w < t->first + t->n_words && !p->met[i][k][j]; w++)
                    p->met[i][k][j] = answers(p, a->words[k], &p->out->words[w]);
        }
    }
}

/* Of the words of source sentences i..i+m-1, against sentences j..j+n-1. */
static double word_cost(const struct plan *p, size_t i, size_t m, size_t j, size_t n)
{
    double cost = 0;
    for (size_t s = i; s < i + m; s++)
        for (size_t k = 0; k < p->anchors[s].n; k++) {
            /* A code, "M3", may be translated, and numbers may not. */
            const struct check_word *w = p->anchors[s].words[k];
            bool met = false, exact = (w->digits && !w->letters) || !p->cognates;
            for (size_t t = j; t < j + n; t++)
                met = met || p->met[s][k][t];
            /* log of (how often where it belongs) / (how often elsewhere) */
            if (exact)
                cost -= met ? log(0.85 / 0.10) : log(0.15 / 0.90);
            else
                cost -= met ? log(0.40 / 0.06) : log(0.60 / 0.94);
        }
    return cost;
}

static double sum(const double *lengths, size_t n)
{
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += lengths[i];
    return all;
}

static double length_cost(const struct plan *p, size_t i, size_t m, size_t j, size_t n)
{
    double a = sum(p->in_length + i, m), b = sum(p->out_length + j, n);
    double variance = 2.2 * (a + b) / 2 + (p->dense ? 0.02 : 0.006) * a * a + 12;
    double z = (b - a) * (b - a) / variance;
    return z / 2 > 30 ? 30 : z / 2;
}

static const struct bead {
    size_t m, n;
    double price;
} beads[] = {{1, 1, 0.1}, {2, 1, 4.0}, {1, 2, 3.4}, {3, 1, 5.9}, {1, 3, 5.2}, {2, 2, 6.0}, {1, 0, 0}, {0, 1, 6.0}};

/* The cost of the cheapest way; *dropped is a sentence that it leaves out (MOST: none). */
static double walk(const struct plan *p, double price, size_t *dropped)
{
    size_t n_in = p->in->n_sentences, n_out = p->out->n_sentences;
    double best[MOST + 1][MOST + 1];
    unsigned char left[MOST + 1][MOST + 1];
    for (size_t i = 0; i <= n_in; i++)
        for (size_t j = 0; j <= n_out; j++) {
            best[i][j] = i || j ? INFINITY : 0;
            left[i][j] = MOST;
        }
    for (size_t i = 0; i <= n_in; i++)
        for (size_t j = 0; j <= n_out; j++)
            for (size_t b = 0; b < sizeof beads / sizeof *beads; b++) {
                size_t m = beads[b].m, n = beads[b].n;
                if (i + m > n_in || j + n > n_out || isinf(best[i][j]))
                    continue;
                double cost = best[i][j] + (n ? beads[b].price : price);
                if (m && n)
                    cost += word_cost(p, i, m, j, n) + length_cost(p, i, m, j, n);
                if (cost < best[i + m][j + n]) {
                    best[i + m][j + n] = cost;
                    left[i + m][j + n] = n ? left[i][j] : (unsigned char)i;
                }
            }
    *dropped = left[n_in][n_out];
    return best[n_in][n_out];
}

const char *check_sentences(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    size_t dropped, none;
    if (in->n_sentences < 2 || !out->n_sentences || !check_length_known(out->language))
        return NULL;
    struct plan *p = arena_new(arena, sizeof *p);
    p->in = in;
    p->out = out;
    p->dense = check_text_dense(in) || check_text_dense(out);
    for (size_t i = 0; i < in->n_sentences; i++)
        p->in_length[i] = check_length_meant(in, in->sentences[i].start, in->sentences[i].len);
    for (size_t j = 0; j < out->n_sentences; j++)
        p->out_length[j] = check_length_meant(out, out->sentences[j].start, out->sentences[j].len);
    p->cognates = 2 * in->scripts.latin > in->scripts.letters && 2 * out->scripts.latin > out->scripts.letters;
    collect(p);
    double with = walk(p, drop_price, &dropped), without = walk(p, INFINITY, &none);
    if (dropped == MOST || without - with < sure)
        return NULL;
    const struct check_sentence *s = &in->sentences[dropped];
    return arena_printf(arena, "a sentence is missing: '%.*s%s'", (int)(s->len < 60 ? s->len : 60), s->start,
                        s->len < 60 ? "" : "...");
}

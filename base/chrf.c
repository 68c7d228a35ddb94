/* chrf.c: see chrf.h. */
#include "base/chrf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { BETA = 2, NOWHERE = -1 };

/* A text as its code points but white space, and for each the n-gram that begins there: a number that equal n-grams
 * share, NOWHERE for one that the hypothesis lacks. */
struct side {
    int32_t *points, *grams;
    size_t n;
};

static void read_side(const char *text, struct side *out)
{
    size_t len = strlen(text), at = 0, most = len < CHRF_MOST ? len : CHRF_MOST;
    out->points = mem_array(most + 1, sizeof *out->points);
    out->grams = mem_array(most + 1, sizeof *out->grams);
    out->n = 0;
    while (at < len && out->n < most) {
        int c = text_next(text, len, &at);
        if (!text_is_space(c))
            out->points[out->n++] = c;
    }
}

/* The n-grams of the hypothesis, in a hash table with open addressing. The key of an n-gram is the number of its first
 * n - 1 characters with the last one behind it, so that no two are ever taken for the same. */
struct gram {
    uint64_t key;
    int32_t number; /* from 1; 0: the place is free */
    int32_t count;  /* that the reference has not met yet */
};

struct grams {
    struct gram *places;
    size_t mask;
    int32_t n;
};

static uint64_t key_of(const struct side *s, size_t i, size_t order)
{
    return (uint64_t)s->grams[i] << 32 | (uint32_t)s->points[i + order - 1];
}

/* The n-gram's place, or the free one where it belongs. The factor spreads keys over the high bits (Knuth's
 * multiplicative hashing); there are always free places. */
static struct gram *find(const struct grams *g, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & g->mask;
    while (g->places[at].number && g->places[at].key != key)
        at = (at + 1) & g->mask;
    return &g->places[at];
}

/* How many n-grams of this order both have, repeated ones counted. The grams of order - 1 must be numbered. */
static size_t count_common(struct grams *g, struct side *hypothesis, struct side *reference, size_t order)
{
    size_t common = 0;
    memset(g->places, 0, (g->mask + 1) * sizeof *g->places);
    g->n = 0;
    for (size_t i = 0; i + order <= hypothesis->n; i++) {
        uint64_t key = key_of(hypothesis, i, order);
        struct gram *gram = find(g, key);
        if (!gram->number)
            *gram = (struct gram){.key = key, .number = ++g->n};
        gram->count++;
        hypothesis->grams[i] = gram->number;
    }
    for (size_t i = 0; i + order <= reference->n; i++) {
        if (reference->grams[i] == NOWHERE)
            continue;
        struct gram *gram = find(g, key_of(reference, i, order));
        reference->grams[i] = gram->number ? gram->number : NOWHERE;
        if (gram->count > 0) {
            gram->count--;
            common++;
        }
    }
    return common;
}

double chrf(const char *hypothesis, const char *reference)
{
    struct side h, r;
    struct grams g = {.mask = 63};
    double precision = 0, recall = 0;
    int orders = 0;
    read_side(hypothesis, &h);
    read_side(reference, &r);
    while (g.mask < 2 * h.n)
        g.mask = 2 * g.mask + 1;
    g.places = mem_array(g.mask + 1, sizeof *g.places);
    /* Effective order: only orders that both texts are long enough for count. */
    for (size_t order = 1; order <= CHRF_ORDER && order <= h.n && order <= r.n; order++) {
        double common = (double)count_common(&g, &h, &r, order);
        precision += common / (double)(h.n - order + 1);
        recall += common / (double)(r.n - order + 1);
        orders++;
    }
    free(g.places);
    free(h.points);
    free(h.grams);
    free(r.points);
    free(r.grams);
    if (!orders || precision + recall <= 0)
        return 0;
    /* The mean of each, then their F-score. */
    precision /= orders;
    recall /= orders;
    return (1 + BETA * BETA) * precision * recall / (BETA * BETA * precision + recall);
}

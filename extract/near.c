#include "extract/near.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BANDS = 16, BAND_VALUES = 1 << 16 };

static size_t root_of(size_t *group, size_t i)
{
    while (group[i] != i) {
        group[i] = group[group[i]];
        i = group[i];
    }
    return i;
}

static void join(size_t *group, size_t a, size_t b)
{
    a = root_of(group, a);
    b = root_of(group, b);
    if (a < b)
        group[b] = a;
    else
        group[a] = b;
}

static int distance(const struct near_hash *a, const struct near_hash *b)
{
    int bits = 0;
    for (int i = 0; i < NEAR_WORDS; i++)
        bits += __builtin_popcountll(a->words[i] ^ b->words[i]);
    return bits;
}

struct item {
    struct near_hash hash;
    size_t index;
};

static int by_hash(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    for (int i = 0; i < NEAR_WORDS; i++)
        if (x->hash.words[i] != y->hash.words[i])
            return x->hash.words[i] < y->hash.words[i] ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Sorts the items, joins those of the same hash, and keeps one of each: a logo that thousands of articles show must not
 * be compared with itself. Returns how many are left. */
static size_t join_equal(struct item *items, size_t n, size_t *group)
{
    size_t kept = 0;
    qsort(items, n, sizeof *items, by_hash);
    for (size_t i = 0; i < n; i++)
        if (kept && !memcmp(&items[kept - 1].hash, &items[i].hash, sizeof items->hash))
            join(group, items[kept - 1].index, items[i].index);
        else
            items[kept++] = items[i];
    return kept;
}

static unsigned band_of(const struct item *item, int band)
{
    return (unsigned)(item->hash.words[band / 4] >> 16 * (band % 4)) & (BAND_VALUES - 1);
}

/* Joins the near ones of those items that have the same value in this band. `order` has room for n, `starts` for
 * BAND_VALUES + 1. */
static void join_band(const struct item *items, size_t n, int band, int bits, size_t *group, size_t *order,
                      size_t *starts)
{
    memset(starts, 0, (BAND_VALUES + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[band_of(&items[i], band) + 1]++;
    for (size_t v = 0; v < BAND_VALUES; v++)
        starts[v + 1] += starts[v];
    for (size_t i = n; i-- > 0;) /* fills each bucket from its end; starts[v + 1] becomes the start of v */
        order[--starts[band_of(&items[i], band) + 1]] = i;
    for (size_t v = 1; v <= BAND_VALUES; v++) {
        size_t end = v < BAND_VALUES ? starts[v + 1] : n;
        for (size_t i = starts[v]; i < end; i++)
            for (size_t j = starts[v]; j < i; j++)
                if (distance(&items[order[i]].hash, &items[order[j]].hash) <= bits)
                    join(group, items[order[i]].index, items[order[j]].index);
    }
}

void near_group(const struct near_hash *hashes, size_t n, int bits, size_t *group)
{
    struct item *items = mem_array(n + 1, sizeof *items);
    size_t *order = mem_array(n + 1, sizeof *order), *starts = mem_array(BAND_VALUES + 1, sizeof *starts);
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct item){hashes[i], i};
        group[i] = i;
    }
    size_t kept = join_equal(items, n, group);
    for (int band = 0; bits > 0 && band < BANDS; band++)
        join_band(items, kept, band, bits, group, order, starts);
    for (size_t i = 0; i < n; i++)
        group[i] = root_of(group, i);
    free(starts);
    free(order);
    free(items);
}

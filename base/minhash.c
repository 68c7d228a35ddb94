/* minhash.c: see minhash.h. */
#include "base/minhash.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

/* The finalizer of SplitMix64 (Steele, Lea and Flood 2014): spreads every bit over all others. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* FNV-1a, mixed. */
static uint64_t hash_run(const char *run, size_t len)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)run[i]) * 0x100000001B3u;
    return mix(h);
}

/* Each hash function is multiply-shift with an odd factor (Dietzfelbinger 1997). */
struct functions {
    uint64_t factor[MINHASH_SIZE], offset[MINHASH_SIZE];
};

static void functions_make(struct functions *f)
{
    for (size_t i = 0; i < MINHASH_SIZE; i++) {
        f->factor[i] = mix(2 * i) | 1;
        f->offset[i] = mix(2 * i + 1);
    }
}

static void add_run(const struct functions *f, struct minhash *m, uint64_t hash)
{
    for (size_t i = 0; i < MINHASH_SIZE; i++) {
        uint32_t value = (uint32_t)((f->factor[i] * hash + f->offset[i]) >> 32);
        m->least[i] = value < m->least[i] ? value : m->least[i];
    }
    m->empty = false;
}

void minhash_make(const char *text, size_t len, struct minhash *out)
{
    struct str folded = STR_INIT(2 * MINHASH_MAX_TEXT);
    struct functions f;
    size_t starts[MINHASH_RUN], words = 0;
    functions_make(&f);
    memset(out->least, 0xFF, sizeof out->least);
    out->empty = true;
    text_fold_words(text, len < MINHASH_MAX_TEXT ? len : MINHASH_MAX_TEXT, &folded);
    for (size_t at = 0; at < folded.len; at++) {
        if (folded.data[at] == ' ')
            continue;
        starts[words++ % MINHASH_RUN] = at;
        at += strcspn(folded.data + at, " ");
        if (words >= MINHASH_RUN) {
            size_t first = starts[words % MINHASH_RUN];
            add_run(&f, out, hash_run(folded.data + first, at - first));
        }
    }
    if (words && words < MINHASH_RUN)
        add_run(&f, out, hash_run(folded.data, folded.len));
    str_release(&folded);
}

double minhash_similarity(const struct minhash *a, const struct minhash *b)
{
    size_t same = 0;
    if (a->empty || b->empty)
        return 0;
    for (size_t i = 0; i < MINHASH_SIZE; i++)
        same += a->least[i] == b->least[i];
    return (double)same / MINHASH_SIZE;
}

uint64_t minhash_band(const struct minhash *m, size_t band)
{
    uint64_t h = mix(band);
    for (size_t i = 0; i < MINHASH_ROWS; i++)
        h = mix(h ^ m->least[band * MINHASH_ROWS + i]);
    return h;
}

/* An open-addressed table of the buckets of all bands. An entry is a text in a band, id * MINHASH_BANDS + band; entries
 * are named by their number + 1, so that 0 is none. */
struct minhash_index {
    struct minhash *list;
    size_t n, cap;
    uint32_t *table; /* the last entry of each bucket */
    size_t slots;    /* a power of two */
    uint32_t *next;  /* for each entry the one that was entered into its bucket before */
    size_t next_cap;
};

struct minhash_index *minhash_index_new(void)
{
    return mem_new(sizeof(struct minhash_index));
}

void minhash_index_free(struct minhash_index *index)
{
    if (!index)
        return;
    free(index->list);
    free(index->next);
    free(index->table);
    free(index);
}

/* The slot where the bucket stands, or would stand. */
static size_t slot_of(const struct minhash_index *index, uint64_t bucket, size_t band)
{
    size_t slot = (size_t)bucket & (index->slots - 1);
    while (index->table[slot]) {
        size_t entry = index->table[slot] - 1;
        if (entry % MINHASH_BANDS == band && minhash_band(&index->list[entry / MINHASH_BANDS], band) == bucket)
            break;
        slot = (slot + 1) & (index->slots - 1);
    }
    return slot;
}

static void enter(struct minhash_index *index, size_t id)
{
    for (size_t band = 0; band < MINHASH_BANDS; band++) {
        size_t entry = id * MINHASH_BANDS + band;
        size_t slot = slot_of(index, minhash_band(&index->list[id], band), band);
        index->next[entry] = index->table[slot];
        index->table[slot] = (uint32_t)(entry + 1);
    }
}

/* Keeps half of the slots free. */
static void grow(struct minhash_index *index)
{
    MEM_GROW(index->list, index->n, index->cap);
    if (index->next_cap == index->cap)
        return;
    index->next_cap = index->cap;
    index->next = mem_resize(index->next, index->cap * MINHASH_BANDS, sizeof *index->next);
    for (index->slots = 1; index->slots < 2 * MINHASH_BANDS * index->cap;)
        index->slots *= 2;
    free(index->table);
    index->table = mem_array(index->slots, sizeof *index->table);
    for (size_t id = 0; id < index->n; id++)
        enter(index, id);
}

size_t minhash_index_add(struct minhash_index *index, const struct minhash *m)
{
    grow(index);
    index->list[index->n] = *m;
    enter(index, index->n);
    return index->n++;
}

bool minhash_index_find(const struct minhash_index *index, const struct minhash *m, double least, size_t *id)
{
    bool found = false;
    for (size_t band = 0; index->n && !m->empty && band < MINHASH_BANDS; band++)
        for (size_t entry = index->table[slot_of(index, minhash_band(m, band), band)]; entry;
             entry = index->next[entry - 1]) {
            size_t other = (entry - 1) / MINHASH_BANDS;
            if ((found && other >= *id) || minhash_similarity(m, &index->list[other]) < least)
                continue;
            found = true;
            *id = other;
        }
    return found;
}

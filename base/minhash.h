/* minhash.h: how much two texts have in common, without comparing their words: MinHash after A. Z. Broder, "On the
 * resemblance and containment of documents" (1997). A text is the set of its runs of three words (text_fold_words; a
 * text of fewer words is one run); of each of 128 hash functions the signature keeps the least value over that set. The
 * share of places at which two signatures agree estimates the sets' Jaccard index; its standard error is at most
 * 1 / (2 sqrt(128)) = 0.044.
 *
 * For many texts the signatures are cut into 16 bands of 8 places (locality-sensitive hashing): texts that agree in a
 * whole band meet in a bucket. Of pairs with Jaccard index s the share 1 - (1 - s^8)^16 meets: 0.97 at 0.8, 0.06 at
 * 0.5. The hash functions are fixed, so signatures may be stored and compared across machines. */
#ifndef FIGMILL_BASE_MINHASH_H
#define FIGMILL_BASE_MINHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MINHASH_SIZE = 128, MINHASH_BANDS = 16, MINHASH_ROWS = 8, MINHASH_RUN = 3, MINHASH_MAX_TEXT = 400000 };

struct minhash {
    uint32_t least[MINHASH_SIZE];
    bool empty; /* of a text without words: like no other */
};

/* Reads at most MINHASH_MAX_TEXT bytes of the text. */
void minhash_make(const char *text, size_t len, struct minhash *out);
/* 0 to 1. */
double minhash_similarity(const struct minhash *a, const struct minhash *b);
/* The band's bucket: equal for texts that agree in the whole band. */
uint64_t minhash_band(const struct minhash *m, size_t band);

/* Texts that are looked for by likeness; ids count from 0 in the order of minhash_index_add. Takes 800 to 1,600 bytes a
 * text, for at most 2^28 texts. Many texts of one bucket (the same text over and over) make finding slow: add only what
 * was not found. */
struct minhash_index;
struct minhash_index *minhash_index_new(void);
void minhash_index_free(struct minhash_index *index);
size_t minhash_index_add(struct minhash_index *index, const struct minhash *m);
/* The first text that is at least that similar among those that share a band; false: none. */
bool minhash_index_find(const struct minhash_index *index, const struct minhash *m, double least, size_t *id);

#endif

/* near.h: which of many pictures are near each other, by the bits of their hashes that differ.
 *
 * Hashes are cut into 16 bands of 16 bits. Two hashes that differ in 15 bits or less have a band in common, so only
 * hashes that share a band are compared, and none is missed (Norouzi, Punjani and Fleet, "Fast search in Hamming space
 * with multi-index hashing", 2012). Time grows with the pictures and with those that share a band by chance. */
#ifndef FIGMILL_EXTRACT_NEAR_H
#define FIGMILL_EXTRACT_NEAR_H

#include <stddef.h>
#include <stdint.h>

enum { NEAR_WORDS = 4, NEAR_MAX_BITS = 15 };

struct near_hash {
    uint64_t words[NEAR_WORDS];
};

/* Sets group[i] to the least index among the hashes that hash i is near to, over one or more steps of `bits` bits each
 * (0..NEAR_MAX_BITS). `group` has room for n. */
void near_group(const struct near_hash *hashes, size_t n, int bits, size_t *group);

#endif

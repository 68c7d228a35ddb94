/* test_near.c: pictures near each other (extract/near.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "extract/near.h"

/* xorshift64: the same hashes on every machine. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static struct near_hash some_hash(uint64_t *state)
{
    struct near_hash h;
    for (int i = 0; i < NEAR_WORDS; i++)
        h.words[i] = next(state);
    return h;
}

/* The hash with `bits` different bits flipped. */
static struct near_hash flipped(struct near_hash h, int bits, uint64_t *state)
{
    struct near_hash mask = {{0}};
    while (bits > 0) {
        int bit = (int)(next(state) % 256);
        uint64_t one = (uint64_t)1 << bit % 64;
        bits -= !(mask.words[bit / 64] & one);
        mask.words[bit / 64] |= one;
    }
    for (int i = 0; i < NEAR_WORDS; i++)
        h.words[i] ^= mask.words[i];
    return h;
}

static void test_none(void **state)
{
    near_group(NULL, 0, 12, NULL);
}

static void test_bits(void **state)
{
    for (int bits = 0; bits <= NEAR_MAX_BITS; bits++)
        for (uint64_t seed = 1; seed < 40; seed++) {
            uint64_t random = seed * 7919;
            struct near_hash h[3] = {some_hash(&random)};
            size_t group[3];
            h[1] = flipped(h[0], bits, &random);
            h[2] = flipped(h[0], bits + 1, &random);
            near_group(h, 2, bits, group);
            assert_true(group[0] == 0 && group[1] == 0);
            h[1] = h[2];
            near_group(h, 2, bits, group);
            assert_true(group[0] == 0 && group[1] == 1);
        }
}

/* Each step is short enough, though the ends are far apart. */
static void test_chain(void **state)
{
    uint64_t random = 5;
    struct near_hash h[4] = {some_hash(&random), some_hash(&random)};
    size_t group[4];
    h[2] = h[1];
    h[2].words[0] ^= 0xfff;
    h[3] = h[2];
    h[3].words[2] ^= 0xfff;
    near_group(h, 4, 12, group);
    assert_true(group[0] == 0 && group[1] == 1 && group[2] == 1 && group[3] == 1);
    near_group(h, 4, 11, group);
    assert_true(group[2] == 2 && group[3] == 3);
}

static void test_same(void **state)
{
    enum { N = 20000 };
    struct near_hash *h = mem_array(N, sizeof *h);
    size_t *group = mem_array(N, sizeof *group);
    uint64_t random = 9;
    struct near_hash logo = some_hash(&random);
    for (size_t i = 0; i < N; i++)
        h[i] = i % 2 ? logo : some_hash(&random);
    near_group(h, N, NEAR_MAX_BITS, group);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(group[i], i % 2 ? 1 : i);
    free(h);
    free(group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

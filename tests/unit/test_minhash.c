/* test_minhash.c: signatures against the exact Jaccard index, and likeness among many texts. */
#include "base/minhash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

/* A fixed sequence of numbers (Knuth's MMIX generator). */
static unsigned next_number(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33);
}

/* 60 words of a vocabulary of 5,000, the same for the same seed; of these `changed` are others. */
static void synthetic(unsigned seed, unsigned changed, struct str *out)
{
    enum { WORDS = 60 };
    uint64_t state = seed * 7919u + 1, other = seed + 12345u;
    str_clear(out);
    for (unsigned i = 0; i < WORDS; i++) {
        unsigned word = next_number(&state) % 5000;
        str_addf(out, "w%u ", i < changed ? 5000 + next_number(&other) % 5000 : word);
    }
}

static struct minhash signature_of(const char *text)
{
    struct minhash m;
    minhash_make(text, strlen(text), &m);
    return m;
}

static double likeness(const char *a, const char *b)
{
    struct minhash of_a = signature_of(a), of_b = signature_of(b);
    return minhash_similarity(&of_a, &of_b);
}

static void test_same_and_other(void **state)
{
    (void)state;
    assert_true(likeness("The dose was low.", "the DOSE, was low") == 1);
    assert_true(likeness("The dose was low in all mice.", "A blot of other proteins is seen here.") < 0.1);
    assert_true(likeness("Two words", "two words") == 1); /* fewer words than a run has */
    assert_true(likeness("Two words", "words two") < 0.1);
    assert_true(likeness("", "") == 0);
    assert_true(likeness("?!", "two words") == 0);
}

/* Of 58 runs of three words, k words changed at the start leave 58 - k. */
static void test_estimates_the_jaccard_index(void **state)
{
    (void)state;
    double off = 0;
    enum { TEXTS = 40 };
    for (unsigned changed = 0; changed <= 50; changed += 10) {
        double mean = 0, exact = (58.0 - changed) / (58.0 + changed);
        for (unsigned seed = 0; seed < TEXTS; seed++) {
            struct str a = STR_INIT(2000), b = STR_INIT(2000);
            synthetic(seed, 0, &a);
            synthetic(seed, changed, &b);
            double s = likeness(a.data, b.data);
            mean += s / TEXTS;
            off = s - exact > off ? s - exact : exact - s > off ? exact - s : off;
            str_release(&a);
            str_release(&b);
        }
        assert_true(mean - exact < 0.03 && exact - mean < 0.03);
    }
    assert_true(off < 0.2); /* more than four standard errors */
}

static void test_signatures_are_stable(void **state)
{
    (void)state;
    struct minhash m = signature_of("the dose was low");
    assert_int_equal(m.empty, false);
    assert_int_equal(minhash_band(&m, 0) == minhash_band(&m, 1), false);
    /* They may be stored: another value here makes stored ones worthless. */
    assert_int_equal(minhash_band(&m, 0), 0xb6338dc0c8597212);
}

static void test_finds_near_ones_among_many(void **state)
{
    (void)state;
    enum { TEXTS = 10000, EVERY = 100 };
    struct minhash_index *index = minhash_index_new();
    struct str text = STR_INIT(2000);
    size_t id = 0, found = 0, wrong = 0;
    struct minhash m = signature_of("nothing yet in it");
    assert_false(minhash_index_find(index, &m, 0.5, &id));
    for (unsigned seed = 0; seed < TEXTS; seed++) {
        synthetic(seed, 0, &text);
        m = signature_of(text.data);
        wrong += minhash_index_find(index, &m, 0.5, &id);
        assert_int_equal(minhash_index_add(index, &m), seed);
    }
    for (unsigned seed = 0; seed < TEXTS; seed += EVERY) {
        synthetic(seed, 4, &text); /* Jaccard 0.87 */
        m = signature_of(text.data);
        found += minhash_index_find(index, &m, 0.6, &id) && id == seed;
        synthetic(TEXTS + seed, 0, &text);
        m = signature_of(text.data);
        wrong += minhash_index_find(index, &m, 0.5, &id);
    }
    assert_int_equal(wrong, 0);
    assert_true(found >= 97 * TEXTS / EVERY / 100);
    m = signature_of("");
    assert_false(minhash_index_find(index, &m, 0, &id));
    /* The first of several that are alike. */
    synthetic(5, 0, &text);
    m = signature_of(text.data);
    minhash_index_add(index, &m);
    assert_true(minhash_index_find(index, &m, 1, &id));
    assert_int_equal(id, 5);
    str_release(&text);
    minhash_index_free(index);
    minhash_index_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_and_other),
        cmocka_unit_test(test_estimates_the_jaccard_index),
        cmocka_unit_test(test_signatures_are_stable),
        cmocka_unit_test(test_finds_near_ones_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

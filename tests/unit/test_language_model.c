/* test_language_model.c: the tables that the build makes hold together, and what words cost by them. */
#include "translate/language_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_index(const struct language_index *index, uint32_t *n)
{
    uint32_t buckets = UINT32_C(1) << index->bits;
    assert_int_equal(index->starts[0], 0);
    for (uint32_t b = 0; b < buckets; b++) {
        assert_true(index->starts[b] <= index->starts[b + 1]);
        for (uint32_t i = index->starts[b]; i < index->starts[b + 1]; i++) {
            assert_int_equal(language_bucket(index->keys[i], index->bits), b);
            assert_true(i == index->starts[b] || index->keys[i] > index->keys[i - 1]);
        }
        /* Long ones would make reading slow. */
        assert_true(index->starts[b + 1] - index->starts[b] < 32);
    }
    *n = index->starts[buckets];
}

static void test_tables(void **state)
{
    for (int script = 0; script < LANGUAGE_SCRIPTS; script++) {
        const struct language_table *t = &language_tables[script];
        uint32_t grams, words;
        assert_in_range(t->languages, 1, LANGUAGE_COLUMNS);
        assert_true(t->width >= t->languages && t->width % LANGUAGE_LANE == 0 && t->width <= LANGUAGE_COLUMNS);
        check_index(&t->grams, &grams);
        check_index(&t->words, &words);
        assert_true(grams > 1000 && words > 1000);
        assert_int_equal(t->word_costs[0], 0);
        for (uint32_t i = 0; i < words; i++)
            for (uint32_t j = t->word_costs[i]; j < t->word_costs[i + 1]; j += 2)
                assert_true(t->pairs[j] < t->languages);
        for (uint32_t i = 0; i < grams; i++)
            for (int l = t->languages; l < t->width; l++)
                assert_int_equal(t->gram_costs[i * (uint32_t)t->width + (uint32_t)l], 0);
    }
}

static void test_letters(void **state)
{
    assert_int_equal(language_letters['a'] & LANGUAGE_LETTER, language_letters['A'] & LANGUAGE_LETTER);
    assert_false(language_letters['a'] & LANGUAGE_CAPITAL);
    assert_true(language_letters['A'] & LANGUAGE_CAPITAL);
    assert_int_equal(language_letters['1'], 0);
    assert_int_equal(language_letters[' '], 0);
    assert_int_equal(language_letters[0x436] >> LANGUAGE_SCRIPT_SHIFT, LANGUAGE_CYRILLIC + 1);
    assert_int_equal(language_letters[0xf1] >> LANGUAGE_SCRIPT_SHIFT, LANGUAGE_LATIN + 1);
    /* Greek: a letter, and of no script that is judged here. */
    assert_true(language_letters[0x3b1] & LANGUAGE_ALPHABETIC);
    assert_int_equal(language_letters[0x3b1] >> LANGUAGE_SCRIPT_SHIFT, 0);
}

static void fit(const char *text, const char *asked, struct language_fit *out)
{
    struct language_reading r;
    language_model_read(text, strlen(text), LANGUAGE_LATIN, &r);
    language_reading_fit(&r, asked, out);
}

static void test_fit(void **state)
{
    struct language_fit f, g;
    fit("Ergebnisse der Bestrahlung bei Arthrose", "en", &f);
    assert_string_equal(f.best, "de");
    assert_int_equal(f.words, 5);
    assert_true(f.lead > 0 && f.asked_lead >= f.lead);
    fit("Ergebnisse der Bestrahlung bei Arthrose", "de-AT", &f);
    assert_true(f.asked_lead == 0);
    fit("Ergebnisse der Bestrahlung bei Arthrose", "xx", &g);
    assert_true(g.asked_lead == 0 && g.lead == f.lead);
    /* No single word settles it. */
    fit("nachbestrahlungsergebnisse", "fr", &f);
    assert_string_equal(f.best, "de");
    assert_true(f.asked_lead <= 4.5);
    /* A name says less than the same word in small letters. */
    fit("the exposition universelle", "en", &f);
    fit("the Exposition Universelle", "en", &g);
    assert_true(g.asked_lead < f.asked_lead || strcmp(g.best, "en") == 0);
    /* Abbreviations count when there is nothing else, and nothing is nothing. */
    fit("DNA", NULL, &f);
    assert_int_equal(f.words, 1);
    fit("of DNA", NULL, &f);
    assert_int_equal(f.words, 1);
    fit("12 (3)", "en", &f);
    assert_true(f.words == 0 && !f.best);
    fit("изменение", NULL, &f);
    assert_int_equal(f.words, 0);
}

/* Texts and words of any length: what is behind the limits is not judged. */
static void test_long(void **state)
{
    size_t n = 100000;
    struct language_fit f;
    char *text = malloc(n + 1);
    assert_non_null(text);
    memset(text, 'e', n);
    text[n] = '\0';
    fit(text, NULL, &f);
    assert_int_equal(f.words, 1);
    for (size_t i = 0; i < n; i++)
        text[i] = "a. Of "[i % 6];
    fit(text, NULL, &f);
    assert_true(f.words > 100 && f.words <= 1200);
    free(text);
}

static void test_beside_english(void **state)
{
    struct language_reading r;
    double lead;
    static const char two[] = "Les résultats de la radiothérapie du genou. The results of radiotherapy of the knee",
                      one[] = "The results of radiotherapy of the knee. They are those of both groups",
                      other[] =
                          "Les résultats de la radiothérapie du genou. Los resultados de la radioterapia de la rodilla";
    language_model_read(two, strlen(two), LANGUAGE_LATIN, &r);
    assert_string_equal(language_reading_beside_english(&r, &lead), "fr");
    assert_true(lead > 5);
    language_model_read(one, strlen(one), LANGUAGE_LATIN, &r);
    assert_null(language_reading_beside_english(&r, &lead));
    assert_true(lead == 0);
    language_model_read(other, strlen(other), LANGUAGE_LATIN, &r);
    assert_null(language_reading_beside_english(&r, &lead));
    language_model_read("изменение боли", strlen("изменение боли"), LANGUAGE_CYRILLIC, &r);
    assert_null(language_reading_beside_english(&r, &lead));
}

static void test_has(void **state)
{
    assert_true(language_model_has("pt-BR"));
    assert_true(language_model_has("uk"));
    assert_true(language_model_has("fa"));
    assert_false(language_model_has("zh"));
    assert_false(language_model_has(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables), cmocka_unit_test(test_letters),        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_long),   cmocka_unit_test(test_beside_english), cmocka_unit_test(test_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

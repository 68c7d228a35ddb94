/* test_translate_numbers.c: numbers, units, labels, references of a translation: what passes and what does not. */
#include "translate/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "translate/check_rules.h"
#include "translate/number_words.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

typedef const char *rule(const struct check_text *in, const struct check_text *out, struct arena *arena);

static const char *labels(const struct check_text *in, const struct check_text *out, struct arena *a)
{
    return check_labels(in->text, out->text, a);
}

static const char *numbers(const struct check_text *in, const struct check_text *out, struct arena *a)
{
    struct numbers x = numbers_of(in, NUMBERS_SOURCE, a), y = numbers_of(out, NUMBERS_TRANSLATION, a);
    return numbers_compare(in, &x, out, &y, a);
}

static const char *units(const struct check_text *in, const struct check_text *out, struct arena *a)
{
    struct numbers x = numbers_of(in, NUMBERS_SOURCE, a), y = numbers_of(out, NUMBERS_TRANSLATION, a);
    return units_compare(in, &x, out, &y, a);
}

static const char *ask(rule *r, const char *language, const char *source, const char *target, const char *translation)
{
    struct check_text in, out;
    check_text_read(source, language, &arena, &in);
    check_text_read(translation, target, &arena, &out);
    return r(&in, &out, &arena);
}

static void passes(rule *r, const char *language, const char *source, const char *target, const char *translation)
{
    const char *why = ask(r, language, source, target, translation);
    if (why)
        fail_msg("'%s' -> '%s': %s", source, translation, why);
}

static void fails(rule *r, const char *language, const char *source, const char *target, const char *translation,
                  const char *what)
{
    const char *why = ask(r, language, source, target, translation);
    if (!why || strcmp(why, what) != 0)
        fail_msg("'%s' -> '%s': %s, not %s", source, translation, why ? why : "pass", what);
}

static void test_numbers(void **state)
{
    passes(numbers, "es", "0,5 a 1,25", "en", "0.5 to 1.25");
    passes(numbers, "es", "1.234,5", "en", "1,234.5");
    passes(numbers, "de", "1.234.567", "en", "1,234,567");
    passes(numbers, "fr", "10 000", "en", "10,000");
    passes(numbers, "fr", "3 412 cas", "en", "3,412 cases");
    passes(numbers, "es", "Fig. 1,2", "en", "Figs. 1 and 2");
    passes(numbers, "zh", "区间为[330,360]", "en", "the interval from 330 to 360");
    passes(numbers, "de", "10.11.2019", "en", "10/11/2019");
    passes(numbers, "es", "1,50", "en", "1.5");
    passes(numbers, "es", "p < ,05", "en", "p < 0.05");
    passes(numbers, "es", "p < 0.05", "en", "p < 0.05");
    passes(numbers, "zh", "１２例", "en", "12 cases");
    passes(numbers, "ar", "٣٫٥", "en", "3.5");
    passes(numbers, "zh", "3万", "en", "30,000");
    passes(numbers, "pt", "2,5 milhões", "en", "2.5 million");
    passes(numbers, "zh", "3月", "en", "March");
    passes(numbers, "pt", "novembro/99", "en", "November 1999");
    passes(numbers, "pt", "dor11,12.", "en", "pain 11,12.");
    passes(numbers, "zh", "CO₂ 5", "en", "CO2 5");
    passes(numbers, "en", "0.5 Gy", "de", "0,5 Gy");
    passes(numbers, "en", "0.5 Gy", "es", "0.5 Gy");
    passes(numbers, "es", "", "en", "");
    /* Citations that were raised in print. */
    passes(numbers, "pt", "desde 196119,20.", "en", "since 196119,20.");
    passes(numbers, "pt", "casos 11,12.", "en", "cases11,12.");
    passes(numbers, "pt", "vítimas5, de idade 3,6. Fim", "en", "victims5, of age 3,6. End");
    passes(numbers, "pt", "no estudo CORE 6432, que", "en", "in the CORE 64 study32, which");
    passes(numbers, "pt", "da década de 803.", "en", "from the 80´s3.");
    passes(numbers, "pt", "o programa", "en", "the program11");
    fails(numbers, "pt", "eventos31", "en", "events30", "31 missing; 30 not in the source");
    fails(numbers, "pt", "eventos31", "en", "events", "31 missing");
    fails(numbers, "pt", "um escore de 3,6.", "en", "a score of 3,6.", "3.6 missing; 3,6 not in the source");
}

static void test_number_words(void **state)
{
    passes(numbers, "de", "drei", "en", "3");
    passes(numbers, "pt", "7 faixas", "en", "seven groups");
    passes(numbers, "es", "tipo 2", "en", "type II");
    passes(numbers, "pt", "22 casos", "en", "twenty-two cases");
    fails(numbers, "pt", "7 faixas", "en", "six groups", "7 missing");
    /* Another language's words and signs do not stand in. */
    fails(numbers, "es", "50 ratones", "en", "the moitié mice", "50 missing");
    fails(numbers, "es", "5 casos", "en", "cases of V", "5 missing");
    passes(numbers, "es", "tabla 5", "en", "Table V");
    passes(numbers, "pt", "Qui2", "en", "Chi-square");
    assert_int_equal(number_word("en", "iii", "III", 3), 3);
    assert_int_equal(number_word("de", "zwölf", "zwölf", strlen("zwölf")), 12);
    assert_int_equal(number_word("en", "table", "table", 5), -1);
    assert_int_equal(number_month("may"), 5);
    assert_int_equal(number_month("mouse"), 0);
}

static void test_wrong_numbers(void **state)
{
    fails(numbers, "es", "0,5 Gy", "en", "5 Gy", "0.5 missing; 5 not in the source");
    fails(numbers, "es", "1,5 Gy", "en", "15 Gy", "1.5 missing; 15 not in the source");
    fails(numbers, "es", "1,5 Gy", "en", "1,5 Gy", "1.5 missing; 1,5 not in the source");
    fails(numbers, "en", "1.5 Gy", "de", "1.5 Gy", "1.5 missing; 1,5 not in the source");
    fails(numbers, "pt", "2.253 homens", "en", "2.253 men", "2,253 missing; 2.253 not in the source");
    fails(numbers, "es", "0,5 Gy", "en", "0.5 Gy in 40 mice", "40 not in the source");
    fails(numbers, "es", "99 Gy, 7", "en", "98 Gy, 7", "99 missing; 98 not in the source");
    fails(numbers, "es", "12 y 24 h, 12 mg", "en", "12 and 24 h, 24 mg", "12 missing");
    fails(numbers, "zh", "12、22、333", "en", "", "12, 22, 333 missing");
}

static void test_units(void **state)
{
    passes(units, "es", "1,5 Gy", "en", "1.5 Gy");
    passes(units, "ru", "0,5 Гр и 4 мм", "en", "0.5 Gy and 4 mm");
    passes(units, "zh", "18毫米", "en", "18 mm");
    passes(units, "es", "3 mm y 5 mm", "en", "3 and 5 mm");
    passes(units, "es", "3 milímetros", "en", "3 mm");
    passes(units, "fr", "35 %", "en", "35 percent");
    passes(units, "de", "90 Grad nach 3 Tagen", "en", "90 degrees after 3 days");
    passes(units, "es", "10 µg", "en", "10 μg");
    passes(units, "pt", "acima de 55 anos, 19,1%", "en", "over 55 years, 19.1%");
    passes(units, "pt", "23/71 ou 32,3%", "en", "23/71 patients, 32.3%");
    passes(units, "pt", "Silva et al.3, 50%", "en", "Silva et al3, 50%");
    passes(units, "pt", "> 1 mm2 na artéria", "en", "> 1 mm 2 in the artery");
    fails(units, "pt", "> 1 mm2 na artéria", "en", "> 1 mm in the artery", "1 has another unit than mm2");
    fails(units, "es", "1,5 Gy", "en", "1.5 cGy", "1.5 has another unit than Gy");
    fails(units, "es", "1,5 mGy", "en", "1.5 Gy", "1.5 has another unit than mGy");
    fails(units, "es", "10 mg", "en", "10 µg", "10 has another unit than mg");
    fails(units, "es", "1,5 Gy", "en", "1.5", "1.5 has lost its unit Gy");
    fails(units, "ru", "4 мм", "en", "4 cm", "4 has another unit than mm");
    fails(units, "es", "0,5 Gy en A. 3,0 Gy en B.", "en", "0.5 Gy in A. 3.0 in B.", "3 has lost its unit Gy");
}

static void test_labels(void **state)
{
    passes(labels, "es", "(A, b) y (C-D)", "en", "(A) and (b), (C) to (D)");
    passes(labels, "pt", "(A e B)", "en", "(A and B)");
    passes(labels, "zh", "（Ａ）对照组", "en", "(A) Control");
    passes(labels, "pt", "peso (kg)/altura (m)2", "en", "weight by height");
    passes(labels, "ru", "(а) Контроль. (б) Опыт.", "en", "(a) Control. (b) Test.");
    fails(labels, "es", "(A) Control (B) Prueba", "en", "Control. (B) Test", "label (A) missing");
    fails(labels, "es", "(A) Control", "en", "(A) Control (C) other", "label (C) not in the source");
    fails(labels, "ru", "(а) Контроль. (б) Опыт.", "en", "(a) Control. Test.", "1 labels of panels missing");
    fails(labels, "es", "a) Control. b) Prueba.", "en", "a) Control. Test.", "label (B) missing");
}

static void test_references(void **state)
{
    static const char *const figures[] = {"Figura 2", "Fig. 2",       "Abb. 2", "Abbildung 2", "Рис. 2", "рисунке 2",
                                          "图2",      "図2",          "그림 2", "2. ábra",     "Obr. 2", "Rycina 2",
                                          "Kuva 2",   "Şekil 2",      "Εικ. 2", "Slika 2",     "شكل 2",  "Hình 2",
                                          "Gambar 2", "Afbeelding 2", "Мал. 2", "2 pav.",      "चित्र 2"};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        passes(check_references, "und", figures[i], "en", "Figure 2");
        fails(check_references, "und", figures[i], "en", "Table 2", "the reference to figure 2 is missing");
    }
    passes(check_references, "pt", "Tabela 1 e figuras 3-5", "en", "Table 1 and Figs. 3 to 5");
    passes(check_references, "pt", "tabagismo em 54 casos", "en", "smoking in 54 cases");
    passes(check_references, "es", "véase [3, 12]", "en", "see [3,12]");
    fails(check_references, "es", "Tabla 1", "en", "", "the reference to table 1 is missing");
    fails(check_references, "es", "véase [12]", "en", "see 12", "the citation [12] is missing");
    fails(check_references, "es", "Figura 1", "en", "Figures 1 and 4", "a reference to figure 4 is not in the source");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_number_words), cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_units),   cmocka_unit_test(test_labels),       cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

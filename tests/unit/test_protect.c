/* test_protect.c: what goes out of a text, how it comes back in the target language, and what a translation may have
 * done to it. */
#include "translate/protect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

struct golden {
    const char *language, *text, *masked, *back; /* back: into English, the masked text unchanged */
};

static void golden(const struct golden *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct golden *g = &cases[i];
        struct protected_text p;
        const char *why;
        protect_text(g->text, g->language, "en", PROTECT_ALL, &arena, &p);
        const char *back = protect_restore(&p, p.text, &arena, &why);
        if (strcmp(p.text, g->masked) != 0 || !back || strcmp(back, g->back ? g->back : g->text) != 0)
            fail_msg("'%s' (%s): '%s' and back '%s'", g->text, g->language, p.text, back ? back : why);
        protect_text(g->text, g->language, g->language, PROTECT_ALL, &arena, &p);
        assert_string_equal(protect_restore(&p, p.text, &arena, &why), g->text);
    }
}
#define GOLDEN(cases) golden(cases, sizeof(cases) / sizeof *(cases))

static void test_numbers(void **state)
{
    static const struct golden cases[] = {
        {"es", "son 1,5 por día", "son [1] por día", "son 1.5 por día"},
        {"es", "son 1.5 por día", "son [1] por día", NULL},
        {"es", "son 0.500 por día", "son [1] por día", NULL},
        {"es", "son 1.234 células", "son [1] células", "son 1,234 células"},
        {"es", "son 1.234 y 0.5", "son [1] y [2]", NULL},
        {"es", "son 1.234 y 0.5 y 0,5", "son [1] y [2] y [3]", "son 1.234 y 0.5 y 0.5"},
        {"es", "son 1,234 células", "son [1] células", "son 1.234 células"},
        {"es", "son 1.234.567,8", "son [1]", "son 1,234,567.8"},
        {"es", "son 1,234,567", "son [1]", NULL},
        {"fr", "sont 1.234 ou", "sont [1] ou", NULL},
        {"fr", "sont 12\u202f345,6 ou", "sont [1] ou", "sont 12,345.6 ou"},
        {"fr", "sont 2 000 ou", "sont [1] ou", NULL},
        {"en", "are 1,234 or", "are [1] or", NULL},
        {"en", "are 1,2 or", "are [1] or", NULL},
        {"de", "von 0,5–1,0 Gy", "von [1]", "von 0.5–1.0 Gy"},
        {"es", "de 5 a 10 mGy", "de [1] a [2]", NULL},
        {"es", "de -3,5 a +2", "de [1] a [2]", "de -3.5 a +2"},
        {"es", "es 2,3 ± 0,4 mm", "es [1]", "es 2.3 ± 0.4 mm"},
        {"es", "es 5,1 × 10⁶ por", "es [1] por", "es 5.1 × 10⁶ por"},
        {"es", "es 10^-6 o 1e-5 o", "es [1] o [2] o", NULL},
        {"fr", "soit 12,5 % et", "soit [1] et", "soit 12.5 % et"},
        {"es", "IC 95% 1,6-11,13", "IC [1] [2]", "IC 95% 1.6-11.13"},
        {"es", "razón 3:1 y", "razón [1] y", NULL},
        {"es", "en 12/05/2010 y 10.11.2019 y", "en [1] y [2] y", NULL},
        {"es", "valor < 0,05 y", "valor [1] y", "valor < 0.05 y"},
        {"es", "10 × 10 cm", "[1]", NULL},
        {"es", "a 40× y 20x", "a [1] y [2]", NULL},
        {"es", "0·5 por", "[1] por", "0.5 por"},
        {"ar", "٠٫٥ من", "[1] من", "0.5 من"},
        {"ja", "値は１．５と", "値は[1]と", "値は1.5と"},
    };
    GOLDEN(cases);
}

/* Ordinals, words with numerals, and what would be torn off a word stay in the text. */
static void test_not_numbers(void **state)
{
    static const char *const texts[] = {"el 1º y la 2ª y el n.º siguiente",
                                        "the 2nd and 1st",
                                        "5-fluorouracilo",
                                        "el grupo1 y Figure1",
                                        "ИЛ-6 и 21-е сутки",
                                        "pH7,4",
                                        "le 5ème et 2e",
                                        "caspasa-3 y día-2",
                                        "paciente(s)",
                                        "A dose foi alta",
                                        "EFECTO A LARGO PLAZO",
                                        "(véase la tabla)",
                                        "IC95 y Fig2",
                                        "ADN, RM y TC",
                                        ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct protected_text p;
        protect_text(texts[i], "es", "en", PROTECT_ALL, &arena, &p);
        if (p.n || strcmp(p.text, texts[i]) != 0)
            fail_msg("'%s' became '%s'", texts[i], p.text);
    }
}

static void test_units(void **state)
{
    static const struct golden cases[] = {
        {"es", "con 0.5 Gy, 50 cGy/min y 2 Gy/fx", "con [1], [2] y [3]", NULL},
        {"es", "con 2 Gy/fracción", "con [1]/fracción", NULL},
        {"es", "a 120 kVp, 25 mAs, 6-MV y 37 °C", "a [1], [2], [3] y [4]", NULL},
        {"es", "5 mg kg-1 y 3 μg·mL⁻¹ y 2 cm2", "[1] y [2] y [3]", NULL},
        {"es", "0,5Gy-tratado", "[1]-tratado", "0.5Gy-tratado"},
        {"es", "5 metros y 3 más", "[1] metros y [2] más", NULL},
        {"fr", "12 d'entre", "[1] d'entre", NULL},
        {"hr", "12 s bolesti", "[1] s bolesti", NULL},
        {"ru", "доза 0,5 Гр, 10 мГр и 2 мЗв", "доза [1], [2] и [3]", "доза 0.5 Gy, 10 mGy и 2 mSv"},
        {"ru", "по 5 мкг/кг и 3 мм²", "по [1] и [2]", "по 5 µg/kg и 3 mm²"},
        {"ru", "120 мм рт. ст. и 37 °С", "[1] и [2]", "120 mmHg и 37 °C"},
        {"ru", "20 с артритом, 30 с.", "[1] с артритом, [2].", "20 с артритом, 30 s."},
        {"ru", "в 2010 г. было 5 г.", "в [1] г. было [2].", "в 2010 г. было 5 g."},
        {"zh", "显示0.5Gy照射后", "显示[1]照射后", NULL},
        {"zh", "为2.5毫克和", "为[1]毫克和", NULL},
    };
    GOLDEN(cases);
}

static void test_labels(void **state)
{
    static const struct golden cases[] = {
        {"ru", "(А) Контроль. (Б, в) Прочее (А–Г)", "[1] Контроль. [2] Прочее [3]",
         "(A) Контроль. (B, c) Прочее (A–D)"},
        {"ru", "(А) Контроль. (В) Доза. (С) Прочее", "[1] Контроль. [2] Доза. [3] Прочее",
         "(A) Контроль. (B) Доза. (C) Прочее"},
        {"ja", "線量（0～6 Gy）", "線量（[1]）", "線量（0–6 Gy）"},
        {"es", "(A) Control. (b-d) Otros (ii)", "[1] Control. [2] Otros [3]", NULL},
        {"es", "a) Control; b) otro", "[1] Control; [2] otro", NULL},
        {"es", "A: control. B, otro. A–C. Todo", "[1]: control. [2], otro. [3]. Todo", NULL},
        {"es", "Paneles A y B muestran", "Paneles [1] y [2] muestran", NULL},
        {"es", "en la Fig. 2b y tabla 3", "en la Fig. [1] y tabla [2]", NULL},
        {"es", "Fig. 1,2 y Tabla IV", "Fig. [1] y Tabla [2]", NULL},
        {"es", "Figura S1A-C muestra", "Figura [1] muestra", NULL},
        {"ru", "Рис. 3а. Доза", "Рис. [1]. Доза", "Рис. 3a. Доза"},
        {"zh", "图1显示（A）和(B)", "图[1]显示[2]和[3]", "图1显示(A)和(B)"},
        {"es", "C. elegans crece", "C. elegans crece", NULL},
    };
    GOLDEN(cases);
}

static void test_names(void **state)
{
    static const struct golden cases[] = {
        {"es", "IL-6, TNF-α y TGF-β1", "[1], [2] y [3]", NULL},
        {"es", "p53, H2O, CD4+ y NF-κB", "[1], [2], [3] y [4]", NULL},
        {"es", "18F-FDG en C57BL/6 y HT-29", "[1] en [2] y [3]", NULL},
        {"de", "p53-abhängig und anti-CD4", "[1]-abhängig und anti-[2]", NULL},
        {"es", "los γ-H2AX y 5-FU", "los [1] y [2]", NULL},
        {"es", "el α y Ca²⁺ de", "el [1] y [2] de", NULL},
        {"el", "η δόση α", "η δόση α", NULL},
    };
    GOLDEN(cases);
}

static void test_formulas_and_citations(void **state)
{
    static const struct golden cases[] = {
        {"es", "hubo (p < 0,001; n = 12)", "hubo ([1]; [2])", "hubo (p < 0.001; n = 12)"},
        {"es", "con r=0,4 y R² = 0,9", "con [1] y [2]", "con r=0.4 y R² = 0.9"},
        {"es", "sea y = ax + 0,5b y", "sea [1] y", "sea y = ax + 0.5b y"},
        {"es", "donde A = control", "donde [1] = control", NULL},
        {"es", "como [12, 13] y [3–5]", "como [1] y [2]", NULL},
        {"es", "de [0,5; 1,2]", "de [[1]; [2]]", "de [0.5; 1.2]"},
        {"es", "(Smith et al., 2000b) y", "([1]) y", NULL},
        {"es", "de Smith et al. (2000) y", "de [1] y", NULL},
        {"es", "doi:10.1000/x(1).", "[1].", NULL},
        {"es", "en https://a.org/b?c=1, o a.b@c.org.", "en [1], o [2].", NULL},
    };
    GOLDEN(cases);
}

/* A text with something left that looks like a placeholder is left alone; brackets with numbers never are left. */
static void test_look_alikes(void **state)
{
    struct protected_text p;
    const char *why;
    protect_text("dosis [ 007 ] de 0,5 Gy", "es", "en", PROTECT_ALL, &arena, &p);
    assert_string_equal(p.text, "dosis [ [1] ] de [2]");
    protect_text("véase [12] y 0,5 Gy", "es", "en", PROTECT_BIT(PROTECT_QUANTITY), &arena, &p);
    assert_string_equal(p.text, "véase [1] y [2]");
    protect_text("véase [007] y 0,5 Gy", "es", "en", PROTECT_BIT(PROTECT_QUANTITY), &arena, &p);
    assert_int_equal(p.n, 0);
    assert_string_equal(protect_restore(&p, "x [9]", &arena, &why), "x [9]");
    protect_text("0,5 Gy", "es", "en", PROTECT_NONE, &arena, &p);
    assert_int_equal(p.n, 0);
    assert_string_equal(p.text, "0,5 Gy");
}

static const char *restore(const char *text, const char *translation, const char **why)
{
    struct protected_text p;
    protect_text(text, "es", "en", PROTECT_ALL, &arena, &p);
    return protect_restore(&p, translation, &arena, why);
}

static void test_forgiven(void **state)
{
    static const char *const translations[] = {"dose [1] in [2]",   "dose [[1]] in [[2]]", "dose ⟦ 1 ⟧ in 【2】",
                                               "dose {1} in {{2}}", "dose [ 1] in ［２］", "dose [1} in [2⟧"};
    const char *why;
    for (size_t i = 0; i < sizeof translations / sizeof *translations; i++) {
        const char *back = restore("dosis 1,5 Gy en (A)", translations[i], &why);
        if (!back || strcmp(back, "dose 1.5 Gy in (A)") != 0)
            fail_msg("'%s': %s", translations[i], back ? back : why);
    }
    assert_string_equal(restore("dosis 1,5 Gy en (A)", "in [2] dose [1]", &why), "in (A) dose 1.5 Gy");
    assert_string_equal(restore("[a, 1,5 Gy]", "[a, [1]]", &why), "[a, 1.5 Gy]");
    assert_string_equal(restore("dosis (1,5 Gy) [3]", "dose (1) [2]", &why), "dose (1.5 Gy) [3]");
    assert_string_equal(restore("剂量（1,5 Gy）", "dose ( [1] )", &why), "dose ( 1.5 Gy )");
    assert_null(restore("dosis 1,5 Gy", "dose (1)", &why));
    assert_null(restore("dosis (1,5 Gy)", "dose (1) (1)", &why));
}

static void test_broken(void **state)
{
    static const struct {
        const char *translation, *why;
    } cases[] = {
        {"dose in [2]", "[1] ('1.5 Gy') is missing"},
        {"dose 1.5 Gy in [2]", "[1] ('1.5 Gy') is missing"},
        {"dose [1] [1] in [2]", "[1] ('1.5 Gy') stands 2 times, not once"},
        {"dose [1] in [2] and [3]", "there is no [3] in the source"},
        {"dose [0] [1] in [2]", "there is no [0] in the source"},
        {"dose [99999999999999999999] [1] in [2]", "there is no ["},
        {"", "[1] ('1.5 Gy') is missing; [2] ('(A)') is missing"},
        {"dose [1 in 2]", "[1] ('1.5 Gy') is missing; [2] ('(A)') is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        assert_null(restore("dosis 1,5 Gy en (A)", cases[i].translation, &why));
        if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("'%s': %s", cases[i].translation, why);
    }
    const char *why;
    assert_null(restore("[a, 1,5 Gy]", "{a, {1}}", &why));
}

static void test_targets(void **state)
{
    static const struct {
        const char *target, *text, *back;
    } cases[] = {
        {"de", "are 1,234.5 or 0.5", "are 1.234,5 or 0,5"},
        {"es", "are 1,234 or 12,345 or 0.5", "are 1234 or 12.345 or 0,5"},
        {"fr", "are 12,345 or 0.5", "are 12\u202f345 or 0,5"},
        {"ru", "are 12,345 or 0.5 Gy", "are 12\u00a0345 or 0,5 Gy"},
        {"zh", "are 12,345 or 0.5", "are 12,345 or 0.5"},
        {"ar", "are 0.5 or", "are 0.5 or"},
        {"xx", "are 0.5 or", "are 0.5 or"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct protected_text p;
        const char *why;
        protect_text(cases[i].text, "en", cases[i].target, PROTECT_ALL, &arena, &p);
        assert_string_equal(protect_restore(&p, p.text, &arena, &why), cases[i].back);
    }
    struct protected_text p;
    const char *why;
    protect_text("доза 0,5 Гр", "ru", "uk", PROTECT_ALL, &arena, &p);
    assert_string_equal(protect_restore(&p, p.text, &arena, &why), "доза 0,5 Гр");
}

static void test_limits(void **state)
{
    struct protected_text p;
    const char *why;
    char *many = arena_new(&arena, PROTECT_BYTES + 2);
    for (size_t i = 0; i < 2000; i++)
        memcpy(many + 2 * i, "7 ", 2);
    protect_text(many, "es", "en", PROTECT_ALL, &arena, &p);
    assert_int_equal(p.n, PROTECT_MOST);
    assert_string_equal(protect_restore(&p, p.text, &arena, &why), many);
    memset(many, '7', PROTECT_BYTES);
    protect_text(many, "es", "en", PROTECT_ALL, &arena, &p);
    assert_int_equal(p.n, 1);
    assert_string_equal(protect_restore(&p, p.text, &arena, &why), many);
    many[PROTECT_BYTES] = '7';
    protect_text(many, "es", "en", PROTECT_ALL, &arena, &p);
    assert_int_equal(p.n, 0);
    protect_text("\xff\xfe 0,5 Gy \xe2\x9f", "es", "es", PROTECT_ALL, &arena, &p);
    assert_int_equal(p.n, 1);
    assert_string_equal(protect_restore(&p, p.text, &arena, &why), "\xff\xfe 0,5 Gy \xe2\x9f");
}

static void test_marks(void **state)
{
    struct text_number_marks m;
    text_number_marks("de-CH", &m);
    assert_string_equal(m.decimal, ".");
    text_number_marks("pt", &m);
    assert_string_equal(m.decimal, ",");
    assert_string_equal(m.group, ".");
    text_number_marks("fa", &m);
    assert_string_equal(m.decimal, ".");
    text_number_marks("xx", &m);
    assert_string_equal(m.group, ",");
    text_number_marks("", &m);
    assert_string_equal(m.decimal, ".");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_not_numbers),
        cmocka_unit_test(test_units),       cmocka_unit_test(test_labels),
        cmocka_unit_test(test_names),       cmocka_unit_test(test_formulas_and_citations),
        cmocka_unit_test(test_look_alikes), cmocka_unit_test(test_forgiven),
        cmocka_unit_test(test_broken),      cmocka_unit_test(test_targets),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_marks),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

/* test_chrf.c: chrF against the values of sacreBLEU 2.6.0 (CHRF(), sentence_score), its properties, and
 * broken texts. */
#include "base/chrf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static const struct golden {
    const char *hypothesis, *reference;
    double score;
} golden[] = {
    {"The knee was irradiated with 0.5 Gy.", "The knee was irradiated with 0.5 Gy.", 1.0000000000},
    {"Pain score after 0.5 Gy in 12 patients of the two groups.",
     "Pain scores of 12 patients in both groups after 0.5 Gy.", 0.6284423907},
    {"Survival curve of the mice.", "Überlebenskurve der Mäuse.", 0.1225711849},
    {"Anteil der Patienten ohne Schmerzrezidiv.", "Anteil der Patienten, die kein Schmerzrezidiv hatten.",
     0.6479100852},
    {"照射后0.5小时淋巴细胞的荧光图像。", "照射后半小时淋巴细胞的免疫荧光图像。", 0.4902126876},
    {"線維芽細胞の生存率曲線。", "線維芽細胞の生存曲線", 0.7308664875},
    {"Объём задней лапы после иммунизации.", "Объем лапы после иммунизации мышей.", 0.6680234020},
    {"جرعة منخفضة من الإشعاع", "جرعة إشعاع منخفضة", 0.5380550180},
    {"염색체 이상의 빈도", "염색체 이상 빈도의 변화", 0.3819964244},
    {"घुटने का दर्द कम हुआ", "घुटने में दर्द कम हो गया", 0.4309719852},
    {"Η δόση ήταν χαμηλή", "η δόση είναι χαμηλή", 0.3849041751},
    {"ab", "abc", 0.6363636364},
    {"a", "a", 1.0000000000},
    {"a", "b", 0.0000000000},
    {"abc", "ab", 0.8750000000},
    {"aaaaaaaaaaaa", "aaa", 0.5186170213},
    {"the the the the the", "the cat is on the mat", 0.1535881106},
    {"γH2AX foci (A) 0 Gy\tand (B) 1 Gy\n", "γH2AX foci (A) 0 Gy and  (B) 1 Gy", 1.0000000000},
    {"😀 irradiation 𝛼", "😀 irradiations 𝛽", 0.8369464817},
    {"", "abc", 0.0000000000},
    {"abc", "", 0.0000000000},
    {"", "", 0.0000000000},
    {" \t", " \u3000", 0.0000000000},
    {"UPPER case", "upper CASE", 0.0370370370},
};
enum { GOLDEN = sizeof golden / sizeof *golden };

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 1e-9)
        fail_msg("%.12f is not %.12f", a, b);
}

static void test_golden(void **state)
{
    for (size_t i = 0; i < GOLDEN; i++) {
        double score = chrf(golden[i].hypothesis, golden[i].reference);
        if (fabs(score - golden[i].score) > 1e-9)
            fail_msg("'%s', '%s': %.10f, not %.10f", golden[i].hypothesis, golden[i].reference, score, golden[i].score);
    }
}

static void test_properties(void **state)
{
    for (size_t i = 0; i < GOLDEN; i++) {
        const char *h = golden[i].hypothesis, *r = golden[i].reference;
        double score = chrf(h, r), back = chrf(r, h);
        assert_true(score >= 0 && score <= 1);
        /* A text is itself; one without characters is nothing. */
        assert_near(chrf(r, r), *r && strcmp(r, " \u3000") != 0 ? 1 : 0);
        /* What both have in common is the same from either side. */
        assert_true((score > 0) == (back > 0));
    }
    /* Texts of one length are as like as seen from either side. */
    assert_near(chrf("The red mouse ran", "The rad mouse run"), chrf("The rad mouse run", "The red mouse ran"));
    /* Recall weighs more: to leave out is worse than to add. */
    assert_true(chrf("knee pain", "knee pain after radiotherapy") < chrf("knee pain after radiotherapy", "knee pain"));
    /* White space of any kind counts for nothing. */
    assert_near(chrf("a b\u00A0c\n", "abc"), 1);
}

static void test_broken_texts(void **state)
{
    assert_near(chrf("knee \xff pain", "knee \xfe pain"), 1);
    assert_true(chrf("\xe2\x82", "\xe2\x82\xac") < 1);
    assert_true(chrf("\x80\x80\x80\x80", "abcd") == 0);
    assert_true(isfinite(chrf("\xf0\x9f", "")));
}

/* A long text, all characters `c` but the last. */
static char *long_text(size_t len, char c, char last)
{
    char *text = mem_new(len + 1);
    memset(text, c, len);
    text[len - 1] = last;
    return text;
}

static void test_only_the_beginning_of_long_texts(void **state)
{
    char *a = long_text(CHRF_MOST + 1, 'a', 'x'), *b = long_text(CHRF_MOST + 1, 'a', 'y');
    char *c = long_text(CHRF_MOST, 'a', 'x'), *d = long_text(CHRF_MOST, 'a', 'y');
    assert_near(chrf(a, b), 1);
    assert_true(chrf(c, d) < 1);
    free(a);
    free(b);
    free(c);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_broken_texts),
        cmocka_unit_test(test_only_the_beginning_of_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

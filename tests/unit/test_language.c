/* test_language.c: which language a caption is in, and who says so. */
#include "translate/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct language_detector *detector;

static int open_detector(void **state)
{
    struct err e = {0};
    detector = language_open(&e);
    return detector == NULL;
}

static int close_detector(void **state)
{
    language_close(detector);
    return 0;
}

static void expect(const char *text, const char *stated, const char *article, const char *tag, const char *source)
{
    struct language l;
    language_identify(detector, text, stated, article, &l);
    if (strcmp(l.tag, tag) != 0 || strcmp(l.source, source) != 0)
        fail_msg("'%s': %s by %s, not %s by %s", text, l.tag, l.source, tag, source);
    assert_true(l.confidence >= 0 && l.confidence <= 1);
}

static const char english[] = "Changes of the pain score after low-dose radiotherapy of the knee joint in both groups.";
static const char spanish[] = "Evolución de la puntuación del dolor tras la radioterapia a dosis bajas de la rodilla.";
static const char portuguese[] =
    "Evolução da pontuação da dor após a radioterapia em baixas doses do joelho dos pacientes.";
static const char german[] =
    "Verlauf der Schmerzen nach niedrig dosierter Bestrahlung des Kniegelenks in beiden Gruppen.";
static const char french[] =
    "Évolution du score de douleur après la radiothérapie à faible dose du genou des patients.";

static void test_detector(void **state)
{
    expect(english, NULL, NULL, "en", "detector");
    expect(spanish, NULL, NULL, "es", "detector");
    expect(german, NULL, NULL, "de", "detector");
    expect(french, NULL, NULL, "fr", "detector");
    expect(portuguese, NULL, "pt", "pt", "detector");
    expect("Зміна болю після низькодозової променевої терапії колінного суглоба в обох групах хворих.", NULL, NULL,
           "uk", "detector");
    expect("Изменение боли после низкодозовой лучевой терапии коленного сустава в обеих группах больных.", NULL, NULL,
           "ru", "detector");
}

static void test_script(void **state)
{
    expect("低線量放射線照射後の膝関節の炎症反応", NULL, NULL, "ja", "script");
    expect("低剂量照射后膝关节的炎症反应", NULL, NULL, "zh", "script");
    expect("研究対象", NULL, "ja", "ja", "script");
    expect("저선량 방사선 치료 후 무릎 관절의 염증", NULL, NULL, "ko", "script");
    expect("Μεταβολές του πόνου μετά από ακτινοθεραπεία", NULL, NULL, "el", "script");
    /* Western blotting and gene names do not make a Chinese caption English, nor does its English half. */
    expect("Western blotting检测转染对CTHRC1蛋白表达的影响", NULL, NULL, "zh", "script");
    expect("术后膝关节疼痛评分变化 Fig.2 Changes of the pain score of the knee joint", "en", NULL, "zh", "script");
    /* Symbols are not Greek, and one quoted word is not Chinese. */
    expect("Levels of TNF-α and IFN-γ in the joints of irradiated mice at 24 h (χ² test)", NULL, NULL, "en",
           "detector");
    expect("The term 炎症 (inflammation) in the questionnaire that the patients were given", NULL, NULL, "en",
           "detector");
}

static void test_what_the_document_states(void **state)
{
    expect(spanish, "es", "en", "es", "document");
    expect("Tabla 1", "es", "en", "es", "document");
    expect("Dosis", "spa", NULL, "es", "document");
    expect("Sexo", "pt-BR", NULL, "pt-BR", "document");
    /* ... unless the text is plainly something else. */
    expect(spanish, "en", "en", "es", "detector");
    expect(english, "pt", "pt", "en", "detector");
    expect("Изменение боли", "en", "en", "ru", "detector");
    expect("低剂量照射后膝关节的炎症反应", "en", "en", "zh", "script");
    expect(english, "xx-nonsense-", NULL, "en", "detector");
    expect(english, "mul", NULL, "en", "detector");
}

static void test_short_texts(void **state)
{
    expect("Study flow chart", NULL, "en", "en", "detector");
    expect("Fluxograma do estudo", NULL, "pt", "pt", "article");
    expect("0.5 Gy, n = 12", NULL, "pt", "zxx", "script");
    expect("(A)", "pt", "pt", "zxx", "script");
    expect("12 ± 3.4 (95 %)", "en", "en", "zxx", "script");
    expect("", NULL, NULL, "zxx", "script");
    expect("\xff\xfe", NULL, NULL, "zxx", "script");
    struct language l;
    language_identify(detector, "Xyz", NULL, NULL, &l);
    assert_true(l.confidence < 0.5);
}

static void test_contradicts(void **state)
{
    assert_true(language_contradicts(detector, spanish, "en"));
    assert_false(language_contradicts(detector, english, "en"));
    assert_false(language_contradicts(detector, "Dosis baja", "en"));
}

static void test_names(void **state)
{
    assert_string_equal(language_name("pt-BR"), "Portuguese");
    assert_string_equal(language_name("xx"), "xx");
    assert_true(language_same("en", "en-GB"));
    assert_false(language_same("en", "eng"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detector),
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_what_the_document_states),
        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_contradicts),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, open_detector, close_detector);
}

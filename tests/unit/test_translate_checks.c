/* test_translate_checks.c: what the checks of a translation pass, and what they catch. */
#include "translate/checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "translate/word_table.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

static const char *first(const char *source, const char *language, const char *translation)
{
    struct checks c;
    checks_run(
        &(struct checks_input){.source = source, .language = language, .translation = translation, .target = "en"},
        &arena, &c);
    return checks_first(&c);
}

static void passes(const char *source, const char *language, const char *translation)
{
    struct checks c;
    struct str why = STR_INIT(4096);
    checks_run(
        &(struct checks_input){.source = source, .language = language, .translation = translation, .target = "en"},
        &arena, &c);
    checks_explain(&c, &why);
    if (why.len)
        fail_msg("'%s': %s", translation, why.data);
    str_release(&why);
}

static void fails(const char *check, const char *source, const char *language, const char *translation)
{
    const char *got = first(source, language, translation);
    if (!got || strcmp(got, check) != 0)
        fail_msg("'%s': %s, not %s", translation, got ? got : "pass", check);
}

static const char spanish[] =
    "Puntuación del dolor (media ± DE) tras 0,5 Gy en 12 pacientes. (A) Control. (B) Irradiados.";
static const char good[] = "Pain score (mean ± SD) after 0.5 Gy in 12 patients. (A) Control. (B) Irradiated.";

static void test_good(void **state)
{
    passes(spanish, "es", good);
    passes("低線量放射線照射後の膝関節の炎症反応（0.5 Gy）。(A) 対照群、(B) 照射群。", "ja",
           "Inflammatory response of the knee joint after low-dose irradiation (0.5 Gy). (A) Control group, (B) "
           "irradiated group.");
    passes("图中（Ａ）对照组，（Ｂ）照射组。2019年3月至5月。", "zh",
           "(A) control group, (B) irradiated group. March to May 2019.");
    passes("Abbildung aus drei Zentren, n = 1.234 Patienten", "de", "Figure from 3 centers, n = 1,234 patients");
    passes("Dose (Gy)", "es", "Dose (Gy)");
    passes("Universidade de São Paulo, 2004", "pt", "University of São Paulo, 2004");
    /* A term that is longer in English and said twice, a heading joined to its text, codes that were renamed. */
    passes("A angiotomografia coronariana avalia a anatomia. Na prática, a angiotomografia tem boa acurácia.", "pt",
           "Coronary computed tomographic angiography assesses the anatomy. In practice, coronary computed tomographic "
           "angiography has a good accuracy.");
    passes("MÉTODOS. Foram revisados os prontuários das vítimas atendidas no hospital. Os dados foram analisados.",
           "pt", "METHODS: we reviewed the charts of the victims seen at the hospital. The data were analyzed.");
    passes("A pressão foi medida antes da cirurgia. No grupo controle M4> (M1=M3)>M2 em todos os pacientes.", "pt",
           "Pressure was measured before surgery. In the control group I4> (I1=I3)>I2 in all of the patients.");
}

static void test_bad(void **state)
{
    fails("empty", spanish, "es", "");
    fails("empty", spanish, "es", "0.5 12 (—)");
    fails("copy", spanish, "es", spanish);
    fails("untranslated", "Evolução da população idosa no Brasil", "pt",
          "Evolution of the elderly população in Brazil");
    fails("language", "低剂量照射后膝关节的炎症反应", "zh", "Inflammation of the 膝关节 after irradiation");
    fails("language", "Dosis in Gy", "de", "辐射剂量");
    fails("language", "低剂量照射后各组患者膝关节疼痛评分的变化情况", "zh",
          "Veränderung der Schmerzen nach niedrig dosierter Bestrahlung des Kniegelenks in den Gruppen");
    fails("numbers", spanish, "es", "Pain score (mean ± SD) after 0.7 Gy in 12 patients. (A) Control. (B) Irradiated.");
    fails("numbers", spanish, "es", "Pain score (mean ± SD) after 0.5 Gy in patients. (A) Control. (B) Irradiated.");
    fails("labels", spanish, "es", "Pain score (mean ± SD) after 0.5 Gy in 12 patients. Control. (B) Irradiated.");
    fails("labels", "Control e irradiados", "es", "(A) Control and (B) irradiated");
    fails("length", spanish, "es", "0.5 Gy in 12 (A) (B)");
    fails("length", "Dosis", "es", "The dose that was given to the patients, which is a measure of absorbed energy");
    fails("repetition", "Prozentuale Verteilung der Bestrahlungen in den Gruppen der Patienten", "de",
          "Percentage of the group of the group of the group of the group of the patients");
    fails("repetition", "Ein Beispiel für die Suche nach der Struktur", "de",
          "An example very very very very very good");
    fails("refusal", "Estructura del ensayo clínico aleatorizado", "es", "I'm sorry, but I cannot translate this.");
    fails("refusal", "Estructura del ensayo clínico aleatorizado", "es",
          "Here is the translation: structure of the trial");
    fails("markup", "Estructura del ensayo clínico aleatorizado", "es",
          "**Structure** of the randomized clinical trial");
    fails("markup", "Estructura del ensayo clínico aleatorizado", "es", "Structure of the\\nrandomized clinical trial");
}

static void test_report(void **state)
{
    struct checks c;
    struct str out = STR_INIT(4096);
    checks_run(
        &(struct checks_input){.source = spanish, .language = "es", .translation = "Pain after 0.7 Gy", .target = "en"},
        &arena, &c);
    checks_json(&c, &out);
    cJSON *json = json_parse(out.data, out.len, NULL);
    assert_int_equal(cJSON_GetArraySize(json), CHECKS);
    assert_string_equal(json_text(json, "copy"), "pass");
    assert_string_equal(json_text(json, "numbers"), "0.5, 12 missing; 0.7 not in the source");
    cJSON_Delete(json);
    str_clear(&out);
    checks_explain(&c, &out);
    assert_non_null(strstr(out.data, "numbers: 0.5, 12 missing"));
    str_release(&out);
}

/* Another target: what is made for English keeps silent. */
static void test_other_target(void **state)
{
    struct checks c;
    checks_run(
        &(struct checks_input){.source = "After 0.5 Gy a marked decrease of pain was observed",
                               .language = "en",
                               .translation = "Nach 0,5 Gy wurde eine deutliche Abnahme der Schmerzen beobachtet",
                               .target = "de"},
        &arena, &c);
    assert_null(checks_first(&c));
}

/* Words are looked for by halving. */
static void test_tables_are_sorted(void **state)
{
    static const struct word_table *const tables[] = {&joining_words, &reference_stems, &unit_forms,  &function_words,
                                                      &refusals,      &number_words,    &multipliers, &months};
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < tables[i]->n; k++) {
            const struct word_row *row = &tables[i]->rows[k];
            if (k && strcmp(row[-1].word, row->word) > 0)
                fail_msg("'%s' stands behind '%s'", row->word, row[-1].word);
            assert_non_null(word_table_find(tables[i], row->word, strlen(row->word)));
            assert_non_null(word_table_begin(tables[i], row->word[0]));
        }
    assert_null(word_table_find(&months, "januar", 6));
    assert_null(word_table_find(&months, "ja", 2));
    assert_null(word_table_find(&months, "", 0));
    assert_null(word_table_begin(&months, 'z'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_other_target),
        cmocka_unit_test(test_tables_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

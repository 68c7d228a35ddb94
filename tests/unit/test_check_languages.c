/* test_check_languages.c: the checks of pairs in languages other than English, named terms, doubt, and the phrases. */
#include "pairs/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pairs/fold.h"
#include "pairs/phrases.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

struct one {
    const char *language, *answer;
    bool passes;
};

static void run(bool (*check)(const struct candidate *, struct str *), bool question, const char *caption,
                const struct one *cases, size_t n)
{
    struct check_source source;
    check_source_make(&caption, 1, 0, &arena, &source);
    for (size_t i = 0; i < n; i++) {
        struct candidate c = {.kind = PAIR_COMPLEX_REASONING,
                              .language = cases[i].language,
                              .own_question = question,
                              .question = question ? cases[i].answer : "",
                              .answer = question ? "" : cases[i].answer,
                              .source = &source};
        struct str why = STR_INIT(400);
        c.folded_question = check_fold(c.question, &arena);
        c.folded_answer = check_fold(c.answer, &arena);
        numbers_read(c.answer, &arena, &c.numbers);
        bool passed = check(&c, &why);
        assert_true(passed == (why.len == 0));
        if (passed != cases[i].passes)
            fail_msg("should %s (%s): %s (%s)", cases[i].passes ? "pass" : "fail", cases[i].language, cases[i].answer,
                     why.data);
        str_release(&why);
    }
}
#define RUN(check, question, caption, cases) run(check, question, caption, cases, sizeof cases / sizeof *cases)

static void test_leak(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"es", "Según el texto sube.", false},
        {"es", "La señal sube con la dosis.", true},
        {"pt", "Conforme descrito, sobe.", false},
        {"pt", "O sinal sobe com a dose.", true},
        {"fr", "D'après les auteurs, il monte.", false},
        {"fr", "Le signal monte.", true},
        {"de", "Laut Bildunterschrift steigt es.", false},
        {"de", "Das Signal steigt.", true},
        {"it", "Secondo il testo sale.", false},
        {"it", "Il segnale sale.", true},
        {"ru", "Согласно тексту, сигнал растёт.", false},
        {"ru", "Сигнал растёт с дозой.", true},
        {"zh", "根据图注，信号升高。", false},
        {"zh", "信号随剂量升高。", true},
        {"zh", "如图1所示，信号升高。", false},
        {"ja", "論文によると上昇した。", false},
        {"ja", "線量とともに上昇する。", true},
        {"ko", "논문에 따르면 증가한다.", false},
        {"ko", "선량과 함께 증가한다.", true},
        {"ru", "Это видно на рис. 3.", false},
        {"de-AT", "Laut Text steigt es.", false},
        {"xx", "The caption is of no known language.", true},
    };
    RUN(check_leak, false, "Signal.", cases);
}

static void test_refusal_and_advice(void **state)
{
    (void)state;
    static const struct one refusals[] = {
        {"es", "Lo siento, no veo nada.", false},
        {"pt", "Não é possível determinar isso.", false},
        {"fr", "Je ne peux pas répondre.", false},
        {"de", "Das ist nicht angegeben.", false},
        {"it", "Mi dispiace, non vedo.", false},
        {"ru", "К сожалению, нет.", false},
        {"zh", "抱歉，我无法看到图片。", false},
        {"ja", "申し訳ありません。", false},
        {"ko", "죄송합니다.", false},
        {"de", "Die Kurve kann fallen.", true},
    };
    static const struct one advice[] = {
        {"es", "Consulte a su médico.", false},
        {"pt", "Você deve descansar.", false},
        {"fr", "Consultez votre médecin.", false},
        {"de", "Fragen Sie Ihren Arzt.", false},
        {"it", "Si rivolga al medico.", false},
        {"ru", "Обратитесь к врачу.", false},
        {"zh", "请咨询医生。", false},
        {"ja", "医師に相談してください。", false},
        {"ko", "의사와 상담하십시오.", false},
        {"es", "El médico ve la placa.", true},
    };
    RUN(check_refusal, false, "Signal.", refusals);
    RUN(check_advice, false, "Signal.", advice);
}

static void test_hedging(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"en", "It may fall.", true},
        {"en", "It may fall, which could perhaps be due to chance.", false},
        {"en",
         "The curve may fall in the first of the groups that were irradiated, and it could fall in the second of them as "
         "well; in the third of them, which was not treated at all and whose line runs level over the whole of the time "
         "that is drawn, it does perhaps not fall.",
         true}, /* three in 55 words */
        {"es", "Quizá podría ser que tal vez cae.", false},
        {"de", "Vielleicht könnte es wohl fallen.", false},
        {"zh", "可能也许似乎下降。", false},
        {"zh", "可能下降。", true},
    };
    RUN(check_hedging, false, "Signal.", cases);
}

static void test_terms(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"en", "The VEGF signal rises.", true},
        {"en", "The TNF-α signal, or TNFα, rises.", true},
        {"en", "The EGFR signal rises.", false},
        {"en", "An ROI is drawn.", true}, /* initials of "region of interest" */
        {"en", "HaCaTs and MRI are known.", true},
        {"en", "The signal of Panel A, beside Panels B and C.", true},
        {"en", "It was seen by Western blot in Munich.", false},
        {"en", "It was. Munich begins a sentence here.", true},
        {"en", "The pneumonitis of the lung.", true},
        {"en", "The osteomyelitis of the lung.", false},
        {"en", "They had taken prednisolone.", false},
        {"de", "Die Lunge in München und das Signal.", true}, /* German nouns have capitals */
        {"de", "Das EGFR-Signal.", false},
        {"de", "Eine Osteomyelitis.", false},
        {"es", "La dosis y la persona.", true},
        {"fr", "La droite monte vite.", true},
        {"zh", "VEGF信号升高。", true},
        {"zh", "EGFR信号升高。", false},
    };
    RUN(check_terms, false, "VEGF and TNF-α in HaCaT cells; region of interest. Radiation pneumonitis.", cases);
}

static void test_panels(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"es", "Los paneles A y B muestran el blot.", true},
        {"es", "Los paneles A y D muestran el blot.", false},
        {"es", "El panel y la imagen.", true},
        {"fr", "Les panneaux A et B.", true},
        {"fr", "Le panneau a une barre.", true},
        {"fr", "Le panneau E.", false},
        {"de", "Teilbild A und C.", false},
        {"de", "Teilbild B.", true},
        {"zh", "图B显示。", true},
        {"zh", "图D显示。", false},
        {"en", "A detail is added (E).", false},
        {"en", "A detail is added (B).", true},
    };
    RUN(check_panels, false, "(A) Blot. (B) Chart.", cases);
}

static void test_language(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"es", "La señal sube con la dosis y baja en los controles.", true},
        {"es", "O sinal sobe com a dose e não desce nos controles do estudo.", false},
        {"fr", "The signal rises with the dose and falls in the controls.", false},
        {"de", "Das Signal steigt mit der Dosis und fällt in den Kontrollen.", true},
        {"ru", "Сигнал γ-H2AX растёт с дозой и падает в контроле.", true},
        {"ru", "The signal rises with the dose.", false},
        {"zh", "γ-H2AX信号随剂量升高。", true},
        {"zh", "The signal rises with the dose.", false},
        {"ja", "信号は線量とともに上昇する。", true},
        {"ja", "信号随剂量升高。", false},
        {"ko", "신호는 선량과 함께 증가한다. 이 그림에서 볼 수 있다.", true},
        {"en", "A scale bar of 100 µm is drawn in the image of the cells.", true},
    };
    RUN(check_language, false, "Signal.", cases);
}

static void test_question(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"es", "¿Por qué sube la señal con la dosis?", true},
        {"es", "¿Cuántas bandas se ven en el blot?", false},
        {"fr", "Pourquoi le signal monte-t-il ?", true},
        {"fr", "Que montre la figure du blot ?", false},
        {"de", "Warum steigt das Signal mit der Dosis?", true},
        {"de", "Wie viele Banden sind zu sehen?", false},
        {"it", "Perché il segnale sale con la dose?", true},
        {"pt", "Como o sinal muda com a dose?", true},
        {"ru", "Почему сигнал растёт с дозой?", true},
        {"zh", "信号为什么随剂量升高？", true},
        {"zh", "图中有多少条带显示出来？", false},
        {"ja", "なぜ信号は線量とともに上昇するのか？", true},
        {"ko", "신호는 왜 선량과 함께 증가하는가?", true},
        {"zh", "信号为什么随剂量升高", false},
    };
    RUN(check_question, true, "Signal.", cases);
}

static void test_units(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"es", "A las 6 horas.", true},   {"es", "A los 6 días.", false},   {"fr", "Après 2 semaines.", false},
        {"de", "Nach 24 Stunden.", true}, {"de", "Nach 24 Wochen.", false}, {"zh", "照射24小时后。", true},
        {"zh", "照射24天后。", false},    {"ja", "24時間後。", true},       {"ru", "Через 24 часа.", true},
        {"ru", "Через 24 дня.", false},   {"es", "Con 0,5 mg.", false},     {"en", "3 × 0.5 Gy, in 3 fractions.", true},
    };
    RUN(check_units, false, "Signal 2, 6 und 24 h nach 3 × 0,5 Gy; die Hälfte, half of them.", cases);
}

static void test_grounded(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"zh", "γ-H2AX信号在照射后升高。", true},
        {"zh", "农民在河边种植玉米和水稻。", false},
    };
    RUN(check_grounded, false, "照射后γ-H2AX信号升高，随后下降。", cases);
}

static void test_near_duplicate(void **state)
{
    (void)state;
    struct candidate earlier = {.kind = PAIR_COMPLEX_REASONING, .own_question = true};
    earlier.folded_question = check_fold("Why are there two bands of actin beneath every lane of the blot?", &arena);
    earlier.folded_answer = check_fold("One.", &arena);
    struct candidate c = {.kind = PAIR_COMPLEX_REASONING, .own_question = true, .earlier = &earlier, .n_earlier = 1};
    struct str why = STR_INIT(400);
    c.folded_answer = check_fold("Another.", &arena);
    c.folded_question = check_fold("Why are there two bands of actin beneath every lane of this blot?", &arena);
    assert_false(check_duplicate(&c, &why));
    c.folded_question = check_fold("Why does the actin signal fall with the dose?", &arena);
    assert_true(check_duplicate(&c, &why));
    str_release(&why);
}

static bool look_at(void *context, const char *language, const struct phrase *phrase)
{
    size_t *n = context;
    /* Spaces in front and behind unless it is open there; and no phrase lost its text. */
    size_t len = strlen(phrase->text);
    if (len < 3 - (size_t)phrase->open_front - (size_t)phrase->open_end ||
        (phrase->text[0] == ' ') != !phrase->open_front || (phrase->text[len - 1] == ' ') != !phrase->open_end)
        fail_msg("(%s): '%s'", language, phrase->text);
    ++*n;
    return true;
}

static void test_phrases(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "es", "pt", "fr", "de", "it", "ru", "zh", "ja", "ko"};
    static const enum phrase_kind kinds[] = {PHRASE_LEAK,  PHRASE_REFUSAL, PHRASE_ADVICE,
                                             PHRASE_HEDGE, PHRASE_ASKS,    PHRASE_PANEL};
    for (size_t l = 0; l < sizeof languages / sizeof *languages; l++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            assert_true(phrases_known(languages[l], kinds[k]));
    assert_false(phrases_known("xx", PHRASE_LEAK));
    size_t n = 0;
    for (int kind = 0; kind < PHRASE_KINDS; kind++)
        phrases_each(NULL, (enum phrase_kind)kind, look_at, &n);
    assert_true(n > 1500);
    char found[PHRASE_SIZE];
    assert_string_equal(phrases_find(" the captions say ", "en", PHRASE_LEAK, found), "caption");
    assert_null(phrases_find(" the texture ", "en", PHRASE_LEAK, found));
    assert_int_equal(phrases_count(" it may or may not ", "en", PHRASE_HEDGE), 2);
    assert_true(phrases_is("pneumonitis", 11, "en", PHRASE_TERM));
    assert_false(phrases_is("pneumonia", 9, "en", PHRASE_TERM));
    char unit[16];
    assert_true(phrases_unit("Stunden", 7, unit));
    assert_string_equal(unit, "h");
    assert_false(phrases_unit("Stun", 4, unit));
}

static void test_fold(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", " "},
                                           {"?!", " "},
                                           {"The  DOSE, 0.5", " the dose 0 5 "},
                                           {"图1显示 IL-6", " 图 1 显 示 il 6 "},
                                           {"Größe", " grösse "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(check_fold(cases[i][0], &arena), cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leak),     cmocka_unit_test(test_refusal_and_advice),
        cmocka_unit_test(test_hedging),  cmocka_unit_test(test_terms),
        cmocka_unit_test(test_panels),   cmocka_unit_test(test_language),
        cmocka_unit_test(test_question), cmocka_unit_test(test_units),
        cmocka_unit_test(test_grounded), cmocka_unit_test(test_near_duplicate),
        cmocka_unit_test(test_phrases),  cmocka_unit_test(test_fold),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

/* test_check.c: every check with candidates that pass and candidates that fail, the number rule, and the replies. */
#include "pairs/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "pairs/facts.h"
#include "pairs/mend.h"
#include "pairs/reply.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

typedef bool check_fn(const struct candidate *c, struct str *why);

static const char blot[] =
    "(A) Western blot of p53 and IL-6 in HaCaT cells at 2, 6 and 24 h after 0.2 Gy. (B) Bars, red: "
    "control. Mean ± SEM of three experiments, n = 1,200 cells; p < 0.05, 37.5 °C, 10⁵ cells/ml.";

static struct check_source source_of(const char *caption, size_t panels)
{
    struct check_source source;
    const char *texts[] = {caption, "The signal was 12,5 % higher in 1 500 patients (5 mg)."};
    check_source_make(texts, 2, panels, &arena, &source);
    return source;
}

/* Folds what check_run folds, and runs one check. */
static bool passes(check_fn *check, struct candidate c)
{
    struct str why = STR_INIT(400);
    struct check_source source = source_of(blot, 0);
    c.source = c.source ? c.source : &source;
    c.question = c.question ? c.question : "";
    c.answer = c.answer ? c.answer : "";
    c.folded_question = check_fold(c.question, &arena);
    c.folded_answer = check_fold(c.answer, &arena);
    numbers_read(c.answer, &arena, &c.numbers);
    bool passed = check(&c, &why);
    /* Who fails is told why. */
    assert_true(passed == (why.len == 0));
    str_release(&why);
    return passed;
}

struct answer_case {
    const char *answer;
    bool passes;
};

static void run_cases(check_fn *check, enum pair_kind kind, const struct answer_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct candidate c = {.kind = kind, .answer = cases[i].answer};
        if (passes(check, c) != cases[i].passes)
            fail_msg("should %s: %s", cases[i].passes ? "pass" : "fail", cases[i].answer);
    }
}
#define RUN(check, kind, cases) run_cases(check, kind, cases, sizeof cases / sizeof *cases)

static void test_numbers(void **state)
{
    static const struct answer_case cases[] = {
        {"No number at all.", true},
        {"Cells at 2, 6 and 24 h after 0.2 Gy.", true},
        {"Cells at 2 h, at 6 h, and at 24 h; 0.20 Gy and .2 Gy.", true},
        {"Cells at 48 h.", false},
        {"After 0.3 Gy.", false},
        {"A dose of 20 cGy.", false}, /* nothing is converted */
        {"The p53 signal and IL6, or IL 6.", true},
        {"The p21 signal.", false},
        {"The IL-8 signal.", false},
        {"A 3D view.", false},
        {"There were 1200 or 1,200 cells.", true},
        {"Of 1500 patients, or of 1,500.", true},
        {"It was 12.5 % or 12.5 percent.", true},
        {"It was 12.4 %.", false},
        {"At 37.5 °C with 10^5 cells.", true},
        {"With 10^6 cells.", false},
        {"An area of 2 cm².", true},
        {"p < 0.05 and P<.05", true},
        {"p < 0.01", false},
        {"The two panels, panel 2 and both images, one by one.", true},
        {"Three experiments were made.", true},
        {"Four experiments were made.", false},
        {"One can see two groups, a main one and another.", true},
        {"There are five panels.", true}, /* not more than the longest list has members */
        {"There are nine panels.", false},
        {"There were two patients.", true}, /* 2 is there, as a number */
        {"It took five weeks.", true},      /* 5 is there; its unit is the units check's matter */
        {"It took nine weeks.", false},
        {"It was twice as high, a twofold rise.", true},
        {"It tripled.", true},
        {"It was a fourfold rise.", false},
        {"It was half of that.", false},
        {"In 2019 it rose.", false},
    };
    RUN(check_numbers, PAIR_DETAILED_DESCRIPTION, cases);
}

static void test_numbers_of_other_writing(void **state)
{
    struct check_source source =
        source_of("0，5 Gy、2時間、１２例; 1.234 Zellen; 0·7 mg; 3 × 10³; IFN-γ2; −4 °C; 2–6 h; 1 000 000", 0);
    static const struct {
        const char *answer;
        bool passes;
    } cases[] = {{"A dose of 0.5 Gy after 2 hours in 12 cases.", true},
                 {"There are 1234 cells and 0.7 mg.", true},
                 {"A number of 3 × 10^3 and 3x10^3.", true},
                 {"At -4 °C for 2-6 h, or 2 to 6 h.", true},
                 {"A million is 1,000,000.", true},
                 {"A dose of 5 Gy.", true}, /* "0,5" may be a list; and "5 mg" stands in the mention */
                 {"A dose of 13 Gy.", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate c = {.answer = cases[i].answer, .source = &source};
        if (passes(check_numbers, c) != cases[i].passes)
            fail_msg("should %s: %s", cases[i].passes ? "pass" : "fail", cases[i].answer);
    }
}

static void test_counts_follow_the_panels(void **state)
{
    struct check_source source = source_of("Axial views.", 6);
    struct candidate six = {.answer = "Six panels and 6 images.", .source = &source};
    struct candidate seven = {.answer = "Seven panels.", .source = &source};
    struct candidate people = {.answer = "Six patients.", .source = &source};
    assert_true(passes(check_numbers, six));
    assert_false(passes(check_numbers, seven));
    assert_false(passes(check_numbers, people));
}

static void test_units(void **state)
{
    static const struct answer_case cases[] = {
        {"After 0.2 Gy, at 2 h and 6 hours and 24 hr.", true},
        {"After 0.2 mg.", false},
        {"At 24 days.", false},
        {"At 24-hour steps.", true},
        {"It was 12.5 percent.", true},
        {"It was 24 Gy.", false},
        {"It took six weeks.", false},
        {"In 3 experiments.", true},
        {"At 37.5 degC and 37.5 °C.", true},
        {"At 99 Gy.", true}, /* check_numbers says that */
    };
    RUN(check_units, PAIR_DETAILED_DESCRIPTION, cases);
}

static void test_number_readings(void **state)
{
    static const struct {
        const char *text, *value, *other, *unit;
    } cases[] = {{"0.50", "0.5", "", NULL},
                 {"1,234", "1234", "1.234", NULL},
                 {"1.234", "1.234", "1234", NULL},
                 {"0,5", "0.5", "", NULL},
                 {"12,5 %", "12.5", "", "%"},
                 {"1.234,5", "1234.5", "", NULL},
                 {"1,234,567", "1234567", "", NULL},
                 {"007", "7", "", NULL},
                 {"5-fold", "5", "", "fold"},
                 {"24h", "24", "", "h"},
                 {"2 per cent", "2", "", "%"},
                 {"1'000", "1000", "", NULL},
                 {"3 μm", "3", "", "um"},
                 {"500 mGy/min", "500", "", "mGy"},
                 {"six weeks", "6", "", "week"},
                 {"tenfold", "10", "", "fold"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct numbers n;
        numbers_read(cases[i].text, &arena, &n);
        if (n.n == 0)
            fail_msg("no number in %s", cases[i].text);
        const struct number *last = &n.list[n.n - 1];
        assert_string_equal(last->value, cases[i].value);
        assert_string_equal(last->other, cases[i].other);
        assert_true(str_same(last->unit, cases[i].unit));
    }
}

static void test_leak(void **state)
{
    static const struct answer_case cases[] = {
        {"The figure shows bands in the context of radiation.", true},
        {"The caption says so.", false},
        {"As the captions say.", false},
        {"According to the text, it rose.", false},
        {"According to the article it rose.", false},
        {"This is seen in Figure 3.", false},
        {"This is seen in Fig. S2b.", false},
        {"The curve in Abb. 1 falls.", false},
        {"Figure A has three bands.", true},
        {"The figure has 3 bands.", true},
        {"It is mentioned in the study.", false},
        {"The authors found it.", false},
        {"The provided facts are these.", false},
        {"Textures differ between tissues.", true},
    };
    RUN(check_leak, PAIR_DETAILED_DESCRIPTION, cases);
    struct candidate question = {.own_question = true, .question = "Why does the text say so?", .answer = "It rose."};
    assert_false(passes(check_leak, question));
    question.own_question = false;
    assert_true(passes(check_leak, question));
}

static void test_refusal(void **state)
{
    static const struct answer_case cases[] = {
        {"I'm sorry, but I can't do that.", false},  {"As an AI language model I see nothing.", false},
        {"I cannot see the image.", false},          {"The exact values are not provided.", false},
        {"A single patient cannot prove it.", true}, {"The difference cannot be explained by loading.", true},
    };
    RUN(check_refusal, PAIR_COMPLEX_REASONING, cases);
}

static void test_advice(void **state)
{
    static const struct answer_case cases[] = {
        {"You should consult your doctor.", false},
        {"Patients should take 5 mg daily.", false},
        {"It is recommended that patients rest.", false},
        {"The patient was treated with 0.5 Gy.", true},
        {"The control should be the same in every lane.", true},
    };
    RUN(check_advice, PAIR_COMPLEX_REASONING, cases);
}

static void test_tokens(void **state)
{
    static const struct answer_case cases[] = {
        {"The <image> shows bands.", false},   {"Bands.<|im_end|>", false},          {"**Bands** are seen.", false},
        {"See https://example.org/x.", false}, {"User: what is it?", false},         {"```json", false},
        {"First line\nsecond line", false},    {"Values < 5 and > 3 differ.", true},
    };
    RUN(check_tokens, PAIR_ALIGNMENT, cases);
    struct candidate question = {.question = "What is <video>?", .answer = "Bands."};
    assert_false(passes(check_tokens, question));
}

static void test_language(void **state)
{
    static const struct answer_case cases[] = {
        {"The figure shows the bands of the protein in the cells.", true},
        {"La figura muestra las bandas de la proteína en las células.", false},
        {"图中显示了蛋白质条带。", false},
        {"The figure shows the survival of the cells before照射.", false},
        {"The figure shows β-actin and γ-H2AX in the cells of the group.", true},
        {"На рисунке показаны полосы белка.", false},
    };
    RUN(check_language, PAIR_COMPLEX_REASONING, cases);
    struct candidate question = {.own_question = true,
                                 .question = "¿Por qué muestra la figura dos bandas?",
                                 .answer = "The figure shows the bands of the protein."};
    assert_false(passes(check_language, question));
    /* Terse captions are English all the same. */
    struct candidate caption = {.kind = PAIR_ALIGNMENT, .answer = "Axial CT scan of right lung"};
    assert_true(passes(check_language, caption));
}

static void test_question(void **state)
{
    static const struct answer_case cases[] = {
        {"Why does the blot show a second protein?", true},
        {"How do the two images support the conclusion?", true},
        {"Why not?", false},
        {"Why does the blot show a second protein", false},
        {"Why is it so? And how does it come?", false},
        {"What does the figure show?", false},
        {"How many bands are there in the blot?", false},
        {"The blot shows a second protein.", false},
        {"Why is the value 5 % higher in the irradiated group?", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate c = {.kind = PAIR_COMPLEX_REASONING, .own_question = true, .question = cases[i].answer};
        if (passes(check_question, c) != cases[i].passes)
            fail_msg("should %s: %s", cases[i].passes ? "pass" : "fail", cases[i].answer);
    }
}

static void test_length(void **state)
{
    static const struct answer_case cases[] = {{"Two bands are seen.", false}, {"Two bands are seen here.", true}};
    RUN(check_length, PAIR_ALIGNMENT, cases);
    struct str text = STR_INIT(10000);
    for (int i = 0; i < 60; i++)
        str_add(&text, "word ");
    struct candidate c = {.kind = PAIR_DETAILED_DESCRIPTION, .answer = text.data, .words = 110};
    assert_true(passes(check_length, c));
    c.words = 400;
    assert_false(passes(check_length, c));
    c.words = 40;
    assert_true(passes(check_length, c));
    str_add(&text,
            "word word word word word word word word word word word word word word word word word word word word "
            "word");
    assert_false(passes(check_length, c));
    c.words = 110;
    for (int i = 0; i < 200; i++)
        str_add(&text, "word ");
    c.answer = text.data;
    assert_false(passes(check_length, c));
    c.answer = "Too short for a description.";
    assert_false(passes(check_length, c));
    str_release(&text);
}

static void test_repeated(void **state)
{
    static const struct answer_case cases[] = {
        {"The signal is high. The control is low. It is a blot.", true},
        {"The signal is high. The control is low. The signal is high.", false},
        {"The lung is on the left and the lung is on the left and the lung is on the left and the lung is on the left.",
         false},
        {"", true},
    };
    RUN(check_repeated, PAIR_DETAILED_DESCRIPTION, cases);
}

static void test_shot(void **state)
{
    struct prompt p = {.name = "x", .n_shots = 1};
    p.shots[0].user = "Weight of rats on a control diet or a high-fat diet.";
    p.shots[0].assistant = "{\"answer\": \"The chart compares the weight of rats on two diets over time.\"}";
    struct candidate taken = {.answer = "It compares the weight of rats on two diets.", .prompt = &p};
    struct candidate own = {.answer = "The blot compares the amount of p53 at three times.", .prompt = &p};
    struct candidate about = {.answer = "The bars stand for the rats on each diet at 2 h.", .prompt = &p};
    struct candidate none = {.answer = "It compares the weight of rats on two diets."};
    assert_false(passes(check_shot, taken));
    assert_true(passes(check_shot, own));
    assert_false(passes(check_shot, about));
    assert_true(passes(check_shot, none));
}

static void test_copied(void **state)
{
    struct candidate c = {.kind = PAIR_COMPLEX_REASONING,
                          .answer = "Western blot of p53 and IL-6 in HaCaT cells at 2, 6 and 24 h after 0.2 Gy."};
    assert_false(passes(check_copied, c));
    c.kind = PAIR_DETAILED_DESCRIPTION;
    assert_false(passes(check_copied, c));
    c.answer =
        "The figure is a western blot that follows p53 and IL-6 in HaCaT cells, which were irradiated with 0.2 Gy "
        "and looked at after 2, 6 and 24 h.";
    assert_true(passes(check_copied, c));
    c.kind = PAIR_COMPLEX_REASONING;
    assert_true(passes(check_copied, c));
}

static void test_grounded(void **state)
{
    static const struct answer_case cases[] = {
        {"The western blot follows the signal of HaCaT cells beside a control.", true},
        {"The map shows villages along the river where farmers grow maize and beans.", false},
        {"It is so.", true}, /* nothing to hold against the source */
    };
    RUN(check_grounded, PAIR_DETAILED_DESCRIPTION, cases);
}

static void test_panels(void **state)
{
    static const struct answer_case cases[] = {
        {"Panel A is a blot, panel B a chart.", true},
        {"Panels A and B belong together.", true},
        {"Panel C is a chart.", false},
        {"Panels A, B and C are charts.", false},
        {"In the image a blot is seen.", true},
        {"The panel is a blot.", true},
    };
    RUN(check_panels, PAIR_DETAILED_DESCRIPTION, cases);
    static const struct {
        const char *caption, *answer;
        bool passes;
    } more[] = {{"Chest radiograph of a man.", "Panel A is a radiograph.", false},
                {"(A–D) Views of the hip.", "Panel C is a view.", true},
                {"(a) Hip. (b) Knee.", "Panel A is the hip.", true},
                {"a, Hip; b, knee.", "Panel A is the hip.", true},
                {"Vitamin C levels.", "Panel D has levels.", false}};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct check_source source = source_of(more[i].caption, 0);
        struct candidate c = {.answer = more[i].answer, .source = &source};
        if (passes(check_panels, c) != more[i].passes)
            fail_msg("should %s: %s", more[i].passes ? "pass" : "fail", more[i].answer);
    }
    struct check_source source = source_of("Views of the hip.", 3);
    struct candidate known = {.answer = "Panel C is a view.", .source = &source};
    assert_true(passes(check_panels, known));
}

static void test_colours(void **state)
{
    static const struct answer_case cases[] = {
        {"The red bars are controls.", true},
        {"The blue bars are controls.", false},
        {"The signal is reduced.", true},
        {"Arrows mark the bands.", false},
    };
    RUN(check_colours, PAIR_DETAILED_DESCRIPTION, cases);
}

static void test_significance(void **state)
{
    static const struct answer_case cases[] = {{"The difference is significant.", true}, {"It is higher.", true}};
    RUN(check_significance, PAIR_DETAILED_DESCRIPTION, cases);
    struct check_source source;
    const char *text = "Axial view.";
    check_source_make(&text, 1, 0, &arena, &source);
    struct candidate c = {.answer = "It is significantly higher.", .source = &source};
    assert_false(passes(check_significance, c));
}

static void test_duplicate(void **state)
{
    struct candidate earlier = {.kind = PAIR_COMPLEX_REASONING, .own_question = true};
    earlier.folded_question = check_fold("Why are there two bands?", &arena);
    earlier.folded_answer = check_fold("The second band shows that every lane was loaded alike.", &arena);
    struct candidate same_question = {.kind = PAIR_COMPLEX_REASONING,
                                      .own_question = true,
                                      .question = "Why are there two bands?",
                                      .answer = "One is the control of the other.",
                                      .earlier = &earlier,
                                      .n_earlier = 1};
    struct candidate same_answer = same_question, other = same_question;
    same_answer.question = "How was the loading checked?";
    same_answer.answer = "The second band shows that every lane was loaded the same.";
    other.question = "How was the loading checked?";
    assert_false(passes(check_duplicate, same_question));
    assert_false(passes(check_duplicate, same_answer));
    assert_true(passes(check_duplicate, other));
}

static void test_schema_and_finish(void **state)
{
    struct candidate broken = {.broken = "the reply is no JSON object"}, cut = {.cut = true}, fine = {.answer = "x"};
    assert_false(passes(check_schema, broken));
    assert_true(passes(check_schema, fine));
    assert_false(passes(check_finish, cut));
    assert_true(passes(check_finish, fine));
}

static void test_run_reports_every_outcome(void **state)
{
    struct check_source source = source_of(blot, 0);
    struct candidate c = {.kind = PAIR_DETAILED_DESCRIPTION,
                          .question = "What is it?",
                          .source = &source,
                          .words = 110,
                          .answer = "The caption speaks of 48 h."};
    const char *json, *failed, *why;
    check_run(&c, &arena, &json, &failed, &why);
    assert_string_equal(failed, "leak");
    assert_non_null(strstr(why, "caption"));
    assert_non_null(strstr(json, "\"schema\":\"pass\""));
    assert_non_null(strstr(json, "\"numbers\":\"'48' is not among the facts\""));
    assert_null(strstr(json, "\"question\""));
    struct candidate caption = {.kind = PAIR_ALIGNMENT, .question = "What is it?", .source = &source, .answer = blot};
    check_run(&caption, &arena, &json, &failed, &why);
    assert_null(failed);
    assert_string_equal(json, "{\"tokens\":\"pass\",\"language\":\"pass\",\"length\":\"pass\"}");
    struct candidate broken = {.kind = PAIR_COMPLEX_REASONING, .broken = "no JSON", .source = &source};
    check_run(&broken, &arena, &json, &failed, &why);
    assert_string_equal(failed, "schema");
    assert_string_equal(json, "{\"finish\":\"pass\",\"schema\":\"no JSON\"}");
}

static void test_reply(void **state)
{
    static const char schema[] = "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},"
                                 "\"answer\":{\"type\":\"string\"}},\"required\":[\"question\",\"answer\"]}";
    static const struct {
        const char *content;
        bool fine;
    } cases[] = {{"{\"question\":\"Why?\",\"answer\":\" Because\\nof it. \"}", true},
                 {"{\"answer\":\"Because.\",\"question\":\"Why?\"}", true},
                 {"{\"question\":\"Why?\"}", false},
                 {"{\"question\":\"Why?\",\"answer\":5}", false},
                 {"{\"question\":\"Why?\",\"answer\":\"\"}", false},
                 {"{\"question\":\"Why?\",\"answer\":\"a\",\"answer\":\"b\"}", false},
                 {"{\"question\":\"Why?\",\"answer\":\"a\",\"score\":\"b\"}", false},
                 {"[\"Why?\",\"Because.\"]", false},
                 {"Sure! Here is the answer.", false},
                 {"{\"question\":\"Why?\",\"answer\":\"Bec", false},
                 {"", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply r;
        struct err e = {0};
        if (reply_read(cases[i].content, schema, &arena, &r, &e) != cases[i].fine)
            fail_msg("should %s: %s", cases[i].fine ? "be read" : "be refused", cases[i].content);
        assert_int_equal(e.kind, cases[i].fine ? ERR_NONE : ERR_FORMAT);
    }
    struct reply r;
    assert_true(reply_read(cases[0].content, schema, &arena, &r, NULL));
    assert_string_equal(r.answer, "Because of it.");
}

static void test_mend(void **state)
{
    static const char *const cut[][2] = {
        {"{\"answer\": \"It rises. It falls. Then", "{\"answer\": \"It rises. It falls.\"}"},
        {"{\"question\": \"Why?\", \"answer\": \"It \\\"rises\\\". 0.5 Gy",
         "{\"question\": \"Why?\", \"answer\": \"It \\\"rises\\\".\"}"},
        {"{\"answer\": \"It rises", NULL},
        {"{\"answer\": \"It rises. It falls.\", \"mo", NULL},
        {"{\"answer\": \"It rises. It falls.\"", NULL},
        {"", NULL}};
    static const char *const loops[][2] = {
        {"The signal is high. The control is low.", "The signal is high. The control is low."},
        {"The signal is high. The control is low. The signal is high. It is a blot.",
         "The signal is high. The control is low."},
        {"The blue line shows that the dose had an effect. The red line is flat. While the red line is flat, the blue line "
         "shows that the dose had an effect.",
         "The blue line shows that the dose had an effect. The red line is flat."},
        {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        const char *mended = mend_cut(cut[i][0], &arena);
        if (cut[i][1])
            assert_string_equal(mended, cut[i][1]);
        else
            assert_null(mended);
    }
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        assert_string_equal(mend_loop(loops[i][0], &arena), loops[i][1]);
}

static void test_facts(void **state)
{
    static const char *const captions[][2] = {{"Figure 1. Western blot.", "Western blot."},
                                              {"Fig. S2b: Western blot.", "Western blot."},
                                              {"FIGURE 3 – Western blot.", "Western blot."},
                                              {"Figure 1 Western blot.", "Western blot."},
                                              {"Figure 1 shows a blot.", "Figure 1 shows a blot."},
                                              {"Western  blot\n(A).", "Western blot (A)."},
                                              {"Figuration 1. A", "Figuration 1. A"}};
    static const char *const sentences[][2] = {
        {"The signal peaked at 6 h (Figure 3B).", "The signal peaked at 6 h."},
        {"As shown in Figs. 2A, it rose [12, 13].", "As shown in the figure, it rose."},
        {"Figure 4 shows doses (0.5 Gy).", "The figure shows doses (0.5 Gy)."},
        {"Configuration 4 was used (see Table 2).", "Configuration 4 was used."}};
    for (size_t i = 0; i < sizeof captions / sizeof *captions; i++) {
        struct str out = STR_INIT(1000);
        facts_caption(captions[i][0], &out);
        assert_string_equal(out.data, captions[i][1]);
        str_release(&out);
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        struct str out = STR_INIT(1000);
        facts_sentence(sentences[i][0], &out);
        assert_string_equal(out.data, sentences[i][1]);
        str_release(&out);
    }
    struct str text = STR_INIT(1000);
    str_add(&text, "One sentence is here. Another follows it.");
    facts_cut(&text, 30);
    assert_string_equal(text.data, "One sentence is here.");
    facts_cut(&text, 8);
    assert_string_equal(text.data, "One");
    str_clear(&text);
    str_add(&text, "ßßßß");
    facts_cut(&text, 3);
    assert_true(text_is_utf8(text.data, text.len));
    str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_of_other_writing),
        cmocka_unit_test(test_counts_follow_the_panels),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_number_readings),
        cmocka_unit_test(test_leak),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_shot),
        cmocka_unit_test(test_copied),
        cmocka_unit_test(test_grounded),
        cmocka_unit_test(test_panels),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_significance),
        cmocka_unit_test(test_duplicate),
        cmocka_unit_test(test_schema_and_finish),
        cmocka_unit_test(test_run_reports_every_outcome),
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_mend),
        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

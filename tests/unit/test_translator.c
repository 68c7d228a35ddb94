/* test_translator.c: the translator with a backend made for it, the memory, the pieces, and which backend is chosen. */
#include "translate/translator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "db/translation_memory.h"
#include "tests/unit/sample_corpus.h"
#include "translate/choice.h"
#include "translate/pieces.h"

static struct db db;
static char folder[64];
static struct arena arena;

/* The backend: says what the test lays down, by the text as it arrives and the attempt; all it was asked is noted. */

static const struct answer {
    const char *text;
    int attempt; /* -1: any */
    const char *translation, *why;
} * answers;
static struct str asked = STR_INIT(1 << 16);
static enum err_kind breaks; /* what translate fails with */
static size_t requests, examples;

static bool fake_translate(void *opened, struct backend_request *r, struct arena *a, struct err *e)
{
    (void)opened;
    (void)a;
    requests++;
    examples = r->n_examples;
    if (breaks != ERR_NONE)
        return err_set(e, breaks, "broken");
    for (size_t i = 0; i < r->n; i++) {
        struct backend_text *t = &r->texts[i];
        str_addf(&asked, "%s|", t->text);
        for (const struct answer *k = answers; k->text && !t->translation && !t->why; k++)
            if (strcmp(k->text, t->text) == 0 && (k->attempt < 0 || k->attempt == t->attempt)) {
                t->translation = k->translation;
                t->why = k->why;
            }
    }
    return true;
}

static struct backend fake = {.name = "model", .advice = true, .protect = PROTECT_ALL, .translate = fake_translate};

static int begin(void **state)
{
    (void)state;
    sample_corpus_open(&db, folder);
    sample_sql(&db, "INSERT INTO article (article_id, key, source, added) VALUES (1, 'a', 'import', 0)");
    breaks = ERR_NONE;
    requests = 0;
    fake.advice = true;
    str_clear(&asked);
    return 0;
}

static int end(void **state)
{
    (void)state;
    db_close(&db);
    sample_corpus_remove(&db, folder);
    arena_release(&arena);
    return 0;
}

static struct translator translator(void)
{
    return (struct translator){
        .backend = &fake, .settings = "s", .db = &db, .article_id = 1, .target = "en", .attempts = 1, .back = -1};
}

static bool run(const struct translator *t, struct translator_text *texts, size_t n)
{
    struct err e = {0};
    return translator_run(t, "es", "m", texts, n, &arena, &e);
}

static const char source[] = "La dosis fue de 1,5 Gy en los 12 pacientes de ambos grupos.";
static const char masked[] = "La dosis fue de [1] en los [2] pacientes de ambos grupos.";
static const char good[] = "The dose was [1] in the [2] patients of both groups.";
static const char whole[] = "The dose was 1.5 Gy in the 12 patients of both groups.";

static void once_and_never_again(void **state)
{
    static const struct answer known[] = {{masked, 0, good, NULL}, {NULL}};
    struct translator t = translator();
    struct translator_text texts[] = {{.text = source},
                                      {.text = "La  dosis fue de 1,5 Gy en los 12 pacientes de ambos grupos."}};
    (void)state;
    answers = known;
    assert_true(run(&t, texts, 2));
    assert_string_equal(texts[0].translation, whole);
    assert_string_equal(texts[1].translation, whole);
    assert_null(checks_first(&texts[0].checks));
    assert_false(texts[0].remembered);
    assert_int_equal(requests, 1);
    /* The same text, but for its blanks, was asked for once. */
    assert_string_equal(asked.data, "La dosis fue de [1] en los [2] pacientes de ambos grupos.|");
    assert_true(run(&t, texts, 2));
    assert_int_equal(requests, 1);
    assert_true(texts[0].remembered);
    assert_string_equal(texts[0].translation, whole);
    /* Other settings know nothing of it. */
    t.settings = "other";
    assert_true(run(&t, texts, 1));
    assert_int_equal(requests, 2);
}

static void a_failure_is_named_and_asked_for_again(void **state)
{
    static const struct answer known[] = {
        {masked, 0, "La dosis fue de [1] en los [2] pacientes de ambos grupos.", NULL},
        {masked, 1, good, NULL},
        {NULL}};
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    answers = known;
    assert_true(run(&t, &text, 1));
    assert_int_equal(requests, 2);
    assert_string_equal(text.translation, whole);
    assert_null(checks_first(&text.checks));
}

static void the_least_bad_answer_stays(void **state)
{
    static const struct answer known[] = {{masked, 0, "The dose was [1] in the [2] patients.", NULL},
                                          {masked, 1, "I'm sorry, [1] and [2].", NULL},
                                          {NULL}};
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    answers = known;
    fake.advice = true;
    t.attempts = 1;
    assert_true(run(&t, &text, 1));
    if (checks_first(&text.checks)) {
        assert_int_equal(requests, 2);
        assert_string_equal(text.translation, "The dose was 1.5 Gy in the 12 patients.");
    }
    /* It is not asked for again by another run; with one attempt more it is. */
    size_t before = requests;
    assert_true(run(&t, &text, 1));
    assert_int_equal(requests, before);
}

static void lost_placeholders_go_without_protection(void **state)
{
    static const struct answer known[] = {
        {masked, 0, "The dose was in the [2] patients of both groups.", NULL}, {source, 1, whole, NULL}, {NULL}};
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    answers = known;
    fake.advice = false;
    assert_true(run(&t, &text, 1));
    assert_string_equal(asked.data, "La dosis fue de [1] en los [2] pacientes de ambos grupos.|"
                                    "La dosis fue de 1,5 Gy en los 12 pacientes de ambos grupos.|");
    assert_string_equal(text.translation, whole);
    assert_null(checks_first(&text.checks));
}

static void no_answer_is_an_outcome(void **state)
{
    static const struct answer known[] = {{masked, -1, NULL, "too long for the model"}, {NULL}};
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    answers = known;
    fake.advice = false;
    assert_true(run(&t, &text, 1));
    assert_string_equal(text.translation, "");
    assert_string_equal(checks_first(&text.checks), "reply");
    assert_string_equal(text.checks.failed[CHECK_REPLY], "too long for the model");
    assert_int_equal(requests, 1);
    assert_true(run(&t, &text, 1));
    assert_int_equal(requests, 1);
    assert_string_equal(checks_first(&text.checks), "reply");
}

static void what_stops_the_item_is_no_answer(void **state)
{
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    breaks = ERR_TEMPORARY;
    assert_false(run(&t, &text, 1));
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM translation_memory"), 0);
}

static void back_translations(void **state)
{
    static const struct answer known[] = {{masked, 0, good, NULL},
                                          {whole, 0, "Los gatos duermen.", NULL}, /* the way back of the first try */
                                          {masked, 1, "The dose was [1] in [2] patients of the two groups.", NULL},
                                          {"The dose was 1.5 Gy in 12 patients of the two groups.", 0,
                                           "La dosis fue de 1,5 Gy en 12 pacientes de los dos grupos.", NULL},
                                          {NULL}};
    struct translator t = translator();
    struct translator_text text = {.text = source};
    (void)state;
    answers = known;
    t.back = 0.5;
    assert_true(run(&t, &text, 1));
    assert_string_equal(text.translation, "The dose was 1.5 Gy in 12 patients of the two groups.");
    assert_null(checks_first(&text.checks));
    assert_true(text.checks.back > 0.5);
    size_t before = requests;
    assert_true(run(&t, &text, 1));
    assert_int_equal(requests, before);
    assert_true(text.checks.back > 0.5);
    /* A stricter threshold judges what is remembered. */
    t.back = 0.99;
    t.attempts = 0;
    assert_true(run(&t, &text, 1));
    assert_string_equal(checks_first(&text.checks), "back");
}

static void later_texts_see_earlier_ones(void **state)
{
    static const char *const things[][2] = {
        {"dosis", "dose"}, {"piel", "skin"}, {"sangre", "blood"},  {"hueso", "bone"}, {"rodilla", "knee"},
        {"cadera", "hip"}, {"mano", "hand"}, {"tejido", "tissue"}, {"dolor", "pain"}, {"tiempo", "time"}};
    struct answer known[21] = {0};
    struct translator_text texts[20] = {0};
    struct translator t = translator();
    (void)state;
    for (int i = 0; i < 20; i++) {
        texts[i] = (struct translator_text){.text = arena_printf(&arena, "Curva de los pacientes tratados%s con %s",
                                                                 i < 10 ? "" : " otra vez", things[i % 10][0])};
        known[i] = (struct answer){texts[i].text, -1,
                                   arena_printf(&arena, "Curve of the treated patients%s with the %s",
                                                i < 10 ? "" : " once more", things[i % 10][1]),
                                   NULL};
    }
    answers = known;
    assert_true(run(&t, texts, 1));
    assert_int_equal(examples, 0);
    assert_true(run(&t, texts, 20));
    /* The one that is remembered is shown; sixteen at most at once. */
    assert_int_equal(requests, 3);
    assert_true(examples > 1);
}

static void pieces(void **state)
{
    struct pieces p;
    (void)state;
    pieces_cut("One. Two.", "en", 100, &arena, &p);
    assert_int_equal(p.n, 1);
    assert_string_equal(p.items[0], "One. Two.");
    pieces_cut("First one here. Second one here. Third.", "en", 20, &arena, &p);
    assert_int_equal(p.n, 3);
    assert_string_equal(p.items[1], "Second one here.");
    pieces_cut("abcdefghij klmnopqrst uvwxyz", "en", 12, &arena, &p);
    assert_string_equal(p.items[0], "abcdefghij");
    pieces_cut("一二三四五六七八", "zh", 3, &arena, &p);
    assert_int_equal(p.n, 3);
    assert_string_equal(p.items[2], "七八");
    pieces_cut("", "en", 3, &arena, &p);
    assert_int_equal(p.n, 0);
}

static void memory_keys(void **state)
{
    char a[SHA256_SIZE], b[SHA256_SIZE];
    struct translation_memory m = {.source_language = "es", .target_language = "en", .method = "model", .model = "m"};
    static const char *const same[][2] = {{"a b", " a\n b "}, {"１ Gy", "1 Gy"}, {"1–2", "1-2"}, {"“a”", "\"a\""}};
    static const char *const other[][2] = {{"A b", "a b"}, {"1 Gy", "2 Gy"}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        m.source_text = same[i][0];
        translation_memory_key(&m, "s", a);
        m.source_text = same[i][1];
        translation_memory_key(&m, "s", b);
        assert_string_equal(a, b);
    }
    for (size_t i = 0; i < 2; i++) {
        m.source_text = other[i][0];
        translation_memory_key(&m, "s", a);
        m.source_text = other[i][1];
        translation_memory_key(&m, "s", b);
        assert_string_not_equal(a, b);
    }
    translation_memory_key(&m, "t", a);
    assert_string_not_equal(a, b);
}

/* Choosing, with backends that are there or not. */

static const char *identity(const void *found, const char *from, const char *to)
{
    (void)from;
    (void)to;
    return found;
}

static const char *settings(const void *found)
{
    (void)found;
    return "";
}

static bool can_all(const void *found, const char *from, const char *to)
{
    (void)found;
    (void)to;
    return strcmp(from, "xx") != 0;
}

static bool can_spanish(const void *found, const char *from, const char *to)
{
    (void)found;
    return strcmp(from, "es") == 0 && strcmp(to, "en") == 0;
}

static void choosing(void **state)
{
    static const struct backend model = {.name = "model", .identity = identity, .settings = settings, .can = can_all};
    static const struct backend apertium = {
        .name = "apertium", .identity = identity, .settings = settings, .can = can_spanish};
    char m[] = "m", a[] = "a", other[] = "other";
    struct choice c = {.backends = {{&apertium, a, {0}}, {&model, m, {0}}},
                       .n = 2,
                       .automatic = true,
                       .target = "en",
                       .shape = "",
                       .effort = ""};
    struct str spanish = STR_INIT(200), german = STR_INIT(200), none = STR_INIT(200);
    (void)state;
    assert_int_equal(choice_of(&c, "es"), 0);
    assert_int_equal(choice_of(&c, "de"), 1);
    assert_int_equal(choice_of(&c, "xx"), -1);
    choice_word(&c, "es", &spanish);
    choice_word(&c, "de", &german);
    choice_word(&c, "xx", &none);
    assert_int_equal(strncmp(spanish.data, "es=apertium.", 12), 0);
    assert_string_equal(none.data, "xx=none");
    assert_true(choice_stands(&c, spanish.data, spanish.len));
    assert_true(choice_stands(&c, german.data, german.len));
    assert_true(choice_stands(&c, none.data, none.len));
    /* Another model. */
    c.backends[1].found = other;
    assert_true(choice_stands(&c, spanish.data, spanish.len));
    assert_false(choice_stands(&c, german.data, german.len));
    /* What did it best is not there today: what it did stays, unless the user wants others. */
    c.backends[1].found = m;
    c.backends[0].found = NULL;
    assert_int_equal(choice_of(&c, "es"), 1);
    assert_true(choice_stands(&c, spanish.data, spanish.len));
    c.automatic = false;
    assert_false(choice_stands(&c, spanish.data, spanish.len));
    /* Nothing can do it now. */
    c.backends[1].found = NULL;
    assert_true(choice_stands(&c, german.data, german.len));
    /* What nobody could do is done once somebody can; what a less liked one did is done again by a better. */
    c.backends[0].found = a;
    assert_false(choice_stands(&c, "es=none", 7));
    assert_false(choice_stands(&c, "es=model.00000000", 17));
    str_release(&spanish);
    str_release(&german);
    str_release(&none);
}

static void lists_of_backends(void **state)
{
    struct choice c;
    struct err e;
    (void)state;
    assert_true(choice_read(NULL, &c, &e) && c.automatic && c.n == 3);
    assert_true(choice_read("apertium,model", &c, &e) && !c.automatic && c.n == 2);
    assert_string_equal(c.backends[0].backend->name, "apertium");
    assert_false(choice_read("google", &c, &e));
    assert_non_null(strstr(e.text, "'google' is none of auto, model"));
    assert_false(choice_read("model,model", &c, &e));
    assert_false(choice_read("", &c, &e));
    assert_int_equal(e.kind, ERR_USAGE);
}

#define CORPUS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORPUS_TEST(once_and_never_again),
        CORPUS_TEST(a_failure_is_named_and_asked_for_again),
        CORPUS_TEST(the_least_bad_answer_stays),
        CORPUS_TEST(lost_placeholders_go_without_protection),
        CORPUS_TEST(no_answer_is_an_outcome),
        CORPUS_TEST(what_stops_the_item_is_no_answer),
        CORPUS_TEST(back_translations),
        CORPUS_TEST(later_texts_see_earlier_ones),
        CORPUS_TEST(pieces),
        cmocka_unit_test(memory_keys),
        cmocka_unit_test(choosing),
        cmocka_unit_test(lists_of_backends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

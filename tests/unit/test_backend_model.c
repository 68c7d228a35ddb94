/* test_backend_model.c: the backend `model` against a server that answers as told: what is asked, what becomes of
 * replies of any form, and of errors. */
#include "translate/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "tests/unit/mock_server.h"
#include "tests/unit/sample_corpus.h"

#define MODELS                                                                                                         \
    {                                                                                                                  \
        "/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\"}]}"                                                      \
    }
#define PROPS                                                                                                          \
    {                                                                                                                  \
        "/props", 200, "{\"default_generation_settings\":{\"n_ctx\":4096},\"total_slots\":3}"                          \
    }

static char folder[64];
static struct db db;
static struct arena arena = ARENA_INIT;
static struct mock_server mock;
static void *found, *opened;

static int begin(void **state)
{
    static const char *const variables[] = {"TRANSLATOR_URL", "TRANSLATOR_MODEL", "TRANSLATOR_KEY",
                                            "GENERATOR_URL",  "GENERATOR_MODEL",  "GENERATOR_KEY"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    sample_corpus_open(&db, folder);
    return 0;
}

static int end(void **state)
{
    backend_model.close(opened);
    backend_model.lose(found);
    opened = found = NULL;
    mock_stop(&mock);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
    return 0;
}

static void start(const struct mock_reply *replies, int batch, unsigned generation)
{
    struct err e = {0};
    mock_start(&mock, replies);
    found =
        backend_model.find(&(struct backend_options){.url = mock.url, .batch = batch, .generation = generation}, &e);
    if (!found)
        fail_msg("%s", e.text);
    opened = backend_model.open(found, &db, NULL, &e);
    assert_non_null(opened);
}

/* The server. */

/* The user's turn of a request. */
static char *user_turn(const cJSON *request)
{
    const cJSON *message = cJSON_GetArrayItem(json_member(request, "messages"), 1);
    const char *text = json_text(message, "content");
    return text ? strdup(text) : NULL;
}

/* The texts that a request asks for: the JSON object on the last line of the user's turn. */
static cJSON *texts_of(const char *body)
{
    cJSON *request = json_parse(body, strlen(body), NULL);
    char *user = user_turn(request);
    const char *line = user ? strrchr(user, '\n') : NULL;
    cJSON *texts = line ? json_parse(line + 1, strlen(line + 1), NULL) : NULL;
    free(user);
    cJSON_Delete(request);
    return texts;
}

/* "en: " and the text, for each. */
static char *translations(const char *body)
{
    cJSON *texts = texts_of(body);
    struct str out = STR_INIT(1 << 20), text = STR_INIT(1 << 20);
    const cJSON *member;
    cJSON_ArrayForEach(member, texts)
    {
        str_clear(&text);
        str_addf(&text, "en: %s", cJSON_GetStringValue(member));
        str_addf(&out, "%s\"%s\": ", member->prev->next ? ", " : "{", member->string);
        json_quote(text.data, &out);
    }
    str_add(&out, "}");
    str_release(&text);
    cJSON_Delete(texts);
    return str_detach(&out);
}

static int texts_in(const char *body)
{
    cJSON *texts = texts_of(body);
    int n = cJSON_GetArraySize(texts);
    cJSON_Delete(texts);
    return n;
}

static char *well(const char *body)
{
    char *text = translations(body), *reply = mock_completion(text);
    free(text);
    return reply;
}

static char *fenced(const char *body)
{
    struct str out = STR_INIT(1 << 20);
    char *text = translations(body);
    str_addf(&out, "<think>Two texts. {\"1\":\"no\"}</think>\n```json\n%s\n```\n", text);
    char *reply = mock_completion(out.data);
    str_release(&out);
    free(text);
    return reply;
}

/* What `badly` replies; the server is forked with it. */
static struct {
    const char *content, *finish;
    int least; /* texts of a request before it replies so */
} bad;

static char *badly(const char *body)
{
    return texts_in(body) < bad.least ? well(body) : mock_completion_ended(bad.content, bad.finish);
}

static char *well_but_for_two(const char *body)
{
    return texts_in(body) > 1 ? NULL : well(body);
}

/* Asking. */

static bool ask(struct backend_request *r, struct err *e)
{
    memset(e, 0, sizeof *e);
    if (!r->source)
        r->source = "es";
    r->target = "en";
    return backend_model.translate(opened, r, &arena, e);
}

static void ask_well(struct backend_request *r)
{
    struct err e;
    if (!ask(r, &e))
        fail_msg("%s", e.text);
    for (size_t i = 0; i < r->n; i++) {
        const struct backend_text *t = &r->texts[i];
        assert_true(t->model_call_id > 0);
        if (!t->translation)
            fail_msg("%s: %s", t->text, t->why);
        assert_null(t->why);
        assert_string_equal(t->translation, arena_printf(&arena, "en: %s", t->text));
    }
}

/* The n-th request to the model. */
static cJSON *request(int n)
{
    char *all = mock_request(&mock, "/v1/chat", n);
    assert_non_null(all);
    const char *body = strstr(all, "\r\n\r\n") + 4;
    cJSON *parsed = json_parse(body, strlen(body), NULL);
    assert_non_null(parsed);
    free(all);
    return parsed;
}

static int requests(void)
{
    return mock_count(&mock, "/v1/chat");
}

/* Tests. */

static void test_what_is_found(void **state)
{
    static const struct mock_reply replies[] = {MODELS, PROPS, {0}};
    struct err e = {0};
    start(replies, 0, 0);
    assert_string_equal(backend_model.identity(found, "es", "en"), "mock-model");
    assert_int_equal(backend_model.slots(found), 3);
    assert_true(backend_model.can(found, "ja", "en"));
    assert_false(backend_model.can(found, "en-GB", "en"));
    assert_false(backend_model.can(found, "und", "en"));
    assert_false(backend_model.can(found, "zxx", "en"));
    struct backend_options o = {.url = mock.url, .batch = 7};
    void *other = backend_model.find(&o, &e);
    o.generation = 1;
    void *later = backend_model.find(&o, &e);
    assert_int_equal(strlen(backend_model.settings(found)), 64);
    assert_string_not_equal(backend_model.settings(found), backend_model.settings(other));
    assert_string_equal(backend_model.settings(other), backend_model.settings(later));
    backend_model.lose(later);
    backend_model.lose(other);
    o.url = "http://127.0.0.1:1";
    assert_null(backend_model.find(&o, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "local-model start"));
    setenv("GENERATOR_URL", mock.url, 1);
    o.url = NULL;
    other = backend_model.find(&o, &e);
    assert_non_null(other);
    backend_model.lose(other);
    backend_model.lose(NULL);
    backend_model.close(NULL);
}

static void test_batches(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = well}, {0}};
    struct backend_text texts[] = {
        {"Uno \"dos\""}, {"Figura \\ 2"}, {"[1] tres [12]"}, {"Otra [1]"}, {"Cinco [a] [] [3"}};
    struct backend_request r = {.texts = texts, .n = 5};
    start(replies, 4, 0);
    ask_well(&r);
    assert_int_equal(requests(), 2);
    assert_true(texts[0].model_call_id == texts[3].model_call_id && texts[3].model_call_id < texts[4].model_call_id);
    cJSON *first = request(0), *second = request(1);
    const cJSON *schema = json_member(json_member(json_member(first, "response_format"), "json_schema"), "schema");
    char *text = cJSON_PrintUnformatted(schema);
    assert_string_equal(text, "{\"type\":\"object\",\"properties\":{\"1\":{\"type\":\"string\"},\"2\":{\"type\":"
                              "\"string\"},\"3\":{\"type\":\"string\"},\"4\":{\"type\":\"string\"}},\"required\":"
                              "[\"1\",\"2\",\"3\",\"4\"],\"additionalProperties\":false}");
    free(text);
    assert_true(json_number(first, "temperature", -1) == 0 && json_number(first, "seed", -1) == 1);
    /* The server keeps what all requests begin with. */
    const char *system = json_text(cJSON_GetArrayItem(json_member(first, "messages"), 0), "content");
    assert_string_equal(system, json_text(cJSON_GetArrayItem(json_member(second, "messages"), 0), "content"));
    assert_null(strstr(system, "{{"));
    char *user = user_turn(first);
    assert_non_null(strstr(user, "from Spanish into English"));
    assert_non_null(strstr(user, "placeholder ([1] [12]) into"));
    assert_null(strstr(user, "Terms"));
    assert_null(strstr(user, "rejected"));
    assert_null(strstr(user, "{{"));
    free(user);
    user = user_turn(second);
    assert_null(strstr(user, "placeholder ("));
    free(user);
    cJSON_Delete(first);
    cJSON_Delete(second);
    /* The same again is replayed. */
    ask_well(&r);
    assert_int_equal(requests(), 2);
}

static void test_context_of_the_texts(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = well}, {0}};
    static const char *const accepted[] = {"pain", NULL};
    const struct glossary_term terms[] = {{"dolor", "pain", accepted}, {"dosis", "dose", accepted}};
    struct backend_example examples[5];
    struct backend_text text = {"El dolor"};
    struct backend_request r = {
        .terms = terms, .n_terms = 2, .examples = examples, .n_examples = 5, .texts = &text, .n = 1};
    char long_text[2000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    for (int i = 0; i < 5; i++)
        examples[i] = (struct backend_example){arena_printf(&arena, "Ejemplo %d", i), "Example"};
    examples[1].source = long_text;
    start(replies, 4, 0);
    ask_well(&r);
    cJSON *asked = request(0);
    char *user = user_turn(asked);
    assert_non_null(strstr(user, "dolor = pain; dosis = dose\n"));
    assert_non_null(strstr(user, ":\nEjemplo 0 => Example\nEjemplo 2 => Example\nEjemplo 3 => Example\n"));
    assert_null(strstr(user, "Ejemplo 4"));
    assert_null(strstr(user, "xxx"));
    free(user);
    cJSON_Delete(asked);
}

static void test_rejected_texts_go_alone(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = well}, {0}};
    struct backend_text texts[] = {{"Uno"},
                                   {"Dos"},
                                   {"Tres", .attempt = 1, .earlier = "Thirty", .failure = "numbers: 3 is missing"},
                                   {"Cuatro", .attempt = 2, .failure = "the reply does not end"},
                                   {"Cinco"}};
    struct backend_request r = {.texts = texts, .n = 5};
    start(replies, 8, 0);
    ask_well(&r);
    assert_int_equal(requests(), 4);
    cJSON *third = request(1), *fourth = request(2);
    char *user = user_turn(third);
    assert_non_null(strstr(user, "An earlier translation was: Thirty\n"));
    assert_non_null(strstr(user, "rejected because of: numbers: 3 is missing"));
    free(user);
    user = user_turn(fourth);
    assert_null(strstr(user, "An earlier translation was"));
    assert_non_null(strstr(user, "rejected because of: the reply does not end"));
    free(user);
    assert_true(json_number(third, "temperature", 0) > 0);
    assert_true(json_number(fourth, "temperature", 0) > json_number(third, "temperature", 0));
    assert_true(json_number(third, "seed", 0) == 2 && json_number(fourth, "seed", 0) == 3);
    cJSON_Delete(third);
    cJSON_Delete(fourth);
}

static void test_a_later_generation_asks_anew(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = well}, {0}};
    struct err e = {0};
    struct backend_text text = {"Uno"};
    struct backend_request r = {.texts = &text, .n = 1};
    start(replies, 1, 0);
    ask_well(&r);
    void *later = backend_model.find(&(struct backend_options){.url = mock.url, .generation = 1}, &e);
    void *old = opened;
    opened = backend_model.open(later, &db, NULL, &e);
    ask_well(&r);
    assert_int_equal(requests(), 2);
    cJSON *second = request(1);
    assert_true(json_number(second, "seed", 0) == 101 && json_number(second, "temperature", 0) > 0);
    cJSON_Delete(second);
    backend_model.close(opened);
    backend_model.lose(later);
    opened = old;
}

static void test_wrapped_replies(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = fenced}, {0}};
    struct backend_text texts[] = {{"Uno"}, {"Dos"}};
    struct backend_request r = {.texts = texts, .n = 2};
    start(replies, 4, 0);
    ask_well(&r);
    assert_int_equal(requests(), 1);
}

/* Replies that are not what was asked for, to two texts and to one, and what is said of the one. */
static void check_malformed(const char *two, const char *one, const char *finish, const char *why)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = badly}, {0}};
    struct err e;
    struct backend_text texts[] = {{"Uno"}, {"Dos"}}, single = {"Tres"};
    struct backend_request r = {.texts = texts, .n = 2}, s = {.texts = &single, .n = 1};
    begin(NULL);
    bad.content = two;
    bad.finish = finish;
    bad.least = 2;
    start(replies, 4, 0);
    ask_well(&r);
    assert_int_equal(requests(), 3);
    end(NULL);
    begin(NULL);
    bad.content = one;
    bad.least = 1;
    start(replies, 4, 0);
    assert_true(ask(&s, &e));
    assert_null(single.translation);
    if (!strstr(single.why, why))
        fail_msg("'%s' is not '%s'", single.why, why);
    assert_true(single.model_call_id > 0);
    assert_int_equal(requests(), 1);
    end(NULL);
}

static void test_malformed_replies(void **state)
{
    check_malformed("{\"one\":\"a\",\"two\":\"b\"}", "{\"translation\":\"a\"}", "stop",
                    "'translation' in the place of text 1");
    check_malformed("{\"1\":\"a\"}", "{}", "stop", "lacks text 1");
    check_malformed("{\"1\":\"a\",\"2\":\"b\",\"3\":\"c\"}", "{\"1\":\"a\",\"note\":\"b\"}", "stop", "'note' beside");
    check_malformed("{\"2\":\"b\",\"1\":\"a\"}", "{\"2\":\"b\"}", "stop", "'2' in the place");
    check_malformed("{\"1\":\"a\",\"1\":\"b\"}", "{\"1\":\"a\",\"1\":\"b\"}", "stop", "'1' beside");
    check_malformed("{\"1\":\"a\",\"2\":7}", "{\"1\":[\"a\"]}", "stop", "no string");
    check_malformed("{\"1\":\"a\",\"2\":null}", "{\"1\":null}", "stop", "no string");
    check_malformed("[\"a\",\"b\"]", "[\"a\"]", "stop", "not the JSON");
    check_malformed("Sure! One and two.", "Sure! Three.", "stop", "not the JSON");
    check_malformed("{\"1\":\"a\",\"2\":\"b\"} Done.", "{\"1\":\"a\"} Done.", "stop", "not the JSON");
    check_malformed("{\"1\":\"a\",\"2\":\"\\ud83d\"}", "{\"1\":\"\\ud83d\"}", "stop", "not the JSON");
    check_malformed("{\"1\":\"a\",\"2\":\"b", "{\"1\":\"a", "length", "does not end");
    check_malformed("{\"1\":\"a\",\"2\":\"b\"}", "{\"1\":\"a\"}", "length", "does not end");
    check_malformed("<think>hm", "<think>hm", "stop", "is empty");
    check_malformed("", "", "stop", "is empty");
    check_malformed(NULL, NULL, "stop", "is empty");
    begin(NULL);
}

/* Text that came is not judged here, but white space and controls are cleaned. */
static void test_what_came_is_cleaned(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = badly}, {0}};
    struct err e;
    struct backend_text texts[] = {{"Uno"}, {"Dos"}};
    struct backend_request r = {.texts = texts, .n = 2};
    bad.content = "{\"1\": \" A\\n\\u0007 blot \", \"2\": \"\"}";
    bad.finish = "stop";
    bad.least = 1;
    start(replies, 4, 0);
    assert_true(ask(&r, &e));
    assert_string_equal(texts[0].translation, "A blot");
    assert_string_equal(texts[1].translation, "");
}

#define TOO_LONG                                                                                                       \
    "{\"error\":{\"code\":400,\"message\":\"request (9 tokens) exceeds the available context size (8 tokens)\","       \
    "\"type\":\"exceed_context_size_error\"}}"

static void test_a_batch_beyond_the_context_is_halved(void **state)
{
    static const struct mock_reply replies[] = {
        MODELS, {"/v1/chat", 400, TOO_LONG, .times = 2}, {"/v1/chat", 200, .make = well}, {0}};
    struct backend_text texts[] = {{"Uno"}, {"Dos"}, {"Tres"}, {"Cuatro"}, {"Cinco"}};
    struct backend_request r = {.texts = texts, .n = 5};
    start(replies, 5, 0);
    ask_well(&r);
    /* 5 and 2 are refused; 1, 1, 3. */
    assert_int_equal(requests(), 5);
}

static void test_a_text_beyond_the_context_loses_its_neighbours(void **state)
{
    static const struct mock_reply replies[] = {MODELS,
                                                {"/v1/chat", 400, TOO_LONG, .times = 1},
                                                {"/v1/chat", 200, .make = well, .times = 1},
                                                {"/v1/chat", 400, TOO_LONG},
                                                {0}};
    struct err e;
    const struct backend_example example = {"Ejemplo", "Example"};
    struct backend_text text = {"Uno"}, hopeless = {"Dos"};
    struct backend_request r = {.examples = &example, .n_examples = 1, .texts = &text, .n = 1};
    start(replies, 5, 0);
    ask_well(&r);
    cJSON *second = request(1);
    char *user = user_turn(second);
    assert_null(strstr(user, "Ejemplo"));
    free(user);
    cJSON_Delete(second);
    r.texts = &hopeless;
    assert_true(ask(&r, &e));
    assert_null(hopeless.translation);
    assert_non_null(strstr(hopeless.why, "context"));
    assert_int_equal(requests(), 4);
}

/* llama-server cuts answers that the context does not hold: such batches are not sent. */
static void test_batches_fit_the_context(void **state)
{
    static const struct mock_reply replies[] = {MODELS, PROPS, {"/v1/chat", 200, .make = well}, {0}};
    char text[1001];
    memset(text, 'a', 1000);
    text[1000] = 0;
    /* Two of a thousand bytes and their answers are beyond 4096 tokens at worst. */
    struct backend_text texts[] = {{text}, {text + 1}, {text + 2}, {text + 900}};
    struct backend_request r = {.texts = texts, .n = 4};
    start(replies, 8, 0);
    ask_well(&r);
    assert_int_equal(requests(), 3);
    assert_true(texts[2].model_call_id == texts[3].model_call_id);
}

static void test_a_refused_request(void **state)
{
    static const struct mock_reply replies[] = {
        MODELS, {"/v1/chat", 400, "{\"error\":{\"message\":\"no such grammar\"}}"}, {0}};
    struct err e;
    struct backend_text texts[] = {{"Uno"}, {"Dos"}};
    struct backend_request r = {.texts = texts, .n = 2};
    start(replies, 8, 0);
    assert_true(ask(&r, &e));
    assert_int_equal(requests(), 3);
    for (int i = 0; i < 2; i++) {
        assert_null(texts[i].translation);
        assert_non_null(strstr(texts[i].why, "no such grammar"));
    }
}

static void test_no_chat_completion(void **state)
{
    static const struct mock_reply replies[] = {
        MODELS, {"/v1/chat", 200, "<html>", .times = 1}, {"/v1/chat", 200, .make = well}, {0}};
    struct backend_text texts[] = {{"Uno"}, {"Dos"}};
    struct backend_request r = {.texts = texts, .n = 2};
    start(replies, 8, 0);
    ask_well(&r);
    assert_int_equal(requests(), 3);
}

/* What stops the item; what was answered before is not asked for again. */
static void check_stop(struct mock_reply fault, enum err_kind kind, int retry_after)
{
    struct mock_reply replies[] = {
        MODELS, {"/v1/chat", 200, .make = well, .times = 1}, fault, {"/v1/chat", 200, .make = well}, {0}};
    struct err e;
    struct backend_text texts[] = {{"Uno"}, {"Dos"}, {"Tres"}};
    struct backend_request r = {.texts = texts, .n = 3};
    begin(NULL);
    start(replies, 2, 0);
    assert_false(ask(&r, &e));
    assert_int_equal(e.kind, kind);
    assert_int_equal(e.retry_after, retry_after);
    ask_well(&r);
    assert_int_equal(requests(), 3);
    end(NULL);
}

static void test_errors_that_stop(void **state)
{
    check_stop((struct mock_reply){"/v1/chat", 429, "{\"error\":\"slow\"}", "Retry-After: 7", .times = 1},
               ERR_TEMPORARY, 7);
    check_stop((struct mock_reply){"/v1/chat", 503, "{\"error\":\"busy\"}", .times = 1}, ERR_TEMPORARY, 0);
    check_stop((struct mock_reply){"/v1/chat", 200, "{\"choices\":[]}", .end = MOCK_CUT, .times = 1}, ERR_TEMPORARY, 0);
    check_stop((struct mock_reply){"/v1/chat", 401, "{\"error\":\"key\"}", .times = 1}, ERR_SYSTEM, 0);
    begin(NULL);
}

/* A busy server is no reason to ask for the texts of a batch singly. */
static void test_a_batch_that_fails_is_not_split(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {"/v1/chat", 200, .make = well_but_for_two}, {0}};
    struct err e;
    struct backend_text texts[] = {{"Uno"}, {"Dos"}};
    struct backend_request r = {.texts = texts, .n = 2};
    start(replies, 2, 0);
    assert_false(ask(&r, &e));
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_int_equal(requests(), 1);
}

static void test_the_server_is_gone(void **state)
{
    static const struct mock_reply replies[] = {MODELS, {0}};
    struct err e;
    struct backend_text text = {"Uno"};
    struct backend_request r = {.texts = &text, .n = 1};
    start(replies, 2, 0);
    mock_stop(&mock);
    assert_false(ask(&r, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
}

#define BACKEND_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BACKEND_TEST(test_what_is_found),
        BACKEND_TEST(test_batches),
        BACKEND_TEST(test_context_of_the_texts),
        BACKEND_TEST(test_rejected_texts_go_alone),
        BACKEND_TEST(test_a_later_generation_asks_anew),
        BACKEND_TEST(test_wrapped_replies),
        cmocka_unit_test_teardown(test_malformed_replies, end),
        BACKEND_TEST(test_what_came_is_cleaned),
        BACKEND_TEST(test_a_batch_beyond_the_context_is_halved),
        BACKEND_TEST(test_a_text_beyond_the_context_loses_its_neighbours),
        BACKEND_TEST(test_batches_fit_the_context),
        BACKEND_TEST(test_a_refused_request),
        BACKEND_TEST(test_no_chat_completion),
        cmocka_unit_test_teardown(test_errors_that_stop, end),
        BACKEND_TEST(test_a_batch_that_fails_is_not_split),
        BACKEND_TEST(test_the_server_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_ask.c: asking a model through stage/ask.h: where the server is, replay, failures, several servers. */
#include "stage/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/mock_server.h"
#include "tests/unit/sample_corpus.h"

static const char models[] = "{\"data\":[{\"id\":\"mock-model\"}]}";
static const char two_slots[] = "{\"default_generation_settings\":{\"n_ctx\":4096},\"total_slots\":2}";

static char folder[64];
static struct db db;
static struct arena arena = ARENA_INIT;
static const struct ask_options options = {.stage = "translate", .name = "TRANSLATOR"};

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
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
    return 0;
}

static char *echo(const char *request)
{
    return mock_completion(strstr(request, "\"seed\":2,") ? "two" : "one");
}

static int64_t number_of_calls(const char *sql)
{
    struct err e = {0};
    int64_t n;
    assert_true(db_int(&db, &e, &n, sql, ""));
    return n;
}

static bool ask(struct ask *a, long seed, struct model_reply *reply, int64_t *id, struct err *e)
{
    static const struct model_message message = {"user", "Hello"};
    struct model_request r = {.messages = &message, .n_messages = 1, .max_tokens = 5, .top_p = 1, .seed = seed};
    memset(e, 0, sizeof *e);
    return ask_model(a, &db, &r, NULL, &arena, reply, id, e);
}

static void test_replay(void **state)
{
    struct mock_reply replies[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, .make = echo}, {0}};
    struct mock_server mock;
    struct ask_servers servers;
    struct model_reply reply;
    struct err e = {0};
    int64_t first, again, other;
    mock_start(&mock, replies);
    setenv("TRANSLATOR_URL", mock.url, 1);
    assert_true(ask_probe(&options, &servers, &e));
    assert_int_equal(servers.n, 1);
    assert_int_equal(servers.slots, 1);
    struct ask *a = ask_new(&options, &servers, 0, NULL);
    assert_string_equal(ask_server(a)->name, "mock-model");
    assert_true(ask(a, 1, &reply, &first, &e));
    assert_string_equal(reply.content, "one");
    assert_int_equal(reply.prompt_tokens, 11);
    assert_true(ask(a, 1, &reply, &again, &e));
    assert_string_equal(reply.content, "one");
    assert_int_equal(first, again);
    assert_true(ask(a, 2, &reply, &other, &e));
    assert_string_equal(reply.content, "two");
    assert_int_not_equal(first, other);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 2);
    mock_stop(&mock);
    /* What is stored needs no server. */
    assert_true(ask(a, 2, &reply, &again, &e));
    assert_int_equal(again, other);
    assert_false(ask(a, 3, &reply, &again, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_int_equal(number_of_calls("SELECT count(*) FROM model_call WHERE http_status = 0 AND err_kind = 'system' "
                                     "AND reply IS NULL"),
                     1);
    ask_free(a);
    const char *model;
    assert_true(ask_last_model(&db, "translate", &arena, &model, &e));
    assert_string_equal(model, "mock-model");
}

static void test_failures_are_stored_and_sent_again(void **state)
{
    struct mock_reply replies[] = {{"/v1/models", 200, models},
                                   {"/v1/chat", 503, "{\"error\":\"busy\"}", "Retry-After: 3", .times = 1},
                                   {"/v1/chat", 200, "no JSON \xff", .times = 1},
                                   {"/v1/chat", 200, .make = echo},
                                   {0}};
    struct mock_server mock;
    struct ask_servers servers;
    struct model_reply reply;
    struct err e = {0};
    int64_t ids[4];
    mock_start(&mock, replies);
    struct ask_options here = options;
    here.url = mock.url;
    assert_true(ask_probe(&here, &servers, &e));
    struct ask *a = ask_new(&here, &servers, 0, NULL);
    assert_false(ask(a, 100, &reply, &ids[0], &e));
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_int_equal(e.retry_after, 3);
    assert_false(ask(a, 100, &reply, &ids[1], &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(ask(a, 100, &reply, &ids[2], &e));
    assert_true(ask(a, 100, &reply, &ids[3], &e));
    assert_true(ids[0] > 0 && ids[1] > ids[0] && ids[2] > ids[1]);
    assert_int_equal(ids[2], ids[3]);
    assert_int_equal(
        number_of_calls("SELECT count(*) FROM model_call WHERE err_text LIKE '%busy%' AND http_status = 503"), 1);
    ask_free(a);
    mock_stop(&mock);
}

static void test_key_and_model_go_with_their_server(void **state)
{
    struct mock_reply replies[] = {
        {"/v1/models", 200, "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"}, {"/v1/chat", 200, .make = echo}, {0}};
    struct mock_server mock;
    struct ask_servers servers;
    struct err e = {0};
    mock_start(&mock, replies);
    unsetenv("TRANSLATOR_URL");
    setenv("GENERATOR_URL", mock.url, 1);
    setenv("GENERATOR_KEY", "generators", 1);
    setenv("GENERATOR_MODEL", "b", 1);
    assert_true(ask_probe(&options, &servers, &e));
    assert_string_equal(servers.servers[0].name, "b");
    assert_string_equal(servers.servers[0].key, "generators");
    setenv("TRANSLATOR_URL", mock.url, 1);
    assert_true(ask_probe(&options, &servers, &e));
    assert_string_equal(servers.servers[0].name, "a");
    assert_string_equal(servers.servers[0].key, "");
    setenv("TRANSLATOR_MODEL", "b", 1);
    assert_true(ask_probe(&options, &servers, &e));
    assert_string_equal(servers.servers[0].name, "b");
    unsetenv("GENERATOR_URL");
    unsetenv("GENERATOR_KEY");
    unsetenv("GENERATOR_MODEL");
    unsetenv("TRANSLATOR_URL");
    unsetenv("TRANSLATOR_MODEL");
    mock_stop(&mock);
}

static void test_several_servers(void **state)
{
    struct mock_reply first[] = {{"/v1/models", 200, models}, {"/props", 200, two_slots}, {0}};
    struct mock_reply second[] = {{"/v1/models", 200, models}, {0}};
    struct mock_reply other[] = {{"/v1/models", 200, "{\"data\":[{\"id\":\"another\"}]}"}, {0}};
    struct mock_server a, b, c;
    struct ask_servers servers;
    struct err e = {0};
    char list[256];
    mock_start(&a, first);
    mock_start(&b, second);
    mock_start(&c, other);
    struct ask_options here = options;
    here.url = list;
    snprintf(list, sizeof list, "%s, http://127.0.0.1:1,%s/v1/", a.url, b.url);
    assert_true(ask_probe(&here, &servers, &e));
    assert_int_equal(servers.n, 2);
    assert_int_equal(servers.slots, 3);
    int of_second = 0;
    for (unsigned seat = 100; seat < 106; seat++) {
        struct ask *worker = ask_new(&here, &servers, seat, NULL);
        of_second += strstr(ask_server(worker)->url, b.url) != NULL;
        ask_free(worker);
    }
    assert_int_equal(of_second, 2);
    snprintf(list, sizeof list, "%s,%s", a.url, c.url);
    assert_false(ask_probe(&here, &servers, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "another"));
    mock_stop(&a);
    mock_stop(&b);
    mock_stop(&c);
}

static void test_nobody(void **state)
{
    struct ask_servers servers;
    struct err e = {0};
    struct ask_options here = options;
    here.url = "http://127.0.0.1:1";
    assert_false(ask_probe(&here, &servers, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "local-model start"));
    assert_non_null(strstr(e.text, "$TRANSLATOR_URL"));
    here.url = " , ";
    assert_false(ask_probe(&here, &servers, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_failures_are_stored_and_sent_again),
        cmocka_unit_test(test_key_and_model_go_with_their_server),
        cmocka_unit_test(test_several_servers),
        cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

/* test_model.c: base/model.c and base/http.c against what servers really answer, good and bad. */
#include "base/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/mock_server.h"

static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"mock-model\",\"object\":\"model\"}]}";
static const char props[] = "{\"default_generation_settings\":{\"n_ctx\":4096},\"total_slots\":2,\"build_info\":\"b1\","
                            "\"modalities\":{\"vision\":true}}";
static const char loading[] = "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}";

/* Reading replies. */

static struct arena arena = ARENA_INIT;

static bool reads(const char *raw, struct model_reply *reply, struct err *e)
{
    memset(e, 0, sizeof *e);
    return model_reply_read(raw, strlen(raw), &arena, reply, e);
}

static const char *content_of(const char *message)
{
    struct model_reply reply;
    struct err e;
    const char *raw = arena_printf(&arena, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":%s}]}", message);
    assert_true(reads(raw, &reply, &e));
    assert_string_equal(reply.finish_reason, "stop");
    return reply.content;
}

static void test_reply_contents(void **state)
{
    assert_string_equal(content_of("{\"content\":\" {\\\"a\\\":1}\\n\"}"), "{\"a\":1}");
    assert_string_equal(content_of("{\"content\":null}"), "");
    assert_string_equal(content_of("{\"content\":\"\"}"), "");
    assert_string_equal(content_of("{\"content\":42}"), "");
    assert_string_equal(content_of("{\"content\":\"x\",\"reasoning_content\":\"let me think\"}"), "x");
    assert_string_equal(content_of("{\"content\":\"x\",\"reasoning\":\"let me think\"}"), "x");
    assert_string_equal(content_of("{\"content\":\"<think>\\nhm, {\\n</think>\\n\\n{}\"}"), "{}");
    assert_string_equal(content_of("{\"content\":\" <think>never ends, {\"}"), "");
    assert_string_equal(content_of("{\"content\":\"```json\\n{\\\"a\\\":1}\\n```\"}"), "{\"a\":1}");
    assert_string_equal(content_of("{\"content\":\"```\\n{}\\n```\\n\"}"), "{}");
    assert_string_equal(content_of("{\"content\":\"```json\\n{\\\"cut\"}"), "{\"cut");
    assert_string_equal(content_of("{\"content\":\"\xEF\xBB\xBF{}\"}"), "{}");
    assert_string_equal(content_of("{\"content\":\"```\"}"), "```");
    assert_string_equal(content_of("{\"content\":\"Sure! The figure shows a knee.\"}"),
                        "Sure! The figure shows a knee.");
}

static void test_reply_fields(void **state)
{
    struct model_reply reply;
    struct err e;
    assert_true(
        reads("{\"model\":\"m\",\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"{\\\"a\"}}],"
              "\"usage\":{\"prompt_tokens\":1e300,\"completion_tokens\":-4}}",
              &reply, &e));
    assert_string_equal(reply.finish_reason, "length");
    assert_string_equal(reply.model, "m");
    assert_string_equal(reply.content, "{\"a");
    assert_true(reply.prompt_tokens > 0);
    assert_int_equal(reply.completion_tokens, 0);
}

static void test_reply_broken(void **state)
{
    static const char *const broken[] = {
        "",
        "<html>502 Bad Gateway</html>",
        "{\"choices\":[{\"message\":{\"content\":\"cut",
        "{\"choices\":[]}",
        "{\"choices\":{\"message\":1}}",
        "{\"choices\":[{\"text\":\"old completion\"}]}",
        "{\"error\":\"server busy\"}",
        "[]",
        "null",
        "{\"choices\":[{\"message\":{\"content\":\"\\ud83d\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"\xff\xfe\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"a\"}}]} data: [DONE]",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct model_reply reply;
        struct err e;
        assert_false(reads(broken[i], &reply, &e));
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_string_equal(reply.content, "");
    }
    struct model_reply reply;
    struct err e;
    assert_false(reads("{\"error\":{\"message\":\"out of\\nmemory\"}}", &reply, &e));
    assert_non_null(strstr(e.text, "out of memory"));
}

static void test_reply_deep(void **state)
{
    struct str deep = STR_INIT(1 << 16);
    struct model_reply reply;
    struct err e;
    for (int i = 0; i < 2000; i++)
        str_add(&deep, "[");
    assert_false(reads(deep.data, &reply, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    str_release(&deep);
}

/* Requests. */

static void test_request_text(void **state)
{
    struct model_message messages[] = {{"system", "Be \"brief\"."}, {"user", "5 µm\n"}};
    struct model_request r = {.messages = messages,
                              .n_messages = 2,
                              .schema_name = "answer",
                              .schema = "{\"type\":\"object\"}",
                              .max_tokens = 10,
                              .temperature = 0.2,
                              .top_p = 1,
                              .seed = 7};
    struct model_server plain = {.name = "m", .key = "secret", .url = "http://x/v1"};
    struct str out = STR_INIT(4096);
    model_request_write(&plain, &r, &out);
    assert_string_equal(out.data,
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be \\\"brief\\\".\"},"
                        "{\"role\":\"user\",\"content\":\"5 µm\\n\"}],\"max_tokens\":10,\"temperature\":0.2,"
                        "\"top_p\":1,\"seed\":7,\"stream\":false,\"response_format\":{\"type\":\"json_schema\","
                        "\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":{\"type\":\"object\"}}}}");
    /* The server's flavour is no part of it, or what one server answered could not be replayed with another. */
    struct model_server llama = {.name = "m", .flavour = MODEL_LLAMACPP};
    struct str other = STR_INIT(4096);
    model_request_write(&llama, &r, &other);
    assert_string_equal(other.data, out.data);
    str_release(&other);
    str_release(&out);
}

/* Sending. */

struct sent {
    bool ok;
    int status;
    char raw[512];
    struct err e;
};

static struct sent send_to(const struct mock_reply *replies, int timeout_s)
{
    struct mock_server mock;
    struct model_server server = {.key = "k3y"};
    struct str raw = STR_INIT(MODEL_MAX_REPLY);
    struct http *h = http_new(NULL);
    struct sent s = {0};
    mock_start(&mock, replies);
    snprintf(server.url, sizeof server.url, "%s/v1", mock.url);
    s.ok = model_send(h, &server, "{}", timeout_s, &raw, &s.status, &s.e);
    snprintf(s.raw, sizeof s.raw, "%s", raw.data);
    http_free(h);
    str_release(&raw);
    mock_stop(&mock);
    return s;
}

static void expect(struct mock_reply reply, enum err_kind kind, const char *text)
{
    struct mock_reply replies[] = {reply, {0}};
    replies[0].path = "/v1/chat/completions";
    struct sent s = send_to(replies, 5);
    assert_false(s.ok);
    assert_int_equal(s.e.kind, kind);
    if (!strstr(s.e.text, text))
        fail_msg("'%s' is not in '%s'", text, s.e.text);
    assert_null(strchr(s.e.text, '\n'));
}

static void test_send_failures(void **state)
{
    expect((struct mock_reply){.status = 429, .body = "{\"error\":\"slow down\"}", .header = "Retry-After: 7"},
           ERR_TEMPORARY, "HTTP 429: slow down");
    expect((struct mock_reply){.status = 503, .body = loading}, ERR_TEMPORARY, "Loading model");
    expect((struct mock_reply){.status = 503, .body = "{\"error\":\"server busy\"}"}, ERR_TEMPORARY, "server busy");
    expect((struct mock_reply){.status = 500, .body = "oops"}, ERR_TEMPORARY, "HTTP 500: no reason given");
    expect((struct mock_reply){.status = 500, .body = "{\"error\":{\"message\":\"image input is not supported\"}}"},
           ERR_FORMAT, "image input is not supported");
    expect((struct mock_reply){.status = 501, .body = "{}"}, ERR_FORMAT, "HTTP 501");
    expect((struct mock_reply){.status = 401, .body = "{\"error\":{\"message\":\"Invalid API Key\"}}"}, ERR_SYSTEM,
           "Invalid API Key");
    expect((struct mock_reply){.status = 404, .body = "{\"error\":\"model not pulled\"}"}, ERR_SYSTEM,
           "model not pulled");
    expect((struct mock_reply){.status = 400,
                               .body = "{\"error\":{\"code\":400,\"message\":\"request (9 tokens) exceeds\","
                                       "\"type\":\"exceed_context_size_error\",\"n_ctx\":8}}"},
           ERR_LIMIT, "longer than the model's context");
    expect((struct mock_reply){.status = 400,
                               .body = "{\"object\":\"error\",\"message\":\"maximum context length is 8\"}"},
           ERR_LIMIT, "context length");
    expect((struct mock_reply){.status = 400, .body = "{\"error\":{\"message\":\"Failed\\nto parse grammar\"}}"},
           ERR_FORMAT, "Failed to parse grammar");
    expect((struct mock_reply){.status = 302, .body = ""}, ERR_FORMAT, "HTTP 302");
    expect((struct mock_reply){.status = 200, .body = "{\"choices\":[{\"mess", .end = MOCK_CUT}, ERR_TEMPORARY, "");
    expect((struct mock_reply){.end = MOCK_RESET}, ERR_TEMPORARY, "");
}

static void test_send_retry_after(void **state)
{
    struct mock_reply replies[] = {{"/v1/chat", 429, "{\"error\":{\"message\":\"later\"}}", .header = "Retry-After: 7"},
                                   {0}};
    assert_int_equal(send_to(replies, 5).e.retry_after, 7);
}

static void test_send_timeout(void **state)
{
    struct mock_reply replies[] = {{"/v1/chat", 200, "{}", .delay_ms = 3000}, {0}};
    struct sent s = send_to(replies, 1);
    assert_false(s.ok);
    assert_int_equal(s.e.kind, ERR_TEMPORARY);
    assert_int_equal(s.status, 0);
}

static void test_send_reason_is_cut_at_a_character(void **state)
{
    struct str body = STR_INIT(1 << 16);
    str_add(&body, "{\"error\":\"x");
    for (int i = 0; i < 500; i++)
        str_add(&body, "ü");
    str_add(&body, "\"}");
    struct mock_reply replies[] = {{"/v1/chat", 400, body.data}, {0}};
    struct sent s = send_to(replies, 5);
    assert_true(text_is_utf8(s.e.text, strlen(s.e.text)));
    str_release(&body);
}

static void test_send_no_connection(void **state)
{
    struct model_server server = {.url = "http://127.0.0.1:1/v1"};
    struct str raw = STR_INIT(MODEL_MAX_REPLY);
    struct http *h = http_new(NULL);
    struct err e = {0};
    int status = 1;
    assert_false(model_send(h, &server, "{}", 5, &raw, &status, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_int_equal(status, 0);
    http_free(h);
    str_release(&raw);
}

/* A connection that the server closed between two requests is opened again; the key goes along. */
static void test_send_again_after_close(void **state)
{
    struct mock_reply replies[] = {{"/v1/chat", 200, "{}", .end = MOCK_CLOSE}, {0}};
    struct mock_server mock;
    struct model_server server = {.key = "k3y"};
    struct str raw = STR_INIT(MODEL_MAX_REPLY);
    struct http *h = http_new(NULL);
    int status;
    mock_start(&mock, replies);
    snprintf(server.url, sizeof server.url, "%s/v1", mock.url);
    for (int i = 0; i < 3; i++) {
        struct err e = {0};
        assert_true(model_send(h, &server, "{\"n\":1}", 5, &raw, &status, &e));
        assert_int_equal(status, 200);
    }
    assert_int_equal(mock_count(&mock, "/v1/chat"), 3);
    char *request = mock_request(&mock, "/v1/chat", 2);
    assert_non_null(strstr(request, "Authorization: Bearer k3y\r\n"));
    assert_non_null(strstr(request, "\r\n\r\n{\"n\":1}"));
    free(request);
    http_free(h);
    str_release(&raw);
    mock_stop(&mock);
}

static void test_http_limit_and_stop(void **state)
{
    struct mock_reply replies[] = {{"/big", 200, "0123456789"}, {"/slow", 200, "x", .delay_ms = 5000}, {0}};
    struct mock_server mock;
    volatile sig_atomic_t stop = 0;
    struct http *h = http_new(&stop);
    struct http_reply reply;
    struct err e = {0};
    char url[128];
    mock_start(&mock, replies);
    snprintf(url, sizeof url, "%s/big", mock.url);
    struct http_request r = {.url = url, .max_bytes = 9};
    assert_false(http_send(h, &r, &reply, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    http_reply_release(&reply);
    r.max_bytes = 10;
    assert_true(http_send(h, &r, &reply, &e));
    assert_string_equal(reply.body.data, "0123456789");
    http_reply_release(&reply);
    snprintf(url, sizeof url, "%s/slow", mock.url);
    stop = 2;
    assert_false(http_send(h, &r, &reply, &e));
    assert_int_equal(e.kind, ERR_ABORT);
    http_reply_release(&reply);
    http_free(h);
    mock_stop(&mock);
}

/* Probing. */

static bool probe(const struct mock_reply *replies, const char *name, int wait_s, struct model_server *server,
                  struct err *e)
{
    struct mock_server mock;
    struct http *h = http_new(NULL);
    char url[128];
    memset(e, 0, sizeof *e);
    mock_start(&mock, replies);
    snprintf(url, sizeof url, "%s/v1/", mock.url);
    bool ok = model_probe(h, url, name, NULL, wait_s, server, e);
    http_free(h);
    mock_stop(&mock);
    return ok;
}

static void test_probe(void **state)
{
    struct model_server s;
    struct err e;
    struct mock_reply llama[] = {{"/health", 503, loading, .times = 2},
                                 {"/health", 200, "{\"status\":\"ok\"}"},
                                 {"/v1/models", 200, models},
                                 {"/props", 200, props},
                                 {0}};
    assert_true(probe(llama, NULL, 10, &s, &e));
    assert_string_equal(s.name, "mock-model");
    assert_string_equal(s.build, "llama.cpp b1");
    assert_int_equal(s.flavour, MODEL_LLAMACPP);
    assert_int_equal(s.slots, 2);
    assert_int_equal(s.context, 4096);
    assert_true(s.vision);
    assert_true(probe(llama, "mock-model", 10, &s, &e));
    assert_false(probe(llama, "other", 10, &s, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "has no model 'other'"));
}

static void test_probe_other_servers(void **state)
{
    struct model_server s;
    struct err e;
    struct mock_reply vllm[] = {
        {"/v1/models", 200,
         "{\"data\":[{\"object\":\"x\"},{\"id\":\"a\",\"owned_by\":\"vllm\",\"max_model_len\":1e99},{\"id\":\"b\"}]}"},
        {0}};
    assert_true(probe(vllm, NULL, 0, &s, &e));
    assert_string_equal(s.name, "a");
    assert_int_equal(s.flavour, MODEL_VLLM);
    assert_true(probe(vllm, "b", 0, &s, &e));
    assert_string_equal(s.name, "b");
    struct mock_reply none[] = {{"/health", 200, ""}, {0}};
    assert_false(probe(none, NULL, 0, &s, &e));
    assert_non_null(strstr(e.text, "lists no model"));
    assert_true(probe(none, "named", 0, &s, &e));
    struct mock_reply locked[] = {{"/health", 200, "{}"}, {"/v1/models", 401, "{}"}, {0}};
    assert_false(probe(locked, NULL, 0, &s, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    struct mock_reply stuck[] = {{"/health", 503, loading}, {0}};
    assert_false(probe(stuck, NULL, 1, &s, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "still loading"));
}

static void test_probe_nobody(void **state)
{
    struct model_server s;
    struct err e = {0};
    struct http *h = http_new(NULL);
    time_t start = time(NULL);
    assert_false(model_probe(h, "http://127.0.0.1:1", NULL, NULL, 60, &s, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_true(time(NULL) - start < 5);
    assert_false(model_probe(h, "/v1", NULL, NULL, 60, &s, &e));
    assert_false(model_probe(h, "gopher://127.0.0.1", NULL, NULL, 60, &s, NULL));
    http_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reply_contents),
        cmocka_unit_test(test_reply_fields),
        cmocka_unit_test(test_reply_broken),
        cmocka_unit_test(test_reply_deep),
        cmocka_unit_test(test_request_text),
        cmocka_unit_test(test_send_failures),
        cmocka_unit_test(test_send_retry_after),
        cmocka_unit_test(test_send_timeout),
        cmocka_unit_test(test_send_reason_is_cut_at_a_character),
        cmocka_unit_test(test_send_no_connection),
        cmocka_unit_test(test_send_again_after_close),
        cmocka_unit_test(test_http_limit_and_stop),
        cmocka_unit_test(test_probe),
        cmocka_unit_test(test_probe_other_servers),
        cmocka_unit_test(test_probe_nobody),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}

/* test_model_servers.c: what the flavours of model servers say of themselves, what each is sent, and replies that come
 * as a stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/model.h"
#include "tests/unit/mock_server.h"

#define LISTED(owner)                                                                                                  \
    "{\"object\":\"list\",\"data\":[{\"id\":\"m:7b\",\"object\":\"model\",\"owned_by\":\"" owner "\"}]}"

static struct model_server probe(const struct mock_reply *replies)
{
    struct mock_server mock;
    struct model_server server;
    struct err e = {0};
    struct http *h = http_new(NULL);
    mock_start(&mock, replies);
    if (!model_probe(h, mock.url, NULL, NULL, 5, &server, &e))
        fail_msg("%s", e.text);
    http_free(h);
    mock_stop(&mock);
    return server;
}

static void test_llamacpp(void **state)
{
    struct mock_reply replies[] = {
        {"/health", 503, "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}", .times = 3},
        {"/health", 200, "{\"status\":\"ok\"}"},
        {"/v1/models", 200, LISTED("llamacpp")},
        {"/props", 200,
         "{\"default_generation_settings\":{\"n_ctx\":1024,\"params\":{}},\"total_slots\":4,\"build_info\":"
         "\"b11434-1a2b\",\"modalities\":{\"vision\":true,\"audio\":false}}"},
        {0}};
    struct model_server s = probe(replies);
    assert_int_equal(s.flavour, MODEL_LLAMACPP);
    assert_int_equal(s.slots, 4);
    assert_int_equal(s.context, 1024);
    assert_true(s.vision);
    assert_string_equal(s.build, "llama.cpp b11434-1a2b");
    /* Nonsense is bounded. */
    struct mock_reply odd[] = {
        {"/v1/models", 200, LISTED("x")},
        {"/props", 200, "{\"default_generation_settings\":{\"n_ctx\":-5},\"total_slots\":1e12,\"modalities\":7}"},
        {0}};
    s = probe(odd);
    assert_int_equal(s.slots, 1024);
    assert_int_equal(s.context, 0);
    assert_string_equal(s.build, "llama.cpp ?");
}

static void test_vllm(void **state)
{
    struct mock_reply named[] = {
        {"/v1/models", 200, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\",\"max_model_len\":8192}]}"},
        {"/version", 200, "{\"version\":\"0.12.0\"}"},
        {0}};
    struct model_server s = probe(named);
    assert_int_equal(s.flavour, MODEL_VLLM);
    assert_int_equal(s.slots, MODEL_BATCHED_SLOTS);
    assert_int_equal(s.context, 8192);
    assert_string_equal(s.build, "vLLM 0.12.0");
    /* Behind a proxy that rewrites the list, its metrics tell; a version alone tells nothing. */
    struct mock_reply measured[] = {
        {"/v1/models", 200, LISTED("acme")},
        {"/version", 200, "{\"version\":\"0.26\"}"},
        {"/metrics", 200, "# HELP vllm:num_requests_running\nvllm:num_requests_running 0\n"},
        {0}};
    assert_int_equal(probe(measured).flavour, MODEL_VLLM);
    struct mock_reply other[] = {{"/v1/models", 200, LISTED("acme")},
                                 {"/version", 200, "{\"version\":\"9\"}"},
                                 {"/metrics", 200, "http_requests_total 3\n"},
                                 {0}};
    s = probe(other);
    assert_int_equal(s.flavour, MODEL_PLAIN);
    assert_int_equal(s.slots, 1);
    assert_string_equal(s.build, "");
}

static void test_sglang(void **state)
{
    struct mock_reply now[] = {{"/v1/models", 200, LISTED("sglang")},
                               {"/server_info", 200,
                                "{\"version\":\"0.5.6\",\"context_length\":32768,\"max_running_requests\":48,"
                                "\"max_total_num_tokens\":90000,\"internal_states\":[{}]}"},
                               {0}};
    struct model_server s = probe(now);
    assert_int_equal(s.flavour, MODEL_SGLANG);
    assert_int_equal(s.slots, 48);
    assert_int_equal(s.context, 32768);
    assert_string_equal(s.build, "SGLang 0.5.6");
    struct mock_reply before[] = {{"/v1/models", 200, LISTED("me")},
                                  {"/get_server_info", 200,
                                   "{\"context_length\":null,\"max_running_requests\":null,\"internal_states\":"
                                   "[{\"effective_max_running_requests_per_dp\":20}]}"},
                                  {0}};
    s = probe(before);
    assert_int_equal(s.flavour, MODEL_SGLANG);
    assert_int_equal(s.slots, 20);
    assert_int_equal(s.context, 0);
    struct mock_reply silent[] = {
        {"/v1/models", 200, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"sglang\",\"max_model_len\":4096}]}"},
        {"/server_info", 200, "{\"mem_fraction_static\":0.8}"},
        {0}};
    s = probe(silent);
    assert_int_equal(s.slots, MODEL_BATCHED_SLOTS);
    assert_int_equal(s.context, 4096);
}

static void test_ollama(void **state)
{
    struct mock_reply replies[] = {{"/v1/models", 200, LISTED("library")},
                                   {"/api/version", 200, "{\"version\":\"0.13.1\"}"},
                                   {"/api/ps", 200,
                                    "{\"models\":[{\"name\":\"other\",\"context_length\":1},{\"name\":\"m:7b\","
                                    "\"context_length\":16384}]}"},
                                   {"/api/show", 200, "{\"capabilities\":[\"completion\",\"vision\"]}"},
                                   {0}};
    struct model_server s = probe(replies);
    assert_int_equal(s.flavour, MODEL_OLLAMA);
    assert_int_equal(s.slots, 1);
    assert_int_equal(s.context, 16384);
    assert_true(s.vision);
    assert_string_equal(s.build, "Ollama 0.13.1");
    struct mock_reply idle[] = {{"/v1/models", 200, LISTED("library")},
                                {"/api/version", 200, "{\"version\":\"0.13.1\"}"},
                                {"/api/ps", 200, "{\"models\":[]}"},
                                {0}};
    s = probe(idle);
    assert_int_equal(s.context, 0);
    assert_false(s.vision);
}

/* Sending. */

static bool send_as(enum model_flavour flavour, const struct mock_reply *replies, struct str *raw, char **sent,
                    struct err *e)
{
    struct mock_server mock;
    struct model_server server = {.flavour = flavour};
    struct http *h = http_new(NULL);
    int status;
    *e = (struct err){0};
    mock_start(&mock, replies);
    snprintf(server.url, sizeof server.url, "%s/v1", mock.url);
    bool ok = model_send(h, &server, "{\"seed\":1,\"stream\":false}", 5, raw, &status, e);
    if (sent)
        *sent = mock_request(&mock, "/v1/chat", 0);
    http_free(h);
    mock_stop(&mock);
    return ok;
}

static void test_only_llamacpp_is_told_to_cache(void **state)
{
    struct mock_reply replies[] = {{"/v1/chat", 200, "{}"}, {0}};
    for (int flavour = MODEL_PLAIN; flavour <= MODEL_SGLANG; flavour++) {
        struct str raw = STR_INIT(MODEL_MAX_REPLY);
        struct err e;
        char *sent;
        assert_true(send_as((enum model_flavour)flavour, replies, &raw, &sent, &e));
        const char *body = strstr(sent, "\r\n\r\n") + 4;
        assert_string_equal(body, flavour == MODEL_LLAMACPP ? "{\"seed\":1,\"stream\":false,\"cache_prompt\":true}"
                                                            : "{\"seed\":1,\"stream\":false}");
        free(sent);
        str_release(&raw);
    }
}

#define DELTA(text)                                                                                                    \
    "data: {\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"" text         \
    "\"}}]}\n\n"
#define THOUGHT                                                                                                        \
    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\"}}]}\r\n\r\n"
#define STOP                                                                                                           \
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n"

static void test_stream_is_joined(void **state)
{
    static const char *const streams[] = {
        ": ping\n\n" THOUGHT DELTA("5 ") ": ping\n" DELTA("\xC2") DELTA("\xB5m") STOP "data: [DONE]\n\n",
        "\nevent: message\nid: 7\n" DELTA("5 \xC2\xB5m") STOP, /* no [DONE] */
        "data:{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"5 \xC2\xB5m\"},\"finish_reason\":\"stop\"}]}",
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct mock_reply replies[] = {{"/v1/chat", 200, streams[i]}, {0}};
        struct str raw = STR_INIT(MODEL_MAX_REPLY);
        struct arena arena = ARENA_INIT;
        struct model_reply reply;
        struct err e;
        assert_true(send_as(MODEL_PLAIN, replies, &raw, NULL, &e));
        assert_true(model_reply_read(raw.data, raw.len, &arena, &reply, &e));
        assert_string_equal(reply.content, "5 \xC2\xB5m");
        assert_string_equal(reply.finish_reason, "stop");
        assert_string_equal(reply.model, "m");
        assert_int_equal(reply.completion_tokens, i < 2 ? 2 : 0);
        arena_release(&arena);
        str_release(&raw);
    }
}

static void test_stream_that_fails(void **state)
{
    static const char *const streams[][2] = {
        {DELTA("5 "), "breaks off"},
        {DELTA("5 ") "data: {\"error\":{\"code\":500,\"message\":\"out of memory\"}}\n\n", "out of memory"},
        {DELTA("5 ") "data: {\"error\":\"busy\"}\n\n" STOP, "busy"},
        {DELTA("5 ") "error: {\"code\":500}\n\n", "code"},
        {"data: {\"choices\":[\n\n" STOP, "broken event"},
        {DELTA("\xB5") STOP, "UTF-8"},
        {": ping\n\n", "breaks off"},
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct mock_reply replies[] = {{"/v1/chat", 200, streams[i][0]}, {0}};
        struct str raw = STR_INIT(MODEL_MAX_REPLY);
        struct err e;
        assert_false(send_as(MODEL_PLAIN, replies, &raw, NULL, &e));
        assert_int_equal(e.kind, ERR_TEMPORARY);
        if (!strstr(e.text, streams[i][1]))
            fail_msg("'%s' is not in '%s'", streams[i][1], e.text);
        assert_string_equal(raw.data, streams[i][0]);
        str_release(&raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_llamacpp),
        cmocka_unit_test(test_vllm),
        cmocka_unit_test(test_sglang),
        cmocka_unit_test(test_ollama),
        cmocka_unit_test(test_only_llamacpp_is_told_to_cache),
        cmocka_unit_test(test_stream_is_joined),
        cmocka_unit_test(test_stream_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

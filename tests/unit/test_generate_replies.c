/* test_generate_replies.c: what becomes of a pair when the model or its server misbehaves, from the reply on the wire
 * to the row in the corpus: every case that is known of the servers there are. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "pairs/generate.h"
#include "tests/unit/mock_server.h"
#include "tests/unit/raw_server.h"
#include "tests/unit/sample_corpus.h"

#define QUESTION "Why were both images taken in the same plane?"
#define ANSWER                                                                                                          \
    "The hip lies in the coronal plane before and after radiotherapy. Only then does the oedema in the femoral head "   \
    "keep its place and its size on paper, so that less of it means that there is less in the bone. Whether the doses " \
    "did that remains open."
#define GOOD    "{\"question\": \"" QUESTION "\", \"answer\": \"" ANSWER "\"}"
#define ESCAPED "{\\\"question\\\": \\\"" QUESTION "\\\", \\\"answer\\\": \\\"" ANSWER "\\\"}"

static const char models[] = "{\"data\":[{\"id\":\"mock-model\"}]}";
static char folder[64], output[72];

/* One figure that is ready. */
static int begin(void **state)
{
    struct db db;
    unsetenv("GENERATOR_URL");
    unsetenv("GENERATOR_MODEL");
    unsetenv("GENERATOR_KEY");
    sample_corpus_open(&db, folder);
    sample_sql(&db, "INSERT INTO article (article_id, key, source, added) VALUES (1, 'doi:10.1/x', 'import', 0)");
    sample_sql(&db, "INSERT INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, added) "
                    "VALUES (1, 1, 'jats', 'application/xml', 'd1', 1, 'x.xml', 0)");
    sample_sql(&db, "INSERT INTO figure (figure_id, document_id, anchor, ordinal, origin, kind, confidence, "
                    "image_sha256, image_media_type, content_hash) VALUES (1, 1, 'f1', 1, 'jats', 'figure', 1, 'i1', "
                    "'image/png', 'c1')");
    sample_sql(&db, "INSERT INTO translation (figure_id, field, ordinal, source_language, language_source, "
                    "language_confidence, target_language, source_text, text, method, checks) VALUES (1, 'caption', 0, "
                    "'en', 'document', 1, 'en', 'x', 'Figure 1. Coronal magnetic resonance image of the hip of a woman "
                    "before and after radiotherapy at low doses. The arrow marks bone marrow oedema in the femoral "
                    "head.', 'identity', '{}')");
    sample_sql(&db, "INSERT INTO mention (figure_id, ordinal, language, text) VALUES (1, 0, 'en', 'The oedema in the "
                    "femoral head is low-dose (Figure 1).')");
    db_close(&db);
    snprintf(output, sizeof output, "%s.out", folder);
    return 0;
}

static int end(void **state)
{
    struct db db;
    struct err e = {0};
    assert_true(db_open(&db, folder, DB_WRITE, &e));
    sample_corpus_remove(&db, folder);
    unlink(output);
    return 0;
}

/* Begins the stage on the one pair, in a process of its own; what it says goes to `output`. */
static pid_t start(const char *url, const char *option)
{
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[] = {"figmill-generate",
                              "--corpus",
                              folder,
                              "--json",
                              "--kinds=complex_reasoning",
                              "-j1",
                              "--url",
                              url,
                              option,
                              NULL};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!freopen(output, "w", stderr) || !freopen(output, "a", stdout))
            _exit(99);
        int status = stage_main(&generate_stage, option ? 9 : 8, argv);
        fflush(stdout);
        _exit(status);
    }
    return pid;
}

/* Runs it to its end; its exit status. */
static int run(const char *url, const char *option)
{
    int status;
    pid_t pid = start(url, option);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int64_t number(const char *sql)
{
    struct db db;
    struct err e = {0};
    assert_true(db_open(&db, folder, DB_READ, &e));
    int64_t n = sample_int(&db, sql);
    db_close(&db);
    return n;
}

static void change(const char *sql)
{
    struct db db;
    struct err e = {0};
    assert_true(db_open(&db, folder, DB_WRITE, &e));
    sample_sql(&db, sql);
    db_close(&db);
}

static int64_t kept(void)
{
    return number("SELECT count(*) FROM pair WHERE drop_reason IS NULL");
}

static bool dropped_by(const char *check)
{
    char *sql = mem_printf("SELECT count(*) FROM pair WHERE drop_reason = '%s'", check);
    bool is = number(sql) == 1;
    free(sql);
    return is;
}

/* Calls that may be replayed, and those that may not. */
static int64_t answers(void)
{
    return number("SELECT count(*) FROM model_call WHERE err_kind IS NULL");
}

static int64_t failures(const char *kind)
{
    char *sql = mem_printf("SELECT count(*) FROM model_call WHERE err_kind = '%s'", kind);
    int64_t n = number(sql);
    free(sql);
    return n;
}

static bool said(const char *text)
{
    char all[8192];
    FILE *f = fopen(output, "re");
    assert_non_null(f);
    size_t n = fread(all, 1, sizeof all - 1, f);
    fclose(f);
    all[n] = 0;
    return strstr(all, text) != NULL;
}

/* Answers of one message each, made of its JSON. */
static char *with_message(const char *message)
{
    return mem_printf("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":%s}],\"usage\":{}}", message);
}

/* The pair's first reply is `first`, further ones are good: what is lost is one attempt, and nothing of it is kept as
 * an answer. `first` NULL: made by `make`. */
static void fails_once(const char *first, char *(*make)(const char *))
{
    struct mock_reply replies[] = {{"/v1/models", 200, models},
                                   {"/v1/chat", 200, first, .times = 1, .make = make},
                                   {"/v1/chat", 200, with_message("{\"content\":\"" ESCAPED "\"}")},
                                   {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    if (kept() != 1 || mock_count(&mock, "/v1/chat") != 2 || answers() != 1 || failures("format") != 1)
        fail_msg("%lld kept, %d requests, %lld answers, %lld failures of form, after %.200s", (long long)kept(),
                 mock_count(&mock, "/v1/chat"), (long long)answers(), (long long)failures("format"),
                 first ? first : "");
    char *again = mock_request(&mock, "/v1/chat", 1);
    assert_non_null(strstr(again, "An earlier reply was rejected"));
    free(again);
    free((char *)replies[2].body);
    mock_stop(&mock);
    change("DELETE FROM pair");
    change("DELETE FROM model_call");
    change("DELETE FROM task");
}

static void works(const char *message)
{
    char *body = with_message(message);
    struct mock_reply replies[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, body}, {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    if (kept() != 1 || mock_count(&mock, "/v1/chat") != 1)
        fail_msg("%lld kept after %d requests of %.200s", (long long)kept(), mock_count(&mock, "/v1/chat"), message);
    mock_stop(&mock);
    free(body);
    change("DELETE FROM pair");
    change("DELETE FROM model_call");
    change("DELETE FROM task");
}

/* 1. */
static void test_loading_server_is_waited_for(void **state)
{
    char *body = with_message("{\"content\":\"" ESCAPED "\"}");
    struct mock_reply replies[] = {
        {"/health", 503, "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}", .times = 3},
        {"/health", 200, "{\"status\":\"ok\"}"},
        {"/v1/models", 200, models},
        {"/v1/chat", 200, body},
        {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    assert_int_equal(mock_count(&mock, "/health"), 4);
    assert_int_equal(kept(), 1);
    mock_stop(&mock);
    free(body);
}

/* 2. Thinking is no answer, and what models wrap around one is taken off. */
static void test_wrapped_answers(void **state)
{
    works("{\"content\":\"" ESCAPED "\",\"reasoning_content\":\"Let me see: {\\\"question\\\": 7}\"}");
    works("{\"content\":\"" ESCAPED "\",\"reasoning\":\"Let me see.\"}");
    works("{\"content\":\"```json\\n" ESCAPED "\\n```\"}");
    works("{\"content\":\"<think>\\nA caption, hm. {\\n</think>\\n\\n" ESCAPED "\"}");
    works("{\"content\":\"\xEF\xBB\xBF" ESCAPED "\\n\"}");
}

/* Only the reasoning holds something. */
static void test_thinking_alone_is_no_answer(void **state)
{
    char *body = with_message("{\"content\":null,\"reasoning\":\"" ESCAPED "\"}");
    fails_once(body, NULL);
    free(body);
    body = with_message("{\"content\":\"\",\"reasoning_content\":\"" ESCAPED "\"}");
    fails_once(body, NULL);
    free(body);
    body = with_message("{\"content\":\"<think>it never ends: " ESCAPED "\"}");
    fails_once(body, NULL);
    free(body);
}

/* 3, 4. Cut, or all tokens spent on thinking: asked once more, with twice the room. */
static void asked_with_more_room(const char *content)
{
    char *cut = mem_printf("{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":%s}}]}", content);
    char *body = with_message("{\"content\":\"" ESCAPED "\"}");
    struct mock_reply replies[] = {
        {"/v1/models", 200, models}, {"/v1/chat", 200, cut, .times = 1}, {"/v1/chat", 200, body}, {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    assert_int_equal(kept(), 1);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 2);
    char *first = mock_request(&mock, "/v1/chat", 0), *second = mock_request(&mock, "/v1/chat", 1);
    long least = strtol(strstr(first, "\"max_tokens\":") + 13, NULL, 10);
    assert_int_equal(strtol(strstr(second, "\"max_tokens\":") + 13, NULL, 10), 2 * least);
    assert_null(strstr(second, "An earlier reply"));
    free(first);
    free(second);
    free(cut);
    free(body);
    mock_stop(&mock);
    change("DELETE FROM pair");
    change("DELETE FROM model_call");
    change("DELETE FROM task");
}

static void test_cut_answers(void **state)
{
    asked_with_more_room("\"{\\\"question\\\": \\\"Why do\"");
    asked_with_more_room("\"\"");
    asked_with_more_room("null");
    asked_with_more_room("\"<think>it never ends\"");
}

/* 5, 6. */
static char *long_text(const char *request)
{
    struct str s = STR_INIT(4 << 20);
    str_add(&s, "{\"question\": \"" QUESTION "\", \"answer\": \"");
    while (s.len < 2000000)
        str_add(&s, "The hip is seen. ");
    str_add(&s, "\"}");
    char *body = mock_completion(s.data);
    str_release(&s);
    (void)request;
    return body;
}

static char *deep(const char *request)
{
    struct str s = STR_INIT(1 << 16);
    str_add(&s, "{\"question\": \"" QUESTION "\", \"answer\": ");
    for (int i = 0; i < 2000; i++)
        str_add_char(&s, '[');
    for (int i = 0; i < 2000; i++)
        str_add_char(&s, ']');
    str_add_char(&s, '}');
    char *body = mock_completion(s.data);
    str_release(&s);
    (void)request;
    return body;
}

static void test_malformed_answers(void **state)
{
    static const char *const contents[] = {
        "Sure! The figure shows a hip before and after treatment.",
        "{\"question\": 3, \"answer\": [\"" ANSWER "\"]}",
        "{\"question\": \"" QUESTION "\", \"answer\": \"" ANSWER "\", \"confidence\": 0.9}",
        "{\"question\": \"" QUESTION "\", \"answer\": \"" ANSWER "\", \"answer\": \"" ANSWER "\"}",
        "{\"question\": \"" QUESTION "\"}",
        "{\"question\": \"" QUESTION "\", \"answer\": \"\\ud83d\"}",
        "{\"question\": \"" QUESTION "\", \"answer\": NaN}",
        "{\"question\": \"" QUESTION "\", \"answer\": null}",
        "[" GOOD "]",
        GOOD " I hope that helps!",
        "{\"question\": \"" QUESTION "\", \"answer\": \"The hip lies",
    };
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        char *body = mock_completion(contents[i]);
        fails_once(body, NULL);
        free(body);
    }
    fails_once(NULL, long_text);
    fails_once(NULL, deep);
    /* Not even a chat completion. */
    fails_once("<html>502 Bad Gateway</html>", NULL);
    fails_once("{\"error\":\"server busy\"}", NULL);
    fails_once("{\"choices\":[{\"message\":{\"content\":\"\\ud83d\"}}]}", NULL);
}

/* A server that never keeps to the schema: the pair is dropped by name, nothing is replayed, and a later run with a
 * server that does asks again. */
static void test_failures_are_never_answers(void **state)
{
    char *prose = mock_completion("Sure! Here is a poem."), *good = mock_completion(GOOD);
    struct mock_reply bad[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, prose}, {0}};
    struct mock_reply mended[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, good}, {0}};
    struct mock_server mock;
    mock_start(&mock, bad);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    assert_true(dropped_by("schema"));
    assert_int_equal(mock_count(&mock, "/v1/chat"), 3);
    assert_int_equal(answers(), 0);
    assert_int_equal(failures("format"), 3);
    assert_true(said("\"replies\":3,\"replies_malformed\":3,\"alarm\":null"));
    mock_stop(&mock);
    change("UPDATE task SET fingerprint = 'older'");
    mock_start(&mock, mended);
    assert_int_equal(run(mock.url, NULL), EXIT_DONE);
    assert_int_equal(kept(), 1);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 1);
    mock_stop(&mock);
    free(prose);
    free(good);
}

/* 7. The prompt is shortened twice (mentions, then caption), then it is the pair's failure. */
static void test_prompt_that_never_fits(void **state)
{
    struct mock_reply replies[] = {{"/v1/models", 200, models},
                                   {"/v1/chat", 400,
                                    "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"message\":"
                                    "\"request (9000 tokens) exceeds the available context size (512 tokens)\","
                                    "\"n_prompt_tokens\":9000,\"n_ctx\":512}}"},
                                   {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, "--attempts=0"), EXIT_DONE);
    assert_true(dropped_by("schema"));
    assert_int_equal(number("SELECT count(*) FROM pair WHERE checks LIKE '%longer than the model''s context%'"), 1);
    assert_int_equal(failures("limit"), mock_count(&mock, "/v1/chat"));
    assert_in_range(mock_count(&mock, "/v1/chat"), 2, 3);
    char *first = mock_request(&mock, "/v1/chat", 0), *second = mock_request(&mock, "/v1/chat", 1);
    assert_non_null(strstr(first, "femoral head is low-dose"));
    assert_null(strstr(second, "femoral head is low-dose"));
    free(first);
    free(second);
    mock_stop(&mock);
}

/* 8. The request is refused for good: the pair's failure. */
static void test_refused_requests(void **state)
{
    static const struct {
        int status;
        const char *body;
    } refused[] = {{400, "{\"error\":{\"code\":400,\"message\":\"Failed to load image or audio file\"}}"},
                   {500, "{\"error\":{\"message\":\"image input is not supported - hint: you may need the mmproj\"}}"},
                   {501, "{\"error\":{\"message\":\"no\",\"type\":\"not_supported_error\"}}"}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mock_reply replies[] = {
            {"/v1/models", 200, models}, {"/v1/chat", refused[i].status, refused[i].body}, {0}};
        struct mock_server mock;
        mock_start(&mock, replies);
        assert_int_equal(run(mock.url, "--attempts=0"), EXIT_DONE);
        assert_true(dropped_by("schema"));
        assert_int_equal(answers(), 0);
        mock_stop(&mock);
        change("DELETE FROM pair");
        change("DELETE FROM task");
    }
}

/* 9. A wrong key ends the run, with the task given back. */
static void test_wrong_key(void **state)
{
    struct mock_reply replies[] = {{"/v1/models", 200, models},
                                   {"/v1/chat", 401,
                                    "{\"error\":{\"code\":401,\"message\":\"Invalid API Key\",\"type\":"
                                    "\"authentication_error\"}}"},
                                   {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL), EXIT_ENVIRONMENT);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 1);
    assert_int_equal(number("SELECT count(*) FROM task WHERE state = 'ready' AND attempts = 0"), 1);
    assert_true(said("Invalid API Key"));
    mock_stop(&mock);
}

/* 10, 11. What passes: tried again after a pause, the pair loses no attempt. */
static void passes(struct mock_reply trouble)
{
    char *good = mock_completion(GOOD);
    struct mock_reply replies[] = {{"/v1/models", 200, models}, trouble, {"/v1/chat", 200, good}, {0}};
    struct mock_server mock;
    replies[1].path = "/v1/chat";
    replies[1].times = 1;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, "--attempts=0"), EXIT_DONE);
    assert_int_equal(kept(), 1);
    assert_int_equal(failures("temporary"), 1);
    assert_int_equal(answers(), 1);
    assert_int_equal(number("SELECT attempts FROM task"), 2);
    mock_stop(&mock);
    free(good);
    change("DELETE FROM pair");
    change("DELETE FROM model_call");
    change("DELETE FROM task");
}

static void test_what_passes(void **state)
{
    passes((struct mock_reply){.status = 429, .body = "{\"error\":\"slow down\"}", .header = "Retry-After: 1"});
    passes((struct mock_reply){.status = 503, .body = "{\"error\":\"server busy, please try again\"}"});
    passes((struct mock_reply){
        .status = 200, .body = "{\"choices\":[{\"message\":{\"content\":\"\"}}]}", .end = MOCK_CUT});
    passes((struct mock_reply){.status = 200, .body = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"});
}

/* A server that asks for a longer pause than we would make gets it. */
static void test_retry_after_is_kept_to(void **state)
{
    struct mock_reply replies[] = {
        {"/v1/models", 200, models}, {"/v1/chat", 429, "{\"error\":\"slow down\"}", .header = "Retry-After: 900"}, {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    pid_t pid = start(mock.url, NULL);
    for (int i = 0; i < 100 && number("SELECT count(*) FROM task WHERE state = 'ready' AND attempts = 1") == 0; i++)
        usleep(50000);
    assert_in_range(number("SELECT not_before - unixepoch() FROM task"), 850, 900);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    mock_stop(&mock);
}

/* 11, 12, byte by byte: a chunked body that breaks off, a reset, a first byte that comes late, a stream. */
static void test_wire(void **state)
{
#define CHUNKED "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    char *good = mock_completion(GOOD), *escaped = mem_printf("%s", ESCAPED);
    char *whole = mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(good), good);
    char *event =
        mem_printf(": ping\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}"
                   "\n\ndata: [DONE]\n\n",
                   escaped);
    char *stream = mem_printf(CHUNKED "%zx\r\n%s\r\n0\r\n\r\n", strlen(event), event);
    const struct {
        struct raw_reply reply;
        bool works;
    } cases[] = {{{.bytes = whole, .pause_ms = 1500}, true},
                 {{.bytes = whole, .end = RAW_CLOSE}, true},
                 {{.bytes = stream}, true},
                 {{.bytes = CHUNKED "400\r\n{\"choices\":[", .end = RAW_CLOSE}, false},
                 {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", .end = RAW_RESET}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *list = mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(models), models);
        struct raw_reply replies[] = {{"/v1/models", list}, cases[i].reply, {0}};
        struct raw_server server;
        replies[1].target = "/v1/chat/completions";
        raw_server_start(&server, replies, NULL);
        pid_t pid = start(server.url, NULL);
        if (cases[i].works) {
            waitpid(pid, NULL, 0);
            assert_int_equal(kept(), 1);
        } else {
            /* It would be tried again until the attempts are used up. */
            for (int k = 0; k < 100 && failures("temporary") == 0; k++)
                usleep(50000);
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            assert_true(failures("temporary") > 0);
            assert_int_equal(answers(), 0);
        }
        raw_server_stop(&server);
        free(list);
        change("DELETE FROM pair");
        change("DELETE FROM model_call");
        change("DELETE FROM task");
    }
    free(good);
    free(escaped);
    free(whole);
    free(event);
    free(stream);
}

/* 13. Well formed, and still no good: the checks find it, by name. */
static void test_checks_find_what_is_well_formed(void **state)
{
    static const char *const cases[][2] = {
        {"language",
         "{\"question\": \"" QUESTION "\", \"answer\": \"La cadera se ve en el plano coronal antes y después de la "
         "radioterapia, y solo así el edema de la cabeza femoral conserva su lugar y su tamaño, de modo que una señal "
         "menor significa que hay menos edema en el hueso de la paciente.\"}"},
        {"refusal",
         "{\"question\": \"" QUESTION
         "\", \"answer\": \"I'm sorry, but I cannot see the image of the hip, so that I am "
         "unable to say why the oedema in the femoral head of this woman is smaller after radiotherapy than before it "
         "in the coronal plane.\"}"},
        {"tokens", "{\"question\": \"" QUESTION "\", \"answer\": \"<image> " ANSWER "\"}"},
        {"copied",
         "{\"question\": \"" QUESTION "\", \"answer\": \"Coronal magnetic resonance image of the hip of a woman before "
         "and after radiotherapy at low doses. The arrow marks bone marrow oedema in the femoral head.\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *body = mock_completion(cases[i][1]);
        struct mock_reply replies[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, body}, {0}};
        struct mock_server mock;
        mock_start(&mock, replies);
        assert_int_equal(run(mock.url, NULL), EXIT_DONE);
        if (!dropped_by(cases[i][0]))
            fail_msg("not dropped by %s", cases[i][0]);
        assert_int_equal(mock_count(&mock, "/v1/chat"), 3);
        mock_stop(&mock);
        free(body);
        change("DELETE FROM pair");
        change("DELETE FROM model_call");
        change("DELETE FROM task");
    }
}

/* More than a fifth of 50 replies or more: said once, by name, and in the summary. */
static void test_alarm(void **state)
{
    char *prose = mock_completion("Sure! Here is a poem.");
    struct mock_reply replies[] = {{"/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\",\"owned_by\":\"vllm\"}]}"},
                                   {"/version", 200, "{\"version\":\"0.12.0\"}"},
                                   {"/v1/chat", 200, prose},
                                   {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, "--per-figure=16"), EXIT_DONE);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 48);
    assert_false(said("response_format"));
    assert_int_equal(run(mock.url, "--per-figure=17"), EXIT_DONE);
    assert_true(said("warning: 50 of 50 replies of the model are not the JSON"));
    assert_true(said("(vLLM 0.12.0) seems to ignore response_format; start it with --structured-outputs-config"));
    assert_true(said("\"replies\":51,\"replies_malformed\":51,\"alarm\":\"response_format_ignored\""));
    assert_int_equal(run(mock.url, "--alarm=100"), EXIT_DONE);
    assert_false(said("response_format"));
    mock_stop(&mock);
    free(prose);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_loading_server_is_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(test_wrapped_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_thinking_alone_is_no_answer, begin, end),
        cmocka_unit_test_setup_teardown(test_cut_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_malformed_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_failures_are_never_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_prompt_that_never_fits, begin, end),
        cmocka_unit_test_setup_teardown(test_refused_requests, begin, end),
        cmocka_unit_test_setup_teardown(test_wrong_key, begin, end),
        cmocka_unit_test_setup_teardown(test_what_passes, begin, end),
        cmocka_unit_test_setup_teardown(test_retry_after_is_kept_to, begin, end),
        cmocka_unit_test_setup_teardown(test_wire, begin, end),
        cmocka_unit_test_setup_teardown(test_checks_find_what_is_well_formed, begin, end),
        cmocka_unit_test_setup_teardown(test_alarm, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

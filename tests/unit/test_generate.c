/* test_generate.c: the stage generate as a whole, on a small corpus and a mock model server. */
#include "pairs/generate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/mock_server.h"
#include "tests/unit/sample_corpus.h"

#define NO_SERVER "http://127.0.0.1:9" /* the discard port: nobody answers */

static char folder[64];

static const char models[] = "{\"data\":[{\"id\":\"mock-model\"}]}";
static const char description_reply[] =
    "{\"answer\": \"The figure is a coronal magnetic resonance image of the hip of a woman before and after low-dose "
    "radiotherapy. An arrow points to bone marrow oedema in the femoral head, which is the main finding of this image "
    "and which can be followed over time.\"}";
static const char reasoning_reply[] =
    "{\"question\": \"Why were both images taken in the same plane?\", \"answer\": \"The hip lies in the coronal "
    "plane before and after radiotherapy. Only then does the oedema in the femoral head keep its place and its size on "
    "paper, so that less of it means that there is less in the bone. Whether the doses did that remains open.\"}";

static char *two_bodies(const char *request, const char *description, const char *reasoning)
{
    return mock_completion(strstr(request, "\"name\":\"complex_reasoning\"") ? reasoning : description);
}

static char *good(const char *request)
{
    return two_bodies(request, description_reply, reasoning_reply);
}

static char *leaking(const char *request)
{
    return two_bodies(request, "{\"answer\": \"The caption says that the hip has an oedema.\"}",
                      "{\"question\": \"Why so?\", \"answer\": \"The text says so.\"}");
}

/* Wrong until it is told what was wrong. */
static char *learning(const char *request)
{
    return strstr(request, "An earlier reply was rejected") ? good(request) : leaking(request);
}

static char *nonsense(const char *request)
{
    (void)request;
    return mock_completion("Sure, here is what you asked for!");
}

static char *cut(const char *content)
{
    return mem_printf("{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"%s\"}}]}", content);
}

/* Cut off unless there is more room than at first. */
static char *long_winded(const char *request)
{
    const char *room = strstr(request, "\"max_tokens\":");
    return room && strtol(room + 13, NULL, 10) > 300 ? good(request) : cut("{\\\"answer\\\": \\\"The fig");
}

static char *endless(const char *request)
{
    (void)request;
    return cut("{\\\"answer\\\": \\\"The fig");
}

/* The corpus: figure 1 and 2 are ready, 3 has no picture, 4 no usable translation, 5 is dropped. */
static void fill(struct db *db)
{
    sample_sql(db, "INSERT INTO article (article_id, key, source, added) VALUES (1, 'doi:10.1/x', 'import', 0)");
    sample_sql(db, "INSERT INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, added) "
                   "VALUES (1, 1, 'jats', 'application/xml', 'd1', 1, 'x.xml', 0)");
    sample_sql(
        db, "INSERT INTO figure (figure_id, document_id, anchor, ordinal, origin, kind, confidence, image_sha256, "
            "image_media_type, content_hash, drop_reason) SELECT value, 1, 'f' || value, value, 'jats', 'figure', 1, "
            "iif(value = 3, NULL, 'i' || value), 'image/png', 'c' || value, iif(value = 5, 'small', NULL) "
            "FROM json_each('[1,2,3,4,5]')");
    sample_sql(
        db,
        "INSERT INTO translation (figure_id, field, ordinal, source_language, language_source, "
        "language_confidence, target_language, source_text, text, method, checks, drop_reason) "
        "SELECT figure_id, 'caption', 0, 'en', 'document', 1, 'en', 'x', 'Figure ' || figure_id || '. Coronal "
        "magnetic resonance image of the hip of a woman before and after radiotherapy at low doses. The arrow marks "
        "bone marrow oedema in the femoral head.' || iif(figure_id = 2, ' It had nearly disappeared when the "
        "patient came for a second visit.', ''), 'identity', '{}', iif(figure_id = 4, 'numbers', NULL) FROM figure");
    sample_sql(
        db, "INSERT INTO mention (figure_id, ordinal, language, text) VALUES (1, 0, 'en', 'The oedema in the femoral "
            "head is low-dose (Figure 1).')");
}

static int begin(void **state)
{
    struct db db;
    unsetenv("GENERATOR_URL");
    unsetenv("GENERATOR_MODEL");
    unsetenv("GENERATOR_KEY");
    sample_corpus_open(&db, folder);
    fill(&db);
    db_close(&db);
    return 0;
}

static int end(void **state)
{
    struct db db;
    struct err e = {0};
    assert_true(db_open(&db, folder, DB_WRITE, &e));
    sample_corpus_remove(&db, folder);
    return 0;
}

/* Runs the stage in a process of its own; its exit status. */
static int run(const char *url, const char *option, const char *another)
{
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[] = {"figmill-generate", "--corpus", folder, "-q", "--url", url, option, another, NULL};
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        _exit(stage_main(&generate_stage, option ? another ? 8 : 7 : 6, argv));
    }
    int status;
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

static void serve(struct mock_server *mock, char *(*make)(const char *))
{
    struct mock_reply replies[] = {{"/v1/models", 200, models}, {"/v1/chat", 200, .make = make}, {0}};
    mock_start(mock, replies);
}

static void test_alignment_needs_no_model(void **state)
{
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair"), 2);
    assert_int_equal(
        number("SELECT count(*) FROM pair WHERE model IS NULL AND model_call_id IS NULL AND drop_reason IS NULL "
               "AND language = 'en' AND length(prompt_hash) = 64"),
        2);
    /* 26 words and 37; the label is not part of the answer. */
    assert_int_equal(number("SELECT count(*) FROM pair WHERE (figure_id = 1 AND prompt = 'instructions_brief') "
                            "OR (figure_id = 2 AND prompt = 'instructions_detailed')"),
                     2);
    assert_int_equal(
        number("SELECT count(*) FROM pair WHERE json_array_length(turns) = 2 "
               "AND turns ->> '$[0].from' = 'human' AND turns ->> '$[0].value' LIKE '<image>' || char(10) || '_%' "
               "AND turns ->> '$[1].from' = 'gpt' AND turns ->> '$[1].value' LIKE 'Coronal magnetic%'"),
        2);
    /* Again: nothing to do, and no trace of it. */
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM run"), 1);
}

static void test_all_kinds(void **state)
{
    struct mock_server mock;
    serve(&mock, good);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 6);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE model = 'mock-model' AND model_call_id IS NOT NULL "
                            "AND checks ->> '$.numbers' = 'pass'"),
                     4);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE kind = 'complex_reasoning' AND turns ->> '$[0].value' = "
                            "'<image>' || char(10) || 'Why were both images taken in the same plane?'"),
                     2);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 4);
    /* The constant part stands first; the figure's number is not told; a seed of 31 bits. */
    char *request = mock_request(&mock, "/v1/chat", 0);
    assert_non_null(strstr(request,
                           "The arrow marks bone marrow oedema in the femoral head.\\nThe oedema in the femoral head "
                           "is low-dose."));
    assert_null(strstr(request, "Figure 1"));
    assert_non_null(strstr(request, "\"seed\":"));
    free(request);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 4);
    mock_stop(&mock);
    /* Nothing to do is found out without a server too. */
    assert_int_equal(run(NO_SERVER, NULL, NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM run"), 1);
}

/* Only panels with letters are letters; what is no longer found has no label. */
static void test_panels_are_told(void **state)
{
    struct mock_server mock;
    struct db db;
    struct err e = {0};
    assert_true(db_open(&db, folder, DB_WRITE, &e));
    sample_sql(&db,
               "INSERT INTO panel (figure_id, ordinal, label) VALUES (1, 0, 'left'), (1, 1, 'right'), (2, 0, 'A'), "
               "(2, 1, 'B'), (2, 2, 'C'), (2, 3, NULL)");
    db_close(&db);
    serve(&mock, good);
    assert_int_equal(run(mock.url, "--kinds=complex_reasoning", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM model_call WHERE request LIKE '%second visit%Panels A to C.%'"), 1);
    assert_int_equal(number("SELECT count(*) FROM model_call WHERE request NOT LIKE '%second visit%' AND "
                            "request LIKE '%low-dose.%No panel letters.%'"),
                     1);
    mock_stop(&mock);
}

static void test_failing_pair_is_written_again(void **state)
{
    struct mock_server mock;
    serve(&mock, learning);
    assert_int_equal(run(mock.url, "-j1", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 6);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 8);
    char *first = mock_request(&mock, "/v1/chat", 0), *second = mock_request(&mock, "/v1/chat", 1);
    assert_null(strstr(first, "An earlier reply was rejected"));
    assert_non_null(strstr(second, "'caption' betrays that a text was read"));
    assert_string_not_equal(strstr(first, "\"seed\":"), strstr(second, "\"seed\":"));
    free(first);
    free(second);
    mock_stop(&mock);
}

static void test_dropped_pair_stays_with_its_reason(void **state)
{
    struct mock_server mock;
    serve(&mock, leaking);
    assert_int_equal(run(mock.url, "--attempts=1", "-j1"), EXIT_DONE);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 8);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE model IS NOT NULL AND drop_reason = 'leak' "
                            "AND turns LIKE '% says%' AND checks ->> '$.leak' LIKE '%betrays%'"),
                     4);
    int64_t id = number("SELECT min(pair_id) FROM pair WHERE drop_reason = 'leak'");
    mock_stop(&mock);
    /* Another option: made again, under the same ids. */
    serve(&mock, good);
    assert_int_equal(run(mock.url, "--temperature=0.9", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 6);
    assert_int_equal(number("SELECT min(pair_id) FROM pair WHERE model IS NOT NULL"), id);
    mock_stop(&mock);
}

static void test_nonsense_is_an_outcome(void **state)
{
    struct mock_server mock;
    serve(&mock, nonsense);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason = 'schema' AND turns = '[]'"), 4);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE kind = 'alignment' AND drop_reason IS NULL"), 2);
    assert_int_equal(number("SELECT count(*) FROM task WHERE state = 'done'"), 2);
    mock_stop(&mock);
    /* So is a reply that is no chat completion, and a request that the server refuses. */
    struct mock_reply broken[] = {{"/v1/models", 200, models},
                                  {"/v1/chat", 200, "<html>", .times = 2},
                                  {"/v1/chat", 400, "{\"error\":{\"message\":\"bad schema\"}}"},
                                  {0}};
    mock_start(&mock, broken);
    assert_int_equal(run(mock.url, "--temperature=0.9", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason = 'schema'"), 4);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE checks LIKE '%bad schema%'"), 4);
    mock_stop(&mock);
}

static void test_cut_reply_gets_more_room(void **state)
{
    struct mock_server mock;
    serve(&mock, long_winded);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 6);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 8);
    mock_stop(&mock);
    serve(&mock, endless);
    assert_int_equal(run(mock.url, "--temperature=0.9", "--attempts=0"), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason = 'finish'"), 4);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 8);
    mock_stop(&mock);
}

static void test_long_prompt_is_shortened(void **state)
{
    static const char full[] =
        "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"message\":\"request (9000 "
        "tokens) exceeds the available context size\"}}";
    struct mock_reply replies[] = {
        {"/v1/models", 200, models}, {"/v1/chat", 400, full, .times = 2}, {"/v1/chat", 200, .make = good}, {0}};
    struct mock_server mock;
    struct str caption = STR_INIT(10000);
    for (int i = 0; i < 60; i++)
        str_add(&caption, " The oedema is seen in the femoral head.");
    char *sql = mem_printf("UPDATE translation SET text = text || '%s' WHERE figure_id = 1", caption.data);
    change(sql);
    free(sql);
    str_release(&caption);
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, "--kinds=detailed_description", "-j1"), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 2);
    assert_int_equal(number("SELECT count(*) FROM model_call WHERE err_kind = 'limit'"), 2);
    char *first = mock_request(&mock, "/v1/chat", 0), *second = mock_request(&mock, "/v1/chat", 1),
         *third = mock_request(&mock, "/v1/chat", 2);
    assert_non_null(strstr(first, "low-dose."));
    assert_null(strstr(second, "low-dose."));
    assert_true(strlen(third) < strlen(second));
    free(first);
    free(second);
    free(third);
    mock_stop(&mock);
}

static void test_no_server_stops_the_stage(void **state)
{
    assert_int_equal(run(NO_SERVER, NULL, NULL), EXIT_ENVIRONMENT);
    assert_int_equal(number("SELECT count(*) FROM pair"), 0);
    /* It goes away in the middle: what is done stays, the rest is ready. */
    struct mock_reply replies[] = {
        {"/v1/models", 200, models}, {"/v1/chat", 200, .make = good, .times = 2}, {"/v1/chat", 404, "{}"}, {0}};
    struct mock_server mock;
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, "-j1", NULL), EXIT_ENVIRONMENT);
    assert_int_equal(number("SELECT count(*) FROM task WHERE state = 'done'"), 1);
    assert_int_equal(number("SELECT count(*) FROM task WHERE state = 'ready' AND attempts = 0"), 1);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 3);
    mock_stop(&mock);
}

static void test_only_what_changed_is_made_again(void **state)
{
    int64_t id, prompt;
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    id = number("SELECT pair_id FROM pair WHERE figure_id = 2");
    change("UPDATE pair SET score = 7");
    change("UPDATE translation SET text = 'Another image of the hip of the same woman.' WHERE figure_id = 2");
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT done FROM run ORDER BY run_id DESC LIMIT 1"), 1);
    assert_int_equal(number("SELECT pair_id FROM pair WHERE figure_id = 2 AND turns LIKE '%Another image%'"), id);
    /* A score belongs to what was scored. */
    assert_int_equal(number("SELECT count(*) FROM pair WHERE score = 7 AND figure_id = 1"), 1);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE score IS NULL AND figure_id = 2"), 1);
    /* Not usable any more: withdrawn; usable again: back. */
    change("UPDATE figure SET drop_reason = 'retracted' WHERE figure_id = 2");
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE figure_id = 2 AND drop_reason = 'withdrawn'"), 1);
    change("UPDATE figure SET drop_reason = NULL WHERE figure_id = 2");
    assert_int_equal(run(NO_SERVER, "--kinds=alignment", NULL), EXIT_DONE);
    prompt = number("SELECT pair_id FROM pair WHERE figure_id = 2 AND drop_reason IS NULL");
    assert_int_equal(prompt, id);
}

static void test_per_figure(void **state)
{
    struct mock_server mock;
    serve(&mock, good);
    assert_int_equal(run(mock.url, "--per-figure=2", "--attempts=0"), EXIT_DONE);
    /* The mock says the same again, which is a duplicate; the question out of the list is another one. */
    assert_int_equal(number("SELECT count(*) FROM pair WHERE ordinal = 1 AND drop_reason = 'duplicate'"), 4);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE kind = 'alignment'"), 2);
    assert_int_equal(number("SELECT count(DISTINCT turns ->> '$[0].value') FROM pair WHERE figure_id = 1 "
                            "AND kind = 'detailed_description'"),
                     2);
    assert_int_equal(run(mock.url, "--per-figure=1", "--attempts=0"), EXIT_DONE);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE ordinal = 1 AND drop_reason = 'withdrawn'"), 4);
    assert_int_equal(number("SELECT count(*) FROM pair WHERE drop_reason IS NULL"), 6);
    /* What was asked before is not asked again. */
    assert_int_equal(mock_count(&mock, "/v1/chat"), 8);
    mock_stop(&mock);
}

static void test_usage(void **state)
{
    static const char *const wrong[] = {"--kinds=alignment,conversations",
                                        "--per-figure=0",
                                        "--per-figure=1000",
                                        "--attempts=-1",
                                        "--words=29",
                                        "--words=401",
                                        "--temperature=9",
                                        "--temperature=nan"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(run(NO_SERVER, wrong[i], NULL), EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alignment_needs_no_model, begin, end),
        cmocka_unit_test_setup_teardown(test_all_kinds, begin, end),
        cmocka_unit_test_setup_teardown(test_panels_are_told, begin, end),
        cmocka_unit_test_setup_teardown(test_failing_pair_is_written_again, begin, end),
        cmocka_unit_test_setup_teardown(test_dropped_pair_stays_with_its_reason, begin, end),
        cmocka_unit_test_setup_teardown(test_nonsense_is_an_outcome, begin, end),
        cmocka_unit_test_setup_teardown(test_cut_reply_gets_more_room, begin, end),
        cmocka_unit_test_setup_teardown(test_long_prompt_is_shortened, begin, end),
        cmocka_unit_test_setup_teardown(test_no_server_stops_the_stage, begin, end),
        cmocka_unit_test_setup_teardown(test_only_what_changed_is_made_again, begin, end),
        cmocka_unit_test_setup_teardown(test_per_figure, begin, end),
        cmocka_unit_test_setup_teardown(test_usage, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

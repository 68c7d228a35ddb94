/* test_batch.c: batch files (stage/batch.h), asking with them (stage/ask.h), and the alarm (stage/alarm.h). */
#include "stage/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "stage/alarm.h"
#include "stage/ask.h"
#include "tests/unit/sample_corpus.h"

static char folder[64];
static struct db db;
static struct arena arena = ARENA_INIT;

static int begin(void **state)
{
    unsetenv("GENERATOR_MODEL");
    sample_corpus_open(&db, folder);
    return 0;
}

static int end(void **state)
{
    static const char *const names[] = {"b", "b.1", "b.2", "b.3", "b.4", "r", "s", "b.1.partial"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
    return 0;
}

static const char *path(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

static bool exists(const char *name)
{
    return access(path(name), F_OK) == 0;
}

static const char *text_of(const char *name)
{
    struct err e = {0};
    char *text = file_read_text(path(name), 1 << 20, &e);
    if (!text)
        fail_msg("%s", e.text);
    const char *copy = arena_strdup(&arena, text);
    free(text);
    return copy;
}

static void write_text(const char *name, const char *text)
{
    struct err e = {0};
    assert_true(file_replace(path(name), text, strlen(text), &e));
}

static int lines_of(const char *name)
{
    int n = 0;
    for (const char *at = text_of(name); (at = strchr(at, '\n')); at++)
        n++;
    return n;
}

static struct batch_out *open_out(const struct batch_limits *limits)
{
    struct err e = {0};
    struct batch_out *b = batch_out_new(path("b"), limits, &e);
    if (!b)
        fail_msg("%s", e.text);
    return b;
}

static void add(struct batch_out *b, int i)
{
    struct err e = {0};
    assert_true(batch_out_add(b, arena_printf(&arena, "{\"model\":\"m\",\n\"seed\":%d}", i), &e));
}

static void test_one_file(void **state)
{
    struct err e = {0};
    struct batch_out *b = open_out(NULL);
    char id[BATCH_ID_SIZE];
    for (int i = 0; i < 3; i++) {
        add(b, 7);
        add(b, 8);
    }
    assert_false(exists("b"));
    assert_true(batch_out_close(b, &e));
    assert_int_equal(batch_out_lines(b), 2);
    assert_int_equal(batch_out_files(b), 1);
    batch_out_free(b);
    assert_false(exists("b.1"));
    batch_id("{\"model\":\"m\",\n\"seed\":7}", id);
    const char *first = arena_printf(&arena,
                                     "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
                                     "\"body\":{\"model\":\"m\", \"seed\":7}}\n",
                                     id);
    assert_int_equal(strncmp(text_of("b"), first, strlen(first)), 0);
    assert_int_equal(lines_of("b"), 2);
    /* It is not written over. */
    assert_null(batch_out_new(path("b"), NULL, &e));
    assert_int_equal(e.kind, ERR_USAGE);
}

static void test_split_by_lines(void **state)
{
    const struct batch_limits limits = {1000, 1 << 20};
    struct err e = {0};
    struct batch_out *b = open_out(&limits);
    for (int i = 0; i < 2500; i++)
        add(b, i);
    for (int i = 0; i < 2500; i++)
        add(b, i);
    assert_true(batch_out_close(b, &e));
    assert_int_equal(batch_out_files(b), 3);
    assert_int_equal(batch_out_lines(b), 2500);
    batch_out_free(b);
    assert_false(exists("b"));
    assert_int_equal(lines_of("b.1"), 1000);
    assert_int_equal(lines_of("b.2"), 1000);
    assert_int_equal(lines_of("b.3"), 500);
    assert_null(batch_out_new(path("b"), NULL, &e));
}

static void test_split_by_bytes(void **state)
{
    const struct batch_limits limits = {1000, 300};
    struct err e = {0};
    struct batch_out *b = open_out(&limits);
    for (int i = 0; i < 8; i++)
        add(b, i);
    char *big = mem_array(1, 500);
    memset(big, 'x', 499);
    assert_false(batch_out_add(b, big, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    free(big);
    assert_true(batch_out_close(b, &e));
    assert_int_equal(batch_out_files(b), 4);
    batch_out_free(b);
    for (int i = 1; i <= 4; i++) {
        const char *text = text_of(arena_printf(&arena, "b.%d", i));
        assert_int_equal(lines_of(arena_printf(&arena, "b.%d", i)), 2);
        assert_in_range(strlen(text), 200, 300);
    }
}

static void test_nothing_and_not_closed(void **state)
{
    struct err e = {0};
    struct batch_out *b = open_out(NULL);
    assert_true(batch_out_close(b, &e));
    batch_out_free(b);
    assert_false(exists("b"));
    b = open_out(NULL);
    add(b, 1);
    assert_true(exists("b.1.partial"));
    batch_out_free(b);
    assert_false(exists("b.1.partial"));

    batch_out_free(NULL);
}

/* Results. */

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddd"
#define ANSWERED(id, n)                                                                                                \
    "{\"custom_id\":\"" id "\",\"response\":{\"status_code\":200,\"body\":{\"n\":" n "}},\"error\":null}\n"

static void test_results(void **state)
{
    write_text(
        "r",
        ANSWERED(C, "3") "\n\r\n"
                         "{\"custom_id\":\"" A
                         "\",\"response\":null,\"error\":{\"code\":\"batch_expired\",\"message\":\"late\"}}\n"
                         "no JSON\n"
                         "{\"custom_id\":7,\"response\":null}\n"
                         "{\"custom_id\":\"task-1\",\"response\":null}\n"
                         "[]\n"
                         "{\"custom_id\":\"" B
                         "\",\"response\":{\"status_code\":400,\"body\":{\"error\":{\"message\":\"bad schema\"}}}}");
    write_text("s", ANSWERED(A, "1") ANSWERED(A, "2")
                        ANSWERED(C, "4") "{\"custom_id\":\"" D
                                         "\",\"response\":{\"status_code\":200,\"body\":null},\"error\":null}\n");
    const char *const files[] = {path("r"), path("s"), NULL};
    struct batch_counts counts;
    struct err e = {0};
    int status;
    struct batch_in *b = batch_in_new(files, &e);
    assert_non_null(b);
    struct str raw = STR_INIT(1000);
    assert_int_equal(batch_in_find(b, A, &raw, &status, &e), 1);
    assert_string_equal(raw.data, "{\"n\":1}"); /* the first answer, not the failure before it */
    assert_int_equal(status, 200);
    str_clear(&raw);
    assert_int_equal(batch_in_find(b, B, &raw, &status, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_int_equal(status, 400);
    assert_non_null(strstr(e.text, "the batch refused the request (HTTP 400): bad schema"));
    str_clear(&raw);
    assert_int_equal(batch_in_find(b, D, &raw, &status, &e), -1);
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_int_equal(batch_in_find(b, "e", &raw, &status, &e), 0);
    batch_in_counts(b, &counts);
    assert_int_equal(counts.results, 4);
    assert_int_equal(counts.broken, 4);
    assert_int_equal(counts.duplicates, 3);
    assert_int_equal(counts.used, 3);
    batch_in_free(b);
    str_release(&raw);
    const char *const none[] = {path("missing"), NULL};
    assert_null(batch_in_new(none, &e));
    assert_int_equal(e.kind, ERR_USAGE);
}

/* Asking offline. */

static const struct model_message message = {"user", "Hello"};

static bool ask_seed(struct ask *a, long seed, const struct ask_check *check, struct model_reply *reply, struct err *e)
{
    struct model_request r = {.messages = &message, .n_messages = 1, .max_tokens = 5, .top_p = 1, .seed = seed};
    int64_t id;
    memset(e, 0, sizeof *e);
    return ask_model(a, &db, &r, check, &arena, reply, &id, e);
}

static const char *id_of(long seed)
{
    struct model_request r = {.messages = &message, .n_messages = 1, .max_tokens = 5, .top_p = 1, .seed = seed};
    struct model_server server = {.name = "cluster"};
    struct str text = STR_INIT(4096);
    char *id = arena_array(&arena, 1, BATCH_ID_SIZE);
    model_request_write(&server, &r, &text);
    batch_id(text.data, id);
    str_release(&text);
    return id;
}

static bool is_number(const void *context, const struct model_reply *reply, struct err *e)
{
    return strspn(reply->content, "0123456789") == strlen(reply->content) || err_set(e, ERR_FORMAT, "no number");
}

static const struct ask_options options = {.stage = "generate", .name = "GENERATOR"};

static int64_t number(const char *sql)
{
    struct err e = {0};
    int64_t n;
    assert_true(db_int(&db, &e, &n, sql, ""));
    return n;
}

static void test_ask_offline(void **state)
{
    struct ask_check check = {.has_form = is_number};
    struct model_reply reply;
    struct err e = {0};
    struct str results = STR_INIT(1 << 16);
    for (long seed = 1; seed <= 2; seed++)
        str_addf(&results,
                 "{\"custom_id\":\"%s\",\"response\":{\"status_code\":200,\"body\":{\"choices\":[{\"message\":{"
                 "\"content\":\"%s\"}}]}}}\n",
                 id_of(seed), seed == 1 ? "41" : "prose");
    str_addf(&results, "{\"custom_id\":\"%s\",\"response\":null,\"error\":{\"code\":\"batch_expired\"}}\n", id_of(3));
    str_addf(&results, "{\"custom_id\":\"%s\",\"response\":{\"status_code\":401},\"error\":\"no key\"}\n", id_of(4));
    str_addf(&results, "{\"custom_id\":\"%s\",\"response\":{\"status_code\":200,\"body\":{\"choices\":[]}}}\n",
             id_of(6));
    write_text("r", results.data);
    str_release(&results);
    const char *const files[] = {path("r"), NULL};
    struct ask_offline places = {.model = "cluster", .in = batch_in_new(files, &e), .out = open_out(NULL)};
    struct ask *a = ask_new_offline(&options, &places);
    assert_true(ask_seed(a, 1, &check, &reply, &e));
    assert_string_equal(reply.content, "41");
    assert_false(ask_seed(a, 2, &check, &reply, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_false(ask_seed(a, 6, &check, &reply, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_false(ask_waits(a));
    for (long seed = 3; seed <= 5; seed++) {
        ask_about(a, "7");
        assert_false(ask_waits(a));
        assert_false(ask_seed(a, seed, &check, &reply, &e));
        assert_int_equal(e.kind, ERR_TEMPORARY);
        assert_true(ask_waits(a));
    }
    assert_true(batch_out_close(places.out, &e));
    assert_int_equal(lines_of("b"), 3);
    batch_in_free(places.in);
    batch_out_free(places.out);
    ask_free(a);
    assert_int_equal(number("SELECT count(*) FROM model_call WHERE err_kind IS NULL AND model = 'cluster' AND "
                            "server = 'batch'"),
                     1);
    /* Later, without the files: answers stand, and so does what would only fail again. */
    a = ask_new_offline(&options, &(struct ask_offline){.model = "cluster"});
    assert_true(ask_seed(a, 1, &check, &reply, &e));
    assert_false(ask_seed(a, 2, &check, &reply, &e));
    assert_string_equal(e.text, "no number");
    assert_false(ask_waits(a));
    assert_false(ask_seed(a, 3, &check, &reply, &e));
    assert_true(ask_waits(a));
    ask_free(a);
}

static void test_model_name(void **state)
{
    struct ask_options named = options;
    assert_string_equal(ask_model_name(&options), "");
    setenv("GENERATOR_MODEL", "env", 1);
    assert_string_equal(ask_model_name(&options), "env");
    named.model = "line";
    assert_string_equal(ask_model_name(&named), "line");
    unsetenv("GENERATOR_MODEL");
    assert_false(ask_waits(NULL));
}

/* The alarm. */

static bool goes_off(int percent, int replies, int malformed)
{
    const struct model_server server = {.url = "http://x/v1"};
    struct alarm *a = alarm_new(percent);
    for (int i = 0; i < replies; i++)
        alarm_count(a, i < replies - malformed ? ALARM_WELL_FORMED : ALARM_MALFORMED, &server);
    bool off = alarm_went_off(a);
    alarm_free(a);
    return off;
}

static void test_alarm(void **state)
{
    assert_false(goes_off(20, 49, 49));
    assert_false(goes_off(20, 50, 10));
    assert_true(goes_off(20, 50, 11));
    assert_true(goes_off(0, 50, 1));
    assert_false(goes_off(0, 50, 0));
    assert_false(goes_off(100, 500, 500));
    alarm_count(NULL, ALARM_MALFORMED, NULL);
    assert_false(alarm_went_off(NULL));
    alarm_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_file, begin, end),
        cmocka_unit_test_setup_teardown(test_split_by_lines, begin, end),
        cmocka_unit_test_setup_teardown(test_split_by_bytes, begin, end),
        cmocka_unit_test_setup_teardown(test_nothing_and_not_closed, begin, end),
        cmocka_unit_test_setup_teardown(test_results, begin, end),
        cmocka_unit_test_setup_teardown(test_ask_offline, begin, end),
        cmocka_unit_test_setup_teardown(test_model_name, begin, end),
        cmocka_unit_test(test_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_model_call.c: table model_call. */
#include "db/model_call.h"
#include "tests/unit/sample_corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static struct db db;
static struct arena arena = ARENA_INIT;

static int open_corpus(void **state)
{
    sample_corpus_open(&db, folder);
    return 0;
}

static int close_corpus(void **state)
{
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
    return 0;
}

static int64_t add(const char *stage, const char *model, const char *request, const char *reply,
                   const struct err *error)
{
    struct model_call call = {.stage = stage,
                              .model = model,
                              .server = "",
                              .request = request,
                              .reply = reply,
                              .http_status = 200,
                              .seconds = 0.5,
                              .error = error};
    struct err e = {0};
    int64_t id = 0;
    assert_true(model_call_add(&db, &call, &id, &e));
    assert_true(id > 0);
    return id;
}

static const char *lookup(const char *request, int64_t *id)
{
    const char *reply = "unset";
    struct err e = {0};
    assert_true(model_call_lookup(&db, request, &arena, &reply, id, &e));
    return reply;
}

static void test_replay(void **state)
{
    int64_t id = 7;
    struct err busy = {.kind = ERR_TEMPORARY, .text = "HTTP 503"};
    assert_null(lookup("{\"n\":1}", &id));
    assert_int_equal(id, 0);
    add("translate", "m", "{\"n\":1}", NULL, &busy);
    add("translate", "m", "{\"n\":1}", NULL, &busy);
    assert_null(lookup("{\"n\":1}", &id));
    int64_t good = add("translate", "m", "{\"n\":1}", "{\"answer\":\"ü\"}", NULL);
    assert_string_equal(lookup("{\"n\":1}", &id), "{\"answer\":\"ü\"}");
    assert_int_equal(id, good);
    assert_null(lookup("{\"n\":1} ", &id));
}

static void test_one_reply_a_request(void **state)
{
    struct model_call call = {
        .stage = "generate", .model = "m", .server = "", .request = "{}", .reply = "{}", .http_status = 200};
    struct err e = {0};
    int64_t id;
    assert_true(model_call_add(&db, &call, &id, &e));
    assert_false(model_call_add(&db, &call, &id, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
}

static void test_last_model(void **state)
{
    const char *model = "unset";
    struct err e = {0};
    assert_true(model_call_last_model(&db, "judge", &arena, &model, &e));
    assert_null(model);
    add("judge", "first", "{\"a\":1}", "{}", NULL);
    add("judge", "second", "{\"a\":2}", "{}", NULL);
    add("other", "third", "{\"a\":3}", "{}", NULL);
    assert_true(model_call_last_model(&db, "judge", &arena, &model, &e));
    assert_string_equal(model, "second");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_one_reply_a_request),
        cmocka_unit_test(test_last_model),
    };
    return cmocka_run_group_tests(tests, open_corpus, close_corpus);
}

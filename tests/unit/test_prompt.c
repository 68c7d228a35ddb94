/* test_prompt.c: prompts and lists as compiled in, and that the worked examples keep the rules themselves. */
#include "pairs/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "pairs/check.h"
#include "pairs/reply.h"

static struct arena arena = ARENA_INIT;

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

static void test_all_prompts_are_there(void **state)
{
    struct prompt p, again;
    struct err e = {0};
    for (int k = PAIR_DETAILED_DESCRIPTION; k < PAIR_KINDS; k++) {
        assert_true(prompt_load(pair_kind_names[k], &arena, &p, &e));
        assert_true(prompt_load(pair_kind_names[k], &arena, &again, &e));
        assert_true(sha256_is_hex(p.hash));
        assert_string_equal(p.hash, again.hash);
        assert_true(p.n_shots >= 1);
        assert_non_null(strstr(p.user, "{{caption}}"));
        cJSON *schema = json_parse(p.schema, strlen(p.schema), &e);
        assert_non_null(schema);
        cJSON_Delete(schema);
    }
    assert_false(prompt_load("no_such_prompt", &arena, &p, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
}

/* The examples teach the rules, so they must pass every check themselves. */
static void test_shots_pass_the_checks(void **state)
{
    for (int k = PAIR_DETAILED_DESCRIPTION; k < PAIR_KINDS; k++) {
        struct prompt p;
        struct err e = {0};
        assert_true(prompt_load(pair_kind_names[k], &arena, &p, &e));
        for (size_t i = 0; i < p.n_shots; i++) {
            struct reply r;
            struct check_source source;
            const char *json, *failed, *why;
            assert_true(reply_read(p.shots[i].assistant, p.schema, &arena, &r, &e));
            check_source_make(&p.shots[i].user, 1, 0, &arena, &source);
            struct candidate c = {.kind = (enum pair_kind)k,
                                  .question = r.question ? r.question : "What is seen in this image?",
                                  .own_question = r.question != NULL,
                                  .answer = r.answer,
                                  .words = 110,
                                  .source = &source};
            check_run(&c, &arena, &json, &failed, &why);
            if (failed)
                fail_msg("%s, example %zu: %s: %s", p.name, i + 1, failed, why);
        }
    }
}

static void test_lists(void **state)
{
    static const char *const names[] = {"instructions_brief", "instructions_detailed", "questions_detailed"};
    struct prompt_list list;
    struct err e = {0};
    for (size_t i = 0; i < 3; i++) {
        assert_true(prompt_list_load(names[i], &arena, &list, &e));
        assert_true(list.n >= 10);
        assert_true(sha256_is_hex(list.hash));
        assert_string_equal(prompt_list_pick(&list, 3), prompt_list_pick(&list, 3 + list.n));
        assert_string_equal(prompt_list_pick(&list, UINT64_MAX), list.lines[UINT64_MAX % list.n]);
        for (size_t a = 0; a < list.n; a++)
            for (size_t b = 0; b < a; b++)
                assert_string_not_equal(list.lines[a], list.lines[b]);
    }
    assert_false(prompt_list_load("no_such_list", &arena, &list, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_prompts_are_there),
        cmocka_unit_test(test_shots_pass_the_checks),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

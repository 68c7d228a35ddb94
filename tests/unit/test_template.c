/* test_template.c: texts with places to fill in. */
#include "base/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check(const char *template, const char *caption, const char *mentions, const char *expected)
{
    struct template_field fields[] = {{"caption", caption}, {"mentions", mentions}};
    struct str out = STR_INIT(1000);
    template_fill(template, fields, 2, &out);
    assert_string_equal(out.data, expected);
    str_release(&out);
}

static void test_fill(void **state)
{
    check("{{caption}}\n{{mentions}}", "A blot.", "It rose.", "A blot.\nIt rose.");
    check("{{caption}}{{mentions}}!", "A blot.", "It rose.", "A blot.It rose.!");
    check("No field.\n \n", NULL, NULL, "No field.");
    check("", "A", "B", "");
    /* What is filled in is no template, and unknown names stay. */
    check("<{{caption}}> {{other}} {{", "{{mentions}}", "x", "<{{mentions}}> {{other}} {{");
    check("{{caption} {{captions}} {{ caption}}", "A", NULL, "{{caption} {{captions}} {{ caption}}");
}

static void test_lines_without_text_go_away(void **state)
{
    check("{{caption}}\n{{mentions}}", "A blot.", NULL, "A blot.");
    check("{{caption}}\n{{mentions}}\nEnd", "A blot.", "", "A blot.\nEnd");
    check("{{caption}}\n\nEnd\n", "A", "", "A\n\nEnd");
    check("Caption: {{caption}}.\nMentions: {{mentions}}.\nEnd", "", "It rose.", "Mentions: It rose..\nEnd");
    check("{{caption}} and {{mentions}}", "", "It rose.", " and It rose.");
    check("Caption: {{caption}}", NULL, NULL, "");
}

static void test_goes_behind_what_is_there(void **state)
{
    struct str out = STR_INIT(1000);
    str_add(&out, "Before \n");
    template_fill("{{nothing}}", &(struct template_field){"nothing", NULL}, 1, &out);
    assert_string_equal(out.data, "Before \n");
    template_fill("{{text}}\n\n", &(struct template_field){"text", "after"}, 1, &out);
    assert_string_equal(out.data, "Before \nafter");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_lines_without_text_go_away),
        cmocka_unit_test(test_goes_behind_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

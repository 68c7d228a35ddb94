/* Which licences may be fetched, in all the ways in which sources write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ingest/license.h"

static void names_are_known_in_all_spellings(void **state)
{
    static const char *const said[][2] = {
        {"CC BY", "CC BY"},
        {"cc by", "CC BY"},
        {"cc-by", "CC BY"},
        {"cc_by", "CC BY"},
        {"CC-BY-4.0", "CC BY"},
        {"http://creativecommons.org/licenses/by/3.0/igo/", "CC BY"},
        {"https://creativecommons.org/licenses/by-nc/4.0", "CC BY-NC"},
        {"cc_by_nc_nd", "CC BY-NC-ND"},
        {"CC BY-NC-SA", "CC BY-NC-SA"},
        {"cc-by-sa", "CC BY-SA"},
        {"CC BY-ND", "CC BY-ND"},
        {"CC0", "CC0"},
        {"cc0", "CC0"},
        {"https://creativecommons.org/publicdomain/zero/1.0/", "CC0"},
        {"public-domain", "PD"},
        {"https://creativecommons.org/publicdomain/mark/1.0/", "PD"},
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const char *name = license_name(said[i][0]);
        if (!name || strcmp(name, said[i][1]) != 0)
            fail_msg("'%s' is '%s', not '%s'", said[i][0], name ? name : "nothing", said[i][1]);
    }
    static const char *const others[] = {"TDM",
                                         "publisher-specific-oa",
                                         "cc_no",
                                         "implied-oa",
                                         "",
                                         "MIT",
                                         "https://www.elsevier.com/tdm/userlicense/1.0/"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(license_name(others[i]));
    assert_null(license_name(NULL));
}

static void the_rule_judges(void **state)
{
    struct license_rule rule;
    license_rule_default(&rule);
    assert_int_equal(license_judge(&rule, "cc-by-4.0"), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, "CC0"), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, "pd"), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, "cc by-nc"), LICENSE_DENIED);
    assert_int_equal(license_judge(&rule, "CC BY-ND"), LICENSE_DENIED);
    assert_int_equal(license_judge(&rule, "TDM"), LICENSE_DENIED);
    assert_int_equal(license_judge(&rule, NULL), LICENSE_UNKNOWN);
    assert_int_equal(license_judge(&rule, "unknown"), LICENSE_UNKNOWN);
    rule.unknown = true;
    assert_int_equal(license_judge(&rule, NULL), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, "TDM"), LICENSE_DENIED);
}

static void the_list_is_read(void **state)
{
    struct license_rule rule;
    struct err e = {0};
    license_rule_default(&rule);
    assert_true(license_rule_read(&rule, "CC BY-NC, cc0", &e));
    assert_int_equal(license_judge(&rule, "cc by-nc 4.0"), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, "CC BY"), LICENSE_DENIED);
    assert_true(license_rule_read(&rule, "any", &e));
    assert_int_equal(license_judge(&rule, "TDM"), LICENSE_ALLOWED);
    assert_int_equal(license_judge(&rule, NULL), LICENSE_UNKNOWN);
    assert_false(license_rule_read(&rule, "CC BY,GPL", &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "'GPL'"));
    assert_non_null(strstr(e.text, "CC BY-NC-ND"));
    assert_false(license_rule_read(&rule, "", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_known_in_all_spellings),
        cmocka_unit_test(the_rule_judges),
        cmocka_unit_test(the_list_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_endpoint.c: the file of --endpoints. */
#include "ingest/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void maps(const char *file, const char *url, const char *sent)
{
    struct err e = {0};
    struct url u, out;
    struct endpoints *p = endpoints_parse(file, "file", &e);
    if (!p)
        fail_msg("%s", e.text);
    assert_true(url_parse(url, &u, NULL));
    assert_int_equal(endpoints_map(p, &u, &out, &e), sent != NULL);
    assert_int_equal(endpoints_replace(p, u.host), sent != NULL);
    if (sent)
        assert_string_equal(out.text, sent);
    else
        assert_null(out.text);
    url_release(&u);
    url_release(&out);
    endpoints_free(p);
}

static void test_map(void **state)
{
    static const char file[] = "# stand-ins\r\n\r\napi.crossref.org\thttp://127.0.0.1:8001/cr/\r\n"
                               "WWW.ebi.ac.uk\t\thttps://mirror.example/{host}\n";
    maps(file, "https://api.crossref.org/works?q=a%20b", "http://127.0.0.1:8001/cr/works?q=a%20b");
    maps(file, "https://api.crossref.org:8443/", "http://127.0.0.1:8001/cr/");
    maps(file, "http://www.ebi.ac.uk/x", "https://mirror.example/www.ebi.ac.uk/x");
    maps(file, "https://crossref.org/works", NULL);
    maps("*\thttp://localhost:8000/{host}\nexact.org\thttp://127.0.0.1:1", "https://a.org/b?c",
         "http://localhost:8000/a.org/b?c");
    maps("*\thttp://localhost:8000/{host}\nexact.org\thttp://127.0.0.1:1", "https://exact.org/b",
         "http://127.0.0.1:1/b");
    maps("*\thttp://{host}.test:8000", "https://a.org/b", "http://a.org.test:8000/b");
    maps("", "https://a.org/b", NULL);
    struct url u, out;
    assert_true(url_parse("https://a.org/", &u, NULL));
    assert_false(endpoints_map(NULL, &u, &out, NULL));
    url_release(&u);
}

static void refuses(const char *file, const char *why)
{
    struct err e = {0};
    assert_null(endpoints_parse(file, "file.tsv", &e));
    assert_int_equal(e.kind, ERR_USAGE);
    if (!strstr(e.text, why) || !strstr(e.text, "file.tsv"))
        fail_msg("\"%s\" does not say \"%s\"", e.text, why);
}

static void test_refused(void **state)
{
    refuses("\n\na.org http://x/\n", "line 3");
    refuses("a.org\tftp://x/\n", "line 1");
    refuses("a.org\t\n", "line 1");
    refuses("a.org/x\thttp://x/\n", "no host name");
    refuses("\thttp://x/\n", "");
    refuses("a.org\thttp://x/?u=\n", "query");
    refuses("a.org\thttp://user:pw@x/\n", "user name");
    refuses("a.org\thttp://x/\nb.org\thttp://y/\nA.org\thttp://z/\n", "lines 1 and 3");
    struct err e = {0};
    assert_null(endpoints_load("/nowhere/at/all", &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_map), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_url.c: base/url: what is a URL, how it is normalised, what references mean. */
#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void parses(const char *text, const char *whole, const char *host, int port, const char *target)
{
    struct url u;
    struct err e = {0};
    if (!url_parse(text, &u, &e))
        fail_msg("%s: %s", text, e.text);
    assert_string_equal(u.text, whole);
    assert_string_equal(u.host, host);
    assert_int_equal(u.port, port);
    assert_string_equal(u.target, target);
    url_release(&u);
}

static void test_normalised(void **state)
{
    parses("https://Example.ORG", "https://example.org/", "example.org", 443, "/");
    parses("HTTP://example.org:80/a/../b?x=1#part", "http://example.org/b?x=1", "example.org", 80, "/b?x=1");
    parses("https://example.org:8443/?q", "https://example.org:8443/?q", "example.org", 8443, "/?q");
    parses("https://example.org?q=a/b", "https://example.org/?q=a/b", "example.org", 443, "/?q=a/b");
    parses(" \n https://example.org/a\n\tb.pdf ", "https://example.org/ab.pdf", "example.org", 443, "/ab.pdf");
    parses("https://example.org/a b/é.pdf?t=ü x", "https://example.org/a%20b/%c3%a9.pdf?t=%c3%bc+x", "example.org", 443,
           "/a%20b/%c3%a9.pdf?t=%c3%bc+x");
    parses("https://example.org./x", "https://example.org/x", "example.org", 443, "/x");
    parses("https://bücher.example/x", "https://xn--bcher-kva.example/x", "xn--bcher-kva.example", 443, "/x");
    parses("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]", 8080, "/x");
    parses("http://127.1/x", "http://127.0.0.1/x", "127.0.0.1", 80, "/x");
    parses("https://example.org/10.1000/a(b)c;d:e%2Ff", "https://example.org/10.1000/a(b)c;d:e%2Ff", "example.org", 443,
           "/10.1000/a(b)c;d:e%2Ff");
}

static void refuses(const char *text, const char *why)
{
    struct url u;
    struct err e = {0};
    if (url_parse(text, &u, &e))
        fail_msg("%s is taken as %s", text, u.text);
    assert_null(u.text);
    assert_int_equal(e.kind, ERR_FORMAT);
    if (!strstr(e.text, why))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, e.text, why);
}

static void test_refused(void **state)
{
    refuses("", "");
    refuses("/a/b", "");
    refuses("ftp://example.org/a", "only http and https");
    refuses("file:///etc/passwd", "");
    refuses("javascript:alert(1)", "");
    refuses("https://user:secret@example.org/", "user name");
    refuses("https://user@example.org/", "user name");
    refuses("http://exa\x01mple.org/", "control");
    refuses("http://example.org:99999/", "");
    refuses("http://.../x", "no usable host");
    refuses("http://a..b/x", "no usable host");
    refuses("http://a../x", "no usable host");
    char *longer = calloc(1, URL_MAX + 100);
    memcpy(longer, "http://a/", 9);
    memset(longer + 9, 'x', URL_MAX);
    refuses(longer, "too long");
    free(longer);
    /* A key in the query is not told. */
    struct url u;
    struct err e = {0};
    assert_false(url_parse("gopher://example.org/?api_key=hush", &u, &e));
    assert_null(strstr(e.text, "hush"));
    assert_false(url_parse("https://me:hush@example.org/", &u, &e));
    assert_null(strstr(e.text, "hush"));
}

static void resolves(const char *base, const char *reference, const char *whole)
{
    struct url b, u;
    struct err e = {0};
    assert_true(url_parse(base, &b, &e));
    if (!url_resolve(&b, reference, &u, &e))
        fail_msg("%s at %s: %s", reference, base, e.text);
    assert_string_equal(u.text, whole);
    url_release(&u);
    url_release(&b);
}

/* RFC 3986, 5.4, and what pages have. */
static void test_references(void **state)
{
    static const char base[] = "http://a/b/c/d;p?q";
    resolves(base, "g", "http://a/b/c/g");
    resolves(base, "./g", "http://a/b/c/g");
    resolves(base, "g/", "http://a/b/c/g/");
    resolves(base, "/g", "http://a/g");
    resolves(base, "//g", "http://g/");
    resolves(base, "?y", "http://a/b/c/d;p?y");
    resolves(base, "g?y", "http://a/b/c/g?y");
    resolves(base, "#s", "http://a/b/c/d;p?q");
    resolves(base, ";x", "http://a/b/c/;x");
    resolves(base, "", "http://a/b/c/d;p?q");
    resolves(base, "..", "http://a/b/");
    resolves(base, "../g", "http://a/b/g");
    resolves(base, "../../../g", "http://a/g");
    resolves(base, "https://other.example/x", "https://other.example/x");
    resolves("https://example.org/article/1", " full text.pdf", "https://example.org/article/full%20text.pdf");
    resolves("https://example.org/article/1?a=/b/c", "2.pdf", "https://example.org/article/2.pdf");
    resolves("https://example.org:8443/a", "/b", "https://example.org:8443/b");
    struct url b, u;
    struct err e = {0};
    assert_true(url_parse(base, &b, &e));
    assert_false(url_resolve(&b, "mailto:a@b.org", &u, &e));
    assert_false(url_resolve(&b, "ftp://c/d", &u, &e));
    url_release(&b);
}

static void test_origin(void **state)
{
    struct url a, b, c;
    assert_true(url_parse("https://a.org/x", &a, NULL) && url_parse("https://A.org:443/y", &b, NULL) &&
                url_parse("http://a.org/x", &c, NULL));
    assert_true(url_same_origin(&a, &b));
    assert_false(url_same_origin(&a, &c));
    url_release(&a);
    url_release(&b);
    url_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalised),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

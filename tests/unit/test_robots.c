/* test_robots.c: robots.txt: the cases of RFC 9309 and of Google's published examples, written out; files that servers
 * have; hostile ones. */
#include "ingest/robots.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"

static char decision[ROBOTS_DECISION_SIZE];

static bool allows_as(const char *text, const char *token, const char *target)
{
    struct robots *r = robots_parse(text, strlen(text), token);
    bool allowed = robots_allows(r, target, decision);
    robots_free(r);
    return allowed;
}

static bool allows(const char *text, const char *target)
{
    return allows_as(text, "figmill", target);
}

static double delay(const char *text)
{
    struct robots *r = robots_parse(text, strlen(text), "figmill");
    double seconds = robots_delay(r);
    robots_free(r);
    return seconds;
}

static void test_groups(void **state)
{
    assert_true(allows("", "/a"));
    assert_true(allows("Disallow: /", "/a")); /* a rule of no group */
    assert_false(allows("User-agent: *\nDisallow: /", "/a"));
    assert_true(allows("User-agent: *\nDisallow:", "/a"));
    assert_true(allows("User-agent: other\nDisallow: /", "/a"));
    /* Ours beats the one for all, wherever it stands, and the case does not matter. */
    assert_true(allows("User-agent: *\nDisallow: /\n\nUser-agent: FigMill\nDisallow: /b", "/a"));
    assert_false(allows("User-agent: *\nDisallow: /\n\nUser-agent: FigMill\nDisallow: /b", "/b"));
    assert_true(allows("User-agent: figmill\n\nUser-agent: *\nAllow: /x\n", "/a"));
    assert_true(allows("User-agent: figmill\nDisallow:\nUser-agent: *\nDisallow: /\n", "/a"));
    /* Several names, one group; several groups of one name are one. */
    static const char merged[] = "user-agent: a\nuser-agent: figmill\ndisallow: /1\n\nuser-agent: b\ndisallow: /2\n"
                                 "User-Agent: figmill/2.0 (beta)\nDisallow: /3\n";
    assert_false(allows(merged, "/1"));
    assert_true(allows(merged, "/2"));
    assert_false(allows(merged, "/3"));
    assert_false(allows_as(merged, "b", "/2"));
    /* Not a part of a token. */
    assert_true(allows("User-agent: figmillbot\nDisallow: /", "/a"));
    assert_true(allows("User-agent: fig\nDisallow: /", "/a"));
    /* Other lines do not end a group (RFC 9309, 2.2.4). */
    assert_false(allows("User-agent: figmill\nSitemap: https://example.org/s.xml\nDisallow: /", "/a"));
    assert_false(allows("User-agent: a\nSitemap: x\nUser-agent: figmill\nDisallow: /", "/a"));
}

/* RFC 9309, 5.1. */
static void test_rfc_example(void **state)
{
    static const char text[] =
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
        "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
        "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n"
        "User-Agent: quxbot\n";
    assert_true(allows_as(text, "foobot", "/example/page.html"));
    assert_true(allows_as(text, "foobot", "/example/allowed.gif"));
    assert_false(allows_as(text, "foobot", "/example/other.gif"));
    assert_false(allows_as(text, "bazbot", "/example/page.html"));
    assert_true(allows_as(text, "bazbot", "/example/a.gif"));
    assert_true(allows_as(text, "quxbot", "/example/page.html"));
    assert_false(allows_as(text, "other", "/a/b.gif"));
    assert_true(allows_as(text, "other", "/a/b.gif?x"));
    assert_false(allows_as(text, "other", "/example/x"));
}

static bool rule(const char *pattern, const char *target)
{
    char text[4096];
    snprintf(text, sizeof text, "User-agent: *\nDisallow: %s\n", pattern);
    return !allows(text, target);
}

/* Google's table of path matches. */
static void test_patterns(void **state)
{
    assert_true(rule("/", "/anything") && rule("/*", "/"));
    assert_true(rule("/$", "/") && !rule("/$", "/a"));
    assert_true(rule("/fish", "/fish") && rule("/fish", "/fish.html") && rule("/fish", "/fish/salmon.html") &&
                rule("/fish", "/fishheads/yummy.html") && rule("/fish", "/fish.php?id=anything"));
    assert_false(rule("/fish", "/Fish.asp") || rule("/fish", "/catfish") || rule("/fish", "/?id=fish") ||
                 rule("/fish", "/desert/fish"));
    assert_true(rule("/fish*", "/fish") && rule("/fish*", "/fishheads/yummy.html") && !rule("/fish*", "/catfish"));
    assert_true(rule("/fish/", "/fish/") && rule("/fish/", "/fish/?id=anything") && !rule("/fish/", "/fish") &&
                !rule("/fish/", "/fish.html"));
    assert_true(rule("/*.php", "/index.php") && rule("/*.php", "/filename.php") &&
                rule("/*.php", "/folder/any.php.file.html") && rule("/*.php", "/filename.php/") &&
                !rule("/*.php", "/") && !rule("/*.php", "/windows.PHP"));
    assert_true(rule("/*.php$", "/filename.php") && rule("/*.php$", "/folder/filename.php") &&
                !rule("/*.php$", "/filename.php?parameters") && !rule("/*.php$", "/filename.php/") &&
                !rule("/*.php$", "/filename.php5"));
    assert_true(rule("/fish*.php", "/fish.php") && rule("/fish*.php", "/fishheads/catfish.php?parameters") &&
                !rule("/fish*.php", "/Fish.PHP"));
    assert_true(rule("*/supp", "/a/b/supp/x") && rule("**a**$", "/xa") && rule("/a*b*c$", "/abcbbc"));
    assert_false(rule("/a*b*c$", "/abcbb"));
    assert_true(rule("/a$b", "/a$b") && !rule("/a$b", "/a"));
}

/* Google's order of precedence, and the octets of RFC 9309, 2.2.2. */
static void test_precedence(void **state)
{
    assert_true(allows("User-agent: *\nAllow: /p\nDisallow: /", "/page"));
    assert_true(allows("User-agent: *\nDisallow: /folder\nAllow: /folder", "/folder/page"));
    assert_string_equal(decision, "allowed by 'Allow: /folder'");
    assert_false(allows("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm"));
    assert_string_equal(decision, "disallowed by 'Disallow: /*.htm'");
    assert_true(allows("User-agent: *\nAllow: /page\nDisallow: /*.ph", "/page.php5"));
    assert_true(allows("User-agent: *\nAllow: /$\nDisallow: /", "/"));
    assert_false(allows("User-agent: *\nAllow: /$\nDisallow: /", "/page.htm"));
    assert_true(allows("User-agent: *\nDisallow: /x", "/y"));
    assert_string_equal(decision, "allowed");
    assert_true(allows("User-agent: *\nDisallow: /", "/robots.txt"));
}

static void test_encoding(void **state)
{
    assert_true(rule("/foo/bar?baz=quz", "/foo/bar?baz=quz"));
    assert_true(rule("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar"));
    assert_true(rule("/foo/bar/\xE3\x83\x84", "/foo/bar/%E3%83%84") &&
                rule("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"));
    assert_true(rule("/foo/bar/%E3%83%84", "/foo/bar/\xE3\x83\x84"));
    assert_true(rule("/foo/bar/%62%61%7A", "/foo/bar/baz") && rule("/foo/bar/baz", "/foo/bar/%62%61%7a"));
    assert_true(rule("/a%2Ab", "/a*b") && !rule("/a%2Ab", "/axb") && rule("/a%24", "/a$") && !rule("/a%24", "/a"));
    assert_false(rule("/a%2Fb", "/a/b"));
    assert_true(rule("/100%", "/100%25") || rule("/100%", "/100%"));
}

static void test_lines(void **state)
{
    assert_false(allows("\xEF\xBB\xBFUser-agent: *\r\nDisallow: /\r\n", "/a"));
    assert_false(allows("User-agent: *\rDisallow: /a\rAllow: /b", "/a"));
    assert_false(allows("  user-AGENT :  *  # all\n\tDISALLOW\t:\t/a # why\n\n", "/a"));
    assert_false(allows("User-agent: *\n\n\nDisallow: /a", "/a"));
    assert_true(allows("User-agent *\nDisallow: /a", "/a"));
    assert_true(allows("User-agent: *\n# Disallow: /a\nDisallow /a\nfoo\n:\nDisallow", "/a"));
    static const char nul[] = "User-agent: *\nDisallow: /a\0b\nDisallow: /c";
    struct robots *r = robots_parse(nul, sizeof nul - 1, "figmill");
    assert_false(robots_allows(r, "/c", decision));
    robots_free(r);
    assert_true(allows("<!DOCTYPE html><html><body>Disallow: /</body></html>", "/a"));
}

static void test_delay(void **state)
{
    assert_true(delay("User-agent: *\nCrawl-delay: 15\n") == 15);
    assert_true(delay("User-agent: *\nCrawl-delay: 0.5\nDisallow: /a") == 0.5);
    assert_true(delay("User-agent: *\nCrawl-delay: 86400\n") == ROBOTS_MAX_DELAY);
    assert_true(delay("User-agent: *\nCrawl-delay: soon\n") == 0);
    assert_true(delay("User-agent: *\nCrawl-delay: 9\nUser-agent: figmill\nCrawl-delay: 2\n") == 2);
    assert_true(delay("User-agent: *\nCrawl-delay: 9\nUser-agent: figmill\nDisallow: /a\n") == 0);
}

static void test_size(void **state)
{
    struct str text = STR_INIT(2 << 20);
    str_add(&text, "User-agent: *\nDisallow: /early\n");
    while (text.len < ROBOTS_MAX)
        str_add(&text, "# nothing of interest stands in this line\n");
    str_add(&text, "Disallow: /late\n");
    assert_false(allows(text.data, "/early"));
    assert_true(allows(text.data, "/late"));
    str_release(&text);
}

/* Rules that make a naive matcher take for ever. */
static void test_hostile(void **state)
{
    struct str text = STR_INIT(1 << 20), path = STR_INIT(9000);
    str_add(&text, "User-agent: *\n");
    for (int i = 0; i < 400; i++) {
        str_add(&text, "Allow: ");
        for (int k = 0; k < 500; k++)
            str_add(&text, "a*");
        str_addf(&text, "b%d$\n", i);
    }
    for (int i = 0; i < 8000; i++)
        str_add_char(&path, i ? 'a' : '/');
    allows(text.data, path.data);
    str_clear(&text);
    str_add(&text, "User-agent: *\n");
    for (int i = 0; i < 150; i++) {
        str_add(&text, "Allow: *");
        for (int k = 0; k < 3000; k++)
            str_add_char(&text, 'a');
        str_addf(&text, "b%d$\n", i);
    }
    assert_false(allows(text.data, path.data));
    assert_string_equal(decision, "disallowed by rules that take too long to match");
    str_release(&text);
    str_release(&path);
}

static void test_answers(void **state)
{
    assert_int_equal(robots_answer(200), ROBOTS_RULES);
    assert_int_equal(robots_answer(301), ROBOTS_NONE);
    assert_int_equal(robots_answer(401), ROBOTS_NONE);
    assert_int_equal(robots_answer(403), ROBOTS_NONE);
    assert_int_equal(robots_answer(404), ROBOTS_NONE);
    assert_int_equal(robots_answer(429), ROBOTS_UNREACHABLE);
    assert_int_equal(robots_answer(500), ROBOTS_UNREACHABLE);
    assert_int_equal(robots_answer(0), ROBOTS_UNREACHABLE);
    assert_int_equal(robots_unreachable(1000, 2000), ROBOTS_UNREACHABLE);
    assert_int_equal(robots_unreachable(1000, 1000 + 31 * 24 * 3600), ROBOTS_NONE);
}

/* Files that servers had, where they are at hand: what they say of one path each, read by a person. */
static void test_recorded(void **state)
{
    static const struct {
        const char *file, *target;
        bool allowed;
        double delay;
    } cases[] = {
        {"arxiv.org_2026.txt", "/pdf/2501.15370", true, 15},
        {"arxiv.org_2026.txt", "/src/2501.15370", false, 15},
        {"arxiv.org_2026.txt", "/e-print/2501.15370", false, 15},
        {"www.jstage.jst.go.jp.txt", "/article/jrr/1/1/1_1/_pdf", false, 0},
        {"www.jstage.jst.go.jp.txt", "/article/jrr/1/1/1_1/_article", true, 0},
        {"link.springer.com_2026.txt", "/article/10.1007/s00411-020-00001-1", true, 0},
        {"link.springer.com_2026.txt", "/search?query=x", false, 0},
        {"elifesciences.org_2026.txt", "/articles/1", true, 10},
        {"elifesciences.org_2026.txt", "/download/aHR0", false, 10},
        {"peerj.com_2026.txt", "/articles/1.pdf", true, 2},
        {"pubs.acs.org.txt", "/action/showFeed", false, 0},
        {"www.frontiersin.org_2019.txt", "/images/a.png", false, 0}, /* begins with a BOM */
        {"journals.plos.org_2026.txt", "/plosone/article?id=10.1371/journal.pone.0000001", true, 30},
    };
    const char *source = getenv("FIGMILL_SOURCE");
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file_map map;
        snprintf(path, sizeof path, "%s/../../shared/corpus/api/robots/%s", source ? source : ".", cases[i].file);
        if (!file_map(path, SIZE_MAX, &map, NULL)) {
            snprintf(path, sizeof path, "%s/../shared/corpus/api/robots/%s", source ? source : ".", cases[i].file);
            if (!file_map(path, SIZE_MAX, &map, NULL))
                skip();
        }
        struct robots *r = robots_parse((const char *)map.bytes, map.len, "figmill");
        if (robots_allows(r, cases[i].target, decision) != cases[i].allowed || robots_delay(r) != cases[i].delay)
            fail_msg("%s: %s: %s, delay %g", cases[i].file, cases[i].target, decision, robots_delay(r));
        robots_free(r);
        file_unmap(&map);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),     cmocka_unit_test(test_rfc_example), cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_precedence), cmocka_unit_test(test_encoding),    cmocka_unit_test(test_lines),
        cmocka_unit_test(test_delay),      cmocka_unit_test(test_size),        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_answers),    cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Landing pages: tags in all their forms, fallbacks, character sets, licences, what stands in the way; links; dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "ingest/html_scan.h"
#include "ingest/landing.h"
#include "ingest/link.h"
#include "tests/unit/source_case.h"

static struct landing page;

static struct record *read_text(struct source_case *c, const char *text, size_t len, const char *url, const char *type)
{
    c->ok = landing_read(url, type, text, len, &c->arena, &page, &c->e);
    if (!c->ok)
        fail_msg("%s", c->e.text);
    return &page.record;
}

static struct record *read_file(struct source_case *c, const char *name, const char *url, const char *type)
{
    size_t len;
    const char *body = case_file(c, arena_printf(&c->arena, "landing/%s", name), &len);
    return read_text(c, body, len, url, type);
}

static struct record *read_head(struct source_case *c, const char *head)
{
    const char *text = arena_printf(&c->arena, "<html><head>%s</head><body></body></html>", head);
    return read_text(c, text, strlen(text), "https://a.example.org/b/c", NULL);
}

static void test_highwire(void **state)
{
    (void)state;
    struct source_case c = {0};
    struct record *r =
        read_file(&c, "highwire.html", "https://www.example.org/from/here?x=1", "text/html; charset=utf-8");
    assert_int_equal(page.state, LANDING_ARTICLE);
    assert_null(page.why);
    assert_null(page.opt_out);
    assert_string_equal(r->source_id, "https://www.example.org/from/here?x=1");
    assert_string_equal(r->title, "Faible dose & arthrose : létude – 0,5 Gy");
    assert_string_equal(r->doi, "10.5555/press.2021.7");
    assert_string_equal(r->pmid, "33000007");
    assert_string_equal(r->language, "fr");
    assert_string_equal(r->date, "2021");
    assert_string_equal(r->journal, "Revue des doses");
    assert_int_equal(r->open, FACT_YES);
    assert_string_equal(r->license, "CC BY-NC 4.0");
    assert_string_equal(r->license_url, "https://creativecommons.org/licenses/by-nc/4.0/");
    assert_int_equal(r->n_files, 5);
    case_expect_file(r, 0, "xml", "https://press.example.org/vol1/7.xml?v=1&x=2", "CC BY-NC 4.0", NULL);
    case_expect_file(r, 1, "pdf", "https://press.example.org/pdf/7%20fr.pdf", "CC BY-NC 4.0", NULL);
    case_expect_file(r, 2, "pdf", "https://cdn.example.org/pdf/7_en.pdf", "CC BY-NC 4.0", NULL);
    case_expect_file(r, 3, "pdf", "https://press.example.org/pdf/7-print.pdf", "CC BY-NC 4.0", NULL);
    case_expect_file(r, 4, "html", "https://press.example.org/vol1/7", "CC BY-NC 4.0", NULL);
    assert_non_null(strstr(r->said, "[\"citation_doi\",\"doi:10.5555/Press.2021.7\"]"));
    case_end(&c);
}

static void test_fallbacks(void **state)
{
    (void)state;
    struct source_case c = {0};
    struct record *r = read_file(&c, "fallbacks.html", "https://repository.example.org/12", NULL);
    assert_string_equal(r->title, "Radon in Kur");
    assert_string_equal(r->doi, "10.5555/repo.12"); /* citation_doi is none */
    assert_string_equal(r->date, "2014-05");
    assert_string_equal(r->journal, "Kurjournal");
    assert_string_equal(r->language, "de");
    assert_int_equal(r->open, FACT_YES);
    assert_string_equal(r->license, "CC0 1.0");
    assert_int_equal(r->n_files, 3);
    case_expect_file(r, 0, "pdf", "https://repository.example.org/12/1/paper.pdf", "CC0 1.0", NULL);
    case_expect_file(r, 1, "pdf", "https://repository.example.org/context/12/download.pdf", "CC0 1.0", NULL);
    case_expect_file(r, 2, "pdf", "https://repository.example.org/12/alt.pdf", "CC0 1.0", NULL);
    case_end(&c);
}

static void test_licenses(void **state)
{
    (void)state;
    struct source_case c = {0};
#define DOI "<meta name=citation_doi content=10.5555/l.1>"
#define CC  "https://creativecommons.org/licenses/"
    struct record *r = read_head(&c, DOI "<a href='" CC "by/4.0/'>x</a><a href='" CC "by/4.0/deed.de'>y</a>");
    assert_string_equal(r->license, "CC BY 4.0");
    r = read_head(&c, DOI "<a href='" CC "by/4.0/'>a figure's</a><a href='" CC "by-nc-nd/3.0/'>the article's?</a>");
    assert_null(r->license);
    assert_null(r->license_url);
    r = read_head(&c, DOI "<a href='" CC "by/4.0/'>x</a><link rel='foo license' href='" CC "by-sa/3.0/'>");
    assert_string_equal(r->license, "CC BY-SA 3.0");
    r = read_head(&c, DOI "<meta name=DC.Rights content='All rights reserved'>");
    assert_string_equal(r->license, "All rights reserved");
    r = read_head(&c, DOI "<meta name=DC.Rights content='Open (see http://creativecommons.org/licenses/by-nd/4.0/).'>");
    assert_string_equal(r->license, "CC BY-ND 4.0");
    assert_string_equal(r->license_url, CC "by-nd/4.0/");
    r = read_head(&c, DOI "<link rel=license href='/terms'>");
    assert_string_equal(r->license, "https://a.example.org/terms");
    case_end(&c);
}

static void test_states(void **state)
{
    (void)state;
    struct source_case c = {0};
    struct record *r = read_file(&c, "preview.html", "https://wall.example.org/1", NULL);
    assert_int_equal(page.state, LANDING_PREVIEW);
    assert_string_equal(page.why, "'access' is 'No'");
    assert_int_equal(r->open, FACT_NO);
    assert_string_equal(r->date, "2019-04-22");
    assert_int_equal(r->n_files, 1);
    read_file(&c, "challenge.html", "https://wall.example.org/1", NULL);
    assert_int_equal(page.state, LANDING_CHALLENGE);
    assert_non_null(strstr(page.why, "_cf_chl_opt"));
    assert_null(page.opt_out); /* of the challenge, not of the article */
    read_file(&c, "login.html", "https://wall.example.org/1", NULL);
    assert_int_equal(page.state, LANDING_LOGIN);
    read_file(&c, "optout.html", "https://wall.example.org/1", NULL);
    assert_int_equal(page.state, LANDING_ARTICLE);
    assert_string_equal(page.opt_out, "meta robots: noai");
    read_file(&c, "refresh.html", "https://linking.example.org/a/b", NULL);
    assert_int_equal(page.state, LANDING_OTHER);
    assert_string_equal(page.refresh, "https://linking.example.org/retrieve/pii/S1?a=1&b=2");

    read_head(&c, DOI "<meta name=robots content=noindex>");
    assert_string_equal(page.opt_out, "meta robots: noindex");
    read_head(&c, DOI "<meta name=robots content='max-image-preview:large, noarchive'>");
    assert_null(page.opt_out);
    read_head(&c, DOI "<meta name=tdm-reservation content=1>");
    assert_string_equal(page.opt_out, "meta tdm-reservation: 1");
    /* A word for free access weighs more: JSON-LD marks sections of a page, too. */
    read_head(&c, DOI "<meta name=citation_fulltext_world_readable><script>{\"isAccessibleForFree\":false}</script>");
    assert_int_equal(page.state, LANDING_ARTICLE);
    assert_int_equal(page.record.open, FACT_YES);
    read_head(&c, DOI "<script>{\"isAccessibleForFree\":false}</script>");
    assert_int_equal(page.state, LANDING_PREVIEW);
    read_head(&c, "<title>Nothing</title>");
    assert_int_equal(page.state, LANDING_OTHER);
    assert_string_equal(page.record.said, "{\"tags\":[]}");

    static const char *const none[] = {"", "plain text", "{\"a\":1}", "%PDF-1.4\n1 0 obj << /Type /Catalog >>", "<"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        c.ok = landing_read("https://a.example.org/", NULL, none[i], strlen(none[i]), &c.arena, &page, &c.e);
        assert_false(c.ok);
        assert_int_equal(c.e.kind, ERR_FORMAT);
    }
    case_end(&c);
}

static void test_charsets(void **state)
{
    (void)state;
    struct source_case c = {0};
    struct record *r = read_file(&c, "shift_jis.html", "https://j.example.org/", "text/html");
    assert_string_equal(r->title, "低線量放射線の効果ソ①");
    r = read_file(&c, "gb18030.html", "https://z.example.org/", "text/html");
    assert_string_equal(r->title, "低剂量辐射治疗膝骨关节炎 㐂");
    assert_string_equal(page.charset, "GB18030");
    r = read_file(&c, "utf16.html", "https://u.example.org/", "text/html; charset=iso-8859-1");
    assert_string_equal(r->title, "Dose faible, été");
    assert_string_equal(r->doi, "10.5555/utf16.1");
    /* Latin-1 that says it is UTF-8, in the header and in the page; UTF-8 that says it is Latin-1. */
    static const char latin[] =
        "<html><meta charset=utf-8><meta name=citation_title content='\xC9tude de la douleur \xE0 "
        "faible dose'><meta name=citation_doi content=10.5555/l1>";
    r = read_text(&c, latin, sizeof latin - 1, "https://l.example.org/", "text/html;charset=UTF-8");
    assert_string_equal(r->title, "Étude de la douleur à faible dose");
    static const char utf8[] = "<html><meta charset='iso-8859-1'><meta name=citation_title content='Étude'>" DOI;
    r = read_text(&c, utf8, sizeof utf8 - 1, "https://l.example.org/", "text/html; charset=ISO-8859-1");
    assert_string_equal(r->title, "Étude");
    static const char kana[] = "<html><meta name=citation_title content='\xC4\xE3\xC0\xFE\xCE\xCC'>" DOI;
    r = read_text(&c, kana, sizeof kana - 1, "https://l.example.org/", "text/html; charset=\"EUC-JP\"");
    assert_string_equal(r->title, "低線量");
    r = read_text(&c, latin, sizeof latin - 1, "https://l.example.org/", "text/html; charset=no-such-set");
    assert_string_equal(r->doi, "10.5555/l1");
    case_end(&c);
}

static void test_dates(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"2019/02/07", "2019-02-07"},
        {"2014-04-02", "2014-04-02"},
        {"2024-3-12", "2024-03-12"},
        {"2014", "2014"},
        {"2014/03", "2014-03"},
        {"00/2010", "2010"},
        {"06/1967", "1967-06"},
        {"19/03/2009", "2009-03-19"},
        {"04/22/2019", "2019-04-22"},
        {"05/06/2016", "2016"},
        {"05/05/2016", "2016-05-05"},
        {"Apr 22, 2019", "2019-04-22"},
        {"22 April 2019", "2019-04-22"},
        {"2010 Jun 1", "2010-06-01"},
        {"2014-03-01T00:00:00-08:00", "2014-03-01"},
        {"25/01/2015 00:00:00", "2015-01-25"},
        {"20180521", "2018-05-21"},
        {"19980800", "1998-08"},
        {"March 2020", "2020-03"},
        {"2019-13-40", "2019"},
        {"", NULL},
        {"n.d.", NULL},
        {"12", NULL},
        {"123456789012", NULL},
        {"0000", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char date[11];
        bool ok = landing_date(cases[i][0], date);
        if (ok != (cases[i][1] != NULL) || (ok && strcmp(date, cases[i][1]) != 0))
            fail_msg("'%s' is '%s', not '%s'", cases[i][0], date, cases[i][1] ? cases[i][1] : "nothing");
    }
}

static void test_links(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    static const char base[] = "http://a/b/c/d;p?q";
    /* RFC 3986 5.4, where http is the scheme. */
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {";x", "http://a/b/c/;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"HTTPS://Ex.ORG/A b", "https://ex.org/A%20b"},
        {" g\n", "http://a/b/c/g"},
        {"a%20b", "http://a/b/c/a%20b"},
        {"http://h?x", "http://h/?x"},
        {"mailto:a@b", NULL},
        {"javascript:1", NULL},
        {"ftp://h/x", NULL},
        {"http://u:p@h/", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *url = link_resolve(base, cases[i][0], &arena);
        if (!str_same(url, cases[i][1]))
            fail_msg("'%s' is '%s', not '%s'", cases[i][0], url ? url : "nothing",
                     cases[i][1] ? cases[i][1] : "nothing");
    }
    /* libcurl's versions write the digits in either case. */
    assert_int_equal(strcasecmp(link_resolve(base, "é", &arena), "http://a/b/c/%C3%A9"), 0);
    assert_null(link_resolve(NULL, "/x", &arena));
    assert_string_equal(link_resolve("https://h", "x", &arena), "https://h/x");
    char *large = arena_array(&arena, LINK_MAX + 10, 1);
    memset(large, 'x', LINK_MAX + 5);
    assert_null(link_resolve(base, large, &arena));
    assert_string_equal(link_kind("http://h/a.PDF?x=.xml"), "pdf");
    assert_string_equal(link_kind("http://h/content/pdf/10.1007/x"), "pdf");
    assert_string_equal(link_kind("http://h/a.xml"), "xml");
    assert_string_equal(link_kind("http://pdf/x?y=/pdf/"), "landing");
    assert_string_equal(link_cc_name("by-nc-nd/4.0", &arena), "CC BY-NC-ND 4.0");
    assert_string_equal(link_cc_name("BY", &arena), "CC BY");
    assert_string_equal(link_cc_name("https://CreativeCommons.org/licenses/by-sa/3.0/de/", &arena), "CC BY-SA 3.0");
    assert_null(link_cc_name("bye", &arena));
    assert_null(link_cc_name("nd", &arena));
    assert_null(link_cc_name("https://creativecommons.org/about", &arena));
    arena_release(&arena);
}

static void test_attributes(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    static const char text[] = "<META content = 'it is' Name=a/b  x y=\"&lt;&eacute;&unknown;&#150;&#0;\" z=\"open";
    char *tag = arena_printf(&arena, "%s\">", text);
    struct xml_scan scan = {tag, tag + strlen(tag)};
    struct xml_piece piece;
    assert_true(html_next(&scan, &piece));
    assert_true(html_is(&piece, "meta"));
    assert_string_equal(html_attribute(&piece, "CONTENT", &arena), "it is");
    assert_string_equal(html_attribute(&piece, "name", &arena), "a/b");
    assert_null(html_attribute(&piece, "x", &arena));
    assert_null(html_attribute(&piece, "none", &arena));
    assert_string_equal(html_attribute(&piece, "y", &arena), "<é&unknown;–&#0;");
    assert_string_equal(html_attribute(&piece, "z", &arena), "open");
    arena_release(&arena);
}

/* What the recorded pages say, looked up by eye: DOI, files, licence, state. */
static const struct {
    const char *name, *doi;
    size_t files;
    const char *license;
    enum landing_state state;
} recorded[] = {
    {"arxiv_abs.html", NULL, 1, NULL, LANDING_ARTICLE},
    {"bmc_1471-2148-14-70.html", "10.1186/1471-2148-14-70", 2, "CC BY 2.0", LANDING_ARTICLE},
    {"copernicus_acp-15-1013-2015.html", "10.5194/acp-15-1013-2015", 2, NULL, LANDING_ARTICLE},
    {"elife_e04407.html", "10.7554/elife.04407", 2, "CC BY 4.0", LANDING_ARTICLE},
    {"hal_jpa_00235190_fr.html", "10.1051/jphysrad:01955001606044400", 1, NULL, LANDING_ARTICLE},
    {"ia_dlib_05vanhyning.html", NULL, 0, NULL, LANDING_OTHER},
    {"ia_peerj_oa_article.html", "10.7717/peerj.4375", 3, "CC BY 4.0", LANDING_ARTICLE},
    {"mdpi_04-00932.html", "10.3390/metabo4040932", 3, "CC BY 3.0", LANDING_ARTICLE},
    {"projecteuclid_1391109086.html", "10.57262/ade/1391109086", 2, NULL, LANDING_ARTICLE},
    {"sage_2325967116646534.html", "10.1177/2325967116646534", 2, "CC BY-NC-ND 3.0", LANDING_ARTICLE},
    {"scielo_classic_1.html", "10.1590/s0103-50532010000300003", 2, "CC BY-NC 4.0", LANDING_ARTICLE},
    {"scielo_classic_5.html", "10.1590/s0074-02761912000100004", 2, "CC BY-NC 4.0", LANDING_ARTICLE},
    {"springeropen_s40643-016-0099-3.html", "10.1186/s40643-016-0099-3", 2, "CC BY 4.0", LANDING_ARTICLE},
    {"y2026_10_1073_pnas_2314265121.html", "10.1073/pnas.2314265121", 1, "CC BY 4.0", LANDING_ARTICLE},
    {"y2026_10_1111_cas_16395.html", "10.1111/cas.16395", 2, "CC BY-NC 4.0", LANDING_ARTICLE},
    {"y2026_springer_10_1007_s10584-011-0143-4.html", "10.1007/s10584-011-0143-4", 2, "CC BY-NC 2.0", LANDING_ARTICLE},
    {"cloudflare_ACS_jp003647e.html", NULL, 0, NULL, LANDING_CHALLENGE},
    {"cloudflare_APS_PhysRevLett_122_145901.html", NULL, 0, NULL, LANDING_CHALLENGE},
    {"cloudflare_AnnualReview_annurev_conmatphys_031214_014726.html", NULL, 0, NULL, LANDING_CHALLENGE},
    {"cloudflare_TFOnline_23311932_2015_1117749.html", NULL, 0, NULL, LANDING_CHALLENGE},
    {"pmc_proof_of_work_download.html", NULL, 0, NULL, LANDING_CHALLENGE},
    {"paywall_preview_springer_10_1007_s00382.html", "10.1007/s00382-018-4286-0", 2,
     "2018 Springer-Verlag GmbH Germany, part of Springer Nature", LANDING_PREVIEW},
};
enum { RECORDED = sizeof recorded / sizeof *recorded };

static void read_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    struct record *r = read_text(c, body, len, "https://recorded.example.org/a/page", "text/html");
    if (getenv("FIGMILL_SHOW"))
        printf("%s: %d %s | %s | %s | %s | %s | %s\n", name, page.state, page.why ? page.why : "",
               r->doi ? r->doi : "-", r->date ? r->date : "-", r->language ? r->language : "-",
               r->license ? r->license : "-", page.opt_out ? page.opt_out : "");
    for (size_t i = 0; getenv("FIGMILL_SHOW") && i < r->n_files; i++)
        printf("    %s %s\n", r->files[i].kind, r->files[i].url);
    for (size_t i = 0; i < RECORDED; i++) {
        if (strcmp(recorded[i].name, name) == 0 &&
            (!str_same(r->doi, recorded[i].doi) || r->n_files != recorded[i].files ||
             !str_same(r->license, recorded[i].license) || page.state != recorded[i].state))
            fail_msg("%s: DOI %s, %zu files, licence %s, state %d", name, r->doi ? r->doi : "-", r->n_files,
                     r->license ? r->license : "-", page.state);
    }
    for (size_t cut = 0; cut < len; cut += len / 5 + 1) {
        struct err e = {0};
        landing_read("https://recorded.example.org/", NULL, arena_memdup(&c->arena, body, cut), cut, &c->arena, &page,
                     &e);
    }
}

static void test_recorded(void **state)
{
    (void)state;
    struct source_case c = {0};
    if (!case_recorded("landing_html", read_recorded, &c) || !case_recorded("challenge_pages", read_recorded, &c))
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_highwire), cmocka_unit_test(test_fallbacks),  cmocka_unit_test(test_licenses),
        cmocka_unit_test(test_states),   cmocka_unit_test(test_charsets),   cmocka_unit_test(test_dates),
        cmocka_unit_test(test_links),    cmocka_unit_test(test_attributes), cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

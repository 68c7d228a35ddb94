/* test_source_europepmc.c: what Europe PMC is asked, and how its answers are read. */
#include "tests/unit/source_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define REST    "https://www.ebi.ac.uk/europepmc/webservices/rest/"
#define REST_OF "&resultType=core&format=json&synonym=false&pageSize="

static const char *const dose[] = {"low dose", "LDRT"}, *const joint[] = {"gonartrose"};
static const struct query_group groups[] = {{dose, 2}, {joint, 1}};
static const struct query query = {.profile = "p", .name = "q", .groups = groups, .n_groups = 2};

static struct source_case open_case(void)
{
    return (struct source_case){.source = source_lookup("europepmc"), .query = &query};
}

static void expect_url(struct query q, const char *cursor, int size, const char *want)
{
    struct source_case c = open_case();
    c.query = &q;
    assert_string_equal(case_url(&c, cursor, size), want);
    case_end(&c);
}

static void test_ask(void **state)
{
    struct query q = query;
    expect_url(q, NULL, 0,
               REST "search?query=%28%28%22low%20dose%22%20OR%20LDRT%29%20AND%20gonartrose%29" REST_OF
                    "200&cursorMark=%2A");
    expect_url(q, "25.0000abcd.AoI|I=", 50,
               REST "search?query=%28%28%22low%20dose%22%20OR%20LDRT%29%20AND%20gonartrose%29" REST_OF
                    "50&cursorMark=AoI%7CI%3D");
    q.raw = "x";
    q.language = "fr-CA";
    q.open_only = true;
    q.since = "2020-01-01";
    expect_url(q, "", 1,
               REST
               "search?query=%28x%29%20AND%20OPEN_ACCESS%3AY%20AND%20LANG%3Afre%20AND%20FIRST_PDATE%3A%5B2020-01-01"
               "%20TO%203000-12-31%5D" REST_OF "1&cursorMark=%2A");
    q.language = "en";
    q.since = NULL;
    q.until = "2021-12-31";
    q.added_since = "2026-11-01";
    q.open_only = false;
    expect_url(q, NULL, 1,
               REST "search?query=%28x%29%20AND%20%28LANG%3Aeng%20OR%20SRC%3APPR%29%20AND%20FIRST_PDATE%3A%5B1800-01-01"
                    "%20TO%202021-12-31%5D%20AND%20UPDATE_DATE%3A%5B2026-11-01%20TO%203000-12-31%5D" REST_OF
                    "1&cursorMark=%2A");
    q = (struct query){.raw = "y", .language = "tlh"};
    expect_url(q, NULL, 1, REST "search?query=%28y%29" REST_OF "1&cursorMark=%2A");
}

static void test_ask_long(void **state)
{
    const char *many[QUERY_MAX_TERMS];
    for (size_t i = 0; i < QUERY_MAX_TERMS; i++)
        many[i] = "низкодозовая лучевая терапия";
    struct query_group group = {many, QUERY_MAX_TERMS};
    struct query q = {.groups = &group, .n_groups = 1, .language = "ru"};
    struct source_case c = open_case();
    c.query = &q;
    case_url(&c, NULL, 0);
    assert_string_equal(c.request.url, REST "searchPOST");
    assert_true(str_starts(c.request.post, "query=%28%28%22%D0%BD%D0%B8%D0%B7"));
    assert_true(str_ends(c.request.post, REST_OF "200&cursorMark=%2A"));
    assert_non_null(strstr(c.request.post, "%20AND%20LANG%3Arus&"));
    case_end(&c);
}

static void test_ask_refused(void **state)
{
    struct source_case c = open_case();
    struct query nothing = {.profile = "p", .name = "empty"};
    assert_false(c.source->ask(&nothing, NULL, 0, "me@example.org", &c.arena, &c.request, &c.e));
    assert_int_equal(c.e.kind, ERR_UNSUPPORTED);
    assert_non_null(strstr(c.e.text, "empty"));
    assert_true(c.source->ask_work("10.5555/x(1)", "me@example.org", &c.arena, &c.request, &c.e));
    assert_string_equal(c.request.url, REST "search?query=DOI%3A%2210.5555%2Fx%281%29%22" REST_OF "1&cursorMark=%2A");
    assert_true(c.source->ask_work("PMC77", "me@example.org", &c.arena, &c.request, &c.e));
    assert_string_equal(c.request.url, REST "search?query=PMCID%3APMC77" REST_OF "1&cursorMark=%2A");
    assert_false(c.source->ask_work("2101.00001", "me@example.org", &c.arena, &c.request, &c.e));
    case_end(&c);
}

static void test_records(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "europepmc/page1.json", 200, NULL));
    assert_int_equal(c.page.hits, 6);
    assert_int_equal(c.page.n, 3);
    assert_int_equal(c.page.n_faults, 0);
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "MED:91000001");
    assert_string_equal(r->doi, "10.5555/lowdose.2024.001");
    assert_string_equal(r->pmcid, "PMC9100001");
    assert_string_equal(r->pmid, "91000001");
    assert_string_equal(r->title, "Low-dose irradiation of osteoarthritic joints: 0.5 Gy & pain, a cohort study.");
    assert_string_equal(r->abstract, "Background Pain fell. Results TNF-α fell, p < 0.05 and IL-6 > 3.");
    assert_string_equal(r->language, "en");
    assert_int_equal(r->year, 2024);
    assert_string_equal(r->date, "2024-03-05");
    assert_string_equal(r->journal, "Journal of Gentle Rays");
    assert_string_equal(r->type, "research-article; Journal Article");
    assert_string_equal(r->license, "cc by");
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->retracted, FACT_NO);
    assert_int_equal(r->n_files, 4); /* the page for people and the paywall's PDF are none */
    case_expect_file(r, 0, "xml", REST "PMC9100001/fullTextXML", "cc by", NULL);
    case_expect_file(r, 1, "landing", "https://doi.org/10.5555/lowdose.2024.001", "cc by", NULL);
    case_expect_file(r, 2, "pdf", "https://europepmc.org/articles/PMC9100001?pdf=render", "cc by", NULL);
    case_expect_file(r, 3, "pdf", "https://example.org/rays/2024/001.pdf", "cc by", NULL);
    r++;
    assert_string_equal(r->language, "pt");
    assert_int_equal(r->open, FACT_NO); /* though it has a licence */
    assert_string_equal(r->license, "cc by");
    assert_string_equal(r->type, "Review");
    assert_null(r->pmcid);
    r++;
    assert_string_equal(r->source_id, "PPR:PPR910003");
    assert_null(r->language);
    assert_string_equal(r->journal, "bioRxiv");
    assert_string_equal(r->type, "preprint");
    assert_int_equal(r->open, FACT_UNKNOWN);
    case_end(&c);
}

static void test_pages(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "europepmc/page1.json", 200, NULL));
    const char *next = c.page.next;
    assert_non_null(next);
    assert_true(str_ends(case_url(&c, next, 0), "cursorMark=AoIIExampleMark1%3D%3D"));
    assert_true(case_read(&c, "europepmc/page2.json", 200, next));
    assert_null(c.page.next);
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].source_id, "MED:91000004");
    assert_null(c.page.records[0].title);
    assert_int_equal(c.page.records[0].retracted, FACT_YES);
    assert_int_equal(c.page.n_faults, 3);
    case_expect_fault(&c, 0, "resultList.result[0]", "title is a list");
    case_expect_fault(&c, 1, "resultList.result[1]", "no id");
    case_expect_fault(&c, 2, "resultList.result[2]", "the record is a text");
    assert_true(case_read(&c, "europepmc/echo_last.json", 200, next)); /* the same cursor comes at the end */
    assert_null(c.page.next);
    assert_true(case_read(&c, "europepmc/empty.json", 200, NULL));
    assert_int_equal(c.page.hits, 0);
    assert_null(c.page.next);
    assert_true(case_read(&c, "europepmc/no_next.json", 200, NULL));
    case_expect_fault(&c, 0, "the page", "3 of 600");
    case_read(&c, "europepmc/echo_early.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "nextCursorMark");
    case_read(&c, "europepmc/empty_early.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "empty page after 3 of 600");
    case_read(&c, "europepmc/page1.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "again");
    c.query = NULL; /* a work: one record, no more pages */
    assert_true(case_read(&c, "europepmc/page1.json", 200, NULL));
    assert_null(c.page.next);
    case_end(&c);
}

/* More records than a page may have, and a record longer than what is kept of it. */
static void test_large(void **state)
{
    struct source_case c = open_case();
    struct str body = STR_INIT(1 << 22);
    str_add(&body, "{\"hitCount\":2500,\"nextCursorMark\":\"m\",\"resultList\":{\"result\":[");
    for (int i = 0; i < 2500; i++)
        str_addf(&body, "%s{\"id\":%d}", i ? "," : "", i);
    str_add(&body, "]}}");
    assert_true(case_read_bytes(&c, body.data, body.len, 200, NULL));
    assert_int_equal(c.page.n, SOURCE_MAX_PAGE);
    case_expect_fault(&c, 0, "resultList.result[2000]", "more than 2000 records");
    assert_string_equal(c.page.records[1999].source_id, "1999");
    str_clear(&body);
    str_add(&body, "{\"hitCount\":1,\"resultList\":{\"result\":[{\"id\":\"1\",\"title\":\"T\",\"abstractText\":\"");
    for (int i = 0; i < 70000; i++)
        str_add_char(&body, 'x');
    str_add(&body, "\",\"authorList\":{\"author\":[0");
    for (int i = 0; i < 30000; i++)
        str_add(&body, ",1");
    str_add(&body, "]}}]}}");
    assert_true(case_read_bytes(&c, body.data, body.len, 200, NULL));
    assert_string_equal(c.page.records[0].said, "{\"id\":\"1\",\"title\":\"T\"}");
    assert_int_equal(strlen(c.page.records[0].abstract), 70000);
    str_clear(&body);
    str_add(&body, "{\"hitCount\":1,\"nextCursorMark\":\"");
    for (int i = 0; i < 5000; i++)
        str_add_char(&body, 'x');
    str_add(&body, "\",\"resultList\":{\"result\":[{\"id\":1}]}}");
    case_read_bytes(&c, body.data, body.len, 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "a cursor of 5000 bytes");
    str_release(&body);
    case_end(&c);
}

static void test_errors(void **state)
{
    struct source_case c = open_case();
    case_read(&c, "europepmc/hollow.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "neither");
    case_read(&c, "europepmc/error_bean.xml", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "Invalid cursorMark parameter");
    case_read(&c, "europepmc/error_bean.xml", 503, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "Invalid cursorMark parameter");
    case_read(&c, "europepmc/error_later.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "busy");
    case_read(&c, "europepmc/page.html", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "HTML page instead of JSON");
    case_read(&c, "europepmc/page.html", 502, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "502");
    case_read(&c, "europepmc/page.html", 404, NULL);
    case_expect_error(&c, ERR_FORMAT, "404");
    case_read(&c, "europepmc/page.html", 403, NULL);
    case_expect_error(&c, ERR_REFUSED, "403");
    case_read(&c, "europepmc/results_text.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "resultList.result");
    case_read(&c, "europepmc/hits_text.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "hitCount");
    case_broken(&c, "europepmc/page1.json", NULL);
    case_end(&c);
}

/* Counted by hand in the recorded files. */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    static const struct {
        const char *name;
        int64_t hits;
        size_t n;
        bool more;
    } known[] = {
        {"search_core_json.json", 5059039, 8, true},       {"search_lite_json_p1.json", 5059039, 25, true},
        {"search_lite_json_page2.json", 5059039, 5, true}, {"search_idlist_json.json", 5059039, 25, true},
        {"searchPOST_json.json", 5933343, 25, true},       {"search_empty.json", 0, 0, false},
        {"search_fulltext_2014.json", 13, 13, false},      {"search_ppr_preprints_2026.json", 2163, 2, true},
        {"search_pmid_20516115_lite.json", 1, 1, false},   {"y2026_search_20614e48e1.json", 5, 5, false},
        {"y2026_search_7beaf0a486.json", 6, 6, false},
    };
    bool ok = case_read_bytes(c, body, len, 200, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        if (!ok || c->page.n_faults)
            fail_msg("%s: %s", name, ok ? c->page.faults[0].text : c->e.text);
        assert_int_equal(c->page.hits, known[i].hits);
        assert_int_equal(c->page.n, known[i].n);
        assert_int_equal(c->page.next != NULL, known[i].more);
    }
    if (strcmp(name, "hollow_200_version_only.json") == 0)
        case_expect_error(c, ERR_TEMPORARY, "neither");
    if (strcmp(name, "supplementaryFiles_not_open_access_error.xml") == 0)
        case_expect_error(c, ERR_FORMAT, "not open access");
}

static void test_recorded(void **state)
{
    struct source_case c = open_case();
    case_recorded("europepmc", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask),         cmocka_unit_test(test_ask_long),
                                       cmocka_unit_test(test_ask_refused), cmocka_unit_test(test_records),
                                       cmocka_unit_test(test_pages),       cmocka_unit_test(test_large),
                                       cmocka_unit_test(test_errors),      cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

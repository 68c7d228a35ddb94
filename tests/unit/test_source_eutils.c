/* test_source_eutils.c: what NCBI's E-utilities are asked, and how their answers are read. */
#include "tests/unit/source_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASE    "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
#define WHO     "&retmode=json&tool=figmill&email=me%40example.org"
#define HISTORY "MCID_0123456789abcdef|1|"

static const char *const dose[] = {"低剂量放射治疗", "low [dose]"}, *const joint[] = {"gonartroza kolan"};
static const struct query_group groups[] = {{dose, 2}, {joint, 1}};
static const struct query query = {.profile = "p", .name = "q", .groups = groups, .n_groups = 2};

static struct source_case open_case(void)
{
    return (struct source_case){.source = source_lookup("eutils"), .query = &query};
}

static void test_ask(void **state)
{
    struct source_case c = open_case();
    struct query q = {.raw = "x", .open_only = true, .since = "2020-01-31", .added_since = "2026-11-01"};
    assert_string_equal(
        case_url(&c, NULL, 0),
        BASE "esearch.fcgi?db=pmc&term=%28%28%22%E4%BD%8E%E5%89%82%E9%87%8F%E6%94%BE%E5%B0%84%E6%B2%BB%E7%96%97"
             "%22%20OR%20%22low%20dose%22%29%20AND%20%22gonartroza%20kolan%22%29&usehistory=y&retmax=0" WHO);
    c.query = &q;
    assert_string_equal(case_url(&c, "", 0), BASE
                        "esearch.fcgi?db=pmc&term=%28x%29%20AND%20open_access%5Bfilter%5D%20AND%202020%2F01%2F31%3A"
                        "3000%2F12%2F31%5Bpdat%5D%20AND%202026%2F11%2F01%3A3000%2F12%2F31%5Bpmcrdat%5D"
                        "&usehistory=y&retmax=0" WHO);
    assert_string_equal(case_url(&c, HISTORY "500|1200", 0),
                        BASE "esummary.fcgi?db=pmc&query_key=1&WebEnv=MCID_0123456789abcdef&retstart=500&retmax=500"
                             "&version=2.0" WHO);
    static const char *const broken[] = {"x", "a|b", "a|1|-5|10", "a|1|9|5", "a|1|0|99999999999999999", "a|1|0|5|6"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_false(c.source->ask(&q, broken[i], 0, "me@example.org", &c.arena, &c.request, &c.e));
        assert_int_equal(c.e.kind, ERR_FORMAT);
    }
    assert_true(c.source->ask_work("PMC77", "me@example.org", &c.arena, &c.request, &c.e));
    assert_string_equal(c.request.url, BASE "esummary.fcgi?db=pmc&id=77&version=2.0" WHO);
    assert_false(c.source->ask_work("10.1/x", "me@example.org", &c.arena, &c.request, &c.e));
    case_end(&c);
}

static void test_ask_long(void **state)
{
    const char *many[QUERY_MAX_TERMS];
    for (size_t i = 0; i < QUERY_MAX_TERMS; i++)
        many[i] = "جرعة منخفضة";
    struct query_group group = {many, QUERY_MAX_TERMS};
    struct query q = {.groups = &group, .n_groups = 1};
    struct source_case c = open_case();
    c.query = &q;
    case_url(&c, NULL, 0);
    assert_string_equal(c.request.url, BASE "esearch.fcgi");
    assert_true(str_starts(c.request.post, "db=pmc&term=%28%28%22%D8%AC"));
    assert_true(str_ends(c.request.post, "&usehistory=y&retmax=0" WHO));
    case_end(&c);
}

static void test_pages(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "eutils/search.json", 200, NULL));
    assert_int_equal(c.page.hits, 3);
    assert_int_equal(c.page.n, 0);
    assert_string_equal(c.page.next, HISTORY "0|3");
    assert_true(case_read(&c, "eutils/summaries1.json", 200, c.page.next));
    assert_int_equal(c.page.n, 1);
    case_expect_fault(&c, 0, "result.9100002", "cannot get document summary");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "9100001");
    assert_string_equal(r->pmcid, "PMC9100001");
    assert_string_equal(r->pmid, "91000001");
    assert_string_equal(r->doi, "10.5555/lowdose.2024.001");
    assert_string_equal(r->journal, "Journal of Gentle Rays");
    assert_string_equal(r->date, "2024-03-05");
    assert_int_equal(r->year, 2024);
    assert_string_equal(c.page.next, HISTORY "2|3");
    assert_true(case_read(&c, "eutils/summaries2.json", 200, c.page.next));
    assert_null(c.page.next);
    r = &c.page.records[0];
    assert_string_equal(r->pmcid, "PMC9100003"); /* of its uid */
    assert_null(r->pmid);                        /* "0" */
    assert_null(r->title);
    assert_string_equal(r->date, "2021");
    assert_string_equal(r->journal, "Strahlen");
    case_expect_fault(&c, 0, "result.9100003", "title is a number");
    assert_true(case_read(&c, "eutils/search_none.json", 200, NULL));
    assert_int_equal(c.page.hits, 0);
    assert_null(c.page.next);
    /* NCBI dropped all terms of the second group, so that its count is of another search. */
    assert_true(case_read(&c, "eutils/search_dropped.json", 200, NULL));
    assert_int_equal(c.page.hits, 0);
    assert_null(c.page.next);
    struct query first = query;
    first.n_groups = 1; /* a term of the first group is known */
    c.query = &first;
    assert_true(case_read(&c, "eutils/search_dropped.json", 200, NULL));
    assert_int_equal(c.page.hits, 6400000);
    case_end(&c);
}

/* A mirror may know no JSON. */
static void test_search_in_xml(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "eutils/search.xml", 200, NULL));
    assert_int_equal(c.page.hits, 3);
    assert_string_equal(c.page.next, "MCID_ab&c|1|0|3");
    case_broken(&c, "eutils/search.xml", NULL);
    case_end(&c);
}

static void test_errors(void **state)
{
    struct source_case c = open_case();
    case_read(&c, "eutils/summaries_empty.json", 200, HISTORY "0|3");
    case_expect_error(&c, ERR_TEMPORARY, "empty page after 0 of 3");
    assert_true(case_read(&c, "eutils/summaries_empty.json", 200, HISTORY "3|3"));
    assert_true(case_read(&c, "eutils/summaries_fewer.json", 200, HISTORY "0|2"));
    case_expect_fault(&c, 1, "result", "1 of 2 records are missing");
    assert_null(c.page.next);
    static const char *const gone[] = {"eutils/expired.json", "eutils/expired.xml"};
    for (size_t i = 0; i < 2; i++) {
        case_read(&c, gone[i], 200, HISTORY "0|3");
        case_expect_error(&c, ERR_TEMPORARY, "expired");
        assert_string_equal(c.page.next, ""); /* from the beginning */
    }
    for (int status = 200; status <= 429; status += 229) {
        case_read(&c, "eutils/rate_limit.json", status, NULL);
        case_expect_error(&c, ERR_TEMPORARY, "rate limit");
        assert_null(strstr(c.e.text, "192.0.2.77")); /* the caller's address */
    }
    case_read(&c, "eutils/search_error.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "Empty term");
    case_read(&c, "eutils/search_backend.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "Backend");
    case_read(&c, "eutils/search_no_history.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "webenv");
    case_read(&c, "eutils/too_large.html", 414, NULL);
    case_expect_error(&c, ERR_FORMAT, "414");
    case_read(&c, "eutils/too_large.html", 502, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "502");
    case_read(&c, "eutils/search.json", 200, "no cursor");
    case_expect_error(&c, ERR_FORMAT, "no cursor");
    case_broken(&c, "eutils/search.json", NULL);
    case_broken(&c, "eutils/summaries1.json", HISTORY "0|3");
    case_end(&c);
}

/* Counted by hand in the recorded files: 12 summaries; "count":"28198". */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    bool ok = case_read_bytes(c, body, len, 200, NULL);
    if (strcmp(name, "esearch_usehistory_json.json") == 0) {
        assert_true(ok);
        assert_int_equal(c->page.hits, 28198);
        assert_string_equal(c->page.next, "MCID_6a9fbe6de7945a8899092570|1|0|28198");
    } else if (strcmp(name, "esearch_pmc_xml_usehistory_n.xml") == 0) {
        assert_true(ok);
        assert_int_equal(c->page.hits, 220255);
    } else if (strcmp(name, "rate_limit_429.json") == 0 || strcmp(name, "y2026_eutils_25d2878202.json") == 0) {
        case_expect_error(c, ERR_TEMPORARY, "rate limit");
    } else if (strcmp(name, "esearch_empty_term_error_http200.json") == 0) {
        case_expect_error(c, ERR_FORMAT, "Empty term");
    }
    case_read_bytes(c, body, len, 200, HISTORY "0|12");
    if (strcmp(name, "esummary_pmc_v2_json.json") == 0) {
        assert_true(c->ok);
        assert_int_equal(c->page.n, 12);
        assert_int_equal(c->page.n_faults, 0);
        assert_string_equal(c->page.records[11].pmcid, "PMC7769758");
        assert_null(c->page.records[11].pmid);
        assert_null(c->page.next);
    }
}

static void test_recorded(void **state)
{
    struct source_case c = open_case();
    case_recorded("ncbi_eutils", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask),    cmocka_unit_test(test_ask_long),
                                       cmocka_unit_test(test_pages),  cmocka_unit_test(test_search_in_xml),
                                       cmocka_unit_test(test_errors), cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

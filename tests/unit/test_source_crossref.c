/* test_source_crossref.c: what Crossref is asked, and how its answers are read. */
#include "tests/unit/source_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WORKS "https://api.crossref.org/works"
#define SELECT                                                                                                         \
    "&select=DOI%2Ctitle%2Csubtitle%2Ccontainer-title%2Ctype%2Cissued%2Cpublished%2Cpublished-online%2C"               \
    "published-print%2Clicense%2Clink%2Cabstract%2Cresource%2Cupdated-by"
#define TYPES "type%3Ajournal-article%2Ctype%3Aproceedings-article%2Ctype%3Aposted-content"

static const char *const dose[] = {
    "low dose radiotherapy", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "too many"};
static const char *const joint[] = {"arthritis"};
static const struct query_group groups[] = {{dose, 13}, {joint, 1}};
static const struct query query = {.profile = "p", .name = "q", .groups = groups, .n_groups = 2};

static struct source_case open_case(void)
{
    return (struct source_case){.source = source_lookup("crossref"), .query = &query};
}

static void test_ask(void **state)
{
    struct source_case c = open_case();
    assert_true(c.source->ranked);
    assert_string_equal(
        case_url(&c, NULL, 0), WORKS
        "?query.bibliographic=low%20dose%20radiotherapy%20a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k%20arthritis&filter=" TYPES
            SELECT "&rows=1000&cursor=%2A&mailto=me%40example.org");
    struct query q = {
        .raw = "Лучевая терапия", .since = "2020-01-01", .until = "2020-12-31", .added_since = "2026-11-01"};
    c.query = &q;
    assert_string_equal(
        case_url(&c, "1000.000000ff.DnF1+/=", 20), WORKS
        "?query.bibliographic=%D0%9B%D1%83%D1%87%D0%B5%D0%B2%D0%B0%D1%8F%20%D1%82%D0%B5%D1%80%D0%B0%D0%BF%D0%B8%D1%8F"
        "&filter=" TYPES
        "%2Cfrom-pub-date%3A2020-01-01%2Cuntil-pub-date%3A2020-12-31%2Cfrom-update-date%3A2026-11-01" SELECT
        "&rows=20&cursor=DnF1%2B%2F%3D&mailto=me%40example.org");
    assert_true(c.source->ask_work("10.5555/x(1)<2>", "me@example.org", &c.arena, &c.request, &c.e));
    assert_string_equal(c.request.url, WORKS "/10.5555/x%281%29%3C2%3E?mailto=me%40example.org");
    assert_false(c.source->ask_work("PMC1", "me@example.org", &c.arena, &c.request, &c.e));
    case_end(&c);
}

static void expect_first(const struct record *r)
{
    assert_string_equal(r->source_id, "10.5555/lowdose.2024.001");
    assert_string_equal(r->title, "Low-dose irradiation of joints: A cohort");
    assert_string_equal(r->abstract, "Abstract Low dose radiotherapy of arthritis.");
    assert_string_equal(r->journal, "Journal of Gentle Rays");
    assert_string_equal(r->date, "2024-03-05");
    assert_string_equal(r->license_url, "https://creativecommons.org/licenses/by/4.0/");
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->n_files, 4); /* Elsevier's wants a token, and "unspecified" is a PDF only by its name */
    case_expect_file(r, 0, "pdf", "https://example.org/rays/2024/001.pdf",
                     "https://creativecommons.org/licenses/by/4.0/", "published");
    case_expect_file(r, 1, "xml", "https://example.org/rays/2024/001.xml",
                     "https://creativecommons.org/licenses/by/4.0/", "published");
    case_expect_file(r, 2, "pdf", "https://example.org/rays/2024/001/fullpdf", "https://example.org/tdm", "accepted");
    case_expect_file(r, 3, "landing", "https://example.org/rays/2024/001",
                     "https://creativecommons.org/licenses/by/4.0/", NULL);
}

static void test_pages(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "crossref/page1.json", 200, NULL));
    assert_int_equal(c.page.hits, 5);
    assert_int_equal(c.page.n, 1); /* the noise is sieved out */
    expect_first(&c.page.records[0]);
    const char *next = c.page.next;
    assert_true(
        str_ends(case_url(&c, next, 0), "cursor=DnF1ZXJ5VGhlbkZldGNoSAMEONALLPAGES%3D%3D&mailto=me%40example.org"));
    assert_true(case_read(&c, "crossref/page2.json", 200, next)); /* the cursor is the same, the items are not */
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].source_id, "10.5555/retracted.3");
    assert_int_equal(c.page.records[0].retracted, FACT_YES);
    assert_string_equal(c.page.records[0].date, "2020");
    assert_int_equal(c.page.n_faults, 2);
    case_expect_fault(&c, 0, "message.items[1]", "link is a text");
    case_expect_fault(&c, 1, "message.items[2]", "no DOI");
    const char *last = c.page.next;
    assert_non_null(last);
    assert_true(case_read(&c, "crossref/page3.json", 200, last));
    assert_null(c.page.next);
    case_read(&c, "crossref/page2.json", 200, last);
    case_expect_error(&c, ERR_TEMPORARY, "again");
    case_read(&c, "crossref/empty_early.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "2 of 500");
    /* A page on which nothing matches ends a ranking; for a query as it is, nothing is sieved. */
    assert_true(case_read(&c, "crossref/noise.json", 200, NULL));
    assert_int_equal(c.page.n, 0);
    assert_null(c.page.next);
    struct query raw = {.raw = "x"};
    c.query = &raw;
    assert_true(case_read(&c, "crossref/noise.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].date, "1998-07"); /* issued is [[null]] */
    assert_int_equal(c.page.records[0].n_files, 0);         /* ftp */
    assert_non_null(c.page.next);
    assert_true(case_read(&c, "crossref/noise.json", 200, "19999.1.m"));
    assert_null(c.page.next);
    case_end(&c);
}

static void test_work(void **state)
{
    struct source_case c = open_case();
    c.query = NULL;
    assert_true(case_read(&c, "crossref/work.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    expect_first(&c.page.records[0]);
    assert_string_equal(c.page.records[0].language, "en");
    assert_true(case_read(&c, "crossref/not_found.txt", 404, NULL));
    assert_int_equal(c.page.n, 0);
    case_end(&c);
}

static void test_errors(void **state)
{
    struct source_case c = open_case();
    case_read(&c, "crossref/bad_cursor.json", 404, "1000.1.m");
    case_expect_error(&c, ERR_TEMPORARY, "expired");
    assert_string_equal(c.page.next, "");
    case_read(&c, "crossref/bad_rows.json", 400, NULL);
    case_expect_error(&c, ERR_FORMAT, "positive integer");
    case_read(&c, "crossref/bad_rows.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "positive integer");
    case_read(&c, "crossref/exception.json", 500, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "Response Exception");
    case_read(&c, "crossref/exception.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "Response Exception");
    case_read(&c, "crossref/blocked.html", 403, NULL);
    case_expect_error(&c, ERR_REFUSED, "403");
    case_read(&c, "crossref/not_found.txt", 404, NULL);
    case_expect_error(&c, ERR_FORMAT, "404");
    case_read(&c, "crossref/not_found.txt", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "broken JSON");
    case_read(&c, "crossref/no_items.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "message.items");
    case_broken(&c, "crossref/page1.json", NULL);
    case_end(&c);
}

static int status_of(const char *name)
{
    return strstr(name, "_404")                                   ? 404
           : strstr(name, "_400") || strstr(name, "not_a_number") ? 400
           : strstr(name, "_500")                                 ? 500
                                                                  : 200;
}

/* Counted by hand in the recorded files. The pages of one search have one cursor, and go on by it. */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    static const struct {
        const char *name;
        int64_t hits;
        size_t n;
    } known[] = {{"members98_works_rows5_cursor_p1.json", 138567, 5},
                 {"members98_works_rows5_cursor_p2.json", 138567, 5},
                 {"members98_works_rows5_cursor_p3.json", 138567, 5},
                 {"members98_works_rows5_cursor_p4.json", 138567, 5},
                 {"works_query_cursor_p1.json", 454, 20},
                 {"works_query_cursor_p2.json", 454, 20},
                 {"works_query_cursor_p3.json", 454, 20},
                 {"works_field_query_publisher_ufsm.json", 7462355, 20},
                 {"works_filter_has_full_text_rows3.json", 100543092, 3},
                 {"works_query_empty.json", 0, 0},
                 {"works_query_title_empty.json", 0, 0},
                 {"works_select_doi_title.json", 586628, 20},
                 {"works_sample2.json", 2, 2}};
    static const struct query raw = {.raw = "x"};
    c->query = &raw;
    case_read_bytes(c, body, len, status_of(name), NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        if (!c->ok)
            fail_msg("%s: %s", name, c->e.text);
        assert_int_equal(c->page.hits, known[i].hits);
        assert_int_equal(c->page.n, known[i].n);
        assert_int_equal(c->page.next != NULL, strstr(name, "_cursor_") != NULL);
    }
    if (strcmp(name, "works_bad_cursor_404.json") == 0)
        case_expect_error(c, ERR_TEMPORARY, "expired");
    c->query = NULL;
    case_read_bytes(c, body, len, status_of(name), NULL);
    if (strstr(name, "works_single") || strstr(name, "_404.txt"))
        assert_int_equal(c->page.n, strstr(name, "works_single") != NULL);
    if (strcmp(name, "works_single_srep16696.json") == 0)
        assert_int_equal(c->page.records[0].n_files, 2); /* the landing page is the link */
    c->query = &query;
}

static void test_recorded(void **state)
{
    struct source_case c = open_case();
    case_recorded("crossref", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask), cmocka_unit_test(test_pages),
                                       cmocka_unit_test(test_work), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

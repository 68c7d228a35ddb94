/* test_source_openalex.c: what OpenAlex is asked, and how its answers are read. */
#include "tests/unit/source_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WORKS "https://api.openalex.org/works"
#define SELECT                                                                                                         \
    "select=id%2Cdoi%2Ctitle%2Cpublication_year%2Cpublication_date%2Cids%2Clanguage%2Ctype%2Cis_retracted%2C"          \
    "open_access%2Cprimary_location%2Cbest_oa_location%2Clocations"

static const char *const dose[] = {"低線量", "low-dose, any|all"};
static const struct query_group groups[] = {{dose, 2}};
static const struct query query = {.profile = "p",
                                   .name = "q",
                                   .language = "ja-JP",
                                   .groups = groups,
                                   .n_groups = 1,
                                   .since = "2019-01-01",
                                   .until = "2020-12-31",
                                   .open_only = true};

static struct source_case open_case(void)
{
    return (struct source_case){.source = source_lookup("openalex"), .query = &query};
}

static void test_ask(void **state)
{
    struct source_case c = open_case();
    struct query bare = {.raw = "x AND y"};
    assert_string_equal(case_url(&c, NULL, 0),
                        WORKS "?search=%28%22%E4%BD%8E%E7%B7%9A%E9%87%8F%22%20OR%20%22low-dose%2C%20any%20all%22%29"
                              "&filter=language%3Aja%2Copen_access.is_oa%3Atrue%2Cfrom_publication_date%3A2019-01-01%2C"
                              "to_publication_date%3A2020-12-31&" SELECT "&per_page=100&cursor=%2A");
    c.query = &bare;
    assert_string_equal(case_url(&c, "2.000000ff.Ils=", 1),
                        WORKS "?search=x%20AND%20y&" SELECT "&per_page=1&cursor=Ils%3D");
    assert_string_equal(c.source->key_query, "api_key=%s");
    static const char *const works[][2] = {{"10.5555/x(1)", "/https://doi.org/10.5555/x%281%29"},
                                           {"PMC77", "/pmcid:PMC77"},
                                           {"2101.00001", "/https://doi.org/10.48550/arXiv.2101.00001"}};
    for (size_t i = 0; i < 3; i++) {
        assert_true(c.source->ask_work(works[i][0], "me@example.org", &c.arena, &c.request, &c.e));
        assert_string_equal(c.request.url, arena_printf(&c.arena, "%s%s?%s", WORKS, works[i][1], SELECT));
    }
    assert_false(c.source->ask_work("what", "me@example.org", &c.arena, &c.request, &c.e));
    assert_int_equal(c.e.kind, ERR_UNSUPPORTED);
    case_end(&c);
}

static void expect_first(const struct record *r)
{
    assert_string_equal(r->source_id, "W9100001");
    assert_string_equal(r->doi, "https://doi.org/10.5555/lowdose.2024.001");
    assert_string_equal(r->pmid, "91000001");
    assert_string_equal(r->pmcid, "PMC9100001");
    assert_string_equal(r->language, "en");
    assert_string_equal(r->date, "2024-03-05");
    assert_string_equal(r->journal, "Journal of Gentle Rays");
    assert_string_equal(r->license, "cc-by");
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->retracted, FACT_NO);
    /* The PMC page is none, http://doi.org is https://doi.org, and what is not open is left out. */
    assert_int_equal(r->n_files, 4);
    case_expect_file(r, 0, "pdf", "https://example.org/rays/2024/001.pdf", "cc-by", "published");
    case_expect_file(r, 1, "landing", "https://doi.org/10.5555/lowdose.2024.001", "cc-by", "published");
    case_expect_file(r, 2, "pdf", "https://hdl.example.org/77/1.pdf", NULL, "accepted");
    case_expect_file(r, 3, "landing", "https://hdl.example.org/77/1", NULL, "accepted");
}

static void test_pages(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "openalex/page1.json", 200, NULL));
    assert_int_equal(c.page.hits, 4);
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 0);
    expect_first(&c.page.records[0]);
    assert_string_equal(c.page.records[1].arxiv, "2401.01234");
    assert_null(c.page.records[1].title);
    assert_int_equal(c.page.records[1].retracted, FACT_YES);
    assert_int_equal(c.page.records[1].open, FACT_NO);
    const char *next = c.page.next;
    assert_true(str_ends(case_url(&c, next, 0), "&cursor=IlsxLjBdIg%3D%3D"));
    assert_true(case_read(&c, "openalex/page2.json", 200, next));
    assert_null(c.page.next);
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].title, "膝関節の低線量照射");
    assert_int_equal(c.page.n_faults, 3);
    case_expect_fault(&c, 0, "results[0]", "publication_year is 'soon'");
    case_expect_fault(&c, 1, "results[0]", "locations is a text");
    case_expect_fault(&c, 2, "results[1]", "no id");
    assert_true(case_read(&c, "openalex/page_last.json", 200, next));
    assert_null(c.page.next);
    case_read(&c, "openalex/empty_early.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "2 of 400");
    case_read(&c, "openalex/echo.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "next_cursor");
    case_read(&c, "openalex/page1.json", 200, arena_printf(&c.arena, "%sx", next));
    case_expect_error(&c, ERR_TEMPORARY, "again");
    case_end(&c);
}

static void test_work(void **state)
{
    struct source_case c = open_case();
    c.query = NULL;
    assert_true(case_read(&c, "openalex/work.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    expect_first(&c.page.records[0]);
    assert_true(case_read(&c, "openalex/not_found.html", 404, NULL));
    assert_int_equal(c.page.n, 0);
    case_read(&c, "openalex/not_found.html", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "HTML");
    case_end(&c);
}

static void test_errors(void **state)
{
    struct source_case c = open_case();
    case_read(&c, "openalex/no_key.json", 401, NULL);
    case_expect_error(&c, ERR_REFUSED, "OPENALEX_KEY");
    case_read(&c, "openalex/budget.json", 429, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "budget");
    assert_int_equal(c.e.retry_after, 3600);
    case_read(&c, "openalex/budget.json", 403, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "budget");
    case_read(&c, "openalex/budget.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "budget");
    case_read(&c, "openalex/blocked.json", 403, NULL);
    case_expect_error(&c, ERR_REFUSED, "blocked by hand");
    case_read(&c, "openalex/bad_filter.json", 400, NULL);
    case_expect_error(&c, ERR_FORMAT, "colour");
    case_read(&c, "openalex/not_found.html", 404, NULL);
    case_expect_error(&c, ERR_FORMAT, "404");
    case_read(&c, "openalex/no_results.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "results");
    case_broken(&c, "openalex/page1.json", NULL);
    case_end(&c);
}

/* Counted by hand in the recorded files. */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    static const struct {
        const char *name;
        int64_t hits;
        size_t n;
    } known[] = {{"works_filter_title_search.json", 1, 1},
                 {"works_meta_2026_metered.json", 327595274, 1},
                 {"works_search_cursor_page.json", 11810, 4},
                 {"y2026_get_random_id_from_openalex_0_works_sample_1.json", 1, 1},
                 {"y2026_get_random_id_from_openalex_1_works_sample_5.json", 5, 5}};
    bool search = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        search = true;
        assert_true(case_read_bytes(c, body, len, 200, NULL));
        assert_int_equal(c->page.hits, known[i].hits);
        assert_int_equal(c->page.n, known[i].n);
        assert_int_equal(c->page.n_faults, strstr(name, "metered") != NULL);
    }
    c->query = NULL;
    case_read_bytes(c, body, len, strstr(name, "_404") ? 404 : strstr(name, "_400") ? 400 : 200, NULL);
    if (!search && str_ends(name, ".json") && !strstr(name, "_400") && !strstr(name, "docs_fixture")) {
        if (!c->ok || c->page.n != 1 || c->page.n_faults)
            fail_msg("%s: %zu records, %zu faults, %s", name, c->page.n, c->page.n_faults, c->e.text);
    }
    if (strcmp(name, "work_W2741809807.json") == 0) {
        assert_string_equal(c->page.records[0].pmcid, "PMC5815332");
        assert_int_equal(c->page.records[0].n_files, 6);
    }
    c->query = &query;
}

static void test_recorded(void **state)
{
    struct source_case c = open_case();
    case_recorded("openalex", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask), cmocka_unit_test(test_pages),
                                       cmocka_unit_test(test_work), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

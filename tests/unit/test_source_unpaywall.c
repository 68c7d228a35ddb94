/* test_source_unpaywall.c: what Unpaywall is asked, and how its answers are read. */
#include "tests/unit/source_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define V2 "https://api.unpaywall.org/v2/"

static const char *const dose[] = {"low dose", "LDRT"}, *const joint[] = {"knee", "膝関節"};
static const struct query_group groups[] = {{dose, 2}, {joint, 2}};
static const struct query query = {
    .profile = "p", .name = "q", .groups = groups, .n_groups = 2, .since = "2000-01-01", .open_only = true};

static struct source_case open_case(void)
{
    return (struct source_case){.source = source_lookup("unpaywall"), .query = &query};
}

static void test_ask(void **state)
{
    struct source_case c = open_case();
    assert_string_equal(case_url(&c, NULL, 0),
                        V2 "search?query=%22low%20dose%22%20knee%20OR%20LDRT%20knee%20OR%20%22low%20dose%22%20"
                           "%22%E8%86%9D%E9%96%A2%E7%AF%80%22%20OR%20LDRT%20%22%E8%86%9D%E9%96%A2%E7%AF%80%22"
                           "&is_oa=true&page=1&email=me%40example.org");
    assert_true(strstr(case_url(&c, "50.000000ff.2", 0), "&page=2&") != NULL);
    const char *many[QUERY_MAX_TERMS] = {0};
    for (size_t i = 0; i < QUERY_MAX_TERMS; i++)
        many[i] = "x";
    struct query_group group = {many, QUERY_MAX_TERMS};
    struct query q = {.name = "wide", .groups = &group, .n_groups = 1};
    assert_false(c.source->ask(&q, NULL, 0, "me@example.org", &c.arena, &c.request, &c.e));
    assert_int_equal(c.e.kind, ERR_UNSUPPORTED);
    assert_non_null(strstr(c.e.text, "wide"));
    assert_true(c.source->ask_work("10.5555/a b", "me@example.org", &c.arena, &c.request, &c.e));
    assert_string_equal(c.request.url, V2 "10.5555/a%20b?email=me%40example.org");
    assert_false(c.source->ask_work("PMC7", "me@example.org", &c.arena, &c.request, &c.e));
    case_end(&c);
}

static void test_work(void **state)
{
    struct source_case c = open_case();
    c.query = NULL;
    assert_true(case_read(&c, "unpaywall/work.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_int_equal(c.page.n_faults, 0);
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "10.5555/lowdose.2024.001");
    assert_string_equal(r->pmcid, "PMC9100001"); /* of its page, which is no file */
    assert_string_equal(r->license, "cc-by");
    assert_string_equal(r->type, "journal-article");
    assert_string_equal(r->date, "2024-03-05");
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->n_files, 3);
    case_expect_file(r, 0, "pdf", "https://example.org/rays/2024/001.pdf", "cc-by", "published");
    case_expect_file(r, 1, "landing", "https://doi.org/10.5555/lowdose.2024.001", "cc-by", "published");
    case_expect_file(r, 2, "landing", "http://hdl.example.org/77/1", NULL, "accepted");
    assert_true(case_read(&c, "unpaywall/work_closed.json", 200, NULL));
    assert_int_equal(c.page.records[0].open, FACT_NO);
    assert_int_equal(c.page.records[0].n_files, 0);
    assert_true(case_read(&c, "unpaywall/not_found.json", 404, NULL));
    assert_int_equal(c.page.n, 0);
    case_read(&c, "unpaywall/not_found.json", 200, NULL); /* a status that lies */
    case_expect_error(&c, ERR_FORMAT, "404");
    case_read(&c, "unpaywall/bad_mail.json", 422, NULL);
    case_expect_error(&c, ERR_REFUSED, "--contact");
    case_read(&c, "unpaywall/bad_mail.json", 200, NULL);
    case_expect_error(&c, ERR_REFUSED, "--contact");
    case_end(&c);
}

static void test_pages(void **state)
{
    struct source_case c = open_case();
    assert_true(case_read(&c, "unpaywall/search1.json", 200, NULL));
    assert_int_equal(c.page.hits, -1);
    assert_int_equal(c.page.n, 1); /* 1987 is left out */
    const char *next = c.page.next;
    assert_true(case_read(&c, "unpaywall/search2.json", 200, next));
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].source_id, "10.5555/other.3");
    assert_int_equal(c.page.n_faults, 3);
    case_expect_fault(&c, 0, "results[0]", "is_oa is 'maybe'");
    case_expect_fault(&c, 1, "results[1]", "no response");
    case_expect_fault(&c, 2, "results[2]", "no doi");
    assert_true(strstr(case_url(&c, c.page.next, 0), "&page=3&") != NULL);
    assert_true(case_read(&c, "unpaywall/search_end.json", 200, c.page.next));
    assert_null(c.page.next);
    case_read(&c, "unpaywall/search1.json", 200, next);
    case_expect_error(&c, ERR_TEMPORARY, "again");
    case_broken(&c, "unpaywall/search1.json", NULL);
    case_end(&c);
}

/* Counted by hand in the recorded files. */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    static const struct {
        const char *name;
        size_t files;
    } known[] = {{"v2_doi_addr_review.json", 1},
                 {"v2_doi_adisnews.json", 0},
                 {"v2_doi_cellgen_oa.json", 1},
                 {"v2_doi_old_closed.json", 0},
                 {"v2_doi_pnas.json", 2}};
    static const struct query raw = {.raw = "x"};
    c->query = NULL;
    case_read_bytes(c, body, len, strstr(name, "_404") ? 404 : strstr(name, "_422") ? 422 : 200, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        assert_true(c->ok);
        assert_int_equal(c->page.n, 1);
        assert_int_equal(c->page.n_faults, 0);
        assert_int_equal(c->page.records[0].n_files, known[i].files);
    }
    if (strcmp(name, "v2_doi_cellgen_oa.json") == 0)
        assert_string_equal(c->page.records[0].pmcid, "PMC12008803");
    c->query = &raw;
    case_read_bytes(c, body, len, 200, NULL);
    if (strcmp(name, "v2_search_title.json") == 0) {
        assert_true(c->ok);
        assert_int_equal(c->page.n, 1);
    }
    /* The snapshot has a work a line. */
    c->query = NULL;
    for (size_t n = 0; strcmp(name, "snapshot_records.jsonl") == 0 && len; n++) {
        const char *end = memchr(body, '\n', len);
        size_t line = end ? (size_t)(end - body) : len;
        if (!case_read_bytes(c, body, line, 200, NULL) || c->page.n != 1)
            fail_msg("%s, line %zu: %s", name, n + 1, c->e.text);
        body += line + (end != NULL);
        len -= line + (end != NULL);
    }
    c->query = &query;
}

static void test_recorded(void **state)
{
    struct source_case c = open_case();
    case_recorded("unpaywall", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask), cmocka_unit_test(test_work),
                                       cmocka_unit_test(test_pages), cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

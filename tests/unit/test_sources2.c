/* Adapters of DOAJ, CORE, arXiv, bioRxiv, J-STAGE, HAL and SciELO: what they ask, and what they read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/query_fields.h"
#include "tests/unit/source_case.h"

static const char *const dose_terms[] = {"low-dose", "0.5 Gy"}, *const joint_terms[] = {"arthrosis", "joint pain"};
static const struct query_group groups[] = {{dose_terms, 2}, {joint_terms, 2}};
static const struct query joints = {.profile = "ldrt",
                                    .name = "joints",
                                    .language = "en",
                                    .groups = groups,
                                    .n_groups = 2,
                                    .since = "2020-02-01",
                                    .until = "2021-04-30"};
static const struct query any_language = {
    .profile = "ldrt", .name = "any", .language = "", .groups = groups, .n_groups = 2};

static struct source_case start(const char *name, const struct query *q)
{
    struct source_case c = {.source = source_lookup(name), .query = q};
    if (!c.source)
        fail_msg("no source %s", name);
    return c;
}

static void expect_has(const char *text, const char *piece)
{
    if (!text || !strstr(text, piece))
        fail_msg("'%s' has no '%s'", text ? text : "(null)", piece);
}

static void expect_lacks(const char *text, const char *piece)
{
    if (strstr(text, piece))
        fail_msg("'%s' has '%s'", text, piece);
}

static void expect_unsupported(struct source_case *c, const char *words)
{
    c->ok = c->source->ask(c->query, NULL, 0, "me@example.org", &c->arena, &c->request, &c->e);
    case_expect_error(c, ERR_UNSUPPORTED, words);
    case_end(c);
}

static void expect_work(struct source_case *c, const char *id, const char *url)
{
    err_clear(&c->e);
    c->ok = c->source->ask_work(id, "me@example.org", &c->arena, &c->request, &c->e);
    if (url) {
        assert_true(c->ok);
        assert_string_equal(c->request.url, url);
    } else {
        case_expect_error(c, ERR_UNSUPPORTED, "knows");
    }
}

static void test_query_fields(void **state)
{
    (void)state;
    static const char *const fields[] = {"ti:", "abs:", NULL};
    static const char *const nothing[] = {"  "};
    static const struct query_syntax syntax = {
        .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
    const struct query_group some[] = {{dose_terms, 1}, {nothing, 1}, {joint_terms, 2}};
    struct query q = {.language = "", .groups = some, .n_groups = 3};
    struct str out = STR_INIT(1000);
    query_write_fields(&q, &syntax, fields, &out);
    assert_string_equal(out.data, "(ti:\"low-dose\" OR abs:\"low-dose\") AND ((ti:arthrosis OR ti:\"joint pain\") OR "
                                  "(abs:arthrosis OR abs:\"joint pain\"))");
    q.raw = "as it is";
    str_clear(&out);
    query_write_fields(&q, &syntax, fields, &out);
    assert_string_equal(out.data, "as it is");
    str_release(&out);

    struct err e = {0};
    q = (struct query){.language = "pt-BR"};
    assert_true(query_language_in(&q, "en pt", "X", &e));
    assert_false(query_language_in(&q, "en p", "X", &e));
    assert_int_equal(e.kind, ERR_UNSUPPORTED);
    q.raw = "x";
    assert_true(query_language_in(&q, "en", "X", &e));
    assert_string_equal(query_later("2020-01-01", "2019-12-31"), "2020-01-01");
    assert_string_equal(query_later(NULL, "2019-12-31"), "2019-12-31");
    assert_null(query_later(NULL, NULL));
}

static void test_doaj_asks(void **state)
{
    (void)state;
    struct source_case c = start("doaj", &joints);
    const char *url = case_url(&c, NULL, 0);
    assert_string_equal(url,
                        "https://doaj.org/api/search/articles/%28%28%22low-dose%22%20OR%20%220.5%20Gy%22%29%20AND%20"
                        "%28arthrosis%20OR%20%22joint%20pain%22%29%29%20AND%20bibjson.year%3A%5B2020%20TO%202021%5D"
                        "?page=1&pageSize=100");
    expect_has(case_url(&c, "4", 20), "?page=4&pageSize=20");
    struct query months = joints;
    months.since = "2020-02-01";
    months.until = "2020-03-15";
    c.query = &months;
    expect_has(case_url(&c, NULL, 0), "%28bibjson.month%3A2%20OR%20bibjson.month%3A02%20OR%20bibjson.month%3A3");
    months.since = "2020-01-01";
    months.added_since = "2026-01-31";
    expect_has(case_url(&c, NULL, 0),
               "OR%20NOT%20_exists_%3Abibjson.month%29%20AND%20last_updated%3A%5B2026-01-31%20TO");
    months.until = "2020-12-31";
    expect_lacks(case_url(&c, NULL, 0), "bibjson.month");
    expect_work(&c, "10.5555/a(1)",
                "https://doaj.org/api/search/articles/doi%3A%2210.5555%2Fa%281%29%22?page=1&pageSize=1");
    expect_work(&c, "PMC7", NULL);
    case_end(&c);
    c.query = &(struct query){.language = ""};
    expect_unsupported(&c, "has no terms");
}

static void test_doaj_reads(void **state)
{
    (void)state;
    struct source_case c = start("doaj", &any_language);
    assert_true(case_read(&c, "doaj/page1.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.hits, 5);
    assert_int_equal(c.page.n_faults, 0);
    assert_string_equal(c.page.next, "2");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "00000000000000000000000000000001");
    assert_string_equal(r->doi, "10.5555/Doaj.1");
    assert_string_equal(r->title, "Low-dose radiotherapy 1");
    assert_string_equal(r->journal, "Radiation & Joints");
    assert_string_equal(r->language, "de");
    assert_string_equal(r->date, "2021-03");
    assert_int_equal(r->year, 2021);
    assert_string_equal(r->license, "CC BY");
    assert_null(r->license_url); /* the journal's page about licences is none */
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->n_files, 1);
    case_expect_file(r, 0, "landing", "http://journal.example.org/a/1", "CC BY", "published");
    r = &c.page.records[1];
    assert_string_equal(r->doi, "10.5555/Doaj.2");
    assert_string_equal(r->date, "2021");
    assert_string_equal(r->license, "CC BY-NC");
    assert_string_equal(r->license_url, "https://creativecommons.org/licenses/by-nc/4.0/");
    assert_int_equal(r->n_files, 2);
    case_expect_file(r, 0, "pdf", "https://journal.example.org/2%20b.pdf", "CC BY-NC", "published");
    case_expect_file(r, 1, "xml", "https://journal.example.org/2.xml", "CC BY-NC", "published");

    assert_true(case_read(&c, "doaj/page2.json", 200, "2"));
    assert_null(c.page.records[0].language); /* of two languages nobody says which */
    assert_null(c.page.records[1].doi);
    assert_string_equal(c.page.next, "3");
    assert_true(case_read(&c, "doaj/page3.json", 200, "3"));
    assert_int_equal(c.page.n, 1);
    assert_null(c.page.next);
    assert_true(case_read(&c, "doaj/none.json", 200, NULL));
    assert_int_equal(c.page.hits, 0);
    case_end(&c);
}

static void test_doaj_troubles(void **state)
{
    (void)state;
    struct source_case c = start("doaj", &any_language);
    assert_true(case_read(&c, "doaj/odd.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 7);
    case_expect_fault(&c, 0, "results[0]", "id is missing");
    case_expect_fault(&c, 1, "results[1]", "bibjson is missing");
    case_expect_fault(&c, 2, "results[2]", "the record is a text");
    case_expect_fault(&c, 3, "results[3]", "title is a number");
    case_expect_fault(&c, 4, "results[3]", "year is a list");
    case_expect_fault(&c, 5, "results[4]", "journal is a text");
    case_expect_fault(&c, 6, "results[4]", "'ftp://x.example.org/a.pdf' is no http(s) URL");
    case_read(&c, "doaj/empty_early.json", 200, "2");
    case_expect_error(&c, ERR_TEMPORARY, "page 2 of 5 hits is empty");
    case_read(&c, "doaj/page1.json", 200, "2");
    case_expect_error(&c, ERR_TEMPORARY, "gave page 1 for page 2");
    case_read(&c, "doaj/error.json", 400, "11");
    case_expect_error(&c, ERR_FORMAT, "beyond 1000 records");
    case_read(&c, "doaj/error.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "results is missing");
    case_read(&c, "doaj/not_json.html", 504, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "504");
    case_read(&c, "doaj/not_json.html", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "an HTML page instead of JSON");
    case_broken(&c, "doaj/page1.json", NULL);
    case_end(&c);
}

/* Only 1,000 hits can be paged through: there is no page 11. */
static void test_doaj_window(void **state)
{
    (void)state;
    struct source_case c = start("doaj", &any_language);
    for (int page = 9; page <= 10; page++) {
        char cursor[16], body[200];
        snprintf(cursor, sizeof cursor, "%d", page);
        snprintf(body, sizeof body,
                 "{\"total\":5000,\"page\":%d,\"pageSize\":100,\"results\":[{\"id\":\"1\",\"bibjson\":{}}]}", page);
        assert_true(case_read_bytes(&c, body, strlen(body), 200, cursor));
        assert_int_equal(c.page.next != NULL, page == 9);
    }
    assert_int_equal(c.source->window, 1000);
    case_end(&c);
}

static void test_core_asks(void **state)
{
    (void)state;
    struct source_case c = start("core", &joints);
    assert_string_equal(
        case_url(&c, NULL, 0),
        "https://api.core.ac.uk/v3/search/works/?q=%28%28%28title%3A%22low-dose%22%20OR%20title%3A%220.5%20Gy"
        "%22%29%20OR%20%28abstract%3A%22low-dose%22%20OR%20abstract%3A%220.5%20Gy%22%29%29%20AND%20%28%28"
        "title%3Aarthrosis%20OR%20title%3A%22joint%20pain%22%29%20OR%20%28abstract%3Aarthrosis%20OR%20"
        "abstract%3A%22joint%20pain%22%29%29%29%20AND%20yearPublished%3E%3D2020%20AND%20yearPublished%3C%3D"
        "2021&limit=100&offset=0");
    expect_has(case_url(&c, "200.00000007.offset", 0), "&limit=100&offset=200");
    expect_has(case_url(&c, "0.0.scroll", 0), "&limit=100&scroll=true");
    expect_has(case_url(&c, "100.00000007.scroll|a==", 0), "&limit=100&scrollId=a%3D%3D&scroll=true");
    expect_work(&c, "10.5555/c", "https://api.core.ac.uk/v3/search/works/?q=doi%3A%2210.5555%2Fc%22&limit=1&offset=0");
    expect_work(&c, "2101.00001", NULL);
    assert_string_equal(c.source->key_header, "Authorization: Bearer %s");
    case_end(&c);
}

static void test_core_reads(void **state)
{
    (void)state;
    struct source_case c = start("core", &any_language);
    assert_true(case_read(&c, "core/page1.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 0);
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "70001");
    assert_string_equal(r->doi, "10.5555/core.1");
    assert_string_equal(r->abstract, "Radon spas [...] and pain.");
    assert_string_equal(r->language, "en");
    assert_string_equal(r->date, "2019-05-02");
    assert_string_equal(r->journal, "Spa Journal");
    assert_int_equal(r->n_files, 2);
    case_expect_file(r, 0, "pdf", "https://core.ac.uk/download/1.pdf", NULL, NULL);
    case_expect_file(r, 1, "landing", "http://repository.example.org/item/1", NULL, NULL);
    r = &c.page.records[1];
    assert_null(r->doi);
    assert_string_equal(r->arxiv, "1312.4233");
    assert_int_equal(r->year, 2013);
    assert_null(r->date);
    case_expect_file(r, 0, "landing", "http://arxiv.org/abs/1312.4233", NULL, NULL);
    /* The pages, to the end. */
    const char *next = arena_strdup(&c.arena, c.page.next);
    assert_true(case_read(&c, "core/page2.json", 200, next));
    assert_string_equal(c.page.records[0].pmid, "31000003");
    assert_string_equal(c.page.records[1].pmid, "31000004");
    assert_string_equal(c.page.records[1].title, "Aorta & dose");
    next = c.page.next;
    expect_has(case_url(&c, next, 2), "&limit=2&offset=4");
    assert_true(case_read(&c, "core/page3.json", 200, next));
    assert_null(c.page.next);
    case_end(&c);
}

/* More than 10,000 hits: the first page by offset tells, then a scroll begins anew and keeps its id. */
static void test_core_scrolls(void **state)
{
    (void)state;
    struct source_case c = start("core", &any_language);
    assert_true(case_read(&c, "core/deep1.json", 200, NULL));
    assert_string_equal(c.page.next, "0.0.scroll");
    assert_true(case_read(&c, "core/scroll1.json", 200, c.page.next));
    const char *second = c.page.next;
    expect_has(second, ".scroll|c2Nyb2xs==");
    expect_has(case_url(&c, second, 0), "scrollId=c2Nyb2xs%3D%3D");
    assert_true(case_read(&c, "core/scroll2.json", 200, second));
    expect_has(c.page.next, "4.");
    /* The same part again, an end too early, a scroll that nobody knows any more: from the beginning. */
    case_read(&c, "core/scroll1.json", 200, second);
    case_expect_error(&c, ERR_TEMPORARY, "again");
    assert_string_equal(c.page.next, "0.0.scroll");
    const char *without = "{\"totalHits\":20001,\"results\":[{\"id\":9}]}";
    case_read_bytes(&c, without, strlen(without), 200, second);
    case_expect_error(&c, ERR_TEMPORARY, "no scrollId after 3 of 20001");
    case_read(&c, "core/scroll_end.json", 200, second);
    case_expect_error(&c, ERR_TEMPORARY, "after 2 of 20001");
    assert_string_equal(c.page.next, "0.0.scroll");
    case_read(&c, "core/rate_limit.json", 404, second);
    case_expect_error(&c, ERR_TEMPORARY, "expired");
    assert_string_equal(c.page.next, "0.0.scroll");
    case_end(&c);
}

static void test_core_troubles(void **state)
{
    (void)state;
    struct source_case c = start("core", &any_language);
    assert_true(case_read(&c, "core/odd.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 5);
    case_expect_fault(&c, 0, "results[0]", "id is missing");
    case_expect_fault(&c, 1, "results[1]", "title is a list");
    case_expect_fault(&c, 2, "results[1]", "language is a text");
    case_expect_fault(&c, 3, "results[1]", "links is an object");
    case_expect_fault(&c, 4, "results[2]", "the record is null");
    assert_int_equal(c.page.records[1].year, 2020);
    assert_int_equal(c.page.records[1].open, FACT_UNKNOWN);
    case_read(&c, "core/empty_early.json", 200, "2.00000001.offset");
    case_expect_error(&c, ERR_TEMPORARY, "empty page after 2 of 5");
    case_read(&c, "core/page1.json", 200, "2.00000001.offset");
    case_expect_error(&c, ERR_TEMPORARY, "gave the page at 0 for that at 2");
    case_read(&c, "core/v2.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "API v3");
    case_read(&c, "core/rate_limit.json", 429, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "Wait 600 seconds");
    case_broken(&c, "core/page1.json", NULL);
    c.query = NULL;
    assert_true(case_read(&c, "core/page3.json", 200, "4.0.offset"));
    assert_null(c.page.next);
    case_end(&c);
}

static void test_arxiv_asks(void **state)
{
    (void)state;
    struct source_case c = start("arxiv", &joints);
    const char *url = case_url(&c, NULL, 0);
    expect_has(url, "https://export.arxiv.org/api/query?search_query=%28%28%28ti%3A%22low-dose%22%20OR%20ti%3A");
    expect_has(url, "%29%20AND%20submittedDate%3A%5B202002010000%20TO%20202104302359%5D&start=0&max_results=200");
    expect_has(case_url(&c, "400", 0), "&start=400&");
    expect_has(case_url(&c, "again", 0), "&start=0&");
    expect_work(&c, "hep-th/9901001",
                "https://export.arxiv.org/api/query?id_list=hep-th%2F9901001&start=0&max_results=1");
    expect_work(&c, "10.48550/arxiv.2101.00001",
                "https://export.arxiv.org/api/query?id_list=2101.00001&start=0&max_results=1");
    expect_work(&c, "10.5555/x", NULL);
    case_end(&c);
    struct query german = joints;
    german.language = "de";
    c.query = &german;
    expect_unsupported(&c, "'en' only");
}

static void test_arxiv_reads(void **state)
{
    (void)state;
    struct source_case c = start("arxiv", &any_language);
    assert_true(case_read(&c, "arxiv/page1.xml", 200, NULL));
    assert_int_equal(c.page.hits, 3);
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 0);
    assert_string_equal(c.page.next, "2");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "2101.00001");
    assert_string_equal(r->arxiv, "2101.00001");
    assert_string_equal(r->doi, "10.5555/arx.1");
    assert_string_equal(r->title, "Hormesis at doses < 100 mGy: a review");
    assert_string_equal(r->abstract, "Cells & doses.");
    assert_string_equal(r->journal, "J. Dose 1 (2021) 1");
    assert_string_equal(r->date, "2021-01-01");
    assert_int_equal(r->retracted, FACT_UNKNOWN);
    assert_int_equal(r->n_files, 1);
    case_expect_file(r, 0, "pdf", "https://arxiv.org/pdf/2101.00001v2", NULL, "submitted");
    expect_has(r->said, "\"category\":\"q-bio.TO\"");
    r = &c.page.records[1];
    assert_string_equal(r->arxiv, "math.GT/0309136");
    assert_string_equal(r->doi, "10.48550/arXiv.math.GT/0309136");
    assert_string_equal(r->license_url, "http://creativecommons.org/licenses/by/4.0/");
    assert_int_equal(r->retracted, FACT_YES);
    assert_true(case_read(&c, "arxiv/page2.xml", 200, "2"));
    assert_int_equal(c.page.n, 1);
    assert_null(c.page.next);
    /* No hits are believed when they are said twice. */
    assert_true(case_read(&c, "arxiv/none.xml", 200, NULL));
    assert_string_equal(c.page.next, "again");
    assert_true(case_read(&c, "arxiv/none.xml", 200, "again"));
    assert_null(c.page.next);
    case_end(&c);
}

static void test_arxiv_troubles(void **state)
{
    (void)state;
    struct source_case c = start("arxiv", &any_language);
    case_read(&c, "arxiv/empty_early.xml", 200, "2");
    case_expect_error(&c, ERR_TEMPORARY, "at 2 of 3 hits is empty");
    case_read(&c, "arxiv/none.xml", 200, "0");
    case_read(&c, "arxiv/none.xml", 200, "2");
    case_expect_error(&c, ERR_TEMPORARY, "at 0 for that at 2");
    case_read(&c, "arxiv/wrong_start.xml", 200, "2");
    case_expect_error(&c, ERR_TEMPORARY, "at 0 for that at 2");
    case_read(&c, "arxiv/error.xml", 400, NULL);
    case_expect_error(&c, ERR_FORMAT, "incorrect id format for x");
    case_read(&c, "arxiv/error.xml", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "arXiv says: incorrect id format");
    case_read(&c, "doaj/not_json.html", 503, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "503");
    case_read(&c, "doaj/not_json.html", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "an HTML page instead of an Atom feed");
    assert_true(case_read(&c, "arxiv/odd.xml", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_int_equal(c.page.n_faults, 3);
    case_expect_fault(&c, 0, "entry 0", "id is missing");
    case_expect_fault(&c, 1, "entry 1 (http://elsewhere.example.org/7)", "no arXiv number");
    case_expect_fault(&c, 2, "entry 2 (http://arxiv.org/abs/2305.12346v1)", "title is missing");
    case_broken(&c, "arxiv/page1.xml", NULL);
    case_end(&c);
}

static void test_biorxiv(void **state)
{
    (void)state;
    struct source_case c = start("biorxiv", &joints);
    assert_string_equal(case_url(&c, "30", 0), "https://api.biorxiv.org/details/biorxiv/2020-02-01/2021-04-30/30/json");
    expect_work(&c, "10.64898/2026.01.01.700001",
                "https://api.biorxiv.org/details/biorxiv/10.64898/2026.01.01.700001/na/json");
    expect_work(&c, "10.5555/1", NULL);
    struct query since = {.language = "", .added_since = "2026-01-01"};
    c.query = &since;
    assert_string_equal(case_url(&c, NULL, 0), "https://api.biorxiv.org/details/biorxiv/2026-01-01/2099-12-31/0/json");
    c.source = source_lookup("medrxiv");
    since.added_since = NULL;
    assert_string_equal(case_url(&c, NULL, 0), "https://api.biorxiv.org/details/medrxiv/2019-06-01/2099-12-31/0/json");
    assert_true(c.source->by_date);
    case_end(&c);

    c = start("biorxiv", &any_language);
    assert_true(case_read(&c, "biorxiv/page1.json", 200, NULL));
    assert_int_equal(c.page.hits, 5);
    assert_int_equal(c.page.n, 3);
    assert_int_equal(c.page.n_faults, 0);
    assert_string_equal(c.page.next, "3");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "10.64898/2026.01.02.700001");
    assert_string_equal(r->license, "cc_by");
    assert_string_equal(r->date, "2026-01-02");
    assert_string_equal(r->abstract, "Mice got 0.5 Gy.");
    case_expect_file(r, 0, "xml", "https://www.biorxiv.org/content/early/2026/01/02/700001.source.xml", "cc_by",
                     "submitted");
    case_expect_file(r, 1, "pdf", "https://www.biorxiv.org/content/10.64898/2026.01.02.700001v1.full.pdf", "cc_by",
                     "submitted");
    assert_int_equal(c.page.records[2].retracted, FACT_YES);
    assert_int_equal(c.page.records[2].n_files, 1);
    assert_true(case_read(&c, "biorxiv/page2.json", 200, "3"));
    case_expect_file(&c.page.records[0], 1, "pdf",
                     "https://www.medrxiv.org/content/10.1101/2026.01.05.700004v1.full.pdf", "cc_by_nc_nd",
                     "submitted");
    assert_null(c.page.next);
    assert_true(case_read(&c, "biorxiv/none.json", 200, NULL));
    assert_int_equal(c.page.hits, 0);
    assert_null(c.page.next);
    case_end(&c);
    c.query = NULL;
    assert_true(case_read(&c, "biorxiv/work.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].title, "Preprint number 1, revised");
    case_end(&c);
}

static void test_biorxiv_troubles(void **state)
{
    (void)state;
    struct source_case c = start("biorxiv", &any_language);
    case_read_bytes(&c, " \n", 2, 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "an empty reply");
    case_read(&c, "biorxiv/empty_early.json", 200, "3");
    case_expect_error(&c, ERR_TEMPORARY, "at 3 of 5 is empty");
    case_read(&c, "biorxiv/none.json", 200, "3");
    case_expect_error(&c, ERR_TEMPORARY, "nothing at 3");
    case_read(&c, "biorxiv/page1.json", 200, "3");
    case_expect_error(&c, ERR_TEMPORARY, "at 0 for that at 3");
    case_read(&c, "biorxiv/error.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "Connection refused");
    /* A page of fewer rows than it says: the service's count is what its next cursor goes by. */
    assert_true(case_read(&c, "biorxiv/short.json", 200, NULL));
    assert_string_equal(c.page.next, "30");
    case_expect_fault(&c, 0, "messages[0]", "count is 30, but there are 1 rows");
    assert_true(case_read(&c, "biorxiv/odd.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 5);
    case_expect_fault(&c, 0, "collection[0]", "doi is missing");
    case_expect_fault(&c, 1, "collection[1]", "title is a number");
    case_expect_fault(&c, 2, "collection[2]", "the record is a list");
    case_broken(&c, "biorxiv/page1.json", NULL);
    case_end(&c);
}

static void test_jstage_asks(void **state)
{
    (void)state;
    struct source_case c = start("jstage", &joints);
    assert_string_equal(case_url(&c, NULL, 0),
                        "https://api.jstage.jst.go.jp/searchapi/do?service=3&text=low-dose%20arthrosis"
                        "&pubyearfrom=2020&pubyearto=2021&start=1&count=1000");
    expect_has(case_url(&c, "1|1", 0), "text=low-dose%20joint%20pain&");
    expect_has(case_url(&c, "3|1001", 0), "text=0.5%20Gy%20joint%20pain&pubyearfrom=2020&pubyearto=2021&start=1001");
    static const struct query raw = {.language = "ja", .raw = "低線量 放射線"};
    c.query = &raw;
    expect_has(case_url(&c, NULL, 0),
               "service=3&text=%E4%BD%8E%E7%B7%9A%E9%87%8F%20%E6%94%BE%E5%B0%84%E7%B7%9A&start=1&");
    case_end(&c);
    struct query french = joints;
    french.language = "fr";
    c.query = &french;
    expect_unsupported(&c, "'ja en' only");
    const char *many[30];
    for (size_t i = 0; i < 30; i++)
        many[i] = "x";
    const struct query_group large[] = {{many, 30}, {many, 30}};
    c.query = &(struct query){.language = "ja", .groups = large, .n_groups = 2};
    expect_unsupported(&c, "more than 500 combinations");
    assert_null(c.source->ask_work);
}

static void test_jstage_reads(void **state)
{
    (void)state;
    static const struct query raw = {.language = "ja", .raw = "低線量"};
    struct source_case c = start("jstage", &raw);
    assert_true(case_read(&c, "jstage/page1.xml", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.hits, 3);
    assert_string_equal(c.page.next, "0|3");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "https://www.jstage.jst.go.jp/article/tei/1/1/1_1/_article/-char/ja/");
    assert_string_equal(r->doi, "10.5555/tei.1.1");
    assert_string_equal(r->title, "低線量放射線");
    assert_string_equal(r->journal, "低線量学会誌");
    assert_null(r->language);
    assert_int_equal(r->year, 2012);
    assert_int_equal(r->n_files, 0);
    assert_string_equal(r->said,
                        "{\"id\":\"https://www.jstage.jst.go.jp/article/tei/1/1/1_1/_article/-char/ja/\",\"doi\":"
                        "\"10.5555/tei.1.1\"}");
    assert_string_equal(c.page.records[1].language, "ja");
    assert_true(case_read(&c, "jstage/page2.xml", 200, "0|3"));
    assert_string_equal(c.page.records[0].title, "Arthrosis");
    assert_string_equal(c.page.records[0].language, "en");
    assert_null(c.page.next);
    /* Of several combinations the next one begins, also after one without hits. */
    c.query = &joints;
    assert_true(case_read(&c, "jstage/page2.xml", 200, "0|3"));
    assert_int_equal(c.page.hits, -1);
    assert_string_equal(c.page.next, "1|1");
    assert_true(case_read(&c, "jstage/none.xml", 200, "2|1"));
    assert_string_equal(c.page.next, "3|1");
    assert_true(case_read(&c, "jstage/none.xml", 200, "3|1"));
    assert_null(c.page.next);

    case_read(&c, "jstage/error.xml", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "ERR_012: no search word");
    case_read(&c, "jstage/busy.xml", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "ERR_003");
    case_read(&c, "jstage/empty_early.xml", 200, "0|3");
    case_expect_error(&c, ERR_TEMPORARY, "at 3 of 3 hits is empty");
    case_read(&c, "jstage/page1.xml", 200, "0|3");
    case_expect_error(&c, ERR_TEMPORARY, "at 1 for that at 3");
    assert_true(case_read(&c, "jstage/odd.xml", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_int_equal(c.page.records[0].year, 0);
    case_expect_fault(&c, 0, "entry 0", "id is missing");
    case_expect_fault(&c, 1, "entry 1", "article_title is empty");
    case_broken(&c, "jstage/page1.xml", NULL);
    case_end(&c);
}

static void test_hal_asks(void **state)
{
    (void)state;
    struct query french = joints;
    french.language = "fr";
    french.open_only = true;
    french.added_since = "2026-01-02";
    struct source_case c = start("hal", &french);
    const char *url = case_url(&c, NULL, 0);
    expect_has(url, "https://api.archives-ouvertes.fr/search/?q=%28%28title_t%3A%22low-dose%22%20OR%20");
    expect_has(url, "&fq=docType_s%3A%28ART%20OR%20UNDEFINED%29&fq=language_s%3Afr&fq=openAccess_bool%3Atrue&");
    expect_has(url, "&fq=producedDate_tdate%3A%5B2020-02-01T00%3A00%3A00Z%20TO%202021-04-30T23%3A59%3A59Z%5D");
    expect_has(url, "&fq=modifiedDate_tdate%3A%5B2026-01-02T00%3A00%3A00Z%20TO%20%2A%5D&fl=docid%2ChalId_s%2C");
    expect_has(url, "&wt=json&rows=500&sort=docid%20asc&cursorMark=%2A");
    expect_has(case_url(&c, "500.00000001.AoE1==", 0), "&cursorMark=AoE1%3D%3D");
    c.ok = c.source->ask_work("PMC7000002", "me@example.org", &c.arena, &c.request, &c.e);
    expect_has(c.request.url, "?q=pubmedcentralId_s%3A%22PMC7000002%22&fl=");
    expect_work(&c, "nonsense", NULL);
    case_end(&c);
}

static void test_hal_reads(void **state)
{
    (void)state;
    struct source_case c = start("hal", &any_language);
    assert_true(case_read(&c, "hal/page1.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.hits, 3);
    assert_int_equal(c.page.n_faults, 0);
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "hal-00000901");
    assert_string_equal(r->title, "Radiothérapie à faible dose 1");
    assert_string_equal(r->abstract, "Résumé & suite.");
    assert_string_equal(r->language, "fr");
    assert_string_equal(r->date, "2020-01");
    assert_string_equal(r->journal, "Revue 2");
    assert_string_equal(r->license_url, "http://creativecommons.org/licenses/by/");
    assert_int_equal(r->open, FACT_YES);
    assert_int_equal(r->n_files, 3);
    case_expect_file(r, 0, "pdf", "https://hal.science/hal-00000901/document", r->license, NULL);
    case_expect_file(r, 1, "pdf", "https://hal.science/hal-00000901/file/texte.pdf", r->license, NULL);
    case_expect_file(r, 2, "landing", "https://hal.science/hal-00000901", r->license, NULL);
    r = &c.page.records[1];
    assert_string_equal(r->doi, "10.5555/hal.2");
    assert_string_equal(r->pmid, "123456");
    assert_string_equal(r->pmcid, "PMC7000002");
    assert_string_equal(r->arxiv, "2101.00002");
    assert_int_equal(r->open, FACT_NO);
    /* The mark that repeats, with nothing, is the end. */
    const char *second = c.page.next;
    expect_has(second, ".AoE1==");
    assert_true(case_read(&c, "hal/page2.json", 200, second));
    const char *third = c.page.next;
    expect_has(third, ".AoE2==");
    assert_true(case_read(&c, "hal/page3.json", 200, third));
    assert_null(c.page.next);

    case_read(&c, "hal/empty_early.json", 200, second);
    case_expect_error(&c, ERR_TEMPORARY, "an empty page after 2 of 3");
    case_read(&c, "hal/repeats_early.json", 200, NULL);
    case_expect_error(&c, ERR_TEMPORARY, "the cursor repeats after 1 of 3");
    case_read(&c, "hal/page1.json", 200, second);
    case_expect_error(&c, ERR_TEMPORARY, "again");
    case_read(&c, "hal/error.json", 400, NULL);
    case_expect_error(&c, ERR_FORMAT, "undefined field titel_t");
    case_read(&c, "hal/error.json", 200, NULL);
    case_expect_error(&c, ERR_FORMAT, "undefined field titel_t");
    assert_true(case_read(&c, "hal/default_fields.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.records[0].source_id, "901");
    case_expect_fault(&c, 0, "response.docs[0]", "title_s is missing");
    c.query = NULL;
    assert_true(case_read(&c, "hal/odd.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    case_expect_fault(&c, 0, "response.docs[0]", "halId_s and docid are missing");
    case_expect_fault(&c, 1, "response.docs[1]", "title_s is missing");
    case_expect_fault(&c, 2, "response.docs[2]", "title_s[0] is a number");
    c.query = &any_language;
    case_broken(&c, "hal/page1.json", NULL);
    case_end(&c);
}

static void test_scielo_asks(void **state)
{
    (void)state;
    struct source_case c = start("scielo", &joints);
    assert_string_equal(case_url(&c, NULL, 0),
                        "https://articlemeta.scielo.org/api/v1/articles/?collection=scl&from=2020-02-01"
                        "&until=2021-04-30&limit=50&offset=0&body=false");
    expect_has(case_url(&c, "mex|100", 0),
               "?collection=mex&from=2020-02-01&until=2021-04-30&limit=50&offset=100&body=");
    expect_has(case_url(&c, "mex|100|ids", 0), "/article/identifiers/?collection=mex&from=2020-02-01&until=2021-04-30&"
                                               "limit=100&offset=100");
    assert_string_equal(case_url(&c, "mex|100|ids S1 S2", 0),
                        "https://articlemeta.scielo.org/api/v1/article/?collection=mex&code=S1&format=json");
    expect_work(&c, "10.1590/s0100-879x1998000800011",
                "https://articlemeta.scielo.org/api/v1/article/?code=S0100-879X1998000800011&format=json");
    expect_work(&c, "10.5555/s0100", NULL);
    c.ok = c.source->ask(c.query, "xyz|0", 0, "me@example.org", &c.arena, &c.request, &c.e);
    case_expect_error(&c, ERR_FORMAT, "is no cursor");
    case_end(&c);
    struct query japanese = joints;
    japanese.language = "ja";
    c.query = &japanese;
    expect_unsupported(&c, "'pt es en");
}

static void test_scielo_reads(void **state)
{
    (void)state;
    struct source_case c = start("scielo", &any_language);
    assert_true(case_read(&c, "scielo/list1.json", 200, NULL));
    assert_int_equal(c.page.n, 2);
    assert_int_equal(c.page.n_faults, 0);
    assert_string_equal(c.page.next, "scl|2");
    const struct record *r = &c.page.records[0];
    assert_string_equal(r->source_id, "S0000-00012020000000001");
    assert_string_equal(r->doi, "10.1590/S0000-00012020000000001");
    assert_string_equal(r->title, "Radioterapia em dose baixa in vivo");
    assert_string_equal(r->abstract, "Resumo: dor. Low-dose radiotherapy in vivo Radioterapia de dosis baja in vivo "
                                     "Abstract: pain.");
    assert_string_equal(r->language, "pt");
    assert_string_equal(r->date, "2020-06");
    assert_string_equal(r->journal, "Revista de Doses Baixas");
    assert_string_equal(r->license, "CC BY-NC 4.0");
    assert_string_equal(r->license_url, "https://creativecommons.org/licenses/by-nc/4.0/");
    assert_int_equal(r->n_files, 4);
    case_expect_file(r, 0, "xml",
                     "https://articlemeta.scielo.org/api/v1/article/?collection=scl&code="
                     "S0000-00012020000000001&format=xmlrsps",
                     "CC BY-NC 4.0", "published");
    case_expect_file(r, 1, "pdf", "http://www.scielo.br/pdf/rdb/v1n1/1.pdf", "CC BY-NC 4.0", "published");
    r = &c.page.records[1];
    assert_string_equal(r->doi, "10.5555/other.2");
    assert_string_equal(r->date, "2020-06-17");
    assert_string_equal(r->license, "CC BY 4.0"); /* the journal's */
    assert_string_equal(r->license_url, "https://creativecommons.org/licenses/by/4.0/");
    assert_int_equal(r->n_files, 2);
    assert_true(case_read(&c, "scielo/list2.json", 200, "scl|2"));
    assert_string_equal(c.page.records[0].license, "CC BY");
    assert_null(c.page.records[0].license_url);
    assert_string_equal(c.page.next, "chl|0");
    assert_true(case_read(&c, "scielo/list_empty.json", 200, "spa|0"));
    assert_null(c.page.next); /* the last collection */
    case_end(&c);
    c.query = NULL;
    assert_true(case_read(&c, "scielo/article1.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    assert_true(case_read_bytes(&c, "null", 4, 200, NULL));
    assert_int_equal(c.page.n, 0);
    case_end(&c);
}

/* Where the list of records is not there: identifiers, then each record, to the end of the collection. */
static void test_scielo_identifiers(void **state)
{
    (void)state;
    struct source_case c = start("scielo", &any_language);
    assert_true(case_read_bytes(&c, "Not Found", 9, 404, NULL));
    assert_string_equal(c.page.next, "scl|0|ids");
    assert_true(case_read(&c, "scielo/ids1.json", 200, c.page.next));
    assert_int_equal(c.page.n, 0);
    assert_string_equal(c.page.next, "scl|2|ids S0000-00012020000000001 S0000-00012020000000002");
    assert_true(case_read(&c, "scielo/article1.json", 200, c.page.next));
    assert_int_equal(c.page.n, 1);
    assert_string_equal(c.page.next, "scl|2|ids S0000-00012020000000002");
    const char *second = c.page.next;
    /* One that cannot be read is a fault of this one. */
    assert_true(case_read_bytes(&c, "null", 4, 200, second));
    assert_string_equal(c.page.next, "scl|2|ids");
    case_expect_fault(&c, 0, "S0000-00012020000000002", "neither an object nor a list");
    assert_true(case_read_bytes(&c, "gone", 4, 404, second));
    case_expect_fault(&c, 0, "S0000-00012020000000002", "404");
    case_read_bytes(&c, "busy", 4, 503, second);
    case_expect_error(&c, ERR_TEMPORARY, "503");
    assert_true(case_read(&c, "scielo/ids2.json", 200, "scl|2|ids"));
    assert_string_equal(c.page.next, "scl|3|ids S0000-00012020000000003");
    assert_true(case_read(&c, "scielo/article1.json", 200, c.page.next));
    assert_string_equal(c.page.next, "scl|3|ids");
    const char *end = "{\"meta\":{\"limit\":2,\"offset\":3},\"objects\":[]}";
    assert_true(case_read_bytes(&c, end, strlen(end), 200, "scl|3|ids"));
    assert_string_equal(c.page.next, "chl|0|ids");

    case_read(&c, "scielo/empty_early.json", 200, "scl|2");
    case_expect_error(&c, ERR_TEMPORARY, "at 2 of 3 is empty");
    case_read(&c, "scielo/list1.json", 200, "scl|2");
    case_expect_error(&c, ERR_TEMPORARY, "at 0 for that at 2");
    assert_true(case_read(&c, "scielo/odd.json", 200, NULL));
    assert_int_equal(c.page.n, 1);
    case_expect_fault(&c, 0, "objects[0]", "v12 is a text");
    case_broken(&c, "scielo/list1.json", NULL);
    c.query = NULL;
    assert_true(case_read(&c, "scielo/bare.json", 200, NULL));
    assert_int_equal(c.page.n, 0);
    case_expect_fault(&c, 0, "article", "code is missing");
    case_end(&c);
}

/* What each recorded reply of ../shared gives: records, faults at most, hits (-1: an error is right). */
static const struct {
    const char *name;
    int records;
    int64_t hits;
} recorded[] = {
    {"atom_id_malformed_error_400.xml", -1, 0},
    {"atom_id_no_such_empty.xml", 0, 0},
    {"atom_id_old_style.xml", 1, 1},
    {"atom_id_quant_ph_v1.xml", 1, 1},
    {"atom_id_single.xml", 1, 1},
    {"atom_id_two_one_missing.xml", 1, 1},
    {"atom_query_p1.xml", 10, 214881},
    {"atom_query_p2.xml", 10, 214881},
    {"atom_query_p3.xml", 10, 214881},
    {"oai_arXivRaw_1810.09584.xml", -1, 0},
    {"oai_arxiv-physics-hep-th.xml", -1, 0},
    {"oai_arxiv-single.xml", -1, 0},
    {"details_2026-08-01_p0.json", 1, 109},
    {"pubs_2026-06-01_p0.json", 0, 469},
    {"rss_subject_feed.xml", -1, 0},
    {"site_search_no_results.html", -1, 0},
    {"v2_advanced_no_results.json", -1, 0},
    {"v2_article_get.json", -1, 0},
    {"v2_batch_sample.json", -1, 0},
    {"v2_search.json", -1, 0},
    {"v3_search_works_item.json", -1, 0},
    {"v3_search_works_page.json", 2, 23027},
    {"articles_fatcat_dump.jsonl", -1, 0},
    {"v2_article_single.json", -1, 0},
    {"v2_journal_single.json", -1, 0},
    {"v2_search_articles_license.json", 10, 5412874},
    {"v2_search_articles_pagesize2.json", 2, 5412874},
    {"v2_search_articles_sorted.json", 6, 103},
    {"v3_search_articles_one.json", 1, 1},
    {"author_ref.json", 2, 2},
    {"search_default.json", 30, 51},
    {"search_fl_all.json", 1, 51},
    {"x4.json", 1, 1},
    {"list_service2_docs.xml", 1, 1},
    {"search_service3.xml", 3, 677},
    {"search_service3_2026_hand_edited.xml", 1, 3126},
    {"article_docs_1.json", 1, -1},
    {"article_json_aa_S0044-59672003000300002.json", 0, -1},
    {"article_json_articlemetaapi.json", 1, -1},
    {"article_json_default.json", 1, -1},
    {"article_json_mx_S0036-36341997000100001.json", 1, -1},
    {"article_json_spa.json", 1, -1},
};

static void read_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    bool ok = case_read_bytes(c, body, len, strstr(name, "400") ? 400 : 200, NULL);
    for (size_t i = 0; i < sizeof recorded / sizeof *recorded; i++) {
        if (strcmp(recorded[i].name, name) != 0)
            continue;
        int n = ok ? (int)c->page.n : -1;
        if (n != recorded[i].records || (ok && c->page.hits != recorded[i].hits))
            fail_msg("%s: %d records of %lld hits; %s", name, n, (long long)c->page.hits, c->e.text);
    }
    /* Cut anywhere, nothing falls down; case_read_bytes looks at what is left. */
    for (size_t cut = 0; cut < len; cut += len / 7 + 1)
        case_read_bytes(c, arena_memdup(&c->arena, body, cut), cut, 200, NULL);
}

/* As works (q NULL): recorded replies are no answers to our queries, so their cursors are not ours. */
static void test_recorded(void **state)
{
    (void)state;
    static const char *const names[] = {"arxiv", "biorxiv", "core", "doaj", "hal", "jstage", "scielo"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct source_case c = start(names[i], NULL);
        if (!case_recorded(names[i], read_recorded, &c))
            skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_fields),
        cmocka_unit_test(test_doaj_asks),
        cmocka_unit_test(test_doaj_reads),
        cmocka_unit_test(test_doaj_troubles),
        cmocka_unit_test(test_doaj_window),
        cmocka_unit_test(test_core_asks),
        cmocka_unit_test(test_core_reads),
        cmocka_unit_test(test_core_scrolls),
        cmocka_unit_test(test_core_troubles),
        cmocka_unit_test(test_arxiv_asks),
        cmocka_unit_test(test_arxiv_reads),
        cmocka_unit_test(test_arxiv_troubles),
        cmocka_unit_test(test_biorxiv),
        cmocka_unit_test(test_biorxiv_troubles),
        cmocka_unit_test(test_jstage_asks),
        cmocka_unit_test(test_jstage_reads),
        cmocka_unit_test(test_hal_asks),
        cmocka_unit_test(test_hal_reads),
        cmocka_unit_test(test_scielo_asks),
        cmocka_unit_test(test_scielo_reads),
        cmocka_unit_test(test_scielo_identifiers),
        cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

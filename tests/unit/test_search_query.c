/* test_search_query.c: a query in every syntax, the sieve, and what adapters share about text and cursors. */
#include "ingest/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/source.h"

static const struct query_syntax plain = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
static const struct query_syntax fielded = {.and_word = " AND ",
                                            .or_word = " OR ",
                                            .open = "(",
                                            .close = ")",
                                            .term_open = "TITLE:",
                                            .term_close = "^2",
                                            .quote = '"',
                                            .quote_all = true};
static const struct query_syntax escaped = {
    .and_word = " && ", .or_word = " || ", .open = "[", .close = "]", .quote = '"', .special = "\\\":+-()/"};
static const struct query_syntax words = {.and_word = " ", .or_word = " ", .open = "", .close = ""};

/* One term in four syntaxes; "" where nothing is left of it. */
static const struct {
    const char *term, *plain, *fielded, *escaped, *words;
} terms[] = {
    {"arthritis", "arthritis", "TITLE:\"arthritis\"^2", "arthritis", "arthritis"},
    {"low dose", "\"low dose\"", "TITLE:\"low dose\"^2", "\"low dose\"", "low dose"},
    {"  low\t dose ", "\"low dose\"", "TITLE:\"low dose\"^2", "\"low dose\"", "low dose"},
    {"low-dose", "\"low-dose\"", "TITLE:\"low-dose\"^2", "\"low\\-dose\"", "low-dose"},
    {"p53", "p53", "TITLE:\"p53\"^2", "p53", "p53"},
    {"TGF-β1", "\"TGF-β1\"", "TITLE:\"TGF-β1\"^2", "\"TGF\\-β1\"", "TGF-β1"},
    {"Бехтерева", "Бехтерева", "TITLE:\"Бехтерева\"^2", "Бехтерева", "Бехтерева"},
    {"малые дозы", "\"малые дозы\"", "TITLE:\"малые дозы\"^2", "\"малые дозы\"", "малые дозы"},
    {"低剂量放射", "\"低剂量放射\"", "TITLE:\"低剂量放射\"^2", "\"低剂量放射\"", "低剂量放射"},
    {"放射線ホルミシス", "\"放射線ホルミシス\"", "TITLE:\"放射線ホルミシス\"^2", "\"放射線ホルミシス\"",
     "放射線ホルミシス"},
    {"저선량", "\"저선량\"", "TITLE:\"저선량\"^2", "\"저선량\"", "저선량"},
    {"إشعاع", "إشعاع", "TITLE:\"إشعاع\"^2", "إشعاع", "إشعاع"},
    {"إشعاع منخفض", "\"إشعاع منخفض\"", "TITLE:\"إشعاع منخفض\"^2", "\"إشعاع منخفض\"", "إشعاع منخفض"},
    {"say \"so\"", "\"say so\"", "TITLE:\"say so\"^2", "\"say \\\"so\\\"\"", "say so"},
    {"“knee”", "knee", "TITLE:\"knee\"^2", "\"“knee”\"", "knee"},
    {"C++", "\"C++\"", "TITLE:\"C++\"^2", "\"C\\+\\+\"", "C++"},
    {"a:b(c)[d]*", "\"a b c d\"", "TITLE:\"a b c d\"^2", "\"a\\:b\\(c\\)[d]*\"", "a b c d"},
    {"back\\slash", "\"back slash\"", "TITLE:\"back slash\"^2", "\"back\\\\slash\"", "back slash"},
    {"NOT", "\"NOT\"", "TITLE:\"NOT\"^2", "\"NOT\"", "NOT"},
    {"OR", "\"OR\"", "TITLE:\"OR\"^2", "\"OR\"", "OR"},
    {"or", "or", "TITLE:\"or\"^2", "or", "or"},
    {"-minus", "\"-minus\"", "TITLE:\"-minus\"^2", "\"\\-minus\"", "-minus"},
    {"new\nline\x01", "\"new line\"", "TITLE:\"new line\"^2", "\"new line\"", "new line"},
    {"\"\"", "", "", "", ""},
    {"   ", "", "", "", ""},
};

static void expect_written(const struct query *q, const struct query_syntax *syntax, const char *want)
{
    struct str out = STR_INIT(1 << 16);
    query_write(q, syntax, &out);
    assert_string_equal(out.data, want);
    str_release(&out);
}

static void test_terms(void **state)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct query_group group = {&terms[i].term, 1};
        struct query q = {.groups = &group, .n_groups = 1};
        expect_written(&q, &plain, terms[i].plain);
        expect_written(&q, &fielded, terms[i].fielded);
        expect_written(&q, &escaped, terms[i].escaped);
        expect_written(&q, &words, terms[i].words);
    }
}

static void test_groups(void **state)
{
    const char *dose[] = {"low dose", "LDRT", ""}, *joint[] = {"arthritis"}, *none[] = {" ", "()"};
    struct query_group groups[] = {{dose, 3}, {none, 2}, {joint, 1}, {NULL, 0}};
    struct query q = {.groups = groups, .n_groups = 4};
    expect_written(&q, &plain, "(\"low dose\" OR LDRT) AND arthritis");
    expect_written(&q, &fielded, "(TITLE:\"low dose\"^2 OR TITLE:\"LDRT\"^2) AND TITLE:\"arthritis\"^2");
    expect_written(&q, &escaped, "[\"low dose\" || LDRT] && arthritis");
    q.raw = "(\"as it is\"[tiab])";
    expect_written(&q, &plain, q.raw);
    /* A target that is too small overflows and says so. */
    struct str small = STR_INIT(10);
    query_write(&q, &plain, &small);
    assert_true(small.overflow);
    str_release(&small);
}

static bool matches(const struct query *q, const char *text)
{
    return query_matches(q, text, strlen(text));
}

static void test_matches(void **state)
{
    const char *dose[] = {"low-dose radiotherapy", "低剂量", "CT", "저선량", "تشعيع منخفض"};
    const char *joint[] = {"knee", "膝"};
    struct query_group groups[] = {{dose, 5}, {joint, 2}};
    struct query q = {.groups = groups, .n_groups = 2};
    assert_true(matches(&q, "Low dose  RADIOTHERAPY of the (knee)."));
    assert_true(matches(&q, "knee: low\u2011dose radiotherapy"));
    assert_false(matches(&q, "Low-dose radiotherapy of the hip"));
    assert_false(matches(&q, "low-dose radiotherapys knee"));
    assert_false(matches(&q, "allow-dose radiotherapy knee"));
    assert_false(matches(&q, "knees after low-dose radiotherapy"));
    assert_true(matches(&q, "超低剂量照射对膝关节的作用"));
    assert_true(matches(&q, "膝CT検査")); /* a border of scripts is a border of words */
    assert_false(matches(&q, "膝 ACTH"));
    assert_true(matches(&q, "저선량을 knee"));
    assert_true(matches(&q, "knee, تشعيع منخفض"));
    assert_false(matches(&q, ""));
    assert_true(query_matches(&(struct query){.raw = "x"}, "anything", 8));
    assert_true(query_matches(&(struct query){0}, "anything", 8));
}

static void test_escape(void **state)
{
    struct str url = STR_INIT(1000);
    str_add(&url, "https://example.org/x");
    query_parameter(&url, "q", "a b&c=d/é~-._");
    query_parameter(&url, "none", NULL);
    query_parameter(&url, "empty", "");
    assert_string_equal(url.data, "https://example.org/x?q=a%20b%26c%3Dd%2F%C3%A9~-._&empty=");
    str_clear(&url);
    source_escape_path("10.1016/s0140-6736(24)02600-x?#", &url);
    assert_string_equal(url.data, "10.1016/s0140-6736%2824%2902600-x%3F%23");
    str_release(&url);
}

static void test_dates(void **state)
{
    static const struct {
        const char *text, *date;
    } cases[] = {{"2020-1-5", "2020-01-05"},
                 {"2020/10/03 00:00", "2020-10-03"},
                 {"2020 Dec 14", "2020-12-14"},
                 {"2020 December", "2020-12"},
                 {"2021 Winter", "2021"},
                 {"2020-01-05T10:00:00Z", "2020-01-05"},
                 {"2024-03", "2024-03"},
                 {"1998", "1998"},
                 {"2020-13-05", "2020"},
                 {"2020-12-45", "2020-12"},
                 {"00/2010", ""},
                 {"", ""},
                 {"soon", ""},
                 {"0999", ""},
                 {"99999999999", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char date[11];
        assert_int_equal(source_date(cases[i].text, date, NULL), *cases[i].date != 0);
        assert_string_equal(date, cases[i].date);
    }
    char date[11];
    assert_false(source_date(NULL, date, NULL));
}

static void test_text(void **state)
{
    struct arena arena = ARENA_INIT;
    assert_string_equal(
        source_markup(&arena, "H<sub>2</sub>O &amp; p < 0.05, x>3 <jats:p>A</jats:p><jats:p>B</jats:p>"),
        "H2O & p < 0.05, x>3 A B");
    assert_string_equal(source_markup(&arena, "open <i tag"), "open <i tag");
    assert_null(source_markup(&arena, " <p></p> "));
    assert_null(source_text(&arena, NULL));
    assert_string_equal(source_text(&arena, "a\u00a0 b\n"), "a b");
    assert_string_equal(source_language(&arena, "fre"), "fr");
    assert_string_equal(source_language(&arena, "pt_BR"), "pt-BR");
    assert_null(source_language(&arena, "und"));
    assert_null(source_language(&arena, "not a language"));
    arena_release(&arena);
}

static void test_identifiers(void **state)
{
    struct arena arena = ARENA_INIT;
    assert_int_equal(source_id_kind("10.1000/x"), SOURCE_ID_DOI);
    assert_int_equal(source_id_kind("PMC123"), SOURCE_ID_PMCID);
    assert_int_equal(source_id_kind("PMC"), SOURCE_ID_NONE);
    assert_int_equal(source_id_kind("2101.00001"), SOURCE_ID_ARXIV);
    assert_int_equal(source_id_kind("0704.0001"), SOURCE_ID_ARXIV);
    assert_int_equal(source_id_kind("hep-th/9901001"), SOURCE_ID_ARXIV);
    assert_int_equal(source_id_kind("math.GT/0309136"), SOURCE_ID_ARXIV);
    assert_int_equal(source_id_kind("2101.000012"), SOURCE_ID_NONE);
    assert_int_equal(source_id_kind(""), SOURCE_ID_NONE);
    assert_string_equal(source_arxiv(&arena, "10.48550/arXiv.2101.00001v12"), "2101.00001");
    assert_string_equal(source_arxiv(&arena, "https://arxiv.org/pdf/hep-th/9901001v1.pdf"), "hep-th/9901001");
    assert_null(source_arxiv(&arena, "10.1000/x"));
    assert_null(source_arxiv(&arena, NULL));
    assert_string_equal(source_pmcid(&arena, "https://www.ncbi.nlm.nih.gov/pmc/articles/9100001"), "PMC9100001");
    assert_string_equal(source_pmcid(&arena, "https://pmc.ncbi.nlm.nih.gov/articles/PMC9100001/pdf/x.pdf"),
                        "PMC9100001");
    assert_string_equal(source_pmcid(&arena, "9100001"), "PMC9100001");
    assert_string_equal(source_pmcid(&arena, "pmc9100001"), "PMC9100001");
    assert_null(source_pmcid(&arena, "https://example.org/articles/9100001"));
    assert_null(source_pmcid(&arena, "9100001x"));
    assert_string_equal(source_version("publishedVersion"), "published");
    assert_string_equal(source_version("submitted"), "submitted");
    assert_null(source_version("draft"));
    arena_release(&arena);
}

static void test_files(void **state)
{
    struct arena arena = ARENA_INIT;
    struct record r = {0};
    static const char *const bad[] = {"ftp://example.org/x", "/relative",    "https://",      "https:///x",
                                      "http://a b/",         "javascript:x", "https://user@", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bool kept = source_add_file(&r, &arena, &(struct record_file){.url = bad[i], .kind = "pdf"});
        assert_int_equal(kept, i == 6);
    }
    assert_false(source_add_file(&r, &arena, &(struct record_file){.kind = "pdf"}));
    r = (struct record){0};
    assert_true(source_add_file(&r, &arena, &(struct record_file){.url = "http://example.org/x", .kind = "pdf"}));
    assert_true(source_add_file(&r, &arena, &(struct record_file){.url = "https://example.org/x", .kind = "pdf"}));
    assert_int_equal(r.n_files, 1);
    assert_true(source_add_file(
        &r, &arena, &(struct record_file){.url = "https://europepmc.org/articles/PMC77", .kind = "landing"}));
    assert_int_equal(r.n_files, 1);
    assert_string_equal(r.pmcid, "PMC77");
    for (int i = 0; i < SOURCE_MAX_FILES + 5; i++)
        source_add_file(&r, &arena,
                        &(struct record_file){.url = arena_printf(&arena, "https://example.org/%d", i), .kind = "pdf"});
    assert_int_equal(r.n_files, SOURCE_MAX_FILES);
    arena_release(&arena);
}

/* A page of one record named `id`, `items` listed, after `seen` of `hits`. */
static bool turn(struct arena *arena, const char *cursor, const char *mark, size_t items, int64_t hits, const char *id,
                 struct source_page *page, struct err *e)
{
    struct source_cursor at;
    *page = (struct source_page){.hits = hits};
    if (id)
        source_add_record(page, arena)->source_id = id;
    source_cursor_read(cursor, &at);
    return source_turn("Test", &at, mark, items, page, arena, e);
}

static void test_cursors(void **state)
{
    struct arena arena = ARENA_INIT;
    struct source_page page;
    struct source_cursor at;
    struct err e = {0};
    assert_true(turn(&arena, NULL, "a.b|c", 100, 250, "one", &page, &e));
    source_cursor_read(page.next, &at);
    assert_int_equal(at.seen, 100);
    assert_string_equal(at.mark, "a.b|c");
    const char *first = page.next;
    assert_true(turn(&arena, first, "m", 100, 250, "two", &page, &e));
    assert_false(turn(&arena, first, "m", 100, 250, "one", &page, &e)); /* the same page again */
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_false(turn(&arena, first, "m", 0, 250, NULL, &page, &e)); /* empty with hits left */
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_true(turn(&arena, first, NULL, 150, 250, "two", &page, &e));
    assert_null(page.next);
    assert_int_equal(page.n_faults, 0);
    assert_true(turn(&arena, first, NULL, 50, 250, "two", &page, &e)); /* the last page, but hits are left: told */
    assert_int_equal(page.n_faults, 1);
    assert_true(turn(&arena, "999.1.m", "m", 0, 1000, NULL, &page, &e)); /* an index that moved by one */
    assert_null(page.next);
    assert_false(turn(&arena, "999999.1.m", "m", 100, 1000, "x", &page, &e)); /* circles */
    assert_int_equal(e.kind, ERR_TEMPORARY);
    static const char *const broken[] = {"", "x", "1", "1.x", "1.ff", "-1.1.m", "99999999999999999999.1.m"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        source_cursor_read(broken[i], &at);
        assert_int_equal(at.seen, 0);
        assert_string_equal(at.mark, "");
    }
    arena_release(&arena);
}

static void test_registry(void **state)
{
    size_t n = 0;
    for (; sources[n]; n++) {
        const struct source *s = sources[n];
        assert_ptr_equal(source_lookup(s->name), s);
        assert_true(*s->title && *s->host && s->read && s->page_size > 0);
        assert_true(s->ask || s->ask_work);
        assert_true(!s->key == !(s->key_query || s->key_header));
    }
    assert_true(n >= 5);
    assert_null(source_lookup("nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_terms),   cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_matches), cmocka_unit_test(test_escape),
                                       cmocka_unit_test(test_dates),   cmocka_unit_test(test_text),
                                       cmocka_unit_test(test_files),   cmocka_unit_test(test_identifiers),
                                       cmocka_unit_test(test_cursors), cmocka_unit_test(test_registry)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

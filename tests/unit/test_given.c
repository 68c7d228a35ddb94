/* Lists of works that a user gives: identifiers in all their forms, columns, comments, faults with their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ingest/given.h"

static struct arena arena;
static struct given list;

static void read_list(const char *text)
{
    struct err e = {0};
    if (!given_read(text, strlen(text), &arena, &list, &e))
        fail_msg("%s", e.text);
}

static void expect_work(size_t i, enum given_kind kind, const char *text, size_t line)
{
    if (i >= list.n)
        fail_msg("only %zu works, not '%s'", list.n, text);
    if (list.works[i].kind != kind || strcmp(list.works[i].text, text) != 0 || list.works[i].line != line)
        fail_msg("work %zu is '%s' of kind %d in line %zu", i, list.works[i].text, list.works[i].kind,
                 list.works[i].line);
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *given;
        enum given_kind kind;
        const char *text; /* NULL: it is none */
    } cases[] = {
        {"10.5555/ABC.1", GIVEN_DOI, "10.5555/abc.1"},
        {"doi: 10.5555/abc,1", GIVEN_DOI, "10.5555/abc,1"},
        {"DOI:10.5555/a", GIVEN_DOI, "10.5555/a"},
        {"https://doi.org/10.1002/x%3C1661%3A%3AAID%3E3.0.CO%3B2-2", GIVEN_DOI, "10.1002/x<1661::aid>3.0.co;2-2"},
        {"http://dx.doi.org/10.5555/a", GIVEN_DOI, "10.5555/a"},
        {"doi.org/10.5555/a", GIVEN_DOI, "10.5555/a"},
        {"PMC123", GIVEN_PMCID, "PMC123"},
        {"pmcid: PMC123", GIVEN_PMCID, "PMC123"},
        {"https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/", GIVEN_PMCID, "PMC123"},
        {"https://pmc.ncbi.nlm.nih.gov/articles/PMC123/?x=1", GIVEN_PMCID, "PMC123"},
        {"https://europepmc.org/article/PMC/PMC123", GIVEN_PMCID, "PMC123"},
        {"https://europepmc.org/articles/PMC123", GIVEN_PMCID, "PMC123"},
        {"12345678", GIVEN_PMID, "12345678"},
        {"PMID: 12345678", GIVEN_PMID, "12345678"},
        {"https://pubmed.ncbi.nlm.nih.gov/12345678/", GIVEN_PMID, "12345678"},
        {"https://www.ncbi.nlm.nih.gov/pubmed/12345678", GIVEN_PMID, "12345678"},
        {"https://europepmc.org/article/MED/12345678", GIVEN_PMID, "12345678"},
        {"2101.00001", GIVEN_ARXIV, "2101.00001"},
        {"2101.00001v3", GIVEN_ARXIV, "2101.00001"},
        {"arXiv:0704.0001", GIVEN_ARXIV, "0704.0001"},
        {"hep-th/9901001", GIVEN_ARXIV, "hep-th/9901001"},
        {"math.GT/0309136v2", GIVEN_ARXIV, "math.GT/0309136"},
        {"https://arxiv.org/pdf/2101.00001v2.pdf", GIVEN_ARXIV, "2101.00001"},
        {"10.48550/arXiv.2101.00001", GIVEN_ARXIV, "2101.00001"},
        {"https://Example.org/a,b?x=1#part", GIVEN_URL, "https://example.org/a,b?x=1"},
        {"https://other.example.org/articles/PMC123", GIVEN_URL, "https://other.example.org/articles/PMC123"},
        {"https://pubmed.ncbi.nlm.nih.gov/?term=dose", GIVEN_URL, "https://pubmed.ncbi.nlm.nih.gov/?term=dose"},
        {"10.5", 0, NULL},
        {"10.5555", 0, NULL},
        {"1.", 0, NULL},
        {"2101.1", 0, NULL},
        {"PMCX", 0, NULL},
        {"1234567890", 0, NULL},
        {"ftp://example.org/a", 0, NULL},
        {"https://", 0, NULL},
        {"Low-dose radiotherapy", 0, NULL},
        {"", 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct given_work work = {0};
        bool ok = given_one(cases[i].given, &arena, &work);
        if (ok != (cases[i].text != NULL) ||
            (ok && (work.kind != cases[i].kind || strcmp(work.text, cases[i].text) != 0)))
            fail_msg("'%s' is '%s' of kind %d", cases[i].given, ok ? work.text : "nothing", work.kind);
    }
    arena_release(&arena);
}

static void test_plain(void **state)
{
    (void)state;
    read_list(
        "\xEF\xBB\xBF# works\r\n\r\n  10.5555/a,b  # the first\r\nPMC7\r10.5555/A,B\nnonsense here\n\n2101.00001");
    assert_int_equal(list.n, 3);
    expect_work(0, GIVEN_DOI, "10.5555/a,b", 3);
    expect_work(1, GIVEN_PMCID, "PMC7", 4);
    expect_work(2, GIVEN_ARXIV, "2101.00001", 8);
    assert_int_equal(list.repeated, 1);
    assert_int_equal(list.bad, 1);
    assert_int_equal(list.faults[0].line, 6);
    assert_string_equal(list.faults[0].text, "'nonsense here' is no DOI, PMCID, PMID, arXiv number or http(s) URL");
    read_list("");
    assert_int_equal(list.n + list.bad, 0);
    read_list("https://example.org/x#y");
    expect_work(0, GIVEN_URL, "https://example.org/x", 1);
    arena_release(&arena);
}

static void test_columns(void **state)
{
    (void)state;
    read_list("doi\ttitle\n10.5555/a,1\tA title, with commas\n\"10.5555/b\"\tB\n\n10.5555/c\t\n");
    assert_int_equal(list.n, 3);
    assert_int_equal(list.bad, 0);
    expect_work(0, GIVEN_DOI, "10.5555/a,1", 2);
    expect_work(1, GIVEN_DOI, "10.5555/b", 3);
    read_list("PMID,Title\n123,\"One, two\"\n\"124\",x\n125\n");
    assert_int_equal(list.n, 3);
    expect_work(1, GIVEN_PMID, "124", 3);
    /* Without a header, when all lines have as many commas. */
    read_list("10.5555/a,One,2020\n10.5555/b,\"Two, three\",2021\n");
    assert_int_equal(list.n, 2);
    expect_work(0, GIVEN_DOI, "10.5555/a", 1);
    expect_work(1, GIVEN_DOI, "10.5555/b", 2);
    /* No CSV: a comma belongs to what stands there. */
    read_list("https://example.org/a,1\nhttps://example.org/b\n");
    expect_work(0, GIVEN_URL, "https://example.org/a,1", 1);
    read_list("https://example.org/a,1\n");
    expect_work(0, GIVEN_URL, "https://example.org/a,1", 1);
    read_list("title,doi\nOne,10.5555/a\n");
    assert_int_equal(list.n, 0);
    assert_int_equal(list.bad, 2);
    arena_release(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    struct err e = {0};
    static const char nul[] = "10.5555/a\n\0PMC1";
    assert_false(given_read(nul, sizeof nul - 1, &arena, &list, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_false(given_read("PMC1\n\xFF", 6, &arena, &list, &e));
    struct str text = STR_INIT(1 << 20);
    str_add(&text, "PMC1\n10.5555/");
    for (int i = 0; i < GIVEN_MAX_LINE; i++)
        str_add_char(&text, 'x');
    str_add(&text, "\nPMC2\n");
    for (int i = 0; i < GIVEN_MAX_FAULTS + 5; i++)
        str_add(&text, "bad\n");
    read_list(text.data);
    str_release(&text);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.bad, GIVEN_MAX_FAULTS + 6);
    assert_int_equal(list.n_faults, GIVEN_MAX_FAULTS);
    assert_int_equal(list.faults[0].line, 2);
    assert_non_null(strstr(list.faults[0].text, "longer than"));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_plain),
                                       cmocka_unit_test(test_columns), cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

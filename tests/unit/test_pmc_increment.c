/* test_pmc_increment.c: what an inventory says of the articles at hand. */
#include "ingest/pmc_increment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MD5  "0123456789abcdef0123456789abcdef"
#define MD5B "fedcba9876543210fedcba9876543210"

static void line(struct pmc_increment *i, const char *pmcid, int version, const char *etag)
{
    struct pmc_change change = {.version = version};
    snprintf(change.pmcid, sizeof change.pmcid, "%s", pmcid);
    snprintf(change.etag, sizeof change.etag, "%s", etag);
    assert_true(pmc_increment_line(i, &change));
}

struct told {
    int n, stop_at;
    int64_t article[20];
    enum pmc_news news[20];
};

static bool tell(void *context, int64_t article_id, enum pmc_news news, struct err *e)
{
    struct told *told = context;
    assert_in_range(told->n, 0, 19);
    told->article[told->n] = article_id;
    told->news[told->n] = news;
    return ++told->n != told->stop_at || err_set(e, ERR_SYSTEM, "the disk");
}

static void test_rules(void **state)
{
    static const struct {
        int highest, has, lacks; /* what is known; 0: nothing of the kind */
        const char *etag;
        int listed[2]; /* versions in the inventory */
        const char *inventory_etag;
        enum pmc_news news;
    } cases[] = {
        {1, 1, 0, "\"" MD5 "\"", {1}, MD5, PMC_UNCHANGED},
        {1, 1, 0, "W/\"" MD5 "\"", {1}, "\"" MD5 "\"", PMC_UNCHANGED},
        {1, 1, 0, MD5, {1}, MD5, PMC_UNCHANGED},
        {1, 1, 0, "\"" MD5 "-2\"", {1}, MD5 "-2", PMC_UNCHANGED},
        {1, 1, 0, "\"" MD5 "\"", {1}, MD5B, PMC_CHANGED},
        {1, 1, 0, NULL, {1}, MD5, PMC_CHANGED},
        {1, 1, 0, "", {1}, "", PMC_CHANGED},
        {1,
         1,
         0,
         "\"a tag that is far too long to be an MD5 of anything\"",
         {1},
         "a tag that is far too long to be an MD5 of anything",
         PMC_CHANGED},
        {1, 1, 0, "\"" MD5 "\"", {1, 2}, MD5, PMC_NEW_VERSION},
        {1, 1, 0, "\"" MD5 "\"", {2, 1}, MD5, PMC_NEW_VERSION},
        {1, 1, 0, "\"" MD5 "\"", {2}, MD5, PMC_NEW_VERSION},
        {1, 1, 0, "\"" MD5 "\"", {0}, MD5, PMC_GONE},
        {2, 1, 0, "\"" MD5 "\"", {1, 2}, MD5, PMC_UNCHANGED}, /* version 2 is a manuscript, say */
        {0, 2, 0, "\"" MD5 "\"", {1, 2}, MD5, PMC_UNCHANGED}, /* an older one was never asked for */
        {0, 2, 0, "\"" MD5 "\"", {1}, MD5, PMC_GONE},
        {2, 1, 2, "\"" MD5 "\"", {1, 2}, MD5, PMC_CHANGED}, /* it can be had now */
        {2, 1, 2, "\"" MD5 "\"", {1}, MD5, PMC_UNCHANGED},
        {1, 1, 1, "\"" MD5 "\"", {1}, MD5, PMC_UNCHANGED}, /* of the two copies one is missing */
        {-1, 0, 0, NULL, {0}, MD5, PMC_UNCHANGED},         /* is not in the bucket */
        {-1, 0, 0, NULL, {1}, MD5, PMC_NEW_VERSION},       /* is now */
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        struct pmc_increment *i = pmc_increment_new();
        struct told told = {0};
        if (cases[n].lacks)
            pmc_increment_lacks(i, 7, "PMC12", cases[n].lacks);
        if (cases[n].has)
            pmc_increment_has(i, 7, "PMC12", cases[n].has, cases[n].etag);
        if (cases[n].highest)
            pmc_increment_listed(i, 7, "PMC12", cases[n].highest < 0 ? 0 : cases[n].highest);
        line(i, "PMC1", 9, MD5B); /* others' */
        line(i, "PMC123", 9, MD5B);
        for (int k = 0; k < 2 && cases[n].listed[k]; k++)
            line(i, "PMC12", cases[n].listed[k], cases[n].inventory_etag);
        assert_true(pmc_increment_each(i, tell, &told, NULL));
        if (told.n != 1 || told.news[0] != cases[n].news)
            fail_msg("case %zu: news %d", n, told.news[0]);
        pmc_increment_free(i);
    }
}

static void test_many(void **state)
{
    enum { MANY = 5000 };
    struct pmc_increment *i = pmc_increment_new();
    struct told told = {0};
    char pmcid[16];
    for (int k = MANY; k > 0; k--) {
        snprintf(pmcid, sizeof pmcid, "PMC%d", k * 7);
        pmc_increment_has(i, k % 10, pmcid, 1, "\"" MD5 "\"");
    }
    for (int k = 1; k <= 7 * MANY; k++) {
        snprintf(pmcid, sizeof pmcid, "PMC%d", k);
        line(i, pmcid, 1, k == 7 * 1003 ? MD5B : MD5);
        if (k == 7 * 2005)
            line(i, pmcid, 3, MD5);
    }
    assert_true(pmc_increment_each(i, tell, &told, NULL));
    assert_int_equal(told.n, 10); /* articles with five hundred PMCIDs each: the greatest of the news counts */
    for (int k = 0; k < 10; k++) {
        assert_int_equal(told.article[k], k);
        assert_int_equal(told.news[k], k == 3 ? PMC_CHANGED : k == 5 ? PMC_NEW_VERSION : PMC_UNCHANGED);
    }
    pmc_increment_free(i);
}

static void test_odd(void **state)
{
    struct pmc_increment *i = pmc_increment_new();
    struct told told = {0};
    struct err e = {0};
    line(i, "PMC1", 1, MD5); /* before anything is known */
    assert_true(pmc_increment_each(i, tell, &told, NULL));
    static const char *const none[] = {
        "", "PMC", "PMC0", "PMC-1", "PMC1x", "pmc1", "PMC 1", "1", "PMC99999999999999999999"};
    for (size_t n = 0; n + 1 < sizeof none / sizeof *none; n++)
        pmc_increment_has(i, 1, none[n], 1, MD5);
    assert_true(pmc_increment_each(i, tell, &told, NULL));
    assert_int_equal(told.n, 0);
    for (int k = 1; k <= 4; k++)
        pmc_increment_has(i, k, "PMC5", 1, MD5); /* several articles that claim one PMCID */
    line(i, "PMC5", 1, MD5);
    told.stop_at = 3;
    assert_false(pmc_increment_each(i, tell, &told, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_int_equal(told.n, 3);
    pmc_increment_free(i);
    pmc_increment_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules), cmocka_unit_test(test_many),
                                       cmocka_unit_test(test_odd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

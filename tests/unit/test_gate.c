/* test_gate.c: which figures the gates drop, and that other thresholds act at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "db/gate.h"
#include "db/picture.h"
#include "tests/unit/sample_corpus.h"

static char folder[64];
static struct db db;

static int open_corpus(void **state)
{
    sample_corpus_open(&db, folder);
    return 0;
}

static int close_corpus(void **state)
{
    sample_corpus_remove(&db, folder);
    return 0;
}

static void exec(char *sql)
{
    sample_sql(&db, sql);
    free(sql);
}

static struct picture_row row = {.width = 400,
                                 .height = 300,
                                 .bytes = 20000,
                                 .phash = "0000000000000000000000000000000000000000000000000000000000000000",
                                 .class = "photo",
                                 .class_confidence = 0.9,
                                 .dominant = 0.5};

/* Figure `figure` of document `document` (1-based, one an article) shows the picture. */
static void add(int document, int figure, const char *number, const char *image)
{
    struct err e = {0};
    row.image_sha256 = image;
    assert_true(picture_store(&db, &row, &e));
    exec(mem_printf("INSERT OR IGNORE INTO article (article_id, key, source, added) VALUES (%d, 'k%d', 'import', 0)",
                    document, document));
    exec(mem_printf("INSERT OR IGNORE INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, "
                    "added) VALUES (%d, %d, 'jats', 'application/xml', 'd%d', 1, 'a.xml', 0)",
                    document, document, document));
    exec(mem_printf("INSERT INTO figure (figure_id, document_id, anchor, ordinal, origin, number, kind, confidence, "
                    "image_sha256, content_hash) VALUES (%d, %d, 'f%d', %d, 'jats', %s, 'figure', 1, '%s', 'x')",
                    100 * document + figure, document, figure, figure, number ? number : "NULL", image));
}

static void check(int figure_id, const char *reason)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM v_figure WHERE figure_id = %d AND drop_reason IS %s%s%s", figure_id,
             reason ? "'" : "", reason ? reason : "NULL", reason ? "'" : "");
    if (sample_int(&db, sql) != 1)
        fail_msg("figure %d: not %s", figure_id, reason ? reason : "kept");
}

static void set(struct gate_options o)
{
    struct err e = {0};
    assert_true(gate_set(&db, &o, &e));
}

static void test_pictures(void **state)
{
    const struct picture_row plain = row;
    add(1, 1, "1", "a");
    check(101, NULL);
    row.height = 63;
    add(1, 2, "2", "b");
    check(102, "small");
    row.width = 63;
    row.height = 300;
    add(1, 3, "3", "c");
    check(103, "small");
    row = plain;
    row.bytes = 1499;
    add(1, 4, "4", "d");
    check(104, "few_bytes");
    row = plain;
    row.width = 3001;
    add(1, 5, "5", "e");
    check(105, "aspect");
    row = plain;
    row.dominant = 0.999;
    add(1, 6, "6", "f");
    check(106, "blank");
    row = plain;
    exec(mem_printf("UPDATE figure SET kind = 'table' WHERE figure_id IN (102, 104, 105, 106)"));
    check(102, NULL);
    check(104, NULL);
    check(105, NULL);
    check(106, NULL);
    exec(mem_printf("UPDATE figure SET drop_reason = 'no_caption' WHERE figure_id = 103"));
    check(103, "no_caption"); /* the parser's reason comes first */
}

static void test_class(void **state)
{
    const struct picture_row plain = row;
    row.class = "logo";
    add(1, 1, "1", "a");
    add(1, 2, NULL, "b");
    row.class = "chart";
    add(1, 3, NULL, "c");
    row = plain;
    check(101, NULL); /* it has a number */
    check(102, "logo");
    check(103, NULL);
    struct gate_options o = GATE_UNCHANGED;
    o.drop_class = "chart";
    set(o);
    check(102, NULL);
    check(103, "chart");
    o.drop_class = "";
    set(o);
    check(103, NULL);
}

static void test_thresholds(void **state)
{
    add(1, 1, "1", "a");
    check(101, NULL);
    struct gate_options o = GATE_UNCHANGED;
    o.min_side = 301;
    set(o);
    check(101, "small");
    set((struct gate_options)GATE_UNCHANGED);
    check(101, "small"); /* it stays */
    o.min_side = 0;
    o.max_aspect = 1.3;
    set(o);
    check(101, "aspect");
    assert_int_equal(sample_int(&db, "SELECT n FROM v_funnel WHERE step = 'figures dropped: aspect'"), 1);
}

static void test_repeated(void **state)
{
    struct err e = {0};
    for (int i = 1; i <= 3; i++)
        add(i, 1, "1", i == 1 ? "a" : i == 2 ? "b" : "c");
    check(101, NULL);
    for (int i = 0; i < 3; i++) /* near each other: b and c stand for a */
        assert_true(picture_set_near(&db, i == 0 ? "a" : i == 1 ? "b" : "c", "a", &e));
    assert_true(picture_count_articles(&db, &e));
    check(101, "repeated");
    check(301, "repeated");
    struct gate_options o = GATE_UNCHANGED;
    o.max_articles = 3;
    set(o);
    check(101, NULL);
    /* A picture that looks different now is to be looked at again. */
    int64_t n = -1;
    assert_true(picture_count_new(&db, &n, &e));
    assert_int_equal(n, 0);
    const char *hash = row.phash;
    row.phash = "1111111111111111111111111111111111111111111111111111111111111111";
    row.image_sha256 = "c";
    assert_true(picture_store(&db, &row, &e));
    row.phash = hash;
    assert_true(picture_count_new(&db, &n, &e));
    assert_int_equal(n, 1);
}

static void test_duplicate(void **state)
{
    struct err e = {0};
    add(1, 1, NULL, "a");
    add(1, 2, "2", "b");
    add(1, 3, "3", "b");
    add(2, 1, "1", "b"); /* another document's is none */
    assert_true(picture_set_near(&db, "a", "a", &e) && picture_set_near(&db, "b", "a", &e));
    check(101, NULL);
    check(102, "duplicate");
    check(103, "duplicate");
    check(201, NULL);
    sample_sql(&db, "INSERT INTO caption (figure_id, ordinal, text) VALUES (102, 0, 'A caption.')");
    check(101, "duplicate"); /* the one with a caption is kept */
    check(102, NULL);
    check(103, "duplicate");
    sample_sql(&db, "UPDATE figure SET drop_reason = 'vanished' WHERE figure_id = 102");
    check(101, NULL);
}

static void test_third_party(void **state)
{
    add(1, 1, "1", "a");
    add(1, 2, "2", "b");
    sample_sql(&db, "UPDATE figure SET third_party = 'permission' WHERE figure_id = 101");
    sample_sql(&db, "UPDATE figure SET third_party = 'adapted' WHERE figure_id = 102");
    check(101, "third_party");
    check(102, NULL);
    struct gate_options o = GATE_UNCHANGED;
    o.drop_credit = "adapted,copyright";
    set(o);
    check(101, NULL);
    check(102, "third_party");
}

static void test_retracted(void **state)
{
    add(1, 1, "1", "a");
    add(2, 1, "1", "b");
    sample_sql(&db, "INSERT INTO front (document_id, retraction) VALUES (1, 'retraction-forward'), (2, NULL)");
    check(101, "retracted");
    check(201, NULL);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_article WHERE drop_reason = 'retracted'"), 1);
    assert_int_equal(sample_int(&db, "SELECT n FROM v_funnel WHERE step = 'articles dropped: retracted'"), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_corpus, close_corpus)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_pictures),  CASE(test_class),       CASE(test_thresholds), CASE(test_repeated),
        CASE(test_duplicate), CASE(test_third_party), CASE(test_retracted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

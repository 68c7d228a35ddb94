/* test_query.c: SQL that a user wrote may read and nothing else; errors have a place; what each format prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "db/lineage.h"
#include "db/query.h"
#include "db/status.h"
#include "stage/tools/print.h"
#include "tests/unit/sample_corpus.h"

static struct db db;
static char folder[64];
static volatile sig_atomic_t stop;

static int open_corpus(void **state)
{
    struct err e = {0};
    (void)state;
    sample_corpus_open(&db, folder);
    sample_corpus_fill(&db, false);
    db_close(&db);
    return db_open(&db, folder, DB_READ, &e) ? 0 : -1;
}

static int close_corpus(void **state)
{
    (void)state;
    sample_corpus_remove(&db, folder);
    return 0;
}

/* What it prints, to be freed; NULL: `e` says why. */
static char *query(const char *sql, enum print_format format, int width, struct err *e)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct printer *p = printer_new(out, format, width);
    err_clear(e);
    bool ok = query_run(&db, sql, &stop, printer_sink(p), e);
    printer_end(p);
    fclose(out);
    if (ok)
        return text;
    free(text);
    return NULL;
}

static void prints(const char *sql, enum print_format format, int width, const char *expected)
{
    struct err e;
    char *text = query(sql, format, width, &e);
    if (!text)
        fail_msg("%s: %s", sql, e.text);
    assert_string_equal(text, expected);
    free(text);
}

static void fails(const char *sql, enum err_kind kind, const char *part)
{
    struct err e;
    assert_null(query(sql, PRINT_TABLE, 0, &e));
    if (e.kind != kind || !strstr(e.text, part))
        fail_msg("%s: '%s' (%s) does not say '%s'", sql, e.text, err_kind_name(e.kind), part);
}

static void formats(void **state)
{
    static const char sql[] = "SELECT 1 AS n, 'a,\"b' AS t, NULL AS x, 2.5 AS r, x'00ff' AS b, '' AS e";
    (void)state;
    prints(sql, PRINT_CSV, 0, "n,t,x,r,b,e\n1,\"a,\"\"b\",,2.5,00ff,\"\"\n");
    prints(sql, PRINT_JSON, 0, "[\n{\"n\":1,\"t\":\"a,\\\"b\",\"x\":null,\"r\":2.5,\"b\":\"00ff\",\"e\":\"\"}\n]\n");
    prints(sql, PRINT_JSONL, 0, "{\"n\":1,\"t\":\"a,\\\"b\",\"x\":null,\"r\":2.5,\"b\":\"00ff\",\"e\":\"\"}\n");
    prints(sql, PRINT_RECORDS, 0,
           "  n                  1\n  t                  a,\"b\n  r                  2.5\n"
           "  b                  00ff\n  e                  \n");
    prints("SELECT 1 AS a WHERE 0", PRINT_JSON, 0, "[]\n");
    prints("SELECT 1 AS a WHERE 0", PRINT_CSV, 0, "a\n");
    prints("SELECT 1 AS a, 2 AS a", PRINT_JSONL, 0, "{\"a\":1,\"a_2\":2}\n");
    prints("SELECT 0.1 AS a, 1e300 * 1e10 AS b, 1/3.0 AS c", PRINT_JSONL, 0,
           "{\"a\":0.1,\"b\":null,\"c\":0.33333333333333331}\n");
}

static void tables(void **state)
{
    (void)state;
    prints("SELECT 7 AS number, 'x' AS text UNION ALL SELECT 1234567, NULL", PRINT_TABLE, 0,
           " number  text\n-------  ----\n      7  x\n1234567  NULL\n");
    prints("SELECT '\u7814\u7a76' AS a, 'e\u0301' AS b UNION ALL SELECT 'ab', 'x'", PRINT_TABLE, 0,
           "a     b\n----  -\n\u7814\u7a76  e\u0301\nab    x\n");
    prints("SELECT 'line' || char(10) || 'two' || char(27) AS a", PRINT_TABLE, 0, "a\n----------\nline\\ntwo?\n");
    prints("SELECT 'abcdefghij' AS a", PRINT_TABLE, 5, "a\n-----\nabcd\u2026\n");
    prints("SELECT '\u7814\u7a76\u7814\u7a76' AS a", PRINT_TABLE, 5, "a\n-----\n\u7814\u7a76\u2026\n");
    /* More rows than the look-ahead. */
    struct err e;
    char *text = query("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n FROM c",
                       PRINT_TABLE, 0, &e);
    size_t lines = 0;
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 5002);
    free(text);
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(text_width("abc", 3), 3);
    assert_int_equal(text_width("\u7814", 3), 2);
    assert_int_equal(text_width("e\u0301", 3), 1);
    assert_int_equal(text_width("\u1100\u1161\u11a8", 9), 2);
    assert_int_equal(text_width("\U0001F9EC", 4), 2);
    assert_int_equal(text_width("\uff8a", 3), 1);
}

static void only_reads(void **state)
{
    static const char *const writes[] = {
        "DELETE FROM pair",
        "UPDATE pair SET score = 1",
        "INSERT INTO task (stage, item, part, fingerprint) VALUES ('a', 'b', 0, 'c')",
        "DROP VIEW v_pair",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "ATTACH 'other.db' AS o",
        "VACUUM INTO 'copy.db'",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "BEGIN",
        "WITH c AS (SELECT 1) DELETE FROM pair",
    };
    (void)state;
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
        fails(writes[i], ERR_USAGE, "only reads");
    fails("UPDATE sqlite_master SET sql = ''", ERR_USAGE, "may not be modified");
    prints("SELECT count(*) AS n FROM pair", PRINT_CSV, 0, "n\n72\n");
    prints("SELECT name FROM pragma_table_info('panel') LIMIT 1", PRINT_CSV, 0, "name\npanel_id\n");
    prints("PRAGMA user_version", PRINT_CSV, 0, "user_version\n1\n");
}

static void errors_have_a_place(void **state)
{
    (void)state;
    fails("SELECT *\nFRM pair", ERR_USAGE, "line 2, column 1");
    fails("SELECT *\nFRM pair", ERR_USAGE, "at: FRM pair");
    fails("SELECT nosuch FROM pair", ERR_USAGE, "line 1, column 8: no such column: nosuch");
    fails("SELECT '\u7814', nosuch FROM pair", ERR_USAGE, "column 13");
    fails("SELECT * FROM nowhere", ERR_USAGE, "no such table: nowhere");
    fails("SELECT 'a", ERR_USAGE, "unrecognized token");
    fails("SELECT json_extract('[', '$')", ERR_USAGE, "malformed JSON");
    fails("", ERR_USAGE, "no statement");
    fails(" -- a remark\n;", ERR_USAGE, "no statement");
    fails("SELECT 1;\nSELECT 2", ERR_USAGE, "line 2, column 1: one statement at a time");
    prints("SELECT 1 AS a; -- a remark\n ; ", PRINT_CSV, 0, "a\n1\n");
}

static void interrupted(void **state)
{
    (void)state;
    stop = 1;
    fails("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c", ERR_ABORT,
          "interrupted");
    stop = 0;
    prints("SELECT 1 AS a", PRINT_CSV, 0, "a\n1\n");
}

/* Every statement of status and explain runs on this schema and finds what is there. */
static long rows_of(bool (*rows)(struct db *, const struct query_sink *, struct err *))
{
    struct err e = {0};
    FILE *out = fopen("/dev/null", "w");
    struct printer *p = printer_new(out, PRINT_JSON, 0);
    if (!rows(&db, printer_sink(p), &e))
        fail_msg("%s", e.text);
    long n = printer_end(p);
    fclose(out);
    return n;
}

static void status_rows(void **state)
{
    (void)state;
    assert_int_equal(rows_of(status_stages), 2);
    assert_int_equal(rows_of(status_reasons), 0);
    assert_int_equal(rows_of(status_failures), 0);
    assert_true(rows_of(status_funnel) > 5);
}

static long lineage_rows(lineage_fn *rows, int64_t id)
{
    struct err e = {0};
    FILE *out = fopen("/dev/null", "w");
    struct printer *p = printer_new(out, PRINT_RECORDS, 0);
    if (!rows(&db, id, printer_sink(p), &e))
        fail_msg("%s", e.text);
    long n = printer_end(p);
    fclose(out);
    return n;
}

static void lineage(void **state)
{
    int64_t id;
    struct err e = {0};
    (void)state;
    assert_true(lineage_figure_of_pair(&db, 4, &id, &e));
    assert_int_equal(id, 2);
    assert_true(lineage_figure_of_pair(&db, 9999, &id, &e));
    assert_int_equal(id, 0);
    assert_true(lineage_pair_of_key(&db, "no such key", &id, &e));
    assert_int_equal(id, 0);
    assert_int_equal(lineage_rows(lineage_article, 2), 1);
    assert_int_equal(lineage_rows(lineage_document, 2), 1);
    assert_int_equal(lineage_rows(lineage_figure, 2), 1);
    assert_int_equal(lineage_rows(lineage_captions, 2), 1);
    assert_int_equal(lineage_rows(lineage_panels, 2), 0);
    assert_int_equal(lineage_rows(lineage_mentions, 2), 0);
    assert_int_equal(lineage_rows(lineage_table, 2), 0);
    assert_int_equal(lineage_rows(lineage_translations, 2), 1);
    assert_int_equal(lineage_rows(lineage_figure_pairs, 2), 3);
    assert_int_equal(lineage_rows(lineage_pair, 4), 1);
    assert_int_equal(lineage_rows(lineage_samples, 4), 0);
    assert_int_equal(lineage_rows(lineage_calls, 4), 0);
    assert_int_equal(lineage_rows(lineage_calls_full, 4), 0);
    assert_int_equal(lineage_rows(lineage_figure_calls, 2), 0);
    assert_int_equal(lineage_rows(lineage_figure_calls_full, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),     cmocka_unit_test(tables),      cmocka_unit_test(widths),
        cmocka_unit_test(only_reads),  cmocka_unit_test(interrupted), cmocka_unit_test(errors_have_a_place),
        cmocka_unit_test(status_rows), cmocka_unit_test(lineage),
    };
    return cmocka_run_group_tests(tests, open_corpus, close_corpus);
}

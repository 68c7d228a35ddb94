/* test_schema.c: db/schema.sql is what the migrations make, so that a reader finds the whole schema in one file. After
 * a new migration: FIGMILL_WRITE_GOLDEN=1 meson test schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/unit/sample_corpus.h"

static void dump(struct db *db, struct str *out)
{
    sqlite3_stmt *s = NULL;
    str_addf(
        out,
        "-- The schema, version %d: what the files in db/migrations make of an empty database. Made by tests, not by "
        "hand.\n",
        DB_SCHEMA_VERSION);
    /* In the order of creation, which is the migrations'. */
    assert_int_equal(sqlite3_prepare_v2(db->handle,
                                        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid", -1, &s,
                                        NULL),
                     SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        str_addf(out, "\n%s;\n", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
}

static void schema_is_golden(void **state)
{
    struct db db;
    struct err e = {0};
    struct str now = STR_INIT(4 << 20);
    char folder[64];
    const char *source = getenv("FIGMILL_SOURCE");
    (void)state;
    if (!source)
        skip();
    char *path = mem_printf("%s/db/schema.sql", source);
    sample_corpus_open(&db, folder);
    dump(&db, &now);
    if (getenv("FIGMILL_WRITE_GOLDEN"))
        assert_true(file_replace(path, now.data, now.len, &e));
    char *golden = file_read_text(path, 4 << 20, &e);
    assert_non_null(golden);
    assert_string_equal(now.data, golden);
    free(golden);
    free(path);
    str_release(&now);
    sample_corpus_remove(&db, folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(schema_is_golden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

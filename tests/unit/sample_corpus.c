/* sample_corpus.c: see sample_corpus.h. */
#include "tests/unit/sample_corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "db/blob.h"

void sample_sql(struct db *db, const char *sql)
{
    char *text = NULL;
    if (sqlite3_exec(db->handle, sql, NULL, NULL, &text) != SQLITE_OK)
        fail_msg("%s: %s", sql, text);
}

int64_t sample_int(struct db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL), SQLITE_OK);
    int64_t n = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
    sqlite3_finalize(s);
    return n;
}

void sample_corpus_open(struct db *db, char folder[64])
{
    struct err e = {0};
    const char *temp = getenv("TMPDIR");
    snprintf(folder, 64, "%.30s/figmill-test-XXXXXX", temp ? temp : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    if (!db_open(db, folder, DB_CREATE, &e))
        fail_msg("%s", e.text);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void sample_corpus_remove(struct db *db, const char *folder)
{
    db_close(db);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void exec(struct db *db, char *sql)
{
    sample_sql(db, sql);
    free(sql);
}

static void store_blob(struct db *db, const char *text, char sha256[SHA256_SIZE])
{
    struct err e = {0};
    if (!blob_write(db->folder, text, strlen(text), sha256, &e))
        fail_msg("%s", e.text);
}

static void add_pairs(struct db *db, int article, int figure, long long figure_id)
{
    for (int ordinal = 0; ordinal < SAMPLE_PAIRS; ordinal++)
        exec(db, mem_printf("INSERT INTO pair (figure_id, kind, ordinal, language, turns, model, prompt, prompt_hash, "
                            "checks) VALUES (%lld, 'detailed_description', %d, 'en', "
                            "'[{\"from\":\"human\",\"value\":\"What is seen in %d.%d?\"},"
                            "{\"from\":\"gpt\",\"value\":\"Answer %d.\"}]', 'small', 'detailed_description', 'abc', "
                            "'{\"schema\":\"pass\"}')",
                            figure_id, ordinal, article, figure, ordinal));
    exec(db, mem_printf("INSERT INTO pair (figure_id, kind, ordinal, language, turns, prompt, prompt_hash, checks, "
                        "drop_reason) VALUES (%lld, 'complex_reasoning', 0, 'en', '[]', 'complex_reasoning', 'def', "
                        "'{\"schema\":\"broken\"}', 'schema')",
                        figure_id));
}

static void add_figure(struct db *db, int article, int figure, long long document_id)
{
    char image[64], sha256[SHA256_SIZE];
    snprintf(image, sizeof image, "picture %d of article %d", figure, article);
    store_blob(db, image, sha256);
    exec(db, mem_printf(
                 "INSERT INTO figure (document_id, anchor, ordinal, origin, label, number, kind, confidence, "
                 "image_sha256, image_media_type, width, height, content_hash) VALUES (%lld, 'fig%d', %d, 'jats', "
                 "'Figure %d', '%d', 'figure', 1, '%s', '%s', 40, 30, 'x')",
                 document_id, figure + 1, figure, figure + 1, figure + 1, sha256, figure ? "image/png" : "image/jpeg"));
    long long figure_id = sqlite3_last_insert_rowid(db->handle);
    exec(db, mem_printf("INSERT INTO caption (figure_id, ordinal, language, text) VALUES (%lld, 0, 'es', 'Figura %d.')",
                        figure_id, figure + 1));
    exec(db, mem_printf("INSERT INTO translation (figure_id, field, ordinal, source_language, language_source, "
                        "language_confidence, target_language, source_text, text, method, model, checks) "
                        "VALUES (%lld, 'caption', 0, 'es', 'document', 1, 'en', 'Figura %d.', 'Figure %d.', 'model', "
                        "'medium', '{}')",
                        figure_id, figure + 1, figure + 1));
    add_pairs(db, article, figure, figure_id);
}

void sample_corpus_add(struct db *db, int i, const char *license)
{
    char text[64], sha256[SHA256_SIZE];
    snprintf(text, sizeof text, "<article>%d</article>", i);
    store_blob(db, text, sha256);
    exec(db,
         mem_printf("INSERT INTO article (key, doi, source, added) VALUES ('doi:10.1000/demo.%d', '10.1000/demo.%d', "
                    "'import', %d)",
                    i, i, (int)sqlite3_total_changes(db->handle)));
    long long article_id = sqlite3_last_insert_rowid(db->handle);
    exec(db, mem_printf("INSERT INTO document (article_id, kind, media_type, sha256, bytes, name, added) "
                        "VALUES (%lld, 'jats', 'application/xml', '%s', %zu, '%d.xml', 0)",
                        article_id, sha256, strlen(text), i));
    long long document_id = sqlite3_last_insert_rowid(db->handle);
    exec(db,
         mem_printf("INSERT INTO front (document_id, title, language, year, license) VALUES (%lld, 'Title %d', 'es', "
                    "2024, nullif('%s', ''))",
                    document_id, i, license));
    exec(db, mem_printf(
                 "INSERT INTO input (item, path, outcome, document_id) VALUES ('%d.xml', '%d.xml', 'document', %lld)",
                 i, i, document_id));
    exec(db, mem_printf("INSERT INTO task (stage, item, part, fingerprint, state) VALUES ('import', '%d.xml', 0, 'f', "
                        "'done'), ('extract', '%lld', 0, 'f', 'done')",
                        i, document_id));
    for (int figure = 0; figure < SAMPLE_FIGURES; figure++)
        add_figure(db, i, figure, document_id);
}

void sample_corpus_fill(struct db *db, bool backwards)
{
    sample_sql(db, "BEGIN");
    for (int i = 0; i < SAMPLE_ARTICLES; i++)
        sample_corpus_add(db, backwards ? SAMPLE_ARTICLES - 1 - i : i, "CC-BY-4.0");
    sample_sql(db, "COMMIT");
}

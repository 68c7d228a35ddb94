/* Taking an article down: all that hangs on it goes, all else stays, and it does not come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "db/record.h"
#include "db/tombstone.h"
#include "ingest/import_store.h"
#include "tests/unit/sample_corpus.h"

static struct db db;
static char folder[64];

static int set_up(void **state)
{
    sample_corpus_open(&db, folder);
    sample_corpus_fill(&db, false);
    sample_sql(&db, "UPDATE article SET doi = '10.5555/one', pmcid = 'PMC1' WHERE article_id = 1");
    return 0;
}

static int tear_down(void **state)
{
    sample_corpus_remove(&db, folder);
    return 0;
}

static int64_t purge(const char *key)
{
    struct tombstone_counts counts = {0};
    struct err e = {0};
    int64_t id;
    assert_true(tombstone_article(&db, key, &id, &e));
    assert_true(db_begin(&db, &e));
    if (id && !tombstone_purge(&db, id, "asked for", &counts, &e))
        fail_msg("%s", e.text);
    assert_true(db_commit(&db, &e));
    return counts.documents;
}

static bool is_down(const struct article_ids *ids, const char *sha256)
{
    struct err e = {0};
    bool found;
    assert_true(tombstone_find(&db, ids, sha256, &found, &e));
    return found;
}

static void all_that_hangs_on_it_goes(void **state)
{
    int64_t others = sample_int(&db, "SELECT count(*) FROM pair p JOIN figure USING (figure_id) JOIN document USING "
                                     "(document_id) WHERE article_id <> 1");
    /* A call that no row names, since its answer was rejected, and what the memory keeps hold the article's words, too.
     */
    sample_sql(&db,
               "INSERT INTO model_call (request_sha256, stage, item, model, server, request, http_status, seconds, "
               "created) VALUES ('r1', 'translate', '1', 'm', '', 'its words', 200, 0, 0), "
               "('r2', 'translate', '2', 'm', '', 'words of another', 200, 0, 0)");
    sample_sql(&db, "INSERT INTO translation_memory (memory_key, generation, source_language, target_language, "
                    "source_text, method, model, attempts, article_id) VALUES "
                    "('k1', 0, 'es', 'en', 'its words', 'model', 'm', 1, 1), "
                    "('k2', 0, 'es', 'en', 'words of another', 'model', 'm', 1, 2)");
    assert_true(purge("doi:10.5555/one") > 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE request = 'its words'"), 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE request = 'words of another'"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM translation_memory"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM document WHERE article_id = 1"), 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM pair"), others);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_article WHERE drop_reason = 'purged'"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE request = '{}' AND err_kind IS NULL"), 0);
    assert_int_equal(purge("doi:10.5555/one"), 0);
    assert_int_equal(purge("pmcid:PMC1"), 0);
    assert_int_equal(purge("doi:10.5555/never"), 0);
}

static void it_is_known_by_each_of_its_names(void **state)
{
    char sha256[65] = "";
    struct err e = {0};
    sqlite3_stmt *s = db_bind(&db, &e, "SELECT sha256 FROM document WHERE article_id = 1", "");
    assert_int_equal(db_step(&db, s, &e), 1);
    memcpy(sha256, db_text(s, 0), sizeof sha256);
    sqlite3_reset(s);
    assert_false(is_down(NULL, sha256));
    purge("pmcid:PMC1");
    assert_true(is_down(NULL, sha256));
    assert_true(is_down(&(struct article_ids){.doi = "https://doi.org/10.5555/ONE"}, NULL));
    assert_true(is_down(&(struct article_ids){.doi = "10.5555/other", .pmcid = "1"}, NULL));
    assert_false(is_down(&(struct article_ids){.doi = "10.5555/other", .pmid = "1"}, NULL));
}

static bool note(void *context, const struct import_file *file, enum input_outcome outcome, int64_t document_id,
                 const struct err *why, struct err *e)
{
    *(enum input_outcome *)context = outcome;
    return true;
}

static void import_refuses_it(void **state)
{
    struct import_ids ids = {.doi = "10.5555/one"};
    struct import_file file = {.path = "/a.xml",
                               .name = "a.xml",
                               .key = "/a.*",
                               .kind = KIND_JATS,
                               .media_type = "application/xml",
                               .bytes = 3,
                               .ids = &ids};
    enum input_outcome outcome;
    struct err e = {0};
    int64_t article_id = 0;
    memset(file.sha256, 'e', 64);
    purge("doi:10.5555/one");
    int64_t before = sample_int(&db, "SELECT count(*) FROM document");
    assert_true(import_store_group(&db, &file, 1, &article_id, "import", note, &outcome, &e));
    assert_int_equal(outcome, INPUT_REFUSED);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM document"), before);
    memcpy(ids.doi, "10.5555/two", sizeof "10.5555/two");
    assert_true(import_store_group(&db, &file, 1, &article_id, "import", note, &outcome, &e));
    assert_int_equal(outcome, INPUT_DOCUMENT);
}

static void records_of_it_are_passed_over(void **state)
{
    struct source_record r = {.source = "openalex",
                              .source_id = "W1",
                              .doi = "https://doi.org/10.5555/One",
                              .title = "x",
                              .open = -1,
                              .retracted = -1,
                              .files = "[]",
                              .said = "{}"};
    struct err e = {0};
    int64_t id;
    purge("pmcid:PMC1");
    assert_true(record_store(&db, &r, &id, &e));
    assert_int_equal(id, 0);
    r.doi = NULL;
    assert_true(record_store(&db, &r, &id, &e));
    assert_true(id > 0);
    assert_true(tombstone_add(&db, "doi:10.5555/two", NULL, &e));
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record"), 1);
    sample_sql(&db, "INSERT INTO tombstone (key, added) SELECT key, 0 FROM article ORDER BY article_id DESC LIMIT 1");
    assert_true(record_store(&db, &r, &id, &e));
    assert_int_equal(id, 0);
}

struct blobs {
    int n, unused;
};

static bool count_blob(void *context, const char *sha256, struct err *e)
{
    ((struct blobs *)context)->n++;
    return true;
}

static void blobs_that_others_use_stay(void **state)
{
    struct blobs blobs = {0};
    struct err e = {0};
    bool used;
    sample_sql(&db, "UPDATE asset SET sha256 = (SELECT sha256 FROM document WHERE article_id = 1) WHERE asset_id = "
                    "(SELECT max(asset_id) FROM asset)");
    sample_sql(&db, "INSERT INTO asset (article_id, name, sha256, bytes) SELECT 2, 'same.jpg', sha256, 1 FROM document "
                    "WHERE article_id = 1");
    assert_true(tombstone_blobs(&db, 1, count_blob, &blobs, &e));
    assert_true(blobs.n > 0);
    purge("doi:10.5555/one");
    sqlite3_stmt *s = db_bind(&db, &e, "SELECT sha256 FROM asset WHERE name = 'same.jpg'", "");
    assert_int_equal(db_step(&db, s, &e), 1);
    char sha256[65];
    memcpy(sha256, db_text(s, 0), sizeof sha256);
    sqlite3_reset(s);
    assert_true(tombstone_blob_used(&db, sha256, &used, &e));
    assert_true(used);
    memset(sha256, 'f', 64);
    assert_true(tombstone_blob_used(&db, sha256, &used, &e));
    assert_false(used);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_that_hangs_on_it_goes),     TEST(it_is_known_by_each_of_its_names), TEST(import_refuses_it),
        TEST(records_of_it_are_passed_over), TEST(blobs_that_others_use_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

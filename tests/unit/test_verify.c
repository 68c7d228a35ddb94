/* test_verify.c: each kind of damage is found; repair re-queues what makes it again; nothing that is needed is removed.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "db/blob.h"
#include "db/shard.h"
#include "db/task.h"
#include "stage/tools/verify.h"
#include "tests/unit/sample_corpus.h"

static volatile sig_atomic_t stop;

struct corpus {
    struct db db;
    char folder[64];
    struct verify v;
};

static void open_corpus(struct corpus *c)
{
    *c = (struct corpus){0};
    sample_corpus_open(&c->db, c->folder);
    for (int i = 0; i < 2; i++)
        sample_corpus_add(&c->db, i, "CC-BY-4.0");
}

static void close_corpus(struct corpus *c)
{
    verify_release(&c->v);
    sample_corpus_remove(&c->db, c->folder);
}

/* Runs all checks; the number of findings. */
static size_t verify(struct corpus *c, bool quick)
{
    struct err e = {0};
    verify_release(&c->v);
    c->v = (struct verify){.db = &c->db, .quick = quick, .stop = &stop};
    if (!verify_check_database(&c->v, &e) || !verify_check_blobs(&c->v, &e) || !verify_check_leftovers(&c->v, &e) ||
        !verify_check_releases(&c->v, &e))
        fail_msg("%s", e.text);
    return c->v.n;
}

static void repair(struct corpus *c)
{
    struct err e = {0};
    if (!verify_repair(&c->v, &e))
        fail_msg("%s", e.text);
}

static void blob_file(struct corpus *c, const char *column, char path[160])
{
    char relative[BLOB_PATH_SIZE];
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(c->db.handle, column, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    blob_path((const char *)sqlite3_column_text(s, 0), relative);
    snprintf(path, 160, "%s/%s", c->folder, relative);
    sqlite3_finalize(s);
}

static const char first_picture[] = "SELECT image_sha256 FROM figure WHERE figure_id = 1";
static const char first_document[] = "SELECT sha256 FROM document WHERE document_id = 1";

/* Changes one byte, the size stays. */
static void flip(const char *path)
{
    char byte;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, 3), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 3), 1);
    close(fd);
}

static void whole(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    assert_int_equal(verify(&c, false), 0);
    assert_int_equal(c.v.blobs, 2 + 2 * SAMPLE_FIGURES);
    repair(&c);
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM task WHERE state = 'ready'"), 0);
    close_corpus(&c);
}

static void missing_picture(void **state)
{
    struct corpus c;
    char path[160];
    (void)state;
    open_corpus(&c);
    blob_file(&c, first_picture, path);
    unlink(path);
    assert_int_equal(verify(&c, true), 1);
    assert_string_equal(c.v.findings[0].code, "blob-missing");
    assert_non_null(strstr(c.v.findings[0].text, "picture of figure 1"));
    assert_int_equal(verify_beyond_repair(&c.v), 0);
    repair(&c);
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM task WHERE stage = 'extract' AND item = '1' AND "
                                       "state = 'ready' AND fingerprint = ''"),
                     1);
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM task WHERE state = 'ready'"), 1);
    close_corpus(&c);
}

static void damaged_document(void **state)
{
    struct corpus c;
    char path[160], sha256[SHA256_SIZE];
    struct err e = {0};
    (void)state;
    open_corpus(&c);
    blob_file(&c, first_document, path);
    flip(path);
    assert_int_equal(verify(&c, true), 0); /* the size is right */
    assert_int_equal(verify(&c, false), 1);
    assert_string_equal(c.v.findings[0].code, "blob-damaged");
    repair(&c);
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM task WHERE stage = 'import' AND state = 'ready'"), 1);
    /* Out of the way, so that the next import writes it anew; but not lost. */
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(c.v.set_aside, 1);
    assert_true(blob_write(c.folder, "<article>0</article>", 20, sha256, &e));
    assert_int_equal(verify(&c, false), 0);
    close_corpus(&c);
}

static void wrong_size(void **state)
{
    struct corpus c;
    char path[160];
    (void)state;
    open_corpus(&c);
    blob_file(&c, first_document, path);
    assert_int_equal(truncate(path, 5), 0);
    assert_int_equal(verify(&c, true), 1);
    assert_string_equal(c.v.findings[0].code, "blob-damaged");
    close_corpus(&c);
}

static void unknown_origin(void **state)
{
    struct corpus c;
    char path[160];
    (void)state;
    open_corpus(&c);
    blob_file(&c, first_document, path);
    unlink(path);
    sample_sql(&c.db, "DELETE FROM input; DELETE FROM task");
    assert_int_equal(verify(&c, false), 1);
    assert_int_equal(verify_beyond_repair(&c.v), 1);
    assert_non_null(strstr(c.v.findings[0].text, "import the file"));
    repair(&c);
    close_corpus(&c);
}

static void leftovers(void **state)
{
    struct corpus c;
    char orphan[SHA256_SIZE], late[SHA256_SIZE], path[128], temp[128], foreign[128];
    struct err e = {0};
    (void)state;
    open_corpus(&c);
    snprintf(temp, sizeof temp, "%s/blobs/tmp-123", c.folder);
    snprintf(foreign, sizeof foreign, "%s/blobs/README", c.folder);
    assert_true(blob_write(c.folder, "nobody's", 8, orphan, &e));
    assert_true(blob_write(c.folder, "named late", 10, late, &e));
    assert_true(file_replace(temp, "x", 1, &e) && file_replace(foreign, "x", 1, &e));
    assert_int_equal(verify(&c, true), 4);
    assert_int_equal(verify_damage(&c.v), 0);
    /* Between check and repair a stage has named one of them: in any column called ..._sha256. */
    char *sql = mem_printf("UPDATE figure SET original_sha256 = '%s' WHERE figure_id = 1", late);
    sample_sql(&c.db, sql);
    free(sql);
    repair(&c);
    assert_int_equal(c.v.removed, 2);
    assert_int_not_equal(access(temp, F_OK), 0);
    assert_int_equal(access(foreign, F_OK), 0);
    blob_path(orphan, path);
    struct file_map map;
    assert_false(blob_map(c.folder, orphan, &map, &e));
    assert_true(blob_map(c.folder, late, &map, &e));
    file_unmap(&map);
    close_corpus(&c);
}

static void busy(void **state)
{
    struct corpus c;
    char owner[TASK_OWNER_SIZE], sha256[SHA256_SIZE];
    struct err e = {0};
    (void)state;
    open_corpus(&c);
    task_owner(getpid(), owner);
    char *sql = mem_printf("UPDATE task SET state = 'running', owner = '%s' WHERE stage = 'extract'", owner);
    sample_sql(&c.db, sql);
    free(sql);
    assert_true(blob_write(c.folder, "in hand", 7, sha256, &e));
    assert_int_equal(verify(&c, true), 1);
    assert_false(verify_repair(&c.v, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "extract"));
    err_clear(&e);
    /* The owner is gone: its task does not hold the repair up. */
    sample_sql(&c.db, "UPDATE task SET owner = rtrim(owner, '0123456789') || '1' WHERE stage = 'extract'");
    assert_true(verify_repair(&c.v, &e));
    assert_int_equal(c.v.removed, 1);
    close_corpus(&c);
}

static void database(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    sample_sql(&c.db, "PRAGMA foreign_keys = OFF; DELETE FROM figure WHERE figure_id = 2; PRAGMA foreign_keys = ON;"
                      "UPDATE pair SET turns = '[' WHERE pair_id = 1");
    size_t n = verify(&c, true);
    assert_true(n >= 2);
    bool key = false, json = false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(c.v.findings[i].code, "database") == 0 && strstr(c.v.findings[i].text, "names a row of figure"))
            key = true;
        if (strstr(c.v.findings[i].text, "no JSON"))
            json = true;
    }
    assert_true(key && json);
    close_corpus(&c);
}

/* A release of one file and one sample. */
static void add_release(struct corpus *c, char folder[160])
{
    struct err e = {0};
    char file[200], manifest[200], hash[SHA256_SIZE], *text;
    snprintf(folder, 160, "%s/shards/default", c->folder);
    snprintf(file, sizeof file, "%s/a.tar", folder);
    snprintf(manifest, sizeof manifest, "%s/manifest.json", folder);
    sha256_of("contents", 8, hash);
    assert_true(file_make_folder(folder, &e) && file_replace(file, "contents", 8, &e));
    text = mem_printf("{\"figmill\":\"0\",\"counts\":{\"samples\":1},\"files\":[{\"name\":\"a.tar\",\"bytes\":8,"
                      "\"samples\":1,\"sha256\":\"%s\"}]}",
                      hash);
    assert_true(file_replace(manifest, text, strlen(text), &e));
    char manifest_hash[SHA256_SIZE];
    sha256_of(text, strlen(text), manifest_hash);
    struct release_row r = {
        .name = "default", .path = folder, .options = "{}", .manifest_sha256 = manifest_hash, .samples = 1};
    assert_true(release_store(&c->db, &r, &e));
    assert_true(shard_store(&c->db, r.id, &(struct shard_row){"a.tar", "webdataset", "train", hash, 8, 1}, &e));
    assert_true(sample_store(&c->db, r.id, 1, "key", "train", "a.tar", &e));
    assert_true(task_enqueue(&c->db, "shard", "default", 0, "f", false, &e));
    sample_sql(&c->db, "UPDATE task SET state = 'done' WHERE stage = 'shard'");
    free(text);
}

static void finds_in_release(struct corpus *c, const char *code, bool quick)
{
    assert_true(verify(c, quick) > 0);
    assert_string_equal(c->v.findings[0].code, code);
    repair(c);
    assert_int_equal(sample_int(&c->db, "SELECT count(*) FROM task WHERE stage = 'shard' AND state = 'ready' AND "
                                        "fingerprint = ''"),
                     1);
    sample_sql(&c->db, "UPDATE task SET state = 'done'");
}

static void releases(void **state)
{
    struct corpus c;
    char folder[160], file[200], manifest[200];
    struct err e = {0};
    (void)state;
    open_corpus(&c);
    add_release(&c, folder);
    snprintf(file, sizeof file, "%s/a.tar", folder);
    snprintf(manifest, sizeof manifest, "%s/manifest.json", folder);
    assert_int_equal(verify(&c, false), 0);
    assert_int_equal(c.v.releases, 1);
    flip(file);
    assert_int_equal(verify(&c, true), 0);
    finds_in_release(&c, "release-file", false);
    assert_int_equal(truncate(file, 2), 0);
    finds_in_release(&c, "release-file", true);
    unlink(file);
    finds_in_release(&c, "release-file", true);
    assert_true(file_replace(file, "contents", 8, &e));
    assert_int_equal(verify(&c, false), 0);
    sample_sql(&c.db, "UPDATE shard SET bytes = 9");
    finds_in_release(&c, "release-rows", true);
    sample_sql(&c.db, "UPDATE shard SET bytes = 8; DELETE FROM sample");
    finds_in_release(&c, "release-rows", true);
    flip(manifest);
    finds_in_release(&c, "manifest", true);
    unlink(manifest);
    finds_in_release(&c, "release-missing", true);
    close_corpus(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),      cmocka_unit_test(missing_picture), cmocka_unit_test(damaged_document),
        cmocka_unit_test(wrong_size), cmocka_unit_test(unknown_origin),  cmocka_unit_test(leftovers),
        cmocka_unit_test(busy),       cmocka_unit_test(database),        cmocka_unit_test(releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_shard.c: a release depends on what the corpus holds, not on the order in which it was made; splits stay; what
 * may not go out stays in. */
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
#include "base/json.h"
#include "base/mem.h"
#include "pairs/shard.h"
#include "pairs/shard_folder.h"
#include "pairs/shard_sample.h"
#include "tests/unit/sample_corpus.h"

enum { ALL = SAMPLE_ARTICLES * SAMPLE_FIGURES * SAMPLE_PAIRS };

static volatile sig_atomic_t no_stop;

struct corpus {
    struct db db;
    char folder[64];
    char *out;
    struct shard_options o;
};

static void open_corpus(struct corpus *c)
{
    struct err e = {0};
    *c = (struct corpus){0};
    sample_corpus_open(&c->db, c->folder);
    c->out = mem_printf("%s/shards/default", c->folder);
    c->o = (struct shard_options){.name = "default",
                                  .out = c->out,
                                  .webdataset = true,
                                  .llava = true,
                                  .eval_size = 5,
                                  .shard_bytes = 1000000,
                                  .shard_samples = 7,
                                  .license_text = "CC0,CC-BY,CC-BY-SA"};
    assert_true(license_list_parse(c->o.license_text, &c->o.licenses, &e));
}

static void close_corpus(struct corpus *c)
{
    sample_corpus_remove(&c->db, c->folder);
    free(c->out);
}

/* Makes the release; the manifest's text, to be freed. */
static char *make(struct corpus *c)
{
    struct arena arena = ARENA_INIT;
    struct err e = {0};
    struct shard_result *r = shard_write(&c->db, &c->o, &no_stop, &arena, &e);
    if (!r)
        fail_msg("%s", e.text);
    if (!db_begin(&c->db, &e) || !shard_commit(&c->db, &c->o, r, &e) || !db_commit(&c->db, &e))
        fail_msg("%s", e.text);
    shard_result_release(r);
    arena_release(&arena);
    char *path = mem_printf("%s/manifest.json", c->out), *text = file_read_text(path, 1 << 20, &e);
    assert_non_null(text);
    free(path);
    return text;
}

static double count_of(const char *manifest, const char *group, const char *name)
{
    struct err e = {0};
    cJSON *m = json_parse(manifest, strlen(manifest), &e);
    assert_non_null(m);
    double n = json_number(json_member(m, group), name, -1);
    cJSON_Delete(m);
    return n;
}

static void order_does_not_matter(void **state)
{
    struct corpus a, b;
    (void)state;
    open_corpus(&a);
    open_corpus(&b);
    sample_corpus_fill(&a.db, false);
    sample_corpus_fill(&b.db, true);
    char *one = make(&a), *two = make(&b);
    /* The manifest holds the hash of every file. */
    assert_string_equal(one, two);
    assert_int_equal(count_of(one, "counts", "samples"), ALL);
    assert_int_equal(count_of(one, "counts", "images"), SAMPLE_ARTICLES * SAMPLE_FIGURES);
    /* Reached within one article. */
    assert_int_equal(count_of(one, "counts", "eval"), 8);
    assert_int_equal(sample_int(&a.db, "SELECT count(*) FROM sample WHERE shard LIKE 'webdataset/%.tar'"), ALL);
    assert_int_equal(sample_int(&a.db, "SELECT count(DISTINCT key) FROM sample"), ALL);
    assert_int_equal(sample_int(&a.db, "SELECT max(samples) FROM shard WHERE format = 'webdataset'"), 7);
    assert_int_equal(sample_int(&a.db, "SELECT sum(samples) FROM shard WHERE format = 'webdataset'"), ALL);
    assert_int_equal(sample_int(&a.db, "SELECT sum(samples) FROM shard WHERE format = 'llava'"), ALL);
    /* Made again over itself, with its splits given now: the same. */
    char *again = make(&a);
    assert_string_equal(one, again);
    free(one);
    free(two);
    free(again);
    close_corpus(&a);
    close_corpus(&b);
}

static void seed_orders(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    char *one = make(&c);
    c.o.seed = 1;
    char *two = make(&c);
    assert_string_not_equal(one, two);
    /* Other order, same keys and splits. */
    assert_int_equal(count_of(two, "counts", "eval"), count_of(one, "counts", "eval"));
    free(one);
    free(two);
    close_corpus(&c);
}

static void split_is_for_good(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    for (int i = 0; i < 4; i++)
        sample_corpus_add(&c.db, i, "CC-BY-4.0");
    free(make(&c));
    sample_sql(&c.db, "CREATE TEMP TABLE before AS SELECT * FROM article_split");
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM before"), 4);
    for (int i = 4; i < SAMPLE_ARTICLES; i++)
        sample_corpus_add(&c.db, i, "CC-BY-4.0");
    c.o.eval_size = 20;
    char *more = make(&c);
    assert_int_equal(count_of(more, "counts", "eval"), 20);
    assert_int_equal(sample_int(&c.db, "SELECT count(*) FROM before JOIN article_split USING (article_id, split)"), 4);
    /* Less evaluation than there is: what is in eval for good never trains. */
    c.o.eval_size = 4;
    char *less = make(&c);
    assert_int_equal(count_of(less, "counts", "eval"), 4);
    assert_int_equal(count_of(less, "counts", "train"), count_of(more, "counts", "train"));
    assert_int_equal(count_of(less, "excluded", "eval_full"), 16);
    free(more);
    free(less);
    close_corpus(&c);
}

static void target_cuts_train(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    c.o.target = 15;
    c.o.eval_size = 4;
    char *m = make(&c);
    assert_int_equal(count_of(m, "counts", "samples"), 15);
    assert_int_equal(count_of(m, "counts", "eval"), 4);
    assert_int_equal(count_of(m, "excluded", "over_target"), ALL - 15);
    free(m);
    close_corpus(&c);
}

static void license_gate(void **state)
{
    struct corpus c;
    struct err e = {0};
    const int each = SAMPLE_FIGURES * SAMPLE_PAIRS;
    (void)state;
    open_corpus(&c);
    sample_corpus_add(&c.db, 0, "CC-BY-4.0");
    sample_corpus_add(&c.db, 1, "CC-BY-NC-4.0");
    sample_corpus_add(&c.db, 2, "");
    sample_corpus_add(&c.db, 3, "CC0-1.0");
    sample_corpus_add(&c.db, 4, "This is an open access article, free to read");
    sample_corpus_add(&c.db, 5, "CC-BY-4.0");
    sample_sql(&c.db, "UPDATE figure SET credit = 'With permission of A. Publisher' WHERE figure_id = "
                      "(SELECT max(figure_id) FROM figure)");
    char *m = make(&c);
    assert_int_equal(count_of(m, "counts", "samples"), 3 * each - SAMPLE_PAIRS);
    assert_int_equal(count_of(m, "excluded", "license: CC-BY-NC-4.0"), each);
    assert_int_equal(count_of(m, "excluded", "license_unknown"), 2 * each);
    assert_int_equal(count_of(m, "excluded", "third_party_credit"), SAMPLE_PAIRS);
    assert_int_equal(count_of(m, "licenses", "CC0-1.0"), each);
    free(m);
    c.o.license_text = "any";
    assert_true(license_list_parse("any", &c.o.licenses, &e));
    m = make(&c);
    assert_int_equal(count_of(m, "counts", "samples"), 6 * each);
    free(m);
    close_corpus(&c);
}

static void license_names(void **state)
{
    struct license_list list;
    struct err e = {0};
    char name[LICENSE_NAME_SIZE];
    (void)state;
    assert_true(license_list_parse("cc0,CC BY,CC_BY-SA", &list, &e));
    assert_int_equal(license_check(&list, "CC-BY-4.0", name), LICENSE_ALLOWED);
    assert_int_equal(license_check(&list, "cc by 3.0 igo", name), LICENSE_ALLOWED);
    assert_int_equal(license_check(&list, "CC-BY-SA-4.0", name), LICENSE_ALLOWED);
    assert_int_equal(license_check(&list, "CC0", name), LICENSE_ALLOWED);
    assert_int_equal(license_check(&list, "CC-0-1.0", name), LICENSE_ALLOWED);
    assert_int_equal(license_check(&list, "CC-BY-ND-4.0", name), LICENSE_DENIED);
    assert_string_equal(name, "CC-BY-ND-4.0");
    assert_int_equal(license_check(&list, "CC-BY-NC-SA-4.0", name), LICENSE_DENIED);
    assert_int_equal(license_check(&list, "CC-BYE", name), LICENSE_DENIED);
    assert_int_equal(license_check(&list, NULL, name), LICENSE_UNKNOWN);
    assert_int_equal(license_check(&list, "", name), LICENSE_UNKNOWN);
    assert_int_equal(license_check(&list, "All rights reserved. No part may be reproduced", name), LICENSE_UNKNOWN);
    assert_false(license_list_parse("", &list, &e));
    assert_false(license_list_parse("CC0,,CC-BY", &list, &e));
    assert_int_equal(e.kind, ERR_USAGE);
}

static void unfit_pairs_stay_in(void **state)
{
    struct corpus c;
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    sample_sql(&c.db,
               "UPDATE pair SET turns = json_replace(turns, '$[1].value', 'as <image> shows') WHERE pair_id = 1");
    sample_sql(&c.db, "UPDATE pair SET turns = json_replace(turns, '$[0].from', 'gpt') WHERE pair_id = 2");
    sample_sql(&c.db, "UPDATE figure SET image_media_type = 'image/tiff' WHERE figure_id = 3");
    sample_sql(&c.db, "UPDATE figure SET image_sha256 = NULL WHERE figure_id = 4");
    sample_sql(&c.db, "UPDATE figure SET drop_reason = 'vanished' WHERE figure_id = 5");
    char *m = make(&c);
    assert_int_equal(count_of(m, "excluded", "special_token"), 1);
    assert_int_equal(count_of(m, "excluded", "turns"), 1);
    assert_int_equal(count_of(m, "excluded", "image_type"), SAMPLE_PAIRS);
    assert_int_equal(count_of(m, "excluded", "no_image"), SAMPLE_PAIRS);
    assert_int_equal(count_of(m, "counts", "samples"), ALL - 2 - 3 * SAMPLE_PAIRS);
    free(m);
    close_corpus(&c);
}

static void conversations(void **state)
{
    struct str s = STR_INIT(10000);
    (void)state;
    assert_null(sample_conversations(
        "[{\"from\":\"human\",\"value\":\"Q\\n<image>\"},{\"from\":\"gpt\",\"value\":\"\\\"A\\\"\"}]", &s));
    assert_string_equal(s.data,
                        "[{\"from\":\"human\",\"value\":\"<image>\\nQ\"},{\"from\":\"gpt\",\"value\":\"\\\"A\\\"\"}]");
    str_clear(&s);
    assert_string_equal(sample_conversations("[]", &s), "turns");
    assert_string_equal(sample_conversations("no JSON", &s), "turns");
    assert_string_equal(sample_conversations("[{\"from\":\"human\",\"value\":\"Q\"}]", &s), "turns");
    assert_string_equal(
        sample_conversations("[{\"from\":\"human\",\"value\":\"<image>\\n\"},{\"from\":\"gpt\",\"value\":\"A\"}]", &s),
        "turns");
    assert_string_equal(
        sample_conversations("[{\"from\":\"human\",\"value\":\"Q\"},{\"from\":\"gpt\",\"value\":\"<|im_end|>\"}]", &s),
        "special_token");
    assert_int_equal(s.len, 0);
    str_release(&s);
}

static void damaged_blob_stops(void **state)
{
    struct corpus c;
    struct err e = {0};
    struct arena arena = ARENA_INIT;
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    char *old = make(&c);
    sample_sql(&c.db, "UPDATE figure SET image_sha256 = 'ab' || substr(image_sha256, 3) WHERE figure_id = 1");
    assert_null(shard_write(&c.db, &c.o, &no_stop, &arena, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    char *partial = mem_printf("%s.partial", c.out), *path = mem_printf("%s/manifest.json", c.out);
    assert_int_not_equal(access(partial, F_OK), 0);
    char *kept = file_read_text(path, 1 << 20, &e); /* the old release is still whole */
    assert_string_equal(kept, old);
    free(kept);
    free(path);
    free(partial);
    free(old);
    arena_release(&arena);
    close_corpus(&c);
}

static void nothing_to_write(void **state)
{
    struct corpus c;
    struct err e = {0};
    struct arena arena = ARENA_INIT;
    (void)state;
    open_corpus(&c);
    assert_null(shard_write(&c.db, &c.o, &no_stop, &arena, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    sample_corpus_add(&c.db, 0, "");
    assert_null(shard_write(&c.db, &c.o, &no_stop, &arena, &e));
    assert_non_null(strstr(e.text, "\"license_unknown\": 4"));
    arena_release(&arena);
    close_corpus(&c);
}

static void write_file(const char *folder, const char *name)
{
    struct err e = {0};
    char *path = mem_printf("%s/%s", folder, name);
    assert_true(file_replace(path, "x", 1, &e));
    free(path);
}

static void foreign_files_are_kept(void **state)
{
    struct corpus c;
    struct err e = {0};
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    char *other = mem_printf("%s/other", c.folder), *old = mem_printf("%s.old/notes.txt", c.out);
    assert_true(file_make_folder(other, &e));
    assert_true(shard_folder_check(other, &e));
    write_file(other, "thesis.tex");
    assert_false(shard_folder_check(other, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    free(make(&c));
    assert_true(shard_folder_check(c.out, &e));
    write_file(c.out, "notes.txt");
    c.o.seed = 2;
    free(make(&c));
    assert_int_equal(access(old, F_OK), 0);
    free(old);
    free(other);
    close_corpus(&c);
}

static void knows_when_whole(void **state)
{
    struct corpus c;
    struct err e = {0};
    struct arena arena = ARENA_INIT;
    struct release_row release;
    char before[SHA256_SIZE], after[SHA256_SIZE];
    (void)state;
    open_corpus(&c);
    sample_corpus_fill(&c.db, false);
    assert_true(shard_input_hash(&c.db, before, &e));
    free(make(&c));
    assert_true(shard_input_hash(&c.db, after, &e));
    assert_string_equal(before, after); /* making it changes nothing that it depends on */
    assert_true(release_lookup(&c.db, "default", &arena, &release, &e));
    assert_true(shard_is_whole(&c.db, &release, &e));
    char *path = mem_printf("%s/llava/train.json", c.out);
    assert_int_equal(truncate(path, 10), 0);
    assert_false(shard_is_whole(&c.db, &release, &e));
    free(path);
    sample_sql(&c.db, "UPDATE pair SET score = 7 WHERE pair_id = 1");
    assert_true(shard_input_hash(&c.db, after, &e));
    assert_string_not_equal(before, after);
    arena_release(&arena);
    close_corpus(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),  cmocka_unit_test(seed_orders),
        cmocka_unit_test(split_is_for_good),      cmocka_unit_test(target_cuts_train),
        cmocka_unit_test(license_gate),           cmocka_unit_test(license_names),
        cmocka_unit_test(unfit_pairs_stay_in),    cmocka_unit_test(conversations),
        cmocka_unit_test(damaged_blob_stops),     cmocka_unit_test(nothing_to_write),
        cmocka_unit_test(foreign_files_are_kept), cmocka_unit_test(knows_when_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_search.c: records become articles; pages become rows; searches that are too large are cut by date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/record.h"
#include "db/search.h"
#include "base/file.h"
#include "ingest/search_given.h"
#include "ingest/search_plan.h"
#include "ingest/search_query.h"
#include "ingest/search_store.h"
#include "tests/unit/sample_corpus.h"

#define LONG_TITLE "Low-dose radiotherapy of painful heel spurs: a randomised trial"

static struct err e;

static int64_t add(struct db *db, struct source_record r)
{
    int64_t record_id;
    r.files = r.files ? r.files : "[]";
    r.said = "{}";
    r.open = -1;
    if (!record_store(db, &r, &record_id, &e))
        fail_msg("%s", e.text);
    return sample_int(db, "SELECT article_id FROM record ORDER BY updated DESC, record_id DESC LIMIT 1");
}

static int64_t article_of(struct db *db, const char *source_id)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT article_id FROM record WHERE source_id = '%s'", source_id);
    return sample_int(db, sql);
}

static int64_t n_articles(struct db *db)
{
    return sample_int(db, "SELECT count(*) FROM article WHERE merged_into IS NULL");
}

static void identifiers_make_one_article(void **state)
{
    struct db db;
    char folder[64];
    (void)state;
    sample_corpus_open(&db, folder);
    add(&db, (struct source_record){.source = "a", .source_id = "1", .doi = "https://doi.org/10.5555/ABC.1"});
    add(&db, (struct source_record){.source = "b", .source_id = "1b", .doi = "10.5555/abc.1", .pmcid = "PMC77"});
    add(&db, (struct source_record){.source = "c", .source_id = "1c", .pmcid = "77", .pmid = "123"});
    add(&db, (struct source_record){.source = "d", .source_id = "2", .pmid = "124", .doi = "not a doi"});
    assert_int_equal(n_articles(&db), 2);
    assert_int_equal(article_of(&db, "1"), article_of(&db, "1c"));
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM article WHERE doi = '10.5555/abc.1' AND pmcid = 'PMC77' AND "
                                     "pmid = '123' AND source = 'a' AND key = 'doi:10.5555/abc.1'"),
                     1);
    /* What each source said is kept, identifiers clean. */
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE doi = '10.5555/abc.1'"), 2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE source = 'd' AND doi IS NULL AND open IS NULL"),
                     1);
    sample_corpus_remove(&db, folder);
}

/* A record may prove two articles to be one; their records go along. */
static void a_record_can_join_two_articles(void **state)
{
    struct db db;
    char folder[64];
    (void)state;
    sample_corpus_open(&db, folder);
    add(&db, (struct source_record){.source = "a", .source_id = "1", .doi = "10.5555/a"});
    add(&db, (struct source_record){.source = "b", .source_id = "2", .pmid = "9", .title = LONG_TITLE, .year = 2020});
    assert_int_equal(n_articles(&db), 2);
    add(&db, (struct source_record){.source = "c", .source_id = "3", .doi = "10.5555/a", .pmid = "9"});
    assert_int_equal(n_articles(&db), 1);
    assert_int_equal(article_of(&db, "1"), article_of(&db, "2"));
    assert_int_equal(sample_int(&db, "SELECT title_key IS NOT NULL FROM article WHERE merged_into IS NULL"), 1);
    /* Known by its title from now on, too. */
    add(&db, (struct source_record){.source = "d", .source_id = "4", .title = LONG_TITLE, .year = 2020});
    assert_int_equal(n_articles(&db), 1);
    sample_corpus_remove(&db, folder);
}

static void titles_make_one_article(void **state)
{
    struct db db;
    char folder[64];
    (void)state;
    sample_corpus_open(&db, folder);
    add(&db, (struct source_record){.source = "a", .source_id = "1", .title = LONG_TITLE, .year = 2020});
    add(&db, (struct source_record){.source = "b",
                                    .source_id = "2",
                                    .title = "LOW DOSE RADIOTHERAPY of Painful Heel-Spurs - A Randomised Trial.",
                                    .year = 2020,
                                    .doi = "10.5555/x"});
    assert_int_equal(n_articles(&db), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM article WHERE doi = '10.5555/x'"), 1);
    /* Another year, another DOI, a short title: other works. */
    add(&db, (struct source_record){.source = "a", .source_id = "3", .title = LONG_TITLE, .year = 2021});
    add(&db,
        (struct source_record){.source = "a", .source_id = "4", .title = LONG_TITLE, .year = 2020, .doi = "10.5555/y"});
    add(&db, (struct source_record){.source = "a", .source_id = "5", .title = "Letter to the editor", .year = 2020});
    add(&db, (struct source_record){.source = "b", .source_id = "6", .title = "Letter to the editor", .year = 2020});
    add(&db, (struct source_record){.source = "b", .source_id = "7", .title = LONG_TITLE});
    assert_int_equal(n_articles(&db), 6);
    /* Two articles, each found by its own identifier, whose title turns out to be the same. */
    add(&db, (struct source_record){.source = "p", .source_id = "8", .pmid = "800"});
    add(&db, (struct source_record){
                 .source = "q", .source_id = "9", .pmcid = "PMC801", .title = "Another " LONG_TITLE, .year = 1999});
    assert_int_equal(n_articles(&db), 8);
    add(&db, (struct source_record){
                 .source = "r", .source_id = "10", .pmid = "800", .title = "Another " LONG_TITLE, .year = 1999});
    assert_int_equal(n_articles(&db), 7);
    assert_int_equal(article_of(&db, "8"), article_of(&db, "9"));
    sample_corpus_remove(&db, folder);
}

static void title_keys_want_a_real_title(void **state)
{
    char a[RECORD_TITLE_KEY_SIZE], b[RECORD_TITLE_KEY_SIZE];
    (void)state;
    assert_true(record_title_key(LONG_TITLE, 2020, a));
    assert_false(record_title_key(LONG_TITLE, 0, b));
    assert_string_equal(b, "");
    assert_false(record_title_key(NULL, 2020, b));
    assert_false(record_title_key("A b c d e", 2020, b));
    assert_false(record_title_key("Radiotherapyofpainfulheelspurswithlowdoses", 2020, b));
    assert_true(record_title_key("低剂量电离辐射对小鼠免疫功能的影响及其机制", 2020, b));
    assert_string_not_equal(a, b);
}

static void a_known_record_is_brought_up_to_date(void **state)
{
    struct db db;
    char folder[64];
    (void)state;
    sample_corpus_open(&db, folder);
    add(&db, (struct source_record){.source = "a", .source_id = "1", .title = "Old", .doi = "10.5555/a"});
    add(&db, (struct source_record){
                 .source = "a", .source_id = "1", .title = "New", .doi = "10.5555/a", .pmid = "5", .retracted = 1});
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE title = 'New' AND retracted = 1"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_article WHERE pmid = '5' AND title = 'New' AND "
                                     "drop_reason = 'retracted'"),
                     1);
    sample_corpus_remove(&db, folder);
}

/* A search as the tests want it. */
static struct search_key key_of(const char *since, const char *until, const char *query)
{
    return (struct search_key){.profile = "p",
                               .source = "s",
                               .name = "n",
                               .language = "en",
                               .since = since,
                               .until = until,
                               .added_since = "",
                               .added_until = "",
                               .query = query};
}

static struct search_row load(struct db *db, int64_t id, struct arena *arena)
{
    struct search_row row;
    if (!search_load(db, id, arena, &row, &e))
        fail_msg("%s", e.text);
    return row;
}

static const struct source a_source = {.name = "s", .title = "S", .page_size = 2, .window = 10};
static const struct search_query a_query = {{0}, NULL, 0};

/* A page of records FIRST to FIRST + n - 1. */
static struct source_page page_of(struct arena *arena, int64_t hits, int first, size_t n, const char *next)
{
    struct source_page page = {.hits = hits, .next = next};
    for (size_t i = 0; i < n; i++) {
        struct record *r = source_add_record(&page, arena);
        r->source_id = arena_printf(arena, "r%zu", (size_t)first + i);
        r->title = arena_printf(arena, "Title %zu", (size_t)first + i);
        source_add_file(r, arena, &(struct record_file){.url = "https://example.org/a.pdf", .kind = "pdf"});
    }
    return page;
}

static enum search_next read_page(struct db *db, int64_t id, const struct source *source, struct source_page *page,
                                  int64_t limit)
{
    struct arena arena = ARENA_INIT;
    struct search_row row = load(db, id, &arena);
    enum search_next next;
    if (!search_store_page(db, &row, source, &a_query, page, limit, &next, &e))
        fail_msg("%s", e.text);
    arena_release(&arena);
    return next;
}

static void pages_are_counted_and_resumed(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    const struct search_key key = key_of("", "", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    struct source_page page = page_of(&arena, 5, 1, 2, "c2");
    source_add_fault(&page, &arena, "result[2]", "title is a number");
    source_add_fault(&page, &arena, "result[2]", "doi is a list");
    assert_int_equal(read_page(&db, 1, &a_source, &page, 0), SEARCH_MORE);
    struct search_row row = load(&db, 1, &arena);
    assert_string_equal(row.cursor, "c2");
    assert_int_equal(row.pages, 1);
    assert_int_equal(row.records, 2);
    assert_int_equal(row.hits, 5);
    assert_null(row.outcome);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_search_fault WHERE page = 1 AND place = 'result[2]' AND "
                                     "text = 'title is a number; doi is a list'"),
                     1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE files = "
                                     "'[{\"kind\":\"pdf\",\"url\":\"https://example.org/a.pdf\"}]'"),
                     2);
    page = page_of(&arena, 5, 3, 2, NULL);
    assert_int_equal(read_page(&db, 1, &a_source, &page, 0), SEARCH_ENDS);
    row = load(&db, 1, &arena);
    assert_null(row.cursor);
    assert_string_equal(row.outcome, "all");
    assert_int_equal(row.records, 4);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM hit WHERE search_id = 1"), 4);
    /* An expired cursor: everything again, nothing double. */
    assert_true(search_restart(&db, 1, &e));
    page = page_of(&arena, 5, 1, 4, NULL);
    assert_int_equal(read_page(&db, 1, &a_source, &page, 0), SEARCH_ENDS);
    row = load(&db, 1, &arena);
    assert_int_equal(sample_int(&db, "SELECT restarts FROM v_search"), 1);
    assert_int_equal(row.records, 4);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record"), 4);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM hit"), 4);
    assert_int_equal(n_articles(&db), 4);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

/* Cuts until each part fits, as a source would that has `days` hits a day; returns the parts with records. */
static int cut(struct db *db, const struct source *source)
{
    int read = 0;
    for (int64_t id; (id = sample_int(db, "SELECT coalesce(min(search_id), 0) FROM search WHERE outcome IS NULL"));) {
        struct arena arena = ARENA_INIT;
        struct search_row row = load(db, id, &arena);
        char sql[300];
        snprintf(sql, sizeof sql,
                 "SELECT 1 + julianday(iif('%s' = '', '2000-01-31', '%s')) - julianday(iif('%s' = '', '2000-01-01', "
                 "max('%s', '2000-01-01')))",
                 row.until, row.until, row.since, row.since);
        int64_t hits = sample_int(db, sql);
        hits = hits > 0 ? 2 * hits : 0;
        struct source_page page = page_of(&arena, hits, read * 100, 1, NULL);
        read_page(db, id, source, &page, 0);
        row = load(db, id, &arena);
        read += strcmp(row.outcome, "all") == 0;
        arena_release(&arena);
        assert_true(read < 100);
    }
    return read;
}

static void too_many_hits_are_cut_by_date(void **state)
{
    struct db db;
    char folder[64];
    const struct search_key key = key_of("2000-01-01", "2000-01-31", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    /* 62 hits, 10 of which can be paged: 31 days into 16 + 15, 8 + 8 + 8 + 7, 4 ... */
    assert_int_equal(cut(&db, &a_source), 8);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE outcome = 'split'"), 7);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM task WHERE stage = 'search' AND state = 'ready'"), 15);
    /* The parts are the whole without gap or overlap. */
    assert_int_equal(sample_int(&db, "SELECT sum(1 + julianday(until) - julianday(since)) FROM search "
                                     "WHERE outcome = 'all'"),
                     31);
    assert_int_equal(sample_int(&db, "SELECT count(DISTINCT since) FROM search WHERE outcome = 'all'"), 8);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE outcome = 'split' AND records > 0"), 0);
    sample_corpus_remove(&db, folder);
}

static void open_ranges_stay_open(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    const struct search_key key = key_of("", "", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    struct source_page page = page_of(&arena, 11, 1, 2, "c2");
    assert_int_equal(read_page(&db, 1, &a_source, &page, 0), SEARCH_ENDS);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE parent = 1 AND since = '' AND until <> ''"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE parent = 1 AND since <> '' AND until = ''"), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record"), 0);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

/* A day cannot be cut: it is read as far as the source lets anyone. */
static void a_day_is_read_as_far_as_it_goes(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    const struct search_key key = key_of("2000-01-01", "2000-01-01", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    for (int i = 0; i < 5; i++) {
        struct source_page page = page_of(&arena, 11, i * 2, 2, "next");
        assert_int_equal(read_page(&db, 1, &a_source, &page, 0), i < 4 ? SEARCH_MORE : SEARCH_ENDS);
    }
    assert_string_equal(load(&db, 1, &arena).outcome, "limit");
    assert_int_equal(load(&db, 1, &arena).records, 10);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

static int64_t n_ready(struct db *db)
{
    return sample_int(db, "SELECT count(*) FROM task WHERE stage = 'search' AND state = 'ready'");
}

static void finish_tasks(struct db *db)
{
    sample_sql(db, "UPDATE task SET state = 'done'");
}

static void a_query_that_changed_begins_again(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    struct search_key key = key_of("", "", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    struct source_page page = page_of(&arena, 11, 1, 2, "c2");
    read_page(&db, 1, &a_source, &page, 0);
    page = page_of(&arena, 2, 1, 2, NULL);
    read_page(&db, 2, &a_source, &page, 0);
    finish_tasks(&db);
    assert_true(search_enqueue(&db, &key, 0, &e));
    assert_int_equal(n_ready(&db), 0);
    key.query = "{\"raw\":\"x\"}";
    assert_true(search_enqueue(&db, &key, 0, &e));
    assert_int_equal(n_ready(&db), 1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM hit"), 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record"), 2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE outcome = 'replaced'"), 2);
    assert_null(load(&db, 1, &arena).outcome);
    /* Its parts come back with the new query once it is cut again. */
    page = page_of(&arena, 12, 1, 2, "c2");
    read_page(&db, 1, &a_source, &page, 0);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM search WHERE outcome IS NULL AND query = '{\"raw\":\"x\"}'"),
                     2);
    assert_int_equal(n_ready(&db), 3);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

static void a_limit_can_be_lifted(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    struct search_key key = key_of("", "", "{}");
    (void)state;
    sample_corpus_open(&db, folder);
    key.size = 1;
    assert_true(search_enqueue(&db, &key, 1, &e));
    struct source_page page = page_of(&arena, 5, 1, 1, "page=2 of 1");
    assert_int_equal(read_page(&db, 1, &a_source, &page, 1), SEARCH_ENDS);
    assert_string_equal(load(&db, 1, &arena).outcome, "limit");
    finish_tasks(&db);
    assert_true(search_enqueue(&db, &key, 1, &e));
    assert_int_equal(n_ready(&db), 0);
    /* Pages of another size: their cursor means nothing. */
    key.size = 0;
    assert_true(search_enqueue(&db, &key, 0, &e));
    assert_int_equal(n_ready(&db), 1);
    assert_null(load(&db, 1, &arena).cursor);
    page = page_of(&arena, 5, 1, 5, NULL);
    assert_int_equal(read_page(&db, 1, &a_source, &page, 0), SEARCH_ENDS);
    finish_tasks(&db);
    /* What was read to its end is not read again for a limit's sake. */
    key.size = 1;
    assert_true(search_enqueue(&db, &key, 1, &e));
    assert_int_equal(n_ready(&db), 0);
    assert_string_equal(load(&db, 1, &arena).outcome, "all");
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

/* Increments follow each other without reading a day twice but the one where they meet. */
static void increments_go_on_where_the_last_one_ended(void **state)
{
    static const struct {
        const char *since, *today, *asks;
    } runs[] = {
        {"2026-11-01", "2026-11-10", "2026-11-01"}, {"2026-11-01", "2026-11-10", ""},
        {"2026-11-05", "2026-11-10", ""},           {"2026-11-01", "2026-11-20", "2026-11-10"},
        {"2026-11-15", "2026-11-20", ""},           {"2026-11-25", "2026-11-30", "2026-11-25"},
        {"2026-11-01", "2026-11-30", "2026-11-20"}, {"2026-11-30", "2026-11-30", ""},
        {"2026-10-01", "2026-12-01", "2026-10-01"}, {"2026-12-01", "2026-12-01", ""},
        {"2026-12-02", "2026-12-02", "2026-12-02"}, {"2026-12-02", "2026-12-02", ""},
        {"2026-12-02", "2026-12-03", "2026-12-02"},
    };
    struct db db;
    char folder[64], since[11];
    (void)state;
    sample_corpus_open(&db, folder);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct search_key key = key_of("", "", "{}");
        key.added_since = runs[i].since;
        key.added_until = runs[i].today;
        assert_true(search_since(&db, &key, since, &e));
        if (strcmp(since, runs[i].asks) != 0)
            fail_msg("run %zu asks since '%s'", i, since);
        key.added_since = since;
        if (*since)
            assert_true(search_enqueue(&db, &key, 0, &e));
    }
    sample_corpus_remove(&db, folder);
}

static void queries_are_kept_as_text(void **state)
{
    struct arena arena = ARENA_INIT;
    const char *const terms[] = {"a b", "Ü \"quoted\""};
    const struct query_group groups[] = {{terms, 2}, {terms + 1, 1}};
    const struct query one = {.groups = groups, .n_groups = 2};
    const struct search_query q = {.ask = {.open_only = true, .raw = "x:y"}, .any = &one, .n_any = 1};
    struct search_row row = {.search_id = 1,
                             .profile = "p",
                             .source = "s",
                             .name = "n",
                             .language = "en",
                             .since = "2000-01-01",
                             .until = "",
                             .added_since = "",
                             .added_until = ""};
    struct search_query again;
    (void)state;
    row.query = search_query_write(&q, &arena);
    assert_string_equal(row.query, "{\"access\":\"open\",\"any\":[{\"all\":[[\"a b\",\"Ü \\\"quoted\\\"\"],[\"Ü "
                                   "\\\"quoted\\\"\"]]}],\"raw\":\"x:y\"}");
    assert_true(search_query_read(&row, &arena, &again, &e));
    assert_true(again.ask.open_only);
    assert_string_equal(again.ask.raw, "x:y");
    assert_string_equal(again.ask.since, "2000-01-01");
    assert_null(again.ask.until);
    assert_int_equal(again.ask.n_groups, 2);
    assert_string_equal(again.ask.groups[0].terms[1], terms[1]);
    assert_string_equal(search_query_write(&again, &arena), row.query);
    static const char *const broken[] = {
        "", "[]", "{\"any\":1}", "{\"any\":[1]}", "{\"any\":[{\"all\":[1]}]}", "{\"any\":[{\"all\":[[1]]}]}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        row.query = broken[i];
        assert_false(search_query_read(&row, &arena, &again, &e));
    }
    arena_release(&arena);
}

static void lists_by_date_are_sieved(void **state)
{
    struct db db;
    char folder[64];
    struct arena arena = ARENA_INIT;
    const char *const terms[] = {"title 2"}, *const others[] = {"nowhere"};
    const struct query_group group = {terms, 1}, other = {others, 1};
    const struct query any[] = {{.groups = &other, .n_groups = 1}, {.groups = &group, .n_groups = 1}};
    const struct search_query query = {.any = any, .n_any = 2};
    const struct source source = {.name = "s", .page_size = 3, .by_date = true};
    const struct search_key key = key_of("", "", "{}");
    enum search_next next;
    (void)state;
    sample_corpus_open(&db, folder);
    assert_true(search_enqueue(&db, &key, 0, &e));
    struct search_row row = load(&db, 1, &arena);
    struct source_page page = page_of(&arena, 3, 1, 3, NULL);
    assert_true(search_store_page(&db, &row, &source, &query, &page, 0, &next, &e));
    row = load(&db, 1, &arena);
    assert_int_equal(row.records, 1);
    assert_int_equal(row.unmatched, 2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE title = 'Title 2'"), 1);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

static void plan_of(const char *text, const struct search_plan_options *options, struct arena *arena,
                    struct search_plan *plan)
{
    struct profile *p = arena_new(arena, sizeof *p);
    *plan = (struct search_plan){0};
    if (!profile_parse(text, strlen(text), "x.yaml", arena, p, &e) || !search_plan_make(p, options, arena, plan, &e))
        fail_msg("%s", e.text);
}

static const char two_queries[] = "name: x\ntitle: X\nsources: [europepmc, arxiv, biorxiv]\nqueries:\n"
                                  "- {name: a, language: en, all: [{any: [one]}]}\n"
                                  "- {name: b, language: de, all: [{any: [zwei]}]}\n";

static void plans_have_a_search_for_each_query_and_source(void **state)
{
    struct arena arena = ARENA_INIT;
    struct search_plan plan;
    struct search_plan_options options = {.contact = "a@example.org", .since = "2026-01-01"};
    (void)state;
    plan_of(two_queries, &options, &arena, &plan);
    /* arXiv has no German; bioRxiv is read once for both. */
    assert_int_equal(plan.n, 4);
    assert_string_equal(plan.items[0].source->name, "europepmc");
    assert_string_equal(plan.items[1].source->name, "arxiv");
    assert_string_equal(plan.items[2].source->name, "biorxiv");
    assert_string_equal(plan.items[2].query.ask.name, SEARCH_EVERY_QUERY);
    assert_int_equal(plan.items[2].query.n_any, 2);
    assert_string_equal(plan.items[3].query.ask.name, "b");
    assert_string_equal(plan.items[3].query.ask.added_since, "2026-01-01");
    options.sources = "arxiv,europepmc";
    plan_of(two_queries, &options, &arena, &plan);
    assert_int_equal(plan.n, 3);
    arena_release(&arena);
}

static void wrong_plans_are_refused(void **state)
{
    static const struct {
        struct search_plan_options options;
        const char *says;
    } cases[] = {
        {{.sources = "nowhere", .contact = "a@example.org"}, "--source: no 'nowhere'"},
        {{.sources = "hal", .contact = "a@example.org"}, "no query for hal"},
        {{.since = "yesterday", .contact = "a@example.org"}, "--since: 'yesterday'"},
        {{.until = "2026-02-30", .contact = "a@example.org"}, "--until: '2026-02-30'"},
    };
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct search_plan plan = {0};
    (void)state;
    assert_true(profile_parse(two_queries, strlen(two_queries), "x.yaml", &arena, &p, &e));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(search_plan_make(&p, &cases[i].options, &arena, &plan, &e));
        assert_int_equal(e.kind, ERR_USAGE);
        if (!strstr(e.text, cases[i].says))
            fail_msg("'%s' has no '%s'", e.text, cases[i].says);
    }
    arena_release(&arena);
}

static void keys_come_from_the_environment(void **state)
{
    struct arena arena = ARENA_INIT;
    const struct source source = {
        .title = "S", .key = "FIGMILL_TEST_KEY", .key_query = "api_key=%s", .key_header = "Authorization: Bearer %s"};
    struct source_secret secret;
    (void)state;
    unsetenv("FIGMILL_TEST_KEY");
    assert_false(source_secret_read(&source, &arena, &secret));
    assert_null(secret.query);
    setenv("FIGMILL_TEST_KEY", "a&b", 1);
    assert_true(source_secret_read(&source, &arena, &secret));
    assert_string_equal(secret.query, "api_key=a%26b");
    assert_string_equal(secret.header, "Authorization: Bearer a&b");
    arena_release(&arena);
}

/* OpenAlex gives first pages without a key, and no others. */
static void a_source_without_its_key_is_left_out(void **state)
{
    static const char text[] = "name: x\ntitle: X\nsources: [europepmc, openalex]\nqueries:\n"
                               "- {name: a, language: en, all: [{any: [one]}]}\n";
    struct search_plan_options options = {.contact = "a@example.org"};
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct search_plan plan;
    (void)state;
    unsetenv("OPENALEX_KEY");
    plan_of(text, &options, &arena, &plan);
    assert_int_equal(plan.n, 1);
    assert_string_equal(plan.items[0].source->name, "europepmc");
    options.first_pages = true;
    plan_of(text, &options, &arena, &plan);
    assert_int_equal(plan.n, 2);
    assert_true(profile_parse(text, strlen(text), "x.yaml", &arena, &p, &e));
    plan = (struct search_plan){0};
    options = (struct search_plan_options){.contact = "a@example.org", .sources = "openalex"};
    assert_false(search_plan_make(&p, &options, &arena, &plan, &e));
    assert_non_null(strstr(e.text, "OPENALEX_KEY"));
    arena_release(&arena);
}

static void given_works_become_records(void **state)
{
    static const char list[] =
        "# works\n10.5555/G\nPMC55\n\npmid:66\n2101.00001\nhttps://example.org/a\nnonsense\n10.5555/g\n";
    struct db db;
    char folder[64], path[80];
    struct arena arena = ARENA_INIT;
    struct given given;
    (void)state;
    sample_corpus_open(&db, folder);
    snprintf(path, sizeof path, "%s/list.txt", folder);
    assert_true(file_replace(path, list, sizeof list - 1, &e));
    assert_true(search_given_read(path, &arena, &given, &e));
    /* Twice: the second time nothing is new. */
    assert_true(search_given_store(&db, &given, &e));
    assert_true(search_given_store(&db, &given, &e));
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE source = 'given'"), 5);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM article WHERE doi = '10.5555/g' OR pmcid = 'PMC55' OR "
                                     "pmid = '66'"),
                     3);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM record WHERE files = "
                                     "'[{\"url\":\"https://example.org/a\"}]'"),
                     1);
    assert_true(file_replace(path, "nonsense\n", 9, &e));
    assert_false(search_given_read(path, &arena, &given, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_false(search_given_read("/nowhere/list", &arena, &given, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_make_one_article),
        cmocka_unit_test(a_record_can_join_two_articles),
        cmocka_unit_test(titles_make_one_article),
        cmocka_unit_test(title_keys_want_a_real_title),
        cmocka_unit_test(a_known_record_is_brought_up_to_date),
        cmocka_unit_test(pages_are_counted_and_resumed),
        cmocka_unit_test(too_many_hits_are_cut_by_date),
        cmocka_unit_test(open_ranges_stay_open),
        cmocka_unit_test(a_day_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_query_that_changed_begins_again),
        cmocka_unit_test(a_limit_can_be_lifted),
        cmocka_unit_test(increments_go_on_where_the_last_one_ended),
        cmocka_unit_test(queries_are_kept_as_text),
        cmocka_unit_test(lists_by_date_are_sieved),
        cmocka_unit_test(plans_have_a_search_for_each_query_and_source),
        cmocka_unit_test(wrong_plans_are_refused),
        cmocka_unit_test(given_works_become_records),
        cmocka_unit_test(keys_come_from_the_environment),
        cmocka_unit_test(a_source_without_its_key_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

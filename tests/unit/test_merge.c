/* test_merge.c: figures of an article's several documents (extract/merge.h), and what the views and the cross-check
 * show of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/match.h"
#include "db/translation.h"
#include "extract/merge.h"
#include "stage/tools/print.h"
#include "tests/unit/sample_corpus.h"

enum { FIGURES_MAX = 12 };

static struct arena arena;
static struct match_figure figures[FIGURES_MAX];
static const char *captions[FIGURES_MAX][2];
static size_t n;

static int clear(void **state)
{
    (void)state;
    arena_release(&arena);
    memset(figures, 0, sizeof figures);
    n = 0;
    return 0;
}

/* `number` NULL: none. The origin of document 0 is JATS, that of others PDF. */
static struct match_figure *add(int document, const char *kind, const char *number, const char *caption)
{
    struct match_figure *f = &figures[n];
    captions[n][0] = caption;
    *f = (struct match_figure){.id = (int64_t)n + 1,
                               .document = document,
                               .origin = document ? "pdf" : "jats",
                               .kind = kind,
                               .number = number,
                               .usable = true,
                               .captions = captions[n],
                               .n_captions = caption != NULL};
    n++;
    return f;
}

/* Of each figure the truth's id, as digits. */
static void truths_are(const char *expected)
{
    char got[FIGURES_MAX + 1] = "";
    const struct match_row *rows = merge_figures(figures, n, &arena);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(rows[i].id, i + 1);
        got[i] = (char)('0' + rows[i].truth_id);
        assert_int_equal(rows[i].matched_by == NULL, rows[i].truth_id == rows[i].id);
    }
    assert_string_equal(got, expected);
}

static const struct match_row *row(size_t i)
{
    return &merge_figures(figures, n, &arena)[i];
}

static double agreement(const char *a, const char *b)
{
    struct merge_words x = merge_words_read(&arena, a), y = merge_words_read(&arena, b);
    return merge_words_agreement(&x, &y);
}

static bool differ(const char *a, const char *b)
{
    struct merge_words x = merge_words_read(&arena, a), y = merge_words_read(&arena, b);
    return merge_words_differ(&x, &y);
}

static void words(void **state)
{
    (void)state;
    assert_true(agreement("Dose (Gy), by WEEK", "dose Gy by week.") == 1);
    assert_true(agreement("a b c d", "a b x y") == 0.5);
    assert_true(agreement("a a b", "a b b") > 0.66 && agreement("a a b", "a b b") < 0.67); /* as bags */
    assert_true(agreement("", "") == 0);
    assert_true(agreement("ｆｕｌｌ ｗｉｄｔｈ ﬁ", "full width fi") == 1);
    assert_true(agreement("患者的存活率", "患者的死亡率") > 0);
    assert_true(
        differ("Survival of the patients with and without dose", "Sobrevida dos pacientes com e sem dose alta"));
    assert_true(differ("Survival of the patients", "Выживаемость пациентов"));
    assert_false(differ("Survival of patients", "Sobrevida")); /* too short to judge */
    assert_false(differ("Sobrevida de los pacientes con dosis alta", "Sobrevida dos pacientes com dose alta"));
}

static void numbers(void **state)
{
    (void)state;
    add(0, "figure", "1", "Survival of the patients by dose of radiation.");
    add(0, "figure", "2", "Images of the knee before and after.");
    add(0, "table", "1", "Patients.");
    add(1, "table", "1", "Patients.");
    add(1, "figure", "2", "Images of the knee before and after.");
    add(1, "figure", "1", "Survival of the patients by dose of radiation. More.");
    truths_are("123321");
    assert_string_equal(row(5)->matched_by, "number");
    assert_true(row(5)->caption_agreement > 0.9 && row(5)->caption_agreement < 1);
    assert_true(row(0)->caption_agreement < 0);
}

/* A scheme is numbered apart from figures; so is what the words say. */
static void kinds(void **state)
{
    (void)state;
    add(0, "figure", "1", "Survival of the patients by dose of radiation.");
    add(0, "scheme", "1", "Synthesis of both compounds from acetone.");
    add(1, "scheme", "1", "Synthesis of both compounds from acetone.");
    add(1, "chart", "1", "Survival of the patients by dose of radiation.");
    add(1, "video", "1", "Survival of the patients by dose of radiation, moving.");
    truths_are("12215");
}

static void supplements_keep_their_own(void **state)
{
    (void)state;
    add(0, "figure", "1", "Survival of the patients by dose of radiation over twelve months.");
    add(1, "figure", "1", "Survival of the patients by dose of radiation over twelve months.");
    add(2, "figure", "1", "Gel images without any crop, lanes named below; marker proteins left.");
    add(2, "figure", "2", "Survival of the patients by dose of radiation over twelve months.");
    truths_are("1131");
    assert_string_equal(row(3)->matched_by, "caption");
}

static void languages(void **state)
{
    (void)state;
    add(1, "figure", "1", "Sobrevida dos doentes conforme a dose recebida no hospital.");
    add(1, "table", "1", "Doentes.");
    add(2, "figure", "1", "Survival of the patients by the dose that was given to them.");
    truths_are("121");
    figures[0].captions[1] = "Survival of the patients by the dose that was given to them.";
    figures[0].n_captions = 2;
    assert_true(row(2)->caption_agreement == 1);
    clear(NULL);
    add(0, "figure", "1", "Выживаемость больных при разных дозах");
    add(1, "figure", "1", "Survival of patients");
    truths_are("11");
}

static void unnumbered(void **state)
{
    (void)state;
    add(0, "figure", NULL, "Flow of the patients through the trial.");
    add(0, "figure", NULL, "Mean pain score by week.");
    add(1, "figure", "2", "Mean pain score, by week");
    add(1, "figure", "1", "Flow of the patients through the trial");
    add(1, "figure", NULL, "Journal's logo in colours");
    truths_are("12215");
    clear(NULL);
    add(0, "figure", NULL, "Flow of the patients through the trial and of those who were lost.");
    add(1, "figure", "1", "Flow of those patients who were lost: pages with numbers, boxes, arrows");
    add(1, "table", "1", "Something else");
    truths_are("113");
    assert_string_equal(row(1)->matched_by, "only");
    add(1, "figure", "2", "Another");
    figures[1].number = NULL;
    truths_are("1234");
}

static void tables_called_figures(void **state)
{
    (void)state;
    add(0, "figure", NULL, "Chemical composition of the essential oil");
    add(0, "figure", "1", "Germination");
    add(1, "table", "1", "Chemical composition of essential oil");
    add(1, "table", "2", "Germination");
    truths_are("1212");
    figures[3].captions[0] = "Growth";
    truths_are("1214");
}

static void repeated_numbers(void **state)
{
    (void)state;
    add(0, "figure", "1", "Survival of the patients by dose of radiation.");
    add(1, "figure", "1", "Shows the same for all who came to the clinic, and why");
    add(1, "figure", "1", "Survival of the patients by dose of radiation.");
    truths_are("111");
    assert_string_equal(row(1)->matched_by, "repeat");
    assert_string_equal(row(2)->matched_by, "number");
    /* Where two PDFs are all there is, neither tells how many there are. */
    figures[0].origin = "pdf";
    truths_are("121");
}

static void dropped_figures_are_not_the_truth(void **state)
{
    (void)state;
    add(0, "figure", "1", NULL)->usable = false;
    figures[0].image_sha256 = "a";
    add(1, "figure", "1", "Survival.");
    truths_are("22");
    assert_int_equal(row(1)->image_id, 1);
    figures[1].usable = false;
    truths_are("11");
}

static void set_picture(size_t i, const char *sha256, int width, int height)
{
    figures[i].image_sha256 = sha256;
    figures[i].width = width;
    figures[i].height = height;
}

static void pictures(void **state)
{
    (void)state;
    add(0, "figure", "1", "Survival.");
    add(1, "figure", "1", "Survival.");
    add(2, "figure", "1", "Survival.");
    assert_int_equal(row(0)->image_id, 1); /* nobody has one */
    set_picture(2, "c", 900, 700);
    assert_int_equal(row(0)->image_id, 3);
    assert_int_equal(row(2)->image_id, 3);
    set_picture(1, "b", 850, 700);
    assert_int_equal(row(0)->image_id, 2);
    set_picture(1, "b", 400, 300); /* far smaller */
    assert_int_equal(row(0)->image_id, 3);
    set_picture(0, "a", 500, 350); /* the publisher's */
    assert_int_equal(row(0)->image_id, 1);
    set_picture(0, "a", 120, 90); /* a thumbnail */
    assert_int_equal(row(0)->image_id, 3);
    set_picture(2, "c", 200, 150);
    set_picture(1, NULL, 0, 0);
    assert_int_equal(row(0)->image_id, 1);
}

static void same_pictures(void **state)
{
    (void)state;
    add(0, "figure", NULL, "Fig 1.");
    add(0, "figure", NULL, "Fig 2.");
    add(1, "figure", "1", "Second of the two");
    set_picture(1, "made", 100, 100);
    figures[1].original_sha256 = "bytes";
    set_picture(2, "bytes", 100, 100);
    truths_are("122");
    assert_string_equal(row(2)->matched_by, "image");
}

static void hashes(void **state)
{
    (void)state;
    struct match_figure a = {.image_hash = "ff00"}, b = {.image_hash = "ff01"}, c = {.image_hash = "00ff"};
    assert_true(merge_picture_agreement(&a, &a) == 1);
    assert_true(merge_picture_agreement(&a, &b) == 0.875);
    assert_true(merge_picture_agreement(&a, &c) == 0);
    b.image_hash = NULL;
    assert_true(merge_picture_agreement(&a, &b) < 0);
    b.image_hash = "ff0";
    assert_true(merge_picture_agreement(&a, &b) < 0);
    b.image_hash = "zz00";
    assert_true(merge_picture_agreement(&a, &b) < 0);
}

static void nothing(void **state)
{
    (void)state;
    truths_are("");
    add(0, "figure", NULL, NULL);
    truths_are("1");
}

/* In a database. */

static struct db db;
static char folder[64];

static int open_corpus(void **state)
{
    (void)state;
    sample_corpus_open(&db, folder);
    return 0;
}

static int close_corpus(void **state)
{
    (void)state;
    sample_corpus_remove(&db, folder);
    return 0;
}

/* Document 1 is a JATS file without pictures, 2 the PDF. Stored in either order. */
static void store_document(int document)
{
    struct err e = {0};
    if (document == 1)
        sample_sql(&db, "INSERT INTO front (document_id, language, publisher) VALUES (1, 'en', 'Press');"
                        "INSERT INTO figure (document_id, anchor, ordinal, origin, label, number, kind, confidence, "
                        "content_hash) VALUES (1, 'F1', 0, 'jats', 'Fig. 1', '1', 'figure', 1, 'h'),"
                        "(1, 'F2', 1, 'jats', 'Fig. 2', '2', 'figure', 1, 'h');"
                        "INSERT INTO caption (figure_id, ordinal, text) SELECT figure_id, 0, anchor || ' survival of "
                        "patients' FROM figure WHERE document_id = 1");
    else
        sample_sql(&db,
                   "INSERT INTO front (document_id) VALUES (2);"
                   "INSERT INTO figure (document_id, anchor, ordinal, origin, label, number, kind, page, confidence, "
                   "image_sha256, image_media_type, width, height, content_hash) VALUES "
                   "(2, 'figure:1', 0, 'pdf', 'Figure 1', '1', 'figure', 3, 0.8, 'abcd', 'image/png', 40, 30, 'h'),"
                   "(2, 'figure:3', 1, 'pdf', 'Figure 3', '3', 'figure', 4, 0.7, 'ef01', 'image/png', 40, 30, 'h');"
                   "INSERT INTO caption (figure_id, ordinal, text) SELECT figure_id, 0, 'F1 survival of patients'"
                   "FROM figure WHERE document_id = 2");
    assert_true(merge_document(&db, document, &e));
}

static void add_documents(void)
{
    sample_sql(&db,
               "INSERT INTO article (article_id, key, source, added) VALUES (1, 'doi:10.5555/a', 'import', 0);"
               "INSERT INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, added) VALUES "
               "(1, 1, 'jats', 'application/xml', '11', 1, 'a.xml', 0),"
               "(2, 1, 'pdf', 'application/pdf', '22', 1, 'a.pdf', 0)");
}

static void views_show_one_figure(void)
{
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE drop_reason IS NULL"), 3);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE drop_reason = 'same_as_xml' AND "
                                     "origin = 'pdf' AND number = '1'"),
                     1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure v JOIN figure i ON i.figure_id = v.image_id "
                                     "WHERE v.anchor = 'F1' AND v.image_path = 'blobs/ab/cd' AND v.width = 40 "
                                     "AND v.confidence = 0.8 AND v.page IS NULL AND i.page = 3"),
                     1);
    assert_int_equal(sample_int(&db, "SELECT n_figures FROM v_article"), 3);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    add_documents();
    store_document(1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE image_path IS NOT NULL"), 0);
    store_document(2);
    views_show_one_figure();
    struct err e = {0};
    assert_true(merge_document(&db, 1, &e)); /* and once more */
    views_show_one_figure();
}

static void the_other_order(void **state)
{
    (void)state;
    add_documents();
    store_document(2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE drop_reason IS NULL"), 2);
    store_document(1);
    views_show_one_figure();
    /* A figure that is not found any more gives back what it stood for. */
    struct err e = {0};
    sample_sql(&db, "UPDATE figure SET drop_reason = 'vanished' WHERE document_id = 1");
    assert_true(merge_document(&db, 1, &e));
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE drop_reason IS NULL AND origin = 'pdf'"), 2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM figure_match"), 2);
}

static void documents_that_came_later(void **state)
{
    (void)state;
    struct err e = {0};
    add_documents();
    sample_sql(&db, "INSERT INTO article (article_id, key, source, added) VALUES (2, 'doi:10.5555/b', 'import', 0);"
                    "UPDATE document SET article_id = 2 WHERE document_id = 2");
    store_document(1);
    store_document(2);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM v_figure WHERE drop_reason IS NULL"), 4);
    sample_sql(&db, "UPDATE document SET article_id = 1; UPDATE article SET merged_into = 1 WHERE article_id = 2");
    assert_true(merge_stale(&db, &e));
    views_show_one_figure();
    assert_true(merge_stale(&db, &e));
}

/* The PDF of another edition holds the authors' own translation. */
static void editions_translate(void **state)
{
    (void)state;
    struct err e = {0};
    struct translation_input input;
    add_documents();
    store_document(1);
    store_document(2);
    int64_t truth = sample_int(&db, "SELECT figure_id FROM v_figure WHERE anchor = 'F1'");
    int64_t article = sample_int(&db, "SELECT article_id FROM v_figure WHERE anchor = 'F1'");
    assert_true(translation_input(&db, article, &arena, &input, &e));
    assert_true(input.n > 1);
    for (size_t i = 0; i < input.n; i++) {
        const struct translation_figure *f = &input.figures[i];
        assert_int_equal(f->n_authors, f->figure_id == truth ? 1 : 0);
        if (f->figure_id == truth)
            assert_string_equal(f->authors[0].text, "F1 survival of patients");
    }
    arena_release(&arena);
}

static void crosscheck(void **state)
{
    (void)state;
    static const enum match_group groups[] = {MATCH_IN_ALL, MATCH_BY_ARTICLE, MATCH_BY_LANGUAGE, MATCH_BY_PUBLISHER};
    static const char *const starts[] = {"", "doi:10.5555/a,", "en,", "Press,"};
    add_documents();
    store_document(1);
    for (size_t i = 0; i < 8; i++) {
        struct err e = {0};
        char *text = NULL;
        size_t len = 0;
        if (i == 4)
            store_document(2);
        FILE *out = open_memstream(&text, &len);
        struct printer *p = printer_new(out, PRINT_CSV, 0);
        assert_true(match_crosscheck(&db, groups[i % 4], printer_sink(p), &e));
        printer_end(p);
        fclose(out);
        char expected[100];
        snprintf(expected, sizeof expected, "\n%s1,2,2,1,1,,0,1,0,0,0\n", starts[i % 4]);
        if (i < 4) /* only articles that have both are looked at */
            assert_true(strstr(text, i ? "tables_matched\n" : "\n0,0,0,0,,,0,0,0,0,0\n") && !strstr(text, "\ndoi"));
        else if (!strstr(text, expected))
            fail_msg("'%s' is not in %s", expected, text);
        free(text);
    }
}

int main(void)
{
#define PURE(test)   cmocka_unit_test_setup_teardown(test, NULL, clear)
#define STORED(test) cmocka_unit_test_setup_teardown(test, open_corpus, close_corpus)
    const struct CMUnitTest tests[] = {
        PURE(words),
        PURE(numbers),
        PURE(kinds),
        PURE(supplements_keep_their_own),
        PURE(languages),
        PURE(unnumbered),
        PURE(tables_called_figures),
        PURE(repeated_numbers),
        PURE(dropped_figures_are_not_the_truth),
        PURE(pictures),
        PURE(same_pictures),
        PURE(hashes),
        PURE(nothing),
        STORED(order_does_not_matter),
        STORED(the_other_order),
        STORED(documents_that_came_later),
        STORED(editions_translate),
        STORED(crosscheck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

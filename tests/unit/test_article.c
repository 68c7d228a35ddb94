/* test_article.c: articles and their way over the process boundary (extract/article.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/article.h"

static void adds_clean_text(void **state)
{
    (void)state;
    struct article a = ARTICLE_INIT;
    struct art_figure *f = article_add_figure(&a);
    assert_string_equal(f->kind, "figure");
    assert_true(f->confidence == 1);
    article_add_caption(&a, f, "eng", "  Two\n words\t\xC2\xAD ");
    article_add_caption(&a, f, "nonsense!", "x");
    article_add_caption(&a, f, NULL, " \n ");
    article_add_mention(&a, f, NULL, NULL);
    assert_int_equal(f->n_captions, 2);
    assert_string_equal(f->captions[0].text, "Two words");
    assert_string_equal(f->captions[0].language, "en");
    assert_null(f->captions[1].language);
    assert_int_equal(f->n_mentions, 0);
    article_add_href(&a, f, " a.tif\n");
    article_add_href(&a, f, "a.tif");
    article_add_href(&a, f, "b\x01.tif");
    article_add_href(&a, f, "");
    assert_int_equal(f->n_hrefs, 1);
    assert_string_equal(f->hrefs[0], "a.tif");
    article_release(&a);
}

static void cuts_at_words(void **state)
{
    (void)state;
    struct article a = ARTICLE_INIT;
    assert_string_equal(article_text(&a, "one two three", 13, 9), "one two");
    assert_string_equal(article_text(&a, "one two three", 13, 7), "one two");
    /* No space in the second half: at a character, never inside one. */
    assert_string_equal(article_text(&a, "\xE5\x9B\xBE\xE5\x9B\xBE", 6, 5), "\xE5\x9B\xBE");
    struct str s = STR_INIT(1 << 20);
    for (int i = 0; i < 20000; i++)
        str_add(&s, "caption ");
    struct art_figure *f = article_add_figure(&a);
    article_add_caption(&a, f, "en", s.data);
    size_t len = strlen(f->captions[0].text);
    assert_true(len <= ARTICLE_MAX_CAPTION && len > ARTICLE_MAX_CAPTION - 10);
    assert_string_equal(f->captions[0].text + len - 7, "caption");
    str_release(&s);
    article_release(&a);
}

static void names_every_figure_once(void **state)
{
    (void)state;
    static const char *const given[] = {"f1", "f1", NULL, "f1~2", NULL, NULL, "f1"};
    struct article a = ARTICLE_INIT;
    for (size_t i = 0; i < 7; i++)
        article_add_figure(&a)->anchor = given[i];
    a.figures[2].number = a.figures[4].number = "3";
    article_name_figures(&a);
    assert_string_equal(a.figures[0].anchor, "f1");
    assert_string_equal(a.figures[2].anchor, "figure:3");
    assert_string_equal(a.figures[5].anchor, "figure-6");
    for (size_t i = 0; i < 7; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(a.figures[i].anchor, a.figures[j].anchor);
    article_release(&a);
}

static void panels_come_of_the_caption(void **state)
{
    (void)state;
    struct article a = ARTICLE_INIT;
    struct str s = STR_INIT(1 << 20);
    struct art_figure *f = article_add_figure(&a);
    article_add_caption(&a, f, "en", "Dose. (a) Low. (b) High.");
    article_split_caption(&a, f);
    assert_int_equal(f->n_panels, 2);
    assert_string_equal(f->panels[1].label, "b");
    assert_string_equal(f->panels[1].caption, "Dose. High.");
    f->kind = "table"; /* its notes are marked in the same way */
    article_split_caption(&a, f);
    assert_int_equal(f->n_panels, 0);
    /* A long preamble is not stored any number of times. */
    for (int i = 0; i < 7000; i++)
        str_add(&s, "Dose ");
    for (int i = 0; i < 26; i++)
        str_addf(&s, ". (%c) Low", 'a' + i);
    f = article_add_figure(&a);
    article_add_caption(&a, f, "en", s.data);
    article_split_caption(&a, f);
    size_t all = 0;
    assert_int_equal(f->n_panels, 26);
    for (size_t i = 0; i < f->n_panels; i++)
        all += f->panels[i].caption ? strlen(f->panels[i].caption) : 0;
    assert_true(all <= ARTICLE_MAX_PANEL_TEXT);
    str_release(&s);
    article_release(&a);
}

static void limits_hold(void **state)
{
    (void)state;
    struct article a = ARTICLE_INIT;
    for (int i = 0; i < ARTICLE_MAX_FIGURES; i++)
        assert_non_null(article_add_figure(&a));
    assert_null(article_add_figure(&a));
    assert_null(article_add_figure(&a));
    assert_int_equal(a.n_warnings, 1);
    for (int i = 0; i < 2 * ARTICLE_MAX_MENTIONS; i++)
        article_add_mention(&a, &a.figures[0], "en", "As Figure 1 shows.");
    assert_int_equal(a.figures[0].n_mentions, ARTICLE_MAX_MENTIONS);
    for (int i = 0; i < 2 * ARTICLE_MAX_WARNINGS; i++)
        article_warn(&a, "warning %d", i);
    assert_int_equal(a.n_warnings, ARTICLE_MAX_WARNINGS);
    article_release(&a);
}

static void fill(struct article *a)
{
    a->front.doi = "10.5555/x";
    a->front.title = "On \"doses\" \\ \xE5\x9B\xBE";
    a->front.year = 2024;
    a->front.abstract = "A";
    a->pages = 3;
    article_warn(a, "page %d skipped", 2);
    struct art_figure *f = article_add_figure(a);
    f->anchor = "p1-1";
    f->label = "Figure 1";
    f->number = "1";
    f->page = 1;
    f->box = (struct box){1.5, 2.25, 300.1, 400};
    f->confidence = 0.625;
    f->image_sent = true;
    article_add_caption(a, f, "en", "Dose.");
    article_add_caption(a, f, NULL, "Dosis.");
    article_add_mention(a, f, "en", "See Figure 1.");
    article_add_href(a, f, "a.jpg");
    article_add_href(a, f, "a.tif");
    static struct art_panel panels[] = {{"A", "Dose. Low.", {0, 0, 100, 80}, 0.5, "bands"}, {"B", NULL, {0}, 1, NULL}};
    f->panels = panels;
    f->n_panels = 2;
    article_add_figure(a)->anchor = "p2-1";
    a->figures[1].kind = "table";
    a->figures[1].drop_reason = "no_image";
    f = &a->figures[1];
    f->notes = "SD, standard deviation.";
    article_add_cell(a, f, (struct art_cell){.row = 4, .column = 7, .text = "\"28\""});
    article_add_cell(a, f,
                     (struct art_cell){.row = 2, .row_span = 3, .column_span = 2, .header = true, .text = "Knee"});
    article_close_table(a, f);
}

static void comes_back_the_same(void **state)
{
    (void)state;
    struct article a = ARTICLE_INIT, b;
    struct err e = {0};
    struct str first = STR_INIT(1 << 20), second = STR_INIT(1 << 20);
    fill(&a);
    article_write(&a, &first);
    assert_true(article_read(first.data, first.len, &b, &e));
    article_write(&b, &second);
    assert_string_equal(first.data, second.data);
    assert_int_equal(b.n_figures, 2);
    assert_string_equal(b.front.title, a.front.title);
    assert_true(b.figures[0].box.x1 == 300.1);
    assert_true(b.figures[0].image_sent);
    assert_null(b.figures[0].captions[1].language);
    assert_string_equal(b.figures[0].captions[1].text, "Dosis.");
    assert_string_equal(b.figures[0].hrefs[1], "a.tif");
    assert_int_equal(b.figures[0].n_panels, 2);
    assert_string_equal(b.figures[0].panels[0].caption, "Dose. Low.");
    assert_string_equal(b.figures[0].panels[0].method, "bands");
    assert_true(b.figures[0].panels[0].box.x1 == 100);
    assert_null(b.figures[0].panels[1].method);
    assert_string_equal(b.figures[1].drop_reason, "no_image");
    assert_string_equal(b.warnings[0], "page 2 skipped");
    assert_string_equal(b.figures[1].notes, "SD, standard deviation.");
    assert_int_equal(b.figures[1].table.rows, 2);
    assert_int_equal(b.figures[1].table.columns, 2);
    assert_int_equal(b.figures[1].table.cells[0].row_span, 2);
    assert_int_equal(b.figures[1].table.cells[0].column_span, 1);
    assert_true(b.figures[1].table.cells[0].header);
    assert_int_equal(b.figures[1].table.cells[1].row, 1);
    assert_int_equal(b.figures[1].table.cells[1].column, 1);
    assert_string_equal(b.figures[1].table.cells[1].text, "\"28\"");
    str_release(&first);
    str_release(&second);
    article_release(&a);
    article_release(&b);
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
#define ONE(members) "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"kind\":\"figure\",\"confidence\":1" members "}]}"
    struct article a;
    struct err e = {0};
    assert_true(article_read(ONE(""), strlen(ONE("")), &a, &e));
    article_release(&a);
    static const char *const broken[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"front\":{}}",
        "{\"front\":[],\"figures\":[]}",
        "{\"front\":{\"doi\":1},\"figures\":[]}",
        "{\"front\":{\"doi\":\"a\\u0007b\"},\"figures\":[]}",
        "{\"front\":{\"doi\":\"\"},\"figures\":[]}",
        "{\"front\":{\"year\":-1},\"figures\":[]}",
        "{\"front\":{\"year\":1e300},\"figures\":[]}",
        "{\"front\":{},\"figures\":[],\"warnings\":[null]}",
        "{\"front\":{},\"figures\":[],\"warnings\":{\"a\":\"b\"}}",
        "{\"front\":{},\"figures\":{}}",
        "{\"front\":{},\"figures\":[null]}",
        "{\"front\":{},\"figures\":[{\"kind\":\"figure\",\"confidence\":1}]}",
        "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"confidence\":1}]}",
        "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"kind\":\"figure\"}]}",
        "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"kind\":\"figure\",\"confidence\":1.5}]}",
        "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"kind\":\"drawing\",\"confidence\":1}]}",
        "{\"front\":{},\"figures\":[{\"anchor\":\"a\",\"kind\":\"figure\",\"confidence\":1},"
        "{\"anchor\":\"a\",\"kind\":\"figure\",\"confidence\":1}]}",
        ONE(",\"box\":[1,2,3]"),
        ONE(",\"box\":[3,2,1,4]"),
        ONE(",\"box\":[0,0,1e9,1]"),
        ONE(",\"box\":[0,0,\"1\",1]"),
        ONE(",\"page\":-1"),
        ONE(",\"captions\":[\"a\"]"),
        ONE(",\"captions\":[[null]]"),
        ONE(",\"captions\":[[null,null]]"),
        ONE(",\"captions\":[[\"a language tag far too long\",\"x\"]]"),
        ONE(",\"hrefs\":\"a\""),
        ONE(",\"panels\":{}"),
        ONE(",\"panels\":[1]"),
        ONE(",\"panels\":[{\"confidence\":1}]"),
        ONE(",\"panels\":[{\"label\":\"A\"}]"),
        ONE(",\"panels\":[{\"label\":\"A\",\"confidence\":2}]"),
        ONE(",\"panels\":[{\"label\":\"A\",\"confidence\":1,\"box\":[1,2]}]"),
        ONE(",\"label\":[1]"),
#define CELLS(cells) ONE(",\"table\":{\"rows\":2,\"columns\":2,\"cells\":[" cells "]}")
        ONE(",\"table\":[]"),
        ONE(",\"table\":{\"cells\":[[0,0,1,1,0,\"x\"]]}"),
        CELLS(""),
        CELLS("[0,0,1,1,0]"),
        CELLS("[0,0,1,1,0,\"\"]"),
        CELLS("[0,0,1,1,0,1]"),
        CELLS("[0,0,1,1,2,\"x\"]"),
        CELLS("[0,0,0,1,0,\"x\"]"),
        CELLS("[0,0,3,1,0,\"x\"]"),
        CELLS("[0,1,1,2,0,\"x\"]"),
        CELLS("[-1,0,1,1,0,\"x\"]"),
        CELLS("[0,0,1,1,0,\"x\\u0001\"]"),
        CELLS("[0,0,1,1,0,\"x\"],[0,0,1,1,0,\"y\"]"),
        CELLS("[1,0,1,1,0,\"x\"],[0,0,1,1,0,\"y\"]"),
        ONE("") "x",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        e = (struct err){0};
        if (article_read(broken[i], strlen(broken[i]), &a, &e))
            fail_msg("accepted: %s", broken[i]);
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_int_equal(a.n_figures, 0);
        assert_null(a.arena.head);
    }
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    struct str s = STR_INIT(1 << 22);
    struct article a;
    struct err e = {0};
    str_add(&s, "{\"front\":{\"title\":\"");
    for (int i = 0; i <= ARTICLE_MAX_FIELD; i++)
        str_add_char(&s, 'a');
    str_add(&s, "\"},\"figures\":[]}");
    assert_false(article_read(s.data, s.len, &a, &e));
    str_clear(&s);
    str_add(&s, "{\"front\":{},\"figures\":[");
    for (int i = 0; i <= ARTICLE_MAX_FIGURES; i++)
        str_addf(&s, "%s{\"anchor\":\"%d\",\"kind\":\"figure\",\"confidence\":1}", i ? "," : "", i);
    str_add(&s, "]}");
    assert_false(article_read(s.data, s.len, &a, &e));
    str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_clean_text),          cmocka_unit_test(cuts_at_words),
        cmocka_unit_test(names_every_figure_once),  cmocka_unit_test(limits_hold),
        cmocka_unit_test(comes_back_the_same),      cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(refuses_what_is_too_long), cmocka_unit_test(panels_come_of_the_caption),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_html.c: articles as HTML (extract/html.h) and citations in plain text (extract/cite.h); all written for this
 * test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/cite.h"
#include "extract/html.h"
#include "tests/unit/table_text.h"

static struct article a;

static int release(void **state)
{
    (void)state;
    article_release(&a);
    return 0;
}

static void read_ok(const char *html)
{
    struct err e = {0};
    article_release(&a);
    if (!html_extract(html, strlen(html), &a, &e))
        fail_msg("%s: %s", err_kind_name(e.kind), e.text);
}

static void metadata(void **state)
{
    (void)state;
    read_ok(
        "<!doctype html><html lang='fr-CA'><head><title>Site</title>"
        "<meta name='dc.title' content='worse'><meta name='citation_title' content='Dose &amp; <i>effet</i> &lt; 1'>"
        "<meta name='citation_doi' content='doi:10.5555/A.B'><meta name='citation_pmid' content='12'>"
        "<meta name='citation_journal_title' content='Revue'><meta name='citation_publication_date' "
        "content='12/05/2021'><meta name='citation_keywords' content='dose'><meta name='citation_keywords' "
        "content='os'><meta name='dc.description' content='R&eacute;sum&eacute;.'></head><body>"
        "<a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>licence</a></body></html>");
    assert_string_equal(a.front.title, "Dose & effet < 1");
    assert_string_equal(a.front.doi, "10.5555/a.b");
    assert_string_equal(a.front.pmid, "12");
    assert_string_equal(a.front.journal, "Revue");
    assert_int_equal(a.front.year, 2021);
    assert_string_equal(a.front.language, "fr");
    assert_string_equal(a.front.keywords, "dose; os");
    assert_string_equal(a.front.abstract, "Résumé.");
    assert_string_equal(a.front.license, "CC-BY-4.0");
}

static void figure_elements(void **state)
{
    (void)state;
    read_ok(
        "<html><body><article><p>It fell, as <a href='#F1'>Figure 1</a> shows. It rose.</p>"
        "<figure id='F1'><a href='/full/a.png?x=1'><picture><img src='data:image/gif;base64,AA' "
        "data-src='/small/a.jpg'></picture></a><figcaption><b>Figure 1.</b> CO<sub>2</sub> by week.<a href='#'>Full "
        "size image</a></figcaption></figure><figure><img src='logo.png'></figure>"
        "<table id='T1'><caption>Table 1: Doses.</caption><tr><td>1</td></tr></table>"
        "<table><caption>Menu</caption></table></article></body></html>");
    assert_int_equal(a.n_figures, 2);
    struct art_figure *f = &a.figures[0];
    assert_string_equal(f->anchor, "F1");
    assert_string_equal(f->label, "Figure 1");
    assert_string_equal(f->number, "1");
    assert_string_equal(f->captions[0].text, "CO₂ by week.");
    assert_int_equal(f->n_hrefs, 2);
    assert_string_equal(f->hrefs[0], "/full/a.png?x=1");
    assert_string_equal(f->hrefs[1], "/small/a.jpg");
    assert_int_equal(f->n_mentions, 1);
    assert_string_equal(f->mentions[0].text, "It fell, as Figure 1 shows.");
    assert_string_equal(a.figures[1].kind, "table");
    assert_string_equal(a.figures[1].captions[0].text, "Doses.");
}

static void publishers_boxes(void **state)
{
    (void)state;
    read_ok(
        "<html><body><div class='figs'><div class='fig wide' id='f2'><div><img src='b.gif'></div>"
        "<div class='caption'><strong>Fig. 2</strong> A. Download figure Open in new tab</div></div></div>"
        "<div class='html-fig-wrap' id='f3'><img src='c.png'><div class='html-fig_caption'><b>Figure 3.</b> B.</div>"
        "</div><div class='figure'><figure id='f4'><img src='d.png'><figcaption>Figure 4. D.</figcaption></figure>"
        "</div><div class='figure-tools'>Figure 9. Not one.</div></body></html>");
    assert_int_equal(a.n_figures, 3);
    assert_string_equal(a.figures[0].label, "Fig. 2");
    assert_string_equal(a.figures[0].captions[0].text, "A.");
    assert_string_equal(a.figures[1].captions[0].text, "B.");
    assert_string_equal(a.figures[2].anchor, "f4");
}

static void table_cells(void **state)
{
    (void)state;
    read_ok("<html><body><div class='table-wrap' id='t1'><div class='caption'>Table 1. Doses.</div><table><thead><tr>"
            "<th>Joint<th>Dose</thead><tbody><tr><th scope=row>Knee<td>3&nbsp;Gy<tr><td colspan=2>none</tbody></table>"
            "<div class='table-wrap-foot'><p>Gy, gray.</p></div></div>"
            "<table><caption>Table 2. More.</caption><tr><td>A<td>B</table></body></html>");
    assert_int_equal(a.n_figures, 2);
    assert_table(&a.figures[0].table, "0#Joint|1#Dose\n0#Knee|1 3 Gy\n0 none+2");
    assert_string_equal(a.figures[0].notes, "Gy, gray.");
    assert_table(&a.figures[1].table, "0 A|1 B");
    assert_null(a.figures[1].notes);
}

static void character_sets(void **state)
{
    (void)state;
    read_ok("<html><head><meta charset=\"iso-8859-1\"><meta name=citation_title content='Caf\xE9'></head></html>");
    assert_string_equal(a.front.title, "Café");
    read_ok("<html><head><meta charset=\"no-such\"><meta name=citation_title content='Caf\xC3\xA9'></head></html>");
    assert_string_equal(a.front.title, "Café");
    read_ok("<html><head><meta name=citation_title content='Caf\xC3\xA9'></head></html>");
    assert_string_equal(a.front.title, "Café");
}

static void pages_that_are_no_article(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
        "<html><head><title>404 Not Found</title></head><body>nothing here</body></html>",
        "<html><body><form>User <input></form></body></html>",
        "<p>x",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct err e = {0};
        assert_false(html_extract(pages[i], strlen(pages[i]), &a, &e));
        assert_int_equal(e.kind, ERR_UNSUPPORTED);
        assert_null(a.arena.head);
        if (i == 0)
            assert_non_null(strstr(e.text, "Just a moment"));
    }
    /* A long challenge page is none either; a long article without any metadata is one. */
    struct str s = STR_INIT(1 << 20);
    for (int round = 0; round < 2; round++) {
        struct err e = {0};
        str_clear(&s);
        str_addf(&s, "<html><head><title>%s</title></head><body>", round ? "On doses" : "Access Denied");
        for (int i = 0; i < 200; i++)
            str_add(&s, "<p>Words of some text.</p>");
        assert_int_equal(html_extract(s.data, s.len, &a, &e), round);
    }
    str_release(&s);
}

static void broken_pages(void **state)
{
    (void)state;
    struct err e = {0};
    assert_false(html_extract("", 0, &a, &e));
    assert_false(html_extract("<html>", (size_t)HTML_MAX_BYTES + 1, &a, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    struct str s = STR_INIT(4 << 20);
    str_add(&s, "<figure>");
    for (int i = 0; i < 100000; i++)
        str_add(&s, "<div class=fig>");
    e = (struct err){0};
    html_extract(s.data, s.len, &a, &e); /* either way, but without exhausting the stack */
    article_release(&a);
    str_release(&s);
    read_ok("<figure><figcaption>Figure 1. Open <b>end<figure><img src=a.png><figcaption>Figure 2. B.");
    assert_true(a.n_figures >= 1);
}

static void citations_in_plain_text(void **state)
{
    (void)state;
    static const char text[] =
        "Doses fell (Figs. 1-3). Supplementary data are in Fig. S1. Table 1 is a table. See Fig. 9.";
    for (int i = 0; i < 4; i++) {
        static const char *const numbers[] = {"1", "2", "3", "S1"};
        article_add_figure(&a)->number = numbers[i];
    }
    article_add_figure(&a)->number = "1";
    a.figures[4].kind = "table";
    struct cites cites;
    cites_init(&cites, &a);
    cites_add(&cites, "en", text, sizeof text - 1);
    cites_release(&cites);
    for (int i = 0; i < 5; i++)
        assert_int_equal(a.figures[i].n_mentions, 1);
    assert_string_equal(a.figures[1].mentions[0].text, "Doses fell (Figs. 1-3).");
    assert_string_equal(a.figures[3].mentions[0].text, "Supplementary data are in Fig. S1.");
    assert_string_equal(a.figures[4].mentions[0].text, "Table 1 is a table.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(metadata, release),
        cmocka_unit_test_teardown(figure_elements, release),
        cmocka_unit_test_teardown(publishers_boxes, release),
        cmocka_unit_test_teardown(table_cells, release),
        cmocka_unit_test_teardown(character_sets, release),
        cmocka_unit_test_teardown(pages_that_are_no_article, release),
        cmocka_unit_test_teardown(broken_pages, release),
        cmocka_unit_test_teardown(citations_in_plain_text, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

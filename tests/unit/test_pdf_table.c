/* test_pdf_table.c: tables in small PDFs that the test writes itself: box, cells, notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "extract/pdf.h"
#include "tests/unit/table_text.h"

/* ---- writing a PDF */

enum { PAGE_W = 595, PAGE_H = 842, MAX_PAGES = 4 };

static struct str pages[MAX_PAGES];
static size_t n_pages;
static struct article a;

static int release(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_pages; i++)
        str_release(&pages[i]);
    n_pages = 0;
    article_release(&a);
    return 0;
}

static struct str *new_page(void)
{
    struct str *s = &pages[n_pages++];
    str_init(s, 1 << 20);
    return s;
}

static void put(struct str *s, double x, double y, double size, const char *font, const char *text)
{
    str_addf(s, "BT /%s %g Tf %g %g Td (%s) Tj ET\n", font, size, x, PAGE_H - y, text);
}

/* The cells of a line, divided by bars; an empty one leaves its column free. */
static void put_row(struct str *s, const double *x, double y, const char *font, const char *cells)
{
    for (size_t i = 0;; i++) {
        size_t n = strcspn(cells, "|");
        char cell[120];
        memcpy(cell, cells, n);
        cell[n] = 0;
        if (n)
            put(s, x[i], y, 8, font, cell);
        if (!cells[n])
            return;
        cells += n + 1;
    }
}

static void rule(struct str *s, double x0, double x1, double y)
{
    str_addf(s, "0.5 w %g %g m %g %g l S\n", x0, PAGE_H - y, x1, PAGE_H - y);
}

static void upright(struct str *s, double x, double y0, double y1)
{
    str_addf(s, "0.5 w %g %g m %g %g l S\n", x, PAGE_H - y0, x, PAGE_H - y1);
}

static void paragraph(struct str *s, double x, double y, double width, int lines)
{
    static const char words[] = "low doses of radiation were given to the joints of patients who had not answered to "
                                "other treatment and the outcome was noted over twelve months in clinic ";
    for (int i = 0; i < lines; i++) {
        char line[200] = "";
        size_t at = (size_t)(i * 37) % 90, n = (size_t)(width / 4.6);
        while (at && words[at - 1] != ' ')
            at--;
        for (size_t k = 0; k < n && k < sizeof line - 1; k++)
            line[k] = words[(at + k) % (sizeof words - 1)];
        put(s, x, y + 12 * i, 10, "Body", line);
    }
}

static void read_pages(void)
{
    struct str out = STR_INIT(8 << 20);
    struct err e = {0};
    str_add(&out, "%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[");
    for (size_t i = 0; i < n_pages; i++)
        str_addf(&out, "%zu 0 R ", 5 + 2 * i);
    str_addf(&out, "]/Count %zu>>\nendobj\n", n_pages);
    str_add(&out, "3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>\nendobj\n"
                  "4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>\nendobj\n");
    for (size_t i = 0; i < n_pages; i++)
        str_addf(
            &out,
            "%zu 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %zu 0 R/Resources<</Font<</Body 3 0 "
            "R/Bold 4 0 R>>>>>>\nendobj\n%zu 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n",
            5 + 2 * i, PAGE_W, PAGE_H, 6 + 2 * i, 6 + 2 * i, pages[i].len, pages[i].data);
    /* Without a cross-reference table MuPDF finds the objects by itself. */
    str_add(&out, "trailer\n<</Root 1 0 R>>\n%%EOF\n");
    static const struct pdf_options options = {.images = false, .max_dpi = 72};
    if (!pdf_extract((const unsigned char *)out.data, out.len, &options, &a, NULL, NULL, &e))
        fail_msg("%s", e.text);
    str_release(&out);
}

static const struct art_figure *table(const char *number)
{
    for (size_t i = 0; i < a.n_figures; i++)
        if (strcmp(a.figures[i].kind, "table") == 0 && a.figures[i].number && !a.figures[i].drop_reason &&
            strcmp(a.figures[i].number, number) == 0)
            return &a.figures[i];
    fail_msg("no table %s", number);
    return NULL;
}

static void assert_box(struct box b, double x0, double y0, double x1, double y1)
{
    const double slack = 6;
    if (b.x0 < x0 - slack || b.x0 > x0 + slack || b.y0 < y0 - slack || b.y0 > y0 + slack || b.x1 < x1 - slack ||
        b.x1 > x1 + slack || b.y1 < y1 - slack || b.y1 > y1 + slack)
        fail_msg("box %.0f %.0f %.0f %.0f, wanted %.0f %.0f %.0f %.0f", b.x0, b.y0, b.x1, b.y1, x0, y0, x1, y1);
}

static void caption(struct str *s, double x, double y, const char *label, const char *text)
{
    put(s, x, y, 9, "Bold", label);
    put(s, x + 45, y, 9, "Body", text);
}

/* ---- tests */

/* Rules above and below the heading and at the end; a rule under a heading that spans columns; a cell of two lines;
 * notes in small print. */
static void ruled_heading(void **state)
{
    (void)state;
    static const double x[] = {70, 200, 280, 360, 440}, centred[] = {0, 230, 0, 393};
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 12);
    caption(s, 60, 230, "Table 1.", "Pain before and after treatment.");
    rule(s, 60, 535, 240);
    put_row(s, centred, 252, "Bold", "|Before||After");
    rule(s, 195, 340, 256);
    rule(s, 355, 520, 256);
    put_row(s, x, 268, "Bold", "Joint|Mean|SD|Mean|SD");
    rule(s, 60, 535, 272);
    put_row(s, x, 284, "Body", "Knee|62.1|9.8|28.4|7.7");
    put_row(s, x, 300, "Body", "Wrist and all of|55.0|8.1|31.9|6.2");
    put_row(s, x, 310, "Body", "the hand");
    put_row(s, x, 326, "Body", "Heel|70.3|6.6|20.0|-");
    rule(s, 60, 535, 332);
    put(s, 60, 341, 7, "Body", "SD, standard deviation. Means of twelve months in all");
    put(s, 60, 349, 7, "Body", "of the patients.");
    paragraph(s, 60, 400, 470, 20);
    read_pages();
    const struct art_figure *f = table("1");
    assert_table(&f->table, "1#Before+2|3#After+2\n0#Joint|1#Mean|2#SD|3#Mean|4#SD\n0 Knee|1 62.1|2 9.8|3 28.4|4 7.7\n"
                            "0 Wrist and all of the hand|1 55.0|2 8.1|3 31.9|4 6.2\n0 Heel|1 70.3|2 6.6|3 20.0|4 -");
    assert_int_equal(f->table.rows, 5);
    assert_int_equal(f->table.columns, 5);
    assert_string_equal(f->notes, "SD, standard deviation. Means of twelve months in all of the patients.");
    assert_box(f->box, 60, 240, 535, 351);
}

/* A grid: upright rules part cells that stand close, and a cell of many lines is one. */
static void ruled_grid(void **state)
{
    (void)state;
    static const double x[] = {62, 152, 182}, edges[] = {60, 150, 180, 400}, lines[] = {240, 254, 282, 296};
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 12);
    caption(s, 60, 230, "Table 1.", "Joints.");
    for (int i = 0; i < 4; i++)
        rule(s, 60, 400, lines[i]);
    for (int i = 0; i < 4; i++)
        upright(s, edges[i], 240, 296);
    put_row(s, x, 250, "Bold", "Joint|No.|What was done");
    put_row(s, x, 264, "Body", "A knee that stands near|12|radiation in low doses, twice in a week, and this");
    put_row(s, x, 274, "Body", "||for six weeks");
    put_row(s, x, 292, "Body", "Heel|9|nothing");
    paragraph(s, 60, 340, 470, 20);
    read_pages();
    assert_table(&table("1")->table,
                 "0#Joint|1#No.|2#What was done\n0 A knee that stands near|1 12|2 radiation in low doses, twice in a "
                 "week, and this for six weeks\n0 Heel|1 9|2 nothing");
}

/* No rule at all: columns by white space, the first line is the heading. A row of one text names those below it. */
static void by_alignment(void **state)
{
    (void)state;
    static const double x[] = {60, 200, 300};
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 12);
    caption(s, 60, 230, "Table 1.", "Joints.");
    put_row(s, x, 246, "Body", "Joint|Before|After");
    put_row(s, x, 258, "Body", "Women");
    put_row(s, x, 270, "Body", "Knee|62|28");
    put_row(s, x, 282, "Body", "Heel|70|");
    put_row(s, x, 294, "Body", "Men");
    put_row(s, x, 306, "Body", "Knee|61|33");
    paragraph(s, 60, 360, 470, 20);
    read_pages();
    assert_table(&table("1")->table,
                 "0#Joint|1#Before|2#After\n0 Women\n0 Knee|1 62|2 28\n0 Heel|1 70\n0 Men\n0 Knee|1 61|2 33");
}

/* A short caption in the left column over a table as wide as the page, and text of both columns below. */
static void wider_than_its_caption(void **state)
{
    (void)state;
    static const double x[] = {55, 200, 350, 480};
    struct str *s = new_page();
    caption(s, 50, 80, "Table 1.", "Joints.");
    rule(s, 50, 545, 88);
    put_row(s, x, 100, "Bold", "Joint|Before|After|Change");
    rule(s, 50, 545, 104);
    put_row(s, x, 116, "Body", "Knee|62|28|-34");
    put_row(s, x, 128, "Body", "Heel|70|20|-50");
    rule(s, 50, 545, 134);
    for (int column = 0; column < 2; column++)
        paragraph(s, column ? 310 : 50, 170, 235, 45);
    read_pages();
    const struct art_figure *f = table("1");
    assert_table(&f->table, "0#Joint|1#Before|2#After|3#Change\n0 Knee|1 62|2 28|3 -34\n0 Heel|1 70|2 20|3 -50");
    assert_box(f->box, 50, 88, 545, 134);
}

/* Cells of two lines beside two rows that belong to one stub, which is centred beside them. */
static void cells_of_other_heights(void **state)
{
    (void)state;
    static const double x[] = {60, 160, 260, 340};
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 12);
    caption(s, 60, 230, "Table 1.", "Joints.");
    rule(s, 60, 400, 240);
    put_row(s, x, 250, "Bold", "Joint|Side|Before|After");
    rule(s, 60, 400, 254);
    for (int i = 0; i < 2; i++) {
        put_row(s, x, 266 + 26 * i, "Body", "|left|62|28");
        put_row(s, x, 271 + 26 * i, "Body", i ? "Heel" : "Knee");
        put_row(s, x, 276 + 26 * i, "Body", "|right|70|20");
    }
    rule(s, 60, 400, 308);
    paragraph(s, 60, 340, 470, 20);
    read_pages();
    assert_table(&table("1")->table, "0#Joint|1#Side|2#Before|3#After\n0 Knee|1 left|2 62|3 28\n1 right|2 70|3 20\n"
                                     "0 Heel|1 left|2 62|3 28\n1 right|2 70|3 20");
}

/* A table that goes on at the head of the next page, where its heading is printed again. */
static void over_two_pages(void **state)
{
    (void)state;
    static const double x[] = {60, 200, 300};
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 48);
    caption(s, 60, 660, "Table 1.", "Joints.");
    for (int page = 0; page < 2; page++) {
        double y = page ? 70 : 668;
        if (page)
            s = new_page();
        rule(s, 60, 400, y);
        put_row(s, x, y + 12, "Bold", "Joint|Before|After");
        rule(s, 60, 400, y + 16);
        put_row(s, x, y + 28, "Body", page ? "Heel|55|22" : "Knee|62|28");
        put_row(s, x, y + 40, "Body", page ? "Wrist|41|32" : "Elbow|70|20");
        rule(s, 60, 400, y + 46);
    }
    put(s, 60, 125, 7, "Body", "All on a scale from 0 to 100.");
    paragraph(s, 60, 170, 470, 30);
    read_pages();
    const struct art_figure *f = table("1");
    assert_table(&f->table,
                 "0#Joint|1#Before|2#After\n0 Knee|1 62|2 28\n0 Elbow|1 70|2 20\n0 Heel|1 55|2 22\n0 Wrist|1 41|"
                 "2 32");
    assert_int_equal(f->page, 1);
    assert_string_equal(f->notes, "All on a scale from 0 to 100.");
}

/* Text below the table: what stands at the head of the next page is another thing. */
static void does_not_go_on(void **state)
{
    (void)state;
    static const double x[] = {60, 200, 300};
    struct str *s = new_page();
    caption(s, 60, 80, "Table 1.", "Joints.");
    for (int page = 0; page < 2; page++) {
        if (page)
            s = new_page();
        rule(s, 60, 400, 90);
        put_row(s, x, 102, "Bold", page ? "Bone|Dose|Change" : "Joint|Before|After");
        rule(s, 60, 400, 106);
        put_row(s, x, 118, "Body", page ? "Hand|3|4" : "Knee|62|28");
        put_row(s, x, 130, "Body", page ? "Foot|5|6" : "Elbow|70|20");
        rule(s, 60, 400, 136);
        paragraph(s, 60, 170, 470, 30);
    }
    read_pages();
    assert_table(&table("1")->table, "0#Joint|1#Before|2#After\n0 Knee|1 62|2 28\n0 Elbow|1 70|2 20");
}

/* Where tables stand above their captions, the one between two captions belongs to the lower. */
static void above_their_captions(void **state)
{
    (void)state;
    static const double x[] = {60, 200, 300};
    struct str *s = new_page();
    for (int i = 0; i < 2; i++) {
        double y = 80 + 100 * i;
        rule(s, 60, 400, y);
        put_row(s, x, y + 12, "Bold", "Joint|Before|After");
        rule(s, 60, 400, y + 16);
        put_row(s, x, y + 28, "Body", i ? "Heel|1|2" : "Knee|3|4");
        put_row(s, x, y + 40, "Body", i ? "Toe|5|6" : "Elbow|7|8");
        rule(s, 60, 400, y + 46);
        caption(s, 60, y + 58, i ? "Table 2." : "Table 1.", "Joints.");
    }
    paragraph(s, 60, 290, 470, 35);
    read_pages();
    assert_table(&table("1")->table, "0#Joint|1#Before|2#After\n0 Knee|1 3|2 4\n0 Elbow|1 7|2 8");
    assert_table(&table("2")->table, "0#Joint|1#Before|2#After\n0 Heel|1 1|2 2\n0 Toe|1 5|2 6");
}

/* One column of sentences is a box with text, not a table of cells. */
static void no_sure_structure(void **state)
{
    (void)state;
    struct str *s = new_page();
    paragraph(s, 60, 60, 470, 12);
    caption(s, 60, 230, "Table 1.", "Who was let in.");
    rule(s, 60, 400, 240);
    for (int i = 0; i < 6; i++)
        put(s, 62, 252 + 12 * i, 8, "Body",
            i & 1 ? "Patients with pain in a joint" : "No earlier radiation of the knee");
    rule(s, 60, 400, 318);
    paragraph(s, 60, 350, 470, 20);
    read_pages();
    assert_int_equal(table("1")->table.n_cells, 0);
    assert_box(table("1")->box, 60, 240, 400, 318);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(ruled_heading, release),
        cmocka_unit_test_teardown(ruled_grid, release),
        cmocka_unit_test_teardown(by_alignment, release),
        cmocka_unit_test_teardown(wider_than_its_caption, release),
        cmocka_unit_test_teardown(cells_of_other_heights, release),
        cmocka_unit_test_teardown(over_two_pages, release),
        cmocka_unit_test_teardown(does_not_go_on, release),
        cmocka_unit_test_teardown(above_their_captions, release),
        cmocka_unit_test_teardown(no_sure_structure, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

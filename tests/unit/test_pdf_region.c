/* test_pdf_region.c: what belongs to a figure and what doesn't. Small PDFs, one for each rule. */
#include "tests/unit/pdf_paper.h"

static void box_of_figure(const struct paper *p, const char *anchor, struct box *box)
{
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(p, &a, &seen, &e));
    *box = by_anchor(&a, anchor)->box;
    seen_release(&seen);
    article_release(&a);
}

/* The last line of a paragraph stands over the figure of the next column, and over that a line across the page. */
static void paragraph_tail_stays_out(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    put(s, 50, 70, 8, "Body",
        "An open-access article under the terms of the Creative Commons Attribution licence, and so "
        "on over the whole of the page.");
    paragraph(s, 50, 95, 235, 24);
    paragraph(s, 310, 95, 100, 1);
    plot(s, 320, 110, 220, 160);
    put(s, 310, 285, 8, "Bold", "Figure 1. Right column.");
    paragraph(s, 310, 320, 235, 38);
    paragraph(s, 50, 95 + 25 * 12, 235, 32);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 338, 110, 540, 268, 8);
    paper_release(&p);
}

/* A heading under a figure that has its caption above. */
static void heading_stays_out(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    put(s, 60, 200, 8, "Bold", "Figure 1. The caption stands above the plot.");
    plot(s, 60, 210, 460, 160);
    put(s, 60, 387, 11, "Bold", "Measures that were taken since");
    put(s, 90, 416, 9, "Body", "- a list");
    paragraph(s, 60, 440, 470, 20);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 78, 210, 520, 368, 8);
    paper_release(&p);
}

static void labelled_box(struct str *s, double x, double y, double h, const char *text)
{
    str_addf(s, "0.7 w %g %g 56 %g re S\n", x, PAGE_H - y - h, h);
    put(s, x + 6, y + 14, 9, "Body", text);
}

/* A diagram of small pieces: the first is near to the last only by way of those between them. */
static void sparse_diagram_is_whole(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    labelled_box(s, 460, 240, 22, "Person 2");
    labelled_box(s, 130, 240, 21, "Person 1");
    labelled_box(s, 240, 240, 20, "Person 3");
    labelled_box(s, 350, 240, 20, "Person 4");
    put(s, 60, 300, 8, "Bold", "Figure 1. Who meets whom.");
    paragraph(s, 60, 330, 470, 30);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 130, 240, 516, 262, 3);
    paper_release(&p);
}

/* The rule under the running head lies right over a picture of the left column. */
static void page_rule_stays_out(void **state)
{
    struct paper p = {0};
    struct box box;
    make_image(&p, 320, 200);
    struct str *s = new_page(&p);
    str_addf(s, "2 w 40 %d m 555 %d l S\n", PAGE_H - 72, PAGE_H - 72);
    place_image(s, 60, 75, 220, 140);
    put(s, 50, 232, 8, "Bold", "Figure 1. Left column.");
    paragraph(s, 50, 260, 235, 42);
    put(s, 310, 92, 12, "Bold", "5 Results of the trial");
    paragraph(s, 310, 110, 235, 54);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 60, 75, 280, 215, 3);
    paper_release(&p);
}

static void frame_of_lines(struct str *s, double x0, double y0, double x1, double y1)
{
    const double edges[4][4] = {{x0, y0, x0, y1}, {x1, y0, x1, y1}, {x0, y0, x1, y0}, {x0, y1, x1, y1}};
    for (int i = 0; i < 4; i++)
        str_addf(s, "0.4 w %g %g m %g %g l S\n", edges[i][0], PAGE_H - edges[i][1], edges[i][2], PAGE_H - edges[i][3]);
}

/* The figure is the last of the left column, its caption the first of the right one. */
static void caption_heads_next_column(void **state)
{
    struct paper p = {0};
    struct box box;
    make_image(&p, 320, 200);
    struct str *s = new_page(&p);
    paragraph(s, 50, 80, 235, 44);
    place_image(s, 60, 620, 220, 140);
    put(s, 310, 80, 8, "Bold", "Figure 1. At the foot of the other column.");
    paragraph(s, 310, 110, 235, 53);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 60, 620, 280, 760, 3);
    paper_release(&p);
}

/* The same, but text stands between: the picture under the left column is not the caption's. */
static void caption_in_a_column_waits_for_its_own(void **state)
{
    struct paper p = {0};
    struct box box;
    make_image(&p, 320, 200);
    struct str *s = new_page(&p);
    paragraph(s, 50, 80, 235, 44);
    place_image(s, 60, 620, 220, 140);
    paragraph(s, 310, 80, 235, 20);
    put(s, 310, 340, 8, "Bold", "Figure 1. In the middle of its column.");
    paragraph(s, 310, 370, 235, 32);
    box_of_figure(&p, "figure:1", &box);
    assert_true(!(box.x1 > box.x0));
    paper_release(&p);
}

/* Text set like the body's, in a box of four lines over the caption. */
static void listing_in_a_box_is_a_figure(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    frame_of_lines(s, 60, 200, 530, 300);
    paragraph(s, 64, 215, 460, 7);
    put(s, 60, 316, 8, "Bold",
        "Figure 1. What was said in the interviews, word for word, by the first of the patients.");
    paragraph(s, 60, 345, 470, 30);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 60, 200, 530, 300, 3);
    paper_release(&p);
}

/* Two words that end a paragraph over a framed figure are not of it. */
static void short_tail_over_a_frame_stays_out(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    paragraph(s, 50, 80, 235, 54);
    put(s, 310, 80, 10, "Body", "so far.");
    frame_of_lines(s, 310, 92, 545, 150);
    put(s, 320, 110, 9, "Body", "begin");
    put(s, 330, 125, 9, "Body", "count(all)");
    put(s, 320, 140, 9, "Body", "end");
    put(s, 310, 168, 8, "Bold", "Figure 1. How all are counted.");
    paragraph(s, 310, 200, 235, 44);
    box_of_figure(&p, "figure:1", &box);
    assert_box(box, 310, 92, 545, 150, 3);
    paper_release(&p);
}

/* The rounded corner of a box is no figure. */
static void ornament_is_no_figure(void **state)
{
    struct paper p = {0};
    struct box box;
    struct str *s = new_page(&p);
    for (int i = 0; i < 3; i++) { /* figures stand over their captions here */
        paragraph(s, 60, 80, 470, 8);
        plot(s, 60, 200, 460, 160);
        char caption[] = "Figure 1. A plot that tells where to look.";
        caption[7] = (char)('1' + i);
        put(s, 60, 380, 8, "Bold", caption);
        paragraph(s, 60, 410, 470, 20);
        s = new_page(&p);
    }
    paragraph(s, 60, 80, 470, 30);
    str_addf(s, "0.7 w 60 %d m 60 %d 64 %d 68 %d c S\n", PAGE_H - 478, PAGE_H - 472, PAGE_H - 470, PAGE_H - 470);
    put(s, 60, 492, 8, "Bold", "Figure 4. Nothing stands over it but the corner.");
    paragraph(s, 60, 520, 470, 15);
    box_of_figure(&p, "figure:4", &box);
    assert_true(!(box.x1 > box.x0));
    paper_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paragraph_tail_stays_out),     cmocka_unit_test(heading_stays_out),
        cmocka_unit_test(sparse_diagram_is_whole),      cmocka_unit_test(page_rule_stays_out),
        cmocka_unit_test(caption_heads_next_column),    cmocka_unit_test(caption_in_a_column_waits_for_its_own),
        cmocka_unit_test(listing_in_a_box_is_a_figure), cmocka_unit_test(short_tail_over_a_frame_stays_out),
        cmocka_unit_test(ornament_is_no_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

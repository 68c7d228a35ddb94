/* test_pdf.c: figures out of small PDFs that the test writes itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "extract/image_rows.h"
#include "extract/pdf.h"

/* ---- writing a PDF */

enum { MAX_OBJECTS = 40, PAGE_W = 595, PAGE_H = 842 };

struct paper {
    struct str pages[8]; /* content streams */
    size_t n_pages;
    struct str image; /* a JPEG that pages draw as /Im, or nothing */
    int image_w, image_h;
    const char *trailer; /* put into the trailer, or NULL */
};

static struct str *new_page(struct paper *p)
{
    struct str *s = &p->pages[p->n_pages++];
    str_init(s, 1 << 20);
    return s;
}

static void paper_release(struct paper *p)
{
    for (size_t i = 0; i < p->n_pages; i++)
        str_release(&p->pages[i]);
    str_release(&p->image);
}

/* Text with its baseline at y from the top. */
static void put(struct str *s, double x, double y, double size, const char *font, const char *text)
{
    str_addf(s, "BT /%s %g Tf %g %g Td (%s) Tj ET\n", font, size, x, PAGE_H - y, text);
}

/* Lines of body text, about `width` points wide. */
static double paragraph(struct str *s, double x, double y, double width, int lines)
{
    static const char words[] =
        "Low doses of radiation were given to the joints of patients who had not answered to other "
        "treatment and the outcome was noted over twelve months of careful observation in clinic ";
    for (int i = 0; i < lines; i++, y += 12) {
        struct str line = STR_INIT(400);
        size_t at = (size_t)(i * 37) % 90;
        while (at && words[at - 1] != ' ')
            at--;
        /* The words over and over, as far as the line is wide. */
        for (size_t n = (size_t)(width / 4.6); n > 0; n--, at = (at + 1) % (sizeof words - 1))
            str_add_char(&line, words[at]);
        put(s, x, y, 10, "Body", line.data);
        str_release(&line);
    }
    return y;
}

/* Axes, ticks with numbers, bars and a title of the axis. Top left corner at x, y. */
static void plot(struct str *s, double x, double y, double w, double h)
{
    str_addf(s, "1 w %g %g m %g %g l %g %g l S\n", x + 30, PAGE_H - y, x + 30, PAGE_H - y - h + 30, x + w,
             PAGE_H - y - h + 30);
    for (int i = 0; i < 5; i++) {
        double bx = x + 40 + i * (w - 50) / 5, bh = (h - 40) * (i + 1) / 5;
        str_addf(s, "0.2 0.4 %g rg %g %g %g %g re f\n", 0.1 * i, bx, PAGE_H - y - h + 31, 20.0, bh);
        put(s, bx + 6, y + h - 18, 7, "Body", "9");
        put(s, x + 18, y + 12 + i * (h - 50) / 5, 7, "Body", "42");
    }
    str_add(s, "0 g\n");
    put(s, x + w / 2 - 20, y + h - 4, 7, "Body", "Dose in Gy");
}

static void place_image(struct str *s, double x, double y, double w, double h)
{
    str_addf(s, "q %g 0 0 %g %g %g cm /Im Do Q\n", w, h, x, PAGE_H - y - h);
}

static void make_image(struct paper *p, int w, int h)
{
    struct image_info info;
    struct err e = {0};
    str_init(&p->image, 1 << 20);
    struct image_writer writer = {.out = &p->image, .jpeg = true, .info = &info};
    unsigned char row[3 * 400];
    assert_true(image_writer_begin(&writer, w, h, IMAGE_RGB, &e));
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            row[3 * x] = (unsigned char)(x * 255 / w);
            row[3 * x + 1] = (unsigned char)(y * 255 / h);
            row[3 * x + 2] = (unsigned char)((x * y) % 251);
        }
        assert_true(image_writer_row(&writer, row, &e));
    }
    assert_true(image_writer_end(&writer, &e));
    image_writer_release(&writer);
    p->image_w = w;
    p->image_h = h;
}

static void write_paper(const struct paper *p, struct str *out)
{
    size_t at[MAX_OBJECTS] = {0}, n = 6 + 2 * p->n_pages;
    str_init(out, 8 << 20);
    str_add(out, "%PDF-1.5\n");
    at[1] = out->len;
    str_add(out, "1 0 obj\n<</Type/Catalog/Pages 2 0 R/Lang(pt-BR)>>\nendobj\n");
    at[2] = out->len;
    str_add(out, "2 0 obj\n<</Type/Pages/Kids[");
    for (size_t i = 0; i < p->n_pages; i++)
        str_addf(out, "%zu 0 R ", 6 + 2 * i);
    str_addf(out, "]/Count %zu>>\nendobj\n", p->n_pages);
    at[3] = out->len;
    str_add(out, "3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>\nendobj\n");
    at[4] = out->len;
    str_add(out, "4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>\nendobj\n");
    at[5] = out->len;
    if (p->image.len) {
        str_addf(out,
                 "5 0 obj\n<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB"
                 "/Filter/DCTDecode/Length %zu>>\nstream\n",
                 p->image_w, p->image_h, p->image.len);
        str_add_bytes(out, p->image.data, p->image.len);
        str_add(out, "\nendstream\nendobj\n");
    } else {
        str_add(out, "5 0 obj\nnull\nendobj\n");
    }
    for (size_t i = 0; i < p->n_pages; i++) {
        at[6 + 2 * i] = out->len;
        str_addf(out,
                 "%zu 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %zu 0 R"
                 "/Resources<</Font<</Body 3 0 R/Bold 4 0 R>>/XObject<</Im 5 0 R>>>>>>\nendobj\n",
                 6 + 2 * i, PAGE_W, PAGE_H, 7 + 2 * i);
        at[7 + 2 * i] = out->len;
        str_addf(out, "%zu 0 obj\n<</Length %zu>>\nstream\n", 7 + 2 * i, p->pages[i].len);
        str_add_bytes(out, p->pages[i].data, p->pages[i].len);
        str_add(out, "\nendstream\nendobj\n");
    }
    size_t xref = out->len;
    str_addf(out, "xref\n0 %zu\n0000000000 65535 f \n", n);
    for (size_t i = 1; i < n; i++)
        str_addf(out, "%010zu 00000 n \n", at[i]);
    str_addf(out, "trailer\n<</Size %zu/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", n, p->trailer ? p->trailer : "",
             xref);
}

/* ---- reading it */

struct seen {
    size_t n, figure[16];
    struct str bytes[16];
    const char *media_type[16];
    int width[16], height[16];
    bool original[16];
    bool refuse;
};

static bool see(void *context, size_t index, const struct image *original, const struct image *picture, struct err *e)
{
    struct seen *seen = context;
    if (seen->refuse)
        return err_set(e, ERR_ABORT, "enough");
    assert_true(seen->n < 16);
    size_t i = seen->n++;
    seen->figure[i] = index;
    str_init(&seen->bytes[i], 8 << 20);
    str_add_bytes(&seen->bytes[i], picture->bytes, picture->len);
    seen->media_type[i] = picture->media_type;
    seen->width[i] = picture->width;
    seen->height[i] = picture->height;
    seen->original[i] = original == picture;
    return true;
}

static void seen_release(struct seen *seen)
{
    for (size_t i = 0; i < seen->n; i++)
        str_release(&seen->bytes[i]);
}

static bool extract(const struct paper *p, struct article *a, struct seen *seen, struct err *e)
{
    static const struct pdf_options options = {.images = true, .max_dpi = 150};
    struct str pdf;
    write_paper(p, &pdf);
    bool ok = pdf_extract((const unsigned char *)pdf.data, pdf.len, &options, a, see, seen, e);
    str_release(&pdf);
    return ok;
}

static const struct art_figure *by_anchor(const struct article *a, const char *anchor)
{
    for (size_t i = 0; i < a->n_figures; i++)
        if (str_same(a->figures[i].anchor, anchor))
            return &a->figures[i];
    fail_msg("no figure %s", anchor);
    return NULL;
}

static void assert_box(struct box b, double x0, double y0, double x1, double y1, double slack)
{
    if (b.x0 < x0 - slack || b.x0 > x0 + slack || b.y0 < y0 - slack || b.y0 > y0 + slack || b.x1 < x1 - slack ||
        b.x1 > x1 + slack || b.y1 < y1 - slack || b.y1 > y1 + slack)
        fail_msg("box %.0f %.0f %.0f %.0f, wanted %.0f %.0f %.0f %.0f", b.x0, b.y0, b.x1, b.y1, x0, y0, x1, y1);
}

/* ---- tests */

static void caption_below_plot(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    double y = paragraph(s, 60, 80, 470, 8);
    put(s, 60, y, 10, "Body", "The response rose with the dose in all groups (Fig. 1). Nothing else changed at all.");
    plot(s, 150, 220, 260, 180);
    put(s, 60, 420, 8, "Bold", "Figure 1.");
    put(s, 100, 420, 8, "Body", "Response to doses between nought and nine Gray in five groups of");
    put(s, 60, 430, 8, "Body", "mice; bars show means, and the treat-");
    put(s, 60, 440, 8, "Body", "ment was given 10 times.");
    paragraph(s, 60, 480, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    const struct art_figure *f = by_anchor(&a, "figure:1");
    assert_string_equal(f->label, "Figure 1");
    assert_string_equal(f->captions[0].text, "Response to doses between nought and nine Gray in five groups of mice; "
                                             "bars show means, and the treatment was given 10 times.");
    assert_int_equal(f->page, 1);
    assert_box(f->box, 168, 220, 410, 398, 8);
    assert_true(f->confidence > 0.5);
    assert_int_equal(f->n_mentions, 1);
    assert_non_null(strstr(f->mentions[0].text, "rose with the dose"));
    assert_int_equal(seen.n, 1);
    assert_string_equal(seen.media_type[0], "image/png");
    assert_true(seen.width[0] > 480 && seen.width[0] < 560);
    assert_true(f->image_sent);
    assert_string_equal(a.front.language, "pt-BR");
    assert_int_equal(a.pages, 1);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void jpeg_passes_through(void **state)
{
    struct paper p = {0};
    make_image(&p, 320, 200);
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    place_image(s, 140, 200, 320, 200);
    put(s, 60, 420, 8, "Bold", "Fig. 2");
    put(s, 90, 420, 8, "Body", "A photograph of nothing in particular.");
    paragraph(s, 60, 460, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    const struct art_figure *f = by_anchor(&a, "figure:2");
    assert_string_equal(f->captions[0].text, "A photograph of nothing in particular.");
    assert_int_equal(seen.n, 1);
    assert_true(seen.original[0]);
    assert_int_equal(seen.bytes[0].len, p.image.len);
    assert_memory_equal(seen.bytes[0].data, p.image.data, p.image.len);
    assert_int_equal(seen.width[0], 320);
    seen_release(&seen);
    article_release(&a);

    /* With a letter drawn over it the publisher's bytes are not the figure any more. */
    put(s, 150, 220, 12, "Bold", "A");
    memset(&seen, 0, sizeof seen);
    a = (struct article)ARTICLE_INIT;
    assert_true(extract(&p, &a, &seen, &e));
    assert_int_equal(seen.n, 1);
    assert_false(seen.original[0]);
    assert_string_equal(seen.media_type[0], "image/jpeg");
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void two_columns(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    /* Left: figure 1 with body above and below; right: figure 2 at the top. */
    paragraph(s, 50, 80, 235, 14);
    plot(s, 60, 270, 220, 140);
    put(s, 50, 425, 8, "Bold", "Figure 1. Left column, and its caption.");
    paragraph(s, 50, 460, 235, 26);
    plot(s, 320, 80, 220, 160);
    put(s, 310, 255, 8, "Bold", "Figure 2. Right column, and another one.");
    paragraph(s, 310, 290, 235, 40);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_box(by_anchor(&a, "figure:1")->box, 78, 270, 280, 408, 8);
    assert_box(by_anchor(&a, "figure:2")->box, 338, 80, 540, 238, 8);
    assert_string_equal(by_anchor(&a, "figure:2")->captions[0].text, "Right column, and another one.");
    assert_int_equal(seen.n, 2);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void table_is_no_figure(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 230, 8, "Bold", "Table 1.");
    put(s, 100, 230, 8, "Body", "Doses and what came of them.");
    str_addf(s, "0.5 w 60 %d m 520 %d l S 60 %d m 520 %d l S 60 %d m 520 %d l S\n", PAGE_H - 240, PAGE_H - 240,
             PAGE_H - 256, PAGE_H - 256, PAGE_H - 310, PAGE_H - 310);
    for (int i = 0; i < 5; i++) {
        put(s, 64, 251 + i * 13, 8, "Body", "Group");
        put(s, 250, 251 + i * 13, 8, "Body", "0.5 Gy");
        put(s, 440, 251 + i * 13, 8, "Body", "better");
    }
    paragraph(s, 60, 350, 470, 30);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    const struct art_figure *t = by_anchor(&a, "table:1");
    assert_string_equal(t->kind, "table");
    assert_string_equal(t->captions[0].text, "Doses and what came of them.");
    assert_box(t->box, 60, 240, 520, 310, 6);
    assert_int_equal(a.n_figures, 1);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void references_are_no_captions(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    double y = paragraph(s, 60, 80, 470, 6);
    put(s, 60, y, 10, "Body",
        "Figure 3 shows the same thing once more, and so does the one that comes behind it, as is");
    paragraph(s, 60, y + 12, 470, 12);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_int_equal(a.n_figures, 0);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void frame_around_both(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    str_addf(s, "0.5 w 60 %d 470 260 re S\n", PAGE_H - 480);
    plot(s, 150, 230, 260, 200);
    put(s, 70, 450, 8, "Bold", "Fig. 1");
    put(s, 100, 450, 8, "Body", "Everything in one frame, as some publishers have it, with a caption");
    put(s, 70, 460, 8, "Body", "of two lines.");
    paragraph(s, 60, 520, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_box(by_anchor(&a, "figure:1")->box, 168, 230, 410, 428, 8);
    assert_string_equal(by_anchor(&a, "figure:1")->captions[0].text,
                        "Everything in one frame, as some publishers have it, with a caption of two lines.");
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void doubled_letters_stay(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    plot(s, 150, 220, 260, 180);
    /* The label printed twice for boldness, the text once: "cells" keeps both of its l. */
    put(s, 60, 420, 8, "Body", "Figure 1.");
    put(s, 60.3, 420, 8, "Body", "Figure 1.");
    put(s, 95, 420, 8, "Body", "All cells will follow in small cells.");
    paragraph(s, 60, 470, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_string_equal(by_anchor(&a, "figure:1")->captions[0].text, "All cells will follow in small cells.");
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void figure_on_the_page_before(void **state)
{
    struct paper p = {0};
    paragraph(new_page(&p), 60, 80, 470, 50);
    plot(new_page(&p), 80, 100, 430, 600);
    struct str *s = new_page(&p);
    put(s, 60, 80, 8, "Bold", "Figure 1. It stands on the page before this one.");
    paragraph(s, 60, 120, 470, 45);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    const struct art_figure *f = by_anchor(&a, "figure:1");
    assert_int_equal(f->page, 2);
    assert_box(f->box, 98, 100, 510, 698, 12);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void damaged_page_is_skipped(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    plot(s, 150, 220, 260, 180);
    put(s, 60, 420, 8, "Bold", "Figure 1. Whole, though the next page is not.");
    paragraph(s, 60, 470, 470, 20);
    new_page(&p);
    struct str pdf;
    write_paper(&p, &pdf);
    /* The second page's tree node points nowhere. */
    char *kids = strstr(pdf.data, "8 0 R ]");
    assert_non_null(kids);
    memcpy(kids, "9 0 R ]", 7);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(pdf_extract((const unsigned char *)pdf.data, pdf.len, NULL, &a, see, &seen, &e));
    by_anchor(&a, "figure:1");
    seen_release(&seen);
    article_release(&a);
    /* Every cut of the file ends well or with an error. */
    for (size_t len = pdf.len; len > 0; len = len * 2 / 3) {
        struct article cut = ARTICLE_INIT;
        struct seen none = {0};
        e = (struct err){0};
        if (!pdf_extract((const unsigned char *)pdf.data, len, NULL, &cut, see, &none, &e))
            assert_true(e.kind == ERR_FORMAT && e.text[0]);
        seen_release(&none);
        article_release(&cut);
    }
    str_release(&pdf);
    paper_release(&p);
}

static void encrypted_is_refused(void **state)
{
    struct paper p = {0};
    paragraph(new_page(&p), 60, 80, 470, 8);
    /* Standard security with keys that no empty password opens. */
    p.trailer =
        "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]/Encrypt<</Filter/Standard/V 1"
        "/R 2/P -4/O<0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef>"
        "/U<fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210>>>";
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_false(extract(&p, &a, &seen, &e));
    assert_int_equal(e.kind, ERR_REFUSED);
    article_release(&a);
    paper_release(&p);
}

static void not_a_pdf(void **state)
{
    static const char *const texts[] = {"", "%PDF-1.4\n", "<html>Just a moment...</html>"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct article a = ARTICLE_INIT;
        struct err e = {0};
        assert_false(pdf_extract((const unsigned char *)texts[i], strlen(texts[i]), NULL, &a, NULL, NULL, &e));
        assert_int_equal(e.kind, ERR_FORMAT);
        article_release(&a);
    }
}

static void callback_stops_it(void **state)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    plot(s, 150, 220, 260, 180);
    put(s, 60, 420, 8, "Bold", "Figure 1. Seen once.");
    struct article a = ARTICLE_INIT;
    struct seen seen = {.refuse = true};
    struct err e = {0};
    assert_false(extract(&p, &a, &seen, &e));
    assert_int_equal(e.kind, ERR_ABORT);
    article_release(&a);
    paper_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caption_below_plot),
        cmocka_unit_test(jpeg_passes_through),
        cmocka_unit_test(two_columns),
        cmocka_unit_test(table_is_no_figure),
        cmocka_unit_test(references_are_no_captions),
        cmocka_unit_test(frame_around_both),
        cmocka_unit_test(doubled_letters_stay),
        cmocka_unit_test(figure_on_the_page_before),
        cmocka_unit_test(damaged_page_is_skipped),
        cmocka_unit_test(encrypted_is_refused),
        cmocka_unit_test(not_a_pdf),
        cmocka_unit_test(callback_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

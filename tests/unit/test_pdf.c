/* test_pdf.c: figures out of small PDFs that the test writes itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "base/str.h"
#include "extract/image_rows.h"
#include "extract/pdf.h"
#include "tests/unit/pdf_paper.h"

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

    /* A line around it changes nothing. */
    str_addf(s, "0.5 w 140 %d 320 200 re S\n", PAGE_H - 400);
    memset(&seen, 0, sizeof seen);
    a = (struct article)ARTICLE_INIT;
    assert_true(extract(&p, &a, &seen, &e));
    assert_true(seen.n == 1 && seen.original[0]);
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

/* A chart of 100 x 60 pixels as spreadsheets export it: a faint line around white paper, and a red block in it. */
static void make_chart(struct paper *p)
{
    str_init(&p->image, 1 << 20);
    p->image_w = 100;
    p->image_h = 60;
    p->raw = true;
    for (int y = 0; y < 60; y++)
        for (int x = 0; x < 100; x++) {
            bool edge = x == 0 || y == 0 || x == 99 || y == 59, block = x >= 30 && x < 70 && y >= 20 && y < 40;
            const unsigned char pixel[3] = {edge    ? 220
                                            : block ? 200
                                                    : 255,
                                            edge    ? 220
                                            : block ? 20
                                                    : 255,
                                            edge    ? 220
                                            : block ? 30
                                                    : 255};
            str_add_bytes(&p->image, pixel, sizeof pixel);
        }
}

static void own_pixels_are_not_blurred(void **state)
{
    struct paper p = {0};
    make_chart(&p);
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    place_image(s, 140.3, 200.7, 320, 192);
    put(s, 60, 420, 8, "Bold", "Fig. 2");
    put(s, 90, 420, 8, "Body", "A chart of one block.");
    paragraph(s, 60, 460, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_int_equal(seen.n, 1);
    png_image png = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&png, seen.bytes[0].data, seen.bytes[0].len));
    png.format = PNG_FORMAT_RGB;
    unsigned char pixels[96 * 56 * 3];
    assert_int_equal(png.width, 96);
    assert_int_equal(png.height, 56);
    assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    for (int y = 0; y < 56; y++)
        for (int x = 0; x < 96; x++) {
            bool block = x >= 28 && x < 68 && y >= 18 && y < 38;
            const unsigned char *pixel = pixels + 3 * (96 * y + x);
            assert_true(pixel[0] == (block ? 200 : 255) && pixel[1] == (block ? 20 : 255));
        }
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

enum { NOTHING, PINK, PALE, STRIPES, NOISE };

/* A white picture with a grey block and, at x, y, a pixel that is just coloured (PINK) or just not (PALE); or stripes
 * of `x` percent of its width in which neighbours differ. */
static void make_picture(struct paper *p, int width, int kind, int x, int y)
{
    enum { HEIGHT = 80 };
    uint32_t seed = 1;
    str_init(&p->image, 1 << 20);
    p->image_w = width;
    p->image_h = HEIGHT;
    p->raw = true;
    for (int v = 0; v < HEIGHT; v++)
        for (int u = 0; u < width; u++) {
            unsigned char grey = u >= 30 && u < 70 && v >= 20 && v < 40 ? 90 : 255, pixel[3];
            if (kind == STRIPES && u * 100 < x * width)
                grey = (unsigned char)(252 + u % 4);
            if (kind == NOISE)
                grey = (unsigned char)(251 + ((seed = seed * 1664525u + 1013904223u) >> 24) % 5);
            pixel[0] = pixel[1] = pixel[2] = grey;
            if (u == x && v == y && (kind == PINK || kind == PALE))
                pixel[1] = kind == PINK ? 251 : 252;
            str_add_bytes(&p->image, pixel, sizeof pixel);
        }
}

/* What becomes of such a picture: 'j' JPEG, 'g' grey PNG, 'c' PNG with colours. */
static char picture_kind(int width, int kind, int x, int y)
{
    struct paper p = {0};
    make_picture(&p, width, kind, x, y);
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    place_image(s, 140.3, 200.7, 320, 192);
    put(s, 60, 420, 8, "Bold", "Fig. 2");
    put(s, 90, 420, 8, "Body", "A chart of one block.");
    paragraph(s, 60, 460, 470, 20);
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    assert_true(extract(&p, &a, &seen, &e));
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.width[0], width); /* its own pixels */
    char found = 'j';
    if (!strcmp(seen.media_type[0], "image/png")) {
        png_image png = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_memory(&png, seen.bytes[0].data, seen.bytes[0].len));
        found = png.format & PNG_FORMAT_FLAG_COLOR ? 'c' : 'g';
        png_image_free(&png);
    }
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
    return found;
}

static void pictures_get_their_kind(void **state)
{
    static const int widths[] = {97, 112, 113}; /* whole blocks of pixels, and a rest */
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        int w = widths[i];
        assert_int_equal(picture_kind(w, NOTHING, 0, 0), 'g');
        for (int x = 0; x < w; x += x == 0 ? 46 : w - 47) { /* first, inner and last pixel */
            assert_int_equal(picture_kind(w, PINK, x, 50), 'c');
            assert_int_equal(picture_kind(w, PALE, x, 50), 'g');
        }
        assert_int_equal(picture_kind(w, PINK, w - 1, 79), 'c');
        assert_int_equal(picture_kind(w, NOISE, 0, 0), 'j');
        assert_int_equal(picture_kind(w, STRIPES, 42, 0), 'g');
        assert_int_equal(picture_kind(w, STRIPES, 50, 0), 'j');
    }
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
        cmocka_unit_test(pictures_get_their_kind),
        cmocka_unit_test(caption_below_plot),
        cmocka_unit_test(jpeg_passes_through),
        cmocka_unit_test(own_pixels_are_not_blurred),
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

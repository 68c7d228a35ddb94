/* test_pdf_scan.c: pages that are pictures of pages. */
#include "tests/unit/pdf_paper.h"

#include <mupdf/fitz.h>
#include <string.h>

#include "extract/ocr.h"

enum { DPI = 150 };

/* A paper whose only page is a picture of the other's first page. */
static void scan_of(const struct paper *p, struct paper *scan)
{
    struct str pdf;
    struct image_info info;
    struct err e = {0};
    write_paper(p, &pdf);
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_register_document_handlers(ctx);
    fz_stream *stream = fz_open_memory(ctx, (const unsigned char *)pdf.data, pdf.len);
    fz_document *doc = fz_open_document_with_stream(ctx, "pdf", stream);
    fz_pixmap *pix =
        fz_new_pixmap_from_page_number(ctx, doc, 0, fz_scale(DPI / 72.0f, DPI / 72.0f), fz_device_rgb(ctx), 0);
    str_init(&scan->image, 4 << 20);
    struct image_writer w = {.out = &scan->image, .jpeg = true, .info = &info};
    assert_true(image_writer_begin(&w, pix->w, pix->h, IMAGE_RGB, &e));
    for (int y = 0; y < pix->h; y++)
        assert_true(image_writer_row(&w, pix->samples + (ptrdiff_t)y * pix->stride, &e));
    assert_true(image_writer_end(&w, &e));
    image_writer_release(&w);
    scan->image_w = pix->w;
    scan->image_h = pix->h;
    place_image(new_page(scan), 0, 0, PAGE_W, PAGE_H);
    fz_drop_pixmap(ctx, pix);
    fz_drop_document(ctx, doc);
    fz_drop_stream(ctx, stream);
    fz_drop_context(ctx);
    str_release(&pdf);
}

static void make_scan(struct paper *scan)
{
    struct paper p = {0};
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 8);
    plot(s, 150, 220, 260, 180);
    put(s, 60, 425, 9, "Bold", "Figure 1.");
    put(s, 105, 425, 9, "Body", "Response to doses between nought and nine in groups of mice.");
    paragraph(s, 60, 470, 470, 24);
    scan_of(&p, scan);
    paper_release(&p);
}

static bool extract_with(const struct paper *p, struct ocr *ocr, struct article *a, struct seen *seen, struct err *e)
{
    struct pdf_options options = {.images = true, .max_dpi = 300, .ocr = ocr};
    struct str pdf;
    write_paper(p, &pdf);
    bool ok = pdf_extract((const unsigned char *)pdf.data, pdf.len, &options, a, see, seen, e);
    str_release(&pdf);
    return ok;
}

static void graphics_without_text(void **state)
{
    struct paper scan = {0};
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    make_scan(&scan);
    assert_true(extract_with(&scan, NULL, &a, &seen, &e));
    assert_int_equal(a.n_figures, 1);
    assert_string_equal(a.figures[0].kind, "unlabelled");
    assert_string_equal(a.figures[0].drop_reason, "no_caption");
    assert_box(a.figures[0].box, 168, 220, 410, 390, 12);
    seen_release(&seen);
    article_release(&a);
    paper_release(&scan);
}

/* A layer of invisible text, as scanners add it, gives the caption. */
static void invisible_text(void **state)
{
    struct paper scan = {0};
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    make_scan(&scan);
    struct str *s = &scan.pages[0];
    str_add(s, "3 Tr\n");
    paragraph(s, 60, 80, 470, 8);
    put(s, 60, 425, 9, "Body", "Figure 1. Response to doses between nought and nine in groups of mice.");
    paragraph(s, 60, 470, 470, 24);
    assert_true(extract_with(&scan, NULL, &a, &seen, &e));
    const struct art_figure *f = by_anchor(&a, "figure:1");
    assert_string_equal(f->captions[0].text, "Response to doses between nought and nine in groups of mice.");
    assert_box(f->box, 168, 220, 410, 398, 12);
    assert_int_equal(seen.n, 1);
    /* At the scan's own resolution, not at 300 dpi. */
    assert_true(seen.width[0] > 242 * DPI / 72 - 40 && seen.width[0] < 242 * DPI / 72 + 60);
    seen_release(&seen);
    article_release(&a);
    paper_release(&scan);
}

static void text_by_ocr(void **state)
{
    struct paper scan = {0};
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    struct ocr *ocr = ocr_open("eng", &e);
    if (!ocr)
        skip(); /* built without Tesseract, or without English */
    make_scan(&scan);
    assert_true(extract_with(&scan, ocr, &a, &seen, &e));
    const struct art_figure *f = by_anchor(&a, "figure:1");
    assert_string_equal(f->label, "Figure 1");
    assert_string_equal(f->captions[0].text, "Response to doses between nought and nine in groups of mice.");
    assert_box(f->box, 168, 220, 410, 398, 12);
    seen_release(&seen);
    article_release(&a);
    paper_release(&scan);
    ocr_close(ocr);
}

/* A picture that fills a page whose text is no scan's is a figure like others. */
static void plate_is_no_scan(void **state)
{
    struct paper p = {0};
    struct article a = ARTICLE_INIT;
    struct seen seen = {0};
    struct err e = {0};
    make_image(&p, 320, 400);
    struct str *s = new_page(&p);
    place_image(s, 40, 40, 515, 690);
    put(s, 60, 750, 8, "Bold", "Figure 1. A plate.");
    assert_true(extract_with(&p, NULL, &a, &seen, &e));
    assert_box(by_anchor(&a, "figure:1")->box, 40, 40, 555, 730, 3);
    assert_true(seen.n == 1 && seen.original[0]);
    seen_release(&seen);
    article_release(&a);
    paper_release(&p);
}

static void unknown_language(void **state)
{
    struct err e = {0};
    assert_null(ocr_open("nonesuch", &e));
    err_clear(&e);
    assert_null(ocr_open("eng+nonesuch", &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "--ocr"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphics_without_text), cmocka_unit_test(invisible_text),   cmocka_unit_test(text_by_ocr),
        cmocka_unit_test(plate_is_no_scan),      cmocka_unit_test(unknown_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

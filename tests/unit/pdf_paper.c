#include "tests/unit/pdf_paper.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing a PDF */

struct str *new_page(struct paper *p)
{
    struct str *s = &p->pages[p->n_pages++];
    str_init(s, 1 << 20);
    return s;
}

void paper_release(struct paper *p)
{
    for (size_t i = 0; i < p->n_pages; i++)
        str_release(&p->pages[i]);
    str_release(&p->image);
}

void put(struct str *s, double x, double y, double size, const char *font, const char *text)
{
    str_addf(s, "BT /%s %g Tf %g %g Td (%s) Tj ET\n", font, size, x, PAGE_H - y, text);
}

double paragraph(struct str *s, double x, double y, double width, int lines)
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

void plot(struct str *s, double x, double y, double w, double h)
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

void place_image(struct str *s, double x, double y, double w, double h)
{
    str_addf(s, "q %g 0 0 %g %g %g cm /Im Do Q\n", w, h, x, PAGE_H - y - h);
}

void make_image(struct paper *p, int w, int h)
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

void write_paper(const struct paper *p, struct str *out)
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
                 "%s/Length %zu>>\nstream\n",
                 p->image_w, p->image_h, p->raw ? "" : "/Filter/DCTDecode", p->image.len);
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

bool see(void *context, size_t index, const struct image *original, const struct image *picture, struct err *e)
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

void seen_release(struct seen *seen)
{
    for (size_t i = 0; i < seen->n; i++)
        str_release(&seen->bytes[i]);
}

bool extract(const struct paper *p, struct article *a, struct seen *seen, struct err *e)
{
    static const struct pdf_options options = {.images = true, .max_dpi = 150};
    struct str pdf;
    write_paper(p, &pdf);
    bool ok = pdf_extract((const unsigned char *)pdf.data, pdf.len, &options, a, see, seen, e);
    str_release(&pdf);
    return ok;
}

const struct art_figure *by_anchor(const struct article *a, const char *anchor)
{
    for (size_t i = 0; i < a->n_figures; i++)
        if (str_same(a->figures[i].anchor, anchor))
            return &a->figures[i];
    fail_msg("no figure %s", anchor);
    return NULL;
}

void assert_box(struct box b, double x0, double y0, double x1, double y1, double slack)
{
    if (b.x0 < x0 - slack || b.x0 > x0 + slack || b.y0 < y0 - slack || b.y0 > y0 + slack || b.x1 < x1 - slack ||
        b.x1 > x1 + slack || b.y1 < y1 - slack || b.y1 > y1 + slack)
        fail_msg("box %.0f %.0f %.0f %.0f, wanted %.0f %.0f %.0f %.0f", b.x0, b.y0, b.x1, b.y1, x0, y0, x1, y1);
}

/* pdf_render.c: the picture of one figure: the publisher's own JPEG where it is the whole figure, else that part of the
 * page drawn at the resolution that it really has. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/image_rows.h"
#include "extract/pdf_page.h"

enum {
    MAX_PIXELS = 12 << 20,  /* of a rendered figure: 36 MiB as RGB */
    MAX_ENCODED = 64 << 20, /* bytes */
    MIN_TEXT_DPI = 200,     /* where lettering is drawn over coarse pictures */
};

/* ---- the publisher's own image */

struct catcher {
    fz_device super;
    int wanted, seen;
    fz_image *image;
    fz_cookie *cookie;
};

static void meet_image(fz_context *ctx, struct catcher *c, fz_image *image)
{
    if (c->seen++ != c->wanted || c->image)
        return;
    c->image = fz_keep_image(ctx, image);
    c->cookie->abort = 1;
}

static void catch_image(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm, float alpha,
                        fz_color_params params)
{
    meet_image(ctx, (struct catcher *)dev, image);
}

static void catch_mask(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm, fz_colorspace *space,
                       const float *colour, float alpha, fz_color_params params)
{
    meet_image(ctx, (struct catcher *)dev, image);
}

struct original {
    struct str bytes;
    const char *media_type; /* NULL: nothing of use */
    int width, height;
    bool readable; /* a plain grey or RGB JPEG */
};

/* The encoded bytes of the page's image number `ordinal`, if they are a JPEG or JPEG 2000 file. Throws. */
static void load_original(struct pdf_doc *d, const struct pdf_sheet *page, int ordinal, struct original *out)
{
    fz_context *ctx = d->ctx;
    fz_page *source = NULL;
    struct catcher *c = NULL;
    fz_cookie cookie = {0};
    fz_var(source);
    fz_var(c);
    fz_try(ctx)
    {
        source = fz_load_page(ctx, &d->pdf->super, page->number);
        c = fz_new_derived_device(ctx, struct catcher);
        c->super.fill_image = catch_image;
        c->super.fill_image_mask = catch_mask;
        c->wanted = ordinal;
        c->cookie = &cookie;
        fz_run_page_contents(ctx, source, &c->super, page->ctm, &cookie);
        fz_close_device(ctx, &c->super);
        fz_image *image = c->image;
        fz_compressed_buffer *packed = image ? fz_compressed_image_buffer(ctx, image) : NULL;
        int type = packed ? packed->params.type : FZ_IMAGE_UNKNOWN;
        if (packed && packed->buffer->len <= MAX_ENCODED && (type == FZ_IMAGE_JPEG || type == FZ_IMAGE_JPX)) {
            str_add_bytes(&out->bytes, packed->buffer->data, packed->buffer->len);
            out->media_type = type == FZ_IMAGE_JPEG ? "image/jpeg" : "image/jp2";
            out->width = image->w;
            out->height = image->h;
            out->readable = type == FZ_IMAGE_JPEG && (image->n == 1 || image->n == 3) && !image->mask &&
                            !image->use_decode && !image->use_colorkey && !image->imagemask && image->orientation <= 1;
        }
    }
    fz_always(ctx)
    {
        if (c)
            fz_drop_image(ctx, c->image);
        fz_drop_device(ctx, c ? &c->super : NULL);
        fz_drop_page(ctx, source);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
}

/* The one image that is the whole region with nothing over it, or NULL. */
static const struct pdf_mark *whole_image(const struct pdf_sheet *page, struct box region)
{
    const struct pdf_mark *only = NULL;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        if (m->kind == MARK_IMAGE && !m->white && box_area(box_intersect(m->box, region)) > 0.9 * box_area(region))
            only = m;
    }
    if (!only || !only->upright || box_area(only->box) < 0.97 * box_area(only->whole))
        return NULL;
    /* The region must be the image: not a part of it, and nothing of weight beside it. */
    if (box_area(box_intersect(only->box, region)) < 0.97 * fmax(box_area(region), box_area(only->box)))
        return NULL;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        bool inside = box_overlap_x(m->box, only->box) > 1 && box_overlap_y(m->box, only->box) > 1;
        if (m != only && m->order > only->order && inside && !m->furniture)
            return NULL;
    }
    for (size_t i = 0; i < page->n_lines; i++)
        if (box_holds_centre(only->box, page->lines[i].box) && !page->scanned)
            return NULL;
    return only;
}

/* ---- drawing */

static double resolution(const struct pdf_sheet *page, struct box region, double max_dpi)
{
    double native = 0, covered = 0;
    bool drawn = false;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        struct box common = box_intersect(m->box, region);
        if (m->furniture || m->white || m->gone || box_area(common) <= 0)
            continue;
        if (m->kind != MARK_IMAGE) {
            drawn = true;
            continue;
        }
        double w = box_width(m->whole), h = box_height(m->whole);
        native = fmax(native, 72 * fmax(m->width / fmax(w, 1), m->height / fmax(h, 1)));
        covered += box_area(common);
    }
    for (size_t i = 0; i < page->n_lines && !drawn; i++)
        drawn = box_holds_centre(region, page->lines[i].box);
    if (native <= 0 || covered < 0.3 * box_area(region))
        return max_dpi;
    return fmin(max_dpi, drawn ? fmax(native, MIN_TEXT_DPI) : fmax(native, 36));
}

/* Paints over lines of the caption or the body that reach into the region. */
static void cover_text(fz_context *ctx, const struct pdf_sheet *page, struct box region, double scale, fz_pixmap *pix)
{
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        bool foreign = line->class == LINE_CAPTION || line->class == LINE_FURNITURE ||
                       (line->class == LINE_BODY && !line->in_graphic);
        if (!foreign || box_area(box_intersect(line->box, region)) < 0.3 * box_area(line->box))
            continue;
        fz_irect r = fz_make_irect((int)floor(line->box.x0 * scale), (int)floor(line->box.y0 * scale),
                                   (int)ceil(line->box.x1 * scale), (int)ceil(line->box.y1 * scale));
        fz_clear_pixmap_rect_with_value(ctx, pix, 255, r);
    }
}

static bool is_grey(const fz_pixmap *pix)
{
    for (int y = 0; y < pix->h; y++) {
        const unsigned char *p = pix->samples + (ptrdiff_t)y * pix->stride;
        for (int x = 0; x < pix->w; x++, p += 3)
            if (abs(p[0] - p[1]) > 3 || abs(p[1] - p[2]) > 3)
                return false;
    }
    return true;
}

/* Neighbouring pixels of drawings are mostly the same, those of photographs mostly differ. */
static bool is_photo(const fz_pixmap *pix)
{
    size_t differ = 0, all = 0;
    int step = pix->h > 400 ? 3 : 1;
    for (int y = 0; y < pix->h; y += step) {
        const unsigned char *p = pix->samples + (ptrdiff_t)y * pix->stride;
        for (int x = 1; x < pix->w; x++, p += pix->n) {
            differ += memcmp(p, p + pix->n, pix->n) != 0;
            all++;
        }
    }
    return all && differ * 100 > all * 45;
}

/* Pixels a point: what was asked for, as far as the bounds on a picture's size let it. */
static double bounded_scale(struct box region, double dpi)
{
    double side = fmax(box_width(region), box_height(region));
    return fmin(fmin(dpi / 72, (PDF_MAX_SIDE - 2) / side), sqrt(MAX_PIXELS / box_area(region)));
}

static fz_pixmap *draw(struct pdf_doc *d, const struct pdf_sheet *page, struct box region, double scale)
{
    fz_context *ctx = d->ctx;
    fz_page *source = NULL;
    fz_pixmap *pix = NULL, *grey = NULL;
    fz_device *dev = NULL;
    fz_var(source);
    fz_var(pix);
    fz_var(grey);
    fz_var(dev);
    fz_try(ctx)
    {
        fz_irect r = fz_make_irect((int)floor(region.x0 * scale), (int)floor(region.y0 * scale),
                                   (int)ceil(region.x1 * scale), (int)ceil(region.y1 * scale));
        source = fz_load_page(ctx, &d->pdf->super, page->number);
        pix = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx), r, NULL, 0);
        fz_clear_pixmap_with_value(ctx, pix, 255);
        dev = fz_new_draw_device(ctx, fz_identity, pix);
        fz_run_page_contents(ctx, source, dev, fz_concat(page->ctm, fz_scale((float)scale, (float)scale)), NULL);
        fz_close_device(ctx, dev);
        cover_text(ctx, page, region, scale, pix);
        if (is_grey(pix)) {
            grey = fz_convert_pixmap(ctx, pix, fz_device_gray(ctx), NULL, NULL, fz_default_color_params, 0);
            fz_drop_pixmap(ctx, pix);
            pix = grey;
        }
    }
    fz_always(ctx)
    {
        fz_drop_device(ctx, dev);
        fz_drop_page(ctx, source);
    }
    fz_catch(ctx)
    {
        fz_drop_pixmap(ctx, pix);
        fz_rethrow(ctx);
    }
    return pix;
}

/* Rows of a pixmap without alpha as JPEG or PNG. */
static bool encode(const fz_pixmap *pix, struct str *bytes, struct raster *raster, struct image *out, struct err *e)
{
    struct image_info info;
    struct image_writer w = {.out = bytes, .raster = raster, .jpeg = is_photo(pix), .flat = true, .info = &info};
    bool ok = image_writer_begin(&w, pix->w, pix->h, pix->n == 1 ? IMAGE_GREY : IMAGE_RGB, e);
    for (int y = 0; ok && y < pix->h; y++)
        ok = image_writer_row(&w, pix->samples + (ptrdiff_t)y * pix->stride, e);
    ok = ok && image_writer_end(&w, e);
    image_writer_release(&w);
    *out = (struct image){w.jpeg ? "image/jpeg" : "image/png",
                          (const unsigned char *)bytes->data,
                          bytes->len,
                          pix->w,
                          pix->h,
                          raster,
                          NULL};
    return ok;
}

bool pdf_emit_picture(struct pdf_doc *d, const struct pdf_options *options, const struct pdf_sheet *page,
                      struct box region, size_t figure, article_image_fn *emit, void *context, struct err *e)
{
    fz_context *ctx = d->ctx;
    struct original original = {.bytes = STR_INIT(MAX_ENCODED)};
    struct str bytes = STR_INIT(MAX_ENCODED);
    struct image drawn = {0};
    struct image_info info;
    struct raster raster = RASTER_INIT;
    struct box sheet = {0, 0, page->width, page->height};
    struct err why = {0};
    fz_pixmap *pix = NULL;
    double max_dpi = options && options->max_dpi > 0 ? options->max_dpi : 300;
    /* A little air, so that nothing of a line's width or a letter's edge is cut off. */
    struct box area = box_intersect(box_grow(region, 1.5), sheet);
    if (box_width(area) < 2 || box_height(area) < 2)
        return true;
    fz_var(pix);
    fz_try(ctx)
    {
        const struct pdf_mark *whole = whole_image(page, region);
        if (whole)
            load_original(d, page, whole->image, &original);
        if (!original.readable)
            pix = draw(d, page, area, bounded_scale(area, resolution(page, region, max_dpi)));
    }
    fz_catch(ctx)
    {
        original.readable = false;
        err_set(&why, ERR_FORMAT, "%s", fz_caught_message(ctx));
    }
    /* A damaged file of the publisher's is drawn with its damage by every viewer; only its raster is missing. */
    if (original.readable)
        image_check((const unsigned char *)original.bytes.data, original.bytes.len, &info, &raster, NULL);
    bool made = original.readable || (pix && encode(pix, &bytes, &raster, &drawn, &why)), ok = true;
    fz_drop_pixmap(ctx, pix);
    if (made) {
        struct image first = {original.media_type, (const unsigned char *)original.bytes.data,
                              original.bytes.len,  original.width,
                              original.height,     &raster};
        const struct image *picture = original.readable ? &first : &drawn;
        d->article->figures[figure].image_sent = true;
        ok = emit(context, figure, original.media_type ? &first : NULL, picture, e);
    } else {
        article_warn(d->article, "page %d: a figure could not be drawn: %s", page->number + 1, why.text);
    }
    raster_release(&raster);
    str_release(&original.bytes);
    str_release(&bytes);
    return ok;
}

/* pdf_render.c: the picture of one figure: where one image is the whole figure, the publisher's own JPEG or the image's
 * own pixels, else that part of the page drawn at the resolution that it really has. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/image_rows.h"
#include "extract/pdf_page.h"

enum {
    MAX_PIXELS = 12 << 20,  /* of a rendered figure: 36 MiB as RGB */
    MAX_ENCODED = 64 << 20, /* bytes */
    MIN_TEXT_DPI = 200,     /* where lettering is drawn over coarse pictures */
};

/* ---- what a page draws */

/* The page as a display list: made once for all its figures, and what lies outside of one is skipped when it is drawn.
 * Throws. */
static fz_display_list *page_list(struct pdf_doc *d, const struct pdf_sheet *page)
{
    fz_context *ctx = d->ctx;
    fz_page *source = NULL;
    fz_device *dev = NULL;
    if (d->list && d->list_page == page->number)
        return d->list;
    pdf_drop_list(d);
    fz_var(source);
    fz_var(dev);
    fz_try(ctx)
    {
        d->list = fz_new_display_list(ctx, fz_make_rect(0, 0, (float)page->width, (float)page->height));
        d->list_page = page->number;
        source = fz_load_page(ctx, &d->pdf->super, page->number);
        dev = fz_new_list_device(ctx, d->list);
        fz_run_page_contents(ctx, source, dev, page->ctm, NULL);
        fz_close_device(ctx, dev);
    }
    fz_always(ctx)
    {
        fz_drop_device(ctx, dev);
        fz_drop_page(ctx, source);
    }
    fz_catch(ctx)
    {
        pdf_drop_list(d);
        fz_rethrow(ctx);
    }
    return d->list;
}

void pdf_drop_list(struct pdf_doc *d)
{
    fz_drop_display_list(d->ctx, d->list);
    d->list = NULL;
}

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
    bool readable;   /* a plain grey or RGB JPEG */
    fz_image *image; /* whose pixels are all of the figure, or NULL; to be dropped */
};

/* Whether an image is just its pixels: no mask, no colours that mean something else. */
static bool is_plain(const fz_image *image)
{
    return !image->mask && !image->use_colorkey && !image->imagemask && image->orientation <= 1;
}

/* The page's image number `ordinal`, and its encoded bytes if they are a JPEG or JPEG 2000 file. Throws. */
static void load_original(struct pdf_doc *d, const struct pdf_sheet *page, int ordinal, struct original *out)
{
    fz_context *ctx = d->ctx;
    struct catcher *c = NULL;
    fz_cookie cookie = {0};
    fz_var(c);
    fz_try(ctx)
    {
        c = fz_new_derived_device(ctx, struct catcher);
        c->super.fill_image = catch_image;
        c->super.fill_image_mask = catch_mask;
        c->wanted = ordinal;
        c->cookie = &cookie;
        fz_run_display_list(ctx, page_list(d, page), &c->super, fz_identity, fz_infinite_rect, &cookie);
        fz_close_device(ctx, &c->super);
        fz_image *image = c->image;
        fz_compressed_buffer *packed = image ? fz_compressed_image_buffer(ctx, image) : NULL;
        int type = packed ? packed->params.type : FZ_IMAGE_UNKNOWN;
        if (packed && packed->buffer->len <= MAX_ENCODED && (type == FZ_IMAGE_JPEG || type == FZ_IMAGE_JPX)) {
            str_add_bytes(&out->bytes, packed->buffer->data, packed->buffer->len);
            out->media_type = type == FZ_IMAGE_JPEG ? "image/jpeg" : "image/jp2";
            out->width = image->w;
            out->height = image->h;
            out->readable =
                type == FZ_IMAGE_JPEG && (image->n == 1 || image->n == 3) && is_plain(image) && !image->use_decode;
        }
        if (image && is_plain(image))
            out->image = fz_keep_image(ctx, image);
    }
    fz_always(ctx)
    {
        if (c)
            fz_drop_image(ctx, c->image);
        fz_drop_device(ctx, c ? &c->super : NULL);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
}

/* A line around an image, no wider than the image itself. */
static bool is_outline(const struct pdf_mark *m, struct box image)
{
    return m->kind == MARK_STROKE && m->rect && box_contains(m->box, image, 1.5) && box_contains(image, m->box, 3);
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
        if (m != only && m->order > only->order && inside && !m->furniture && !is_outline(m, only->box))
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
        /* What a scanned page shows is in its picture, whatever was found there. */
        bool hidden = page->scanned ? m->kind != MARK_IMAGE : m->furniture || m->gone;
        if (hidden || m->white || box_area(common) <= 0)
            continue;
        if (m->kind != MARK_IMAGE) {
            drawn = true;
            continue;
        }
        double w = box_width(m->whole), h = box_height(m->whole);
        native = fmax(native, 72 * fmax(m->width / fmax(w, 1), m->height / fmax(h, 1)));
        covered += box_area(common);
    }
    for (size_t i = 0; i < page->n_lines && !drawn && !page->scanned; i++)
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

/* RGB pixels to be encoded: all of a pixmap, or the inner part of one. */
struct view {
    const unsigned char *samples;
    int w, h;
    ptrdiff_t stride;
};

/* Rows are looked at in blocks that the compiler makes vectors of: every byte of one is taken for the first of a pixel,
 * and what is found at those that are none is masked. */
enum { BLOCK = 48 /* bytes; whole pixels and whole vectors */ };

static const unsigned char starts_pixel[BLOCK] = {1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1,
                                                  0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0,
                                                  0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0};

static inline bool is_far(unsigned char a, unsigned char b)
{
    enum { NEAR = 3 };
    unsigned char more = a > b ? a : b, less = a > b ? b : a;
    return (unsigned char)(more - less) > NEAR;
}

static inline bool has_colour(const unsigned char *p)
{
    return is_far(p[0], p[1]) | is_far(p[1], p[2]);
}

static bool is_grey(const struct view *v)
{
    size_t n = 3 * (size_t)v->w;
    for (int y = 0; y < v->h; y++) {
        const unsigned char *p = v->samples + y * v->stride;
        unsigned char colour = 0;
        size_t x = 0;
        for (; x + BLOCK + 2 <= n && !colour; x += BLOCK)
            for (size_t i = 0; i < BLOCK; i++)
                colour |= starts_pixel[i] & has_colour(p + x + i);
        for (; x < n && !colour; x += 3)
            colour = has_colour(p + x);
        if (colour)
            return false;
    }
    return true;
}

static inline bool differs_from_last(const unsigned char *p)
{
    return (p[0] != p[-3]) | (p[1] != p[-2]) | (p[2] != p[-1]);
}

/* Neighbouring pixels of drawings are mostly the same, those of photographs mostly differ. */
static bool is_photo(const struct view *v)
{
    size_t differ = 0, all = 0, n = 3 * (size_t)v->w;
    int step = v->h > 400 ? 3 : 1;
    for (int y = 0; y < v->h; y += step) {
        const unsigned char *p = v->samples + y * v->stride;
        size_t x = 3;
        for (; x + BLOCK + 2 <= n; x += BLOCK) {
            unsigned char found = 0; /* at most a third of BLOCK */
            for (size_t i = 0; i < BLOCK; i++)
                found += starts_pixel[i] & differs_from_last(p + x + i);
            differ += found;
        }
        for (; x < n; x += 3)
            differ += differs_from_last(p + x);
        all += (size_t)v->w - 1;
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
    fz_pixmap *pix = NULL;
    fz_device *dev = NULL;
    fz_var(pix);
    fz_var(dev);
    fz_try(ctx)
    {
        fz_irect r = fz_make_irect((int)floor(region.x0 * scale), (int)floor(region.y0 * scale),
                                   (int)ceil(region.x1 * scale), (int)ceil(region.y1 * scale));
        pix = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx), r, NULL, 0);
        fz_clear_pixmap_with_value(ctx, pix, 255);
        dev = fz_new_draw_device(ctx, fz_identity, pix);
        fz_run_display_list(ctx, page_list(d, page), dev, fz_scale((float)scale, (float)scale), fz_rect_from_irect(r),
                            NULL);
        fz_close_device(ctx, dev);
        cover_text(ctx, page, region, scale, pix);
    }
    fz_always(ctx)
    {
        fz_drop_device(ctx, dev);
    }
    fz_catch(ctx)
    {
        fz_drop_pixmap(ctx, pix);
        fz_rethrow(ctx);
    }
    return pix;
}

/* The least sample of the ring of pixels that lies `inset` inside of the edge. */
static int darkest_of_ring(const struct view *v, int inset)
{
    int least = 255;
    for (int y = inset; y < v->h - inset; y++) {
        const unsigned char *row = v->samples + y * v->stride;
        int step = y == inset || y == v->h - 1 - inset ? 1 : v->w - 1 - 2 * inset;
        for (int x = inset; x < v->w - inset; x += step)
            for (int k = 0; k < 3; k++)
                least = row[3 * x + k] < least ? row[3 * x + k] : least;
    }
    return least;
}

/* Spreadsheets put a faint line around a chart. Where the ring inside of it is white it says nothing: without it the
 * picture's edge is paper, as it is around drawn ones. */
static void leave_out_outline(struct view *v)
{
    enum { LINE = 2 };
    if (v->w < 50 || v->h < 50 || darkest_of_ring(v, 0) > 250 || darkest_of_ring(v, LINE) < 250)
        return;
    v->samples += LINE * v->stride + 3 * LINE;
    v->w -= 2 * LINE;
    v->h -= 2 * LINE;
}

/* The image's own pixels as RGB, without drawing them: nothing is blurred. NULL: there are too many, or more than
 * `max_dpi` asks for. Throws. */
static fz_pixmap *own_pixels(struct pdf_doc *d, fz_image *image, struct box region, double max_dpi)
{
    fz_context *ctx = d->ctx;
    fz_pixmap *pix = NULL, *rgb = NULL;
    bool too_fine = image->w > 1.05 * max_dpi / 72 * box_width(region);
    if (too_fine || (double)image->w * image->h > MAX_PIXELS || image->w > PDF_MAX_SIDE || image->h > PDF_MAX_SIDE)
        return NULL;
    pix = fz_get_pixmap_from_image(ctx, image, NULL, NULL, NULL, NULL);
    if (pix->colorspace == fz_device_rgb(ctx) && !pix->alpha && pix->n == 3)
        return pix;
    fz_var(rgb);
    fz_try(ctx)
    {
        if (pix->colorspace && !pix->alpha && !pix->s)
            rgb = fz_convert_pixmap(ctx, pix, fz_device_rgb(ctx), NULL, NULL, fz_default_color_params, 0);
    }
    fz_always(ctx)
    {
        fz_drop_pixmap(ctx, pix);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
    return rgb;
}

/* JPEG or PNG; grey where there is no colour. */
static bool encode(const struct view *v, struct str *bytes, struct raster *raster, struct image *out, struct err *e)
{
    struct image_info info;
    struct image_writer w = {.out = bytes, .raster = raster, .jpeg = is_photo(v), .flat = true, .info = &info};
    unsigned char *grey = is_grey(v) ? mem_new((size_t)v->w) : NULL;
    bool ok = image_writer_begin(&w, v->w, v->h, grey ? IMAGE_GREY : IMAGE_RGB, e);
    for (int y = 0; ok && y < v->h; y++) {
        const unsigned char *row = v->samples + y * v->stride;
        for (int x = 0; grey && x < v->w; x++)
            grey[x] = row[3 * x + 1];
        ok = image_writer_row(&w, grey ? grey : row, e);
    }
    ok = ok && image_writer_end(&w, e);
    image_writer_release(&w);
    free(grey);
    *out = (struct image){
        w.jpeg ? "image/jpeg" : "image/png", (const unsigned char *)bytes->data, bytes->len, v->w, v->h, raster, NULL};
    return ok;
}

static bool encode_pixmap(const fz_pixmap *pix, bool own, struct str *bytes, struct raster *raster, struct image *out,
                          struct err *e)
{
    struct view v = {pix->samples, pix->w, pix->h, pix->stride};
    if (own)
        leave_out_outline(&v);
    return encode(&v, bytes, raster, out, e);
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
    bool own = false;
    double max_dpi = options && options->max_dpi > 0 ? options->max_dpi : 300;
    /* A little air, so that nothing of a line's width or a letter's edge is cut off. */
    struct box area = box_intersect(box_grow(region, 1.5), sheet);
    if (box_width(area) < 2 || box_height(area) < 2)
        return true;
    fz_var(pix);
    fz_var(own);
    fz_try(ctx)
    {
        const struct pdf_mark *whole = whole_image(page, region);
        if (whole)
            load_original(d, page, whole->image, &original);
        if (!original.readable && original.image)
            pix = own_pixels(d, original.image, region, max_dpi);
        own = pix;
        if (!original.readable && !pix)
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
    bool made = original.readable || (pix && encode_pixmap(pix, own, &bytes, &raster, &drawn, &why)), ok = true;
    fz_drop_pixmap(ctx, pix);
    if (made) {
        struct image first = {original.media_type, (const unsigned char *)original.bytes.data,
                              original.bytes.len,  original.width,
                              original.height,     &raster};
        const struct image *picture = original.readable ? &first : &drawn;
        d->article->figures[figure].image_sent = true;
        pdf_place_panels(d, page, original.readable ? region : area, &d->article->figures[figure], &raster);
        ok = emit(context, figure, original.media_type ? &first : NULL, picture, e);
    } else {
        article_warn(d->article, "page %d: a figure could not be drawn: %s", page->number + 1, why.text);
    }
    fz_drop_image(ctx, original.image);
    raster_release(&raster);
    str_release(&original.bytes);
    str_release(&bytes);
    return ok;
}

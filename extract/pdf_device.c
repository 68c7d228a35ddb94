/* pdf_device.c: one interpretation of a page: text goes on to pdf_chars.c, everything else becomes a mark with its box.
 * No image is decoded here. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "extract/pdf_page.h"

struct recorder {
    fz_device super;
    struct pdf_sheet *page;
    struct pdf_chars *seen, *unseen; /* unseen: OCR layers, white on white */
    int order;
    int hidden; /* depth of soft masks and tiles, whose content is not drawn as it stands */
    int images;
    size_t visible_chars, hidden_chars;
};

static struct box box_of(fz_rect r)
{
    return (struct box){r.x0, r.y0, r.x1, r.y1};
}

/* Small things close to each other (glyphs drawn as paths, scatter points) become one mark while they are recorded:
 * pages with 100,000 of them exist. */
static bool joins_last(const struct pdf_mark *last, const struct pdf_mark *mark)
{
    enum { SMALL = 20, TOGETHER = 60 };
    if (last->kind != mark->kind || mark->kind == MARK_IMAGE || last->white != mark->white)
        return false;
    if (box_width(mark->box) > SMALL || box_height(mark->box) > SMALL)
        return false;
    struct box both = box_union(last->box, mark->box);
    return box_width(both) <= TOGETHER && box_height(both) <= TOGETHER && box_overlap_x(last->box, mark->box) > -4 &&
           box_overlap_y(last->box, mark->box) > -4;
}

static void add_mark(struct recorder *r, struct pdf_mark mark)
{
    struct pdf_sheet *page = r->page;
    struct box sheet = {0, 0, page->width, page->height};
    struct box b = box_intersect(mark.box, sheet);
    /* Lines have no width of their own; half a point makes their boxes non-empty. */
    if (mark.box.x1 < 0 || mark.box.y1 < 0 || mark.box.x0 > sheet.x1 || mark.box.y0 > sheet.y1)
        return;
    if (b.x1 - b.x0 < 0.5)
        b.x1 = b.x0 + 0.5;
    if (b.y1 - b.y0 < 0.5)
        b.y1 = b.y0 + 0.5;
    if (!isfinite(b.x0 + b.x1 + b.y0 + b.y1))
        return;
    mark.box = b;
    mark.order = r->order;
    if (page->n_marks) {
        struct pdf_mark *last = &page->marks[page->n_marks - 1];
        if (joins_last(last, &mark)) {
            last->box = box_union(last->box, b);
            last->rect = false;
            last->order = r->order;
            return;
        }
    }
    if (page->n_marks >= PDF_MAX_MARKS) {
        /* Too many to keep apart: it widens the nearest of the last few, or else is one more of nothing new. */
        for (size_t i = page->n_marks; i > 0 && i > page->n_marks - 64; i--) {
            struct pdf_mark *m = &page->marks[i - 1];
            if (box_overlap_x(m->box, b) > -12 && box_overlap_y(m->box, b) > -12 && m->kind != MARK_IMAGE) {
                m->box = box_union(m->box, b);
                return;
            }
        }
        return;
    }
    MEM_GROW(page->marks, page->n_marks, page->cap_marks);
    page->marks[page->n_marks++] = mark;
}

static struct box clipped(fz_context *ctx, struct recorder *r, fz_rect box)
{
    fz_rect scissor = fz_device_current_scissor(ctx, &r->super);
    return box_of(fz_is_infinite_rect(scissor) ? box : fz_intersect_rect(box, scissor));
}

struct tint {
    float rgb[3]; /* 0 to 1 */
};

static struct tint tint_of(fz_context *ctx, fz_colorspace *space, const float *colour, fz_color_params params)
{
    struct tint t = {{0, 0, 0}};
    if (space && colour)
        fz_convert_color(ctx, space, colour, fz_device_rgb(ctx), t.rgb, NULL, params);
    return t;
}

static bool tint_white(struct tint t)
{
    return t.rgb[0] > 0.98f && t.rgb[1] > 0.98f && t.rgb[2] > 0.98f;
}

static unsigned tint_hex(struct tint t)
{
    unsigned hex = 0;
    for (int i = 0; i < 3; i++)
        hex = hex << 8 | (unsigned)(fz_clamp(t.rgb[i], 0, 1) * 255);
    return hex;
}

static bool is_white(fz_context *ctx, fz_colorspace *space, const float *colour, fz_color_params params)
{
    return tint_white(tint_of(ctx, space, colour, params));
}

/* Walks a path and notes one box a subpath: header and footer rule drawn in one go must not look like a page-wide
 * picture. */
struct walk {
    struct recorder *r;
    fz_matrix ctm;
    double grow; /* half the line width */
    struct pdf_mark mark;
    fz_rect box;
    int points;
    bool upright; /* only horizontal and vertical segments so far */
    fz_point start, last;
};

static void finish_subpath(fz_context *ctx, struct walk *w)
{
    if (w->points > 1) {
        struct pdf_mark mark = w->mark;
        fz_rect box = w->box;
        if (w->grow > 0)
            box = fz_expand_rect(box, (float)w->grow);
        mark.box = clipped(ctx, w->r, box);
        mark.rect = w->upright && w->points <= 6;
        bool cut_away = mark.box.x1 < mark.box.x0 || mark.box.y1 < mark.box.y0 ||
                        (mark.box.x1 - mark.box.x0 <= 0 && mark.box.y1 - mark.box.y0 <= 0);
        if (!cut_away)
            add_mark(w->r, mark);
    }
    w->points = 0;
}

static void add_point(struct walk *w, float x, float y)
{
    fz_point p = fz_transform_point_xy(x, y, w->ctm);
    if (w->points++ == 0)
        w->box = fz_make_rect(p.x, p.y, p.x, p.y);
    else {
        w->box = fz_include_point_in_rect(w->box, p);
        if (fabsf(p.x - w->last.x) > 0.1f && fabsf(p.y - w->last.y) > 0.1f)
            w->upright = false;
    }
    w->last = p;
}

static void walk_move(fz_context *ctx, void *arg, float x, float y)
{
    struct walk *w = arg;
    finish_subpath(ctx, w);
    w->upright = true;
    add_point(w, x, y);
}

static void walk_line(fz_context *ctx, void *arg, float x, float y)
{
    add_point(arg, x, y);
}

static void walk_curve(fz_context *ctx, void *arg, float x1, float y1, float x2, float y2, float x3, float y3)
{
    struct walk *w = arg;
    add_point(w, x1, y1);
    add_point(w, x2, y2);
    add_point(w, x3, y3);
}

static void walk_close(fz_context *ctx, void *arg)
{
}

static void record_path(fz_context *ctx, struct recorder *r, const fz_path *path, fz_matrix ctm, struct pdf_mark mark,
                        double grow)
{
    static const fz_path_walker walker = {walk_move, walk_line, walk_curve, walk_close};
    struct walk w = {.r = r, .ctm = ctm, .grow = grow, .mark = mark};
    fz_walk_path(ctx, path, &walker, &w);
    finish_subpath(ctx, &w);
}

static void fill_path(fz_context *ctx, fz_device *dev, const fz_path *path, int even_odd, fz_matrix ctm,
                      fz_colorspace *space, const float *colour, float alpha, fz_color_params params)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden || alpha <= 0.01f)
        return;
    struct pdf_mark mark = {.kind = MARK_FILL, .image = -1, .white = is_white(ctx, space, colour, params)};
    record_path(ctx, r, path, ctm, mark, 0);
}

static void stroke_path(fz_context *ctx, fz_device *dev, const fz_path *path, const fz_stroke_state *stroke,
                        fz_matrix ctm, fz_colorspace *space, const float *colour, float alpha, fz_color_params params)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden || alpha <= 0.01f)
        return;
    struct pdf_mark mark = {.kind = MARK_STROKE, .image = -1, .white = is_white(ctx, space, colour, params)};
    double width = stroke ? stroke->linewidth * fz_matrix_expansion(ctm) : 1;
    record_path(ctx, r, path, ctm, mark, fmax(width, 0.3) / 2);
}

static void fill_shade(fz_context *ctx, fz_device *dev, fz_shade *shade, fz_matrix ctm, float alpha,
                       fz_color_params params)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden)
        return;
    struct pdf_mark mark = {.kind = MARK_SHADE, .image = -1};
    fz_rect box = fz_bound_shade(ctx, shade, ctm);
    fz_rect scissor = fz_device_current_scissor(ctx, dev);
    if (fz_is_infinite_rect(box) && fz_is_infinite_rect(scissor))
        return;
    mark.box = clipped(ctx, r, box);
    if (!box_empty(mark.box))
        add_mark(r, mark);
}

static void record_image(fz_context *ctx, struct recorder *r, fz_image *image, fz_matrix ctm, bool white)
{
    int ordinal = r->images++;
    r->order++;
    if (r->hidden)
        return;
    fz_rect box = fz_transform_rect(fz_unit_rect, ctm);
    struct pdf_mark mark = {
        .kind = MARK_IMAGE, .image = ordinal, .width = image->w, .height = image->h, .white = white};
    mark.whole = box_of(box);
    /* MuPDF's unit square has its first row at y = 1 in PDF space, which this page's ctm has flipped: upright means
     * a > 0 and d > 0. */
    mark.upright = ctm.a > 0 && ctm.d > 0 && fabsf(ctm.b) < 0.01f * ctm.a && fabsf(ctm.c) < 0.01f * ctm.d;
    mark.box = clipped(ctx, r, box);
    if (!box_empty(mark.box))
        add_mark(r, mark);
}

static void fill_image(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm, float alpha,
                       fz_color_params params)
{
    record_image(ctx, (struct recorder *)dev, image, ctm, alpha <= 0.01f);
}

static void fill_image_mask(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm, fz_colorspace *space,
                            const float *colour, float alpha, fz_color_params params)
{
    record_image(ctx, (struct recorder *)dev, image, ctm, alpha <= 0.01f || is_white(ctx, space, colour, params));
}

static size_t count_chars(const fz_text *text)
{
    size_t n = 0;
    for (const fz_text_span *span = text->head; span; span = span->next)
        n += (size_t)span->len;
    return n;
}

/* Whether something was drawn where a text begins: white text is seen only there. */
static bool has_backdrop(const struct recorder *r, const fz_text *text, fz_matrix ctm)
{
    if (!text->head || !text->head->len)
        return false;
    fz_point p = fz_transform_point_xy(text->head->items[0].x, text->head->items[0].y, ctm);
    for (size_t i = r->page->n_marks; i-- > 0;) {
        const struct pdf_mark *m = &r->page->marks[i];
        if (m->kind != MARK_STROKE && p.x >= m->box.x0 - 1 && p.x <= m->box.x1 + 1 && p.y >= m->box.y0 - 1 &&
            p.y <= m->box.y1 + 1)
            return !m->white;
    }
    return false;
}

static void fill_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_colorspace *space,
                      const float *colour, float alpha, fz_color_params params)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden)
        return;
    struct tint tint = tint_of(ctx, space, colour, params);
    if (tint_white(tint) && !has_backdrop(r, text, ctm)) {
        r->hidden_chars += count_chars(text);
        pdf_chars_add(ctx, r->unseen, text, ctm, 0);
        return;
    }
    r->visible_chars += count_chars(text);
    pdf_chars_add(ctx, r->seen, text, ctm, tint_hex(tint));
}

static void stroke_text(fz_context *ctx, fz_device *dev, const fz_text *text, const fz_stroke_state *stroke,
                        fz_matrix ctm, fz_colorspace *space, const float *colour, float alpha, fz_color_params params)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden)
        return;
    r->visible_chars += count_chars(text);
    pdf_chars_add(ctx, r->seen, text, ctm, tint_hex(tint_of(ctx, space, colour, params)));
}

static void clip_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_rect scissor)
{
    /* Text that clips is seen only when something is painted through it. Its letters count as text: they are usually
     * filled with a colour or shading. */
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (!r->hidden)
        pdf_chars_add(ctx, r->seen, text, ctm, 0);
}

static void ignore_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (r->hidden)
        return;
    r->hidden_chars += count_chars(text);
    pdf_chars_add(ctx, r->unseen, text, ctm, 0);
}

static void begin_mask(fz_context *ctx, fz_device *dev, fz_rect area, int luminosity, fz_colorspace *space,
                       const float *colour, fz_color_params params)
{
    ((struct recorder *)dev)->hidden++;
}

static void end_mask(fz_context *ctx, fz_device *dev)
{
    struct recorder *r = (struct recorder *)dev;
    if (r->hidden > 0)
        r->hidden--;
}

static int begin_tile(fz_context *ctx, fz_device *dev, fz_rect area, fz_rect view, float xstep, float ystep,
                      fz_matrix ctm, int id)
{
    struct recorder *r = (struct recorder *)dev;
    r->order++;
    if (!r->hidden) {
        struct pdf_mark mark = {.kind = MARK_FILL, .image = -1};
        mark.box = clipped(ctx, r, fz_transform_rect(area, ctm));
        if (!box_empty(mark.box))
            add_mark(r, mark);
    }
    r->hidden++;
    return 0;
}

static void end_tile(fz_context *ctx, fz_device *dev)
{
    end_mask(ctx, dev);
}

static struct recorder *new_recorder(struct pdf_doc *d, struct pdf_sheet *page)
{
    fz_context *ctx = d->ctx;
    struct recorder *r = fz_new_derived_device(ctx, struct recorder);
    r->page = page;
    r->seen = &d->seen;
    r->unseen = &d->unseen;
    r->super.fill_path = fill_path;
    r->super.stroke_path = stroke_path;
    r->super.fill_shade = fill_shade;
    r->super.fill_image = fill_image;
    r->super.fill_image_mask = fill_image_mask;
    r->super.fill_text = fill_text;
    r->super.stroke_text = stroke_text;
    r->super.clip_text = clip_text;
    r->super.ignore_text = ignore_text;
    r->super.begin_mask = begin_mask;
    r->super.end_mask = end_mask;
    r->super.begin_tile = begin_tile;
    r->super.end_tile = end_tile;
    return r;
}

static void place_page(struct pdf_sheet *page, fz_rect bounds, int turn)
{
    double w = bounds.x1 - bounds.x0, h = bounds.y1 - bounds.y0;
    fz_matrix to_origin = fz_translate(-bounds.x0, -bounds.y0);
    page->turn = turn;
    if (turn == 90)
        page->ctm = fz_concat(to_origin, fz_make_matrix(0, 1, -1, 0, (float)h, 0));
    else if (turn == 270)
        page->ctm = fz_concat(to_origin, fz_make_matrix(0, -1, 1, 0, 0, (float)w));
    else
        page->ctm = to_origin;
    page->back = fz_concat(fz_invert_matrix(page->ctm), to_origin);
    page->width = turn ? h : w;
    page->height = turn ? w : h;
}

/* The turn that makes most of the text upright, 0 where most is already. */
static int sideways_turn(const struct pdf_chars *chars)
{
    size_t upright = 0, up = 0, down = 0;
    for (size_t i = 0; i < chars->n_runs; i++) {
        const struct pdf_run *run = &chars->runs[i];
        if (run->along.y < -0.9f)
            up += run->n;
        else if (run->along.y > 0.9f)
            down += run->n;
        else
            upright += run->n;
    }
    if (up + down < 200 || up + down < 2 * upright)
        return 0;
    return up > down ? 90 : 270;
}

static int run_page(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source, bool may_turn)
{
    fz_context *ctx = d->ctx;
    struct recorder *r = NULL;
    int turn = 0;
    fz_var(r);
    fz_var(turn);
    fz_try(ctx)
    {
        pdf_chars_clear(ctx, &d->seen);
        pdf_chars_clear(ctx, &d->unseen);
        r = new_recorder(d, page);
        pdf_quick_glyphs(ctx, PDF_GLYPH_SQUARES);
        fz_run_page_contents(ctx, source, &r->super, page->ctm, NULL);
        fz_close_device(ctx, &r->super);
        /* A scan: the letters are in the picture, and what OCR read lies invisibly over it. */
        bool scan = r->visible_chars < 40 && r->hidden_chars > r->visible_chars;
        const struct pdf_chars *chars = scan ? &d->unseen : &d->seen;
        if (may_turn)
            turn = sideways_turn(chars);
        if (!turn) {
            page->scanned = scan;
            pdf_take_lines(d, page, chars);
        }
    }
    fz_always(ctx)
    {
        pdf_quick_glyphs(ctx, PDF_GLYPH_OUTLINES);
        fz_drop_device(ctx, r ? &r->super : NULL);
        pdf_chars_clear(ctx, &d->seen);
        pdf_chars_clear(ctx, &d->unseen);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
    return turn;
}

void pdf_record(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source)
{
    fz_rect bounds = fz_bound_page(d->ctx, source);
    double w = bounds.x1 - bounds.x0, h = bounds.y1 - bounds.y0;
    if (!(w > 10 && h > 10 && w < 20000 && h < 20000))
        fz_throw(d->ctx, FZ_ERROR_GENERIC, "page of %g x %g points", w, h);
    place_page(page, bounds, 0);
    int turn = run_page(d, page, source, true);
    if (turn) {
        page->n_marks = 0;
        place_page(page, bounds, turn);
        run_page(d, page, source, false);
    }
    pdf_scan(d, page, source);
}

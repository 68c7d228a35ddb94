/* pdf_scan.c: pages that are pictures of pages. The page is drawn once in grey at about 100 dpi; what is larger than
 * letters among its connected components, and what is neither ink nor paper, becomes marks, as if it had been drawn.
 * Text comes from an invisible layer, or from OCR. Nothing here fails a document: a page that cannot be read stays as
 * it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "extract/ocr.h"
#include "extract/pdf_page.h"

enum {
    SCAN_SIDE = 1100,   /* pixels of the longer side when components are looked for */
    OCR_SIDE = 3500,    /* at most, when letters are read: A4 at 300 dpi */
    PAPER_INCHES = 11,  /* a page's longer side, since the points of scans are often wrong */
    TONE = 8,           /* pixels of the cells in which half-tones are looked for */
    MAX_PARTS = 200000, /* components; a page of noise has more */
    MAX_NEAR = 30000,   /* components among which those near to a drawing are looked for */
    MAX_GRAPHICS = 300, /* and drawings */
    OCR_PAGES = 60,     /* of a document; at 3 CPU seconds each */
};

/* ---- the picture of the page */

struct grey {
    fz_pixmap *pix;
    double scale; /* pixels a point */
};

/* Throws. */
static fz_pixmap *draw_grey(struct pdf_doc *d, const struct pdf_sheet *page, fz_page *source, double scale)
{
    fz_context *ctx = d->ctx;
    fz_pixmap *pix = NULL;
    fz_device *dev = NULL;
    fz_var(pix);
    fz_var(dev);
    fz_try(ctx)
    {
        fz_irect r = {0, 0, (int)ceil(page->width * scale), (int)ceil(page->height * scale)};
        pix = fz_new_pixmap_with_bbox(ctx, fz_device_gray(ctx), r, NULL, 0);
        fz_clear_pixmap_with_value(ctx, pix, 255);
        dev = fz_new_draw_device(ctx, fz_identity, pix);
        fz_run_page_contents(ctx, source, dev, fz_concat(page->ctm, fz_scale((float)scale, (float)scale)), NULL);
        fz_close_device(ctx, dev);
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

/* The level that divides ink from paper best: the one with the largest variance between both (Otsu, 1979). */
static int threshold(const size_t bins[256])
{
    double all = 0, sum = 0, below = 0, sum_below = 0, best = -1;
    int level = 128;
    for (int i = 0; i < 256; i++) {
        all += (double)bins[i];
        sum += i * (double)bins[i];
    }
    for (int i = 0; i < 256; i++) {
        below += (double)bins[i];
        sum_below += i * (double)bins[i];
        double above = all - below;
        if (below <= 0 || above <= 0)
            continue;
        double step = sum_below / below - (sum - sum_below) / above, variance = below * above * step * step;
        if (variance > best) {
            best = variance;
            level = i;
        }
    }
    return level < 80 ? 80 : level > 215 ? 215 : level;
}

/* The level that most of the page has: paper. */
static int paper_level(const size_t bins[256])
{
    int best = 255;
    for (int i = 255; i > 128; i--)
        if (bins[i] > bins[best])
            best = i;
    return best;
}

/* ---- connected components */

struct part {
    int x0, y0, x1, y1; /* inclusive */
    int parent;
};

struct parts {
    struct part *all; /* [0] is not used */
    int n;
};

static int root_of(struct parts *p, int i)
{
    while (p->all[i].parent != i) {
        p->all[i].parent = p->all[p->all[i].parent].parent;
        i = p->all[i].parent;
    }
    return i;
}

static void join(struct parts *p, int a, int b)
{
    a = root_of(p, a);
    b = root_of(p, b);
    if (a == b)
        return;
    struct part *x = &p->all[a < b ? a : b], *y = &p->all[a < b ? b : a];
    y->parent = a < b ? a : b;
    x->x0 = x->x0 < y->x0 ? x->x0 : y->x0;
    x->y0 = x->y0 < y->y0 ? x->y0 : y->y0;
    x->x1 = x->x1 > y->x1 ? x->x1 : y->x1;
    x->y1 = x->y1 > y->y1 ? x->y1 : y->y1;
}

/* Labels the set pixels of `mask` (8-connected) row by row; *mask is overwritten by labels. */
static void find_parts(int *mask, int w, int h, struct parts *p)
{
    p->all = mem_array(MAX_PARTS + 1, sizeof *p->all);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            int *here = &mask[y * w + x], label = 0;
            if (!*here)
                continue;
            const int near[4][2] = {{-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
            for (int k = 0; k < 4; k++) {
                int nx = x + near[k][0], ny = y + near[k][1];
                int other = nx < 0 || nx >= w || ny < 0 ? 0 : mask[ny * w + nx];
                if (other && label)
                    join(p, label, other);
                else if (other)
                    label = other;
            }
            if (!label && p->n < MAX_PARTS) {
                label = ++p->n;
                p->all[label] = (struct part){x, y, x, y, label};
            }
            *here = label;
            if (!label)
                continue;
            struct part *r = &p->all[root_of(p, label)];
            r->x0 = x < r->x0 ? x : r->x0;
            r->x1 = x > r->x1 ? x : r->x1;
            r->y1 = y;
        }
}

/* ---- what is larger than letters */

struct scan {
    struct pdf_doc *d;
    struct pdf_sheet *page;
    const fz_pixmap *pix;
    double scale;
    int ink, paper;
    double letter; /* height of most letters, pixels */
};

static void add_mark(struct scan *s, struct box pixels, bool rule)
{
    struct pdf_sheet *page = s->page;
    struct box b = {pixels.x0 / s->scale, pixels.y0 / s->scale, pixels.x1 / s->scale, pixels.y1 / s->scale};
    if (page->n_marks >= PDF_MAX_MARKS)
        return;
    MEM_GROW(page->marks, page->n_marks, page->cap_marks);
    page->marks[page->n_marks++] =
        (struct pdf_mark){.kind = MARK_FILL, .image = -1, .rect = rule, .box = b, .order = (int)page->n_marks};
}

static struct box part_box(const struct part *p)
{
    return (struct box){p->x0, p->y0, p->x1 + 1, p->y1 + 1};
}

/* The height that letters have: the median of what is as large as letters can be. */
static double letter_height(const struct parts *p)
{
    size_t bins[41] = {0}, n = 0, seen = 0;
    for (int i = 1; i <= p->n; i++) {
        int h = p->all[i].y1 - p->all[i].y0 + 1;
        if (p->all[i].parent == i && h >= 4 && h <= 40) {
            bins[h]++;
            n++;
        }
    }
    for (int h = 4; h <= 40; h++)
        if ((seen += bins[h]) * 2 > n)
            return h;
    return 10;
}

/* The shadow of the binding and of the paper's edge. */
static bool is_shadow(const struct scan *s, struct box b)
{
    double w = s->pix->w, h = s->pix->h;
    bool at_edge = b.x0 < 0.01 * w || b.y0 < 0.01 * h || b.x1 > 0.99 * w || b.y1 > 0.99 * h;
    bool thin = box_width(b) < 0.06 * w || box_height(b) < 0.06 * h;
    bool all = box_area(b) > 0.85 * w * h;
    return all || (at_edge && thin);
}

static void mark_parts(struct scan *s, const struct parts *p)
{
    for (int i = 1; i <= p->n; i++) {
        struct box b = part_box(&p->all[i]);
        double w = box_width(b), h = box_height(b), t = s->letter;
        if (p->all[i].parent != i || is_shadow(s, b))
            continue;
        bool rule = fmin(w, h) < fmax(4, 0.35 * t) && fmax(w, h) > 6 * t;
        bool large = (w > 3 * t && h > 3 * t) || (w > 12 * t && h > 1.8 * t);
        if (rule || large)
            add_mark(s, b, rule);
    }
}

/* Photographs: cells that are mostly neither ink nor paper. */
static void mark_tones(struct scan *s)
{
    int w = s->pix->w / TONE, h = s->pix->h / TONE;
    int dark = s->paper / 6, light = s->paper * 86 / 100;
    int *cells = mem_array((size_t)w * (size_t)h + 1, sizeof *cells);
    struct parts p = {0};
    for (int y = 0; y < h * TONE; y++)
        for (int x = 0; x < w * TONE; x++) {
            int v = s->pix->samples[(ptrdiff_t)y * s->pix->stride + x];
            cells[y / TONE * w + x / TONE] += v > dark && v < light;
        }
    for (int i = 0; i < w * h; i++)
        cells[i] = cells[i] > TONE * TONE * 6 / 10;
    find_parts(cells, w, h, &p);
    for (int i = 1; i <= p.n; i++) {
        struct box b = part_box(&p.all[i]);
        b = (struct box){b.x0 * TONE, b.y0 * TONE, b.x1 * TONE, b.y1 * TONE};
        if (p.all[i].parent == i && box_width(b) > 4 * s->letter && box_height(b) > 4 * s->letter && !is_shadow(s, b))
            add_mark(s, b, false);
    }
    free(p.all);
    free(cells);
}

static bool in_long_line(const struct pdf_sheet *page, struct box b)
{
    for (size_t i = 0; i < page->n_lines; i++)
        if (page->lines[i].n_chars >= 20 && box_holds_centre(page->lines[i].box, b))
            return true;
    return false;
}

/* Ticks and titles of axes are often missing in the text of a scan, or all text is: ink near to a drawing that is in no
 * line of running text belongs to it. */
static void widen_marks(struct scan *s, const struct parts *p, size_t first)
{
    if (p->n > MAX_NEAR || s->page->n_marks - first > MAX_GRAPHICS)
        return;
    for (int round = 0; round < 3; round++)
        for (int i = 1; i <= p->n; i++) {
            struct box b = part_box(&p->all[i]);
            if (p->all[i].parent != i || is_shadow(s, b))
                continue;
            b = (struct box){b.x0 / s->scale, b.y0 / s->scale, b.x1 / s->scale, b.y1 / s->scale};
            /* Where no line is known the caption is ink too, and stands hardly further off than an axis' title. */
            double reach = (s->page->n_lines ? 3 : 2) * s->letter / s->scale;
            if (in_long_line(s->page, b))
                continue;
            for (size_t k = first; k < s->page->n_marks; k++) {
                struct pdf_mark *m = &s->page->marks[k];
                if (!m->rect && box_overlap_x(m->box, b) > -reach && box_overlap_y(m->box, b) > -reach)
                    m->box = box_union(m->box, b);
            }
        }
}

static void find_graphics(struct scan *s)
{
    int w = s->pix->w, h = s->pix->h;
    size_t bins[256] = {0}, first = s->page->n_marks;
    struct parts p = {0};
    int *mask = mem_array((size_t)w * (size_t)h, sizeof *mask);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            bins[s->pix->samples[(ptrdiff_t)y * s->pix->stride + x]]++;
    s->ink = threshold(bins);
    s->paper = paper_level(bins);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            mask[y * w + x] = s->pix->samples[(ptrdiff_t)y * s->pix->stride + x] <= s->ink;
    find_parts(mask, w, h, &p);
    s->letter = letter_height(&p);
    mark_parts(s, &p);
    mark_tones(s);
    widen_marks(s, &p, first);
    free(p.all);
    free(mask);
}

/* ---- text */

struct reader {
    struct pdf_doc *d;
    struct pdf_sheet *page;
    double scale;
    int font, block;
};

static void take_line(void *context, const struct ocr_line *found)
{
    enum { MIN_PERCENT = 30 };
    struct reader *r = context;
    struct pdf_doc *d = r->d;
    struct pdf_sheet *page = r->page;
    struct str clean = STR_INIT(24000);
    if (found->confidence * 100 < MIN_PERCENT || page->n_lines >= PDF_MAX_LINES)
        return;
    r->block += found->starts_block;
    text_clean(found->text, strlen(found->text), &clean);
    if (clean.len && d->text_bytes < PDF_MAX_TEXT) {
        struct pdf_line line = {.font = r->font, .head_font = r->font, .block = r->block, .len = clean.len};
        line.box = (struct box){found->x0 / r->scale, found->y0 / r->scale, found->x1 / r->scale, found->y1 / r->scale};
        line.base = line.box.y1 - 0.2 * box_height(line.box);
        line.text = arena_strndup(d->arena, clean.data, clean.len);
        for (size_t i = 0; i < clean.len; i++)
            line.n_chars += clean.data[i] != ' ' && ((unsigned char)clean.data[i] & 0xC0) != 0x80;
        d->text_bytes += clean.len;
        ARENA_GROW(d->arena, page->lines, page->n_lines, page->cap_lines);
        page->lines[page->n_lines++] = line;
    }
    str_release(&clean);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A line's box is as high as its letters happen to be. Lines that could be of one size get one: the median. */
static void even_sizes(struct pdf_sheet *page)
{
    if (!page->n_lines)
        return;
    double *heights = mem_array(page->n_lines, sizeof *heights);
    for (size_t i = 0; i < page->n_lines; i++)
        heights[i] = box_height(page->lines[i].box);
    qsort(heights, page->n_lines, sizeof *heights, by_value);
    double usual = heights[page->n_lines / 2];
    free(heights);
    for (size_t i = 0; i < page->n_lines; i++) {
        struct pdf_line *line = &page->lines[i];
        double h = box_height(line->box);
        line->size = h > 0.72 * usual && h < 1.35 * usual ? usual : h;
        line->head_size = line->size;
    }
}

static int ocr_font(struct pdf_doc *d)
{
    for (size_t i = 0; i < d->n_fonts; i++)
        if (strcmp(d->fonts[i].name, "OCR") == 0)
            return (int)i;
    ARENA_GROW(d->arena, d->fonts, d->n_fonts, d->cap_fonts);
    d->fonts[d->n_fonts] = (struct pdf_font){.name = "OCR"};
    return (int)d->n_fonts++;
}

/* Throws. */
static void read_letters(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source)
{
    double native = 0, side = fmax(page->width, page->height);
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        if (m->kind == MARK_IMAGE && box_width(m->whole) > 0)
            native = fmax(native, m->width / box_width(m->whole));
    }
    double scale = fmin(page->scanned && native > 0 ? native : 300.0 / 72, OCR_SIDE / side);
    struct reader r = {.d = d, .page = page, .scale = scale, .font = ocr_font(d), .block = 0};
    fz_pixmap *pix = draw_grey(d, page, source, scale);
    page->n_lines = 0;
    if (!ocr_read(d->ocr, pix->samples, pix->w, pix->h, pix->stride, (int)(side * scale / PAPER_INCHES), take_line, &r))
        article_warn(d->article, "page %d: OCR could not read it", page->number + 1);
    fz_drop_pixmap(d->ctx, pix);
    even_sizes(page);
}

/* ---- which pages */

static bool is_scan(const struct pdf_sheet *page)
{
    double covered = 0;
    size_t chars = 0;
    for (size_t i = 0; i < page->n_marks; i++)
        if (page->marks[i].kind == MARK_IMAGE && !page->marks[i].white)
            covered += box_area(page->marks[i].box);
    for (size_t i = 0; i < page->n_lines; i++)
        chars += (size_t)page->lines[i].n_chars;
    return covered > 0.9 * page->width * page->height && (page->scanned || chars < 40);
}

/* A font without the names of its letters gives replacement characters, private ones or control codes. */
static bool is_garbled(const struct pdf_sheet *page)
{
    size_t bad = 0, all = 0;
    for (size_t i = 0; i < page->n_lines; i++)
        for (size_t at = 0; at < page->lines[i].len;) {
            int c = text_next(page->lines[i].text, page->lines[i].len, &at);
            bad += c == 0xFFFD || (c >= 0xE000 && c <= 0xF8FF);
            all += c != ' ';
        }
    return all >= 100 && bad * 4 > all;
}

static void use_graphics(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source)
{
    struct scan s = {.d = d, .page = page, .scale = SCAN_SIDE / fmax(page->width, page->height)};
    size_t images = page->n_marks;
    fz_pixmap *pix = draw_grey(d, page, source, s.scale);
    s.pix = pix;
    find_graphics(&s);
    fz_drop_pixmap(d->ctx, pix);
    for (size_t i = 0; i < images; i++)
        page->marks[i].furniture = page->marks[i].furniture || page->marks[i].kind == MARK_IMAGE;
}

void pdf_scan(struct pdf_doc *d, struct pdf_sheet *page, fz_page *source)
{
    bool scan = is_scan(page);
    page->scanned = page->scanned || scan;
    if (!scan && !(d->ocr && is_garbled(page)))
        return;
    bool unread = d->ocr && (page->n_lines == 0 || is_garbled(page));
    if (unread && ++d->ocr_pages == OCR_PAGES + 1)
        article_warn(d->article, "OCR has read %d pages; those from page %d on were left unread", OCR_PAGES,
                     page->number + 1);
    fz_try(d->ctx)
    {
        if (unread && d->ocr_pages <= OCR_PAGES)
            read_letters(d, page, source);
        if (scan)
            use_graphics(d, page, source);
    }
    fz_catch(d->ctx)
    {
        article_warn(d->article, "page %d: a scan that could not be looked at: %s", page->number + 1,
                     fz_caught_message(d->ctx));
    }
}

/* pdf_cluster.c: the graphics of a page in pieces that belong together: what touches or nearly touches, with the text
 * that stands in or beside it (ticks, axis titles, panel letters). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/pdf_page.h"

enum {
    CELL = 3,
    REACH = 2,
    MAX_CELLS = 4000000
}; /* points: a grid cell, and how far a thing reaches out on each side */

/* ---- what is no graphic */

static bool is_thin(const struct pdf_mark *m)
{
    double w = box_width(m->box), h = box_height(m->box);
    return m->kind != MARK_SHADE && fmin(w, h) < 2.2 && fmax(w, h) > 15;
}

static bool is_flat(const struct pdf_mark *m) /* a horizontal rule */
{
    return is_thin(m) && box_width(m->box) > box_height(m->box);
}

static size_t lines_inside(const struct pdf_sheet *page, struct box b, enum line_class class)
{
    size_t n = 0;
    for (size_t i = 0; i < page->n_lines; i++)
        n += page->lines[i].class == class && !page->lines[i].in_graphic && box_holds_centre(b, page->lines[i].box);
    return n;
}

/* Where a line that goes up from (x, y) ends; y where there is none. */
static double upper_end(const struct pdf_sheet *page, double x, double y)
{
    static const double slack = 3;
    double end = y;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        if (is_thin(m) && !is_flat(m) && !m->white && fabs(m->box.x0 - x) < slack && fabs(m->box.y1 - y) < slack)
            end = fmin(end, m->box.y0);
    }
    return end;
}

/* The box that a mark is, or that it is the lower edge of; else an empty one. */
static struct box box_above(const struct pdf_sheet *page, const struct pdf_mark *m)
{
    struct box b = m->box;
    if (!m->rect || m->white || m->furniture || box_width(b) < 60)
        return (struct box){0, 0, 0, 0};
    if (is_flat(m)) {
        double left = upper_end(page, b.x0, b.y1), right = upper_end(page, b.x1, b.y1);
        b.y0 = fabs(left - right) < 3 ? left : b.y1;
    }
    bool fits = box_height(b) > 15 && box_area(b) < 0.5 * page->width * page->height;
    return fits ? b : (struct box){0, 0, 0, 0};
}

/* Listings and quoted passages are figures too: text like the body's, in a box with the caption of a figure right below
 * it. */
static void find_listings(const struct pdf_doc *d, struct pdf_sheet *page)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *c = &d->captions[i];
        for (size_t k = 0; c->page == page->number && !c->table && k < page->n_marks; k++) {
            const struct pdf_mark *m = &page->marks[k];
            double gap = c->box.y0 - m->box.y1;
            if (gap < -1 || gap > 1.5 * d->leading || box_overlap_x(c->box, m->box) < 0.9 * box_width(c->box))
                continue;
            struct box b = box_above(page, m);
            if (box_empty(b) || lines_inside(page, b, LINE_CAPTION))
                continue;
            for (size_t l = 0; l < page->n_lines; l++)
                page->lines[l].in_graphic |= box_holds_centre(b, page->lines[l].box);
        }
    }
}

static void add_frame(struct pdf_doc *d, struct pdf_graphics *g, struct box b)
{
    enum { MAX_FRAMES = 64 };
    for (size_t i = 0; i < g->n_frames; i++)
        if (box_contains(g->frames[i], b, 3) && box_contains(b, g->frames[i], 3))
            return;
    if (!g->frames)
        g->frames = arena_array(d->arena, MAX_FRAMES, sizeof *g->frames);
    if (g->n_frames < MAX_FRAMES)
        g->frames[g->n_frames++] = b;
}

/* Boxes around a caption or around paragraphs are frames or tinted backgrounds. */
static bool is_container(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, const struct pdf_mark *m)
{
    if (box_width(m->box) < 60 || box_height(m->box) < 15)
        return false;
    if (m->kind == MARK_IMAGE && box_area(m->box) < 0.5 * page->width * page->height)
        return false;
    size_t captions = lines_inside(page, m->box, LINE_CAPTION);
    if (captions) {
        if (m->kind != MARK_IMAGE && box_area(m->box) < 0.9 * page->width * page->height)
            add_frame(d, g, m->box);
        return true;
    }
    size_t body = lines_inside(page, m->box, LINE_BODY);
    return body >= 3 && (m->rect || body >= 8);
}

/* A rule right under a line of text and no longer than it: a link or an underlined word. */
static bool is_underline(const struct pdf_sheet *page, const struct pdf_mark *m)
{
    if (!is_flat(m) && box_height(m->box) > 1.5)
        return false;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->sideways || line->class == LINE_OTHER)
            continue;
        if (m->box.y0 > line->base - 1 && m->box.y1 < line->base + 0.35 * line->size && m->box.x0 > line->box.x0 - 3 &&
            m->box.x1 < line->box.x1 + 3)
            return true;
    }
    return false;
}

/* The rule under a running head or over a foot, where it is not part of a frame: as wide as the text, in the page's
 * outer strips, and with no line down from its ends. On short articles it does not repeat often enough to be furniture.
 */
static bool is_page_rule(const struct pdf_sheet *page, const struct pdf_mark *rule)
{
    bool outer = rule->box.y1 < 0.13 * page->height || rule->box.y0 > 0.87 * page->height;
    if (!outer || box_height(rule->box) > 5 || box_width(rule->box) < 0.6 * page->width)
        return false;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        bool at_end = fabs(m->box.x0 - rule->box.x0) < 3 || fabs(m->box.x1 - rule->box.x1) < 3;
        if (m != rule && !m->furniture && !m->white && at_end && box_height(m->box) > 15 &&
            box_overlap_y(m->box, rule->box) > -2)
            return false;
    }
    return true;
}

static void sort_out_marks(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g)
{
    double sheet = page->width * page->height;
    bool few = page->n_marks < 5000; /* testing each against each line is for ordinary pages */
    for (size_t i = 0; i < page->n_marks; i++) {
        struct pdf_mark *m = &page->marks[i];
        bool background = box_area(m->box) > 0.8 * sheet && (m->kind != MARK_IMAGE || page->n_body > 10);
        m->gone = m->furniture || m->white || background;
        if (m->gone)
            continue;
        bool big = box_width(m->box) > 60 && box_height(m->box) > 15;
        if (few && is_page_rule(page, m)) {
            m->gone = true;
            continue;
        }
        if ((big || few) && (is_container(d, page, g, m) || is_underline(page, m)))
            m->gone = true;
    }
}

/* ---- pieces by painting a grid */

struct item {
    struct box box;
    int mark, line;   /* index, or -1 */
    int parent;       /* union-find */
    struct box solid; /* largest box of its set that was painted whole (roots only) */
};

struct grid {
    struct item *items;
    size_t n;
    int *cells; /* item + 1 that painted it first */
    int w, h;
};

static int root_of(struct grid *g, int i)
{
    while (g->items[i].parent != i) {
        g->items[i].parent = g->items[g->items[i].parent].parent;
        i = g->items[i].parent;
    }
    return i;
}

static int join(struct grid *g, int a, int b)
{
    a = root_of(g, a);
    b = root_of(g, b);
    if (a == b)
        return a;
    if (box_area(g->items[a].solid) < box_area(g->items[b].solid)) {
        int swap = a;
        a = b;
        b = swap;
    }
    g->items[b].parent = a;
    return a;
}

static int clamp(double v, int max)
{
    return v < 0 ? 0 : v > max ? max : (int)v;
}

static void paint(struct grid *g, int i)
{
    struct box b = g->items[i].box;
    int x0 = clamp(b.x0 / CELL, g->w - 1), x1 = clamp(b.x1 / CELL, g->w - 1);
    int y0 = clamp(b.y0 / CELL, g->h - 1), y1 = clamp(b.y1 / CELL, g->h - 1);
    int first = g->cells[y0 * g->w + x0];
    if (first) {
        /* Thousands of curves over the same plot: no need to paint what lies inside a painted box. */
        int root = root_of(g, first - 1);
        if (box_contains(g->items[root].solid, b, 0)) {
            join(g, root, i);
            return;
        }
    }
    int set = i;
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            int *cell = &g->cells[y * g->w + x];
            if (*cell)
                set = join(g, set, *cell - 1);
            else
                *cell = i + 1;
        }
    set = root_of(g, set);
    if (box_area(b) > box_area(g->items[set].solid))
        g->items[set].solid = b;
}

static void add_item(struct grid *g, struct box b, double reach_x, double reach_y, int mark, int line)
{
    struct item *it = &g->items[g->n];
    it->box = (struct box){b.x0 - reach_x, b.y0 - reach_y, b.x1 + reach_x, b.y1 + reach_y};
    it->mark = mark;
    it->line = line;
    it->parent = (int)g->n++;
}

static int by_area(const void *a, const void *b)
{
    double x = box_area(((const struct pdf_cluster *)a)->box), y = box_area(((const struct pdf_cluster *)b)->box);
    return (x < y) - (x > y);
}

/* A thing in a frame must not join what is outside of it. */
static int frame_of(const struct pdf_graphics *g, struct box b)
{
    for (size_t i = 0; i < g->n_frames; i++)
        if (box_contains(g->frames[i], b, 4))
            return (int)i;
    return -1;
}

static void add_to_cluster(const struct pdf_sheet *page, const struct item *it, struct pdf_cluster *c)
{
    if (it->mark >= 0) {
        const struct pdf_mark *m = &page->marks[it->mark];
        c->rules_only = c->n_marks ? c->rules_only && is_flat(m) : is_thin(m);
        c->n_marks++;
        c->box = box_union(c->box, m->box);
        c->drawn = box_union(c->drawn, m->box);
        if (m->kind == MARK_IMAGE)
            c->image_area += box_area(m->box);
    } else if (it->line >= 0) {
        c->n_text++;
        c->box = box_union(c->box, page->lines[it->line].box);
    }
}

static void collect(struct pdf_doc *d, const struct pdf_sheet *page, struct grid *grid, struct pdf_graphics *g)
{
    int *slot = mem_array(grid->n + 1, sizeof *slot);
    size_t n = 0;
    for (size_t i = 0; i < grid->n; i++)
        if (root_of(grid, (int)i) == (int)i)
            slot[i] = (int)n++;
    struct pdf_cluster *all = mem_array(n + 1, sizeof *all);
    for (size_t i = 0; i < grid->n; i++)
        add_to_cluster(page, &grid->items[i], &all[slot[root_of(grid, (int)i)]]);
    if (n)
        qsort(all, n, sizeof *all, by_area);
    g->n_clusters = n < PDF_MAX_CLUSTERS ? n : PDF_MAX_CLUSTERS;
    g->clusters = arena_array(d->arena, g->n_clusters + 1, sizeof *all);
    for (size_t i = 0; i < g->n_clusters; i++) {
        g->clusters[i] = all[i];
        g->clusters[i].owner = -1;
        g->clusters[i].frame = frame_of(g, all[i].box);
    }
    free(all);
    free(slot);
}

static bool takes_text(const struct pdf_line *line)
{
    if (line->class == LINE_CAPTION || line->class == LINE_FURNITURE || line->class == LINE_TABLE)
        return false;
    return line->in_graphic || line->class == LINE_OTHER;
}

/* The white ground of a figure: a plain white rectangle with no running text on it holds together what lies on it. */
static bool is_canvas(const struct pdf_sheet *page, const struct pdf_mark *m)
{
    double share = box_area(m->box) / (page->width * page->height);
    return m->white && m->rect && m->kind == MARK_FILL && !m->furniture && share > 0.015 && share < 0.7 &&
           box_height(m->box) > 40 && !lines_inside(page, m->box, LINE_BODY) &&
           !lines_inside(page, m->box, LINE_CAPTION);
}

static void cluster(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, bool with_text)
{
    struct grid grid = {.w = (int)(page->width / CELL) + 2, .h = (int)(page->height / CELL) + 2};
    if ((long)grid.w * grid.h > MAX_CELLS)
        return;
    grid.items = mem_array(page->n_marks + page->n_lines + 1, sizeof *grid.items);
    grid.cells = mem_array((size_t)grid.w * (size_t)grid.h, sizeof *grid.cells);
    for (size_t i = 0; i < page->n_marks; i++)
        if (!page->marks[i].gone)
            add_item(&grid, page->marks[i].box, REACH, REACH, (int)i, -1);
        else if (page->n_marks < 5000 && is_canvas(page, &page->marks[i]))
            add_item(&grid, page->marks[i].box, -4, -4, -1, -1);
    for (size_t i = 0; with_text && i < page->n_lines; i++)
        if (takes_text(&page->lines[i]))
            add_item(&grid, page->lines[i].box, 3, 2, -1, (int)i);
    for (size_t i = 0; i < grid.n; i++)
        paint(&grid, (int)i);
    collect(d, page, &grid, g);
    free(grid.items);
    free(grid.cells);
}

/* Text in the middle of a drawing belongs to it, whatever it looks like; paragraphs only when they lie on a picture. */
static void find_inner_text(struct pdf_sheet *page, const struct pdf_graphics *g)
{
    for (size_t i = 0; i < page->n_lines; i++) {
        struct pdf_line *line = &page->lines[i];
        if (line->class == LINE_CAPTION || line->class == LINE_FURNITURE)
            continue;
        for (size_t k = 0; k < g->n_clusters && !line->in_graphic; k++) {
            const struct pdf_cluster *c = &g->clusters[k];
            if (c->rules_only || box_area(c->drawn) < 1500 || !box_contains(c->drawn, line->box, 4))
                continue;
            line->in_graphic = line->class != LINE_BODY || c->image_area > 0.6 * box_area(c->drawn);
        }
    }
}

void pdf_add_block(struct pdf_doc *d, struct pdf_graphics *g, struct pdf_block block)
{
    ARENA_GROW(d->arena, g->blocks, g->n_blocks, g->cap_blocks);
    g->blocks[g->n_blocks++] = block;
}

/* A frame drawn as four lines around a figure and its caption: the long lines at the edges of a piece that holds a
 * caption. */
static void find_frames(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g)
{
    for (size_t k = 0; k < g->n_clusters; k++) {
        struct box b = g->clusters[k].drawn;
        size_t sides = 0;
        if (box_width(b) < 60 || box_height(b) < 30 || !lines_inside(page, b, LINE_CAPTION))
            continue;
        for (size_t i = 0; i < page->n_marks; i++) {
            struct pdf_mark *m = &page->marks[i];
            if (m->gone || !box_contains(b, m->box, 1) || fmin(box_width(m->box), box_height(m->box)) > 4)
                continue;
            bool along = box_width(m->box) > 0.8 * box_width(b) && (m->box.y1 < b.y0 + 4 || m->box.y0 > b.y1 - 4);
            bool down = box_height(m->box) > 0.8 * box_height(b) && (m->box.x1 < b.x0 + 4 || m->box.x0 > b.x1 - 4);
            if (along || down) {
                m->gone = true;
                sides++;
            }
        }
        if (sides >= 2)
            add_frame(d, g, b);
    }
}

void pdf_cluster_page(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g)
{
    find_listings(d, page);
    sort_out_marks(d, page, g);
    cluster(d, page, g, false);
    find_frames(d, page, g);
    if (g->n_frames)
        cluster(d, page, g, false);
    find_inner_text(page, g);
    cluster(d, page, g, true);
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (!line->in_graphic && (line->class == LINE_BODY || line->class == LINE_HEADING))
            pdf_add_block(d, g, (struct pdf_block){line->box, -1, fabs(line->size - d->body_size) > 0.4});
    }
}

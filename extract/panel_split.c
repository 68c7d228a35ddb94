/* panel_split.c: see panel_split.h. */
#include "extract/panel_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/panel_glyph.h"
#include "extract/panel_ink.h"
#include "extract/panel_parts.h"

const char *panel_method_name(enum panel_method method)
{
    static const char *const names[] = {NULL, "letters", "images", "bands", "edges"};
    return names[method];
}

/* ---- the order of reading */

static int overlap(int a0, int a1, int b0, int b1)
{
    return (a1 < b1 ? a1 : b1) - (a0 > b0 ? a0 : b0);
}

/* Whether the two stand side by side, as in a row. */
static bool same_row(const struct panel_rect *a, const struct panel_rect *b)
{
    int least = a->y1 - a->y0 < b->y1 - b->y0 ? a->y1 - a->y0 : b->y1 - b->y0;
    return overlap(a->y0, a->y1, b->y0, b->y1) * 2 > least;
}

static bool same_column(const struct panel_rect *a, const struct panel_rect *b)
{
    int least = a->x1 - a->x0 < b->x1 - b->x0 ? a->x1 - a->x0 : b->x1 - b->x0;
    return overlap(a->x0, a->x1, b->x0, b->x1) * 2 > least;
}

static int by_top(const void *x, const void *y)
{
    const struct panel_rect *a = x, *b = y;
    return a->y0 != b->y0 ? (a->y0 > b->y0) - (a->y0 < b->y0) : (a->x0 > b->x0) - (a->x0 < b->x0);
}

static int by_left(const void *x, const void *y)
{
    const struct panel_rect *a = x, *b = y;
    return a->x0 != b->x0 ? (a->x0 > b->x0) - (a->x0 < b->x0) : (a->y0 > b->y0) - (a->y0 < b->y0);
}

/* Puts boxes into rows, each from left to right. False when they stand in no rows: a box beside two that stand over
 * each other may come between them or behind them. */
static bool put_in_rows(struct panel_rect *boxes, size_t n)
{
    qsort(boxes, n, sizeof *boxes, by_top);
    for (size_t start = 0, end; start < n; start = end) {
        /* The row that the topmost begins. */
        for (end = start + 1; end < n && same_row(&boxes[start], &boxes[end]);)
            end++;
        qsort(boxes + start, end - start, sizeof *boxes, by_left);
        for (size_t i = start; i < end; i++)
            for (size_t k = end; k < n; k++)
                /* A tall one is read first only where it stands left of what comes later. */
                if (same_row(&boxes[i], &boxes[k]) && (i > start || boxes[k].x0 < boxes[i].x1))
                    return false;
        for (size_t i = start + 1; i < end; i++)
            if (same_column(&boxes[i - 1], &boxes[i]))
                return false;
    }
    return true;
}

static void turn(struct panel_rect *boxes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct panel_rect b = boxes[i];
        boxes[i] = (struct panel_rect){b.y0, b.x0, b.y1, b.x1};
    }
}

static bool put_in_columns(struct panel_rect *boxes, size_t n)
{
    turn(boxes, n);
    bool ok = put_in_rows(boxes, n);
    turn(boxes, n);
    return ok;
}

struct picture {
    const unsigned char *grey;
    int width, height, background;
    char first; /* letter: 'A', 'a', or 0 */
};

static void find_places(const struct panel_rect *boxes, const struct panel_rect *ordered, size_t n, size_t *places)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            if (memcmp(&boxes[i], &ordered[k], sizeof *boxes) == 0)
                places[i] = k;
}

/* Every row has as many panels as the first, one below the other. */
static bool is_grid(const struct panel_rect *boxes, size_t n)
{
    size_t across = 1;
    while (across < n && same_row(&boxes[0], &boxes[across]))
        across++;
    for (size_t i = across; i < n; i++)
        if (!same_column(&boxes[i], &boxes[i - across]))
            return false;
    return n % across == 0;
}

/* Puts boxes into the order of reading. Where rows and columns differ, letters on the picture decide; without these
 * rows are only believed, with less confidence (*most), of a grid. False when that is not certain enough. */
static bool put_in_order(struct arena *arena, const struct picture *p, struct panel_rect *boxes, size_t n, double *most)
{
    struct panel_rect rows[PANEL_MAX], columns[PANEL_MAX];
    size_t by_rows[PANEL_MAX], by_columns[PANEL_MAX];
    memcpy(rows, boxes, n * sizeof *rows);
    memcpy(columns, boxes, n * sizeof *columns);
    bool in_rows = put_in_rows(rows, n), in_columns = put_in_columns(columns, n);
    if (!in_rows && !in_columns)
        return false;
    bool same = memcmp(rows, columns, n * sizeof *rows) == 0;
    bool choose_columns = !in_rows;
    if (in_rows && in_columns && !same) {
        find_places(rows, rows, n, by_rows);
        find_places(rows, columns, n, by_columns);
        int order = panel_glyph_order(arena, p->grey, p->width, p->height, p->background, rows, by_rows, by_columns, n,
                                      p->first);
        if (!order && !is_grid(rows, n))
            return false;
        choose_columns = order < 0;
        if (!order)
            *most = 0.6;
    }
    memcpy(boxes, choose_columns ? columns : rows, n * sizeof *boxes);
    return true;
}

/* ---- how good a cut is */

static double area(const struct panel_rect *r)
{
    return (double)(r->x1 - r->x0) * (r->y1 - r->y0);
}

/* 0..1: panels are of like sizes and fill the figure. */
static double evenness(const struct panel_rect *boxes, size_t n)
{
    double mean = 0, spread = 0, all = 0;
    struct panel_rect hull = boxes[0];
    for (size_t i = 0; i < n; i++) {
        mean += log(area(&boxes[i])) / (double)n;
        all += area(&boxes[i]);
        hull.x0 = hull.x0 < boxes[i].x0 ? hull.x0 : boxes[i].x0;
        hull.y0 = hull.y0 < boxes[i].y0 ? hull.y0 : boxes[i].y0;
        hull.x1 = hull.x1 > boxes[i].x1 ? hull.x1 : boxes[i].x1;
        hull.y1 = hull.y1 > boxes[i].y1 ? hull.y1 : boxes[i].y1;
    }
    for (size_t i = 0; i < n; i++)
        spread += pow(log(area(&boxes[i])) - mean, 2) / (double)n;
    return sqrt(all / area(&hull)) * exp(-1.5 * sqrt(spread));
}

/* ---- bands */

enum { STEPS = 14 };

struct candidate {
    struct panel_parts parts;
    double score;
    int times; /* pairs of thresholds that gave it */
};

enum { MAX_CANDIDATES = 16 };

static void note(struct candidate *list, size_t *n, const struct panel_parts *parts)
{
    for (size_t i = 0; i < *n; i++)
        if (memcmp(list[i].parts.boxes, parts->boxes, parts->n * sizeof *parts->boxes) == 0) {
            list[i].times++;
            return;
        }
    if (*n < MAX_CANDIDATES)
        list[(*n)++] = (struct candidate){*parts, evenness(parts->boxes, parts->n), 1};
}

/* Thresholds in steps of about 1.3, from one pixel to a tenth of the side. */
static int threshold(int step, int side)
{
    double t = pow(fmax(side * 0.10, 2), (double)step / (STEPS - 1));
    return (int)(t + 0.5);
}

/* The share of the picture's ink that lies in one of the panels. */
static double coverage(const struct panel_ink *ink, const struct panel_rect *boxes, size_t n)
{
    double in = 0, all = panel_ink_count(ink, (struct panel_rect){0, 0, ink->width, ink->height});
    for (size_t i = 0; i < n; i++)
        in += panel_ink_count(ink, boxes[i]);
    return all > 0 ? in / all : 0;
}

/* Each letter in or beside its own box. */
static bool own_letters(const struct panel_rect *boxes, const struct panel_rect *letters, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int x = (letters[i].x0 + letters[i].x1) / 2, y = (letters[i].y0 + letters[i].y1) / 2;
        int slack = (letters[i].y1 - letters[i].y0) * 2;
        if (x < boxes[i].x0 - slack || x > boxes[i].x1 + slack || y < boxes[i].y0 - slack || y > boxes[i].y1 + slack)
            return false;
        for (size_t k = 0; k < n; k++)
            if (k != i && x >= boxes[k].x0 && x < boxes[k].x1 && y >= boxes[k].y0 && y < boxes[k].y1)
                return false;
    }
    return true;
}

static struct candidate *best_at_bands(struct arena *arena, const struct panel_ink *ink, size_t wanted)
{
    struct candidate *list = arena_array(arena, MAX_CANDIDATES, sizeof *list), *best = NULL;
    struct panel_parts parts;
    size_t n = 0;
    for (int i = 0; i < STEPS; i++)
        for (int k = 0; k < STEPS; k++) {
            int across = threshold(i, ink->height), down = threshold(k, ink->width);
            /* Very unlike thresholds find rows or columns only. */
            if (abs(i - k) <= 5 && panel_parts_cut(ink, across, down, wanted, &parts) && parts.n == wanted)
                note(list, &n, &parts);
        }
    for (size_t i = 0; i < n; i++) {
        list[i].score *= fmin(1, 0.7 + 0.05 * list[i].times);
        if (!best || list[i].score > best->score)
            best = &list[i];
    }
    return best;
}

static bool cut_at_bands(struct arena *arena, const struct picture *p, const struct panel_ink *ink, size_t wanted,
                         const struct panel_hints *hints, struct panel_cut *out)
{
    struct candidate *best = best_at_bands(arena, ink, wanted);
    double most = 0.95;
    if (!best || best->score < 0.5 || !put_in_order(arena, p, best->parts.boxes, wanted, &most))
        return false;
    panel_parts_absorb(&best->parts, ink);
    if (coverage(ink, best->parts.boxes, wanted) < 0.98 ||
        (hints && hints->letters && !own_letters(best->parts.boxes, hints->letters, wanted)))
        return false;
    out->n = wanted;
    memcpy(out->boxes, best->parts.boxes, wanted * sizeof *out->boxes);
    out->method = PANEL_BY_BANDS;
    out->confidence = fmin(most, 0.3 + 0.65 * best->score);
    return true;
}

/* ---- all ways in turn */

static bool cut_at_images(struct arena *arena, const struct picture *p, size_t wanted, const struct panel_hints *hints,
                          struct panel_cut *out)
{
    double most = 0.95;
    if (!hints || hints->n_images != wanted)
        return false;
    memcpy(out->boxes, hints->images, wanted * sizeof *out->boxes);
    for (size_t i = 0; i < wanted; i++)
        for (size_t k = i + 1; k < wanted; k++)
            if (overlap(out->boxes[i].x0, out->boxes[i].x1, out->boxes[k].x0, out->boxes[k].x1) > 2 &&
                overlap(out->boxes[i].y0, out->boxes[i].y1, out->boxes[k].y0, out->boxes[k].y1) > 2)
                return false;
    double even = evenness(out->boxes, wanted);
    if (even < 0.5 || !put_in_order(arena, p, out->boxes, wanted, &most) ||
        (hints->letters && !own_letters(out->boxes, hints->letters, wanted)))
        return false;
    out->n = wanted;
    out->method = PANEL_BY_IMAGES;
    out->confidence = fmin(most, 0.5 + 0.5 * even);
    return true;
}

/* From the raster's pixels to the picture's. */
static void scale_up(struct panel_cut *c, const struct raster *r)
{
    double sx = (double)r->full_width / r->width, sy = (double)r->full_height / r->height;
    for (size_t i = 0; i < c->n; i++) {
        struct panel_rect *b = &c->boxes[i];
        b->x0 = (int)floor(b->x0 * sx);
        b->y0 = (int)floor(b->y0 * sy);
        b->x1 = (int)fmin(ceil(b->x1 * sx), r->full_width);
        b->y1 = (int)fmin(ceil(b->y1 * sy), r->full_height);
    }
}

/* How far a side may move outwards: up to `air`, the picture's edge (`room` pixels away), or half of the gap to a box
 * beside it. */
static int margin(int air, int room, int gap)
{
    int most = room < air ? room : air;
    return gap < 0 || gap / 2 > most ? most : gap / 2;
}

/* The least gap from box i to one that lies to its left (dx -1), right (1), above (dy -1) or below (1); below 0: none.
 */
static int gap_to(const struct panel_cut *c, size_t i, int dx, int dy, int air)
{
    const struct panel_rect *b = &c->boxes[i];
    int least = -1;
    for (size_t k = 0; k < c->n; k++) {
        const struct panel_rect *o = &c->boxes[k];
        bool beside = dx ? overlap(b->y0 - air, b->y1 + air, o->y0, o->y1) > 0
                         : overlap(b->x0 - air, b->x1 + air, o->x0, o->x1) > 0;
        int gap = dx < 0 ? b->x0 - o->x1 : dx > 0 ? o->x0 - b->x1 : dy < 0 ? b->y0 - o->y1 : o->y0 - b->y1;
        if (k != i && beside && gap >= 0 && (least < 0 || gap < least))
            least = gap;
    }
    return least;
}

/* Boxes found at bands end where the ink ends. A little of the empty band belongs to each, so that no letter at the
 * edge is shaved. */
static void give_air(struct panel_cut *c, int width, int height)
{
    struct panel_cut before = *c;
    int longer = width > height ? width : height, air = longer / 400 > 2 ? longer / 400 : 2;
    for (size_t i = 0; i < c->n; i++) {
        const struct panel_rect *b = &before.boxes[i];
        c->boxes[i].x0 -= margin(air, b->x0, gap_to(&before, i, -1, 0, air));
        c->boxes[i].y0 -= margin(air, b->y0, gap_to(&before, i, 0, -1, air));
        c->boxes[i].x1 += margin(air, width - b->x1, gap_to(&before, i, 1, 0, air));
        c->boxes[i].y1 += margin(air, height - b->y1, gap_to(&before, i, 0, 1, air));
    }
}

/* Photographs fill their tiles; what leaves much of one empty has an edge there by chance. */
static bool are_filled(const struct panel_ink *ink, const struct panel_rect *boxes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (panel_ink_count(ink, boxes[i]) < 0.5 * area(&boxes[i]))
            return false;
    return true;
}

static bool cut(struct arena *arena, const struct raster *r, size_t wanted, const struct panel_hints *hints,
                struct panel_cut *out)
{
    const unsigned char *grey = panel_grey(arena, r);
    int background = panel_background(grey, r->width, r->height);
    struct picture p = {grey, r->width, r->height, background, hints ? hints->first : 0};
    struct panel_ink ink = {r->width, r->height, NULL};
    ink.sums = arena_array(arena, (size_t)(r->width + 1) * (size_t)(r->height + 1), sizeof *ink.sums);
    if (hints && hints->letters) {
        panel_ink_read(&ink, grey, background < 0 ? 255 : background);
        if (panel_cut_at_letters(&ink, hints->letters, wanted, out))
            return true;
    }
    if (cut_at_images(arena, &p, wanted, hints, out))
        return true;
    static const int usual[] = {255, 0};
    for (size_t i = 0; i < (background < 0 ? 2 : 1); i++) {
        panel_ink_read(&ink, grey, background < 0 ? usual[i] : background);
        if (cut_at_bands(arena, &p, &ink, wanted, hints, out))
            return true;
    }
    panel_ink_read(&ink, grey, background < 0 ? 255 : background);
    if (!panel_cut_at_edges(arena, grey, r->width, r->height, wanted, out) || !are_filled(&ink, out->boxes, wanted) ||
        (hints && hints->letters && !own_letters(out->boxes, hints->letters, wanted)))
        return false;
    double most = out->confidence;
    bool ok = put_in_order(arena, &p, out->boxes, wanted, &most);
    out->confidence = most < out->confidence ? most : out->confidence;
    return ok;
}

bool panel_split(struct arena *arena, const struct raster *raster, size_t wanted, const struct panel_hints *hints,
                 struct panel_cut *out)
{
    memset(out, 0, sizeof *out);
    if (!raster->pixels || wanted < 2 || wanted > PANEL_MAX || raster->width < 32 || raster->height < 32)
        return false;
    if (!cut(arena, raster, wanted, hints, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    scale_up(out, raster);
    if (out->method == PANEL_BY_BANDS || out->method == PANEL_BY_LETTERS)
        give_air(out, raster->full_width, raster->full_height);
    return true;
}

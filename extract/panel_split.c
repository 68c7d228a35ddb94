/* panel_split.c: see panel_split.h. */
#include "extract/panel_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
 * each other may come between them or behind them, and only its letter would tell. */
static bool put_in_order(struct panel_rect *boxes, size_t n)
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
    return all / area(&hull) * exp(-sqrt(spread));
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

static bool cut_at_bands(struct arena *arena, const struct panel_ink *ink, size_t wanted, struct panel_cut *out)
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
    if (!best || best->score < 0.45 || !put_in_order(best->parts.boxes, wanted))
        return false;
    panel_parts_absorb(&best->parts);
    out->n = wanted;
    memcpy(out->boxes, best->parts.boxes, wanted * sizeof *out->boxes);
    out->method = PANEL_BY_BANDS;
    out->confidence = fmin(0.95, 0.35 + 0.6 * best->score);
    return true;
}

/* ---- all ways in turn */

static bool cut_at_images(size_t wanted, const struct panel_hints *hints, struct panel_cut *out)
{
    if (!hints || hints->n_images != wanted)
        return false;
    memcpy(out->boxes, hints->images, wanted * sizeof *out->boxes);
    for (size_t i = 0; i < wanted; i++)
        for (size_t k = i + 1; k < wanted; k++)
            if (overlap(out->boxes[i].x0, out->boxes[i].x1, out->boxes[k].x0, out->boxes[k].x1) > 2 &&
                overlap(out->boxes[i].y0, out->boxes[i].y1, out->boxes[k].y0, out->boxes[k].y1) > 2)
                return false;
    double even = evenness(out->boxes, wanted);
    if (even < 0.5 || !put_in_order(out->boxes, wanted))
        return false;
    out->n = wanted;
    out->method = PANEL_BY_IMAGES;
    out->confidence = fmin(0.95, 0.5 + 0.5 * even);
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

static bool cut(struct arena *arena, const struct raster *r, size_t wanted, const struct panel_hints *hints,
                struct panel_cut *out)
{
    const unsigned char *grey = panel_grey(arena, r);
    int background = panel_background(grey, r->width, r->height);
    struct panel_ink ink = {r->width, r->height, NULL};
    ink.sums = arena_array(arena, (size_t)(r->width + 1) * (size_t)(r->height + 1), sizeof *ink.sums);
    if (hints && hints->letters) {
        panel_ink_read(&ink, grey, background < 0 ? 255 : background);
        if (panel_cut_at_letters(&ink, hints->letters, wanted, out))
            return true;
    }
    if (cut_at_images(wanted, hints, out))
        return true;
    static const int usual[] = {255, 0};
    for (size_t i = 0; i < (background < 0 ? 2 : 1); i++) {
        panel_ink_read(&ink, grey, background < 0 ? usual[i] : background);
        if (cut_at_bands(arena, &ink, wanted, out))
            return true;
    }
    return panel_cut_at_edges(arena, grey, r->width, r->height, wanted, out);
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
    return true;
}

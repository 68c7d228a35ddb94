/* panel_ink.c: see panel_ink.h. */
#include "extract/panel_ink.h"

#include <stdlib.h>
#include <string.h>

enum {
    NEAR = 18,         /* luminance: as good as the background, though a JPEG */
    BORDER_SHARE = 70, /* of a hundred border pixels, for a background */
    TOLERANCE = 250,   /* one pixel of so many may be ink in an empty line */
};

const unsigned char *panel_grey(struct arena *arena, const struct raster *raster)
{
    size_t n = (size_t)raster->width * (size_t)raster->height;
    if (raster->samples == 1)
        return raster->pixels;
    unsigned char *grey = arena_array(arena, n, 1);
    const unsigned char *p = raster->pixels;
    for (size_t i = 0; i < n; i++, p += 3)
        grey[i] = (unsigned char)((77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8);
    return grey;
}

int panel_background(const unsigned char *grey, int width, int height)
{
    int counts[256] = {0}, n = 0, best = 0, share = 0;
    for (int x = 0; x < width; x++, n += 2) {
        counts[grey[x]]++;
        counts[grey[(size_t)(height - 1) * (size_t)width + (size_t)x]]++;
    }
    for (int y = 0; y < height; y++, n += 2) {
        counts[grey[(size_t)y * (size_t)width]]++;
        counts[grey[(size_t)y * (size_t)width + (size_t)width - 1]]++;
    }
    for (int v = 1; v < 256; v++)
        if (counts[v] > counts[best])
            best = v;
    for (int v = best - NEAR; v <= best + NEAR; v++)
        share += v >= 0 && v < 256 ? counts[v] : 0;
    return share * 100 >= n * BORDER_SHARE ? best : -1;
}

void panel_ink_read(struct panel_ink *ink, const unsigned char *grey, int background)
{
    size_t stride = (size_t)ink->width + 1;
    bool is_ink[256];
    for (int v = 0; v < 256; v++)
        is_ink[v] = abs(v - background) > NEAR;
    memset(ink->sums, 0, stride * sizeof *ink->sums);
    for (int y = 0; y < ink->height; y++) {
        const uint32_t *above = ink->sums + (size_t)y * stride;
        uint32_t *here = ink->sums + ((size_t)y + 1) * stride, row = 0;
        here[0] = 0;
        for (int x = 0; x < ink->width; x++) {
            row += is_ink[*grey++];
            here[x + 1] = above[x + 1] + row;
        }
    }
}

uint32_t panel_ink_count(const struct panel_ink *ink, struct panel_rect r)
{
    size_t stride = (size_t)ink->width + 1;
    const uint32_t *top = ink->sums + (size_t)r.y0 * stride, *bottom = ink->sums + (size_t)r.y1 * stride;
    return bottom[r.x1] - bottom[r.x0] - top[r.x1] + top[r.x0];
}

static bool is_empty(const struct panel_ink *ink, struct panel_rect r, enum panel_axis axis, int at)
{
    struct panel_rect line = r;
    if (axis == ACROSS) {
        line.y0 = at;
        line.y1 = at + 1;
        return panel_ink_count(ink, line) <= (uint32_t)(r.x1 - r.x0) / TOLERANCE;
    }
    line.x0 = at;
    line.x1 = at + 1;
    return panel_ink_count(ink, line) <= (uint32_t)(r.y1 - r.y0) / TOLERANCE;
}

bool panel_ink_trim(const struct panel_ink *ink, struct panel_rect *r)
{
    while (r->y0 < r->y1 && is_empty(ink, *r, ACROSS, r->y0))
        r->y0++;
    while (r->y1 > r->y0 && is_empty(ink, *r, ACROSS, r->y1 - 1))
        r->y1--;
    while (r->x0 < r->x1 && is_empty(ink, *r, DOWN, r->x0))
        r->x0++;
    while (r->x1 > r->x0 && is_empty(ink, *r, DOWN, r->x1 - 1))
        r->x1--;
    return r->x0 < r->x1 && r->y0 < r->y1;
}

size_t panel_ink_gaps(const struct panel_ink *ink, struct panel_rect r, enum panel_axis axis, struct panel_gap *gaps,
                      size_t max)
{
    int from = axis == ACROSS ? r.y0 : r.x0, until = axis == ACROSS ? r.y1 : r.x1, start = -1;
    size_t n = 0;
    for (int at = from; at < until && n < max; at++) {
        bool empty = is_empty(ink, r, axis, at);
        if (empty && start < 0)
            start = at;
        if (!empty && start > from)
            gaps[n++] = (struct panel_gap){start, at};
        if (!empty)
            start = -1;
    }
    return n;
}

/* panel_edges.c: mosaics of photographs that touch each other: cut where a straight edge, or a thin line of one colour,
 * crosses the whole picture at about the place where equal tiles would meet. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/panel_parts.h"

enum {
    STEP = 16,     /* luminance from one side of an edge to the other */
    EVEN = 7,      /* mean deviation along a line that has one colour */
    MAX_TILES = 8, /* in a row or column */
};

struct profile {
    double *edge; /* share of a line's pixels that differ from those beside it; 1 for a line of one colour */
    int n;
};

static const unsigned char *pixel(const unsigned char *grey, int width, enum panel_axis axis, int line, int at)
{
    return axis == ACROSS ? grey + (size_t)line * (size_t)width + at : grey + (size_t)at * (size_t)width + line;
}

static double edge_of(const unsigned char *grey, int width, enum panel_axis axis, int line, int len)
{
    int differ = 0;
    for (int i = 0; i < len; i++)
        differ += abs(*pixel(grey, width, axis, line - 1, i) - *pixel(grey, width, axis, line + 1, i)) > STEP;
    return (double)differ / len;
}

/* A line of one colour between lines of many. */
static bool is_rule(const unsigned char *grey, int width, enum panel_axis axis, int line, int len)
{
    double mean[3] = {0}, spread[3] = {0};
    for (int k = 0; k < 3; k++) {
        int at = line + (k - 1) * 3;
        for (int i = 0; i < len; i++)
            mean[k] += *pixel(grey, width, axis, at, i) / (double)len;
        for (int i = 0; i < len; i++)
            spread[k] += fabs(*pixel(grey, width, axis, at, i) - mean[k]) / len;
    }
    return spread[1] < EVEN && spread[0] > 2 * EVEN && spread[2] > 2 * EVEN;
}

static struct profile read_profile(struct arena *arena, const unsigned char *grey, int width, int height,
                                   enum panel_axis axis)
{
    int n = axis == ACROSS ? height : width, len = axis == ACROSS ? width : height;
    struct profile p = {arena_array(arena, (size_t)n, sizeof *p.edge), n};
    for (int i = 3; i + 3 < n; i++)
        p.edge[i] = is_rule(grey, width, axis, i, len) ? 1 : edge_of(grey, width, axis, i, len);
    return p;
}

/* The mean, as a measure of how restless the picture is. */
static double restlessness(const struct profile *p)
{
    double sum = 0;
    for (int i = 0; i < p->n; i++)
        sum += p->edge[i];
    return sum / p->n;
}

/* Where `tiles` equal ones would meet; the weakest of the edges there. */
static double find_lines(const struct profile *p, int tiles, int *lines)
{
    double weakest = 1;
    int slack = p->n / tiles / 25 + 2;
    for (int t = 1; t < tiles; t++) {
        int middle = (int)((double)p->n * t / tiles), best = middle;
        for (int i = middle - slack; i <= middle + slack; i++)
            if (i > 0 && i < p->n && p->edge[i] > p->edge[best])
                best = i;
        lines[t - 1] = best;
        weakest = fmin(weakest, p->edge[best]);
    }
    return weakest;
}

bool panel_cut_at_edges(struct arena *arena, const unsigned char *grey, int width, int height, size_t wanted,
                        struct panel_cut *out)
{
    struct profile rows = read_profile(arena, grey, width, height, ACROSS);
    struct profile columns = read_profile(arena, grey, width, height, DOWN);
    double noise = fmax(restlessness(&rows), restlessness(&columns)), best = 0, second = 0;
    int lines_y[MAX_TILES], lines_x[MAX_TILES], best_rows = 0;
    for (int r = 1; r <= MAX_TILES && (size_t)r <= wanted; r++) {
        if (wanted % (size_t)r || wanted / (size_t)r > MAX_TILES)
            continue;
        double weakest = fmin(find_lines(&rows, r, lines_y), find_lines(&columns, (int)(wanted / (size_t)r), lines_x));
        if (weakest > best) {
            second = best;
            best = weakest;
            best_rows = r;
        } else if (weakest > second)
            second = weakest;
    }
    if (best < 0.7 || best < noise + 0.3 || second > best - 0.2)
        return false;
    int across = (int)(wanted / (size_t)best_rows);
    find_lines(&rows, best_rows, lines_y);
    find_lines(&columns, across, lines_x);
    for (int y = 0; y < best_rows; y++)
        for (int x = 0; x < across; x++)
            out->boxes[out->n++] =
                (struct panel_rect){x ? lines_x[x - 1] + 1 : 0, y ? lines_y[y - 1] + 1 : 0,
                                    x + 1 < across ? lines_x[x] : width, y + 1 < best_rows ? lines_y[y] : height};
    out->method = PANEL_BY_EDGES;
    out->confidence = fmin(0.9, 0.2 + 0.7 * best);
    return true;
}

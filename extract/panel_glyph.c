/* panel_glyph.c: see panel_glyph.h. */
#include "extract/panel_glyph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONTRAST = 70,     /* luminance between the background and a letter */
    MAX_SHAPES = 2000, /* of the picture; later ones are left out */
    MIN_HEIGHT = 7,    /* pixels; holes of smaller letters are blurred */
    MAX_SIDE = 96,     /* pixels; larger shapes are no letters */
};

struct shape { /* connected dark pixels */
    struct panel_rect box;
    bool alone; /* no part of a word */
};

struct page {
    const unsigned char *grey;
    int width, height, limit; /* dark: below it */
    unsigned char *done;
    int *stack; /* one for each pixel */
    struct shape *shapes;
    size_t n;
};

static bool is_dark(const struct page *p, int x, int y)
{
    return p->grey[(size_t)y * (size_t)p->width + (size_t)x] < p->limit;
}

/* All that is connected with a dark pixel, its neighbours at the corners too. */
static struct panel_rect flood(struct page *p, int x, int y)
{
    struct panel_rect box = {x, y, x + 1, y + 1};
    size_t n = 0;
    p->done[(size_t)y * (size_t)p->width + (size_t)x] = 1;
    p->stack[n++] = y * p->width + x;
    while (n) {
        int at = p->stack[--n];
        int cx = at % p->width, cy = at / p->width;
        box.x0 = cx < box.x0 ? cx : box.x0;
        box.y0 = cy < box.y0 ? cy : box.y0;
        box.x1 = cx >= box.x1 ? cx + 1 : box.x1;
        box.y1 = cy >= box.y1 ? cy + 1 : box.y1;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                int nx = cx + dx, ny = cy + dy, next = ny * p->width + nx;
                if (nx < 0 || ny < 0 || nx >= p->width || ny >= p->height || p->done[next] || !is_dark(p, nx, ny))
                    continue;
                p->done[next] = 1;
                p->stack[n++] = next;
            }
    }
    return box;
}

static void find_shapes(struct page *p)
{
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            if (p->done[(size_t)y * (size_t)p->width + (size_t)x] || !is_dark(p, x, y))
                continue;
            struct panel_rect box = flood(p, x, y);
            int w = box.x1 - box.x0, h = box.y1 - box.y0;
            if (h >= MIN_HEIGHT && h <= MAX_SIDE && w <= MAX_SIDE && w * 5 >= h && w <= 2 * h && p->n < MAX_SHAPES)
                p->shapes[p->n++].box = box;
        }
}

/* Light areas inside a shape that do not reach its border. */
static int holes(const struct page *p, struct panel_rect b)
{
    unsigned char seen[MAX_SIDE * MAX_SIDE] = {0};
    int stack[MAX_SIDE * MAX_SIDE], w = b.x1 - b.x0, h = b.y1 - b.y0, found = 0;
    for (int start = 0; start < w * h; start++) {
        int n = 0, size = 0;
        bool open = false;
        if (seen[start] || is_dark(p, b.x0 + start % w, b.y0 + start / w))
            continue;
        seen[start] = 1;
        stack[n++] = start;
        while (n) {
            int at = stack[--n], x = at % w, y = at / w;
            static const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
            open = open || x == 0 || y == 0 || x == w - 1 || y == h - 1;
            size++;
            for (int k = 0; k < 4; k++) {
                int nx = x + step[k][0], ny = y + step[k][1];
                if (nx < 0 || ny < 0 || nx >= w || ny >= h || seen[ny * w + nx] || is_dark(p, b.x0 + nx, b.y0 + ny))
                    continue;
                seen[ny * w + nx] = 1;
                stack[n++] = ny * w + nx;
            }
        }
        found += !open && size >= (h >= 14 ? 3 : 1);
    }
    return found;
}

/* Letters of words have neighbours on their line. */
static bool stands_alone(const struct page *p, const struct panel_rect *b)
{
    int room = (b->y1 - b->y0) * 6 / 10;
    for (size_t i = 0; i < p->n; i++) {
        const struct panel_rect *o = &p->shapes[i].box;
        if (o != b && o->y0 < b->y1 && o->y1 > b->y0 && o->x0 < b->x1 + room && o->x1 > b->x0 - room)
            return false;
    }
    return true;
}

static void find_lonely(struct page *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->shapes[i].alone = stands_alone(p, &p->shapes[i].box);
}

/* The shape of about that height nearest to the box's upper left corner; NULL: none is near. */
static const struct panel_rect *letter_of(const struct page *p, const struct panel_rect *box, int height, bool capitals)
{
    const struct panel_rect *best = NULL;
    double least = 1e9, w = box->x1 - box->x0, h = box->y1 - box->y0;
    int smaller = capitals ? height * 88 / 100 - 1 : height * 62 / 100,
        larger = capitals ? height * 112 / 100 + 1 : height * 150 / 100;
    for (size_t i = 0; i < p->n; i++) {
        const struct panel_rect *s = &p->shapes[i].box;
        int tall = s->y1 - s->y0;
        double dx = abs(s->x0 - box->x0) / w, dy = abs(s->y0 - box->y0) / h;
        if (tall < smaller || tall > larger || dx > 0.25 || dy > 0.25 || dx + dy >= least || !p->shapes[i].alone)
            continue;
        least = dx + dy;
        best = s;
    }
    return best;
}

static int holes_of(char first, size_t place)
{
    static const char capitals[] = "12010000000000111100000000", small[] = "11011010000000111100000000";
    return place < 26 ? (first == 'A' ? capitals : small)[place] - '0' : 0;
}

/* 1, -1 or 0 for letters of that height, and how many of them there are. */
static int vote(const struct page *p, const struct panel_rect *boxes, const size_t *by_rows, const size_t *by_columns,
                size_t n, char first, int height, size_t *found)
{
    size_t rows = 0, columns = 0, rows_only = 0, columns_only = 0;
    *found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct panel_rect *letter = letter_of(p, &boxes[i], height, first == 'A');
        if (!letter)
            continue;
        int h = holes(p, *letter);
        bool fits_rows = holes_of(first, by_rows[i]) == h, fits_columns = holes_of(first, by_columns[i]) == h;
        ++*found;
        rows += fits_rows;
        columns += fits_columns;
        rows_only += fits_rows && !fits_columns;
        columns_only += fits_columns && !fits_rows;
    }
    if (rows_only > 2 * columns_only && rows * 10 >= *found * 7)
        return 1;
    return columns_only > 2 * rows_only && columns * 10 >= *found * 7 ? -1 : 0;
}

int panel_glyph_order(struct arena *arena, const unsigned char *grey, int width, int height, int background,
                      const struct panel_rect *boxes, const size_t *by_rows, const size_t *by_columns, size_t n,
                      char first)
{
    struct page p = {grey, width, height, background - CONTRAST, NULL, NULL, NULL, 0};
    size_t all = (size_t)width * (size_t)height, most = 0;
    int order = 0, tried[MAX_SIDE + 1] = {0};
    if (background < 180 || (first != 'A' && first != 'a'))
        return 0;
    p.done = arena_array(arena, all, 1);
    p.stack = arena_array(arena, all, sizeof *p.stack);
    p.shapes = arena_array(arena, MAX_SHAPES, sizeof *p.shapes);
    find_shapes(&p);
    find_lonely(&p);
    /* Heights that occur near the first panel's corner, large ones first: panel letters are larger than ticks. */
    for (size_t i = 0; i < p.n; i++) {
        const struct panel_rect *s = &p.shapes[i].box;
        if (abs(s->x0 - boxes[0].x0) * 4 <= boxes[0].x1 - boxes[0].x0 &&
            abs(s->y0 - boxes[0].y0) * 4 <= boxes[0].y1 - boxes[0].y0)
            tried[s->y1 - s->y0] = 1;
    }
    for (int h = MAX_SIDE; h >= MIN_HEIGHT; h--) {
        size_t found = 0;
        int v = tried[h] ? vote(&p, boxes, by_rows, by_columns, n, first, h, &found) : 0;
        if (found * 4 >= n * 3 && found > most) {
            most = found;
            order = v;
        }
    }
    return order;
}

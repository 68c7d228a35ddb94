/* panel_parts.c: cutting at bands and between letters; see panel_parts.h. */
#include "extract/panel_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GAPS = 256, MAX_DEPTH = 12 };

/* ---- bands */

struct cutter {
    const struct panel_ink *ink;
    int across, down; /* least widths of a band */
    size_t wanted;
    double panel_area; /* of an average panel */
    struct panel_parts *out;
};

static int width_of(const struct panel_rect *r)
{
    return r->x1 - r->x0;
}

static int height_of(const struct panel_rect *r)
{
    return r->y1 - r->y0;
}

static bool add_part(struct cutter *c, struct panel_rect r)
{
    double w = width_of(&r), h = height_of(&r), side = sqrt(c->panel_area);
    if (w * h < 0.10 * c->panel_area || fmin(w, h) < 0.14 * side) {
        if (c->out->n_small == PARTS_MAX_SMALL)
            return false;
        c->out->small[c->out->n_small++] = r;
        return true;
    }
    if (c->out->n == c->wanted)
        return false;
    c->out->boxes[c->out->n++] = r;
    return true;
}

static double widest(const struct panel_gap *gaps, size_t n, int least)
{
    int best = 0;
    for (size_t i = 0; i < n; i++)
        if (gaps[i].until - gaps[i].from > best)
            best = gaps[i].until - gaps[i].from;
    return (double)best / least;
}

static bool cut_part(struct cutter *c, struct panel_rect r, int depth)
{
    struct panel_gap rows[MAX_GAPS], columns[MAX_GAPS];
    if (!panel_ink_trim(c->ink, &r))
        return true;
    size_t n_rows = panel_ink_gaps(c->ink, r, ACROSS, rows, MAX_GAPS);
    size_t n_columns = panel_ink_gaps(c->ink, r, DOWN, columns, MAX_GAPS);
    double by_rows = widest(rows, n_rows, c->across), by_columns = widest(columns, n_columns, c->down);
    if ((by_rows < 1 && by_columns < 1) || depth == MAX_DEPTH)
        return add_part(c, r);
    bool across = by_rows >= by_columns;
    const struct panel_gap *gaps = across ? rows : columns;
    size_t n = across ? n_rows : n_columns;
    struct panel_rect part = r;
    for (size_t i = 0; i < n; i++) {
        if (gaps[i].until - gaps[i].from < (across ? c->across : c->down))
            continue;
        *(across ? &part.y1 : &part.x1) = gaps[i].from;
        if (!cut_part(c, part, depth + 1))
            return false;
        *(across ? &part.y0 : &part.x0) = gaps[i].until;
    }
    *(across ? &part.y1 : &part.x1) = across ? r.y1 : r.x1;
    return cut_part(c, part, depth + 1);
}

bool panel_parts_cut(const struct panel_ink *ink, int across, int down, size_t wanted, struct panel_parts *out)
{
    struct panel_rect all = {0, 0, ink->width, ink->height};
    out->n = out->n_small = 0;
    if (!panel_ink_trim(ink, &all))
        return false;
    struct cutter c = {ink, across, down, wanted, (double)width_of(&all) * height_of(&all) / (double)wanted, out};
    return cut_part(&c, all, 0);
}

/* ---- what is too small */

static int apart(int a0, int a1, int b0, int b1)
{
    return a1 < b0 ? b0 - a1 : b1 < a0 ? a0 - b1 : 0;
}

static bool meet(const struct panel_rect *a, const struct panel_rect *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static struct panel_rect join(const struct panel_rect *a, const struct panel_rect *b)
{
    return (struct panel_rect){a->x0 < b->x0 ? a->x0 : b->x0, a->y0 < b->y0 ? a->y0 : b->y0,
                               a->x1 > b->x1 ? a->x1 : b->x1, a->y1 > b->y1 ? a->y1 : b->y1};
}

/* Letters and titles stand above what they name or left of it more often than below. */
static double distance(const struct panel_rect *small, const struct panel_rect *panel)
{
    double x = apart(small->x0, small->x1, panel->x0, panel->x1), y = apart(small->y0, small->y1, panel->y0, panel->y1);
    double d = hypot(x, y);
    return small->y0 >= panel->y1 || small->x0 >= panel->x1 ? 2 * d : d;
}

/* Takes the small part into its nearest panel; false when that panel would reach over another. */
static bool absorb(struct panel_parts *p, const struct panel_rect *small)
{
    size_t nearest = 0;
    for (size_t k = 1; k < p->n; k++)
        if (distance(small, &p->boxes[k]) < distance(small, &p->boxes[nearest]))
            nearest = k;
    struct panel_rect both = join(small, &p->boxes[nearest]);
    for (size_t k = 0; k < p->n; k++)
        if (k != nearest && meet(&both, &p->boxes[k]))
            return false;
    p->boxes[nearest] = both;
    return true;
}

/* The empty column of `small` nearest to x, within `slack`; -1: there is none. */
static int empty_column(const struct panel_ink *ink, const struct panel_rect *small, int x, int slack)
{
    for (int away = 0; away <= slack; away++)
        for (int side = -1; side <= 1; side += 2) {
            struct panel_rect line = {x + side * away, small->y0, x + side * away + 1, small->y1};
            if (line.x0 > small->x0 && line.x1 < small->x1 && panel_ink_count(ink, line) == 0)
                return line.x0;
        }
    return -1;
}

/* Divides a part at the right ends of the panels that it goes beyond. */
static void absorb_divided(struct panel_parts *p, const struct panel_ink *ink, struct panel_rect small)
{
    for (size_t k = 0; k < p->n; k++) {
        struct panel_rect b = p->boxes[k], left = small, right = small;
        if (b.x1 <= small.x0 || b.x1 >= small.x1 || apart(small.y0, small.y1, b.y0, b.y1) > height_of(&b) / 3)
            continue;
        int at = empty_column(ink, &small, b.x1 + 2, width_of(&b) / 8);
        if (at < 0)
            continue;
        left.x1 = right.x0 = at;
        if (panel_ink_trim(ink, &left))
            absorb(p, &left);
        small = right;
        if (!panel_ink_trim(ink, &small))
            return;
    }
    absorb(p, &small);
}

void panel_parts_absorb(struct panel_parts *p, const struct panel_ink *ink)
{
    for (size_t i = 0; i < p->n_small; i++)
        if (!absorb(p, &p->small[i]))
            absorb_divided(p, ink, p->small[i]);
}

/* ---- letters */

struct letter_cutter {
    const struct panel_ink *ink;
    const struct panel_rect *letters;
    size_t n;
    bool below; /* the letters stand under their panels */
    struct panel_rect *boxes;
};

static int middle(const struct panel_rect *r, enum panel_axis axis)
{
    return axis == ACROSS ? (r->y0 + r->y1) / 2 : (r->x0 + r->x1) / 2;
}

static bool holds(const struct panel_rect *r, const struct panel_rect *letter)
{
    int x = middle(letter, DOWN), y = middle(letter, ACROSS);
    return x >= r->x0 && x < r->x1 && y >= r->y0 && y < r->y1;
}

static size_t held(const struct letter_cutter *c, const struct panel_rect *r, size_t *which)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (holds(r, &c->letters[i])) {
            *which = i;
            n++;
        }
    return n;
}

struct divide {
    enum panel_axis axis;
    struct panel_gap gap;
    double score;
};

/* A gap is the better, the wider it is and the nearer to it the letters of the part behind it begin. */
static void weigh(const struct letter_cutter *c, const struct panel_rect *r, enum panel_axis axis, struct panel_gap gap,
                  struct divide *best)
{
    int side = axis == ACROSS ? height_of(r) : width_of(r), before = INT32_MIN, behind = INT32_MAX;
    for (size_t i = 0; i < c->n; i++) {
        const struct panel_rect *l = &c->letters[i];
        if (!holds(r, l))
            continue;
        int from = axis == ACROSS ? l->y0 : l->x0, until = axis == ACROSS ? l->y1 : l->x1;
        if (middle(l, axis) < gap.from)
            before = until > before ? until : before;
        else
            behind = from < behind ? from : behind;
    }
    if (before == INT32_MIN || behind == INT32_MAX)
        return;
    int away = !c->below ? behind - gap.until : axis == ACROSS ? gap.from - before : 0;
    double score = (gap.until - gap.from) / (double)side * exp(-26.0 * (away > 0 ? away : 0) / side);
    if (score > best->score)
        *best = (struct divide){axis, gap, score};
}

static bool cut_letters(const struct letter_cutter *c, struct panel_rect r, int depth)
{
    size_t which = 0, n = held(c, &r, &which);
    struct panel_gap gaps[MAX_GAPS];
    struct divide best = {.score = 0};
    if (n == 0 || depth > PANEL_MAX)
        return false;
    if (n == 1) {
        c->boxes[which] = r;
        return panel_ink_trim(c->ink, &c->boxes[which]);
    }
    for (enum panel_axis axis = ACROSS; axis <= DOWN; axis++) {
        size_t n_gaps = panel_ink_gaps(c->ink, r, axis, gaps, MAX_GAPS);
        for (size_t i = 0; i < n_gaps; i++)
            weigh(c, &r, axis, gaps[i], &best);
    }
    if (best.score <= 0)
        return false;
    struct panel_rect first = r, second = r;
    *(best.axis == ACROSS ? &first.y1 : &first.x1) = best.gap.from;
    *(best.axis == ACROSS ? &second.y0 : &second.x0) = best.gap.until;
    return cut_letters(c, first, depth + 1) && cut_letters(c, second, depth + 1);
}

/* Letters of one figure stand at like places of their panels; where they do not, a cut went wrong. */
static bool alike(const struct letter_cutter *c)
{
    double least = 1, most = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct panel_rect *l = &c->letters[i], *b = &c->boxes[i];
        double x = (double)((c->below ? middle(l, DOWN) : l->x0) - b->x0) / width_of(b);
        least = fmin(least, x);
        most = fmax(most, x);
    }
    return most - least < (c->below ? 0.3 : 0.5);
}

bool panel_cut_at_letters(const struct panel_ink *ink, const struct panel_rect *letters, size_t n,
                          struct panel_cut *out)
{
    struct panel_rect all = {0, 0, ink->width, ink->height};
    if (!panel_ink_trim(ink, &all))
        return false;
    struct letter_cutter c = {ink, letters, n, false, out->boxes};
    c.below = middle(&letters[0], ACROSS) > all.y0 + height_of(&all) / 3 &&
              middle(&letters[n - 1], ACROSS) > all.y1 - height_of(&all) / 8;
    if (!cut_letters(&c, all, 0) || !alike(&c))
        return false;
    double least = (double)width_of(&all) * height_of(&all) / (double)n * 0.06;
    for (size_t i = 0; i < n; i++)
        if ((double)width_of(&out->boxes[i]) * height_of(&out->boxes[i]) < least)
            return false;
    out->n = n;
    out->method = PANEL_BY_LETTERS;
    out->confidence = 0.95;
    return true;
}

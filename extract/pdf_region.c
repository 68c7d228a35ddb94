/* pdf_region.c: which regions a caption may have on its page: the graphics above, below or beside it as far as no body
 * text stands between, each with a score. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_page.h"

enum { LEAST_SIDE = 30 }; /* points of the longer side of a figure; what is smaller is an ornament */

struct search {
    struct pdf_doc *d;
    const struct pdf_sheet *page;
    const struct pdf_graphics *g;
    int caption;
    struct box at; /* the caption with its twin */
    int frame;
};

/* A note in small print between figure and caption ("Source: ..."). */
static bool is_note(const struct search *s, const struct pdf_block *b)
{
    double reach = 6 * s->d->leading;
    return b->weak && b->box.y0 > s->at.y0 - reach && b->box.y1 < s->at.y1 + reach &&
           box_overlap_x(b->box, s->at) > 0.5 * fmin(box_width(b->box), box_width(s->at));
}

/* Where graphics may stand on one side of the caption: up to the nearest block. */
static struct box zone_of(const struct search *s, enum side side, double x0, double x1)
{
    const struct pdf_graphics *g = s->g;
    struct box z = {x0, 0, x1, s->page->height};
    bool vertical = side == SIDE_ABOVE || side == SIDE_BELOW;
    if (side == SIDE_ABOVE)
        z.y1 = s->at.y0;
    else if (side == SIDE_BELOW)
        z.y0 = s->at.y1;
    else
        z = (struct box){side == SIDE_LEFT ? 0 : s->at.x1, s->at.y0, side == SIDE_LEFT ? s->at.x0 : s->page->width,
                         s->at.y1};
    for (size_t i = 0; i < g->n_blocks; i++) {
        struct box b = g->blocks[i].box;
        if (g->blocks[i].owner == s->caption || (vertical && is_note(s, &g->blocks[i])))
            continue;
        if (vertical) {
            if (box_overlap_x(b, z) < fmin(6, 0.3 * box_width(b)))
                continue;
            if (side == SIDE_ABOVE && b.y0 < s->at.y0 && b.y1 < s->at.y0 + 2)
                z.y0 = fmax(z.y0, b.y1);
            if (side == SIDE_BELOW && b.y1 > s->at.y1 && b.y0 > s->at.y1 - 2)
                z.y1 = fmin(z.y1, b.y0);
        } else {
            if (box_overlap_y(b, z) < 2)
                continue;
            if (side == SIDE_LEFT && b.x1 < s->at.x0 + 2)
                z.x0 = fmax(z.x0, b.x1);
            if (side == SIDE_RIGHT && b.x0 > s->at.x1 - 2)
                z.x1 = fmin(z.x1, b.x0);
        }
    }
    if (s->frame >= 0) {
        struct box f = g->frames[s->frame];
        z = (struct box){fmax(z.x0, f.x0 - 1), fmax(z.y0, f.y0 - 1), fmin(z.x1, f.x1 + 1), fmin(z.y1, f.y1 + 1)};
    }
    return z;
}

static bool in_zone(const struct search *s, const struct pdf_cluster *c, struct box z, bool vertical)
{
    if (c->owner >= 0 || (s->frame >= 0 && c->frame != s->frame))
        return false;
    double w = box_width(c->box), h = box_height(c->box);
    double ox = box_overlap_x(c->box, z), oy = box_overlap_y(c->box, z);
    if (vertical)
        return oy > 0.75 * h && (ox > 0.5 * w || ox > 0.7 * box_width(z));
    return ox > 0.75 * w && (oy > 0.5 * h || oy > 0.5 * box_height(z));
}

static double gap_between(struct box a, struct box b)
{
    double dx = -box_overlap_x(a, b), dy = -box_overlap_y(a, b);
    return fmax(0, fmax(dx, dy));
}

/* Unites the drawn pieces in a zone, in rounds, since a small one may be near only to another small one; those far from
 * all others are left out. Returns the area that they cover. */
static double gather_drawn(const struct search *s, struct box z, bool vertical, struct box *box)
{
    const struct pdf_graphics *g = s->g;
    double sheet = s->page->width * s->page->height, drawn = 0;
    for (int round = 0; round < 3; round++) {
        struct box before = *box;
        drawn = 0;
        for (size_t i = 0; i < g->n_clusters; i++) {
            const struct pdf_cluster *c = &g->clusters[i]; /* largest first */
            if (!c->n_marks || c->rules_only || !in_zone(s, c, z, vertical))
                continue;
            if (!box_empty(*box) && box_area(c->box) < 0.01 * sheet && gap_between(*box, c->box) > 60)
                continue;
            *box = box_union(*box, c->box);
            drawn += box_area(c->drawn);
        }
        if (box_contains(before, *box, 0))
            break;
    }
    return drawn;
}

/* Whether lines or a rectangle enclose what is drawn. */
static bool is_framed(const struct search *s, struct box drawn)
{
    static const double slack = 3;
    bool left = false, right = false, top = false, bottom = false;
    for (size_t i = 0; i < s->page->n_marks; i++) {
        const struct pdf_mark *m = &s->page->marks[i];
        if (!m->rect || m->white || !box_contains(drawn, m->box, slack))
            continue;
        bool high = box_height(m->box) > 0.95 * box_height(drawn), wide = box_width(m->box) > 0.95 * box_width(drawn);
        left |= high && m->box.x0 < drawn.x0 + slack;
        right |= high && m->box.x1 > drawn.x1 - slack;
        top |= wide && m->box.y0 < drawn.y0 + slack;
        bottom |= wide && m->box.y1 > drawn.y1 - slack;
    }
    return left && right && top && bottom;
}

/* The last line of a paragraph that began in another column or on another page, or a heading: it begins where the
 * column does, is set as large as the body, and stands off from what is drawn. It may be a word or two where a frame
 * says what is drawn. */
static bool is_stray_text(const struct search *s, const struct pdf_cluster *c, struct box drawn)
{
    if (c->n_marks || gap_between(drawn, c->box) < 0.5 * s->d->leading)
        return false;
    int least = is_framed(s, drawn) ? 4 : 10;
    struct box span = pdf_column_span(s->page, c->box);
    for (size_t i = 0; i < s->page->n_lines; i++) {
        const struct pdf_line *line = &s->page->lines[i];
        if (box_contains(c->box, line->box, 0.5) && fabs(line->box.x0 - span.x0) < 2 &&
            line->size > s->d->body_size - 0.35 && line->n_chars >= least && !line->sideways)
            return true;
    }
    return false;
}

/* Adds the text that stands by itself near the drawn pieces: titles of axes, lettered grid lines. */
static void gather_text(const struct search *s, struct box z, bool vertical, bool graphics, struct box *box)
{
    const struct pdf_graphics *g = s->g;
    struct box drawn = *box;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < g->n_clusters; i++) {
            const struct pdf_cluster *c = &g->clusters[i];
            if ((c->n_marks && !c->rules_only) || !c->n_text || !in_zone(s, c, z, vertical))
                continue;
            /* A line much wider than the zone runs over other columns too. */
            if (vertical && box_overlap_x(c->box, z) < 0.75 * box_width(c->box))
                continue;
            if (graphics && is_stray_text(s, c, drawn))
                continue;
            /* A lettered line is a grid line of the plot. */
            double reach = (c->n_marks ? 3 : 1.3) * s->d->leading;
            if (!graphics || gap_between(*box, c->box) < reach)
                *box = box_union(*box, c->box);
        }
}

/* All that belongs together in a zone. Returns the share of the region that graphics make up (0: text only; -1: nothing
 * there). */
static double gather(const struct search *s, struct box z, bool vertical, struct box *out)
{
    struct box box = {0, 0, 0, 0};
    double drawn = gather_drawn(s, z, vertical, &box);
    bool graphics = !box_empty(box);
    gather_text(s, z, vertical, graphics, &box);
    *out = box;
    return box_empty(box) ? -1 : graphics ? fmin(1, drawn / box_area(box)) : 0;
}

/* Paragraphs and foreign captions inside a region speak against it. */
static double foreign_ink(const struct search *s, struct box b)
{
    double ink = 0;
    for (size_t i = 0; i < s->g->n_blocks; i++)
        if (s->g->blocks[i].owner != s->caption)
            ink += box_area(box_intersect(s->g->blocks[i].box, b));
    return ink / fmax(box_area(b), 1);
}

static double score_region(const struct search *s, struct box b, enum side side, double graphic, bool wide,
                           const double prior[SIDES])
{
    double sheet = s->page->width * s->page->height;
    bool vertical = side == SIDE_ABOVE || side == SIDE_BELOW;
    double gap = gap_between(s->at, b);
    double score = 1.2 * sqrt(box_area(b) / sheet) - 0.8 * fmin(gap, 150) / 150 + prior[side];
    if (graphic <= 0)
        score -= 0.7;
    if (box_area(b) < 0.004 * sheet)
        score -= 0.6;
    double off = vertical ? fabs((b.x0 + b.x1) - (s->at.x0 + s->at.x1)) / 2 / s->page->width
                          : fabs((b.y0 + b.y1) - (s->at.y0 + s->at.y1)) / 2 / s->page->height;
    score -= 0.3 * off;
    if (wide)
        score -= 0.1;
    return score - 3 * foreign_ink(s, b) - 2 * box_area(box_intersect(s->at, b)) / fmax(box_area(s->at), 1);
}

/* Other captions beside this one in the same columns cut the width in which it may look: two figures side by side. */
static void share_width(const struct search *s, double *x0, double *x1)
{
    for (size_t i = 0; i < s->d->n_captions; i++) {
        const struct pdf_caption *o = &s->d->captions[i];
        if ((int)i == s->caption || o->page != s->page->number || o->is_twin || box_overlap_y(o->box, s->at) < 2 ||
            s->d->captions[s->caption].twin == (int)i)
            continue;
        if (o->box.x0 >= s->at.x1 - 2 && o->box.x0 < *x1)
            *x1 = (s->at.x1 + o->box.x0) / 2;
        if (o->box.x1 <= s->at.x0 + 2 && o->box.x1 > *x0)
            *x0 = (s->at.x0 + o->box.x1) / 2;
    }
}

static void offer(struct pdf_region *out, size_t *n, size_t max, struct pdf_region r)
{
    for (size_t i = 0; i < *n; i++)
        if (box_contains(out[i].box, r.box, 1) && box_contains(r.box, out[i].box, 1)) {
            if (r.score > out[i].score)
                out[i] = r;
            return;
        }
    if (*n == max && out[max - 1].score >= r.score)
        return;
    size_t at = *n < max ? (*n)++ : max - 1;
    for (; at > 0 && out[at - 1].score < r.score; at--)
        out[at] = out[at - 1];
    out[at] = r;
}

size_t pdf_regions(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, int caption,
                   const double prior[SIDES], struct pdf_region *out, size_t max)
{
    const struct pdf_caption *c = &d->captions[caption];
    struct search s = {.d = d, .page = page, .g = g, .caption = caption, .at = c->box, .frame = -1};
    if (c->twin >= 0)
        s.at = box_union(s.at, d->captions[c->twin].box);
    for (size_t i = 0; i < g->n_frames; i++)
        if (box_contains(g->frames[i], s.at, 3))
            s.frame = (int)i;
    size_t n = 0;
    struct box span = pdf_column_span(page, s.at);
    double margin = 0.06 * page->width;
    /* As wide as the caption itself, as its columns, as the page's text. */
    const double width[3][2] = {{s.at.x0 - 2, s.at.x1 + 2},
                                {span.x0 - 2, span.x1 + 2},
                                {page->text_area.x0 - margin, page->text_area.x1 + margin}};
    for (int k = 0; k < 3; k++) {
        double x0 = width[k][0], x1 = width[k][1];
        if (k < 2)
            share_width(&s, &x0, &x1);
        for (enum side side = SIDE_ABOVE; side <= SIDE_RIGHT; side++) {
            bool vertical = side == SIDE_ABOVE || side == SIDE_BELOW;
            if (k != 1 && !vertical)
                continue;
            struct pdf_region r = {.side = side, .wide = k == 2};
            double graphic = gather(&s, zone_of(&s, side, x0, x1), vertical, &r.box);
            if (graphic < 0 || (box_width(r.box) < LEAST_SIDE && box_height(r.box) < LEAST_SIDE))
                continue;
            r.score = score_region(&s, r.box, side, graphic, r.wide, prior);
            offer(out, &n, max, r);
        }
    }
    return n;
}

/* pdf_table.c: where a table stands: the rules, shading and cells below or above its caption. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_page.h"

static bool is_rule(const struct pdf_mark *m, struct box span)
{
    return !m->furniture && !m->white && box_height(m->box) < 3 && box_width(m->box) > 20 &&
           box_overlap_x(m->box, span) > 0.5 * box_width(m->box);
}

/* How far a table may go: the nearest other caption or run of paragraphs past `from`. */
static double table_limit(struct pdf_doc *d, const struct pdf_sheet *page, int caption, struct box span, bool down,
                          bool *figure_behind)
{
    *figure_behind = false;
    const struct pdf_caption *c = &d->captions[caption];
    double limit = down ? page->height : 0;
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *o = &d->captions[i];
        if ((int)i == caption || o->page != c->page || c->twin == (int)i || box_overlap_x(o->box, span) < 5)
            continue;
        bool nearer =
            down ? o->box.y0 > c->box.y1 - 1 && o->box.y0 < limit : o->box.y1 < c->box.y0 + 1 && o->box.y1 > limit;
        if (nearer) {
            limit = down ? o->box.y0 : o->box.y1;
            *figure_behind = !o->table;
        }
    }
    for (size_t i = 0, run = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        bool text = line->class == LINE_BODY && box_overlap_x(line->box, span) > 5 &&
                    fabs(line->size - d->body_size) < 0.35 && line->n_chars > 25;
        run = text && (run == 0 || page->lines[i - 1].base < line->base) ? run + 1 : text;
        if (run < 4)
            continue;
        double y = down ? page->lines[i + 1 - run].box.y0 : line->box.y1;
        if (down && y > c->box.y1 - 1)
            limit = fmin(limit, y);
        if (!down && y < c->box.y0 + 1)
            limit = fmax(limit, y);
    }
    return limit;
}

/* The end of the text that goes on from `y` without an empty band of `gap` points, at most `end`. */
static double text_end(const struct pdf_sheet *page, struct box span, double y, double end, double gap)
{
    while (end - y > gap) {
        double reach = y;
        for (size_t i = 0; i < page->n_lines; i++) {
            const struct pdf_line *line = &page->lines[i];
            if (box_overlap_x(line->box, span) > 0 && line->box.y0 < y + gap && line->box.y1 > reach &&
                line->class != LINE_FURNITURE && !line->sideways)
                reach = line->box.y1;
        }
        if (reach <= y)
            return y;
        y = reach;
    }
    return end;
}

/* Whether a table that goes as far as `box` has a wide gap without text before the rule `next`: what lies behind it is
 * something else. */
static bool empty_band(const struct pdf_sheet *page, struct box span, struct box box, struct box next, double gap)
{
    double y = box.y1, end = next.y0;
    if (next.y1 < box.y0) {
        y = next.y1;
        end = box.y0;
    }
    return text_end(page, span, y, end, gap) < end;
}

/* Where a figure stands between a table and the figure's caption at `limit`: the widest empty band divides them. */
static double before_figure(const struct pdf_doc *d, const struct pdf_sheet *page, struct box span, double from,
                            double limit)
{
    double gap = 1.5 * d->leading, end = limit;
    for (double y; (y = text_end(page, span, from, limit, gap)) < limit - gap; gap += 2)
        end = y;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        if (m->kind == MARK_IMAGE && !m->white && !m->furniture && box_height(m->box) > 40 && m->box.y0 > from &&
            box_overlap_x(m->box, span) > 0)
            end = fmin(end, m->box.y0);
    }
    return end;
}

/* A rule right over the caption of another figure belongs to that caption. */
static bool over_caption(const struct pdf_doc *d, const struct pdf_sheet *page, int caption, struct box rule)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *o = &d->captions[i];
        if ((int)i != caption && o->page == page->number && !o->table && box_overlap_x(o->box, rule) > 0 &&
            o->box.y0 - rule.y1 > -4 && o->box.y0 - rule.y1 < 14)
            return true;
    }
    return false;
}

static bool table_side(struct pdf_doc *d, const struct pdf_sheet *page, int caption, bool down, struct box *out)
{
    const struct pdf_caption *c = &d->captions[caption];
    struct box span = pdf_column_span(page, c->box), box = {0, 0, 0, 0};
    bool figure_behind;
    double limit = table_limit(d, page, caption, span, down, &figure_behind);
    double gap = 2.5 * d->leading;
    if (figure_behind && down)
        limit = before_figure(d, page, span, c->box.y1, limit);
    double top = down ? c->box.y1 - 1 : limit, bottom = down ? limit : c->box.y0 + 1;
    bool ruled = false;
    for (double far = 0; far >= 0;) {
        /* Rules one by one, outwards from the caption. */
        const struct pdf_mark *next = NULL;
        double best = INFINITY;
        for (size_t i = 0; i < page->n_marks; i++) {
            const struct pdf_mark *m = &page->marks[i];
            double at = down ? m->box.y0 - c->box.y1 : c->box.y0 - m->box.y1;
            if (is_rule(m, span) && m->box.y0 >= top && m->box.y1 <= bottom && at > far && at < best) {
                best = at;
                next = m;
            }
        }
        if (!next || (ruled && empty_band(page, span, box, next->box, gap)) ||
            over_caption(d, page, caption, next->box))
            break;
        box = ruled ? box_union(box, next->box) : next->box;
        ruled = true;
        far = best;
    }
    if (ruled)
        span = box_union(span, (struct box){box.x0, span.y0, box.x1, span.y1});
    /* Without rules the lines right behind the caption make the table, as long as no wide gap comes. */
    double edge = down ? c->box.y1 : c->box.y0;
    size_t cells = 0;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->class == LINE_CAPTION || line->class == LINE_FURNITURE || line->sideways ||
            box_overlap_x(line->box, span) < 0.5 * box_width(line->box) || line->box.y0 < top - 1 ||
            line->box.y1 > bottom + 1)
            continue;
        double far = down ? line->box.y0 - edge : edge - line->box.y1;
        bool inside = ruled && line->box.y0 > box.y0 - 2 * line->size && line->box.y1 < box.y1 + 2;
        bool note = ruled && line->size < d->body_size - 0.4 && line->box.y0 > box.y1 - 2 && line->box.y0 < box.y1 + 12;
        if (!inside && !note && (ruled || far > 2.2 * d->leading || far < -2))
            continue;
        box = box_union(box, line->box);
        cells++;
        if (!ruled)
            edge = down ? fmax(edge, line->box.y1) : fmin(edge, line->box.y0);
    }
    *out = box;
    return box_height(box) > 15 && cells >= 2;
}

bool pdf_table_region(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, int caption,
                      struct pdf_region *out)
{
    const struct pdf_caption *c = &d->captions[caption];
    struct box down = {0}, up = {0};
    bool below = table_side(d, page, caption, true, &down);
    bool above = !below && table_side(d, page, caption, false, &up);
    if (!below && !above) {
        /* A table printed as a picture. */
        static const double prior[SIDES] = {[SIDE_BELOW] = 0.4};
        return pdf_regions(d, page, g, caption, prior, out, 1) > 0;
    }
    struct box box = below ? down : up;
    double gap = below ? box.y0 - c->box.y1 : c->box.y0 - box.y1;
    *out = (struct pdf_region){.box = box, .side = below ? SIDE_BELOW : SIDE_ABOVE, .score = gap < 20 ? 1 : 0.6};
    return true;
}

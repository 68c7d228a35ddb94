/* pdf_table.c: where a table stands: the rules, shading and cells below or above its caption. */
#include "extract/pdf_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The flat rules of the page, by height, to be freed; pieces with the gaps of columns between them are one. Edges of
 * wide shading count too. */
static struct table_rule *page_rules(const struct pdf_sheet *page, size_t *n)
{
    enum { COLUMN_GAP = 12 };
    size_t cap = 0;
    struct table_rule *rules = NULL;
    *n = 0;
    for (size_t i = 0; i < page->n_marks && *n < TABLE_MAX_RULES; i++) {
        const struct pdf_mark *m = &page->marks[i];
        double w = box_width(m->box), h = box_height(m->box);
        if (m->furniture || m->white || m->kind == MARK_IMAGE || w <= h || w < 4)
            continue;
        bool thin = h < 3, shade = m->rect && w > 100 && h > 6 && h < 0.7 * page->height;
        for (int edge = 0; edge < (thin ? 1 : shade ? 2 : 0); edge++) {
            double y = thin ? (m->box.y0 + m->box.y1) / 2 : edge ? m->box.y1 : m->box.y0;
            MEM_GROW(rules, *n, cap);
            rules[(*n)++] = (struct table_rule){y, m->box.x0, m->box.x1};
        }
    }
    *n = table_join_rules(rules, *n, COLUMN_GAP);
    return rules;
}

/* Running text stands in the page's columns; text in a table's cell seldom does. */
static bool fills_page_column(const struct pdf_sheet *page, const struct pdf_line *line)
{
    for (size_t i = 0; i < page->n_columns; i++) {
        const struct pdf_column *c = &page->columns[i];
        if (fabs(line->box.x0 - c->x0) < 3 * line->size && line->box.x1 > c->x1 - 0.15 * (c->x1 - c->x0) &&
            line->box.x1 < c->x1 + 2 * line->size)
            return true;
    }
    return false;
}

/* How far a table may go: the nearest other caption or run of paragraphs behind `at`. */
static double table_limit(struct pdf_doc *d, const struct pdf_sheet *page, int caption, struct box at, struct box span,
                          bool down, bool *figure_behind)
{
    *figure_behind = false;
    double limit = down ? page->height : 0;
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *o = &d->captions[i];
        if ((int)i == caption || o->page != page->number || (caption >= 0 && d->captions[caption].twin == (int)i) ||
            box_overlap_x(o->box, span) < 5)
            continue;
        bool nearer = down ? o->box.y0 > at.y1 - 1 && o->box.y0 < limit : o->box.y1 < at.y0 + 1 && o->box.y1 > limit;
        if (nearer) {
            limit = down ? o->box.y0 : o->box.y1;
            *figure_behind = !o->table;
        }
    }
    for (size_t i = 0, run = 0, full = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        bool text = line->class == LINE_BODY && box_overlap_x(line->box, span) > 5 &&
                    fabs(line->size - d->body_size) < 0.35 && line->n_chars > 25;
        bool more = text && run && page->lines[i - 1].base < line->base;
        run = more ? run + 1 : text;
        full = (more ? full : 0) + (text && fills_page_column(page, line));
        if (run < 4 || !full)
            continue;
        double y = down ? page->lines[i + 1 - run].box.y0 : line->box.y1;
        if (down && y > at.y1 - 1)
            limit = fmin(limit, y);
        if (!down && y < at.y0 + 1)
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
        /* Of a table only the frame or shading that its caption stands in. */
        if ((int)i != caption && o->page == page->number && box_overlap_x(o->box, rule) > 0 &&
            o->box.y0 - rule.y1 > -4 && o->box.y0 - rule.y1 < (o->table ? 4 : 14))
            return true;
    }
    return false;
}

/* One side of a caption, and the table that grows there. */
struct side_search {
    struct pdf_doc *d;
    const struct pdf_sheet *page;
    int caption;   /* -1: the rest of a table at the head of a page */
    struct box at; /* the caption's box */
    bool down;
    const struct table_rule *rules;
    size_t n_rules;
    struct box span;    /* columns in which it looks */
    double top, bottom; /* how far it may go */
    struct box box;     /* found so far */
    bool ruled;
};

static void set_limits(struct side_search *s)
{
    bool figure_behind;
    double limit = table_limit(s->d, s->page, s->caption, s->at, s->span, s->down, &figure_behind);
    if (figure_behind && s->down)
        limit = before_figure(s->d, s->page, s->span, s->at.y1, limit);
    s->top = s->down ? s->at.y1 - 1 : limit;
    s->bottom = s->down ? limit : s->at.y0 + 1;
}

/* The next rule outwards that stands in the table's columns. */
static const struct table_rule *next_rule(const struct side_search *s, double far, double *at)
{
    const struct table_rule *best = NULL;
    *at = INFINITY;
    for (size_t i = 0; i < s->n_rules; i++) {
        const struct table_rule *r = &s->rules[i];
        double away = s->down ? r->at - s->at.y1 : s->at.y0 - r->at;
        double over = fmin(r->to, s->span.x1) - fmax(r->from, s->span.x0);
        if (r->to - r->from > 20 && over > 0.5 * fmin(r->to - r->from, box_width(s->span)) && r->at >= s->top &&
            r->at <= s->bottom && away > far && away < *at) {
            *at = away;
            best = r;
        }
    }
    return best;
}

/* Whether a rule may belong to the table though it is wider than the columns of the caption: right behind the caption,
 * or as wide as the rules before it. */
static bool fits(const struct side_search *s, const struct table_rule *r, double away)
{
    if (r->from > s->span.x0 - 12 && r->to < s->span.x1 + 12)
        return true;
    return !s->ruled && away < 3.5 * s->d->leading;
}

/* Takes rules one by one, outwards from the caption. */
static void take_rules(struct side_search *s)
{
    double gap = 2.5 * s->d->leading, away;
    const struct table_rule *r;
    for (double far = 0; (r = next_rule(s, far, &away)) != NULL; far = away) {
        struct box b = {r->from, r->at - 0.5, r->to, r->at + 0.5};
        if (!fits(s, r, away) || (s->ruled && empty_band(s->page, s->span, s->box, b, gap)) ||
            over_caption(s->d, s->page, s->caption, b))
            break;
        if (r->from < s->span.x0 || r->to > s->span.x1) {
            struct box narrow = s->span;
            s->span.x0 = fmin(s->span.x0, r->from);
            s->span.x1 = fmax(s->span.x1, r->to);
            set_limits(s);
            if (r->at < s->top || r->at > s->bottom) {
                s->span = narrow;
                set_limits(s);
                break;
            }
        }
        s->box = s->ruled ? box_union(s->box, b) : b;
        s->ruled = true;
    }
}

/* Whether a line may be text of the table. */
static bool is_candidate(const struct side_search *s, const struct pdf_line *line)
{
    return line->class != LINE_CAPTION && line->class != LINE_FURNITURE &&
           box_overlap_x(line->box, s->span) >= 0.5 * box_width(line->box) && line->box.y0 >= s->top - 1 &&
           line->box.y1 <= s->bottom + 1;
}

/* Lines in a table stand beside others. */
static bool has_neighbour(const struct side_search *s, const struct pdf_line *line)
{
    for (size_t i = 0; i < s->page->n_lines; i++) {
        const struct pdf_line *o = &s->page->lines[i];
        if (o != line && is_candidate(s, o) && fabs(o->base - line->base) < 0.3 * line->size &&
            box_overlap_x(o->box, line->box) < 0)
            return true;
    }
    return false;
}

/* A table without a rule at its end goes on as long as its rows do: so do those that are broken off at a page's end. */
static size_t take_open_rows(struct side_search *s, size_t heads, double size)
{
    enum { MANY_LINES = 4000 }; /* on a page: it looks for each one's neighbours */
    size_t taken = 0;
    bool more = s->down && s->ruled && heads <= 12 && s->page->n_lines < MANY_LINES;
    while (more) {
        double end = s->box.y1;
        more = false;
        for (size_t i = 0; i < s->page->n_lines; i++) {
            const struct pdf_line *line = &s->page->lines[i];
            if (is_candidate(s, line) && !line->sideways && line->class != LINE_BODY && line->box.y0 > end - 3 &&
                line->box.y0 < end + 1.6 * s->d->leading && fabs(line->size - size) < 0.8 && line->box.y1 > end &&
                has_neighbour(s, line)) {
                s->box = box_union(s->box, line->box);
                taken++;
                more = true;
            }
        }
    }
    return taken;
}

static size_t take_lines(struct side_search *s, double *size)
{
    double start = s->down ? s->at.y1 : s->at.y0, edge = start;
    size_t cells = 0;
    for (size_t i = 0; i < s->page->n_lines; i++) {
        const struct pdf_line *line = &s->page->lines[i];
        if (!is_candidate(s, line))
            continue;
        double far = s->down ? line->box.y0 - edge : edge - line->box.y1;
        double away = s->down ? line->box.y0 - start : start - line->box.y1;
        bool inside = s->ruled && line->box.y0 > s->box.y0 - 2 * line->size && line->box.y1 < s->box.y1 + 2;
        bool note = s->ruled && !line->sideways && line->size < s->d->body_size - 0.4 && line->box.y0 > s->box.y1 - 2 &&
                    line->box.y0 < s->box.y1 + 12;
        /* Without rules the lines right behind the caption make the table, as long as no wide gap comes. */
        bool near = !s->ruled && !line->sideways && far <= 2.2 * s->d->leading && away >= -2;
        if (!inside && !note && !near)
            continue;
        s->box = box_union(s->box, line->box);
        if (inside)
            *size = line->size;
        cells++;
        if (!s->ruled)
            edge = s->down ? fmax(edge, line->box.y1) : fmin(edge, line->box.y0);
    }
    return cells;
}

static bool search_side(struct side_search *s, struct box *out)
{
    double size = s->d->body_size;
    struct table_rule *rules = page_rules(s->page, &s->n_rules);
    s->rules = rules;
    set_limits(s);
    take_rules(s);
    free(rules);
    /* The rest of a table begins at the page's head, whether there is a rule or not. */
    if (s->caption < 0 && s->ruled)
        s->box.y0 = fmin(s->box.y0, s->at.y1);
    size_t cells = take_lines(s, &size);
    cells += take_open_rows(s, cells, size);
    *out = s->box;
    return box_height(s->box) > 15 && cells >= 2;
}

static bool table_side(struct pdf_doc *d, const struct pdf_sheet *page, int caption, bool down, struct box *out)
{
    struct box at = d->captions[caption].box;
    struct side_search s = {
        .d = d, .page = page, .caption = caption, .at = at, .span = pdf_column_span(page, at), .down = down};
    return search_side(&s, out);
}

/* Whether the tables of this document stand above their captions: what is found on one side only tells, and where there
 * is something on both, what is nearer. */
static bool stand_above(struct pdf_doc *d)
{
    double votes = 0;
    if (d->tables_above)
        return d->tables_above > 0;
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *c = &d->captions[i];
        struct box below, above;
        if (!c->table || c->is_twin)
            continue;
        bool down = table_side(d, &d->pages[c->page], (int)i, true, &below);
        bool up = table_side(d, &d->pages[c->page], (int)i, false, &above);
        if (down != up)
            votes += up ? 1 : -1;
        else if (down)
            votes += c->box.y0 - above.y1 < below.y0 - c->box.y1 - 2 ? 0.5 : -0.6;
    }
    d->tables_above = votes > 0.9 ? 1 : -1;
    return votes > 0.9;
}

bool pdf_table_region(struct pdf_doc *d, struct pdf_sheet *page, struct pdf_graphics *g, int caption,
                      struct pdf_region *out)
{
    const struct pdf_caption *c = &d->captions[caption];
    struct box box = {0};
    bool below = !stand_above(d), found = table_side(d, page, caption, below, &box);
    if (!found) {
        below = !below;
        found = table_side(d, page, caption, below, &box);
    }
    if (!found) {
        /* A table printed as a picture. */
        static const double prior[SIDES] = {[SIDE_BELOW] = 0.4};
        return pdf_regions(d, page, g, caption, prior, out, 1) > 0;
    }
    double gap = below ? box.y0 - c->box.y1 : c->box.y0 - box.y1;
    *out = (struct pdf_region){.box = box, .side = below ? SIDE_BELOW : SIDE_ABOVE, .score = gap < 20 ? 1 : 0.6};
    return true;
}

/* ---- tables over several pages */

static bool is_content(const struct pdf_sheet *page, const struct pdf_line *line, struct box columns)
{
    bool edge = line->box.y1 < 0.06 * page->height || line->box.y0 > 0.94 * page->height;
    return line->class != LINE_FURNITURE && !edge && box_overlap_x(line->box, columns) > 0;
}

static const struct pdf_caption *continued_caption(const struct pdf_doc *d, const struct pdf_caption *c, int page)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *o = &d->captions[i];
        if (o->continues >= 0 && &d->captions[o->continues] == c && o->region_page == page && o->region_page >= 0)
            return o;
    }
    return NULL;
}

/* Where the page's content begins in these columns; a running head is a line that stands alone above the rest. */
static double head_of(const struct pdf_sheet *page, struct box columns, double leading)
{
    double top = INFINITY, second = INFINITY;
    for (size_t i = 0; i < page->n_lines; i++) {
        if (!is_content(page, &page->lines[i], columns))
            continue;
        double y = page->lines[i].box.y0;
        if (y < top - 2) {
            second = top;
            top = y;
        } else if (y > top + 2) {
            second = fmin(second, y);
        }
    }
    return second > top + 1.8 * leading && second < INFINITY && top < 0.12 * page->height ? second : top;
}

bool pdf_table_goes_on(struct pdf_doc *d, const struct pdf_caption *c, int page, struct box *box)
{
    if (page + 1 >= d->n_pages)
        return false;
    const struct pdf_sheet *here = &d->pages[page], *next = &d->pages[page + 1];
    const struct pdf_caption *continued = continued_caption(d, c, page + 1);
    if (continued) {
        *box = continued->region;
        return true;
    }
    /* Nothing may stand below this part of the table, nor above the next. */
    for (size_t i = 0; i < here->n_lines; i++)
        if (here->lines[i].box.y0 > box->y1 && is_content(here, &here->lines[i], *box))
            return false;
    double top = head_of(next, *box, d->leading);
    if (top > 0.3 * next->height)
        return false;
    struct box at = {box->x0, top - 8, box->x1, top - 7}, found;
    struct side_search s = {.d = d, .page = next, .caption = -1, .at = at, .span = at, .down = true};
    if (!search_side(&s, &found) || fabs(box_width(found) - box_width(*box)) > 0.15 * box_width(*box))
        return false;
    *box = found;
    return true;
}

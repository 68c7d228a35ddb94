/* pdf_table_rules.c: the rules of a table, out of lines, thin boxes, frames of cells and shading. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "extract/pdf_table.h"

static const double TOUCHING = 1.5; /* points */

static void add_rule(struct table_rule *rules, size_t *n, double at, double from, double to)
{
    if (*n < TABLE_MAX_RULES && to - from > 4)
        rules[(*n)++] = (struct table_rule){at, from, to};
}

static int by_place(const void *x, const void *y)
{
    const struct table_rule *a = x, *b = y;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static int by_start(const void *x, const void *y)
{
    const struct table_rule *a = x, *b = y;
    return (a->from > b->from) - (a->from < b->from);
}

/* Rules are often drawn cell by cell: pieces at one height that touch are one rule. */
size_t table_join_rules(struct table_rule *rules, size_t n, double gap)
{
    size_t kept = 0;
    if (n)
        qsort(rules, n, sizeof *rules, by_place);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && rules[end].at < rules[end - 1].at + 1 && rules[end].at < rules[i].at + 2.5;)
            end++;
        double at = rules[i].at;
        qsort(rules + i, end - i, sizeof *rules, by_start);
        for (size_t k = i; k < end; k++) {
            struct table_rule *last = k > i ? &rules[kept - 1] : NULL;
            if (last && rules[k].from < last->to + gap)
                last->to = fmax(last->to, rules[k].to);
            else
                rules[kept++] = (struct table_rule){at, rules[k].from, rules[k].to};
        }
    }
    return kept;
}

void table_find_rules(struct table *t)
{
    struct table_rule *flat = mem_array(TABLE_MAX_RULES, sizeof *flat);
    struct table_rule *upright = mem_array(TABLE_MAX_RULES, sizeof *upright);
    struct box b = box_grow(t->box, 3);
    size_t n_flat = 0, n_upright = 0;
    for (size_t i = 0; i < t->page->n_marks; i++) {
        const struct pdf_mark *m = &t->page->marks[i];
        if (m->furniture || m->kind == MARK_IMAGE || box_overlap_x(m->box, b) <= 0 || box_overlap_y(m->box, b) <= 0)
            continue;
        struct box r = box_intersect(m->box, b);
        double w = box_width(m->box), h = box_height(m->box);
        if (h < 3 && w > h) {
            if (!m->white)
                add_rule(flat, &n_flat, (m->box.y0 + m->box.y1) / 2, r.x0, r.x1);
        } else if (w < 3 && h > w) {
            if (!m->white)
                add_rule(upright, &n_upright, (m->box.x0 + m->box.x1) / 2, r.y0, r.y1);
        } else if (m->rect && !m->white && box_contains(b, m->box, 3)) {
            add_rule(flat, &n_flat, m->box.y0, r.x0, r.x1);
            add_rule(flat, &n_flat, m->box.y1, r.x0, r.x1);
            if (m->kind == MARK_STROKE) {
                add_rule(upright, &n_upright, m->box.x0, r.y0, r.y1);
                add_rule(upright, &n_upright, m->box.x1, r.y0, r.y1);
            }
        }
    }
    t->n_flat = table_join_rules(flat, n_flat, TOUCHING);
    t->n_upright = table_join_rules(upright, n_upright, TOUCHING);
    t->flat = arena_array(t->arena, t->n_flat + 1, sizeof *flat);
    t->upright = arena_array(t->arena, t->n_upright + 1, sizeof *upright);
    for (size_t i = 0; i < t->n_flat; i++)
        t->flat[i] = flat[i];
    for (size_t i = 0; i < t->n_upright; i++)
        t->upright[i] = upright[i];
    free(flat);
    free(upright);
}

const struct table_rule *table_rule_between(const struct table *t, double y0, double y1, double x0, double x1,
                                            double share)
{
    /* Cells leave room between their pieces of a rule, so all pieces at one height count together. */
    for (size_t i = 0, end; i < t->n_flat; i = end) {
        double covered = 0;
        for (end = i; end < t->n_flat && t->flat[end].at == t->flat[i].at; end++)
            covered += fmax(0, fmin(t->flat[end].to, x1) - fmax(t->flat[end].from, x0));
        if (t->flat[i].at > y0 && t->flat[i].at < y1 && covered > share * (x1 - x0))
            return &t->flat[i];
    }
    return NULL;
}

const struct table_rule *table_upright_between(const struct table *t, double x0, double x1, double y)
{
    for (size_t i = 0; i < t->n_upright; i++)
        if (t->upright[i].at > x0 && t->upright[i].at < x1 && t->upright[i].from < y && t->upright[i].to > y)
            return &t->upright[i];
    return NULL;
}

/* pdf_table_rows.c: which lines of a table make one row, and which rows are its heading. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "extract/pdf_table.h"

static int bits(uint64_t set)
{
    return __builtin_popcountll(set);
}

static const uint64_t stub_column = 1; /* the first column: what the row is about */

/* ---- heading */

/* The number of lines above the rule that divides heading and body; 0: no such rule. */
static size_t ruled_heading(const struct table *t)
{
    for (size_t i = 0; i + 1 < t->n_lines && i < 12; i++)
        if (table_rule_between(t, t->lines[i].base, t->lines[i + 1].base - 0.4 * t->lines[i + 1].size, t->box.x0,
                               t->box.x1, 0.7))
            return i + 1;
    return 0;
}

static size_t bold_heading(const struct table *t)
{
    size_t n = 0;
    while (n < t->n_lines && t->lines[n].bold)
        n++;
    return n < t->n_lines ? n : 0;
}

static void find_heading(struct table *t)
{
    size_t n = ruled_heading(t);
    if (!n)
        n = bold_heading(t);
    if (!n && t->n_lines > 2)
        n = 1;
    for (size_t i = 0; i < n; i++)
        t->lines[i].header = true;
}

/* A rule under a heading says which columns it stands over, though its text may cover less of them. */
static void widen_heading(struct table *t, struct table_line *line, double next_top)
{
    for (size_t k = 0; k < line->n_chunks; k++) {
        struct table_chunk *c = &line->chunks[k];
        double centre = (c->x0 + c->x1) / 2;
        for (size_t i = 0; i < t->n_flat; i++) {
            const struct table_rule *r = &t->flat[i];
            if (r->at < line->base || r->at > next_top || r->from > centre || r->to < centre ||
                r->to - r->from > 0.9 * box_width(t->box))
                continue;
            int first = -1, last = -1;
            for (int column = 0; column < t->n_columns; column++) {
                double middle = (t->columns[column].x0 + t->columns[column].x1) / 2;
                if (middle < r->from || middle > r->to)
                    continue;
                first = first < 0 ? column : first;
                last = column;
            }
            /* Never over a neighbour of the same line. */
            bool free_left = k == 0 || line->chunks[k - 1].last < first;
            bool free_right = k + 1 == line->n_chunks || line->chunks[k + 1].first > last;
            if (first >= 0 && last > first && free_left && free_right) {
                c->first = first < c->first ? first : c->first;
                c->last = last > c->last ? last : c->last;
            }
        }
    }
}

/* The widest run of columns that a chunk of a heading is centred over, among those that the line below fills. */
static void centre_chunk(const struct table *t, const struct table_line *line, size_t k, uint64_t below)
{
    struct table_chunk *c = &line->chunks[k];
    int left = k ? line->chunks[k - 1].last + 1 : c->first ? 1 : 0;
    int right = k + 1 < line->n_chunks ? line->chunks[k + 1].first - 1 : t->n_columns - 1;
    int first = c->first, last = c->last;
    for (int a = left; a <= c->first; a++)
        for (int b = c->last; b <= right; b++) {
            double off = (t->columns[a].x0 + t->columns[b].x1) / 2 - (c->x0 + c->x1) / 2;
            uint64_t span = ((uint64_t)2 << b) - ((uint64_t)1 << a);
            if (fabs(off) < 0.8 * line->size && b - a > last - first && (below & span) == span) {
                first = a;
                last = b;
            }
        }
    c->first = first;
    c->last = last;
}

/* Without a rule headings that span columns are centred over the headings in the line below: all of the line, since one
 * alone could as well be the first line of a heading. */
static void centre_heading(const struct table *t, struct table_line *line, const struct table_line *below)
{
    struct table_chunk *before = arena_array(t->arena, line->n_chunks + 1, sizeof *before);
    bool all = line->n_chunks > 1;
    memcpy(before, line->chunks, line->n_chunks * sizeof *before);
    for (size_t k = 0; k < line->n_chunks; k++) {
        centre_chunk(t, line, k, below->columns);
        all &= line->chunks[k].last > line->chunks[k].first || line->chunks[k].first == 0;
    }
    if (!all)
        memcpy(line->chunks, before, line->n_chunks * sizeof *before);
}

/* A line of a heading that spans columns stands over another row of headings. */
static bool heading_goes_on(const struct table_line *above, const struct table_line *line)
{
    for (size_t k = 0; k < above->n_chunks; k++) {
        const struct table_chunk *c = &above->chunks[k];
        size_t below = 0;
        for (size_t j = 0; j < line->n_chunks; j++)
            below += line->chunks[j].first <= c->last && line->chunks[j].last >= c->first;
        if (c->last > c->first && below > 1)
            return false;
    }
    return true;
}

/* ---- rows */

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static bool ruled(const struct table *t, size_t i)
{
    const struct table_line *a = &t->lines[i - 1], *b = &t->lines[i];
    return table_rule_between(t, a->base - 0.2 * a->size, b->base - 0.35 * b->size, t->box.x0, t->box.x1, 0.5) != NULL;
}

/* The line above in the same columns: cells of other heights are centred beside each other, and their lines stand
 * between each other's. */
static const struct table_line *line_above(const struct table *t, size_t i)
{
    const struct table_line *line = &t->lines[i], *above = line - 1;
    double reach = 0.95 * line->size;
    while (above > t->lines && !(above->columns & line->columns) && above->base - above[-1].base < reach)
        above--;
    return above->columns & line->columns ? above : line - 1;
}

/* The step from a line to the next that begins a row; 0: steps don't tell. Lines of one cell stand closer than rows in
 * most tables with long cells: then there are two clearly different steps, and the lines behind the smaller one seldom
 * fill all columns. */
static double find_row_step(const struct table *t)
{
    double *steps = mem_array(t->n_lines + 1, sizeof *steps);
    size_t n = 0, tight = 0, wide = 0, full = 0;
    for (size_t i = 1; i < t->n_lines; i++)
        if (!t->lines[i].header && !ruled(t, i))
            steps[n++] = t->lines[i].base - line_above(t, i)->base;
    if (n)
        qsort(steps, n, sizeof *steps, by_value);
    double least = n ? steps[n / 10] : 0;
    free(steps);
    for (size_t i = 1; i < t->n_lines; i++) {
        double step = t->lines[i].base - line_above(t, i)->base;
        if (t->lines[i].header || ruled(t, i))
            continue;
        if (step > 1.18 * least) {
            wide++;
            continue;
        }
        tight++;
        full += bits(t->lines[i].columns) * 10 >= t->n_columns * 7 && bits(t->lines[i].columns) > 2;
    }
    return n >= 3 && tight && wide && 2 * full < tight && 8 * wide >= n ? 1.18 * least : 0;
}

static const struct table_chunk *chunk_at(const struct table_line *line, int column)
{
    for (size_t k = 0; k < line->n_chunks; k++)
        if (line->chunks[k].first <= column && line->chunks[k].last >= column)
            return &line->chunks[k];
    return NULL;
}

static bool begins_small(const struct table_chunk *c)
{
    size_t at = 0;
    int letter = text_next(c->words[0].text, c->words[0].len, &at);
    return (letter >= 'a' && letter <= 'z') || letter == '(' || (letter >= 0xDF && letter <= 0xFF);
}

/* Whether a line of the stub could have been broken off because its column ends there. */
static bool reaches_edge(const struct table *t, const struct table_chunk *c, const struct table_chunk *next)
{
    const struct table_column *column = &t->columns[c->last];
    double word = next->words[0].x1 - next->words[0].x0;
    return c->x1 + word + 0.25 * c->words[0].size > column->x1 - 1;
}

/* Whether nothing in a line can be the rest of what stands above it: the line above had room for its first words. */
static bool stands_alone(const struct table *t, const struct table_line *above, const struct table_line *line)
{
    if (line->n_chunks < 2)
        return false;
    for (size_t k = 0; k < line->n_chunks; k++) {
        const struct table_chunk *c = &line->chunks[k], *over = chunk_at(above, c->first);
        if (begins_small(c) || (over && (over->last != over->first || reaches_edge(t, over, c))))
            return false;
    }
    return true;
}

static bool all_reach_edge(const struct table *t, const struct table_line *above, const struct table_line *line)
{
    for (size_t k = 0; k < line->n_chunks; k++) {
        const struct table_chunk *c = &line->chunks[k], *over = chunk_at(above, c->first);
        if (!over || over->last != c->last || over->first != c->first || !reaches_edge(t, over, c))
            return false;
    }
    return true;
}

/* Where all lines stand equally far apart, what they hold must tell: a line goes on with the row above when it fills
 * part of the same columns, and its first text looks like the rest of a broken one. */
static bool row_goes_on(const struct table *t, const struct table_line *above, const struct table_line *line,
                        uint64_t row)
{
    if (line->columns & ~row)
        return false;
    const struct table_chunk *first = chunk_at(line, 0), *before = chunk_at(above, 0);
    int filled = bits(line->columns);
    if (!(line->columns & stub_column))
        return filled < (t->n_columns > 2 ? t->n_columns - 1 : 2) && !stands_alone(t, above, line);
    if (!before || !first || first->last > 0 || before->last > 0)
        return false;
    if (!reaches_edge(t, before, first) || bits(row) < 2 || line->bold)
        return false;
    if (filled > 1 && filled * 2 > bits(row))
        return begins_small(first) && filled < bits(row);
    /* Where all texts are short any of them reaches the edge. */
    return begins_small(first) || (before->x1 - before->x0 > 7 * above->size && all_reach_edge(t, above, line));
}

/* Whether line `i` begins a row, given the columns that the row above fills. */
static bool begins_row(const struct table *t, size_t i, double row_step, uint64_t row)
{
    const struct table_line *above = &t->lines[i - 1], *line = &t->lines[i];
    if (above->header != line->header)
        return true;
    if (line->header)
        return !heading_goes_on(above, line);
    if (ruled(t, i))
        return true;
    if (line->base - above->base < 0.95 * fmin(line->size, above->size) && !(line->columns & row))
        return false;
    above = line_above(t, i);
    double step = line->base - above->base;
    if (row_step > 0)
        return step >= row_step || (2 * bits(line->columns) >= t->n_columns && stands_alone(t, above, line));
    if (step > 2.2 * line->size)
        return true;
    return !row_goes_on(t, above, line, row);
}

void table_find_rows(struct table *t)
{
    find_heading(t);
    for (size_t i = 0; i < t->n_lines; i++)
        if (t->lines[i].header)
            widen_heading(t, &t->lines[i],
                          i + 1 < t->n_lines ? t->lines[i + 1].base - 0.4 * t->lines[i + 1].size : t->box.y1);
    for (size_t i = 0; i + 1 < t->n_lines; i++)
        if (t->lines[i].header && t->lines[i + 1].header && t->lines[i].n_chunks < t->lines[i + 1].n_chunks)
            centre_heading(t, &t->lines[i], &t->lines[i + 1]);
    double row_step = find_row_step(t);
    uint64_t row = t->lines[0].columns;
    int n = 0;
    for (size_t i = 1; i < t->n_lines; i++) {
        if (begins_row(t, i, row_step, row)) {
            n++;
            row = 0;
        }
        t->lines[i].row = n;
        row |= t->lines[i].columns;
    }
    t->n_rows = n + 1;
}

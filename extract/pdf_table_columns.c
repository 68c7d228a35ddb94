/* pdf_table_columns.c: chunks of a table's lines, and the columns that they stand in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/pdf_table.h"

/* Of the type size: a wider gap divides two cells; a word's space is 0.25, and up to half where lines are justified. */
static const double chunk_gap = 0.62;

static int by_x(const void *x, const void *y)
{
    const struct table_word *a = x, *b = y;
    return (a->x0 > b->x0) - (a->x0 < b->x0);
}

static void cut_chunks(struct table *t, struct table_line *line, struct table_word *words, size_t n)
{
    qsort(words, n, sizeof *words, by_x);
    line->chunks = arena_array(t->arena, n, sizeof *line->chunks);
    for (size_t i = 0; i < n; i++) {
        struct table_chunk *last = line->n_chunks ? &line->chunks[line->n_chunks - 1] : NULL;
        double gap = last ? words[i].x0 - last->x1 : 0, size = fmax(4, fmin(words[i].size, line->size));
        bool ruled = last && table_upright_between(t, fmin(last->x1, words[i].x0) - 1, words[i].x0 + 1,
                                                   line->base - 0.3 * line->size);
        if (last && gap < fmax(chunk_gap * size, words[i].loose) && !ruled) {
            last->n_words++;
            last->x1 = fmax(last->x1, words[i].x1);
        } else {
            line->chunks[line->n_chunks++] = (struct table_chunk){&words[i], 1, words[i].x0, words[i].x1, -1, -1};
        }
    }
}

static int by_base(const void *x, const void *y)
{
    const struct table_word *a = x, *b = y;
    if (a->base != b->base)
        return a->base < b->base ? -1 : 1;
    return by_x(x, y);
}

/* Lines of the table: words at one height. */
static bool make_lines(struct table *t)
{
    if (t->n_words)
        qsort(t->words, t->n_words, sizeof *t->words, by_base);
    t->lines = arena_array(t->arena, TABLE_MAX_LINES, sizeof *t->lines);
    for (size_t i = 0, end; i < t->n_words; i = end) {
        if (t->n_lines == TABLE_MAX_LINES)
            return false;
        struct table_line *line = &t->lines[t->n_lines++];
        double low = t->words[i].base;
        *line = (struct table_line){.bold = true};
        for (end = i; end < t->n_words; end++) {
            const struct table_word *w = &t->words[end];
            /* A raised or lowered piece stands off by up to 0.4 of the larger size. */
            if (w->base - low > 0.42 * fmax(w->size, t->words[i].size))
                break;
            line->size = fmax(line->size, w->size);
            line->bold &= w->bold;
            line->base = w->base;
        }
        line->base = (low + line->base) / 2;
        line->y0 = line->base - 0.78 * line->size;
        line->y1 = line->base + 0.22 * line->size;
        cut_chunks(t, line, t->words + i, end - i);
    }
    return t->n_lines > 0;
}

/* ---- columns */

static int by_width(const void *x, const void *y)
{
    const struct table_chunk *a = *(struct table_chunk *const *)x, *b = *(struct table_chunk *const *)y;
    double w = a->x1 - a->x0, v = b->x1 - b->x0;
    if (w != v)
        return w < v ? -1 : 1;
    return (a->x0 > b->x0) - (a->x0 < b->x0);
}

static int by_left(const void *x, const void *y)
{
    const struct table_column *a = x, *b = y;
    return (a->x0 > b->x0) - (a->x0 < b->x0);
}

/* The columns that a chunk lies over by more than a little; how many they are. */
static int covers(const struct table *t, const struct table_chunk *c, int *first, int *last)
{
    int n = 0;
    for (int k = 0; k < t->n_columns; k++) {
        double over = fmin(c->x1, t->columns[k].x1) - fmax(c->x0, t->columns[k].x0);
        double slight = fmin(6, 0.2 * fmin(c->x1 - c->x0, t->columns[k].x1 - t->columns[k].x0));
        if (over <= slight)
            continue;
        if (!n++)
            *first = k;
        *last = k;
    }
    return n;
}

static struct table_chunk **all_chunks(const struct table *t, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < t->n_lines; i++)
        *n += t->lines[i].n_chunks;
    struct table_chunk **list = mem_array(*n + 1, sizeof *list);
    for (size_t i = 0, k = 0; i < t->n_lines; i++)
        for (size_t j = 0; j < t->lines[i].n_chunks; j++)
            list[k++] = &t->lines[i].chunks[j];
    return list;
}

/* Widens a column by a chunk, but not over its neighbours. */
static void widen(struct table *t, int k, const struct table_chunk *chunk)
{
    struct table_column *c = &t->columns[k];
    double x0 = fmin(c->x0, chunk->x0), x1 = fmax(c->x1, chunk->x1);
    for (int i = 0; i < t->n_columns; i++) {
        if (i != k && t->columns[i].x0 >= c->x1 - 2)
            x1 = fmin(x1, fmax(c->x1, t->columns[i].x0 - 0.5));
        if (i != k && t->columns[i].x1 <= c->x0 + 2)
            x0 = fmax(x0, fmin(c->x0, t->columns[i].x1 + 0.5));
    }
    c->x0 = x0;
    c->x1 = x1;
}

/* Narrow chunks first, so that the columns are there before what spans them comes. */
static bool seed_columns(struct table *t)
{
    size_t n;
    struct table_chunk **list = all_chunks(t, &n);
    bool ok = true;
    if (n)
        qsort(list, n, sizeof *list, by_width);
    for (size_t i = 0; i < n && ok; i++) {
        int first = 0, last = 0, over = covers(t, list[i], &first, &last);
        if (over == 1) {
            widen(t, first, list[i]);
        } else if (over == 0) {
            ok = t->n_columns < TABLE_MAX_COLUMNS;
            if (ok)
                t->columns[t->n_columns++] = (struct table_column){list[i]->x0, list[i]->x1};
        }
    }
    free(list);
    qsort(t->columns, (size_t)t->n_columns, sizeof *t->columns, by_left);
    return ok;
}

static void place_chunks(struct table *t)
{
    for (size_t i = 0; i < t->n_lines; i++) {
        struct table_line *line = &t->lines[i];
        line->columns = 0;
        for (size_t k = 0; k < line->n_chunks; k++) {
            struct table_chunk *c = &line->chunks[k];
            c->first = c->last = 0;
            covers(t, c, &c->first, &c->last);
            for (int column = c->first; column <= c->last; column++)
                line->columns |= (uint64_t)1 << column;
        }
    }
}

/* Where a chunk over two columns falls apart between them: how many words lie before; else all. A word's space there
 * must lie between what else stands in the columns, or be wider than the others by far. */
static size_t words_before(const struct table *t, const struct table_chunk *c, int k)
{
    const struct table_column *a = &t->columns[k], *b = &t->columns[k + 1];
    double widest = 0, second = 0, left = (a->x0 + a->x1) / 2, right = (b->x0 + b->x1) / 2;
    size_t at = c->n_words;
    for (size_t i = 0; i + 1 < c->n_words; i++) {
        double x0 = c->words[i].x1, x1 = c->words[i + 1].x0, size = c->words[i].size;
        if (x1 - x0 >= 0.32 * size && x0 <= a->x1 + 1 && x1 >= b->x0 - 1 && x0 > a->x0 && x1 < b->x1)
            return i + 1;
        if (x1 - x0 > widest) {
            second = widest;
            widest = x1 - x0;
            at = x0 > left && x1 < right && widest > 0.42 * size ? i + 1 : c->n_words;
        } else {
            second = fmax(second, x1 - x0);
        }
    }
    return widest > 1.4 * second ? at : c->n_words;
}

/* Whether a line, or one that stands between its lines because its cells are of other heights, has something that ends
 * in column `k` (`ends`) or begins there. */
static bool near_line(const struct table *t, size_t i, int k, bool ends)
{
    for (size_t n = i ? i - 1 : 0; n < t->n_lines && n <= i + 1; n++)
        for (size_t j = 0; j < t->lines[n].n_chunks; j++) {
            const struct table_chunk *c = &t->lines[n].chunks[j];
            if ((ends ? c->last : c->first) == k &&
                fabs(t->lines[n].base - t->lines[i].base) < 0.95 * fmin(t->lines[n].size, t->lines[i].size))
                return true;
        }
    return false;
}

/* Whether two neighbouring columns are one: hardly a line has something in both, or far more lines run over both. */
static bool are_one(const struct table *t, int k)
{
    size_t both = 0, across = 0;
    double left = t->columns[k].x1, right = t->columns[k + 1].x0;
    for (size_t i = 0; i < t->n_lines; i++) {
        bool in_left = near_line(t, i, k, true), in_right = near_line(t, i, k + 1, false);
        for (size_t j = 0; j < t->lines[i].n_chunks; j++) {
            const struct table_chunk *c = &t->lines[i].chunks[j];
            bool over = c->first <= k && c->last > k, parted = over && words_before(t, c, k) < c->n_words;
            across += over && !parted;
            in_left |= parted;
            in_right |= parted;
        }
        both += in_left && in_right;
        if (table_upright_between(t, fmin(left, right) - 2, fmax(left, right) + 2,
                                  t->lines[i].base - 0.3 * t->lines[i].size))
            return false;
    }
    return both == 0 || 2 * both < across;
}

static void merge_columns(struct table *t)
{
    for (int k = 0; k + 1 < t->n_columns;) {
        if (!are_one(t, k)) {
            k++;
            continue;
        }
        t->columns[k].x1 = fmax(t->columns[k].x1, t->columns[k + 1].x1);
        memmove(&t->columns[k + 1], &t->columns[k + 2], (size_t)(t->n_columns - k - 2) * sizeof *t->columns);
        t->n_columns--;
        place_chunks(t);
        k = k ? k - 1 : 0;
    }
}

/* Divides a chunk that runs over several columns where a word's space stands between two of them. Returns how many
 * words stay. */
static size_t cut_between(const struct table *t, const struct table_chunk *c)
{
    for (int k = c->first; k < c->last; k++) {
        size_t n = words_before(t, c, k);
        if (n < c->n_words)
            return n;
    }
    return c->n_words;
}

static void split_chunks(struct table *t)
{
    for (size_t i = 0; i < t->n_lines; i++) {
        struct table_line *line = &t->lines[i];
        size_t n_words = 0, n = 0;
        for (size_t k = 0; k < line->n_chunks; k++)
            n_words += line->chunks[k].n_words;
        struct table_chunk *cut = arena_array(t->arena, n_words + 1, sizeof *cut);
        for (size_t k = 0; k < line->n_chunks; k++) {
            struct table_chunk rest = line->chunks[k];
            for (;;) {
                size_t at = rest.last > rest.first ? cut_between(t, &rest) : rest.n_words;
                struct table_chunk part = rest;
                part.n_words = at;
                part.x1 = part.words[at - 1].x1;
                covers(t, &part, &part.first, &part.last);
                cut[n++] = part;
                if (at == rest.n_words)
                    break;
                rest.words += at;
                rest.n_words -= at;
                rest.x0 = rest.words[0].x0;
                covers(t, &rest, &rest.first, &rest.last);
            }
        }
        line->chunks = cut;
        line->n_chunks = n;
    }
}

/* Whether what stands there is a table: lines with something in several columns, and few that run over columns. */
static bool is_table(const struct table *t)
{
    size_t several = 0, across = 0, chunks = 0;
    for (size_t i = 0; i < t->n_lines; i++) {
        const struct table_line *line = &t->lines[i];
        several += line->n_chunks > 1;
        chunks += line->n_chunks;
        for (size_t k = 0; k < line->n_chunks; k++)
            across += line->chunks[k].last > line->chunks[k].first;
    }
    return t->n_columns > 1 && several >= 2 && 3 * several >= t->n_lines && 3 * across < chunks;
}

/* Puts the chunks of a table's next part into the columns of the first, where these stand at the same places. */
static void take_columns(struct table *t, const struct table *first)
{
    memcpy(t->columns, first->columns, sizeof t->columns);
    t->n_columns = first->n_columns;
    double shift = t->box.x0 - first->box.x0;
    for (int k = 0; k < t->n_columns; k++) {
        t->columns[k].x0 += shift;
        t->columns[k].x1 += shift;
    }
}

bool table_find_columns(struct table *t, const struct table *first)
{
    if (!make_lines(t) || !seed_columns(t))
        return false;
    place_chunks(t);
    merge_columns(t);
    /* A part may have less in its columns than the first: two come out as one, or one as two. */
    if (first && abs(first->n_columns - t->n_columns) == 1) {
        take_columns(t, first);
        place_chunks(t);
    }
    split_chunks(t);
    place_chunks(t);
    return is_table(t) && (!first || first->n_columns == t->n_columns);
}

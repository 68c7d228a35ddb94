/* article_table.c: cells of tables: adding them within the limits, putting a table in order, and its JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/text.h"
#include "extract/article.h"

static int at_most(int value, int max)
{
    return value < max ? value : max;
}

void article_add_cell(struct article *a, struct art_figure *f, struct art_cell cell)
{
    struct art_table *t = &f->table;
    cell.text = cell.text ? article_text(a, cell.text, strlen(cell.text), ARTICLE_MAX_CELL) : NULL;
    if (!cell.text || cell.row < 0 || cell.column < 0)
        return;
    size_t len = strlen(cell.text);
    if (cell.row >= ARTICLE_MAX_ROWS || cell.column >= ARTICLE_MAX_TABLE_COLUMNS || t->n_cells >= ARTICLE_MAX_CELLS ||
        a->n_cells >= ARTICLE_MAX_ALL_CELLS || a->cell_bytes + len > ARTICLE_MAX_CELL_TEXT) {
        article_warn(a, "%s is too large: some of its cells are left out", f->label ? f->label : "a table");
        return;
    }
    cell.row_span = at_most(cell.row_span < 1 ? 1 : cell.row_span, ARTICLE_MAX_ROWS - cell.row);
    cell.column_span = at_most(cell.column_span < 1 ? 1 : cell.column_span, ARTICLE_MAX_TABLE_COLUMNS - cell.column);
    ARENA_GROW(&a->arena, t->cells, t->n_cells, t->cap_cells);
    t->cells[t->n_cells++] = cell;
    a->n_cells++;
    a->cell_bytes += len;
}

static int by_place(const void *x, const void *y)
{
    const struct art_cell *a = x, *b = y;
    if (a->row != b->row)
        return a->row - b->row;
    if (a->column != b->column)
        return a->column - b->column;
    int larger = b->row_span * b->column_span - a->row_span * a->column_span;
    return larger ? larger : strcmp(a->text, b->text);
}

/* New numbers for the rows or columns in which a cell begins; map[i] is how many of them stand before i. Returns how
 * many there are. */
static int count_used(const bool *used, int n, int *map)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        map[i] = count;
        count += used[i];
    }
    map[n] = count;
    return count;
}

void article_close_table(struct article *a, struct art_figure *f)
{
    struct art_table *t = &f->table;
    bool row_used[ARTICLE_MAX_ROWS] = {false}, column_used[ARTICLE_MAX_TABLE_COLUMNS] = {false};
    int row_map[ARTICLE_MAX_ROWS + 1], column_map[ARTICLE_MAX_TABLE_COLUMNS + 1];
    if (!t->n_cells)
        return;
    for (size_t i = 0; i < t->n_cells; i++)
        row_used[t->cells[i].row] = column_used[t->cells[i].column] = true;
    t->rows = count_used(row_used, ARTICLE_MAX_ROWS, row_map);
    t->columns = count_used(column_used, ARTICLE_MAX_TABLE_COLUMNS, column_map);
    for (size_t i = 0; i < t->n_cells; i++) {
        struct art_cell *c = &t->cells[i];
        c->row_span = row_map[c->row + c->row_span] - row_map[c->row];
        c->column_span = column_map[c->column + c->column_span] - column_map[c->column];
        c->row = row_map[c->row];
        c->column = column_map[c->column];
    }
    qsort(t->cells, t->n_cells, sizeof *t->cells, by_place);
    size_t kept = 0;
    for (size_t i = 0; i < t->n_cells; i++)
        if (!kept || t->cells[i].row != t->cells[kept - 1].row || t->cells[i].column != t->cells[kept - 1].column)
            t->cells[kept++] = t->cells[i];
    a->n_cells -= t->n_cells - kept;
    t->n_cells = kept;
}

void article_write_table(const struct art_table *t, struct str *out)
{
    str_addf(out, "{\"rows\":%d,\"columns\":%d,\"cells\":[", t->rows, t->columns);
    for (size_t i = 0; i < t->n_cells; i++) {
        const struct art_cell *c = &t->cells[i];
        str_addf(out, "%s[%d,%d,%d,%d,%d,", i ? "," : "", c->row, c->column, c->row_span, c->column_span, c->header);
        json_quote(c->text, out);
        str_add_char(out, ']');
    }
    str_add(out, "]}");
}

static bool read_number(const cJSON *item, int min, int max, int *out)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= min && item->valuedouble <= max))
        return false;
    *out = (int)item->valuedouble;
    return true;
}

static bool read_cell(struct article *a, const cJSON *from, const struct art_table *t, struct art_cell *c)
{
    const cJSON *part = cJSON_IsArray(from) ? from->child : NULL;
    int *numbers[] = {&c->row, &c->column, &c->row_span, &c->column_span}, header;
    for (size_t i = 0; i < 4; i++, part = part ? part->next : NULL)
        if (!read_number(part, i < 2 ? 0 : 1, ARTICLE_MAX_ROWS, numbers[i]))
            return false;
    if (!read_number(part, 0, 1, &header) || c->row + c->row_span > t->rows || c->column + c->column_span > t->columns)
        return false;
    c->header = header;
    const char *text = cJSON_GetStringValue(part->next);
    size_t len = text ? strlen(text) : 0;
    if (!len || len > ARTICLE_MAX_CELL || !text_is_utf8(text, len))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
            return false;
    c->text = arena_strndup(&a->arena, text, len);
    return true;
}

/* What article_close_table promises of the order, so that a table has no cell twice. */
static bool in_order(const struct art_cell *a, const struct art_cell *b)
{
    return a->row < b->row || (a->row == b->row && a->column < b->column);
}

bool article_read_table(struct article *a, const cJSON *from, struct art_table *t)
{
    const cJSON *cells = json_member(from, "cells"), *item;
    *t = (struct art_table){0};
    if (!from)
        return true;
    int n = cJSON_IsArray(cells) ? cJSON_GetArraySize(cells) : 0;
    if (n < 1 || n > ARTICLE_MAX_CELLS || a->n_cells + (size_t)n > ARTICLE_MAX_ALL_CELLS ||
        !read_number(json_member(from, "rows"), 1, ARTICLE_MAX_ROWS, &t->rows) ||
        !read_number(json_member(from, "columns"), 1, ARTICLE_MAX_TABLE_COLUMNS, &t->columns))
        return false;
    t->cells = arena_array(&a->arena, (size_t)n, sizeof *t->cells);
    cJSON_ArrayForEach(item, cells)
    {
        struct art_cell *c = &t->cells[t->n_cells];
        if (!read_cell(a, item, t, c) || (t->n_cells && !in_order(c - 1, c)))
            return false;
        t->n_cells++;
    }
    t->cap_cells = t->n_cells;
    a->n_cells += t->n_cells;
    return true;
}

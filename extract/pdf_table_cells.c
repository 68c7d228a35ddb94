/* pdf_table_cells.c: reads the cells and notes of a table on a page. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/pdf_table.h"

static void add_words(struct table *t, const struct pdf_line *line)
{
    size_t at = 0;
    struct pdf_span whole = {(float)line->box.x0, (float)line->box.x1};
    const struct pdf_span *spans = line->n_words ? line->words : &whole;
    size_t n = line->n_words ? line->n_words : 1;
    for (size_t i = 0; i < n && t->n_words < TABLE_MAX_WORDS; i++) {
        size_t len = n == 1 ? line->len : strcspn(line->text + at, " ");
        t->words[t->n_words++] =
            (struct table_word){spans[i].x0, spans[i].x1, line->base, line->size, line->text + at, len, line->bold};
        at += len + 1;
    }
}

static bool in_table(const struct table *t, const struct pdf_line *line)
{
    return line->class != LINE_FURNITURE && line->class != LINE_CAPTION && !line->sideways &&
           box_holds_centre(box_grow(t->box, 1), line->box);
}

/* The last rule as wide as the table, where there are two: notes stand below it, less text than the table has. */
static double bottom_of(const struct table *t)
{
    double bottom = INFINITY;
    size_t n = 0, above = 0, below = 0;
    for (size_t i = 0; i < t->n_flat; i++)
        if (t->flat[i].to - t->flat[i].from > 0.7 * box_width(t->box)) {
            n += t->flat[i].at > bottom + 6 || n == 0;
            bottom = t->flat[i].at;
        }
    for (size_t i = 0; i < t->page->n_lines; i++)
        if (in_table(t, &t->page->lines[i]))
            *(t->page->lines[i].base - 0.4 * t->page->lines[i].size < bottom ? &above : &below) += 1;
    return n > 1 && above > below ? bottom : INFINITY;
}

/* Divides the text in the box into words of cells and notes. */
static void collect(struct table *t, struct str *notes)
{
    double bottom = bottom_of(t);
    const struct pdf_line *last = NULL;
    t->words = arena_array(t->d->arena, TABLE_MAX_WORDS, sizeof *t->words);
    for (size_t i = 0; i < t->page->n_lines; i++) {
        const struct pdf_line *line = &t->page->lines[i];
        if (!in_table(t, line))
            continue;
        if (line->base - 0.4 * line->size < bottom) {
            add_words(t, line);
            continue;
        }
        if (last && notes->len)
            pdf_join_line(notes, line->text, line->len);
        else
            str_add_bytes(notes, line->text, line->len);
        last = line;
    }
}

/* ---- cells */

/* The text of the chunks of a row that begin in one column, line by line. */
static void add_cell(const struct table *t, struct article *a, struct art_figure *f, size_t from, size_t to, int column)
{
    struct str text = STR_INIT(1 << 20);
    struct art_cell cell = {.row = t->lines[from].row, .column = column, .row_span = 1, .column_span = 1};
    cell.header = t->lines[from].header;
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < t->lines[i].n_chunks; k++) {
            const struct table_chunk *c = &t->lines[i].chunks[k];
            if (c->first != column)
                continue;
            for (size_t w = 0; w < c->n_words; w++)
                if (w)
                    str_addf(&text, " %.*s", (int)c->words[w].len, c->words[w].text);
                else
                    pdf_join_line(&text, c->words[0].text, c->words[0].len);
            int span = c->last - c->first + 1;
            cell.column_span = span > cell.column_span ? span : cell.column_span;
        }
    cell.text = text.data;
    if (text.len)
        article_add_cell(a, f, cell);
    str_release(&text);
}

static void add_cells(const struct table *t, struct article *a, struct art_figure *f)
{
    for (size_t from = 0, to; from < t->n_lines; from = to) {
        for (to = from + 1; to < t->n_lines && t->lines[to].row == t->lines[from].row;)
            to++;
        for (int column = 0; column < t->n_columns; column++)
            add_cell(t, a, f, from, to, column);
    }
    article_close_table(a, f);
}

void pdf_read_table(struct pdf_doc *d, const struct pdf_caption *c, struct art_figure *f)
{
    struct str notes = STR_INIT(ARTICLE_MAX_NOTES * 4);
    struct table t = {.d = d, .page = &d->pages[c->region_page], .box = c->region};
    table_find_rules(&t);
    collect(&t, &notes);
    if (t.n_words < TABLE_MAX_WORDS && table_find_columns(&t)) {
        table_find_rows(&t);
        if (t.n_rows > 1)
            add_cells(&t, d->article, f);
    }
    f->notes = article_text(d->article, notes.data, notes.len, ARTICLE_MAX_NOTES);
    str_release(&notes);
}

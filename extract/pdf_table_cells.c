/* pdf_table_cells.c: reads the cells and notes of a table on a page. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/pdf_table.h"

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* How wide a word's space may be in a line of running text that is stretched to its column's width; 0: no such line. */
static double loose_space(const struct pdf_line *line)
{
    enum { FEW = 5, MANY = 40 };
    double gaps[MANY];
    size_t n = 0, small = 0;
    if (line->n_words < FEW || line->n_words > MANY)
        return 0;
    /* Headings of columns stand as far apart, but begin with capitals or are numbers. */
    for (size_t i = 0; i < line->len; i++)
        small += (!i || line->text[i - 1] == ' ') && line->text[i] >= 'a' && line->text[i] <= 'z';
    if (small * 2 < line->n_words)
        return 0;
    for (size_t i = 1; i < line->n_words; i++)
        gaps[n++] = line->words[i].x0 - line->words[i - 1].x1;
    qsort(gaps, n, sizeof *gaps, by_value);
    return 1.4 * gaps[n / 2];
}

static void add_words(struct table *t, const struct pdf_line *line)
{
    size_t at = 0;
    struct pdf_span whole = {(float)line->box.x0, (float)line->box.x1};
    const struct pdf_span *spans = line->n_words ? line->words : &whole;
    size_t n = line->n_words ? line->n_words : 1;
    double loose = loose_space(line);
    for (size_t i = 0; i < n && t->n_words < TABLE_MAX_WORDS; i++) {
        size_t len = n == 1 ? line->len : strcspn(line->text + at, " ");
        t->words[t->n_words++] = (struct table_word){spans[i].x0,     spans[i].x1, line->base, line->size,
                                                     line->text + at, len,         line->bold, i ? loose : 0};
        at += len + 1;
    }
}

/* A row of dots or strokes is a rule. */
static bool is_leader(const struct pdf_line *line)
{
    return line->n_chars > 15 && strspn(line->text, " ._-*=") == line->len;
}

static bool in_table(const struct table *t, const struct pdf_line *line)
{
    return line->class != LINE_FURNITURE && line->class != LINE_CAPTION && !line->sideways && !is_leader(line) &&
           box_holds_centre(box_grow(t->box, 1), line->box);
}

/* Whether the text below y is running text: lines with nothing beside them. */
static bool prose_below(const struct table *t, double y, size_t *n)
{
    const struct pdf_sheet *page = t->page;
    *n = 0;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *a = &page->lines[i];
        if (!in_table(t, a) || a->base - 0.4 * a->size < y)
            continue;
        ++*n;
        for (size_t k = i + 1; k < page->n_lines && k < i + 8; k++)
            if (in_table(t, &page->lines[k]) && fabs(page->lines[k].base - a->base) < 0.3 * a->size &&
                box_overlap_x(page->lines[k].box, a->box) < -1.5 * a->size)
                return false;
    }
    return true;
}

static size_t count_lines(const struct table *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->page->n_lines; i++)
        n += in_table(t, &t->page->lines[i]);
    return n;
}

/* Where the notes begin: below the first rule as wide as the table that has nothing but running text below it, and less
 * of that than the table has lines. */
static double bottom_of(const struct table *t)
{
    double bottom = INFINITY;
    size_t all = count_lines(t), below;
    for (size_t i = t->n_flat; i-- > 1;) {
        const struct table_rule *r = &t->flat[i];
        if (r->to - r->from < 0.7 * box_width(t->box))
            continue;
        if (!prose_below(t, r->at, &below) || 2 * below > all || r->at < t->flat[0].at + 6)
            break;
        bottom = r->at;
    }
    return bottom;
}

/* Divides the text in the box into words of cells and notes. */
static void collect(struct table *t, struct str *notes)
{
    double bottom = bottom_of(t);
    size_t n = 0;
    for (size_t i = 0; i < t->page->n_lines; i++)
        if (in_table(t, &t->page->lines[i]))
            n += t->page->lines[i].n_words + 1;
    t->words = arena_array(t->arena, n < TABLE_MAX_WORDS ? n + 1 : TABLE_MAX_WORDS, sizeof *t->words);
    for (size_t i = 0; i < t->page->n_lines; i++) {
        const struct pdf_line *line = &t->page->lines[i];
        if (!in_table(t, line))
            continue;
        if (line->base - 0.4 * line->size < bottom)
            add_words(t, line);
        else
            pdf_join_line(notes, line->text, line->len);
    }
}

/* ---- cells */

/* The text of the chunks of a row that begin in one column, line by line. */
static void add_cell(const struct table *t, struct article *a, struct art_figure *f, size_t from, size_t to, int column,
                     int first_row)
{
    struct str text = STR_INIT(1 << 20);
    struct art_cell cell = {.row = first_row + t->lines[from].row, .column = column, .row_span = 1, .column_span = 1};
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

/* Adds the rows below `first_row` rows that are there; returns how many there are then. */
static int add_rows(const struct table *t, struct article *a, struct art_figure *f, int first_row)
{
    for (size_t from = 0, to; from < t->n_lines; from = to) {
        for (to = from + 1; to < t->n_lines && t->lines[to].row == t->lines[from].row;)
            to++;
        for (int column = 0; column < t->n_columns; column++)
            add_cell(t, a, f, from, to, column, first_row);
    }
    return first_row + t->n_rows;
}

static bool read_part(struct table *t, const struct table *first, struct str *notes)
{
    table_find_rules(t);
    collect(t, notes);
    if (t->n_words >= TABLE_MAX_WORDS || !table_find_columns(t, first))
        return false;
    table_find_rows(t);
    return true;
}

/* ---- tables over several pages */

static void heading_text(const struct table *t, struct str *out)
{
    for (size_t i = 0; i < t->n_lines && t->lines[i].header; i++)
        for (size_t k = 0; k < t->lines[i].n_chunks; k++)
            for (size_t w = 0; w < t->lines[i].chunks[k].n_words; w++)
                str_add_bytes(out, t->lines[i].chunks[k].words[w].text, t->lines[i].chunks[k].words[w].len);
}

/* A heading that is printed again on the next page is no part of the table; what is another text is no heading. */
static void drop_heading(const struct table *first, struct table *part)
{
    struct str a = STR_INIT(1 << 20), b = STR_INIT(1 << 20);
    heading_text(first, &a);
    heading_text(part, &b);
    bool again = a.len && str_same(a.data, b.data);
    str_release(&a);
    str_release(&b);
    size_t n = 0;
    for (; n < part->n_lines && part->lines[n].header; n++)
        part->lines[n].header = false;
    if (!again || n == part->n_lines)
        return;
    int row = part->lines[n].row;
    part->lines += n;
    part->n_lines -= n;
    part->n_rows -= row;
    for (size_t i = 0; i < part->n_lines; i++)
        part->lines[i].row -= row;
}

static void read_next_pages(struct pdf_doc *d, const struct pdf_caption *c, struct art_figure *f,
                            const struct table *first, struct str *notes)
{
    enum { MAX_PAGES = 40 };
    struct box box = first->box;
    int rows = first->n_rows;
    for (int p = c->region_page; p < c->region_page + MAX_PAGES && pdf_table_goes_on(d, c, p, &box); p++) {
        struct table part = {.d = d, .arena = first->arena, .page = &d->pages[p + 1], .box = box};
        struct str more = STR_INIT(ARTICLE_MAX_NOTES * 4);
        bool same = read_part(&part, first, &more);
        if (same) {
            drop_heading(first, &part);
            rows = add_rows(&part, d->article, f, rows);
            str_addf(notes, "%s%s", notes->len && more.len ? " " : "", more.data);
        }
        str_release(&more);
        if (!same)
            return;
    }
}

void pdf_read_table(struct pdf_doc *d, const struct pdf_caption *c, struct art_figure *f)
{
    struct str notes = STR_INIT(ARTICLE_MAX_NOTES * 4);
    struct arena arena = ARENA_INIT;
    struct table t = {.d = d, .arena = &arena, .page = &d->pages[c->region_page], .box = c->region};
    if (read_part(&t, NULL, &notes) && t.n_rows > 1) {
        add_rows(&t, d->article, f, 0);
        read_next_pages(d, c, f, &t, &notes);
        article_close_table(d->article, f);
    }
    f->notes = article_text(d->article, notes.data, notes.len, ARTICLE_MAX_NOTES);
    str_release(&notes);
    arena_release(&arena);
}

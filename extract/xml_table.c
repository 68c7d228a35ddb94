/* xml_table.c: see xml_table.h. Cells are placed as HTML places them: each into the first free place of its row. */
#include "extract/xml_table.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = ARTICLE_MAX_TABLE_COLUMNS, MAX_NAMES = 2 * MAX_COLUMNS };

/* A column or a span of columns that CALS gives a name. */
struct name {
    const char *name;
    int first, last;
};

struct layout {
    struct article *a;
    struct art_figure *f;
    struct xml_text *text;
    struct str *notes;
    int row;                /* the next one */
    int taken[MAX_COLUMNS]; /* the row from which a column is free */
    struct name names[MAX_NAMES];
    size_t n_names;
};

static bool is_row(const xmlNode *node)
{
    enum xml_tag tag = xml_tag(node);
    return tag == TAG_TR || tag == TAG_ROW || tag == TAG_R;
}

static bool is_cell(const xmlNode *node)
{
    enum xml_tag tag = xml_tag(node);
    return tag == TAG_TD || tag == TAG_TH || tag == TAG_ENTRY || tag == TAG_ENTRYTBL || tag == TAG_C || tag == TAG_CELL;
}

/* The number that an attribute states; `none` when it states none. */
static int number_of(const xmlNode *node, const char *name, int none)
{
    const char *value = xml_attr(node, name);
    char *end;
    long n = value ? strtol(value, &end, 10) : 0;
    if (!value || end == value || n < 0)
        return none;
    return n < ARTICLE_MAX_ROWS ? (int)n : ARTICLE_MAX_ROWS;
}

static const struct name *find_name(const struct layout *l, const char *name)
{
    for (size_t i = 0; name && i < l->n_names; i++)
        if (strcmp(l->names[i].name, name) == 0)
            return &l->names[i];
    return NULL;
}

/* colspec and spanspec of CALS. */
static void read_names(struct layout *l, const xmlNode *group)
{
    int column = 0;
    l->n_names = 0;
    for (const xmlNode *node = group->children; node && l->n_names < MAX_NAMES; node = node->next) {
        const char *name = NULL;
        struct name found = {NULL, column, column};
        if (xml_tag(node) == TAG_COLSPEC) {
            name = xml_attr(node, "colname");
            int number = number_of(node, "colnum", column + 1);
            found.first = found.last = number > 0 && number <= MAX_COLUMNS ? number - 1 : column;
            column = found.first + 1;
        } else if (xml_tag(node) == TAG_SPANSPEC) {
            const struct name *first = find_name(l, xml_attr(node, "namest"));
            const struct name *last = find_name(l, xml_attr(node, "nameend"));
            name = first && last ? xml_attr(node, "spanname") : NULL;
            found.first = first ? first->first : 0;
            found.last = last ? last->last : 0;
        }
        if (!name || found.first >= MAX_COLUMNS || found.last < found.first)
            continue;
        found.name = name;
        l->names[l->n_names++] = found;
    }
}

/* Where the cell's names put it; false when it names nothing. */
static bool named_place(const struct layout *l, const xmlNode *cell, int *column, int *span)
{
    const struct name *first = find_name(l, xml_attr(cell, "spanname")), *last = first;
    if (!first) {
        first = find_name(l, xml_attr(cell, "namest"));
        last = find_name(l, xml_attr(cell, "nameend"));
    }
    if (!first)
        first = last = find_name(l, xml_attr(cell, "colname"));
    if (!first)
        return false;
    *column = first->first;
    *span = last && last->last >= first->first ? last->last - first->first + 1 : 1;
    return true;
}

static int column_span(const xmlNode *cell)
{
    const char *const names[] = {"colspan", "cspan", "cols"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (xml_attr(cell, names[i]))
            return number_of(cell, names[i], 1);
    return 1;
}

/* Of `left` rows of the group, this one counted. */
static int row_span(const xmlNode *cell, int left)
{
    const char *const names[] = {"rowspan", "rspan", "rows"};
    int span = number_of(cell, "morerows", 0) + 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (xml_attr(cell, names[i]))
            span = number_of(cell, names[i], 1);
    return span == 0 || span > left ? left : span; /* 0: to the end of the group */
}

static void add_cell(struct layout *l, const xmlNode *cell, int *column, int left, bool header)
{
    int at = *column, span = column_span(cell);
    if (named_place(l, cell, &at, &span) && at < *column)
        at = *column;
    while (at < MAX_COLUMNS && l->taken[at] > l->row)
        at++;
    struct art_cell c = {.row = l->row, .column = at, .row_span = row_span(cell, left)};
    while (c.column_span < span && at < MAX_COLUMNS && l->taken[at] <= l->row) {
        l->taken[at++] = l->row + c.row_span;
        c.column_span++;
    }
    *column = at;
    c.header = header || xml_tag(cell) == TAG_TH || xml_attr_is(cell, "role", "label");
    xml_text_clear(l->text);
    xml_text_add(l->text, cell);
    c.text = l->text->s.data;
    /* Behind the last column there is no place: it says so itself. */
    article_add_cell(l->a, l->f, c);
}

/* A note in a tfoot: the only cell of its row that says anything. */
static bool add_note(struct layout *l, const xmlNode *row)
{
    const xmlNode *only = NULL;
    for (const xmlNode *cell = row->children; cell; cell = cell->next) {
        if (!is_cell(cell))
            continue;
        xml_text_clear(l->text);
        xml_text_add(l->text, cell);
        if (!l->text->s.len)
            continue;
        if (only)
            return false;
        only = cell;
    }
    if (!only)
        return true;
    xml_text_clear(l->text);
    xml_text_add(l->text, only);
    str_addf(l->notes, "%s%s", l->notes->len ? " " : "", l->text->s.data);
    return true;
}

/* The rows that are children of `group`; they make a group of their own. */
static void add_rows(struct layout *l, const xmlNode *group)
{
    int left = 0;
    bool foot = xml_tag(group) == TAG_TFOOT, head = xml_tag(group) == TAG_THEAD;
    for (const xmlNode *row = group->children; row; row = row->next)
        left += is_row(row) && left < ARTICLE_MAX_ROWS;
    for (const xmlNode *row = group->children; row && l->row < ARTICLE_MAX_ROWS; row = row->next) {
        if (!is_row(row) || (foot && add_note(l, row)))
            continue;
        int column = 0;
        bool header = head || xml_attr_is(row, "role", "label");
        for (const xmlNode *cell = row->children; cell && column < MAX_COLUMNS; cell = cell->next)
            if (is_cell(cell))
                add_cell(l, cell, &column, left, header);
        l->row++;
        left -= left > 1;
    }
    for (int i = 0; i < MAX_COLUMNS; i++)
        l->taken[i] = l->row;
}

/* The rows of a table or of a CALS tgroup. The foot may be written before the body, but stands below it. */
static void add_groups(struct layout *l, const xmlNode *table)
{
    add_rows(l, table);
    for (const xmlNode *node = table->children; node; node = node->next)
        if (xml_tag(node) == TAG_THEAD || xml_tag(node) == TAG_TBODY)
            add_rows(l, node);
    for (const xmlNode *node = table->children; node; node = node->next)
        if (xml_tag(node) == TAG_TFOOT)
            add_rows(l, node);
}

int xml_table_add(struct article *a, struct art_figure *f, const xmlNode *table, int first_row, struct xml_text *text,
                  struct str *notes)
{
    struct layout l = {.a = a, .f = f, .text = text, .notes = notes, .row = first_row};
    add_groups(&l, table);
    for (const xmlNode *node = table->children; node; node = node->next) {
        if (xml_tag(node) != TAG_TGROUP)
            continue;
        read_names(&l, node);
        add_groups(&l, node);
    }
    return l.row;
}

/* table_text.h: a table as text, for comparing: a line a row, cells divided by bars, each with its column in front, #
 * for a heading, +N for N columns, vN for N rows. */
#ifndef FIGMILL_TESTS_UNIT_TABLE_TEXT_H
#define FIGMILL_TESTS_UNIT_TABLE_TEXT_H

#include "base/str.h"
#include "extract/article.h"

static inline void assert_table(const struct art_table *t, const char *expected)
{
    struct str s = STR_INIT(1 << 20);
    for (size_t i = 0; i < t->n_cells; i++) {
        const struct art_cell *c = &t->cells[i];
        str_add(&s, !i ? "" : t->cells[i - 1].row == c->row ? "|" : "\n");
        str_addf(&s, "%d%s%s", c->column, c->header ? "#" : " ", c->text);
        if (c->column_span > 1)
            str_addf(&s, "+%d", c->column_span);
        if (c->row_span > 1)
            str_addf(&s, "v%d", c->row_span);
    }
    assert_string_equal(s.data, expected);
    str_release(&s);
}

#endif

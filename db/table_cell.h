/* table_cell.h: cells of tables. */
#ifndef FIGMILL_DB_TABLE_CELL_H
#define FIGMILL_DB_TABLE_CELL_H

#include <stddef.h>

#include "db/db.h"

struct table_cell {
    int row, column, row_span, column_span; /* from 0; spans at least 1 */
    bool header;
    const char *text;
};

/* Replaces the cells of a figure. No two may be in one place. */
bool table_cells_store(struct db *db, int64_t figure_id, const struct table_cell *cells, size_t n, struct err *e);

#endif

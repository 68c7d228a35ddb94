/* table_cell.c: see table_cell.h. */
#include "db/table_cell.h"

bool table_cells_store(struct db *db, int64_t figure_id, const struct table_cell *cells, size_t n, struct err *e)
{
    if (!db_run(db, e, "DELETE FROM table_cell WHERE figure_id = ?1", "i", figure_id))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!db_run(db, e,
                    "INSERT INTO table_cell (figure_id, row, col, rowspan, colspan, header, text) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    "iiiiiit", figure_id, (int64_t)cells[i].row, (int64_t)cells[i].column, (int64_t)cells[i].row_span,
                    (int64_t)cells[i].column_span, (int64_t)cells[i].header, cells[i].text))
            return false;
    return true;
}

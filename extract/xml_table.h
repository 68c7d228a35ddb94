/* xml_table.h: cells of tables in markup: XHTML (table, tr, td; JATS and HTML), CALS and OASIS (tgroup, row, entry),
 * BioMed Central (tblbdy, r, c), TEI (row, cell). */
#ifndef FIGMILL_EXTRACT_XML_TABLE_H
#define FIGMILL_EXTRACT_XML_TABLE_H

#include "extract/article.h"
#include "extract/xml.h"

/* Adds the cells of one table element to the figure's table, below `first_row` rows that are there already, and
 * returns the number of the row behind them. A table inside a cell is that cell's text. Cells of a tfoot row that
 * stand alone in it are notes and go to `notes`, with a space between them. `text` is scratch. A row has no more
 * columns than ARTICLE_MAX_TABLE_COLUMNS, and no cell goes beyond its group of rows (thead, tbody, tfoot), whatever
 * its spans say. Call article_close_table when all tables of the figure are read. */
int xml_table_add(struct article *a, struct art_figure *f, const xmlNode *table, int first_row, struct xml_text *text,
                  struct str *notes);

#endif

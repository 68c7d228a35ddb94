/* print.h: rows on stdout, as people or programs want them. A printer is a query_sink (db/query.h). */
#ifndef FIGMILL_STAGE_TOOLS_PRINT_H
#define FIGMILL_STAGE_TOOLS_PRINT_H

#include <stdio.h>

#include "db/query.h"

enum print_format {
    PRINT_TABLE,  /* columns as wide as they need be, numbers to the right; NULL stands as NULL */
    PRINT_CSV,    /* RFC 4180 but for plain line ends; NULL is nothing, an empty text is "" */
    PRINT_JSON,   /* one array of objects; blobs as hex digits */
    PRINT_JSONL,  /* one object a line */
    PRINT_RECORDS /* a line a column, "name  value"; NULLs left out */
};

/* The format of that name (table, csv, json, jsonl, records), or false. */
bool print_format_of(const char *name, enum print_format *out);

struct printer;

/* `max_width`: columns of the terminal that one cell of a table may take, cut with an ellipsis past that; 0: no limit.
 * A table looks at its first PRINT_LOOKAHEAD rows for the widths, so that it can print any number of rows. */
enum { PRINT_LOOKAHEAD = 1000 };
struct printer *printer_new(FILE *out, enum print_format format, int max_width);
const struct query_sink *printer_sink(struct printer *p);
/* Prints what is left and frees it; gives the number of rows. */
long printer_end(struct printer *p);

#endif

/* day.h: days as numbers, for ranges of dates that are cut in two. */
#ifndef FIGMILL_INGEST_DAY_H
#define FIGMILL_INGEST_DAY_H

#include <stdbool.h>

enum { DAY_SIZE = 11 }; /* "YYYY-MM-DD" and its NUL */

/* Days since 1970-01-01 of a date "YYYY-MM-DD" from 1000 to 9999 that the calendar has; false: it is none. */
bool day_read(const char *text, int *day);
/* The other way; days outside of those years are taken to the nearest in them. */
void day_write(int day, char out[DAY_SIZE]);
int day_today(void); /* UTC */

#endif

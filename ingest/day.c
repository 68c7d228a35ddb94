#include "ingest/day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_FIRST = -354285 /* 1000-01-01 */, DAY_LAST = 2932896 /* 9999-12-31 */, DAY_SECONDS = 86400 };

static bool two_digits(const char *p, int *out)
{
    *out = (p[0] - '0') * 10 + p[1] - '0';
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9';
}

void day_write(int day, char out[DAY_SIZE])
{
    day = day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day;
    const time_t seconds = (time_t)day * DAY_SECONDS;
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(out, DAY_SIZE, "%Y-%m-%d", &tm);
}

bool day_read(const char *text, int *day)
{
    int century, year, month, date;
    char again[DAY_SIZE];
    if (strlen(text) != DAY_SIZE - 1 || text[4] != '-' || text[7] != '-' || !two_digits(text, &century) ||
        !two_digits(text + 2, &year) || !two_digits(text + 5, &month) || !two_digits(text + 8, &date))
        return false;
    struct tm tm = {.tm_year = century * 100 + year - 1900, .tm_mon = month - 1, .tm_mday = date};
    const time_t seconds = timegm(&tm);
    *day = (int)((seconds - (seconds % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS);
    /* timegm makes March out of the 30th of February. */
    day_write(*day, again);
    return strcmp(again, text) == 0;
}

int day_today(void)
{
    return (int)(time(NULL) / DAY_SECONDS);
}

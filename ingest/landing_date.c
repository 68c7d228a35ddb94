/* landing_date.c: dates as pages write them (see landing.h). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ingest/landing.h"

enum { WORDS = 4 };

/* A number, or the name of a month as one. */
struct word {
    int value;
    size_t digits; /* 0: a month's name */
};

static int month_named(const char *text)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++) {
        if (strncasecmp(text, names + 3L * i, 3) == 0)
            return i + 1;
    }
    return 0;
}

/* The date's numbers and names of months, up to a time of day. */
static size_t words_of(const char *text, struct word words[WORDS])
{
    size_t n = 0;
    while (*text && n < WORDS) {
        size_t digits = strspn(text, "0123456789");
        int month = digits ? 0 : month_named(text);
        if (digits > 8)
            return 0;
        if (digits && (text[digits] == ':' || (n == 3 && digits <= 2)))
            break;
        if (digits) {
            words[n] = (struct word){0, digits};
            for (size_t i = 0; i < digits; i++)
                words[n].value = words[n].value * 10 + (text[i] - '0');
            n++;
            text += digits;
            text += *text == 'T' ? strlen(text) : 0;
        } else if (month) {
            words[n++] = (struct word){month, 0};
            text += 3;
            while ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'))
                text++;
        } else {
            text++;
        }
    }
    return n;
}

static bool write_date(int year, int month, int day, char date[11])
{
    if (year < 1500 || year > 2999)
        return false;
    if (month < 1 || month > 12)
        snprintf(date, 11, "%04d", year);
    else if (day < 1 || day > 31)
        snprintf(date, 11, "%04d-%02d", year, month);
    else
        snprintf(date, 11, "%04d-%02d-%02d", year, month, day);
    return true;
}

/* Day and month of the two words that are not the year, in either order. False: they could be both. */
static void split_day(struct word a, struct word b, int *month, int *day)
{
    bool a_first = !a.digits || b.value > 12; /* "Apr 22", "04/22" */
    bool b_first = !b.digits || a.value > 12; /* "22 Apr", "22/04" */
    *month = a_first && !b_first ? a.value : b_first && !a_first ? b.value : 0;
    *day = a_first && !b_first ? b.value : a.value;
    if (a.digits && b.digits && a.value == b.value)
        *month = a.value;
}

bool landing_date(const char *text, char date[11])
{
    struct word w[WORDS] = {{0}};
    date[0] = 0;
    size_t n = text ? words_of(text, w) : 0;
    if (n && w[0].digits == 8)
        return write_date(w[0].value / 10000, w[0].value / 100 % 100, w[0].value % 100, date);
    size_t year = 0;
    while (year < n && w[year].digits != 4)
        year++;
    if (year == n || year > 2)
        return false;
    if (year == 0)
        return write_date(w[0].value, n > 1 ? w[1].value : 0, n > 2 ? w[2].value : 0, date);
    if (year == 1)
        return write_date(w[1].value, w[0].value, 0, date);
    int month = 0, day = 0;
    split_day(w[0], w[1], &month, &day);
    return write_date(w[2].value, month, day, date);
}

/* numbers.c: see numbers.h. */
#include "translate/numbers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { MOST_DIGITS = 40, MOST_NUMBERS = 2000, MOST_NAMED = 3, WORD_NUMBER = 12, MONTH_SIGN = 0x6708 /* 月 */ };

struct number {
    char digits[MOST_DIGITS + 1]; /* without separators; a decimal's last zeros are off */
    char parts[MOST_DIGITS + 1];  /* as written, separators as blanks: "2,5" may be two numbers of a list */
    bool decimal, month, found;
};

struct numbers {
    struct number *items;
    size_t n, cap;
};

/* A separator within a number: point, comma, Arabic decimal, and the narrow spaces that group thousands. */
static bool is_separator(int c)
{
    return c == '.' || c == ',' || c == 0x66B || c == 0x66C || c == 0x2009 || c == 0x202F || c == 0xFF0E || c == 0xFF0C;
}

/* Groups of three behind each separator, as in 10,000 or 1.234.567. */
static bool is_grouped(const struct number *n, size_t separators)
{
    const char *p = n->parts;
    size_t lead = strcspn(p, " ");
    if (!separators || lead > 3)
        return false;
    for (p += lead; *p; p += 4)
        if (strcspn(p + 1, " ") != 3)
            return false;
    return true;
}

/* Reads the number at *at. A separator belongs to it only between two digits. */
static struct number read_number(const char *text, size_t len, size_t *at)
{
    struct number n = {0};
    size_t d = 0, p = 0, separators = 0;
    int ahead = 0;
    for (size_t next = *at; *at < len; *at = next) {
        int c = text_next(text, len, &next), digit = text_digit_value(c);
        if (digit < 0 && is_separator(c)) {
            size_t behind = next;
            if (text_digit_value(text_next(text, len, &behind)) < 0)
                break;
            separators++;
            if (p < MOST_DIGITS)
                n.parts[p++] = ' ';
            continue;
        }
        ahead = c;
        if (digit < 0)
            break;
        if (d < MOST_DIGITS && p < MOST_DIGITS) {
            n.digits[d++] = (char)('0' + digit);
            n.parts[p++] = (char)('0' + digit);
        }
    }
    n.decimal = separators == 1 && !is_grouped(&n, separators);
    while (n.decimal && d > 1 && n.digits[d - 1] == '0')
        n.digits[--d] = 0;
    n.month = ahead == MONTH_SIGN;
    return n;
}

static void add(struct numbers *list, struct number n, struct arena *arena)
{
    ARENA_GROW(arena, list->items, list->n, list->cap);
    list->items[list->n++] = n;
}

/* "1,2,3" and "10.11.2019" are several numbers: neither one decimal nor groups of three. */
static void add_parts(struct numbers *list, const struct number *whole, struct arena *arena)
{
    for (const char *p = whole->parts; *p; p += strspn(p, " ")) {
        struct number n = {0};
        size_t len = strcspn(p, " ");
        memcpy(n.digits, p, len);
        memcpy(n.parts, p, len);
        add(list, n, arena);
        p += len;
    }
}

static struct numbers numbers_of(const char *text, struct arena *arena)
{
    struct numbers list = {0};
    size_t len = strlen(text);
    for (size_t at = 0, next = 0; at < len && list.n < MOST_NUMBERS; at = next) {
        if (text_digit_value(text_next(text, len, &next)) < 0)
            continue;
        next = at;
        struct number n = read_number(text, len, &next);
        size_t separators = 0;
        for (const char *p = n.parts; *p; p++)
            separators += *p == ' ';
        if (separators > 1 && !is_grouped(&n, separators))
            add_parts(&list, &n, arena);
        else
            add(&list, n, arena);
    }
    return list;
}

/* Each number of the other list answers once; numbers that merely repeat need not be as many. */
static bool take(struct numbers *list, const char *digits)
{
    struct number *seen = NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct number *n = &list->items[i];
        if (strcmp(n->digits, digits) != 0)
            continue;
        seen = n;
        if (!n->found)
            break;
    }
    if (seen)
        seen->found = true;
    return seen != NULL;
}

/* A list of two looks like a decimal ("Fig. 1,2"), an interval like a grouped number ("[330,360]"). */
static bool take_parts(struct numbers *list, const struct number *n)
{
    char digits[MOST_DIGITS + 1];
    if (!strchr(n->parts, ' '))
        return false;
    for (const char *p = n->parts; *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        memcpy(digits, p, len);
        digits[len] = 0;
        if (!take(list, digits))
            return false;
        p += len;
    }
    return true;
}

static void name(struct str *out, const struct number *n)
{
    str_add(out, out->len ? ", " : "");
    for (const char *p = n->parts; *p; p++)
        str_add_char(out, *p == ' ' ? n->decimal ? '.' : ',' : *p);
}

const char *numbers_compare(const char *source, const char *translation, struct arena *arena)
{
    struct numbers in = numbers_of(source, arena), out = numbers_of(translation, arena);
    struct str missing = STR_INIT(256), added = STR_INIT(256);
    int named = 0;
    for (size_t i = 0; i < in.n && named < MOST_NAMED; i++) {
        const struct number *n = &in.items[i];
        if (!take(&out, n->digits) && !take_parts(&out, n) && !n->month) {
            name(&missing, n);
            named++;
        }
    }
    for (size_t i = 0; i < out.n && named < MOST_NAMED; i++) {
        const struct number *n = &out.items[i];
        bool small = !n->decimal && strtol(n->digits, NULL, 10) <= WORD_NUMBER && strlen(n->digits) <= 2;
        if (!n->found && !small) {
            name(&added, n);
            named++;
        }
    }
    const char *what = NULL;
    if (missing.len || added.len)
        what = arena_printf(arena, "%s%s%s%s%s", missing.data, missing.len ? " missing" : "",
                            missing.len && added.len ? "; " : "", added.data, added.len ? " not in the source" : "");
    str_release(&missing);
    str_release(&added);
    return what;
}

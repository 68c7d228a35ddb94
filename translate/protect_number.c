/* protect_number.c: numbers, quantities and formulas in a text; see protect_scan.h. */
#include "translate/protect_scan.h"

#include <string.h>

enum { MOST_PARTS = 8, GROUP = 3 };

static bool is_minus(int c)
{
    return c == '-' || c == 0x2212 || c == 0x2013;
}

static bool is_relation(int c)
{
    return c == '<' || c == '>' || c == '=' || c == 0x2264 || c == 0x2265 || c == 0x2248 || c == '~' || c == 0xB1 ||
           c == 0x2A7D || c == 0x2A7E || c == 0x223C;
}

static size_t digits(const struct scan *s, size_t i)
{
    while (s->kind[i] == SCAN_DIGIT)
        i++;
    return i;
}

/* A mark between digits. Blanks and apostrophes are one only in front of a group of three. */
static bool is_mark(const struct scan *s, size_t i, size_t start, size_t first)
{
    int c = s->c[i];
    if (s->kind[i + 1] != SCAN_DIGIT)
        return false;
    if (c == '.' || c == ',' || c == 0xB7 || c == 0x66B || c == 0x66C)
        return true;
    bool blank = c == ' ' || c == 0xA0 || c == 0x2009 || c == 0x202F || c == '\'' || c == 0x2019;
    size_t lead = first ? first - start : i - start;
    return blank && lead <= GROUP && s->c[start] != '0' && digits(s, i + 1) == i + 1 + GROUP;
}

struct parts {
    size_t start, end, n; /* n marks, at most MOST_PARTS of them noted */
    size_t marks[MOST_PARTS];
};

static void split(const struct scan *s, size_t i, struct parts *p)
{
    *p = (struct parts){.start = i};
    for (i = digits(s, i); is_mark(s, i, p->start, p->n ? p->marks[0] : 0); i = digits(s, i + 1)) {
        if (p->n < MOST_PARTS)
            p->marks[p->n] = i;
        p->n++;
    }
    p->end = i;
}

/* True when three digits stand behind each of the first `n` marks, at most three in front, and all marks are alike. */
static bool grouped(const struct scan *s, const struct parts *p, size_t n)
{
    if (p->marks[0] - p->start > GROUP || s->c[p->start] == '0')
        return false;
    for (size_t k = 0; k < n; k++) {
        size_t next = k + 1 < p->n ? p->marks[k + 1] : p->end;
        if (next - p->marks[k] - 1 != GROUP || s->c[p->marks[k]] != s->c[p->marks[0]])
            return false;
    }
    return true;
}

static enum number_form form_of_single(const struct scan *s, const struct parts *p)
{
    int c = s->c[p->marks[0]];
    if (c == 0xB7 || c == 0x66B)
        return NUMBER_DECIMAL;
    if (c == '.' || c == ',')
        return grouped(s, p, 1) ? NUMBER_EITHER : NUMBER_DECIMAL;
    /* "Fig. 1 200 μm": a mere blank is not known to group. */
    return c == ' ' ? NUMBER_OPAQUE : NUMBER_GROUPED;
}

struct number number_read(const struct scan *s, size_t i)
{
    struct parts p;
    if (s->kind[i] != SCAN_DIGIT)
        return (struct number){.end = digits(s, i + 1), .mark = i, .form = NUMBER_DECIMAL};
    split(s, i, &p);
    struct number n = {.end = p.end, .form = NUMBER_PLAIN};
    if (p.n == 0)
        return n;
    n.form = NUMBER_OPAQUE;
    if (p.n > MOST_PARTS)
        return n;
    int last = s->c[p.marks[p.n - 1]];
    if (p.n == 1) {
        n.form = form_of_single(s, &p);
        n.mark = n.form == NUMBER_DECIMAL || n.form == NUMBER_EITHER ? p.marks[0] : 0;
    } else if (grouped(s, &p, p.n)) {
        n.form = NUMBER_GROUPED;
    } else if (grouped(s, &p, p.n - 1) && last != s->c[p.marks[0]] &&
               (last == '.' || last == ',' || last == 0xB7 || last == 0x66B)) {
        n.form = NUMBER_GROUPED;
        n.mark = p.marks[p.n - 1];
    }
    return n;
}

/* "× 10^6", "·10⁶", "e-5", "^2", "⁶" behind digits. */
static size_t exponent(const struct scan *s, size_t i)
{
    size_t j = i;
    while (s->kind[j] == SCAN_SUPER)
        j++;
    if (j > i)
        return j;
    if ((s->c[i] == '^' || s->c[i] == 'e' || s->c[i] == 'E')) {
        j = i + 1;
        if (is_minus(s->c[j]) || s->c[j] == '+')
            j++;
        size_t end = digits(s, j);
        return end > j && !scan_word(s, end) ? end : i;
    }
    return i;
}

/* Where a number begins at `i`: its first digit, or its leading mark; else `i` is no number: false. */
static bool number_start(const struct scan *s, size_t i)
{
    if (s->kind[i] == SCAN_DIGIT)
        return true;
    if ((s->c[i] != '.' && s->c[i] != ',') || s->kind[i + 1] != SCAN_DIGIT)
        return false;
    size_t before = i;
    while (before && s->kind[before - 1] == SCAN_BLANK)
        before--;
    return before && (is_relation(s->c[before - 1]) || (s->c[i] == '.' && (before < i || s->c[i - 1] == '(')));
}

/* "2nd", "1º", "n.º": these are words. "5-fluor..." is one, too. */
static bool ends_number(const struct scan *s, size_t i)
{
    if (scan_word(s, i))
        return false;
    if (s->c[i] == '-' && s->kind[i + 1] == SCAN_LETTER)
        return false;
    return !(s->c[i] == '.' && (s->c[i + 1] == 0xBA || s->c[i + 1] == 0xAA));
}

/* "2010 г." is a year. */
static bool is_year(const struct scan *s, size_t from, size_t to)
{
    return to - from == 4 && (scan_match(s, from, "19", &(size_t){0}) || scan_match(s, from, "20", &(size_t){0}));
}

/* The unit behind a number that ends at `i`; `i` where there is none. */
static size_t with_unit(const struct scan *s, size_t from, size_t i)
{
    size_t at = scan_skip_blank(s, i);
    if (s->c[i] == '-' && s->kind[i + 1] == SCAN_LETTER)
        at = i + 1;
    if (s->c[at] == 0x433 && at > i && is_year(s, from, i))
        return i;
    size_t end = unit_span(s, at);
    if (end)
        return end;
    /* "40×", "20x": magnifications. */
    if ((s->c[i] == 0xD7 || s->c[i] == 'x' || s->c[i] == 'X') && !scan_word(s, i + 1) &&
        s->kind[scan_skip_blank(s, i + 1)] != SCAN_DIGIT)
        return i + 1;
    return i;
}

/* One number with exponent and unit, from its sign on; 0 where it is none. */
static size_t one(const struct scan *s, size_t i, enum protect_kind *kind)
{
    if (is_minus(s->c[i]) || s->c[i] == '+')
        i++;
    if (!number_start(s, i))
        return 0;
    size_t end = exponent(s, number_read(s, i).end), whole = with_unit(s, i, end);
    if (whole > end) {
        if (s->c[whole - 1] != '%' && s->c[whole - 1] != 0x2030)
            *kind = PROTECT_QUANTITY;
        return whole;
    }
    return ends_number(s, end) ? end : 0;
}

/* What joins two numbers to one span at `i`: a range, ±, ×, a ratio, a fraction. The index behind it, or 0. "5 - 3"
 * is a range too; "5 a 10" has a word between, and stays two. */
static size_t join(const struct scan *s, size_t i)
{
    size_t at = scan_skip_blank(s, i);
    int c = s->c[at];
    bool tight = at == i;
    bool known = is_minus(c) || c == 0x2014 || c == 0xB1 || c == 0xD7 || c == '*' || c == '~' ||
                 ((c == '/' || c == ':') && tight) || ((c == 'x' || c == 'X') && !scan_word(s, at + 1) && !tight) ||
                 ((c == 'x' || c == 'X') && s->kind[at + 1] == SCAN_DIGIT);
    if (scan_match(s, at, "+/-", &at))
        return scan_skip_blank(s, at);
    if (!known)
        return 0;
    size_t behind = scan_skip_blank(s, at + 1);
    /* "5 -3" is a number and a negative one. */
    return is_minus(c) && (behind > at + 1) == tight ? 0 : behind;
}

size_t number_span(const struct scan *s, size_t i, enum protect_kind *kind)
{
    size_t at = i;
    *kind = PROTECT_NUMBER;
    /* The fraction of a number that was not taken is none of its own. */
    if (i && (scan_word(s, i - 1) || (i > 1 && (s->c[i - 1] == '.' || s->c[i - 1] == ',') && scan_word(s, i - 2))))
        return 0;
    while (is_relation(s->c[at]) && s->c[at] != '=' && at < i + 2)
        at++;
    if (at > i)
        at = scan_skip_blank(s, at);
    size_t end = one(s, at, kind);
    if (!end)
        return 0;
    for (size_t next; (next = join(s, end)) != 0;) {
        size_t more = one(s, next, kind);
        if (!more)
            break;
        end = more;
    }
    return end;
}

/* A variable of a formula: one letter, perhaps with an index or a power. */
static size_t variable(const struct scan *s, size_t i)
{
    if (s->kind[i] != SCAN_LETTER ||
        (i && (scan_word(s, i - 1) || strchr("-'/", s->c[i - 1] < 0x80 ? s->c[i - 1] : 'a'))))
        return 0;
    i++;
    for (int k = 0; k < 2 && (s->kind[i] == SCAN_DIGIT || s->kind[i] == SCAN_SUPER); k++)
        i++;
    return scan_word(s, i) ? 0 : i;
}

/* A term: a number with its unit, or letters like "ax", "3b". *number tells which. */
static size_t term(const struct scan *s, size_t i, bool *number)
{
    enum protect_kind kind;
    size_t end = one(s, i, &kind);
    *number = end != 0;
    if (end)
        return end;
    end = number_start(s, i) ? number_read(s, i).end : i;
    for (int k = 0; k < 2 && s->kind[end] == SCAN_LETTER && s->c[end] < 0x400; k++)
        end++;
    while (s->kind[end] == SCAN_SUPER)
        end++;
    return end > i && !scan_word(s, end) ? end : 0;
}

static bool is_operator(int c)
{
    return c == '+' || is_minus(c) || c == 0xD7 || c == '*' || c == 0xB7 || c == 0x22C5 || c == '/' || c == '^' ||
           c == 0xB1 || c == '=';
}

size_t formula_span(const struct scan *s, size_t i)
{
    size_t at = variable(s, i), end, behind;
    bool number, equation = false;
    if (!at)
        return 0;
    at = scan_skip_blank(s, at);
    size_t relation = at;
    while (is_relation(s->c[at]) && at < relation + 2)
        at++;
    if (at == relation)
        return 0;
    equation = s->c[relation] == '=';
    end = term(s, scan_skip_blank(s, at), &number);
    if (!end)
        return 0;
    bool known = number;
    while (is_operator(s->c[behind = scan_skip_blank(s, end)])) {
        size_t next = term(s, scan_skip_blank(s, behind + 1), &number);
        if (!next || (!number && !equation))
            break;
        end = next;
        known = true;
    }
    return known ? end : 0;
}

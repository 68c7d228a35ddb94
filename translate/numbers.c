/* numbers.c: see numbers.h. */
#include "translate/numbers.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "translate/language.h"
#include "translate/number_words.h"

enum {
    MONTH_SIGN = 0x6708, /* 月 */
    RAISED_LETTERS = 3,  /* of a word that has a raised citation; units ("mm2") have fewer */
    NOUN_LETTERS = 4     /* of a word that a citation stands behind; articles and prepositions have fewer */
};

/* How a text marks decimals: what its language does, and what it shows itself. */
struct style {
    bool comma, point;
    bool raised; /* it cites by raised numbers, which are digits behind letters once the text is plain: "mortality3" */
};

static bool is_comma(int c)
{
    return c == ',' || c == 0xFF0C || c == 0x66B;
}

static bool is_point(int c)
{
    return c == '.' || c == 0xFF0E || c == 0xB7 || c == 0x66C || c == '\'' || c == 0x2019;
}

/* Blanks that only group: a plain blank between numbers is a gap in a list more often than not, so that it counts only
 * between groups of three. */
static bool is_narrow(int c)
{
    return c == 0x2009 || c == 0x202F || c == 0xA0;
}

static bool is_small_digit(int c)
{
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x2089);
}

static int digit_of(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c < 0x80 ? -1 : text_digit_value(c);
}

static bool has_decimal_comma(const char *language)
{
    static const char points[] = " en zh ja ko th he hi ms ";
    size_t n = strcspn(language, "-");
    for (const char *p = strchr(points, ' '); p && p[1]; p = strchr(p + 1, ' '))
        if (strncmp(p + 1, language, n) == 0 && p[1 + n] == ' ')
            return false;
    return true;
}

/* Reading. */

struct scan {
    char digits[NUMBER_DIGITS + 2], marks[NUMBER_DIGITS + 2]; /* marks[i] stands in front of digits[i]; 0: none */
    size_t n, commas, points, narrow;
    int ahead; /* what ends it */
};

/* "3 412", "1 250 000": three digits follow, and one to three stand in front. */
static bool groups_by_blank(const char *text, size_t len, size_t at, const struct scan *s)
{
    size_t n = 0;
    for (size_t next = at; digit_of(text_next(text, len, &next)) >= 0;)
        n++;
    return n == 3 && s->n <= 3 * (s->narrow + 1) && s->digits[0] != '0' && !s->commas && !s->points;
}

/* A mark belongs to the numeral only between two digits of the same kind. */
static void scan_digits(const char *text, size_t len, size_t *at, struct scan *s)
{
    char mark = 0;
    bool small = false;
    *s = (struct scan){.ahead = 0};
    for (size_t next = *at; *at < len; *at = next) {
        int c = text_next(text, len, &next), digit = digit_of(c);
        s->ahead = c;
        if (s->n && digit >= 0 && is_small_digit(c) != small)
            return;
        if (digit >= 0 && s->n < NUMBER_DIGITS) {
            small = is_small_digit(c);
            s->marks[s->n] = mark;
            s->digits[s->n++] = (char)('0' + digit);
            mark = 0;
        } else if (digit < 0) {
            size_t behind = next;
            int after = text_next(text, len, &behind);
            bool gap = is_narrow(c) || (c == ' ' && groups_by_blank(text, len, next, s));
            if (small || mark || digit_of(after) < 0 || is_small_digit(after) || !(is_comma(c) || is_point(c) || gap))
                return;
            mark = is_comma(c) ? ',' : is_point(c) ? '.' : ' ';
            s->commas += mark == ',';
            s->points += mark == '.';
            s->narrow += mark == ' ';
        }
    }
    s->ahead = -1;
}

/* Groups of three behind each `mark`, up to where another mark stands; *end is that digit's index. */
static bool is_grouped(const struct scan *s, char mark, size_t *end)
{
    size_t last = 0, i;
    bool any = false;
    for (i = 1; i < s->n; i++) {
        if (!s->marks[i])
            continue;
        if (any ? i - last != 3 : i > 3)
            return false;
        if (s->marks[i] != mark)
            break;
        any = true;
        last = i;
    }
    *end = i;
    return any && i - last == 3 && s->digits[0] != '0';
}

static void add_value(struct number *n, const struct scan *s, size_t whole)
{
    char *v = n->values[n->n_values];
    size_t from = 0, p = 0, end = s->n;
    if (n->n_values == NUMBER_READINGS)
        return;
    while (from + 1 < whole && s->digits[from] == '0')
        from++;
    while (end > whole && s->digits[end - 1] == '0')
        end--;
    for (size_t i = from; i < end; i++) {
        if (i == whole)
            v[p++] = '.';
        v[p++] = s->digits[i];
    }
    v[p] = 0;
    n->n_values++;
}

/* The readings of a numeral with marks. */
static void read_values(const struct scan *s, struct style style, struct number *n)
{
    const char order[] = {style.comma ? ',' : '.', style.comma ? '.' : ',', 0};
    size_t marks = s->commas + s->points + s->narrow, end;
    for (const char *decimal = order; *decimal; decimal++) {
        char group = *decimal == ',' ? '.' : ',';
        bool allowed = *decimal == ',' ? style.comma : style.point;
        size_t first = 1;
        while (first < s->n && !s->marks[first])
            first++;
        if (!allowed)
            continue;
        if (marks == 1 && s->marks[first] == *decimal) {
            n->decimal = n->decimal || !n->n_values;
            add_value(n, s, first);
        } else if (is_grouped(s, group, &end) || is_grouped(s, ' ', &end)) {
            if (end < s->n && s->marks[end] != *decimal)
                continue;
            n->decimal = n->decimal || (!n->n_values && end < s->n);
            add_value(n, s, end);
        }
    }
}

static void shift(struct number *n, int power)
{
    for (size_t i = 0; i < n->n_values; i++) {
        char *v = n->values[i], *point = strchr(v, '.');
        size_t len = strlen(v), fraction = point ? strlen(point + 1) : 0;
        if (len + (size_t)power > NUMBER_DIGITS || fraction > (size_t)power)
            continue;
        if (point)
            memmove(point, point + 1, fraction + 1);
        len = strlen(v);
        memset(v + len, '0', (size_t)power - fraction);
        v[len + (size_t)power - fraction] = 0;
    }
    n->decimal = false;
}

static void set_parts(const struct scan *s, struct number *n)
{
    size_t p = 0;
    for (size_t i = 0; i < s->n && p + 2 < sizeof n->parts; i++) {
        if (i && s->marks[i])
            n->parts[p++] = ' ';
        n->parts[p++] = s->digits[i];
    }
    n->parts[p] = 0;
}

/* "mortality3,4", "[3,4]", "(3,4)": behind a letter, or alone in a bracket. */
static bool is_enclosed(const char *text, size_t start, size_t end)
{
    size_t at = start;
    if (!at)
        return false;
    do
        at--;
    while (at && ((unsigned char)text[at] & 0xC0) == 0x80);
    size_t next = at;
    int c = text_next(text, start, &next);
    if (c == '[' || c == '(')
        return text[end] == ']' || text[end] == ')' || text[end] == ',' || text[end] == '-';
    return c == '.' || c == ',' || (c < 0x2E80 && text_is_letter(c)) || c == ')' || c == ']';
}

/* "Fig. 1,2": a word that cites in front of it. */
static bool is_cited(const char *text, size_t start)
{
    size_t end = start;
    while (end && (text[end - 1] == ' ' || text[end - 1] == '.'))
        end--;
    size_t begin = end;
    while (begin && text[begin - 1] != ' ' && text[begin - 1] != '(' && end - begin < 24)
        begin--;
    static const char *const stems[] = {"fig", "tab", "abb", "ref", "рис",  "табл", "quadro",
                                        "eq",  "图",  "表",  "図",  "그림", "표"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
        if (end > begin && strncasecmp(text + begin, stems[i], strlen(stems[i])) == 0)
            return true;
    return false;
}

/* ".05" of a style that leaves the zero out. */
static void read_bare(const char *text, size_t start, struct scan *s, struct number *n)
{
    if (!start || (text[start - 1] != '.' && text[start - 1] != ',') || s->commas + s->points + s->narrow)
        return;
    char before = start > 1 ? text[start - 2] : ' ';
    if (!strchr(" =<>(", before) || s->n + 1 > NUMBER_DIGITS)
        return;
    memmove(s->digits + 1, s->digits, s->n);
    s->digits[0] = '0';
    s->n++;
    add_value(n, s, 1);
}

/* "1,5" of an English text that does not list: no reading but the wrong one, which nothing equals. */
static void read_odd(const struct scan *s, struct number *n)
{
    size_t p = 0;
    for (size_t i = 0; i < s->n && p + 2 < sizeof n->values[0]; i++) {
        if (i && s->marks[i])
            n->values[0][p++] = s->marks[i] == '.' ? ';' : ',';
        n->values[0][p++] = s->digits[i];
    }
    n->values[0][p] = 0;
    n->n_values = 1;
}

/* "11/99": a year without its century. */
static void read_year(const char *text, size_t start, const struct scan *s, struct number *n)
{
    if (!start || s->n != 2 || n->marks ||
        (text[start - 1] != '/' && text[start - 1] != '\'' && text[start - 1] != '-'))
        return;
    snprintf(n->values[1], sizeof n->values[1], "19%c%c", s->digits[0], s->digits[1]);
    snprintf(n->values[2], sizeof n->values[2], "20%c%c", s->digits[0], s->digits[1]);
    n->n_values = 3;
}

/* "20105" is 2010 with a citation raised behind it, "196119,20" 1961 with two, "1990s" the nineties. */
static void read_cited_year(const char *behind, const struct scan *s, struct number *n)
{
    bool year = s->n >= 4 && (memcmp(s->digits, "19", 2) == 0 || memcmp(s->digits, "20", 2) == 0);
    size_t whole = 1;
    while (whole < s->n && !s->marks[whole])
        whole++;
    if (*behind == 's' && !n->marks && s->n == 2 && s->digits[1] == '0')
        snprintf(n->values[n->n_values++], sizeof n->values[0], "19%.2s", s->digits);
    if (year && whole > 4 && whole < 7 && !s->points && s->n < NUMBER_DIGITS) {
        char cited[sizeof n->parts];
        memcpy(cited, n->parts + 4, strlen(n->parts + 4) + 1);
        snprintf(n->parts, sizeof n->parts, "%.4s %.*s", s->digits, NUMBER_DIGITS - 4, cited);
        n->n_values = n->marks ? 0 : n->n_values;
        n->decimal = false;
        n->marks++;
        n->list = true;
    } else if (year && !n->marks && s->n == 4 && *behind == 's') {
        snprintf(n->values[n->n_values++], sizeof n->values[0], "%.2s", s->digits + 2);
    }
}

/* "cases 11,12." of a text that cites by raised numbers: behind a noun, where a clause ends. */
static bool is_cited_behind(const char *text, size_t start, size_t end)
{
    size_t at = start - 1, letters = 0;
    if (start < 2 || text[at] != ' ' || !strchr(".,;:)", text[end]))
        return false;
    while (at && text[at - 1] != ' ')
        letters += ((unsigned char)text[--at] & 0xC0) != 0x80;
    char last = text[start - 2];
    return letters >= NOUN_LETTERS && last != '.' && last != ',' && !strchr("=<>~:;(0123456789", last);
}

/* How many letters stand right in front, if the last of them is small: "mortality3", not "CO2" or "M3". */
static size_t letters_before(const char *text, size_t start)
{
    size_t at = start, letters = 0;
    while (at) {
        size_t before = at - 1;
        while (before && ((unsigned char)text[before] & 0xC0) == 0x80)
            before--;
        size_t next = before;
        int c = text_next(text, start, &next);
        if (!text_is_letter(c) || c >= 0x2E80 || (!letters && !text_is_lower(c)))
            break;
        letters++;
        at = before;
    }
    return letters;
}

static struct number read_number(const struct check_text *t, size_t *at, struct style style)
{
    struct number n = {.start = t->text + *at};
    size_t start = *at, skip = 0;
    struct scan s;
    scan_digits(t->text, t->len, at, &s);
    n.len = *at - start;
    n.marks = s.commas + s.points + s.narrow;
    n.month = s.ahead == MONTH_SIGN;
    set_parts(&s, &n);
    if (n.marks)
        read_values(&s, style, &n);
    else
        add_value(&n, &s, s.n);
    read_bare(t->text, start, &s, &n);
    read_year(t->text, start, &s, &n);
    read_cited_year(t->text + *at, &s, &n);
    n.glued = letters_before(t->text, start) > 0;
    n.raised = letters_before(t->text, start) >= RAISED_LETTERS;
    bool odd = n.marks == 1 && !n.n_values && !n.list;
    n.list =
        n.list || (n.marks && (s.narrow || (!n.n_values && !odd) || n.marks > 1 || is_enclosed(t->text, start, *at) ||
                               is_cited(t->text, start) || (style.raised && is_cited_behind(t->text, start, *at))));
    if (odd && !n.list)
        read_odd(&s, &n);
    const char *behind = t->text + *at + (t->text[*at] == ' ');
    int power = number_multiplier(behind, &skip);
    if (power && n.n_values)
        shift(&n, power);
    return n;
}

static struct style style_of(const struct check_text *t, enum number_side side)
{
    struct style s = {.comma = has_decimal_comma(t->language), .point = !has_decimal_comma(t->language)};
    /* A decimal that can be nothing else tells what this text does: "0.05", "12.5" of a Spanish one. */
    bool looks = s.comma && (side == NUMBERS_SOURCE || language_same(t->language, "es"));
    for (size_t at = 0, next = 0; at < t->len; at = next) {
        if (digit_of(text_next(t->text, t->len, &next)) < 0)
            continue;
        struct scan scan;
        size_t end;
        next = at;
        scan_digits(t->text, t->len, &next, &scan);
        s.point = s.point || (looks && scan.points == 1 && !scan.commas && !is_grouped(&scan, '.', &end));
        s.raised = s.raised || letters_before(t->text, at) >= RAISED_LETTERS;
    }
    return s;
}

static void add(struct numbers *list, const struct number *n, struct arena *arena)
{
    if (list->n == NUMBERS_MOST)
        return;
    ARENA_GROW(arena, list->items, list->n, list->cap);
    list->items[list->n++] = *n;
}

/* "1,2,3" and "10.11.2019" are several numbers: neither one decimal nor groups of three. */
static void add_parts(struct numbers *list, const struct number *whole, struct arena *arena)
{
    const char *all = arena_strdup(arena, whole->parts);
    for (const char *p = whole->parts; *p; p += strspn(p, " ")) {
        struct number n = {.start = whole->start,
                           .len = whole->len,
                           .n_values = 1,
                           .month = whole->month,
                           .raised = whole->raised,
                           .glued = whole->glued,
                           .part_of = whole->list ? all : NULL};
        size_t len = strcspn(p, " "), skip = 0;
        while (skip + 1 < len && p[skip] == '0')
            skip++;
        memcpy(n.values[0], p + skip, len - skip);
        memcpy(n.parts, p, len);
        add(list, &n, arena);
        p += len;
    }
}

/* A single "I", "V" or "X" is a numeral only behind a noun ("Table I", "grau I"): elsewhere it is a word or a sign. */
static bool is_lone_letter(const struct check_text *t, size_t i)
{
    const struct check_word *w = &t->words[i];
    return w->len == 1 && !w->small && (!i || w[-1].letters < NOUN_LETTERS || w->start != w[-1].start + w[-1].len + 1);
}

static void add_words(struct numbers *list, const struct check_text *t, struct arena *arena)
{
    for (size_t i = 0; i < t->n_words; i++) {
        const struct check_word *w = &t->words[i];
        int value = w->digits || is_lone_letter(t, i) ? -1 : number_word(t->language, w->folded, w->start, w->len),
            month = w->digits ? 0 : number_month(w->folded);
        if (value < 0 && !month)
            continue;
        struct number n = {.start = w->start, .len = w->len, .n_values = 1, .word = true};
        snprintf(n.values[0], sizeof n.values[0], "%d", value >= 0 ? value : month);
        add(list, &n, arena);
        /* "twenty-two" */
        const struct check_word *next = i + 1 < t->n_words ? w + 1 : NULL;
        int ones =
            next && value >= 20 && !next->digits ? number_word(t->language, next->folded, next->start, next->len) : -1;
        if (ones > 0 && ones < 10) {
            snprintf(n.values[0], sizeof n.values[0], "%d", value + ones);
            add(list, &n, arena);
        }
    }
}

struct numbers numbers_of(const struct check_text *t, enum number_side side, struct arena *arena)
{
    struct numbers list = {0};
    struct style style = style_of(t, side);
    for (size_t at = 0, next = 0; at < t->len && list.n < NUMBERS_MOST; at = next) {
        if (digit_of(text_next(t->text, t->len, &next)) < 0)
            continue;
        next = at;
        struct number n = read_number(t, &next, style);
        if (n.n_values)
            add(&list, &n, arena);
        else
            add_parts(&list, &n, arena);
    }
    add_words(&list, t, arena);
    return list;
}

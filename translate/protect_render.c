/* protect_render.c: numbers and units as the target language writes them; see protect_scan.h. A value is never changed:
 * what could mean two things in this text stays as it was written. */
#include "translate/protect_scan.h"

#include <string.h>

#include "translate/language.h"

/* The text's own evidence: authors in languages with a decimal comma often write points in figures. */
static void look_around(struct render *r)
{
    const struct scan *s = r->s;
    for (size_t i = 0; i < s->n;) {
        if (s->kind[i] != SCAN_DIGIT) {
            i++;
            continue;
        }
        struct number n = number_read(s, i);
        bool sure = n.form == NUMBER_DECIMAL || (n.form == NUMBER_GROUPED && n.mark);
        r->points += sure && s->c[n.mark] == '.';
        r->commas += sure && s->c[n.mark] == ',';
        i = n.end;
    }
}

void render_init(struct render *r, const struct scan *s, const char *target)
{
    *r = (struct render){.s = s,
                         .target = target,
                         .same = language_same(s->language, target),
                         .east = scan_language_in(s->language, "zh ja ko") && !scan_language_in(target, "zh ja ko"),
                         .latin_units = !scan_language_in(target, "ru uk be bg mk sr kk ky tg mn")};
}

static void look_up(struct render *r)
{
    struct text_number_marks source;
    if (r->ready)
        return;
    text_number_marks(r->s->language, &source);
    text_number_marks(r->target, &r->marks);
    r->decimal = source.decimal[0] == ',' ? ',' : '.';
    r->group = source.group[0];
    look_around(r);
    r->ready = true;
}

/* What "1.234" means here. */
static enum number_form either(const struct render *r, int mark)
{
    bool points = r->points > 0, commas = r->commas > 0;
    if (r->decimal == '.')
        return mark == '.' ? NUMBER_DECIMAL : commas ? NUMBER_OPAQUE : NUMBER_GROUPED;
    if (points && commas)
        return NUMBER_OPAQUE;
    if (points || commas)
        return (mark == '.') == points ? NUMBER_DECIMAL : NUMBER_GROUPED;
    if (mark == ',')
        return NUMBER_DECIMAL;
    /* French and Russian group by blanks: their point is no mark that one could know. */
    return r->group == '.' ? NUMBER_GROUPED : NUMBER_OPAQUE;
}

/* The form that the language and the text settle. */
static enum number_form settle(const struct render *r, const struct number *n, size_t from)
{
    const struct scan *s = r->s;
    if (n->form == NUMBER_EITHER)
        return either(r, s->c[n->mark]);
    /* "1,2" in English is a list. */
    if (n->form == NUMBER_DECIMAL && s->c[n->mark] == ',' && r->decimal == '.')
        return NUMBER_OPAQUE;
    if (n->form != NUMBER_GROUPED || n->mark)
        return n->form;
    size_t i = from;
    while (s->kind[i] == SCAN_DIGIT)
        i++;
    if (s->c[i] == '.' || s->c[i] == ',')
        return s->c[i] == r->decimal && !(r->decimal == ',' && r->points && !r->commas) ? NUMBER_OPAQUE
                                                                                        : NUMBER_GROUPED;
    return NUMBER_GROUPED;
}

static size_t whole_digits(const struct scan *s, size_t from, size_t to)
{
    size_t n = 0;
    for (; from < to; from++)
        n += s->kind[from] == SCAN_DIGIT;
    return n;
}

static void render_number(struct render *r, size_t from, const struct number *read, struct str *out)
{
    const struct scan *s = r->s;
    struct number n = *read;
    if (read->form != NUMBER_PLAIN) {
        look_up(r);
        n.form = settle(r, read, from);
    }
    if (n.form == NUMBER_GROUPED && read->form == NUMBER_EITHER)
        n.mark = 0;
    bool group = whole_digits(s, from, n.mark ? n.mark : n.end) >= 3u + (size_t)r->marks.least_grouped;
    for (size_t i = from; i < n.end; i++) {
        if (s->kind[i] == SCAN_DIGIT)
            str_add_char(out, (char)s->c[i]);
        else if (n.form == NUMBER_OPAQUE)
            str_add_utf8(out, s->c[i]);
        else if (n.mark == i && (n.form == NUMBER_DECIMAL || n.form == NUMBER_GROUPED))
            str_add(out, r->marks.decimal);
        else if (group)
            str_add(out, r->marks.group);
    }
}

/* Full-width letters and signs become plain ones; all else is as it was. */
static void copy(const struct scan *s, size_t i, struct str *out)
{
    if (s->c[i] < 0x80 && s->c[i] != '-')
        str_add_char(out, (char)s->c[i]);
    else
        str_add_bytes(out, s->text + s->at[i], s->at[i + 1] - s->at[i]);
}

/* East Asian authors write ranges with a tilde, which elsewhere means "about". */
static bool is_east_range(const struct render *r, size_t from, size_t i, size_t to)
{
    const struct scan *s = r->s;
    return r->east && s->c[i] == '~' && i > from && i + 1 < to && s->kind[i - 1] == SCAN_DIGIT &&
           s->kind[i + 1] == SCAN_DIGIT;
}

static bool is_cyrillic(int c)
{
    return c >= 0x400 && c <= 0x4FF;
}

/* Cyrillic panel letters, in the order of panels. */
static const char panels[] = "абвгдежзик";

static int panel_index(int c)
{
    int at = 0;
    c = c >= 0x410 && c <= 0x42F ? c + 0x20 : c;
    for (size_t i = 0; i < sizeof panels - 1; at++)
        if (text_next(panels, sizeof panels - 1, &i) == c)
            return at;
    return -1;
}

/* Whether panels are lettered а, б, в; else a Cyrillic letter stands for the Latin one that it looks like. */
static bool counts_in_cyrillic(const struct scan *s)
{
    for (size_t i = 0; i < s->n; i++) {
        bool bracketed = s->c[i + 1] == ')' || (i && s->c[i - 1] == '(');
        int at = bracketed ? panel_index(s->c[i]) : -1;
        if (at == 1 || (at > 2 && at != 5))
            return true;
    }
    return false;
}

static int latin_label(const struct scan *s, int c)
{
    static const struct {
        int cyrillic, latin;
    } alike[] = {{0x430, 'a'}, {0x432, 'b'}, {0x441, 'c'}, {0x435, 'e'}, {0x43D, 'h'}};
    bool capital = c >= 0x410 && c <= 0x42F;
    int small = capital ? c + 0x20 : c, at = panel_index(c);
    if (at >= 0 && counts_in_cyrillic(s))
        return (capital ? 'A' : 'a') + at;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (alike[i].cyrillic == small)
            return capital ? alike[i].latin - 0x20 : alike[i].latin;
    return c;
}

void render_label(struct render *r, size_t from, size_t to, struct str *out)
{
    const struct scan *s = r->s;
    for (size_t i = from; i < to; i++) {
        int c = is_cyrillic(s->c[i]) && r->latin_units && !r->same ? latin_label(s, s->c[i]) : 0;
        if (c && c != s->c[i])
            str_add_utf8(out, c);
        else if (r->east)
            copy(s, i, out);
        else
            str_add_bytes(out, s->text + s->at[i], s->at[i + 1] - s->at[i]);
    }
}

void render_span(struct render *r, size_t from, size_t to, struct str *out)
{
    const struct scan *s = r->s;
    if (r->same) {
        str_add_bytes(out, s->text + s->at[from], s->at[to] - s->at[from]);
        return;
    }
    for (size_t i = from; i < to;) {
        size_t end = 0;
        bool mark = (s->c[i] == '.' || s->c[i] == ',') && i + 1 < to && s->kind[i + 1] == SCAN_DIGIT;
        if (s->kind[i] == SCAN_DIGIT || mark) {
            struct number n = number_read(s, i);
            if (n.end > to)
                n = (struct number){.end = to, .form = NUMBER_OPAQUE};
            render_number(r, i, &n, out);
            i = n.end;
        } else if (r->latin_units && (is_cyrillic(s->c[i]) || s->c[i] == 0xB0 || s->c[i] == 0xBA) &&
                   (end = unit_atom(s, i, out)) > i) {
            i = end;
        } else if (is_east_range(r, from, i, to)) {
            str_add(out, "–");
            i++;
        } else {
            copy(s, i++, out);
        }
    }
}

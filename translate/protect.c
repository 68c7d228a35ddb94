/* protect.c: see protect.h. The scanner (protect_scan.h) finds the spans; here they are taken out and put back. */
#include "translate/protect.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "translate/protect_scan.h"

enum { MOST_NAMED = 5, TEXT_MAX = 1 << 20 };

/* --- taking out -------------------------------------------------------------------------------------------------- */

struct find {
    size_t from, to; /* code points of the span; to 0: there is none */
    enum protect_kind kind;
};

/* The span that begins at `i` or in the word there, or none. *next is where the search goes on. */
static struct find find_at(const struct scan *s, size_t i, size_t *next)
{
    struct find f = {.from = i, .kind = PROTECT_CITATION};
    *next = i + 1;
    if (s->kind[i] == SCAN_BLANK)
        return f;
    if ((f.to = citation_span(s, i)))
        return f;
    f.kind = PROTECT_LABEL;
    if (s->kind[i] == SCAN_LETTER || s->kind[i] == SCAN_IDEOGRAPH) {
        size_t start = i;
        if ((f.to = label_number(s, i, &start))) {
            f.from = start;
            return f;
        }
    }
    if (s->kind[i] == SCAN_IDEOGRAPH)
        return f;
    f.kind = PROTECT_FORMULA;
    if (s->kind[i] == SCAN_LETTER && (f.to = formula_span(s, i)))
        return f;
    f.kind = PROTECT_LABEL;
    if ((f.to = label_span(s, i)))
        return f;
    if (s->kind[i] != SCAN_LETTER && (f.to = number_span(s, i, &f.kind)))
        return f;
    if (scan_word(s, i)) {
        f.kind = PROTECT_NAME;
        f.to = name_span(s, i, &f.from, next);
    }
    return f;
}

static void render(struct render *r, const struct find *f, struct str *scratch, struct arena *arena,
                   struct protect_span *span)
{
    const struct scan *s = r->s;
    span->kind = f->kind;
    span->source = arena_strndup(arena, s->text + s->at[f->from], s->at[f->to] - s->at[f->from]);
    span->render = span->source;
    if (r->same || f->kind == PROTECT_NAME || f->kind == PROTECT_CITATION)
        return;
    str_clear(scratch);
    if (f->kind == PROTECT_LABEL)
        render_label(r, f->from, f->to, scratch);
    else
        render_span(r, f->from, f->to, scratch);
    if (!scratch->overflow)
        span->render = arena_strndup(arena, scratch->data, scratch->len);
}

/* Brackets with digits in them would be taken for placeholders: they are protected whatever the kinds. */
static bool wanted(const struct scan *s, const struct find *f, unsigned kinds)
{
    return (kinds & PROTECT_BIT(f->kind)) || s->c[f->from] == '[';
}

static void take_out(const struct scan *s, const char *target, unsigned kinds, struct arena *arena,
                     struct protected_text *out)
{
    struct render r;
    struct str masked = STR_INIT(TEXT_MAX), scratch = STR_INIT(TEXT_MAX);
    size_t cap = 0, done = 0;
    render_init(&r, s, target);
    for (size_t i = 0, next; i < s->n && out->n < PROTECT_MOST; i = next) {
        struct find f = find_at(s, i, &next);
        if (!f.to)
            continue;
        next = f.to;
        if (!wanted(s, &f, kinds))
            continue;
        ARENA_GROW(arena, out->spans, out->n, cap);
        render(&r, &f, &scratch, arena, &out->spans[out->n++]);
        str_add_bytes(&masked, s->text + done, s->at[f.from] - done);
        str_addf(&masked, "[%zu]", out->n);
        done = s->at[f.to];
    }
    str_add_bytes(&masked, s->text + done, s->at[s->n] - done);
    out->text = arena_strndup(arena, masked.data, masked.len);
    if (masked.overflow)
        out->n = 0;
    str_release(&masked);
    str_release(&scratch);
}

/* What is not ours in the masked text must not look like a placeholder ("[007]"): put back as it is, each comes once.
 */
static bool is_sound(const struct protected_text *p, struct arena *arena)
{
    const char *why;
    return protect_restore(p, p->text, arena, &why) != NULL;
}

void protect_text(const char *text, const char *language, const char *target, unsigned kinds, struct arena *arena,
                  struct protected_text *out)
{
    struct scan s;
    size_t len = strlen(text);
    *out = (struct protected_text){.n = 0};
    if (kinds != PROTECT_NONE && len <= PROTECT_BYTES) {
        scan_init(&s, text, len, language, arena);
        take_out(&s, target, kinds, arena, out);
        if (out->n && is_sound(out, arena))
            return;
    }
    *out = (struct protected_text){.text = arena_strdup(arena, text)};
}

/* --- putting back ------------------------------------------------------------------------------------------------ */

/* What translators make of "[" and "]". */
static bool is_open(int c, bool variants)
{
    return c == '[' ||
           (variants && (c == 0x27E6 || c == '{' || c == 0x3010 || c == 0x301A || c == 0x3014 || c == 0xFF3B));
}

static bool is_close(int c, bool variants)
{
    return c == ']' ||
           (variants && (c == 0x27E7 || c == '}' || c == 0x3011 || c == 0x301B || c == 0x3015 || c == 0xFF3D));
}

/* A text with brackets of its own ("[[1]; [2]]") gets only the plain form back as placeholders. */
static bool only_ours(const struct protected_text *p)
{
    size_t len = strlen(p->text), opened = 0, closed = 0;
    for (size_t at = 0; at < len;) {
        int c = text_next(p->text, len, &at);
        opened += is_open(c, true);
        closed += is_close(c, true);
    }
    return opened == p->n && closed == p->n;
}

static int skip_blank(const char *text, size_t len, size_t *at)
{
    int c;
    do
        c = text_next(text, len, at);
    while (c >= 0 && text_is_space(c));
    return c;
}

/* A placeholder at `at`: its number (0..), with *end behind it; -1: none. "[ 1 ]" is one, with variants "[[1]]", too.
 */
static int placeholder(const char *text, size_t len, size_t at, bool variants, size_t *end)
{
    int c = text_next(text, len, &at), number = 0, digits = 0, opened = 0;
    for (; opened < (variants ? 2 : 1) && is_open(c, variants); opened++)
        c = skip_blank(text, len, &at);
    for (; opened && text_digit_value(c) >= 0; digits++) {
        number = number > PROTECT_MOST ? number : number * 10 + text_digit_value(c);
        c = text_next(text, len, &at);
    }
    if (!digits)
        return -1;
    if (c >= 0 && text_is_space(c))
        c = skip_blank(text, len, &at);
    if (!is_close(c, variants))
        return -1;
    *end = at;
    if (opened == 2 && is_close(text_next(text, len, &at), variants))
        *end = at;
    return number;
}

/* Models drop the inner brackets of "([3])". The masked text has no bare number in parentheses, so "(3)" is meant. At
 * `at`, as in placeholder(); *end is in front of the closing parenthesis, *start behind the opening one. */
static int in_parentheses(const struct protected_text *p, const char *text, size_t len, size_t at, size_t *start,
                          size_t *end)
{
    int c = text_next(text, len, &at), number = 0, digits = 0;
    char plain[16], wide[24];
    if (c != '(' && c != 0xFF08)
        return -1;
    *start = *end = at;
    while ((c = text_next(text, len, &at)) >= '0' && c <= '9' && digits++ < 3) {
        number = number * 10 + (c - '0');
        *end = at;
    }
    if (!digits || number < 1 || (size_t)number > p->n || (c != ')' && c != 0xFF09))
        return -1;
    snprintf(plain, sizeof plain, "([%d])", number);
    snprintf(wide, sizeof wide, "（[%d]）", number);
    return strstr(p->text, plain) || strstr(p->text, wide) ? number : -1;
}

static void blame(struct str *why, int *named, const char *what)
{
    if ((*named)++ < MOST_NAMED)
        str_addf(why, "%s%s", why->len ? "; " : "", what);
}

static const char *complain(const struct protected_text *p, const int *seen, const char *made_up, struct arena *arena)
{
    struct str why = STR_INIT(2048);
    int named = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (seen[i] == 0)
            blame(&why, &named, arena_printf(arena, "[%zu] ('%.60s') is missing", i + 1, p->spans[i].render));
        else if (seen[i] > 1)
            blame(&why, &named,
                  arena_printf(arena, "[%zu] ('%.60s') stands %d times, not once", i + 1, p->spans[i].render, seen[i]));
    }
    if (made_up)
        blame(&why, &named, made_up);
    const char *result = named ? arena_strndup(arena, why.data, why.len) : NULL;
    str_release(&why);
    return result;
}

const char *protect_restore(const struct protected_text *p, const char *translation, struct arena *arena,
                            const char **why)
{
    size_t len = strlen(translation), done = 0, longest = 0;
    bool variants = only_ours(p);
    const char *made_up = NULL;
    int *seen = arena_array(arena, p->n + 1, sizeof *seen);
    *why = NULL;
    if (p->n == 0)
        return arena_strdup(arena, translation);
    for (size_t i = 0; i < p->n; i++)
        longest += strlen(p->spans[i].render);
    struct str out = STR_INIT(2 * len + longest);
    for (size_t at = 0, next = 0, start, end; at < len; at = next) {
        if ((unsigned char)translation[at] < 0x80 && !strchr("[{(", translation[at])) {
            next = at + 1;
            continue;
        }
        text_next(translation, len, &next);
        start = at;
        int number = placeholder(translation, len, at, variants, &end);
        if (number < 0)
            number = in_parentheses(p, translation, len, at, &start, &end);
        if (number < 0)
            continue;
        next = end;
        str_add_bytes(&out, translation + done, start - done);
        done = end;
        if (number < 1 || (size_t)number > p->n)
            made_up = arena_printf(arena, "there is no [%d] in the source", number);
        else if (seen[number - 1]++ == 0)
            str_add(&out, p->spans[number - 1].render);
    }
    str_add_bytes(&out, translation + done, len - done);
    *why = complain(p, seen, made_up, arena);
    const char *result = *why ? NULL : arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return result;
}

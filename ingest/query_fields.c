/* query_fields.c: see query_fields.h. */
#include "ingest/query_fields.h"

#include <stdlib.h>
#include <string.h>

/* Appends one group asked of each field; nothing when it has no terms. */
static void write_group(const struct query_group *group, const struct query_syntax *syntax, const char *const *fields,
                        struct str *out)
{
    struct query one = {.groups = group, .n_groups = 1};
    size_t n = 0;
    for (; *fields; fields++) {
        struct query_syntax of_field = *syntax;
        of_field.term_open = *fields;
        size_t start = out->len;
        if (n)
            str_add(out, syntax->or_word);
        size_t written = out->len;
        query_write(&one, &of_field, out);
        if (out->len == written)
            str_cut(out, start);
        else
            n++;
    }
}

void query_write_fields(const struct query *q, const struct query_syntax *syntax, const char *const *fields,
                        struct str *out)
{
    if (q->raw) {
        str_add(out, q->raw);
        return;
    }
    struct str text = STR_INIT(out->max);
    size_t n = 0;
    for (size_t i = 0; i < q->n_groups && i < QUERY_MAX_GROUPS; i++) {
        str_clear(&text);
        write_group(&q->groups[i], syntax, fields, &text);
        out->overflow |= text.overflow;
        if (!text.len)
            continue;
        if (n++)
            str_add(out, syntax->and_word);
        str_add(out, syntax->open);
        str_add(out, text.data);
        str_add(out, syntax->close);
    }
    str_release(&text);
}

bool query_language_in(const struct query *q, const char *languages, const char *title, struct err *e)
{
    if (q->raw || !q->language || !*q->language)
        return true;
    size_t len = strcspn(q->language, "-");
    for (const char *at = languages; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (n == len && memcmp(at, q->language, n) == 0)
            return true;
        at += n;
    }
    return err_set(e, ERR_UNSUPPORTED, "%s has titles and abstracts in '%s' only: terms in '%.20s' find nothing there",
                   title, languages, q->language);
}

int query_year(const char *date, int fallback)
{
    int year = date ? (int)strtol(date, NULL, 10) : 0;
    return year > 0 ? year : fallback;
}

const char *query_later(const char *a, const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return strcmp(a, b) >= 0 ? a : b;
}

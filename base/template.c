/* template.c: see template.h. */
#include "base/template.h"

#include <stdbool.h>
#include <string.h>

/* The field whose "{{name}}" stands at `at`, and the length of that; NULL: none. */
static const struct template_field *field_at(const char *at, const struct template_field *fields, size_t n, size_t *len)
{
    if (!str_starts(at, "{{"))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        *len = strlen(fields[i].name) + 4;
        if (strncmp(at + 2, fields[i].name, *len - 4) == 0 && str_starts(at + *len - 2, "}}"))
            return &fields[i];
    }
    return NULL;
}

static void fill_line(const char *line, size_t len, const struct template_field *fields, size_t n, struct str *out)
{
    size_t before = out->len, skip = 0;
    bool asked = false, filled = false;
    for (size_t i = 0; i < len; i += skip) {
        const struct template_field *field = field_at(line + i, fields, n, &skip);
        if (field) {
            asked = true;
            filled = filled || (field->text && *field->text);
            str_add(out, field->text ? field->text : "");
        } else {
            str_add_char(out, line[i]);
            skip = 1;
        }
    }
    if (asked && !filled)
        str_cut(out, before);
    else
        str_add_char(out, '\n');
}

void template_fill(const char *template, const struct template_field *fields, size_t n, struct str *out)
{
    size_t start = out->len;
    while (*template) {
        size_t len = strcspn(template, "\n");
        fill_line(template, len, fields, n, out);
        template += len + (template[len] == '\n');
    }
    while (out->len > start && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == ' '))
        str_cut(out, out->len - 1);
}

/* template.h: texts with places to fill in, for prompts: "{{name}}" stands for a field. */
#ifndef FIGMILL_BASE_TEMPLATE_H
#define FIGMILL_BASE_TEMPLATE_H

#include <stddef.h>

#include "base/str.h"

struct template_field {
    const char *name, *text; /* NULL text: empty */
};

/* Appends the template with its fields filled in. Text that is filled in is not searched for fields again; a field that
 * nobody names stays as it is. A line goes away when all its fields are empty, so that "Title: {{title}}" needs no case
 * of its own; so does white space at the end. */
void template_fill(const char *template, const struct template_field *fields, size_t n, struct str *out);

#endif

/* tally.c: see tally.h. */
#include "pairs/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

void tally_add(struct tally *t, const char *name, int64_t n)
{
    if (!name)
        name = "";
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->entries[i].name, name) == 0) {
            t->entries[i].n += n;
            return;
        }
    MEM_GROW(t->entries, t->n, t->cap);
    t->entries[t->n++] = (struct tally_entry){mem_strdup(name), n};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tally_entry *)a)->name, ((const struct tally_entry *)b)->name);
}

static void sort(struct tally *t)
{
    if (t->n)
        qsort(t->entries, t->n, sizeof *t->entries, by_name);
}

void tally_write(struct tally *t, struct str *out)
{
    sort(t);
    str_add_char(out, '{');
    for (size_t i = 0; i < t->n; i++) {
        if (i)
            str_add(out, ", ");
        json_quote(t->entries[i].name, out);
        str_addf(out, ": %lld", (long long)t->entries[i].n);
    }
    str_add_char(out, '}');
}

void tally_write_objects(struct tally *t, struct str *out)
{
    sort(t);
    str_add_char(out, '[');
    for (size_t i = 0; i < t->n; i++)
        str_addf(out, "%s\n    %s, \"samples\": %lld}", i ? "," : "", t->entries[i].name, (long long)t->entries[i].n);
    str_add(out, t->n ? "\n  ]" : "]");
}

void tally_release(struct tally *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->entries[i].name);
    free(t->entries);
    *t = (struct tally){0};
}

/* names.c: see names.h. */
#include "stage/names.h"

#include <string.h>

#include "base/str.h"

enum { MOST_TEXT = 1000 };

static bool unknown(const char *option, const char *name, size_t len, const char *const *names, size_t n, struct err *e)
{
    struct str all = STR_INIT(MOST_TEXT);
    for (size_t i = 0; i < n; i++)
        str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    err_set(e, ERR_USAGE, "%s: no '%.*s'; there are %s", option, (int)(len < 40 ? len : 40), name, all.data);
    str_release(&all);
    return false;
}

bool names_read(const char *option, const char *list, const char *const *names, size_t n, unsigned *bits, struct err *e)
{
    *bits = 0;
    for (size_t len; list && *list; list += len + (list[len] == ',')) {
        size_t found = 0;
        len = strcspn(list, ",");
        while (found < n && (strlen(names[found]) != len || strncmp(names[found], list, len) != 0))
            found++;
        if (found == n)
            return unknown(option, list, len, names, n, e);
        *bits |= 1u << found;
    }
    return true;
}

/* license.h: which licences a release may carry. A licence's name is as extract writes it (CC-BY-4.0); case, spaces and
 * underscores do not matter. */
#ifndef FIGMILL_PAIRS_LICENSE_H
#define FIGMILL_PAIRS_LICENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { LICENSE_LIST_MAX = 32, LICENSE_NAME_SIZE = 64 };

struct license_list {
    char names[LICENSE_LIST_MAX][LICENSE_NAME_SIZE]; /* canonical: upper case, words joined by "-" */
    size_t n;
    bool any; /* all, the unknown too */
};

/* Reads "CC-BY,CC0" or "any". ERR_USAGE for an empty or too long list. */
bool license_list_parse(const char *text, struct license_list *out, struct err *e);

enum license_verdict {
    LICENSE_ALLOWED,
    LICENSE_UNKNOWN, /* none stated, or a text that is no licence's name */
    LICENSE_DENIED
};

/* An entry allows its versions (CC-BY: CC-BY-4.0, CC-BY-3.0-IGO), but no other clause (CC-BY-NC). For LICENSE_DENIED
 * `name` is the licence's canonical name, else "". */
enum license_verdict license_check(const struct license_list *list, const char *license, char name[LICENSE_NAME_SIZE]);

#endif

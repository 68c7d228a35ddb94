/* license.c: see license.h. */
#include "pairs/license.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* CC0 is also written CC-0 and CC-ZERO. */
static void unify_cc0(char name[LICENSE_NAME_SIZE])
{
    static const char *const others[] = {"CC-0", "CC-ZERO"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t len = strlen(others[i]);
        if (strncmp(name, others[i], len) == 0 && (name[len] == 0 || name[len] == '-')) {
            memmove(name + 3, name + len, strlen(name + len) + 1);
            memcpy(name, "CC0", 3);
        }
    }
}

/* Upper case, runs of spaces, "-" and "_" one "-". False when it is no short name of letters, digits, "-", "." */
static bool canonical(const char *text, size_t len, char out[LICENSE_NAME_SIZE])
{
    size_t n = 0;
    bool gap = false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == ' ' || c == '-' || c == '_') {
            gap = n > 0;
            continue;
        }
        if (!(isalnum(c) || c == '.' || c == '+') || n + 2 >= LICENSE_NAME_SIZE)
            return false;
        if (gap)
            out[n++] = '-';
        gap = false;
        out[n++] = (char)toupper(c);
    }
    out[n] = 0;
    unify_cc0(out);
    return n > 0;
}

bool license_list_parse(const char *text, struct license_list *out, struct err *e)
{
    *out = (struct license_list){0};
    if (strcmp(text, "any") == 0) {
        out->any = true;
        return true;
    }
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, ",");
        if (out->n == LICENSE_LIST_MAX || !canonical(p, len, out->names[out->n++]))
            return err_set(e, ERR_USAGE,
                           "--license wants names with commas between them, such as CC0,CC-BY, or any; "
                           "not '%.80s'",
                           text);
        p += len;
        if (!*p)
            return true;
    }
}

/* True for "CC-BY-4.0" and "CC-BY" when the entry is "CC-BY". */
static bool is_version_of(const char *name, const char *entry)
{
    size_t len = strlen(entry);
    if (strncmp(name, entry, len) != 0)
        return false;
    return name[len] == 0 || (name[len] == '-' && isdigit((unsigned char)name[len + 1]));
}

/* A licence's text that was not recognised has words, and no digit or "CC" to go by. */
static bool is_name(const char *name)
{
    int words = 1;
    for (const char *p = name; *p; p++)
        words += *p == '-';
    return words <= 5;
}

enum license_verdict license_check(const struct license_list *list, const char *license, char name[LICENSE_NAME_SIZE])
{
    name[0] = 0;
    if (list->any)
        return LICENSE_ALLOWED;
    if (!license || !canonical(license, strlen(license), name) || !is_name(name)) {
        name[0] = 0;
        return LICENSE_UNKNOWN;
    }
    for (size_t i = 0; i < list->n; i++)
        if (is_version_of(name, list->names[i])) {
            name[0] = 0;
            return LICENSE_ALLOWED;
        }
    return LICENSE_DENIED;
}

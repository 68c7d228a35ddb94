/* license.c: see license.h. */
#include "ingest/license.h"

#include <string.h>
#include <strings.h>

#include "base/license.h"
#include "base/str.h"

const char *const license_names[] = {"CC0",      "PD",          "CC BY",       "CC BY-SA", "CC BY-ND",
                                     "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", NULL};
enum { FREE = 4 /* the first so many are in the default rule */, MAX_NAME = 64 };

void license_rule_default(struct license_rule *rule)
{
    *rule = (struct license_rule){.allowed = (1u << FREE) - 1};
}

/* The name in license_names that recognised text ("CC-BY-NC-4.0") comes to. */
static const char *plain(const char *recognised)
{
    for (size_t i = 0; license_names[i]; i++) {
        const char *a = license_names[i], *b = recognised;
        while (*a && (*a == *b || (*a == ' ' && *b == '-')))
            a++, b++;
        if (!*a && (!*b || (*b == '-' && b[1] >= '0' && b[1] <= '9')))
            return license_names[i];
    }
    return NULL;
}

const char *license_name(const char *stated)
{
    static const char *const public_domain[] = {"pd", "public-domain", "public domain", "public_domain", "pd-us"};
    char recognised[LICENSE_NAME_MAX];
    if (!stated)
        return NULL;
    for (size_t i = 0; i < sizeof public_domain / sizeof *public_domain; i++)
        if (strcasecmp(stated, public_domain[i]) == 0)
            return "PD";
    if (strcasestr(stated, "creativecommons.org/publicdomain/mark"))
        return "PD";
    return license_recognise(stated, recognised) ? plain(recognised) : NULL;
}

bool license_is_silent(const char *stated)
{
    static const char *const silent[] = {"unknown", "none", "unspecified", "unspecified-oa",
                                         "null",    "n/a",  "no license"};
    if (!stated || !*stated)
        return true;
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (strcasecmp(stated, silent[i]) == 0)
            return true;
    return false;
}

enum license_verdict license_judge(const struct license_rule *rule, const char *stated)
{
    if (license_is_silent(stated))
        return rule->unknown ? LICENSE_ALLOWED : LICENSE_UNKNOWN;
    const char *name = license_name(stated);
    for (size_t i = 0; name && license_names[i]; i++)
        if (license_names[i] == name || strcmp(license_names[i], name) == 0)
            return rule->any || rule->allowed & 1u << i ? LICENSE_ALLOWED : LICENSE_DENIED;
    return rule->any ? LICENSE_ALLOWED : LICENSE_DENIED;
}

static bool no_such(const char *word, struct err *e)
{
    struct str all = STR_INIT(400);
    for (size_t i = 0; license_names[i]; i++)
        str_addf(&all, "%s%s", i ? ", " : "", license_names[i]);
    err_set(e, ERR_USAGE, "--licence: no '%.40s'; there are %s, any", word, all.data);
    str_release(&all);
    return false;
}

bool license_rule_read(struct license_rule *rule, const char *list, struct err *e)
{
    rule->allowed = 0;
    rule->any = false;
    for (const char *at = list; *at; at += strspn(at, ", ")) {
        char word[MAX_NAME];
        size_t len = strcspn(at, ","), n = len < sizeof word - 1 ? len : sizeof word - 1;
        memcpy(word, at, n);
        word[n] = 0;
        at += len;
        const char *name = strcasecmp(word, "any") == 0 ? NULL : license_name(word);
        if (strcasecmp(word, "any") == 0)
            rule->any = true;
        else if (!name)
            return no_such(word, e);
        for (size_t i = 0; name && license_names[i]; i++)
            if (strcmp(license_names[i], name) == 0)
                rule->allowed |= 1u << i;
    }
    return rule->allowed || rule->any || no_such(list, e);
}

/* license.h: whether a work's files may be fetched under the licence that somebody states for it. */
#ifndef FIGMILL_INGEST_LICENSE_H
#define FIGMILL_INGEST_LICENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What may be fetched. */
struct license_rule {
    unsigned allowed; /* a bit for each name of license_names */
    bool unknown;     /* also where nobody states a licence */
    bool any;         /* whatever is stated */
};

/* "CC0", "PD" (no rights reserved), "CC BY", "CC BY-SA", ...; ends with NULL. */
extern const char *const license_names[];

/* CC0, PD, CC BY, CC BY-SA: what can be passed on, changed, by anybody. */
void license_rule_default(struct license_rule *rule);
/* Reads "CC BY,CC0", in any spelling and case ("cc-by", "CC_BY"); versions are left out of account. "any": all that is
 * stated. ERR_USAGE with the names that there are. Does not touch `unknown`. */
bool license_rule_read(struct license_rule *rule, const char *list, struct err *e);

/* What a source states comes to: "CC BY" for "cc_by", "CC-BY-4.0", "http://creativecommons.org/licenses/by/4.0/", "PD"
 * for "public-domain". NULL for all else, which may be a licence ("TDM", "publisher-specific-oa") or none. */
const char *license_name(const char *stated);
/* True when nothing is said: NULL, "", "unknown", "none", "unspecified". */
bool license_is_silent(const char *stated);

enum license_verdict { LICENSE_ALLOWED, LICENSE_UNKNOWN /* and the rule does not take that */, LICENSE_DENIED };
enum license_verdict license_judge(const struct license_rule *rule, const char *stated);

#endif

/* license.h: which public licence a text or a URL names. */
#ifndef FIGMILL_BASE_LICENSE_H
#define FIGMILL_BASE_LICENSE_H

#include <stdbool.h>

enum { LICENSE_NAME_MAX = 32 }; /* bytes with the NUL */

/* Recognises Creative Commons licences by URL ("creativecommons.org/licenses/by-nc/4.0/"), short name ("CC BY 4.0",
 * "ccbylicense", "cc_by_nc") or full name in several languages, and writes them as "CC-BY-NC-4.0"; without a version
 * where none is stated ("CC-BY"). False, and "", when no such licence is named. */
bool license_recognise(const char *text, char out[LICENSE_NAME_MAX]);

#endif

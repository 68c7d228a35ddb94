/* endpoint.h: stand-ins for services: the file of --endpoints, lines of a host (or "*" for all others) and a base URL
 * by a tab. A request to that host goes to base URL + path + query; "{host}" in the base URL stands for the host. Blank
 * lines, and lines that begin with '#', mean nothing. */
#ifndef FIGMILL_INGEST_ENDPOINT_H
#define FIGMILL_INGEST_ENDPOINT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/url.h"

enum { ENDPOINT_MAX_FILE = 1 << 20 };

struct endpoints;
/* ERR_USAGE with the file and line: no tab, no host name, a base that is no http(s) URL or has a query, a host twice.
 */
struct endpoints *endpoints_parse(const char *text, const char *name, struct err *e);
struct endpoints *endpoints_load(const char *path, struct err *e); /* ERR_USAGE also where it cannot be read */
void endpoints_free(struct endpoints *p);                          /* NULL is fine */

/* True where a stand-in answers for the host; NULL endpoints: never. */
bool endpoints_replace(const struct endpoints *p, const char *host);
/* The URL to send instead of `url`: *out, to be released; false where nothing replaces it, and *out is empty. A host
 * that makes the base no URL counts as ERR_FORMAT: then *out is empty, too, and true comes back with `e` set. */
bool endpoints_map(const struct endpoints *p, const struct url *url, struct url *out, struct err *e);

#endif

/* url.h: http and https URLs, read and resolved by libcurl's URL interface (RFC 3986, with the leniency that pages and
 * Location headers need: blanks and non-ASCII characters in path and query are percent-encoded, white space around is
 * ignored). Nothing else is a URL here: other schemes, a user name or password, control characters and more than
 * URL_MAX bytes are ERR_FORMAT. */
#ifndef FIGMILL_BASE_URL_H
#define FIGMILL_BASE_URL_H

#include <stdbool.h>

#include "base/err.h"

enum { URL_MAX = 8192 /* bytes, with the NUL */ };

struct url {
    char *text;         /* the whole: scheme and host in lower case, dot segments and the fragment gone */
    char *host;         /* lower case, IDN as punycode, IPv4 in dotted form, IPv6 in brackets, no dot at its end */
    const char *target; /* in `text`: path and query as sent, begins with '/' */
    int port;
    bool https;
    bool port_default; /* 80 of http, 443 of https */
};

/* Reads an absolute URL. On success release it; on failure *out is empty. */
bool url_parse(const char *text, struct url *out, struct err *e);
/* Reads a reference as found in a page or in a Location header, relative to `base`. A page's own <base href> is
 * resolved first, against the page's URL, and is then the base of its links. */
bool url_resolve(const struct url *base, const char *reference, struct url *out, struct err *e);
void url_release(struct url *u);

/* The same scheme, host and port: what may see a secret meant for the other. */
bool url_same_origin(const struct url *a, const struct url *b);

#endif

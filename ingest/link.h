/* link.h: links as pages and services write them: as URLs that can be asked for, and what they say by their form. */
#ifndef FIGMILL_INGEST_LINK_H
#define FIGMILL_INGEST_LINK_H

#include <stdbool.h>

#include "base/arena.h"

enum { LINK_MAX = 4096 /* bytes of a URL */ };

/* The absolute http(s) URL of `link` on a page at `base` (an absolute URL; NULL: only absolute links are taken), as
 * base/url.h reads it; in the arena. NULL: it is none, or empty, or longer than LINK_MAX. */
const char *link_resolve(const char *base, const char *link, struct arena *arena);

/* What a URL seems to lead to, by its path: "pdf", "xml", or "landing" for all else. Bytes decide later. */
const char *link_kind(const char *url);

/* "CC BY-NC 4.0" for a Creative Commons URL or a path of one ("by-nc/4.0", as SciELO states it; without a version:
 * "CC BY-NC"), "CC0 1.0" for publicdomain/zero; NULL for all else. */
const char *link_cc_name(const char *text, struct arena *arena);

#endif

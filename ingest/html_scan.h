/* html_scan.h: the tags of an HTML page that matter to a crawler, one after the other: import_xml's scanner with HTML's
 * rules for attributes (any case, quotes optional), character references and raw text (scripts are passed over). */
#ifndef FIGMILL_INGEST_HTML_SCAN_H
#define FIGMILL_INGEST_HTML_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "ingest/import_xml.h"

/* The next piece; what stands in script, style, textarea and the like, where tags are no markup, is skipped. */
bool html_next(struct xml_scan *scan, struct xml_piece *out);
bool html_is(const struct xml_piece *piece, const char *name); /* in any case */
/* A start tag's attribute, decoded and clean; NULL: it has none of that name, or an empty one. At most 8 KiB. */
const char *html_attribute(const struct xml_piece *piece, const char *name, struct arena *arena);
/* Appends text with its character references decoded: numeric ones, and the named ones of Latin-1 and of print. */
void html_decode(const char *text, size_t len, struct str *out);
/* The page as UTF-8. Appends to `out`; *charset is the name used (from the arena), NULL: UTF-8 or guessed. */
void html_to_utf8(const char *body, size_t len, const char *content_type, struct arena *arena, struct str *out,
                  const char **charset);

#endif

/* import_xml.h: a tolerant scanner over the start of an XML or HTML document: tags, attributes and text in order, no
 * tree, no entities but the five of XML and numeric ones. It is no parser (extract has one): it looks into the first
 * bytes of a file to tell what it is and which article it is, and never fails on damage, but ends. */
#ifndef FIGMILL_INGEST_IMPORT_XML_H
#define FIGMILL_INGEST_IMPORT_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* The bytes as text in an ASCII-compatible encoding: UTF-16 and UTF-32 (by byte order mark or by their zeros) become
 * UTF-8's ASCII part, with '?' for all other characters; all else is given as it is, the UTF-8 mark taken off. The
 * result lies in the arena or in `bytes`. */
void xml_text(const unsigned char *bytes, size_t len, struct arena *arena, const char **text, size_t *text_len);

enum xml_token { XML_START, XML_CLOSE, XML_TEXT, XML_DOCTYPE, XML_DECLARATION };

struct xml_scan {
    const char *at, *end;
};

/* A piece of the document, pointing into it. */
struct xml_piece {
    enum xml_token token;
    const char *name; /* START, CLOSE: local name, its prefix left out. DOCTYPE: the root's name */
    size_t name_len;
    const char *text; /* START: the attributes. TEXT, DOCTYPE: all of it */
    size_t len;
    bool empty; /* START: <name/> */
};

/* The next piece; comments and processing instructions are skipped. False at the end, also at one inside a tag. */
bool xml_next(struct xml_scan *s, struct xml_piece *out);

/* The same local name. */
bool xml_is(const struct xml_piece *p, const char *name);
/* An attribute's value by its local name, cut to fit and decoded; "" when there is none. */
void xml_attribute(const struct xml_piece *p, const char *name, char *out, size_t size);
/* Appends decoded text to `out`, at most size bytes with the NUL; characters past ASCII are kept as they are. */
void xml_decode(const char *text, size_t len, char *out, size_t size);

#endif

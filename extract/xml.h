/* xml.h: what the parsers of XML and HTML share: safe parsing, look-ups in libxml2's tree, and the plain text of
 * marked-up text.
 *
 * Elements are known by their local name, whatever the prefix or namespace: publishers declare both wrongly. xml_index
 * stores each element's tag in node->_private, so that it must run once before anything else here. Strings that
 * look-ups return are borrowed from the tree. */
#ifndef FIGMILL_EXTRACT_XML_H
#define FIGMILL_EXTRACT_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "extract/xml_tags.h"

enum xml_tag {
    TAG_OTHER, /* an element without a tag of its own, or no element */
#define XML_TAG_ENUM(id, name) TAG_##id,
    XML_TAGS(XML_TAG_ENUM)
#undef XML_TAG_ENUM
        TAG_COUNT
};

/* What went wrong on the way; `first` is the first fault with line and column. */
struct xml_faults {
    size_t n;
    char first[256];
};

/* Parses and indexes XML: recovers from faults (they are in *faults), reads nothing but these bytes, expands no entity
 * but HTML's named characters. ERR_FORMAT when there is no root element. Free with xmlFreeDoc. */
xmlDoc *xml_parse(const char *bytes, size_t len, struct xml_faults *faults, struct err *e);
/* The same for HTML in UTF-8, which is always recovered. */
xmlDoc *xml_parse_html(const char *bytes, size_t len, struct err *e);

enum xml_tag xml_tag(const xmlNode *node);
/* First child element with the tag, or NULL. */
const xmlNode *xml_child(const xmlNode *node, enum xml_tag tag);
/* Child of a child ..., or NULL; ended by TAG_OTHER. */
const xmlNode *xml_path(const xmlNode *node, const enum xml_tag *tags);
#define XML_PATH(node, ...) xml_path(node, (const enum xml_tag[]){__VA_ARGS__, TAG_OTHER})
/* First element with the tag below the node (or the node itself), in document order, or NULL. */
const xmlNode *xml_find(const xmlNode *node, enum xml_tag tag);
/* The next element behind `node` in document order within `top`, or NULL; with `descend` off the node's own children
 * are passed over. Starts with `top` itself. */
const xmlNode *xml_next(const xmlNode *top, const xmlNode *node, bool descend);

/* True the first time that it is asked about a node: for walks that come by a node on several ways. */
bool xml_first_visit(const xmlNode *node);

/* Leaves the element's text out of all text that is made from now on; look-ups still go into it. */
void xml_hide(const xmlNode *node);

/* The attribute's value by local name, or NULL. A value that holds an entity reference counts as missing. */
const char *xml_attr(const xmlNode *node, const char *name);
/* True when the attribute's value is `value`, ASCII case aside. */
bool xml_attr_is(const xmlNode *node, const char *name, const char *value);
/* xml:lang of the node or its nearest ancestor, or NULL. */
const char *xml_language(const xmlNode *node);

/* UTF-8 of a named entity ("nbsp"), or NULL. */
const char *xml_entity_text(const char *name);

/* Where an element that refers to something (xref, figr, a) stands in the text. */
struct xml_mark {
    size_t start, end;
    const xmlNode *node;
};

/* Text being made. Runs of white space become one space, blocks are set apart by a space, and there is none at the
 * start; text_clean is still to come. Reuse one for speed (xml_text_clear). */
struct xml_text {
    struct str s;
    bool marks_wanted;    /* record xref and the like in `marks` */
    bool notes_left_out;  /* leave out footnotes and references to them (titles) */
    bool blocks_left_out; /* leave out figures, tables, lists and quotes inside a paragraph (they have paragraphs of
                             their own) */
    struct xml_mark *marks;
    size_t n_marks, cap_marks;
};

enum { XML_TEXT_MAX = 1 << 20 }; /* bytes; more is cut */

void xml_text_init(struct xml_text *t);
void xml_text_clear(struct xml_text *t); /* empty; options off */
void xml_text_release(struct xml_text *t);
/* Appends the text of the node's children: sub and sup as Unicode where short and possible, formulas in a plain
 * rendering, what is no text (object ids, permissions, TeX beside MathML) left out. */
void xml_text_add(struct xml_text *t, const xmlNode *node);
/* The same, but as the node's own element says (a sub element becomes a subscript). */
void xml_text_add_one(struct xml_text *t, const xmlNode *node);
void xml_text_space(struct xml_text *t); /* a space, unless there is one or nothing */
/* Removes white space at the end. */
void xml_text_trim(struct xml_text *t);
/* Makes the text from `start` on a superscript or subscript. */
void xml_text_script(struct xml_text *t, size_t start, bool super);
/* Appends characters with white space folded. */
void xml_text_chars(struct xml_text *t, const char *text);

/* MathML and TeX in a plain rendering ("x² ≤ (a + b)/2"); xml_math.c. */
void xml_math_add(struct xml_text *t, const xmlNode *math);
void xml_tex_add(struct xml_text *t, const char *tex);

#endif

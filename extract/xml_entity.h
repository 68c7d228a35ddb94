/* xml_entity.h: HTML's named entities, sorted by name; the table is made at build time by scripts/entities.py. */
#ifndef FIGMILL_EXTRACT_XML_ENTITY_H
#define FIGMILL_EXTRACT_XML_ENTITY_H

#include <stddef.h>

struct xml_entity {
    const char *name, *text; /* "nbsp", UTF-8 */
};

extern const struct xml_entity xml_entities[];
extern const size_t xml_entities_n;

#endif

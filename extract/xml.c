/* xml.c: see xml.h. */
#include "extract/xml.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "extract/xml_entity.h"

static const char *const tag_names[TAG_COUNT] = {"",
#define XML_TAG_NAME(id, name) name,
                                                 XML_TAGS(XML_TAG_NAME)
#undef XML_TAG_NAME
};

static int by_tag_name(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static enum xml_tag tag_of_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    const char *const *found =
        bsearch(colon ? colon + 1 : name, tag_names + 1, TAG_COUNT - 1, sizeof *tag_names, by_tag_name);
    return found ? (enum xml_tag)(found - tag_names) : TAG_OTHER;
}

/* libxml2 keeps each name once, so that a small cache by address saves nearly all searches. */
struct tag_cache {
    struct {
        const void *name;
        enum xml_tag tag;
    } slots[256];
};

static enum xml_tag cached_tag(struct tag_cache *cache, const xmlChar *name)
{
    size_t i = ((uintptr_t)name >> 2 ^ (uintptr_t)name >> 10) & 255;
    if (cache->slots[i].name != name) {
        cache->slots[i].name = name;
        cache->slots[i].tag = tag_of_name((const char *)name);
    }
    return cache->slots[i].tag;
}

static void index_tags(xmlNode *root)
{
    struct tag_cache cache = {0};
    for (const xmlNode *node = root; node; node = xml_next(root, node, true))
        ((xmlNode *)node)->_private = (void *)(uintptr_t)cached_tag(&cache, node->name);
}

static int by_entity_name(const void *key, const void *element)
{
    return strcmp(key, ((const struct xml_entity *)element)->name);
}

const char *xml_entity_text(const char *name)
{
    const struct xml_entity *found = bsearch(name, xml_entities, xml_entities_n, sizeof *xml_entities, by_entity_name);
    return found ? found->text : NULL;
}

/* What the callbacks of one parse share, in ctxt->_private. */
struct parse {
    struct xml_faults *faults;
    xmlEntity named; /* the one that was asked for last: libxml2 has read it before it asks for the next */
};

/* The first fault is the cause; what follows is often its consequence. libxml2 calls it for warnings too. */
static void note_fault(void *context, const xmlError *error)
{
    struct xml_faults *faults = ((struct parse *)((xmlParserCtxt *)context)->_private)->faults;
    if (!error || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE || faults->n++)
        return;
    struct str line = STR_INIT(sizeof faults->first - 1);
    size_t len = error->message ? strcspn(error->message, "\n") : 0;
    str_addf(&line, "line %d, column %d: %.*s", error->line, error->int2, len > 150 ? 150 : (int)len, error->message);
    memcpy(faults->first, line.data, line.len + 1);
    str_release(&line);
}

/* Named characters are put in as text where they stand in text. In attribute values libxml2 would keep one byte only of
 * such an entity, so that they stay undefined there. */
static xmlEntity *lookup_entity(void *context, const xmlChar *name)
{
    xmlParserCtxt *ctxt = context;
    struct parse *parse = ctxt->_private;
    /* After a fault libxml2 would drop every further entity, even &amp;. The fault is noted, so go on as if all was
     * well. */
    ctxt->wellFormed = 1;
    xmlEntity *own = xmlGetPredefinedEntity(name);
    if (!own)
        own = xmlSAX2GetEntity(context, name);
    const char *text = own || ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE ? NULL : xml_entity_text((const char *)name);
    if (!text)
        return own;
    parse->named = (xmlEntity){
        .type = XML_ENTITY_DECL,
        .name = name,
        .content = (xmlChar *)(uintptr_t)text,
        .length = (int)strlen(text),
        .etype = XML_INTERNAL_PREDEFINED_ENTITY,
    };
    return &parse->named;
}

xmlDoc *xml_parse(const char *bytes, size_t len, struct xml_faults *faults, struct err *e)
{
    struct parse parse = {.faults = faults};
    *faults = (struct xml_faults){0};
    if (len > INT_MAX) {
        err_set(e, ERR_LIMIT, "XML of %zu bytes", len);
        return NULL;
    }
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt) {
        err_set(e, ERR_SYSTEM, "no memory for an XML parser");
        return NULL;
    }
    ctxt->_private = &parse;
    ctxt->sax->serror = (xmlStructuredErrorFunc)note_fault;
    ctxt->sax->getEntity = lookup_entity;
    ctxt->sax->comment = NULL;
    ctxt->sax->processingInstruction = NULL;
    /* XML_PARSE_OLDSAX only makes libxml2 ask lookup_entity for the predefined entities too. */
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, NULL,
                                    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_COMPACT | XML_PARSE_NOCDATA | XML_PARSE_OLDSAX);
    xmlFreeParserCtxt(ctxt);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root) {
        err_set(e, ERR_FORMAT, "not XML: %s", faults->n ? faults->first : "no element in it");
        xmlFreeDoc(doc);
        return NULL;
    }
    index_tags(root);
    return doc;
}

xmlDoc *xml_parse_html(const char *bytes, size_t len, struct err *e)
{
    htmlDocPtr doc = NULL;
    if (len <= INT_MAX)
        doc = htmlReadMemory(bytes, (int)len, NULL, "UTF-8",
                             HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                 HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root) {
        err_set(e, ERR_FORMAT, "not HTML: no element in it");
        xmlFreeDoc(doc);
        return NULL;
    }
    index_tags(root);
    return doc;
}

enum xml_tag xml_tag(const xmlNode *node)
{
    return node && node->type == XML_ELEMENT_NODE ? (enum xml_tag)(uintptr_t)node->_private : TAG_OTHER;
}

const xmlNode *xml_child(const xmlNode *node, enum xml_tag tag)
{
    if (node && node->type == XML_ELEMENT_NODE)
        for (const xmlNode *child = node->children; child; child = child->next)
            if (xml_tag(child) == tag)
                return child;
    return NULL;
}

const xmlNode *xml_path(const xmlNode *node, const enum xml_tag *tags)
{
    for (; node && *tags != TAG_OTHER; tags++)
        node = xml_child(node, *tags);
    return node;
}

static const xmlNode *element_from(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

const xmlNode *xml_next(const xmlNode *top, const xmlNode *node, bool descend)
{
    const xmlNode *next = descend ? element_from(node->children) : NULL;
    for (; !next && node != top; node = node->parent)
        next = element_from(node->next);
    return next;
}

const xmlNode *xml_find(const xmlNode *top, enum xml_tag tag)
{
    for (const xmlNode *node = top; node; node = xml_next(top, node, true))
        if (xml_tag(node) == tag)
            return node;
    return NULL;
}

bool xml_first_visit(const xmlNode *node)
{
    /* libxml2 leaves psvi to schema validation, which is never used here. */
    void **mark = &((xmlNode *)node)->psvi;
    bool first = !*mark;
    *mark = (void *)node;
    return first;
}

void xml_hide(const xmlNode *node)
{
    /* A button is no text to anyone who makes one. */
    ((xmlNode *)node)->_private = (void *)(uintptr_t)TAG_BUTTON;
}

const char *xml_attr(const xmlNode *node, const char *name)
{
    if (!node || node->type != XML_ELEMENT_NODE)
        return NULL;
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
        const char *colon = strrchr((const char *)attr->name, ':');
        if (strcmp(colon ? colon + 1 : (const char *)attr->name, name) != 0)
            continue;
        const xmlNode *value = attr->children;
        return value && !value->next && value->type == XML_TEXT_NODE ? (const char *)value->content : NULL;
    }
    return NULL;
}

bool xml_attr_is(const xmlNode *node, const char *name, const char *value)
{
    const char *found = xml_attr(node, name);
    return found && strcasecmp(found, value) == 0;
}

const char *xml_language(const xmlNode *node)
{
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
        const char *language = xml_attr(node, "lang");
        if (language)
            return language;
    }
    return NULL;
}

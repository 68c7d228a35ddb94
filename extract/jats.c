/* jats.c: see jats.h. Finds the article in the document and has its parts read; the files beside it hold the subjects:
 * front matter (jats_front.c), figures (jats_figure.c), mentions (jats_mention.c). */
#include "extract/jats.h"

#include <string.h>

#include "extract/jats_tree.h"

static size_t hash_of(const char *id, size_t len)
{
    size_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)id[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static void insert_id(struct jats_ids *ids, struct jats_id id)
{
    size_t at = hash_of(id.id, strlen(id.id)) & (ids->cap - 1);
    while (ids->slots[at].id)
        at = (at + 1) & (ids->cap - 1);
    ids->slots[at] = id;
}

void jats_ids_add(struct jats *j, const char *id, size_t figure)
{
    struct jats_ids *ids = &j->ids;
    if (!id || !*id)
        return;
    if (2 * (ids->n + 1) > ids->cap) {
        struct jats_ids old = *ids;
        ids->cap = old.cap ? 2 * old.cap : 64;
        ids->slots = arena_array(&j->a->arena, ids->cap, sizeof *ids->slots);
        for (size_t i = 0; i < old.cap; i++)
            if (old.slots[i].id)
                insert_id(ids, old.slots[i]);
    }
    insert_id(ids, (struct jats_id){id, figure});
    ids->n++;
}

void jats_ids_each(const struct jats *j, const char *id, size_t len, void (*each)(void *, size_t), void *context)
{
    const struct jats_ids *ids = &j->ids;
    if (!ids->cap)
        return;
    for (size_t at = hash_of(id, len) & (ids->cap - 1); ids->slots[at].id; at = (at + 1) & (ids->cap - 1))
        if (strncmp(ids->slots[at].id, id, len) == 0 && !ids->slots[at].id[len])
            each(context, ids->slots[at].figure);
}

bool jats_is_translation(const xmlNode *sub_article)
{
    return xml_attr_is(sub_article, "article-type", "translation");
}

/* The article in a document: the root, or inside the envelopes of PMC's OAI and e-utilities. */
static const xmlNode *find_article(const xmlNode *root)
{
    if (xml_tag(root) == TAG_ART)
        return root;
    const xmlNode *article = xml_tag(root) == TAG_HTML ? NULL : xml_find(root, TAG_ARTICLE);
    /* Other vocabularies have an element article too; only JATS's has these parts. */
    return xml_child(article, TAG_FRONT) || xml_child(article, TAG_BODY) || xml_child(article, TAG_FRONT_STUB) ? article
                                                                                                               : NULL;
}

static bool read_document(const xmlDoc *doc, const struct xml_faults *faults, struct article *a, struct err *e)
{
    const xmlNode *root = xmlDocGetRootElement((xmlDoc *)doc);
    struct jats j = {.a = a, .root = find_article(root)};
    if (!j.root) {
        if (faults->n)
            return err_set(e, ERR_FORMAT, "not well-formed XML: %s", faults->first);
        return err_set(e, ERR_UNSUPPORTED, "no article: the root element is '%.60s'", (const char *)root->name);
    }
    j.bmc = xml_tag(j.root) == TAG_ART;
    bool whole = j.bmc ? xml_child(j.root, TAG_FM) && xml_child(j.root, TAG_BDY)
                       : xml_child(j.root, TAG_FRONT) && xml_child(j.root, TAG_BODY);
    if (faults->n && !whole)
        return err_set(e, ERR_FORMAT, "not well-formed XML: %s", faults->first);
    if (faults->n)
        article_warn(a, "%zu faults of XML were recovered from, the first: %s", faults->n, faults->first);
    xml_text_init(&j.text);
    xml_text_init(&j.label);
    jats_front(&j);
    jats_figures(&j);
    jats_mentions(&j);
    article_name_figures(a);
    xml_text_release(&j.text);
    xml_text_release(&j.label);
    return true;
}

bool jats_extract(const char *bytes, size_t len, struct article *a, struct err *e)
{
    *a = (struct article)ARTICLE_INIT;
    if (len > JATS_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "XML of %zu bytes; at most %d are read", len, JATS_MAX_BYTES);
    struct xml_faults faults;
    xmlDoc *doc = xml_parse(bytes, len, &faults, e);
    bool ok = doc && read_document(doc, &faults, a, e);
    xmlFreeDoc(doc);
    if (!ok)
        article_release(a);
    return ok;
}

/* import_ids.c: see import_ids.h. */
#include "ingest/import_ids.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "ingest/import_xml.h"

/* Which element states an identifier, by which attribute, and where looking ends: at the close of one element or the
 * start of another. */
static const struct form {
    const char *element, *attribute, *inside, *stop;
} forms[] = {
    {"article-id", "pub-id-type", "article-meta", "body"},
    {"pubid", "idtype", "fm", "bdy"},
    {"idno", "type", "teiHeader", "text"},
};

static char *slot(struct import_ids *ids, const char *type)
{
    static const struct {
        const char *type;
        int which;
    } types[] = {{"doi", 0},    {"pmc", 1},  {"pmcid", 1}, {"pmc-uid", 1},
                 {"pmcpid", 1}, {"pmid", 2}, {"pmpid", 2}, {"pubmed", 2}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcasecmp(type, types[i].type) == 0)
            return types[i].which == 0 ? ids->doi : types[i].which == 1 ? ids->pmcid : ids->pmid;
    return NULL;
}

static void scan_form(const struct form *form, struct xml_scan *scan, struct import_ids *ids)
{
    struct xml_piece p;
    char type[32];
    char *into = NULL; /* where the text of the element in hand goes */
    bool inside = false;
    while (xml_next(scan, &p)) {
        if (p.token == XML_TEXT && into) {
            xml_decode(p.text, p.len, into, IDS_SIZE);
        } else if (p.token == XML_CLOSE) {
            into = NULL;
            if (inside && xml_is(&p, form->inside))
                return;
        } else if (p.token == XML_START) {
            into = NULL;
            if (xml_is(&p, form->stop) || xml_is(&p, "sub-article") || xml_is(&p, "response"))
                return;
            inside = inside || xml_is(&p, form->inside);
            if (!inside || p.empty || !xml_is(&p, form->element))
                continue;
            xml_attribute(&p, form->attribute, type, sizeof type);
            into = slot(ids, type);
            if (into && *into)
                into = NULL; /* The first one stated counts. */
        }
    }
}

void ids_of(enum kind kind, const unsigned char *head, size_t len, struct import_ids *out)
{
    struct arena arena = ARENA_INIT;
    const char *text;
    size_t text_len;
    *out = (struct import_ids){{0}, {0}, {0}};
    if (kind != KIND_JATS && kind != KIND_XML)
        return;
    xml_text(head, len < IDS_HEAD ? len : IDS_HEAD, &arena, &text, &text_len);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct xml_scan scan = {text, text + text_len};
        struct import_ids found = {{0}, {0}, {0}};
        scan_form(&forms[i], &scan, &found);
        if (*found.doi || *found.pmcid || *found.pmid) {
            *out = found;
            break;
        }
    }
    arena_release(&arena);
}

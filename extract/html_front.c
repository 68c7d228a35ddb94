/* html_front.c: metadata of article pages: citation_*, dc.*, prism.* and og:title, as Highwire, Dublin Core and the
 * publishers write them; then JSON-LD (html_linked.c), then what the page shows. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "extract/jats_tree.h"
#include "base/license.h"

enum { META_MAX = 2000 }; /* elements read; pages with a reference list in metadata have hundreds */

/* Names of one field, best first; rank by place. */
struct field {
    const char **slot;
    size_t max;
    int rank; /* of what is in the slot; INT_MAX: nothing */
    const char *names[8];
};

static int rank_of(const struct field *f, const char *name)
{
    for (int i = 0; i < 8 && f->names[i]; i++)
        if (strcasecmp(name, f->names[i]) == 0)
            return i;
    return 8;
}

int html_year(const char *date)
{
    for (const char *p = date; p && *p; p++) {
        if ((p == date || p[-1] < '0' || p[-1] > '9') && strspn(p, "0123456789") == 4) {
            int year = (int)strtol(p, NULL, 10);
            if (year >= 1600 && year <= 2200)
                return year;
        }
    }
    return 0;
}

/* Some publishers put the title's markup into the metadata: without what looks like tags. */
static const char *plain_text(struct html *h, const char *content, size_t max)
{
    xml_text_clear(&h->text);
    while (*content && !h->text.s.overflow) {
        size_t run = strcspn(content, "<");
        str_add_bytes(&h->text.s, content, run);
        content += run;
        bool tag = *content == '<' && (content[1] == '/' || ((content[1] | 32) >= 'a' && (content[1] | 32) <= 'z'));
        const char *end = tag ? strchr(content, '>') : NULL;
        if (end)
            content = end + 1;
        else if (*content)
            str_add_char(&h->text.s, *content++);
    }
    return article_text(h->a, h->text.s.data, h->text.s.len, max);
}

static void add_keyword(struct str *keywords, const char *text)
{
    if (keywords->len)
        str_add(keywords, "; ");
    str_add(keywords, text);
}

static void read_meta(struct html *h, struct field *fields, size_t n, const xmlNode *node, struct str *keywords)
{
    const char *name = xml_attr(node, "name"), *content = xml_attr(node, "content");
    if (!name)
        name = xml_attr(node, "property");
    if (!name || !content)
        return;
    if (strncasecmp(name, "citation_", 9) == 0)
        h->citation = true;
    if (strcasecmp(name, "citation_keywords") == 0 || strcasecmp(name, "citation_keyword") == 0)
        add_keyword(keywords, content);
    for (size_t i = 0; i < n; i++) {
        int rank = rank_of(&fields[i], name);
        const char *text = rank < fields[i].rank ? plain_text(h, content, fields[i].max) : NULL;
        if (!text || (strcasestr(name, "identifier") && !strstr(text, "10.")))
            continue;
        *fields[i].slot = text;
        fields[i].rank = rank;
    }
}

/* The first link to a licence, by rel or by where it leads. */
static void read_license(struct html *h, const char *rights)
{
    struct art_front *f = &h->a->front;
    char name[LICENSE_NAME_MAX];
    for (const xmlNode *node = h->root; node && !f->license; node = xml_next(h->root, node, true)) {
        if (xml_tag(node) != TAG_A && xml_tag(node) != TAG_LINK)
            continue;
        const char *href = xml_attr(node, "href");
        if (href && (strstr(href, "creativecommons.org/") || xml_attr_is(node, "rel", "license")) &&
            license_recognise(href, name)) {
            f->license = arena_strdup(&h->a->arena, name);
            f->license_url = article_text(h->a, href, strlen(href), 300);
        }
    }
    if (!f->license && license_recognise(rights, name))
        f->license = arena_strdup(&h->a->arena, name);
    else if (!f->license && rights)
        f->license = article_text(h->a, rights, strlen(rights), 200);
}

void html_front(struct html *h)
{
    struct art_front *f = &h->a->front;
    const char *doi = NULL, *pmid = NULL, *pmcid = NULL, *date = NULL, *language = NULL, *rights = NULL;
    struct field fields[] = {
        {&f->title, ARTICLE_MAX_FIELD, 8, {"citation_title", "dc.title", "dcterms.title", "og:title"}},
        {&doi,
         400,
         8,
         {"citation_doi", "dc.identifier.doi", "prism.doi", "bepress_citation_doi", "publication_doi",
          "dc.identifier"}},
        {&pmid, 40, 8, {"citation_pmid", "ncbi_pmid"}},
        {&pmcid, 40, 8, {"citation_pmcid", "ncbi_pmcid"}},
        {&date,
         40,
         8,
         {"citation_publication_date", "citation_date", "citation_online_date", "prism.publicationdate", "dc.date",
          "citation_year", "dcterms.issued", "article:published_time"}},
        {&language, 20, 8, {"citation_language", "dc.language", "dcterms.language", "og:locale"}},
        {&f->journal,
         ARTICLE_MAX_FIELD,
         8,
         {"citation_journal_title", "prism.publicationname", "dc.source.journal", "citation_journal_abbrev",
          "dcterms.ispartof"}},
        {&f->publisher, ARTICLE_MAX_FIELD, 8, {"citation_publisher", "dc.publisher", "dcterms.publisher"}},
        {&f->abstract,
         ARTICLE_MAX_ABSTRACT,
         8,
         {"citation_abstract", "dc.description", "dcterms.abstract", "og:description", "description"}},
        {&rights, 400, 8, {"dc.rights", "dcterms.rights", "dcterms.license", "prism.copyright"}},
    };
    struct str keywords = STR_INIT(ARTICLE_MAX_FIELD * 2);
    size_t n = 0;
    for (const xmlNode *node = h->root; node && n < META_MAX; node = xml_next(h->root, node, true))
        if (xml_tag(node) == TAG_META && ++n)
            read_meta(h, fields, sizeof fields / sizeof *fields, node, &keywords);
    f->doi = jats_doi(h->a, doi);
    f->pmcid = jats_pmcid(h->a, pmcid);
    f->pmid = pmid && strspn(pmid, "0123456789") == strlen(pmid) ? pmid : NULL;
    f->year = html_year(date);
    f->language = article_language(h->a, language);
    f->keywords = article_text(h->a, keywords.data, keywords.len, ARTICLE_MAX_FIELD);
    read_license(h, rights);
    html_linked_data(h);
    if (!f->language)
        f->language = article_language(h->a, xml_attr(h->root, "lang"));
    if (!f->title)
        f->title = html_text(h, xml_find(h->root, TAG_H1), ARTICLE_MAX_FIELD);
    if (!f->title)
        f->title = html_text(h, xml_find(h->root, TAG_TITLE), ARTICLE_MAX_FIELD);
    str_release(&keywords);
}

/* html_linked.c: metadata of article pages in JSON-LD (schema.org's ScholarlyArticle and its kin), for what the page's
 * meta elements leave open. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "extract/jats_tree.h"
#include "base/license.h"

enum { SCRIPTS_MAX = 20, SCRIPT_MAX = 1 << 20 /* bytes */, DEPTH_MAX = 4, ITEMS_MAX = 100 };

static bool is_article_type(const cJSON *type)
{
    const cJSON *item = cJSON_IsArray(type) ? type->child : type;
    for (int i = 0; item && i < ITEMS_MAX; i++, item = cJSON_IsArray(type) ? item->next : NULL)
        if (cJSON_IsString(item) && str_ends(item->valuestring, "Article"))
            return true;
    return false;
}

/* The article in what one script holds: itself, one of a list or a graph, or what the page is about. */
static const cJSON *find_article(const cJSON *value, int depth)
{
    static const char *const around[] = {"@graph", "mainEntity", "mainEntityOfPage"};
    if (!value || depth > DEPTH_MAX)
        return NULL;
    if (cJSON_IsObject(value) && is_article_type(json_member(value, "@type")))
        return value;
    const cJSON *found = NULL;
    const cJSON *item = cJSON_IsArray(value) ? value->child : NULL;
    for (int i = 0; item && !found && i < ITEMS_MAX; i++, item = item->next)
        found = find_article(item, depth + 1);
    for (size_t i = 0; cJSON_IsObject(value) && !found && i < sizeof around / sizeof *around; i++)
        found = find_article(json_member(value, around[i]), depth + 1);
    return found;
}

/* A member's text: itself, the first of a list, or the member `of` of an object. */
static const char *text_of(const cJSON *object, const char *name, const char *of)
{
    const cJSON *value = json_member(object, name);
    if (cJSON_IsArray(value))
        value = value->child;
    if (cJSON_IsObject(value))
        value = json_member(value, of);
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

static void fill(struct html *h, const char **slot, const char *text, size_t max)
{
    if (!*slot && text)
        *slot = article_text(h->a, text, strlen(text), max);
}

static void fill_doi(struct html *h, const cJSON *article)
{
    static const char *const names[] = {"identifier", "sameAs", "@id", "url"};
    struct art_front *f = &h->a->front;
    for (size_t i = 0; !f->doi && i < sizeof names / sizeof *names; i++)
        f->doi = jats_doi(h->a, text_of(article, names[i], "value"));
}

/* The journal may stand behind volume and issue. */
static const char *journal_of(const cJSON *article)
{
    const cJSON *part = article;
    for (int i = 0; i < DEPTH_MAX && part; i++) {
        const cJSON *whole = json_member(part, "isPartOf");
        if (!whole && i)
            return json_text(part, "name");
        part = cJSON_IsArray(whole) ? whole->child : whole;
        const char *name = part && is_article_type(json_member(part, "@type")) ? NULL : json_text(part, "name");
        if (name)
            return name;
    }
    return NULL;
}

static void fill_license(struct html *h, const cJSON *article)
{
    struct art_front *f = &h->a->front;
    char name[LICENSE_NAME_MAX];
    const char *license = text_of(article, "license", "url");
    if (f->license || !license || !license_recognise(license, name))
        return;
    f->license = arena_strdup(&h->a->arena, name);
    f->license_url = strncmp(license, "http", 4) == 0 ? article_text(h->a, license, strlen(license), 300) : NULL;
}

static void fill_front(struct html *h, const cJSON *article)
{
    struct art_front *f = &h->a->front;
    fill(h, &f->title, text_of(article, "headline", "@value"), ARTICLE_MAX_FIELD);
    fill(h, &f->title, text_of(article, "name", "@value"), ARTICLE_MAX_FIELD);
    fill(h, &f->journal, journal_of(article), ARTICLE_MAX_FIELD);
    fill(h, &f->publisher, text_of(article, "publisher", "name"), ARTICLE_MAX_FIELD);
    fill(h, &f->abstract, text_of(article, "abstract", "@value"), ARTICLE_MAX_ABSTRACT);
    fill(h, &f->abstract, text_of(article, "description", "@value"), ARTICLE_MAX_ABSTRACT);
    if (!f->language)
        f->language = article_language(h->a, text_of(article, "inLanguage", "alternateName"));
    if (!f->year)
        f->year = html_year(text_of(article, "datePublished", "@value"));
    fill_doi(h, article);
    fill_license(h, article);
}

void html_linked_data(struct html *h)
{
    size_t scripts = 0;
    for (const xmlNode *node = h->root; node && scripts < SCRIPTS_MAX; node = xml_next(h->root, node, true)) {
        if (xml_tag(node) != TAG_SCRIPT || !xml_attr_is(node, "type", "application/ld+json"))
            continue;
        scripts++;
        const xmlNode *text = node->children;
        size_t len = text && text->content ? strlen((const char *)text->content) : 0;
        struct err ignored = {0}; /* pages get this wrong, and have it twice */
        cJSON *json = len && len <= SCRIPT_MAX ? json_parse((const char *)text->content, len, &ignored) : NULL;
        const cJSON *article = find_article(json, 0);
        if (article)
            fill_front(h, article);
        cJSON_Delete(json);
    }
}

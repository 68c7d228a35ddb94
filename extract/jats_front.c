/* jats_front.c: front matter of JATS, NLM and BioMed Central's articles. */
#include "extract/jats_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/license.h"

/* The node's text in the article's arena, or NULL. */
static const char *text_of(struct jats *j, const xmlNode *node, size_t max)
{
    if (!node)
        return NULL;
    xml_text_clear(&j->text);
    j->text.notes_left_out = true;
    xml_text_add(&j->text, node);
    return article_text(j->a, j->text.s.data, j->text.s.len, max);
}

const char *jats_doi(struct article *a, const char *text)
{
    const char *start = text ? strstr(text, "10.") : NULL;
    if (!start || !strchr(start, '/'))
        return NULL;
    size_t len = strcspn(start, " \t\r\n");
    const char *copy = article_text(a, start, len, 300);
    for (char *p = (char *)copy; p && *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    return copy;
}

/* The first run of digits, at most 12. */
static const char *digits_of(const char *text, size_t *len)
{
    const char *start = text ? strpbrk(text, "0123456789") : NULL;
    *len = start ? strspn(start, "0123456789") : 0;
    return *len && *len <= 12 ? start : NULL;
}

const char *jats_pmcid(struct article *a, const char *text)
{
    size_t len;
    const char *digits = digits_of(text, &len);
    return digits ? arena_printf(&a->arena, "PMC%.*s", (int)len, digits) : NULL;
}

static void read_ids(struct jats *j, const xmlNode *meta, enum xml_tag tag, const char *type_name)
{
    struct art_front *f = &j->a->front;
    for (const xmlNode *id = meta ? meta->children : NULL; id; id = id->next) {
        if (xml_tag(id) != tag)
            continue;
        const char *type = xml_attr(id, type_name);
        const char *text = type ? text_of(j, id, 300) : NULL;
        size_t len;
        if (!text)
            continue;
        if (strcasecmp(type, "doi") == 0 && !f->doi)
            f->doi = jats_doi(j->a, text);
        else if ((strcasecmp(type, "pmc") == 0 || strcasecmp(type, "pmcid") == 0 || strcasecmp(type, "pmcpid") == 0) &&
                 !f->pmcid)
            f->pmcid = jats_pmcid(j->a, text);
        else if ((strcasecmp(type, "pmid") == 0 || strcasecmp(type, "pmpid") == 0) && !f->pmid && digits_of(text, &len))
            f->pmid = arena_strndup(&j->a->arena, digits_of(text, &len), len);
    }
}

static int year_of(struct jats *j, const xmlNode *date)
{
    const char *text = text_of(j, xml_child(date, TAG_YEAR), 20);
    long year = text ? strtol(text, NULL, 10) : 0;
    return year >= 1600 && year <= 2200 ? (int)year : 0;
}

/* The year of publication: electronic before print before the collection's, else any date's. */
static int publication_year(struct jats *j, const xmlNode *meta)
{
    static const char *const order[] = {"epub", "pub", "epub-ppub", "ppub", "collection", "pmc-release"};
    const size_t n_order = sizeof order / sizeof *order;
    size_t best = n_order + 1;
    int year = 0;
    for (const xmlNode *date = meta ? meta->children : NULL; date; date = date->next) {
        if (xml_tag(date) != TAG_PUB_DATE)
            continue;
        const char *type = xml_attr(date, "pub-type");
        if (!type)
            type = xml_attr(date, "date-type");
        size_t rank = 0;
        while (rank < n_order && (!type || strcasecmp(type, order[rank]) != 0))
            rank++;
        int found = rank < best ? year_of(j, date) : 0;
        if (found) {
            best = rank;
            year = found;
        }
    }
    return year;
}

/* The licence as stated in the first of these that names one: ali:license_ref, license's link, a link in its text, the
 * text, the copyright statement. */
static void read_license(struct jats *j, const xmlNode *permissions)
{
    struct art_front *f = &j->a->front;
    char name[LICENSE_NAME_MAX] = "";
    const char *text = NULL;
    for (const xmlNode *node = permissions; node; node = xml_next(permissions, node, true)) {
        const char *url = NULL;
        switch (xml_tag(node)) {
        case TAG_LICENSE_REF:
            url = text_of(j, node, 300);
            break;
        case TAG_LICENSE:
        case TAG_EXT_LINK:
        case TAG_URI:
            url = xml_attr(node, "href");
            break;
        case TAG_URL:
            url = text_of(j, node, 300);
            break;
        default:
            break;
        }
        char found[LICENSE_NAME_MAX];
        if (url && !*name && license_recognise(url, found)) {
            memcpy(name, found, sizeof name);
            f->license_url = strstr(url, "://") ? article_text(j->a, url, strlen(url), 300) : f->license_url;
        } else if (url && !f->license_url && xml_tag(node) == TAG_LICENSE && strstr(url, "://")) {
            f->license_url = article_text(j->a, url, strlen(url), 300);
        }
        if (!text && (xml_tag(node) == TAG_LICENSE || xml_tag(node) == TAG_NOTE))
            text = text_of(j, node, 4000);
    }
    const xmlNode *license = xml_child(permissions, TAG_LICENSE);
    if (!text && xml_child(permissions, TAG_COPYRIGHT_STATEMENT))
        text = text_of(j, xml_child(permissions, TAG_COPYRIGHT_STATEMENT), 4000);
    if (*name || license_recognise(text, name) || license_recognise(xml_attr(license, "license-type"), name) ||
        license_recognise(xml_attr(license, "specific-use"), name))
        f->license = arena_strdup(&j->a->arena, name);
    else if (text)
        f->license = article_text(j->a, text, strlen(text), 200);
    else
        f->license = NULL;
}

/* The abstract without its heading and without the graphical and teaser ones. */
static const char *read_abstract(struct jats *j, const xmlNode *meta)
{
    const xmlNode *chosen = NULL;
    for (const xmlNode *node = meta ? meta->children : NULL; node && !chosen; node = node->next)
        if ((xml_tag(node) == TAG_ABSTRACT && !xml_attr(node, "abstract-type")) || xml_tag(node) == TAG_ABS)
            chosen = node;
    if (!chosen)
        chosen = xml_child(meta, TAG_ABSTRACT);
    if (!chosen)
        return NULL;
    xml_text_clear(&j->text);
    for (const xmlNode *child = chosen->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && xml_tag(child) != TAG_TITLE && xml_tag(child) != TAG_ST &&
            xml_tag(child) != TAG_LABEL) {
            xml_text_space(&j->text);
            xml_text_add(&j->text, child);
        }
    }
    return article_text(j->a, j->text.s.data, j->text.s.len, ARTICLE_MAX_ABSTRACT);
}

/* Keywords of the article's language, else of the first group. */
static const char *read_keywords(struct jats *j, const xmlNode *meta)
{
    const xmlNode *group = NULL;
    for (const xmlNode *node = meta ? meta->children : NULL; node; node = node->next) {
        if (xml_tag(node) != TAG_KWD_GROUP && xml_tag(node) != TAG_KWDG)
            continue;
        const char *type = xml_attr(node, "kwd-group-type");
        if (type && (strstr(type, "abb") || strstr(type, "research-organism") || strstr(type, "jel")))
            continue;
        const char *language = article_language(j->a, xml_attr(node, "lang"));
        if (!group || (language && j->a->front.language && strcmp(language, j->a->front.language) == 0 &&
                       !xml_attr_is(group, "lang", j->a->front.language)))
            group = node;
    }
    xml_text_clear(&j->text);
    for (const xmlNode *kwd = group ? group->children : NULL; kwd; kwd = kwd->next) {
        if (xml_tag(kwd) != TAG_KWD)
            continue;
        xml_text_trim(&j->text);
        if (j->text.s.len)
            str_add(&j->text.s, "; ");
        xml_text_add(&j->text, kwd);
    }
    return article_text(j->a, j->text.s.data, j->text.s.len, ARTICLE_MAX_FIELD);
}

static const char *read_title(struct jats *j, const xmlNode *group)
{
    const xmlNode *title = xml_child(group, TAG_ARTICLE_TITLE), *subtitle = xml_child(group, TAG_SUBTITLE);
    if (!title)
        title = xml_child(group, TAG_TITLE);
    const char *main = text_of(j, title, ARTICLE_MAX_FIELD);
    const char *sub = text_of(j, subtitle, ARTICLE_MAX_FIELD / 2);
    if (!main || !sub)
        return main;
    size_t len = strlen(main);
    bool ended = main[len - 1] == ':' || main[len - 1] == '?' || main[len - 1] == '.' || main[len - 1] == '!';
    char *both = arena_printf(&j->a->arena, "%s%s %s", main, ended ? "" : ":", sub);
    return article_text(j->a, both, strlen(both), ARTICLE_MAX_FIELD);
}

/* The authors' translations of the title: <trans-title> by itself or in a group of its language, and the titles of
 * sub-articles that are translations. */
static void add_title(struct str *out, const char *language, const char *title)
{
    if (!title)
        return;
    str_add(out, out->len ? ",[" : "[[");
    if (language)
        json_quote(language, out);
    else
        str_add(out, "null");
    str_add_char(out, ',');
    json_quote(title, out);
    str_add_char(out, ']');
}

static void add_trans_title(struct jats *j, const xmlNode *node, const char *language, struct str *out)
{
    const char *own = xml_attr(node, "lang");
    add_title(out, article_language(j->a, own ? own : language), text_of(j, node, ARTICLE_MAX_FIELD));
}

static const char *read_titles(struct jats *j, const xmlNode *group)
{
    struct str titles = STR_INIT(ARTICLE_MAX_ABSTRACT - 1);
    const char *text = NULL;
    for (const xmlNode *node = group ? group->children : NULL; node; node = node->next) {
        if (xml_tag(node) == TAG_TRANS_TITLE)
            add_trans_title(j, node, NULL, &titles);
        else if (xml_tag(node) == TAG_TRANS_TITLE_GROUP && xml_child(node, TAG_TRANS_TITLE))
            add_trans_title(j, xml_child(node, TAG_TRANS_TITLE), xml_attr(node, "lang"), &titles);
    }
    for (const xmlNode *part = j->root->children; part; part = part->next) {
        if (xml_tag(part) != TAG_SUB_ARTICLE || !jats_is_translation(part))
            continue;
        const xmlNode *front = xml_child(part, TAG_FRONT_STUB), *meta = xml_child(front, TAG_ARTICLE_META);
        add_title(&titles, article_language(j->a, xml_language(part)),
                  read_title(j, xml_child(meta ? meta : front, TAG_TITLE_GROUP)));
    }
    str_add(&titles, titles.len ? "]" : "");
    if (titles.len && !titles.overflow)
        text = arena_strndup(&j->a->arena, titles.data, titles.len);
    str_release(&titles);
    return text;
}

static void read_bmc(struct jats *j)
{
    struct art_front *f = &j->a->front;
    const xmlNode *fm = xml_child(j->root, TAG_FM), *bibl = xml_child(fm, TAG_BIBL);
    f->language = article_language(j->a, xml_attr(j->root, "lang"));
    f->title = text_of(j, xml_child(bibl, TAG_TITLE), ARTICLE_MAX_FIELD);
    f->journal = text_of(j, xml_child(bibl, TAG_SOURCE), ARTICLE_MAX_FIELD);
    f->publisher = "BioMed Central";
    f->article_type = text_of(j, xml_child(fm, TAG_DOCHEAD), 200);
    const char *year = text_of(j, xml_child(bibl, TAG_PUBDATE), 20);
    long number = year ? strtol(year, NULL, 10) : 0;
    f->year = number >= 1600 && number <= 2200 ? (int)number : 0;
    const xmlNode *ids = XML_PATH(bibl, TAG_XREFBIB, TAG_PUBIDLIST);
    read_ids(j, ids ? ids : xml_child(bibl, TAG_XREFBIB), TAG_PUBID, "idtype");
    read_license(j, xml_child(fm, TAG_CPYRT));
    f->abstract = read_abstract(j, fm);
    f->keywords = read_keywords(j, fm);
}

/* The link of a retracted article to the notice, or of the notice to the article. */
static const char *read_retraction(struct jats *j, const xmlNode *meta)
{
    static const char *const types[] = {"retracted-article", "retraction-forward", "retraction", "withdrawal-forward"};
    for (const xmlNode *node = meta ? meta->children : NULL; node; node = node->next)
        for (size_t i = 0; xml_tag(node) == TAG_RELATED_ARTICLE && i < sizeof types / sizeof *types; i++)
            if (xml_attr_is(node, "related-article-type", types[i]))
                return types[i];
    return NULL;
}

void jats_front(struct jats *j)
{
    if (j->bmc) {
        read_bmc(j);
        return;
    }
    struct art_front *f = &j->a->front;
    const xmlNode *front = xml_child(j->root, TAG_FRONT);
    if (!front)
        front = xml_child(j->root, TAG_FRONT_STUB);
    const xmlNode *meta = xml_child(front, TAG_ARTICLE_META), *journal = xml_child(front, TAG_JOURNAL_META);
    if (!meta)
        meta = front;
    const char *type = xml_attr(j->root, "article-type");
    f->article_type = type ? article_text(j->a, type, strlen(type), 200) : NULL;
    f->retraction = read_retraction(j, meta);
    f->language = article_language(j->a, xml_language(j->root));
    read_ids(j, meta, TAG_ARTICLE_ID, "pub-id-type");
    const xmlNode *titles = xml_child(meta, TAG_TITLE_GROUP);
    f->title = read_title(j, titles ? titles : meta);
    f->titles = read_titles(j, titles ? titles : meta);
    f->year = publication_year(j, meta);
    const xmlNode *name = XML_PATH(journal, TAG_JOURNAL_TITLE_GROUP, TAG_JOURNAL_TITLE);
    if (!name)
        name = xml_child(journal, TAG_JOURNAL_TITLE);
    if (!name)
        name = XML_PATH(journal, TAG_JOURNAL_TITLE_GROUP, TAG_ABBREV_JOURNAL_TITLE);
    if (!name)
        name = xml_child(journal, TAG_JOURNAL_ID);
    f->journal = text_of(j, name, ARTICLE_MAX_FIELD);
    f->publisher = text_of(j, XML_PATH(journal, TAG_PUBLISHER, TAG_PUBLISHER_NAME), ARTICLE_MAX_FIELD);
    const xmlNode *permissions = xml_child(meta, TAG_PERMISSIONS);
    read_license(j, permissions ? permissions : meta);
    f->abstract = read_abstract(j, meta);
    f->keywords = read_keywords(j, meta);
}

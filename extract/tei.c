/* tei.c: articles in TEI, as conferences of the humanities publish them and GROBID makes them from PDF. */
#include "extract/jats_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/license.h"
#include "extract/label.h"

static const char *text_of(struct jats *j, const xmlNode *node, size_t max)
{
    if (!node)
        return NULL;
    xml_text_clear(&j->text);
    xml_text_add(&j->text, node);
    return article_text(j->a, j->text.s.data, j->text.s.len, max);
}

/* The title, whose parts may be titles themselves. */
static const char *read_title(struct jats *j, const xmlNode *statement)
{
    const xmlNode *title = xml_child(statement, TAG_TITLE), *main = xml_child(title, TAG_TITLE);
    if (!main)
        return text_of(j, title, ARTICLE_MAX_FIELD);
    const char *first = text_of(j, main, ARTICLE_MAX_FIELD / 2), *rest = NULL;
    for (const xmlNode *sub = main->next; sub && !rest; sub = sub->next)
        if (xml_tag(sub) == TAG_TITLE)
            rest = text_of(j, sub, ARTICLE_MAX_FIELD / 2);
    return first && rest ? arena_printf(&j->a->arena, "%s: %s", first, rest) : first;
}

static const char *read_keywords(struct jats *j, const xmlNode *header)
{
    struct str all = STR_INIT(ARTICLE_MAX_FIELD * 2);
    const xmlNode *profile = xml_child(header, TAG_PROFILEDESC);
    for (const xmlNode *node = profile; node; node = xml_next(profile, node, true)) {
        const char *text = xml_tag(node) == TAG_TERM ? text_of(j, node, 400) : NULL;
        if (text)
            str_addf(&all, "%s%s", all.len ? "; " : "", text);
    }
    const char *copy = article_text(j->a, all.data, all.len, ARTICLE_MAX_FIELD);
    str_release(&all);
    return copy;
}

static void read_front(struct jats *j)
{
    struct art_front *f = &j->a->front;
    const xmlNode *header = xml_child(j->root, TAG_TEIHEADER), *file = xml_child(header, TAG_FILEDESC);
    const xmlNode *publication = xml_child(file, TAG_PUBLICATIONSTMT);
    const char *language = xml_language(xml_child(j->root, TAG_TEXT));
    f->language = article_language(j->a, language ? language : xml_language(header));
    f->title = read_title(j, xml_child(file, TAG_TITLESTMT));
    f->publisher = text_of(j, xml_child(publication, TAG_PUBLISHER), ARTICLE_MAX_FIELD);
    for (const xmlNode *node = file; node; node = xml_next(file, node, true)) {
        const char *when = xml_tag(node) == TAG_DATE ? xml_attr(node, "when") : NULL;
        long year = when ? strtol(when, NULL, 10) : 0;
        if (!f->year && year >= 1600 && year <= 2200)
            f->year = (int)year;
        if (xml_tag(node) == TAG_IDNO && xml_attr_is(node, "type", "DOI") && !f->doi)
            f->doi = jats_doi(j->a, text_of(j, node, 300));
    }
    char name[LICENSE_NAME_MAX];
    const char *terms = text_of(j, xml_child(publication, TAG_AVAILABILITY), 4000);
    const xmlNode *licence = XML_PATH(publication, TAG_AVAILABILITY, TAG_LICENCE);
    if (license_recognise(xml_attr(licence, "target"), name) || license_recognise(terms, name))
        f->license = arena_strdup(&j->a->arena, name);
    f->abstract = text_of(j, XML_PATH(header, TAG_PROFILEDESC, TAG_ABSTRACT), ARTICLE_MAX_ABSTRACT);
    f->keywords = read_keywords(j, header);
}

/* The label stands at the start of the head or of the description; both repeat it in GROBID's files. */
static void add_figure(struct jats *j, const xmlNode *node)
{
    const xmlNode *head = xml_child(node, TAG_HEAD), *description = xml_child(node, TAG_FIGDESC);
    const char *start = text_of(j, head, ARTICLE_MAX_CAPTION), *text = text_of(j, description, ARTICLE_MAX_CAPTION);
    const char *id = xml_attr(node, "id");
    const xmlNode *graphic = xml_find(node, TAG_GRAPHIC);
    struct label label, again;
    if (!start && !text)
        return;
    struct art_figure *f = article_add_figure(j->a);
    if (!f)
        return;
    f->anchor = id && *id ? arena_strdup(&j->a->arena, id) : NULL;
    f->kind = xml_attr_is(node, "type", "table") ? "table" : "figure";
    const char *first = start ? start : text;
    if (label_parse(first, strlen(first), &label)) {
        f->label = article_text(j->a, first, label.label_len, ARTICLE_MAX_FIELD);
        f->number = *label.number ? arena_strdup(&j->a->arena, label.number) : NULL;
        f->kind = label.kind;
        if (start)
            start += label.len;
        else
            text += label.len;
        if (start && text && label_parse(text, strlen(text), &again) && strcmp(again.number, label.number) == 0)
            text += again.len;
    }
    /* The head is the title of the description, unless it is repeated there. */
    bool repeated = start && text && strncmp(text, start, strlen(start)) == 0;
    const char *caption = arena_printf(&j->a->arena, "%s %s", start && !repeated ? start : "", text ? text : "");
    article_add_caption(j->a, f, xml_language(node), caption);
    article_add_href(j->a, f, xml_attr(graphic, "url"));
    if (xml_child(node, TAG_TABLE))
        jats_read_table(j, f, node);
    if (!f->n_captions)
        f->drop_reason = "no_caption";
    jats_ids_add(j, id, j->a->n_figures - 1);
}

void tei_read(struct jats *j)
{
    bool descend = true;
    read_front(j);
    for (const xmlNode *node = j->root; node; node = xml_next(j->root, node, descend)) {
        descend = xml_tag(node) != TAG_TEIHEADER;
        if (xml_tag(node) != TAG_FIGURE)
            continue;
        add_figure(j, node);
        descend = false;
    }
    jats_mentions(j);
}

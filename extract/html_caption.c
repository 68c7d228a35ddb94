/* html_caption.c: the caption and the label of a figure's box. Publishers put the label into the caption, in front of
 * it, or outside of the box; they spread the caption over several elements, and set links of their viewers into it. */
#include "extract/html_tree.h"

#include <string.h>
#include <strings.h>

enum {
    SEARCH_MAX = 2000,   /* elements of a box that are looked at */
    LABEL_TEXT_MAX = 80, /* bytes of an element that is a label and nothing else */
    READ_MAX = 1 << 20,  /* bytes that are read in search of a caption */
    SIBLINGS_MAX = 3     /* elements in front of a box that may be its label */
};

/* Texts of links and buttons that viewers put around a caption. */
static const char *const link_texts[] = {"Full size image",
                                         "Full size table",
                                         "Download figure",
                                         "Download Figure",
                                         "Open in new tab",
                                         "Open in a new tab",
                                         "Open in viewer",
                                         "Open in figure viewer",
                                         "Download powerpoint",
                                         "Download PowerPoint",
                                         "PowerPoint",
                                         "Download PPT",
                                         "PowerPoint slide",
                                         "Download slide",
                                         "View large",
                                         "View Large",
                                         "View Large Image",
                                         "View larger version",
                                         "View larger image",
                                         "Figure Viewer",
                                         "Download Hi-res image",
                                         "Download high-res image",
                                         "Download full-size image",
                                         "Download (PPT)",
                                         "Download MS PowerPoint Slide",
                                         "Download as PowerPoint",
                                         "Download .tif",
                                         "View this table",
                                         "View popup",
                                         "Click here for additional data file.",
                                         "Click for larger image",
                                         "Click to enlarge",
                                         "Enlarge this image",
                                         "Download image",
                                         "Download asset",
                                         "Open asset",
                                         "Download",
                                         "View in article",
                                         "Open in a separate window",
                                         "Expand",
                                         "Display full size",
                                         "Thumbnail"};

static bool is_link_text(const char *text)
{
    for (size_t i = 0; i < sizeof link_texts / sizeof *link_texts; i++)
        if (strcasecmp(text, link_texts[i]) == 0)
            return true;
    return false;
}

/* Cuts link texts that are left at the end. */
static void cut_links(struct str *s)
{
    bool cut = true;
    while (cut) {
        cut = false;
        while (s->len && strchr(" |", s->data[s->len - 1]))
            str_cut(s, s->len - 1);
        for (size_t i = 0; i < sizeof link_texts / sizeof *link_texts; i++) {
            /* "Thumbnail" and "Expand" may end a sentence too. */
            if (strchr(link_texts[i], ' ') && str_ends(s->data, link_texts[i])) {
                str_cut(s, s->len - strlen(link_texts[i]));
                cut = true;
            }
        }
    }
    while (s->len && s->data[s->len - 1] == ' ')
        str_cut(s, s->len - 1);
}

/* True when the element has at most `max` bytes of text, white space and all, so that reading it is cheap. */
static bool is_short(const xmlNode *element, size_t max)
{
    size_t len = 0, n = 0;
    for (const xmlNode *node = xml_next(element, element, true), *at = element; at;
         at = node, node = node ? xml_next(element, node, true) : NULL) {
        if (n++ > max)
            return false;
        for (const xmlNode *child = at->children; child; child = child->next)
            if (child->type == XML_TEXT_NODE && (len += strlen((const char *)child->content)) > max)
                return false;
    }
    return true;
}

static bool has_part_of(const xmlNode *node, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (html_has_class(node, parts[i], true))
            return true;
    return false;
}

static bool is_furniture(struct html *h, const xmlNode *node)
{
    static const char *const parts[] = {"download",     "-links",    "links-for",      "figure-extra",
                                        "figure-tools", "fig-tools", "caption_object", "expand",
                                        "open-in",      "share",     "viewer",         "popup-link",
                                        "thumboff",     "sr-only",   "visuallyhidden", "screen-reader"};
    switch (xml_tag(node)) {
    case TAG_A:
    case TAG_SPAN:
        if (is_short(node, LABEL_TEXT_MAX) && is_link_text(html_peek(h, node)))
            return true;
        break;
    case TAG_DIV:
    case TAG_P:
    case TAG_UL:
    case TAG_OL:
        break;
    default:
        return false;
    }
    return !html_has_class(node, "caption", true) ? has_part_of(node, parts, sizeof parts / sizeof *parts)
                                                  : html_has_class(node, "caption_object", true);
}

void html_hide_furniture(struct html *h, const xmlNode *box, bool whole)
{
    size_t n = 0;
    bool descend = true;
    for (const xmlNode *node = xml_next(box, box, true); node && n++ < SEARCH_MAX;
         node = xml_next(box, node, descend)) {
        descend = xml_tag(node) != TAG_TABLE && (whole || !html_is_figure(node));
        if (!descend || !is_furniture(h, node))
            continue;
        xml_hide(node);
        descend = false;
    }
}

static bool is_caption_part(const xmlNode *node)
{
    static const char *const parts[] = {"caption", "legend", "description", "fig-title"};
    switch (xml_tag(node)) {
    case TAG_FIGCAPTION:
    case TAG_CAPTION:
        return true;
    case TAG_DIV:
    case TAG_P:
    case TAG_SPAN:
    case TAG_SECTION:
    case TAG_DD:
        return has_part_of(node, parts, sizeof parts / sizeof *parts);
    default:
        return false;
    }
}

/* True when `text` says nothing that `whole` does not: a form for other screens, or the object's DOI. */
static bool is_repetition(const char *whole, const char *text)
{
    if (strncasecmp(text, "http", 4) == 0 && !strchr(text, ' '))
        return true;
    return strlen(text) > 20 && strstr(whole, text);
}

/* Gathers the parts of the caption; the first of them is kept for its language. */
static void gather_parts(struct html *h, const xmlNode *box, bool whole, struct html_caption *c)
{
    struct str all = STR_INIT(XML_TEXT_MAX);
    size_t n = 0;
    bool descend = true;
    for (const xmlNode *node = xml_next(box, box, true); node && n++ < SEARCH_MAX;
         node = xml_next(box, node, descend)) {
        /* A table's own cells hold no caption of it, but its caption element does. */
        descend = (whole || !html_is_figure(node)) && xml_tag(node) != TAG_TR;
        if (!descend || !is_caption_part(node))
            continue;
        descend = false;
        const char *text = html_peek(h, node);
        if (!*text || is_repetition(all.data, text))
            continue;
        c->node = c->node ? c->node : node;
        str_addf(&all, "%s%s", all.len ? " " : "", text);
    }
    xml_text_clear(&h->text);
    xml_text_chars(&h->text, all.data);
    str_release(&all);
}

static bool starts_with_label(const char *text, struct label *label)
{
    return label_parse(text, strlen(text), label) && !label->plural;
}

/* The first element whose text starts with a label, in a box whose elements say nothing by class. */
static void gather_unmarked(struct html *h, const xmlNode *box, struct html_caption *c)
{
    size_t n = 0, read = 0;
    struct label label;
    for (const xmlNode *node = box; node && n++ < SEARCH_MAX && read < READ_MAX; node = xml_next(box, node, true)) {
        const char *text = html_peek(h, node);
        read += strlen(text);
        if (!starts_with_label(text, &label) || (!*label.number && node != box))
            continue;
        /* A label in an element of its own ("<strong>Figure 1</strong><br>Doses") is followed by the caption. */
        bool alone = node != box && !text[label.len] && xml_tag(node) != TAG_OTHER;
        c->node = alone && node->parent ? node->parent : node;
        const char *around = html_peek(h, c->node);
        if (!starts_with_label(around, &label))
            c->node = node;
        break;
    }
    c->node = c->node ? c->node : box;
    html_peek(h, c->node);
}

static bool is_label_element(const xmlNode *node)
{
    switch (xml_tag(node)) {
    case TAG_H2:
    case TAG_H3:
    case TAG_H4:
    case TAG_H5:
    case TAG_H6:
    case TAG_DIV:
    case TAG_P:
    case TAG_SPAN:
    case TAG_B:
    case TAG_A:
    case TAG_DT:
    case TAG_LABEL:
        return true;
    default:
        return strcasecmp((const char *)node->name, "strong") == 0;
    }
}

/* True when the element's text is a numbered label and nothing else. */
static bool is_label(struct html *h, const xmlNode *node, struct html_caption *c)
{
    if (!is_label_element(node) || !is_short(node, 2 * LABEL_TEXT_MAX))
        return false;
    struct label label;
    const char *text = html_peek(h, node);
    size_t len = strlen(text);
    if (len > LABEL_TEXT_MAX || !starts_with_label(text, &label) || !*label.number || text[label.len])
        return false;
    c->label = label;
    c->label_text = article_text(h->a, text, label.label_len, ARTICLE_MAX_FIELD);
    return c->label_text != NULL;
}

/* Looks for the label within the box, then in front of it. */
static void find_label(struct html *h, const xmlNode *box, bool whole, struct html_caption *c)
{
    size_t n = 0;
    bool descend = true;
    for (const xmlNode *node = xml_next(box, box, true); node && n++ < SEARCH_MAX;
         node = xml_next(box, node, descend)) {
        descend = (whole || !html_is_figure(node)) && xml_tag(node) != TAG_TABLE;
        if (descend && is_label(h, node, c))
            return;
    }
    const xmlNode *at = box;
    for (int level = 0; level < 2 && at && at->parent; level++, at = at->parent) {
        n = 0;
        for (const xmlNode *before = at->prev; before && n < SIBLINGS_MAX; before = before->prev) {
            if (before->type != XML_ELEMENT_NODE)
                continue;
            n++;
            if (html_is_figure(before))
                return;
            if (is_label(h, before, c))
                return;
            /* A header panel: the label is the first thing in it. */
            const xmlNode *inner = xml_next(before, before, true);
            for (int i = 0; inner && i < 4; i++, inner = xml_next(before, inner, true))
                if (is_label(h, inner, c))
                    return;
        }
    }
}

void html_read_caption(struct html *h, const xmlNode *box, bool whole, struct html_caption *c)
{
    *c = (struct html_caption){0};
    gather_parts(h, box, whole, c);
    c->marked = c->node != NULL;
    if (!c->node && xml_tag(box) != TAG_TABLE)
        gather_unmarked(h, box, c);
    cut_links(&h->text.s);
    struct str text = STR_INIT(XML_TEXT_MAX);
    str_add(&text, h->text.s.data);
    size_t skip = 0;
    if (starts_with_label(text.data, &c->label) && (*c->label.number || c->marked)) {
        const char *start = text.data + strspn(text.data, " ");
        c->label_text = article_text(h->a, start, c->label.label_len, ARTICLE_MAX_FIELD);
        skip = c->label.len;
    } else if (c->marked) {
        find_label(h, box, whole, c);
    }
    c->text = text.len > skip ? article_text(h->a, text.data + skip, text.len - skip, ARTICLE_MAX_CAPTION) : NULL;
    str_release(&text);
}

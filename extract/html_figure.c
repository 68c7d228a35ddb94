/* html_figure.c: figures of article pages: figure/figcaption, and the boxes that publishers make of divs. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "extract/label.h"

enum { CAPTION_SEARCH_MAX = 2000 }; /* elements looked at for a box's caption */

static bool has_class_of(const xmlNode *node, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (html_has_class(node, names[i], false))
            return true;
    return false;
}

bool html_is_figure(const xmlNode *node)
{
    static const char *const figure[] = {
        "fig",           "figure",     "fig-wrap",       "figure-wrap", "html-fig-wrap", "NLM_fig", "fig-section",
        "figureSection", "FigureDesc", "article-figure", "figviewer",   "figure-viewer", "js-fig",  "fig-expansion"};
    static const char *const table[] = {"table-wrap",     "tw",        "table-expansion", "html-table-wrap",
                                        "NLM_table-wrap", "tableWrap", "table-section"};
    switch (xml_tag(node)) {
    case TAG_FIGURE:
        return true;
    case TAG_DIV:
    case TAG_SECTION:
    case TAG_LI:
        return has_class_of(node, figure, sizeof figure / sizeof *figure) ||
               has_class_of(node, table, sizeof table / sizeof *table);
    case TAG_TABLE:
        return xml_child(node, TAG_CAPTION) != NULL;
    default:
        return false;
    }
}

/* The element that holds the box's caption: figcaption, caption, or one whose class says so. */
static const xmlNode *find_caption(const xmlNode *box)
{
    size_t n = 0;
    for (const xmlNode *node = xml_next(box, box, true); node && n++ < CAPTION_SEARCH_MAX;
         node = xml_next(box, node, true)) {
        enum xml_tag tag = xml_tag(node);
        if (tag == TAG_FIGCAPTION || tag == TAG_CAPTION)
            return node;
        if ((tag == TAG_DIV || tag == TAG_P || tag == TAG_SPAN || tag == TAG_SECTION) &&
            (html_has_class(node, "caption", true) || html_has_class(node, "legend", true)))
            return node;
    }
    return NULL;
}

/* Links that viewers put behind a caption. */
static void cut_links(struct str *s)
{
    static const char *const links[] = {"Full size image",
                                        "Full size table",
                                        "Download figure",
                                        "Download Figure",
                                        "Open in new tab",
                                        "Open in viewer",
                                        "Download powerpoint",
                                        "Download PowerPoint",
                                        "Download PPT",
                                        "PowerPoint slide",
                                        "View large",
                                        "View Large",
                                        "View Large Image",
                                        "View larger version",
                                        "Figure Viewer",
                                        "Download Hi-res image",
                                        "Download (PPT)",
                                        "View this table",
                                        "View popup",
                                        "Click here for additional data file.",
                                        "Download image",
                                        "Download",
                                        "View in article",
                                        "Open in a separate window",
                                        "Expand",
                                        "Display full size"};
    bool cut = true;
    while (cut) {
        cut = false;
        while (s->len && strchr(" |.•", s->data[s->len - 1]) && s->data[s->len - 1] != '.')
            str_cut(s, s->len - 1);
        for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
            if (str_ends(s->data, links[i])) {
                str_cut(s, s->len - strlen(links[i]));
                cut = true;
            }
        }
    }
    while (s->len && s->data[s->len - 1] == ' ')
        str_cut(s, s->len - 1);
}

static bool is_image_name(const char *href)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp", ".svg"};
    size_t len = strcspn(href, "?#");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && strncasecmp(href + len - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* Best first: what the picture links to, the forms a viewer loads later, the picture on the page. */
static void read_hrefs(struct html *h, struct art_figure *f, const xmlNode *box)
{
    static const char *const large[] = {"data-full-size-url", "data-zoom-src", "data-hires",
                                        "data-original",      "data-lg-src",   "data-src"};
    for (const xmlNode *node = box; node; node = xml_next(box, node, true)) {
        const char *href = xml_tag(node) == TAG_A ? xml_attr(node, "href") : NULL;
        if (href && is_image_name(href))
            article_add_href(h->a, f, href);
    }
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        for (const xmlNode *node = box; node; node = xml_next(box, node, true))
            if (xml_tag(node) == TAG_IMG || xml_tag(node) == TAG_A)
                article_add_href(h->a, f, xml_attr(node, large[i]));
    for (const xmlNode *node = box; node; node = xml_next(box, node, true)) {
        const char *src = xml_tag(node) == TAG_IMG ? xml_attr(node, "src") : NULL;
        if (src && strncmp(src, "data:", 5) != 0)
            article_add_href(h->a, f, src);
    }
}

static bool is_table(const xmlNode *box)
{
    return xml_tag(box) == TAG_TABLE || html_has_class(box, "table", true) || html_has_class(box, "tw", false);
}

/* Splits the label off the caption; what has neither label nor image is page furniture. */
static void add_figure(struct html *h, const xmlNode *box)
{
    const xmlNode *caption = find_caption(box);
    const char *id = xml_attr(box, "id");
    struct label label;
    xml_text_clear(&h->text);
    if (caption || xml_tag(box) != TAG_TABLE)
        xml_text_add(&h->text, caption ? caption : box);
    cut_links(&h->text.s);
    bool table = is_table(box), labelled = label_parse(h->text.s.data, h->text.s.len, &label) && !label.plural;
    if (!labelled && (table || !caption || !xml_find(box, TAG_IMG)))
        return;
    struct art_figure *f = article_add_figure(h->a);
    if (!f)
        return;
    f->anchor = id && *id ? article_text(h->a, id, strlen(id), ARTICLE_MAX_ANCHOR) : NULL;
    f->kind = table ? "table" : "figure";
    if (labelled) {
        const char *start = h->text.s.data + strspn(h->text.s.data, " ");
        f->label = article_text(h->a, start, label.label_len, ARTICLE_MAX_FIELD);
        f->kind = label.kind;
        f->number = *label.number ? arena_strdup(&h->a->arena, label.number) : NULL;
    }
    article_add_caption(h->a, f, xml_language(caption ? caption : box), h->text.s.data + (labelled ? label.len : 0));
    read_hrefs(h, f, box);
    if (table)
        html_read_table(h, f, box);
    if (!f->n_captions)
        f->drop_reason = "no_caption";
}

static bool has_inner_figure(const xmlNode *box)
{
    for (const xmlNode *node = xml_next(box, box, true); node; node = xml_next(box, node, true))
        if (html_is_figure(node) && xml_tag(node) != TAG_TABLE)
            return true;
    return false;
}

/* Boxes within boxes: the innermost that has a caption is the figure, except that a box may frame a figure element
 * whose caption stands outside of it. */
static bool is_frame(const xmlNode *box)
{
    return xml_tag(box) != TAG_TABLE && has_inner_figure(box);
}

void html_figures(struct html *h)
{
    bool descend = true;
    for (const xmlNode *node = h->root; node; node = xml_next(h->root, node, descend)) {
        descend = xml_tag(node) != TAG_HEAD;
        if (!html_is_figure(node))
            continue;
        if (is_frame(node))
            continue;
        add_figure(h, node);
        descend = false;
    }
}

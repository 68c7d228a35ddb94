/* html_figure.c: figures of article pages: figure/figcaption, and the boxes that publishers make of divs. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    INNER_MAX = 60,
    /* boxes within a box that are looked at */ SAME_START = 40 /* bytes by which captions are one */
};

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
        "fig",           "figure",     "fig-wrap",       "figure-wrap", "html-fig-wrap", "NLM_fig",     "fig-section",
        "figureSection", "FigureDesc", "article-figure", "figviewer",   "figure-viewer", "js-fig",      "fig-expansion",
        "fig-box",       "figure-box", "inline-figure",  "type-figure", "fig-group",     "figure-item", "ltx_figure"};
    static const char *const table[] = {"table-wrap",     "tw",        "table-expansion", "html-table-wrap",
                                        "NLM_table-wrap", "tableWrap", "table-section",   "ltx_table"};
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

static bool is_table(const xmlNode *box)
{
    return xml_tag(box) == TAG_TABLE || html_has_class(box, "table", true) || html_has_class(box, "tw", false);
}

/* Figures. */

static bool same_caption(const struct art_figure *f, const char *text)
{
    if (!f->n_captions || !text)
        return true;
    const char *has = f->captions[0].text;
    size_t len = strlen(has) < strlen(text) ? strlen(has) : strlen(text);
    return strncmp(has, text, len < SAME_START ? len : SAME_START) == 0;
}

static struct art_figure *find_again(struct html *h, const char *kind, const struct html_caption *c)
{
    for (size_t i = 0; c->label_text && *c->label.number && i < h->a->n_figures; i++) {
        struct art_figure *f = &h->a->figures[i];
        if (f->number && strcmp(f->number, c->label.number) == 0 && strcmp(f->kind, kind) == 0 &&
            same_caption(f, c->text))
            return f;
    }
    return NULL;
}

struct art_figure *html_add_figure(struct html *h, const xmlNode *box, const char *kind, const struct html_caption *c)
{
    const char *id = xml_attr(box, "id");
    struct art_figure *f = find_again(h, c->label_text ? c->label.kind : kind, c);
    bool again = f != NULL;
    if (!f && !(f = article_add_figure(h->a)))
        return NULL;
    if (!again) {
        f->anchor = id && *id ? article_text(h->a, id, strlen(id), ARTICLE_MAX_ANCHOR) : NULL;
        f->kind = kind;
    }
    if (!again && c->label_text) {
        f->label = c->label_text;
        f->kind = c->label.kind;
        f->number = *c->label.number ? arena_strdup(&h->a->arena, c->label.number) : NULL;
    }
    if (!f->n_captions)
        article_add_caption(h->a, f, xml_language(c->node ? c->node : box), c->text);
    html_read_hrefs(h, f, box);
    f->drop_reason = f->n_captions ? NULL : "no_caption";
    return f;
}

/* What has neither label nor a caption with an image is page furniture. */
static void add_box(struct html *h, const xmlNode *box, bool whole)
{
    struct html_caption c;
    html_hide_furniture(h, box, whole);
    html_read_caption(h, box, whole, &c);
    bool table = is_table(box);
    if (!c.label_text && (table || !c.marked || !xml_find(box, TAG_IMG)))
        return;
    struct art_figure *f = html_add_figure(h, box, table ? "table" : "figure", &c);
    if (f && table)
        html_read_table(h, f, box);
}

/* Boxes within boxes. */

static const xmlNode *inner_box(const xmlNode *box, const xmlNode *after)
{
    bool descend = after == box || !html_is_figure(after);
    for (const xmlNode *node = xml_next(box, after, descend); node; node = xml_next(box, node, true))
        if (html_is_figure(node) && xml_tag(node) != TAG_TABLE)
            return node;
    return NULL;
}

/* What a box that holds others is. */
enum { FRAME, FIGURE_OF_ITS_OWN, FIGURE_AROUND };

static int judge(struct html *h, const xmlNode *box, const xmlNode *inner)
{
    struct html_caption own, of_inner;
    bool captioned = false, apart = false;
    html_read_caption(h, box, false, &own);
    for (int i = 0; inner && i < INNER_MAX && !apart; i++, inner = inner_box(box, inner)) {
        html_read_caption(h, inner, true, &of_inner);
        bool numbered = of_inner.label_text && *of_inner.label.number;
        captioned = captioned || numbered || of_inner.marked;
        apart = numbered && own.label_text && strcmp(of_inner.label.number, own.label.number) != 0;
    }
    if (own.label_text && own.marked && *own.label.number && !apart)
        return FIGURE_OF_ITS_OWN; /* the inner ones are its panels */
    return captioned ? FRAME : FIGURE_AROUND;
}

void html_figures(struct html *h)
{
    bool descend = true;
    for (const xmlNode *node = h->root; node; node = xml_next(h->root, node, descend)) {
        descend = xml_tag(node) != TAG_HEAD;
        if (!html_is_figure(node))
            continue;
        html_hide_furniture(h, node, false);
        const xmlNode *inner = xml_tag(node) != TAG_TABLE ? inner_box(node, node) : NULL;
        int is = inner ? judge(h, node, inner) : FIGURE_AROUND;
        if (is == FRAME)
            continue;
        add_box(h, node, is == FIGURE_AROUND);
        descend = false;
    }
    html_loose_figures(h);
}

/* html_tree.h: what the files of the HTML parser share (html.c, html_front.c, html_figure.c, html_caption.c,
 * html_image.c, html_linked.c, html_loose.c). */
#ifndef FIGMILL_EXTRACT_HTML_TREE_H
#define FIGMILL_EXTRACT_HTML_TREE_H

#include "extract/article.h"
#include "extract/label.h"
#include "extract/xml.h"

struct html {
    struct article *a;
    const xmlNode *root;
    struct xml_text text; /* scratch */
    bool citation;        /* the page has citation metadata */
};

/* The text of a node in the article's arena, or NULL. */
const char *html_text(struct html *h, const xmlNode *node, size_t max);
/* The same in h->text, valid until that is used again; never NULL. */
const char *html_peek(struct html *h, const xmlNode *node);
/* True when one of the class attribute's names is `name`, ASCII case aside; with `part` when one contains it. */
bool html_has_class(const xmlNode *node, const char *name, bool part);

void html_front(struct html *h);
/* Fills what html_front left open from JSON-LD. */
void html_linked_data(struct html *h);
/* The first number of four digits that may be a year; 0: none. */
int html_year(const char *date);
void html_figures(struct html *h);
/* Gives the figure the cells and notes of the tables in its box (html_table.c). */
void html_read_table(struct html *h, struct art_figure *f, const xmlNode *box);
/* True for the element that holds a figure or a table with its caption. */
bool html_is_figure(const xmlNode *node);

/* The caption of a box. */
struct html_caption {
    const xmlNode *node;    /* an element that holds it or its first part; NULL: none */
    const char *text;       /* without the label; NULL: nothing */
    const char *label_text; /* as printed, or NULL: no label, and `label` is not set */
    struct label label;
    bool marked; /* an element's name or class says that it is a caption */
};
/* `whole`: boxes within the box belong to it; else they are left out. */
void html_read_caption(struct html *h, const xmlNode *box, bool whole, struct html_caption *c);
/* Hides links and buttons of viewers from what is read of the box's text; `whole` as above. */
void html_hide_furniture(struct html *h, const xmlNode *box, bool whole);
/* Adds the references to images in the box, the best first. */
void html_read_hrefs(struct html *h, struct art_figure *f, const xmlNode *box);

/* Adds a figure with what was read of its box; a box that shows a figure once more (a popup, a list of all figures)
 * adds its images to that figure. NULL: there is no room. */
struct art_figure *html_add_figure(struct html *h, const xmlNode *box, const char *kind, const struct html_caption *c);
/* Figures of pages without boxes: an image, and in front of it or behind it a text that starts with a label. */
void html_loose_figures(struct html *h);

#endif

/* html_tree.h: what the files of the HTML parser share (html.c, html_front.c, html_figure.c). */
#ifndef FIGMILL_EXTRACT_HTML_TREE_H
#define FIGMILL_EXTRACT_HTML_TREE_H

#include "extract/article.h"
#include "extract/xml.h"

struct html {
    struct article *a;
    const xmlNode *root;
    struct xml_text text; /* scratch */
    bool citation;        /* the page has citation metadata */
};

/* The text of a node in the article's arena, or NULL. */
const char *html_text(struct html *h, const xmlNode *node, size_t max);
/* True when one of the class attribute's names is `name`, ASCII case aside; with `part` when one contains it. */
bool html_has_class(const xmlNode *node, const char *name, bool part);

void html_front(struct html *h);
void html_figures(struct html *h);
/* Gives the figure the cells and notes of the tables in its box (html_table.c). */
void html_read_table(struct html *h, struct art_figure *f, const xmlNode *box);
/* True for the element that holds a figure or a table with its caption. */
bool html_is_figure(const xmlNode *node);

#endif

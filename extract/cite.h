/* cite.h: mentions found by what the text says ("see Figs. 2-4"), for documents without references in their markup. */
#ifndef FIGMILL_EXTRACT_CITE_H
#define FIGMILL_EXTRACT_CITE_H

#include "extract/article.h"

struct cites {
    struct article *a;
    size_t *by_number; /* figures that have a number and no mention yet, sorted by number */
    size_t n;
    size_t sentence;  /* serial number of the sentence in hand */
    size_t *cited_in; /* a figure: the sentence that it was last cited in */
};

/* For the figures of the article that no mention is known of; to be made again when figures are added. */
void cites_init(struct cites *c, struct article *a);
void cites_release(struct cites *c);
/* Adds each sentence of the paragraph (clean text) that cites figures to their mentions. */
void cites_add(struct cites *c, const char *language, const char *paragraph, size_t len);

#endif

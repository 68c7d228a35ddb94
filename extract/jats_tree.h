/* jats_tree.h: what the files of the JATS parser share (jats.c, jats_front.c, jats_figure.c, jats_mention.c, tei.c). */
#ifndef FIGMILL_EXTRACT_JATS_TREE_H
#define FIGMILL_EXTRACT_JATS_TREE_H

#include "extract/article.h"
#include "extract/xml.h"

/* Which figures an id of the document stands for (a group's id for all of its members). Open addressing. */
struct jats_ids {
    struct jats_id {
        const char *id; /* borrowed from the tree */
        size_t figure;
    } * slots;
    size_t n, cap;
};

struct jats {
    struct article *a;
    const xmlNode *root; /* article, art or TEI */
    bool bmc;            /* BioMed Central's own vocabulary (root art) */
    struct jats_ids ids;
    struct xml_text text, label; /* scratch */
    size_t n_own;                /* figures of the article itself; those behind are only in a translation */
    size_t n_translated;         /* figure elements of translations read so far */
    struct jats_group {          /* the figure group read last */
        const xmlNode *node;
        const char *label;
        struct art_text caption;
        size_t n_members; /* so far */
    } group;
    size_t sentence;  /* serial number of the sentence in hand */
    size_t *cited_in; /* a figure: the sentence that it was last cited in */
};

/* An article's bare identifiers: without "doi:", a resolver's URL, "PMC" forms unified; NULL when it is none. */
const char *jats_doi(struct article *a, const char *text);
const char *jats_pmcid(struct article *a, const char *text);

/* Fills article.front. */
void jats_front(struct jats *j);

/* Collects the figures of the article and the captions of its translations. */
void jats_figures(struct jats *j);

/* Gives the figure the cells and notes of its table-wrap or tbl (jats_table.c). */
void jats_read_table(struct jats *j, struct art_figure *f, const xmlNode *wrap);

/* Adds the sentences that cite the figures. */
void jats_mentions(struct jats *j);

/* All of a TEI document. */
void tei_read(struct jats *j);

/* True for a sub-article that is a translation of the whole. */
bool jats_is_translation(const xmlNode *sub_article);

void jats_ids_add(struct jats *j, const char *id, size_t figure);
/* Calls `each` for every figure that one id stands for; `len` bytes of `id`. */
void jats_ids_each(const struct jats *j, const char *id, size_t len, void (*each)(void *, size_t), void *context);

#endif

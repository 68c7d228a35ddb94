/* match.h: table figure_match: which figures of an article's documents are one and the same. The decision is made in
 * extract/merge.h; here are its input and its result. */
#ifndef FIGMILL_DB_MATCH_H
#define FIGMILL_DB_MATCH_H

#include <stddef.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/query.h"

/* A figure of an article as the decision needs it. */
struct match_figure {
    int64_t id;
    int document;              /* 0: the one whose captions are trusted most; figures come in this order */
    const char *origin, *kind; /* as in table figure */
    const char *number;        /* or NULL */
    bool usable;               /* it has no drop_reason of its own */
    const char **captions;     /* [0]: the document's own, others: the authors' translations */
    size_t n_captions;
    const char *image_sha256, *original_sha256; /* or NULL */
    const char *image_hash; /* perceptual hash of the picture in hex, near for pictures that look alike; or NULL */
    int width, height;      /* pixels of the picture */
};

struct match_row {
    int64_t id, truth_id; /* truth_id: the figure that is in use for it; itself where it is that one */
    int64_t image_id;     /* the figure whose picture is used for it; itself unless it stands for others */
    const char *matched_by;
    double caption_agreement, image_agreement; /* with the truth's, 0 to 1; below 0: not known */
};

/* The figures of the article that may stand for one another: not those that vanished, are continuations, or have
 * nothing to be known by. Documents in the order of trust: JATS, other articles' XML, HTML, TEI, PDF; of one kind the
 * one with most figures in use, then with most pictures, then the English one. Strings live in the arena. */
bool match_load(struct db *db, int64_t article_id, struct arena *arena, struct match_figure **out, size_t *n,
                struct err *e);
/* Writes the article's rows and takes away those of figures that have none any more. */
bool match_store(struct db *db, int64_t article_id, const struct match_row *rows, size_t n, struct err *e);

/* The article that a document belongs to now. */
bool match_article(struct db *db, int64_t document_id, int64_t *article_id, struct err *e);
/* An article whose figures were matched before documents of another came to it; 0: there is none. */
bool match_next_stale(struct db *db, int64_t *article_id, struct err *e);

/* The cross-check: what the PDFs of articles that have an XML or HTML document too give of that one's figures. Columns:
 * what the rows are by (article, language or publisher; none for all), articles, xml_figures, pdf_figures, matched,
 * caption_agreement and image_agreement (means over those matched; null: none), poor (matched, but with a caption
 * agreement below 0.6), pictures (figures of the XML that take the PDF's picture), and for tables xml_tables,
 * pdf_tables, tables_matched. A figure that two PDFs show counts once, with the better agreement. */
enum match_group { MATCH_BY_ARTICLE, MATCH_BY_LANGUAGE, MATCH_BY_PUBLISHER, MATCH_IN_ALL };
bool match_crosscheck(struct db *db, enum match_group by, const struct query_sink *sink, struct err *e);

#endif

/* figure.h: what extract found in a document: tables front, figure, caption, panel, mention and table_cell. Written by
 * natural keys (document, anchor), so that ids, and what later stages made of a figure, survive another extraction. */
#ifndef FIGMILL_DB_FIGURE_H
#define FIGMILL_DB_FIGURE_H

#include <stddef.h>

#include "db/db.h"
#include "db/table_cell.h"

struct front_row {
    const char *doi, *pmcid, *pmid, *title, *language;
    int year; /* 0: unknown */
    const char *journal, *publisher, *article_type, *license, *license_url, *abstract, *keywords;
    const char *titles;   /* JSON list of [language or null, text], or NULL */
    int pages;            /* 0: no PDF */
    const char *warnings; /* JSON list, or NULL */
    const char *retraction;
};

/* Replaces the document's front matter. */
bool front_store(struct db *db, int64_t document_id, const struct front_row *row, struct err *e);

struct figure_text {
    const char *language; /* NULL: the document does not say */
    const char *text;
};

struct figure_panel {
    const char *label, *caption;
    const char *method; /* how the box was found; NULL: there is none */
    bool has_box;
    double x0, y0, x1, y1; /* pixels of the figure's picture */
    double confidence;
};

struct figure_row {
    const char *anchor;
    int ordinal;
    const char *origin, *label, *number, *kind;
    int page; /* 0: none */
    bool has_box;
    double x0, y0, x1, y1, confidence;
    const char *parent, *credit;
    const char *image_sha256, *image_media_type;
    int width, height;
    const char *original_sha256, *original_media_type, *image_note, *drop_reason, *third_party;
    const char *notes; /* below a table */
    const struct figure_text *captions, *mentions;
    size_t n_captions, n_mentions;
    const struct figure_panel *panels;
    size_t n_panels;
    const struct table_cell *cells;
    size_t n_cells;
};

/* Stores one figure with its captions, panels, mentions and cells; computes content_hash. */
bool figure_store(struct db *db, int64_t document_id, const struct figure_row *row, struct err *e);
/* Marks all figures of the document with drop_reason 'vanished'; storing a figure again takes the mark away. Called
 * before the first figure_store of an extraction, so that what is found no longer keeps its row, since releases may
 * name it, but goes nowhere. */
bool figure_mark_vanished(struct db *db, int64_t document_id, struct err *e);

#endif

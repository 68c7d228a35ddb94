/* figure.c: see figure.h. */
#include "db/figure.h"

#include <string.h>

#include "base/sha256.h"
#include "base/str.h"

bool front_store(struct db *db, int64_t document_id, const struct front_row *r, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO front (document_id, doi, pmcid, pmid, title, language, year, journal, publisher, "
                  "article_type, license, license_url, abstract, keywords, pages, warnings, retraction, titles) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) "
                  "ON CONFLICT (document_id) DO UPDATE SET doi = excluded.doi, pmcid = excluded.pmcid, "
                  "pmid = excluded.pmid, title = excluded.title, language = excluded.language, year = excluded.year, "
                  "journal = excluded.journal, publisher = excluded.publisher, article_type = excluded.article_type, "
                  "license = excluded.license, license_url = excluded.license_url, abstract = excluded.abstract, "
                  "keywords = excluded.keywords, pages = excluded.pages, warnings = excluded.warnings, "
                  "retraction = excluded.retraction, titles = excluded.titles",
                  "itttttItttttttIttt", document_id, r->doi, r->pmcid, r->pmid, r->title, r->language, (int64_t)r->year,
                  r->journal, r->publisher, r->article_type, r->license, r->license_url, r->abstract, r->keywords,
                  (int64_t)r->pages, r->warnings, r->retraction, r->titles);
}

bool figure_mark_vanished(struct db *db, int64_t document_id, struct err *e)
{
    return db_run(db, e, "UPDATE figure SET drop_reason = 'vanished' WHERE document_id = ?1", "i", document_id);
}

static void add_text(struct str *s, const char *text)
{
    /* The length in front keeps ("ab", "c") and ("a", "bc") apart. */
    str_addf(s, "%zu:", text ? strlen(text) : 0);
    str_add(s, text ? text : "");
}

/* What later stages depend on: when it changes, they do the figure again. */
static void hash_content(const struct figure_row *r, char hash[SHA256_SIZE])
{
    struct str s = STR_INIT(16 << 20);
    add_text(&s, r->label);
    add_text(&s, r->kind);
    for (size_t i = 0; i < r->n_captions; i++) {
        add_text(&s, r->captions[i].language);
        add_text(&s, r->captions[i].text);
    }
    str_add_char(&s, '|');
    for (size_t i = 0; i < r->n_mentions; i++)
        add_text(&s, r->mentions[i].text);
    sha256_of(s.data, s.len, hash);
    str_release(&s);
}

static bool store_row(struct db *db, int64_t document_id, const struct figure_row *r, int64_t *figure_id, struct err *e)
{
    char hash[SHA256_SIZE];
    hash_content(r, hash);
    return db_int(
        db, e, figure_id,
        "INSERT INTO figure (document_id, anchor, ordinal, origin, label, number, kind, page, x0, y0, x1, y1, "
        "confidence, "
        "parent, credit, image_sha256, image_media_type, width, height, original_sha256, original_media_type, "
        "image_note, "
        "content_hash, drop_reason, notes, third_party) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?9, ?10, NULL), iif(?9, ?11, NULL), iif(?9, ?12, NULL), "
        "iif(?9, ?13, NULL), ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27) "
        "ON CONFLICT (document_id, anchor) DO UPDATE SET ordinal = excluded.ordinal, origin = excluded.origin, "
        "label = excluded.label, number = excluded.number, kind = excluded.kind, page = excluded.page, x0 = "
        "excluded.x0, "
        "y0 = excluded.y0, x1 = excluded.x1, y1 = excluded.y1, confidence = excluded.confidence, "
        "parent = excluded.parent, credit = excluded.credit, image_sha256 = excluded.image_sha256, "
        "image_media_type = excluded.image_media_type, width = excluded.width, height = excluded.height, "
        "original_sha256 = excluded.original_sha256, original_media_type = excluded.original_media_type, "
        "image_note = excluded.image_note, content_hash = excluded.content_hash, drop_reason = excluded.drop_reason, "
        "notes = excluded.notes, third_party = excluded.third_party "
        "RETURNING figure_id",
        "itittttIidddddttttIIttttttt", document_id, r->anchor, (int64_t)r->ordinal, r->origin, r->label, r->number,
        r->kind, (int64_t)r->page, (int64_t)r->has_box, r->x0, r->y0, r->x1, r->y1, r->confidence, r->parent, r->credit,
        r->image_sha256, r->image_media_type, (int64_t)r->width, (int64_t)r->height, r->original_sha256,
        r->original_media_type, r->image_note, hash, r->drop_reason, r->notes, r->third_party);
}

static bool store_captions(struct db *db, int64_t figure_id, const struct figure_row *r, struct err *e)
{
    for (size_t i = 0; i < r->n_captions; i++)
        if (!db_run(db, e,
                    "INSERT INTO caption (figure_id, ordinal, language, text) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (figure_id, ordinal) DO UPDATE SET language = excluded.language, text = excluded.text",
                    "iitt", figure_id, (int64_t)i, r->captions[i].language, r->captions[i].text))
            return false;
    return db_run(db, e, "DELETE FROM caption WHERE figure_id = ?1 AND ordinal >= ?2", "ii", figure_id,
                  (int64_t)r->n_captions);
}

static bool store_panels(struct db *db, int64_t figure_id, const struct figure_row *r, struct err *e)
{
    for (size_t i = 0; i < r->n_panels; i++) {
        const struct figure_panel *p = &r->panels[i];
        if (!db_run(db, e,
                    "INSERT INTO panel (figure_id, ordinal, label, caption, x0, y0, x1, y1, confidence, method) "
                    "VALUES (?1, ?2, ?3, ?4, iif(?5, ?6, NULL), iif(?5, ?7, NULL), iif(?5, ?8, NULL), "
                    "iif(?5, ?9, NULL), ?10, ?11) "
                    "ON CONFLICT (figure_id, ordinal) DO UPDATE SET label = excluded.label, "
                    "caption = excluded.caption, x0 = excluded.x0, y0 = excluded.y0, x1 = excluded.x1, "
                    "y1 = excluded.y1, confidence = excluded.confidence, method = excluded.method",
                    "iittidddddt", figure_id, (int64_t)i, p->label, p->caption, (int64_t)p->has_box, p->x0, p->y0,
                    p->x1, p->y1, p->confidence, p->method))
            return false;
    }
    /* What is found no longer keeps its row, since translations and pairs may name it. */
    return db_run(db, e,
                  "UPDATE panel SET label = NULL, caption = NULL, x0 = NULL, y0 = NULL, x1 = NULL, y1 = NULL, "
                  "method = NULL WHERE figure_id = ?1 AND ordinal >= ?2",
                  "ii", figure_id, (int64_t)r->n_panels);
}

static bool store_mentions(struct db *db, int64_t figure_id, const struct figure_row *r, struct err *e)
{
    for (size_t i = 0; i < r->n_mentions; i++)
        if (!db_run(db, e,
                    "INSERT INTO mention (figure_id, ordinal, language, text) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (figure_id, ordinal) DO UPDATE SET language = excluded.language, text = excluded.text",
                    "iitt", figure_id, (int64_t)i, r->mentions[i].language, r->mentions[i].text))
            return false;
    return db_run(db, e, "DELETE FROM mention WHERE figure_id = ?1 AND ordinal >= ?2", "ii", figure_id,
                  (int64_t)r->n_mentions);
}

bool figure_store(struct db *db, int64_t document_id, const struct figure_row *r, struct err *e)
{
    int64_t figure_id;
    return store_row(db, document_id, r, &figure_id, e) && store_captions(db, figure_id, r, e) &&
           store_panels(db, figure_id, r, e) && store_mentions(db, figure_id, r, e) &&
           table_cells_store(db, figure_id, r->cells, r->n_cells, e);
}

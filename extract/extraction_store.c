/* extraction_store.c: see extraction.h. */
#include "extract/extraction.h"

#include <string.h>

#include "base/json.h"
#include "db/article.h"
#include "db/figure.h"
#include "db/picture.h"
#include "extract/credit.h"
#include "extract/image_class.h"
#include "extract/merge.h"

static const char *warnings_json(struct article *a)
{
    if (!a->n_warnings)
        return NULL;
    struct str s = STR_INIT(1 << 20);
    for (size_t i = 0; i < a->n_warnings; i++) {
        str_add_char(&s, i ? ',' : '[');
        json_quote(a->warnings[i], &s);
    }
    str_add_char(&s, ']');
    const char *text = arena_strdup(&a->arena, s.overflow ? "[\"too many warnings\"]" : s.data);
    str_release(&s);
    return text;
}

static bool store_front(struct stage_context *c, struct extraction *x, struct err *e)
{
    const struct art_front *f = &x->article.front;
    struct front_row row = {.doi = f->doi,
                            .pmcid = f->pmcid,
                            .pmid = f->pmid,
                            .title = f->title,
                            .language = f->language,
                            .year = f->year,
                            .journal = f->journal,
                            .publisher = f->publisher,
                            .article_type = f->article_type,
                            .license = f->license,
                            .license_url = f->license_url,
                            .abstract = f->abstract,
                            .keywords = f->keywords,
                            .titles = f->titles,
                            .pages = x->article.pages,
                            .warnings = warnings_json(&x->article),
                            .retraction = credit_retraction(f)};
    struct article_ids ids = {f->doi, f->pmcid, f->pmid};
    return front_store(&c->db, x->document.id, &row, e) &&
           article_claim_ids(&c->db, x->document.article_id, &ids, NULL, e);
}

static const struct figure_text *texts_of(struct arena *arena, const struct art_text *texts, size_t n)
{
    struct figure_text *out = arena_array(arena, n + 1, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct figure_text){texts[i].language, texts[i].text};
    return out;
}

static const struct table_cell *cells_of(struct arena *arena, const struct art_table *table)
{
    struct table_cell *out = arena_array(arena, table->n_cells + 1, sizeof *out);
    for (size_t i = 0; i < table->n_cells; i++) {
        const struct art_cell *c = &table->cells[i];
        out[i] = (struct table_cell){c->row, c->column, c->row_span, c->column_span, c->header, c->text};
    }
    return out;
}

static const struct figure_panel *panels_of(struct arena *arena, const struct art_figure *f)
{
    struct figure_panel *out = arena_array(arena, f->n_panels + 1, sizeof *out);
    for (size_t i = 0; i < f->n_panels; i++) {
        const struct art_panel *p = &f->panels[i];
        out[i] = (struct figure_panel){p->label,  p->caption, p->method, p->method != NULL, p->box.x0,
                                       p->box.y0, p->box.x1,  p->box.y1, p->confidence};
    }
    return out;
}

static bool store_picture(struct stage_context *c, const struct picture *p, struct err *e)
{
    const struct image_measure *m = &p->measure;
    struct image_class class = image_classify(m, p->width, p->height);
    char hash[MEASURE_HASH_SIZE];
    image_measure_hex(m->hash, hash);
    struct picture_row row = {.image_sha256 = p->sha256,
                              .width = p->width,
                              .height = p->height,
                              .bytes = p->bytes,
                              .phash = hash,
                              .class = class.name,
                              .class_confidence = class.confidence,
                              .white = m->white,
                              .dominant = m->dominant,
                              .grey = m->grey,
                              .vivid = m->vivid,
                              .dark = m->dark,
                              .flat = m->flat,
                              .edges = m->edges,
                              .entropy = m->entropy,
                              .colourfulness = m->colourfulness,
                              .text = m->text,
                              .colours = m->colours,
                              .line_rows = m->rows,
                              .line_columns = m->columns,
                              .corners = m->corners,
                              .bands = m->bands};
    return picture_store(&c->db, &row, e);
}

static bool store_figure(struct stage_context *c, struct extraction *x, size_t i, struct err *e)
{
    static const char *const origins[] = {[SERVICE_JATS] = "jats", [SERVICE_HTML] = "html", [SERVICE_PDF] = "pdf"};
    const struct art_figure *f = &x->article.figures[i];
    const struct picture *p = &x->pictures[i];
    struct arena *arena = &x->article.arena;
    struct figure_row row = {.anchor = f->anchor,
                             .ordinal = (int)i,
                             .origin = origins[extraction_op(&x->document)],
                             .label = f->label,
                             .number = f->number,
                             .kind = f->kind,
                             .page = f->page,
                             .has_box = f->box.x1 > f->box.x0 && f->box.y1 > f->box.y0,
                             .x0 = f->box.x0,
                             .y0 = f->box.y0,
                             .x1 = f->box.x1,
                             .y1 = f->box.y1,
                             .confidence = f->confidence,
                             .parent = f->parent,
                             .credit = f->credit,
                             .image_note = p->note,
                             .drop_reason = f->drop_reason,
                             .notes = f->notes,
                             .cells = cells_of(arena, &f->table),
                             .n_cells = f->table.n_cells,
                             .third_party = credit_of_figure(f),
                             .captions = texts_of(arena, f->captions, f->n_captions),
                             .n_captions = f->n_captions,
                             .mentions = texts_of(arena, f->mentions, f->n_mentions),
                             .n_mentions = f->n_mentions,
                             .panels = panels_of(arena, f),
                             .n_panels = f->n_panels};
    if (*p->sha256) {
        row.image_sha256 = p->sha256;
        row.image_media_type = p->media_type;
        row.width = p->width;
        row.height = p->height;
    }
    if (*p->sha256 && *p->original_sha256) {
        row.original_sha256 = p->original_sha256;
        row.original_media_type = p->original_media_type;
    }
    if (*p->sha256 && p->measured && !store_picture(c, p, e))
        return false;
    return figure_store(&c->db, x->document.id, &row, e);
}

bool extraction_store(struct stage_context *c, struct extraction *x, struct err *e)
{
    if (!store_front(c, x, e) || !figure_mark_vanished(&c->db, x->document.id, e))
        return false;
    for (size_t i = 0; i < x->article.n_figures; i++) {
        if (!store_figure(c, x, i, e))
            return false;
        c->dropped += x->article.figures[i].drop_reason != NULL;
    }
    return merge_document(&c->db, x->document.id, e);
}

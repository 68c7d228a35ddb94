/* extract.c: the extract stage: reads documents, writes front matter, figures, captions and mentions, and stores each
 * figure's picture as a blob. The parsing is done behind the sandbox's wall (service.h); this is the side that holds
 * the database. */
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "db/article.h"
#include "db/asset.h"
#include "db/blob.h"
#include "db/document.h"
#include "db/figure.h"
#include "extract/ocr.h"
#include "db/gate.h"
#include "db/picture.h"
#include "extract/credit.h"
#include "extract/image_class.h"
#include "extract/merge.h"
#include "extract/near_find.h"
#include "extract/panel_split.h"
#include "extract/service.h"
#include "stage/runner.h"

/* Part of the fingerprint: raise it when the parsers give another result for the same document. */
#define EXTRACT_VERSION "1"

enum { DOCUMENT_TIMEOUT_S = 300, OCR_TIMEOUT_S = 1200, IMAGE_TIMEOUT_S = 60 };

static int no_images;
static int max_dpi = 300;
static const char *ocr_languages;

static struct gate_options gates = GATE_UNCHANGED;

static const struct poptOption options[] = {
    {"min-side", 0, POPT_ARG_INT, &gates.min_side, 0, NULL, NULL},
    {"min-bytes", 0, POPT_ARG_INT, &gates.min_bytes, 0, NULL, NULL},
    {"max-aspect", 0, POPT_ARG_DOUBLE, &gates.max_aspect, 0, NULL, NULL},
    {"max-blank", 0, POPT_ARG_DOUBLE, &gates.max_blank, 0, NULL, NULL},
    {"max-articles", 0, POPT_ARG_INT, &gates.max_articles, 0, NULL, NULL},
    {"near-bits", 0, POPT_ARG_INT, &gates.near_bits, 0, NULL, NULL},
    {"drop-class", 0, POPT_ARG_STRING, &gates.drop_class, 0, NULL, NULL},
    {"drop-credit", 0, POPT_ARG_STRING, &gates.drop_credit, 0, NULL, NULL},
    {"no-images", 0, POPT_ARG_NONE, &no_images, 0, NULL, NULL},
    {"max-dpi", 0, POPT_ARG_INT, &max_dpi, 0, NULL, NULL},
    {"ocr", 0, POPT_ARG_STRING, &ocr_languages, 0, NULL, NULL},
    POPT_TABLEEND,
};

static const char description[] =
    "Reads the documents of the corpus (JATS, HTML, PDF) and writes their front matter, figures and tables with\n"
    "labels, captions, in-text mentions and pictures. What it finds is in the views v_figure and v_mention.\n"
    "\n"
    "Documents are parsed in a process that can open no file and no connection; one that crashes or hangs the parser\n"
    "costs that document only. Each picture is an 8-bit RGB or grey JPEG or PNG; the publisher's file is kept beside\n"
    "it where that is of another kind (TIFF, CMYK, JPEG 2000).\n"
    "\n"
    "Options:\n"
    "  --no-images        captions and places only, no pictures\n"
    "  --max-dpi N        upper bound of the resolution at which figures of PDFs are rendered (72 to 600, default "
    "300)\n"
    "  --ocr LANGS        read scanned pages, and pages whose letters have no names, with Tesseract; LANGS are its codes\n"
    "                     (eng, kor+eng); seconds a page\n"
    "\n"
    "Gates: figures that a picture's measurements, its caption or a retraction speak against are kept with their\n"
    "drop_reason. The thresholds are the corpus's: one that is set here stays, and changes what is dropped at once,\n"
    "with nothing extracted anew (figmill query 'SELECT * FROM v_gate').\n"
    "  --min-side N       pixels of the shorter side (default 64)                           small\n"
    "  --min-bytes N      of the picture's file (default 1500)                              few_bytes\n"
    "  --max-aspect R     longer side by shorter one (default 10)                           aspect\n"
    "  --max-blank R      share of one colour, 0 to 1 (default 0.998)                       blank\n"
    "  --max-articles N   that may show a picture, or one near it (default 2)               repeated\n"
    "  --near-bits N      of 256 that may differ in pictures that are near, 0 to 15 (default 12)\n"
    "  --drop-class LIST  of photo,chart,diagram,table,formula,logo, where a figure has no\n"
    "                     number; \"\" for none (default formula,logo)                       the class\n"
    "  --drop-credit LIST of permission,copyright,adapted,open; \"\" for none\n"
    "                     (default permission,copyright)                                    third_party\n"
    "\n"
    "Example:\n"
    "  figmill extract --corpus corpus -j 8\n";

/* A figure's picture, as far as it came. */
struct picture {
    char sha256[SHA256_SIZE], original_sha256[SHA256_SIZE]; /* "" where there is none */
    const char *media_type, *original_media_type;
    int width, height;
    const char *note;
    int64_t bytes;
    struct image_measure measure;
    bool measured;
    struct panel_cut cut; /* n 0: none came */
};

struct extraction {
    struct document document;
    struct article article;
    struct picture *pictures; /* one a figure */
    size_t n_pictures;
    const char *corpus;
};

/* Images. */

static bool keep_image(void *context, size_t figure, bool is_original, const struct image *image, struct err *e)
{
    struct extraction *x = context;
    if (figure >= x->n_pictures) {
        x->pictures = mem_resize(x->pictures, figure + 1, sizeof *x->pictures);
        memset(x->pictures + x->n_pictures, 0, (figure + 1 - x->n_pictures) * sizeof *x->pictures);
        x->n_pictures = figure + 1;
    }
    struct picture *p = &x->pictures[figure];
    if (is_original)
        p->original_media_type = image->media_type;
    else {
        p->media_type = image->media_type;
        p->width = image->width;
        p->height = image->height;
        p->bytes = (int64_t)image->len;
        p->measured = image->measure != NULL;
        if (image->measure)
            p->measure = *image->measure;
        if (image->cut)
            p->cut = *image->cut;
    }
    /* Bytes first, then the row that names them. */
    return !image->bytes ||
           blob_write(x->corpus, image->bytes, image->len, is_original ? p->original_sha256 : p->sha256, e);
}

/* Looks at one of the article's files as the figure's picture. A file that is none leaves a note, and the next may do.
 */
static bool try_asset(struct stage_context *c, struct extraction *x, size_t figure, const struct asset *asset,
                      struct err *e)
{
    struct extraction one = {.corpus = x->corpus};
    struct picture *p = &x->pictures[figure];
    const struct art_figure *f = &x->article.figures[figure];
    int fd = blob_open(x->corpus, asset->sha256, e);
    if (fd < 0)
        return false;
    bool ok = service_image(c->sandbox, fd, f->n_panels, f->n_panels ? *f->panels[0].label : 0, IMAGE_TIMEOUT_S,
                            keep_image, &one, e);
    close(fd);
    if (ok && one.n_pictures == 1 && one.pictures[0].media_type) {
        *p = one.pictures[0];
        if (!*p->sha256) {
            snprintf(p->sha256, sizeof p->sha256, "%s", asset->sha256);
            p->bytes = asset->bytes;
        } else
            snprintf(p->original_sha256, sizeof p->original_sha256, "%s", asset->sha256);
    } else if (!ok && e->kind != ERR_SYSTEM && sandbox_alive(c->sandbox)) {
        p->note = arena_printf(&x->article.arena, "%s: %s", asset->name, e->text);
        err_clear(e);
        ok = true;
    }
    free(one.pictures);
    return ok;
}

/* Gives the panels that the caption names their places on the picture. */
static void place_panels(struct art_figure *f, const struct panel_cut *cut)
{
    for (size_t i = 0; i < f->n_panels && cut->n == f->n_panels; i++) {
        const struct panel_rect *b = &cut->boxes[i];
        f->panels[i].box = (struct box){b->x0, b->y0, b->x1, b->y1};
        f->panels[i].method = panel_method_name(cut->method);
        f->panels[i].confidence = f->panels[i].confidence < cut->confidence ? f->panels[i].confidence : cut->confidence;
    }
}

static bool find_picture(struct stage_context *c, struct extraction *x, size_t figure, struct err *e)
{
    const struct art_figure *f = &x->article.figures[figure];
    struct picture *p = &x->pictures[figure];
    struct arena *arena = &x->article.arena;
    for (size_t i = 0; i < f->n_hrefs && !*p->sha256; i++) {
        struct asset asset;
        int found = asset_find(&c->db, x->document.article_id, f->hrefs[i], arena, &asset, e);
        if (found < 0 || (found && !try_asset(c, x, figure, &asset, e)))
            return false;
    }
    if (!*p->sha256 && !p->note && f->n_hrefs)
        p->note = arena_printf(arena, "no file of the article answers to '%.200s'", f->hrefs[0]);
    place_panels(&x->article.figures[figure], &p->cut);
    return true;
}

static bool find_pictures(struct stage_context *c, struct extraction *x, struct err *e)
{
    for (size_t i = 0; i < x->article.n_figures; i++)
        if (!find_picture(c, x, i, e))
            return false;
    return true;
}

/* One document. */

static enum service_op op_of(const struct document *document)
{
    if (strcmp(document->kind, "pdf") == 0)
        return SERVICE_PDF;
    return strcmp(document->kind, "html") == 0 ? SERVICE_HTML : SERVICE_JATS;
}

static bool read_document(struct stage_context *c, const struct task *task, struct extraction *x, struct err *e)
{
    /* The parser crashed or hung at the first attempt: leave out what is most likely to have done it. */
    bool careful = task->attempts > 1;
    bool ocr = ocr_languages && !careful;
    struct service_options o = {!no_images && !careful, max_dpi, ocr, ocr ? OCR_TIMEOUT_S : DOCUMENT_TIMEOUT_S};
    enum service_op op = op_of(&x->document);
    int fd = blob_open(x->corpus, x->document.sha256, e);
    if (fd < 0)
        return false;
    bool ok = service_document(c->sandbox, op, &o, fd, &x->article, keep_image, x, e);
    close(fd);
    if (!ok)
        return false;
    size_t n = x->article.n_figures;
    if (x->n_pictures > n)
        return err_set(e, ERR_FORMAT, "the parser sent a picture of a figure that is not there");
    x->pictures = mem_resize(x->pictures, n + 1, sizeof *x->pictures);
    memset(x->pictures + x->n_pictures, 0, (n + 1 - x->n_pictures) * sizeof *x->pictures);
    x->n_pictures = n;
    if (careful)
        article_warn(&x->article, "read without pictures%s, since the parser crashed or hung with them",
                     ocr_languages ? " and OCR" : "");
    return op == SERVICE_PDF || no_images || careful || find_pictures(c, x, e);
}

/* The worker's extraction; its article has an arena of its own, so it is given back before the next. */
static void release(struct extraction *x)
{
    article_release(&x->article);
    free(x->pictures);
    x->pictures = NULL;
    x->n_pictures = 0;
}

static bool start(struct stage_context *c, struct err *e)
{
    (void)e;
    struct extraction *x = mem_new(sizeof *x);
    x->corpus = c->db.folder;
    c->state = x;
    return true;
}

static void end(struct stage_context *c)
{
    release(c->state);
    free(c->state);
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    struct extraction *x = c->state;
    release(x);
    if (!document_load(&c->db, strtoll(task->item, NULL, 10), arena, &x->document, e))
        return NULL;
    if (!read_document(c, task, x, e)) {
        err_add(e, "%s", x->document.name);
        return NULL;
    }
    return x;
}

/* Storing. */

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
                             .origin = origins[op_of(&x->document)],
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

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    (void)task;
    struct extraction *x = result;
    if (!store_front(c, x, e) || !figure_mark_vanished(&c->db, x->document.id, e))
        return false;
    for (size_t i = 0; i < x->article.n_figures; i++) {
        if (!store_figure(c, x, i, e))
            return false;
        c->dropped += x->article.figures[i].drop_reason != NULL;
    }
    return merge_document(&c->db, x->document.id, e);
}

static bool enqueue_one(void *context, int64_t document_id, const char *inputs, int part, struct err *e)
{
    struct stage_context *c = context;
    char item[24], settings[32], fingerprint[SHA256_SIZE];
    snprintf(item, sizeof item, "%lld", (long long)document_id);
    snprintf(settings, sizeof settings, "images %d dpi %d", !no_images, max_dpi);
    sha256_list(fingerprint, EXTRACT_VERSION, settings, ocr_languages ? ocr_languages : "", inputs, SHA256_END);
    return task_enqueue(&c->db, c->stage->name, item, part, fingerprint, false, e);
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    return gate_set(&c->db, &gates, e) && merge_stale(&c->db, e) && document_each(&c->db, enqueue_one, c, e);
}

/* True when each name of the list is one of those that are known. */
static bool check_list(const char *option, const char *list, const char *known, struct err *e)
{
    for (const char *p = list; p && *p;) {
        size_t len = strcspn(p, ",");
        char *name = mem_printf(",%.*s,", (int)len, p);
        bool ok = len > 0 && strstr(known, name) != NULL;
        free(name);
        if (!ok)
            return err_set(e, ERR_USAGE, "%s: '%.40s' begins with none of %.*s", option, p, (int)strlen(known) - 2,
                           known + 1);
        p += len + (p[len] == ',');
    }
    return true;
}

/* In the sandbox, before it closes; prepare has found out already whether it can be done. */
static void *load_ocr(void)
{
    struct err e = {0};
    return ocr_languages ? ocr_open(ocr_languages, &e) : NULL;
}

static bool prepare(struct stage_context *c, struct err *e)
{
    (void)c;
    struct ocr *ocr = ocr_languages ? ocr_open(ocr_languages, e) : NULL;
    if (ocr_languages && !ocr)
        return false;
    ocr_close(ocr);
    if (max_dpi < 72 || max_dpi > 600)
        return err_set(e, ERR_USAGE, "--max-dpi: wants a number from 72 to 600");
    if (gates.near_bits > NEAR_MAX_BITS)
        return err_set(e, ERR_USAGE, "--near-bits: wants a number from 0 to %d", NEAR_MAX_BITS);
    return check_list("--drop-class", gates.drop_class, ",photo,chart,diagram,table,formula,logo,", e) &&
           check_list("--drop-credit", gates.drop_credit, ",permission,copyright,adapted,open,", e);
}

static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    int64_t n_new;
    bool worked = json_number(summary, "done", 0) > 0;
    if (worked && !blob_sync(c->common.corpus, e))
        return false;
    /* New ones are also there when an earlier run was killed before it came to this. */
    return picture_count_new(&c->db, &n_new, e) && ((!worked && !n_new && gates.near_bits < 0) || find_near(&c->db, e));
}

static const char *const writes[] = {
    "front", "figure",  "figure_match",        "caption", "panel", "mention", "table_cell", "picture",
    "gate",  "article", "document.article_id", "asset",   NULL};

static const struct stage extract = {
    .name = "extract",
    .description = description,
    .options = options,
    .writes = writes,
    .mode = DB_WRITE,
    .sandbox = {.service = service_serve,
                .init = service_warm,
                .load = load_ocr,
                .cpu_s = DOCUMENT_TIMEOUT_S,
                .memory_bytes = SERVICE_MEMORY},
    .item_timeout_s = OCR_TIMEOUT_S + DOCUMENT_TIMEOUT_S,
    .prepare = prepare,
    .enqueue = enqueue,
    .start = start,
    .work = work,
    .store = store,
    .end = end,
    .finish = finish,
};

int main(int argc, const char **argv)
{
    return stage_main(&extract, argc, argv);
}

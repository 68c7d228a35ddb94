/* extract.c: the extract stage: its options, its queue, and what it does with a document (extraction.h). The parsing is
 * done behind the sandbox's wall (service.h); this is the side that holds the database. */
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "db/blob.h"
#include "db/gate.h"
#include "db/picture.h"
#include "extract/extraction.h"
#include "extract/merge.h"
#include "extract/near_find.h"
#include "extract/ocr.h"
#include "stage/names.h"

/* Part of the fingerprint: raise it when the parsers give another result for the same document. */
#define EXTRACT_VERSION "4"

enum { DOCUMENT_TIMEOUT_S = 300, OCR_TIMEOUT_S = 1200 };

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

/* What a document is read for, and the time for it. When the parser crashed or hung at the first attempt, what is most
 * likely to have done it is left out. */
static bool read_document(struct stage_context *c, const struct task *task, struct extraction *x, struct err *e)
{
    bool careful = task->attempts > 1, ocr = ocr_languages && !careful;
    struct service_options o = {!no_images && !careful, max_dpi, ocr, ocr ? OCR_TIMEOUT_S : DOCUMENT_TIMEOUT_S};
    int fd = blob_open(x->corpus, x->document.sha256, e);
    if (fd < 0)
        return false;
    bool ok = extraction_read(c, x, &o, fd, e);
    close(fd);
    if (ok && careful)
        article_warn(&x->article, "read without pictures%s, since the parser crashed or hung with them",
                     ocr_languages ? " and OCR" : "");
    return ok;
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
    extraction_clear(c->state);
    free(c->state);
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    struct extraction *x = c->state;
    extraction_clear(x);
    if (!document_load(&c->db, strtoll(task->item, NULL, 10), arena, &x->document, e))
        return NULL;
    if (!read_document(c, task, x, e)) {
        err_add(e, "%s", x->document.name);
        return NULL;
    }
    return x;
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    (void)task;
    return extraction_store(c, result, e);
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
    static const char *const classes[] = {"photo", "chart", "diagram", "table", "formula", "logo"};
    static const char *const credits[] = {"permission", "copyright", "adapted", "open"};
    unsigned bits;
    return names_read("--drop-class", gates.drop_class, classes, sizeof classes / sizeof *classes, &bits, e) &&
           names_read("--drop-credit", gates.drop_credit, credits, sizeof credits / sizeof *credits, &bits, e);
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

static const char *const writes[] = {"front",
                                     "figure",
                                     "figure_match",
                                     "caption",
                                     "panel",
                                     "mention",
                                     "table_cell",
                                     "picture",
                                     "gate",
                                     "article",
                                     "document.article_id",
                                     "asset",
                                     "record.article_id",
                                     NULL};

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

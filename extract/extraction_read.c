/* extraction_read.c: see extraction.h. */
#include "extract/extraction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/asset.h"
#include "db/blob.h"

enum { IMAGE_TIMEOUT_S = 60 };

/* Pictures. */

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

enum service_op extraction_op(const struct document *document)
{
    if (strcmp(document->kind, "pdf") == 0)
        return SERVICE_PDF;
    return strcmp(document->kind, "html") == 0 ? SERVICE_HTML : SERVICE_JATS;
}

bool extraction_read(struct stage_context *c, struct extraction *x, const struct service_options *o, int fd,
                     struct err *e)
{
    enum service_op op = extraction_op(&x->document);
    if (!service_document(c->sandbox, op, o, fd, &x->article, keep_image, x, e))
        return false;
    size_t n = x->article.n_figures;
    if (x->n_pictures > n)
        return err_set(e, ERR_FORMAT, "the parser sent a picture of a figure that is not there");
    x->pictures = mem_resize(x->pictures, n + 1, sizeof *x->pictures);
    memset(x->pictures + x->n_pictures, 0, (n + 1 - x->n_pictures) * sizeof *x->pictures);
    x->n_pictures = n;
    return op == SERVICE_PDF || !o->images || find_pictures(c, x, e);
}

/* The article has an arena of its own, so it is given back before the next. */
void extraction_clear(struct extraction *x)
{
    article_release(&x->article);
    free(x->pictures);
    x->pictures = NULL;
    x->n_pictures = 0;
}

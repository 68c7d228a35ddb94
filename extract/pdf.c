/* pdf.c: see pdf.h. The fence around MuPDF, and the way of a document: record all pages, look at them together, match,
 * then draw. */
#include "extract/pdf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_page.h"

enum { MAX_PAGE_WARNINGS = 20 };

static void be_quiet(void *user, const char *message)
{
}

struct box pdf_page_box(const struct pdf_sheet *page, struct box b)
{
    fz_rect r = fz_transform_rect(fz_make_rect((float)b.x0, (float)b.y0, (float)b.x1, (float)b.y1), page->back);
    return (struct box){r.x0, r.y0, r.x1, r.y1};
}

/* ---- pages */

static void record_page(struct pdf_doc *d, int number)
{
    fz_context *ctx = d->ctx;
    struct pdf_sheet *page = &d->pages[number];
    fz_page *source = NULL;
    page->number = number;
    fz_var(source);
    fz_try(ctx)
    {
        source = fz_load_page(ctx, &d->pdf->super, number);
        pdf_record(d, page, source);
    }
    fz_always(ctx)
    {
        fz_drop_page(ctx, source);
    }
    fz_catch(ctx)
    {
        page->broken = true;
        page->n_lines = page->n_marks = 0;
        if (d->article->n_warnings < MAX_PAGE_WARNINGS)
            article_warn(d->article, "page %d is damaged and was skipped: %s", number + 1, fz_caught_message(ctx));
    }
    if (!(page->width > 0)) {
        page->width = 612;
        page->height = 792;
    }
}

static bool open_document(struct pdf_doc *d, const unsigned char *bytes, size_t len, struct err *e)
{
    fz_context *ctx = d->ctx;
    fz_stream *stream = NULL;
    bool ok = false;
    fz_var(stream);
    fz_var(ok);
    fz_try(ctx)
    {
        pdf_quick_begin(ctx, &d->quick);
        stream = fz_open_memory(ctx, bytes, len);
        d->pdf = pdf_open_document_with_stream(ctx, stream);
        if (pdf_needs_password(ctx, d->pdf))
            err_set(e, ERR_REFUSED, "PDF is encrypted and asks for a password");
        else {
            d->n_pages = pdf_count_pages(ctx, d->pdf);
            ok = d->n_pages > 0;
            if (!ok)
                err_set(e, ERR_FORMAT, "PDF has no pages");
        }
    }
    fz_always(ctx)
    {
        fz_drop_stream(ctx, stream);
    }
    fz_catch(ctx)
    {
        return err_set(e, ERR_FORMAT, "PDF cannot be read: %s", fz_caught_message(ctx));
    }
    return ok;
}

static bool record_pages(struct pdf_doc *d, struct err *e)
{
    int broken = 0;
    if (d->n_pages > PDF_MAX_PAGES) {
        article_warn(d->article, "%d pages; those behind page %d were left out", d->n_pages, PDF_MAX_PAGES);
        d->n_pages = PDF_MAX_PAGES;
    }
    d->article->pages = d->n_pages; /* what a damaged file claims beyond that means nothing */
    d->pages = arena_array(d->arena, (size_t)d->n_pages, sizeof *d->pages);
    for (int p = 0; p < d->n_pages; p++) {
        record_page(d, p);
        broken += d->pages[p].broken;
    }
    if (broken == d->n_pages)
        return err_set(e, ERR_FORMAT, "PDF has no readable page; %s",
                       d->article->n_warnings ? d->article->warnings[0] : "");
    return true;
}

/* ---- figures */

static const char *unique_anchor(const struct article *a, struct arena *arena, const char *wish)
{
    const char *anchor = wish;
    for (int n = 2;; n++) {
        bool used = false;
        for (size_t i = 0; i + 1 < a->n_figures && !used; i++)
            used = str_same(a->figures[i].anchor, anchor);
        if (!used)
            return anchor;
        anchor = arena_printf(arena, "%s-%d", wish, n);
    }
}

static void name_figure(struct pdf_doc *d, struct art_figure *f)
{
    struct article *a = d->article;
    const char *wish;
    if (f->number)
        wish = arena_printf(&a->arena, "%s:%s", f->kind, f->number);
    else {
        size_t ordinal = 1;
        for (size_t i = 0; i + 1 < a->n_figures; i++)
            ordinal += a->figures[i].page == f->page;
        wish = arena_printf(&a->arena, "p%d-%zu", f->page, ordinal);
    }
    f->anchor = unique_anchor(a, &a->arena, wish);
}

static void place_figure(struct pdf_doc *d, struct art_figure *f, const struct pdf_caption *c)
{
    f->page = c->page + 1;
    f->caption_box = pdf_page_box(&d->pages[c->page], c->box);
    f->confidence = c->region_page >= 0 ? c->confidence : 0;
    if (c->region_page >= 0) {
        f->page = c->region_page + 1;
        f->box = pdf_page_box(&d->pages[c->region_page], c->region);
        if (c->region_page != c->page)
            f->caption_box = (struct box){0, 0, 0, 0};
    }
}

static void add_caption(struct pdf_doc *d, struct pdf_caption *c)
{
    struct article *a = d->article;
    struct art_figure *f = article_add_figure(a);
    if (!f)
        return;
    c->figure = (int)a->n_figures - 1;
    f->kind = c->label.kind;
    f->label = arena_strdup(&a->arena, c->label_text && *c->label_text ? c->label_text : NULL);
    f->number = c->label.number[0] ? arena_strdup(&a->arena, c->label.number) : NULL;
    place_figure(d, f, c);
    name_figure(d, f);
    if (c->table && c->region_page >= 0 && c->continues < 0)
        pdf_read_table(d, c, f);
    if (c->text)
        article_add_caption(a, f, c->language, c->text);
    if (c->twin >= 0 && d->captions[c->twin].text)
        article_add_caption(a, f, d->captions[c->twin].language, d->captions[c->twin].text);
    article_split_caption(a, f);
    if (c->continues >= 0)
        f->drop_reason = "continuation";
}

static void add_loose(struct pdf_doc *d, const struct pdf_loose *l)
{
    struct art_figure *f = article_add_figure(d->article);
    if (!f)
        return;
    f->kind = "unlabelled";
    f->page = l->page + 1;
    f->box = pdf_page_box(&d->pages[l->page], l->region);
    f->confidence = 0.1;
    f->drop_reason = "no_caption";
    name_figure(d, f);
}

static void add_figures(struct pdf_doc *d)
{
    for (size_t i = 0; i < d->n_captions; i++)
        if (!d->captions[i].is_twin)
            add_caption(d, &d->captions[i]);
    for (size_t i = 0; i < d->n_loose; i++)
        add_loose(d, &d->loose[i]);
}

static bool emit_pictures(struct pdf_doc *d, const struct pdf_options *options, article_image_fn *emit, void *context,
                          struct err *e)
{
    const struct pdf_options figures = options ? *options : (struct pdf_options){.images = true, .max_dpi = 300};
    struct pdf_options tables = figures;
    tables.max_dpi = fmin(figures.max_dpi, PDF_TABLE_DPI);
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *c = &d->captions[i];
        if (c->figure < 0 || c->region_page < 0)
            continue;
        if (!pdf_emit_picture(d, c->table ? &tables : &figures, &d->pages[c->region_page], c->region, (size_t)c->figure,
                              emit, context, e))
            return false;
    }
    return true;
}

static bool extract(struct pdf_doc *d, const unsigned char *bytes, size_t len, const struct pdf_options *options,
                    article_image_fn *emit, void *context, struct err *e)
{
    if (!open_document(d, bytes, len, e) || !record_pages(d, e))
        return false;
    pdf_layout(d);
    pdf_find_captions(d);
    pdf_match(d);
    pdf_read_front(d);
    add_figures(d);
    pdf_read_mentions(d);
    return !emit || (options && !options->images) || emit_pictures(d, options, emit, context, e);
}

static fz_context *new_context(void)
{
    fz_context *ctx = fz_new_context(NULL, NULL, PDF_STORE_BYTES);
    if (!ctx)
        return NULL;
    fz_set_warning_callback(ctx, be_quiet, NULL);
    fz_set_error_callback(ctx, be_quiet, NULL);
    fz_disable_icc(ctx);
    return ctx;
}

bool pdf_extract(const unsigned char *bytes, size_t len, const struct pdf_options *options, struct article *a,
                 article_image_fn *emit, void *context, struct err *e)
{
    if (len > PDF_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "PDF of %zu bytes; at most %d are read", len, PDF_MAX_BYTES);
    struct arena arena = ARENA_INIT;
    struct pdf_doc d = {.ctx = new_context(), .article = a, .arena = &arena};
    d.ocr = options ? options->ocr : NULL;
    if (!d.ctx)
        return err_set(e, ERR_SYSTEM, "no memory for reading a PDF");
    bool ok = extract(&d, bytes, len, options, emit, context, e);
    for (int p = 0; d.pages && p < d.n_pages; p++)
        free(d.pages[p].marks);
    pdf_drop_list(&d);
    pdf_chars_release(d.ctx, &d.seen);
    pdf_chars_release(d.ctx, &d.unseen);
    pdf_drop_document(d.ctx, d.pdf);
    fz_drop_context(d.ctx);
    pdf_quick_end(&d.quick);
    arena_release(&arena);
    return ok;
}

/* pdf_front.c: what a PDF says about the article (title, DOI, language, licence), and the sentences that cite figures.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "extract/cite.h"
#include "base/license.h"
#include "extract/pdf_page.h"

/* ---- DOI */

static const char *find_doi(struct pdf_doc *d, const char *text, size_t len)
{
    for (size_t i = 0; i + 7 < len; i++) {
        if (memcmp(text + i, "10.", 3) != 0 || (i > 0 && (isalnum((unsigned char)text[i - 1]) || text[i - 1] == '.')))
            continue;
        size_t end = i + 3;
        while (end < len && isdigit((unsigned char)text[end]))
            end++;
        if (end - i < 7 || end >= len || text[end] != '/')
            continue;
        size_t slash = end;
        while (end < len && (unsigned char)text[end] > ' ' && !strchr("<>\"'{}|\\^`,;", text[end]) &&
               (unsigned char)text[end] < 0x80)
            end++;
        while (end > slash + 1 && strchr(".,;:)]/", text[end - 1]))
            end--;
        if (end - slash < 3 || end - i > 200)
            continue;
        char *doi = arena_strndup(&d->article->arena, text + i, end - i);
        for (char *p = doi; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        return doi;
    }
    return NULL;
}

/* The document's XMP packet as text, or nothing. */
static void load_xmp(struct pdf_doc *d, struct str *out)
{
    fz_context *ctx = d->ctx;
    fz_buffer *xmp = NULL;
    fz_var(xmp);
    fz_try(ctx)
    {
        pdf_obj *meta = pdf_dict_getp(ctx, pdf_trailer(ctx, d->pdf), "Root/Metadata");
        if (pdf_is_stream(ctx, meta)) {
            xmp = pdf_load_stream(ctx, meta);
            str_add_bytes(out, xmp->data, xmp->len);
        }
    }
    fz_always(ctx)
    {
        fz_drop_buffer(ctx, xmp);
    }
    fz_catch(ctx)
    {
        str_clear(out);
    }
}

static const char *behind(const char *text, const char *word)
{
    const char *at = text ? strstr(text, word) : NULL;
    return at ? at + strlen(word) : NULL;
}

static void read_doi(struct pdf_doc *d)
{
    struct str xmp;
    str_init(&xmp, 1 << 20);
    load_xmp(d, &xmp);
    const char *doi = NULL, *at = behind(xmp.data, "prism:doi>");
    if (!at)
        at = behind(xmp.data, "prism:doi=");
    if (!at)
        at = behind(xmp.data, "pdfx:doi>");
    if (at)
        doi = find_doi(d, at, strnlen(at, 300));
    for (size_t i = 0; !doi && d->n_pages && i < d->pages[0].n_lines; i++)
        doi = find_doi(d, d->pages[0].lines[i].text, d->pages[0].lines[i].len);
    if (!doi)
        doi = find_doi(d, xmp.data, xmp.len);
    d->article->front.doi = doi;
    str_release(&xmp);
}

/* ---- title */

static bool plausible_title(const char *title)
{
    static const char *const junk[] = {"untitled", "microsoft word", ".doc", ".indd", ".pdf",
                                       ".tex",     ".qxd",           "doi:", "pii:"};
    struct str low = STR_INIT(2000);
    for (const char *p = title; *p && low.len < 1000; p++)
        str_add_char(&low, (char)tolower((unsigned char)*p));
    bool good = text_length(title, strlen(title)) >= 12 && text_words(title, strlen(title)) >= 3;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        good = good && !strstr(low.data, junk[i]);
    str_release(&low);
    return good;
}

/* The largest lettering in the upper part of the first page. */
static void read_title(struct pdf_doc *d)
{
    const struct pdf_sheet *page = &d->pages[0];
    double best = d->body_size * 1.15;
    size_t from = page->n_lines;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->sideways || line->class == LINE_FURNITURE || line->n_chars < 12 || line->box.y0 > 0.6 * page->height)
            continue;
        if (line->size > best + 0.2) {
            best = line->size;
            from = i;
        }
    }
    struct str title, clean;
    str_init(&title, 2000);
    str_init(&clean, 2000);
    size_t first = from;
    while (first > 0 && first < page->n_lines && fabs(page->lines[first - 1].size - best) < 0.6 &&
           page->lines[first].base - page->lines[first - 1].base < 2 * best &&
           page->lines[first].base > page->lines[first - 1].base)
        first--;
    for (size_t i = first; i < page->n_lines && i < first + 8; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (fabs(line->size - best) > 0.6 || (i > first && line->base - page->lines[i - 1].base > 2 * best))
            break;
        pdf_join_line(&title, line->text, line->len);
    }
    text_clean(title.data, title.len, &clean);
    if (plausible_title(clean.data))
        d->article->front.title = arena_strdup(&d->article->arena, clean.data);
    str_release(&title);
    str_release(&clean);
}

static void read_info(struct pdf_doc *d)
{
    fz_context *ctx = d->ctx;
    char title[1000] = "", tag[16] = "";
    fz_try(ctx)
    {
        fz_lookup_metadata(ctx, &d->pdf->super, FZ_META_INFO_TITLE, title, sizeof title);
        snprintf(tag, sizeof tag, "%s",
                 pdf_to_text_string(ctx, pdf_dict_getp(ctx, pdf_trailer(ctx, d->pdf), "Root/Lang")));
    }
    fz_catch(ctx)
    {
        title[0] = '\0';
    }
    title[sizeof title - 1] = '\0';
    if (!d->article->front.title && plausible_title(title)) {
        struct str clean = STR_INIT(2000);
        text_clean(title, strlen(title), &clean);
        d->article->front.title = arena_strdup(&d->article->arena, clean.data);
        str_release(&clean);
    }
    char language[16];
    if (tag[0] && text_language_tag(tag, language))
        d->article->front.language = arena_strdup(&d->article->arena, language);
}

/* ---- licence */

/* The licence named nearest behind each mention of Creative Commons; a URL says more than words, so it goes first. */
static bool find_licence(struct pdf_doc *d, const char *text, const char *word)
{
    enum { REACH = 160 };
    struct arena *arena = &d->article->arena;
    for (const char *at = text; (at = strstr(at, word)); at++) {
        char name[LICENSE_NAME_MAX];
        if (!license_recognise(arena_strndup(d->arena, at, strnlen(at, REACH)), name))
            continue;
        d->article->front.license = arena_strdup(arena, name);
        if (str_starts(word, "creativecommons.org")) {
            size_t n = strcspn(at, " )],;<>\"'");
            d->article->front.license_url = arena_printf(arena, "https://%.*s", (int)(n < 100 ? n : 100), at);
        }
        return true;
    }
    return false;
}

static void read_licence(struct pdf_doc *d)
{
    static const char *const words[] = {"creativecommons.org/", "Creative Commons", "CC BY", "CC-BY", "CC0"};
    struct str text;
    str_init(&text, 1 << 20);
    for (int p = 0; p < d->n_pages; p++) {
        if (p >= 2 && p < d->n_pages - 2)
            continue;
        for (size_t i = 0; i < d->pages[p].n_lines; i++)
            pdf_join_line(&text, d->pages[p].lines[i].text, d->pages[p].lines[i].len);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (find_licence(d, text.data, words[i]))
            break;
    str_release(&text);
}

void pdf_read_front(struct pdf_doc *d)
{
    if (!d->n_pages)
        return;
    read_title(d);
    read_info(d);
    read_doi(d);
    read_licence(d);
}

/* ---- mentions */

/* Running text of the body, a paragraph at a time. */
struct running {
    struct cites cites;
    struct str text;
    const struct pdf_line *last; /* the line that it ends with */
    bool heading;                /* it begins behind one */
};

static void end_paragraph(struct running *r)
{
    cites_add(&r->cites, NULL, r->text.data, r->text.len);
    str_clear(&r->text);
    r->last = NULL;
}

/* Manuscripts number their lines. */
static bool is_line_number(const struct pdf_line *line)
{
    return line->len <= 4 && strspn(line->text, "0123456789") == line->len;
}

static bool starts_lower(const struct pdf_line *line)
{
    size_t at = 0;
    return text_is_lower(text_next(line->text, line->len, &at));
}

/* Whether the line begins a paragraph: it stands behind a full stop in another block, or is set in another way than a
 * heading in front of it, or the other way round. */
static bool begins_paragraph(const struct pdf_sheet *page, const struct running *r, const struct pdf_line *line)
{
    const struct pdf_line *last = r->last;
    if (!last)
        return false;
    if (last->bold != line->bold || fabs(last->size - line->size) > 0.6)
        return true;
    if (last->block != line->block && strchr(".!?:", last->text[last->len - 1]))
        return !starts_lower(line);
    struct box span = pdf_column_span(page, last->box);
    return last->font != line->font && box_width(last->box) < 0.8 * (span.x1 - span.x0) && line->base > last->base &&
           !starts_lower(line);
}

/* Body text, and short lines that belong to it: the rest of a block, a paragraph of one line below a heading. */
static bool is_running(const struct pdf_doc *d, const struct running *r, const struct pdf_line *line)
{
    if (line->sideways || is_line_number(line))
        return false;
    if (line->class != LINE_OTHER || line->in_graphic)
        return line->class == LINE_BODY;
    if (r->last)
        return line->block == r->last->block;
    return r->heading && fabs(line->size - d->body_size) < 0.35 && line->font == d->body_font;
}

void pdf_read_mentions(struct pdf_doc *d)
{
    enum { MAX_PARAGRAPH = 1 << 18 };
    if (!d->article->n_figures)
        return;
    struct running r = {0};
    cites_init(&r.cites, d->article);
    str_init(&r.text, MAX_PARAGRAPH + 4096);
    for (int p = 0; p < d->n_pages; p++) {
        const struct pdf_sheet *page = &d->pages[p];
        for (size_t i = 0; i < page->n_lines; i++) {
            const struct pdf_line *line = &page->lines[i];
            if (line->class == LINE_HEADING) {
                end_paragraph(&r);
                r.heading = true;
            }
            if (!is_running(d, &r, line))
                continue;
            if (r.text.len > MAX_PARAGRAPH || begins_paragraph(page, &r, line))
                end_paragraph(&r);
            pdf_join_line(&r.text, line->text, line->len);
            r.last = line;
            r.heading = false;
        }
    }
    end_paragraph(&r);
    cites_release(&r.cites);
    str_release(&r.text);
}

/* pdf_layout.c: what all pages together tell: the body's font, size and leading, columns, what repeats on every page,
 * and which lines are paragraphs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "extract/pdf_page.h"

/* ---- body style */

enum { SIZE_BINS = 400, MAX_STYLES = 4096 };

struct style {
    int font, size; /* tenths of a point */
    size_t chars;
};

static size_t add_style(struct style *styles, size_t n, int font, int size, size_t chars)
{
    for (size_t i = 0; i < n; i++)
        if (styles[i].font == font && abs(styles[i].size - size) <= 2) {
            styles[i].chars += chars;
            return n;
        }
    if (n < MAX_STYLES)
        styles[n++] = (struct style){font, size, chars};
    return n;
}

static void find_body_style(struct pdf_doc *d)
{
    struct style *styles = mem_array(MAX_STYLES, sizeof *styles);
    size_t n = 0;
    /* The first and last thirds hold front matter and references; both count, but long lines in the middle more. */
    for (int p = 0; p < d->n_pages; p++) {
        size_t weight = p > 0 && (p < d->n_pages * 2 / 3 || d->n_pages < 4) ? 2 : 1;
        for (size_t i = 0; i < d->pages[p].n_lines; i++) {
            const struct pdf_line *line = &d->pages[p].lines[i];
            if (line->sideways || line->n_chars < 25 || box_width(line->box) < 100)
                continue;
            n = add_style(styles, n, line->font, (int)lround(line->size * 10), weight * (size_t)line->n_chars);
        }
    }
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (styles[i].chars > styles[best].chars)
            best = i;
    d->body_font = n ? styles[best].font : 0;
    d->body_size = n ? styles[best].size / 10.0 : 10;
    free(styles);
}

static bool has_body_style(const struct pdf_doc *d, const struct pdf_line *line)
{
    return !line->sideways && fabs(line->size - d->body_size) < 0.35 && line->font == d->body_font;
}

static void find_leading(struct pdf_doc *d)
{
    size_t bins[SIZE_BINS] = {0};
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 1; i < d->pages[p].n_lines; i++) {
            const struct pdf_line *a = &d->pages[p].lines[i - 1], *b = a + 1;
            double step = b->base - a->base;
            if (has_body_style(d, a) && has_body_style(d, b) && step > 0 && step < 39 &&
                box_overlap_x(a->box, b->box) > 0)
                bins[(int)(step * 10)]++;
        }
    size_t best = 0, most = 0;
    for (size_t i = 1; i + 1 < SIZE_BINS; i++) {
        size_t here = bins[i - 1] + bins[i] + bins[i + 1];
        if (here > most) {
            most = here;
            best = i;
        }
    }
    d->leading = most >= 3 ? (double)best / 10 + 0.05 : 1.2 * d->body_size;
    d->leading = fmax(d->leading, d->body_size * 0.9);
}

/* ---- what repeats: running heads, logos, bands */

struct place { /* something at a place of a page */
    uint64_t key;
    int page, index; /* index: lines first, marks from -1 down */
};

static uint64_t hash_bytes(uint64_t h, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    return h;
}

/* Text of a line for comparing pages; in the page's outer strips numbers are all alike, since they count pages. */
static uint64_t line_key(const struct pdf_sheet *page, const struct pdf_line *line)
{
    bool outer = line->box.y1 < 0.13 * page->height || line->box.y0 > 0.87 * page->height;
    uint64_t h = 14695981039346656037u;
    size_t letters = 0;
    for (size_t i = 0; i < line->len; i++) {
        char c = line->text[i];
        if (c >= '0' && c <= '9') {
            if (outer)
                continue;
        }
        letters++;
        h = hash_bytes(h, &c, 1);
    }
    /* A bare number must stand at the same place: it could be the top tick of a plot. */
    long y = lround(line->base / 3), x = outer && letters > 2 ? 0 : lround((line->box.x0 + line->box.x1) / 12);
    if (!letters && !outer)
        return 0;
    char place[64];
    int n = snprintf(place, sizeof place, "|%ld|%ld|%zu", x, y, letters);
    return hash_bytes(h, place, (size_t)n);
}

/* A caption that stands at the same place on several pages is no running head: plates at the end of a manuscript have
 * theirs all at the foot, a long table has its own again on each page. */
static bool is_caption_start(const struct pdf_line *line)
{
    struct label label;
    return label_parse(line->text, line->len, &label) && label.number[0] && label.capital && !label.cue &&
           (label.separator || label.len >= line->len || line->head_bold);
}

static uint64_t mark_key(const struct pdf_mark *m)
{
    char place[96];
    int n = snprintf(place, sizeof place, "%d|%ld|%ld|%ld|%ld", (int)m->kind, lround(m->box.x0 / 2),
                     lround(m->box.y0 / 2), lround(m->box.x1 / 2), lround(m->box.y1 / 2));
    return hash_bytes(14695981039346656037u, place, (size_t)n);
}

static int by_key(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->page - y->page;
}

static void find_furniture(struct pdf_doc *d)
{
    struct place *places = NULL;
    size_t n = 0, cap = 0;
    for (int p = 0; p < d->n_pages; p++) {
        struct pdf_sheet *page = &d->pages[p];
        for (size_t i = 0; i < page->n_lines; i++) {
            uint64_t key = line_key(page, &page->lines[i]);
            if (!key || is_caption_start(&page->lines[i]))
                continue;
            MEM_GROW(places, n, cap);
            places[n++] = (struct place){key, p, (int)i};
        }
        for (size_t i = 0; i < page->n_marks && page->n_marks < 3000; i++) {
            MEM_GROW(places, n, cap);
            places[n++] = (struct place){mark_key(&page->marks[i]), p, -1 - (int)i};
        }
    }
    if (n)
        qsort(places, n, sizeof *places, by_key);
    size_t enough = d->n_pages <= 3 ? 2 : 3;
    for (size_t i = 0, end; i < n; i = end) {
        size_t pages = 1;
        for (end = i + 1; end < n && places[end].key == places[i].key; end++)
            pages += places[end].page != places[end - 1].page;
        if (pages < enough)
            continue;
        for (size_t k = i; k < end; k++) {
            struct pdf_sheet *page = &d->pages[places[k].page];
            if (places[k].index >= 0) {
                const struct pdf_line *line = &page->lines[places[k].index];
                bool outer = line->box.y1 < 0.13 * page->height || line->box.y0 > 0.87 * page->height;
                /* On two pages only, or in the middle of the page, chance could do it: tick labels of two plots. */
                if (outer || (pages >= 3 && pages * 3 >= (size_t)d->n_pages && line->n_chars > 3))
                    page->lines[places[k].index].class = LINE_FURNITURE;
            } else if (d->n_pages > 2 && (pages >= 4 || pages * 2 >= (size_t)d->n_pages)) {
                page->marks[-1 - places[k].index].furniture = true;
            }
        }
    }
    free(places);
}

/* A running head repeats on even or odd pages only, or not at all on short articles: lines in the outermost strip that
 * stand where furniture stands on other pages are furniture too. */
static void spread_furniture(struct pdf_doc *d)
{
    double top = 0, bottom = INFINITY;
    size_t n_top = 0, n_bottom = 0;
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < d->pages[p].n_lines; i++) {
            const struct pdf_line *line = &d->pages[p].lines[i];
            if (line->class != LINE_FURNITURE || line->sideways)
                continue;
            if (line->box.y1 < 0.1 * d->pages[p].height) {
                top = fmax(top, line->box.y1);
                n_top++;
            }
            if (line->box.y0 > 0.92 * d->pages[p].height) {
                bottom = fmin(bottom, line->box.y0);
                n_bottom++;
            }
        }
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < d->pages[p].n_lines; i++) {
            struct pdf_line *line = &d->pages[p].lines[i];
            if (((n_top >= 3 && line->box.y1 <= top + 1) || (n_bottom >= 3 && line->box.y0 >= bottom - 1)) &&
                !is_caption_start(line))
                line->class = LINE_FURNITURE;
        }
}

/* ---- columns */

static void add_column(struct pdf_column *columns, size_t *n, size_t max, double x0, double x1, int weight)
{
    for (size_t i = 0; i < *n; i++)
        if (fabs(columns[i].x0 - x0) < 5) {
            columns[i].x1 = fmax(columns[i].x1, x1);
            columns[i].weight += weight;
            return;
        }
    if (*n < max)
        columns[(*n)++] = (struct pdf_column){x0, x1, weight};
}

static int by_weight(const void *a, const void *b)
{
    return ((const struct pdf_column *)b)->weight - ((const struct pdf_column *)a)->weight;
}

static int by_left(const void *a, const void *b)
{
    double x = ((const struct pdf_column *)a)->x0, y = ((const struct pdf_column *)b)->x0;
    return (x > y) - (x < y);
}

/* Columns out of the left edges of long body lines: the edges with most lines win, others that overlap them go. */
static size_t keep_columns(struct pdf_column *found, size_t n, struct pdf_column *out)
{
    qsort(found, n, sizeof *found, by_weight);
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < PDF_MAX_COLUMNS; i++) {
        bool clash = false;
        for (size_t k = 0; k < kept && !clash; k++)
            clash = fmin(found[i].x1, out[k].x1) - fmax(found[i].x0, out[k].x0) > 5;
        if (!clash && (found[i].weight * 12 >= found[0].weight))
            out[kept++] = found[i];
    }
    qsort(out, kept, sizeof *out, by_left);
    return kept;
}

enum { MAX_EDGES = 64 };

static void collect_edges(const struct pdf_doc *d, const struct pdf_sheet *page, struct pdf_column *found, size_t *n)
{
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->class == LINE_FURNITURE || !has_body_style(d, line) || line->n_chars < 20 ||
            box_width(line->box) < 0.75 * d->column_width || box_width(line->box) > 1.25 * d->column_width)
            continue;
        add_column(found, n, MAX_EDGES, line->box.x0, line->box.x1, 1);
    }
}

/* The width that most long lines of the body have. */
static void find_column_width(struct pdf_doc *d)
{
    size_t bins[300] = {0};
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < d->pages[p].n_lines; i++) {
            const struct pdf_line *line = &d->pages[p].lines[i];
            if (line->class != LINE_FURNITURE && has_body_style(d, line) && line->n_chars >= 20) {
                int bin = (int)(box_width(line->box) / 5);
                if (bin < 300)
                    bins[bin]++;
            }
        }
    size_t best = 0, most = 0;
    for (size_t i = 1; i + 1 < 300; i++) {
        size_t here = bins[i - 1] + bins[i] + bins[i + 1];
        if (here > most) {
            most = here;
            best = i;
        }
    }
    d->column_width = most ? 5.0 * (double)best + 2.5 : 240;
}

static void add_free_columns(struct pdf_sheet *page, const struct pdf_column *more, size_t n)
{
    for (size_t i = 0; i < n && page->n_columns < PDF_MAX_COLUMNS; i++) {
        bool clash = false;
        for (size_t k = 0; k < page->n_columns && !clash; k++)
            clash = fmin(more[i].x1, page->columns[k].x1) - fmax(more[i].x0, page->columns[k].x0) > 0;
        if (!clash)
            page->columns[page->n_columns++] = more[i];
    }
    qsort(page->columns, page->n_columns, sizeof *page->columns, by_left);
}

static void find_columns(struct pdf_doc *d)
{
    find_column_width(d);
    struct pdf_column all[2][PDF_MAX_COLUMNS];
    size_t n_all[2];
    for (int parity = 0; parity < 2; parity++) {
        struct pdf_column found[MAX_EDGES];
        size_t n = 0;
        for (int p = parity; p < d->n_pages; p += 2)
            collect_edges(d, &d->pages[p], found, &n);
        n_all[parity] = keep_columns(found, n, all[parity]);
    }
    for (int p = 0; p < d->n_pages; p++) {
        struct pdf_sheet *page = &d->pages[p];
        struct pdf_column found[MAX_EDGES];
        size_t n = 0, lines = 0;
        collect_edges(d, page, found, &n);
        for (size_t i = 0; i < n; i++)
            lines += (size_t)found[i].weight;
        int parity = p & 1;
        if (!n_all[parity])
            parity ^= 1;
        page->n_columns = n_all[parity];
        memcpy(page->columns, all[parity], sizeof page->columns);
        /* A page's own columns count where it has enough text; others fill what they leave free. */
        if (lines >= 12) {
            page->n_columns = keep_columns(found, n, page->columns);
            add_free_columns(page, all[parity], n_all[parity]);
        }
        add_free_columns(page, all[parity ^ 1], n_all[parity ^ 1]);
        double left = INFINITY, right = 0;
        for (size_t i = 0; i < page->n_columns; i++) {
            left = fmin(left, page->columns[i].x0);
            right = fmax(right, page->columns[i].x1);
        }
        if (page->n_columns == 0 || right <= left) {
            left = 0.08 * page->width;
            right = 0.92 * page->width;
            page->n_columns = 1;
            page->columns[0] = (struct pdf_column){left, right, 1};
        }
        page->text_area = (struct box){left, 0, right, page->height};
    }
}

struct box pdf_column_span(const struct pdf_sheet *page, struct box b)
{
    struct box span = b;
    double left = INFINITY, right = -INFINITY;
    for (size_t i = 0; i < page->n_columns; i++) {
        const struct pdf_column *c = &page->columns[i];
        double over = fmin(b.x1, c->x1) - fmax(b.x0, c->x0);
        if (over > 0.12 * (c->x1 - c->x0) || over > 0.5 * box_width(b)) {
            left = fmin(left, c->x0);
            right = fmax(right, c->x1);
        }
    }
    if (left < right) {
        span.x0 = left;
        span.x1 = right;
    }
    span.x0 = fmin(span.x0, b.x0);
    span.x1 = fmax(span.x1, b.x1);
    return span;
}

/* ---- paragraphs */

static bool follows(const struct pdf_line *a, const struct pdf_line *b, double max_step)
{
    double step = b->base - a->base;
    return step > 0.5 * a->size && step < max_step && fabs(a->size - b->size) < 0.6 &&
           box_overlap_x(a->box, b->box) > 0;
}

static bool fills_column(const struct pdf_sheet *page, const struct pdf_line *line, double share)
{
    struct box span = pdf_column_span(page, line->box);
    return box_width(line->box) > share * (span.x1 - span.x0);
}

/* Runs of lines set one below the other at the same left edge are paragraphs when there are three or more and most of
 * them fill their column. Body style makes one or two lines enough. */
static void classify_paragraphs(struct pdf_doc *d, struct pdf_sheet *page)
{
    for (size_t i = 0, end; i < page->n_lines; i = end) {
        struct pdf_line *first = &page->lines[i];
        end = i + 1;
        if (first->class != LINE_OTHER || first->sideways)
            continue;
        size_t full = fills_column(page, first, 0.8), styled = has_body_style(d, first);
        double words = first->n_chars;
        while (end < page->n_lines) {
            struct pdf_line *a = &page->lines[end - 1], *b = &page->lines[end];
            if (b->class != LINE_OTHER || b->sideways || !follows(a, b, fmax(1.7 * a->size, 1.15 * d->leading)) ||
                fabs(b->box.x0 - first->box.x0) > 3 * first->size)
                break;
            full += fills_column(page, b, 0.8);
            styled += has_body_style(d, b);
            words += b->n_chars;
            end++;
        }
        size_t n = end - i;
        bool wordy = words / (double)n > 18;
        bool paragraph = (n >= 3 && 2 * full >= n && wordy) || (2 * styled > n && full && wordy) ||
                         (2 * styled > n && n >= 4 && wordy);
        for (size_t k = i; paragraph && k < end; k++)
            page->lines[k].class = LINE_BODY;
    }
}

/* A heading stands over a paragraph, at its left edge or centred, and sets itself off by its font. */
static void classify_headings(struct pdf_doc *d, struct pdf_sheet *page)
{
    for (size_t i = page->n_lines; i-- > 0;) { /* from below, for headings over headings */
        struct pdf_line *line = &page->lines[i];
        if (line->class != LINE_OTHER || line->sideways || line->n_chars < 4)
            continue;
        bool set_off = line->bold || line->italic || line->size > d->body_size + 0.4 || line->font != d->body_font;
        if (!set_off || line->size < d->body_size - 1.2)
            continue;
        for (size_t k = i + 1; k < page->n_lines && k < i + 4; k++) {
            const struct pdf_line *below = &page->lines[k];
            double gap = below->box.y0 - line->box.y1;
            if ((below->class != LINE_BODY && below->class != LINE_HEADING) || gap < -1 || gap > 2.2 * d->leading)
                continue;
            struct box span = pdf_column_span(page, below->box);
            bool left = fabs(line->box.x0 - span.x0) < 3;
            bool centred = fabs((line->box.x0 + line->box.x1) - (span.x0 + span.x1)) < 8;
            if (left || centred)
                line->class = LINE_HEADING;
            break;
        }
    }
}

void pdf_layout(struct pdf_doc *d)
{
    pdf_mend_encoding(d);
    find_body_style(d);
    find_leading(d);
    find_furniture(d);
    spread_furniture(d);
    find_columns(d);
    for (int p = 0; p < d->n_pages; p++) {
        struct pdf_sheet *page = &d->pages[p];
        classify_paragraphs(d, page);
        classify_headings(d, page);
        for (size_t i = 0; i < page->n_lines; i++)
            page->n_body += page->lines[i].class == LINE_BODY;
    }
}

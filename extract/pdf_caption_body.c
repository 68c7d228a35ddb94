/* pdf_caption_body.c: how far a caption goes. Its lines are set alike, one below the other at the leading of the first
 * two, and end at a rule, at body text, at another caption. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "extract/pdf_page.h"

/* How a caption's lines are set, learnt as they come. `row` is its last row: the pieces of one line together. */
struct body {
    double size, step; /* step 0: not known yet */
    int font;
    double left, right; /* edges of its rows */
    bool label_only;    /* nothing but the label so far */
    struct pdf_line row;
    size_t last; /* the line that the row ends with */
};

static bool starts_caption(const struct pdf_doc *d, int page, size_t line)
{
    for (size_t i = 0; i < d->n_captions; i++)
        if (d->captions[i].page == page && d->captions[i].first_line == line)
            return true;
    return false;
}

static void take_line(struct pdf_doc *d, struct pdf_caption *c, size_t *cap, size_t line)
{
    ARENA_GROW(d->arena, c->lines, c->n_lines, *cap);
    c->lines[c->n_lines++] = line;
    struct pdf_line *l = &d->pages[c->page].lines[line];
    l->class = LINE_CAPTION;
    c->box = box_union(c->box, l->box);
}

static bool ends_sentence(const struct pdf_line *line)
{
    static const char *const ends[] = {".", ":", "?", "!", ".)", ".”", "。", "．", ";"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        if (line->len >= n && memcmp(line->text + line->len - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

static bool set_as_body(const struct pdf_doc *d, double size, int font)
{
    return fabs(size - d->body_size) < 0.35 && font == d->body_font;
}

/* Chinese, Japanese and Korean lines have a font for their Latin words, and either may prevail. */
static bool is_wide(const struct pdf_line *line)
{
    size_t at = 0;
    return text_next(line->text, line->len, &at) >= 0x1100;
}

/* A table's rule, or the shading of its head, between two lines. */
static bool ruled_off(const struct pdf_sheet *page, const struct pdf_line *a, const struct pdf_line *b, bool table)
{
    double wide = fmax(60, 0.5 * fmin(box_width(a->box), box_width(b->box)));
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *m = &page->marks[i];
        if (m->white || !m->rect || m->kind == MARK_IMAGE || m->kind == MARK_SHADE || box_width(m->box) < wide ||
            box_overlap_x(m->box, b->box) < 0.5 * box_width(b->box))
            continue;
        double y = (m->box.y0 + m->box.y1) / 2;
        if (box_height(m->box) < 2.5 && y > a->base + 0.2 * a->size && y < b->base - 0.55 * b->size)
            return true;
        if (table && m->kind == MARK_FILL && box_holds_centre(m->box, b->box) && !box_holds_centre(m->box, a->box))
            return true;
    }
    return false;
}

/* How far below `a` its next line may be. */
static double step_limit(const struct pdf_doc *d, const struct body *body, const struct pdf_line *a,
                         const struct pdf_line *b, bool same_block)
{
    double size = fmax(body->size, 4);
    /* The usual leading is 1.15 to 1.5 of the size; once two lines are known, theirs holds. */
    double limit = body->step > 0 ? fmax(body->step * 1.25, body->step + 1) : (same_block ? 1.75 : 1.6) * size;
    bool alike = fabs(b->size - body->size) < 0.45 && (b->font == body->font || !body->step || b->bold == a->bold);
    if (!alike || set_as_body(d, body->size, body->font) || set_as_body(d, b->size, b->font))
        return body->label_only && b->class != LINE_BODY ? fmax(limit, 2.2 * size) : limit;
    /* A caption's own font carries it over a wider gap, such as between its title and its text. */
    limit = fmax(limit, (body->label_only ? 3.5 : 1.9) * size);
    /* Manuscripts are set with double spacing throughout. */
    return d->leading > 1.7 * d->body_size ? fmax(limit, 1.1 * d->leading) : limit;
}

/* The right edge of the row that a line begins, with the words that stand apart on it. */
static double row_end(const struct pdf_sheet *page, const struct pdf_line *line)
{
    double end = line->box.x1;
    for (const struct pdf_line *next = line + 1; next < page->lines + page->n_lines; next++) {
        if (next->block != line->block || fabs(next->base - line->base) > 0.2 * line->size)
            break;
        end = fmax(end, next->box.x1);
    }
    return end;
}

/* In a caption that is set as the body is, a row ends a paragraph when the next row's first word had found room on it,
 * as that row's own length shows. */
static bool ends_paragraph(const struct pdf_sheet *page, const struct pdf_line *a, const struct pdf_line *b)
{
    size_t word = 0, chars = 0;
    while (word < b->len && b->text[word] != ' ')
        chars += ((unsigned char)b->text[word++] & 0xC0) != 0x80;
    double width = box_width(b->box) / fmax(1, (double)text_length(b->text, b->len)) * (double)(chars + 1);
    bool centred = fabs((a->box.x0 + a->box.x1) - (b->box.x0 + b->box.x1)) < 4 && fabs(a->box.x0 - b->box.x0) > 4;
    double end = row_end(page, b);
    return !centred && (word < b->len || end > b->box.x1) && end - a->box.x1 > width + a->size;
}

/* Whether `b` is the caption's next line. */
static bool goes_below(const struct pdf_doc *d, const struct pdf_sheet *page, const struct body *body,
                       const struct pdf_line *b, bool same_block)
{
    const struct pdf_line *a = &body->row;
    if (b->sideways || b->class == LINE_FURNITURE || b->class == LINE_CAPTION)
        return false;
    double step = b->base - a->base, size = fmax(body->size, 4);
    if (step < 0.6 * size || step > step_limit(d, body, a, b, same_block) || fabs(b->size - body->size) > 0.8)
        return false;
    bool own_style = fabs(body->size - d->body_size) > 0.45 || body->font != d->body_font;
    bool wide = same_block && is_wide(b) && fabs(b->size - body->size) < 0.45 && !ends_sentence(a);
    if (own_style && set_as_body(d, b->size, b->font) && b->class == LINE_BODY && !wide)
        return false;
    if (!own_style && (ends_paragraph(page, a, b) || (body->step == 0 && b->class == LINE_HEADING)))
        return false;
    double over = box_overlap_x(a->box, b->box), least = fmin(box_width(a->box), box_width(b->box));
    if (over < 0.5 * least && !(over > 0 && fabs(b->box.x0 - body->left) < 2 * size))
        return false;
    /* It must not begin far left of the caption, unless it is centred. */
    bool centred = fabs((a->box.x0 + a->box.x1) - (b->box.x0 + b->box.x1)) < 2 * size;
    return b->box.x0 >= body->left - 1.5 * size || centred || b->box.x0 >= a->box.x0 - 8 * size;
}

/* The line right below that is not next in the content's order, or n_lines. */
static size_t look_below(const struct pdf_doc *d, const struct pdf_sheet *page, const struct body *body)
{
    size_t best = page->n_lines;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *b = &page->lines[i];
        if (b->base <= body->row.base || !goes_below(d, page, body, b, false) ||
            (!body->label_only && fabs(b->size - body->size) > 0.3) || (b->font != body->font && body->step > 0))
            continue;
        if (best == page->n_lines || b->base < page->lines[best].base)
            best = i;
    }
    return best;
}

/* The next piece of the caption's row, or n_lines: what stands apart from the label ("Figure 1   Text"), or words of a
 * line that was stretched to its column. */
static size_t look_right(const struct pdf_doc *d, const struct pdf_caption *c, const struct body *body)
{
    const struct pdf_sheet *page = &d->pages[c->page];
    const struct pdf_line *a = &body->row;
    double reach = body->label_only ? 4.5 : 3;
    size_t best = page->n_lines;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *b = &page->lines[i];
        if (b->sideways || b->class == LINE_FURNITURE || b->class == LINE_CAPTION ||
            fabs(b->base - a->base) > 0.3 * a->size || b->box.x0 < a->box.x1 - 1 ||
            b->box.x0 > a->box.x1 + reach * a->size)
            continue;
        if (!body->label_only && (b->block != page->lines[body->last].block || fabs(b->size - body->size) > 0.3 ||
                                  b->box.x1 > pdf_column_span(page, a->box).x1 + 2))
            continue;
        if (best == page->n_lines || b->box.x0 < page->lines[best].box.x0)
            best = i;
    }
    return best < page->n_lines && starts_caption(d, c->page, best) ? page->n_lines : best;
}

/* Takes what stands to the right on the row in hand. */
static void fill_row(struct pdf_doc *d, struct pdf_caption *c, size_t *cap, struct body *body)
{
    enum { PIECES = 20 };
    struct pdf_sheet *page = &d->pages[c->page];
    for (int n = 0; n < PIECES; n++) {
        size_t right = look_right(d, c, body);
        if (right >= page->n_lines)
            return;
        const struct pdf_line *piece = &page->lines[right];
        take_line(d, c, cap, right);
        body->last = right;
        struct box row = box_union(body->row.box, piece->box);
        if (body->label_only) {
            body->row = *piece;
            body->size = piece->size;
            body->font = piece->font;
            body->left = piece->box.x0;
            body->label_only = false;
        }
        body->row.box = row;
        body->row.text = piece->text;
        body->row.len = piece->len;
        body->right = fmax(body->right, row.x1);
    }
}

static void take_row(struct pdf_doc *d, struct pdf_caption *c, size_t *cap, struct body *body, size_t line)
{
    const struct pdf_line *b = &d->pages[c->page].lines[line];
    double step = b->base - body->row.base;
    if (step > 0 && !body->label_only && (body->step == 0 || step < body->step))
        body->step = step;
    if (c->n_lines == 1 || body->label_only) {
        body->font = b->font;
        body->size = b->size;
    }
    body->left = fmin(body->left, b->box.x0);
    body->right = fmax(body->right, b->box.x1);
    body->row = *b;
    body->last = line;
    body->label_only = false;
    take_line(d, c, cap, line);
}

void pdf_grow_caption(struct pdf_doc *d, struct pdf_caption *c)
{
    enum { MAX_LINES = 120 };
    struct pdf_sheet *page = &d->pages[c->page];
    const struct pdf_line *first = &page->lines[c->first_line];
    size_t cap = 0;
    struct body body = {.size = first->size,
                        .font = first->font,
                        .left = first->box.x0,
                        .right = first->box.x1,
                        .label_only = c->label.len >= first->len,
                        .row = *first,
                        .last = c->first_line};
    take_line(d, c, &cap, c->first_line);
    while (c->n_lines < MAX_LINES) {
        fill_row(d, c, &cap, &body);
        size_t next = body.last + 1;
        int block = page->lines[body.last].block;
        if (next >= page->n_lines || !goes_below(d, page, &body, &page->lines[next], page->lines[next].block == block))
            next = look_below(d, page, &body);
        if (next >= page->n_lines || starts_caption(d, c->page, next))
            break;
        const struct pdf_line *b = &page->lines[next];
        /* A table's caption ends where its columns begin: at its first rule, or with a second piece on a line. */
        if (ruled_off(page, &body.row, b, c->table) ||
            (c->table && ends_sentence(&body.row) && b->box.x1 < body.row.box.x1 - 10 * b->size && c->n_lines > 1 &&
             b->block != block))
            break;
        take_row(d, c, &cap, &body, next);
    }
}

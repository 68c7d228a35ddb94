/* pdf_text.c: lines of text out of the runs of a page's characters: doubled glyphs dropped, pieces of one line joined,
 * right-to-left lines put in reading order. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "extract/pdf_page.h"

enum { SEEN_SLOTS = 1 << 14, MAX_LINE_CHARS = 4000 };

/* Most characters are ASCII; ICU's answer costs a look-up for each. */
static bool is_space(int c)
{
    return c < 0x80 ? c <= ' ' : text_is_space(c);
}

struct glyph {
    int c;
    double x0, x1, base, size;
    int font;
    unsigned colour;
};

/* A piece of a line as its run gives it, and what was joined to it. */
struct piece {
    struct glyph *glyphs; /* malloc */
    size_t n, cap;
    struct box box;
    double base, size;
    bool sideways;
    int block;
    bool merged; /* into an earlier one */
};

struct taker {
    struct pdf_doc *d;
    struct pdf_sheet *page;
    struct piece *pieces;
    size_t n, cap;
    struct piece building; /* its glyphs are copied when it is done */
    struct str raw, clean; /* of the line at hand */
    /* Glyphs seen on this page by code and place, to find those that are printed twice for boldness. Slots without
     * their bit are not set yet; most answers need the bits only. */
    struct {
        int c;
        float x, y;
    } * seen;
    uint64_t seen_bits[SEEN_SLOTS / 64];
    int last_code;
    const struct pdf_chars *chars;
    int *fonts; /* malloc; the places of their fonts in the document, or -1 for those not asked for yet */
};

static int find_font(struct taker *t, fz_font *font)
{
    struct pdf_doc *d = t->d;
    const char *name = fz_font_name(d->ctx, font);
    if (strlen(name) > 7 && name[6] == '+')
        name += 7;
    size_t i = 0;
    while (i < d->n_fonts && strcmp(d->fonts[i].name, name) != 0)
        i++;
    if (i == d->n_fonts) {
        if (i >= 2000)
            return 0;
        ARENA_GROW(d->arena, d->fonts, d->n_fonts, d->cap_fonts);
        struct pdf_font *f = &d->fonts[d->n_fonts++];
        f->name = arena_strndup(d->arena, name, 200);
        /* Fonts often forget the flag; their names seldom do. */
        f->bold = fz_font_is_bold(d->ctx, font) || strstr(name, "Bold") || strstr(name, "bold") ||
                  strstr(name, "Black") || strstr(name, "Heavy") || strstr(name, "Semibold") || str_ends(name, "-B") ||
                  str_ends(name, ".B") || strstr(name, "Demi");
        f->italic = fz_font_is_italic(d->ctx, font) || strstr(name, "Italic") || strstr(name, "Oblique");
    }
    return (int)i;
}

static inline int font_index(struct taker *t, int font)
{
    if (t->fonts[font] < 0)
        t->fonts[font] = find_font(t, t->chars->fonts[font]);
    return t->fonts[font];
}

enum { MEASURED_FONTS = 64 };

/* Bitmap fonts of old TeX have pixels for their unit and call 0.24 the size of letters of 10 points. Letters are about
 * half as wide as their size, so that tells the true one; noted once for each font, at the first page with enough of
 * it. */
static void measure_fonts(struct taker *t)
{
    enum { ENOUGH = 20 };
    static const double tiny = 1.5, mean_width = 0.46;
    struct {
        double width, size;
        int n;
    } fonts[MEASURED_FONTS] = {0};
    if (!(t->chars->least_size < tiny))
        return;
    for (const struct pdf_char *c = t->chars->chars; c < t->chars->chars + t->chars->n; c++) {
        if (!(c->size > 0.01f && c->size < tiny) || is_space(c->c))
            continue;
        int font = font_index(t, c->font);
        if (font >= MEASURED_FONTS || !(c->box.x1 - c->box.x0 < 100))
            continue;
        fonts[font].width += c->box.x1 - c->box.x0;
        fonts[font].size += c->size;
        fonts[font].n++;
    }
    for (size_t i = 0; i < MEASURED_FONTS && i < t->d->n_fonts; i++) {
        struct pdf_font *f = &t->d->fonts[i];
        double scale = fonts[i].n >= ENOUGH ? fonts[i].width / mean_width / fonts[i].size : 0;
        if (!f->scale && scale > 3)
            f->scale = scale;
    }
}

/* The cell of 4 points that a coordinate on the sheet or near it lies in: floor, without a call. */
static inline int seen_cell(double v)
{
    enum { BEFORE = 1 << 12 }; /* points; more than size and reach */
    return (int)((v + BEFORE) / 4) - BEFORE / 4;
}

static inline unsigned seen_slot(int x, int y, int c)
{
    unsigned h = ((unsigned)x * 73856093u) ^ ((unsigned)y * 19349663u) ^ ((unsigned)c * 83492791u);
    return h % SEEN_SLOTS;
}

/* True when the same glyph was printed at nearly the same place before. The letter right before it in the content must
 * be nearer to be the same: the second l of "cells" stands hardly further on than a doubled print. */
static bool seen_before(struct taker *t, int c, double x, double y, double size)
{
    double near = (c == t->last_code ? 0.1 : 0.25) * size, reach = near < 4 ? near : 4;
    t->last_code = c;
    int left = seen_cell(x - reach), right = seen_cell(x + reach);
    int top = seen_cell(y - reach), bottom = seen_cell(y + reach);
    for (int i = left; i <= right; i++)
        for (int j = top; j <= bottom; j++) {
            unsigned slot = seen_slot(i, j, c);
            if ((t->seen_bits[slot / 64] >> slot % 64 & 1) && t->seen[slot].c == c &&
                fabs(t->seen[slot].x - x) < near && fabs(t->seen[slot].y - y) < near)
                return true;
        }
    unsigned slot = seen_slot(seen_cell(x), seen_cell(y), c);
    t->seen_bits[slot / 64] |= (uint64_t)1 << slot % 64;
    t->seen[slot].c = c;
    t->seen[slot].x = (float)x;
    t->seen[slot].y = (float)y;
    return false;
}

static void add_glyph(struct piece *p, struct glyph g)
{
    if (p->n >= MAX_LINE_CHARS)
        return;
    MEM_GROW(p->glyphs, p->n, p->cap);
    p->glyphs[p->n++] = g;
}

/* Crop marks and what was left beside the page are not seen. */
static bool on_sheet(const struct pdf_sheet *page, const struct pdf_char *c)
{
    return c->origin.x > -c->size && c->origin.x < page->width && c->origin.y > 0 &&
           c->origin.y < page->height + c->size;
}

/* As box_union, for every letter of a document. */
static inline void grow_box(struct box *all, struct box b)
{
    if (box_empty(*all)) {
        *all = b;
        return;
    }
    all->x0 = b.x0 < all->x0 ? b.x0 : all->x0;
    all->y0 = b.y0 < all->y0 ? b.y0 : all->y0;
    all->x1 = b.x1 > all->x1 ? b.x1 : all->x1;
    all->y1 = b.y1 > all->y1 ? b.y1 : all->y1;
}

static void take_piece(struct taker *t, const struct pdf_run *run)
{
    struct piece p = {.glyphs = t->building.glyphs,
                      .cap = t->building.cap,
                      .block = run->block,
                      .sideways = !(run->along.x > 0.9f) || run->vertical};
    const struct pdf_char *first = t->chars->chars + run->first;
    for (const struct pdf_char *c = first; c < first + run->n; c++) {
        bool space = is_space(c->c);
        int font = font_index(t, c->font);
        double scale = t->d->fonts[font].scale, size = c->size * (scale > 1 ? scale : 1);
        if (!isfinite(c->origin.x) || !isfinite(c->origin.y) || !(size > 0.1 && size < 2000) || !on_sheet(t->page, c))
            continue;
        if (!space && seen_before(t, c->c, c->origin.x, c->origin.y, size))
            continue;
        fz_rect r = c->box;
        struct glyph g = {c->c, r.x0, r.x1, c->origin.y, size, font, c->colour};
        add_glyph(&p, g);
        if (space)
            continue;
        /* Fonts' own ascents and descents are often wild; these are what letters really cover. */
        struct box b = p.sideways ? (struct box){r.x0, r.y0, r.x1, r.y1}
                                  : (struct box){r.x0, c->origin.y - 0.78 * size, r.x1, c->origin.y + 0.22 * size};
        if (b.x1 <= b.x0)
            b.x1 = b.x0 + 0.1;
        grow_box(&p.box, b);
    }
    t->building = p;
    if (box_empty(p.box))
        return;
    p.glyphs = mem_array(p.n, sizeof *p.glyphs);
    memcpy(p.glyphs, t->building.glyphs, p.n * sizeof *p.glyphs);
    p.cap = p.n;
    /* The prevailing size and baseline are those of the largest glyphs, so that superscripts don't count. */
    double largest = 0;
    for (size_t i = 0; i < p.n; i++)
        if (!is_space(p.glyphs[i].c))
            largest = fmax(largest, p.glyphs[i].size);
    double base = 0;
    size_t n = 0;
    p.size = 0;
    for (size_t i = 0; i < p.n; i++)
        if (p.glyphs[i].size > 0.85 * largest && !is_space(p.glyphs[i].c)) {
            base += p.glyphs[i].base;
            p.size += p.glyphs[i].size;
            n++;
        }
    p.base = base / (double)n;
    p.size /= (double)n;
    MEM_GROW(t->pieces, t->n, t->cap);
    t->pieces[t->n++] = p;
}

/* Whether `b` goes on where `a` ends on the same line. Pieces that follow each other in the content may have a wide
 * word gap between them (justified text), those of one block a space; others must be close. */
static bool continues(const struct piece *a, const struct piece *b, bool next)
{
    if (a->sideways || b->sideways)
        return false;
    double size = fmax(a->size, b->size), gap = b->box.x0 - a->box.x1;
    if (fmin(a->size, b->size) < 0.5 * size)
        return false;
    double shift = fabs(a->base - b->base);
    bool script = fmin(a->size, b->size) < 0.82 * size; /* a superscript or subscript in a piece of its own */
    if (shift > (script ? 0.55 : 0.2) * size)
        return false;
    return gap > -0.6 * size && gap < (next ? 1.3 : a->block == b->block ? 0.75 : 0.45) * size;
}

static void merge(struct piece *a, struct piece *b)
{
    double gap = b->box.x0 - a->box.x1, size = fmin(a->size, b->size);
    if (gap > 0.15 * size && a->n && !is_space(a->glyphs[a->n - 1].c) && b->n && !is_space(b->glyphs[0].c)) {
        struct glyph space = a->glyphs[a->n - 1];
        space.c = ' ';
        space.x0 = a->box.x1;
        space.x1 = b->box.x0;
        add_glyph(a, space);
    }
    for (size_t i = 0; i < b->n; i++)
        add_glyph(a, b->glyphs[i]);
    if (b->size > a->size * 1.15 || (b->n > 2 * a->n && b->size > a->size * 0.95)) {
        a->size = b->size;
        a->base = b->base;
    }
    a->box = box_union(a->box, b->box);
    b->merged = true;
    free(b->glyphs);
    b->glyphs = NULL;
    b->n = b->cap = 0;
}

/* The place in `a` of a hole that `b` fills: Hangul word processors print the Hangul of a line first, with spaces for
 * what stands between, then digits and Latin words into the holes. 0: there is none. */
static size_t find_hole(const struct piece *a, const struct piece *b)
{
    double size = fmax(a->size, b->size), slack = 0.15 * size;
    if (a->sideways || b->sideways || fabs(a->base - b->base) > 0.2 * size || fmin(a->size, b->size) < 0.8 * size ||
        b->box.x0 < a->box.x0 || b->box.x1 > a->box.x1)
        return 0;
    for (size_t i = 0, hole = 0; i < a->n; i++) {
        const struct glyph *g = &a->glyphs[i];
        if (is_space(g->c))
            continue;
        if (g->x0 >= b->box.x1 - slack)
            return hole;
        hole = g->x1 <= b->box.x0 + slack ? i + 1 : 0;
    }
    return 0;
}

/* Puts `b` into the hole of `a`; spaces around it are those of the page, not those that made the hole. */
static void fill_hole(struct piece *a, struct piece *b, size_t hole)
{
    size_t end = hole;
    while (end < a->n && is_space(a->glyphs[end].c))
        end++;
    struct piece tail = {.size = a->size, .box = a->box};
    for (size_t i = end; i < a->n; i++)
        add_glyph(&tail, a->glyphs[i]);
    struct box whole = a->box;
    a->n = hole;
    a->box.x1 = a->glyphs[hole - 1].x1;
    merge(a, b);
    if (tail.n) {
        tail.box.x0 = tail.glyphs[0].x0;
        merge(a, &tail);
    }
    a->box = box_union(a->box, whole);
}

/* Joins the piece at `at` to an earlier one of its line. The place of the joined piece, or `at` when it stays alone. */
static size_t join_piece(struct taker *t, size_t at)
{
    enum { BACK = 12 };
    struct piece *b = &t->pieces[at];
    size_t looked = 0, hole;
    for (size_t j = at; j-- > 0 && looked < BACK;) {
        struct piece *a = &t->pieces[j];
        if (a->merged)
            continue;
        if (continues(a, b, looked++ == 0)) {
            merge(a, b);
            return j;
        }
        if (a->n >= MAX_LINE_CHARS / 2)
            continue;
        if ((hole = find_hole(a, b))) {
            fill_hole(a, b, hole);
            return j;
        }
        if (continues(b, a, false)) {
            /* Drawn after what it precedes: it takes the other's place in the order. */
            merge(b, a);
            struct piece keep = *b;
            *b = *a;
            *a = keep;
            return j;
        }
    }
    return at;
}

static void join_pieces(struct taker *t)
{
    for (size_t i = 1; i < t->n; i++) {
        /* What was joined in front may now reach the piece before it. */
        for (size_t at = i, to; (to = join_piece(t, at)) != at; at = to)
            ;
    }
}

static bool is_rtl(int c)
{
    return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC);
}

static int mirrored(int c)
{
    static const char pairs[] = "()[]{}<>";
    const char *at = c > 0 && c < 128 ? strchr(pairs, c) : NULL;
    return at ? pairs[(at - pairs) ^ 1] : c;
}

/* MuPDF gives right-to-left text as it lies on the page, left to right. Puts a line with such letters in reading order:
 * the whole reversed, with runs of other letters and digits turned back. */
static void reorder_rtl(struct glyph *g, size_t n)
{
    size_t rtl = 0, ltr = 0;
    for (size_t i = 0; i < n; i++) {
        rtl += is_rtl(g[i].c);
        ltr += !is_rtl(g[i].c) && text_is_letter(g[i].c);
    }
    if (!rtl || ltr > rtl)
        return;
    for (size_t i = 0, j = n; i + 1 < j; i++) {
        struct glyph swap = g[i];
        g[i] = g[--j];
        g[j] = swap;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_rtl(g[i].c) || (!text_is_letter(g[i].c) && !text_is_digit(g[i].c))) {
            g[i].c = mirrored(g[i].c);
            continue;
        }
        size_t end = i;
        for (size_t j = i; j < n && !is_rtl(g[j].c); j++)
            if (text_is_letter(g[j].c) || text_is_digit(g[j].c))
                end = j;
        for (size_t a = i, b = end; a < b; a++, b--) {
            struct glyph swap = g[a];
            g[a] = g[b];
            g[b] = swap;
        }
        i = end;
    }
}

static int superscript(int c)
{
    static const int digits[] = {0x2070, 0xB9, 0xB2, 0xB3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079};
    if (c >= '0' && c <= '9')
        return digits[c - '0'];
    return c == '+' ? 0x207A : c == '-' || c == 0x2212 || c == 0x2013 ? 0x207B : c == 'n' ? 0x207F : 0;
}

static int subscript(int c)
{
    return c >= '0' && c <= '9' ? 0x2080 + c - '0' : 0;
}

/* The character as written: a small one that is raised or lowered gets its Unicode form where there is one, and only
 * when its whole run has: "10⁻³" but "10ab". */
static int shifted(const struct piece *p, size_t i)
{
    const struct glyph *g = &p->glyphs[i];
    if (p->sideways || g->size > 0.82 * p->size)
        return g->c;
    double up = p->base - g->base;
    int s = up > 0.15 * p->size ? superscript(g->c) : up < -0.05 * p->size ? subscript(g->c) : 0;
    return s ? s : g->c;
}

/* The font that most of the glyphs have. */
static int prevailing_font(const struct piece *p)
{
    int best = 0, best_n = 0, candidate[8], count[8], n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (is_space(p->glyphs[i].c))
            continue;
        int k = 0;
        while (k < n && candidate[k] != p->glyphs[i].font)
            k++;
        if (k == n && n < 8) {
            candidate[n] = p->glyphs[i].font;
            count[n++] = 0;
        }
        if (k < n && ++count[k] > best_n) {
            best_n = count[k];
            best = candidate[k];
        }
    }
    return best;
}

/* Where the caption of the figure to the right begins on a line that starts with a caption: a label of the same kind
 * behind a gap. The number of glyphs when there is none. */
static size_t find_neighbour(const struct piece *p, const struct str *raw, const size_t *offsets)
{
    struct label own, other;
    if (!label_parse(raw->data, raw->len, &own) || !own.number[0] || own.cue)
        return p->n;
    for (size_t i = 1, last = 0; i < p->n; i++) {
        if (is_space(p->glyphs[i].c))
            continue;
        if (p->glyphs[i].x0 - p->glyphs[last].x1 > 0.7 * p->size &&
            label_parse(raw->data + offsets[i], raw->len - offsets[i], &other) && other.number[0] &&
            str_same(other.kind, own.kind) && other.separator == own.separator && !str_same(other.number, own.number))
            return i;
        last = i;
    }
    return p->n;
}

/* The combining form of an accent that stands alone, or 0. */
static int combining(int c)
{
    static const int accents[][2] = {{0x60, 0x300},  {0xB4, 0x301},  {0x2C6, 0x302}, {'^', 0x302},   {0x2DC, 0x303},
                                     {'~', 0x303},   {0xAF, 0x304},  {0x2D8, 0x306}, {0x2D9, 0x307}, {0xA8, 0x308},
                                     {0x2DA, 0x30A}, {0x2DD, 0x30B}, {0x2C7, 0x30C}, {0xB8, 0x327},  {0x2DB, 0x328}};
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        if (accents[i][0] == c)
            return accents[i][1];
    return 0;
}

enum { UNKNOWN = 0xFFFD };

/* The accent that TeX printed as a glyph of its own over or under the letter behind it: "´e" is é; UNKNOWN where the
 * font does not tell which it is. Else 0. */
static int accent_of_next(const struct piece *p, size_t i)
{
    const struct glyph *g = &p->glyphs[i], *next = g + 1;
    int mark = i + 1 >= p->n ? 0 : g->c == UNKNOWN ? UNKNOWN : combining(g->c);
    if (!mark || !text_is_letter(next->c) || next->c >= 0x250)
        return 0;
    double centre = (g->x0 + g->x1) / 2;
    return centre > next->x0 - 0.05 * p->size && centre < next->x1 + 0.05 * p->size && g->x1 > next->x0 ? mark : 0;
}

/* Writes a line's text; the glyphs from the result on are another line. */
static size_t write_text(const struct piece *p, struct str *raw)
{
    enum { DOTLESS_I = 0x131, DOTLESS_J = 0x237 };
    size_t *offsets = mem_array(p->n + 1, sizeof *offsets);
    for (size_t i = 0; i < p->n; i++) {
        int mark = accent_of_next(p, i);
        offsets[i] = raw->len;
        if (mark)
            offsets[++i] = raw->len;
        int c = shifted(p, i);
        str_add_utf8(raw, mark && c == DOTLESS_I ? 'i' : mark && c == DOTLESS_J ? 'j' : c);
        if (mark && mark != UNKNOWN)
            str_add_utf8(raw, mark);
    }
    size_t end = p->sideways ? p->n : find_neighbour(p, raw, offsets);
    if (end < p->n)
        str_cut(raw, offsets[end]);
    free(offsets);
    return end;
}

/* Where the words of a line stand, for finding the columns of tables. Left out where cleaning made more or fewer words
 * of the text than the page has. */
static void note_words(struct pdf_doc *d, const struct piece *p, struct pdf_line *line)
{
    size_t n = 1, found = 0;
    for (size_t i = 0; i < line->len; i++)
        n += line->text[i] == ' ';
    struct pdf_span *words = arena_array(d->arena, n, sizeof *words);
    bool inside = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct glyph *g = &p->glyphs[i];
        if (is_space(g->c)) {
            inside = false;
            continue;
        }
        if (!inside && ++found > n)
            return;
        struct pdf_span *w = &words[found - 1];
        if (!inside || g->x0 < (double)w->x0)
            w->x0 = (float)g->x0;
        if (!inside || g->x1 > (double)w->x1)
            w->x1 = (float)g->x1;
        inside = true;
    }
    if (found != n)
        return;
    line->words = words;
    line->n_words = n;
}

/* `p` has the glyphs of this line only. */
static void store_line(struct taker *t, const struct piece *p, struct pdf_line line, const struct str *raw)
{
    struct pdf_doc *d = t->d;
    struct pdf_sheet *page = t->page;
    struct str *clean = &t->clean;
    str_clear(clean);
    /* text_clean would drop the soft hyphen that pdf_join_line needs at the end. */
    bool soft = raw->len >= 2 && memcmp(raw->data + raw->len - 2, "\xC2\xAD", 2) == 0;
    text_clean(raw->data, raw->len, clean);
    if (soft)
        str_add(clean, "\xC2\xAD");
    if (clean->len && d->text_bytes < PDF_MAX_TEXT && page->n_lines < PDF_MAX_LINES) {
        line.text = arena_strndup(d->arena, clean->data, clean->len);
        line.len = clean->len;
        d->text_bytes += clean->len;
        note_words(d, p, &line);
        ARENA_GROW(d->arena, page->lines, page->n_lines, page->cap_lines);
        page->lines[page->n_lines++] = line;
    }
}

/* Makes a line of the piece's glyphs up to where another line begins; how many these are. */
static size_t add_line(struct taker *t, const struct piece *p)
{
    const struct pdf_doc *d = t->d;
    str_clear(&t->raw);
    size_t n = write_text(p, &t->raw);
    struct piece own = *p;
    own.n = n;
    struct pdf_line line = {
        .box = p->box, .base = p->base, .size = p->size, .sideways = p->sideways, .block = p->block};
    for (size_t i = 0; i < n; i++) {
        const struct glyph *g = &p->glyphs[i];
        if (is_space(g->c))
            continue;
        if (!line.n_chars++) {
            line.head_font = g->font;
            line.head_size = g->size;
            line.colour = g->colour;
        }
        if (n < p->n)
            line.box.x1 = g->x1;
    }
    line.font = prevailing_font(&own);
    line.bold = d->fonts[line.font].bold;
    line.italic = d->fonts[line.font].italic;
    line.head_bold = d->fonts[line.head_font].bold;
    store_line(t, &own, line, &t->raw);
    return n;
}

static void add_lines(struct taker *t, struct piece *p)
{
    if (!p->sideways)
        reorder_rtl(p->glyphs, p->n);
    struct piece rest = *p;
    for (size_t n; rest.n; rest.glyphs += n, rest.n -= n) {
        if (rest.glyphs > p->glyphs)
            rest.box.x0 = rest.glyphs[0].x0;
        n = add_line(t, &rest);
    }
}

void pdf_take_lines(struct pdf_doc *d, struct pdf_sheet *page, const struct pdf_chars *chars)
{
    /* Nothing in here throws: MuPDF is only asked for names of fonts. */
    struct taker t = {.d = d,
                      .page = page,
                      .chars = chars,
                      .raw = STR_INIT(6 * MAX_LINE_CHARS),
                      .clean = STR_INIT(6 * MAX_LINE_CHARS)};
    t.seen = mem_resize(NULL, SEEN_SLOTS, sizeof *t.seen);
    t.fonts = mem_array(chars->n_fonts + 1, sizeof *t.fonts);
    for (size_t i = 0; i < chars->n_fonts; i++)
        t.fonts[i] = -1;
    measure_fonts(&t);
    for (size_t i = 0; i < chars->n_runs && t.n < PDF_MAX_LINES; i++)
        take_piece(&t, &chars->runs[i]);
    join_pieces(&t);
    for (size_t i = 0; i < t.n; i++) {
        if (!t.pieces[i].merged)
            add_lines(&t, &t.pieces[i]);
        free(t.pieces[i].glyphs);
    }
    str_release(&t.clean);
    str_release(&t.raw);
    free(t.building.glyphs);
    free(t.pieces);
    free(t.fonts);
    free(t.seen);
}

/* Whether a hyphen at the end of `out` divides a word that `text` goes on with. */
static bool divides_word(const struct str *out, const char *text, size_t len)
{
    if (out->len < 2 || out->data[out->len - 1] != '-')
        return false;
    size_t at = out->len - 2;
    while (at > 0 && ((unsigned char)out->data[at] & 0xC0) == 0x80)
        at--;
    size_t here = at, next = 0;
    int before = text_next(out->data, out->len, &here), after = text_next(text, len, &next);
    if (!text_is_letter(before) || !text_is_letter(after))
        return false;
    /* A capital behind the hyphen is no divided word: "IL-\nB". Letters without case are never divided by one. */
    return (after >= 'a' && after <= 'z') || after > 0xDF;
}

void pdf_join_line(struct str *out, const char *text, size_t len)
{
    if (!len)
        return;
    if (out->len >= 2 && memcmp(out->data + out->len - 2, "\xC2\xAD", 2) == 0)
        str_cut(out, out->len - 2);
    else if (divides_word(out, text, len))
        str_cut(out, out->len - 1);
    else if (out->len) {
        size_t at = out->len - 1, next = 0;
        while (at > 0 && ((unsigned char)out->data[at] & 0xC0) == 0x80)
            at--;
        int before = text_next(out->data, out->len, &at), after = text_next(text, len, &next);
        /* Chinese and Japanese have no space between lines. */
        bool wide = before >= 0x2E80 && before < 0xAC00 && after >= 0x2E80 && after < 0xAC00;
        bool joined = before == '-' || before == 0x2010 || before == 0x2011 || before == '/';
        if (!wide && !joined)
            str_add_char(out, ' ');
    }
    str_add_bytes(out, text, len);
}

/* pdf_panel.c: the panels of a figure of a PDF: letters and images of the page tell where they are, the picture's own
 * pixels where one ends. */
#include <math.h>
#include <string.h>

#include "extract/panel_split.h"
#include "extract/pdf_page.h"

enum { MAX_LETTERS = 200 };

struct letter { /* a line that is a panel label, or begins with one */
    const struct pdf_line *line;
    size_t panel;
    bool alone;
};

/* 2: the line is that label; 1: it begins with it; 0: neither. */
static int is_label(const struct pdf_line *line, const char *label)
{
    const char *p = line->text, *end = line->text + line->len;
    size_t len = strlen(label);
    bool open = p < end && *p == '(';
    p += open;
    if ((size_t)(end - p) < len || memcmp(p, label, len) != 0)
        return 0;
    p += len;
    if (open && (p == end || *p != ')'))
        return 0;
    p += p < end && strchr(").:", *p);
    return p == end ? 2 : *p == ' ' ? 1 : 0;
}

static size_t find_letters(const struct pdf_sheet *page, struct box area, const struct art_panel *panels, size_t n,
                           struct letter *out)
{
    size_t found = 0;
    struct box near = box_grow(area, 4);
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->class == LINE_CAPTION || line->class == LINE_FURNITURE || line->sideways ||
            !box_holds_centre(near, line->box))
            continue;
        for (size_t k = 0; k < n && found < MAX_LETTERS; k++) {
            int how = is_label(line, panels[k].label);
            if (how)
                out[found++] = (struct letter){line, k, how == 2};
        }
    }
    return found;
}

static bool same_style(const struct letter *a, const struct letter *b)
{
    return a->alone == b->alone && a->line->head_font == b->line->head_font &&
           fabs(a->line->head_size - b->line->head_size) < 0.6;
}

/* A letter for each panel, all set in the style of `lead`; false unless there is exactly one of each. */
static bool gather(const struct letter *letters, size_t n_letters, const struct letter *lead, size_t n,
                   const struct pdf_line **out)
{
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n_letters; i++) {
        const struct letter *l = &letters[i];
        if (!same_style(l, lead))
            continue;
        if (out[l->panel])
            return false;
        out[l->panel] = l->line;
    }
    for (size_t k = 0; k < n; k++)
        if (!out[k])
            return false;
    return true;
}

static bool choose_letters(const struct letter *letters, size_t n_letters, size_t n, const struct pdf_line **out)
{
    for (int alone = 1; alone >= 0; alone--)
        for (size_t i = 0; i < n_letters; i++)
            if (letters[i].panel == 0 && letters[i].alone == (alone == 1) &&
                gather(letters, n_letters, &letters[i], n, out))
                return true;
    return false;
}

/* ---- to the raster's pixels */

struct mapping {
    struct box area; /* of the page that the picture shows */
    const struct raster *raster;
};

static int clamp(double v, int max)
{
    return v < 0 ? 0 : v > max ? max : (int)v;
}

static struct panel_rect to_pixels(const struct mapping *m, struct box b)
{
    double sx = m->raster->width / box_width(m->area), sy = m->raster->height / box_height(m->area);
    return (struct panel_rect){clamp(floor((b.x0 - m->area.x0) * sx), m->raster->width - 1),
                               clamp(floor((b.y0 - m->area.y0) * sy), m->raster->height - 1),
                               clamp(ceil((b.x1 - m->area.x0) * sx), m->raster->width),
                               clamp(ceil((b.y1 - m->area.y0) * sy), m->raster->height)};
}

static size_t find_images(const struct pdf_sheet *page, const struct mapping *m, struct panel_rect *out)
{
    size_t n = 0;
    for (size_t i = 0; i < page->n_marks; i++) {
        const struct pdf_mark *mark = &page->marks[i];
        struct box seen = box_intersect(mark->box, m->area);
        if (mark->kind != MARK_IMAGE || mark->white || mark->gone || mark->furniture ||
            box_area(seen) < 0.01 * box_area(m->area))
            continue;
        if (n == PANEL_MAX)
            return 0;
        out[n++] = to_pixels(m, seen);
    }
    return n;
}

/* ---- */

/* A caption that names no panels may stand under a figure that letters its own. Nothing less than bold letters that
 * stand alone, from A on, are believed. */
static size_t letters_of_their_own(const struct pdf_sheet *page, struct box area, const char *first,
                                   struct art_panel *panels, const struct pdf_line **lines)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L",
                                        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    struct letter letters[MAX_LETTERS];
    size_t most = 12, from = *first == 'A' ? 0 : most;
    for (size_t i = 0; i < most; i++)
        panels[i] = (struct art_panel){.label = names[from + i]};
    size_t found = find_letters(page, area, panels, most, letters);
    for (size_t n = most; n >= 2; n--)
        for (size_t i = 0; i < found; i++) {
            const struct letter *lead = &letters[i];
            if (lead->panel || !lead->alone || !lead->line->head_bold)
                continue;
            struct letter used[MAX_LETTERS];
            size_t n_used = 0;
            bool beyond = false;
            for (size_t k = 0; k < found; k++) {
                if (letters[k].panel < n)
                    used[n_used++] = letters[k];
                else
                    beyond = beyond || same_style(&letters[k], lead);
            }
            if (!beyond && gather(used, n_used, lead, n, lines))
                return n;
        }
    return 0;
}

static void place(struct art_figure *f, const struct panel_cut *cut)
{
    for (size_t i = 0; i < f->n_panels; i++) {
        const struct panel_rect *b = &cut->boxes[i];
        struct art_panel *p = &f->panels[i];
        p->box = (struct box){b->x0, b->y0, b->x1, b->y1};
        p->method = panel_method_name(cut->method);
        p->confidence = fmin(p->confidence, cut->confidence);
    }
}

void pdf_place_panels(struct pdf_doc *d, const struct pdf_sheet *page, struct box area, struct art_figure *f,
                      const struct raster *raster)
{
    struct arena arena = ARENA_INIT;
    const struct pdf_line *lines[PANEL_MAX];
    struct letter letters[MAX_LETTERS];
    struct panel_rect boxes[PANEL_MAX], images[PANEL_MAX];
    struct art_panel own[PANEL_MAX];
    struct mapping m = {area, raster};
    struct panel_cut cut;
    size_t n = f->n_panels;
    bool named = n >= 2;
    if (!raster->pixels || strcmp(f->kind, "table") == 0)
        return;
    bool lettered = named && choose_letters(letters, find_letters(page, area, f->panels, n, letters), n, lines);
    if (!named) {
        n = letters_of_their_own(page, area, "A", own, lines);
        n = n ? n : letters_of_their_own(page, area, "a", own, lines);
        lettered = n >= 2;
    }
    for (size_t i = 0; lettered && i < n; i++)
        boxes[i] = to_pixels(&m, lines[i]->box);
    struct panel_hints hints = {n < 2   ? 0
                                : named ? *f->panels[0].label
                                        : *own[0].label,
                                lettered ? boxes : NULL, images, find_images(page, &m, images)};
    if (n >= 2 && panel_split(&arena, raster, n, &hints, &cut) && (named || cut.method == PANEL_BY_LETTERS)) {
        if (!named) {
            f->panels = arena_array(&d->article->arena, n, sizeof *f->panels);
            memcpy(f->panels, own, n * sizeof *own);
            f->n_panels = n;
            for (size_t i = 0; i < n; i++)
                f->panels[i].confidence = 0.8;
        }
        place(f, &cut);
    }
    arena_release(&arena);
}

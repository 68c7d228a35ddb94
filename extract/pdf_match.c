/* pdf_match.c: gives each caption its region: tables first, then the figures of a page together, then captions whose
 * figure stands on the page before or behind; what is left over and large is noted as loose. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_page.h"

enum { CANDIDATES = 6, MAX_STEPS = 200000 };

struct choice { /* the captions of a page and their candidates */
    int captions[PDF_MAX_CAPTIONS];
    struct pdf_region regions[PDF_MAX_CAPTIONS][CANDIDATES];
    size_t n_regions[PDF_MAX_CAPTIONS];
    size_t n;
    int current[PDF_MAX_CAPTIONS], best[PDF_MAX_CAPTIONS]; /* candidate, or -1 */
    double best_score;
    double rest[PDF_MAX_CAPTIONS + 1]; /* the most that captions from here on can still add */
    long steps;
};

static double clash(struct box a, struct box b)
{
    double smaller = fmin(box_area(a), box_area(b));
    double share = smaller > 0 ? box_area(box_intersect(a, b)) / smaller : 0;
    return share > 0.03 ? 0.4 + 2 * share : 0;
}

/* Branch and bound over the captions of one page. */
static void search(struct choice *ch, size_t at, double score)
{
    if (ch->steps++ > MAX_STEPS || score + ch->rest[at] <= ch->best_score)
        return;
    if (at == ch->n) {
        ch->best_score = score;
        memcpy(ch->best, ch->current, sizeof ch->best);
        return;
    }
    for (int k = 0; k < (int)ch->n_regions[at]; k++) {
        double s = ch->regions[at][k].score;
        for (size_t i = 0; i < at; i++)
            if (ch->current[i] >= 0)
                s -= clash(ch->regions[i][ch->current[i]].box, ch->regions[at][k].box);
        ch->current[at] = k;
        search(ch, at + 1, score + s);
    }
    ch->current[at] = -1;
    search(ch, at + 1, score - 0.4);
}

static void choose(struct choice *ch)
{
    ch->best_score = -1e9;
    ch->steps = 0;
    ch->rest[ch->n] = 0;
    for (size_t i = ch->n; i-- > 0;)
        ch->rest[i] = ch->rest[i + 1] + (ch->n_regions[i] ? fmax(ch->regions[i][0].score, -0.4) : -0.4);
    for (size_t i = 0; i < ch->n; i++)
        ch->best[i] = -1;
    search(ch, 0, 0);
}

static void load_choice(struct pdf_doc *d, int p, struct pdf_graphics *g, const double prior[SIDES], struct choice *ch)
{
    ch->n = 0;
    for (size_t i = 0; i < d->n_captions && ch->n < PDF_MAX_CAPTIONS; i++) {
        const struct pdf_caption *c = &d->captions[i];
        if (c->page != p || c->table || c->is_twin)
            continue;
        ch->captions[ch->n] = (int)i;
        ch->n_regions[ch->n] = pdf_regions(d, &d->pages[p], g, (int)i, prior, ch->regions[ch->n], CANDIDATES);
        ch->n++;
    }
}

static void set_region(struct pdf_caption *c, int page, struct box box, enum side side, double confidence)
{
    c->region_page = page;
    c->region = box;
    c->side = side;
    c->confidence = fmax(0.05, fmin(0.99, confidence));
}

/* From a region's score and its lead over the best region on another side. Both are differences of costs, so their sum
 * goes through a logistic; its slope spreads what real articles give (0.2 to 1.6, mostly near 1) over 0.5 to 0.98. */
static double confidence_of(double score, double runner_up)
{
    return 1 / (1 + exp(0.2 - 2.2 * score - (score - runner_up)));
}

static void claim(struct pdf_graphics *g, struct box box, int caption)
{
    for (size_t i = 0; i < g->n_clusters; i++)
        if (box_holds_centre(box_grow(box, 2), g->clusters[i].box))
            g->clusters[i].owner = caption;
}

static void match_tables(struct pdf_doc *d, struct pdf_graphics *all)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        struct pdf_caption *c = &d->captions[i];
        struct pdf_region r;
        struct pdf_graphics *g = &all[c->page];
        if (!c->table || c->is_twin || !pdf_table_region(d, &d->pages[c->page], g, (int)i, &r))
            continue;
        set_region(c, c->page, r.box, r.side, 0.5 + 0.4 * r.score);
        claim(g, r.box, (int)i);
        pdf_add_block(d, g, (struct pdf_block){r.box, (int)i, false});
    }
}

/* How often each side was chosen where there was hardly a doubt, as a prior for all. */
static void learn_sides(struct pdf_doc *d, struct pdf_graphics *all, struct choice *ch, double prior[SIDES])
{
    double votes[SIDES] = {0}, total = 0;
    for (int p = 0; p < d->n_pages; p++) {
        load_choice(d, p, &all[p], prior, ch);
        choose(ch);
        for (size_t i = 0; i < ch->n; i++) {
            if (ch->best[i] < 0)
                continue;
            const struct pdf_region *r = &ch->regions[i][ch->best[i]];
            double runner_up = -1;
            for (size_t k = 0; k < ch->n_regions[i]; k++)
                if (ch->regions[i][k].side != r->side)
                    runner_up = fmax(runner_up, ch->regions[i][k].score);
            double weight = fmin(1, fmax(0.1, r->score - runner_up));
            votes[r->side] += weight;
            total += weight;
        }
    }
    if (total <= 0)
        return;
    for (int s = 0; s < SIDES; s++)
        prior[s] += 0.6 * (votes[s] / total - 0.25) * fmin(1, total / 2);
}

static void match_figures(struct pdf_doc *d, struct pdf_graphics *all, struct choice *ch)
{
    double prior[SIDES] = {[SIDE_ABOVE] = 0.2, [SIDE_BELOW] = 0.05, [SIDE_LEFT] = -0.1, [SIDE_RIGHT] = -0.1};
    learn_sides(d, all, ch, prior);
    for (int p = 0; p < d->n_pages; p++) {
        load_choice(d, p, &all[p], prior, ch);
        choose(ch);
        for (size_t i = 0; i < ch->n; i++) {
            if (ch->best[i] < 0)
                continue;
            const struct pdf_region *r = &ch->regions[i][ch->best[i]];
            double runner_up = 0;
            for (size_t k = 0; k < ch->n_regions[i]; k++)
                if ((int)k != ch->best[i] && ch->regions[i][k].side != r->side)
                    runner_up = fmax(runner_up, ch->regions[i][k].score);
            set_region(&d->captions[ch->captions[i]], p, r->box, r->side, confidence_of(r->score, runner_up));
            claim(&all[p], r->box, ch->captions[i]);
        }
    }
}

/* What no caption claims on a page, as one region; empty when it is small or the page has captions that want it. */
static struct box unclaimed(const struct pdf_doc *d, const struct pdf_graphics *g, int p)
{
    const struct pdf_sheet *page = &d->pages[p];
    struct box box = {0, 0, 0, 0};
    for (size_t i = 0; i < g->n_clusters; i++) {
        const struct pdf_cluster *c = &g->clusters[i];
        if (c->owner >= 0 || !c->n_marks || c->rules_only || box_area(c->box) < 0.004 * page->width * page->height)
            continue;
        box = box_union(box, c->box);
    }
    /* Small things around it: ticks, the title of an axis. */
    for (int round = 0; round < 2 && !box_empty(box); round++)
        for (size_t i = 0; i < g->n_clusters; i++) {
            const struct pdf_cluster *c = &g->clusters[i];
            struct box near = box_grow(box, 2 * d->leading);
            if (c->owner < 0 && !c->rules_only && box_overlap_x(c->box, near) > 0 && box_overlap_y(c->box, near) > 0)
                box = box_union(box, c->box);
        }
    return box;
}

/* A caption without graphics on its own page may belong to a figure that fills the page before or behind it. */
static void match_neighbours(struct pdf_doc *d, struct pdf_graphics *all)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        struct pdf_caption *c = &d->captions[i];
        double own =
            c->region_page >= 0 ? box_area(c->region) / (d->pages[c->page].width * d->pages[c->page].height) : 0;
        if (c->is_twin || c->table || (c->region_page >= 0 && (own > 0.03 || c->confidence > 0.6)))
            continue;
        for (int step = -1; step <= 1; step += 2) {
            int p = c->page + step;
            if (p < 0 || p >= d->n_pages)
                continue;
            struct box box = unclaimed(d, &all[p], p);
            double share = box_area(box) / (d->pages[p].width * d->pages[p].height);
            if (share < 0.12 || d->pages[p].n_body > 30)
                continue;
            set_region(c, p, box, step < 0 ? SIDE_BEFORE : SIDE_AFTER, 0.45);
            claim(&all[p], box, (int)i);
            break;
        }
    }
}

/* The column that holds a box, or -1: there is none, or the box spans several. */
static int column_of(const struct pdf_sheet *page, struct box b)
{
    int found = -1;
    for (size_t i = 0; i < page->n_columns; i++) {
        const struct pdf_column *c = &page->columns[i];
        if (fmin(b.x1, c->x1) - fmax(b.x0, c->x0) <= 0.1 * (c->x1 - c->x0))
            continue;
        if (found >= 0)
            return -1;
        found = (int)i;
    }
    return found;
}

static bool in_column(const struct pdf_sheet *page, struct box b, int column)
{
    const struct pdf_column *c = &page->columns[column];
    return fmin(b.x1, c->x1) - fmax(b.x0, c->x0) > 0;
}

/* Whether a column begins with this caption. */
static bool heads_column(const struct pdf_sheet *page, const struct pdf_graphics *g, const struct pdf_caption *c,
                         int column)
{
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        if (line->class != LINE_FURNITURE && !line->sideways && line->box.y1 < c->box.y0 + 1 &&
            line->box.y0 > page->text_area.y0 - 2 && in_column(page, line->box, column))
            return false;
    }
    for (size_t i = 0; i < g->n_clusters; i++)
        if (!g->clusters[i].rules_only && g->clusters[i].box.y0 < c->box.y0 &&
            in_column(page, g->clusters[i].box, column))
            return false;
    return true;
}

/* What nobody claims of the graphics that a column ends with, below all of its text. */
static struct box foot_of_column(const struct pdf_doc *d, const struct pdf_sheet *page, const struct pdf_graphics *g,
                                 int column)
{
    struct box box = {0, 0, 0, 0};
    double text = 0;
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct pdf_line *line = &page->lines[i];
        bool running = line->class == LINE_BODY || line->class == LINE_HEADING || line->class == LINE_CAPTION;
        if (running && !line->in_graphic && in_column(page, line->box, column))
            text = fmax(text, line->box.y1);
    }
    for (int lettering = 0; lettering <= 1; lettering++) /* what is drawn, then the text near to it */
        for (size_t i = 0; i < g->n_clusters; i++) {
            const struct pdf_cluster *c = &g->clusters[i];
            bool near = lettering && box_overlap_y(c->box, box_grow(box, 2 * d->leading)) > 0;
            if (c->owner < 0 && !c->rules_only && (c->n_marks ? !lettering : near) && c->box.y0 > text - 2 &&
                column_of(page, c->box) == column)
                box = box_union(box, c->box);
        }
    return box;
}

/* A figure may end one column and its caption begin the next, on the same page or on the one behind it. */
static void match_column_breaks(struct pdf_doc *d, struct pdf_graphics *all)
{
    static const double least = 0.03, confidence = 0.5; /* least: share of the page */
    for (size_t i = 0; i < d->n_captions; i++) {
        struct pdf_caption *c = &d->captions[i];
        const struct pdf_sheet *page = &d->pages[c->page];
        int column = c->region_page >= 0 || c->table || c->is_twin ? -1 : column_of(page, c->box);
        if (column < 0 || !heads_column(page, &all[c->page], c, column))
            continue;
        int p = column > 0 ? c->page : c->page - 1;
        if (p < 0 || !d->pages[p].n_columns)
            continue;
        struct box box =
            foot_of_column(d, &d->pages[p], &all[p], column > 0 ? column - 1 : (int)d->pages[p].n_columns - 1);
        if (box_area(box) < least * d->pages[p].width * d->pages[p].height)
            continue;
        set_region(c, p, box, SIDE_BEFORE, confidence);
        claim(&all[p], box, (int)i);
    }
}

static void note_loose(struct pdf_doc *d, struct pdf_graphics *all)
{
    for (int p = 0; p < d->n_pages; p++)
        for (size_t i = 0; i < all[p].n_clusters && d->n_loose < 200; i++) {
            const struct pdf_cluster *c = &all[p].clusters[i];
            if (c->owner >= 0 || !c->n_marks || c->rules_only ||
                box_area(c->drawn) < 0.06 * d->pages[p].width * d->pages[p].height)
                continue;
            ARENA_GROW(d->arena, d->loose, d->n_loose, d->cap_loose);
            d->loose[d->n_loose++] = (struct pdf_loose){p, c->box};
        }
}

static bool has_caption(const struct pdf_doc *d, int page)
{
    for (size_t i = 0; i < d->n_captions; i++)
        if (d->captions[i].page == page)
            return true;
    return false;
}

void pdf_match(struct pdf_doc *d)
{
    struct pdf_graphics *all = arena_array(d->arena, (size_t)d->n_pages + 1, sizeof *all);
    for (int p = 0; p < d->n_pages; p++)
        if (d->pages[p].n_marks || has_caption(d, p))
            pdf_cluster_page(d, &d->pages[p], &all[p]);
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *c = &d->captions[i];
        int owner = (int)i;
        for (size_t k = 0; c->is_twin && k < d->n_captions; k++)
            if (d->captions[k].twin == (int)i)
                owner = (int)k;
        pdf_add_block(d, &all[c->page], (struct pdf_block){c->box, owner, false});
    }
    struct choice *ch = arena_new(d->arena, sizeof *ch);
    match_tables(d, all);
    match_figures(d, all, ch);
    match_neighbours(d, all);
    match_column_breaks(d, all);
    note_loose(d, all);
}

/* pdf_caption.c: where captions start and which of the candidates are real; their texts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "extract/pdf_page.h"

/* A caption's label as it stands in print, for telling which candidates are set alike. */
struct style {
    int font, size, separator, bracket;
    bool table;
};

/* The scores from which a candidate is believed: by itself, where its number is missing, where it is the last. */
static const double ACCEPT = 1.5, ACCEPT_MISSING = 0.6, ACCEPT_LAST = 1.0;

static const struct pdf_line *first_line(const struct pdf_doc *d, const struct pdf_caption *c)
{
    return &d->pages[c->page].lines[c->first_line];
}

/* ---- candidates */

/* The character behind a label that shows that the sentence goes on: "Figure 2, the", "Figure 2) and". */
static bool goes_on(int c)
{
    return c == ',' || c == ';' || c == ')' || c == ']' || c == '/';
}

static double start_score(const struct pdf_doc *d, const struct pdf_sheet *page, size_t at, const struct label *label)
{
    const struct pdf_line *line = &page->lines[at];
    double score = 0;
    size_t rest = label->len;
    int next = text_next(line->text, line->len, &rest);
    size_t behind = label->label_len;
    int directly = text_next(line->text, line->len, &behind);
    if (goes_on(directly))
        score -= 3;
    bool lower = next >= 0 && text_is_lower(next);
    if (label->separator)
        score += 1.5;
    else if (lower)
        score -= 2;
    else if (next >= 0)
        score += 0.3;
    if (label->separator == '-' && lower)
        score -= 1;
    /* A label alone on its line, and alone on a page of figures. */
    if (next < 0 && label->number[0])
        score += page->n_body ? 0.5 : 1.5;
    if (label->cue)
        score -= 2.5;
    /* "(Fig. 1)" is how a sentence refers to one; that captions are set so, others of the document must tell. */
    if (label->bracket == '(')
        score -= line->class == LINE_BODY || label->separator ? 3 : 0.5;
    if (!label->capital)
        score -= 2;
    if (label->plural)
        score -= 1.5;
    /* Alone on its line a word without number is a credit ("ILLUSTRATION  J. Doe") or a word of a diagram. */
    if (!label->number[0])
        score -= label->separator ? 1.5 : 3;
    if (line->head_bold && !(d->fonts[d->body_font].bold))
        score += 1.5;
    else if (line->head_font != d->body_font)
        score += 0.8;
    if (fabs(line->head_size - d->body_size) > 0.35)
        score += 0.8;
    if (line->colour != 0 && line->colour != 0x231F20)
        score += 0.3;
    if (line->class == LINE_BODY)
        score -= 0.5;
    /* In the middle of a paragraph it is a reference that happens to begin a line. */
    if (at > 0) {
        const struct pdf_line *above = &page->lines[at - 1];
        double step = line->base - above->base;
        bool same = above->block == line->block;
        bool tight = step > 0 && step < 1.35 * fmax(d->leading, line->size) && box_overlap_x(above->box, line->box) > 0;
        if (!same)
            score += 0.8;
        if (tight && same && above->class == LINE_BODY && fabs(above->size - line->size) < 0.3) {
            int last = above->len ? (unsigned char)above->text[above->len - 1] : 0;
            score -= last == '.' || last == ':' ? 0.7 : 2.5;
        }
    } else {
        score += 0.8;
    }
    return score;
}

static void add_candidate(struct pdf_doc *d, int p, size_t at, const struct label *label, double score)
{
    ARENA_GROW(d->arena, d->captions, d->n_captions, d->cap_captions);
    struct pdf_caption *c = &d->captions[d->n_captions++];
    *c = (struct pdf_caption){.page = p,
                              .first_line = at,
                              .label = *label,
                              .score = score,
                              .twin = -1,
                              .continues = -1,
                              .region_page = -1,
                              .figure = -1};
    c->table = str_same(label->kind, "table");
}

static void find_starts(struct pdf_doc *d)
{
    for (int p = 0; p < d->n_pages; p++) {
        struct pdf_sheet *page = &d->pages[p];
        for (size_t i = 0; i < page->n_lines && d->n_captions < ARTICLE_MAX_FIGURES; i++) {
            const struct pdf_line *line = &page->lines[i];
            struct label label;
            if (line->class == LINE_FURNITURE || line->sideways || !label_parse(line->text, line->len, &label))
                continue;
            add_candidate(d, p, i, &label, start_score(d, page, i, &label));
        }
    }
}

/* ---- choice */

static struct style style_of(const struct pdf_doc *d, const struct pdf_caption *c)
{
    const struct pdf_line *line = first_line(d, c);
    return (struct style){line->head_font, (int)lround(line->head_size * 2), c->label.separator, c->label.bracket,
                          c->table};
}

static bool same_style(struct style a, struct style b)
{
    return a.font == b.font && abs(a.size - b.size) <= 1 && a.separator == b.separator && a.bracket == b.bracket &&
           a.table == b.table;
}

/* Captions of one document are set alike: what looks like other good candidates of its kind gains. */
static void vote_style(struct pdf_doc *d)
{
    double *bonus = mem_array(d->n_captions + 1, sizeof *bonus);
    for (size_t i = 0; i < d->n_captions; i++) {
        struct style mine = style_of(d, &d->captions[i]);
        size_t alike = 0, good = 0;
        for (size_t k = 0; k < d->n_captions && k < 600; k++) {
            if (d->captions[k].table != d->captions[i].table || d->captions[k].score < 1)
                continue;
            good++;
            alike += k != i && !str_same(d->captions[k].label.number, d->captions[i].label.number) &&
                     same_style(mine, style_of(d, &d->captions[k]));
        }
        if (good > 1)
            bonus[i] = alike ? 0.8 + 1.2 * (double)alike / (double)good : -0.5;
    }
    for (size_t i = 0; i < d->n_captions; i++)
        d->captions[i].score += bonus[i];
    free(bonus);
}

static bool same_figure(const struct pdf_caption *a, const struct pdf_caption *b)
{
    return a->label.number[0] && str_same(a->label.kind, b->label.kind) && str_same(a->label.number, b->label.number);
}

static bool may_be_quadro(const struct pdf_caption *c)
{
    return c->table || str_same(c->label.kind, "box") || str_same(c->label.kind, "chart");
}

/* Two captions of one figure in two languages stand together on a page with different words for "figure". Languages
 * divide the kinds differently: what is Quadro 1 in Portuguese is Chart 1 in English. */
static bool bilingual(const struct pdf_doc *d, const struct pdf_caption *a, const struct pdf_caption *b)
{
    enum { LINES_APART = 14 };
    const struct pdf_line *x = first_line(d, a), *y = first_line(d, b);
    if (a->page != b->page || fabs(x->base - y->base) > LINES_APART * d->leading || !a->label.number[0] ||
        !str_same(a->label.number, b->label.number))
        return false;
    if (!str_same(a->label.kind, b->label.kind) && !(may_be_quadro(a) && may_be_quadro(b)))
        return false;
    /* "Fig." stands for "Figura" too. */
    size_t n = strcspn(x->text, " .0123456789"), m = strcspn(y->text, " .0123456789");
    if (n && m && strncasecmp(x->text, y->text, n < m ? n : m) == 0)
        return false;
    return a->label.english != b->label.english ||
           (a->label.language && b->label.language && !str_same(a->label.language, b->label.language));
}

/* A table over several pages may have its caption on each of them. */
static bool repeats(const struct pdf_doc *d, const struct pdf_caption *a, const struct pdf_caption *b)
{
    const struct pdf_line *x = first_line(d, a), *y = first_line(d, b);
    return a->page != b->page && b->label.len < y->len && x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

static bool is_bare(const struct pdf_doc *d, const struct pdf_caption *c)
{
    return c->label.len >= first_line(d, c)->len;
}

/* A manuscript has its legends on a page of their own and its figures behind them, each on a page with nothing but its
 * label. */
static bool is_plate(const struct pdf_doc *d, const struct pdf_caption *legend, const struct pdf_caption *plate)
{
    return plate->page != legend->page && !is_bare(d, legend) && is_bare(d, plate) && !d->pages[plate->page].n_body;
}

static int by_score(const void *a, const void *b)
{
    const struct pdf_caption *x = *(struct pdf_caption *const *)a, *y = *(struct pdf_caption *const *)b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x < y ? -1 : 1;
}

/* For each kind and number the best candidate wins. A second one stands only where it says that it continues the
 * first, is the same caption in another language, or looks just as good elsewhere (an appendix counts anew). */
static void choose(struct pdf_doc *d)
{
    struct pdf_caption **order = mem_array(d->n_captions + 1, sizeof *order);
    for (size_t i = 0; i < d->n_captions; i++)
        order[i] = &d->captions[i];
    if (d->n_captions)
        qsort(order, d->n_captions, sizeof *order, by_score);
    for (size_t i = 0; i < d->n_captions; i++) {
        struct pdf_caption *c = order[i];
        if (c->score < ACCEPT)
            break;
        struct pdf_caption *rival = NULL;
        for (size_t k = 0; k < i && !rival; k++)
            if (order[k]->taken && same_figure(order[k], c))
                rival = order[k];
        if (rival && repeats(d, rival, c))
            (c->page > rival->page ? c : rival)->label.continued = true;
        if (!rival || c->label.continued || rival->label.continued || bilingual(d, rival, c) || is_plate(d, rival, c) ||
            is_plate(d, c, rival))
            c->taken = true;
        else
            c->taken = c->score > 3 && c->score > rival->score - 0.8 && c->page != rival->page &&
                       same_style(style_of(d, c), style_of(d, rival));
    }
    free(order);
    size_t kept = 0;
    for (size_t i = 0; i < d->n_captions; i++)
        if (d->captions[i].taken)
            d->captions[kept++] = d->captions[i];
    d->n_captions = kept;
}

static int plain_number(const struct pdf_caption *c)
{
    char *end;
    long number = strtol(c->label.number, &end, 10);
    return *end || number <= 0 || number > 999 ? 0 : (int)number;
}

/* Whether the accepted captions of its kind leave a place for `c`: none has its number, the next lower one (or the
 * start) stands before it, and the next higher one behind it. At the end of the sequence it must follow at once. */
static bool fits_sequence(const struct pdf_doc *d, const struct pdf_caption *c)
{
    const struct pdf_caption *lower = NULL, *higher = NULL;
    int number = plain_number(c);
    for (size_t k = 0; number && k < d->n_captions; k++) {
        const struct pdf_caption *o = &d->captions[k];
        int other = plain_number(o);
        if (o == c || !other || !str_same(o->label.kind, c->label.kind))
            continue;
        if (other == number && (o->score > c->score || o->score >= ACCEPT))
            return false;
        if (o->score < ACCEPT)
            continue;
        if (other < number && (!lower || other > plain_number(lower)))
            lower = o;
        if (other > number && (!higher || other < plain_number(higher)))
            higher = o;
    }
    if (!number || (lower ? lower->page > c->page : number != 1))
        return false;
    if (higher)
        return higher->page >= c->page;
    return c->score >= ACCEPT_LAST && (lower ? plain_number(lower) == number - 1 : number == 1);
}

/* A number that is missing among those that were found is looked for again with a lower bar. */
static void fill_gaps(struct pdf_doc *d)
{
    enum { ROUNDS = 8 };
    bool again = true;
    for (int round = 0; again && round < ROUNDS; round++) {
        again = false;
        for (size_t i = 0; i < d->n_captions; i++) {
            struct pdf_caption *c = &d->captions[i];
            if (c->score < ACCEPT && c->score >= ACCEPT_MISSING && fits_sequence(d, c)) {
                c->score = ACCEPT;
                again = true;
            }
        }
    }
}

/* PLOS and others print the figure's own DOI behind its caption. */
static size_t without_doi(const char *text, size_t len)
{
    static const char *const starts[] = {
        " doi:10.", " DOI:10.", " doi: 10.", " https://doi.org/10.", " http://dx.doi.org/10.", " http://doi.org/10."};
    size_t last = len;
    while (last > 0 && text[last - 1] == ' ')
        last--;
    size_t word = last;
    while (word > 0 && text[word - 1] != ' ')
        word--;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]), gap = strchr(starts[i] + 1, ' ') ? 5 : 0;
        size_t from = word >= gap + 1 ? word - gap - 1 : len;
        if (from + n < last && memcmp(text + from, starts[i], n) == 0)
            return from;
    }
    return len;
}

static void make_text(struct pdf_doc *d, struct pdf_caption *c)
{
    struct pdf_sheet *page = &d->pages[c->page];
    struct str text, clean;
    str_init(&text, ARTICLE_MAX_CAPTION + 4096);
    str_init(&clean, ARTICLE_MAX_CAPTION);
    for (size_t i = 0; i < c->n_lines; i++)
        pdf_join_line(&text, page->lines[c->lines[i]].text, page->lines[c->lines[i]].len);
    struct label again;
    size_t skip = c->label.len, label_len = c->label.label_len;
    if (label_parse(text.data, text.len, &again) && str_same(again.number, c->label.number)) {
        skip = again.len;
        label_len = again.label_len;
        c->label.continued |= again.continued;
    }
    if (skip > text.len)
        skip = text.len;
    if (label_len > text.len)
        label_len = text.len;
    text_clean(text.data, label_len, &clean);
    c->label_text = arena_strndup(d->arena, clean.data, clean.len);
    str_clear(&clean);
    text_clean(text.data + skip, text.len - skip, &clean);
    str_cut(&clean, without_doi(clean.data, clean.len));
    c->text = clean.len ? arena_strndup(d->arena, clean.data, clean.len) : NULL;
    str_release(&text);
    str_release(&clean);
}

/* The figure stands where its plate is, and has the text of its legend. */
static void join_plates(struct pdf_doc *d)
{
    for (size_t i = 0; i < d->n_captions; i++)
        for (size_t k = 0; k < d->n_captions; k++) {
            struct pdf_caption *plate = &d->captions[i], *legend = &d->captions[k];
            if (legend->is_twin || !legend->text || !same_figure(plate, legend) || !is_plate(d, legend, plate) ||
                (plate->text && !str_starts(legend->text, plate->text)))
                continue;
            plate->text = legend->text;
            legend->is_twin = true;
        }
}

/* A second caption of the same figure is its continuation, or its translation where it stands right behind. */
static void link_captions(struct pdf_doc *d)
{
    for (size_t i = 0; i < d->n_captions; i++)
        for (size_t k = 0; k < i; k++) {
            struct pdf_caption *a = &d->captions[k], *b = &d->captions[i];
            if (b->is_twin || b->continues >= 0 || a->is_twin)
                continue;
            if (a->twin < 0 && bilingual(d, a, b)) {
                a->twin = (int)i;
                b->is_twin = true;
                a->language = a->label.english && !b->label.english ? "en" : a->label.language;
                b->language = b->label.english && !a->label.english ? "en" : b->label.language;
            } else if (same_figure(a, b) && b->label.continued) {
                b->continues = a->continues >= 0 ? a->continues : (int)k;
            }
        }
}

void pdf_find_captions(struct pdf_doc *d)
{
    find_starts(d);
    vote_style(d);
    fill_gaps(d);
    choose(d);
    for (size_t i = 0; i < d->n_captions; i++)
        pdf_grow_caption(d, &d->captions[i]);
    for (size_t i = 0; i < d->n_captions; i++)
        make_text(d, &d->captions[i]);
    join_plates(d);
    link_captions(d);
}

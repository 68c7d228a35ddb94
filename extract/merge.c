/* merge.c: see merge.h. */
#include "extract/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { COMPARISONS_MAX = 1000000 /* of captions; beyond, only figures with the same number are compared */ };

static const double nothing_in_common = 0.1; /* two captions of one language about different things, at most */
static const double same_caption = 0.6;
static const double same_caption_other_number = 0.9;
static const double same_caption_other_kind = 0.8; /* a table that one document calls a figure */
static const double same_look = 0.9;
static const size_t words_to_judge_by = 6;

struct pair {
    double score;
    size_t group, figure;
    const char *by;
};

struct merge {
    const struct match_figure *figures;
    size_t n;
    struct merge_words (*words)[8]; /* of each figure's captions */
    size_t *group;                  /* a figure's */
    size_t *first;                  /* a group's first figure */
    bool *taken;                    /* groups that a figure of the document in hand joined already */
    const char **by;
    size_t n_groups;
    struct pair *pairs;
    size_t n_pairs, cap_pairs;
    size_t comparisons;
};

/* What the captions of two figures say: the best agreement of any two of them, below 0 where one has none; `foreign`:
 * each pair is in two languages; `long_enough` to be evidence against. */
struct captions {
    double agreement;
    bool foreign, long_enough;
};

static struct captions compare_captions(const struct merge *m, size_t a, size_t b)
{
    struct captions c = {.agreement = -1, .foreign = true};
    for (size_t i = 0; i < m->figures[a].n_captions; i++)
        for (size_t k = 0; k < m->figures[b].n_captions; k++) {
            const struct merge_words *x = &m->words[a][i], *y = &m->words[b][k];
            double agreement = merge_words_agreement(x, y);
            if (agreement > c.agreement)
                c.agreement = agreement;
            c.foreign = c.foreign && merge_words_differ(x, y);
            c.long_enough = c.long_enough || (x->n >= words_to_judge_by && y->n >= words_to_judge_by);
        }
    return c;
}

static bool contradict(const struct captions *c)
{
    return c->agreement >= 0 && c->agreement < nothing_in_common && c->long_enough && !c->foreign;
}

static bool same_number(const struct match_figure *a, const struct match_figure *b)
{
    return a->number && b->number && strcmp(a->number, b->number) == 0;
}

/* Kinds that one document may call otherwise than another: all that is looked at. */
static bool is_picture_kind(const char *kind)
{
    static const char *const kinds[] = {"figure", "scheme", "chart", "plate", "photo", "map"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static bool comparable(const struct match_figure *a, const struct match_figure *b)
{
    return strcmp(a->kind, b->kind) == 0 || (is_picture_kind(a->kind) && is_picture_kind(b->kind));
}

/* How much speaks for two figures being one; 0: too little. */
static double score_of(const struct merge *m, size_t above, size_t below, const char **by)
{
    const struct match_figure *a = &m->figures[above], *b = &m->figures[below];
    bool number = same_number(a, b), kind = strcmp(a->kind, b->kind) == 0;
    struct captions c = compare_captions(m, above, below);
    double words = c.agreement > 0 ? c.agreement : 0, look = merge_picture_agreement(a, b);
    *by = number ? "number" : "caption";
    if (merge_same_picture(a, b)) {
        *by = number ? *by : "image";
        return 2 + words;
    }
    number = number && comparable(a, b);
    if (number && kind)
        return contradict(&c) ? 0 : 0.5 + words;
    if (number) /* Scheme 1 and Figure 1 are two, unless the words say the same */
        return words >= 0.3 || c.foreign ? 0.25 + words : 0;
    if (words >= (!comparable(a, b)        ? same_caption_other_kind
                  : a->number && b->number ? same_caption_other_number
                                           : same_caption))
        return words;
    if (!comparable(a, b))
        return 0;
    *by = "image";
    return look >= same_look && !(a->number && b->number) && !contradict(&c) ? 0.5 * look : 0;
}

static int by_score(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->figure > b->figure) - (a->figure < b->figure);
}

/* All pairs of the figures [from, to) of a document with those above them. */
static void find_pairs(struct merge *m, size_t from, size_t to)
{
    m->n_pairs = 0;
    for (size_t above = 0; above < from; above++)
        for (size_t below = from; below < to; below++) {
            if (!same_number(&m->figures[above], &m->figures[below]) && m->comparisons++ >= COMPARISONS_MAX)
                continue;
            struct pair p = {.group = m->group[above], .figure = below};
            p.score = score_of(m, above, below, &p.by);
            if (p.score <= 0)
                continue;
            MEM_GROW(m->pairs, m->n_pairs, m->cap_pairs);
            m->pairs[m->n_pairs++] = p;
        }
    if (m->n_pairs)
        qsort(m->pairs, m->n_pairs, sizeof *m->pairs, by_score);
}

enum { NO_GROUP = -1 };

static void join(struct merge *m, size_t figure, size_t group, const char *by)
{
    m->group[figure] = group;
    m->taken[group] = true;
    m->by[figure] = by;
}

/* The one figure of its sort in an article needs no number: "Figure. Flow of patients". */
static void join_only(struct merge *m, size_t from, size_t to)
{
    size_t above = m->n, below = m->n, n_above = 0, n_below = 0;
    for (size_t i = 0; i < from; i++)
        if (m->first[m->group[i]] == i && is_picture_kind(m->figures[i].kind)) {
            above = i;
            n_above++;
        }
    for (size_t i = from; i < to; i++)
        if (is_picture_kind(m->figures[i].kind)) {
            below = i;
            n_below++;
        }
    if (n_above != 1 || n_below != 1 || m->group[below] != (size_t)NO_GROUP)
        return;
    struct captions c = compare_captions(m, above, below);
    bool two_numbers = m->figures[above].number && m->figures[below].number;
    if (!two_numbers && !contradict(&c) && (c.agreement < 0 || c.agreement >= 0.3 || c.foreign))
        join(m, below, m->group[above], "only");
}

/* A number once more in a PDF that matched it already, where XML or HTML tells how many figures there are. */
static void join_repeated(struct merge *m, size_t from, size_t to, size_t figure)
{
    const struct match_figure *f = &m->figures[figure];
    for (size_t i = from; strcmp(f->origin, "pdf") == 0 && i < to; i++) {
        const struct match_figure *other = &m->figures[i];
        if (!m->by[i] || strcmp(other->kind, f->kind) != 0 || !same_number(other, f) ||
            strcmp(m->figures[m->first[m->group[i]]].origin, "pdf") == 0)
            continue;
        join(m, figure, m->group[i], "repeat");
        return;
    }
}

static void place_document(struct merge *m, size_t from, size_t to)
{
    size_t groups_above = m->n_groups;
    memset(m->taken, 0, (m->n + 1) * sizeof *m->taken);
    for (size_t i = from; i < to; i++)
        m->group[i] = (size_t)NO_GROUP;
    find_pairs(m, from, to);
    for (size_t i = 0; i < m->n_pairs; i++) {
        const struct pair *p = &m->pairs[i];
        if (m->group[p->figure] == (size_t)NO_GROUP && !m->taken[p->group])
            join(m, p->figure, p->group, p->by);
    }
    if (groups_above)
        join_only(m, from, to);
    for (size_t i = from; i < to; i++) {
        if (m->group[i] == (size_t)NO_GROUP)
            join_repeated(m, from, to, i);
        if (m->group[i] != (size_t)NO_GROUP)
            continue;
        m->first[m->n_groups] = i;
        m->group[i] = m->n_groups++;
    }
}

/* Truth, picture and agreements of one group. */
static void settle(const struct merge *m, const size_t *members, size_t n, struct match_row *rows)
{
    size_t truth = members[0];
    for (size_t i = n; i-- > 0;)
        if (m->figures[members[i]].usable)
            truth = members[i];
    int best = merge_best_picture(m->figures, members, n);
    for (size_t i = 0; i < n; i++) {
        size_t at = members[i];
        const char *by = m->by[at] ? m->by[at] : m->by[truth];
        rows[at] = (struct match_row){m->figures[at].id, m->figures[truth].id, m->figures[at].id, by, -1, -1};
        if (at != truth) {
            rows[at].caption_agreement = compare_captions(m, truth, at).agreement;
            rows[at].image_agreement = merge_picture_agreement(&m->figures[truth], &m->figures[at]);
        } else {
            rows[at].matched_by = NULL;
            rows[at].image_id = best < 0 ? rows[at].id : m->figures[members[best]].id;
        }
    }
}

struct match_row *merge_figures(const struct match_figure *figures, size_t n, struct arena *arena)
{
    struct merge m = {.figures = figures, .n = n};
    m.words = arena_array(arena, n + 1, sizeof *m.words);
    m.group = arena_array(arena, n + 1, sizeof *m.group);
    m.first = arena_array(arena, n + 1, sizeof *m.first);
    m.taken = arena_array(arena, n + 1, sizeof *m.taken);
    m.by = arena_array(arena, n + 1, sizeof *m.by);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < figures[i].n_captions; k++)
            m.words[i][k] = merge_words_read(arena, figures[i].captions[k]);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && figures[to].document == figures[from].document;)
            to++;
        place_document(&m, from, to);
    }
    struct match_row *rows = arena_array(arena, n + 1, sizeof *rows);
    size_t *members = arena_array(arena, n + 1, sizeof *members);
    for (size_t g = 0; g < m.n_groups; g++) {
        size_t count = 0;
        for (size_t i = m.first[g]; i < n; i++)
            if (m.group[i] == g)
                members[count++] = i;
        settle(&m, members, count, rows);
    }
    free(m.pairs);
    return rows;
}

static bool merge_article(struct db *db, int64_t article_id, struct err *e)
{
    struct arena arena = ARENA_INIT;
    struct match_figure *figures;
    size_t n;
    bool ok = match_load(db, article_id, &arena, &figures, &n, e) &&
              match_store(db, article_id, merge_figures(figures, n, &arena), n, e);
    arena_release(&arena);
    return ok;
}

bool merge_document(struct db *db, int64_t document_id, struct err *e)
{
    int64_t article_id;
    return match_article(db, document_id, &article_id, e) && merge_article(db, article_id, e);
}

bool merge_stale(struct db *db, struct err *e)
{
    for (;;) {
        int64_t article_id;
        if (!match_next_stale(db, &article_id, e))
            return false;
        if (!article_id)
            return true;
        if (!merge_article(db, article_id, e))
            return false;
    }
}

/* panel_caption.c: see panel_caption.h. */
#include "extract/panel_caption.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "extract/panel_mark.h"

/* Where a mark's text stands. */
enum role { ROLE_NONE, ROLE_FRONT, ROLE_BEHIND };

struct sequence { /* what one alphabet makes of the caption */
    const struct panel_alphabet *alphabet;
    struct panel_mark *marks;
    enum role *roles; /* of each mark; ROLE_NONE: not used */
    size_t n_marks;
    int last; /* members of the gap-free sequence */
    size_t first;
    bool strong; /* brackets or the like */
    double confidence;
};

/* ---- which marks make a sequence */

static bool is_strong(const struct panel_mark *m)
{
    return m->style <= STYLE_LOOSE;
}

static bool names(const struct panel_mark *m, int index)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->labels[i] == index && m->subs[i] < 2)
            return true;
    return false;
}

/* Digits and capital Roman numbers in brackets are mostly something else (grades, citations, equations), and so are
 * ranges of them. */
static bool may_count(const struct sequence *s, const struct panel_mark *m)
{
    bool doubtful = s->alphabet->script == PANEL_DIGITS || (s->alphabet->script == PANEL_ROMAN && s->alphabet->capital);
    if (!doubtful)
        return true;
    return !m->range && m->n == 1 && m->edge >= EDGE_WORD && !m->closed &&
           (m->style == STYLE_BRACKETS || m->style == STYLE_HALF);
}

static int next_member(const struct sequence *s, const bool *seen, int last)
{
    if (last + 1 <= PANEL_MAX && seen[last + 1])
        return last + 1;
    if (last > 0 && last + 2 <= PANEL_MAX && seen[last + 2] && panel_member_optional(s->alphabet, last + 1))
        return last + 2;
    return 0;
}

static void count_strong(struct sequence *s)
{
    bool seen[PANEL_MAX + 1] = {false};
    for (size_t i = 0; i < s->n_marks; i++)
        if (is_strong(&s->marks[i]) && may_count(s, &s->marks[i]))
            for (int k = 1; k <= PANEL_MAX; k++)
                seen[k] = seen[k] || names(&s->marks[i], k);
    for (int k = 0; (k = next_member(s, seen, k));)
        s->last = k;
    s->strong = s->last >= 2;
}

/* "A. fumigatus", "A representative image": no label. */
static bool weak_start(const struct sequence *s, const struct panel_mark *m, bool first)
{
    if (!may_count(s, m))
        return false;
    if (is_strong(m))
        return true;
    if (m->style == STYLE_LOOSE_END)
        return s->last > 0 || !first;
    bool word = s->alphabet->capital && !m->capital && m->n < 2; /* may be one with what follows */
    if (word && (m->style == STYLE_POINT || m->style == STYLE_BARE) &&
        (s->strong || m->edge < EDGE_SENTENCE || (first && m->style == STYLE_BARE)))
        return false;
    if (m->style == STYLE_BARE)
        return m->edge == EDGE_SENTENCE || (m->edge >= EDGE_WORD && (!s->alphabet->capital || m->n > 1));
    return m->edge >= EDGE_COMMA;
}

/* Labels at the beginning of clauses, in order. Goes on behind what brackets gave, for captions that mix forms. */
static void count_weak(struct sequence *s, bool *used)
{
    bool seen[PANEL_MAX + 1] = {false};
    int last = s->last;
    for (size_t i = 0; i < s->n_marks; i++) {
        const struct panel_mark *m = &s->marks[i];
        bool fits = false;
        for (int k = 1; k <= PANEL_MAX && !fits; k++)
            fits = names(m, k) && (k == last + 1 || (k == last + 2 && panel_member_optional(s->alphabet, last + 1)));
        if (!fits || !weak_start(s, m, last == 0))
            continue;
        used[i] = true;
        for (int k = 1; k <= PANEL_MAX; k++)
            seen[k] = seen[k] || names(m, k);
        for (int k; (k = next_member(s, seen, last));)
            last = k;
    }
    s->last = last;
}

static double confidence(const struct sequence *s)
{
    const struct panel_mark *first = &s->marks[s->first];
    double c = s->strong ? 0.95 : 0.85;
    if (!s->strong && first->style == STYLE_BARE)
        c = 0.75;
    if (first->edge != EDGE_SENTENCE)
        c -= 0.05;
    if (s->alphabet->script != PANEL_LETTERS)
        c -= 0.2;
    return c;
}

static bool read_sequence(struct arena *arena, const struct panel_line *line, const struct panel_alphabet *a,
                          struct sequence *s)
{
    *s = (struct sequence){.alphabet = a};
    s->marks = panel_marks(arena, line, a, &s->n_marks);
    if (!s->n_marks)
        return false;
    bool *used = arena_array(arena, s->n_marks, sizeof *used);
    s->roles = arena_array(arena, s->n_marks, sizeof *s->roles);
    count_strong(s);
    if (!s->strong)
        s->last = 0;
    count_weak(s, used);
    if (s->last < 2)
        return false;
    /* Words of place make a set: all of them or none. */
    char name[16];
    if (a->script == PANEL_PLACES && panel_member_name(a, s->last + 1, name))
        return false;
    s->first = s->n_marks;
    for (size_t i = 0; i < s->n_marks; i++) {
        const struct panel_mark *m = &s->marks[i];
        /* "Kidney (A-C). A: Lesions in the cortex." */
        bool again = m->edge == EDGE_SENTENCE && (m->style == STYLE_COLON || (m->style == STYLE_POINT && m->capital));
        bool counts = used[i] || (s->strong && again && m->labels[m->n - 1] <= s->last);
        if (s->strong && is_strong(&s->marks[i]) && may_count(s, &s->marks[i]))
            for (size_t k = 0; k < s->marks[i].n; k++)
                counts = counts || s->marks[i].labels[k] <= s->last;
        s->roles[i] = counts ? ROLE_FRONT : ROLE_NONE;
        if (counts && s->first == s->n_marks)
            s->first = i;
    }
    s->confidence = confidence(s);
    return true;
}

static bool better(const struct sequence *a, const struct sequence *b)
{
    if (a->alphabet->script != b->alphabet->script) {
        bool a_letters = a->alphabet->script == PANEL_LETTERS, b_letters = b->alphabet->script == PANEL_LETTERS;
        if (a_letters != b_letters)
            return a_letters;
        return a->alphabet->script < b->alphabet->script;
    }
    if (a->alphabet->script == PANEL_PLACES)
        return a->last > b->last;
    size_t at_a = a->marks[a->first].start, at_b = b->marks[b->first].start;
    return at_a != at_b ? at_a < at_b : a->last > b->last;
}

/* ---- whose text is whose */

/* Whether a mark stands in front of its text, as far as it alone tells: 1 yes, -1 no, 0 either. */
static int alone_in_front(const struct panel_mark *m)
{
    if (m->style == STYLE_LOOSE_END)
        return -1;
    if (m->style == STYLE_LOOSE)
        return m->edge == EDGE_SENTENCE ? 1 : -1;
    if (!is_strong(m) || m->edge == EDGE_SENTENCE)
        return 1;
    if (m->closed)
        return -1;
    if (m->edge >= EDGE_WORD)
        return 1;
    if (m->goes_on)
        return -1;
    return !m->refers && m->capital && m->cased;
}

static bool all_seen(const struct panel_mark *m, const bool *seen, int last)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->labels[i] <= last && !seen[m->labels[i]])
            return false;
    return true;
}

static void note_seen(const struct panel_mark *m, bool *seen)
{
    for (size_t i = 0; i < m->n; i++)
        seen[m->labels[i]] = true;
}

/* A label that was met before is only cited when it comes again in the middle of something. */
static void give_roles(struct sequence *s)
{
    bool seen[256] = {false}, single[256] = {false};
    int front = 0;
    for (size_t i = 0; i < s->n_marks; i++)
        if (s->roles[i])
            front += alone_in_front(&s->marks[i]);
    for (size_t i = 0; i < s->n_marks; i++) {
        struct panel_mark *m = &s->marks[i];
        if (!s->roles[i])
            continue;
        int side = alone_in_front(m);
        if (!side)
            side = front > 0 ? 1 : -1;
        s->roles[i] = side > 0 ? ROLE_FRONT : ROLE_BEHIND;
        bool cited = side > 0 ? m->edge <= EDGE_COMMA && all_seen(m, seen, s->last) : all_seen(m, single, s->last);
        if (cited) {
            s->roles[i] = ROLE_NONE;
            continue;
        }
        note_seen(m, seen);
        if (side > 0 && m->n == 1)
            note_seen(m, single);
    }
}

struct writer {
    struct arena *arena;
    const struct panel_line *line;
    const struct sequence *s;
    struct str preamble, common;
    struct str *own;                /* of member and sub ("B1"), by place_of */
    const struct panel_mark *owner; /* NULL: nobody's */
    bool behind;                    /* the owner's label stood behind its text */
    bool begun;                     /* a panel was met: what is nobody's is no preamble any more */
};

static void add_piece(struct str *to, const struct panel_line *l, size_t from, size_t until)
{
    static const char lead[] = " .,;:-|)", tail[] = " ,;:-(|";
    while (from < until && l->code[from] < 128 && strchr(lead, l->code[from]))
        from++;
    while (from < until && l->code[until - 1] < 128 && strchr(tail, l->code[until - 1]))
        until--;
    /* The conjunction in front of the next label says nothing. */
    if (until - from > 4 && l->code[until - 1] == 'd' && l->code[until - 2] == 'n' && l->code[until - 3] == 'a' &&
        l->code[until - 4] == ' ')
        until -= 4;
    while (from < until && l->code[until - 1] < 128 && strchr(tail, l->code[until - 1]))
        until--;
    if (from >= until)
        return;
    if (to->len)
        str_add_char(to, ' ');
    str_add_bytes(to, l->text + l->at[from], l->at[until] - l->at[from]);
}

/* The first sentence end in [from, until), behind its full stop and space; until when there is none. */
static size_t sentence_end(const struct panel_line *l, size_t from, size_t until)
{
    for (size_t i = from; i + 1 < until; i++) {
        int c = l->code[i], next = l->code[i + 1];
        bool glued = c == '.' && i && next >= 'A' && next <= 'Z' && l->code[i - 1] >= 'a' && l->code[i - 1] <= 'z';
        if (c == '!' || c == '?' || glued || (c == '.' && l->text[l->at[i]] != '.'))
            return i + 1;
        bool initial = i > 1 && l->code[i - 2] == ' ' && text_is_letter(l->code[i - 1]);
        if (c == '.' && next == ' ' && i + 2 < l->n && !initial && !(l->code[i + 2] >= 'a' && l->code[i + 2] <= 'z'))
            return i + 2;
    }
    return until;
}

static size_t clause_start(const struct panel_line *l, size_t from, size_t at)
{
    size_t start = from;
    for (size_t next; (next = sentence_end(l, start, at)) < at;)
        start = next;
    for (size_t i = start; i < at; i++)
        if (l->code[i] == ';' && l->depth[i] == 0)
            start = i + 1;
    return start;
}

enum { PLACES = (PANEL_MAX + 1) * 10 };

static struct str *place_of(struct writer *w, int label, int sub)
{
    return &w->own[label * 10 + sub];
}

static bool has_label(const struct sequence *s, int label, int sub)
{
    for (size_t i = 0; i < s->n_marks; i++)
        for (size_t k = 0; s->roles[i] && k < s->marks[i].n; k++)
            if (s->marks[i].labels[k] == label && s->marks[i].subs[k] == sub)
                return true;
    return false;
}

static void give(struct writer *w, const struct panel_mark *m, size_t from, size_t until)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->labels[i] <= w->s->last)
            add_piece(place_of(w, m->labels[i], has_label(w->s, m->labels[i], 0) ? 0 : m->subs[i]), w->line, from,
                      until);
}

/* Where sentences about the whole figure begin, behind the text of the last panel; until when there are none. */
static size_t tail_start(const struct panel_line *l, size_t from, size_t until)
{
    static const char *const cues[] = {
        "Scale",       "Bar",         "All ",   "Original",     "Magnification", "Error ", "Data ", "Arrow",
        "White arrow", "Black arrow", "Images", "These images", "Abbreviations", "Barra",  "Barre", "*"};
    for (size_t start = from; (start = sentence_end(l, start, until)) < until;)
        for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
            if (strncmp(l->text + l->at[start], cues[i], strlen(cues[i])) == 0)
                return start;
    return until;
}

/* Text between two marks: the owner's; behind a label that closes its text only the rest of the sentence is. */
static void flush(struct writer *w, size_t from, size_t until)
{
    if (from >= until)
        return;
    if (!w->owner) {
        add_piece(w->begun ? &w->common : &w->preamble, w->line, from, until);
        return;
    }
    size_t mine = w->behind             ? sentence_end(w->line, from, until)
                  : until == w->line->n ? tail_start(w->line, from, until)
                                        : until;
    give(w, w->owner, from, mine);
    add_piece(&w->common, w->line, mine, until);
}

static void write_behind(struct writer *w, const struct panel_mark *m, size_t *at)
{
    size_t clause = clause_start(w->line, *at, m->start);
    flush(w, *at, clause);
    give(w, m, clause, m->start);
    if (m->style == STYLE_LOOSE)
        give(w, m, m->rest, m->end - (w->line->code[m->end - 1] == ')'));
    *at = m->end;
    w->owner = m;
    w->behind = true;
    w->begun = true;
}

/* A panel that only a list names ("(A-C)") and for which nothing was left has what stands behind that list. */
static void fill_empty(struct writer *w)
{
    for (int label = 1; label <= w->s->last; label++) {
        struct str *own = place_of(w, label, 0);
        for (size_t i = 0; !own->len && i < w->s->n_marks; i++) {
            const struct panel_mark *m = &w->s->marks[i];
            if (!w->s->roles[i] || m->n < 2 || !memchr(m->labels, label, m->n))
                continue;
            size_t next = i + 1;
            while (next < w->s->n_marks && w->s->roles[next] != ROLE_FRONT)
                next++;
            if (w->s->roles[i] == ROLE_FRONT)
                add_piece(own, w->line, m->end, next < w->s->n_marks ? w->s->marks[next].start : w->line->n);
        }
    }
}

static void write_texts(struct writer *w)
{
    size_t at = 0;
    for (size_t i = 0; i < w->s->n_marks; i++) {
        const struct panel_mark *m = &w->s->marks[i];
        if (w->s->roles[i] == ROLE_NONE || m->start < at)
            continue;
        if (w->s->roles[i] == ROLE_BEHIND) {
            write_behind(w, m, &at);
            continue;
        }
        flush(w, at, m->start);
        at = m->style == STYLE_LOOSE ? m->rest : m->end;
        w->owner = m;
        w->behind = false;
        w->begun = true;
    }
    flush(w, at, w->line->n);
    fill_empty(w);
}

static const char *label_text(struct arena *arena, const struct sequence *s, int label, int sub)
{
    char name[16] = "";
    panel_member_name(s->alphabet, label, name);
    return sub ? arena_printf(arena, "%s%d", name, sub) : arena_strdup(arena, name);
}

static void collect(struct writer *w, struct panel_caption *out)
{
    const struct sequence *s = w->s;
    out->panels = arena_array(w->arena, PANEL_MAX, sizeof *out->panels);
    for (int label = 1; label <= s->last; label++) {
        bool whole = has_label(s, label, 0);
        for (int sub = whole ? 0 : 1; sub <= (whole ? 0 : 9) && out->n_panels < PANEL_MAX; sub++) {
            if (!has_label(s, label, sub))
                break;
            struct str *own = place_of(w, label, sub);
            out->panels[out->n_panels++] =
                (struct panel_text){label_text(w->arena, s, label, sub), arena_strndup(w->arena, own->data, own->len)};
        }
    }
    out->preamble = arena_strndup(w->arena, w->preamble.data, w->preamble.len);
    out->common = arena_strndup(w->arena, w->common.data, w->common.len);
    out->script = s->alphabet->script;
    out->confidence = s->confidence;
}

bool panel_caption_split(struct arena *arena, const char *text, size_t len, struct panel_caption *out)
{
    struct panel_line line;
    struct sequence best, now;
    bool found = false;
    *out = (struct panel_caption){0};
    if (len > PANEL_MAX_CAPTION)
        return false;
    panel_line_read(arena, text, len, &line);
    for (size_t i = 0; i < panel_n_alphabets; i++)
        if (read_sequence(arena, &line, &panel_alphabets[i], &now) && (!found || better(&now, &best))) {
            best = now;
            found = true;
        }
    if (!found)
        return false;
    give_roles(&best);
    struct writer w = {.arena = arena, .line = &line, .s = &best};
    str_init(&w.preamble, PANEL_MAX_CAPTION);
    str_init(&w.common, PANEL_MAX_CAPTION);
    w.own = arena_array(arena, PLACES, sizeof *w.own);
    for (size_t i = 0; i < PLACES; i++)
        str_init(&w.own[i], PANEL_MAX_CAPTION);
    write_texts(&w);
    collect(&w, out);
    str_release(&w.preamble);
    str_release(&w.common);
    for (size_t i = 0; i < PLACES; i++)
        str_release(&w.own[i]);
    return true;
}

const char *panel_caption_whole(struct arena *arena, const struct panel_caption *c, size_t panel)
{
    const char *parts[] = {c->preamble, c->panels[panel].text, c->common};
    struct str s = STR_INIT(3 * PANEL_MAX_CAPTION);
    for (size_t i = 0; i < 3; i++) {
        if (*parts[i] && s.len)
            str_add_char(&s, ' ');
        str_add(&s, parts[i]);
    }
    const char *whole = arena_strndup(arena, s.data, s.len);
    str_release(&s);
    return whole;
}

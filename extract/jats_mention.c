/* jats_mention.c: sentences of the body that cite a figure. */
#include "extract/jats_tree.h"

#include <string.h>

#include "base/text.h"
#include "extract/cite.h"

enum { RANGE_MAX = 30 };   /* figures that "Figures 1-30" stands for */
enum { BETWEEN_MAX = 16 }; /* bytes between the two references of a range */

/* The paragraph being split. */
struct paragraph {
    struct jats *j;
    const char *language;
    size_t next;          /* first mark that no sentence has had yet */
    const char *sentence; /* the one in hand, cut to size by article_add_mention */
    size_t len;
    long first, last; /* figures of the mark in hand, for ranges; -1: none */
};

/* Each sentence once a figure, however often it cites it. */
static void cite(struct paragraph *p, size_t figure)
{
    struct jats *j = p->j;
    struct art_figure *f = &j->a->figures[figure];
    if (f->n_mentions >= ARTICLE_MAX_MENTIONS || j->cited_in[figure] == j->sentence)
        return;
    j->cited_in[figure] = j->sentence;
    const char *text = article_text(j->a, p->sentence, p->len, ARTICLE_MAX_MENTION);
    article_add_mention(j->a, f, p->language, text);
}

static void cite_one(void *context, size_t figure)
{
    struct paragraph *p = context;
    if (p->first < 0)
        p->first = (long)figure;
    p->last = (long)figure;
    cite(p, figure);
}

/* True when the text between two references makes them the ends of a range. */
static bool is_range(const char *between, size_t len)
{
    static const char *const words[] = {"-", "–", "—",   "‐",     "‑",  "~",  "～", "to", "through", "bis",
                                        "a", "à", "até", "hasta", "al", "по", "до", "至", "から"};
    char trimmed[BETWEEN_MAX + 1] = "";
    while (len && *between == ' ') {
        between++;
        len--;
    }
    while (len && between[len - 1] == ' ')
        len--;
    if (len > BETWEEN_MAX)
        return false;
    memcpy(trimmed, between, len);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(trimmed, words[i]) == 0)
            return true;
    return false;
}

/* Cites every figure that the reference names: rid may hold several ids. */
static void cite_mark(struct paragraph *p, const xmlNode *node)
{
    const char *rid = xml_attr(node, "rid");
    if (!rid)
        rid = xml_attr(node, "fid"); /* BioMed Central: figr fid, tblr tid */
    if (!rid)
        rid = xml_attr(node, "tid");
    if (!rid)
        rid = xml_attr(node, "target"); /* TEI: #id */
    if (rid && *rid == '#')
        rid++;
    p->first = p->last = -1;
    while (rid && *rid) {
        size_t len = strcspn(rid, " \t\r\n");
        if (len)
            jats_ids_each(p->j, rid, len, cite_one, p);
        rid += len;
        rid += strspn(rid, " \t\r\n");
    }
}

static void cite_between(struct paragraph *p, long from, long to)
{
    if (from < 0 || to - from < 2 || to - from > RANGE_MAX)
        return;
    const struct art_figure *figures = p->j->a->figures;
    for (long i = from + 1; i < to; i++)
        if (strcmp(figures[i].kind, figures[from].kind) == 0)
            cite(p, (size_t)i);
}

static bool take_sentence(void *context, const char *start, size_t len)
{
    struct paragraph *p = context;
    const struct xml_text *t = &p->j->text;
    size_t from = (size_t)(start - t->s.data), to = from + len, before_end = 0;
    long before = -1;
    p->j->sentence++;
    p->sentence = start;
    p->len = len;
    while (p->next < t->n_marks && t->marks[p->next].start < to) {
        const struct xml_mark *mark = &t->marks[p->next++];
        cite_mark(p, mark->node);
        if (before >= 0 && mark->start >= before_end && is_range(t->s.data + before_end, mark->start - before_end))
            cite_between(p, before, p->first);
        before = p->last;
        before_end = mark->end;
    }
    return p->next < t->n_marks;
}

static bool cites_figure(const xmlNode *node)
{
    switch (xml_tag(node)) {
    case TAG_XREF:
        return !xml_attr_is(node, "ref-type", "bibr") && !xml_attr_is(node, "ref-type", "aff");
    case TAG_FIGR:
    case TAG_TBLR:
        return true;
    case TAG_REF: /* TEI; JATS's ref is an entry of the reference list and has no target */
        return xml_attr(node, "target") != NULL;
    default:
        return false;
    }
}

static void read_paragraph(struct jats *j, const xmlNode *node)
{
    xml_text_clear(&j->text);
    j->text.marks_wanted = j->text.blocks_left_out = true;
    xml_text_add(&j->text, node);
    struct xml_text *t = &j->text;
    size_t n = 0;
    for (size_t i = 0; i < t->n_marks; i++)
        if (cites_figure(t->marks[i].node))
            t->marks[n++] = t->marks[i];
    t->n_marks = n;
    struct paragraph p = {.j = j, .language = xml_language(node)};
    if (n)
        text_sentences(t->s.data, t->s.len, p.language, take_sentence, &p);
}

/* Every paragraph of a body that is the nearest one around a reference; captions and references are none. */
static void read_body(struct jats *j, const xmlNode *top)
{
    bool descend = true;
    for (const xmlNode *node = top; node; node = xml_next(top, node, descend)) {
        enum xml_tag tag = xml_tag(node);
        descend = tag != TAG_CAPTION && tag != TAG_FIGURE && tag != TAG_TABLE && tag != TAG_TBLBDY &&
                  tag != TAG_REF_LIST && tag != TAG_SUB_ARTICLE && tag != TAG_TABLE_WRAP_FOOT && tag != TAG_MATH &&
                  (tag != TAG_TEXT || !j->bmc);
        if (!cites_figure(node))
            continue;
        const xmlNode *paragraph = node->parent;
        while (paragraph && paragraph != top && xml_tag(paragraph) != TAG_P)
            paragraph = paragraph->parent;
        if (paragraph && paragraph != top && xml_first_visit(paragraph))
            read_paragraph(j, paragraph);
    }
}

/* Figures that the body names without a reference: "see Fig. 2" as plain text. */
static void read_plain(struct jats *j, const xmlNode *body)
{
    struct cites cites;
    bool descend = true;
    cites_init(&cites, j->a);
    for (const xmlNode *node = body; node && cites.n; node = xml_next(body, node, descend)) {
        enum xml_tag tag = xml_tag(node);
        descend = tag != TAG_CAPTION && tag != TAG_FIGURE && tag != TAG_TABLE && tag != TAG_TBLBDY &&
                  tag != TAG_REF_LIST && tag != TAG_TABLE_WRAP_FOOT && (tag != TAG_TEXT || !j->bmc);
        if (tag != TAG_P)
            continue;
        xml_text_clear(&j->text);
        j->text.blocks_left_out = true;
        xml_text_add(&j->text, node);
        xml_text_trim(&j->text);
        cites_add(&cites, xml_language(node), j->text.s.data, j->text.s.len);
    }
    cites_release(&cites);
}

void jats_mentions(struct jats *j)
{
    j->cited_in = arena_array(&j->a->arena, j->a->n_figures + 1, sizeof *j->cited_in);
    const xmlNode *top = xml_tag(j->root) == TAG_TEI ? xml_child(j->root, TAG_TEXT) : j->root;
    for (const xmlNode *part = top ? top->children : NULL; part; part = part->next) {
        enum xml_tag tag = xml_tag(part);
        const xmlNode *body = tag == TAG_BODY || tag == TAG_BDY ? part : NULL;
        if (tag == TAG_SUB_ARTICLE && jats_is_translation(part))
            body = xml_child(part, TAG_BODY);
        if (body && j->ids.n)
            read_body(j, body);
        if (body && tag != TAG_SUB_ARTICLE)
            read_plain(j, body);
    }
}

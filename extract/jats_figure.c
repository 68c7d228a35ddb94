/* jats_figure.c: figures and tables of JATS, NLM and BioMed Central's articles: labels, captions, image references, and
 * the captions of translations. */
#include "extract/jats_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "extract/label.h"

enum { GROUP_MAX = 50 }; /* members that a group's id stands for in mentions */

/* A caption text ends a sentence, so that what follows starts one. */
static void end_sentence(struct str *s)
{
    while (s->len && s->data[s->len - 1] == ' ')
        str_cut(s, s->len - 1);
    if (!s->len)
        return;
    size_t at = s->len - 1;
    while (at && ((unsigned char)s->data[at] & 0xC0) == 0x80)
        at--;
    int c = text_next(s->data, s->len, &at);
    bool wide = c >= 0x3040 && c <= 0x9FFF;
    if (text_is_letter(c) || text_is_digit(c) || c == ')' || c == ']' || c == '"' || c == 0x201D || c == '%')
        str_add(s, wide ? "。" : ".");
}

/* Adds what belongs to a caption: its title and paragraphs, without the downloads that eLife lists there. */
static void add_caption_text(struct jats *j, const xmlNode *caption)
{
    for (const xmlNode *child = caption->children; child; child = child->next) {
        enum xml_tag tag = xml_tag(child);
        if (tag == TAG_SUPPLEMENTARY_MATERIAL || tag == TAG_OBJECT_ID || tag == TAG_MEDIA || tag == TAG_GRAPHIC)
            continue;
        bool block = tag == TAG_P || tag == TAG_TITLE || tag == TAG_SUBTITLE || tag == TAG_LIST;
        if (block)
            xml_text_space(&j->text);
        size_t start = j->text.s.len;
        if (child->type == XML_ELEMENT_NODE && !block && tag != TAG_LABEL)
            xml_text_add_one(&j->text, child);
        else
            xml_text_add(&j->text, child);
        /* A paragraph that only names the object's own DOI. */
        const char *added = j->text.s.data + start;
        if (tag == TAG_P && strncmp(added, "DOI: http", 9) == 0 && !strchr(added + 5, ' '))
            str_cut(&j->text.s, start);
        if ((tag == TAG_TITLE || tag == TAG_SUBTITLE) && child->next)
            end_sentence(&j->text.s);
        if (block)
            xml_text_space(&j->text);
    }
}

/* One figure element (fig, table-wrap ...) as read, before it is known whether it is a figure of its own. */
struct reading {
    const xmlNode *node, *group;
    const char *label, *kind, *number;
    const char *id;
    struct art_text captions[8];
    size_t n_captions;
};

static const char *text_with_language(struct jats *j, const xmlNode *node)
{
    return article_language(j->a, xml_language(node));
}

static void push_caption(struct jats *j, struct reading *r, const xmlNode *from)
{
    const char *text = article_text(j->a, j->text.s.data, j->text.s.len, ARTICLE_MAX_CAPTION);
    if (text && r->n_captions < sizeof r->captions / sizeof *r->captions)
        r->captions[r->n_captions++] = (struct art_text){text_with_language(j, from), text};
}

static void read_captions(struct jats *j, const xmlNode *node, struct reading *r)
{
    xml_text_clear(&j->text);
    if (j->bmc) { /* caption: the title; text: the legend */
        const xmlNode *caption = xml_child(node, TAG_CAPTION), *text = xml_child(node, TAG_TEXT);
        if (caption)
            add_caption_text(j, caption);
        xml_text_trim(&j->text);
        size_t len = j->text.s.len;
        if (caption && text)
            end_sentence(&j->text.s);
        xml_text_space(&j->text);
        size_t start = j->text.s.len;
        if (text)
            add_caption_text(j, text);
        /* Most legends repeat the title. */
        if (len && strncmp(j->text.s.data, j->text.s.data + start, len) == 0) {
            const char *legend = arena_strdup(&j->a->arena, j->text.s.data + start);
            xml_text_clear(&j->text);
            xml_text_chars(&j->text, legend);
        }
        push_caption(j, r, node);
        return;
    }
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (xml_tag(child) != TAG_CAPTION)
            continue;
        xml_text_clear(&j->text);
        add_caption_text(j, child);
        push_caption(j, r, child);
    }
}

/* The label without the punctuation behind it. */
static const char *read_label(struct jats *j, const xmlNode *node)
{
    const xmlNode *label = xml_child(node, j->bmc ? TAG_TITLE : TAG_LABEL);
    if (!label)
        return NULL;
    xml_text_clear(&j->label);
    j->label.notes_left_out = true;
    xml_text_add(&j->label, label);
    struct str *s = &j->label.s;
    for (;;) {
        size_t before = s->len;
        while (s->len && strchr(" .:;,|-", s->data[s->len - 1]))
            str_cut(s, s->len - 1);
        static const char *const marks[] = {"–", "—", "：", "．", "。", "\u00A0", "\u2003", "\u2002"};
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            if (str_ends(s->data, marks[i]))
                str_cut(s, s->len - strlen(marks[i]));
        if (s->len == before)
            break;
    }
    return article_text(j->a, s->data, s->len, ARTICLE_MAX_FIELD);
}

/* Sets kind and number from the label, or from a label that stands at the start of the caption and is cut off there. */
static void read_number(struct jats *j, struct reading *r)
{
    struct label label;
    if (r->label && label_parse(r->label, strlen(r->label), &label)) {
        r->kind = label.kind;
        r->number = *label.number ? arena_strdup(&j->a->arena, label.number) : NULL;
    } else if (r->label && strlen(r->label) <= 4 && strspn(r->label, "0123456789") == strlen(r->label)) {
        r->number = r->label; /* the style sheet was to print the word */
    }
    for (size_t i = 0; i < r->n_captions; i++) {
        const char *text = r->captions[i].text;
        if (!label_parse(text, strlen(text), &label) || label.plural || !*label.number || !text[label.len])
            continue;
        /* "Figure 1 shows" is a sentence, "Figure 1. Doses" a label; a label that is repeated needs no separator. */
        bool repeated = r->label && strncmp(text, r->label, strlen(r->label)) == 0;
        if (!label.separator && !repeated)
            continue;
        if (r->label && r->number && strcmp(r->number, label.number) != 0)
            continue;
        if (i == 0 && !r->label) {
            r->label = arena_strndup(&j->a->arena, text, label.label_len);
            r->kind = label.kind;
            r->number = arena_strdup(&j->a->arena, label.number);
        }
        r->captions[i].text = text + label.len;
    }
}

/* "A", "(b)", "a)": names a part of its group. */
static bool is_panel_label(const char *label)
{
    size_t letters = 0, len = label ? strlen(label) : 0;
    for (size_t i = 0; i < len; i++)
        letters += (label[i] | 32) >= 'a' && (label[i] | 32) <= 'z';
    return !label || (len <= 4 && letters <= 1);
}

/* Reads what a group says of all its members, once. */
static void enter_group(struct jats *j, const xmlNode *group)
{
    if (j->group.node == group)
        return;
    struct reading g = {.node = group};
    j->group = (struct jats_group){.node = group};
    if (!group)
        return;
    read_captions(j, group, &g);
    j->group.label = read_label(j, group);
    if (g.n_captions)
        j->group.caption = g.captions[0];
}

/* A member of a group that has the caption itself: what the group says belongs to every member. */
static void add_group_text(struct jats *j, struct reading *r)
{
    const struct jats_group *g = &j->group;
    if (!g->node || !is_panel_label(r->label))
        return;
    if (g->caption.text && r->n_captions) {
        struct str both = STR_INIT(2 * ARTICLE_MAX_CAPTION);
        str_add(&both, g->caption.text);
        end_sentence(&both);
        str_addf(&both, " %s%s%s", r->label ? r->label : "", r->label ? " " : "", r->captions[0].text);
        r->captions[0].text = article_text(j->a, both.data, both.len, ARTICLE_MAX_CAPTION);
        str_release(&both);
    } else if (g->caption.text) {
        r->captions[r->n_captions++] = g->caption;
    }
    if (g->label)
        r->label = r->label ? arena_printf(&j->a->arena, "%s%s", g->label, r->label) : g->label;
}

/* How far down the list of image references a form of an image belongs. */
static int href_rank(const xmlNode *graphic, const char *href)
{
    const char *use = xml_attr(graphic, "specific-use"), *type = xml_attr(graphic, "content-type");
    if (strcasestr(href, "thumb") || (use && strcasestr(use, "thumb")) || (type && strcasestr(type, "scielo-267")) ||
        (type && strcasestr(type, "thumb")))
        return 3;
    if ((use && (strcasestr(use, "web") || strcasestr(use, "low") || strcasestr(use, "preview"))) ||
        str_ends(href, ".gif"))
        return 2;
    return str_ends(href, ".eps") || str_ends(href, ".svg") || str_ends(href, ".pdf") ? 1 : 0;
}

static const char *href_of(const xmlNode *graphic)
{
    const char *href = xml_attr(graphic, "href");
    if (!href)
        href = xml_attr(graphic, "file"); /* BioMed Central */
    return href && *href ? href : NULL;
}

/* Adds the references of rank `rank` below `top`, figures inside it and captions left out; counts those that are no
 * alternatives of another. */
static size_t add_hrefs(struct jats *j, struct art_figure *f, const xmlNode *top, int rank, bool table)
{
    size_t apart = 0;
    bool descend = true;
    for (const xmlNode *node = top; node; node = xml_next(top, node, descend)) {
        enum xml_tag tag = xml_tag(node);
        descend = node == top || (tag != TAG_CAPTION && tag != TAG_FIG && tag != TAG_TABLE_WRAP && tag != TAG_TABLE &&
                                  tag != TAG_SUPPLEMENTARY_MATERIAL && tag != TAG_ALT_TEXT);
        if (tag != TAG_GRAPHIC && !(tag == TAG_INLINE_GRAPHIC && !table) &&
            !(tag == TAG_MEDIA && xml_attr_is(node, "mimetype", "image")))
            continue;
        const char *href = href_of(node);
        if (!href)
            continue;
        apart += xml_tag(node->parent) != TAG_ALTERNATIVES;
        if (href_rank(node, href) == rank)
            article_add_href(j->a, f, href);
    }
    return apart;
}

static void read_hrefs(struct jats *j, struct art_figure *f, const xmlNode *node)
{
    size_t apart = 0;
    for (int rank = 0; rank <= 3; rank++)
        apart = add_hrefs(j, f, node, rank, f->kind && strcmp(f->kind, "table") == 0);
    if (apart > 1)
        article_warn(j->a, "%s has %zu images that are not alternatives of each other; the first is taken",
                     f->label ? f->label : "a figure", apart);
}

static void read_credit(struct jats *j, struct art_figure *f, const xmlNode *node)
{
    const xmlNode *credit = xml_child(node, TAG_ATTRIB), *permissions = xml_child(node, TAG_PERMISSIONS);
    xml_text_clear(&j->text);
    if (credit)
        xml_text_add(&j->text, credit);
    for (const xmlNode *child = permissions ? permissions->children : NULL; child; child = child->next) {
        if (xml_tag(child) != TAG_COPYRIGHT_STATEMENT && xml_tag(child) != TAG_LICENSE)
            continue;
        xml_text_space(&j->text);
        xml_text_add(&j->text, child);
    }
    f->credit = article_text(j->a, j->text.s.data, j->text.s.len, ARTICLE_MAX_FIELD);
}

static bool is_table(const xmlNode *node)
{
    return xml_tag(node) == TAG_TABLE_WRAP || xml_tag(node) == TAG_TBL;
}

/* The kind that the element says, for labels that do not say it. */
static const char *kind_of(const xmlNode *node)
{
    switch (xml_tag(node)) {
    case TAG_TABLE_WRAP:
    case TAG_TBL:
        return "table";
    case TAG_CHEM_STRUCT_WRAP:
        return "scheme";
    default:
        break;
    }
    const char *type = xml_attr(node, "fig-type");
    static const char *const kinds[] = {"scheme", "chart", "plate", "photo", "map", "video", "box", "algorithm"};
    for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
        if (strcasecmp(type, kinds[i]) == 0)
            return kinds[i];
    return "figure";
}

static bool in_abstract(const xmlNode *node)
{
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        if (xml_tag(node) == TAG_ABSTRACT || xml_tag(node) == TAG_TRANS_ABSTRACT)
            return true;
    return false;
}

static void read_element(struct jats *j, const xmlNode *node, const xmlNode *group, struct reading *r)
{
    *r = (struct reading){.node = node, .group = group, .id = xml_attr(node, "id")};
    r->label = read_label(j, node);
    read_captions(j, node, r);
    enter_group(j, group);
    add_group_text(j, r);
    read_number(j, r);
    const char *kind = kind_of(node);
    bool table = strcmp(kind, "table") == 0;
    /* A picture that is labelled as a table stays what its element says; its number is not one of the figures'. */
    if (!table && r->kind && strcmp(r->kind, "table") == 0)
        r->kind = r->number = NULL;
    if (!r->kind || table)
        r->kind = in_abstract(node) ? "abstract" : kind;
}

/* Another language's caption of a figure: only a text that it does not have yet. */
static void add_translations(struct jats *j, struct art_figure *f, const struct reading *r)
{
    for (size_t i = 0; i < r->n_captions; i++) {
        bool known = false;
        for (size_t k = 0; k < f->n_captions; k++)
            known |= strcmp(f->captions[k].text, r->captions[i].text) == 0;
        if (!known)
            article_add_caption(j->a, f, r->captions[i].language, r->captions[i].text);
    }
}

static bool same_number(const struct art_figure *f, const struct reading *r)
{
    return f->number && r->number && strcmp(f->number, r->number) == 0 &&
           (strcmp(f->kind, "table") == 0) == (strcmp(r->kind, "table") == 0);
}

static bool has_language(const struct art_figure *f, const char *language)
{
    for (size_t i = 0; i < f->n_captions; i++)
        if (str_same(f->captions[i].language, language))
            return true;
    return false;
}

/* The figure before it in the same group, in another language: SciELO's way of writing bilingual captions. */
static struct art_figure *twin_in_group(struct jats *j, const struct reading *r)
{
    struct article *a = j->a;
    const char *own = xml_attr(r->node, "lang"), *group_id = xml_attr(r->group, "id");
    struct art_figure *last = a->n_figures ? &a->figures[a->n_figures - 1] : NULL;
    if (!own || !last || !last->parent || !group_id || strcmp(last->parent, group_id) != 0 || !same_number(last, r))
        return NULL;
    const char *language = article_language(a, own);
    return language && !has_language(last, language) ? last : NULL;
}

static struct art_figure *add_figure(struct jats *j, const struct reading *r)
{
    struct art_figure *f = article_add_figure(j->a);
    if (!f)
        return NULL;
    const char *group_id = xml_attr(r->group, "id");
    f->anchor = r->id && *r->id ? arena_strdup(&j->a->arena, r->id) : NULL;
    f->parent = group_id ? article_text(j->a, group_id, strlen(group_id), ARTICLE_MAX_ANCHOR) : NULL;
    f->label = r->label;
    f->kind = r->kind;
    f->number = r->number;
    add_translations(j, f, r);
    read_hrefs(j, f, r->node);
    read_credit(j, f, r->node);
    if (is_table(r->node))
        jats_read_table(j, f, r->node);
    if (!f->n_captions) {
        f->drop_reason = "no_caption";
        if (!f->label)
            f->kind = "unlabelled";
    }
    return f;
}

static void add_element(struct jats *j, const xmlNode *node, const xmlNode *group)
{
    struct reading r;
    read_element(j, node, group, &r);
    struct art_figure *f = group ? twin_in_group(j, &r) : NULL;
    if (f) {
        add_translations(j, f, &r);
        for (int rank = 0; rank <= 3; rank++)
            add_hrefs(j, f, node, rank, false);
        if (is_table(node) && !f->table.n_cells)
            jats_read_table(j, f, node);
    } else if (r.n_captions || r.label || xml_find(node, TAG_GRAPHIC)) {
        f = add_figure(j, &r);
    }
    if (!f)
        return;
    size_t index = (size_t)(f - j->a->figures);
    jats_ids_add(j, r.id, index);
    if (group && j->group.n_members++ < GROUP_MAX)
        jats_ids_add(j, xml_attr(group, "id"), index);
}

static bool is_figure(enum xml_tag tag, bool bmc)
{
    return tag == TAG_FIG || tag == TAG_TABLE_WRAP || tag == TAG_CHEM_STRUCT_WRAP || (bmc && tag == TAG_TBL);
}

typedef void element_fn(struct jats *j, const xmlNode *node, const xmlNode *group);

/* Calls `each` for every figure element below `top`, in document order; sub-articles are left out. */
static void each_figure(struct jats *j, const xmlNode *top, element_fn *each)
{
    bool descend = true;
    for (const xmlNode *node = top; node; node = xml_next(top, node, descend)) {
        enum xml_tag tag = xml_tag(node);
        descend = node == top || (tag != TAG_SUB_ARTICLE && tag != TAG_RESPONSE && tag != TAG_REF_LIST &&
                                  tag != TAG_TABLE && tag != TAG_TBLBDY);
        if (node == top || !is_figure(tag, j->bmc))
            continue;
        enum xml_tag parent = xml_tag(node->parent);
        each(j, node, parent == TAG_FIG_GROUP || parent == TAG_TABLE_WRAP_GROUP ? node->parent : NULL);
        descend = tag != TAG_FIG;
    }
}

/* Translations. */

static bool same_href(const struct art_figure *f, const xmlNode *node)
{
    const xmlNode *graphic = xml_find(node, TAG_GRAPHIC);
    const char *href = graphic ? href_of(graphic) : NULL;
    for (size_t i = 0; href && i < f->n_hrefs; i++)
        if (strcmp(f->hrefs[i], href) == 0)
            return true;
    return false;
}

/* The figure of the article that this one of a sub-article translates: the same number, else the same image, else the
 * first of its kind that has no number either and no caption in that language yet. */
static struct art_figure *find_original(struct jats *j, const struct reading *r)
{
    for (size_t i = 0; i < j->n_own; i++)
        if (same_number(&j->a->figures[i], r))
            return &j->a->figures[i];
    for (size_t i = 0; i < j->n_own; i++)
        if (same_href(&j->a->figures[i], r->node))
            return &j->a->figures[i];
    for (size_t i = 0; i < j->n_own; i++)
        if (!r->number && !j->a->figures[i].number && strcmp(j->a->figures[i].kind, r->kind) == 0 &&
            !has_language(&j->a->figures[i], text_with_language(j, r->node)))
            return &j->a->figures[i];
    return NULL;
}

static void add_translated(struct jats *j, const xmlNode *node, const xmlNode *group)
{
    struct reading r;
    if (j->n_translated++ >= ARTICLE_MAX_FIGURES)
        return;
    read_element(j, node, group, &r);
    if (!r.n_captions && !r.label)
        return;
    struct art_figure *f = find_original(j, &r);
    if (f) {
        add_translations(j, f, &r);
        if (f->n_captions && f->drop_reason)
            f->drop_reason = NULL;
        for (int rank = 0; !f->n_hrefs && rank <= 3; rank++)
            add_hrefs(j, f, node, rank, false);
    } else {
        f = add_figure(j, &r);
    }
    if (f)
        jats_ids_add(j, r.id, (size_t)(f - j->a->figures));
}

void jats_figures(struct jats *j)
{
    size_t left_out = 0;
    each_figure(j, j->root, add_element);
    j->n_own = j->a->n_figures;
    for (const xmlNode *part = j->root->children; part; part = part->next) {
        if (xml_tag(part) == TAG_SUB_ARTICLE && jats_is_translation(part))
            each_figure(j, part, add_translated);
        else if (xml_tag(part) == TAG_SUB_ARTICLE || xml_tag(part) == TAG_RESPONSE)
            left_out += xml_find(part, TAG_FIG) != NULL;
    }
    if (left_out)
        article_warn(j->a, "figures of %zu sub-articles (reviews, replies) are left out", left_out);
}

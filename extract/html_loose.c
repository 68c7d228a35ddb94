/* html_loose.c: figures of pages whose markup says nothing of figures: old sites, converted documents. A caption is a
 * block that starts with a numbered label and a separator, or with a label set apart by an element of its own; its
 * image is the one right in front of it, else the one right behind. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

enum {
    THINGS_MAX = 20000,
    BLOCK_MAX = 20000,   /* bytes of a caption */
    APART_MAX = 200,     /* bytes of other text between image and caption */
    ICON_MAX = 60,       /* pixels; smaller images are ornaments */
    INNER_BLOCKS_MAX = 3 /* elements deep to a label of its own */
};

/* Images and captions in document order. */
struct thing {
    const xmlNode *node;
    bool is_caption, used;
    size_t text_before; /* bytes of text of other blocks up to here */
};

struct things {
    struct thing *list;
    size_t n, cap;
};

static bool is_ornament(const xmlNode *image)
{
    const char *width = xml_attr(image, "width"), *height = xml_attr(image, "height"), *src = xml_attr(image, "src");
    long w = width ? strtol(width, NULL, 10) : 0, t = height ? strtol(height, NULL, 10) : 0;
    if ((w > 0 && w < ICON_MAX) || (t > 0 && t < ICON_MAX))
        return true;
    static const char *const names[] = {"logo",   "icon",   "spacer", "blank", "arrow",
                                        "button", "banner", "seta",   "pixel"};
    for (size_t i = 0; src && i < sizeof names / sizeof *names; i++)
        if (strcasestr(src, names[i]))
            return true;
    return !src && !xml_attr(image, "data-src") && !xml_attr(image, "srcset");
}

static bool is_block(const xmlNode *node)
{
    switch (xml_tag(node)) {
    case TAG_P:
    case TAG_DIV:
    case TAG_TD:
    case TAG_DD:
    case TAG_LI:
    case TAG_H3:
    case TAG_H4:
    case TAG_H5:
    case TAG_H6:
        return true;
    default:
        return strcasecmp((const char *)node->name, "center") == 0;
    }
}

static bool holds_blocks(const xmlNode *block)
{
    for (const xmlNode *node = xml_next(block, block, true); node; node = xml_next(block, node, true))
        if (is_block(node) || xml_tag(node) == TAG_TABLE)
            return true;
    return false;
}

/* "<b>Figure 1</b> Doses": the label is all that its element holds. A link is a mention of the figure. */
static bool is_label_apart(struct html *h, const xmlNode *block)
{
    const xmlNode *node = xml_next(block, block, true);
    for (int depth = 0; node && depth < INNER_BLOCKS_MAX; depth++, node = xml_next(block, node, true)) {
        struct label label;
        const char *text = html_peek(h, node);
        if (xml_tag(node) == TAG_A && xml_attr(node, "href"))
            return false;
        if (label_parse(text, strlen(text), &label) && !text[label.len])
            return true;
    }
    return false;
}

static bool is_caption(struct html *h, const xmlNode *block)
{
    struct label label;
    const char *text = html_peek(h, block);
    size_t len = strlen(text);
    if (len > BLOCK_MAX || !label_parse(text, len, &label) || label.plural || !*label.number || !text[label.len] ||
        strcmp(label.kind, "supplement") == 0)
        return false;
    if (label.separator && label.separator != '-')
        return true;
    /* "Figure 1 shows" is a sentence, whatever its type face. */
    size_t at = label.len;
    return !text_is_lower(text_next(text, len, &at)) && is_label_apart(h, block);
}

static void add_thing(struct things *t, const xmlNode *node, bool is_caption, size_t text_before)
{
    if (t->n >= THINGS_MAX)
        return;
    MEM_GROW(t->list, t->n, t->cap);
    t->list[t->n++] = (struct thing){node, is_caption, false, text_before};
}

static void collect(struct html *h, struct things *t)
{
    size_t text = 0;
    bool descend = true;
    for (const xmlNode *node = h->root; node; node = xml_next(h->root, node, descend)) {
        descend = xml_tag(node) != TAG_HEAD && !html_is_figure(node);
        if (descend && xml_tag(node) == TAG_IMG && !is_ornament(node))
            add_thing(t, node, false, text);
        if (!descend || !is_block(node) || holds_blocks(node))
            continue;
        bool caption = is_caption(h, node);
        if (caption)
            add_thing(t, node, true, text);
        else
            text += strlen(html_peek(h, node));
        /* An image within the caption's block stands behind it in the list, which is as good. */
    }
}

static bool is_near(const struct thing *a, const struct thing *b)
{
    return b->text_before - a->text_before <= APART_MAX;
}

static struct thing *image_of(struct things *t, size_t caption)
{
    struct thing *c = &t->list[caption];
    if (caption && !t->list[caption - 1].is_caption && !t->list[caption - 1].used && is_near(c - 1, c))
        return c - 1;
    if (caption + 1 < t->n && !t->list[caption + 1].is_caption && is_near(c, c + 1))
        return c + 1;
    return NULL;
}

static void add_loose(struct html *h, struct thing *caption, struct thing *image)
{
    struct html_caption c = {.node = caption->node, .marked = true};
    const char *text = html_peek(h, caption->node), *start = text + strspn(text, " ");
    if (!label_parse(text, strlen(text), &c.label))
        return;
    c.label_text = article_text(h->a, start, c.label.label_len, ARTICLE_MAX_FIELD);
    c.text = article_text(h->a, text + c.label.len, strlen(text + c.label.len), ARTICLE_MAX_CAPTION);
    image->used = true;
    /* The link to the full size is around the image. */
    const xmlNode *box = xml_tag(image->node->parent) == TAG_A ? image->node->parent : image->node;
    struct art_figure *f = html_add_figure(h, box, "figure", &c);
    const char *id = xml_attr(caption->node, "id");
    if (f && !f->anchor && id && *id)
        f->anchor = article_text(h->a, id, strlen(id), ARTICLE_MAX_ANCHOR);
}

void html_loose_figures(struct html *h)
{
    struct things t = {0};
    collect(h, &t);
    for (size_t i = 0; i < t.n; i++) {
        struct thing *image = t.list[i].is_caption ? image_of(&t, i) : NULL;
        if (image)
            add_loose(h, &t.list[i], image);
    }
    free(t.list);
}

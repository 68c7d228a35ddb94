/* article.c: see article.h. */
#include "extract/article.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "extract/panel_caption.h"

/* Room for one more element. Arrays without a stored capacity grow when their length is a power of two. */
static void *one_more(struct arena *arena, void *array, size_t n, size_t size)
{
    if (n & (n - 1))
        return array;
    void *grown = arena_array(arena, n ? 2 * n : 1, size);
    if (n)
        memcpy(grown, array, n * size);
    return grown;
}

struct art_figure *article_add_figure(struct article *a)
{
    if (a->n_figures >= ARTICLE_MAX_FIGURES) {
        article_warn(a, "more than %d figures: the others are left out", ARTICLE_MAX_FIGURES);
        return NULL;
    }
    ARENA_GROW(&a->arena, a->figures, a->n_figures, a->cap_figures);
    struct art_figure *f = &a->figures[a->n_figures++];
    *f = (struct art_figure){.kind = "figure", .confidence = 1};
    return f;
}

/* Length of `text` cut to `max` bytes: behind the last whole word, else behind the last whole character. */
static size_t cut_length(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    size_t cut = max;
    while (cut > max / 2 && text[cut] != ' ')
        cut--;
    if (cut > max / 2)
        return cut;
    cut = max;
    while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return cut;
}

/* True for plain ASCII that text_clean would leave as it is: most of what parsers give. */
static bool is_clean(const char *text, size_t len)
{
    if (!len || text[0] == ' ' || text[len - 1] == ' ')
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~' || (text[i] == ' ' && text[i - 1] == ' '))
            return false;
    return true;
}

const char *article_text(struct article *a, const char *text, size_t len, size_t max)
{
    if (!text)
        return NULL;
    if (len <= max && is_clean(text, len))
        return arena_strndup(&a->arena, text, len);
    /* Cleaning may make text longer or shorter; past this much input the cut would fall short of it anyway. */
    size_t most = max * 16 + 4096;
    struct str clean = STR_INIT(most * 4);
    text_clean(text, len > most ? cut_length(text, len, most) : len, &clean);
    size_t n = cut_length(clean.data, clean.len, max);
    const char *copy = n ? arena_strndup(&a->arena, clean.data, n) : NULL;
    str_release(&clean);
    return copy;
}

const char *article_language(struct article *a, const char *tag)
{
    char out[16];
    return text_language_tag(tag, out) ? arena_strdup(&a->arena, out) : NULL;
}

static void add_text(struct article *a, struct art_text **list, size_t *n, const char *language, const char *text,
                     size_t max)
{
    const char *copy = text ? article_text(a, text, strlen(text), max) : NULL;
    if (!copy)
        return;
    *list = one_more(&a->arena, *list, *n, sizeof **list);
    (*list)[(*n)++] = (struct art_text){article_language(a, language), copy};
}

void article_add_caption(struct article *a, struct art_figure *f, const char *language, const char *text)
{
    if (f->n_captions < ARTICLE_MAX_CAPTIONS)
        add_text(a, &f->captions, &f->n_captions, language, text, ARTICLE_MAX_CAPTION);
}

void article_add_mention(struct article *a, struct art_figure *f, const char *language, const char *text)
{
    if (f->n_mentions < ARTICLE_MAX_MENTIONS)
        add_text(a, &f->mentions, &f->n_mentions, language, text, ARTICLE_MAX_MENTION);
}

void article_add_href(struct article *a, struct art_figure *f, const char *href)
{
    if (!href || f->n_hrefs >= ARTICLE_MAX_HREFS)
        return;
    /* As written but for white space around it: a file's name may be in any normal form. */
    href += strspn(href, " \t\r\n");
    size_t len = strlen(href);
    while (len && strchr(" \t\r\n", href[len - 1]))
        len--;
    if (!len || len > ARTICLE_MAX_HREF || !text_is_utf8(href, len))
        return;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)href[i] < ' ' || href[i] == 0x7F)
            return;
    for (size_t i = 0; i < f->n_hrefs; i++)
        if (strlen(f->hrefs[i]) == len && memcmp(f->hrefs[i], href, len) == 0)
            return;
    f->hrefs = one_more(&a->arena, f->hrefs, f->n_hrefs, sizeof *f->hrefs);
    f->hrefs[f->n_hrefs++] = arena_strndup(&a->arena, href, len);
}

void article_warn(struct article *a, const char *format, ...)
{
    if (a->n_warnings >= ARTICLE_MAX_WARNINGS)
        return;
    struct str line = STR_INIT(64 * 1024);
    va_list args;
    va_start(args, format);
    str_vaddf(&line, format, args);
    va_end(args);
    const char *copy = article_text(a, line.data, line.len, ARTICLE_MAX_WARNING);
    str_release(&line);
    /* One that repeats says nothing new. */
    if (!copy || (a->n_warnings && strcmp(a->warnings[a->n_warnings - 1], copy) == 0))
        return;
    ARENA_GROW(&a->arena, a->warnings, a->n_warnings, a->cap_warnings);
    a->warnings[a->n_warnings++] = copy;
}

void article_split_caption(struct article *a, struct art_figure *f)
{
    struct arena scratch = ARENA_INIT;
    struct panel_caption c;
    size_t left = ARTICLE_MAX_PANEL_TEXT;
    f->panels = NULL;
    f->n_panels = 0;
    if (f->n_captions && strcmp(f->kind, "table") != 0 &&
        panel_caption_split(&scratch, f->captions[0].text, strlen(f->captions[0].text), &c)) {
        f->panels = arena_array(&a->arena, c.n_panels, sizeof *f->panels);
        for (size_t i = 0; i < c.n_panels; i++) {
            const char *whole = panel_caption_whole(&scratch, &c, i);
            struct art_panel *p = &f->panels[f->n_panels++];
            p->label = arena_strdup(&a->arena, c.panels[i].label);
            p->caption = article_text(a, whole, strlen(whole), left < ARTICLE_MAX_CAPTION ? left : ARTICLE_MAX_CAPTION);
            p->confidence = c.confidence;
            left -= p->caption ? strlen(p->caption) : 0;
        }
    }
    arena_release(&scratch);
}

static int by_anchor(const void *x, const void *y)
{
    const struct art_figure *const *a = x, *const *b = y;
    int order = strcmp((*a)->anchor, (*b)->anchor);
    return order ? order : (*a > *b) - (*a < *b);
}

/* Gives all but the first figure of each name the suffix `~N`; true when there were any. */
static bool number_duplicates(struct article *a, struct art_figure **sorted)
{
    for (size_t i = 0; i < a->n_figures; i++)
        sorted[i] = &a->figures[i];
    qsort(sorted, a->n_figures, sizeof *sorted, by_anchor);
    bool found = false;
    for (size_t i = 1, run = 1; i < a->n_figures; i++) {
        const char *first = sorted[i - run]->anchor;
        if (strcmp(first, sorted[i]->anchor) != 0) {
            run = 1;
            continue;
        }
        found = true;
        sorted[i]->anchor = arena_printf(&a->arena, "%.*s~%zu",
                                         (int)cut_length(first, strlen(first), ARTICLE_MAX_ANCHOR - 24), first, ++run);
    }
    return found;
}

void article_name_figures(struct article *a)
{
    for (size_t i = 0; i < a->n_figures; i++) {
        struct art_figure *f = &a->figures[i];
        if (f->anchor)
            f->anchor = article_text(a, f->anchor, strlen(f->anchor), ARTICLE_MAX_ANCHOR);
        if (!f->anchor)
            f->anchor = f->number ? arena_printf(&a->arena, "%.40s:%.100s", f->kind, f->number)
                                  : arena_printf(&a->arena, "%.40s-%zu", f->kind, i + 1);
    }
    if (a->n_figures < 2)
        return;
    struct art_figure **sorted = mem_array(a->n_figures, sizeof *sorted);
    /* A suffixed name can meet a name that the document itself chose; a few rounds settle any that are not malicious.
     */
    int rounds = 0;
    while (rounds < 4 && number_duplicates(a, sorted))
        rounds++;
    if (rounds == 4)
        for (size_t i = 0; i < a->n_figures; i++)
            a->figures[i].anchor = arena_printf(&a->arena, "%.40s-%zu", a->figures[i].kind, i + 1);
    free(sorted);
}

void article_release(struct article *a)
{
    arena_release(&a->arena);
    *a = (struct article)ARTICLE_INIT;
}

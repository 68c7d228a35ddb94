/* cite.c: see cite.h. */
#include "extract/cite.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "extract/label.h"

enum { RANGE_MAX = 30 }; /* figures that "Figs. 1-30" stands for */

static int by_number(const void *x, const void *y, void *context)
{
    const struct art_figure *figures = context;
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    int order = strcmp(figures[a].number, figures[b].number);
    return order ? order : (a > b) - (a < b);
}

void cites_init(struct cites *c, struct article *a)
{
    *c = (struct cites){
        .a = a,
        .by_number = mem_array(a->n_figures + 1, sizeof *c->by_number),
        .cited_in = mem_array(a->n_figures + 1, sizeof *c->cited_in),
    };
    for (size_t i = 0; i < a->n_figures; i++)
        if (a->figures[i].number && !a->figures[i].n_mentions)
            c->by_number[c->n++] = i;
    qsort_r(c->by_number, c->n, sizeof *c->by_number, by_number, a->figures);
}

void cites_release(struct cites *c)
{
    free(c->by_number);
    free(c->cited_in);
    *c = (struct cites){0};
}

/* Each kind is numbered apart: a scheme's number is not a figure's. */
static struct art_figure *lookup(const struct cites *c, const char *kind, const char *number)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (strcmp(c->a->figures[c->by_number[mid]].number, number) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < c->n && strcmp(c->a->figures[c->by_number[low]].number, number) == 0; low++)
        if (strcmp(c->a->figures[c->by_number[low]].kind, kind) == 0)
            return &c->a->figures[c->by_number[low]];
    return NULL;
}

struct sentence {
    struct cites *c;
    const char *language, *text;
    size_t len;
};

/* Each sentence once a figure, however often it cites it. */
static void cite(struct sentence *s, const char *kind, const char *number)
{
    struct cites *c = s->c;
    struct art_figure *f = lookup(c, kind, number);
    size_t *cited_in = f ? &c->cited_in[f - c->a->figures] : NULL;
    if (!f || f->n_mentions >= ARTICLE_MAX_MENTIONS || *cited_in == c->sentence)
        return;
    *cited_in = c->sentence;
    const char *text = article_text(c->a, s->text, s->len, ARTICLE_MAX_MENTION);
    article_add_mention(c->a, f, s->language, text);
}

/* Cites the first, the last, and for plain or S-numbers what lies between. */
static void cite_range(struct sentence *s, const char *kind, const char *first, const char *last)
{
    size_t prefix = strcspn(first, "0123456789");
    long from = strtol(first + prefix, NULL, 10), to = 0;
    if (strncmp(first, last, prefix) == 0)
        to = strtol(last + prefix, NULL, 10);
    cite(s, kind, first);
    for (long i = from + 1; i < to && to - from <= RANGE_MAX; i++) {
        struct str number = STR_INIT(40);
        str_addf(&number, "%.*s%ld", (int)prefix, first, i);
        cite(s, kind, number.data);
        str_release(&number);
    }
    if (strcmp(first, last) != 0)
        cite(s, kind, last);
}

static bool take_sentence(void *context, const char *start, size_t len)
{
    struct sentence *s = context;
    struct label_cite found;
    size_t at = 0, from;
    s->c->sentence++;
    s->text = start;
    s->len = len;
    while (label_find(start, len, &at, &from, &found)) {
        cite_range(s, found.label.kind, found.label.number, found.last);
        for (size_t i = 0; i < found.n_also; i++)
            cite_range(s, found.label.kind, found.also[i].first, found.also[i].last);
    }
    return true;
}

void cites_add(struct cites *c, const char *language, const char *paragraph, size_t len)
{
    struct sentence s = {.c = c, .language = language};
    size_t at = 0, start;
    struct label_cite any;
    if (c->n && label_find(paragraph, len, &at, &start, &any))
        text_sentences(paragraph, len, language, take_sentence, &s);
}

/* plan.c: see plan.h. */
#include "translate/plan.h"

#include <string.h>

/* The language around a text: what the article states, unless its captions say otherwise; `out` holds it. */
static const char *article_language(const struct translation_input *input, const char *sample, struct language *out)
{
    language_identify(sample ? sample : "", input->language, NULL, out);
    return strcmp(out->tag, "zxx") == 0 ? input->language : out->tag;
}

/* The authors' own translation of the figure's caption or the title, or NULL. */
static const char *by_authors(const struct translation_figure *figure, const char *field, const char *target)
{
    for (size_t i = 0; i < figure->n_authors; i++) {
        const struct translation_source *a = &figure->authors[i];
        struct language language;
        if (strcmp(a->field, field) != 0)
            continue;
        language_identify(a->text, a->language, NULL, &language);
        if (language_same(language.tag, target))
            return a->text;
    }
    return NULL;
}

/* Text without words, and text whose language nothing tells, stays as it is. */
static bool stays(const struct language *language, const char *target)
{
    return language_same(language->tag, target) || strcmp(language->tag, "zxx") == 0 ||
           strcmp(language->tag, "und") == 0;
}

static enum plan_text text_of(const struct translation_source *source)
{
    if (strcmp(source->field, "mention") == 0)
        return PLAN_MENTION;
    if (strcmp(source->field, "title") == 0)
        return PLAN_TITLE;
    return source->panel_id ? PLAN_PANEL : PLAN_CAPTION;
}

static void plan_figure(const struct translation_input *input, const struct translation_figure *figure,
                        const char *target, const struct plan_options *options, struct plan *out)
{
    struct language found;
    int mentions = options->mentions;
    const char *article = article_language(input, figure->sample, &found);
    for (size_t i = 0; i < figure->n_sources; i++) {
        const struct translation_source *source = &figure->sources[i];
        struct plan_item item = {
            .figure_id = figure->figure_id, .source = source, .is = text_of(source), .method = PLAN_IDENTITY};
        language_identify(source->text, source->language, article, &item.language);
        if (!stays(&item.language, target)) {
            item.text = source->panel_id ? NULL : by_authors(figure, source->field, target);
            item.method = item.text ? PLAN_AUTHOR : PLAN_TRANSLATE;
            if (item.method == PLAN_TRANSLATE &&
                (!(options->texts & 1u << item.is) || (item.is == PLAN_MENTION && mentions-- <= 0)))
                continue;
        }
        out->items[out->n++] = item;
    }
}

void plan_make(const struct translation_input *input, const char *target, const struct plan_options *options,
               struct arena *arena, struct plan *out)
{
    size_t most = 0;
    for (size_t i = 0; i < input->n; i++)
        most += input->figures[i].n_sources;
    *out = (struct plan){.items = arena_array(arena, most, sizeof *out->items)};
    for (size_t i = 0; i < input->n; i++)
        plan_figure(input, &input->figures[i], target, options, out);
}

/* plan.c: see plan.h. */
#include "translate/plan.h"

#include <string.h>

/* The language around a text: what the article states, unless its captions say otherwise; `out` holds it. */
static const char *article_language(const struct language_detector *d, const struct translation_input *input,
                                    struct language *out)
{
    language_identify(d, input->sample ? input->sample : "", input->article_language, NULL, out);
    return strcmp(out->tag, "zxx") == 0 ? input->article_language : out->tag;
}

/* The authors' own translation of the caption, or NULL. */
static const char *by_authors(const struct language_detector *d, const struct translation_input *input,
                              const char *target)
{
    for (size_t i = 0; i < input->n_authors; i++) {
        const struct translation_source *a = &input->authors[i];
        struct language language;
        language_identify(d, a->text, a->language, NULL, &language);
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

void plan_make(const struct language_detector *d, const struct translation_input *input, const char *target,
               const struct plan_options *options, struct arena *arena, struct plan *out)
{
    struct language found;
    int mentions = options->mentions;
    const char *article = article_language(d, input, &found);
    *out = (struct plan){.items = arena_array(arena, input->n_sources, sizeof *out->items)};
    for (size_t i = 0; i < input->n_sources; i++) {
        const struct translation_source *source = &input->sources[i];
        struct plan_item item = {.source = source, .method = PLAN_IDENTITY};
        bool is_mention = text_of(source) == PLAN_MENTION;
        language_identify(d, source->text, source->language, article, &item.language);
        if (!stays(&item.language, target)) {
            item.text = text_of(source) == PLAN_CAPTION ? by_authors(d, input, target) : NULL;
            item.method = item.text ? PLAN_AUTHOR : PLAN_MODEL;
            if (item.method == PLAN_MODEL &&
                (!(options->texts & 1u << text_of(source)) || (is_mention && mentions-- <= 0)))
                continue;
        }
        out->needs_model = out->needs_model || item.method == PLAN_MODEL;
        out->items[out->n++] = item;
    }
}

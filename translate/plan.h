/* plan.h: what becomes of each text of an article: which language it is in, and whether it is taken as it is, taken
 * from the authors, or given to a translator. Made twice: when the article is put into the queue (from which languages
 * is there something to translate?) and when it is done. */
#ifndef FIGMILL_TRANSLATE_PLAN_H
#define FIGMILL_TRANSLATE_PLAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "db/translation.h"
#include "translate/language.h"

enum plan_method { PLAN_IDENTITY, PLAN_AUTHOR, PLAN_TRANSLATE };
enum plan_text { PLAN_CAPTION, PLAN_PANEL, PLAN_MENTION, PLAN_TITLE, PLAN_TEXTS };

struct plan_item {
    int64_t figure_id;
    const struct translation_source *source;
    enum plan_text is;
    struct language language;
    enum plan_method method;
    const char *text; /* PLAN_AUTHOR: the authors' translation */
};

struct plan {
    struct plan_item *items; /* those of a figure stand together */
    size_t n;
};

/* What is to be translated. What is not gets no item. */
struct plan_options {
    unsigned texts; /* bit 1 << enum plan_text */
    int mentions;   /* so many of a figure's */
};

/* Lives in the arena, and borrows from `input`. */
void plan_make(const struct translation_input *input, const char *target, const struct plan_options *options,
               struct arena *arena, struct plan *out);

#endif

/* plan.h: what becomes of each text of a figure: which language it is in, and whether it is taken as it is, taken from
 * the authors, or translated by the model. Made twice: when the figure is put into the queue (does it need a model?)
 * and when it is done. */
#ifndef FIGMILL_TRANSLATE_PLAN_H
#define FIGMILL_TRANSLATE_PLAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "db/translation.h"
#include "translate/language.h"

enum plan_method { PLAN_IDENTITY, PLAN_AUTHOR, PLAN_MODEL };

struct plan_item {
    const struct translation_source *source;
    struct language language;
    enum plan_method method;
    const char *text; /* PLAN_AUTHOR: the authors' translation */
};

struct plan {
    struct plan_item *items;
    size_t n;
    bool needs_model;
};

/* What the model is to translate. What it is not to translate gets no item. */
enum plan_text { PLAN_CAPTION, PLAN_PANEL, PLAN_MENTION, PLAN_TITLE, PLAN_TEXTS };
struct plan_options {
    unsigned texts; /* bit 1 << enum plan_text */
    int mentions;   /* so many of the figure's */
};

/* Lives in the arena, and borrows from `input`. */
void plan_make(const struct language_detector *d, const struct translation_input *input, const char *target,
               const struct plan_options *options, struct arena *arena, struct plan *out);

#endif

/* translation.h: table translation, and what there is to translate. Rows are upserted on their natural key (figure,
 * panel, field, ordinal, target language), so that ids survive a re-run. */
#ifndef FIGMILL_DB_TRANSLATION_H
#define FIGMILL_DB_TRANSLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { TRANSLATION_INPUTS = 33 /* bytes of a candidate's hash, with its NUL */ };

/* An article with figures that have a caption and are not dropped. */
struct translation_candidate {
    int64_t article_id;
    int part;                /* of the article */
    const char *inputs;      /* hash of all texts and languages that its translations depend on, and of `version` */
    const char *fingerprint; /* of its task; NULL: none yet */
};

/* Calls `each` for every candidate of the partition (see task_claim), by article_id. Strings are valid during the call.
 */
typedef bool translation_candidate_fn(void *context, const struct translation_candidate *candidate, struct err *e);
bool translation_candidates(struct db *db, const char *version, int part, int parts, translation_candidate_fn *each,
                            void *context, struct err *e);

struct translation_source {
    int64_t panel_id;     /* 0: of the figure */
    const char *field;    /* caption, mention, title */
    int ordinal;          /* of the mention; else 0 */
    const char *language; /* as the document states it, or NULL */
    const char *text;
};

struct translation_figure {
    int64_t figure_id;
    const char *sample;                 /* the first captions of its document: what tells its language */
    struct translation_source *sources; /* caption, panel captions, mentions, title */
    size_t n_sources;
    struct translation_source *authors; /* caption and title as the document prints them in other languages, and
                                           captions as the article's other documents print them */
    size_t n_authors;
};

struct translation_input {
    int64_t article_id;
    const char *language; /* of the article, as its front matter states it, or NULL */
    struct translation_figure *figures;
    size_t n;
};

/* All of one article; strings go to the arena. An article that has gone has no figures. */
bool translation_input(struct db *db, int64_t article_id, struct arena *arena, struct translation_input *out,
                       struct err *e);

struct translation_row {
    const struct translation_source *source;
    const char *source_language, *language_source;
    double language_confidence;
    const char *target_language;
    const char *text;      /* NULL: none that can be used */
    const char *method;    /* identity author model libretranslate apertium none */
    const char *model;     /* NULL: none asked */
    int64_t model_call_id; /* 0: none */
    const char *checks;    /* JSON object */
    const char *drop_reason;
};

/* Stores the rows of one figure and removes those that its sources no longer have. Within the caller's transaction. */
bool translation_store(struct db *db, int64_t figure_id, const char *target_language,
                       const struct translation_row *rows, size_t n, struct err *e);

#endif

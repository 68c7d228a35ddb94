/* translator.h: texts of one article into the target language, by whichever backend, in a way that can be trusted:
 * remembered ones first; the rest with numbers and labels protected, long ones in pieces, several a request; each
 * checked; those that fail asked for again with the failure named, where the backend takes advice; what was answered is
 * remembered at once, so that kill -9 loses no answer. */
#ifndef FIGMILL_TRANSLATE_TRANSLATOR_H
#define FIGMILL_TRANSLATE_TRANSLATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"
#include "translate/backend.h"
#include "translate/checks.h"
#include "translate/glossary.h"
#include "translate/language.h"

struct translator {
    const struct backend *backend;
    void *opened;         /* the backend's */
    const char *settings; /* of backend and glossary: part of the memory's key */
    struct db *db;
    int64_t article_id;              /* whose texts they are */
    const struct glossary *glossary; /* NULL: none */
    const char *target;
    int attempts;       /* how often a text that fails a check is asked for again */
    double back;        /* least chrF of a back-translation, 0..1; < 0: none is made */
    int64_t generation; /* of the memory */
};

struct translator_text {
    const char *text;

    /* The answer; strings in the arena. */
    const char *translation; /* "" when there is none */
    struct checks checks;
    int64_t model_call_id; /* of the piece that failed, else of the last; 0: none */
    bool remembered;
};

/* All texts are in `language`, and `identity` is the backend's for this pair. The db is outside a transaction. False
 * only for what stops the item (errors of backend.translate); a bad translation is a result. */
bool translator_run(const struct translator *t, const char *language, const char *identity,
                    struct translator_text *texts, size_t n, struct arena *arena, struct err *e);

#endif

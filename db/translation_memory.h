/* translation_memory.h: table translation_memory: what a translator answered to a text, so that the same text is never
 * sent to it twice, whichever figure it stands in. The answer is kept as it came, also one that fails the checks:
 * checks are made anew whenever it is used. */
#ifndef FIGMILL_DB_TRANSLATION_MEMORY_H
#define FIGMILL_DB_TRANSLATION_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "db/db.h"

struct translation_memory {
    const char *source_language, *target_language;
    const char *method, *model;
    const char *source_text;
    const char *text;    /* NULL: none came */
    const char *failure; /* why; NULL: one came */
    int attempts;
    double back;           /* chrF of the back-translation; < 0: none was made */
    int64_t model_call_id; /* 0: none */
    int64_t article_id;    /* whose text it was */
};

/* The key of a text: two texts are the same after NFKC, whatever their white space and kinds of dashes and quotes; case
 * counts. `settings` is the backend's (backend.h) with all else that shapes the answer. */
void translation_memory_key(const struct translation_memory *m, const char *settings, char key[SHA256_SIZE]);

/* The row of that key; *found tells. Strings go to the arena. */
bool translation_memory_lookup(struct db *db, const char *key, struct arena *arena, struct translation_memory *out,
                               bool *found, struct err *e);
/* Adds the row or puts it in place of an older one. In a transaction of the caller's. */
bool translation_memory_keep(struct db *db, const char *key, int64_t generation, const struct translation_memory *m,
                             struct err *e);
/* The generation in force: the highest there is, 0 for an empty memory. It is part of the settings, so that --refresh
 * finds nothing that was answered before. */
bool translation_memory_generation(struct db *db, int64_t *out, struct err *e);

#endif

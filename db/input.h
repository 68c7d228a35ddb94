/* input.h: table input: every file that import saw, and what became of it. A row is there (waiting) as soon as the
 * file's task is, so that the task's files are known to whichever process takes it. */
#ifndef FIGMILL_DB_INPUT_H
#define FIGMILL_DB_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "db/db.h"

/* The task's files, each once, all waiting; the item's former rows are gone. */
bool input_expect(struct db *db, const char *item, const char *const *paths, size_t n, struct err *e);

/* The task's files in order of path, in the arena. */
bool input_paths(struct db *db, const char *item, struct arena *arena, const char ***paths, size_t *n, struct err *e);

enum input_outcome { INPUT_DOCUMENT, INPUT_ASSET, INPUT_KNOWN, INPUT_REFUSED };

/* What became of a file. `document_id` 0: none; `why` for INPUT_REFUSED, else NULL. */
bool input_store(struct db *db, const char *item, const char *path, enum input_outcome outcome, int64_t document_id,
                 const struct err *why, struct err *e);

/* The item's files that still wait are refused for this reason. */
bool input_refuse_waiting(struct db *db, const char *item, const struct err *why, struct err *e);

/* Adds "inputs": {outcome: number} of the whole corpus to the object. */
bool input_summary(struct db *db, cJSON *summary, struct err *e);

#endif

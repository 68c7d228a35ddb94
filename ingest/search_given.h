/* search_given.h: works that a user names become records of the source "given", without asking anyone. */
#ifndef FIGMILL_INGEST_SEARCH_GIVEN_H
#define FIGMILL_INGEST_SEARCH_GIVEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "db/db.h"
#include "ingest/given.h"

#define SEARCH_GIVEN "given"

/* Reads a list (given.h). Lines that name nothing are told in the log, the first few of them. ERR_USAGE: it cannot be
 * read, or no line of it names a work. */
bool search_given_read(const char *path, struct arena *arena, struct given *out, struct err *e);
/* In a transaction. One work's record; *record_id 0: it was taken down. A URL, and the PDF of an arXiv number, is its
 * file. */
bool search_given_one(struct db *db, const struct given_work *work, int64_t *record_id, struct err *e);
bool search_given_store(struct db *db, const struct given *given, struct err *e);

#endif

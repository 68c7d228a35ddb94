/* import_store.h: the rows of files that import or fetch brought. */
#ifndef FIGMILL_INGEST_IMPORT_STORE_H
#define FIGMILL_INGEST_IMPORT_STORE_H

#include "db/db.h"
#include "db/input.h"
#include "ingest/import_read.h"

/* Tables that it writes. */
extern const char *const import_writes[];

/* Stores the result, inside a transaction: each group with a document becomes an article, or joins the one that is
 * there by its identifiers or by a document with the same bytes. *refused counts files with a reason that are no side
 * files. */
bool import_store(struct db *db, const char *item, const struct import_result *result, int *refused, struct err *e);

/* A document's files as fetch brings them: `article_id` is where they belong (0: by what they say), followed to where
 * that article is now. `note` is told of every file, in order. A file whose bytes were taken down is refused. */
typedef bool import_note_fn(void *context, const struct import_file *file, enum input_outcome outcome,
                            int64_t document_id, const struct err *why, struct err *e);
bool import_store_group(struct db *db, const struct import_file *files, size_t n, int64_t *article_id,
                        const char *source, import_note_fn *note, void *context, struct err *e);

/* True when nothing of the result can be used and a file in it should have been: *why says so. */
bool import_nothing_in(const struct import_result *result, struct err *why);

/* Writes down the reasons of a result that failed as a whole. */
bool import_store_reasons(struct db *db, const char *item, const struct import_result *result, struct err *e);

#endif

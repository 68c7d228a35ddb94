/* fetch_given.h: works that the user names become articles, so that they have a task. */
#ifndef FIGMILL_INGEST_FETCH_GIVEN_H
#define FIGMILL_INGEST_FETCH_GIVEN_H

#include "db/fetch.h"
#include "ingest/given.h"

/* Reads the arguments and the file of --list ("-": standard input; NULL: none). ERR_USAGE for an argument that names
 * nothing, and for a list of which no line does; other lines that cannot be read are told in the log. */
bool fetch_given_read(const char *const *args, const char *list, struct arena *arena, struct given *out, struct err *e);

/* The article of a work, found or made; 0: it was taken down. A URL and an arXiv number become a record of the source
 * `given`, with the URL as its file. In a transaction. */
bool fetch_given_article(struct db *db, const struct given_work *work, int64_t *article_id, struct err *e);

#endif

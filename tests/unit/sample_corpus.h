/* sample_corpus.h: a small corpus made by inserts, for tests of what reads one, in an order of the test's choice. */
#ifndef FIGMILL_TESTS_SAMPLE_CORPUS_H
#define FIGMILL_TESTS_SAMPLE_CORPUS_H

#include "db/db.h"

enum {
    SAMPLE_ARTICLES = 12,
    SAMPLE_FIGURES = 2, /* an article; the first has a JPEG, the second a PNG */
    SAMPLE_PAIRS = 2    /* kept ones a figure; a dropped one beside them */
};

/* Makes a fresh folder and an empty corpus in it; ends the test on failure. */
void sample_corpus_open(struct db *db, char folder[64]);
/* Adds article `i` (from 0), its document, figures, captions, translations, pairs and blobs, with tasks that made them.
 */
void sample_corpus_add(struct db *db, int i, const char *license);
/* All articles, CC-BY-4.0; `backwards`: the last first. */
void sample_corpus_fill(struct db *db, bool backwards);
/* Closes it and removes the folder. */
void sample_corpus_remove(struct db *db, const char *folder);

/* Runs SQL that a test needs; ends the test on failure. */
void sample_sql(struct db *db, const char *sql);
int64_t sample_int(struct db *db, const char *sql);

#endif

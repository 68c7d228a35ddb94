/* merge.h: one article, several documents: which of their figures are one and the same, which stands for all of them,
 * and whose picture is the best.
 *
 * Figures are matched document by document, from the one trusted most (match.h) downwards, each with at most one figure
 * of every document above it. What speaks for a pair is the same kind and canonical number, the words of the captions
 * (F1 of the words, merge_words_agreement), the same bytes of the picture, and pictures that look alike; the best pairs
 * are joined first. Numbers join two figures whose captions are in different languages, but not two of one language
 * whose captions have nothing in common: these are the article's Figure 1 and its supplement's.
 *
 * The truth is the first of the matched figures that is usable; the others are the same figure in a worse copy. A
 * second figure of a document with a number that was matched already is a repetition (a mention taken for a caption, or
 * a part of the figure), provided that an XML or HTML document says what the figures are. */
#ifndef FIGMILL_EXTRACT_MERGE_H
#define FIGMILL_EXTRACT_MERGE_H

#include "db/match.h"

/* Decides for all figures of an article, in the order in which match_load gives them. The result has a row for each and
 * depends on nothing else. It lives in the arena. */
struct match_row *merge_figures(const struct match_figure *figures, size_t n, struct arena *arena);

/* Matches the figures of a document's article anew and stores the result: to be called when the document's figures are
 * stored, in the same transaction. */
bool merge_document(struct db *db, int64_t document_id, struct err *e);
/* The same for articles that documents came to without being extracted. */
bool merge_stale(struct db *db, struct err *e);

/* The words of a caption, for comparing. */
struct merge_words {
    const unsigned *hashes; /* sorted */
    size_t n;
    enum { WORDS_UNSURE, WORDS_ENGLISH, WORDS_LATIN, WORDS_OTHER_SCRIPT } writing; /* unsure: few words, in Latin */
};
struct merge_words merge_words_read(struct arena *arena, const char *text);
/* F1 of the words as bags, after NFKC and case folding: 0..1. Two empty captions: 0. */
double merge_words_agreement(const struct merge_words *a, const struct merge_words *b);
/* True when the captions are seen to be in different languages: of different scripts, or only one of them English. */
bool merge_words_differ(const struct merge_words *a, const struct merge_words *b);

/* The index among figures[members[0..n)] whose picture is the best: a publisher's file before a PDF's, the largest of
 * those unless sizes are near, but a thumbnail only where there is nothing better. -1: none has one. */
int merge_best_picture(const struct match_figure *figures, const size_t *members, size_t n);
/* How alike two pictures are by their perceptual hashes: 1: the same, 0: as unlike as any two; below 0: not known. */
double merge_picture_agreement(const struct match_figure *a, const struct match_figure *b);
/* True when both have a picture and its bytes, or the bytes that it was made from, are the same. */
bool merge_same_picture(const struct match_figure *a, const struct match_figure *b);

#endif

/* article.h: table article: one scholarly work, and what makes two files the same work.
 *
 * An article is found by any of its identifiers (DOI, PMCID, PMID). When two articles prove to be one, the younger is
 * merged into the older: its documents, assets and records move, its identifiers too, and merged_into says where they
 * went; the row stays, so that whatever names it can still be followed. An article is live when merged_into is null. */
#ifndef FIGMILL_DB_ARTICLE_H
#define FIGMILL_DB_ARTICLE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum { ARTICLE_ID_SIZE = 256 }; /* of an identifier, with the NUL */

/* Identifiers as a document states them, or NULL. The functions below clean them and leave out what is no identifier.
 */
struct article_ids {
    const char *doi, *pmcid, *pmid;
};

/* Clean forms: "10.5555/abc" in lower case, without a resolver or "doi:" in front and punctuation behind; "PMC123"
 * (also from "123"); "123". False, and an empty string, when the text is none. */
bool article_clean_doi(const char *text, char out[ARTICLE_ID_SIZE]);
bool article_clean_pmcid(const char *text, char out[ARTICLE_ID_SIZE]);
bool article_clean_pmid(const char *text, char out[ARTICLE_ID_SIZE]);

/* The live article that has one of the identifiers and contradicts none of the others; *article_id 0: there is none. */
bool article_find(struct db *db, const struct article_ids *ids, int64_t *article_id, struct err *e);

/* Makes an article. Its key is its first clean identifier, else sha256:HASH of its first document; when an article had
 * that key before, that one is given (followed to where it was merged). */
bool article_keep(struct db *db, const struct article_ids *ids, const char *sha256, const char *source,
                  int64_t *article_id, struct err *e);

/* Where an article went: itself while it is live. ERR_FORMAT when there is no such article. */
bool article_live(struct db *db, int64_t article_id, int64_t *live, struct err *e);

/* States that the article has these identifiers. What it lacks it is given; what it has otherwise stays. When another
 * live article has one of them, and the two contradict each other in none, they are merged. *live is where the article
 * is now (may be NULL). Idempotent. Call it in a transaction; writes article, document.article_id, asset.article_id and
 * record.article_id. */
bool article_claim_ids(struct db *db, int64_t article_id, const struct article_ids *ids, int64_t *live, struct err *e);

/* Merges two live articles unless their identifiers contradict each other; *live is where `a` is now. */
bool article_join(struct db *db, int64_t a, int64_t b, int64_t *live, struct err *e);

/* db_part of the article's key: the partition that its documents' and figures' tasks belong to. */
bool article_part(struct db *db, int64_t article_id, int *part, struct err *e);

#endif

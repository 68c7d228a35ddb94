/* pmc_increment.h: what an inventory of PMC's bucket says of the articles at hand: which of them are as they were, so
 * that nothing need be asked. Pure: what the corpus knows goes in first, then the inventory's lines, in any order.
 *
 * The rule (bucket's README): the ETag of a version's metadata changes if and only if anything of that version did. The
 * inventory lists the copy at metadata/, of the same bytes as the one that fetch asks, hence of the same ETag (MD5);
 * should they ever differ, the article counts as changed, and is asked itself.
 *
 * Memory: 80 bytes for each answer at hand, however long the inventory is. */
#ifndef FIGMILL_INGEST_PMC_INCREMENT_H
#define FIGMILL_INGEST_PMC_INCREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ingest/pmc.h"

enum pmc_news {
    PMC_UNCHANGED,
    PMC_GONE,        /* a version that was there is not listed */
    PMC_CHANGED,     /* another ETag, or metadata that could not be had before */
    PMC_NEW_VERSION, /* than the highest that was seen */
    PMC_NEWS
};

struct pmc_increment;
struct pmc_increment *pmc_increment_new(void);
void pmc_increment_free(struct pmc_increment *increment); /* NULL is fine */

/* What is known of an article, which may have more than one PMCID. What is no "PMC123" is passed over. */
void pmc_increment_listed(struct pmc_increment *increment, int64_t article_id, const char *pmcid, int highest);
/* `etag` of the metadata, as the header has it; NULL: none was sent. */
void pmc_increment_has(struct pmc_increment *increment, int64_t article_id, const char *pmcid, int version,
                       const char *etag);
/* The metadata of this version could not be had. */
void pmc_increment_lacks(struct pmc_increment *increment, int64_t article_id, const char *pmcid, int version);

/* A pmc_change_fn, with the increment as its context; true. */
bool pmc_increment_line(void *increment, const struct pmc_change *change);

/* Each article once, by its id, with the greatest of its news. False when `each` is. */
typedef bool pmc_news_fn(void *context, int64_t article_id, enum pmc_news news, struct err *e);
bool pmc_increment_each(struct pmc_increment *increment, pmc_news_fn *each, void *context, struct err *e);

#endif

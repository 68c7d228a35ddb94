/* fetch_refresh.h: `figmill fetch --refresh`: which articles are asked about again.
 *
 * Files that did not come from PMC's bucket: each by a conditional request. Articles that the bucket was asked about:
 * its listing (is there a new version?) and metadata (has anything of the version changed, is it retracted, which
 * licence?) decide. Both questions about all articles are answered by the bucket's inventory, too: a few hundred MB
 * once, in the place of two requests an article. What is unchanged by it is noted as checked then, and not asked.
 *
 * The inventory is read whole before a row is written; what it says and the tasks that come of it are one transaction.
 * A run that ends anywhere before has changed nothing. */
#ifndef FIGMILL_INGEST_FETCH_REFRESH_H
#define FIGMILL_INGEST_FETCH_REFRESH_H

#include "base/json.h"
#include "ingest/crawl.h"
#include "ingest/fetch_inventory.h"
#include "ingest/pmc_increment.h"

/* From so many articles on the inventory is asked for. It has a line for each of 8 million versions: about 300 MB, a
 * minute or so. Two requests an article take as long for some 1,500 articles, at the 50 a second that ingest/hosts.tsv
 * has for the bucket, and move as many bytes for some 100,000; this lies between the two. */
enum { REFRESH_INVENTORY_FROM = 10000 };

struct refresh {
    enum { INVENTORY_BY_NUMBER, INVENTORY_ALWAYS, INVENTORY_NEVER } inventory_use;
    struct pmc_increment *increment; /* what the inventory says; NULL: it was not read */
    struct inventory inventory;
    int64_t news[PMC_NEWS]; /* articles, by the inventory */
    struct stage_context *c;
};

/* In the stage's survey: reads the inventory where it is worth it. That there is none is told in the log, no error. */
bool refresh_survey(struct refresh *r, struct stage_context *c, const struct crawl_options *options, struct err *e);
/* In the stage's enqueue: wants the rows, and makes their tasks ready. */
bool refresh_enqueue(struct refresh *r, struct stage_context *c, struct err *e);
/* Adds "refresh": {"inventory": its name or null, "unchanged", "changed", "new_versions", "gone": articles}. */
void refresh_summary(const struct refresh *r, cJSON *summary);

#endif

/* fetch_inventory.h: the newest inventory of PMC's bucket, from the net: a manifest, then its gzip CSVs, one after the
 * other, each through a temporary file (its MD5 is checked before a line is read). Memory does not grow with them. */
#ifndef FIGMILL_INGEST_FETCH_INVENTORY_H
#define FIGMILL_INGEST_FETCH_INVENTORY_H

#include "ingest/crawl.h"
#include "ingest/pmc.h"
#include "stage/runner.h"

enum {
    INVENTORY_DAYS = 5,   /* asked for: today's, then those before. There is one each day, at 01:00 UTC */
    INVENTORY_MAX_GB = 4, /* of a CSV, packed */
};

struct inventory {
    char name[32]; /* "2026-11-22T01-00Z" */
    int64_t when;  /* its state is of then; Unix seconds */
    uint64_t lines;
};

enum inventory_end {
    INVENTORY_READ,
    INVENTORY_NONE,  /* *why: nobody has it, or it is damaged; lines that were passed on do not count */
    INVENTORY_FAILED /* *why: ERR_SYSTEM; ERR_ABORT: asked to stop */
};

/* In a stage's survey: no transaction is open, and no other crawler. Stores what was learned of the host. */
enum inventory_end fetch_inventory(struct stage_context *c, const struct crawl_options *options, pmc_change_fn *each,
                                   void *context, struct inventory *out, struct err *why);

#endif

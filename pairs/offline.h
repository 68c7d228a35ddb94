/* offline.h: a run of generate without a server: figures are gone through in this process, one after the other, with
 * stored replies and a batch's results; what has no reply yet is written to the next batch (stage/batch.h). A figure
 * whose replies are all there is finished as a worker would finish it; the others stay as they are. */
#ifndef FIGMILL_PAIRS_OFFLINE_H
#define FIGMILL_PAIRS_OFFLINE_H

#include "base/json.h"
#include "base/sha256.h"
#include "stage/ask.h"
#include "stage/runner.h"

struct offline_options {
    const struct ask_options *ask;
    const char *model;
    char settings[SHA256_SIZE]; /* as of maker_settings */
    const char *out;            /* file of the next batch; NULL: none */
    const char *const *in;      /* files of results, ending with NULL; NULL: none */
    struct ask **made;          /* where the stage's work finds what it asks with */
};

struct offline_counts {
    int64_t figures, finished, open; /* that were not done before */
    int64_t dropped;                 /* pairs */
    int64_t requests;                /* written */
    int files;
    struct batch_counts in;
};

/* Parent, no transaction. A signal ends it after the figure in hand. ERR_USAGE: a file that cannot be read, or is there
 * already. */
bool offline_run(struct stage_context *c, const struct offline_options *options, struct offline_counts *counts,
                 struct err *e);

/* Adds the counts to the --json summary. */
void offline_report(const struct offline_counts *counts, cJSON *summary);

#endif

/* crowd.h: many items in one worker's hands at once, for stages that wait for others (search, fetch). Instead of work
 * and store such a stage has `crowd`: it takes items, works on all of them side by side in its own event loop, and
 * settles those that have come to an end, several in one transaction.
 *
 * What holds for other stages holds here: an item is settled in the transaction that stores its result; error kinds do
 * what the table in runner.h says; --limit counts; the first signal means to take no more, the second to drop all. */
#ifndef FIGMILL_STAGE_CROWD_H
#define FIGMILL_STAGE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "stage/runner.h"

struct crowd;

enum { CROWD_ITEM_SIZE = 64 }; /* of an item's name, with the NUL; longer ones are ERR_SYSTEM */

struct crowd_item {
    int64_t task_id;
    int attempts; /* this one included */
    char item[CROWD_ITEM_SIZE];
};

/* Takes the ready items, at most `max`, in a transaction of its own: their number, 0: none now; -1: failed. *wait_s:
 * seconds until the next retry is due; -1: none waits. Takes none once crowd_ends. */
int crowd_take(struct crowd *crowd, struct crowd_item *out, int max, int *wait_s, struct err *e);

/* Within a transaction that the stage began (db_begin) and commits: what became of an item. crowd_failed lets the
 * error's kind decide (again later, failed for good, given back); false, with the error, when the stage has to stop. */
bool crowd_done(struct crowd *crowd, const struct crowd_item *item, struct err *e);
bool crowd_failed(struct crowd *crowd, const struct crowd_item *item, const struct err *why, struct err *e);
/* After its commit, or its rollback: only what is committed counts in the progress line and the summary. */
void crowd_committed(struct crowd *crowd);
void crowd_rolled_back(struct crowd *crowd);

/* True once no further item is to be taken: a signal came, the stage stops, --limit is used up. What is in hand is
 * brought to its end, unless crowd_must_stop: then it is left, and the runner gives it back. */
bool crowd_ends(const struct crowd *crowd);
bool crowd_must_stop(const struct crowd *crowd);

/* To be called in every turn of the loop: a worker that does not for item_timeout_s is taken to hang, and killed. */
void crowd_alive(struct crowd *crowd);

#endif

/* settle.h: what an error does to the item that met it, and how that is counted and told. Shared by the two kinds of
 * workers: one item at a time (worker.c), many at once (crowd.c). The table itself is in settle.c. */
#ifndef FIGMILL_STAGE_SETTLE_H
#define FIGMILL_STAGE_SETTLE_H

#include "base/err.h"
#include "stage/board.h"

/* Most attempts of an item whose worker crashed or hung. */
enum { SETTLE_CRASH_ATTEMPTS = 2 };

enum settle_action {
    SETTLE_FAIL,    /* for good */
    SETTLE_RETRY,   /* ready again after delay_s */
    SETTLE_STOP,    /* given back, and the stage stops */
    SETTLE_RELEASE, /* given back */
};
struct settle {
    enum settle_action action;
    int delay_s;
};
/* For an item that has had so many attempts, this one included. */
struct settle settle_plan(const struct err *why, int attempts);

/* Counts and tells an item's failure, once it is committed: for good, or to be tried again (which gives its place in
 * --limit back). */
void settle_count(struct board *board, const char *stage, const char *item, const struct err *why, bool again);

/* The first worker that has to stop says why; the others would say the same. */
void settle_stop(struct board *board, const struct err *why);

#endif

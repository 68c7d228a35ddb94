/* board.h: what the runner and its workers share: one page of memory, written by atomic operations only. It steers a
 * run (how many items may still be taken, whether to stop) and counts it; what is true of an item stands in the
 * database. */
#ifndef FIGMILL_STAGE_BOARD_H
#define FIGMILL_STAGE_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

enum { BOARD_MAX_WORKERS = 1024 };

struct board_seat {          /* one worker's */
    _Atomic int64_t task_id; /* of the item in hand; 0: none */
    _Atomic int64_t since;   /* CLOCK_MONOTONIC milliseconds when it was taken */
};

struct board {
    _Atomic int64_t budget; /* items that may still be taken */
    _Atomic int64_t done, failed, dropped;
    _Atomic int64_t retried; /* failures that will be tried again */
    _Atomic int stopped;     /* a worker met an error that stops the stage, and logged it */
    struct board_seat seats[BOARD_MAX_WORKERS];
};

static inline int64_t board_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif

/* timer.h: things that are due at a time, the earliest first: a binary heap. A struct timer lies within what it is for;
 * setting and taking out cost O(log n). */
#ifndef FIGMILL_INGEST_TIMER_H
#define FIGMILL_INGEST_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t at;   /* milliseconds */
    size_t place; /* in the heap, from 1; 0: not set */
};

struct timers {
    struct timer **heap;
    size_t n, cap;
};

void timers_release(struct timers *t); /* the timers themselves are their owners' */
/* Sets it, or moves it, to that time. */
void timers_set(struct timers *t, struct timer *timer, int64_t at);
void timers_unset(struct timers *t, struct timer *timer); /* fine when it is not set */
/* The earliest, which stays; NULL: none is set. */
struct timer *timers_first(const struct timers *t);

#endif

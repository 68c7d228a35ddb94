/* timer.c: see timer.h. */
#include "ingest/timer.h"

#include <stdlib.h>

#include "base/mem.h"

void timers_release(struct timers *t)
{
    free(t->heap);
    *t = (struct timers){0};
}

static void put(struct timers *t, size_t place, struct timer *timer)
{
    t->heap[place - 1] = timer;
    timer->place = place;
}

static void rise(struct timers *t, struct timer *timer)
{
    size_t place = timer->place;
    for (; place > 1 && t->heap[place / 2 - 1]->at > timer->at; place /= 2)
        put(t, place, t->heap[place / 2 - 1]);
    put(t, place, timer);
}

static void sink(struct timers *t, struct timer *timer)
{
    size_t place = timer->place;
    for (size_t child; (child = 2 * place) <= t->n; place = child) {
        if (child < t->n && t->heap[child]->at < t->heap[child - 1]->at)
            child++;
        if (t->heap[child - 1]->at >= timer->at)
            break;
        put(t, place, t->heap[child - 1]);
    }
    put(t, place, timer);
}

void timers_set(struct timers *t, struct timer *timer, int64_t at)
{
    if (!timer->place) {
        MEM_GROW(t->heap, t->n, t->cap);
        put(t, ++t->n, timer);
    }
    timer->at = at;
    rise(t, timer);
    sink(t, timer);
}

void timers_unset(struct timers *t, struct timer *timer)
{
    size_t place = timer->place;
    if (!place)
        return;
    struct timer *last = t->heap[--t->n];
    timer->place = 0;
    if (last == timer)
        return;
    put(t, place, last);
    rise(t, last);
    sink(t, last);
}

struct timer *timers_first(const struct timers *t)
{
    return t->n ? t->heap[0] : NULL;
}

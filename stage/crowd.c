/* crowd.c: see crowd.h and crowd_worker.h. */
#include "stage/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage/crowd_worker.h"
#include "stage/settle.h"

/* A failure that is written, but not yet committed. */
struct crowd_failure {
    char item[CROWD_ITEM_SIZE];
    struct err why;
    bool again;
};

struct crowd {
    struct stage_context *c;
    struct board *board;
    struct board_seat *seat;
    const char *owner;
    int64_t in_hand;
    bool hold; /* take none until nothing is in hand: a suspect is, or is the next one */
    /* Of the transaction under way. */
    int64_t done, released;
    struct crowd_failure *failures;
    size_t n_failures, cap;
};

/* A seat with an item is watched. Which one it is tells nothing in a crowd. */
static void take_seat(struct crowd *crowd)
{
    atomic_store(&crowd->seat->since, board_now());
    atomic_store(&crowd->seat->task_id, crowd->in_hand ? -1 : 0);
}

void crowd_alive(struct crowd *crowd)
{
    atomic_store(&crowd->seat->since, board_now());
}

bool crowd_ends(const struct crowd *crowd)
{
    return *crowd->c->stop > 0 || atomic_load(&crowd->board->stopped) || atomic_load(&crowd->board->budget) <= 0;
}

bool crowd_must_stop(const struct crowd *crowd)
{
    return *crowd->c->stop > 1 || atomic_load(&crowd->board->stopped);
}

/* One item, inside the transaction; as task_claim. A suspect is taken only when nothing else is in hand. */
static int claim(struct crowd *crowd, bool others, struct arena *arena, struct crowd_item *out, int *wait_s,
                 struct err *e)
{
    struct stage_context *c = crowd->c;
    struct task task;
    int got =
        task_claim(&c->db, c->stage->name, crowd->owner, c->common.part, c->common.parts, arena, &task, wait_s, e);
    if (got <= 0)
        return got;
    crowd->hold = task.suspect;
    if (task.suspect && others) {
        *wait_s = 0;
        return task_release(&c->db, task.id, e) ? 0 : -1;
    }
    out->task_id = task.id;
    out->attempts = task.attempts;
    if (snprintf(out->item, sizeof out->item, "%s", task.item) >= (int)sizeof out->item) {
        err_set(e, ERR_SYSTEM, "%s: an item's name is longer than %d bytes: %.80s", c->stage->name, CROWD_ITEM_SIZE - 1,
                task.item);
        return -1;
    }
    return 1;
}

int crowd_take(struct crowd *crowd, struct crowd_item *out, int max, int *wait_s, struct err *e)
{
    struct stage_context *c = crowd->c;
    struct arena arena = ARENA_INIT;
    int n = 0, got = 1;
    if (crowd->in_hand == 0)
        crowd->hold = false;
    *wait_s = crowd->hold ? 0 : -1;
    if (max <= 0 || crowd->hold || crowd_ends(crowd))
        return 0;
    if (!db_begin(&c->db, e))
        return -1;
    while (n < max && got > 0 && !crowd->hold && atomic_fetch_sub(&crowd->board->budget, 1) > 0) {
        got = claim(crowd, n + crowd->in_hand > 0, &arena, &out[n], wait_s, e);
        n += got > 0;
        if (got <= 0)
            atomic_fetch_add(&crowd->board->budget, 1);
    }
    arena_release(&arena);
    if (got < 0 || !db_commit(&c->db, e)) {
        db_rollback(&c->db);
        atomic_fetch_add(&crowd->board->budget, n);
        return -1;
    }
    crowd->in_hand += n;
    take_seat(crowd);
    return n;
}

bool crowd_done(struct crowd *crowd, const struct crowd_item *item, struct err *e)
{
    crowd->done++;
    return task_done(&crowd->c->db, item->task_id, e);
}

bool crowd_failed(struct crowd *crowd, const struct crowd_item *item, const struct err *why, struct err *e)
{
    struct stage_context *c = crowd->c;
    const struct task task = {.id = item->task_id, .item = item->item, .attempts = item->attempts};
    struct settle plan = settle_plan(why, item->attempts);
    if (plan.action == SETTLE_STOP) {
        if (e)
            *e = *why;
        return false;
    }
    if (plan.action == SETTLE_RELEASE) {
        crowd->released++;
        return task_release(&c->db, item->task_id, e);
    }
    bool again = plan.action == SETTLE_RETRY;
    if (!again && c->stage->failed && !c->stage->failed(c, &task, why, e))
        return false;
    MEM_GROW(crowd->failures, crowd->n_failures, crowd->cap);
    struct crowd_failure *f = &crowd->failures[crowd->n_failures++];
    *f = (struct crowd_failure){.why = *why, .again = again};
    memcpy(f->item, item->item, sizeof f->item);
    return task_failed(&c->db, item->task_id, why, again ? plan.delay_s : -1, e);
}

static void forget_transaction(struct crowd *crowd)
{
    crowd->done = crowd->released = 0;
    crowd->n_failures = 0;
    crowd->c->dropped = 0;
}

void crowd_committed(struct crowd *crowd)
{
    atomic_fetch_add(&crowd->board->done, crowd->done);
    atomic_fetch_add(&crowd->board->dropped, crowd->c->dropped);
    atomic_fetch_add(&crowd->board->budget, crowd->released);
    for (size_t i = 0; i < crowd->n_failures; i++) {
        const struct crowd_failure *f = &crowd->failures[i];
        settle_count(crowd->board, crowd->c->stage->name, f->item, &f->why, f->again);
    }
    crowd->in_hand -= crowd->done + crowd->released + (int64_t)crowd->n_failures;
    take_seat(crowd);
    forget_transaction(crowd);
}

void crowd_rolled_back(struct crowd *crowd)
{
    forget_transaction(crowd);
}

enum worker_exit crowd_serve(struct stage_context *c, struct board *board, struct board_seat *seat, const char *owner)
{
    struct crowd crowd = {.c = c, .board = board, .seat = seat, .owner = owner};
    struct err e = {0};
    c->dropped = 0;
    /* What is left in hand belongs to an owner that is gone as soon as this process ends: the runner gives it back. */
    if (!c->stage->crowd(c, &crowd, &e) && e.kind != ERR_ABORT)
        settle_stop(board, &e);
    atomic_store(&seat->task_id, 0);
    free(crowd.failures);
    return atomic_load(&board->stopped) ? WORKER_STOPPED : WORKER_DONE;
}

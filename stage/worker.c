/* worker.c: see worker.h. */
#include "stage/worker.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "stage/crowd_worker.h"
#include "stage/settle.h"

struct worker {
    struct stage_context *c;
    struct board *board;
    struct board_seat *seat;
    char owner[TASK_OWNER_SIZE];
};

/* Writes down what became of an item that failed. False: that could not be done, or the stage has to stop. */
static bool settle(struct worker *w, const struct task *task, const struct err *why)
{
    struct stage_context *c = w->c;
    struct err e = {0};
    struct settle plan = settle_plan(why, task->attempts);
    if (plan.action == SETTLE_STOP || plan.action == SETTLE_RELEASE) {
        if (plan.action == SETTLE_STOP)
            settle_stop(w->board, why);
        /* On a full disk this fails too; then the next run finds that the owner is gone. */
        task_release(&c->db, task->id, &e);
        return false;
    }
    bool again = plan.action == SETTLE_RETRY;
    bool ok = db_begin(&c->db, &e) && (again || !c->stage->failed || c->stage->failed(c, task, why, &e)) &&
              task_failed(&c->db, task->id, why, again ? plan.delay_s : -1, &e) && db_commit(&c->db, &e);
    if (!ok) {
        db_rollback(&c->db);
        settle_stop(w->board, &e);
        return false;
    }
    settle_count(w->board, c->stage->name, task->item, why, again);
    return true;
}

static bool store(struct worker *w, const struct task *task, void *result, struct err *e)
{
    struct stage_context *c = w->c;
    c->dropped = 0;
    if (db_begin(&c->db, e) && c->stage->store(c, task, result, e) && task_done(&c->db, task->id, e) &&
        db_commit(&c->db, e)) {
        atomic_fetch_add(&w->board->done, 1);
        atomic_fetch_add(&w->board->dropped, c->dropped);
        return true;
    }
    db_rollback(&c->db);
    return false;
}

/* One item from claim to its end. False: take no further one. */
static bool work_one(struct worker *w, const struct task *task, struct arena *arena)
{
    struct stage_context *c = w->c;
    struct err e = {0};
    atomic_store(&w->seat->since, board_now());
    atomic_store(&w->seat->task_id, task->id);
    void *result = c->stage->work(c, task, arena, &e);
    bool go_on = (result && store(w, task, result, &e)) || settle(w, task, &e);
    atomic_store(&w->seat->task_id, 0);
    return go_on;
}

static bool should_stop(const struct worker *w)
{
    return *w->c->stop > 0 || atomic_load(&w->board->stopped);
}

/* Sleeps for a retry that waits, but not through a signal for long. */
static void wait_for_retry(const struct worker *w, int seconds)
{
    for (int i = 0; i < seconds * 10 && i < 20 && !should_stop(w); i++)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

/* Takes items until none is left. */
static enum worker_exit serve(struct worker *w)
{
    struct stage_context *c = w->c;
    struct arena arena = ARENA_INIT;
    enum worker_exit status = WORKER_DONE;
    while (!should_stop(w) && status == WORKER_DONE) {
        struct task task;
        struct err e = {0};
        int wait_s;
        if (atomic_fetch_sub(&w->board->budget, 1) <= 0)
            break;
        int got =
            task_claim(&c->db, c->stage->name, w->owner, c->common.part, c->common.parts, &arena, &task, &wait_s, &e);
        if (got <= 0)
            atomic_fetch_add(&w->board->budget, 1);
        if (got < 0) {
            settle_stop(w->board, &e);
            break;
        }
        if (got == 0 && wait_s < 0)
            break;
        if (got == 0)
            wait_for_retry(w, wait_s);
        else if (!work_one(w, &task, &arena))
            break;
        else if (c->sandbox && !sandbox_alive(c->sandbox))
            status = WORKER_RENEW;
        arena_release(&arena);
    }
    arena_release(&arena);
    return atomic_load(&w->board->stopped) ? WORKER_STOPPED : status;
}

enum worker_exit worker_main(struct stage_context *c, struct board *board, struct board_seat *seat)
{
    const struct stage *stage = c->stage;
    struct worker w = {.c = c, .board = board, .seat = seat};
    struct err e = {0};
    enum worker_exit status = WORKER_STOPPED;
    task_owner(getpid(), w.owner);
    if ((stage->sandbox.service && !(c->sandbox = sandbox_start(&stage->sandbox, &e))) ||
        !db_open(&c->db, c->common.corpus, DB_WRITE, &e)) {
        settle_stop(board, &e);
        goto out;
    }
    db_restrict(&c->db, stage->writes);
    if (stage->start && !stage->start(c, &e)) {
        if (e.kind != ERR_ABORT)
            settle_stop(board, &e);
        goto out;
    }
    status = stage->crowd ? crowd_serve(c, board, seat, w.owner) : serve(&w);
    if (stage->end)
        stage->end(c);
out:
    db_close(&c->db);
    sandbox_stop(c->sandbox);
    return status;
}

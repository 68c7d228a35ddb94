/* settle.c: see settle.h. */
#include "stage/settle.h"

#include "base/log.h"

static const struct policy {
    enum settle_action action;
    int attempts; /* SETTLE_RETRY: at most so many, this one included */
    int delay_s;  /* SETTLE_RETRY: before the second; doubled for each further one */
} policies[ERR_KINDS] = {
    [ERR_NONE] = {SETTLE_STOP, 0, 0}, /* a failure that says nothing is a bug of ours */
    [ERR_TEMPORARY] = {SETTLE_RETRY, 5, 2},
    [ERR_FORMAT] = {SETTLE_FAIL, 0, 0},
    [ERR_LIMIT] = {SETTLE_FAIL, 0, 0},
    [ERR_UNSUPPORTED] = {SETTLE_FAIL, 0, 0},
    [ERR_REFUSED] = {SETTLE_FAIL, 0, 0},
    [ERR_SYSTEM] = {SETTLE_STOP, 0, 0},
    [ERR_ABORT] = {SETTLE_RELEASE, 0, 0},
    [ERR_CRASH] = {SETTLE_RETRY, SETTLE_CRASH_ATTEMPTS, 0},
    [ERR_TIMEOUT] = {SETTLE_RETRY, SETTLE_CRASH_ATTEMPTS, 0},
    [ERR_USAGE] = {SETTLE_STOP, 0, 0},
};

struct settle settle_plan(const struct err *why, int attempts)
{
    const struct policy *p = &policies[why->kind];
    struct settle plan = {.action = p->action};
    if (p->action != SETTLE_RETRY)
        return plan;
    if (attempts >= p->attempts) {
        plan.action = SETTLE_FAIL;
        return plan;
    }
    plan.delay_s = p->delay_s << (attempts > 0 ? attempts - 1 : 0);
    if (why->retry_after > plan.delay_s)
        plan.delay_s = why->retry_after;
    return plan;
}

void settle_count(struct board *board, const char *stage, const char *item, const struct err *why, bool again)
{
    const char *kind = err_kind_name(why->kind);
    if (!again) {
        atomic_fetch_add(&board->failed, 1);
        log_warn("%s %s: %s: %s", stage, item, kind, why->text);
        return;
    }
    /* It will be taken again: it does not count twice towards --limit. */
    atomic_fetch_add(&board->budget, 1);
    /* The first one is told, so that a run that only retries does not look as if it hung. */
    if (atomic_fetch_add(&board->retried, 1) == 0)
        log_warn("%s %s will be tried again: %s: %s", stage, item, kind, why->text);
    else
        log_debug("%s %s: %s: %s", stage, item, kind, why->text);
}

void settle_stop(struct board *board, const struct err *why)
{
    if (atomic_exchange(&board->stopped, 1) == 0)
        log_error("%s", *why->text ? why->text : "an item failed without a reason: please report this");
}

/* runner.c: see runner.h. The parent's side of a run; worker.c is the other one. */
#include "stage/runner.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "stage/board.h"
#include "stage/progress.h"
#include "stage/settle.h"
#include "stage/worker.h"

enum {
    ITEM_TIMEOUT_S = 600,
    POLL_MS = 50,
    MAX_IDLE_CRASHES = 3 /* workers that died without an item in hand, before the stage gives up */
};

/* The one flag that signal handlers set: how many of SIGINT and SIGTERM have come. */
static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    if (signals < 2)
        signals++;
}

struct worker_process {
    pid_t pid; /* 0: none */
    char owner[TASK_OWNER_SIZE];
    bool killed; /* for taking too long */
};

struct run {
    struct stage_context *c;
    struct board *board;
    struct worker_process *workers;
    int n_workers;
    int64_t run_id, ready, began;
    int idle_crashes, signals_sent;
    struct task_counts at_end;
};

/* Beginning. */

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = count_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* The command line as a JSON list. Keys never stand on it: they come from the environment. */
static char *argv_json(int argc, const char **argv)
{
    struct str s = STR_INIT(1 << 20);
    for (int i = 0; i < argc; i++) {
        str_add_char(&s, i ? ',' : '[');
        json_quote(argv[i], &s);
    }
    str_add_char(&s, ']');
    return str_detach(&s);
}

static bool fill_queue(struct run *r, const char *command, struct err *e)
{
    struct stage_context *c = r->c;
    const struct stage *stage = c->stage;
    struct task_counts counts;
    if (stage->survey && !stage->survey(c, e))
        return false;
    if (c->no_tasks)
        return true;
    bool ok = db_begin(&c->db, e) && task_release_stale(&c->db, stage->name, e) &&
              (!c->common.retry_failed || task_retry_failed(&c->db, stage->name, c->common.part, c->common.parts, e)) &&
              stage->enqueue(c, e) && task_count(&c->db, stage->name, c->common.part, c->common.parts, &counts, e);
    r->ready = ok ? counts.ready : 0;
    r->at_end = counts;
    /* A run that has nothing to do leaves no trace. */
    ok = ok && (!r->ready || run_begin(&c->db, stage->name, command, figmill_version, r->ready, &r->run_id, e)) &&
         db_commit(&c->db, e);
    if (!ok)
        db_rollback(&c->db);
    return ok;
}

static int count_workers(const struct run *r)
{
    const struct stage_context *c = r->c;
    cpu_set_t set;
    int jobs = c->stage->crowd ? 1 : c->common.jobs; /* a crowd has many items in one worker's hands */
    if (jobs == 0 && c->stage->jobs)
        jobs = c->stage->jobs(r->c);
    else if (jobs == 0)
        jobs = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    if (jobs > r->ready)
        jobs = (int)r->ready;
    if (c->common.limit && jobs > c->common.limit)
        jobs = c->common.limit;
    return jobs < 1 ? 1 : jobs > BOARD_MAX_WORKERS ? BOARD_MAX_WORKERS : jobs;
}

/* Workers. */

static bool start_worker(struct run *r, int i, struct err *e)
{
    struct worker_process *w = &r->workers[i];
    struct board_seat *seat = &r->board->seats[i];
    pid_t parent = getpid();
    atomic_store(&seat->task_id, 0);
    w->killed = false;
    w->pid = fork();
    if (w->pid < 0) {
        w->pid = 0;
        return err_errno(e, ERR_SYSTEM, errno, "cannot start a worker");
    }
    if (w->pid == 0) {
        /* The terminal's Ctrl-C must reach the parent only, which passes it on, so that it counts once. */
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(WORKER_DONE);
        exit(worker_main(r->c, r->board, seat));
    }
    task_owner(w->pid, w->owner);
    return true;
}

static int count_running(const struct run *r)
{
    int n = 0;
    for (int i = 0; i < r->n_workers; i++)
        n += r->workers[i].pid != 0;
    return n;
}

static void signal_workers(struct run *r, int number)
{
    for (int i = 0; i < r->n_workers; i++)
        if (r->workers[i].pid)
            kill(r->workers[i].pid, number);
}

static void pass_signals_on(struct run *r)
{
    for (; r->signals_sent < signals; r->signals_sent++) {
        log_warn(r->signals_sent ? "stopping now" : "finishing the items in hand (once more: stop now)");
        signal_workers(r, SIGTERM);
    }
}

static void kill_late_workers(struct run *r)
{
    int64_t limit = 1000LL * (r->c->stage->item_timeout_s ? r->c->stage->item_timeout_s : ITEM_TIMEOUT_S);
    for (int i = 0; i < r->n_workers; i++) {
        const struct board_seat *seat = &r->board->seats[i];
        struct worker_process *w = &r->workers[i];
        if (w->pid && !w->killed && atomic_load(&seat->task_id) && board_now() - atomic_load(&seat->since) > limit) {
            w->killed = true;
            kill(w->pid, SIGKILL);
        }
    }
}

/* Opens the database for as long as it takes to settle the dead worker's item: the parent holds no connection while it
 * forks. */
static bool settle_dead(struct run *r, const struct worker_process *w, int status, struct err *e)
{
    struct stage_context *c = r->c;
    struct err why = {0};
    int limit = c->stage->item_timeout_s ? c->stage->item_timeout_s : ITEM_TIMEOUT_S;
    if (w->killed)
        err_set(&why, ERR_TIMEOUT, "the item took longer than %d s", limit);
    else if (WIFSIGNALED(status))
        err_set(&why, ERR_CRASH, "the worker was ended by signal %d (%s)", WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    else
        err_set(&why, ERR_CRASH, "the worker ended with status %d", WEXITSTATUS(status));
    log_warn("%s: %s", c->stage->name, why.text);
    if (!db_open(&c->db, c->common.corpus, DB_WRITE, e))
        return false;
    bool ok = task_owner_died(&c->db, c->stage->name, w->owner, &why, SETTLE_CRASH_ATTEMPTS, e);
    db_close(&c->db);
    return ok;
}

/* A worker ended; starts another in its place where there is reason to. */
static bool worker_ended(struct run *r, int i, int status, struct err *e)
{
    struct worker_process *w = &r->workers[i];
    w->pid = 0;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == WORKER_DONE || code == WORKER_STOPPED)
        return true;
    if (code != WORKER_RENEW) {
        if (!atomic_load(&r->board->seats[i].task_id) && ++r->idle_crashes >= MAX_IDLE_CRASHES)
            return err_set(e, ERR_SYSTEM, "workers of %s die before they begin an item (the last by status %d)",
                           r->c->stage->name, status);
        if (!settle_dead(r, w, status, e))
            return false;
    }
    return signals || atomic_load(&r->board->stopped) || start_worker(r, i, e);
}

static bool reap_workers(struct run *r, struct err *e)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < r->n_workers; i++)
            if (r->workers[i].pid == pid && !worker_ended(r, i, status, e))
                return false;
    return true;
}

static void end_workers(struct run *r)
{
    signal_workers(r, SIGKILL);
    for (int i = 0; i < r->n_workers; i++)
        if (r->workers[i].pid)
            while (waitpid(r->workers[i].pid, NULL, 0) < 0 && errno == EINTR)
                continue;
}

static bool supervise(struct run *r, struct err *e)
{
    struct progress progress;
    bool ok = true;
    int64_t total = r->c->common.limit && r->c->common.limit < r->ready ? r->c->common.limit : r->ready;
    progress_begin(&progress, r->c->stage->name, total);
    for (int i = 0; ok && i < r->n_workers; i++)
        ok = start_worker(r, i, e);
    /* Short naps at first, so that a run of a few items does not wait for the clock. */
    for (int nap = 1; ok && count_running(r); nap = nap < POLL_MS ? nap + 1 : POLL_MS) {
        nanosleep(&(struct timespec){.tv_nsec = nap * 1000000L}, NULL);
        pass_signals_on(r);
        kill_late_workers(r);
        ok = reap_workers(r, e);
        progress_show(&progress, atomic_load(&r->board->done), atomic_load(&r->board->failed),
                      atomic_load(&r->board->dropped), atomic_load(&r->board->retried));
    }
    if (!ok)
        end_workers(r);
    progress_end(&progress);
    return ok;
}

/* Ending. */

static void say_summary(const struct run *r)
{
    const struct board *b = r->board;
    if (r->c->no_tasks)
        return;
    if (!r->ready) {
        if (r->at_end.running || r->at_end.ready)
            log_info("nothing to do now: another run has %lld items in hand, or had until a moment ago (run it again)",
                     (long long)(r->at_end.running + r->at_end.ready));
        else if (r->at_end.failed)
            log_info("nothing to do (%lld failed before: `figmill status --failures` lists them, --retry-failed tries "
                     "them again)",
                     (long long)r->at_end.failed);
        else
            log_info("nothing to do (%lld done before)", (long long)r->at_end.done);
        return;
    }
    log_info("%lld done, %lld failed, %lld dropped, %lld left, %.1f s", (long long)b->done, (long long)b->failed,
             (long long)b->dropped, (long long)r->at_end.ready, (double)(board_now() - r->began) / 1000);
}

static void print_json(const cJSON *summary)
{
    char *text = cJSON_PrintUnformatted(summary);
    puts(text);
    cJSON_free(text);
}

static cJSON *new_summary(const struct run *r)
{
    cJSON *summary = cJSON_CreateObject();
    cJSON_AddStringToObject(summary, "stage", r->c->stage->name);
    cJSON_AddNumberToObject(summary, "ready", (double)r->ready);
    cJSON_AddNumberToObject(summary, "done", (double)r->board->done);
    cJSON_AddNumberToObject(summary, "failed", (double)r->board->failed);
    cJSON_AddNumberToObject(summary, "dropped", (double)r->board->dropped);
    cJSON_AddNumberToObject(summary, "left", (double)r->at_end.ready);
    cJSON_AddNumberToObject(summary, "seconds", (double)(board_now() - r->began) / 1000);
    return summary;
}

static enum exit_status status_of(const struct run *r)
{
    if (atomic_load(&r->board->stopped))
        return EXIT_ENVIRONMENT;
    bool cut = signals && r->at_end.ready;
    return atomic_load(&r->board->failed) || cut ? EXIT_SOME_FAILED : EXIT_DONE;
}

/* Database open again, all workers gone. */
static bool close_run(struct run *r, struct err *e)
{
    struct stage_context *c = r->c;
    bool ok = task_release_stale(&c->db, c->stage->name, e) &&
              task_count(&c->db, c->stage->name, c->common.part, c->common.parts, &r->at_end, e);
    if (ok && r->run_id)
        ok = run_end(&c->db, r->run_id, status_of(r), r->board->done, r->board->failed, e);
    cJSON *summary = new_summary(r);
    ok = ok && (!c->stage->finish || c->stage->finish(c, summary, e));
    if (ok && c->common.json)
        print_json(summary);
    cJSON_Delete(summary);
    if (ok)
        say_summary(r);
    return ok;
}

static bool run_workers(struct run *r, struct err *e)
{
    struct stage_context *c = r->c;
    db_close(&c->db);
    r->n_workers = count_workers(r);
    r->workers = mem_array((size_t)r->n_workers, sizeof *r->workers);
    bool ok = supervise(r, e);
    free(r->workers);
    return db_open(&c->db, c->common.corpus, DB_WRITE, ok ? e : NULL) && ok;
}

/* Works until nothing is ready. Workers end with ready tasks behind them only when they have to stop, or when the tasks
 * were taken by a run that was killed a moment ago, whose workers had not quite died when this one began. */
static bool work_off(struct run *r, struct err *e)
{
    struct stage_context *c = r->c;
    struct task_counts counts = {.ready = r->ready};
    atomic_store(&r->board->budget, c->common.limit ? c->common.limit : INT64_MAX / 2);
    while (counts.ready && !signals && !atomic_load(&r->board->stopped) && atomic_load(&r->board->budget) > 0) {
        if (!run_workers(r, e) || !task_release_stale(&c->db, c->stage->name, e) ||
            !task_count(&c->db, c->stage->name, c->common.part, c->common.parts, &counts, e))
            return false;
    }
    return true;
}

static bool run_stage(struct run *r, const char *command, struct err *e)
{
    struct stage_context *c = r->c;
    r->began = board_now();
    r->board = mmap(NULL, sizeof *r->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (r->board == MAP_FAILED) {
        r->board = NULL;
        return err_errno(e, ERR_SYSTEM, errno, "cannot share memory with workers");
    }
    if (!db_open(&c->db, c->common.corpus, c->stage->mode, e))
        return false;
    db_restrict(&c->db, c->stage->writes);
    if (!fill_queue(r, command, e))
        return false;
    if (!work_off(r, e))
        return false;
    db_restrict(&c->db, c->stage->writes);
    return close_run(r, e);
}

int stage_main(const struct stage *stage, int argc, const char **argv)
{
    struct stage_context c = {.stage = stage, .stop = &signals};
    struct run r = {.c = &c};
    struct tool tool = {stage->name, stage->arguments, stage->description, stage->options};
    struct err e = {0};
    int status;
    if (!tool_options(&tool, argc, argv, &c.common, &c.args, &status))
        return status;
    catch_signals();
    if (stage->prepare && !stage->prepare(&c, &e))
        return exit_of(&e);
    char *command = argv_json(argc, argv);
    status = run_stage(&r, command, &e) ? (int)status_of(&r) : exit_of(&e);
    db_close(&c.db);
    if (r.board)
        munmap(r.board, sizeof *r.board);
    free(command);
    return status;
}

/* runner.h: the one runner of all stages. A stage's program is an option table and a `struct stage`; stage_main does
 * the rest: options, corpus, enqueue, worker processes, claim, retry by error kind, crash and time-out handling,
 * graceful stop, progress on stderr, summary, exit status.
 *
 * Workers are processes. The parent holds no database connection while it forks. Each worker forks its sandbox (if the
 * stage has a service) before it opens the database, then claims tasks one by one: `work` runs without a transaction,
 * `store` inside the one BEGIN IMMEDIATE transaction that also finishes the task.
 *
 * What an error kind does to the task (table `policies` in settle.c):
 *   TEMPORARY                            again after 2, 4, 8 ... seconds (or Retry-After), at most 5 attempts
 *   CRASH, TIMEOUT                       again at once, at most 2 attempts
 *   FORMAT, LIMIT, UNSUPPORTED, REFUSED  failed
 *   SYSTEM                               task given back, the stage stops with exit status 3
 *   ABORT                                task given back
 *
 * First SIGINT or SIGTERM: items in hand are finished; second: they are given back and the stage stops now. */
#ifndef FIGMILL_STAGE_RUNNER_H
#define FIGMILL_STAGE_RUNNER_H

#include <popt.h>
#include <signal.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "db/db.h"
#include "db/task.h"
#include "stage/sandbox.h"

enum exit_status { EXIT_DONE = 0, EXIT_SOME_FAILED = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

/* The options every program takes, parsed. */
struct common_options {
    const char *corpus;
    int jobs;  /* 0: the stage's default */
    int limit; /* most items of this run; 0: all */
    bool retry_failed, json;
    int part, parts; /* 0-based; 0 of 1: all */
};

struct crowd; /* crowd.h */

/* What a stage's functions are given. */
struct stage_context {
    const struct stage *stage;
    struct common_options common;
    const char *const *args;           /* what stands behind the options; ends with NULL */
    struct db db;                      /* open in enqueue, start, work, store, finish */
    struct sandbox *sandbox;           /* workers of stages with a service */
    void *state;                       /* the stage's own, per process; set in prepare or start */
    const volatile sig_atomic_t *stop; /* signals so far: 0, 1: finish the item, 2: now */
    bool no_tasks;                     /* survey sets it: it did the run's work itself, no worker is wanted */
    int dropped;                       /* store adds candidates that it kept with a drop_reason */
};

struct stage {
    const char *name;        /* "extract" */
    const char *arguments;   /* usage line behind the options, or NULL: takes none */
    const char *description; /* for --help: what it reads, what it writes, the stage's options explained, examples */
    const struct poptOption *options; /* its own; or NULL */
    const char *const *writes;        /* see db_restrict */
    enum db_mode mode;                /* DB_CREATE for stages that may begin a corpus, else DB_WRITE */
    struct sandbox_options sandbox;   /* service NULL: none */
    int item_timeout_s;               /* a worker that holds one item longer is killed; 0: 600 */

    /* Checks options and arguments; no database yet. ERR_USAGE for what the user got wrong. May be NULL. */
    bool (*prepare)(struct stage_context *c, struct err *e);
    /* Parent, database open, no transaction: looks at what there is before enqueue, and may take its time (asks a model
     * server what it serves). May be NULL. */
    bool (*survey)(struct stage_context *c, struct err *e);
    /* Parent: puts tasks into the queue, in a transaction, so it must not wait for anything. */
    bool (*enqueue)(struct stage_context *c, struct err *e);
    /* Parent, once there is something to do: number of workers by default. NULL: one a CPU. */
    int (*jobs)(struct stage_context *c);
    /* Worker: once, database open. May be NULL. */
    bool (*start)(struct stage_context *c, struct err *e);
    /* Worker: the slow part. The result is handed to store; it lives in the arena, which is the item's. NULL: failed.
     */
    void *(*work)(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e);
    /* Worker: writes the result, inside the transaction. */
    bool (*store)(struct stage_context *c, const struct task *task, void *result, struct err *e);
    /* Worker, instead of work and store: see crowd.h. Comes back when nothing is left to take or it was asked to stop;
     * false: an error that stops the stage. There is one such worker, whatever --jobs says. May be NULL. */
    bool (*crowd)(struct stage_context *c, struct crowd *crowd, struct err *e);
    /* Worker: an item failed for good (not retried), inside a transaction: may record why. May be NULL. */
    bool (*failed)(struct stage_context *c, const struct task *task, const struct err *why, struct err *e);
    /* Worker, at its end: gives back what start took. May be NULL. */
    void (*end)(struct stage_context *c);
    /* Parent, after the last worker: may add to the --json summary. May be NULL. */
    bool (*finish)(struct stage_context *c, cJSON *summary, struct err *e);
};

/* The whole program; returns the exit status. */
int stage_main(const struct stage *stage, int argc, const char **argv);

/* For tools (status, query, ...), which share options but have no queue: parses, handles --help and --version.
 * False: *status is the exit status to leave with. Free nothing: strings live as long as the process. */
struct tool {
    const char *name, *arguments, *description;
    const struct poptOption *options;
};
bool tool_options(const struct tool *tool, int argc, const char **argv, struct common_options *common,
                  const char *const **args, int *status);

/* Logs the error and gives the exit status that belongs to its kind. */
int exit_of(const struct err *e);

extern const char figmill_version[];

#endif

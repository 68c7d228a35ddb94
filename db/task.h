/* task.h: the task queue. Key (stage, item); a fingerprint over all that shapes the result decides whether there is
 * anything to do. Enqueueing is one upsert that makes a task ready again only when its fingerprint changed. */
#ifndef FIGMILL_DB_TASK_H
#define FIGMILL_DB_TASK_H

#include "base/arena.h"
#include "db/db.h"

struct task {
    int64_t id;
    const char *item;
    int attempts; /* this one included */
    bool suspect; /* the process that had it last crashed or hung */
};

/* One task. With `keep` a known task stays as it is whatever its fingerprint. */
bool task_enqueue(struct db *db, const char *stage, const char *item, int part, const char *fingerprint, bool keep,
                  struct err *e);
/* Lets a ready task be claimed only after all that were never put behind: those that can do without what this one
 * needs. */
bool task_put_behind(struct db *db, const char *stage, const char *item, struct err *e);
/* The task of an item: *id 0 when there is none; *current: it is done with this very fingerprint. */
bool task_find(struct db *db, const char *stage, const char *item, const char *fingerprint, int64_t *id, bool *current,
               struct err *e);
/* Makes failed tasks of the stage (and partition) ready again. */
bool task_retry_failed(struct db *db, const char *stage, int part, int parts, struct err *e);

/* Takes the next ready task of partition `part` of `parts` (0-based; 0 of 1: all) for `owner`; its item goes to the
 * arena. 1: got one; 0: none now, and *wait_s seconds until the next retry (-1: none waits); -1: failed. */
int task_claim(struct db *db, const char *stage, const char *owner, int part, int parts, struct arena *arena,
               struct task *out, int *wait_s, struct err *e);

bool task_done(struct db *db, int64_t id, struct err *e); /* inside the transaction that stores the result */
/* Failed for good, or again ready after delay_s when delay_s >= 0. */
bool task_failed(struct db *db, int64_t id, const struct err *why, int delay_s, struct err *e);
/* Given back untouched: the attempt does not count. */
bool task_release(struct db *db, int64_t id, struct err *e);

/* The running task of an owner that died: its attempt counts and is failed with `why`, or ready again when it has
 * attempts left. No task: fine. */
bool task_owner_died(struct db *db, const char *stage, const char *owner, const struct err *why, int max_attempts,
                     struct err *e);
/* Releases running tasks whose owner (on this host) is gone, as after kill -9 of a whole run. */
bool task_release_stale(struct db *db, const char *stage, struct err *e);

struct task_counts {
    int64_t ready, running, done, failed;
};
bool task_count(struct db *db, const char *stage, int part, int parts, struct task_counts *out, struct err *e);

/* "host/pid/start": names a process for good, also after its pid is used again. */
enum { TASK_OWNER_SIZE = 128 };
void task_owner(int pid, char out[TASK_OWNER_SIZE]);

/* True when that process is gone for sure; an owner on another host is taken to be alive: nothing here can tell. */
bool task_owner_is_gone(const char *owner);

/* One row of table run. */
bool run_begin(struct db *db, const char *stage, const char *argv_json, const char *version, int64_t ready,
               int64_t *run_id, struct err *e);
bool run_end(struct db *db, int64_t run_id, int exit_status, int64_t done, int64_t failed, struct err *e);

#endif

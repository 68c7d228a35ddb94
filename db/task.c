/* task.c: see task.h. */
#include "db/task.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool task_enqueue(struct db *db, const char *stage, const char *item, int part, const char *fingerprint, bool keep,
                  struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO task (stage, item, part, fingerprint, updated) VALUES (?1, ?2, ?3, ?4, unixepoch()) "
                  "ON CONFLICT (stage, item) DO UPDATE SET fingerprint = excluded.fingerprint, state = 'ready', "
                  "attempts = 0, not_before = 0, owner = NULL, err_kind = NULL, err_text = NULL, updated = unixepoch() "
                  "WHERE fingerprint <> excluded.fingerprint AND NOT ?5",
                  "ttiti", stage, item, (int64_t)part, fingerprint, (int64_t)keep);
}

/* Tasks are claimed by not_before, and second 1 has long passed. */
bool task_put_behind(struct db *db, const char *stage, const char *item, struct err *e)
{
    return db_run(
        db, e, "UPDATE task SET not_before = 1 WHERE stage = ?1 AND item = ?2 AND state = 'ready' AND not_before = 0",
        "tt", stage, item);
}

bool task_find(struct db *db, const char *stage, const char *item, const char *fingerprint, int64_t *id, bool *current,
               struct err *e)
{
    *id = 0;
    *current = false;
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT task_id, state = 'done' AND fingerprint = ?3 FROM task WHERE stage = ?1 AND item = ?2",
                "ttt", stage, item, fingerprint);
    int more = s ? db_step(db, s, e) : -1;
    if (more <= 0)
        return more == 0;
    *id = sqlite3_column_int64(s, 0);
    *current = sqlite3_column_int(s, 1) != 0;
    return db_step(db, s, e) == 0;
}

bool task_retry_failed(struct db *db, const char *stage, int part, int parts, struct err *e)
{
    return db_run(db, e,
                  "UPDATE task SET state = 'ready', attempts = 0, not_before = 0, updated = unixepoch() "
                  "WHERE stage = ?1 AND state = 'failed' AND part % ?3 = ?2",
                  "tii", stage, (int64_t)part, (int64_t)parts);
}

int task_claim(struct db *db, const char *stage, const char *owner, int part, int parts, struct arena *arena,
               struct task *out, int *wait_s, struct err *e)
{
    *wait_s = -1;
    sqlite3_stmt *s =
        db_bind(db, e,
                "UPDATE task SET state = 'running', owner = ?2, attempts = attempts + 1, "
                "updated = unixepoch() WHERE task_id = ("
                "SELECT task_id FROM task WHERE stage = ?1 AND state = 'ready' AND not_before <= unixepoch() "
                "AND part % ?4 = ?3 ORDER BY not_before, task_id LIMIT 1) "
                "RETURNING task_id, item, attempts, err_kind IN ('crash', 'timeout')",
                "ttii", stage, owner, (int64_t)part, (int64_t)parts);
    int got = s ? db_step(db, s, e) : -1;
    if (got > 0) {
        *out = (struct task){.id = sqlite3_column_int64(s, 0),
                             .item = arena_strdup(arena, db_text(s, 1)),
                             .attempts = sqlite3_column_int(s, 2),
                             .suspect = sqlite3_column_int(s, 3) != 0};
        return db_step(db, s, e) < 0 ? -1 : 1;
    }
    if (got < 0)
        return -1;
    /* A retry that has come due since the claim waits 0 seconds; that is not the same as none. */
    int64_t next;
    if (!db_int(db, e, &next,
                "SELECT coalesce(max(min(not_before) - unixepoch(), 0), -1) FROM task WHERE stage = ?1 AND "
                "state = 'ready' AND part % ?3 = ?2",
                "tii", stage, (int64_t)part, (int64_t)parts))
        return -1;
    *wait_s = next > 86400 ? 86400 : (int)next;
    return 0;
}

bool task_done(struct db *db, int64_t id, struct err *e)
{
    return db_run(
        db, e,
        "UPDATE task SET state = 'done', owner = NULL, err_kind = NULL, err_text = NULL, updated = unixepoch() "
        "WHERE task_id = ?1",
        "i", id);
}

bool task_failed(struct db *db, int64_t id, const struct err *why, int delay_s, struct err *e)
{
    return db_run(db, e,
                  "UPDATE task SET state = iif(?2 < 0, 'failed', 'ready'), owner = NULL, err_kind = ?3, err_text = ?4, "
                  "not_before = iif(?2 <= 0, 0, unixepoch() + ?2), updated = unixepoch() WHERE task_id = ?1",
                  "iitt", id, (int64_t)delay_s, err_kind_name(why->kind), why->text);
}

bool task_release(struct db *db, int64_t id, struct err *e)
{
    return db_run(
        db, e,
        "UPDATE task SET state = 'ready', owner = NULL, attempts = max(attempts - 1, 0), updated = unixepoch() "
        "WHERE task_id = ?1 AND state = 'running'",
        "i", id);
}

bool task_owner_died(struct db *db, const char *stage, const char *owner, const struct err *why, int max_attempts,
                     struct err *e)
{
    return db_run(db, e,
                  "UPDATE task SET state = iif(attempts >= ?5, 'failed', 'ready'), owner = NULL, err_kind = ?3, "
                  "err_text = ?4, not_before = unixepoch(), updated = unixepoch() "
                  "WHERE stage = ?1 AND owner = ?2 AND state = 'running'",
                  "tttti", stage, owner, err_kind_name(why->kind), why->text, (int64_t)max_attempts);
}

/* The start time of a process in clock ticks since boot; 0 when there is none, or only what is left of a dead one that
 * its parent has not waited for. */
static unsigned long long start_of(int pid)
{
    char path[64], line[1024];
    unsigned long long start = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (fgets(line, sizeof line, f)) {
        /* The command's name is in brackets and may hold anything: count fields behind the last bracket. */
        char *p = strrchr(line, ')');
        bool dead = p && (p[2] == 'Z' || p[2] == 'X');
        for (int field = 2; p && field < 22; field++)
            p = strchr(p + 1, ' ');
        if (p && !dead)
            start = strtoull(p, NULL, 10);
    }
    fclose(f);
    return start;
}

void task_owner(int pid, char out[TASK_OWNER_SIZE])
{
    char host[64] = "?";
    gethostname(host, sizeof host - 1);
    snprintf(out, TASK_OWNER_SIZE, "%.63s/%d/%llu", host, pid, start_of(pid));
}

bool task_owner_is_gone(const char *owner)
{
    char now[TASK_OWNER_SIZE], host[64] = "?";
    gethostname(host, sizeof host - 1);
    const char *slash = strchr(owner, '/');
    if (!slash || (size_t)(slash - owner) != strlen(host) || strncmp(owner, host, strlen(host)) != 0)
        return false;
    task_owner((int)strtol(slash + 1, NULL, 10), now);
    return strcmp(now, owner) != 0;
}

bool task_release_stale(struct db *db, const char *stage, struct err *e)
{
    char owners[64][TASK_OWNER_SIZE];
    int n = 0, more;
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT DISTINCT owner FROM task WHERE stage = ?1 AND state = 'running'", "t", stage);
    while (s && (more = db_step(db, s, e)) > 0)
        if (n < 64 && db_text(s, 0) && task_owner_is_gone(db_text(s, 0)))
            snprintf(owners[n++], TASK_OWNER_SIZE, "%s", db_text(s, 0));
    if (!s || more < 0)
        return false;
    for (int i = 0; i < n; i++)
        if (!db_run(db, e,
                    "UPDATE task SET state = 'ready', owner = NULL, attempts = max(attempts - 1, 0) "
                    "WHERE stage = ?1 AND owner = ?2 AND state = 'running'",
                    "tt", stage, owners[i]))
            return false;
    return true;
}

bool task_count(struct db *db, const char *stage, int part, int parts, struct task_counts *out, struct err *e)
{
    *out = (struct task_counts){0};
    sqlite3_stmt *s = db_bind(db, e,
                              "SELECT sum(state = 'ready'), sum(state = 'running'), sum(state = 'done'), "
                              "sum(state = 'failed') FROM task WHERE stage = ?1 AND part % ?3 = ?2",
                              "tii", stage, (int64_t)part, (int64_t)parts);
    if (!s || db_step(db, s, e) <= 0)
        return false;
    *out = (struct task_counts){sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2),
                                sqlite3_column_int64(s, 3)};
    return db_step(db, s, e) == 0;
}

bool run_begin(struct db *db, const char *stage, const char *argv_json, const char *version, int64_t ready,
               int64_t *run_id, struct err *e)
{
    char host[64] = "?";
    gethostname(host, sizeof host - 1);
    return db_int(db, e, run_id,
                  "INSERT INTO run (stage, argv, version, host, pid, started, ready) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, unixepoch(), ?6) RETURNING run_id",
                  "ttttii", stage, argv_json, version, host, (int64_t)getpid(), ready);
}

bool run_end(struct db *db, int64_t run_id, int exit_status, int64_t done, int64_t failed, struct err *e)
{
    return db_run(db, e,
                  "UPDATE run SET ended = unixepoch(), exit_status = ?2, done = ?3, failed = ?4 WHERE run_id = ?1",
                  "iiii", run_id, (int64_t)exit_status, done, failed);
}

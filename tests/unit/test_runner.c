/* test_runner.c: a toy stage through the real runner: what each kind of failure does to its task, to the others and to
 * the exit status. The item's name says how it behaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "stage/crowd.h"
#include "stage/runner.h"

static const char *const toy_writes[] = {"article", NULL};
static const char *items[32]; /* of the run to come; ends with NULL */
static const char *fingerprint = "1";

static bool enqueue(struct stage_context *c, struct err *e)
{
    for (int i = 0; items[i]; i++)
        if (!task_enqueue(&c->db, "toy", items[i], i, fingerprint, false, e))
            return false;
    return true;
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    const char *item = task->item;
    if (strcmp(item, "crash") == 0 || (strcmp(item, "crash once") == 0 && task->attempts == 1))
        raise(SIGKILL);
    if (strcmp(item, "hang") == 0)
        for (;;)
            pause();
    if (strcmp(item, "slow") == 0)
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    if (strcmp(item, "bad") == 0)
        return err_set(e, ERR_FORMAT, "bad.xml:3: not well formed"), NULL;
    if (strcmp(item, "busy once") == 0 && task->attempts == 1)
        return err_set(e, ERR_TEMPORARY, "429"), NULL;
    if (strcmp(item, "gone") == 0)
        return err_set(e, ERR_SYSTEM, "no model server"), NULL;
    return arena_strdup(arena, item);
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    if (strcmp(task->item, "thief") == 0)
        return db_run(&c->db, e, "DELETE FROM document", "");
    if (strcmp(task->item, "dropped") == 0)
        c->dropped++;
    return db_run(&c->db, e,
                  "INSERT INTO article (key, source, added) VALUES (?1, 'toy', 0) ON CONFLICT (key) DO UPDATE SET "
                  "added = added + 1",
                  "t", result);
}

static const struct stage toy = {.name = "toy",
                                 .description = "A stage for tests.\n",
                                 .writes = toy_writes,
                                 .mode = DB_CREATE,
                                 .item_timeout_s = 3,
                                 .enqueue = enqueue,
                                 .work = work,
                                 .store = store};

/* The same items, three at a time in one worker's hands. */

enum { IN_HAND = 3 };

static bool settle_one(struct stage_context *c, struct crowd *crowd, const struct crowd_item *item, struct err *e)
{
    struct task task = {.id = item->task_id, .item = item->item, .attempts = item->attempts};
    struct arena arena = ARENA_INIT;
    struct err why = {0};
    void *result = work(c, &task, &arena, &why);
    bool ok = result ? store(c, &task, result, e) && crowd_done(crowd, item, e) : crowd_failed(crowd, item, &why, e);
    arena_release(&arena);
    return ok;
}

static bool settle_all(struct stage_context *c, struct crowd *crowd, const struct crowd_item *hand, int n,
                       struct err *e)
{
    bool ok = db_begin(&c->db, e);
    for (int i = 0; ok && i < n; i++)
        ok = settle_one(c, crowd, &hand[i], e);
    if (ok && db_commit(&c->db, e)) {
        crowd_committed(crowd);
        return true;
    }
    db_rollback(&c->db);
    crowd_rolled_back(crowd);
    return false;
}

static bool work_on_many(struct stage_context *c, struct crowd *crowd, struct err *e)
{
    struct crowd_item hand[IN_HAND];
    int n, wait_s;
    while ((n = crowd_take(crowd, hand, IN_HAND, &wait_s, e)) >= 0) {
        if (n == 0 && (wait_s < 0 || crowd_ends(crowd)))
            return true;
        crowd_alive(crowd);
        if (n == 0)
            nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        else if (!settle_all(c, crowd, hand, n, e))
            return false;
    }
    return false;
}

static const struct stage toy_crowd = {.name = "toy",
                                       .description = "A stage for tests.\n",
                                       .writes = toy_writes,
                                       .mode = DB_CREATE,
                                       .item_timeout_s = 3,
                                       .enqueue = enqueue,
                                       .crowd = work_on_many};
static const struct stage *stage = &toy;

/* A fresh corpus folder for each test. */
static int set_up(void **state)
{
    stage = &toy;
    char pattern[] = "/tmp/figmill-test-XXXXXX";
    *state = mem_strdup(mkdtemp(pattern));
    fingerprint = "1";
    return *state == NULL;
}

static int set_up_crowd(void **state)
{
    int status = set_up(state);
    stage = &toy_crowd;
    return status;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"corpus.db", "corpus.db-wal", "corpus.db-shm"};
    for (int i = 0; i < 3; i++) {
        char *path = mem_printf("%s/%s", (char *)*state, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(*state);
    free(*state);
    return 0;
}

/* Starts the stage in a process of its own. */
static pid_t start(const char *corpus, const char *const *list, const char *option)
{
    memset(items, 0, sizeof items);
    for (int i = 0; list[i]; i++)
        items[i] = list[i];
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[] = {"figmill-toy", "--corpus", corpus, "-q", "-j", "2", option, NULL};
        _exit(stage_main(stage, option ? 7 : 6, argv));
    }
    return pid;
}

static int finish(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run(const char *corpus, const char *const *list, const char *option)
{
    return finish(start(corpus, list, option));
}

static int64_t number(const char *corpus, const char *sql)
{
    struct db db;
    struct err e = {0};
    int64_t n = -1;
    assert_true(db_open(&db, corpus, DB_READ, &e));
    assert_true(db_int(&db, &e, &n, sql, ""));
    db_close(&db);
    return n;
}

static void wait_for(const char *corpus, const char *sql, int64_t wanted)
{
    for (int i = 0; i < 500; i++) {
        struct db db;
        int64_t n = -1;
        if (db_open(&db, corpus, DB_READ, NULL)) {
            db_int(&db, NULL, &n, sql, "");
            db_close(&db);
        }
        if (n == wanted)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    fail_msg("this never came true: %s = %lld", sql, (long long)wanted);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void does_all_once(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("a", "b", "c", "dropped"), NULL), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done'"), 4);
    assert_int_equal(number(corpus, "SELECT count(*) FROM run WHERE exit_status = 0 AND done = 4"), 1);
    /* Nothing new: nothing done, no trace. */
    assert_int_equal(run(corpus, LIST("a", "b", "c", "dropped"), NULL), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT count(*) FROM run"), 1);
    assert_int_equal(number(corpus, "SELECT sum(added) FROM article"), 0);
    /* A new fingerprint: all again, under the same ids. */
    fingerprint = "2";
    assert_int_equal(run(corpus, LIST("a", "b", "c", "dropped"), NULL), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT sum(added) FROM article"), 4);
    assert_int_equal(number(corpus, "SELECT count(*) FROM article"), 4);
}

static void loses_one_item_only(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("a", "bad", "crash", "crash once", "hang", "busy once", "z"), NULL),
                     EXIT_SOME_FAILED);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done'"), 4);
    assert_int_equal(number(corpus, "SELECT count(*) FROM v_failure WHERE item = 'bad' AND err_kind = 'format' "
                                    "AND attempts = 1 AND err_text LIKE 'bad.xml:3:%'"),
                     1);
    assert_int_equal(number(corpus, "SELECT count(*) FROM v_failure WHERE item = 'crash' AND err_kind = 'crash' "
                                    "AND attempts = 2"),
                     1);
    assert_int_equal(number(corpus, "SELECT count(*) FROM v_failure WHERE item = 'hang' AND err_kind = 'timeout' "
                                    "AND attempts = 2"),
                     1);
    assert_int_equal(number(corpus, "SELECT attempts FROM task WHERE item = 'busy once'"), 2);
    /* Failed items stay so until asked for. */
    assert_int_equal(run(corpus, LIST("a", "bad"), NULL), EXIT_DONE);
    assert_int_equal(run(corpus, LIST("a", "bad"), "--retry-failed"), EXIT_SOME_FAILED);
}

/* All that were in hand with the guilty one come again, one by one. */
static void a_crowd_loses_the_guilty_only(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("a", "bad", "crash", "crash once", "busy once", "z"), NULL), EXIT_SOME_FAILED);
    assert_int_equal(number(corpus, "SELECT count(*) FROM v_failure WHERE item = 'bad' AND err_kind = 'format'"), 1);
    assert_int_equal(number(corpus, "SELECT count(*) FROM v_failure WHERE item = 'crash' AND err_kind = 'crash' "
                                    "AND attempts = 2"),
                     1);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done'"), 4);
}

static void a_crowd_that_hangs_is_ended(void **state)
{
    const char *corpus = *state;
    pid_t pid = start(corpus, LIST("hang"), NULL);
    wait_for(corpus, "SELECT count(*) FROM task WHERE err_kind = 'timeout'", 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void stops_when_the_environment_fails(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("gone"), NULL), EXIT_ENVIRONMENT);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'ready' AND attempts = 0"), 1);
    assert_int_equal(number(corpus, "SELECT exit_status FROM run"), EXIT_ENVIRONMENT);
}

static void writes_only_its_tables(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("thief"), NULL), EXIT_ENVIRONMENT);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'ready'"), 1);
}

static void keeps_to_limit_and_partition(void **state)
{
    const char *corpus = *state;
    assert_int_equal(run(corpus, LIST("a", "b", "c", "d", "e"), "--limit=2"), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done'"), 2);
    assert_int_equal(run(corpus, LIST("a", "b", "c", "d", "e"), "--partition=2/2"), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'ready' AND part % 2 = 1"), 0);
    assert_true(number(corpus, "SELECT count(*) FROM task WHERE state = 'ready' AND part % 2 = 0") > 0);
    assert_int_equal(run(corpus, LIST("a"), "--partition=3/2"), EXIT_USAGE);
    assert_int_equal(run(corpus, LIST("a"), "--no-such-option"), EXIT_USAGE);
}

static void a_signal_finishes_the_item_in_hand(void **state)
{
    const char *corpus = *state;
    pid_t pid = start(corpus, LIST("slow", "slow 2", "a", "b", "c", "gone"), "--jobs=1");
    wait_for(corpus, "SELECT count(*) FROM task WHERE state = 'running'", 1);
    kill(pid, SIGTERM);
    assert_int_equal(finish(pid), EXIT_SOME_FAILED);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done' AND item = 'slow'"), 1);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'ready'"), 5);
}

static void kill_9_loses_nothing(void **state)
{
    const char *corpus = *state;
    pid_t pid = start(corpus, LIST("slow", "a", "b"), "--jobs=1");
    wait_for(corpus, "SELECT count(*) > 0 FROM task WHERE state = 'running'", 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    wait_for(corpus, "SELECT count(*) FROM task WHERE state = 'done'", 0);
    assert_int_equal(run(corpus, LIST("slow", "a", "b"), NULL), EXIT_DONE);
    assert_int_equal(number(corpus, "SELECT count(*) FROM task WHERE state = 'done'"), 3);
    assert_int_equal(number(corpus, "SELECT max(attempts) FROM task"), 1);
    assert_int_equal(number(corpus, "SELECT sum(added) FROM article"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(does_all_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loses_one_item_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_when_the_environment_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_only_its_tables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_to_limit_and_partition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_finishes_the_item_in_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kill_9_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(does_all_once, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd_loses_the_guilty_only, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd_that_hangs_is_ended, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(stops_when_the_environment_fails, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(writes_only_its_tables, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(keeps_to_limit_and_partition, set_up_crowd, tear_down),
        cmocka_unit_test_setup_teardown(kill_9_loses_nothing, set_up_crowd, tear_down),
    };
    return cmocka_run_group_tests_name("runner", tests, NULL, NULL);
}

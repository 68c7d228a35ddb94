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

/* A fresh corpus folder for each test. */
static int set_up(void **state)
{
    char pattern[] = "/tmp/figmill-test-XXXXXX";
    *state = mem_strdup(mkdtemp(pattern));
    fingerprint = "1";
    return *state == NULL;
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
        _exit(stage_main(&toy, option ? 7 : 6, argv));
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
    wait_for(corpus, "SELECT count(*) FROM task WHERE state = 'running'", 1);
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
    };
    return cmocka_run_group_tests_name("runner", tests, NULL, NULL);
}

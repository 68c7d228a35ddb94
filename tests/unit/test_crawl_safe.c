/* test_crawl_safe.c: what must never happen in the crawler: bytes of two files in one, keys that leak, private
 * addresses that are asked, anything lost by a kill, or touched after it was given up. */
#include "ingest/crawl.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/md5.h"
#include "base/mem.h"
#include "tests/unit/crawl_rig.h"

enum { BIG = 300 * 1000 };
static char big[BIG + 1], big_md5[MD5_SIZE], big_sha256[SHA256_SIZE];

static const struct canned resume_script[] = {
    {.path = "/whole.org/a",
     .times = 2,
     .status = 200,
     .body = big,
     .len = BIG,
     .end = CANNED_CUT,
     .cut = 100000,
     .ranges = true,
     .headers = "ETag: \"v1\"\r\n"},
    {.path = "/whole.org/a", .status = 200, .body = big, .len = BIG, .ranges = true, .headers = "ETag: \"v1\"\r\n"},
    {.path = "/changed.org/a", .times = 1, .status = 200, .body = "x", .len = 0, .end = CANNED_RESET},
    {.path = "/changed.org/a",
     .times = 1,
     .status = 200,
     .body = big + 1000,
     .len = BIG - 1000,
     .end = CANNED_CUT,
     .cut = 100000,
     .headers = "ETag: \"v0\"\r\n"},
    {.path = "/changed.org/a", .status = 200, .body = big, .len = BIG, .ranges = true, .headers = "ETag: \"v1\"\r\n"},
    {.path = "/weak.org/a",
     .times = 1,
     .status = 200,
     .body = big,
     .len = BIG,
     .end = CANNED_CUT,
     .cut = 100000,
     .headers = "ETag: W/\"v1\"\r\n"},
    {.path = "/weak.org/a", .status = 200, .body = big, .len = BIG, .headers = "ETag: W/\"v1\"\r\n"},
    {.path = "/past.org/a",
     .times = 1,
     .status = 200,
     .body = big,
     .len = BIG,
     .end = CANNED_CUT,
     .cut = 100000,
     .headers = "ETag: \"v1\"\r\n"},
    {.path = "/past.org/a", .times = 1, .status = 416, .headers = "Content-Range: bytes */5\r\n"},
    {.path = "/past.org/a", .status = 200, .body = big, .len = BIG, .headers = "ETag: \"v1\"\r\n"},
    {.path = "/odd.org/a",
     .times = 1,
     .status = 200,
     .body = big,
     .len = BIG,
     .end = CANNED_CUT,
     .cut = 100000,
     .headers = "ETag: \"v1\"\r\n"},
    {.path = "/odd.org/a",
     .times = 1,
     .status = 206,
     .body = big,
     .len = BIG,
     .headers = "Content-Range: bytes 0-299999/300000\r\n"},
    {.path = "/odd.org/a", .status = 200, .body = big, .len = BIG},
    {0}};

static void test_resume(void **state)
{
    static const char *const hosts[] = {"whole.org", "changed.org", "weak.org", "past.org", "odd.org"};
    static struct got got[5];
    struct rig r;
    rig_up(&r, resume_script);
    r.options.attempts = 4;
    rig_open(&r);
    for (int i = 0; i < 5; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://%s/a", hosts[i]);
        rig_ask(&r, &(struct crawl_request){.url = url, .kind = CRAWL_OBJECT, .md5 = big_md5}, &got[i]);
    }
    rig_run(&r);
    for (int i = 0; i < 5; i++) {
        if (got[i].why.kind)
            fail_msg("%s", got[i].why.text);
        assert_string_equal(got[i].sha256, big_sha256);
        assert_int_equal(got[i].bytes, BIG);
    }
    const char *second = server_entry(&r.server, "/whole.org/a", 1)->text;
    assert_non_null(strstr(second, "Range: bytes=100000-\r\n"));
    assert_non_null(strstr(second, "If-Range: \"v1\"\r\n"));
    assert_non_null(strstr(server_entry(&r.server, "/whole.org/a", 2)->text, "Range: bytes=200000-\r\n"));
    assert_int_equal(server_count(&r.server, "/whole.org/a"), 3);
    assert_null(strstr(server_entry(&r.server, "/weak.org/a", 1)->text, "Range:"));
    rig_down(&r);
}

static const struct canned secret_script[] = {
    {.path = "/api.org/a", .status = 302, .headers = "Location: /b?api_key=HUSHHUSH&x=1\r\n"},
    {.path = "/api.org/b", .status = 302, .headers = "Location: https://else.org/c\r\n"},
    {.path = "/else.org/c", .status = 500},
    {.path = "/leak.org/a", .status = 302, .headers = "Location: https://else.org/c?k=HUSHHUSH\r\n"},
    {.path = "/api.org/d", .status = 404, .headers = "Server: s\r\n"},
    {0}};

static bool stored_anywhere(const char *folder, const char *needle)
{
    return rig_program("grep", "-rqa", needle, folder) == 0;
}

static void test_secrets(void **state)
{
    static struct got got[4];
    struct rig r;
    rig_up(&r, secret_script);
    r.options.attempts = 1;
    rig_open(&r);
    struct crawl_request q = {.kind = CRAWL_API, .secret_query = "api_key=HUSHHUSH"};
    q.url = "https://api.org/a?q=1";
    rig_ask(&r, &q, &got[0]);
    q.url = "https://leak.org/a";
    rig_ask(&r, &q, &got[1]);
    q.url = "https://api.org/d";
    q.secret_query = NULL;
    q.secret_header = "Authorization: Bearer HUSHHUSH";
    rig_ask(&r, &q, &got[2]);
    rig_run(&r);
    assert_non_null(strstr(server_entry(&r.server, "/api.org/a", 0)->text, "/a?q=1&api_key=HUSHHUSH HTTP"));
    assert_non_null(strstr(server_entry(&r.server, "/api.org/b", 0)->text, "/b?x=1&api_key=HUSHHUSH HTTP"));
    assert_int_equal(server_count(&r.server, "/else.org/"), 1);
    assert_null(strstr(server_entry(&r.server, "/else.org/", 0)->text, "HUSH"));
    assert_non_null(strstr(server_entry(&r.server, "/api.org/d", 0)->text, "Authorization: Bearer HUSHHUSH\r\n"));
    assert_int_equal(got[1].why.kind, ERR_REFUSED);
    for (int i = 0; i < 3; i++) {
        const char *const told[] = {got[i].why.text, got[i].url, got[i].headers};
        for (int k = 0; k < 3; k++)
            assert_null(strstr(told[k], "HUSH"));
    }
    rig_close(&r);
    assert_false(stored_anywhere(r.corpus, "HUSHHUSH"));
    rig_down(&r);
}

static const struct canned private_script[] = {
    {.path = "/a", .status = 200, .body = "hello"}, {.path = "/named.org/a", .status = 200, .body = "hello"}, {0}};

static enum err_kind asks(struct rig *r, const char *url, bool given, const char *says)
{
    static struct got got;
    rig_ask(r, &(struct crawl_request){.url = url, .kind = CRAWL_FILE, .given = given}, &got);
    rig_run(r);
    if (!strstr(got.why.text, says))
        fail_msg("%s: \"%s\" does not say \"%s\"", url, got.why.text, says);
    return got.why.kind;
}

static void test_private(void **state)
{
    struct rig r;
    char local[64];
    rig_up(&r, private_script);
    snprintf(local, sizeof local, "http://127.0.0.1:%d/a", r.server.port);
    r.options.allow_private = 0;
    rig_open(&r);
    assert_int_equal(asks(&r, "https://named.org/a", true,
                          "the stand-in for named.org is at a private address: add --allow-private"),
                     ERR_REFUSED);
    assert_int_equal(asks(&r, local, true, "add --allow-private"), ERR_REFUSED);
    rig_close(&r);
    r.options.endpoints = NULL;
    rig_open(&r);
    assert_int_equal(asks(&r, local, true, "add --allow-private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://localhost/a", true, "add --allow-private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://2130706433/a", false, "private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://[::ffff:10.0.0.1]/a", false, "private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "javascript:void(0)", false, "no URL"), ERR_FORMAT);
    rig_close(&r);
    assert_int_equal(r.server.log->n, 0);
    r.options.allow_private = 1;
    rig_open(&r);
    assert_int_equal(asks(&r, local, false, "which only the user may name"), ERR_REFUSED);
    assert_int_equal(r.server.log->n, 0);
    assert_int_equal(asks(&r, local, true, ""), ERR_NONE);
    rig_down(&r);
}

/* A crawl that is killed leaves no lock, and nothing but a temp file; while it lives nobody else crawls. */
static const struct canned kill_script[] = {
    {.path = "/a.org/big", .times = 1, .status = 200, .body = big, .len = BIG, .end = CANNED_DRIP, .cut = 200000},
    {.path = "/a.org/big", .status = 200, .body = big, .len = BIG},
    {0}};

static void test_kill(void **state)
{
    static struct got got;
    struct rig r;
    struct err e = {0};
    rig_up(&r, kill_script);
    const struct crawl_request q = {.url = "https://a.org/big", .kind = CRAWL_OBJECT};
    pid_t pid = fork();
    if (pid == 0) {
        rig_open(&r);
        rig_ask(&r, &q, &got);
        rig_run(&r);
        _exit(0);
    }
    for (int i = 0; i < 500 && !server_count(&r.server, "/a.org/big"); i++)
        usleep(10000);
    assert_int_equal(server_count(&r.server, "/a.org/big"), 1);
    usleep(50000);
    assert_null(crawl_new(&r.options, r.corpus, NULL, NULL, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    char text[32];
    snprintf(text, sizeof text, "process %d ", (int)pid);
    assert_non_null(strstr(e.text, text));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    rig_open(&r);
    rig_ask(&r, &q, &got);
    rig_run(&r);
    assert_int_equal(got.why.kind, ERR_NONE);
    assert_string_equal(got.sha256, big_sha256);
    rig_down(&r);
}

/* Callbacks may add and cancel, their own context too; a crawl may be dropped at any moment. */
struct chain {
    struct rig *r;
    int n, done;
    struct got other;
};

static void next(void *context, const struct crawl_reply *reply)
{
    struct chain *c = context;
    c->done++;
    assert_int_equal(reply->status, 200);
    crawl_cancel(c->r->crawl, c);
    crawl_cancel(c->r->crawl, &c->other);
    if (c->n-- == 0)
        return;
    const struct crawl_request q = {.url = "https://chain.org/a", .kind = CRAWL_API, .done = next, .context = c};
    for (int i = 0; i < 3; i++)
        crawl_add(c->r->crawl, &q);
    rig_ask(c->r, &(struct crawl_request){.url = "https://hang.org/a", .kind = CRAWL_FILE}, &c->other);
}

static void test_callbacks(void **state)
{
    static const struct canned script[] = {
        {.path = "/chain.org/a", .status = 200, .body = "hello"}, {.path = "/hang.org/a", .end = CANNED_HANG}, {0}};
    static struct got hanging[3];
    struct rig r;
    struct err e = {0};
    struct chain c = {.r = &r, .n = 5};
    rig_up(&r, script);
    rig_open(&r);
    crawl_add(r.crawl,
              &(struct crawl_request){.url = "https://chain.org/a", .kind = CRAWL_API, .done = next, .context = &c});
    rig_run(&r);
    assert_int_equal(c.done, 6);
    assert_int_equal(c.other.times, 0);
    for (int i = 0; i < 3; i++)
        rig_ask(&r, &(struct crawl_request){.url = "https://hang.org/a", .kind = CRAWL_FILE}, &hanging[i]);
    for (int i = 0; i < 10; i++)
        assert_true(crawl_turn(r.crawl, 10, &e));
    assert_int_equal(crawl_on_wire(r.crawl), 3);
    crawl_cancel(r.crawl, &hanging[0]);
    assert_int_equal(crawl_open(r.crawl), 2);
    assert_true(crawl_turn(r.crawl, 10, &e));
    assert_int_equal(crawl_on_wire(r.crawl), 2);
    rig_down(&r);
    assert_true(!hanging[0].times && !hanging[1].times);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume), cmocka_unit_test(test_secrets),   cmocka_unit_test(test_private),
        cmocka_unit_test(test_kill),   cmocka_unit_test(test_callbacks),
    };
    for (int i = 0; i < BIG; i++)
        big[i] = "0123456789abcdef"[(i * 7 + i / 1000) % 16];
    struct md5 *md5 = md5_new();
    md5_add(md5, big, BIG);
    md5_free(md5, big_md5);
    sha256_of(big, BIG, big_sha256);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

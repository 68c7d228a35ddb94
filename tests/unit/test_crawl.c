/* test_crawl.c: the crawler against a scripted server: all rows of the table in crawl.h, the order of things,
 * robots.txt, pace. */
#include "ingest/crawl.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/crawl_rig.h"

/* One row of the table a case; all of them at once, each at a host of its own. */
static const struct canned table_script[] = {
    {.path = "/ok.org/a", .status = 200, .body = "hello", .headers = "ETag: \"e1\"\r\nX-Odd: 1\r\nServer: s\r\n"},
    {.path = "/api.org/a", .status = 200, .body = "{\"n\":1}"},
    {.path = "/api4.org/a", .status = 400, .body = "{\"error\":\"bad query\"}"},
    {.path = "/json.org/a", .times = 1, .status = 200, .body = "{\"n\":"},
    {.path = "/json.org/a", .status = 200, .body = "{\"n\":2}"},
    {.path = "/etag.org/a", .status = 304, .headers = "ETag: \"e1\"\r\n"},
    {.path = "/odd304.org/a", .times = 1, .status = 304},
    {.path = "/odd304.org/a", .status = 200, .body = "hello"},
    {.path = "/moved.org/a", .status = 302, .headers = "Location: /b%20c?x=1#part\r\n"},
    {.path = "/moved.org/b%20c", .status = 301, .headers = "Location: //www.moved.org/d\r\n"},
    {.path = "/www.moved.org/d", .status = 200, .body = "there"},
    {.path = "/loop.org/a", .status = 302, .headers = "Location: /a\r\n"},
    {.path = "/nowhere.org/a", .status = 302},
    {.path = "/inside.org/a", .status = 302, .headers = "Location: http://127.0.0.1:9/x\r\n"},
    {.path = "/inside6.org/a", .times = 1, .status = 302, .headers = "Location: http://[::1]/x\r\n"},
    {.path = "/inside6.org/a", .status = 200, .body = "hello"},
    {.path = "/scheme.org/a", .status = 302, .headers = "Location: file:///etc/passwd\r\n"},
    {.path = "/429.org/a", .times = 1, .status = 429, .headers = "Retry-After: 1\r\n"},
    {.path = "/429.org/a", .status = 200, .body = "hello"},
    {.path = "/503.org/a", .status = 503},
    {.path = "/500.org/a", .times = 1, .status = 500, .body = "oops"},
    {.path = "/500.org/a", .status = 200, .body = "hello"},
    {.path = "/408.org/a", .times = 1, .status = 408},
    {.path = "/408.org/a", .status = 200, .body = "hello"},
    {.path = "/cut.org/a", .times = 1, .status = 200, .body = "hello", .end = CANNED_CUT, .cut = 2},
    {.path = "/cut.org/a", .status = 200, .body = "hello"},
    {.path = "/reset.org/a", .times = 1, .end = CANNED_RESET},
    {.path = "/reset.org/a", .status = 200, .body = "hello"},
    {.path = "/late.org/a", .times = 1, .end = CANNED_HANG},
    {.path = "/late.org/a", .status = 200, .body = "hello"},
    {.path = "/403.org/a", .status = 403, .body = "go away"},
    {.path = "/b.s3.amazonaws.com/a", .status = 403, .body = "<Error/>"},
    {.path = "/401.org/a", .status = 401},
    {.path = "/410.org/a", .status = 410},
    {.path = "/shut.org/robots.txt", .status = 200, .body = "User-agent: *\nDisallow: /a\n"},
    {.path = "/open.org/robots.txt", .status = 200, .body = "User-agent: *\nDisallow: /\nAllow: /a\n"},
    {.path = "/open.org/a", .status = 200, .body = "hello"},
    {.path = "/down.org/robots.txt", .status = 500},
    {.path = "/noai.org/a", .status = 200, .body = "hello", .headers = "X-Robots-Tag: noindex, NoAI\r\n"},
    {.path = "/other.org/a", .status = 200, .body = "hello", .headers = "X-Robots-Tag: otherbot: noai\r\n"},
    {.path = "/tdm.org/a", .status = 200, .body = "hello", .headers = "TDM-Reservation: 1\r\n"},
    {.path = "/html.org/a", .status = 200, .body = "<!DOCTYPE html><html><body>Sign in</body></html>"},
    {.path = "/empty.org/a", .times = 1, .status = 200},
    {.path = "/empty.org/a", .status = 200, .body = "hello"},
    {.path = "/md5.org/a", .times = 1, .status = 200, .body = "hallo"},
    {.path = "/md5.org/a", .status = 200, .body = "hello"},
    {.path = "/large.org/a", .status = 200, .body = "hello hello hello"},
    {.path = "/part.org/a", .times = 1, .status = 206, .body = "llo"},
    {.path = "/part.org/a", .status = 200, .body = "hello"},
    {0}};

static const struct {
    const char *host;
    enum crawl_kind kind;
    enum content_want want;
    enum err_kind why;
    int status, attempts, requests; /* requests: to the path at the host, robots.txt not counted */
    const char *says;               /* in the error's text, or in the robots decision, or the body */
    const char *md5;
    const char *etag;
    uint64_t max_bytes;
} table[] = {
    {"ok.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 1, 1, "allowed, there is no robots.txt (404)"},
    {"api.org", CRAWL_API, CONTENT_JSON, ERR_NONE, 200, 1, 1, "{\"n\":1}"},
    {"api4.org", CRAWL_API, CONTENT_JSON, ERR_FORMAT, 400, 1, 1, "{\"error\":\"bad query\"}"},
    {"json.org", CRAWL_API, CONTENT_JSON, ERR_NONE, 200, 2, 2, "{\"n\":2}"},
    {"etag.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 304, 1, 1, "", .etag = "\"e1\""},
    {"odd304.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"moved.org", CRAWL_PAGE, CONTENT_ANY, ERR_NONE, 200, 1, 1, "there"},
    {"loop.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 302, 2, 22, "more than 10 redirects"},
    {"nowhere.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 302, 2, 2, "without Location"},
    {"inside.org", CRAWL_FILE, CONTENT_ANY, ERR_REFUSED, 302, 2, 2, "private address (127.0.0.1)"},
    {"inside6.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"scheme.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 302, 2, 2, "only http and https"},
    {"429.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"503.org", CRAWL_FILE, CONTENT_ANY, ERR_TEMPORARY, 503, 2, 2, "status 503"},
    {"500.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"408.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"cut.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"reset.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"late.org", CRAWL_OBJECT, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"403.org", CRAWL_FILE, CONTENT_ANY, ERR_REFUSED, 403, 1, 1, "status 403"},
    {"b.s3.amazonaws.com", CRAWL_OBJECT, CONTENT_ANY, ERR_FORMAT, 403, 1, 1, "status 403"},
    {"401.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 401, 1, 1, "status 401"},
    {"404.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 404, 1, 1, "https://404.org/a: status 404"},
    {"410.org", CRAWL_FILE, CONTENT_ANY, ERR_FORMAT, 410, 1, 1, "status 410"},
    {"shut.org", CRAWL_FILE, CONTENT_ANY, ERR_REFUSED, 0, 0, 0, "disallowed by 'Disallow: /a'"},
    {"open.org", CRAWL_PAGE, CONTENT_ANY, ERR_NONE, 200, 1, 1, "allowed by 'Allow: /a'"},
    {"down.org", CRAWL_PAGE, CONTENT_ANY, ERR_TEMPORARY, 0, 0, 0, "robots.txt answers 500"},
    {"noai.org", CRAWL_FILE, CONTENT_ANY, ERR_REFUSED, 200, 1, 1, "noai"},
    {"other.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 1, 1, ""},
    {"tdm.org", CRAWL_FILE, CONTENT_ANY, ERR_REFUSED, 200, 1, 1, "tdm-reservation"},
    {"html.org", CRAWL_FILE, CONTENT_PDF, ERR_FORMAT, 200, 2, 2, "PDF"},
    {"empty.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
    {"md5.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, "", .md5 = "5d41402abc4b2a76b9719d911017c592"},
    {"large.org", CRAWL_FILE, CONTENT_ANY, ERR_LIMIT, 200, 1, 1, "larger than allowed", .max_bytes = 10},
    {"part.org", CRAWL_FILE, CONTENT_ANY, ERR_NONE, 200, 2, 2, ""},
};

enum { TABLE = sizeof table / sizeof *table };

static void count_hosts(void *context, const struct host_row *row)
{
    int *n = context;
    ++*n;
    assert_true(row->last > 0 && row->requests > 0 && !row->robots);
    assert_string_equal(row->rate_source, "option");
}

static void test_table(void **state)
{
    static struct got got[TABLE];
    struct rig r;
    rig_up(&r, table_script);
    r.options.attempts = 2;
    rig_open(&r);
    for (int i = 0; i < TABLE; i++) {
        char url[128];
        snprintf(url, sizeof url, "https://%s/a", table[i].host);
        rig_ask(&r,
                &(struct crawl_request){.url = url,
                                        .kind = table[i].kind,
                                        .want = table[i].want,
                                        .md5 = table[i].md5,
                                        .etag = table[i].etag,
                                        .max_bytes = table[i].max_bytes,
                                        .timeout_s = strcmp(table[i].host, "late.org") == 0 ? 1 : 0},
                &got[i]);
    }
    assert_int_equal(crawl_open(r.crawl), TABLE);
    rig_run(&r);
    for (int i = 0; i < TABLE; i++) {
        const struct got *g = &got[i];
        char path[128];
        snprintf(path, sizeof path, "/%s/a", table[i].host);
        int requests = server_count(&r.server, path);
        if (g->times != 1 || g->why.kind != table[i].why || g->status != table[i].status ||
            g->attempts != table[i].attempts || requests != table[i].requests)
            fail_msg("%s: told %d times, %s (%s), status %d, %d attempts, %d requests", table[i].host, g->times,
                     err_kind_name(g->why.kind), g->why.text, g->status, g->attempts, requests);
        if (!strstr(g->why.text, table[i].says) && !strstr(g->robots, table[i].says) && !strstr(g->body, table[i].says))
            fail_msg("%s: nothing says \"%s\": %s; %s; %s", table[i].host, table[i].says, g->why.text, g->robots,
                     g->body);
        bool blob = table[i].kind >= CRAWL_FILE && !g->why.kind && g->status != 304;
        assert_int_equal(*g->sha256 != 0, blob);
        if (blob)
            assert_string_equal(g->sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    }
    assert_string_equal(got[0].etag, "\"e1\"");
    assert_non_null(strstr(got[0].headers, "\"server\":\"s\""));
    assert_null(strstr(got[0].headers, "odd"));
    assert_string_equal(got[6].url, "https://www.moved.org/d");
    assert_true(got[4].not_modified);
    assert_int_equal(server_count(&r.server, "/api.org/robots.txt"), 0);

    struct err e = {0};
    int hosts = 0;
    assert_true(host_list(&r.db, count_hosts, &hosts, &e));
    assert_int_equal(hosts, TABLE + 1); /* and www.moved.org */
    struct arena arena = ARENA_INIT;
    struct host_row row = rig_row(&r, &arena, "500.org");
    assert_true(row.requests == 3 && row.broken == 1 && row.done == 1 && row.refused == 1 && row.robots_status == 404);
    row = rig_row(&r, &arena, "403.org");
    assert_true(row.blocked_until > time(NULL) + 80000 && strstr(row.blocked_why, "https://403.org/a"));
    row = rig_row(&r, &arena, "down.org");
    assert_true(row.robots_lost > 0 && row.robots_status == 500);
    row = rig_row(&r, &arena, "open.org");
    assert_string_equal(row.robots, "User-agent: *\nDisallow: /\nAllow: /a\n");
    row = rig_row(&r, &arena, "loop.org");
    assert_true(row.redirects == 20 && row.wrong == 2);
    arena_release(&arena);
    rig_down(&r);
}

/* robots.txt comes first, once, whoever waits for it; a block ends all that waits, and both are known to the next run.
 */
static const struct canned order_script[] = {
    {.path = "/many.org/robots.txt", .times = 1, .status = 503},
    {.path = "/many.org/robots.txt", .times = 1, .status = 302, .headers = "Location: https://other.org/r\r\n"},
    {.path = "/other.org/r", .status = 200, .body = "User-agent: figmill\nDisallow: /no\n"},
    {.path = "/many.org/yes", .status = 200, .body = "hello"},
    {.path = "/block.org/first", .status = 403},
    {.path = "/block.org/yes", .status = 200, .body = "hello"},
    {0}};

static void test_order(void **state)
{
    enum { N = 40 };
    static struct got many[N], block[N], fine;
    struct rig r;
    rig_up(&r, order_script);
    r.options.rate[0] = '8';
    rig_open(&r);
    for (int i = 0; i < N; i++)
        rig_ask(
            &r,
            &(struct crawl_request){.url = i % 2 ? "https://many.org/yes" : "https://many.org/no", .kind = CRAWL_FILE},
            &many[i]);
    for (int i = 0; i < N; i++)
        rig_ask(&r,
                &(struct crawl_request){.url = i ? "https://block.org/yes" : "https://block.org/first",
                                        .kind = CRAWL_OBJECT},
                &block[i]);
    crawl_cancel(r.crawl, &many[1]);
    for (int i = 2; i < N; i++)
        if (i % 2 && i > 9)
            crawl_cancel(r.crawl, &many[i]);
    rig_run(&r);
    assert_int_equal(server_count(&r.server, "/many.org/robots.txt"), 2);
    assert_true(server_entry(&r.server, "/many.org/yes", 0)->ms >= server_entry(&r.server, "/other.org/r", 0)->ms);
    assert_int_equal(server_count(&r.server, "/many.org/yes"), 4);
    assert_int_equal(server_count(&r.server, "/many.org/no"), 0);
    for (int i = 0; i < N; i++) {
        if (i % 2 == 0)
            assert_true(many[i].times == 1 && many[i].why.kind == ERR_REFUSED);
        else
            assert_true(many[i].times == (i > 2 && i <= 9) && !many[i].why.kind);
        assert_true(block[i].times == 1);
    }
    assert_int_equal(block[0].status, 403);
    int refused = 0;
    for (int i = 1; i < N; i++)
        refused +=
            block[i].why.kind == ERR_REFUSED && strstr(block[i].why.text, "status 403 for https://block.org/first");
    assert_true(refused == N - 1);
    rig_close(&r);

    rig_open(&r);
    rig_ask(&r, &(struct crawl_request){.url = "https://block.org/yes", .kind = CRAWL_OBJECT}, &block[0]);
    rig_ask(&r, &(struct crawl_request){.url = "https://many.org/no", .kind = CRAWL_FILE}, &many[0]);
    rig_ask(&r, &(struct crawl_request){.url = "https://many.org/yes", .kind = CRAWL_PAGE}, &fine);
    rig_run(&r);
    assert_true(block[0].why.kind == ERR_REFUSED && many[0].why.kind == ERR_REFUSED && !fine.why.kind);
    assert_int_equal(server_count(&r.server, "/block.org/yes"), 0);
    assert_int_equal(server_count(&r.server, "/many.org/robots.txt"), 2);
    rig_close(&r);

    char unblock[] = "block.org";
    r.options.unblock = unblock;
    rig_open(&r);
    rig_ask(&r, &(struct crawl_request){.url = "https://block.org/yes", .kind = CRAWL_OBJECT}, &block[0]);
    rig_run(&r);
    assert_int_equal(block[0].why.kind, ERR_NONE);
    rig_down(&r);
}

/* What former runs learned of robots.txt: a copy of today's is good, an old one while it cannot be reached, and after
 * 30 days without an answer everything is allowed. */
static void test_known_robots(void **state)
{
    static const struct canned script[] = {
        {.path = "/fresh.org/a", .status = 200, .body = "hello"}, {.path = "/old.org/robots.txt", .status = 500},
        {.path = "/old.org/a", .status = 200, .body = "hello"},   {.path = "/lost.org/robots.txt", .status = 500},
        {.path = "/lost.org/a", .status = 200, .body = "hello"},  {0}};
    static struct got fresh[2], old[2], lost;
    struct rig r;
    struct err e = {0};
    int64_t now = time(NULL);
    rig_up(&r, script);
    r.options.attempts = 1;
    assert_true(db_open(&r.db, r.corpus, DB_CREATE, &e));
    const struct host_row rows[] = {
        {.host = "fresh.org",
         .rate = -1,
         .robots_status = 200,
         .robots_until = now + 500,
         .robots = "User-agent: *\nDisallow: /b"},
        {.host = "old.org",
         .rate = -1,
         .robots_status = 200,
         .robots_until = now - 500,
         .robots = "User-agent: *\nDisallow: /b"},
        {.host = "lost.org",
         .rate = -1,
         .robots_status = 503,
         .robots_until = now - 500,
         .robots_lost = now - 31 * 24 * 3600},
    };
    for (int i = 0; i < 3; i++)
        assert_true(host_store(&r.db, &rows[i], &e));
    db_close(&r.db);
    rig_open(&r);
    rig_ask(&r, &(struct crawl_request){.url = "https://fresh.org/a", .kind = CRAWL_FILE}, &fresh[0]);
    rig_ask(&r, &(struct crawl_request){.url = "https://fresh.org/b", .kind = CRAWL_FILE}, &fresh[1]);
    rig_ask(&r, &(struct crawl_request){.url = "https://old.org/a", .kind = CRAWL_FILE}, &old[0]);
    rig_ask(&r, &(struct crawl_request){.url = "https://old.org/b", .kind = CRAWL_FILE}, &old[1]);
    rig_ask(&r, &(struct crawl_request){.url = "https://lost.org/a", .kind = CRAWL_FILE}, &lost);
    rig_run(&r);
    assert_int_equal(server_count(&r.server, "/fresh.org/robots.txt"), 0);
    assert_true(!fresh[0].why.kind && fresh[1].why.kind == ERR_REFUSED);
    assert_int_equal(server_count(&r.server, "/old.org/robots.txt"), 1);
    assert_true(!old[0].why.kind && old[1].why.kind == ERR_REFUSED);
    assert_int_equal(lost.why.kind, ERR_NONE);
    assert_string_equal(lost.robots, "allowed, robots.txt has not been reached for 30 days");
    struct arena arena = ARENA_INIT;
    struct host_row row = rig_row(&r, &arena, "old.org");
    assert_string_equal(row.robots, rows[1].robots);
    assert_true(row.robots_lost >= now && row.robots_status == 500);
    arena_release(&arena);
    rig_down(&r);
}

static const struct canned pace_script[] = {
    {.path = "/slow.org/robots.txt", .status = 200, .body = "User-agent: *\nCrawl-delay: 0.4\n"},
    {.path = "/slow.org/a", .status = 200, .body = "hello"},
    {.path = "/told.org/a",
     .status = 200,
     .body = "hello",
     .headers = "x-rate-limit-limit: 4\r\nx-rate-limit-interval: 1s\r\n"},
    {.path = "/fast.org/a", .status = 200, .body = "hello"},
    {0}};

static void check_window(struct rig *r, const char *path, int n, int most)
{
    assert_true(server_count(&r->server, path) >= n);
    for (int i = most; i < n; i++) {
        int64_t ms = server_entry(&r->server, path, i)->ms - server_entry(&r->server, path, i - most)->ms;
        if (ms < 1000)
            fail_msg("%s: %d requests within %d ms", path, most + 1, (int)ms);
    }
}

static void test_pace(void **state)
{
    static struct got got[40];
    struct rig r;
    rig_up(&r, pace_script);
    free(r.options.rate);
    r.options.rate = mem_strdup("12");
    rig_open(&r);
    for (int i = 0; i < 30; i++)
        rig_ask(&r, &(struct crawl_request){.url = "https://fast.org/a", .kind = CRAWL_OBJECT}, &got[i]);
    for (int i = 30; i < 35; i++)
        rig_ask(&r, &(struct crawl_request){.url = "https://slow.org/a", .kind = CRAWL_FILE}, &got[i]);
    for (int i = 35; i < 40; i++)
        rig_ask(&r, &(struct crawl_request){.url = "https://told.org/a", .kind = CRAWL_API}, &got[i]);
    int64_t began = rig_now();
    rig_run(&r);
    assert_in_range(rig_now() - began, 2300, 6000);
    check_window(&r, "/fast.org/", 30, 12);
    check_window(&r, "/told.org/", 5, 4);
    for (int i = 1; i < 6; i++)
        assert_true(server_entry(&r.server, "/slow.org/", i)->ms - server_entry(&r.server, "/slow.org/", i - 1)->ms >=
                    390);
    struct arena arena = ARENA_INIT;
    struct host_row row = rig_row(&r, &arena, "slow.org");
    assert_true(row.rate == 2.5);
    assert_string_equal(row.rate_source, "crawl-delay");
    assert_string_equal(rig_row(&r, &arena, "told.org").rate_source, "headers");
    arena_release(&arena);
    rig_down(&r);
}

static void test_options(void **state)
{
    static const struct {
        const char *contact, *rate, *endpoints;
        int in_flight, attempts;
        const char *says;
    } wrong[] = {
        {.says = "--contact"},
        {.contact = "nobody", .says = "no mail"},
        {.contact = "a@b\r\nX: y", .says = "no mail"},
        {.contact = "a@b.org", .rate = "fast", .says = "--rate fast"},
        {.contact = "a@b.org", .rate = "-1", .says = "--rate -1"},
        {.contact = "a@b.org", .in_flight = -1, .says = "--in-flight"},
        {.contact = "a@b.org", .attempts = -1, .says = "--attempts"},
        {.contact = "a@b.org", .endpoints = "/nowhere.tsv", .says = "/nowhere.tsv"},
    };
    unsetenv("FIGMILL_CONTACT");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct crawl_options o = {.contact = (char *)wrong[i].contact,
                                  .rate = (char *)wrong[i].rate,
                                  .endpoints = (char *)wrong[i].endpoints,
                                  .in_flight = wrong[i].in_flight,
                                  .attempts = wrong[i].attempts};
        struct err e = {0};
        assert_false(crawl_options_check(&o, &e));
        assert_int_equal(e.kind, ERR_USAGE);
        if (!strstr(e.text, wrong[i].says))
            fail_msg("\"%s\" does not say \"%s\"", e.text, wrong[i].says);
    }
    struct crawl_options o = {0};
    setenv("FIGMILL_CONTACT", "a@b.org", 1);
    assert_true(crawl_options_check(&o, NULL));
    assert_string_equal(o.contact, "a@b.org");
    free(o.contact);
}

/* Bytes that are read once: whole and right, and gone afterwards. */
static const char large_body[400000];
static const struct canned temporary_script[] = {
    {.path = "/once.org/small", .status = 200, .body = "hello"},
    {.path = "/once.org/wrong", .times = 1, .status = 200, .body = "hellO"},
    {.path = "/once.org/wrong", .status = 200, .body = "hello"},
    {.path = "/once.org/large", .status = 200, .body = large_body, .len = sizeof large_body},
    {.path = "/once.org/none", .status = 404},
    {0}};

struct read {
    int times;
    size_t bytes;
    bool blob;
    char head[6];
    enum err_kind why;
};

static void read_file(void *context, const struct crawl_reply *reply)
{
    struct read *read = context;
    char buffer[4096];
    size_t n = 0;
    read->times++;
    read->why = reply->why.kind;
    read->blob = *reply->sha256 || reply->body;
    assert_int_equal(reply->file == NULL, reply->why.kind != ERR_NONE);
    while (reply->file && (n = fread(buffer, 1, sizeof buffer, reply->file)) > 0) {
        if (!read->bytes)
            snprintf(read->head, sizeof read->head, "%.5s", buffer);
        read->bytes += n;
    }
}

static void test_temporary(void **state)
{
    static const struct {
        const char *name;
        size_t bytes;
        enum err_kind why;
    } files[] = {{"small", 5, ERR_NONE},
                 {"wrong", 5, ERR_NONE},
                 {"large", sizeof large_body, ERR_NONE},
                 {"none", 0, ERR_FORMAT}};
    enum { N = sizeof files / sizeof *files };
    struct read read[N] = {{0}};
    struct rig r;
    rig_up(&r, temporary_script);
    rig_open(&r);
    for (int i = 0; i < N; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://once.org/%s", files[i].name);
        crawl_add(r.crawl, &(struct crawl_request){.kind = CRAWL_TEMPORARY,
                                                   .url = url,
                                                   .md5 = i == 1 ? "5d41402abc4b2a76b9719d911017c592" : NULL,
                                                   .done = read_file,
                                                   .context = &read[i]});
    }
    rig_run(&r);
    for (int i = 0; i < N; i++) {
        assert_true(read[i].times == 1 && !read[i].blob);
        assert_int_equal(read[i].bytes, files[i].bytes);
        assert_int_equal(read[i].why, files[i].why);
    }
    assert_string_equal(read[1].head, "hello");
    assert_int_equal(server_count(&r.server, "/once.org/robots.txt"), 0);
    char *blobs = mem_printf("%s/blobs", r.corpus);
    rmdir(blobs); /* which is empty */
    assert_int_equal(access(blobs, F_OK), -1);
    free(blobs);
    rig_down(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),      cmocka_unit_test(test_table), cmocka_unit_test(test_order),
        cmocka_unit_test(test_known_robots), cmocka_unit_test(test_pace),  cmocka_unit_test(test_temporary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

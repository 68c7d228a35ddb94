/* test_crawl.c: the crawler against a scripted server on loopback that stands in for every host: all rows of the table
 * in crawl.h, and what must never happen. Requests for "https://HOST/PATH" come to it as "/HOST/PATH". */
#include "ingest/crawl.h"

#include <dirent.h>
#include <limits.h>
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
#include "base/str.h"
#include "db/blob.h"
#include "db/host.h"
#include "tests/unit/crawl_server.h"

enum { BIG = 300 * 1000 };
static char big[BIG + 1], big_md5[MD5_SIZE], big_sha256[SHA256_SIZE];

struct rig {
    struct server server;
    char corpus[64], endpoints[96];
    struct crawl_options options;
    struct db db;
    struct crawl *crawl;
};

static void open_crawl(struct rig *r)
{
    struct err e = {0};
    if (!db_open(&r->db, r->corpus, DB_CREATE, &e) || !crawl_options_check(&r->options, &e) ||
        !(r->crawl = crawl_new(&r->options, r->corpus, &r->db, NULL, &e)))
        fail_msg("%s", e.text);
}

static void close_crawl(struct rig *r)
{
    crawl_free(r->crawl);
    db_close(&r->db);
    r->crawl = NULL;
}

static void rig_up(struct rig *r, const struct canned *script)
{
    *r = (struct rig){.corpus = P_tmpdir "/test-crawl-XXXXXX"};
    assert_non_null(mkdtemp(r->corpus));
    server_start(&r->server, script);
    snprintf(r->endpoints, sizeof r->endpoints, "%s/endpoints.tsv", r->corpus);
    FILE *f = fopen(r->endpoints, "we");
    fprintf(f, "*\thttp://127.0.0.1:%d/{host}\n", r->server.port);
    fclose(f);
    r->options = (struct crawl_options){.contact = mem_strdup("tests@example.org"),
                                        .endpoints = r->endpoints,
                                        .rate = mem_strdup("0"),
                                        .allow_private = 1,
                                        .attempts = 3};
}

static int run_program(const char *name, const char *a, const char *b, const char *c)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execlp(name, name, a, b, c, (char *)NULL);
        _exit(99);
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static void rig_down(struct rig *r)
{
    if (r->crawl)
        close_crawl(r);
    server_stop(&r->server);
    free(r->options.contact);
    free(r->options.rate);
    run_program("rm", "-rf", r->corpus, NULL);
}

/* What came of a request. */
struct got {
    int times;
    struct err why;
    int status, attempts;
    bool not_modified;
    char url[256], robots[256], etag[64], body[512], sha256[SHA256_SIZE], headers[1024];
    uint64_t bytes;
};

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void note(void *context, const struct crawl_reply *reply)
{
    struct got *g = context;
    g->times++;
    g->why = reply->why;
    g->status = reply->status;
    g->attempts = reply->attempts;
    g->not_modified = reply->not_modified;
    g->bytes = reply->bytes;
    copy(g->url, sizeof g->url, reply->url);
    copy(g->robots, sizeof g->robots, reply->robots);
    copy(g->etag, sizeof g->etag, reply->etag);
    copy(g->body, sizeof g->body, reply->body);
    copy(g->sha256, sizeof g->sha256, reply->sha256);
    copy(g->headers, sizeof g->headers, reply->headers);
}

static void ask(struct rig *r, const struct crawl_request *request, struct got *got)
{
    struct crawl_request q = *request;
    memset(got, 0, sizeof *got);
    q.done = note;
    q.context = got;
    crawl_add(r->crawl, &q);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run(struct rig *r)
{
    struct err e = {0};
    int64_t end = now_ms() + 20000;
    while (crawl_open(r->crawl)) {
        if (!crawl_turn(r->crawl, 100, &e))
            fail_msg("%s", e.text);
        if (now_ms() > end)
            fail_msg("%zu requests are still open", crawl_open(r->crawl));
    }
    if (!db_begin(&r->db, &e) || !crawl_store(r->crawl, &e) || !db_commit(&r->db, &e))
        fail_msg("%s", e.text);
}

static struct host_row row_of(struct rig *r, struct arena *arena, const char *host)
{
    struct host_row row;
    struct err e = {0};
    bool found;
    assert_true(host_load(&r->db, host, arena, &row, &found, &e) && found);
    return row;
}

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
    open_crawl(&r);
    for (int i = 0; i < TABLE; i++) {
        char url[128];
        snprintf(url, sizeof url, "https://%s/a", table[i].host);
        ask(&r,
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
    run(&r);
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
    struct host_row row = row_of(&r, &arena, "500.org");
    assert_true(row.requests == 3 && row.broken == 1 && row.done == 1 && row.refused == 1 && row.robots_status == 404);
    row = row_of(&r, &arena, "403.org");
    assert_true(row.blocked_until > time(NULL) + 80000 && strstr(row.blocked_why, "https://403.org/a"));
    row = row_of(&r, &arena, "down.org");
    assert_true(row.robots_lost > 0 && row.robots_status == 500);
    row = row_of(&r, &arena, "open.org");
    assert_string_equal(row.robots, "User-agent: *\nDisallow: /\nAllow: /a\n");
    row = row_of(&r, &arena, "loop.org");
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
    open_crawl(&r);
    for (int i = 0; i < N; i++)
        ask(&r,
            &(struct crawl_request){.url = i % 2 ? "https://many.org/yes" : "https://many.org/no", .kind = CRAWL_FILE},
            &many[i]);
    for (int i = 0; i < N; i++)
        ask(&r,
            &(struct crawl_request){.url = i ? "https://block.org/yes" : "https://block.org/first",
                                    .kind = CRAWL_OBJECT},
            &block[i]);
    crawl_cancel(r.crawl, &many[1]);
    for (int i = 2; i < N; i++)
        if (i % 2 && i > 9)
            crawl_cancel(r.crawl, &many[i]);
    run(&r);
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
    close_crawl(&r);

    open_crawl(&r);
    ask(&r, &(struct crawl_request){.url = "https://block.org/yes", .kind = CRAWL_OBJECT}, &block[0]);
    ask(&r, &(struct crawl_request){.url = "https://many.org/no", .kind = CRAWL_FILE}, &many[0]);
    ask(&r, &(struct crawl_request){.url = "https://many.org/yes", .kind = CRAWL_PAGE}, &fine);
    run(&r);
    assert_true(block[0].why.kind == ERR_REFUSED && many[0].why.kind == ERR_REFUSED && !fine.why.kind);
    assert_int_equal(server_count(&r.server, "/block.org/yes"), 0);
    assert_int_equal(server_count(&r.server, "/many.org/robots.txt"), 2);
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
    open_crawl(&r);
    ask(&r, &(struct crawl_request){.url = "https://fresh.org/a", .kind = CRAWL_FILE}, &fresh[0]);
    ask(&r, &(struct crawl_request){.url = "https://fresh.org/b", .kind = CRAWL_FILE}, &fresh[1]);
    ask(&r, &(struct crawl_request){.url = "https://old.org/a", .kind = CRAWL_FILE}, &old[0]);
    ask(&r, &(struct crawl_request){.url = "https://old.org/b", .kind = CRAWL_FILE}, &old[1]);
    ask(&r, &(struct crawl_request){.url = "https://lost.org/a", .kind = CRAWL_FILE}, &lost);
    run(&r);
    assert_int_equal(server_count(&r.server, "/fresh.org/robots.txt"), 0);
    assert_true(!fresh[0].why.kind && fresh[1].why.kind == ERR_REFUSED);
    assert_int_equal(server_count(&r.server, "/old.org/robots.txt"), 1);
    assert_true(!old[0].why.kind && old[1].why.kind == ERR_REFUSED);
    assert_int_equal(lost.why.kind, ERR_NONE);
    assert_string_equal(lost.robots, "allowed, robots.txt has not been reached for 30 days");
    struct arena arena = ARENA_INIT;
    struct host_row row = row_of(&r, &arena, "old.org");
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
    open_crawl(&r);
    for (int i = 0; i < 30; i++)
        ask(&r, &(struct crawl_request){.url = "https://fast.org/a", .kind = CRAWL_OBJECT}, &got[i]);
    for (int i = 30; i < 35; i++)
        ask(&r, &(struct crawl_request){.url = "https://slow.org/a", .kind = CRAWL_FILE}, &got[i]);
    for (int i = 35; i < 40; i++)
        ask(&r, &(struct crawl_request){.url = "https://told.org/a", .kind = CRAWL_API}, &got[i]);
    int64_t began = now_ms();
    run(&r);
    assert_in_range(now_ms() - began, 2300, 6000);
    check_window(&r, "/fast.org/", 30, 12);
    check_window(&r, "/told.org/", 5, 4);
    for (int i = 1; i < 6; i++)
        assert_true(server_entry(&r.server, "/slow.org/", i)->ms - server_entry(&r.server, "/slow.org/", i - 1)->ms >=
                    390);
    struct arena arena = ARENA_INIT;
    struct host_row row = row_of(&r, &arena, "slow.org");
    assert_true(row.rate == 2.5);
    assert_string_equal(row.rate_source, "crawl-delay");
    assert_string_equal(row_of(&r, &arena, "told.org").rate_source, "headers");
    arena_release(&arena);
    rig_down(&r);
}

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
    open_crawl(&r);
    for (int i = 0; i < 5; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://%s/a", hosts[i]);
        ask(&r, &(struct crawl_request){.url = url, .kind = CRAWL_OBJECT, .md5 = big_md5}, &got[i]);
    }
    run(&r);
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
    return run_program("grep", "-rqa", needle, folder) == 0;
}

static void test_secrets(void **state)
{
    static struct got got[4];
    struct rig r;
    rig_up(&r, secret_script);
    r.options.attempts = 1;
    open_crawl(&r);
    struct crawl_request q = {.kind = CRAWL_API, .secret_query = "api_key=HUSHHUSH"};
    q.url = "https://api.org/a?q=1";
    ask(&r, &q, &got[0]);
    q.url = "https://leak.org/a";
    ask(&r, &q, &got[1]);
    q.url = "https://api.org/d";
    q.secret_query = NULL;
    q.secret_header = "Authorization: Bearer HUSHHUSH";
    ask(&r, &q, &got[2]);
    run(&r);
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
    close_crawl(&r);
    assert_false(stored_anywhere(r.corpus, "HUSHHUSH"));
    rig_down(&r);
}

static const struct canned private_script[] = {
    {.path = "/a", .status = 200, .body = "hello"}, {.path = "/named.org/a", .status = 200, .body = "hello"}, {0}};

static enum err_kind asks(struct rig *r, const char *url, bool given, const char *says)
{
    static struct got got;
    ask(r, &(struct crawl_request){.url = url, .kind = CRAWL_FILE, .given = given}, &got);
    run(r);
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
    open_crawl(&r);
    assert_int_equal(asks(&r, "https://named.org/a", true,
                          "the stand-in for named.org is at a private address: add --allow-private"),
                     ERR_REFUSED);
    assert_int_equal(asks(&r, local, true, "add --allow-private"), ERR_REFUSED);
    close_crawl(&r);
    r.options.endpoints = NULL;
    open_crawl(&r);
    assert_int_equal(asks(&r, local, true, "add --allow-private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://localhost/a", true, "add --allow-private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://2130706433/a", false, "private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "http://[::ffff:10.0.0.1]/a", false, "private"), ERR_REFUSED);
    assert_int_equal(asks(&r, "javascript:void(0)", false, "no URL"), ERR_FORMAT);
    close_crawl(&r);
    assert_int_equal(r.server.log->n, 0);
    r.options.allow_private = 1;
    open_crawl(&r);
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
        open_crawl(&r);
        ask(&r, &q, &got);
        run(&r);
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
    open_crawl(&r);
    ask(&r, &q, &got);
    run(&r);
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
    ask(c->r, &(struct crawl_request){.url = "https://hang.org/a", .kind = CRAWL_FILE}, &c->other);
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
    open_crawl(&r);
    crawl_add(r.crawl,
              &(struct crawl_request){.url = "https://chain.org/a", .kind = CRAWL_API, .done = next, .context = &c});
    run(&r);
    assert_int_equal(c.done, 6);
    assert_int_equal(c.other.times, 0);
    for (int i = 0; i < 3; i++)
        ask(&r, &(struct crawl_request){.url = "https://hang.org/a", .kind = CRAWL_FILE}, &hanging[i]);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),      cmocka_unit_test(test_table),   cmocka_unit_test(test_order),
        cmocka_unit_test(test_known_robots), cmocka_unit_test(test_pace),    cmocka_unit_test(test_resume),
        cmocka_unit_test(test_secrets),      cmocka_unit_test(test_private), cmocka_unit_test(test_kill),
        cmocka_unit_test(test_callbacks),
    };
    for (int i = 0; i < BIG; i++)
        big[i] = "0123456789abcdef"[(i * 7 + i / 1000) % 16];
    struct md5 *md5 = md5_new();
    md5_add(md5, big, BIG);
    md5_free(md5, big_md5);
    sha256_of(big, BIG, big_sha256);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

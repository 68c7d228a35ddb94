/* crawl_rig.c: see crawl_rig.h. */
#include "tests/unit/crawl_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

void rig_open(struct rig *r)
{
    struct err e = {0};
    if (!db_open(&r->db, r->corpus, DB_CREATE, &e) || !crawl_options_check(&r->options, &e) ||
        !(r->crawl = crawl_new(&r->options, r->corpus, &r->db, NULL, &e)))
        fail_msg("%s", e.text);
}

void rig_close(struct rig *r)
{
    crawl_free(r->crawl);
    db_close(&r->db);
    r->crawl = NULL;
}

void rig_up(struct rig *r, const struct canned *script)
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

int rig_program(const char *name, const char *a, const char *b, const char *c)
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

void rig_down(struct rig *r)
{
    if (r->crawl)
        rig_close(r);
    server_stop(&r->server);
    free(r->options.contact);
    free(r->options.rate);
    rig_program("rm", "-rf", r->corpus, NULL);
}

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

void rig_ask(struct rig *r, const struct crawl_request *request, struct got *got)
{
    struct crawl_request q = *request;
    memset(got, 0, sizeof *got);
    q.done = note;
    q.context = got;
    crawl_add(r->crawl, &q);
}

int64_t rig_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void rig_run(struct rig *r)
{
    struct err e = {0};
    int64_t end = rig_now() + 20000;
    while (crawl_open(r->crawl)) {
        if (!crawl_turn(r->crawl, 100, &e))
            fail_msg("%s", e.text);
        if (rig_now() > end)
            fail_msg("%zu requests are still open", crawl_open(r->crawl));
    }
    if (!db_begin(&r->db, &e) || !crawl_store(r->crawl, &e) || !db_commit(&r->db, &e))
        fail_msg("%s", e.text);
}

struct host_row rig_row(struct rig *r, struct arena *arena, const char *host)
{
    struct host_row row;
    struct err e = {0};
    bool found;
    assert_true(host_load(&r->db, host, arena, &row, &found, &e) && found);
    return row;
}

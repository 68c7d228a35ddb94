/* bench_transfer: small files a second by base/transfer from a server on loopback, and what they cost.
 *
 * usage: bench_transfer [FILES [AT_ONCE [SIZE]]]   (20000 256 20480) */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/transfer.h"
#include "tests/bench/file_server.h"

struct bench {
    struct transfers *transfers;
    const char *url;
    long files, size, started, ended, whole;
    uint64_t bytes;
};

static void start_next(struct bench *b);

static bool take(void *context, const void *bytes, size_t len)
{
    struct bench *b = context;
    (void)bytes;
    b->bytes += len;
    return true;
}

static void end(void *context, const struct transfer_result *r)
{
    struct bench *b = context;
    b->ended++;
    b->whole += r->end == TRANSFER_DONE && r->status == 200 && r->bytes == (uint64_t)b->size;
    start_next(b);
}

static void start_next(struct bench *b)
{
    static const struct transfer_events events = {.bytes = take, .done = end};
    char url[128];
    struct err e = {0};
    if (b->started == b->files)
        return;
    snprintf(url, sizeof url, "%s/%ld/%ld", b->url, b->started++, b->size);
    struct transfer_request q = {.url = url, .private_ok = true};
    if (!transfers_start(b->transfers, &q, &events, b, NULL, &e)) {
        fprintf(stderr, "bench_transfer: %s\n", e.text);
        exit(1);
    }
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double cpu(int who, long *rss)
{
    struct rusage u;
    getrusage(who, &u);
    if (rss)
        *rss = u.ru_maxrss;
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct file_server server;
    struct bench b = {.files = argc > 1 ? strtol(argv[1], NULL, 10) : 20000,
                      .size = argc > 3 ? strtol(argv[3], NULL, 10) : 20480};
    long at_once = argc > 2 ? strtol(argv[2], NULL, 10) : 256, rss;
    struct transfer_options options = {.user_agent = "bench_transfer/1", .max = (int)at_once};
    file_server_start(&server, NULL);
    b.url = server.url;
    b.transfers = transfers_new(&options, &e);
    if (!b.transfers || at_once < 1) {
        fprintf(stderr, "bench_transfer: %s\n", e.text);
        return 1;
    }
    double start = now(), cpu_start = cpu(RUSAGE_SELF, NULL);
    for (long i = 0; i < at_once && i < b.files; i++)
        start_next(&b);
    while (b.ended < b.files)
        if (!transfers_turn(b.transfers, 1000, &e)) {
            fprintf(stderr, "bench_transfer: %s\n", e.text);
            return 1;
        }
    double wall = now() - start, used = cpu(RUSAGE_SELF, &rss) - cpu_start;
    transfers_free(b.transfers);
    file_server_stop(&server);
    printf("%ld files of %ld bytes, %ld at once: %.0f files/s, %.1f MB/s; CPU s per 1,000 files: %.3f client, %.3f "
           "server; %ld MB resident\n",
           b.files, b.size, at_once, (double)b.files / wall, (double)b.bytes / wall / 1e6,
           used / (double)b.files * 1000, cpu(RUSAGE_CHILDREN, NULL) / (double)b.files * 1000, rss / 1024);
    return b.whole == b.files ? 0 : 1;
}

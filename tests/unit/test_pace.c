/* test_pace.c: how often a host is asked, with a clock of our own. */
#include "ingest/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/timer.h"

static void test_table(void **state)
{
    struct pace_table *t = pace_table_built_in();
    struct pace_limit limit = pace_table_lookup(t, "unknown.example");
    assert_true(limit.rate == 1 && limit.concurrency == 1 && !limit.file_403);
    limit = pace_table_lookup(t, "pmc-oa-opendata.s3.amazonaws.com");
    assert_true(limit.file_403 && limit.concurrency > 1);
    unsetenv("NCBI_API_KEY");
    assert_true(pace_table_lookup(t, "eutils.ncbi.nlm.nih.gov").rate == 3);
    setenv("NCBI_API_KEY", "k", 1);
    assert_true(pace_table_lookup(t, "eutils.ncbi.nlm.nih.gov").rate == 10);
    unsetenv("NCBI_API_KEY");
    assert_true(pace_table_lookup(t, "pmc.ncbi.nlm.nih.gov").rate == 1);
    assert_true(pace_table_lookup(t, "notdoaj.org").rate == 1); /* suffixes end at dots */
    assert_true(pace_table_lookup(t, "doaj.org").rate == 2);
    pace_table_free(t);
    static const char *const broken[] = {"*\t1\t1\t-",
                                         "*\tx\t1\t-\tsource",
                                         "*\t1\t1.x\t-\tsource",
                                         "*\t1\t1\tflag\tsource",
                                         "a.org\t1\t1\t-\tsource",
                                         "*\t-1\t1\t-\tsource",
                                         "*\t1\t1\t-\t"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct err e = {0};
        assert_null(pace_table_parse(broken[i], "table", &e));
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_non_null(strstr(e.text, "table"));
    }
}

static void test_option(void **state)
{
    const struct pace_limit limit = {.rate = 3, .concurrency = 2};
    assert_true(pace_limit_rate(limit, 1, false).rate == 1);
    assert_true(pace_limit_rate(limit, 100, false).rate == 3);
    assert_true(pace_limit_rate(limit, 0, false).rate == 3);
    assert_true(pace_limit_rate(limit, 0, true).rate == 0 && pace_limit_rate(limit, 0, true).concurrency == 0);
    assert_true(pace_limit_rate(limit, 20, true).rate == 20 && pace_limit_rate(limit, 20, true).concurrency == 20);
    assert_true(pace_limit_rate(limit, 1, true).rate == 1 && pace_limit_rate(limit, 1, true).concurrency == 2);
}

/* Plays `n` requests against a server that answers after travel(i) ms and holds them for hold ms; gives their arrivals.
 */
static int64_t random_ms(uint64_t *seed, int64_t most)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return most ? (int64_t)(*seed >> 33) % most : 0;
}

struct flight {
    uint64_t ticket;
    int64_t arrives, answered, ends;
    bool told;
};

static int64_t play(struct pace *p, int n, int64_t travel, int64_t length, int64_t *arrivals)
{
    struct flight flights[64];
    int in_air = 0, started = 0;
    uint64_t seed = 7;
    int64_t now = 1000;
    while (started < n || in_air) {
        for (int i = in_air - 1; i >= 0; i--) {
            struct flight *f = &flights[i];
            if (!f->told && f->answered <= now) {
                pace_answered(p, f->ticket, now);
                f->told = true;
            }
            if (f->ends <= now) {
                pace_end(p, f->ticket, now);
                *f = flights[--in_air];
            }
        }
        while (started < n && in_air < 64 && pace_wait(p, now) == 0) {
            struct flight *f = &flights[in_air++];
            *f = (struct flight){.ticket = pace_start(p, now), .arrives = now + random_ms(&seed, travel)};
            f->answered = f->arrives + random_ms(&seed, travel);
            f->ends = f->answered + random_ms(&seed, length);
            arrivals[started++] = f->arrives;
        }
        now++;
    }
    return now;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* The most that any window of a second holds. */
static int most_in_window(int64_t *arrivals, int n, int64_t window)
{
    int most = 0;
    qsort(arrivals, (size_t)n, sizeof *arrivals, compare);
    for (int i = 0, k = 0; i < n; i++) {
        while (arrivals[i] - arrivals[k] >= window)
            k++;
        if (i - k + 1 > most)
            most = i - k + 1;
    }
    return most;
}

static void test_spacing(void **state)
{
    static const struct {
        double rate;
        int at_once, n, most;
        int64_t travel, window;
    } cases[] = {{1, 1, 20, 1, 0, 1000},      {1, 4, 20, 1, 400, 1000},    {3, 3, 60, 3, 300, 1000},
                 {10, 4, 200, 10, 500, 1000}, {50, 32, 500, 50, 80, 1000}, {10, 0, 200, 10, 1900, 1000},
                 {0.333, 1, 8, 1, 500, 3000}, {2.5, 4, 40, 2, 300, 1000},  {200, 0, 900, 200, 30, 1000}};
    int64_t arrivals[1000];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pace p;
        pace_init(&p, (struct pace_limit){.rate = cases[i].rate, .concurrency = cases[i].at_once}, false);
        play(&p, cases[i].n, cases[i].travel, 200, arrivals);
        int most = most_in_window(arrivals, cases[i].n, cases[i].window);
        if (most > cases[i].most)
            fail_msg("rate %g: %d within %d ms", cases[i].rate, most, (int)cases[i].window);
        pace_release(&p);
    }
}

/* Politeness is no excuse for being slow: with a quick server at least 85 % of the rate is used. */
static void test_used(void **state)
{
    static const double rates[] = {1, 3, 10, 50, 400};
    int64_t arrivals[1000];
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct pace p;
        pace_init(&p, (struct pace_limit){.rate = rates[i]}, false);
        int n = rates[i] < 20 ? 30 : 900;
        int64_t took = play(&p, n, 5, 5, arrivals) - 1000;
        if ((double)n / ((double)took / 1000) < 0.85 * rates[i])
            fail_msg("rate %g: %d in %d ms", rates[i], n, (int)took);
        pace_release(&p);
    }
}

static void test_at_once(void **state)
{
    struct pace p;
    pace_init(&p, (struct pace_limit){.rate = 0, .concurrency = 2}, false);
    uint64_t a = pace_start(&p, 0);
    assert_int_equal(pace_wait(&p, 0), 0);
    pace_start(&p, 0);
    assert_int_equal(pace_wait(&p, 0), -1);
    pace_end(&p, a, 5);
    assert_int_equal(pace_wait(&p, 5), 0);
    pace_release(&p);
    /* One that is not answered does not stop the host for good. */
    pace_init(&p, (struct pace_limit){.rate = 1, .concurrency = 2}, false);
    pace_start(&p, 0);
    assert_in_range(pace_wait(&p, 10), PACE_TRAVEL_MS, PACE_TRAVEL_MS + 1100);
    pace_release(&p);
}

static void test_hold(void **state)
{
    struct pace p;
    pace_init(&p, (struct pace_limit){.rate = 10}, false);
    pace_hold(&p, 1000, 5000);
    pace_hold(&p, 1000, 2000);
    assert_int_equal(pace_wait(&p, 1000), 5000);
    assert_int_equal(pace_wait(&p, 6000), 0);
    pace_hold(&p, 1000, (int64_t)7 * 24 * 3600 * 1000);
    assert_int_equal(pace_wait(&p, 1000), PACE_MAX_HOLD_S * 1000);
    pace_release(&p);
}

static void test_back_off(void **state)
{
    struct pace_random a = {.state = 1}, b = {.state = 1};
    int64_t largest[16] = {0};
    for (int i = 0; i < 2000; i++)
        for (int n = 1; n < 16; n++) {
            int64_t wait = pace_back_off(&a, n, 0);
            assert_int_equal(wait, pace_back_off(&b, n, 0));
            assert_in_range(wait, 0, PACE_MAX_BACKOFF_MS);
            largest[n] = wait > largest[n] ? wait : largest[n];
        }
    assert_in_range(largest[1], 950, 1000);
    assert_in_range(largest[3], 3800, 4000);
    assert_in_range(largest[15], PACE_MAX_BACKOFF_MS * 19 / 20, PACE_MAX_BACKOFF_MS);
    assert_in_range(pace_back_off(&a, 1, 7), 7000, 7000);
    assert_int_equal(pace_back_off(&a, 1, 86400), PACE_MAX_HOLD_S * 1000);
}

/* Headers as "name: value" lines. */
static const char *header(void *context, const char *name)
{
    static char value[256];
    size_t len = strlen(name);
    for (const char *line = context; line && *line; line += strcspn(line, "\n") + 1) {
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line + len + 2, "\n"), line + len + 2);
            return value;
        }
        if (!strchr(line, '\n'))
            break;
    }
    return NULL;
}

static struct pace after(const char *headers)
{
    struct pace p;
    pace_init(&p, (struct pace_limit){.rate = 20, .concurrency = 4}, false);
    pace_read(&p, header, (void *)headers, 1000, 1790000000);
    return p;
}

static void reads(const char *headers, double rate, int at_once, int64_t wait)
{
    struct pace p = after(headers);
    if (pace_rate(&p) != rate || pace_concurrency(&p) != at_once || pace_wait(&p, 1000) != wait)
        fail_msg("%s: rate %g, %d at once, wait %d", headers, pace_rate(&p), pace_concurrency(&p),
                 (int)pace_wait(&p, 1000));
    pace_release(&p);
}

static void test_headers(void **state)
{
    reads("", 20, 4, 0);
    reads("x-rate-limit-limit: 5\nx-rate-limit-interval: 1s\nx-concurrency-limit: 1", 5, 1, 0);
    reads("X-RateLimit-Limit: 50\nX-RateLimit-Interval: 1s\nX-Concurrency-Limit: 9", 20, 4, 0); /* only ever lower */
    reads("x-ratelimit-limit: 10\nx-ratelimit-interval: 10s", 1, 4, 0);
    /* A budget of a day is no pace. */
    reads("X-RateLimit-Limit: 1000\nX-RateLimit-Remaining: 982\nX-RateLimit-Reset: 64136", 20, 4, 0);
    reads("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 30", 20, 4, 30000);
    reads("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1790000012", 20, 4, 12000);
    reads("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 64136", 20, 4, PACE_MAX_HOLD_S * 1000);
    reads("X-RateLimit-Retry-After: 9", 20, 4, 9000);
    reads("X-RateLimit-Retry-After: 2026-09-21T14:13:50+0000", 20, 4, 30000);
    reads("X-RateLimit-Retry-After: Mon, 21 Sep 2026 14:13:25 GMT", 20, 4, 5000);
    reads("X-RateLimit-Retry-After: Mon, 21 Sep 2020 14:13:25 GMT", 20, 4, 0);
    reads("RateLimit-Limit: 5\nRateLimit-Remaining: 9\nRateLimit-Reset: 1", 20, 4, 0);
    reads("RateLimit-Remaining: 0\nRateLimit-Reset: 4", 20, 4, 4000);
    reads("RateLimit: limit=10, remaining=0, reset=7", 20, 4, 7000);
    reads("RateLimit: limit=10, remaining=3, reset=7", 20, 4, 0);
    reads("RateLimit: \"burst\";r=5;t=1, \"day\";r=0;t=60", 20, 4, 60000);
    reads("RateLimit-Policy: 5;w=1", 5, 4, 0);
    reads("RateLimit-Policy: \"a\";q=100;w=10, \"b\";q=1000;w=3600", 10, 4, 0);
    reads(
        "x-rate-limit-limit: soon\nx-rate-limit-interval: -1\nRateLimit: \nRateLimit-Policy: ;;,=,w=\nX-RateLimit-Reset: x",
        20, 4, 0);
}

static void test_sources(void **state)
{
    struct pace p;
    pace_init(&p, (struct pace_limit){.rate = 2}, true);
    assert_string_equal(pace_source_name(pace_rate_source(&p)), "option");
    pace_header_rate(&p, 1);
    assert_string_equal(pace_source_name(pace_rate_source(&p)), "headers");
    pace_start(&p, 0);
    pace_answered(&p, 0, 1);
    pace_delay(&p, 15);
    assert_string_equal(pace_source_name(pace_rate_source(&p)), "crawl-delay");
    assert_in_range(pace_wait(&p, 10), 14900, 16000); /* also for the request that was made already */
    pace_delay(&p, 0);
    pace_header_rate(&p, 50);
    assert_true(pace_rate(&p) == 2);
    pace_release(&p);
}

static void test_timers(void **state)
{
    enum { N = 1000 };
    struct timers timers = {0};
    struct timer t[N] = {0};
    uint64_t seed = 3;
    for (int i = 0; i < N; i++)
        timers_set(&timers, &t[i], random_ms(&seed, 500));
    for (int i = 0; i < N; i += 3)
        timers_set(&timers, &t[i], random_ms(&seed, 500));
    for (int i = 0; i < N; i += 5) {
        timers_unset(&timers, &t[i]);
        timers_unset(&timers, &t[i]);
    }
    int64_t last = 0;
    int n = 0;
    for (struct timer *first; (first = timers_first(&timers)); n++) {
        assert_true(first->at >= last);
        last = first->at;
        timers_unset(&timers, first);
    }
    assert_int_equal(n, N - N / 5);
    timers_release(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),    cmocka_unit_test(test_option),  cmocka_unit_test(test_spacing),
        cmocka_unit_test(test_used),     cmocka_unit_test(test_at_once), cmocka_unit_test(test_hold),
        cmocka_unit_test(test_back_off), cmocka_unit_test(test_headers), cmocka_unit_test(test_sources),
        cmocka_unit_test(test_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_transfer_many.c: many transfers of base/transfer at once: connections, limits, cancelling, memory. */
#include "base/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "tests/bench/file_server.h"
#include "tests/unit/raw_server.h"

#if defined __SANITIZE_ADDRESS__
enum { SANITIZED = 1 }; /* keeps what was freed for a while */
#else
enum { SANITIZED = 0 };
#endif

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* What the callbacks of a test's transfers share. */
struct crowd {
    struct transfers *t;
    char url[128];
    int ends[TRANSFER_BAD + 1], n_ends, to_start, n_headers, n_bytes;
    bool deny_headers, deny_bytes;
    uint64_t cancel;  /* by the next callback; 0: none */
    uint64_t n, size; /* file_server's */
    bool wrong;
};

static struct transfers *open_transfers(int max, int max_host)
{
    struct err e = {0};
    struct transfers *t =
        transfers_new(&(struct transfer_options){.user_agent = "figmill-test/1", .max = max, .max_host = max_host}, &e);
    assert_non_null(t);
    return t;
}

static void run_all(struct transfers *t)
{
    struct err e = {0};
    time_t limit = time(NULL) + 100;
    while (transfers_running(t)) {
        assert_true(transfers_turn(t, 1000, &e));
        assert_true(time(NULL) < limit);
    }
}

static void cancel_one(struct crowd *c)
{
    if (c->cancel)
        transfers_cancel(c->t, c->cancel);
    c->cancel = 0;
}

static bool take_headers(void *context, int status, const struct transfer_headers *h)
{
    struct crowd *c = context;
    c->n_headers++;
    assert_string_equal(transfer_header(h, "content-length"), "5");
    cancel_one(c);
    return !c->deny_headers;
}

static bool take_bytes(void *context, const void *bytes, size_t len)
{
    struct crowd *c = context;
    c->n_bytes++;
    cancel_one(c);
    return !c->deny_bytes;
}

static void take_end(void *context, const struct transfer_result *r);
static const struct transfer_events to_crowd = {.headers = take_headers, .bytes = take_bytes, .done = take_end};

static uint64_t start(struct crowd *c)
{
    struct err e = {0};
    uint64_t id = 0;
    assert_true(
        transfers_start(c->t, &(struct transfer_request){.url = c->url, .private_ok = true}, &to_crowd, c, &id, &e));
    assert_true(id != 0);
    return id;
}

static void take_end(void *context, const struct transfer_result *r)
{
    struct crowd *c = context;
    c->ends[r->end]++;
    c->n_ends++;
    if (c->to_start > 0) {
        c->to_start--;
        start(c);
    }
}

static void crowd_init(struct crowd *c, const struct raw_server *s, int max, int max_host)
{
    *c = (struct crowd){.t = open_transfers(max, max_host)};
    snprintf(c->url, sizeof c->url, "%s/", s->url);
}

static void connections_are_kept(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO}, {0}};
    struct raw_server s;
    struct crowd c;
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 0);
    c.to_start = 99;
    start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_DONE], 100);
    assert_int_equal(s.seen->requests, 100);
    assert_int_equal(s.seen->connections, 1);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void a_connection_that_the_server_closed_is_opened_again(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO, .end = RAW_CLOSE}, {0}};
    struct raw_server s;
    struct crowd c;
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 0);
    c.to_start = 19;
    start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_DONE], 20);
    assert_int_equal(s.seen->connections, 20);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void no_more_connections_to_a_host_than_allowed(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO, .pause_ms = 20}, {0}};
    struct raw_server s;
    struct crowd c;
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 3);
    for (int i = 0; i < 30; i++)
        start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_DONE], 30);
    assert_int_equal(s.seen->connections, 3);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void more_than_max_are_refused(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO}, {0}};
    struct raw_server s;
    struct crowd c;
    struct err e = {0};
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 2, 0);
    start(&c);
    start(&c);
    assert_false(transfers_start(c.t, &(struct transfer_request){.url = c.url}, &to_crowd, &c, NULL, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    c.to_start = 10; /* in the place of one that ends there is room for the next */
    run_all(c.t);
    assert_int_equal(c.n_ends, 12);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void callbacks_may_say_no(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO}, {0}};
    struct raw_server s;
    struct crowd c;
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 0);
    c.deny_headers = true;
    start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_STOPPED], 1);
    assert_int_equal(c.n_bytes, 0);
    c.deny_headers = false;
    c.deny_bytes = true;
    start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_STOPPED], 2);
    assert_int_equal(c.n_bytes, 1);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void transfers_may_be_cancelled_at_any_time(void **state)
{
    static const struct raw_reply replies[] = {{"/", HELLO}, {"/hang", "", .end = RAW_HANG}, {0}};
    struct raw_server s;
    struct crowd c;
    struct err e = {0};
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 0);
    /* Before it has begun; twice; and once more when it is over. */
    uint64_t id = start(&c);
    transfers_cancel(c.t, id);
    transfers_cancel(c.t, id);
    assert_int_equal(c.n_ends, 0);
    run_all(c.t);
    transfers_cancel(c.t, id);
    transfers_cancel(c.t, 12345);
    assert_int_equal(c.ends[TRANSFER_STOPPED], 1);
    assert_int_equal(c.n_headers, 0);
    /* Itself, in its own callback. */
    c.cancel = start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_STOPPED], 2);
    assert_int_equal(c.n_headers, 1);
    assert_int_equal(c.n_bytes, 0);
    /* Another one that hangs, in the callback of one that does not. */
    char usual[sizeof c.url];
    memcpy(usual, c.url, sizeof usual);
    snprintf(c.url, sizeof c.url, "%s/hang", s.url);
    c.cancel = start(&c);
    for (int i = 0; i < 20 && s.seen->requests < 2; i++)
        assert_true(transfers_turn(c.t, 50, &e));
    memcpy(c.url, usual, sizeof usual);
    start(&c);
    run_all(c.t);
    assert_int_equal(c.ends[TRANSFER_STOPPED], 3);
    assert_int_equal(c.ends[TRANSFER_DONE], 1);
    assert_int_equal(c.n_ends, 4);
    transfers_free(c.t);
    raw_server_stop(&s);
}

static void what_is_under_way_can_be_dropped(void **state)
{
    static const struct raw_reply replies[] = {{"/", "", .end = RAW_HANG}, {0}};
    struct raw_server s;
    struct crowd c;
    struct err e = {0};
    raw_server_start(&s, replies, NULL);
    crowd_init(&c, &s, 0, 0);
    for (int i = 0; i < 5; i++)
        start(&c);
    for (int i = 0; i < 3; i++)
        assert_true(transfers_turn(c.t, 10, &e));
    start(&c);
    transfers_free(c.t);
    assert_int_equal(c.n_ends, 0);
    raw_server_stop(&s);
}

/* A crowd member of its own, that looks at all bytes. */
struct member {
    struct crowd *crowd;
    uint64_t n, at;
};

static bool compare_bytes(void *context, const void *bytes, size_t len)
{
    struct member *m = context;
    unsigned char expected[4096];
    for (size_t i = 0, n; i < len; i += n, m->at += n) {
        n = file_server_bytes(m->n, m->crowd->size, m->at, expected,
                              len - i < sizeof expected ? len - i : sizeof expected);
        if (n == 0 || memcmp(expected, (const char *)bytes + i, n) != 0) {
            m->crowd->wrong = true;
            return false;
        }
    }
    return true;
}

static void member_end(void *context, const struct transfer_result *r);
static const struct transfer_events to_member = {.bytes = compare_bytes, .done = member_end};

static void start_member(struct member *m)
{
    struct crowd *c = m->crowd;
    struct err e = {0};
    char url[192];
    m->n = c->n++;
    m->at = 0;
    snprintf(url, sizeof url, "%s/%llu/%llu", c->url, (unsigned long long)m->n, (unsigned long long)c->size);
    assert_true(
        transfers_start(c->t, &(struct transfer_request){.url = url, .private_ok = true}, &to_member, m, NULL, &e));
}

static void member_end(void *context, const struct transfer_result *r)
{
    struct member *m = context;
    struct crowd *c = m->crowd;
    c->ends[r->end]++;
    c->wrong = c->wrong || r->bytes != c->size || m->at != c->size;
    if (c->to_start > 0) {
        c->to_start--;
        start_member(m);
    }
}

static void crowd_of_files(struct crowd *c, struct member *members, int n, const struct file_server *s, uint64_t size)
{
    *c = (struct crowd){.t = open_transfers(n, 0), .size = size};
    snprintf(c->url, sizeof c->url, "%s", s->url);
    for (int i = 0; i < n; i++) {
        members[i] = (struct member){.crowd = c};
        start_member(&members[i]);
    }
}

static void three_hundred_at_once_get_the_right_bytes(void **state)
{
    enum { AT_ONCE = 300 };
    static struct member members[AT_ONCE];
    struct file_server s;
    struct crowd c;
    file_server_start(&s, NULL);
    crowd_of_files(&c, members, AT_ONCE, &s, 100000);
    assert_int_equal(transfers_running(c.t), AT_ONCE);
    c.to_start = 2 * AT_ONCE;
    run_all(c.t);
    assert_false(c.wrong);
    assert_int_equal(c.ends[TRANSFER_DONE], 3 * AT_ONCE);
    transfers_free(c.t);
    file_server_stop(&s);
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void memory_stays_flat(void **state)
{
    enum { AT_ONCE = 64, LESS = 3000, MORE = 20000 };
    static struct member members[AT_ONCE];
    struct file_server s;
    struct crowd c;
    file_server_start(&s, NULL);
    crowd_of_files(&c, members, AT_ONCE, &s, 3000);
    c.to_start = LESS;
    run_all(c.t);
    long before = resident_kb();
    for (int i = 0; i < AT_ONCE; i++)
        start_member(&members[i]);
    c.to_start = MORE;
    run_all(c.t);
    assert_false(c.wrong);
    assert_int_equal(c.ends[TRANSFER_DONE], LESS + MORE + 2 * AT_ONCE);
    if (!SANITIZED)
        assert_in_range(resident_kb() - before, 0, 1024);
    transfers_free(c.t);
    file_server_stop(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(a_connection_that_the_server_closed_is_opened_again),
        cmocka_unit_test(no_more_connections_to_a_host_than_allowed),
        cmocka_unit_test(more_than_max_are_refused),
        cmocka_unit_test(callbacks_may_say_no),
        cmocka_unit_test(transfers_may_be_cancelled_at_any_time),
        cmocka_unit_test(what_is_under_way_can_be_dropped),
        cmocka_unit_test(three_hundred_at_once_get_the_right_bytes),
        cmocka_unit_test(memory_stays_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

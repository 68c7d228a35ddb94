/* test_transfer.c: base/transfer against a server that plays every kind of reply, whole and broken. */
#include "base/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/unit/raw_server.h"

enum { BODY_MAX = 1 << 20, NOTHING_LISTENS = 1 /* tcpmux */ };

struct fetched {
    int ends, headers_calls;
    enum transfer_end end;
    int status, retry_after_s;
    uint64_t bytes;
    double seconds, connect_s;
    char address[64], detail[256];
    struct str body, headers;
};

static void add_header(void *context, const char *name, const char *value)
{
    str_addf(context, "%s=%s;", name, value);
}

static bool take_headers(void *context, int status, const struct transfer_headers *h)
{
    struct fetched *f = context;
    f->headers_calls++;
    assert_true(status >= 200);
    assert_int_equal(f->body.len, 0);
    return true;
}

static bool take_bytes(void *context, const void *bytes, size_t len)
{
    struct fetched *f = context;
    assert_int_equal(f->headers_calls, 1);
    assert_int_equal(f->ends, 0);
    str_add_bytes(&f->body, bytes, len);
    return true;
}

static void take_end(void *context, const struct transfer_result *r)
{
    struct fetched *f = context;
    f->ends++;
    f->end = r->end;
    f->status = r->status;
    f->retry_after_s = r->retry_after_s;
    f->bytes = r->bytes;
    f->seconds = r->seconds;
    f->connect_s = r->connect_s;
    snprintf(f->address, sizeof f->address, "%s", r->address);
    snprintf(f->detail, sizeof f->detail, "%s", r->detail);
    transfer_headers_each(r->headers, NULL, add_header, &f->headers);
    /* What a caller most often asks. */
    assert_true(!f->status || !transfer_header(r->headers, "x-not-there"));
}

static const struct transfer_events to_fetched = {.headers = take_headers, .bytes = take_bytes, .done = take_end};

static void fetched_init(struct fetched *f)
{
    *f = (struct fetched){.body = STR_INIT(BODY_MAX), .headers = STR_INIT(BODY_MAX)};
}

static void fetched_release(struct fetched *f)
{
    str_release(&f->body);
    str_release(&f->headers);
}

static struct transfers *open_transfers(const struct transfer_options *more)
{
    struct err e = {0};
    struct transfer_options o = more ? *more : (struct transfer_options){0};
    o.user_agent = "figmill-test/1";
    struct transfers *t = transfers_new(&o, &e);
    assert_non_null(t);
    return t;
}

static void run_all(struct transfers *t)
{
    struct err e = {0};
    time_t limit = time(NULL) + 60;
    while (transfers_running(t)) {
        assert_true(transfers_turn(t, 1000, &e));
        assert_true(time(NULL) < limit);
    }
}

/* One transfer from its start to its end. */
static void fetch(struct transfers *t, const struct transfer_request *q, struct fetched *f)
{
    struct err e = {0};
    assert_true(transfers_start(t, q, &to_fetched, f, NULL, &e));
    run_all(t);
    assert_int_equal(f->ends, 1);
}

static void pack(const char *text, size_t len, struct str *out)
{
    unsigned char piece[4096];
    z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)len};
    int result;
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        result = deflate(&z, Z_FINISH);
        str_add_bytes(out, piece, sizeof piece - z.avail_out);
    } while (result == Z_OK);
    deflateEnd(&z);
}

/* A reply whose body is packed: of `cut` bytes less, with a length that says so; `damage`: one byte is turned. */
static struct raw_reply packed_reply(const char *target, const struct str *packed, size_t cut, int damage)
{
    struct str s = STR_INIT(BODY_MAX);
    str_addf(&s, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", packed->len - cut);
    str_add_bytes(&s, packed->data, packed->len - cut);
    if (damage)
        s.data[s.len - 6] ^= 0x55; /* of the checksum */
    size_t len = s.len;
    return (struct raw_reply){.target = target, .bytes = str_detach(&s), .len = len};
}

#define OK "HTTP/1.1 200 OK\r\n"

/* Replies that need no more than their bytes, and what they are to be taken for. */
static const struct one {
    struct raw_reply reply;
    enum transfer_end end;
    int status;
    const char *body;
} ones[] = {
    {{"/whole", OK "Content-Length: 5\r\n\r\nhello"}, TRANSFER_DONE, 200, "hello"},
    {{"/empty", OK "Content-Length: 0\r\n\r\n"}, TRANSFER_DONE, 200, ""},
    {{"/longer", OK "Content-Length: 3\r\n\r\nhello", .end = RAW_CLOSE}, TRANSFER_DONE, 200, "hel"},
    {{"/until-closed", OK "\r\nhello", .end = RAW_CLOSE}, TRANSFER_DONE, 200, "hello"},
    {{"/chunks", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"},
     TRANSFER_DONE,
     200,
     "hello"},
    {{"/dripped", OK "Content-Length: 5\r\n\r\nhello", .drip_ms = 1}, TRANSFER_DONE, 200, "hello"},
    {{"/early", "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" OK
                "X-Now: 1\r\nContent-Length: 5\r\n\r\nhello"},
     TRANSFER_DONE,
     200,
     "hello"},
    {{"/not-changed", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 999999999\r\n\r\n"},
     TRANSFER_DONE,
     304,
     ""},
    {{"/no-content", "HTTP/1.1 204 None\r\n\r\n"}, TRANSFER_DONE, 204, ""},
    {{"/moved", "HTTP/1.1 301 Moved\r\nLocation: /whole\r\nContent-Length: 4\r\n\r\ngone"}, TRANSFER_DONE, 301, "gone"},
    {{"/broken", "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"}, TRANSFER_DONE, 500, "no"},
    {{"/cut", OK "Content-Length: 10\r\n\r\nhello", .end = RAW_CLOSE}, TRANSFER_CUT, 200, "hello"},
    {{"/cut-chunk", OK "Transfer-Encoding: chunked\r\n\r\nff\r\nhello", .end = RAW_CLOSE}, TRANSFER_CUT, 200, "hello"},
    {{"/no-last-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .end = RAW_CLOSE},
     TRANSFER_CUT,
     200,
     "hello"},
    {{"/bad-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", .end = RAW_CLOSE},
     TRANSFER_CUT,
     200,
     "hello"},
    {{"/reset-inside", OK "Content-Length: 10\r\n\r\nhello", .end = RAW_RESET}, TRANSFER_CUT, 200, "hello"},
    {{"/reset", "", .end = RAW_RESET}, TRANSFER_BAD, 0, ""},
    {{"/closed", "", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
    {{"/half-a-head", OK "Content-Le", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
    {{"/not-http", "SSH-2.0-OpenSSH_9.2p1\r\n", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
    {{"/http09", "<html>hello</html>", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
    {{"/flood", OK, .times = 8000, .more = "X-Flood: 0123456789\r\n"}, TRANSFER_BAD, 0, ""},
    {{"/flood-1xx", "", .times = 8000, .more = "HTTP/1.1 100 Continue\r\n\r\n"}, TRANSFER_BAD, 0, ""},
    {{"/brotli", OK "Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello"}, TRANSFER_BAD, 200, ""},
    {{"/twice", OK "Content-Encoding: gzip, gzip\r\nContent-Length: 5\r\n\r\nhello"}, TRANSFER_BAD, 200, ""},
    {{"/harmless", OK "Content-Encoding: utf-8\r\nContent-Length: 5\r\n\r\nhello"}, TRANSFER_DONE, 200, "hello"},
    {{"/not-gzip", OK "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"}, TRANSFER_BAD, 200, ""},
    {{"/gzip-of-nothing", OK "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"}, TRANSFER_DONE, 200, ""},
    {{"/announced", OK "Content-Length: 99999999999\r\n\r\nhello", .end = RAW_CLOSE}, TRANSFER_TOO_LARGE, 200, ""},
    {{"/no-empty-line", OK "Content-Length: 5\r\n", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
    {{"/negative", OK "Content-Length: -5\r\n\r\nhello", .end = RAW_CLOSE}, TRANSFER_BAD, 0, ""},
};
enum { ONES = sizeof ones / sizeof *ones };

static void each_reply_is_taken_for_what_it_is(void **state)
{
    struct raw_reply replies[ONES + 1] = {0};
    struct raw_server s;
    for (size_t i = 0; i < ONES; i++)
        replies[i] = ones[i].reply;
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (size_t i = 0; i < ONES; i++) {
        struct fetched f;
        char *url = mem_printf("%s%s", s.url, ones[i].reply.target);
        fetched_init(&f);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
        if (f.end != ones[i].end || f.status != ones[i].status || !str_same(f.body.data, ones[i].body))
            fail_msg("%s: %s, status %d, body \"%.40s\": %s", url, transfer_end_text(f.end), f.status, f.body.data,
                     f.detail);
        assert_int_equal(f.bytes, f.body.len);
        assert_true((f.end == TRANSFER_DONE) == !*f.detail);
        if (f.end == TRANSFER_DONE || f.end == TRANSFER_CUT)
            assert_int_equal(f.headers_calls, 1);
        if (f.status)
            assert_string_equal(f.address, "127.0.0.1");
        fetched_release(&f);
        free(url);
    }
    transfers_free(t);
    raw_server_stop(&s);
}

static void headers_are_those_of_the_reply(void **state)
{
    static const struct raw_reply replies[] = {
        {"/early", "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n" OK "X-Now: a\r\nSet-Cookie: c=1\r\nx-now:   b c \r\n"
                   "X-Folded: one\r\n  two\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Late: 1\r\n\r\n"},
        {"/moved", "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"},
        {0},
    };
    struct raw_server s;
    struct fetched f;
    char url[128];
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    fetched_init(&f);
    snprintf(url, sizeof url, "%s/early", s.url);
    fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
    assert_string_equal(f.headers.data, "X-Now=a;Set-Cookie=c=1;x-now=b c;X-Folded=one two;Transfer-Encoding=chunked;");
    fetched_release(&f);
    fetched_init(&f);
    snprintf(url, sizeof url, "%s/moved", s.url);
    fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
    assert_int_equal(f.status, 302);
    assert_string_equal(f.headers.data, "Location=http://10.0.0.1/;Content-Length=0;");
    assert_null(strstr(s.seen->request, "Cookie")); /* none is kept */
    assert_int_equal(s.seen->requests, 2);
    fetched_release(&f);
    transfers_free(t);
    raw_server_stop(&s);
}

static void last_header(void *context, const struct transfer_result *r)
{
    snprintf(context, 64, "%s", transfer_header(r->headers, "X-TWICE"));
}

static void the_last_of_several_headers_counts(void **state)
{
    static const struct raw_reply replies[] = {
        {"/", OK "X-Twice: 1\r\nX-Other: 2\r\nx-twice: 3\r\nContent-Length: 0\r\n\r\n"}, {0}};
    struct raw_server s;
    struct err e = {0};
    char value[64] = "", url[128];
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    snprintf(url, sizeof url, "%s/", s.url);
    assert_true(transfers_start(t, &(struct transfer_request){.url = url, .private_ok = true},
                                &(struct transfer_events){.done = last_header}, value, NULL, &e));
    run_all(t);
    assert_string_equal(value, "3");
    transfers_free(t);
    raw_server_stop(&s);
}

static void gzip_is_undone_and_its_end_is_looked_for(void **state)
{
    struct str text = STR_INIT(BODY_MAX), packed = STR_INIT(BODY_MAX), two = STR_INIT(BODY_MAX),
               bomb = STR_INIT(BODY_MAX);
    for (int i = 0; i < 5000; i++)
        str_addf(&text, "line %d of a text\n", i * 7919 % 5000);
    pack(text.data, text.len, &packed);
    for (int i = 0; i < 2; i++)
        pack(text.data + i * 1000, i ? text.len - 1000 : 1000, &two);
    str_add_bytes(&two, "\0\0\0\0", 4); /* what stands behind is ignored */
    char *zeros = mem_new(BODY_MAX);
    pack(zeros, BODY_MAX, &bomb);
    struct raw_reply replies[] = {
        packed_reply("/whole", &packed, 0, 0),
        packed_reply("/two", &two, 0, 0),
        packed_reply("/cut", &packed, 1000, 0),
        packed_reply("/cut-sum", &packed, 3, 0),
        packed_reply("/damaged", &packed, 0, 1),
        packed_reply("/bomb", &bomb, 0, 0),
        {0},
    };
    static const enum transfer_end ends[] = {TRANSFER_DONE, TRANSFER_DONE, TRANSFER_CUT,
                                             TRANSFER_CUT,  TRANSFER_BAD,  TRANSFER_TOO_LARGE};
    struct raw_server s;
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct fetched f;
        char *url = mem_printf("%s%s", s.url, replies[i].target);
        fetched_init(&f);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = true, .max_bytes = 200000}, &f);
        if (f.end != ends[i])
            fail_msg("%s: %s (%s)", url, transfer_end_text(f.end), f.detail);
        if (f.end == TRANSFER_DONE)
            assert_string_equal(f.body.data, text.data);
        assert_true(f.body.len <= 200000);
        assert_non_null(strstr(s.seen->request, "Accept-Encoding: gzip\r\n"));
        fetched_release(&f);
        fetched_init(&f);
        if (replies[i].len < 200000)
            fetch(t, &(struct transfer_request){.url = url, .private_ok = true, .identity = true}, &f);
        assert_int_equal(f.end, TRANSFER_DONE);
        assert_true(memcmp(replies[i].bytes + replies[i].len - f.body.len, f.body.data, f.body.len) == 0);
        assert_non_null(strstr(s.seen->request, "Accept-Encoding: identity\r\n"));
        fetched_release(&f);
        free(url);
        free((char *)replies[i].bytes);
    }
    transfers_free(t);
    raw_server_stop(&s);
    free(zeros);
    str_release(&text);
    str_release(&packed);
    str_release(&two);
    str_release(&bomb);
}

static void slow_servers_are_left(void **state)
{
    static const struct raw_reply replies[] = {
        {"/silent", "", .end = RAW_HANG},
        {"/stalls", OK "Content-Length: 50\r\n\r\nhello", .end = RAW_HANG},
        {"/drips", OK "Content-Length: 500\r\n\r\nhello hello hello hello hello hello hello hello", .drip_ms = 60},
        {0},
    };
    struct raw_server s;
    struct fetched f[4];
    struct err e = {0};
    char url[4][128];
    static const struct {
        const char *target;
        int timeout_s, stall_s, min_speed;
        enum transfer_end end;
    } cases[] = {{"/silent", 0, 1, 0, TRANSFER_STALLED},
                 {"/stalls", 0, 1, 0, TRANSFER_STALLED},
                 {"/drips", 0, 1, 200, TRANSFER_STALLED},
                 {"/drips", 2, 60, 1, TRANSFER_LATE}};
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (int i = 0; i < 4; i++) {
        fetched_init(&f[i]);
        snprintf(url[i], sizeof url[i], "%s%s", s.url, cases[i].target);
        struct transfer_request q = {.url = url[i],
                                     .private_ok = true,
                                     .timeout_s = cases[i].timeout_s,
                                     .stall_s = cases[i].stall_s,
                                     .min_speed = cases[i].min_speed};
        assert_true(transfers_start(t, &q, &to_fetched, &f[i], NULL, &e));
    }
    run_all(t);
    for (int i = 0; i < 4; i++) {
        if (f[i].end != cases[i].end)
            fail_msg("%s: %s (%s)", url[i], transfer_end_text(f[i].end), f[i].detail);
        assert_true(f[i].seconds > 0.9 && f[i].seconds < 10);
        fetched_release(&f[i]);
    }
    transfers_free(t);
    raw_server_stop(&s);
}

static void what_is_too_large_ends_early(void **state)
{
    static const struct raw_reply replies[] = {
        {"/endless", OK "\r\n", .times = 1000000,
         .more = "0123456789012345678901234567890123456789012345678901234567890123"},
        {"/announced", OK "Content-Length: 1001\r\n\r\n", .end = RAW_HANG},
        {"/just", OK "Content-Length: 1000\r\n\r\n", .times = 100, .more = "0123456789"},
        {0},
    };
    struct raw_server s;
    struct fetched f;
    char url[128];
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (int i = 0; i < 3; i++) {
        fetched_init(&f);
        snprintf(url, sizeof url, "%s%s", s.url, replies[i].target);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = true, .max_bytes = 1000}, &f);
        assert_int_equal(f.end, i < 2 ? TRANSFER_TOO_LARGE : TRANSFER_DONE);
        assert_int_equal(f.status, 200);
        assert_true(f.body.len <= 1000);
        fetched_release(&f);
    }
    transfers_free(t);
    raw_server_stop(&s);
}

static char *dated_reply(long seconds)
{
    char date[64];
    time_t then = time(NULL) + seconds;
    struct tm tm;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
    return mem_printf("HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
}

static void retry_after_is_read_in_both_forms(void **state)
{
    char *future = dated_reply(100), *past = dated_reply(-100);
    const struct raw_reply replies[] = {
        {"/7", "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"},
        {"/huge", "HTTP/1.1 429 Slow\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n"},
        {"/none", "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n"},
        {"/words", "HTTP/1.1 429 Slow\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n"},
        {"/minus", "HTTP/1.1 429 Slow\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n"},
        {"/future", future},
        {"/past", past},
        {0},
    };
    static const int least[] = {7, 86400, 0, 0, 0, 90, 0}, most[] = {7, 86400, 0, 0, 0, 100, 0};
    struct raw_server s;
    struct fetched f;
    char url[128];
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (int i = 0; replies[i].target; i++) {
        fetched_init(&f);
        snprintf(url, sizeof url, "%s%s", s.url, replies[i].target);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
        assert_in_range(f.retry_after_s, least[i], most[i]);
        fetched_release(&f);
    }
    assert_int_equal(s.seen->connections, 1);
    transfers_free(t);
    raw_server_stop(&s);
    free(future);
    free(past);
}

static void a_request_says_what_it_was_told_and_no_more(void **state)
{
    static const struct raw_reply replies[] = {
        {"/q?a=b", OK "Content-Length: 0\r\n\r\n"}, {"/", OK "Content-Length: 0\r\n\r\n"}, {0}};
    static const char *const headers[] = {"Content-Type: application/json", "If-None-Match: \"x\"", NULL};
    struct raw_server s;
    struct fetched f;
    char url[128], expected[1024];
    raw_server_start(&s, replies, NULL);
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* not used */
    struct transfers *t = open_transfers(NULL);
    fetched_init(&f);
    snprintf(url, sizeof url, "%s/q?a=b#c", s.url);
    fetch(t, &(struct transfer_request){.url = url, .private_ok = true, .post = "{\"a\":1}", .headers = headers}, &f);
    snprintf(
        expected, sizeof expected,
        "POST /q?a=b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: figmill-test/1\r\nAccept: */*\r\n"
        "Accept-Encoding: gzip\r\nContent-Type: application/json\r\nIf-None-Match: \"x\"\r\nContent-Length: 7\r\n\r\n"
        "{\"a\":1}",
        s.port);
    assert_string_equal(s.seen->request, expected);
    fetched_release(&f);
    /* Nothing of it is left for the next, which has the same handle. */
    fetched_init(&f);
    snprintf(url, sizeof url, "%s", s.url);
    fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
    snprintf(expected, sizeof expected,
             "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: figmill-test/1\r\nAccept: */*\r\n"
             "Accept-Encoding: gzip\r\n\r\n",
             s.port);
    assert_string_equal(s.seen->request, expected);
    fetched_release(&f);
    unsetenv("http_proxy");
    transfers_free(t);
    raw_server_stop(&s);
}

static void requests_that_cannot_be_are_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "x",
                                       "/a/b",
                                       "ftp://example.org/",
                                       "file:///etc/passwd",
                                       "gopher://example.org/",
                                       "http://",
                                       "http://a b/",
                                       "http://user:secret@example.org/",
                                       "http://user@example.org/",
                                       "https://example.org:99999/",
                                       "http://exa\nmple.org/"};
    static const char *const headers[] = {"X: a\r\nY: b", NULL};
    struct transfers *t = open_transfers(NULL);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct err e = {0};
        assert_false(transfers_start(t, &(struct transfer_request){.url = urls[i]}, &to_fetched, NULL, NULL, &e));
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_null(strstr(e.text, "secret"));
    }
    struct err e = {0};
    assert_false(transfers_start(t, &(struct transfer_request){.url = "http://example.org/", .headers = headers},
                                 &to_fetched, NULL, NULL, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_int_equal(transfers_running(t), 0);
    transfers_free(t);
}

static void servers_that_are_not_there(void **state)
{
    struct transfers *t = open_transfers(NULL);
    struct fetched f;
    char url[128];
    fetched_init(&f);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", NOTHING_LISTENS);
    fetch(t, &(struct transfer_request){.url = url, .private_ok = true}, &f);
    assert_int_equal(f.end, TRANSFER_NO_ANSWER);
    assert_int_equal(f.status, 0);
    assert_true(*f.detail);
    fetched_release(&f);
    /* A label longer than DNS can ask for: the resolver says no without asking anyone. */
    fetched_init(&f);
    fetch(t,
          &(struct transfer_request){
              .url = "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/"},
          &f);
    assert_int_equal(f.end, TRANSFER_NO_HOST);
    fetched_release(&f);
    transfers_free(t);
}

/* A name of the hosts file for 127.0.0.1 that does not look like it; false where there is none. */
static bool find_local_name(char name[256])
{
    FILE *f = fopen("/etc/hosts", "re");
    char line[1024];
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f))
        found = sscanf(line, "127.0.0.1 %255s", name) == 1 && !address_host_is_private(name);
    if (f)
        fclose(f);
    return found;
}

static void private_addresses_are_not_reached(void **state)
{
    static const struct raw_reply replies[] = {{"/", OK "Content-Length: 5\r\n\r\nhello"}, {0}};
    /* The last one with wide digits, which stand for plain ones in a name. */
    static const char *const forms[] = {"127.0.0.1",
                                        "localhost",
                                        "127.1",
                                        "2130706433",
                                        "%31%32%37.0.0.1",
                                        "[::1]",
                                        "[::ffff:127.0.0.1]",
                                        "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1"};
    struct raw_server s;
    struct fetched f;
    char url[512];
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        fetched_init(&f);
        snprintf(url, sizeof url, "http://%s:%d/", forms[i], s.port);
        fetch(t, &(struct transfer_request){.url = url}, &f);
        if (f.end != TRANSFER_PRIVATE)
            fail_msg("%s: %s (%s)", url, transfer_end_text(f.end), f.detail);
        assert_int_equal(f.headers_calls, 0);
        fetched_release(&f);
    }
    assert_int_equal(s.seen->connections, 0);
    transfers_free(t);
    raw_server_stop(&s);
}

static void names_of_private_addresses_are_not_reached(void **state)
{
    static const struct raw_reply replies[] = {{"/", OK "Content-Length: 5\r\n\r\nhello"}, {0}};
    struct raw_server s;
    char name[256], url[512];
    if (!find_local_name(name))
        skip();
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(NULL);
    snprintf(url, sizeof url, "http://%s:%d/", name, s.port);
    /* A connection that a transfer was allowed is not used by one that is not. */
    for (int i = 0; i < 5; i++) {
        struct fetched f;
        fetched_init(&f);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = i % 2 == 1}, &f);
        assert_int_equal(f.end, i % 2 ? TRANSFER_DONE : TRANSFER_PRIVATE);
        assert_string_equal(f.address, "127.0.0.1");
        fetched_release(&f);
    }
    assert_int_equal(s.seen->connections, 1);
    assert_int_equal(s.seen->requests, 2);
    transfers_free(t);
    raw_server_stop(&s);
}

static void a_proxy_may_be_private_and_its_targets_not(void **state)
{
    static const struct raw_reply replies[] = {{"http://example.org/", OK "Content-Length: 5\r\n\r\nhello"}, {0}};
    struct raw_server s;
    struct fetched f;
    raw_server_start(&s, replies, NULL);
    struct transfers *t = open_transfers(&(struct transfer_options){.proxy = s.url});
    fetched_init(&f);
    fetch(t, &(struct transfer_request){.url = "http://example.org/"}, &f);
    assert_int_equal(f.end, TRANSFER_DONE);
    assert_string_equal(f.body.data, "hello");
    fetched_release(&f);
    fetched_init(&f);
    fetch(t, &(struct transfer_request){.url = "http://10.0.0.1/"}, &f);
    assert_int_equal(f.end, TRANSFER_PRIVATE);
    assert_int_equal(s.seen->requests, 1);
    fetched_release(&f);
    transfers_free(t);
    raw_server_stop(&s);
}

static void only_certificates_that_hold_are_trusted(void **state)
{
    static const struct raw_reply replies[] = {
        {"/", OK "Content-Length: 5\r\n\r\nhello"}, {"/cut", OK "Content-Length: 5\r\n\r\nhel", .end = RAW_CLOSE}, {0}};
    char ours[] = P_tmpdir "/figmill-ca-XXXXXX", others[] = P_tmpdir "/figmill-ca-XXXXXX";
    struct raw_server s[3];
    close(mkstemp(ours));
    close(mkstemp(others));
    SSL_CTX *tls[] = {raw_server_identity("IP:127.0.0.1", ours), raw_server_identity("DNS:example.org", others), NULL};
    for (int i = 0; i < 3; i++)
        raw_server_start(&s[i], replies, tls[i]);
    const struct {
        int server;
        const char *ca_file, *target;
        enum transfer_end end;
    } cases[] = {{0, NULL, "/", TRANSFER_NOT_SAFE},   {0, ours, "/", TRANSFER_DONE},
                 {0, others, "/", TRANSFER_NOT_SAFE}, {1, others, "/", TRANSFER_NOT_SAFE},
                 {2, ours, "/", TRANSFER_NO_ANSWER},  {0, ours, "/cut", TRANSFER_CUT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct transfers *t = open_transfers(&(struct transfer_options){.ca_file = cases[i].ca_file});
        struct fetched f;
        char url[128];
        fetched_init(&f);
        snprintf(url, sizeof url, "https://127.0.0.1:%d%s", s[cases[i].server].port, cases[i].target);
        fetch(t, &(struct transfer_request){.url = url, .private_ok = true, .connect_timeout_s = 1}, &f);
        if (f.end != cases[i].end)
            fail_msg("case %zu: %s (%s)", i, transfer_end_text(f.end), f.detail);
        fetched_release(&f);
        transfers_free(t);
    }
    for (int i = 0; i < 3; i++) {
        raw_server_stop(&s[i]);
        SSL_CTX_free(tls[i]);
    }
    unlink(ours);
    unlink(others);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reply_is_taken_for_what_it_is),
        cmocka_unit_test(headers_are_those_of_the_reply),
        cmocka_unit_test(the_last_of_several_headers_counts),
        cmocka_unit_test(gzip_is_undone_and_its_end_is_looked_for),
        cmocka_unit_test(slow_servers_are_left),
        cmocka_unit_test(what_is_too_large_ends_early),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
        cmocka_unit_test(a_request_says_what_it_was_told_and_no_more),
        cmocka_unit_test(requests_that_cannot_be_are_refused),
        cmocka_unit_test(servers_that_are_not_there),
        cmocka_unit_test(private_addresses_are_not_reached),
        cmocka_unit_test(names_of_private_addresses_are_not_reached),
        cmocka_unit_test(a_proxy_may_be_private_and_its_targets_not),
        cmocka_unit_test(only_certificates_that_hold_are_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_sandbox.c: what the sandbox lets through and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "stage/sandbox.h"

enum op { ECHO, FAIL, CRASH, HANG, OPEN, CONNECT, FORK, EAT, PRINT, BABBLE };

static bool refused(bool done, struct sandbox_reply *reply, struct err *e)
{
    const char *word = done ? "done" : strerror(errno);
    return sandbox_send(reply, word, strlen(word), NULL, 0, e);
}

static bool service(int op, const char *params, const unsigned char *bytes, size_t len, struct sandbox_reply *reply,
                    struct err *e)
{
    int fd;
    switch ((enum op)op) {
    case ECHO:
        return sandbox_send(reply, params, strlen(params), bytes, len, e) && sandbox_send(reply, "2", 1, NULL, 0, e);
    case FAIL:
        return err_set(e, ERR_LIMIT, "%s: too deep", params);
    case CRASH:
        signal(SIGSEGV, SIG_DFL); /* cmocka catches it */
        raise(SIGSEGV);
        return true;
    case HANG:
        for (;;)
            continue;
    case OPEN:
        fd = open("/etc/passwd", O_RDONLY);
        return refused(fd >= 0, reply, e);
    case CONNECT:
        fd = socket(AF_INET, SOCK_STREAM, 0);
        return refused(fd >= 0, reply, e);
    case FORK:
        return refused(fork() >= 0, reply, e);
    case PRINT:
        return refused(write(STDERR_FILENO, "a remark", 8) >= 0, reply, e);
    case EAT:
        memset(mem_new((size_t)1 << 30), 1, (size_t)1 << 30);
        return true;
    default:
        for (;;)
            if (!sandbox_send(reply, "more", 4, NULL, 0, e))
                return false;
    }
}

static const struct sandbox_options options = {.service = service, .memory_bytes = (size_t)512 << 20, .cpu_s = 1};

struct seen {
    int frames;
    char first[256];
    size_t bytes;
};

static bool see(void *context, const char *json, size_t json_len, const unsigned char *bytes, size_t len, struct err *e)
{
    struct seen *s = context;
    if (s->frames++ == 0) {
        snprintf(s->first, sizeof s->first, "%.*s", (int)json_len, json);
        s->bytes = len;
        assert_true(len == 0 || memcmp(bytes, "input", 5) == 0);
    }
    return true;
}

static bool call(struct sandbox *s, int op, struct seen *seen, struct err *e)
{
    int fd = sandbox_bytes("input", 5, e);
    *seen = (struct seen){0};
    *e = (struct err){0};
    bool ok = sandbox_call(s, op, "paper.xml", fd, 5, see, seen, e);
    close(fd);
    return ok;
}

static void serves_call_after_call(void **state)
{
    struct err e = {0};
    struct seen seen;
    struct sandbox *s = sandbox_start(&options, &e);
    assert_non_null(s);
    for (int i = 0; i < 50; i++) {
        assert_true(call(s, ECHO, &seen, &e));
        assert_int_equal(seen.frames, 2);
        assert_string_equal(seen.first, "paper.xml");
        assert_int_equal(seen.bytes, 5);
    }
    assert_false(call(s, FAIL, &seen, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "paper.xml: too deep");
    assert_true(sandbox_alive(s));
    assert_true(call(s, ECHO, &seen, &e));
    sandbox_stop(s);
}

static void keeps_the_walls(void **state)
{
    static const enum op ops[] = {OPEN, CONNECT, FORK};
    struct err e = {0};
    struct seen seen;
    struct sandbox *s = sandbox_start(&options, &e);
    assert_non_null(s);
    for (int i = 0; i < 3; i++) {
        assert_true(call(s, ops[i], &seen, &e));
        assert_string_equal(seen.first, strerror(EPERM));
    }
    sandbox_stop(s);
}

/* Libraries print to stderr, which may be a file, and the sandbox can write none. */
static void survives_prints(void **state)
{
    struct err e = {0};
    struct seen seen;
    FILE *file = tmpfile();
    int was = dup(STDERR_FILENO);
    assert_true(file && was >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    struct sandbox *s = sandbox_start(&options, &e);
    bool ok = s && call(s, PRINT, &seen, &e);
    dup2(was, STDERR_FILENO);
    close(was);
    assert_true(ok);
    assert_string_equal(seen.first, strerror(EFBIG));
    sandbox_stop(s);
    fclose(file);
}

static void dies_alone(void **state)
{
    static const struct {
        enum op op;
        enum err_kind kind;
    } cases[] = {
        {CRASH, ERR_CRASH},
        {HANG, ERR_TIMEOUT},
        {BABBLE, ERR_LIMIT},
#if !defined(__SANITIZE_ADDRESS__)
        {EAT, ERR_LIMIT}, /* the sanitizer's shadow needs all the address space there is */
#endif
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        struct seen seen;
        struct sandbox *s = sandbox_start(&options, &e);
        assert_non_null(s);
        assert_false(call(s, cases[i].op, &seen, &e));
        assert_int_equal(e.kind, cases[i].kind);
        assert_false(sandbox_alive(s));
        sandbox_stop(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_call_after_call),
        cmocka_unit_test(keeps_the_walls),
        cmocka_unit_test(survives_prints),
        cmocka_unit_test(dies_alone),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}

/* sandbox.c: see sandbox.h. Both ends speak over a stream socket: a request is a fixed head, then the parameters, with
 * the input's descriptor riding on the head's first byte; a reply is frames, the last one of type END. */
#include "stage/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "stage/seccomp.h"

enum { SOCKET_FD = 3, MAX_PARAMS = 1 << 20, MAX_INPUT = 1 << 30 };

struct sandbox {
    pid_t pid;
    int fd;
    bool alive;
};

struct request_head {
    int32_t op;
    uint32_t params_len;
    uint32_t has_fd;
};

enum frame_type { FRAME_DATA = 0x46524d44, FRAME_END = 0x46524d45 };

struct frame_head {
    uint32_t type;
    int32_t err_kind;  /* END: of the service's error, else 0 */
    uint64_t json_len; /* END: length of the error's text */
    uint64_t bytes_len;
};

/* The inside. */

struct sandbox_reply {
    int fd;
    void *loaded;
};

void *sandbox_loaded(const struct sandbox_reply *reply)
{
    return reply->loaded;
}

static bool send_frame(int fd, struct frame_head head, const void *json, const void *bytes, struct err *e)
{
    return file_write_all(fd, "the sandbox's reply", &head, sizeof head, e) &&
           file_write_all(fd, "the sandbox's reply", json, head.json_len, e) &&
           file_write_all(fd, "the sandbox's reply", bytes, head.bytes_len, e);
}

bool sandbox_send(struct sandbox_reply *reply, const char *json, size_t json_len, const void *bytes, size_t len,
                  struct err *e)
{
    struct frame_head head = {.type = FRAME_DATA, .json_len = json_len, .bytes_len = len};
    return send_frame(reply->fd, head, json, bytes, e);
}

/* Receives the head and the descriptor that came with it. */
static bool receive_request(int socket_fd, struct request_head *head, int *fd)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {head, sizeof *head};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    *fd = -1;
    do
        n = recvmsg(socket_fd, &m, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(c), sizeof *fd);
    return (size_t)n == sizeof *head || file_read_exactly(socket_fd, (char *)head + n, sizeof *head - (size_t)n);
}

static void serve_one(const struct sandbox_options *o, void *loaded, const struct request_head *head,
                      const char *params, int fd)
{
    struct sandbox_reply reply = {SOCKET_FD, loaded};
    struct file_map input = {(const unsigned char *)"", 0};
    struct err e = {0};
    bool ok = (fd < 0 || file_map_fd(fd, "the input", MAX_INPUT, &input, &e)) &&
              o->service(head->op, params, input.bytes, input.len, &reply, &e);
    file_unmap(&input);
    struct frame_head end = {.type = FRAME_END, .err_kind = ok ? ERR_NONE : (int32_t)e.kind};
    end.json_len = ok ? 0 : strlen(e.text);
    if (!send_frame(SOCKET_FD, end, e.text, NULL, NULL))
        _exit(0);
}

static void serve(const struct sandbox_options *o, void *loaded)
{
    struct request_head head;
    int fd;
    while (receive_request(SOCKET_FD, &head, &fd)) {
        if (head.params_len > MAX_PARAMS)
            break;
        char *params = mem_new(head.params_len + 1);
        if (!file_read_exactly(SOCKET_FD, params, head.params_len))
            break;
        seccomp_cpu_limit(o->cpu_s ? o->cpu_s : 120);
        serve_one(o, loaded, &head, params, fd);
        free(params);
        if (fd >= 0)
            close(fd);
    }
}

/* The child's life; never returns. */
static void child_main(const struct sandbox_options *o, int socket_fd, pid_t parent)
{
    struct err e = {0};
    /* Signals for the stage are the worker's business; the sandbox ends with it. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    /* A library that prints to a stderr that is a file fails to, and goes on. */
    signal(SIGXFSZ, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "figmill-sandbox");
    if (getppid() != parent || dup2(socket_fd, SOCKET_FD) < 0)
        _exit(0);
    close_range(SOCKET_FD + 1, ~0u, 0);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        close(null);
    }
    if (o->init)
        o->init();
    void *loaded = o->load ? o->load() : NULL;
    if (!seccomp_enter(o->memory_bytes ? o->memory_bytes : (size_t)2 << 30, &e)) {
        struct frame_head end = {.type = FRAME_END, .err_kind = ERR_SYSTEM, .json_len = strlen(e.text)};
        send_frame(SOCKET_FD, end, e.text, NULL, NULL);
        _exit(0);
    }
    struct frame_head ready = {.type = FRAME_END};
    if (send_frame(SOCKET_FD, ready, NULL, NULL, NULL))
        serve(o, loaded);
    _exit(0);
}

/* The outside. */

static void reap(struct sandbox *s, int *status)
{
    *status = 0;
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, status, 0) < 0 && errno == EINTR)
        continue;
    s->pid = 0;
    s->alive = false;
    close(s->fd);
    s->fd = -1;
}

void sandbox_stop(struct sandbox *s)
{
    int status;
    if (!s)
        return;
    reap(s, &status);
    free(s);
}

bool sandbox_alive(const struct sandbox *s)
{
    return s->alive;
}

/* Says why the sandbox ended, and takes it away. */
static bool died(struct sandbox *s, struct err *e)
{
    int status = 0;
    /* The socket closes a moment before the process can be waited for, on a busy machine a long one: give it its own
     * end before it is killed, since that says what it died of. */
    for (int i = 0; i < 3000 && waitpid(s->pid, &status, WNOHANG) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    bool out_of_memory = WIFEXITED(status) && WEXITSTATUS(status) == MEM_EXIT;
    int ignored;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, &ignored, 0);
    close(s->fd);
    s->fd = -1;
    s->pid = 0;
    s->alive = false;
    if (out_of_memory)
        return err_set(e, ERR_LIMIT, "the parser needs more memory than it may have");
    if (signal_number == SIGXCPU)
        return err_set(e, ERR_TIMEOUT, "the parser used more CPU time than it may");
    if (signal_number)
        return err_set(e, ERR_CRASH, "the parser was ended by signal %d (%s)", signal_number, strsignal(signal_number));
    return err_set(e, ERR_CRASH, "the parser ended with status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static bool timed_out(struct sandbox *s, int timeout_s, struct err *e)
{
    int status;
    reap(s, &status);
    return err_set(e, ERR_TIMEOUT, "the parser took longer than %d s", timeout_s);
}

/* Reads exactly len bytes before the deadline. */
static bool receive(struct sandbox *s, void *to, size_t len, int64_t deadline, int timeout_s, struct err *e)
{
    char *p = to;
    while (len) {
        ssize_t n = recv(s->fd, p, len, MSG_DONTWAIT);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
            continue;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return died(s, e);
        int64_t left = deadline - clock_ms();
        if (left <= 0)
            return timed_out(s, timeout_s, e);
        struct pollfd wait = {s->fd, POLLIN, 0};
        poll(&wait, 1, left > 1000 ? 1000 : (int)left);
    }
    return true;
}

static bool send_request(struct sandbox *s, int op, const char *params, int fd, struct err *e)
{
    size_t params_len = params ? strlen(params) : 0;
    struct request_head head = {.op = op, .params_len = (uint32_t)params_len, .has_fd = fd >= 0};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {&head, sizeof head};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (params_len > MAX_PARAMS)
        return err_set(e, ERR_LIMIT, "parameters of %zu bytes for the parser", params_len);
    if (fd >= 0) {
        m.msg_control = &control;
        m.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    ssize_t n;
    do
        n = sendmsg(s->fd, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof head)
        return died(s, e);
    while (params_len) {
        n = send(s->fd, params, params_len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return died(s, e);
        params += n;
        params_len -= (size_t)n;
    }
    return true;
}

static bool too_much(struct sandbox *s, struct err *e)
{
    int status;
    reap(s, &status);
    return err_set(e, ERR_LIMIT, "the parser sent more than it may");
}

/* Reads frames until END; gives each to `each`. */
static bool receive_reply(struct sandbox *s, int timeout_s, sandbox_frame_fn *each, void *context, struct err *e)
{
    int64_t deadline = clock_ms() + (int64_t)timeout_s * 1000;
    uint64_t total = 0;
    bool wanted = true;
    for (int frames = 0;; frames++) {
        struct frame_head head;
        if (!receive(s, &head, sizeof head, deadline, timeout_s, e))
            return false;
        if ((head.type != FRAME_DATA && head.type != FRAME_END) || head.json_len > SANDBOX_MAX_JSON ||
            head.bytes_len > SANDBOX_MAX_BYTES || frames > SANDBOX_MAX_FRAMES ||
            (total += head.json_len + head.bytes_len) > SANDBOX_MAX_CALL)
            return too_much(s, e);
        char *json = mem_new(head.json_len + 1);
        unsigned char *bytes = head.bytes_len ? mem_resize(NULL, head.bytes_len, 1) : NULL;
        bool ok = receive(s, json, head.json_len, deadline, timeout_s, e) &&
                  (!head.bytes_len || receive(s, bytes, head.bytes_len, deadline, timeout_s, e));
        if (ok && head.type == FRAME_DATA && wanted && each)
            wanted = each(context, json, head.json_len, bytes, head.bytes_len, e);
        bool end = head.type == FRAME_END;
        if (ok && end && wanted && head.err_kind != ERR_NONE) {
            bool known = head.err_kind > ERR_NONE && head.err_kind < ERR_KINDS;
            ok = err_set(e, known ? (enum err_kind)head.err_kind : ERR_FORMAT, "%s", json);
        }
        free(json);
        free(bytes);
        if (!ok || end)
            return ok && wanted;
    }
}

struct sandbox *sandbox_start(const struct sandbox_options *o, struct err *e)
{
    int ends[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot make the parser's sandbox");
        return NULL;
    }
    pid_t pid = fork();
    if (pid == 0)
        child_main(o, ends[1], parent);
    close(ends[1]);
    if (pid < 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot make the parser's sandbox");
        close(ends[0]);
        return NULL;
    }
    struct sandbox *s = mem_new(sizeof *s);
    *s = (struct sandbox){.pid = pid, .fd = ends[0], .alive = true};
    if (!receive_reply(s, 60, NULL, NULL, e)) {
        e->kind = ERR_SYSTEM;
        sandbox_stop(s);
        return NULL;
    }
    return s;
}

bool sandbox_call(struct sandbox *s, int op, const char *params, int fd, int timeout_s, sandbox_frame_fn *each,
                  void *context, struct err *e)
{
    struct err ignored;
    if (!e)
        e = &ignored;
    return send_request(s, op, params, fd, e) && receive_reply(s, timeout_s, each, context, e);
}

int sandbox_bytes(const void *bytes, size_t len, struct err *e)
{
    int fd = memfd_create("figmill-input", MFD_CLOEXEC);
    if (fd < 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot make a memory file");
        return -1;
    }
    if (!file_write_all(fd, "a memory file", bytes, len, e)) {
        close(fd);
        return -1;
    }
    return fd;
}

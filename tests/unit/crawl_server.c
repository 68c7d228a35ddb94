/* crawl_server.c: see crawl_server.h. One thread, poll(2), blocking writes (the tests' bodies fit the socket's buffers
 * or are read at once). */
#include "tests/unit/crawl_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
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

#include "base/str.h"

enum { MOST_CONNECTIONS = 512, MOST_SCRIPT = 256, ECHO_MAX = 8192 };

struct connection {
    char text[SERVER_REQUEST * 4];
    size_t len;
    bool deaf; /* hangs, or drips: nothing more is read */
};

struct child {
    const struct canned *script;
    struct server_log *log;
    int served[MOST_SCRIPT];
    struct connection *connections[MOST_CONNECTIONS];
};

static void die(const char *what)
{
    perror(what);
    exit(99);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void note(struct child *c, const char *head)
{
    if (c->log->n >= SERVER_LOG)
        return;
    struct server_entry *entry = &c->log->entries[c->log->n];
    entry->ms = now_ms();
    snprintf(entry->text, sizeof entry->text, "%.*s", (int)sizeof entry->text - 1, head);
    __sync_synchronize();
    c->log->n++;
}

static const struct canned *choose(struct child *c, const char *head)
{
    const char *path = strchr(head, ' ') + 1;
    size_t len = strcspn(path, "? ");
    for (int i = 0; c->script[i].path && i < MOST_SCRIPT; i++) {
        const struct canned *a = &c->script[i];
        if (strlen(a->path) != len || strncmp(a->path, path, len) != 0 || (a->times && c->served[i] >= a->times))
            continue;
        c->served[i]++;
        return a;
    }
    return NULL;
}

static bool write_all(int fd, const void *bytes, size_t len)
{
    for (const char *at = bytes; len;) {
        ssize_t n = write(fd, at, len);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* The first byte asked for; 0: all. */
static size_t range_of(const struct canned *a, const char *head)
{
    const char *range = strcasestr(head, "\r\nRange: bytes="), *match = strcasestr(head, "\r\nIf-Range: ");
    const char *tag = a->headers ? strstr(a->headers, "\"") : NULL;
    if (!a->ranges || !range || !match || !tag)
        return 0;
    match += strlen("\r\nIf-Range: ");
    size_t len = strcspn(match, "\r");
    return strncmp(match, tag, len) == 0 ? strtoul(range + strlen("\r\nRange: bytes="), NULL, 10) : 0;
}

/* Answers; false when the connection is to be closed. */
static bool answer(struct child *c, int fd, struct connection *k, const char *head)
{
    static const struct canned missing = {.status = 404, .body = "nothing here"};
    const struct canned *a = choose(c, head);
    if (!a)
        a = &missing;
    char echo[ECHO_MAX + 1];
    const char *body = a->body;
    if (a->echo) {
        int target = (int)strcspn(strchr(head, ' ') + 1, " ");
        snprintf(echo, sizeof echo, "%-*.*s", (int)a->echo, target, strchr(head, ' ') + 1);
        body = echo;
    }
    size_t len = body ? a->len ? a->len : strlen(body) : 0, from = range_of(a, head), send = len - from;
    struct str out = STR_INIT(8192);
    if (a->end == CANNED_RESET)
        return false;
    k->deaf = a->end == CANNED_HANG || a->end == CANNED_DRIP;
    if (a->end == CANNED_HANG)
        return true;
    str_addf(&out, "HTTP/1.1 %d Canned\r\n", from ? 206 : a->status);
    if (a->status != 304)
        str_addf(&out, "Content-Length: %zu\r\n", send);
    if (from)
        str_addf(&out, "Content-Range: bytes %zu-%zu/%zu\r\n", from, len - 1, len);
    str_addf(&out, "%s\r\n", a->headers ? a->headers : "");
    if ((a->end == CANNED_CUT || a->end == CANNED_DRIP) && send > a->cut)
        send = a->cut;
    bool ok = write_all(fd, out.data, out.len) && (!send || write_all(fd, body + from, send));
    str_release(&out);
    return ok && a->end != CANNED_CUT;
}

static bool serve(struct child *c, int fd, struct connection *k)
{
    ssize_t n = read(fd, k->text + k->len, sizeof k->text - 1 - k->len);
    if (n <= 0 || k->deaf)
        return n > 0;
    k->len += (size_t)n;
    k->text[k->len] = 0;
    for (char *end; (end = strstr(k->text, "\r\n\r\n"));) {
        const char *length = strcasestr(k->text, "\r\nContent-Length:");
        size_t size = (size_t)(end + 4 - k->text) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
        if (k->len < size)
            return true;
        note(c, k->text);
        if (!answer(c, fd, k, k->text))
            return false;
        memmove(k->text, k->text + size, k->len - size + 1);
        k->len -= size;
    }
    return true;
}

static void run(struct child *c, int listener)
{
    static struct pollfd fds[MOST_CONNECTIONS];
    nfds_t n = 1;
    fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (;;) {
        if (poll(fds, n, -1) < 0)
            die("test server: poll");
        for (nfds_t i = n - 1; i > 0; i--)
            if (fds[i].revents && !serve(c, fds[i].fd, c->connections[i])) {
                /* Unread bytes would make this a reset, which loses what was sent. */
                shutdown(fds[i].fd, SHUT_WR);
                close(fds[i].fd);
                free(c->connections[i]);
                fds[i] = fds[--n];
                c->connections[i] = c->connections[n];
            }
        if (fds[0].revents && n < MOST_CONNECTIONS) {
            c->connections[n] = calloc(1, sizeof *c->connections[n]);
            fds[n] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
            setsockopt(fds[n].fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
            n++;
        }
    }
}

void server_start(struct server *s, const struct canned *script)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    s->log = mmap(NULL, sizeof *s->log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (s->log == MAP_FAILED || listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
        listen(listener, 512) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        die("test server");
    s->port = ntohs(address.sin_port);
    s->pid = fork();
    if (s->pid < 0)
        die("test server: fork");
    if (s->pid == 0) {
        static struct child c;
        c.script = script;
        c.log = s->log;
        /* A test that dies takes its server along. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        run(&c, listener);
    }
    close(listener);
}

void server_stop(struct server *s)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    munmap(s->log, sizeof *s->log);
    s->pid = 0;
}

const struct server_entry *server_entry(const struct server *s, const char *path, int n)
{
    for (int i = 0; i < s->log->n; i++) {
        const char *at = strchr(s->log->entries[i].text, ' ');
        if (at && str_starts(at + 1, path) && n-- == 0)
            return &s->log->entries[i];
    }
    return NULL;
}

int server_count(const struct server *s, const char *path)
{
    int n = 0;
    while (server_entry(s, path, n))
        n++;
    return n;
}

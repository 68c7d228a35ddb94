/* file_server.c: see file_server.h. */
#include "tests/bench/file_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

enum { EVENTS = 64, MOST_REQUEST = 16 << 10, PIECE = 64 << 10, BACKLOG = 1024 };

struct connection {
    int fd;
    size_t in_len, head_at, head_len;
    char in[MOST_REQUEST + 1];
    char head[512];
    /* The body that is being sent: of a file, or made. */
    int file;
    uint64_t n, size, at;
};

struct server {
    const char *folder;
    int listener, epoll;
};

static void die(const char *what)
{
    perror(what);
    exit(99);
}

/* The first line tells files apart; the rest is cheap to make and does not compress to nothing. */
size_t file_server_bytes(uint64_t n, uint64_t size, uint64_t offset, unsigned char *out, size_t len)
{
    char line[64];
    size_t line_len =
        (size_t)snprintf(line, sizeof line, "%llu/%llu\n", (unsigned long long)n, (unsigned long long)size);
    uint64_t left = offset < size ? size - offset : 0;
    size_t count = left < len ? (size_t)left : len;
    for (size_t i = 0; i < count; i++) {
        uint64_t at = offset + i;
        out[i] = at < line_len ? (unsigned char)line[at] : (unsigned char)((at * 167 + (at >> 8) * 13 + n * 71) >> 3);
    }
    return count;
}

/* The path as it stands in the folder: percent-encoding undone, no query, nothing that leads out. */
static bool file_path(const struct server *s, const char *target, char out[PATH_MAX])
{
    size_t n = (size_t)snprintf(out, PATH_MAX, "%s", s->folder);
    for (const char *at = target; *at && *at != '?' && n + 1 < PATH_MAX; at++) {
        unsigned byte = (unsigned char)*at;
        if (byte == '%' && sscanf(at + 1, "%2x", &byte) == 1)
            at += 2;
        out[n++] = (char)byte;
    }
    out[n] = 0;
    return !strstr(out + strlen(s->folder), "/..");
}

static void set_head(struct connection *c, const char *status, uint64_t size)
{
    c->size = size;
    c->at = 0;
    c->head_at = 0;
    c->head_len = (size_t)snprintf(c->head, sizeof c->head,
                                   "HTTP/1.1 %s\r\nServer: file-server\r\nContent-Type: application/octet-stream\r\n"
                                   "Content-Length: %llu\r\n\r\n",
                                   status, (unsigned long long)size);
}

static void answer(const struct server *s, struct connection *c, const char *target)
{
    unsigned long long n, size;
    int end = 0;
    char path[PATH_MAX];
    struct stat st;
    c->file = -1;
    if (sscanf(target, "/%llu/%llu%n", &n, &size, &end) == 2 && !target[end]) {
        c->n = n;
        set_head(c, "200 OK", size);
        return;
    }
    if (s->folder && file_path(s, target, path) && (c->file = open(path, O_RDONLY | O_CLOEXEC)) >= 0 &&
        fstat(c->file, &st) == 0 && S_ISREG(st.st_mode)) {
        set_head(c, "200 OK", (uint64_t)st.st_size);
        return;
    }
    if (c->file >= 0)
        close(c->file);
    c->file = -1;
    set_head(c, "404 Not Found", 0);
}

/* Takes one request out of what has come; false when it is not whole yet. */
static bool next_request(const struct server *s, struct connection *c)
{
    char target[PATH_MAX] = "";
    c->in[c->in_len] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end)
        return false;
    sscanf(c->in, "%*15s %4095s", target);
    size_t used = (size_t)(end + 4 - c->in);
    c->in_len -= used;
    memmove(c->in, end + 4, c->in_len);
    answer(s, c, target);
    return true;
}

static ssize_t send_body(struct connection *c)
{
    if (c->file >= 0) {
        off_t at = (off_t)c->at;
        return sendfile(c->fd, c->file, &at, (size_t)(c->size - c->at));
    }
    unsigned char piece[PIECE];
    size_t n = file_server_bytes(c->n, c->size, c->at, piece, sizeof piece);
    return send(c->fd, piece, n, MSG_NOSIGNAL);
}

/* Sends what there is to send; false when the connection is done for, true when it waits for the peer. */
static bool send_some(struct connection *c)
{
    while (c->head_at < c->head_len) {
        ssize_t n =
            send(c->fd, c->head + c->head_at, c->head_len - c->head_at, MSG_NOSIGNAL | (c->size ? MSG_MORE : 0));
        if (n < 0)
            return errno == EAGAIN;
        c->head_at += (size_t)n;
    }
    while (c->at < c->size) {
        ssize_t n = send_body(c);
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        c->at += (uint64_t)n;
    }
    if (c->file >= 0)
        close(c->file);
    c->file = -1;
    return true;
}

static bool is_sending(const struct connection *c)
{
    return c->head_at < c->head_len || c->at < c->size;
}

static bool read_some(struct connection *c)
{
    while (c->in_len < MOST_REQUEST) {
        ssize_t n = read(c->fd, c->in + c->in_len, MOST_REQUEST - c->in_len);
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0)
            return false;
        c->in_len += (size_t)n;
    }
    return true;
}

/* Edge-triggered: all is read and sent until the peer has to do something. */
static bool serve(const struct server *s, struct connection *c)
{
    if (!read_some(c) || !send_some(c))
        return false;
    while (!is_sending(c) && next_request(s, c))
        if (!send_some(c))
            return false;
    return c->in_len < MOST_REQUEST || is_sending(c);
}

static void add_connection(const struct server *s)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct connection *c = mem_new(sizeof *c);
    c->fd = fd;
    c->file = -1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, .data.ptr = c};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("file server: epoll");
}

static void end_connection(struct connection *c)
{
    close(c->fd);
    if (c->file >= 0)
        close(c->file);
    free(c);
}

static void run(struct server *s)
{
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &event) != 0)
        die("file server: epoll");
    for (;;) {
        int n = epoll_wait(s->epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c)
                add_connection(s);
            else if (!serve(s, c))
                end_connection(c); /* One event a connection and round: nothing of it comes any more. */
        }
    }
}

void file_server_start(struct file_server *f, const char *folder)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct server s = {.folder = folder, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (s.listener < 0 || bind(s.listener, (struct sockaddr *)&address, size) != 0 ||
        listen(s.listener, BACKLOG) != 0 || getsockname(s.listener, (struct sockaddr *)&address, &size) != 0)
        die("file server");
    *f = (struct file_server){.port = ntohs(address.sin_port)};
    snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d", f->port);
    f->pid = fork();
    if (f->pid < 0)
        die("file server: fork");
    if (f->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* A program that dies takes its server along. */
        run(&s);
    }
    close(s.listener);
}

void file_server_stop(struct file_server *f)
{
    if (f->pid > 0) {
        kill(f->pid, SIGKILL);
        waitpid(f->pid, NULL, 0);
    }
    f->pid = 0;
}

/* mock_server.c: see mock_server.h. One request at a time, several connections by poll(2). */
#include "tests/unit/mock_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

enum { MOST_CONNECTIONS = 32, MOST_REPLIES = 64, MOST_REQUEST = 16 << 20, RECORD_END = 1 };

struct child {
    const struct mock_reply *replies;
    int served[MOST_REPLIES];
    int log;
};

static void die(const char *what)
{
    perror(what);
    exit(99);
}

static const struct mock_reply *choose(struct child *c, const char *path)
{
    for (int i = 0; c->replies[i].path; i++) {
        const struct mock_reply *r = &c->replies[i];
        if (!str_starts(path, r->path) || (r->times && c->served[i] >= r->times))
            continue;
        c->served[i]++;
        return r;
    }
    return NULL;
}

static void write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

/* Reads one request; false when the peer has closed. */
static bool read_request(int fd, struct str *request, const char **body)
{
    char buffer[4096];
    size_t want = 0;
    str_clear(request);
    *body = NULL;
    while (!*body || request->len < want) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0)
            return false;
        str_add_bytes(request, buffer, (size_t)n);
        const char *end = strstr(request->data, "\r\n\r\n");
        if (!end)
            continue;
        const char *length = strcasestr(request->data, "content-length:");
        *body = end + 4;
        want = (size_t)(*body - request->data);
        if (length && length < end)
            want += strtoul(length + 15, NULL, 10);
    }
    return true;
}

/* Answers; false when the connection is to be closed. */
static bool answer(struct child *c, int fd, const char *path, const char *request)
{
    static const struct mock_reply missing = {.status = 404, .body = "{\"error\":{\"message\":\"no such path\"}}"};
    const struct mock_reply *r = choose(c, path);
    if (!r)
        r = &missing;
    char *made = r->make ? r->make(request) : NULL;
    const char *body = made ? made : r->body && !r->make ? r->body : "";
    struct str head = STR_INIT(4096);
    nanosleep(&(struct timespec){.tv_sec = r->delay_ms / 1000, .tv_nsec = r->delay_ms % 1000 * 1000000L}, NULL);
    if (r->end != MOCK_RESET) {
        size_t len = strlen(body);
        str_addf(&head, "HTTP/1.1 %d Canned\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s%s\r\n",
                 r->make && !made ? 500 : r->status, len, r->header ? r->header : "", r->header ? "\r\n" : "");
        write_all(fd, head.data, head.len);
        write_all(fd, body, r->end == MOCK_CUT ? len / 2 : len);
    }
    str_release(&head);
    free(made);
    return r->end == MOCK_WHOLE;
}

static bool serve_one(struct child *c, int fd)
{
    struct str request = STR_INIT(MOST_REQUEST);
    const char *body;
    char path[256] = "";
    bool keep = read_request(fd, &request, &body);
    if (keep) {
        static const char end[] = {RECORD_END};
        sscanf(request.data, "%*s %255s", path);
        write_all(c->log, request.data, request.len);
        write_all(c->log, end, 1);
        keep = answer(c, fd, path, body);
    }
    str_release(&request);
    return keep;
}

static void serve(struct child *c, int listener)
{
    struct pollfd fds[MOST_CONNECTIONS] = {{.fd = listener, .events = POLLIN}};
    nfds_t n = 1;
    for (;;) {
        if (poll(fds, n, -1) < 0)
            die("mock server: poll");
        for (nfds_t i = n - 1; i > 0; i--)
            if (fds[i].revents && !serve_one(c, fds[i].fd)) {
                close(fds[i].fd);
                fds[i] = fds[--n];
            }
        if (fds[0].revents && n < MOST_CONNECTIONS)
            fds[n++] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
    }
}

void mock_start(struct mock_server *m, const struct mock_reply *replies)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct child c = {.replies = replies};
    *m = (struct mock_server){.log = P_tmpdir "/mock-server-XXXXXX"};
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0 || (c.log = mkstemp(m->log)) < 0)
        die("mock server");
    m->port = ntohs(address.sin_port);
    snprintf(m->url, sizeof m->url, "http://127.0.0.1:%d", m->port);
    m->pid = fork();
    if (m->pid < 0)
        die("mock server: fork");
    if (m->pid == 0) {
        /* A test that dies takes its server along. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        serve(&c, listener);
    }
    close(listener);
    close(c.log);
}

void mock_stop(struct mock_server *m)
{
    if (m->pid > 0) {
        kill(m->pid, SIGKILL);
        waitpid(m->pid, NULL, 0);
        unlink(m->log);
    }
    m->pid = 0;
}

/* Calls for every request so far: its n-th to the path is copied to *out; returns their number. */
static int scan(const struct mock_server *m, const char *path, int n, char **out)
{
    struct str all = STR_INIT(MOST_REQUEST);
    char buffer[4096];
    int count = 0;
    FILE *f = fopen(m->log, "re");
    for (size_t got; f && (got = fread(buffer, 1, sizeof buffer, f)) > 0;)
        str_add_bytes(&all, buffer, got);
    if (f)
        fclose(f);
    for (char *at = all.data, *end; (end = strchr(at, RECORD_END)); at = end + 1) {
        *end = 0;
        const char *target = strchr(at, ' ');
        if (!target || !str_starts(target + 1, path))
            continue;
        if (count++ == n && out)
            *out = mem_strdup(at);
    }
    str_release(&all);
    return count;
}

int mock_count(const struct mock_server *m, const char *path)
{
    return scan(m, path, -1, NULL);
}

char *mock_request(const struct mock_server *m, const char *path, int n)
{
    char *request = NULL;
    scan(m, path, n, &request);
    return request;
}

char *mock_completion_ended(const char *content, const char *finish_reason)
{
    struct str s = STR_INIT(MOST_REQUEST);
    str_addf(&s,
             "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"model\":\"mock-model\",\"choices\":[{\"index\":"
             "0,\"finish_reason\":\"%s\",\"message\":{\"role\":\"assistant\",\"content\":",
             finish_reason);
    json_quote(content, &s);
    str_add(&s, "}}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7}}");
    return str_detach(&s);
}

char *mock_completion(const char *content)
{
    return mock_completion_ended(content, "stop");
}

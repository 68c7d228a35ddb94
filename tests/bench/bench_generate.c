/* bench_generate.c: `figmill generate` against a model server with many slots that answers each request after a fixed
 * time: what share of the slots' time is used, and what the client's side costs.
 *
 *   bench_generate FIGMILL_GENERATE [FIGURES [SLOTS [MILLISECONDS]]]
 *
 * The server is one process of its own by epoll(7): a request that comes in gets a slot (more than SLOTS at once wait,
 * as a server's queue does) and its reply when the time is over. It says as llama-server how many slots it has, so that
 * generate takes as many workers. Slot time is used while a request is in a slot; the whole is SLOTS times the span
 * from the first request to the last reply. Each figure has one detailed description and one complex reasoning. Prints
 * one line; the corpus lies in $TMPDIR. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"

enum { FIGURES = 2000, SLOTS = 64, MILLISECONDS = 50, MOST_PEERS = 4096, MOST_REQUEST = 1 << 20 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "bench_generate: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The server. */

struct peer {
    struct str in;
    bool waits;        /* for a slot */
    double began, due; /* in a slot: 0 when not */
    bool describes;
};

/* Shared with the bench. */
struct load {
    double first, last, used; /* seconds */
    int64_t replies;
    int in_slots, most;
};

struct server {
    int epoll, listener, slots;
    double seconds;
    struct peer *peers; /* by descriptor */
    int highest;
    struct load *load;
};

static const char description[] =
    "{\"answer\": \"The figure is a coronal magnetic resonance image of the hip of a woman before and after low-dose "
    "radiotherapy. An arrow points to bone marrow oedema in the femoral head, which is the main finding of this image "
    "and which can be followed over time.\"}";
static const char reasoning[] =
    "{\"question\": \"Why were both images taken in the same plane?\", \"answer\": \"The hip lies in the coronal plane "
    "before and after radiotherapy. Only then does the oedema in the femoral head keep its place and its size on paper, "
    "so that less of it means that there is less in the bone. Whether the doses did that remains open.\"}";

static void send_body(int fd, int status, const char *body)
{
    struct str out = STR_INIT(1 << 16);
    str_addf(&out, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
             strlen(body), body);
    if (write(fd, out.data, out.len) != (ssize_t)out.len)
        die("reply");
    str_release(&out);
}

static void send_completion(int fd, const char *content)
{
    struct str body = STR_INIT(1 << 16);
    str_add(&body, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":");
    json_quote(content, &body);
    str_add(&body, "}}],\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":90}}");
    send_body(fd, 200, body.data);
    str_release(&body);
}

static void enter_slot(struct server *s, struct peer *p)
{
    p->waits = false;
    p->began = now();
    p->due = p->began + s->seconds;
    if (s->load->first == 0)
        s->load->first = p->began;
    if (++s->load->in_slots > s->load->most)
        s->load->most = s->load->in_slots;
}

static void leave_slot(struct server *s, int fd)
{
    struct peer *p = &s->peers[fd];
    double t = now();
    send_completion(fd, p->describes ? description : reasoning);
    s->load->used += t - p->began;
    s->load->last = t;
    s->load->replies++;
    s->load->in_slots--;
    p->due = 0;
}

/* Length of the request in hand, 0 while it is not whole. */
static size_t whole(const struct str *in)
{
    const char *end = strstr(in->data, "\r\n\r\n"), *length = strcasestr(in->data, "\r\ncontent-length:");
    size_t want = end ? (size_t)(end + 4 - in->data) : SIZE_MAX;
    if (end && length && length < end)
        want += strtoul(length + 17, NULL, 10);
    return in->len >= want ? want : 0;
}

static void handle(struct server *s, int fd)
{
    struct peer *p = &s->peers[fd];
    char props[128];
    if (str_starts(p->in.data, "POST /v1/chat/completions")) {
        p->describes = strstr(p->in.data, "\"name\":\"detailed_description\"") != NULL;
        p->waits = true;
        if (s->load->in_slots < s->slots)
            enter_slot(s, p);
    } else if (str_starts(p->in.data, "GET /v1/models")) {
        send_body(fd, 200, "{\"data\":[{\"id\":\"mock-model\"}]}");
    } else if (str_starts(p->in.data, "GET /props")) {
        snprintf(props, sizeof props, "{\"total_slots\":%d,\"default_generation_settings\":{\"n_ctx\":8192}}",
                 s->slots);
        send_body(fd, 200, props);
    } else {
        send_body(fd, str_starts(p->in.data, "GET /health") ? 200 : 404, "{}");
    }
    str_clear(&p->in);
}

static void drop_peer(struct server *s, int fd)
{
    struct peer *p = &s->peers[fd];
    if (p->due > 0)
        s->load->in_slots--;
    str_release(&p->in);
    *p = (struct peer){0};
    close(fd);
}

static void read_peer(struct server *s, int fd)
{
    char buffer[65536];
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n <= 0) {
        drop_peer(s, fd);
        return;
    }
    str_add_bytes(&s->peers[fd].in, buffer, (size_t)n);
    if (whole(&s->peers[fd].in))
        handle(s, fd);
}

static void accept_peer(struct server *s)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0 || fd >= MOST_PEERS)
        die("accept");
    s->peers[fd] = (struct peer){.in = STR_INIT(MOST_REQUEST)};
    s->highest = fd > s->highest ? fd : s->highest;
    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
}

/* Milliseconds until the next reply is due; answers those that are, and lets the queue in. */
static int serve_due(struct server *s)
{
    double t = now(), next = 0;
    for (int fd = 0; fd <= s->highest; fd++) {
        struct peer *p = &s->peers[fd];
        if (p->due > 0 && p->due <= t)
            leave_slot(s, fd);
    }
    for (int fd = 0; fd <= s->highest; fd++) {
        struct peer *p = &s->peers[fd];
        if (p->waits && s->load->in_slots < s->slots)
            enter_slot(s, p);
        if (p->due > 0 && (next == 0 || p->due < next))
            next = p->due;
    }
    if (next == 0)
        return -1;
    double left = (next - now()) * 1000;
    return left < 0 ? 0 : (int)left + 1;
}

static void serve(struct server *s)
{
    struct epoll_event events[64];
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = s->listener});
    for (;;) {
        int n = epoll_wait(s->epoll, events, 64, serve_due(s));
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == s->listener)
                accept_peer(s);
            else
                read_peer(s, events[i].data.fd);
        }
    }
}

static pid_t start_server(int slots, int milliseconds, struct load *load, char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct server s = {.slots = slots, .seconds = milliseconds / 1000.0, .load = load};
    s.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s.listener < 0 || bind(s.listener, (struct sockaddr *)&address, length) != 0 || listen(s.listener, 1024) != 0 ||
        getsockname(s.listener, (struct sockaddr *)&address, &length) != 0)
        die("listen");
    snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        s.peers = mem_array(MOST_PEERS, sizeof *s.peers);
        serve(&s);
    }
    close(s.listener);
    return pid;
}

/* The corpus: figures with a picture and a caption of their own each. */
static void make_corpus(const char *folder, int figures)
{
    static const char *const statements[] = {
        "INSERT INTO article (article_id, key, source, added) VALUES (1, 'doi:10.1/x', 'import', 0)",
        "INSERT INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, added) "
        "VALUES (1, 1, 'jats', 'application/xml', 'd1', 1, 'x.xml', 0)",
    };
    struct db db;
    struct err e = {0};
    bool ok = db_open(&db, folder, DB_CREATE, &e) && db_begin(&db, &e);
    for (size_t i = 0; ok && i < sizeof statements / sizeof *statements; i++)
        ok = db_run(&db, &e, statements[i], "");
    ok = ok &&
         db_run(&db, &e,
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) INSERT INTO figure "
                "(figure_id, document_id, anchor, ordinal, origin, kind, confidence, image_sha256, image_media_type, "
                "content_hash) SELECT i, 1, 'f' || i, i, 'jats', 'figure', 1, 'i' || i, 'image/png', 'c' || i FROM n",
                "i", (int64_t)figures) &&
         db_run(&db, &e,
                "INSERT INTO translation (figure_id, field, ordinal, source_language, language_source, "
                "language_confidence, target_language, source_text, text, method, checks) SELECT figure_id, 'caption', "
                "0, 'en', 'document', 1, 'en', 'x', 'Figure ' || figure_id || '. Coronal magnetic resonance image of "
                "the hip of a woman, case ' || figure_id || ', before and after radiotherapy at low doses. The arrow "
                "marks bone marrow oedema in the femoral head.', 'identity', '{}' FROM figure",
                "") &&
         db_commit(&db, &e);
    if (!ok) {
        fprintf(stderr, "bench_generate: %s\n", e.text);
        exit(1);
    }
    db_close(&db);
}

static int64_t count(const char *folder, const char *sql)
{
    struct db db;
    struct err e = {0};
    int64_t n = 0;
    if (!db_open(&db, folder, DB_READ, &e) || !db_int(&db, &e, &n, sql, "")) {
        fprintf(stderr, "bench_generate: %s\n", e.text);
        exit(1);
    }
    db_close(&db);
    return n;
}

/* Runs the stage; its CPU seconds, all workers included. */
static double run(const char *program, const char *folder, const char *url)
{
    struct rusage usage;
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execl(program, program, "--corpus", folder, "-q", "--kinds", "detailed_description,complex_reasoning",
              "--attempts", "0", "--url", url, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_generate: %s: status %d\n", program, status);
        exit(1);
    }
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void remove_corpus(const char *folder)
{
    static const char *const names[] = {"corpus.db", "corpus.db-wal", "corpus.db-shm", "blobs", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
}

static int argument(int argc, char **argv, int i, int fallback)
{
    return argc > i ? (int)strtol(argv[i], NULL, 10) : fallback;
}

int main(int argc, char **argv)
{
    char folder[256], url[64];
    const char *tmp = getenv("TMPDIR");
    int figures = argument(argc, argv, 2, FIGURES), slots = argument(argc, argv, 3, SLOTS);
    int milliseconds = argument(argc, argv, 4, MILLISECONDS);
    if (argc < 2 || figures < 1 || slots < 1 || milliseconds < 1) {
        fprintf(stderr, "usage: bench_generate FIGMILL_GENERATE [FIGURES [SLOTS [MILLISECONDS]]]\n");
        return 2;
    }
    snprintf(folder, sizeof folder, "%s/bench-generate-XXXXXX", tmp ? tmp : P_tmpdir);
    struct load *load = mmap(NULL, sizeof *load, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!mkdtemp(folder) || load == MAP_FAILED)
        die(folder);
    make_corpus(folder, figures);
    pid_t server = start_server(slots, milliseconds, load, url, sizeof url);
    double cpu = run(argv[1], folder, url);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    double span = load->last - load->first;
    printf(
        "%lld replies of %d ms by %d slots in %.2f s: %.0f replies/s, %.1f %% of the slots' time used (at most %d at "
        "once), client %.2f ms CPU a reply, %.0f %% of one core; kept %lld, dropped %lld\n",
        (long long)load->replies, milliseconds, slots, span, (double)load->replies / span,
        100 * load->used / (span * slots), load->most, 1000 * cpu / (double)load->replies, 100 * cpu / span,
        (long long)count(folder, "SELECT count(*) FROM pair WHERE drop_reason IS NULL"),
        (long long)count(folder, "SELECT count(*) FROM pair WHERE drop_reason IS NOT NULL"));
    if (!getenv("KEEP"))
        remove_corpus(folder);
    return 0;
}

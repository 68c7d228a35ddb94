/* apertium_pipe.c: see apertium_pipe.h. */
#include "translate/apertium_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

enum {
    MOST_MEMORY = 2000,  /* MiB of address space of one program; the largest dictionaries take a tenth of it */
    POLL_MS = 200,       /* how soon a stop is seen */
    ANSWER_GROWTH = 16,  /* an answer may have so many times the bytes of its text */
    ANSWER_SPARE = 4096, /* and so many more */
    AHEAD = 64 << 10,    /* bytes of texts that are queued behind the one that is waited for */
};

struct apertium_pipe {
    const struct apertium_mode *mode;
    const volatile sig_atomic_t *stop;
    pid_t pids[APERTIUM_MODE_STAGES];
    int in, out;     /* of the whole pipeline, non-blocking */
    uint64_t number; /* of the next text */
};

/* The stream format. */

/* Bytes of a placeholder "[12]" at the start of the text; 0: none. */
static size_t placeholder(const char *text)
{
    size_t digits = *text == '[' ? strspn(text + 1, "0123456789") : 0;
    return digits && text[1 + digits] == ']' ? digits + 2 : 0;
}

void apertium_escape(const char *text, struct str *out)
{
    size_t len = strlen(text);
    for (size_t at = 0, whole; at < len;) {
        if ((whole = placeholder(text + at)) > 0) {
            str_addf(out, "[\\[%.*s\\]]", (int)whole - 2, text + at + 1);
            at += whole;
            continue;
        }
        int c = text_next(text, len, &at);
        if (c < 128 && strchr("\\[]{}^$/@<>", c)) {
            str_add_char(out, '\\');
            str_add_char(out, (char)c);
        } else if (c == '~') {
            str_add(out, "[~]"); /* bare, it would wake the post-generator */
        } else if (c != ' ' && (text_is_space(c) || text_is_control(c))) {
            str_add_char(out, ' ');
        } else {
            str_add_utf8(out, c);
        }
    }
}

void apertium_unescape(const char *stream, size_t len, struct str *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < len; i++) {
        char c = stream[i];
        if (c == '\\' && i + 1 < len)
            str_add_char(out, stream[++i]);
        else if (c == ' ' && (out->len == start || out->data[out->len - 1] == ' '))
            continue;
        else if (c != '[' && c != ']') /* brackets of superblanks; those of the text are escaped */
            str_add_char(out, c);
    }
    if (out->len > start && out->data[out->len - 1] == ' ')
        str_cut(out, out->len - 1);
}

/* Processes. */

/* The child's side; does not come back. Its own messages speak of our texts and may be endless: nobody reads them. */
static void become(const struct apertium_stage *stage, int in, int out, pid_t parent)
{
    sigset_t none;
    struct rlimit memory = {(rlim_t)MOST_MEMORY << 20, (rlim_t)MOST_MEMORY << 20}, no_core = {0, 0};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || null < 0)
        _exit(127);
    /* The pipes' ends are close-on-exec and above 2, since the runner keeps 0, 1 and 2 open. */
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
        _exit(127);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setenv("LC_ALL", "C.UTF-8", 1);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_AS, &memory); /* last: this copy of us may be larger than that, and has no more memory then */
    execv(stage->argv[0], stage->argv);
    _exit(127);
}

static bool start_stages(struct apertium_pipe *p, const char *name, struct err *e)
{
    int ends[2], last = -1;
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(e, ERR_SYSTEM, errno, "cannot make a pipe to Apertium (%s)", name);
    p->in = ends[1];
    last = ends[0];
    for (size_t i = 0; i < p->mode->n; i++) {
        if (pipe2(ends, O_CLOEXEC) != 0) {
            close(last);
            return err_errno(e, ERR_SYSTEM, errno, "cannot make a pipe of Apertium (%s)", name);
        }
        p->pids[i] = fork();
        if (p->pids[i] == 0)
            become(&p->mode->stages[i], last, ends[1], parent);
        int why = errno;
        close(last);
        close(ends[1]);
        last = ends[0];
        if (p->pids[i] < 0) {
            p->pids[i] = 0;
            close(last);
            return err_errno(e, ERR_SYSTEM, why, "cannot start %s", p->mode->stages[i].argv[0]);
        }
    }
    p->out = last;
    fcntl(p->in, F_SETFL, O_NONBLOCK);
    fcntl(p->out, F_SETFL, O_NONBLOCK);
    return true;
}

void apertium_pipe_stop(struct apertium_pipe *p)
{
    if (!p)
        return;
    if (p->in >= 0)
        close(p->in);
    if (p->out >= 0)
        close(p->out);
    for (size_t i = 0; i < p->mode->n; i++)
        if (p->pids[i])
            kill(p->pids[i], SIGKILL);
    for (size_t i = 0; i < p->mode->n; i++)
        while (p->pids[i] && waitpid(p->pids[i], NULL, 0) < 0 && errno == EINTR)
            continue;
    free(p);
}

struct apertium_pipe *apertium_pipe_start(const struct apertium_mode *mode, const char *name,
                                          const volatile sig_atomic_t *stop, struct err *e)
{
    struct apertium_pipe *p = mem_new(sizeof *p);
    *p = (struct apertium_pipe){.mode = mode, .stop = stop, .in = -1, .out = -1};
    struct arena arena = ARENA_INIT;
    const char *text = "1.", *answer;
    enum apertium_end end = APERTIUM_ALL;
    bool ok = start_stages(p, name, e);
    if (ok && apertium_pipe_run(p, &text, 1, APERTIUM_START_MS, &answer, &arena, &end) != 1) {
        ok = end == APERTIUM_STOPPED
                 ? err_set(e, ERR_ABORT, "asked to stop")
                 : err_set(e, ERR_SYSTEM,
                           "Apertium's pipeline %s does not answer; look at what `echo casa | apertium %s` says", name,
                           name);
    }
    arena_release(&arena);
    if (!ok) {
        apertium_pipe_stop(p);
        p = NULL;
    }
    return p;
}

/* Talking. */

struct talk {
    struct str to, from; /* what is still to be written begins at `written` */
    size_t written;
    size_t limit; /* bytes of the answer that is waited for */
    int64_t deadline;
};

/* Writes what the pipeline takes now. */
static bool write_some(struct apertium_pipe *p, struct talk *t)
{
    ssize_t n = write(p->in, t->to.data + t->written, t->to.len - t->written);
    if (n > 0)
        t->written += (size_t)n;
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Waits for one answer to be whole: *len gets its bytes, without the NUL. */
static enum apertium_end wait_answer(struct apertium_pipe *p, struct talk *t, size_t *len)
{
    char bytes[16384];
    for (const char *nul;
         !(nul = memchr(t->from.data, 0, t->from.len)) || ((*len = (size_t)(nul - t->from.data)), 0);) {
        int64_t left = t->deadline - clock_ms();
        bool writing = t->written < t->to.len;
        struct pollfd fds[2] = {{.fd = p->out, .events = POLLIN}, {.fd = p->in, .events = POLLOUT}};
        if (p->stop && *p->stop > 1)
            return APERTIUM_STOPPED;
        if (left <= 0)
            return APERTIUM_LATE;
        if (t->from.len > t->limit)
            return APERTIUM_GARBLED;
        if (poll(fds, writing ? 2 : 1, left < POLL_MS ? (int)left : POLL_MS) <= 0)
            continue;
        /* The first program may be gone while answers are still on their way: only the end of these ends it. */
        if (writing && fds[1].revents && !write_some(p, t))
            t->written = t->to.len;
        if (!fds[0].revents)
            continue;
        ssize_t n = read(p->out, bytes, sizeof bytes);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return APERTIUM_ENDED;
        if (n > 0)
            str_add_bytes(&t->from, bytes, (size_t)n);
    }
    return *len > t->limit ? APERTIUM_GARBLED : APERTIUM_ALL;
}

/* The mark at the end of text `number`. The empty superblank keeps it apart from one that ends the text itself. */
static void add_mark(struct str *s, uint64_t number)
{
    str_addf(s, "[][%llu]", (unsigned long long)number);
}

/* Takes an answer of `len` bytes from the front; NULL: it is not text `number`'s. */
static const char *take_answer(struct talk *t, size_t len, uint64_t number, struct arena *arena)
{
    struct str mark = STR_INIT(64), clean = STR_INIT(t->limit);
    const char *answer = NULL;
    add_mark(&mark, number);
    if (len >= mark.len && memcmp(t->from.data + len - mark.len, mark.data, mark.len) == 0 &&
        text_is_utf8(t->from.data, len)) {
        apertium_unescape(t->from.data, len - mark.len, &clean);
        answer = arena_strdup(arena, clean.data);
    }
    size_t rest = t->from.len - len - 1;
    memmove(t->from.data, t->from.data + len + 1, rest);
    str_cut(&t->from, rest);
    str_release(&mark);
    str_release(&clean);
    return answer;
}

size_t apertium_pipe_run(struct apertium_pipe *p, const char *const *texts, size_t n, int answer_ms,
                         const char **answers, struct arena *arena, enum apertium_end *end)
{
    struct talk t = {.to = STR_INIT(SIZE_MAX), .from = STR_INIT(SIZE_MAX)};
    size_t done = 0, queued = 0;
    *end = APERTIUM_ALL;
    while (done < n && *end == APERTIUM_ALL) {
        /* Some texts ahead keep all stages busy; not all of them, so that memory stays small. */
        for (; queued < n && (queued == done || t.to.len - t.written < AHEAD); queued++) {
            apertium_escape(texts[queued], &t.to);
            add_mark(&t.to, p->number + queued);
            str_add_char(&t.to, 0);
        }
        size_t len = 0;
        t.limit = strlen(texts[done]) * ANSWER_GROWTH + ANSWER_SPARE;
        t.deadline = clock_ms() + answer_ms;
        *end = wait_answer(p, &t, &len);
        if (*end == APERTIUM_ALL && !(answers[done] = take_answer(&t, len, p->number + done, arena)))
            *end = APERTIUM_GARBLED;
        done += *end == APERTIUM_ALL;
    }
    p->number += n;
    str_release(&t.to);
    str_release(&t.from);
    return done;
}

/* progress.c: see progress.h. */
#include "stage/progress.h"

#include <unistd.h>

#include "base/log.h"
#include "stage/board.h"

enum { TERMINAL_MS = 200, LOG_MS = 15000 };

void progress_begin(struct progress *p, const char *name, int64_t total)
{
    int64_t now = board_now();
    *p = (struct progress){.name = name, .total = total, .began = now, .printed = now};
    p->terminal = isatty(STDERR_FILENO);
}

void progress_span(struct str *out, int64_t seconds)
{
    long hours = (long)(seconds / 3600), minutes = (long)(seconds / 60 % 60), rest = (long)(seconds % 60);
    if (hours)
        str_addf(out, "%ld:%02ld:%02ld", hours, minutes, rest);
    else
        str_addf(out, "%ld:%02ld", minutes, rest);
}

void progress_show(struct progress *p, int64_t done, int64_t failed, int64_t dropped, int64_t retried)
{
    int64_t now = board_now(), ended = done + failed;
    if (log_level() < LOG_INFO || now - p->printed < (p->terminal ? TERMINAL_MS : LOG_MS))
        return;
    p->printed = now;
    double rate = now > p->began ? 1000.0 * (double)ended / (double)(now - p->began) : 0;
    struct str line = STR_INIT(256);
    str_addf(&line, "%s: %lld of %lld", p->name, (long long)ended, (long long)p->total);
    if (p->total > 0)
        str_addf(&line, " (%lld %%)", (long long)(100 * ended / p->total));
    if (ended > 0) {
        str_addf(&line, rate < 10 ? ", %.2f/s, " : ", %.0f/s, ", rate);
        progress_span(&line, ended < p->total ? (int64_t)((double)(p->total - ended) / rate) : 0);
        str_add(&line, " left");
    }
    str_addf(&line, ", %lld failed, %lld dropped", (long long)failed, (long long)dropped);
    if (retried)
        str_addf(&line, ", %lld tried again", (long long)retried);
    str_add(&line, p->terminal ? "\033[K" : "\n");
    if ((p->terminal && write(STDERR_FILENO, "\r", 1) < 0) || write(STDERR_FILENO, line.data, line.len) < 0)
        p->printed = now; /* Nobody is left to tell. */
    str_release(&line);
}

void progress_end(struct progress *p)
{
    if (p->terminal && log_level() >= LOG_INFO && write(STDERR_FILENO, "\r\033[K", 4) < 0)
        p->printed = 0; /* Nobody is left to tell. */
}

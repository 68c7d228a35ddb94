/* progress.h: one line on stderr that says how far a run is: on a terminal it is renewed in place, else a line comes
 * now and then. Nothing is printed below log level INFO. */
#ifndef FIGMILL_STAGE_PROGRESS_H
#define FIGMILL_STAGE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct progress {
    const char *name;
    int64_t total;
    int64_t began, printed; /* milliseconds, as board_now */
    bool terminal;
};

void progress_begin(struct progress *p, const char *name, int64_t total);
/* Prints when it is time to. */
void progress_show(struct progress *p, int64_t done, int64_t failed, int64_t dropped, int64_t retried);
/* Wipes the line. */
void progress_end(struct progress *p);

/* Appends a span of time for people: "0:07", "12:30", "3:05:00". */
void progress_span(struct str *out, int64_t seconds);

#endif

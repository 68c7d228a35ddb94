/* apertium_pipe.h: a running pipeline of Apertium: the programs of a mode, joined by pipes, that stay up and answer
 * text after text. A text ends with a NUL byte, at which every stage gives out what it has (its option -z). In front of
 * the NUL goes a superblank with the text's number, "[17]", which the stages carry over: an answer that does not end
 * with its own number is none, so that answers are never those of other texts.
 *
 * Texts come from strangers. What Apertium's stream format would read as its own is escaped, so that every text comes
 * back as one; placeholders (protect.h, "[1]") go as superblanks, which no rule looks into. Every wait is bounded,
 * every answer too, and whatever goes wrong ends the pipeline: its processes are killed and reaped. SIGPIPE has to be
 * ignored, as the runner does. */
#ifndef FIGMILL_TRANSLATE_APERTIUM_PIPE_H
#define FIGMILL_TRANSLATE_APERTIUM_PIPE_H

#include <signal.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "translate/apertium_mode.h"

enum {
    APERTIUM_START_MS = 60000,  /* for the programs to load their data */
    APERTIUM_ANSWER_MS = 30000, /* for one text */
};

struct apertium_pipe;

/* Starts the programs and has them answer a first text within APERTIUM_START_MS. ERR_SYSTEM when they do not; `name`
 * stands in errors. ERR_ABORT: *stop turned 2. `stop` may be NULL. */
struct apertium_pipe *apertium_pipe_start(const struct apertium_mode *mode, const char *name,
                                          const volatile sig_atomic_t *stop, struct err *e);
/* Kills and reaps all of it. NULL is fine. */
void apertium_pipe_stop(struct apertium_pipe *p);

enum apertium_end {
    APERTIUM_ALL,     /* every text is answered */
    APERTIUM_ENDED,   /* a program of the pipeline ended */
    APERTIUM_LATE,    /* no answer in time */
    APERTIUM_GARBLED, /* an answer that is not this text's, or far too long, or no UTF-8 */
    APERTIUM_STOPPED, /* *stop turned 2 */
};

/* Translates texts in order; answers, in the arena, are clean text. Returns how many were answered: all, or those in
 * front of the one that *end speaks of, and then the pipeline is good for nothing but apertium_pipe_stop. */
size_t apertium_pipe_run(struct apertium_pipe *p, const char *const *texts, size_t n, int answer_ms,
                         const char **answers, struct arena *arena, enum apertium_end *end);

/* The two directions between plain text and the stream format, for tests. Reading gives the text without blanks of more
 * than one space. */
void apertium_escape(const char *text, struct str *out);
void apertium_unescape(const char *stream, size_t len, struct str *out);

#endif

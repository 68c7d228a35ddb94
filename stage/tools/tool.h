/* tool.h: the frame of the programs that ask a corpus and have no queue. */
#ifndef FIGMILL_STAGE_TOOLS_TOOL_H
#define FIGMILL_STAGE_TOOLS_TOOL_H

#include "stage/runner.h"

enum { TOOL_INTERRUPTED = 130 }; /* exit status after SIGINT */

/* What a tool's function is given. */
struct tool_context {
    struct common_options common;
    const char *const *args;           /* what stands behind the options; ends with NULL */
    struct db db;                      /* open */
    const volatile sig_atomic_t *stop; /* not 0: interrupted, end with an error of ERR_ABORT */
};

/* The whole program: options, the corpus opened, `run`, what it printed flushed. `run` gives the exit status, or -1
 * with an error. `writes`: the variable of the option that makes the tool change the corpus; NULL: it only reads. */
typedef int tool_run_fn(struct tool_context *c, struct err *e);
int tool_main(const struct tool *tool, const int *writes, tool_run_fn *run, int argc, const char **argv);

#endif

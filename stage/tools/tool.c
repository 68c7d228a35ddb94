/* tool.c: see tool.h. */
#include "stage/tools/tool.h"

#include <stdio.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

int tool_main(const struct tool *tool, const int *writes, tool_run_fn *run, int argc, const char **argv)
{
    struct tool_context c = {.stop = &interrupted};
    struct err e = {0};
    int status;
    if (!tool_options(tool, argc, argv, &c.common, &c.args, &status))
        return status;
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    status = -1;
    if (db_open(&c.db, c.common.corpus, writes && *writes ? DB_WRITE : DB_READ, &e))
        status = run(&c, &e);
    db_close(&c.db);
    if (fflush(stdout) != 0 && status >= 0) {
        err_set(&e, ERR_SYSTEM, "cannot write the output");
        status = -1;
    }
    if (status < 0)
        status = exit_of(&e);
    return interrupted ? TOOL_INTERRUPTED : status;
}

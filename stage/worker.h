/* worker.h: the life of one worker process. */
#ifndef FIGMILL_STAGE_WORKER_H
#define FIGMILL_STAGE_WORKER_H

#include "stage/board.h"
#include "stage/runner.h"

/* How a worker's process ends; any other end is a crash. */
enum worker_exit {
    WORKER_DONE = 0,    /* nothing left to take, or asked to stop */
    WORKER_RENEW = 10,  /* its sandbox died with an item that is settled: start another worker */
    WORKER_STOPPED = 11 /* an error that stops the stage; board.stopped is set */
};

/* Claims and works until there is nothing left; returns the exit status for the process. The context holds no open
 * database. `seat` is the worker's place on the board. */
enum worker_exit worker_main(struct stage_context *c, struct board *board, struct board_seat *seat);

#endif

/* crowd_worker.h: the worker's side of crowd.h. */
#ifndef FIGMILL_STAGE_CROWD_WORKER_H
#define FIGMILL_STAGE_CROWD_WORKER_H

#include "stage/worker.h"

/* Runs the stage's crowd until nothing is left to take; the context's database is open. */
enum worker_exit crowd_serve(struct stage_context *c, struct board *board, struct board_seat *seat, const char *owner);

#endif

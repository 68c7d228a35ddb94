/* clock.h: time that only goes forward (CLOCK_MONOTONIC), for measuring, waiting and deadlines. */
#ifndef FIGMILL_BASE_CLOCK_H
#define FIGMILL_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);
double clock_seconds(void);

#endif

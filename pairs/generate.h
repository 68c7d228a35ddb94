/* generate.h: the stage `figmill generate`: question-answer pairs of figures. */
#ifndef FIGMILL_PAIRS_GENERATE_H
#define FIGMILL_PAIRS_GENERATE_H

#include "stage/runner.h"

extern const struct stage generate_stage;

#endif

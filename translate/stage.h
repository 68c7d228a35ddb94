/* stage.h: the stage `figmill translate`: every caption in the target language, beside its source. Items are figures;
 * it writes table translation. Its --help (stage.c) is the manual. */
#ifndef FIGMILL_TRANSLATE_STAGE_H
#define FIGMILL_TRANSLATE_STAGE_H

#include "stage/runner.h"

extern const struct stage translate_stage;

#endif

/* names.h: options that take a list of names with commas between them. */
#ifndef FIGMILL_STAGE_NAMES_H
#define FIGMILL_STAGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Sets bit 1 << i for each names[i] that `list` holds; NULL and "" hold none. At most 32 names. ERR_USAGE for any
 * other, with the option ("--kinds") and all the names. */
bool names_read(const char *option, const char *list, const char *const *names, size_t n, unsigned *bits,
                struct err *e);

#endif

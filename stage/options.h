/* options.h: set at build time. */
#ifndef FIGMILL_STAGE_OPTIONS_H
#define FIGMILL_STAGE_OPTIONS_H

#ifndef FIGMILL_VERSION
#define FIGMILL_VERSION "0.0"
#endif

#endif

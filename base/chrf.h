/* chrf.h: chrF, the character n-gram F-score of two texts (Popovic 2015, "chrF: character n-gram F-score for automatic
 * MT evaluation"), as sacreBLEU computes it by default: n-grams of 1 to 6 code points, white space left out, beta 2,
 * no word n-grams, effective order. */
#ifndef FIGMILL_BASE_CHRF_H
#define FIGMILL_BASE_CHRF_H

#include <stddef.h>

enum { CHRF_ORDER = 6, CHRF_MOST = 20000 /* code points of either text that are looked at */ };

/* 0..1, of UTF-8 texts; case counts. 0 when one has no characters but white space. */
double chrf(const char *hypothesis, const char *reference);

#endif

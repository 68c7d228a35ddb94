/* image_class.h: what kind of picture a figure is, by a few rules over its measurements: cheap, the same everywhere,
 * and each with its reason beside it (image_class.c). No model; a mixed figure gets the nearest class with a low
 * confidence.
 *
 *   photo     photographs, micrographs, radiographs, gels: pictures of real things
 *   chart     plots and graphs with axes
 *   diagram   drawings, flow charts, schemes, maps
 *   table     tables, and text or code set as a picture
 *   formula   a formula of one or a few lines
 *   logo      logos, badges, icons, rules
 *
 * How often they are right, and what is taken for what, is in README.md. */
#ifndef FIGMILL_EXTRACT_IMAGE_CLASS_H
#define FIGMILL_EXTRACT_IMAGE_CLASS_H

#include "extract/image_measure.h"

struct image_class {
    const char *name;  /* static string, of the six above */
    double confidence; /* 0..1 */
};

/* `width` and `height` are the picture's own, in pixels. */
struct image_class image_classify(const struct image_measure *m, int width, int height);

#endif

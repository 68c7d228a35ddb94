/* panel_ink.h: what of a picture is no background, and the parts that gaps divide it into; used by panel_*.c only. */
#ifndef FIGMILL_EXTRACT_PANEL_INK_H
#define FIGMILL_EXTRACT_PANEL_INK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extract/panel_split.h"

/* Pixels that differ from the background, as sums over all that lies above and to the left. */
struct panel_ink {
    int width, height;
    uint32_t *sums; /* (width + 1) * (height + 1) */
};

/* The picture's luminance, one byte a pixel, in the arena. */
const unsigned char *panel_grey(struct arena *arena, const struct raster *raster);
/* The background's luminance as its border tells, or -1 when the border is of no one colour. */
int panel_background(const unsigned char *grey, int width, int height);
void panel_ink_read(struct panel_ink *ink, const unsigned char *grey, int background);
uint32_t panel_ink_count(const struct panel_ink *ink, struct panel_rect r);
/* The rectangle without its empty margins; false when all of it is empty. */
bool panel_ink_trim(const struct panel_ink *ink, struct panel_rect *r);

struct panel_gap {
    int from, until;
};

enum panel_axis { ACROSS /* rows of nothing: cuts into upper and lower */, DOWN /* columns */ };

/* The empty bands inside a rectangle that cross all of it, at most `max`, in order. */
size_t panel_ink_gaps(const struct panel_ink *ink, struct panel_rect r, enum panel_axis axis, struct panel_gap *gaps,
                      size_t max);

#endif

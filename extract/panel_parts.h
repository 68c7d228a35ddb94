/* panel_parts.h: ways to cut a picture into panels; used by panel_split.c only. Pixels of the raster throughout. */
#ifndef FIGMILL_EXTRACT_PANEL_PARTS_H
#define FIGMILL_EXTRACT_PANEL_PARTS_H

#include "extract/panel_ink.h"

enum { PARTS_MAX_SMALL = 240 };

struct panel_parts {
    struct panel_rect boxes[PANEL_MAX];
    size_t n;
    struct panel_rect small[PARTS_MAX_SMALL]; /* letters, titles, legends: what is too small to be a panel */
    size_t n_small;
};

/* Cuts at all bands of `across` rows or `down` columns and more. False when that gives more than `wanted` panels or
 * more small parts than can be kept. */
bool panel_parts_cut(const struct panel_ink *ink, int across, int down, size_t wanted, struct panel_parts *out);
/* Gives each small part to the nearest panel, unless that panel would then reach over another; one that stretches along
 * several panels above or below it (ticks, titles of columns) is divided between them where a gap lets it be. */
void panel_parts_absorb(struct panel_parts *p, const struct panel_ink *ink);

/* Cuts between letters until each part holds one. */
bool panel_cut_at_letters(const struct panel_ink *ink, const struct panel_rect *letters, size_t n,
                          struct panel_cut *out);

/* Cuts a mosaic without gaps into near-equal tiles where straight edges cross all of it. */
bool panel_cut_at_edges(struct arena *arena, const unsigned char *grey, int width, int height, size_t wanted,
                        struct panel_cut *out);

#endif

/* panel_split.h: where the panels of a compound figure lie on its picture.
 *
 * Nothing is learnt here: panels are told apart by what their authors drew. Where the panel letters are known (text of
 * a PDF), the picture is cut between them. Else it is cut at its homogeneous bands (recursive XY-cut: Nagy and Seth,
 * "Hierarchical representation of optically scanned documents", 1984), at whatever width of band gives as many panels
 * as the caption names; else, for mosaics of photographs, at long straight edges that make near-equal tiles (after
 * Taschwer and Marques, "Automatic separation of compound figures in scientific articles", 2016).
 *
 * Labels go along rows, unless the letters say otherwise: those of a PDF by their place, those that are part of a
 * picture by their number of holes (panel_glyph.h). Whoever is unsure keeps the figure whole: a wrong crop with a
 * panel's text is worse than none. */
#ifndef FIGMILL_EXTRACT_PANEL_SPLIT_H
#define FIGMILL_EXTRACT_PANEL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "extract/image_raster.h"
#include "extract/panel_caption.h"

enum panel_method { PANEL_NONE, PANEL_BY_LETTERS, PANEL_BY_IMAGES, PANEL_BY_BANDS, PANEL_BY_EDGES };

struct panel_rect { /* pixels, the right and lower side exclusive */
    int x0, y0, x1, y1;
};

struct panel_cut {
    enum panel_method method;
    double confidence;                  /* 0..1 */
    size_t n;                           /* boxes, in the order of the labels; 0: kept whole */
    struct panel_rect boxes[PANEL_MAX]; /* pixels of the picture itself */
};

/* What is known besides; places, which a PDF tells, in pixels of the raster. */
struct panel_hints {
    char first;                       /* the labels are 'A', 'B', ... or 'a', 'b', ...; 0: neither */
    const struct panel_rect *letters; /* that of panel i at [i], one for each panel; NULL: not known */
    const struct panel_rect *images;  /* raster images that the page draws there */
    size_t n_images;
};

/* Cuts a picture into `wanted` panels (2..PANEL_MAX). `hints` may be NULL. False, with out->n 0, when that is not
 * certain enough. Time is linear in the raster's pixels; memory is 4 bytes a pixel in the arena. */
bool panel_split(struct arena *arena, const struct raster *raster, size_t wanted, const struct panel_hints *hints,
                 struct panel_cut *out);

/* "letters", "images", "bands", "edges"; NULL for PANEL_NONE. */
const char *panel_method_name(enum panel_method method);

#endif

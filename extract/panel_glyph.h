/* panel_glyph.h: whether the letters printed beside the panels of a grid run along its rows or down its columns. No
 * letter is read: letters differ in the number of holes (A 1, B 2, C 0, D 1), and two orders can be told apart by that.
 * Used by panel_split.c only. */
#ifndef FIGMILL_EXTRACT_PANEL_GLYPH_H
#define FIGMILL_EXTRACT_PANEL_GLYPH_H

#include "base/arena.h"
#include "extract/panel_split.h"

/* `by_rows[i]` and `by_columns[i]` are the places, from 0, that boxes[i] has in the two orders; `first` is 'A' or 'a'.
 * 1: the letters found agree with rows, -1: with columns, 0: no letters found, or they fit both or neither. */
int panel_glyph_order(struct arena *arena, const unsigned char *grey, int width, int height, int background,
                      const struct panel_rect *boxes, const size_t *by_rows, const size_t *by_columns, size_t n,
                      char first);

#endif

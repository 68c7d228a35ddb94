/* panel_caption.h: the parts of a compound figure as its caption tells them: a preamble, and a text for each labelled
 * panel.
 *
 * A label is a letter, Roman number, digit or word of place in one of the forms that printers use: "(a)", "a)", "a.",
 * "a:", "A, ", a bold "A " (its weight is lost by now), "(a-c)", "(A, B)", "(a) and (b)", "A and B"; Latin, Roman,
 * Cyrillic, Greek, Arabic, Han, kana, Hangul and circled ones; "Left"/"Right"/"Top"/"Bottom" in some languages. It
 * stands in front of its text ("(a) Control; (b) treated") or behind it ("control (a) and treated (b)").
 *
 * Only a sequence without gap from its first member is believed: letters that a caption happens to hold for other
 * reasons hardly ever make one. "Panel A", "as in A" and "(A, inset)" refer to a panel and start none. */
#ifndef FIGMILL_EXTRACT_PANEL_CAPTION_H
#define FIGMILL_EXTRACT_PANEL_CAPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum {
    PANEL_MAX = 60,       /* panels of a figure; a caption that names more is not split */
    PANEL_MAX_LABEL = 40, /* bytes of a label */
};

struct panel_text {
    const char *label; /* without brackets: "A", "b", "B1", "iv"; of places in English: "left" */
    const char *text;  /* what is said of this panel alone; "" where nothing is */
};

enum panel_script { PANEL_LETTERS, PANEL_ROMAN, PANEL_DIGITS, PANEL_PLACES };

struct panel_caption {
    const char *preamble; /* what is said of all before the first panel, or "" */
    const char *common;   /* what is said of all behind or between the panels' texts, or "" */
    struct panel_text *panels;
    size_t n_panels; /* 2 or more */
    enum panel_script script;
    double confidence; /* 0..1 that these are the figure's panels */
};

/* Splits a cleaned caption (text_clean) of at most PANEL_MAX_CAPTION bytes. All strings of `out` are in the arena.
 * False, and nothing in `out`, when the caption names no panels. */
enum { PANEL_MAX_CAPTION = 64 * 1024 };
bool panel_caption_split(struct arena *arena, const char *text, size_t len, struct panel_caption *out);

/* The panel's text as it can stand alone: preamble, own text, common text. In the arena. */
const char *panel_caption_whole(struct arena *arena, const struct panel_caption *c, size_t panel);

#endif

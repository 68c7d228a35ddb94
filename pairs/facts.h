/* facts.h: what a model is told of a figure: its caption and the sentences that cite it, without what would lead it to
 * speak of a text: labels, numbers of figures, citations. */
#ifndef FIGMILL_PAIRS_FACTS_H
#define FIGMILL_PAIRS_FACTS_H

#include <stddef.h>

#include "base/str.h"

/* Appends the caption, cleaned (see text_clean) and without the label in front ("Figure 1.", "Fig. S2:"). */
void facts_caption(const char *caption, struct str *out);

/* Appends a sentence with "(Figure 3B)" and "[12, 13]" left out and "Figure 3B" turned into "the figure". */
void facts_sentence(const char *sentence, struct str *out);

/* Cuts to at most `max` bytes, behind a sentence where one ends in the second half, else behind a word. */
void facts_cut(struct str *text, size_t max);

#endif

/* pieces.h: a long text cut into pieces that a translator takes, of whole sentences where they fit. */
#ifndef FIGMILL_TRANSLATE_PIECES_H
#define FIGMILL_TRANSLATE_PIECES_H

#include <stddef.h>

#include "base/arena.h"

struct pieces {
    const char **items; /* the arena's */
    size_t n;
};

/* Pieces of at most `characters`; a sentence that is longer is cut at a space, or where it must. Joined by blanks they
 * are the text again, but for its own white space. */
void pieces_cut(const char *text, const char *language, int characters, struct arena *arena, struct pieces *out);

#endif

/* peek.h: what fetch has to know of an XML article before extract reads it: which pictures it names, under which
 * licence it is, whether it has a text at all. By the tolerant scanner of import_xml.h; nothing is parsed. */
#ifndef FIGMILL_INGEST_PEEK_H
#define FIGMILL_INGEST_PEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { PEEK_MAX_GRAPHICS = 1000 };

struct peek {
    bool body; /* it has a text, not front matter only */
    const char
        *license; /* as the article's own front matter states it, the recognisable form first; NULL: not at all */
    const char **graphics; /* hrefs of <graphic>, each once, in order; inline graphics are left out */
    size_t n;
};

/* JATS, NLM and BMC XML; of others only whether there is a body. */
void peek_article(const unsigned char *bytes, size_t len, struct arena *arena, struct peek *out);

#endif

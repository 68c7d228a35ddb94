/* feed.h: reads an Atom feed (arXiv, J-STAGE) with import_xml's scanner: every element with its text, in the order in
 * which they end. */
#ifndef FIGMILL_INGEST_FEED_H
#define FIGMILL_INGEST_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/import_xml.h"

struct feed_element {
    const char *path; /* local names below the root, with slashes: "entry/title", "entry/article_title/ja" */
    const struct xml_piece *start; /* its tag, for xml_attribute */
    const char *text;              /* clean, with that of its children (source_markup); NULL: none */
};
/* Called when an element ends, so an entry's children before "entry". Strings of the element are valid during the call
 * but for `text`, which lives in the arena. */
typedef void feed_fn(void *context, const struct feed_element *element);

/* ERR_FORMAT: no feed ("an HTML page instead of an Atom feed"), or one that is cut. `title` is the service's. */
bool feed_read(const char *title, const char *body, size_t len, struct arena *arena, feed_fn *each, void *context,
               struct err *e);

#endif

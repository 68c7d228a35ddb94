/* search_ask.h: a page of a search is asked for, with the source's key where there is one. */
#ifndef FIGMILL_INGEST_SEARCH_ASK_H
#define FIGMILL_INGEST_SEARCH_ASK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/crawl.h"
#include "ingest/source.h"

/* The arguments but the last two are those of source->ask; `done` is called with `context`. False: the source has no
 * words for it; nothing is asked. */
bool search_ask(struct crawl *crawl, const struct source *source, const struct query *q, const char *cursor, int size,
                struct arena *arena, crawl_done_fn *done, void *context, struct err *e);

#endif

/* import_ids.h: the identifiers that an XML article states about itself, found by a bounded scan of its front. */
#ifndef FIGMILL_INGEST_IMPORT_IDS_H
#define FIGMILL_INGEST_IMPORT_IDS_H

#include <stddef.h>

#include "ingest/import_kind.h"

/* Bytes of a document that are looked at. Front matter with a thousand affiliations still fits. */
enum { IDS_HEAD = 1 << 20, IDS_SIZE = 256 };

struct import_ids {
    char doi[IDS_SIZE], pmcid[IDS_SIZE], pmid[IDS_SIZE]; /* as stated; "" where nothing is said */
};

/* JATS: article-id within the article's own article-meta, not those of its sub-articles, related articles or
 * references. BMC: pubid within fm. TEI: idno within teiHeader. Other kinds: nothing, extract reads theirs. */
void ids_of(enum kind kind, const unsigned char *head, size_t len, struct import_ids *out);

#endif

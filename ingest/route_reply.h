/* route_reply.h: what a reply says that is no file of the article, in the words in which route_next reads it again out
 * of fetch.result. Pure: bytes in, JSON out.
 *
 *   versions   {"highest": 2, "token": of the listing's next page}
 *   metadata   {"license", "retracted", "manuscript", "doi", "pmid", "xml": FILE, "pdf": FILE, "media": [FILE]}
 *              FILE: {"url", "md5"}
 *   record     {"doi", "pmcid", "pmid", "license", "retracted", "files": [{"url", "kind", "license", "version"}]};
 *              {} when the service knows no such work
 *   page       {"license", "files": [...]}
 *   article    {"license", "body", "graphics": ["F1.jpg", ...]}, of the XML's bytes
 *   given      {"kind": "pdf"} with what `page` or `article` say */
#ifndef FIGMILL_INGEST_ROUTE_REPLY_H
#define FIGMILL_INGEST_ROUTE_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct reply_bytes {
    const char *role, *route, *url; /* url: after redirects, for relative links */
    const char *source;             /* record: the name of the service; versions, metadata: the PMCID */
    int status;
    const char *content_type;
    const char *body;
    size_t len;
};

/* True for roles whose replies are read. */
bool reply_is_read(const char *role);
/* ERR_FORMAT: it is no such reply; ERR_TEMPORARY: it says "later". */
bool reply_read(const struct reply_bytes *reply, struct arena *arena, const char **result, struct err *e);

#endif

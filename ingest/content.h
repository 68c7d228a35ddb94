/* content.h: whether a reply's body is what was asked for, judged by its bytes. Servers send a challenge or a login
 * page with status 200 where a PDF should be, half a file, an error in XML: none of these may become a document. */
#ifndef FIGMILL_INGEST_CONTENT_H
#define FIGMILL_INGEST_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum content_want {
    CONTENT_ANY,
    CONTENT_JSON,    /* an object or a list, from its first byte to its last */
    CONTENT_DATA,    /* CONTENT_JSON or CONTENT_XML: a service that may answer in either */
    CONTENT_XML,     /* a root element that is closed at the end; no HTML */
    CONTENT_ARTICLE, /* CONTENT_XML, and an article's root (import_kind.h: JATS, BMC, TEI, ...) with a body or front */
    CONTENT_HTML,    /* a page that is no challenge, login, consent or error page */
    CONTENT_PDF,     /* %PDF- within the first 1,024 bytes, %%EOF and startxref within the last 2,048 */
    CONTENT_IMAGE,   /* one of the image formats that import takes, by its magic; JPEG and PNG with their end */
    CONTENT_TEXT,    /* no NUL, no HTML page (robots.txt) */
};

/* The first and the last bytes of a body, as far as there are any; they may overlap. */
enum { CONTENT_HEAD = 128 * 1024, CONTENT_TAIL = 2048 };
struct content {
    const unsigned char *head, *tail;
    size_t head_len, tail_len;
    uint64_t bytes;            /* of the whole */
    const char *declared_type; /* Content-Type, or NULL: only told in errors, never believed */
};

/* ERR_FORMAT says what it is instead ("an HTML page (Cloudflare challenge) instead of a PDF", "PDF without an end: cut
 * at 81,920 bytes"). *media_type is static, by the bytes; NULL where it is not known. */
bool content_check(enum content_want want, const struct content *c, const char **media_type, struct err *e);

#endif

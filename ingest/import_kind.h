/* import_kind.h: what a file is, by its first bytes and never by its name. */
#ifndef FIGMILL_INGEST_IMPORT_KIND_H
#define FIGMILL_INGEST_IMPORT_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Bytes that kind_of wants to see, where the file has as many: a long internal document type may stand in front of the
 * root element. KIND_FIRST is enough for nearly all. */
enum { KIND_FIRST = 4096, KIND_HEAD = 256 * 1024 };

enum kind {
    KIND_NONE, /* nothing that import takes */
    KIND_JATS,
    KIND_XML, /* an article in another XML format: BMC, TEI, DocBook */
    KIND_HTML,
    KIND_PDF,
    KIND_IMAGE,
    KIND_ARCHIVE
};

struct file_kind {
    enum kind kind;
    const char *media_type; /* static; NULL for KIND_NONE */
    bool undecided;         /* markup whose root element lies past the bytes seen */
    bool side_file;         /* KIND_NONE that needs no one's attention: a README, a table, a list of references */
    struct err why;         /* KIND_NONE: the reason, without the file's name */
};

/* `name` serves only to say what a refused file might be. */
void kind_of(const unsigned char *head, size_t len, const char *name, struct file_kind *out);

/* "jats", "xml", "html", "pdf" as in table document; NULL for other kinds. */
const char *kind_document(enum kind kind);

#endif

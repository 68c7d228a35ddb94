/* import_group.h: which files belong to one article.
 *
 * A folder is an article's when it holds one article: one XML document with its language versions and up to
 * GROUP_MAX_EXTRA other documents (its PDF under another name, supplements), or documents that all share one stem. All
 * images in it, and in folders within it that hold no documents, are that article's.
 *
 * A folder that holds more is split by file stem: each stem of an XML document, and each stem of another document that
 * is not such a stem's, is an article. A file belongs to the longest stem that it begins with ("a.pdf", "a-g001.jpg",
 * "a.es.pdf", "a_files/x.png" to "a.xml"); what begins with none forms a group without a document.
 *
 * What goes on behind a document's stem with a dot is no stem of its own: "a.kernel.xml", "a.s001.pdf" beside "a.xml".
 * A language code behind a stem ("paper.es.pdf", "paper-pt-BR.html") is no part of it where the plain stem, or the stem
 * with another language code, is there too. */
#ifndef FIGMILL_INGEST_IMPORT_GROUP_H
#define FIGMILL_INGEST_IMPORT_GROUP_H

#include <stddef.h>

#include "base/arena.h"
#include "ingest/import_kind.h"

enum { GROUP_MAX_EXTRA = 10 };

struct group_entry {
    const char *path; /* absolute, or within an archive */
    enum kind kind;
    void *file;      /* the caller's */
    const char *key; /* set here: "FOLDER/" for a whole folder, "FOLDER/STEM.*" for a part of one */
};

/* Sets the keys and sorts by key, then path. Keys lie in the arena. Archives are taken as files without a kind. */
void group_entries(struct group_entry *entries, size_t n, struct arena *arena);

/* The file's name within the folder of its group. */
const char *group_name(const char *key, const char *path);

#endif

/* source_case.h: recorded or written replies, given to an adapter's read. */
#ifndef FIGMILL_TESTS_UNIT_SOURCE_CASE_H
#define FIGMILL_TESTS_UNIT_SOURCE_CASE_H

#include "base/str.h"
#include "ingest/source.h"

/* One reply and what was read of it. Zeroed in front of its first use; case_end gives back what it holds. */
struct source_case {
    const struct source *source;
    const struct query *query; /* NULL: a work */
    struct arena arena;
    struct source_page page;
    struct source_request request;
    struct err e;
    bool ok;
};
void case_end(struct source_case *c);

/* Reads tests/replay/api/FILE as the answer with that status at `cursor`. Fails the test when there is no such file. */
bool case_read(struct source_case *c, const char *file, int status, const char *cursor);
/* The same with these bytes. */
bool case_read_bytes(struct source_case *c, const char *body, size_t len, int status, const char *cursor);
/* The URL (or, for a POST, the URL, a space and the form) that `ask` makes; fails the test when it refuses. */
const char *case_url(struct source_case *c, const char *cursor, int size);
/* The bytes of tests/replay/api/FILE, in the arena. */
const char *case_file(struct source_case *c, const char *file, size_t *len);

/* Fails the test unless the read failed with this kind, and words of it. */
void case_expect_error(const struct source_case *c, enum err_kind kind, const char *words);
void case_expect_fault(const struct source_case *c, size_t index, const char *place, const char *words);
void case_expect_file(const struct record *r, size_t index, const char *kind, const char *url, const char *license,
                      const char *version);
/* Every reply of the adapter that is not what it should be: HTML, nothing, cut at every hundredth byte, other JSON. */
void case_broken(struct source_case *c, const char *file, const char *cursor);

/* ../shared/corpus/api/FOLDER beside the source tree, where it is there: calls `each` with every file, sorted. False:
 * there is none. */
bool case_recorded(const char *folder,
                   void (*each)(struct source_case *c, const char *name, const char *body, size_t len),
                   struct source_case *c);

#endif

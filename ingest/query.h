/* query.h: one search of a topic profile, in a form that no service speaks, and what brings it into the form of each.
 *
 * A query is a conjunction of groups; a group matches where any of its terms stands. A term is a word or a phrase.
 * Or it is `raw`: text in one source's own syntax, for that source only. */
#ifndef FIGMILL_INGEST_QUERY_H
#define FIGMILL_INGEST_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { QUERY_MAX_GROUPS = 8, QUERY_MAX_TERMS = 200 };

struct query_group {
    const char *const *terms;
    size_t n;
};

struct query {
    const char *profile, *name; /* "ldrt", "joints-es": together with the source they name it */
    const char *language; /* BCP 47: the language of the terms, and of the articles where a source can tell; "" any */
    const struct query_group *groups;
    size_t n_groups;
    const char *raw;           /* or NULL */
    const char *since, *until; /* date of publication, "YYYY-MM-DD", both inclusive; NULL: open */
    const char *added_since; /* --since: added to or changed in the source since that day, where it can tell; or NULL */
    bool open_only;          /* ask for open-access works only, where a source can tell */
};

/* How a source writes queries. `quote` stands around terms of several words (all terms when quote_all). */
struct query_syntax {
    const char *and_word, *or_word;     /* " AND ", " OR " */
    const char *open, *close;           /* "(", ")" around a group of several terms */
    const char *term_open, *term_close; /* in front of and behind each term: "TITLE_ABS:", "[tiab]" */
    char quote;                         /* '"' */
    bool quote_all;
    const char *special; /* characters that a backslash must stand before; NULL: none, they become spaces */
};
/* Appends the groups in that syntax (or `raw` as it is). */
void query_write(const struct query *q, const struct query_syntax *syntax, struct str *out);

/* For sources that cannot search: whether the text (title, abstract) matches the groups, by text_fold_words; a term
 * matches at word boundaries (for scripts without spaces anywhere). A raw query matches everything. */
bool query_matches(const struct query *q, const char *text, size_t len);

/* Appends text percent-encoded for a URL's query (RFC 3986 unreserved characters stay). */
void query_escape(const char *text, struct str *out);
/* Appends "&name=value" ("?" where the text has none yet), escaped; nothing when value is NULL. */
void query_parameter(struct str *url, const char *name, const char *value);

#endif

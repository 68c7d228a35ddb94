/* profile.h: a topic profile: what a corpus is about, said once for all sources, in a YAML file that people write.
 * profiles/template.yaml is the manual of the format, this header that of the reader.
 *
 * Every scalar is taken as text: `no` is Norwegian. A key, a name or a value that is not known is an error, with the
 * file, line and column (both from 1) and what may stand there. Anchors and aliases serve to name a list of terms
 * twice; merge keys, tags and several documents in a file are refused. */
#ifndef FIGMILL_INGEST_PROFILE_H
#define FIGMILL_INGEST_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/query.h"
#include "ingest/source.h"
#include "stage/profile_find.h"

enum {
    PROFILE_MAX_QUERIES = 1000,
    PROFILE_MAX_TERM = 300,   /* bytes of a term */
    PROFILE_MAX_TEXT = 16384, /* bytes of any other text, raw queries too */
    PROFILE_MAX_NAME = 48,    /* bytes of the name of a profile or a query */
};

/* A query in one source's own syntax. */
struct profile_raw {
    const struct source *source;
    const char *text;
};

struct profile_query {
    const char *name;
    const char *language;             /* BCP 47; "": any */
    const struct query_group *groups; /* none: it is asked of the sources with a raw query only */
    size_t n_groups;
    const struct profile_raw *raw;
    size_t n_raw;
    const struct source *const *sources; /* that it is asked of */
    size_t n_sources;
};

enum profile_unknown { PROFILE_REFUSE, PROFILE_KEEP };
enum profile_access { PROFILE_OPEN, PROFILE_ANY };

struct profile {
    const char *path; /* of the file */
    const char *name, *title, *description;
    const char *since, *until;           /* dates of publication, "YYYY-MM-DD", inclusive; NULL: open */
    enum profile_access access;          /* PROFILE_OPEN: only open-access works, where a source can tell */
    const struct source *const *sources; /* of queries that name none */
    size_t n_sources;
    const char *const *licenses; /* that may be fetched, out of profile_licenses */
    size_t n_licenses;
    enum profile_unknown unknown;                   /* what becomes of works whose licence nobody states */
    uint64_t pdf_bytes, image_bytes, article_bytes; /* most of one PDF, one image, all files of an article */
    int64_t articles;                               /* most articles to fetch; 0: all */
    const char *const *languages;                   /* BCP 47: queries in others are left out; none: all */
    size_t n_languages;
    const char *glossary, *lexicon; /* paths of TSV files for later stages, which exist; or NULL */
    struct profile_query *queries;
    size_t n_queries;
};

/* The licences a profile may allow, as they are written in `licenses`: "CC0", "CC BY", ... Ends with NULL. */
extern const char *const profile_licenses[];

/* Reads a profile's text; `path` stands in errors, and glossary and lexicon lie in its folder. All lives in the arena.
 * ERR_USAGE: "FILE:LINE:COLUMN: what is wrong, and what is allowed there". */
bool profile_parse(const char *text, size_t len, const char *path, struct arena *arena, struct profile *out,
                   struct err *e);

/* Finds a profile (profile_find.h) and reads it. ERR_USAGE also when there is none, with those that there are. */
bool profile_load(const char *name_or_file, struct arena *arena, struct profile *out, struct err *e);

/* Whether the profile's languages take in this query. */
bool profile_wants(const struct profile *p, const struct profile_query *q);

/* The query as it is asked of that source. */
struct query profile_ask(const struct profile *p, const struct profile_query *q, const struct source *source);

#endif

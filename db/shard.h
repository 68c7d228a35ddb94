/* shard.h: what the shard stage reads (candidates: the pairs that were kept, with all that a sample says of them) and
 * what it owns: tables article_split, release, shard and sample. */
#ifndef FIGMILL_DB_SHARD_H
#define FIGMILL_DB_SHARD_H

#include "base/arena.h"
#include "base/sha256.h"
#include "db/db.h"

/* A kept pair. Strings are NULL where the corpus has nothing. Nothing but the three ids depends on the order in which
 * the corpus was made. */
struct shard_candidate {
    int64_t pair_id, article_id;
    const char *split; /* the article's, once given: train or eval */

    const char *article_key, *document_sha256, *anchor;
    int panel; /* ordinal; -1: the whole figure */
    const char *panel_label, *kind;
    int ordinal;
    const char *language, *turns, *model, *prompt, *prompt_hash;
    bool has_score;
    double score;

    const char *figure_kind, *label;
    int page; /* 0: none */
    const char *image_sha256, *image_media_type;
    int width, height;
    const char *credit;
    const char *figure_drop; /* the figure is not used: why */

    const char *caption_source, *caption_language, *caption, *translation_method, *translation_model;
    const char *license, *license_url, *doi, *pmcid, *pmid, *title, *journal;
    int year; /* 0: unknown */
};

/* Calls `each` for every candidate, in the order of pair_id; strings are valid during the call. */
typedef bool shard_candidate_fn(void *context, const struct shard_candidate *c, struct err *e);
bool shard_candidates(struct db *db, shard_candidate_fn *each, void *context, struct err *e);
/* One of them, strings in the arena. ERR_TEMPORARY when it is no candidate any more: the corpus changed meanwhile. */
bool shard_candidate(struct db *db, int64_t pair_id, struct arena *arena, struct shard_candidate *out, struct err *e);
/* The hash of everything that candidates and funnel say, splits left out. */
bool shard_input_hash(struct db *db, char hash[SHA256_SIZE], struct err *e);

/* The funnel without the steps of releases. */
typedef bool shard_funnel_fn(void *context, const char *step, int64_t n);
bool shard_funnel(struct db *db, shard_funnel_fn *each, void *context, struct err *e);

/* Gives an article its split. ERR_TEMPORARY when it has the other one already, as when two releases are made at once:
 * the next attempt will see it. */
bool shard_give_split(struct db *db, int64_t article_id, const char *split, struct err *e);

struct release_row {
    int64_t id;
    const char *name, *path, *options, *manifest_sha256;
    int64_t samples;
};
/* Stores the release under its name and forgets the files and samples of its last state. */
bool release_store(struct db *db, struct release_row *r, struct err *e);
/* The release of that name; false without an error when there is none. */
bool release_lookup(struct db *db, const char *name, struct arena *arena, struct release_row *out, struct err *e);
/* The name of the release in that folder, or NULL. */
const char *release_in(struct db *db, const char *path, struct arena *arena, struct err *e);

struct shard_row {
    const char *name, *format, *split, *sha256;
    int64_t bytes, samples;
};
bool shard_store(struct db *db, int64_t release_id, const struct shard_row *r, struct err *e);
typedef bool shard_row_fn(void *context, const struct shard_row *r, struct err *e);
bool shard_each(struct db *db, int64_t release_id, shard_row_fn *each, void *context, struct err *e);

/* `shard`: the tar that holds the sample; NULL: the release has none. */
bool sample_store(struct db *db, int64_t release_id, int64_t pair_id, const char *key, const char *split,
                  const char *shard, struct err *e);

/* The queue holds at most the release that this run is about: options stand on the command line, so a task that an
 * interrupted run left cannot be done by another one. Its failed task becomes ready again; with `anew` a done one too.
 */
bool release_tasks_settle(struct db *db, const char *name, bool anew, struct err *e);

#endif

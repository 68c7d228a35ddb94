/* shard_manifest.h: what manifest.json says of a release. The manifest is written last: a folder without one is not
 * whole. */
#ifndef FIGMILL_PAIRS_SHARD_MANIFEST_H
#define FIGMILL_PAIRS_SHARD_MANIFEST_H

#include "pairs/shard.h"

/* Counts over the samples that went out. */
struct shard_stats {
    struct tally kinds, caption_languages, licenses;
    struct tally generators, translators; /* see tally_write_objects */
    uint64_t *images;                     /* the first 64 bits of each sample's image hash */
    size_t n_images, cap_images;
};

void shard_stats_add(struct shard_stats *s, const struct shard_candidate *c);
void shard_stats_release(struct shard_stats *s);

/* Appends manifest.json. */
bool shard_manifest_write(struct db *db, const struct shard_options *o, struct shard_result *r, struct shard_stats *s,
                          struct str *out, struct err *e);

#endif

/* shard.h: making a release: which pairs go in, into which split, in which order, and what the folder holds.
 *
 * Same corpus and options: same bytes, on any machine. So nothing that goes out depends on ids, times, hosts or paths,
 * and every order is one of hashes over contents. */
#ifndef FIGMILL_PAIRS_SHARD_H
#define FIGMILL_PAIRS_SHARD_H

#include <signal.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/shard.h"
#include "pairs/license.h"
#include "pairs/tally.h"

enum shard_split { SPLIT_TRAIN, SPLIT_EVAL, SPLITS };
extern const char *const shard_split_names[SPLITS];

struct shard_options {
    const char *name; /* of the release */
    const char *out;  /* absolute path of its folder */
    bool webdataset, llava;
    int64_t target;    /* most pairs of all splits; 0: no limit */
    int64_t eval_size; /* pairs in eval, reached within one article; -1: a twentieth of the pairs */
    int64_t seed;
    int64_t shard_bytes, shard_samples; /* of one tar */
    const char *license_text;
    struct license_list licenses;
};

/* The options that shape the bytes, as one line of canonical JSON. */
void shard_options_write(const struct shard_options *o, struct str *out);

/* One pair that goes out. */
struct shard_pick {
    int64_t pair_id, article_id;
    unsigned char order[16]; /* place among all, by hash */
    unsigned char split;     /* enum shard_split */
};

struct shard_selection {
    struct shard_pick *picks; /* train first, then eval, each in order */
    size_t n, by_split[SPLITS];
    struct tally excluded; /* kept pairs that do not go out: reason -> n */
};

/* ERR_FORMAT, with the reasons, when nothing is left. Release the selection in any case. */
bool shard_select(struct db *db, const struct shard_options *o, struct shard_selection *out, struct err *e);
void shard_selection_release(struct shard_selection *s);

/* What became of it: files, and the key of each pick. */
struct shard_file {
    const char *name, *format, *split; /* split "": the splits share it */
    char sha256[SHA256_SIZE];
    int64_t bytes, samples; /* samples 0: an image beside the JSON */
};
struct shard_result {
    struct shard_selection selection;
    struct shard_file *files;
    size_t n_files, cap_files;
    struct {
        const char *key, *tar;
    } * samples; /* as selection.picks */
    char manifest_sha256[SHA256_SIZE];
    const char *options; /* JSON */
};

/* Writes the whole release into OUT.partial, manifest last. The result lives in the arena (its selection is released by
 * shard_result_release). ERR_SYSTEM: disk; ERR_FORMAT: a blob is missing or damaged; ERR_ABORT: *stop >= 2. On failure
 * OUT.partial is removed. */
struct shard_result *shard_write(struct db *db, const struct shard_options *o, const volatile sig_atomic_t *stop,
                                 struct arena *arena, struct err *e);
void shard_result_release(struct shard_result *r);

/* Inside a transaction: the rows of article_split, release, shard and sample; then OUT.partial takes OUT's place. */
bool shard_commit(struct db *db, const struct shard_options *o, const struct shard_result *r, struct err *e);

/* True when OUT holds the release as it was stored: the manifest's hash and the size of each file. */
bool shard_is_whole(struct db *db, const struct release_row *release, struct err *e);

#endif

/* shard_format.h: the writers of a release's formats. To add one: a file of its own with these three functions, an
 * entry in shard_formats (shard_write.c), a flag in struct shard_options. */
#ifndef FIGMILL_PAIRS_SHARD_FORMAT_H
#define FIGMILL_PAIRS_SHARD_FORMAT_H

#include "pairs/shard.h"

/* A sample as the formats get it. */
struct shard_sample {
    const struct shard_candidate *pair;
    const char *key, *suffix; /* suffix of the image: jpg or png */
    enum shard_split split;
    const unsigned char *image;
    size_t image_len;
    const char *tar; /* webdataset sets it: the tar that took the sample; lives in the release's arena */
};

/* Where the formats write. */
struct shard_output {
    const struct shard_options *options;
    const char *folder;  /* OUT.partial */
    struct arena *arena; /* the release's */
    struct shard_result *result;
};
/* Notes a finished file. `name` is relative to the folder and lives in the arena. */
struct shard_file *shard_output_file(struct shard_output *o, const char *name, const char *format, const char *split,
                                     int64_t bytes, int64_t samples);

struct shard_format {
    const char *name;
    /* Never NULL. */
    void *(*open)(struct shard_output *o);
    /* Samples come in the order of the release: all of one split, then all of the next. */
    bool (*add)(void *self, struct shard_sample *s, struct err *e);
    /* With `keep`, finishes and notes the files; else gives up. Frees `self` in any case. */
    bool (*close)(void *self, bool keep, struct err *e);
};

/* webdataset/SPLIT-TYPE-NNNNNN.tar, members KEY.TYPE and KEY.json. Types (jpg, png) never share a tar, so that all
 * samples of a tar have the same members. */
extern const struct shard_format shard_webdataset;
/* llava/SPLIT.json (an array) and llava/images/ab/SHA256.TYPE; figures that are the same picture share the file. */
extern const struct shard_format shard_llava;

#endif

/* shard_webdataset.c: WebDataset tars (shard_format.h). */
#include "pairs/shard_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "pairs/shard_sample.h"
#include "pairs/tar.h"

enum { TYPES = 2 };
static const char *const types[TYPES] = {"jpg", "png"};

struct series { /* the tars of one split and type */
    struct tar *tar;
    const char *name; /* of the open one */
    int64_t samples;  /* in the open one */
    int number;       /* of the next one */
};

struct webdataset {
    struct shard_output *o;
    struct series series[SPLITS][TYPES];
    struct str json;
};

static void *webdataset_open(struct shard_output *o)
{
    struct webdataset *w = mem_new(sizeof *w);
    w->o = o;
    str_init(&w->json, 32 << 20);
    return w;
}

static bool close_tar(struct webdataset *w, struct series *s, enum shard_split split, struct err *e)
{
    char hash[SHA256_SIZE];
    uint64_t bytes;
    if (!s->tar)
        return true;
    struct tar *tar = s->tar;
    s->tar = NULL;
    if (!tar_close(tar, hash, &bytes, e))
        return false;
    struct shard_file *f =
        shard_output_file(w->o, s->name, "webdataset", shard_split_names[split], (int64_t)bytes, s->samples);
    memcpy(f->sha256, hash, sizeof hash);
    return true;
}

static bool open_tar(struct webdataset *w, struct series *s, enum shard_split split, int type, struct err *e)
{
    char *folder = mem_printf("%s/webdataset", w->o->folder);
    s->name =
        arena_printf(w->o->arena, "webdataset/%s-%s-%06d.tar", shard_split_names[split], types[type], s->number++);
    char *path = mem_printf("%s/%s", w->o->folder, s->name);
    s->samples = 0;
    s->tar = file_make_folder(folder, e) ? tar_create(path, e) : NULL;
    free(path);
    free(folder);
    return s->tar != NULL;
}

/* The open tar, or the next one when the sample would make it larger than asked for. */
static bool make_room(struct webdataset *w, struct series *s, enum shard_split split, int type, size_t len,
                      struct err *e)
{
    const struct shard_options *o = w->o->options;
    if (s->tar && (s->samples >= o->shard_samples || tar_size_with(s->tar, len) > (uint64_t)o->shard_bytes) &&
        !close_tar(w, s, split, e))
        return false;
    return s->tar || open_tar(w, s, split, type, e);
}

static bool webdataset_add(void *self, struct shard_sample *sample, struct err *e)
{
    struct webdataset *w = self;
    char image_name[SAMPLE_KEY_SIZE + 8], json_name[SAMPLE_KEY_SIZE + 8];
    int type = strcmp(sample->suffix, types[0]) == 0 ? 0 : 1;
    struct series *s = &w->series[sample->split][type];
    str_clear(&w->json);
    sample_json(sample->pair, sample->key, shard_split_names[sample->split], &w->json);
    str_add_char(&w->json, '\n');
    if (w->json.overflow)
        return err_set(e, ERR_LIMIT, "sample %s: its JSON is larger than %zu bytes", sample->key, w->json.max);
    snprintf(image_name, sizeof image_name, "%s.%s", sample->key, sample->suffix);
    snprintf(json_name, sizeof json_name, "%s.json", sample->key);
    if (!make_room(w, s, sample->split, type, sample->image_len + TAR_BLOCK + w->json.len, e) ||
        !tar_add(s->tar, image_name, sample->image, sample->image_len, e) ||
        !tar_add(s->tar, json_name, w->json.data, w->json.len, e))
        return false;
    s->samples++;
    sample->tar = s->name;
    return true;
}

static bool webdataset_close(void *self, bool keep, struct err *e)
{
    struct webdataset *w = self;
    bool ok = true;
    for (int split = 0; split < SPLITS; split++)
        for (int type = 0; type < TYPES; type++) {
            struct series *s = &w->series[split][type];
            if (keep && ok)
                ok = close_tar(w, s, (enum shard_split)split, e);
            else
                tar_drop(s->tar);
        }
    str_release(&w->json);
    free(w);
    return ok;
}

const struct shard_format shard_webdataset = {"webdataset", webdataset_open, webdataset_add, webdataset_close};

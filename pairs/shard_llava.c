/* shard_llava.c: LLaVA's JSON array and image folder (shard_format.h). */
#include "pairs/shard_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "pairs/shard_sample.h"

enum { BUFFER = 1 << 20, ROW_MAX = 32 << 20 };

struct llava {
    struct shard_output *o;
    int fd; /* of the split's JSON file; -1: none open */
    char *path;
    const char *name;
    enum shard_split split;
    struct sha256 *hash;
    int64_t bytes, samples;
    struct str buffer;
};

static void *llava_open(struct shard_output *o)
{
    struct llava *l = mem_new(sizeof *l);
    l->o = o;
    l->fd = -1;
    str_init(&l->buffer, BUFFER + ROW_MAX);
    return l;
}

static bool flush(struct llava *l, struct err *e)
{
    sha256_add(l->hash, l->buffer.data, l->buffer.len);
    l->bytes += (int64_t)l->buffer.len;
    bool ok = file_write_all(l->fd, l->path, l->buffer.data, l->buffer.len, e);
    str_clear(&l->buffer);
    return ok;
}

static bool open_json(struct llava *l, enum shard_split split, struct err *e)
{
    char *folder = mem_printf("%s/llava", l->o->folder);
    bool ok = file_make_folder(folder, e);
    free(folder);
    l->name = arena_printf(l->o->arena, "llava/%s.json", shard_split_names[split]);
    l->path = mem_printf("%s/%s", l->o->folder, l->name);
    l->fd = ok ? open(l->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
    if (ok && l->fd < 0)
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", l->path);
    l->hash = sha256_new();
    l->split = split;
    l->bytes = l->samples = 0;
    return l->fd >= 0;
}

static bool close_json(struct llava *l, bool keep, struct err *e)
{
    bool ok = keep;
    if (l->fd < 0)
        return true;
    if (keep) {
        str_add(&l->buffer, "\n]\n");
        ok = flush(l, e);
    }
    if (close(l->fd) != 0 && ok)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s", l->path);
    l->fd = -1;
    if (ok) {
        struct shard_file *f =
            shard_output_file(l->o, l->name, "llava", shard_split_names[l->split], l->bytes, l->samples);
        sha256_free(l->hash, f->sha256);
    } else {
        sha256_free(l->hash, NULL);
    }
    l->hash = NULL;
    free(l->path);
    l->path = NULL;
    return ok;
}

/* The picture under its hash, once. */
static bool write_image(struct llava *l, const struct shard_sample *s, const char *image, struct err *e)
{
    char *path = mem_printf("%s/llava/images/%s", l->o->folder, image), *slash = strrchr(path, '/');
    *slash = 0;
    bool ok = file_make_folder(path, e);
    *slash = '/';
    int fd = ok ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
    if (fd < 0) {
        if (ok && errno != EEXIST)
            ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
        goto out;
    }
    ok = file_write_all(fd, path, s->image, s->image_len, e);
    if (close(fd) != 0 && ok)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
    if (ok) {
        const char *name = arena_printf(l->o->arena, "llava/images/%s", image);
        struct shard_file *f = shard_output_file(l->o, name, "llava", "", (int64_t)s->image_len, 0);
        memcpy(f->sha256, s->pair->image_sha256, SHA256_HEX);
    }
out:
    free(path);
    return ok;
}

static bool llava_add(void *self, struct shard_sample *s, struct err *e)
{
    struct llava *l = self;
    if (l->fd >= 0 && l->split != s->split && !close_json(l, true, e))
        return false;
    if (l->fd < 0 && !open_json(l, s->split, e))
        return false;
    char *image = mem_printf("%.2s/%s.%s", s->pair->image_sha256, s->pair->image_sha256, s->suffix);
    str_add(&l->buffer, l->samples++ ? ",\n" : "[\n");
    sample_llava(s->pair, s->key, image, &l->buffer);
    bool ok = write_image(l, s, image, e);
    free(image);
    if (ok && l->buffer.overflow)
        ok = err_set(e, ERR_LIMIT, "sample %s: its row is larger than %d bytes", s->key, ROW_MAX);
    return ok && (l->buffer.len < BUFFER || flush(l, e));
}

static bool llava_close(void *self, bool keep, struct err *e)
{
    struct llava *l = self;
    bool ok = close_json(l, keep, e);
    sha256_free(l->hash, NULL);
    free(l->path);
    str_release(&l->buffer);
    free(l);
    return ok;
}

const struct shard_format shard_llava = {"llava", llava_open, llava_add, llava_close};

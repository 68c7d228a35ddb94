/* shard_write.c: writes a release (shard.h). */
#include "pairs/shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/blob.h"
#include "pairs/shard_folder.h"
#include "pairs/shard_format.h"
#include "pairs/shard_manifest.h"
#include "pairs/shard_sample.h"

enum { FORMATS_MAX = 2 };

struct writer {
    struct db *db;
    const struct shard_options *o;
    struct shard_output output;
    const struct shard_format *formats[FORMATS_MAX];
    void *open[FORMATS_MAX];
    size_t n_formats;
    struct shard_stats stats;
};

void shard_options_write(const struct shard_options *o, struct str *out)
{
    str_addf(out, "{\"eval_size\":%lld,\"format\":\"%s%s%s\",\"license\":", (long long)o->eval_size,
             o->webdataset ? "webdataset" : "", o->webdataset && o->llava ? "," : "", o->llava ? "llava" : "");
    json_quote(o->license_text, out);
    str_addf(out, ",\"seed\":%lld,\"shard_samples\":%lld,\"shard_size\":%lld,\"target\":%lld}", (long long)o->seed,
             (long long)o->shard_samples, (long long)o->shard_bytes, (long long)o->target);
}

struct shard_file *shard_output_file(struct shard_output *o, const char *name, const char *format, const char *split,
                                     int64_t bytes, int64_t samples)
{
    struct shard_result *r = o->result;
    ARENA_GROW(o->arena, r->files, r->n_files, r->cap_files);
    struct shard_file *f = &r->files[r->n_files++];
    *f = (struct shard_file){.name = name, .format = format, .split = split, .bytes = bytes, .samples = samples};
    return f;
}

/* The picture's bytes, proved to be what the corpus says. */
static bool map_image(struct db *db, const char *sha256, struct file_map *image, struct err *e)
{
    char hash[SHA256_SIZE];
    if (!blob_map(db->folder, sha256, image, e))
        return false;
    sha256_of(image->bytes, image->len, hash);
    if (strcmp(hash, sha256) == 0)
        return true;
    file_unmap(image);
    return err_set(e, ERR_FORMAT, "blob %s is damaged: `figmill verify --repair` re-queues what made it", sha256);
}

static bool write_one(struct writer *w, size_t i, struct arena *scratch, struct err *e)
{
    struct shard_result *r = w->output.result;
    const struct shard_pick *pick = &r->selection.picks[i];
    struct shard_candidate c;
    struct file_map image;
    char key[SAMPLE_KEY_SIZE];
    if (!shard_candidate(w->db, pick->pair_id, scratch, &c, e))
        return false;
    if (!c.image_sha256 || !sample_suffix(&c))
        return err_set(e, ERR_TEMPORARY, "a figure's picture went while the release was written");
    if (!map_image(w->db, c.image_sha256, &image, e))
        return false;
    sample_key(&c, key);
    struct shard_sample s = {.pair = &c,
                             .key = key,
                             .suffix = sample_suffix(&c),
                             .split = (enum shard_split)pick->split,
                             .image = image.bytes,
                             .image_len = image.len};
    bool ok = true;
    for (size_t f = 0; ok && f < w->n_formats; f++)
        ok = w->formats[f]->add(w->open[f], &s, e);
    r->samples[i].key = arena_strdup(w->output.arena, key);
    r->samples[i].tar = s.tar;
    shard_stats_add(&w->stats, &c);
    file_unmap(&image);
    return ok;
}

static bool write_all(struct writer *w, const volatile sig_atomic_t *stop, struct err *e)
{
    struct arena scratch = ARENA_INIT;
    bool ok = true;
    for (size_t i = 0; ok && i < w->output.result->selection.n; i++) {
        ok = *stop < 2 ? write_one(w, i, &scratch, e) : err_set(e, ERR_ABORT, "stopped");
        arena_release(&scratch);
    }
    return ok;
}

static void open_formats(struct writer *w)
{
    if (w->o->webdataset)
        w->formats[w->n_formats++] = &shard_webdataset;
    if (w->o->llava)
        w->formats[w->n_formats++] = &shard_llava;
    for (size_t f = 0; f < w->n_formats; f++)
        w->open[f] = w->formats[f]->open(&w->output);
}

static bool close_formats(struct writer *w, bool keep, struct err *e)
{
    bool ok = keep;
    for (size_t f = 0; f < w->n_formats; f++)
        ok = w->formats[f]->close(w->open[f], ok, ok ? e : NULL) && ok;
    return ok;
}

/* The manifest last, once all it names is on the disk. */
static bool write_manifest(struct writer *w, struct err *e)
{
    struct shard_result *r = w->output.result;
    struct str text = STR_INIT(1 << 30);
    char *path = mem_printf("%s/manifest.json", w->output.folder);
    bool ok = shard_manifest_write(w->db, w->o, r, &w->stats, &text, e) && shard_folder_sync(w->o->out, e) &&
              file_replace(path, text.data, text.len, e);
    sha256_of(text.data, text.len, r->manifest_sha256);
    free(path);
    str_release(&text);
    return ok;
}

struct shard_result *shard_write(struct db *db, const struct shard_options *o, const volatile sig_atomic_t *stop,
                                 struct arena *arena, struct err *e)
{
    struct shard_result *r = arena_new(arena, sizeof *r);
    struct writer w = {.db = db, .o = o};
    w.output = (struct shard_output){
        .options = o, .folder = arena_printf(arena, "%s.partial", o->out), .arena = arena, .result = r};
    struct str options = STR_INIT(4096);
    shard_options_write(o, &options);
    r->options = arena_strdup(arena, options.data);
    str_release(&options);
    bool ok = shard_select(db, o, &r->selection, e) && shard_folder_begin(o->out, e);
    if (ok) {
        r->samples = arena_array(arena, r->selection.n, sizeof *r->samples);
        open_formats(&w);
        ok = write_all(&w, stop, e);
        ok = close_formats(&w, ok, e) && write_manifest(&w, e);
    }
    shard_stats_release(&w.stats);
    if (ok)
        return r;
    shard_folder_abandon(o->out);
    shard_result_release(r);
    return NULL;
}

void shard_result_release(struct shard_result *r)
{
    shard_selection_release(&r->selection);
}

static bool give_splits(struct db *db, const struct shard_selection *s, struct err *e)
{
    int64_t last = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->picks[i].article_id != last) {
            last = s->picks[i].article_id;
            if (!shard_give_split(db, last, shard_split_names[s->picks[i].split], e))
                return false;
        }
    return true;
}

static bool store_rows(struct db *db, int64_t release_id, const struct shard_result *r, struct err *e)
{
    bool ok = true;
    for (size_t i = 0; ok && i < r->n_files; i++) {
        const struct shard_file *f = &r->files[i];
        if (f->samples)
            ok = shard_store(db, release_id,
                             &(struct shard_row){f->name, f->format, f->split, f->sha256, f->bytes, f->samples}, e);
    }
    for (size_t i = 0; ok && i < r->selection.n; i++) {
        const struct shard_pick *p = &r->selection.picks[i];
        ok = sample_store(db, release_id, p->pair_id, r->samples[i].key, shard_split_names[p->split], r->samples[i].tar,
                          e);
    }
    return ok;
}

bool shard_commit(struct db *db, const struct shard_options *o, const struct shard_result *r, struct err *e)
{
    struct release_row release = {.name = o->name,
                                  .path = o->out,
                                  .options = r->options,
                                  .manifest_sha256 = r->manifest_sha256,
                                  .samples = (int64_t)r->selection.n};
    return give_splits(db, &r->selection, e) && release_store(db, &release, e) && store_rows(db, release.id, r, e) &&
           shard_folder_place(o->out, e);
}

static bool has_size(void *context, const struct shard_row *r, struct err *e)
{
    const struct release_row *release = context;
    struct stat st;
    char *path = mem_printf("%s/%s", release->path, r->name);
    bool ok = stat(path, &st) == 0 && st.st_size == r->bytes;
    (void)e;
    free(path);
    return ok;
}

bool shard_is_whole(struct db *db, const struct release_row *release, struct err *e)
{
    struct file_map map;
    char hash[SHA256_SIZE], *path = mem_printf("%s/manifest.json", release->path);
    bool ok = file_map(path, SIZE_MAX, &map, NULL);
    if (ok) {
        sha256_of(map.bytes, map.len, hash);
        ok = strcmp(hash, release->manifest_sha256) == 0;
        file_unmap(&map);
    }
    free(path);
    return ok && shard_each(db, release->id, has_size, (void *)(uintptr_t)release, e);
}

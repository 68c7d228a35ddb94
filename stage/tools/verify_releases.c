/* verify_releases.c: a release's folder is what its manifest and the tables say (verify.h). */
#include "stage/tools/verify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "db/shard.h"
#include "db/verify.h"

enum { MANIFEST_MAX = 1 << 30 };

struct check {
    struct verify *v;
    const struct verify_release *release;
    const cJSON *files; /* of the manifest */
};

static void found(struct check *c, const char *code, const char *name, const char *what)
{
    verify_found(c->v, false, code, "release %s: %s%s%s: %s", c->release->name, c->release->path, *name ? "/" : "",
                 name, what);
    verify_remedy(c->v, REMEDY_REQUEUE, "shard", c->release->name);
}

static void check_file(struct check *c, const cJSON *file)
{
    const char *name = json_text(file, "name"), *sha256 = json_text(file, "sha256");
    struct file_map map;
    struct err e = {0};
    char hash[SHA256_SIZE];
    if (!name || !sha256) {
        found(c, "manifest", "manifest.json", "an entry of files has no name or hash");
        return;
    }
    char *path = mem_printf("%s/%s", c->release->path, name);
    c->v->files++;
    if (!file_map(path, SIZE_MAX, &map, &e)) {
        found(c, "release-file", name, "cannot be read");
    } else {
        if ((double)map.len != json_number(file, "bytes", -1))
            found(c, "release-file", name, "has another size than the manifest says");
        else if (!c->v->quick && (sha256_of(map.bytes, map.len, hash), strcmp(hash, sha256) != 0))
            found(c, "release-file", name, "has other bytes than the manifest says");
        file_unmap(&map);
    }
    free(path);
}

static const cJSON *file_named(const cJSON *files, const char *name)
{
    const cJSON *file;
    cJSON_ArrayForEach(file, files)
    {
        if (str_same(json_text(file, "name"), name))
            return file;
    }
    return NULL;
}

static bool check_row(void *context, const struct shard_row *r, struct err *e)
{
    struct check *c = context;
    const cJSON *file = file_named(c->files, r->name);
    (void)e;
    if (!file || !str_same(json_text(file, "sha256"), r->sha256) ||
        json_number(file, "bytes", -1) != (double)r->bytes || json_number(file, "samples", -1) != (double)r->samples)
        found(c, "release-rows", r->name, "table shard and manifest do not agree");
    return true;
}

/* The manifest, proved to be the one that was stored; NULL: a finding says why. */
static cJSON *load_manifest(struct check *c)
{
    struct file_map map;
    char hash[SHA256_SIZE], *path = mem_printf("%s/manifest.json", c->release->path);
    cJSON *manifest = NULL;
    if (!file_map(path, MANIFEST_MAX, &map, NULL)) {
        found(c, "release-missing", "", "the folder or its manifest is not there");
    } else {
        sha256_of(map.bytes, map.len, hash);
        if (strcmp(hash, c->release->manifest_sha256) != 0)
            found(c, "manifest", "manifest.json", "is not the one that was written");
        else if (!(manifest = json_parse((const char *)map.bytes, map.len, NULL)))
            found(c, "manifest", "manifest.json", "is no JSON");
        file_unmap(&map);
    }
    free(path);
    return manifest;
}

static bool check_release(void *context, const struct verify_release *r, struct err *e)
{
    struct verify *v = context;
    struct check c = {.v = v, .release = r};
    bool ok = true;
    const cJSON *file;
    v->releases++;
    cJSON *manifest = load_manifest(&c);
    if (!manifest)
        return true;
    c.files = json_member(manifest, "files");
    cJSON_ArrayForEach(file, c.files)
    {
        if (*v->stop) {
            ok = err_set(e, ERR_ABORT, "interrupted");
            break;
        }
        check_file(&c, file);
    }
    ok = ok && shard_each(v->db, r->id, check_row, &c, e);
    if (ok && (r->samples != r->sample_rows ||
               json_number(json_member(manifest, "counts"), "samples", -1) != (double)r->samples))
        found(&c, "release-rows", "", "tables release and sample and the manifest count samples differently");
    cJSON_Delete(manifest);
    return ok;
}

bool verify_check_releases(struct verify *v, struct err *e)
{
    return verify_releases(v->db, check_release, v, e);
}

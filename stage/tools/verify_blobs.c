/* verify_blobs.c: every blob that a row needs is there and is what its name says; the other way round, what lies in
 * blobs/ is needed (verify.h). */
#include "stage/tools/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/blob.h"
#include "db/verify.h"

/* What is wrong with the blob, in the arena; NULL: nothing. */
static const char *look_at(struct verify *v, const char *sha256, int64_t bytes, const char **code)
{
    char blob[BLOB_PATH_SIZE], hash[SHA256_SIZE];
    struct file_map map;
    struct err e = {0};
    blob_path(sha256, blob);
    char *path = mem_printf("%s/%s", v->db->folder, blob);
    const char *wrong = NULL;
    if (access(path, F_OK) != 0) {
        *code = "blob-missing";
        wrong = arena_printf(&v->arena, "%s is not there", blob);
    } else if (!file_map(path, SIZE_MAX, &map, &e)) {
        *code = "blob-unreadable";
        wrong = arena_strdup(&v->arena, e.text);
    } else {
        *code = "blob-damaged";
        v->blob_bytes += (int64_t)map.len;
        if (bytes >= 0 && map.len != (uint64_t)bytes)
            wrong = arena_printf(&v->arena, "%s has %zu bytes, not %lld", blob, map.len, (long long)bytes);
        else if (!v->quick && (sha256_of(map.bytes, map.len, hash), strcmp(hash, sha256) != 0))
            wrong = arena_printf(&v->arena, "%s has other bytes than its name says", blob);
        file_unmap(&map);
    }
    free(path);
    return wrong;
}

struct users {
    struct str text;
    bool lost; /* something needs it that no task makes again */
};

static void add_user(void *context, const char *what, const char *stage, const char *item)
{
    struct users *u = context;
    if (!strstr(u->text.data, what)) {
        str_add(&u->text, u->text.len ? "; " : "");
        str_add(&u->text, what);
    }
    if (stage)
        str_addf(&u->text, ", made by %s %s", stage, item);
    else
        u->lost = true;
}

static void add_requeue(void *context, const char *what, const char *stage, const char *item)
{
    (void)what;
    if (stage)
        verify_remedy(context, REMEDY_REQUEUE, stage, item);
}

static bool check_blob(void *context, const char *sha256, int64_t bytes, struct err *e)
{
    struct verify *v = context;
    const char *code = NULL;
    if (*v->stop)
        return err_set(e, ERR_ABORT, "interrupted");
    v->blobs++;
    const char *wrong = look_at(v, sha256, bytes, &code);
    if (!wrong)
        return true;
    struct users u = {.text = STR_INIT(1000)};
    bool ok = verify_blob_users(v->db, sha256, add_user, &u, e);
    verify_found(v, false, code, "%s: %s%s", wrong, u.text.data,
                 u.lost ? "; the corpus does not know where it came from: import the file with these bytes again" : "");
    str_release(&u.text);
    ok = ok && verify_blob_users(v->db, sha256, add_requeue, v, e);
    if (ok && v->findings[v->n - 1].remedy && strcmp(code, "blob-damaged") == 0)
        verify_remedy(v, REMEDY_ASIDE, sha256, NULL);
    return ok;
}

bool verify_check_blobs(struct verify *v, struct err *e)
{
    return verify_blobs(v->db, check_blob, v, e);
}

/* Leftovers. */

static bool to_bytes(const char *hex, unsigned char out[VERIFY_HASH])
{
    if (!sha256_is_hex(hex))
        return false;
    for (int i = 0; i < VERIFY_HASH; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
    return true;
}

static void add_known(void *context, const char *sha256)
{
    struct verify_known *k = context;
    unsigned char bytes[VERIFY_HASH];
    if (!to_bytes(sha256, bytes))
        return;
    MEM_GROW(k->hashes, k->n, k->cap);
    memcpy(k->hashes[k->n++], bytes, VERIFY_HASH);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, VERIFY_HASH);
}

bool verify_known_load(struct verify_known *k, struct db *db, struct err *e)
{
    *k = (struct verify_known){0};
    bool ok = verify_named_hashes(db, add_known, k, e);
    if (k->n)
        qsort(k->hashes, k->n, VERIFY_HASH, by_bytes);
    return ok;
}

bool verify_known_has(const struct verify_known *k, const char *sha256)
{
    unsigned char bytes[VERIFY_HASH];
    return k->n && to_bytes(sha256, bytes) && bsearch(bytes, k->hashes, k->n, VERIFY_HASH, by_bytes);
}

void verify_known_release(struct verify_known *k)
{
    free(k->hashes);
    *k = (struct verify_known){0};
}

static void check_entry(struct verify *v, const struct verify_known *k, const char *prefix, const char *name)
{
    char *path = mem_printf("%s/blobs/%s%s%s", v->db->folder, prefix, *prefix ? "/" : "", name);
    char *hash = mem_printf("%s%s", prefix, name);
    if (str_starts(name, "tmp-") || str_ends(name, ".tmp")) {
        verify_found(v, true, "temp-file", "%s: a write that was cut off", path);
        verify_remedy(v, REMEDY_REMOVE, path, NULL);
    } else if (!sha256_is_hex(hash)) {
        verify_found(v, true, "foreign-file", "%s: not a blob; figmill leaves it alone", path);
    } else if (!verify_known_has(k, hash)) {
        verify_found(v, true, "orphan", "%s: no row names this blob", path);
        verify_remedy(v, REMEDY_REMOVE, path, hash);
    }
    free(hash);
    free(path);
}

static bool walk(struct verify *v, const struct verify_known *k, const char *prefix, struct err *e)
{
    char *folder = mem_printf("%s/blobs/%s", v->db->folder, prefix);
    DIR *d = opendir(folder);
    bool ok = d || errno == ENOENT || err_errno(e, ERR_SYSTEM, errno, "cannot read %s", folder);
    struct dirent *entry;
    while (d && ok && (entry = readdir(d))) {
        if (entry->d_name[0] == '.')
            continue;
        if (!*prefix && strlen(entry->d_name) == 2)
            ok = !*v->stop ? walk(v, k, entry->d_name, e) : err_set(e, ERR_ABORT, "interrupted");
        else
            check_entry(v, k, prefix, entry->d_name);
    }
    if (d)
        closedir(d);
    free(folder);
    return ok;
}

bool verify_check_leftovers(struct verify *v, struct err *e)
{
    struct verify_known k;
    bool ok = verify_known_load(&k, v->db, e) && walk(v, &k, "", e);
    verify_known_release(&k);
    return ok;
}

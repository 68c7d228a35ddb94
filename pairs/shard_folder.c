/* shard_folder.c: see shard_folder.h. */
#include "pairs/shard_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

enum { MANIFEST_MAX = 1 << 30 };

static bool is_empty_or_missing(const char *path)
{
    bool empty = true;
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT;
    for (struct dirent *entry; empty && (entry = readdir(d));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(d);
    return empty;
}

/* The manifest of the release in that folder, or NULL. */
static cJSON *manifest_of(const char *folder)
{
    struct file_map map;
    char *path = mem_printf("%s/manifest.json", folder);
    cJSON *manifest = NULL;
    if (file_map(path, MANIFEST_MAX, &map, NULL)) {
        manifest = json_parse((const char *)map.bytes, map.len, NULL);
        file_unmap(&map);
    }
    free(path);
    if (manifest && !json_text(manifest, "figmill")) {
        cJSON_Delete(manifest);
        return NULL;
    }
    return manifest;
}

bool shard_folder_check(const char *out, struct err *e)
{
    if (is_empty_or_missing(out))
        return true;
    cJSON *manifest = manifest_of(out);
    cJSON_Delete(manifest);
    return manifest || err_set(e, ERR_USAGE,
                               "%s holds something that is no release of figmill's: give --out another "
                               "folder, or empty it",
                               out);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

bool shard_folder_begin(const char *out, struct err *e)
{
    char *partial = mem_printf("%s.partial", out);
    remove_tree(partial);
    bool ok = file_make_folder(partial, e);
    free(partial);
    return ok;
}

void shard_folder_abandon(const char *out)
{
    char *partial = mem_printf("%s.partial", out);
    remove_tree(partial);
    free(partial);
}

bool shard_folder_sync(const char *out, struct err *e)
{
    char *partial = mem_printf("%s.partial", out);
    int fd = open(partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && syncfs(fd) == 0;
    if (!ok)
        err_errno(e, ERR_SYSTEM, errno, "cannot sync %s", partial);
    if (fd >= 0)
        close(fd);
    free(partial);
    return ok;
}

/* Relative, and no way out of the folder. */
static bool is_inside(const char *name)
{
    return name && *name && *name != '/' && strcmp(name, "..") != 0 && !str_starts(name, "../") &&
           !strstr(name, "/../") && !str_ends(name, "/..");
}

/* Removes a file and then the folders above it that are empty now, down to the release's own. */
static void remove_listed(const char *folder, const char *name)
{
    char *path = mem_printf("%s/%s", folder, name);
    unlink(path);
    for (char *slash = strrchr(path, '/'); slash && (size_t)(slash - path) > strlen(folder);
         slash = strrchr(path, '/')) {
        *slash = 0;
        if (rmdir(path) != 0)
            break;
    }
    free(path);
}

/* Removes what the old release's manifest names. False when something else is left. */
static bool remove_release(const char *folder)
{
    cJSON *manifest = manifest_of(folder);
    const cJSON *file;
    cJSON_ArrayForEach(file, json_member(manifest, "files"))
    {
        const char *name = json_text(file, "name");
        if (is_inside(name))
            remove_listed(folder, name);
    }
    if (manifest)
        remove_listed(folder, "manifest.json");
    cJSON_Delete(manifest);
    return rmdir(folder) == 0 || errno == ENOENT;
}

/* Swaps both names, or moves the new one where there is no old one. Where the file system cannot swap, the old one
 * steps aside first. */
static bool swap(const char *partial, const char *out, struct err *e)
{
    if (renameat2(AT_FDCWD, partial, AT_FDCWD, out, RENAME_EXCHANGE) == 0)
        return true;
    bool ok;
    if (errno == ENOENT) {
        ok = rename(partial, out) == 0;
    } else {
        char *aside = mem_printf("%s.aside", out);
        ok = rename(out, aside) == 0 && rename(partial, out) == 0 && rename(aside, partial) == 0;
        free(aside);
    }
    return ok || err_errno(e, ERR_SYSTEM, errno, "cannot put %s in place", out);
}

static bool sync_parent(const char *path, struct err *e)
{
    char *parent = mem_strdup(path), *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = 0;
    int fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        err_errno(e, ERR_SYSTEM, errno, "cannot sync folder %s", parent);
    if (fd >= 0)
        close(fd);
    free(parent);
    return ok;
}

bool shard_folder_place(const char *out, struct err *e)
{
    char *partial = mem_printf("%s.partial", out), *old = mem_printf("%s.old", out);
    bool ok = swap(partial, out, e) && sync_parent(out, e);
    if (ok && !remove_release(partial)) {
        if (rename(partial, old) == 0)
            log_warn("the old %s held files of others: kept as %s", out, old);
        else
            log_warn("the old %s held files of others: kept as %s (there is a %s already)", out, partial, old);
    }
    free(partial);
    free(old);
    return ok;
}

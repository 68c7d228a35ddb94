#include "stage/profile_find.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

/* Relative to the program's folder. */
static const char *const places[] = {"profiles", "../ingest/profiles", "../share/figmill/profiles"};
enum { PLACES = sizeof places / sizeof *places, NAMES_MAX = 400 };

/* Appends the names of the profiles in a folder. */
static void add_names(const char *folder, struct str *out)
{
    DIR *d = opendir(folder);
    const struct dirent *entry;
    while (d && (entry = readdir(d)))
        if (str_ends(entry->d_name, ".yaml"))
            str_addf(out, "%s%.*s", out->len ? ", " : "", (int)(strlen(entry->d_name) - 5), entry->d_name);
    if (d)
        closedir(d);
}

static const char *find_named(const char *name, struct arena *arena, struct err *e)
{
    char folder[PATH_MAX];
    struct str names = STR_INIT(NAMES_MAX);
    const char *path = NULL;
    bool known = file_own_folder(folder, sizeof folder);
    for (int i = 0; known && !path && i < PLACES; i++) {
        const char *place = arena_printf(arena, "%s/%s", folder, places[i]);
        path = arena_printf(arena, "%s/%s.yaml", place, name);
        if (access(path, F_OK) != 0)
            path = NULL;
        /* The folder of ingest/ is reached in two ways there: once is enough. */
        if (!names.len)
            add_names(place, &names);
    }
    if (!path) {
        path = arena_printf(arena, "./%s.yaml", name);
        if (access(path, F_OK) != 0)
            path = NULL;
    }
    if (!path)
        err_set(e, ERR_USAGE, "there is no profile '%.60s': figmill brings %s; for one of your own, name its file",
                name, names.len ? names.data : "none");
    str_release(&names);
    return path;
}

const char *profile_find(const char *name_or_file, struct arena *arena, struct err *e)
{
    bool is_path = strchr(name_or_file, '/') || str_ends(name_or_file, ".yaml") || str_ends(name_or_file, ".yml");
    return is_path ? name_or_file : find_named(name_or_file, arena, e);
}

bool profile_map(const char *name_or_file, struct arena *arena, const char **path, struct file_map *out, struct err *e)
{
    *path = profile_find(name_or_file, arena, e);
    if (!*path)
        return false;
    if (file_map(*path, PROFILE_MAX_BYTES, out, e))
        return true;
    if (e && (e->kind == ERR_FORMAT || e->kind == ERR_LIMIT))
        e->kind = ERR_USAGE;
    return false;
}

/* import_walk.c: see import_walk.h. */
#include "ingest/import_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* A hash set of folders by device and inode. */
struct walk_seen {
    struct folder_id {
        dev_t device;
        ino_t inode; /* 0: free place */
    } * places;
    size_t n, cap;
};

static struct folder_id *place_of(const struct walk_seen *s, struct folder_id id)
{
    uint64_t hash = ((uint64_t)id.inode * 0x9e3779b97f4a7c15u) ^ ((uint64_t)id.device << 7);
    for (size_t i = (size_t)(hash >> 20) & (s->cap - 1);; i = (i + 1) & (s->cap - 1))
        if (!s->places[i].inode || (s->places[i].inode == id.inode && s->places[i].device == id.device))
            return &s->places[i];
}

/* True when the folder was there already. */
static bool seen_before(struct walk *w, const struct stat *st)
{
    struct folder_id id = {st->st_dev, st->st_ino};
    if (!w->seen)
        w->seen = mem_new(sizeof *w->seen);
    struct walk_seen *s = w->seen;
    if (2 * s->n >= s->cap) {
        struct walk_seen bigger = {.cap = s->cap ? 2 * s->cap : 1024, .n = s->n};
        bigger.places = mem_array(bigger.cap, sizeof *bigger.places);
        for (size_t i = 0; i < s->cap; i++)
            if (s->places[i].inode)
                *place_of(&bigger, s->places[i]) = s->places[i];
        free(s->places);
        *s = bigger;
    }
    struct folder_id *place = place_of(s, id);
    if (place->inode)
        return true;
    *place = id;
    s->n++;
    return false;
}

void walk_release(struct walk *w)
{
    if (w->seen)
        free(w->seen->places);
    free(w->seen);
    arena_release(&w->arena);
    *w = (struct walk){.stop = w->stop};
}

static void add(struct walk *w, const char *path, const struct stat *st, enum kind kind)
{
    struct walk_file *file = arena_new(&w->arena, sizeof *file);
    *file = (struct walk_file){-1, -1};
    if (st)
        *file = (struct walk_file){st->st_size, st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec};
    ARENA_GROW(&w->arena, w->entries, w->n, w->cap);
    w->entries[w->n++] = (struct group_entry){.path = arena_strdup(&w->arena, path), .kind = kind, .file = file};
}

/* The kind by the file's first bytes; more of them when a long document type stands in front. */
static enum kind look(const char *path)
{
    unsigned char first[KIND_FIRST];
    struct file_kind kind = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd >= 0 ? read(fd, first, sizeof first) : -1;
    if (n > 0)
        kind_of(first, (size_t)n, path, &kind);
    if (kind.undecided && n == sizeof first) {
        unsigned char *head = mem_new(KIND_HEAD);
        n = pread(fd, head, KIND_HEAD, 0);
        if (n > 0)
            kind_of(head, (size_t)n, path, &kind);
        free(head);
    }
    if (fd >= 0)
        close(fd);
    return kind.kind;
}

static bool walk_folder(struct walk *w, const char *path, int depth, struct err *e);

static bool walk_entry(struct walk *w, const char *path, int depth, struct err *e)
{
    struct stat st;
    if (w->stop && *w->stop)
        return err_set(e, ERR_ABORT, "stopped while looking at %s", path);
    if (stat(path, &st) != 0) {
        add(w, path, NULL, KIND_NONE);
        return true;
    }
    if (S_ISDIR(st.st_mode))
        return seen_before(w, &st) || walk_folder(w, path, depth, e);
    add(w, path, &st, S_ISREG(st.st_mode) ? look(path) : KIND_NONE);
    return true;
}

static bool walk_folder(struct walk *w, const char *path, int depth, struct err *e)
{
    DIR *folder = depth < WALK_MAX_DEPTH ? opendir(path) : NULL;
    bool ok = true;
    if (!folder) {
        add(w, path, NULL, KIND_NONE);
        return true;
    }
    for (struct dirent *d; ok && (d = readdir(folder));) {
        char inner[PATH_MAX];
        if (d->d_name[0] == '.')
            continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path[1] ? path : "", d->d_name) >= (int)sizeof inner)
            add(w, path, NULL, KIND_NONE);
        else
            ok = walk_entry(w, inner, depth + 1, e);
    }
    closedir(folder);
    return ok;
}

/* The path from the root on, links in its folders resolved; the last part of a file's keeps its own name, since links
 * often lead to stores that name files by a hash. */
static bool absolute(const char *path, char out[PATH_MAX])
{
    struct stat st;
    char folder[PATH_MAX], real[PATH_MAX];
    size_t len = strlen(path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return realpath(path, out) != NULL;
    const char *slash = memrchr(path, '/', len);
    if (!len || path[len - 1] == '/' || len >= sizeof folder)
        return false;
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash == path ? 1 : slash - path), path);
    const char *base = slash ? slash + 1 : path;
    return realpath(slash ? folder : ".", real) &&
           snprintf(out, PATH_MAX, "%s/%s", real[1] ? real : "", base) < PATH_MAX;
}

bool walk_path(struct walk *w, const char *path, bool must_exist, struct err *e)
{
    char full[PATH_MAX];
    struct stat st;
    if (must_exist && lstat(path, &st) != 0)
        return err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
    if (absolute(path, full))
        return walk_entry(w, full, 0, e);
    add(w, path, NULL, KIND_NONE);
    return true;
}

/* Reads up to the next newline, NUL or the end. False at the end; *fits turns false for a line that is too long. */
static bool next_line(FILE *f, char line[PATH_MAX], bool *fits)
{
    size_t n = 0;
    int c;
    *fits = true;
    while ((c = getc(f)) != EOF && c != '\n' && c) {
        if (n + 1 < PATH_MAX)
            line[n++] = (char)c;
        else
            *fits = false;
    }
    if (n && line[n - 1] == '\r')
        n--;
    line[n] = 0;
    return c != EOF || n;
}

bool walk_list(struct walk *w, const char *file, struct err *e)
{
    bool from_stdin = strcmp(file, "-") == 0, ok = true, fits;
    FILE *f = from_stdin ? stdin : fopen(file, "re");
    char line[PATH_MAX];
    if (!f)
        return err_set(e, ERR_USAGE, "--list %s: %s", file, strerror(errno));
    for (long number = 1; ok && next_line(f, line, &fits); number++) {
        if (!fits)
            ok = err_set(e, ERR_USAGE, "--list %s: line %ld is longer than a path can be", file, number);
        else if (*line)
            ok = walk_path(w, line, false, e);
    }
    if (ok && ferror(f))
        ok = err_set(e, ERR_USAGE, "--list %s: %s", file, strerror(errno));
    if (!from_stdin)
        fclose(f);
    return ok;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct group_entry *)a)->path, ((const struct group_entry *)b)->path);
}

void walk_unique(struct walk *w)
{
    size_t kept = 0;
    if (w->n)
        qsort(w->entries, w->n, sizeof *w->entries, by_path);
    for (size_t i = 0; i < w->n; i++)
        if (!kept || strcmp(w->entries[kept - 1].path, w->entries[i].path) != 0)
            w->entries[kept++] = w->entries[i];
    w->n = kept;
}

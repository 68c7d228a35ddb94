/* blob.c: see blob.h. */
#include "db/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

void blob_path(const char *sha256, char out[BLOB_PATH_SIZE])
{
    snprintf(out, BLOB_PATH_SIZE, "blobs/%.2s/%.62s", sha256, sha256 + 2);
}

static bool full_path(const char *corpus, const char *sha256, char out[PATH_MAX], struct err *e)
{
    char relative[BLOB_PATH_SIZE];
    blob_path(sha256, relative);
    return snprintf(out, PATH_MAX, "%s/%s", corpus, relative) < PATH_MAX ||
           err_set(e, ERR_SYSTEM, "the corpus's path is too long: %.80s...", corpus);
}

/* True when the blob is there with the right size: a power cut may have left it short. */
static bool is_there(const char *path, uint64_t len)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == len;
}

/* Opens the n-th temp file of this process; -1 (EEXIST: there is one) and errno on failure. */
static int create_temp(const char *corpus, unsigned n, char path[PATH_MAX])
{
    if (snprintf(path, PATH_MAX, "%s/blobs/tmp-%ld-%u", corpus, (long)getpid(), n) < PATH_MAX)
        return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    errno = ENAMETOOLONG;
    return -1;
}

/* Creates a temp file of a name of its own, which is given back, and the folder around it when it is missing. A process
 * has few at once, so the first free number is found soon. */
static int open_temp(const char *corpus, char path[PATH_MAX], struct err *e)
{
    char folder[PATH_MAX];
    unsigned n = 0;
    int fd = create_temp(corpus, n, path);
    if (fd < 0 && errno == ENOENT && snprintf(folder, sizeof folder, "%s/blobs", corpus) < PATH_MAX) {
        if (!file_make_folder(folder, e))
            return -1;
        fd = create_temp(corpus, n, path);
    }
    while (fd < 0 && errno == EEXIST)
        fd = create_temp(corpus, ++n, path);
    if (fd < 0)
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
    return fd;
}

static bool close_temp(int fd, const char *path, struct err *e)
{
    return close(fd) == 0 || err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
}

/* Moves the temp file to its place; the folder is made when it is missing, which happens 256 times a corpus. */
static bool move_in(const char *temp, char path[PATH_MAX], struct err *e)
{
    if (rename(temp, path) == 0)
        return true;
    if (errno == ENOENT) {
        char *slash = strrchr(path, '/');
        *slash = 0;
        bool ok = file_make_folder(path, e);
        *slash = '/';
        if (!ok)
            return false;
        if (rename(temp, path) == 0)
            return true;
    }
    return err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
}

bool blob_write(const char *corpus, const void *bytes, size_t len, char sha256[SHA256_SIZE], struct err *e)
{
    char path[PATH_MAX], temp[PATH_MAX];
    sha256_of(bytes, len, sha256);
    if (!full_path(corpus, sha256, path, e))
        return false;
    if (is_there(path, len))
        return true;
    int fd = open_temp(corpus, temp, e);
    if (fd < 0)
        return false;
    bool ok = file_write_all(fd, temp, bytes, len, e);
    ok = close_temp(fd, temp, ok ? e : NULL) && ok && move_in(temp, path, e);
    if (!ok)
        unlink(temp);
    return ok;
}

enum { HEAD_KEPT = 32 << 10 /* of a writer that waits for its next blob */ };

struct blob_writer {
    char *corpus;
    unsigned char *head;
    size_t head_len, head_cap, head_max;
    uint64_t size;
    int fd;                /* of the temp file, once the head is full; else -1 */
    struct sha256 *sha256; /* beside fd */
    char temp[PATH_MAX];
};

struct blob_writer *blob_writer_new(const char *corpus, size_t head_max)
{
    struct blob_writer *w = mem_new(sizeof *w);
    w->corpus = mem_strdup(corpus);
    w->head_max = head_max;
    w->fd = -1;
    return w;
}

void blob_writer_clear(struct blob_writer *w)
{
    if (w->fd >= 0) {
        close(w->fd);
        unlink(w->temp);
        sha256_free(w->sha256, NULL);
    }
    w->fd = -1;
    w->sha256 = NULL;
    if (w->head_cap > HEAD_KEPT) {
        free(w->head);
        w->head = NULL;
        w->head_cap = 0;
    }
    w->head_len = 0;
    w->size = 0;
}

void blob_writer_free(struct blob_writer *w)
{
    if (!w)
        return;
    blob_writer_clear(w);
    free(w->corpus);
    free(w->head);
    free(w);
}

static bool spill(struct blob_writer *w, struct err *e)
{
    w->fd = open_temp(w->corpus, w->temp, e);
    if (w->fd < 0)
        return false;
    w->sha256 = sha256_new();
    sha256_add(w->sha256, w->head, w->head_len);
    return file_write_all(w->fd, w->temp, w->head, w->head_len, e);
}

/* Keeps as much of the bytes as the head has room for; returns how much. */
static size_t add_to_head(struct blob_writer *w, const void *bytes, size_t len)
{
    size_t room = w->head_max - w->head_len, n = len < room ? len : room, want = w->head_len + n;
    if (want > w->head_cap) {
        size_t cap = w->head_cap ? 2 * w->head_cap : 4096;
        w->head_cap = cap < want ? want : cap < w->head_max ? cap : w->head_max;
        w->head = mem_resize(w->head, w->head_cap, 1);
    }
    if (n)
        memcpy(w->head + w->head_len, bytes, n);
    w->head_len = want;
    return n;
}

bool blob_writer_add(struct blob_writer *w, const void *bytes, size_t len, struct err *e)
{
    size_t first = add_to_head(w, bytes, len);
    w->size += len;
    if (first == len)
        return true;
    if (w->fd < 0 && !spill(w, e))
        return false;
    const unsigned char *rest = (const unsigned char *)bytes + first;
    sha256_add(w->sha256, rest, len - first);
    return file_write_all(w->fd, w->temp, rest, len - first, e);
}

const unsigned char *blob_writer_head(const struct blob_writer *w, size_t *len)
{
    *len = w->head_len;
    return w->head ? w->head : (const unsigned char *)"";
}

uint64_t blob_writer_size(const struct blob_writer *w)
{
    return w->size;
}

FILE *blob_writer_open(struct blob_writer *w, struct err *e)
{
    if (w->fd < 0 && !spill(w, e))
        return NULL;
    FILE *file = fopen(w->temp, "re");
    if (!file)
        err_errno(e, ERR_SYSTEM, errno, "cannot read %s", w->temp);
    return file;
}

static bool finish_spilled(struct blob_writer *w, char sha256[SHA256_SIZE], struct err *e)
{
    char path[PATH_MAX];
    sha256_free(w->sha256, sha256);
    bool ok = close_temp(w->fd, w->temp, e) && full_path(w->corpus, sha256, path, e);
    bool moved = ok && !is_there(path, w->size) && (ok = move_in(w->temp, path, e));
    w->fd = -1;
    if (!moved)
        unlink(w->temp);
    return ok;
}

bool blob_writer_finish(struct blob_writer *w, char sha256[SHA256_SIZE], struct err *e)
{
    bool ok = w->fd < 0 ? blob_write(w->corpus, w->head, w->head_len, sha256, e) : finish_spilled(w, sha256, e);
    blob_writer_clear(w);
    return ok;
}

bool blob_sync(const char *corpus, struct err *e)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s/blobs", corpus) >= PATH_MAX)
        return err_set(e, ERR_SYSTEM, "the corpus's path is too long: %.80s...", corpus);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    bool ok = fd >= 0 && syncfs(fd) == 0;
    if (!ok)
        err_errno(e, ERR_SYSTEM, errno, "cannot sync %s", folder);
    if (fd >= 0)
        close(fd);
    return ok;
}

int blob_open(const char *corpus, const char *sha256, struct err *e)
{
    char path[PATH_MAX];
    if (!full_path(corpus, sha256, path, e))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        err_errno(e, ERR_FORMAT, errno, "blob %s (`figmill verify --repair` re-queues what made it)", path);
    return fd;
}

bool blob_map(const char *corpus, const char *sha256, struct file_map *out, struct err *e)
{
    *out = (struct file_map){(const unsigned char *)"", 0};
    int fd = blob_open(corpus, sha256, e);
    if (fd < 0)
        return false;
    bool ok = file_map_fd(fd, sha256, SIZE_MAX, out, e);
    close(fd);
    return ok;
}

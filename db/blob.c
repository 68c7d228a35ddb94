/* blob.c: see blob.h. */
#include "db/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Writes and syncs a temp file in blobs/tmp-PID. */
static bool write_temp(const char *path, const void *bytes, size_t len, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
    bool ok = file_write_all(fd, path, bytes, len, e);
    if (ok && fsync(fd) != 0)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot sync %s", path);
    if (close(fd) != 0 && ok)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
    if (!ok)
        unlink(path);
    return ok;
}

bool blob_write(const char *corpus, const void *bytes, size_t len, char sha256[SHA256_SIZE], struct err *e)
{
    char path[PATH_MAX], temp[PATH_MAX];
    struct stat st;
    sha256_of(bytes, len, sha256);
    if (!full_path(corpus, sha256, path, e))
        return false;
    if (stat(path, &st) == 0 && (uintmax_t)st.st_size == len)
        return true;
    char *slash = strrchr(path, '/');
    *slash = 0;
    if (!file_make_folder(path, e))
        return false;
    *slash = '/';
    if (snprintf(temp, sizeof temp, "%s/blobs/tmp-%ld", corpus, (long)getpid()) >= (int)sizeof temp)
        return err_set(e, ERR_SYSTEM, "the corpus's path is too long: %.80s...", corpus);
    if (!write_temp(temp, bytes, len, e))
        return false;
    if (rename(temp, path) != 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
        unlink(temp);
        return false;
    }
    return true;
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

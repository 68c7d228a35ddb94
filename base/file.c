/* file.c: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

bool file_map_fd(int fd, const char *name, size_t max, struct file_map *out, struct err *e)
{
    struct stat st;
    *out = (struct file_map){(const unsigned char *)"", 0};
    if (fstat(fd, &st) != 0)
        return err_errno(e, ERR_FORMAT, errno, "cannot read %s", name);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_FORMAT, "%s is not a regular file", name);
    if ((unsigned long long)st.st_size > max)
        return err_set(e, ERR_LIMIT, "%s has %lld bytes, more than the limit of %zu", name, (long long)st.st_size, max);
    if (st.st_size == 0)
        return true;
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return err_errno(e, ERR_FORMAT, errno, "cannot map %s", name);
    *out = (struct file_map){p, (size_t)st.st_size};
    return true;
}

bool file_map(const char *path, size_t max, struct file_map *out, struct err *e)
{
    *out = (struct file_map){(const unsigned char *)"", 0};
    /* O_NONBLOCK: a FIFO among the inputs must not hang the stage; it is refused as no regular file. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_errno(e, ERR_FORMAT, errno, "cannot open %s", path);
    bool ok = file_map_fd(fd, path, max, out, e);
    close(fd);
    return ok;
}

void file_unmap(struct file_map *map)
{
    if (map->len)
        munmap((void *)(uintptr_t)map->bytes, map->len);
    *map = (struct file_map){(const unsigned char *)"", 0};
}

char *file_read_text(const char *path, size_t max, struct err *e)
{
    struct file_map map;
    if (!file_map(path, max, &map, e)) {
        if (e)
            e->kind = ERR_SYSTEM;
        return NULL;
    }
    char *text = mem_new(map.len + 1);
    memcpy(text, map.bytes, map.len);
    file_unmap(&map);
    return text;
}

bool file_write_all(int fd, const char *name, const void *bytes, size_t len, struct err *e)
{
    const char *p = bytes;
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(e, ERR_SYSTEM, errno, "cannot write %s", name);
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool file_read_exactly(int fd, void *bytes, size_t len)
{
    char *p = bytes;
    while (len) {
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = 0;
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool file_make_folder(const char *path, struct err *e)
{
    char partial[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof partial)
        return err_set(e, ERR_SYSTEM, "no usable folder name: '%.80s'", path);
    memcpy(partial, path, len + 1);
    for (char *p = partial + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char keep = *p;
        *p = 0;
        if (mkdir(partial, 0777) != 0 && errno != EEXIST)
            return err_errno(e, ERR_SYSTEM, errno, "cannot make folder %s", partial);
        if (!(*p = keep))
            return true;
    }
}

static bool sync_folder_of(const char *path, struct err *e)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash && (size_t)(slash - path) < sizeof folder)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + (slash == path), path);
    else
        snprintf(folder, sizeof folder, ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        err_errno(e, ERR_SYSTEM, errno, "cannot sync folder %s", folder);
    if (fd >= 0)
        close(fd);
    return ok;
}

bool file_replace(const char *path, const void *bytes, size_t len, struct err *e)
{
    char *temp = mem_printf("%s.%ld.tmp", path, (long)getpid());
    bool ok = false;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", temp);
        goto out;
    }
    if (!file_write_all(fd, temp, bytes, len, e))
        goto out;
    if (fsync(fd) != 0 || rename(temp, path) != 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
        goto out;
    }
    ok = sync_folder_of(path, e);
out:
    if (fd >= 0)
        close(fd);
    if (!ok && fd >= 0)
        unlink(temp);
    free(temp);
    return ok;
}

bool file_own_folder(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    if (n <= 0)
        return false;
    out[n] = 0;
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = 0;
    return slash != NULL;
}

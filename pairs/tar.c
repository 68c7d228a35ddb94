/* tar.c: see tar.h. */
#include "pairs/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

enum { BUFFER = 1 << 20 };

struct tar {
    char *path;
    int fd;
    struct sha256 *hash;
    uint64_t size; /* so far */
    size_t used;   /* of the buffer */
    char buffer[BUFFER];
};

struct tar *tar_create(const char *path, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        err_errno(e, ERR_SYSTEM, errno, "cannot write %s", path);
        return NULL;
    }
    struct tar *t = mem_new(sizeof *t);
    t->path = mem_strdup(path);
    t->fd = fd;
    t->hash = sha256_new();
    return t;
}

static bool flush(struct tar *t, struct err *e)
{
    size_t n = t->used;
    t->used = 0;
    return file_write_all(t->fd, t->path, t->buffer, n, e);
}

static bool put(struct tar *t, const void *bytes, size_t len, struct err *e)
{
    sha256_add(t->hash, bytes, len);
    t->size += len;
    if (len > sizeof t->buffer - t->used && !flush(t, e))
        return false;
    if (len > sizeof t->buffer)
        return file_write_all(t->fd, t->path, bytes, len, e);
    memcpy(t->buffer + t->used, bytes, len);
    t->used += len;
    return true;
}

static size_t padding(size_t len)
{
    return (TAR_BLOCK - len % TAR_BLOCK) % TAR_BLOCK;
}

static bool is_safe_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > TAR_NAME_MAX || name[0] == '/' || name[len - 1] == '/')
        return false;
    for (const char *p = name; *p; p++)
        if (*p <= ' ' || *p > '~' || *p == '\\')
            return false;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return false;
    }
    return true;
}

/* Octal digits and a NUL, which fill the field. */
static void octal(char *field, size_t width, uint64_t value)
{
    field[--width] = 0;
    while (width) {
        field[--width] = (char)('0' + (value & 7));
        value >>= 3;
    }
}

static void header(char block[TAR_BLOCK], const char *name, size_t len)
{
    memset(block, 0, TAR_BLOCK);
    memcpy(block, name, strlen(name));
    octal(block + 100, 8, 0644);
    octal(block + 108, 8, 0);
    octal(block + 116, 8, 0);
    octal(block + 124, 12, len);
    octal(block + 136, 12, TAR_MTIME);
    memset(block + 148, ' ', 8);
    block[156] = '0';
    memcpy(block + 257, "ustar\00000", 8);
    octal(block + 329, 8, 0);
    octal(block + 337, 8, 0);
    unsigned sum = 0;
    for (int i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)block[i];
    octal(block + 148, 7, sum); /* six digits, NUL; the space behind it stays */
}

bool tar_add(struct tar *t, const char *name, const void *bytes, size_t len, struct err *e)
{
    static const char zeros[TAR_BLOCK];
    char block[TAR_BLOCK];
    if (!is_safe_name(name))
        return err_set(e, ERR_FORMAT, "%s: '%.120s' is no safe member name of at most %d bytes", t->path, name,
                       TAR_NAME_MAX);
    if (len > TAR_SIZE_MAX)
        return err_set(e, ERR_LIMIT, "%s: member %s is larger than 8 GiB", t->path, name);
    header(block, name, len);
    return put(t, block, sizeof block, e) && put(t, bytes, len, e) && put(t, zeros, padding(len), e);
}

uint64_t tar_size_with(const struct tar *t, size_t len)
{
    return t->size + TAR_BLOCK + len + padding(len) + 2 * TAR_BLOCK;
}

void tar_drop(struct tar *t)
{
    if (!t)
        return;
    if (t->fd >= 0)
        close(t->fd);
    sha256_free(t->hash, NULL);
    free(t->path);
    free(t);
}

bool tar_close(struct tar *t, char sha256[SHA256_SIZE], uint64_t *bytes, struct err *e)
{
    static const char zeros[2 * TAR_BLOCK];
    if (!t)
        return true;
    bool ok = put(t, zeros, sizeof zeros, e) && flush(t, e);
    if (ok && fsync(t->fd) != 0)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot sync %s", t->path);
    if (close(t->fd) != 0 && ok)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s", t->path);
    t->fd = -1;
    *bytes = t->size;
    sha256_free(t->hash, sha256);
    t->hash = NULL;
    tar_drop(t);
    return ok;
}

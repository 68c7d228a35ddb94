/* import_read.c: see import_read.h. */
#include "ingest/import_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/import_group.h"

enum { READ_CHUNK = 256 * 1024 };

void import_refuse(struct import_file *file, struct arena *arena, const struct err *why)
{
    file->why = arena_memdup(arena, why, sizeof *why);
}

bool import_look(struct import_reader *r, struct import_file *file, struct arena *arena)
{
    struct file_kind kind;
    size_t len;
    const unsigned char *head = blob_writer_head(r->writer, &len);
    kind_of(head, len, file->path, &kind);
    file->kind = kind.kind;
    file->media_type = kind.media_type;
    file->side_file = kind.side_file;
    if (kind.kind == KIND_ARCHIVE)
        err_set(&kind.why, ERR_UNSUPPORTED,
                "an archive within an archive or group: unpack it, or import it by its own name");
    if (kind.kind == KIND_NONE || kind.kind == KIND_ARCHIVE)
        import_refuse(file, arena, &kind.why);
    return !file->why;
}

bool import_keep(struct import_reader *r, struct import_file *file, struct arena *arena, struct err *e)
{
    size_t len;
    const unsigned char *head = blob_writer_head(r->writer, &len);
    if (file->kind == KIND_JATS || file->kind == KIND_XML) {
        file->ids = arena_new(arena, sizeof *file->ids);
        ids_of(file->kind, head, len, file->ids);
    }
    file->bytes = (int64_t)blob_writer_size(r->writer);
    return blob_writer_finish(r->writer, file->sha256, e);
}

/* Opens a regular file of a bearable size; -1 with the reason. */
static int open_file(const char *path, struct err *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_errno(why, ERR_FORMAT, errno, "cannot be opened");
    } else if (S_ISDIR(st.st_mode)) {
        DIR *folder = opendir(path);
        err_errno(why, ERR_FORMAT, folder ? ENAMETOOLONG : errno, "folder cannot be read");
        if (folder)
            closedir(folder);
    } else if (!S_ISREG(st.st_mode)) {
        err_set(why, ERR_UNSUPPORTED, "a device, FIFO or socket, not a file");
    } else if (st.st_size > IMPORT_MAX_FILE) {
        err_set(why, ERR_LIMIT, "%lld bytes, more than the limit of %d MiB", (long long)st.st_size,
                IMPORT_MAX_FILE >> 20);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Adds the file's next bytes to the writer. 1: some, 0: the end, -1: cannot be read (*why), -2: failed (*e). */
static int read_more(struct import_reader *r, int fd, unsigned char *chunk, struct err *why, struct err *e)
{
    ssize_t n;
    if (r->stop && *r->stop >= 2) {
        err_set(e, ERR_ABORT, "stopped");
        return -2;
    }
    do
        n = read(fd, chunk, READ_CHUNK);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        err_set(why, ERR_FORMAT, "cannot be read: %s", strerror(errno));
        return -1;
    }
    if (n && blob_writer_size(r->writer) + (uint64_t)n > IMPORT_MAX_FILE) {
        err_set(why, ERR_LIMIT, "grew past the limit of %d MiB while it was read", IMPORT_MAX_FILE >> 20);
        return -1;
    }
    if (n && !blob_writer_add(r->writer, chunk, (size_t)n, e))
        return -2;
    return n > 0;
}

/* Reads one file; wanted kinds become blobs. `images`: whether images are wanted now, or to be left for later. */
static bool read_file(struct import_reader *r, struct import_file *file, bool images, struct arena *arena,
                      struct err *e)
{
    unsigned char chunk[READ_CHUNK];
    struct err why = {0};
    int more;
    int fd = open_file(file->path, &why);
    if (fd < 0) {
        /* Too many open files and the like are the environment's fault, not the file's. */
        if (why.kind == ERR_SYSTEM)
            return err_set(e, ERR_SYSTEM, "%s: %s", file->path, why.text);
        import_refuse(file, arena, &why);
        return true;
    }
    blob_writer_clear(r->writer);
    more = read_more(r, fd, chunk, &why, e);
    bool wanted = more >= 0 && import_look(r, file, arena) && (images || file->kind != KIND_IMAGE);
    while (wanted && more > 0)
        more = read_more(r, fd, chunk, &why, e);
    close(fd);
    if (more == -1)
        import_refuse(file, arena, &why);
    return more != -2 && (more != 0 || !wanted || import_keep(r, file, arena, e));
}

void import_refuse_lone_images(struct import_result *result, struct arena *arena)
{
    struct err why = {0};
    err_set(&why, ERR_UNSUPPORTED, "an image, but no article lies with it");
    for (size_t i = 0, end; i < result->n; i = end) {
        bool document = false;
        for (end = i; end < result->n && strcmp(result->files[end].key, result->files[i].key) == 0; end++)
            document = document || (!result->files[end].why && kind_document(result->files[end].kind));
        for (size_t k = i; k < end && !document; k++)
            if (!result->files[k].why && result->files[k].kind == KIND_IMAGE)
                import_refuse(&result->files[k], arena, &why);
    }
}

bool import_read_group(struct import_reader *r, const char *key, const char *const *paths, size_t n,
                       struct arena *arena, struct import_result *out, struct err *e)
{
    *out = (struct import_result){.files = arena_array(arena, n ? n : 1, sizeof *out->files), .n = n, .cap = n};
    for (size_t i = 0; i < n; i++) {
        out->files[i] = (struct import_file){.path = paths[i], .name = group_name(key, paths[i]), .key = key};
        if (!read_file(r, &out->files[i], false, arena, e))
            return false;
    }
    import_refuse_lone_images(out, arena);
    for (size_t i = 0; i < n; i++)
        if (!out->files[i].why && out->files[i].kind == KIND_IMAGE && !read_file(r, &out->files[i], true, arena, e))
            return false;
    return true;
}

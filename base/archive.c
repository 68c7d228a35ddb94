/* archive.c: see archive.h. */
#include "base/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct walk {
    struct archive *archive;
    const struct archive_visitor *visitor;
    size_t archive_len;
    uint64_t unpacked;
    unsigned char *chunk;
    bool compressed; /* by a filter around the whole, as tar.gz is */
};

void archive_prepare(void)
{
    /* Without a UTF-8 locale libarchive cannot give names that an archive marks as UTF-8. C.UTF-8 is built into glibc.
     */
    setlocale(LC_CTYPE, "C.UTF-8");
}

const char *archive_path_fault(const char *path)
{
    int depth = 0;
    if (!*path)
        return "its name is empty";
    if (*path == '/')
        return "its name is an absolute path";
    if (path[1] == ':' && ((path[0] | 32) >= 'a' && (path[0] | 32) <= 'z'))
        return "its name begins with a drive letter";
    if (strlen(path) > ARCHIVE_MAX_PATH)
        return "its name is too long";
    for (const char *p = path; *p; p++) {
        if ((unsigned char)*p < 32 || *p == 127)
            return "its name holds control characters";
        if (*p == '\\')
            return "its name holds a backslash";
        if (*p == '/' && ++depth > ARCHIVE_MAX_DEPTH)
            return "it lies in too many folders";
        bool starts = p == path || p[-1] == '/';
        if (starts && p[0] == '.' && p[1] == '.' && (p[2] == '/' || !p[2]))
            return "its name leads out of the archive (\"..\")";
    }
    return NULL;
}

/* The member's path without leading "./", or NULL when it has none that can be had. */
static const char *path_of(struct archive_entry *entry)
{
    const char *path = archive_entry_pathname_utf8(entry);
    if (!path)
        path = archive_entry_pathname(entry);
    while (path && path[0] == '.' && path[1] == '/')
        for (path += 2; *path == '/';)
            path++;
    return path;
}

static bool refuse(struct walk *w, const char *path, enum err_kind kind, const char *text, struct err *e)
{
    struct err why = {0};
    err_set(&why, kind, "%s", text);
    return w->visitor->refused(w->visitor->context, path, &why, e);
}

/* What keeps a member out before its bytes are looked at; NULL: nothing. */
static const char *fault_of(struct archive_entry *entry, const char *path)
{
    const char *fault = archive_path_fault(path);
    if (fault)
        return fault;
    if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
        return "it is a link";
    if (archive_entry_filetype(entry) != AE_IFREG)
        return "it is a device, FIFO or socket";
    if (archive_entry_is_encrypted(entry))
        return "it is encrypted";
    return NULL;
}

/* Bytes unpacked so far: what members gave, or where a filter stands, which counts skipped members too. */
static bool check_total(const struct walk *w, struct err *e)
{
    int64_t position = w->compressed ? archive_filter_bytes(w->archive, 0) : 0;
    uint64_t total = position > 0 && (uint64_t)position > w->unpacked ? (uint64_t)position : w->unpacked;
    if (total > ARCHIVE_MAX_TOTAL)
        return err_set(e, ERR_LIMIT, "more than %d GiB unpacked", (int)(ARCHIVE_MAX_TOTAL >> 30));
    if (total > ARCHIVE_RATIO_FREE && total / ARCHIVE_RATIO > w->archive_len)
        return err_set(e, ERR_LIMIT, "unpacks to more than %d times its size, as bombs do", ARCHIVE_RATIO);
    return true;
}

static bool damaged(struct walk *w, struct err *e)
{
    const char *text = archive_error_string(w->archive);
    return err_set(e, ERR_FORMAT, "damaged archive: %s", text ? text : "unknown fault");
}

/* The member's bytes. *whole turns false when it was refused halfway. */
static bool give_bytes(struct walk *w, const char *path, bool *whole, struct err *e)
{
    uint64_t given = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(w->archive, w->chunk, ARCHIVE_CHUNK);
        if (n == ARCHIVE_RETRY)
            continue;
        if (n < 0) {
            /* A warning or a failure of this member alone lets the walk go on; damage to the whole ends it. */
            const char *text = archive_error_string(w->archive);
            bool fatal = n == ARCHIVE_FATAL;
            *whole = false;
            if (fatal)
                damaged(w, e);
            return refuse(w, path, ERR_FORMAT, text ? text : "damaged", fatal ? NULL : e) && !fatal;
        }
        if (n == 0)
            return true;
        given += (uint64_t)n;
        w->unpacked += (uint64_t)n;
        if (given > ARCHIVE_MAX_MEMBER) {
            *whole = false;
            return refuse(w, path, ERR_LIMIT, "longer than 512 MiB", e) && check_total(w, e);
        }
        if (!w->visitor->bytes(w->visitor->context, w->chunk, (size_t)n, e))
            return false;
        if (!check_total(w, e)) {
            refuse(w, path, ERR_LIMIT, e->text, NULL);
            return false;
        }
    }
}

static bool give_member(struct walk *w, struct archive_entry *entry, struct err *e)
{
    bool whole = true;
    const char *path = path_of(entry);
    if (!path)
        return refuse(w, "?", ERR_REFUSED, "its name cannot be read", e);
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return true;
    const char *fault = fault_of(entry, path);
    if (fault)
        return refuse(w, path, ERR_REFUSED, fault, e);
    if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > ARCHIVE_MAX_MEMBER) {
        /* Skipping it would unpack it; what that may cost is bounded by the total. */
        if (w->compressed)
            w->unpacked += (uint64_t)archive_entry_size(entry);
        return refuse(w, path, ERR_LIMIT, "longer than 512 MiB", e) && check_total(w, e);
    }
    return w->visitor->begin(w->visitor->context, path, e) && give_bytes(w, path, &whole, e) &&
           (!whole || w->visitor->end(w->visitor->context, e));
}

static bool walk_members(struct walk *w, struct err *e)
{
    for (int n = 0;; n++) {
        struct archive_entry *entry;
        int code = archive_read_next_header(w->archive, &entry);
        if (code == ARCHIVE_EOF)
            return true;
        if (code == ARCHIVE_RETRY)
            continue;
        if (code < ARCHIVE_WARN)
            return damaged(w, e);
        w->compressed = archive_filter_count(w->archive) > 1;
        if (archive_format(w->archive) == ARCHIVE_FORMAT_RAW && !w->compressed)
            return err_set(e, ERR_FORMAT, "no archive: neither tar nor zip");
        if (n == ARCHIVE_MAX_MEMBERS)
            return err_set(e, ERR_LIMIT, "more than %d members", ARCHIVE_MAX_MEMBERS);
        if (!check_total(w, e) || !give_member(w, entry, e))
            return false;
    }
}

bool archive_walk(const unsigned char *bytes, size_t len, const struct archive_visitor *visitor, struct err *e)
{
    struct walk w = {.archive = archive_read_new(), .visitor = visitor, .archive_len = len};
    bool ok;
    if (!w.archive)
        return err_set(e, ERR_LIMIT, "no memory to read the archive");
    if (len > ARCHIVE_MAX_BYTES) {
        ok = err_set(e, ERR_LIMIT, "longer than 1 GiB: unpack it and import the folder");
        goto out;
    }
    w.chunk = mem_new(ARCHIVE_CHUNK);
    archive_read_support_filter_gzip(w.archive);
    archive_read_support_filter_bzip2(w.archive);
    archive_read_support_filter_xz(w.archive);
    archive_read_support_filter_zstd(w.archive);
    archive_read_support_format_tar(w.archive);
    archive_read_support_format_zip(w.archive);
    archive_read_support_format_raw(w.archive); /* article.xml.gz */
    ok = archive_read_open_memory(w.archive, bytes, len) == ARCHIVE_OK ? walk_members(&w, e) : damaged(&w, e);
out:
    free(w.chunk);
    archive_read_free(w.archive);
    return ok;
}

/* import_archive.c: the archive part of import_read.h. The sandbox walks the archive and sends its members; the worker
 * stores them. A frame begins a member ({"member": path}, with its first bytes), goes on with it (no text, bytes), or
 * refuses one ({"refused": path, "kind", "text", "cut": whether it was begun}). A member ends where the next frame is
 * about another one. */
#include "ingest/import_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/json.h"
#include "base/text.h"
#include "ingest/import_group.h"

enum { ARCHIVE_TIMEOUT_S = 3000, FRAME_TEXT_MAX = 16384 };

/* The sandbox's side. */

struct sender {
    struct sandbox_reply *reply;
    struct str text;
    char path[ARCHIVE_MAX_PATH + 1]; /* of a member that is begun and has not sent bytes yet */
    bool waiting;
    bool begun;
};

static bool send_begin(struct sender *s, const void *bytes, size_t len, struct err *e)
{
    str_clear(&s->text);
    str_add(&s->text, "{\"member\":");
    json_quote(s->path, &s->text);
    str_add(&s->text, "}");
    s->waiting = false;
    return sandbox_send(s->reply, s->text.data, s->text.len, bytes, len, e);
}

static bool on_begin(void *context, const char *path, struct err *e)
{
    struct sender *s = context;
    (void)e;
    memcpy(s->path, path, strlen(path) + 1);
    s->waiting = s->begun = true;
    return true;
}

static bool on_bytes(void *context, const unsigned char *bytes, size_t len, struct err *e)
{
    struct sender *s = context;
    return s->waiting ? send_begin(s, bytes, len, e) : sandbox_send(s->reply, "", 0, bytes, len, e);
}

static bool on_end(void *context, struct err *e)
{
    struct sender *s = context;
    s->begun = false;
    return !s->waiting || send_begin(s, "", 0, e);
}

static bool on_refused(void *context, const char *path, const struct err *why, struct err *e)
{
    struct sender *s = context;
    char shown[256];
    size_t n = 0;
    /* The name may be of any length and hold anything; shown, it is a line. */
    for (; path[n] && n < sizeof shown - 1; n++)
        shown[n] = (char)((unsigned char)path[n] < 32 || path[n] == 127 ? '?' : path[n]);
    shown[n] = 0;
    str_clear(&s->text);
    str_add(&s->text, "{\"refused\":");
    json_quote(shown, &s->text);
    str_addf(&s->text, ",\"kind\":\"%s\",\"cut\":%s,\"text\":", err_kind_name(why->kind),
             s->begun && !s->waiting ? "true" : "false");
    json_quote(why->text, &s->text);
    str_add(&s->text, "}");
    s->begun = s->waiting = false;
    return sandbox_send(s->reply, s->text.data, s->text.len, "", 0, e);
}

bool import_archive_service(int op, const char *params, const unsigned char *bytes, size_t len,
                            struct sandbox_reply *reply, struct err *e)
{
    struct sender s = {.reply = reply, .text = STR_INIT(FRAME_TEXT_MAX)};
    struct archive_visitor visitor = {&s, on_begin, on_bytes, on_end, on_refused};
    (void)op;
    (void)params;
    bool ok = archive_walk(bytes, len, &visitor, e);
    str_release(&s.text);
    return ok;
}

/* The worker's side. */

struct receiver {
    struct import_reader *reader;
    const char *archive;
    struct arena *arena;
    struct import_result *out;
    bool open; /* the last file of `out` still gets bytes */
};

static struct import_file *add_member(struct receiver *r, const char *member)
{
    ARENA_GROW(r->arena, r->out->files, r->out->n, r->out->cap);
    struct import_file *file = &r->out->files[r->out->n++];
    *file = (struct import_file){.path = arena_printf(r->arena, "%s!%s", r->archive, member)};
    return file;
}

static bool close_member(struct receiver *r, struct err *e)
{
    bool open = r->open;
    r->open = false;
    return !open || import_keep(r->reader, &r->out->files[r->out->n - 1], r->arena, e);
}

static bool is_hidden(const char *path)
{
    return path[0] == '.' || strstr(path, "/.");
}

static bool begin_member(struct receiver *r, const char *path, const unsigned char *bytes, size_t len, struct err *e)
{
    if (is_hidden(path))
        return true;
    struct import_file *file = add_member(r, path);
    blob_writer_clear(r->reader->writer);
    if (!blob_writer_add(r->reader->writer, bytes, len, e))
        return false;
    r->open = import_look(r->reader, file, r->arena);
    return true;
}

static bool refuse_member(struct receiver *r, const char *path, const cJSON *frame, struct err *e)
{
    struct err why = {0};
    err_set(&why, err_kind_of(json_text(frame, "kind") ? json_text(frame, "kind") : ""), "%s",
            json_text(frame, "text") ? json_text(frame, "text") : "");
    if (why.kind == ERR_NONE || why.kind == ERR_SYSTEM)
        why.kind = ERR_FORMAT;
    if (!json_bool(frame, "cut", false)) {
        if (!close_member(r, e))
            return false;
        import_refuse(add_member(r, path), r->arena, &why);
    } else if (r->open) {
        r->open = false;
        import_refuse(&r->out->files[r->out->n - 1], r->arena, &why);
    }
    return true;
}

static bool on_text(struct receiver *r, const char *json, size_t json_len, const unsigned char *bytes, size_t len,
                    struct err *e)
{
    cJSON *frame = json_parse(json, json_len, e);
    const char *member = json_text(frame, "member"), *refused = json_text(frame, "refused");
    bool ok = frame != NULL;
    if (ok && refused)
        ok = refuse_member(r, refused, frame, e);
    else if (ok && member && !archive_path_fault(member))
        ok = close_member(r, e) && begin_member(r, member, bytes, len, e);
    else if (ok)
        ok = err_set(e, ERR_FORMAT, "the archive's reader sent nonsense");
    cJSON_Delete(frame);
    return ok;
}

static bool on_frame(void *context, const char *json, size_t json_len, const unsigned char *bytes, size_t len,
                     struct err *e)
{
    struct receiver *r = context;
    if (r->reader->stop && *r->reader->stop >= 2)
        return err_set(e, ERR_ABORT, "stopped");
    if (r->out->n > ARCHIVE_MAX_MEMBERS)
        return err_set(e, ERR_LIMIT, "more than %d members", ARCHIVE_MAX_MEMBERS);
    if (json_len)
        return on_text(r, json, json_len, bytes, len, e);
    if (!r->open)
        return true;
    if (blob_writer_size(r->reader->writer) + len > IMPORT_MAX_FILE)
        return err_set(e, ERR_LIMIT, "a member longer than %d MiB", IMPORT_MAX_FILE >> 20);
    return blob_writer_add(r->reader->writer, bytes, len, e);
}

static int compare_entries(const void *a, const void *b)
{
    const struct group_entry *x = a, *y = b;
    return strcmp(x->path, y->path);
}

/* Refuses a name's second and later members: which of them is meant cannot be told. */
static void refuse_repeated(struct group_entry *entries, size_t n, struct arena *arena)
{
    struct err why = {0};
    err_set(&why, ERR_REFUSED, "the archive holds another file of the same name");
    if (n)
        qsort(entries, n, sizeof *entries, compare_entries);
    for (size_t i = 1, repeat = 0; i < n; i++) {
        struct import_file *file = entries[i].file;
        repeat = strcmp(entries[i].path, entries[i - 1].path) == 0 ? repeat + 1 : 0;
        if (!repeat)
            continue;
        file->path = arena_printf(arena, "%s#%zu", file->path, repeat + 1);
        entries[i].kind = KIND_NONE;
        import_refuse(file, arena, &why);
    }
}

/* Sorts the members into groups, by the same rules as files in folders. */
static void group_members(struct receiver *r)
{
    struct import_result *out = r->out;
    struct group_entry *entries = arena_array(r->arena, out->n + 1, sizeof *entries);
    size_t skip = strlen(r->archive) + 1;
    for (size_t i = 0; i < out->n; i++)
        entries[i] = (struct group_entry){.path = out->files[i].path + skip,
                                          .kind = out->files[i].why ? KIND_NONE : out->files[i].kind,
                                          .file = &out->files[i]};
    refuse_repeated(entries, out->n, r->arena);
    group_entries(entries, out->n, r->arena);
    struct import_file *sorted = arena_array(r->arena, out->n + 1, sizeof *sorted);
    for (size_t i = 0; i < out->n; i++) {
        sorted[i] = *(struct import_file *)entries[i].file;
        sorted[i].key = entries[i].key;
        sorted[i].name = group_name(entries[i].key, entries[i].path);
    }
    out->files = sorted;
    import_refuse_lone_images(out, r->arena);
}

static void refuse_archive(struct receiver *r, const struct err *why)
{
    struct import_result *out = r->out;
    ARENA_GROW(r->arena, out->files, out->n, out->cap);
    struct import_file *file = &out->files[out->n++];
    *file = (struct import_file){.path = r->archive, .name = r->archive, .key = r->archive};
    import_refuse(file, r->arena, why);
}

/* An error that is the archive's fault and leaves its members usable. */
static bool is_archives_fault(const struct err *e)
{
    return e->kind == ERR_FORMAT || e->kind == ERR_LIMIT || e->kind == ERR_UNSUPPORTED;
}

bool import_read_archive(struct import_reader *reader, const char *path, struct arena *arena, struct import_result *out,
                         struct err *e)
{
    struct receiver r = {.reader = reader, .archive = path, .arena = arena, .out = out};
    struct err why = {0};
    struct stat st;
    *out = (struct import_result){.of_archive = true};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_errno(e, ERR_FORMAT, errno, "%s: cannot be opened", path);
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= ARCHIVE_MAX_BYTES;
    if (!fits)
        err_set(&why, ERR_LIMIT, "an archive of more than %d MiB: unpack it and import the folder",
                ARCHIVE_MAX_BYTES >> 20);
    bool ok = fits && sandbox_call(reader->sandbox, 0, "", fd, ARCHIVE_TIMEOUT_S, on_frame, &r, &why);
    close(fd);
    if (!ok && !is_archives_fault(&why)) {
        *e = why;
        return err_add(e, "%s", path);
    }
    if (!close_member(&r, e))
        return false;
    if (ok && !out->n)
        err_set(&why, ERR_FORMAT, "an archive without files");
    group_members(&r);
    out->cap = out->n;
    if (why.kind)
        refuse_archive(&r, &why);
    return true;
}

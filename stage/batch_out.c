/* batch_out.c: see batch.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/model.h"
#include "base/sha256.h"
#include "stage/batch.h"

enum { PATH_SIZE = 4096, FIRST_SLOTS = 1024, LINE_EXTRA = 256 };

struct batch_out {
    char file[PATH_SIZE - 32];
    struct batch_limits limits;
    FILE *part; /* NULL: none is open */
    int parts;  /* begun so far */
    int64_t part_lines, part_bytes, lines;
    uint64_t *seen; /* open addressing; 0: free */
    size_t n_seen, slots;
};

void batch_id(const char *request, char id[BATCH_ID_SIZE])
{
    char hash[SHA256_SIZE];
    sha256_of(request, strlen(request), hash);
    memcpy(id, hash, BATCH_ID_SIZE - 1);
    id[BATCH_ID_SIZE - 1] = 0;
}

static void part_path(const struct batch_out *b, int part, const char *suffix, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s.%d%s", b->file, part, suffix);
}

struct batch_out *batch_out_new(const char *file, const struct batch_limits *limits, struct err *e)
{
    static const struct batch_limits usual = {BATCH_MOST_LINES, BATCH_MOST_BYTES};
    struct batch_out *b = mem_new(sizeof *b);
    char first[PATH_SIZE];
    b->limits = limits ? *limits : usual;
    b->slots = FIRST_SLOTS;
    b->seen = mem_array(b->slots, sizeof *b->seen);
    if (strlen(file) >= sizeof b->file) {
        err_set(e, ERR_USAGE, "the name of the batch file is too long: %.80s...", file);
        batch_out_free(b);
        return NULL;
    }
    memcpy(b->file, file, strlen(file) + 1);
    part_path(b, 1, "", first);
    if (access(file, F_OK) == 0 || access(first, F_OK) == 0) {
        err_set(e, ERR_USAGE, "%s exists already: name another file, or move it away",
                access(file, F_OK) ? first : file);
        batch_out_free(b);
        return NULL;
    }
    return b;
}

/* True when the ID was not there yet. Sixteen digits tell requests apart well enough: the second of two that share
 * them would be written in the next round. */
static bool put(uint64_t *seen, size_t slots, uint64_t key)
{
    size_t i = key & (slots - 1);
    for (; seen[i]; i = (i + 1) & (slots - 1))
        if (seen[i] == key)
            return false;
    seen[i] = key;
    return true;
}

static bool is_new(struct batch_out *b, const char id[BATCH_ID_SIZE])
{
    char digits[17];
    memcpy(digits, id, 16);
    digits[16] = 0;
    if (2 * b->n_seen >= b->slots) {
        uint64_t *more = mem_array(2 * b->slots, sizeof *more);
        for (size_t i = 0; i < b->slots; i++)
            if (b->seen[i])
                put(more, 2 * b->slots, b->seen[i]);
        free(b->seen);
        b->seen = more;
        b->slots *= 2;
    }
    bool fresh = put(b->seen, b->slots, strtoull(digits, NULL, 16) | 1);
    b->n_seen += fresh;
    return fresh;
}

static bool end_part(struct batch_out *b, struct err *e)
{
    char partial[PATH_SIZE], whole[PATH_SIZE];
    part_path(b, b->parts, ".partial", partial);
    part_path(b, b->parts, "", whole);
    bool ok = fflush(b->part) == 0 && fsync(fileno(b->part)) == 0;
    ok = fclose(b->part) == 0 && ok;
    b->part = NULL;
    if (!ok || rename(partial, whole) != 0)
        return err_errno(e, ERR_SYSTEM, errno, "cannot write %s", partial);
    return true;
}

static bool begin_part(struct batch_out *b, struct err *e)
{
    char partial[PATH_SIZE];
    b->parts++;
    b->part_lines = b->part_bytes = 0;
    part_path(b, b->parts, ".partial", partial);
    b->part = fopen(partial, "we");
    return b->part || err_errno(e, ERR_SYSTEM, errno, "cannot write %s", partial);
}

/* Line breaks of a request stand between its values only, where a space means the same. */
static void write_line(const char *id, const char *request, struct str *line)
{
    str_addf(line, "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":", id);
    size_t from = line->len;
    str_add(line, request);
    for (char *c = line->data + from; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    str_add(line, "}\n");
}

bool batch_out_add(struct batch_out *b, const char *request, struct err *e)
{
    char id[BATCH_ID_SIZE];
    struct str line = STR_INIT(MODEL_MAX_REQUEST + LINE_EXTRA);
    batch_id(request, id);
    if (!is_new(b, id))
        return true;
    write_line(id, request, &line);
    int64_t len = (int64_t)line.len;
    bool ok = true;
    if (line.overflow || len > b->limits.bytes)
        ok = err_set(e, ERR_LIMIT, "a request is longer than a batch file may be");
    if (ok && b->part && (b->part_lines + 1 > b->limits.lines || b->part_bytes + len > b->limits.bytes))
        ok = end_part(b, e);
    ok = ok && (b->part || begin_part(b, e));
    if (ok && fwrite(line.data, 1, line.len, b->part) != line.len)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot write %s.%d.partial", b->file, b->parts);
    if (ok) {
        b->part_lines++;
        b->part_bytes += len;
        b->lines++;
    }
    str_release(&line);
    return ok;
}

bool batch_out_close(struct batch_out *b, struct err *e)
{
    char only[PATH_SIZE];
    if (b->part && !end_part(b, e))
        return false;
    part_path(b, 1, "", only);
    if (b->parts == 1 && rename(only, b->file) != 0)
        return err_errno(e, ERR_SYSTEM, errno, "cannot write %s", b->file);
    return true;
}

int64_t batch_out_lines(const struct batch_out *b)
{
    return b->lines;
}

int batch_out_files(const struct batch_out *b)
{
    return b->parts;
}

void batch_out_free(struct batch_out *b)
{
    if (!b)
        return;
    if (b->part) {
        char partial[PATH_SIZE];
        part_path(b, b->parts, ".partial", partial);
        fclose(b->part);
        unlink(partial);
    }
    free(b->seen);
    free(b);
}

/* pmc_inventory.c: the lines of a gzip CSV, as they come (see pmc.h). */
#include "ingest/pmc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

enum { COLUMNS_MAX = 32, CHUNK = 64 * 1024 };

struct pmc_inventory {
    struct pmc_manifest columns; /* without its files */
    pmc_change_fn *each;
    void *context;
    z_stream stream;
    bool ended; /* the gzip stream has */
    char line[PMC_MAX_LINE];
    size_t len;    /* of the line so far */
    bool too_long; /* the line: its rest is passed over */
    uint64_t lines, broken;
};

struct pmc_inventory *pmc_inventory_new(const struct pmc_manifest *manifest, pmc_change_fn *each, void *context)
{
    struct pmc_inventory *inventory = mem_new(sizeof *inventory);
    inventory->columns = *manifest;
    inventory->each = each;
    inventory->context = context;
    if (inflateInit2(&inventory->stream, 15 + 16) != Z_OK) /* 16: gzip */
        inventory->ended = true;
    return inventory;
}

void pmc_inventory_free(struct pmc_inventory *inventory)
{
    if (!inventory)
        return;
    inflateEnd(&inventory->stream);
    free(inventory);
}

/* Splits the line in place (RFC 4180: "a","b""c",d). -1 when a quote is not closed or there are too many fields. */
static int split(char *line, char *fields[COLUMNS_MAX])
{
    int n = 0;
    for (char *at = line;; at++) {
        if (n == COLUMNS_MAX)
            return -1;
        bool quoted = *at == '"', closed = false;
        char *to = fields[n++] = at;
        at += quoted;
        while (*at && !closed && (quoted || *at != ',')) {
            closed = quoted && *at == '"' && at[1] != '"';
            at += quoted && *at == '"' && !closed;
            if (!closed)
                *to++ = *at;
            at++;
        }
        if (quoted != closed || (*at && *at != ','))
            return -1;
        bool last = !*at;
        *to = 0;
        if (last)
            return n;
    }
}

/* "metadata/PMC123.2.json" */
static bool read_key(const char *key, struct pmc_change *out)
{
    static const char folder[] = "metadata/PMC";
    if (strncmp(key, folder, sizeof folder - 1) != 0)
        return false;
    const char *digits = key + sizeof folder - 1;
    size_t n = strspn(digits, "0123456789");
    size_t version = digits[n] == '.' ? strspn(digits + n + 1, "0123456789") : 0;
    if (!n || n > 10 || !version || version > 4 || strcmp(digits + n + 1 + version, ".json") != 0)
        return false;
    snprintf(out->pmcid, sizeof out->pmcid, "PMC%.*s", (int)n, digits);
    out->version = (int)strtol(digits + n + 1, NULL, 10);
    return out->version > 0;
}

/* Passes the line on. False when `each` wants no more. */
static bool read_line(struct pmc_inventory *i)
{
    char *fields[COLUMNS_MAX];
    struct pmc_change change = {0};
    size_t len = i->len;
    bool too_long = i->too_long;
    i->len = 0;
    i->too_long = false;
    if (len && i->line[len - 1] == '\r')
        len--;
    if (!len && !too_long)
        return true;
    i->lines++;
    i->line[len] = 0;
    if (too_long || memchr(i->line, 0, len) || split(i->line, fields) != i->columns.columns) {
        i->broken++;
        return true;
    }
    const char *modified = fields[i->columns.modified], *etag = fields[i->columns.etag];
    bool other_bucket = i->columns.bucket >= 0 && strcmp(fields[i->columns.bucket], PMC_BUCKET) != 0;
    if (other_bucket || !read_key(fields[i->columns.key], &change))
        return true;
    if (!*etag || strlen(etag) >= sizeof change.etag || strlen(modified) >= sizeof change.modified) {
        i->broken++;
        return true;
    }
    snprintf(change.etag, sizeof change.etag, "%s", etag);
    snprintf(change.modified, sizeof change.modified, "%s", modified);
    return i->each(i->context, &change);
}

static bool add_text(struct pmc_inventory *i, const char *text, size_t len)
{
    for (const char *end = text + len; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((newline ? newline : end) - text);
        if (n >= sizeof i->line - i->len) {
            i->too_long = true;
            i->len = 0;
        } else if (!i->too_long) {
            memcpy(i->line + i->len, text, n);
            i->len += n;
        }
        text += n;
        if (newline && !read_line(i))
            return false;
        text += newline != NULL;
    }
    return true;
}

bool pmc_inventory_add(struct pmc_inventory *i, const void *bytes, size_t len, struct err *e)
{
    unsigned char chunk[CHUNK];
    i->stream.next_in = (unsigned char *)bytes;
    i->stream.avail_in = (unsigned)len;
    while (i->stream.avail_in || (!i->stream.avail_out && !i->ended)) {
        if (i->ended) /* gzip allows another member behind the first */
            i->ended = inflateReset(&i->stream) != Z_OK;
        i->stream.next_out = chunk;
        i->stream.avail_out = sizeof chunk;
        int rc = inflate(&i->stream, Z_NO_FLUSH);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            return err_set(e, ERR_FORMAT, "PMC's inventory: damaged gzip behind line %llu",
                           (unsigned long long)i->lines);
        i->ended = rc == Z_STREAM_END;
        if (!add_text(i, (const char *)chunk, sizeof chunk - i->stream.avail_out))
            return err_set(e, ERR_ABORT, "PMC's inventory: asked to stop at line %llu", (unsigned long long)i->lines);
        if (rc == Z_BUF_ERROR)
            break;
    }
    return true;
}

bool pmc_inventory_end(struct pmc_inventory *i, struct err *e)
{
    if (!i->ended)
        return err_set(e, ERR_FORMAT, "PMC's inventory: cut behind line %llu", (unsigned long long)i->lines);
    if ((i->len || i->too_long) && !read_line(i))
        return err_set(e, ERR_ABORT, "PMC's inventory: asked to stop at its last line");
    if (i->broken > i->lines / 100)
        return err_set(e, ERR_FORMAT, "PMC's inventory: %llu of %llu lines are broken", (unsigned long long)i->broken,
                       (unsigned long long)i->lines);
    return true;
}

uint64_t pmc_inventory_lines(const struct pmc_inventory *i)
{
    return i->lines;
}

uint64_t pmc_inventory_broken(const struct pmc_inventory *i)
{
    return i->broken;
}

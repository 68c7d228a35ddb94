/* Walking an archive: every path that is given is safe, and members begin and end in turn. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct state {
    bool open;
};

static bool on_begin(void *context, const char *path, struct err *e)
{
    struct state *s = context;
    if (s->open || archive_path_fault(path))
        abort();
    s->open = true;
    return true;
}

static bool on_bytes(void *context, const unsigned char *bytes, size_t len, struct err *e)
{
    const struct state *s = context;
    if (!s->open || len > ARCHIVE_CHUNK)
        abort();
    return true;
}

static bool on_end(void *context, struct err *e)
{
    struct state *s = context;
    if (!s->open)
        abort();
    s->open = false;
    return true;
}

static bool on_refused(void *context, const char *path, const struct err *why, struct err *e)
{
    struct state *s = context;
    if (why->kind == ERR_NONE)
        abort();
    s->open = false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct state s = {false};
    struct archive_visitor visitor = {&s, on_begin, on_bytes, on_end, on_refused};
    struct err e = {0};
    if (!archive_walk(bytes, len, &visitor, &e) && e.kind == ERR_NONE)
        abort();
    return 0;
}

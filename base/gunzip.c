/* gunzip.c: see gunzip.h. */
#include "base/gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"

enum { GZIP_WINDOW = 15 + 16 /* zlib: the largest window, and a gzip head */, PIECE = 32 << 10 };

struct gunzip {
    z_stream z;
    enum { AT_START, INSIDE, AT_END, BEHIND } at;
};

struct gunzip *gunzip_new(void)
{
    struct gunzip *g = mem_new(sizeof *g);
    if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK)
        abort(); /* zlib is out of memory. */
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (!g)
        return;
    inflateEnd(&g->z);
    free(g);
}

void gunzip_clear(struct gunzip *g)
{
    inflateReset(&g->z);
    g->at = AT_START;
}

/* Undoes what is in z.next_in up to the stream's end. */
static enum gunzip_state one_stream(struct gunzip *g, gunzip_sink *sink, void *context)
{
    unsigned char out[PIECE];
    int result = Z_OK;
    g->at = INSIDE;
    do {
        g->z.next_out = out;
        g->z.avail_out = sizeof out;
        result = inflate(&g->z, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return GUNZIP_BROKEN;
        size_t n = sizeof out - g->z.avail_out;
        if (n && !sink(context, out, n))
            return GUNZIP_STOPPED;
    } while (result == Z_OK && (g->z.avail_in || !g->z.avail_out));
    if (result == Z_STREAM_END)
        g->at = AT_END;
    return GUNZIP_OK;
}

enum gunzip_state gunzip_add(struct gunzip *g, const void *bytes, size_t len, gunzip_sink *sink, void *context)
{
    const unsigned char *at = bytes;
    while (len && g->at != BEHIND) {
        if (g->at == AT_END) {
            if (*at != 0x1f) {
                g->at = BEHIND;
                break;
            }
            inflateReset(&g->z);
        }
        uInt n = len < UINT_MAX ? (uInt)len : UINT_MAX;
        g->z.next_in = (Bytef *)at;
        g->z.avail_in = n;
        enum gunzip_state state = one_stream(g, sink, context);
        if (state != GUNZIP_OK)
            return state;
        at += n - g->z.avail_in;
        len -= n - g->z.avail_in;
    }
    return GUNZIP_OK;
}

bool gunzip_is_whole(const struct gunzip *g)
{
    return g->at != INSIDE;
}

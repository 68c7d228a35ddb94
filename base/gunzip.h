/* gunzip.h: gzip (RFC 1952) undone on bytes that come in pieces, by zlib. Unlike libcurl's own decoding it tells when
 * the stream was cut before its end. */
#ifndef FIGMILL_BASE_GUNZIP_H
#define FIGMILL_BASE_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>

struct gunzip;
struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *g);  /* NULL is fine */
void gunzip_clear(struct gunzip *g); /* ready for another stream */

/* Takes what is undone; false ends gunzip_add at once. */
typedef bool gunzip_sink(void *context, const void *bytes, size_t len);

enum gunzip_state {
    GUNZIP_OK,
    GUNZIP_BROKEN,  /* not gzip, or damaged: checksum, length */
    GUNZIP_STOPPED, /* the sink said no */
};
/* Several streams one behind the other are one, as in a file; other bytes behind the end are ignored, as gzip does. */
enum gunzip_state gunzip_add(struct gunzip *g, const void *bytes, size_t len, gunzip_sink *sink, void *context);

/* True when the stream has come to its end; true before its first byte too. */
bool gunzip_is_whole(const struct gunzip *g);

#endif

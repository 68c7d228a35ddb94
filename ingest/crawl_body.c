/* crawl_body.c: see crawl_body.h. */
#include "ingest/crawl_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/blob.h"

struct body *body_new(const char *corpus, uint64_t max_bytes, const char *md5)
{
    struct body *b = mem_new(sizeof *b);
    b->corpus = corpus;
    b->want_md5 = md5 != NULL;
    str_init(&b->text, max_bytes);
    body_restart(b);
    return b;
}

static void clear(struct body *b)
{
    if (b->md5)
        md5_free(b->md5, NULL);
    b->md5 = NULL;
    free(b->validator);
    b->validator = NULL;
    b->bytes = 0;
}

void body_free(struct body *b)
{
    if (!b)
        return;
    clear(b);
    blob_writer_free(b->writer);
    str_release(&b->text);
    free(b);
}

void body_restart(struct body *b)
{
    clear(b);
    str_clear(&b->text);
    if (b->writer)
        blob_writer_clear(b->writer);
    if (b->want_md5)
        b->md5 = md5_new();
}

/* Puts the last bytes where the ring's next ones belong: byte n of the body lies at n modulo its size. */
static void keep_tail(struct body *b, const unsigned char *bytes, size_t len)
{
    uint64_t at = b->bytes;
    if (len > sizeof b->tail) {
        at += len - sizeof b->tail;
        bytes += len - sizeof b->tail;
        len = sizeof b->tail;
    }
    size_t place = at % sizeof b->tail, first = sizeof b->tail - place;
    if (first > len)
        first = len;
    memcpy(b->tail + place, bytes, first);
    memcpy(b->tail, bytes + first, len - first);
}

bool body_add(struct body *b, const void *bytes, size_t len, struct err *e)
{
    if (b->md5)
        md5_add(b->md5, bytes, len);
    if (!b->corpus) {
        str_add_bytes(&b->text, bytes, len);
        b->bytes += len;
        return true;
    }
    if (!b->writer)
        b->writer = blob_writer_new(b->corpus, CONTENT_HEAD);
    keep_tail(b, bytes, len);
    b->bytes += len;
    return blob_writer_add(b->writer, bytes, len, e);
}

/* A weak ETag promises too little for bytes to be put together (RFC 9110, 13.1.5). */
void body_note_validator(struct body *b, const char *etag, const char *last_modified)
{
    free(b->validator);
    bool strong = etag && *etag == '"';
    b->validator = mem_strdup(strong ? etag : last_modified && *last_modified ? last_modified : NULL);
}

bool body_can_resume(const struct body *b)
{
    return b->corpus && b->bytes >= BODY_MIN_RESUME && b->validator;
}

bool body_range_fits(const struct body *b, const char *content_range)
{
    uint64_t from, to;
    return content_range && strncasecmp(content_range, "bytes ", 6) == 0 &&
           sscanf(content_range + 6, "%" SCNu64 "-%" SCNu64, &from, &to) == 2 && from == b->bytes && to >= from;
}

/* The last bytes in order; `straight` has room for them. */
static size_t straighten(const struct body *b, unsigned char straight[CONTENT_TAIL])
{
    if (b->bytes <= sizeof b->tail) {
        memcpy(straight, b->tail, b->bytes);
        return b->bytes;
    }
    size_t place = b->bytes % sizeof b->tail;
    memcpy(straight, b->tail + place, sizeof b->tail - place);
    memcpy(straight + sizeof b->tail - place, b->tail, place);
    return sizeof b->tail;
}

static bool check_md5(struct body *b, const char *md5, struct err *e)
{
    char got[MD5_SIZE];
    if (!md5 || !b->md5)
        return true;
    md5_free(b->md5, got);
    b->md5 = NULL;
    return strcasecmp(got, md5) == 0 ||
           err_set(e, ERR_FORMAT, "the MD5 of its %" PRIu64 " bytes is %s, not %.32s", b->bytes, got, md5);
}

bool body_check(struct body *b, enum content_want want, const char *md5, const char *declared_type,
                const char **media_type, struct err *e)
{
    unsigned char tail[CONTENT_TAIL];
    struct content c = {.bytes = b->bytes, .declared_type = declared_type, .tail = tail};
    *media_type = NULL;
    if (!b->bytes && (b->corpus || want != CONTENT_ANY))
        return err_set(e, ERR_FORMAT, "the body is empty");
    if (!check_md5(b, md5, e))
        return false;
    if (b->writer) {
        c.head = blob_writer_head(b->writer, &c.head_len);
        c.tail_len = straighten(b, tail);
    } else {
        const unsigned char *text = (const unsigned char *)b->text.data;
        c.head = text;
        c.head_len = b->text.len < CONTENT_HEAD ? b->text.len : CONTENT_HEAD;
        c.tail_len = b->text.len < CONTENT_TAIL ? b->text.len : CONTENT_TAIL;
        c.tail = text + b->text.len - c.tail_len;
    }
    return content_check(want, &c, media_type, e);
}

FILE *body_open(struct body *b, struct err *e)
{
    return blob_writer_open(b->writer, e);
}

bool body_store(struct body *b, char sha256[SHA256_SIZE], struct err *e)
{
    return blob_writer_finish(b->writer, sha256, e);
}

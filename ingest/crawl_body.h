/* crawl_body.h: where a reply's bytes go while they come: to memory or to the blob store, hashed on the way, the last
 * ones kept to be judged; and how a broken off one goes on. */
#ifndef FIGMILL_INGEST_CRAWL_BODY_H
#define FIGMILL_INGEST_CRAWL_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/md5.h"
#include "base/sha256.h"
#include "base/str.h"
#include "ingest/content.h"

enum { BODY_MIN_RESUME = 64 * 1024 /* bytes; less is sooner asked for anew */ };

struct body {
    const char *corpus;         /* borrowed; NULL: to memory */
    struct str text;            /* to memory */
    struct blob_writer *writer; /* else */
    struct md5 *md5;            /* NULL: not asked for */
    bool want_md5;
    unsigned char tail[CONTENT_TAIL]; /* of what went to the writer; a ring */
    uint64_t bytes;
    char *validator; /* that the next part must match: a strong ETag or a date, for If-Range; NULL: none */
};

/* `corpus` NULL: kept in memory, at most max_bytes. */
struct body *body_new(const char *corpus, uint64_t max_bytes, const char *md5);
void body_free(struct body *b);    /* NULL is fine; nothing of it stays */
void body_restart(struct body *b); /* empty again */
/* ERR_SYSTEM: the disk. */
bool body_add(struct body *b, const void *bytes, size_t len, struct err *e);

/* Notes what a further part could be asked for by. `etag` and `last_modified` may be NULL. */
void body_note_validator(struct body *b, const char *etag, const char *last_modified);
/* True when enough is there to go on from, and something to ask by. */
bool body_can_resume(const struct body *b);
/* Whether a 206 with this Content-Range goes on where the body ends. */
bool body_range_fits(const struct body *b, const char *content_range);

/* Judges the whole body: not empty (but for CONTENT_ANY in memory), MD5 (NULL: any), content_check. ERR_FORMAT says
 * what is wrong. */
bool body_check(struct body *b, enum content_want want, const char *md5, const char *declared_type,
                const char **media_type, struct err *e);
/* To read what went to the disk; the caller closes it. NULL (ERR_SYSTEM): the disk. */
FILE *body_open(struct body *b, struct err *e);
/* Stores it as a blob. ERR_SYSTEM: the disk. */
bool body_store(struct body *b, char sha256[SHA256_SIZE], struct err *e);

#endif

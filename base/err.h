/* err.h: one error, classed by what to do next.
 *
 * Every function that can fail returns bool (or a pointer) and takes a `struct err *` as its last argument. On
 * failure it sets the error once, where the cause is first known; a caller may put context in front, at most once
 * (err_add), and the error is logged once, by whoever decides what happens next. The kind alone steers the stage
 * runner (stage/runner.h holds the one table); the text is for people: it names the thing and the place. */
#ifndef FIGMILL_BASE_ERR_H
#define FIGMILL_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
    ERR_NONE = 0,
    ERR_TEMPORARY,   /* 429, 5xx, time-out of a service: try again later */
    ERR_FORMAT,      /* the bytes are not what they should be */
    ERR_LIMIT,       /* a stated bound was exceeded */
    ERR_UNSUPPORTED, /* well formed, but nothing we read */
    ERR_REFUSED,     /* robots, licence, unsafe name: we may not or will not */
    ERR_SYSTEM,      /* disk full, database, model server gone: stop the stage */
    ERR_ABORT,       /* asked to stop: give the task back */
    ERR_CRASH,       /* the process that held the item died */
    ERR_TIMEOUT,     /* the item took longer than its limit */
    ERR_USAGE,       /* the command line is wrong */
    ERR_KINDS
};

/* Longest error text in bytes, with its NUL; longer texts are cut at a character boundary. */
enum { ERR_TEXT_MAX = 768 };

struct err {
    enum err_kind kind;
    int retry_after; /* seconds the service asked us to wait; 0 where it said nothing */
    char text[ERR_TEXT_MAX];
};

/* Sets kind and text; returns false always, so that `return err_set(...)` reads well. `e` may be NULL. */
bool err_set(struct err *e, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool err_vset(struct err *e, enum err_kind kind, const char *format, va_list args);

/* As err_set, with ": " and strerror(error_number) behind it. ENOSPC, EDQUOT, EFBIG, EIO, EROFS, ENOMEM, EMFILE and
 * ENFILE make the kind ERR_SYSTEM whatever was asked for, since the next item would fail in the same way. */
bool err_errno(struct err *e, enum err_kind kind, int error_number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts context and ": " in front of the text; the kind stays. Returns false always. */
bool err_add(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *e);

/* The kind's stable name ("temporary", "format", ...), as stored in task.err_kind; never NULL. */
const char *err_kind_name(enum err_kind kind);
/* The kind of a name; ERR_NONE for an unknown one. */
enum err_kind err_kind_of(const char *name);

#endif

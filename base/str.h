/* str.h: a growing byte string with a stated maximum. It is always NUL-terminated behind `len` bytes; it may hold
 * NULs. Past `max` nothing more is added and `overflow` turns true for good: the owner checks it once, at the end. */
#ifndef FIGMILL_BASE_STR_H
#define FIGMILL_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
    char *data; /* never NULL, "" when empty */
    size_t len, cap;
    size_t max; /* bytes, without the NUL */
    bool overflow;
};

extern char str_nothing[1];
#define STR_INIT(maximum)                                                                                              \
    {                                                                                                                  \
        .data = str_nothing, .max = (maximum)                                                                          \
    }

void str_init(struct str *s, size_t max);
void str_release(struct str *s);
void str_clear(struct str *s); /* empty, memory kept, overflow forgotten */
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t len);
void str_add_char(struct str *s, char c);
void str_add_utf8(struct str *s, int code_point);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *format, va_list args);
void str_cut(struct str *s, size_t len); /* shorter; no-op when it is shorter already */
/* The buffer, to be freed by the caller; the str is empty and usable again. */
char *str_detach(struct str *s);

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* Both NULL or both the same text. */
bool str_same(const char *a, const char *b);

#endif

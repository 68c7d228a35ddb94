/* str.c: see str.h. */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Shared by all empty strings; never written to, since cap is 0. */
char str_nothing[1] = "";

void str_init(struct str *s, size_t max)
{
    *s = (struct str)STR_INIT(max);
}

void str_release(struct str *s)
{
    if (s->cap)
        free(s->data);
    str_init(s, s->max);
}

void str_clear(struct str *s)
{
    s->len = 0;
    s->overflow = false;
    if (s->cap)
        s->data[0] = 0;
}

/* Room for `more` bytes and a NUL; false past the maximum. */
static bool make_room(struct str *s, size_t more)
{
    if (s->overflow || more > s->max || s->len > s->max - more) {
        s->overflow = true;
        return false;
    }
    size_t need = s->len + more + 1;
    if (need > s->cap) {
        size_t cap = s->cap ? s->cap : 64;
        while (cap < need)
            cap *= 2;
        s->data = mem_resize(s->cap ? s->data : NULL, cap, 1);
        s->cap = cap;
    }
    return true;
}

void str_add_bytes(struct str *s, const void *bytes, size_t len)
{
    if (!len || !make_room(s, len))
        return;
    memcpy(s->data + s->len, bytes, len);
    s->len += len;
    s->data[s->len] = 0;
}

void str_add(struct str *s, const char *text)
{
    if (text)
        str_add_bytes(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
    if (!make_room(s, 1))
        return;
    s->data[s->len++] = c;
    s->data[s->len] = 0;
}

void str_add_utf8(struct str *s, int c)
{
    char b[4];
    size_t n;
    if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        str_add_char(s, (char)c);
        return;
    }
    if (c < 0x800) {
        b[0] = (char)(0xC0 | c >> 6);
        b[1] = (char)(0x80 | (c & 0x3F));
        n = 2;
    } else if (c < 0x10000) {
        b[0] = (char)(0xE0 | c >> 12);
        b[1] = (char)(0x80 | (c >> 6 & 0x3F));
        b[2] = (char)(0x80 | (c & 0x3F));
        n = 3;
    } else {
        b[0] = (char)(0xF0 | c >> 18);
        b[1] = (char)(0x80 | (c >> 12 & 0x3F));
        b[2] = (char)(0x80 | (c >> 6 & 0x3F));
        b[3] = (char)(0x80 | (c & 0x3F));
        n = 4;
    }
    str_add_bytes(s, b, n);
}

void str_vaddf(struct str *s, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0 && make_room(s, (size_t)n)) {
        vsnprintf(s->data + s->len, (size_t)n + 1, format, again);
        s->len += (size_t)n;
    }
    va_end(again);
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_vaddf(s, format, args);
    va_end(args);
}

void str_cut(struct str *s, size_t len)
{
    if (len < s->len) {
        s->len = len;
        s->data[len] = 0;
    }
}

char *str_detach(struct str *s)
{
    char *data = s->cap ? s->data : mem_strdup("");
    str_init(s, s->max);
    return data;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t a = strlen(s), b = strlen(suffix);
    return a >= b && memcmp(s + a - b, suffix, b) == 0;
}

bool str_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

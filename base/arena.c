/* arena.c: see arena.h. Blocks grow from 4 KiB to 1 MiB; a request that does not fit has a block of its own. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(ALIGNMENT) unsigned char data[];
};

static struct arena_block *block_new(struct arena *a, size_t size)
{
    size_t want = a->head ? 2 * a->head->size : FIRST_BLOCK;
    if (want > LARGEST_BLOCK)
        want = LARGEST_BLOCK;
    if (want < size)
        want = size;
    struct arena_block *b = mem_new(sizeof *b + want);
    b->size = want;
    b->next = a->head;
    a->head = b;
    return b;
}

void *arena_new(struct arena *a, size_t size)
{
    /* An overflowing size becomes one that no allocator can serve, so that mem_new ends the process. */
    size_t rounded = size > SIZE_MAX - 4096 ? SIZE_MAX - 4096 : (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!rounded)
        rounded = ALIGNMENT;
    struct arena_block *b = a->head;
    if (!b || b->size - b->used < rounded)
        b = block_new(a, rounded);
    void *p = b->data + b->used;
    b->used += rounded;
    a->used += rounded;
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t total;
    return arena_new(a, __builtin_mul_overflow(n, size, &total) ? SIZE_MAX : total);
}

void *arena_memdup(struct arena *a, const void *bytes, size_t len)
{
    void *p = arena_new(a, len);
    if (len)
        memcpy(p, bytes, len);
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *p = arena_new(a, len + 1);
    if (len)
        memcpy(p, s, len);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = arena_new(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

void arena_release(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct arena)ARENA_INIT;
}

/* arena.h: memory that lives as long as one item. Nothing is freed singly; arena_release gives all of it back.
 * Allocations are aligned for any type and never fail (see mem.h). */
#ifndef FIGMILL_BASE_ARENA_H
#define FIGMILL_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used; /* bytes handed out since the last release, for bounds checks */
};

#define ARENA_INIT                                                                                                     \
    {                                                                                                                  \
        0                                                                                                              \
    }

void *arena_new(struct arena *a, size_t size); /* zeroed */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *bytes, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

/* Room for one more element in an array that lives in the arena (the old copy stays until release). */
#define ARENA_GROW(a, array, n, cap)                                                                                   \
    do {                                                                                                               \
        if ((n) == (cap)) {                                                                                            \
            size_t arena_grow_cap = (cap) ? 2 * (cap) : 8;                                                             \
            void *arena_grow_new = arena_array((a), arena_grow_cap, sizeof *(array));                                  \
            if (n)                                                                                                     \
                memcpy(arena_grow_new, (array), (n) * sizeof *(array));                                                \
            (array) = arena_grow_new;                                                                                  \
            (cap) = arena_grow_cap;                                                                                    \
        }                                                                                                              \
    } while (0)

#endif

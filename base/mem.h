/* mem.h: memory outside an arena. None of these returns NULL: a process that cannot have memory ends with status
 * MEM_EXIT after one line on stderr, since nothing sensible is left to do; a stage's runner sees a crashed worker and
 * loses that item only. Give memory back with free(). */
#ifndef FIGMILL_BASE_MEM_H
#define FIGMILL_BASE_MEM_H

#include <stddef.h>

enum { MEM_EXIT = 71 };

void *mem_new(size_t size);                         /* zeroed */
void *mem_array(size_t n, size_t size);             /* zeroed; n * size checked for overflow */
void *mem_resize(void *old, size_t n, size_t size); /* as realloc(old, n * size), checked */
char *mem_strdup(const char *s);                    /* NULL stays NULL */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more element in a growing array: doubles *cap when n == *cap. */
#define MEM_GROW(array, n, cap)                                                                                        \
    do {                                                                                                               \
        if ((n) == (cap)) {                                                                                            \
            (cap) = (cap) ? 2 * (cap) : 8;                                                                             \
            (array) = mem_resize((array), (cap), sizeof *(array));                                                     \
        }                                                                                                              \
    } while (0)

#endif

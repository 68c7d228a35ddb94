/* mem.c: see mem.h. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *must(void *p, size_t size)
{
    if (!p && size) {
        char line[96];
        int n = snprintf(line, sizeof line, "figmill: out of memory (%zu bytes asked for)\n", size);
        if (write(STDERR_FILENO, line, (size_t)n) < 0)
            _exit(MEM_EXIT);
        _exit(MEM_EXIT);
    }
    return p;
}

void *mem_new(size_t size)
{
    return must(calloc(1, size ? size : 1), size ? size : 1);
}

void *mem_array(size_t n, size_t size)
{
    return must(calloc(n ? n : 1, size ? size : 1), n ? n : 1);
}

void *mem_resize(void *old, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        must(NULL, SIZE_MAX);
    return must(realloc(old, total ? total : 1), total ? total : 1);
}

char *mem_strdup(const char *s)
{
    return s ? must(strdup(s), strlen(s) + 1) : NULL;
}

char *mem_printf(const char *format, ...)
{
    char *out = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&out, format, args);
    va_end(args);
    return must(n < 0 ? NULL : out, 1);
}

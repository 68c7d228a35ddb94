/* log.c: see log.h. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum log_level current = LOG_INFO;

void log_level_set(enum log_level level)
{
    current = level;
}

enum log_level log_level(void)
{
    return current;
}

static void line(enum log_level level, const char *format, va_list args)
{
    char text[2048];
    if (level > current)
        return;
    int n = snprintf(text, sizeof text, "%s%s: %s", isatty(STDERR_FILENO) ? "\r\033[K" : "",
                     program_invocation_short_name, level == LOG_WARN ? "warning: " : "");
    int m = vsnprintf(text + n, sizeof text - (size_t)n - 1, format, args);
    size_t len = (size_t)n + (m < 0 ? 0 : (size_t)m);
    if (len > sizeof text - 2)
        len = sizeof text - 2;
    text[len++] = '\n';
    if (write(STDERR_FILENO, text, len) < 0)
        return; /* Nobody is left to tell. */
}

#define DEFINE(name, level)                                                                                            \
    void name(const char *format, ...)                                                                                 \
    {                                                                                                                  \
        va_list args;                                                                                                  \
        va_start(args, format);                                                                                        \
        line(level, format, args);                                                                                     \
        va_end(args);                                                                                                  \
    }

DEFINE(log_error, LOG_ERROR)
DEFINE(log_warn, LOG_WARN)
DEFINE(log_info, LOG_INFO)
DEFINE(log_debug, LOG_DEBUG)

/* err.c: see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[ERR_KINDS] = {
    [ERR_NONE] = "none",
    [ERR_TEMPORARY] = "temporary",
    [ERR_FORMAT] = "format",
    [ERR_LIMIT] = "limit",
    [ERR_UNSUPPORTED] = "unsupported",
    [ERR_REFUSED] = "refused",
    [ERR_SYSTEM] = "system",
    [ERR_ABORT] = "abort",
    [ERR_CRASH] = "crash",
    [ERR_TIMEOUT] = "timeout",
    [ERR_USAGE] = "usage",
};

/* Cuts a trailing partial UTF-8 sequence, which snprintf leaves when the text did not fit. */
static void cut_partial(char *text)
{
    size_t len = strlen(text);
    size_t back = 0;
    while (back < 4 && back < len && ((unsigned char)text[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == len)
        return;
    unsigned char lead = (unsigned char)text[len - 1 - back];
    size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (back < need)
        text[len - 1 - back] = 0;
}

bool err_vset(struct err *e, enum err_kind kind, const char *format, va_list args)
{
    if (!e)
        return false;
    e->kind = kind;
    e->retry_after = 0;
    vsnprintf(e->text, sizeof e->text, format, args);
    cut_partial(e->text);
    return false;
}

bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err_vset(e, kind, format, args);
    va_end(args);
    return false;
}

static bool is_environment(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case EROFS:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return true;
    default:
        return false;
    }
}

bool err_errno(struct err *e, enum err_kind kind, int error_number, const char *format, ...)
{
    char text[ERR_TEXT_MAX / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(e, is_environment(error_number) ? ERR_SYSTEM : kind, "%s: %s", text, strerror(error_number));
}

bool err_add(struct err *e, const char *format, ...)
{
    if (!e)
        return false;
    char old[ERR_TEXT_MAX], context[ERR_TEXT_MAX / 2];
    memcpy(old, e->text, sizeof old);
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    if (snprintf(e->text, sizeof e->text, "%s: %s", context, old) >= (int)sizeof e->text)
        cut_partial(e->text);
    return false;
}

void err_clear(struct err *e)
{
    if (e)
        *e = (struct err){0};
}

const char *err_kind_name(enum err_kind kind)
{
    return kind < ERR_KINDS ? kind_names[kind] : "unknown";
}

enum err_kind err_kind_of(const char *name)
{
    for (int i = 0; name && i < ERR_KINDS; i++)
        if (strcmp(kind_names[i], name) == 0)
            return (enum err_kind)i;
    return ERR_NONE;
}

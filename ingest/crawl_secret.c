/* crawl_secret.c: see crawl_parts.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ingest/crawl_parts.h"

enum { SHORTEST_SECRET = 4 /* bytes; shorter values would be found everywhere */ };

bool secret_may_go(const struct url *from, const struct url *to)
{
    return str_same(from->host, to->host) && (to->https || !from->https);
}

/* The value of "name=value" or "Name: Bearer value"; "" when there is none worth hiding. */
static const char *value_of(const char *secret, char before)
{
    const char *value = secret ? strrchr(secret, before) : NULL;
    return value && strlen(value + 1) >= SHORTEST_SECRET ? value + 1 : "";
}

static bool holds(const struct crawl_request *request, const char *text)
{
    const char *const values[] = {value_of(request->secret_query, '='), value_of(request->secret_header, ' ')};
    for (int i = 0; i < 2; i++)
        if (*values[i] && strstr(text, values[i]))
            return true;
    return false;
}

bool secret_strip(const struct crawl_request *request, struct url *url, struct err *e)
{
    const char *secret = request->secret_query;
    size_t len = secret ? strlen(secret) : 0;
    for (char *at = url->text; len && (at = strstr(at, secret));) {
        char *end = at + len;
        if ((at[-1] != '?' && at[-1] != '&') || (*end && *end != '&')) {
            at = end;
            continue;
        }
        /* With the '&' behind it, else with the '?' or '&' in front of it. */
        if (*end)
            end++;
        else
            at--;
        memmove(at, end, strlen(end) + 1);
    }
    return !holds(request, url->text) || err_set(e, ERR_REFUSED, "the server's redirect has the request's key in it");
}

void secret_hide(const struct crawl_request *request, char *text)
{
    const char *const values[] = {value_of(request->secret_query, '='), value_of(request->secret_header, ' ')};
    for (int i = 0; i < 2; i++)
        for (char *at = text; *values[i] && (at = strstr(at, values[i]));)
            memset(at, '*', strlen(values[i]));
}

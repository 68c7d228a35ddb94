/* link.c: see link.h. */
#include "ingest/link.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/url.h"

const char *link_resolve(const char *base, const char *link, struct arena *arena)
{
    struct url page = {0}, url = {0};
    const char *result = NULL;
    if (!link || !link[strspn(link, " \t\r\n\f")])
        return NULL;
    bool ok = base ? url_parse(base, &page, NULL) && url_resolve(&page, link, &url, NULL) : url_parse(link, &url, NULL);
    if (ok && strlen(url.text) < LINK_MAX)
        result = arena_strdup(arena, url.text);
    url_release(&url);
    url_release(&page);
    return result;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len >= n && strncasecmp(text + len - n, end, n) == 0;
}

const char *link_kind(const char *url)
{
    const char *path = strstr(url, "://");
    path = path ? path + 3 : url;
    path += strcspn(path, "/?#");
    size_t len = strcspn(path, "?#");
    if (ends_with(path, len, ".pdf") || ends_with(path, len, "/pdf") || ends_with(path, len, "/_pdf"))
        return "pdf";
    if (ends_with(path, len, ".xml") || ends_with(path, len, "/xml"))
        return "xml";
    for (size_t i = 0; i + 5 <= len; i++) {
        if (strncasecmp(path + i, "/pdf/", 5) == 0)
            return "pdf";
    }
    return "landing";
}

/* A path of Creative Commons, "by[-nc][-sa|-nd][/VERSION]", at `text`; its name, or NULL. */
static const char *cc_path(const char *text, struct arena *arena)
{
    static const char *const codes[] = {"by-nc-nd", "by-nc-sa", "by-nc", "by-nd", "by-sa", "by"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        size_t len = strlen(codes[i]);
        if (strncasecmp(text, codes[i], len) != 0 || isalnum((unsigned char)text[len]) || text[len] == '-')
            continue;
        char name[16] = "CC ";
        for (size_t k = 0; k <= len; k++)
            name[3 + k] = (char)toupper((unsigned char)codes[i][k]);
        const char *version = text + len + (text[len] == '/');
        size_t digits = text[len] == '/' ? strspn(version, "0123456789.") : 0;
        while (digits && version[digits - 1] == '.')
            digits--;
        return digits && digits < 8 ? arena_printf(arena, "%s %.*s", name, (int)digits, version)
                                    : arena_strdup(arena, name);
    }
    return NULL;
}

const char *link_cc_name(const char *text, struct arena *arena)
{
    if (!text)
        return NULL;
    const char *at = strcasestr(text, "creativecommons.org/");
    if (!at)
        return cc_path(text, arena);
    at += strlen("creativecommons.org/");
    if (strncasecmp(at, "licenses/", 9) == 0)
        return cc_path(at + 9, arena);
    if (strncasecmp(at, "publicdomain/zero", 17) == 0)
        return arena_strdup(arena, "CC0 1.0");
    return NULL;
}

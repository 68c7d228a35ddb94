/* link.c: see link.h. */
#include "ingest/link.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* The parts of a URI reference (RFC 3986 appendix B), each a piece of it; a NULL start: there is none. */
struct piece {
    const char *start;
    size_t len;
};
struct parts {
    struct piece scheme, host, path, query; /* host with user and port, without "//" */
};

static struct piece take(const char **at, const char *stop)
{
    struct piece p = {*at, strcspn(*at, stop)};
    *at += p.len;
    return p;
}

/* Length of "scheme" in front of a ':'; 0: none. */
static size_t scheme_len(const char *text)
{
    if (!isalpha((unsigned char)*text))
        return 0;
    size_t len = 1;
    while (isalnum((unsigned char)text[len]) || (text[len] && strchr("+-.", text[len])))
        len++;
    return text[len] == ':' ? len : 0;
}

static struct parts split(const char *text)
{
    struct parts p = {{0}};
    size_t scheme = scheme_len(text);
    if (scheme) {
        p.scheme = (struct piece){text, scheme};
        text += scheme + 1;
    }
    if (text[0] == '/' && text[1] == '/') {
        text += 2;
        p.host = take(&text, "/?#");
    }
    p.path = take(&text, "?#");
    if (*text == '?') {
        text++;
        p.query = take(&text, "#");
    }
    return p;
}

static bool is_http(struct piece scheme)
{
    return (scheme.len == 4 && strncasecmp(scheme.start, "http", 4) == 0) ||
           (scheme.len == 5 && strncasecmp(scheme.start, "https", 5) == 0);
}

/* Appends a path without its "." and ".." segments; it begins with '/'. */
static void add_path(struct str *out, const char *path)
{
    size_t root = out->len;
    while (*path == '/') {
        size_t len = 1 + strcspn(path + 1, "/");
        bool last = !path[len];
        if (len == 3 && memcmp(path, "/..", 3) == 0) {
            size_t n = out->len;
            while (n > root && out->data[n - 1] != '/')
                n--;
            str_cut(out, n > root ? n - 1 : root);
            if (last)
                str_add_char(out, '/');
        } else if (len == 2 && memcmp(path, "/.", 2) == 0) {
            if (last)
                str_add_char(out, '/');
        } else {
            str_add_bytes(out, path, len);
        }
        path += len;
    }
    if (out->len == root)
        str_add_char(out, '/');
}

/* The path of `link` merged with that of its base (RFC 3986 5.2.3), dots still in it. */
static void merge(struct str *out, struct piece base, struct piece link)
{
    if (!link.len || link.start[0] != '/') {
        size_t keep = link.len ? 0 : base.len;
        for (size_t i = 0; link.len && i < base.len; i++)
            keep = base.start[i] == '/' ? i + 1 : keep;
        if (keep)
            str_add_bytes(out, base.start, keep);
        else
            str_add_char(out, '/');
    }
    str_add_bytes(out, link.start, link.len);
}

/* Percent-encodes what must not stand in a URL; what is encoded already stays. */
static char *encoded(const char *text, struct arena *arena)
{
    struct str out = STR_INIT(LINK_MAX);
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n' || c == '\r' || c == '\t')
            continue;
        if (c <= ' ' || c >= 127 || strchr("\"<>\\^`{|}", c))
            str_addf(&out, "%%%02X", c);
        else
            str_add_char(&out, (char)c);
    }
    char *result = out.overflow ? NULL : arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return result;
}

static void add_lower(struct str *out, struct piece p)
{
    for (size_t i = 0; i < p.len; i++)
        str_add_char(out, (char)tolower((unsigned char)p.start[i]));
}

const char *link_resolve(const char *base, const char *link, struct arena *arena)
{
    const char *text = link ? encoded(link, arena) : NULL;
    if (!text || !*text)
        return NULL;
    const char *base_text = base ? encoded(base, arena) : NULL;
    struct parts p = split(text), b = split(base_text ? base_text : "");
    bool absolute = p.scheme.start != NULL;
    if (!absolute)
        p.scheme = b.scheme;
    if (!p.scheme.start || !is_http(p.scheme))
        return NULL;
    bool own_host = absolute || p.host.start;
    if (!own_host)
        p.host = b.host;
    if (!p.host.len || memchr(p.host.start, '@', p.host.len))
        return NULL;
    struct str path = STR_INIT(2 * LINK_MAX), out = STR_INIT(LINK_MAX);
    merge(&path, own_host ? (struct piece){"", 0} : b.path, p.path);
    add_lower(&out, p.scheme);
    str_add(&out, "://");
    add_lower(&out, p.host);
    add_path(&out, path.data);
    struct piece query = p.query.start || own_host || p.path.len ? p.query : b.query;
    if (query.start) {
        str_add_char(&out, '?');
        str_add_bytes(&out, query.start, query.len);
    }
    const char *result = out.overflow || path.overflow ? NULL : arena_strndup(arena, out.data, out.len);
    str_release(&path);
    str_release(&out);
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

/* url.c: see url.h. */
#include "base/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

enum { HOST_MAX = 255 /* bytes */ };

/* Shows no more of a bad URL than fits an error's text; what is behind '?' may be a key, in front of '@' a password. */
static bool bad(struct err *e, const char *text, const char *why)
{
    int shown = (int)strcspn(text, "?");
    if (strchr(text, '@'))
        return err_set(e, ERR_FORMAT, "a URL with \"@\" in it cannot be fetched: %s", why);
    return err_set(e, ERR_FORMAT, "%.*s%s is no URL that can be fetched: %s", shown < 200 ? shown : 200, text,
                   shown < 200 ? "" : "...", why);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

/* The fragment and white space around go; line breaks within, which some pages have in their attributes, go as browsers
 * do it. */
static char *tidy(const char *text)
{
    size_t len = strlen(text), n = 0;
    char *out = mem_new(len + 1);
    text += strspn(text, " \t\r\n\f");
    for (; *text && *text != '#'; text++)
        if (!strchr("\t\r\n", *text))
            out[n++] = *text;
    while (n && strchr(" \f", out[n - 1]))
        n--;
    out[n] = 0;
    return out;
}

static char *part(CURLU *h, CURLUPart what, unsigned flags)
{
    char *got = NULL;
    return curl_url_get(h, what, &got, flags) == CURLUE_OK ? got : NULL;
}

/* libcurl would convert international names by the locale's character set, which is none of ours. NULL: no name. */
static char *lower_host(CURLU *h)
{
    char *got = part(h, CURLUPART_HOST, 0);
    struct str host = STR_INIT(HOST_MAX);
    bool plain = true;
    for (const char *p = got; p && *p; p++)
        plain = plain && (unsigned char)*p < 0x80;
    for (const char *p = got; p && *p && plain; p++)
        str_add_char(&host, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
    bool ok = plain || text_host_to_ascii(got, strlen(got), &host);
    curl_free(got);
    /* One dot may stand at the end, none elsewhere without a label in front. */
    ok = ok && host.len && !host.overflow && *host.data != '.' && !strstr(host.data, "..");
    if (ok && host.data[host.len - 1] == '.')
        str_cut(&host, host.len - 1);
    char *name = ok ? str_detach(&host) : NULL;
    str_release(&host);
    return name;
}

/* What the handle holds, as a struct url; NULL: fine, else what is wrong. */
static const char *fill(CURLU *h, struct url *out)
{
    char *scheme = part(h, CURLUPART_SCHEME, 0), *port = part(h, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    char *path = part(h, CURLUPART_PATH, 0), *query = part(h, CURLUPART_QUERY, 0);
    char *user = part(h, CURLUPART_USER, 0), *password = part(h, CURLUPART_PASSWORD, 0);
    const char *why = NULL;
    out->host = lower_host(h);
    if (!scheme || (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0))
        why = "only http and https are";
    else if (user || password)
        why = "it holds a user name";
    else if (!out->host || has_control(out->host))
        why = "it has no usable host";
    else {
        char *end;
        out->https = strcasecmp(scheme, "https") == 0;
        out->port = (int)strtol(port ? port : "0", &end, 10);
        out->port_default = out->port == (out->https ? 443 : 80);
        struct str text = STR_INIT(URL_MAX - 1);
        str_addf(&text, "%s://%s", out->https ? "https" : "http", out->host);
        if (!out->port_default)
            str_addf(&text, ":%d", out->port);
        size_t at = text.len;
        str_addf(&text, "%s%s%s%s", path && *path == '/' ? "" : "/", path ? path : "", query ? "?" : "",
                 query ? query : "");
        if (text.overflow)
            why = "it is too long";
        else if (out->port < 1 || out->port > 65535)
            why = "its port is none";
        out->text = str_detach(&text);
        out->target = out->text + (at < strlen(out->text) ? at : 0);
    }
    char *const parts[] = {scheme, port, path, query, user, password};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        curl_free(parts[i]);
    return why;
}

static bool read_url(const struct url *base, const char *reference, struct url *out, struct err *e)
{
    *out = (struct url){0};
    char *text = tidy(reference);
    CURLU *h = curl_url();
    const char *why = NULL;
    if (strlen(text) >= URL_MAX)
        why = "it is too long";
    else if (has_control(text))
        why = "it holds control characters";
    else if (!h)
        why = "out of memory";
    else {
        CURLUcode code = base ? curl_url_set(h, CURLUPART_URL, base->text, 0) : CURLUE_OK;
        if (!code && (*text || !base)) /* an empty reference is the base itself */
            code = curl_url_set(h, CURLUPART_URL, text, CURLU_URLENCODE);
        why = code == CURLUE_UNSUPPORTED_SCHEME ? "only http and https are"
              : code                            ? curl_url_strerror(code)
                                                : fill(h, out);
    }
    if (why) {
        bad(e, text, why);
        url_release(out);
    }
    curl_url_cleanup(h);
    free(text);
    return !why;
}

bool url_parse(const char *text, struct url *out, struct err *e)
{
    return read_url(NULL, text, out, e);
}

bool url_resolve(const struct url *base, const char *reference, struct url *out, struct err *e)
{
    return read_url(base, reference, out, e);
}

void url_release(struct url *u)
{
    free(u->text);
    free(u->host);
    *u = (struct url){0};
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->https == b->https && a->port == b->port && str_same(a->host, b->host);
}

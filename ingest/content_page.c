/* content_page.c: see content_page.h. */
#include "ingest/content_page.h"

#include <string.h>

#include "base/arena.h"
#include "ingest/content.h"

/* When a mark is enough. */
enum force {
    ALWAYS, /* nothing but such a page holds it */
    BARE,   /* in a page that has no article's meta elements */
    SMALL,  /* in such a page of at most SMALL_PAGE bytes: larger ones carry the same scripts beside their contents */
};

enum { SMALL_PAGE = 20000 };

/* All in lower case; the first that fits names the page. */
static const struct mark {
    const char *text;
    enum force force;
    const char *what;
} marks[] = {
    {"_cf_chl_opt", ALWAYS, "Cloudflare challenge"},
    {"cf-browser-verification", ALWAYS, "Cloudflare challenge"},
    {"cf-error-details", BARE, "Cloudflare block"},
    {"<title>attention required! | cloudflare", ALWAYS, "Cloudflare block"},
    {"<title>just a moment...", BARE, "Cloudflare challenge"},
    {"pow_challenge", ALWAYS, "proof-of-work challenge"},
    {"id=\"anubis_challenge\"", ALWAYS, "Anubis proof-of-work challenge"},
    {"incapsula incident id", ALWAYS, "Incapsula block"},
    {"_incapsula_resource", SMALL, "Incapsula challenge"},
    {"<title>pardon our interruption", ALWAYS, "Imperva challenge"},
    {"errors.edgesuite.net", BARE, "Akamai block"},
    {"sec-if-cpt-container", ALWAYS, "Akamai challenge"},
    {"bm-verify=", BARE, "Akamai challenge"},
    {"geo.captcha-delivery.com", BARE, "DataDome challenge"},
    {"id=\"px-captcha\"", ALWAYS, "PerimeterX challenge"},
    {"validate.perfdrive.com", BARE, "Radware challenge"},
    {"sucuri_cloudproxy_js", ALWAYS, "Sucuri challenge"},
    {"sucuri website firewall - access denied", ALWAYS, "Sucuri block"},
    {"/.well-known/ddos-guard/", SMALL, "DDoS-Guard challenge"},
    {"awswafcookiedomainlist", SMALL, "AWS WAF challenge"},
    {"token.awswaf.com", SMALL, "AWS WAF challenge"},
    {"checking your browser before", BARE, "browser check"},
    {"our systems have detected unusual traffic", ALWAYS, "block for unusual traffic"},
    {"g-recaptcha", SMALL, "captcha page"},
    {"google.com/recaptcha/", SMALL, "captcha page"},
    {"h-captcha", SMALL, "captcha page"},
    {"cf-turnstile", SMALL, "captcha page"},
    {"name=\"access\" content=\"no\"", ALWAYS, "paywall preview"},
    {"\"isaccessibleforfree\":false", ALWAYS, "paywall preview"},
    {"\"isaccessibleforfree\": false", ALWAYS, "paywall preview"},
    {"\"isaccessibleforfree\":\"false\"", ALWAYS, "paywall preview"},
    {"\"isaccessibleforfree\": \"false\"", ALWAYS, "paywall preview"},
    {"\"isaccessibleforfree\":\"no\"", ALWAYS, "paywall preview"},
    {"enable javascript and cookies to continue", SMALL, "challenge"},
};

/* Parts of titles, in lower case; they count in pages without an article's meta elements only. `start`: the title
 * begins with it. */
static const struct title_mark {
    const char *text;
    bool start;
    const char *what;
} titles[] = {
    {"access denied", false, "block"},
    {"are you a robot", false, "captcha page"},
    {"robot check", false, "captcha page"},
    {"security check", false, "captcha page"},
    {"security verification", false, "captcha page"},
    {"verify you are human", false, "captcha page"},
    {"human verification", false, "captcha page"},
    {"validate user", true, "captcha page"},
    {"just a moment", true, "challenge"},
    {"making sure you", true, "challenge"},
    {"cookie absent", false, "consent page"},
    {"cookies required", false, "consent page"},
    {"cookie consent", false, "consent page"},
    {"error - cookies turned off", true, "consent page"},
    {"log in", true, "login page"},
    {"login", true, "login page"},
    {"sign in", true, "login page"},
    {"signin", true, "login page"},
    {"single sign-on", false, "login page"},
    {"iniciar sesi", true, "login page"},
    {"iniciar sess", true, "login page"},
    {"acceso usuarios", true, "login page"},
    {"connexion", true, "login page"},
    {"s'identifier", true, "login page"},
    {"anmeld", true, "login page"},
    {"einloggen", true, "login page"},
    {"accedi", true, "login page"},
    {"\xd0\x92\xd1\x85\xd0\xbe\xd0\xb4", true, "login page"},                 /* Russian: entrance */
    {"\xe7\x99\xbb\xe5\xbd\x95", true, "login page"},                         /* Chinese */
    {"\xe3\x83\xad\xe3\x82\xb0\xe3\x82\xa4\xe3\x83\xb3", true, "login page"}, /* Japanese */
    {"400 ", true, "error page"},
    {"401 ", true, "error page"},
    {"403 ", true, "error page"},
    {"404", true, "error page"},
    {"500 ", true, "error page"},
    {"502 ", true, "error page"},
    {"503 ", true, "error page"},
    {"504 ", true, "error page"},
    {"error", true, "error page"},
    {"not found", false, "error page"},
    {"no encontrad", false, "error page"},
    {"n\xc3\xa3o encontrad", false, "error page"},
    {"introuvable", false, "error page"},
    {"nicht gefunden", false, "error page"},
    {"non trovata", false, "error page"},
    {"\xd0\xbd\xd0\xb5 \xd0\xbd\xd0\xb0\xd0\xb9\xd0\xb4\xd0\xb5\xd0\xbd", false, "error page"}, /* Russian */
    {"bad gateway", false, "error page"},
    {"service unavailable", false, "error page"},
    {"temporarily unavailable", false, "error page"},
    {"forbidden", false, "error page"},
    {"site maintenance", false, "error page"},
    {"under maintenance", false, "error page"},
};

/* Names of meta elements that only pages of articles have. */
static const char *const article_marks[] = {
    "citation_title", "citation_doi",    "citation_pdf_url", "citation_journal_title", "dc.title",
    "dcterms.title",  "eprints.title",   "prism.doi",        "prism.publicationname",  "bepress_citation_title",
    "dc.identifier",  "citation_author",
};

struct lower {
    const char *text;
    size_t len;
};

static const char *find(struct lower l, const char *what)
{
    return l.len ? memmem(l.text, l.len, what, strlen(what)) : NULL;
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Finds the text of <title>; white space runs become one space. */
static void read_title(struct lower l, const char *text, char out[PAGE_TITLE_SIZE])
{
    const char *tag = find(l, "<title"), *end = l.text + l.len;
    size_t n = 0;
    *out = 0;
    const char *start = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
    for (const char *at = start ? start + 1 : end; at < end && *at != '<' && n + 1 < PAGE_TITLE_SIZE; at++) {
        char c = text[at - l.text];
        bool space = (unsigned char)c <= ' ';
        if (!space)
            out[n++] = c;
        else if (n && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    while (n && (out[n - 1] == ' ' || (n + 1 >= PAGE_TITLE_SIZE && ((unsigned char)out[n - 1] & 0x80))))
        n--; /* A title that was cut may end in half a character. */
    out[n] = 0;
}

static const char *by_title(const char *title)
{
    char lower[PAGE_TITLE_SIZE];
    size_t len = strlen(title);
    for (size_t i = 0; i <= len; i++)
        lower[i] = to_lower(title[i]);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        const char *found = strstr(lower, titles[i].text);
        if (found && (!titles[i].start || found == lower))
            return titles[i].what;
    }
    return NULL;
}

/* A page that sends its reader on to a login: <meta http-equiv="refresh" content="0; url=/login">. */
static bool leads_to_login(struct lower l)
{
    static const char *const ways[] = {"login",      "signin", "sign-in", "/sso",
                                       "shibboleth", "wayf",   "idp",     "authenticate"};
    const char *refresh = find(l, "http-equiv=\"refresh\"");
    if (!refresh)
        refresh = find(l, "http-equiv='refresh'");
    if (!refresh)
        return false;
    const char *end = memchr(refresh, '>', (size_t)(l.text + l.len - refresh));
    struct lower tag = {refresh, end ? (size_t)(end - refresh) : 0};
    for (size_t i = 0; find(tag, "url=") && i < sizeof ways / sizeof *ways; i++)
        if (find(tag, ways[i]))
            return true;
    return false;
}

static const char *by_marks(struct lower l, bool article, bool small)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const struct mark *m = &marks[i];
        if ((m->force == ALWAYS || (!article && (m->force == BARE || small))) && find(l, m->text))
            return m->what;
    }
    return NULL;
}

void page_look(const char *text, size_t len, bool whole, struct page_look *out)
{
    struct arena arena = ARENA_INIT;
    char *copy = arena_new(&arena, len + 1);
    for (size_t i = 0; i < len; i++)
        copy[i] = to_lower(text[i]);
    struct lower l = {copy, len};
    *out = (struct page_look){0};
    read_title(l, text, out->title);
    for (size_t i = 0; !out->article && i < sizeof article_marks / sizeof *article_marks; i++)
        out->article = find(l, article_marks[i]) != NULL;
    out->wrong = by_marks(l, out->article, whole && len <= SMALL_PAGE);
    if (!out->wrong && !out->article)
        out->wrong = leads_to_login(l)                                            ? "page that leads to a login"
                     : by_title(out->title)                                       ? by_title(out->title)
                     : whole && len <= SMALL_PAGE && find(l, "type=\"password\"") ? "login page"
                                                                                  : NULL;
    arena_release(&arena);
}

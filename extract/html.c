/* html.c: see html.h. Recognises article pages and has their parts read: metadata (html_front.c), figures
 * (html_figure.c). */
#include "extract/html.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "extract/cite.h"
#include "extract/html_tree.h"

/* A page without metadata and figures is an article only with this much text (bytes). */
enum { ARTICLE_TEXT_MIN = 3000 };

const char *html_text(struct html *h, const xmlNode *node, size_t max)
{
    if (!node)
        return NULL;
    xml_text_clear(&h->text);
    xml_text_add(&h->text, node);
    return article_text(h->a, h->text.s.data, h->text.s.len, max);
}

const char *html_peek(struct html *h, const xmlNode *node)
{
    xml_text_clear(&h->text);
    xml_text_add(&h->text, node);
    xml_text_trim(&h->text);
    return h->text.s.data;
}

bool html_has_class(const xmlNode *node, const char *name, bool part)
{
    const char *names = xml_attr(node, "class");
    size_t want = strlen(name);
    while (names && *names) {
        size_t len = strcspn(names, " \t\r\n");
        if (!part && len == want && strncasecmp(names, name, len) == 0)
            return true;
        for (size_t i = 0; part && i + want <= len; i++)
            if (strncasecmp(names + i, name, want) == 0)
                return true;
        names += len;
        names += strspn(names, " \t\r\n");
    }
    return false;
}

/* Pages that stand where an article should be, by the words of their title. */
static bool is_refusal_title(const char *title)
{
    static const char *const words[] = {
        "just a moment", "attention required", "access denied",       "are you a robot", "captcha",
        "forbidden",     "not found",          "security check",      "sign in",         "log in",
        "login",         "page unavailable",   "service unavailable", "error",           "checking your"};
    for (size_t i = 0; title && i < sizeof words / sizeof *words; i++)
        if (strcasestr(title, words[i]))
            return true;
    return false;
}

static bool is_article(struct html *h, const char *title, struct err *e)
{
    if (h->citation || h->a->n_figures)
        return true;
    xml_text_clear(&h->text);
    xml_text_add(&h->text, xml_find(h->root, TAG_BODY) ? xml_find(h->root, TAG_BODY) : h->root);
    if (h->text.s.len >= ARTICLE_TEXT_MIN && !is_refusal_title(title))
        return true;
    return err_set(e, ERR_UNSUPPORTED, "no article, but a page titled '%.120s' with %zu bytes of text",
                   title ? title : "", h->text.s.len);
}

/* A paragraph, or what pages use for one: a div of class "p" or "para". */
static bool is_paragraph(const xmlNode *node)
{
    static const char *const names[] = {"p", "para", "paragraph", "html-p", "NLM_p", "ltx_p", "u-margin-s-bottom"};
    if (xml_tag(node) != TAG_DIV)
        return xml_tag(node) == TAG_P;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (html_has_class(node, names[i], false))
            return xml_find(node, TAG_P) == NULL;
    return false;
}

static void add_mentions(struct html *h)
{
    struct cites cites;
    bool descend = true;
    cites_init(&cites, h->a);
    for (const xmlNode *node = h->root; node && cites.n; node = xml_next(h->root, node, descend)) {
        descend = !html_is_figure(node) && xml_tag(node) != TAG_TABLE && xml_tag(node) != TAG_HEAD;
        if (!is_paragraph(node) || xml_find(node, TAG_TABLE))
            continue;
        const char *text = html_text(h, node, XML_TEXT_MAX);
        if (text)
            cites_add(&cites, xml_language(node), text, strlen(text));
        descend = false;
    }
    cites_release(&cites);
}

static bool read_page(struct html *h, struct err *e)
{
    xml_text_init(&h->text);
    html_front(h);
    html_figures(h);
    bool ok = is_article(h, html_text(h, xml_find(h->root, TAG_TITLE), 400), e);
    if (ok) {
        add_mentions(h);
        article_name_figures(h->a);
    }
    xml_text_release(&h->text);
    return ok;
}

/* The value of charset= in the first bytes, or NULL; `out` holds it. */
static const char *declared_charset(const char *bytes, size_t len, char out[40])
{
    static const char key[] = "charset=";
    if (len > 4096)
        len = 4096;
    for (size_t i = 0; i + sizeof key < len; i++) {
        if (strncasecmp(bytes + i, key, sizeof key - 1) != 0)
            continue;
        size_t at = i + sizeof key - 1, n = 0;
        at += bytes[at] == '"' || bytes[at] == '\'';
        for (; at < len && n < 39 && !strchr("\"' />;", bytes[at]) && bytes[at] > ' '; at++)
            out[n++] = bytes[at];
        out[n] = 0;
        return n ? out : NULL;
    }
    return NULL;
}

bool html_extract(const char *bytes, size_t len, struct article *a, struct err *e)
{
    *a = (struct article)ARTICLE_INIT;
    if (len > HTML_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "HTML of %zu bytes; at most %d are read", len, HTML_MAX_BYTES);
    struct str utf8 = STR_INIT((size_t)HTML_MAX_BYTES * 3);
    char charset[40];
    struct err unknown = {0};
    xmlDoc *doc = NULL;
    /* A charset that is unknown or wrong must not lose the page: guess then. */
    bool ok = text_to_utf8(bytes, len, declared_charset(bytes, len, charset), &utf8, &unknown);
    if (!ok) {
        str_clear(&utf8);
        ok = text_to_utf8(bytes, len, NULL, &utf8, e);
    }
    if (ok)
        ok = (doc = xml_parse_html(utf8.data, utf8.len, e)) != NULL;
    struct html h = {.a = a, .root = doc ? xmlDocGetRootElement(doc) : NULL};
    ok = ok && read_page(&h, e);
    xmlFreeDoc(doc);
    str_release(&utf8);
    if (!ok)
        article_release(a);
    return ok;
}

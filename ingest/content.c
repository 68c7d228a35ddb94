/* content.c: see content.h. */
#include "ingest/content.h"

#include <string.h>

#include "base/arena.h"
#include "ingest/content_page.h"
#include "ingest/import_kind.h"
#include "ingest/import_xml.h"

static const char *const wanted[] = {
    [CONTENT_ANY] = "anything",
    [CONTENT_JSON] = "JSON",
    [CONTENT_DATA] = "JSON or XML",
    [CONTENT_XML] = "XML",
    [CONTENT_ARTICLE] = "an XML article",
    [CONTENT_HTML] = "a page",
    [CONTENT_PDF] = "a PDF",
    [CONTENT_IMAGE] = "an image",
    [CONTENT_TEXT] = "plain text",
};

/* A body under examination. */
struct look {
    const struct content *c;
    enum content_want want;
    struct arena arena;
    struct file_kind kind;
    const char *text; /* its head, in an ASCII-compatible encoding */
    size_t len;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* True when the last bytes hold `mark`. */
static bool ends_near(const struct content *c, const char *mark, size_t len)
{
    return c->tail_len >= len && memmem(c->tail, c->tail_len, mark, len) != NULL;
}

static bool cut(const struct look *l, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "%s without an end: cut at %llu bytes", what, (unsigned long long)l->c->bytes);
}

/* Says what the body is instead. */
static bool instead(const struct look *l, struct err *e)
{
    const char *declared = l->c->declared_type;
    struct page_look page;
    if (l->kind.kind == KIND_HTML) {
        page_look(l->text, l->len, l->c->bytes <= l->c->head_len, &page);
        if (page.wrong || !*page.title)
            return err_set(e, ERR_FORMAT, "an HTML page (%s) instead of %s",
                           page.wrong ? page.wrong : "without a title", wanted[l->want]);
        return err_set(e, ERR_FORMAT, "an HTML page ('%s') instead of %s", page.title, wanted[l->want]);
    }
    if (l->kind.media_type)
        return err_set(e, ERR_FORMAT, "%s instead of %s", l->kind.media_type, wanted[l->want]);
    return err_set(e, ERR_FORMAT, "not %s%s%.80s: %s", wanted[l->want],
                   declared && *declared ? ", though declared as " : "", declared && *declared ? declared : "",
                   l->kind.why.text);
}

/* ---- XML ---- */

/* Only white space, comments and processing instructions. */
static bool is_misc(const char *at, const char *end)
{
    while (at < end) {
        if (is_space(*at)) {
            at++;
            continue;
        }
        bool comment = end - at > 4 && memcmp(at, "<!--", 4) == 0;
        if (!comment && !(end - at > 2 && memcmp(at, "<?", 2) == 0))
            return false;
        const char *close = comment ? memmem(at + 4, (size_t)(end - at - 4), "-->", 3)
                                    : memmem(at + 2, (size_t)(end - at - 2), "?>", 2);
        if (!close)
            return false;
        at = close + (comment ? 3 : 2);
    }
    return true;
}

/* True when the text's last element to be closed is the root. */
static bool closes(const char *text, size_t len, const struct xml_piece *root)
{
    const char *end = text + len;
    for (size_t at = len; at-- > 0;) {
        if (text[at] != '<' || at + 1 >= len || text[at + 1] != '/')
            continue;
        const char *name = text + at + 2, *close = memchr(name, '>', (size_t)(end - name));
        if (!close)
            continue;
        const char *colon = memchr(name, ':', (size_t)(close - name)), *stop = close;
        name = colon ? colon + 1 : name;
        while (stop > name && is_space(stop[-1]))
            stop--;
        if ((size_t)(stop - name) == root->name_len && memcmp(name, root->name, root->name_len) == 0 &&
            is_misc(close + 1, end))
            return true;
    }
    return false;
}

/* Of a tail in UTF-16 or UTF-32 the zeros are left out, also those that some servers send behind the end. */
static bool root_closes(struct look *l, const struct xml_piece *root)
{
    char *text = arena_new(&l->arena, l->c->tail_len + 1);
    size_t len = 0;
    for (size_t i = 0; i < l->c->tail_len; i++)
        if (l->c->tail[i])
            text[len++] = (char)l->c->tail[i];
    return (root->empty && l->c->bytes <= l->c->head_len) || closes(text, len, root);
}

/* The root element; false when there is none in the head. *inner is set behind it. */
static bool find_root(const struct look *l, struct xml_piece *root, struct xml_scan *inner)
{
    *inner = (struct xml_scan){l->text, l->text + l->len};
    while (xml_next(inner, root)) {
        bool text = root->token == XML_TEXT;
        for (size_t i = 0; text && i < root->len; i++)
            if (!is_space(root->text[i]))
                return false;
        if (root->token == XML_START)
            return true;
        if (root->token == XML_CLOSE)
            return false;
    }
    return false;
}

static bool has_article(struct xml_scan scan)
{
    static const char *const parts[] = {"front", "body",        "fm",   "bdy",  "teiHeader",
                                        "text",  "articleinfo", "info", "sect1"};
    struct xml_piece p;
    while (xml_next(&scan, &p))
        for (size_t i = 0; p.token == XML_START && i < sizeof parts / sizeof *parts; i++)
            if (xml_is(&p, parts[i]))
                return true;
    return false;
}

static bool check_xml(struct look *l, struct err *e)
{
    struct xml_piece root;
    struct xml_scan inner;
    if (l->kind.kind != KIND_JATS && l->kind.kind != KIND_XML &&
        (l->want == CONTENT_ARTICLE || l->kind.kind == KIND_HTML || l->kind.kind == KIND_PDF ||
         l->kind.kind == KIND_ARCHIVE))
        return instead(l, e);
    if (!find_root(l, &root, &inner))
        return instead(l, e);
    if (!root_closes(l, &root))
        return cut(l, "XML", e);
    if (l->want == CONTENT_ARTICLE && !has_article(inner))
        return err_set(e, ERR_FORMAT, "XML with the root of an article, but neither front nor body");
    if (!l->kind.media_type)
        l->kind.media_type = "application/xml";
    return true;
}

/* ---- the others ---- */

/* From the first byte to the last; what lies between is for a parser to judge. */
static bool check_json(struct look *l, struct err *e)
{
    const struct content *c = l->c;
    size_t start = 0, end = c->tail_len;
    if (c->head_len >= 3 && memcmp(c->head, "\xef\xbb\xbf", 3) == 0)
        start = 3;
    while (start < c->head_len && is_space((char)c->head[start]))
        start++;
    while (end && is_space((char)c->tail[end - 1]))
        end--;
    char open = start < c->head_len ? (char)c->head[start] : 0, close = end ? (char)c->tail[end - 1] : 0;
    if (open != '{' && open != '[')
        return instead(l, e);
    l->kind.media_type = "application/json";
    return close == (open == '{' ? '}' : ']') || cut(l, "JSON", e);
}

static bool check_data(struct look *l, struct err *e)
{
    const char *start = l->text;
    while (start < l->text + l->len && is_space(*start))
        start++;
    return start < l->text + l->len && *start == '<' ? check_xml(l, e) : check_json(l, e);
}

static bool check_html(struct look *l, struct err *e)
{
    struct page_look page;
    if (l->kind.kind != KIND_HTML)
        return instead(l, e);
    page_look(l->text, l->len, l->c->bytes <= l->c->head_len, &page);
    return !page.wrong || err_set(e, ERR_FORMAT, "%s instead of %s", page.wrong, wanted[l->want]);
}

static bool check_pdf(struct look *l, struct err *e)
{
    if (l->kind.kind != KIND_PDF)
        return instead(l, e);
    return (ends_near(l->c, "startxref", 9) && ends_near(l->c, "%%EOF", 5)) || cut(l, "PDF", e);
}

static uint32_t number32(const unsigned char *at, bool big)
{
    return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
               : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* The fewest bytes that the header promises. */
static uint64_t image_length(const struct content *c, const char *type)
{
    const unsigned char *h = c->head;
    if (c->head_len < 16)
        return 16;
    if (strcmp(type, "image/webp") == 0)
        return (uint64_t)number32(h + 4, false) + 8;
    if (strcmp(type, "image/bmp") == 0)
        return number32(h + 2, false);
    if (strcmp(type, "image/gif") == 0)
        return 26; /* header, screen, one image of one pixel, trailer */
    if (strcmp(type, "image/tiff") == 0) {
        bool big_endian = *h == 'M', large = h[2] == '+' || h[3] == '+';
        /* The first directory, with at least one entry; it stands behind the picture as a rule. */
        uint64_t at = large ? (uint64_t)number32(h + (big_endian ? 12 : 8), big_endian) : number32(h + 4, big_endian);
        return at + 14;
    }
    return 16;
}

static bool check_image(struct look *l, struct err *e)
{
    const char *type = l->kind.media_type;
    struct xml_piece root;
    struct xml_scan inner;
    if (l->kind.kind != KIND_IMAGE)
        return instead(l, e);
    bool whole = l->c->bytes >= image_length(l->c, type);
    if (strcmp(type, "image/jpeg") == 0)
        whole = ends_near(l->c, "\xff\xd9", 2);
    else if (strcmp(type, "image/png") == 0)
        whole = ends_near(l->c, "IEND\xae\x42\x60\x82", 8);
    else if (strcmp(type, "image/svg+xml") == 0)
        whole = find_root(l, &root, &inner) && root_closes(l, &root);
    return whole || cut(l, type, e);
}

static bool check_text(struct look *l, struct err *e)
{
    const struct content *c = l->c;
    if (l->kind.kind == KIND_HTML)
        return instead(l, e);
    bool nul = (c->head_len && memchr(c->head, 0, c->head_len)) || (c->tail_len && memchr(c->tail, 0, c->tail_len));
    l->kind.media_type = "text/plain";
    return !nul || err_set(e, ERR_FORMAT, "bytes with zeros among them instead of plain text");
}

/* Anything but a page that stands in another's place. */
static bool check_any(struct look *l, struct err *e)
{
    return l->kind.kind != KIND_HTML || check_html(l, e);
}

bool content_check(enum content_want want, const struct content *c, const char **media_type, struct err *e)
{
    static bool (*const checks[])(struct look *, struct err *) = {
        [CONTENT_ANY] = check_any, [CONTENT_JSON] = check_json,   [CONTENT_DATA] = check_data,
        [CONTENT_XML] = check_xml, [CONTENT_ARTICLE] = check_xml, [CONTENT_HTML] = check_html,
        [CONTENT_PDF] = check_pdf, [CONTENT_IMAGE] = check_image, [CONTENT_TEXT] = check_text,
    };
    struct look l = {.c = c, .want = want, .arena = ARENA_INIT};
    bool ok;
    *media_type = NULL;
    kind_of(c->head, c->head_len, "", &l.kind);
    xml_text(c->head, c->head_len, &l.arena, &l.text, &l.len);
    if (c->bytes == 0)
        ok = want == CONTENT_ANY || want == CONTENT_TEXT ||
             err_set(e, ERR_FORMAT, "nothing (0 bytes) instead of %s", wanted[want]);
    else
        ok = checks[want](&l, e);
    *media_type = l.kind.media_type;
    arena_release(&l.arena);
    return ok;
}

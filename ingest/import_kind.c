/* import_kind.c: see import_kind.h. */
#include "ingest/import_kind.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ingest/import_xml.h"

struct magic {
    size_t at;
    const char *bytes;
    size_t len;
    enum kind kind;
    const char *media_type; /* for KIND_NONE what people call it */
};

#define MAGIC(at, text, kind, type)                                                                                    \
    {                                                                                                                  \
        at, text, sizeof text - 1, kind, type                                                                          \
    }

static const struct magic magics[] = {
    MAGIC(0, "\xff\xd8\xff", KIND_IMAGE, "image/jpeg"),
    MAGIC(0, "\x89PNG\r\n\x1a\n", KIND_IMAGE, "image/png"),
    MAGIC(0, "GIF87a", KIND_IMAGE, "image/gif"),
    MAGIC(0, "GIF89a", KIND_IMAGE, "image/gif"),
    MAGIC(0, "II*\0", KIND_IMAGE, "image/tiff"),
    MAGIC(0, "MM\0*", KIND_IMAGE, "image/tiff"),
    MAGIC(0, "II+\0", KIND_IMAGE, "image/tiff"),
    MAGIC(0, "MM\0+", KIND_IMAGE, "image/tiff"),
    MAGIC(0, "\0\0\0\x0cjP  \r\n\x87\n", KIND_IMAGE, "image/jp2"),
    MAGIC(0, "\xff\x4f\xff\x51", KIND_IMAGE, "image/jp2"),
    MAGIC(8, "WEBPVP8", KIND_IMAGE, "image/webp"),
    MAGIC(0, "\xc5\xd0\xd3\xc6", KIND_IMAGE, "application/postscript"),
    MAGIC(0, "%!PS", KIND_IMAGE, "application/postscript"),
    MAGIC(0, "PK\3\4", KIND_ARCHIVE, "application/zip"),
    MAGIC(0, "PK\5\6", KIND_ARCHIVE, "application/zip"),
    MAGIC(0, "\x1f\x8b\x08", KIND_ARCHIVE, "application/gzip"),
    MAGIC(0, "BZh", KIND_ARCHIVE, "application/x-bzip2"),
    MAGIC(0,
          "\xfd"
          "7zXZ\0",
          KIND_ARCHIVE, "application/x-xz"),
    MAGIC(0, "\x28\xb5\x2f\xfd", KIND_ARCHIVE, "application/zstd"),
    MAGIC(257, "ustar", KIND_ARCHIVE, "application/x-tar"),
    MAGIC(0, "7z\xbc\xaf\x27\x1c", KIND_NONE, "a 7z archive: repack it as tar.gz or zip"),
    MAGIC(0, "Rar!\x1a\x07", KIND_NONE, "a RAR archive: repack it as tar.gz or zip"),
    MAGIC(0, "\xd0\xcf\x11\xe0", KIND_NONE, "an old Office document"),
    MAGIC(0, "{\\rtf", KIND_NONE, "an RTF document"),
    MAGIC(0, "\x4c\x6f\xa7\x94", KIND_NONE, "XML in EBCDIC: convert it to UTF-8"),
    MAGIC(0, "version https://git-lfs", KIND_NONE,
          "a Git LFS pointer, not the file itself: fetch it with `git lfs pull`"),
    MAGIC(0, "MZ", KIND_NONE, "a program"),
    MAGIC(0,
          "\x7f"
          "ELF",
          KIND_NONE, "a program"),
    MAGIC(4, "ftyp", KIND_NONE, "a video or HEIF picture"),
    MAGIC(0, "\x1a\x45\xdf\xa3", KIND_NONE, "a video"),
    MAGIC(0, "\0\0\1\0", KIND_NONE, "an icon"),
};

const char *kind_document(enum kind kind)
{
    static const char *const names[] = {
        [KIND_JATS] = "jats", [KIND_XML] = "xml", [KIND_HTML] = "html", [KIND_PDF] = "pdf"};
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : NULL;
}

static void set(struct file_kind *out, enum kind kind, const char *media_type)
{
    out->kind = kind;
    out->media_type = media_type;
}

/* Office files and e-books are zips: what they are stands in their first member's name. */
static const char *zip_document(const unsigned char *head, size_t len)
{
    static const struct {
        const char *member, *what;
    } known[] = {{"[Content_Types].xml", "an Office document"},
                 {"_rels/.rels", "an Office document"},
                 {"docProps/", "an Office document"},
                 {"word/", "an Office document"},
                 {"xl/", "an Office document"},
                 {"mimetype", "an e-book or OpenDocument file"},
                 {"META-INF/", "a Java archive or e-book"}};
    if (len < 30)
        return NULL;
    size_t name_len = head[26] | (size_t)head[27] << 8;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].member);
        if (name_len >= n && len >= 30 + n && memcmp(head + 30, known[i].member, n) == 0)
            return known[i].what;
    }
    return NULL;
}

static bool by_magic(const unsigned char *head, size_t len, struct file_kind *out)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *m = &magics[i];
        if (len < m->at + m->len || memcmp(head + m->at, m->bytes, m->len) != 0)
            continue;
        const char *what = m->kind == KIND_ARCHIVE && *head == 'P' ? zip_document(head, len) : NULL;
        if (m->kind == KIND_NONE || what)
            err_set(&out->why, ERR_UNSUPPORTED, "%s", what ? what : m->media_type);
        else
            set(out, m->kind, m->media_type);
        return true;
    }
    /* A BMP's two letters are too little: its reserved field is zero, and its header one of the known sizes. */
    if (len >= 18 && memcmp(head, "BM", 2) == 0 && !head[6] && !head[7] && !head[8] && !head[9] && head[14] >= 12 &&
        head[14] <= 124 && !head[15]) {
        set(out, KIND_IMAGE, "image/bmp");
        return true;
    }
    return false;
}

static bool is_html_tag(const struct xml_piece *p)
{
    static const char *const tags[] = {"html", "head", "body",   "title", "meta", "div",    "p",    "table", "h1",
                                       "h2",   "a",    "script", "style", "link", "center", "font", "span",  "ul"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strlen(tags[i]) == p->name_len && strncasecmp(p->name, tags[i], p->name_len) == 0)
            return true;
    return false;
}

static bool holds(const struct xml_piece *p, const char *text)
{
    return p->text && memmem(p->text, p->len, text, strlen(text)) != NULL;
}

/* `xml`: an XML declaration or another document type stood in front. */
static void by_root(const struct xml_piece *root, bool xml, bool docbook, struct file_kind *out)
{
    if (xml_is(root, "article"))
        set(out, docbook || holds(root, "docbook.org") ? KIND_XML : KIND_JATS, "application/xml");
    else if (xml_is(root, "art"))
        set(out, KIND_XML, "application/xml");
    else if (xml_is(root, "TEI") || xml_is(root, "TEI.2"))
        set(out, KIND_XML, "application/tei+xml"); /* RFC 6129 */
    else if (xml_is(root, "svg"))
        set(out, KIND_IMAGE, "image/svg+xml");
    else if (is_html_tag(root) && (!xml || xml_is(root, "html")))
        set(out, KIND_HTML, "text/html");
    else
        err_set(&out->why, ERR_UNSUPPORTED, "XML with the root element <%.*s>: no article format that is known here",
                root->name_len < 60 ? (int)root->name_len : 60, root->name);
}

static void by_markup(const char *text, size_t len, struct file_kind *out)
{
    struct xml_scan scan = {text, text + len};
    struct xml_piece p;
    bool xml = false, docbook = false;
    while (xml_next(&scan, &p)) {
        if (p.token == XML_DOCTYPE && p.name_len == 4 && strncasecmp(p.name, "html", 4) == 0) {
            set(out, KIND_HTML, "text/html");
            return;
        }
        if (p.token == XML_DECLARATION || p.token == XML_DOCTYPE) {
            xml = true;
            docbook = docbook || (p.token == XML_DOCTYPE && (holds(&p, "DocBook") || holds(&p, "docbook")));
        } else if (p.token == XML_START) {
            by_root(&p, xml, docbook, out);
            return;
        }
    }
    out->undecided = true;
    err_set(&out->why, ERR_FORMAT, "markup without a root element");
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcasecmp(text, *list) == 0)
            return true;
    return false;
}

/* Files that commonly lie beside articles and hold nothing to mill. */
static bool is_side_file(const char *name)
{
    static const char *const extensions[] = {".txt", ".md",  ".tsv", ".csv",  ".json", ".jsonl", ".bib",
                                             ".ris", ".enw", ".log", ".yml",  ".css",  ".js",    ".dtd",
                                             ".xsl", ".rng", ".md5", ".yaml", ".tex",  NULL};
    static const char *const starts[] = {"README",   "LICENSE",   "LICENCE",  "COPYING",
                                         "MANIFEST", "CHANGELOG", "Thumbs.db"};
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncasecmp(base, starts[i], strlen(starts[i])) == 0)
            return true;
    return dot && is_one_of(dot, extensions);
}

static void unknown(const unsigned char *head, size_t len, const char *name, struct file_kind *out)
{
    char bytes[32] = "";
    for (size_t i = 0; i < len && i < 8; i++)
        snprintf(bytes + 3 * i, sizeof bytes - 3 * i, " %02x", head[i]);
    if (is_side_file(name))
        err_set(&out->why, ERR_UNSUPPORTED, "a side file, no article and no image");
    else
        err_set(&out->why, ERR_UNSUPPORTED, "neither JATS, HTML, PDF, an image nor an archive (begins with%s)", bytes);
}

void kind_of(const unsigned char *head, size_t len, const char *name, struct file_kind *out)
{
    struct arena arena = ARENA_INIT;
    const char *text;
    size_t text_len, start = 0;
    *out = (struct file_kind){0};
    if (len == 0) {
        err_set(&out->why, ERR_FORMAT, "an empty file");
        return;
    }
    xml_text(head, len < KIND_HEAD ? len : KIND_HEAD, &arena, &text, &text_len);
    while (start < text_len && strchr(" \t\r\n\f", text[start]) && text[start])
        start++;
    bool markup = start < text_len && text[start] == '<';
    /* Readers take a PDF's mark anywhere in the first 1024 bytes, but a page about PDF may hold it too. */
    if (!markup && memmem(head, len < 1024 ? len : 1024, "%PDF-", 5))
        set(out, KIND_PDF, "application/pdf");
    else if (markup)
        by_markup(text + start, text_len - start, out);
    else if (!by_magic(head, len, out))
        unknown(head, len, name, out);
    out->side_file = out->kind == KIND_NONE && is_side_file(name);
    arena_release(&arena);
}

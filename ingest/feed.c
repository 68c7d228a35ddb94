/* feed.c: see feed.h. */
#include "ingest/feed.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "ingest/source.h"

enum {
    DEPTH = 12 /* elements within each other; deeper ones are passed over */,
    TEXT_MAX = 1 << 20 /* bytes an entry */
};

struct open {
    struct xml_piece start;
    size_t path, text; /* lengths of both when it began */
};

struct feed {
    struct open open[DEPTH];
    size_t n;
    struct str path, text;
    struct arena *arena;
    feed_fn *each;
    void *context;
};

static void open_element(struct feed *f, const struct xml_piece *piece)
{
    struct open *o = &f->open[f->n++];
    *o = (struct open){*piece, f->path.len, f->text.len};
    if (f->n > 2)
        str_add_char(&f->path, '/');
    if (f->n > 1)
        str_add_bytes(&f->path, piece->name, piece->name_len);
}

static void close_element(struct feed *f)
{
    struct open *o = &f->open[--f->n];
    struct feed_element element = {.path = f->path.data, .start = &o->start};
    /* An entry's own text is all that its children said: nobody wants that. */
    if (f->n > 1 || strcmp(f->path.data, "entry") != 0)
        element.text = source_markup(f->arena, f->text.data + o->text);
    if (f->n)
        f->each(f->context, &element);
    str_cut(&f->path, o->path);
    if (f->n <= 1)
        str_clear(&f->text);
}

/* Closes the innermost open element of that name and those within it, which the sender forgot to close. */
static void close_named(struct feed *f, const struct xml_piece *piece)
{
    for (size_t i = f->n; i-- > 0;) {
        const struct xml_piece *start = &f->open[i].start;
        if (start->name_len != piece->name_len || memcmp(start->name, piece->name, piece->name_len) != 0)
            continue;
        while (f->n > i)
            close_element(f);
        return;
    }
}

static bool check_root(const struct xml_piece *root, const char *title, struct err *e)
{
    if (root->token == XML_START && xml_is(root, "feed"))
        return true;
    bool html = root->name && root->name_len == 4 && strncasecmp(root->name, "html", 4) == 0;
    if (html)
        return err_set(e, ERR_FORMAT, "%s: an HTML page instead of an Atom feed", title);
    if (root->token == XML_START)
        return err_set(e, ERR_FORMAT, "%s: XML with the root '%.*s' instead of an Atom feed", title,
                       root->name_len < 60 ? (int)root->name_len : 60, root->name);
    return err_set(e, ERR_FORMAT, "%s: no XML where an Atom feed should be", title);
}

static bool is_blank(const struct xml_piece *piece)
{
    size_t i = 0;
    while (i < piece->len && strchr(" \t\r\n", piece->text[i]) && piece->text[i])
        i++;
    return piece->token == XML_TEXT && i == piece->len;
}

static bool read_pieces(struct feed *f, const char *title, struct xml_scan *scan, struct err *e)
{
    struct xml_piece piece;
    bool rooted = false;
    size_t deeper = 0;
    while (xml_next(scan, &piece)) {
        if (piece.token == XML_DECLARATION || piece.token == XML_DOCTYPE || (!rooted && is_blank(&piece)))
            continue;
        if (!rooted && !check_root(&piece, title, e))
            return false;
        rooted = true;
        if (piece.token == XML_TEXT) {
            str_add_bytes(&f->text, piece.text, piece.len);
        } else if (piece.token == XML_START && f->n < DEPTH) {
            open_element(f, &piece);
            if (piece.empty)
                close_element(f);
        } else if (piece.token == XML_START) {
            deeper += !piece.empty;
        } else if (piece.token == XML_CLOSE && deeper) {
            deeper--;
        } else if (piece.token == XML_CLOSE) {
            close_named(f, &piece);
            if (!f->n)
                return true;
        }
    }
    return rooted ? err_set(e, ERR_FORMAT, "%s: the feed is cut", title)
                  : err_set(e, ERR_FORMAT, "%s: an empty reply instead of an Atom feed", title);
}

bool feed_read(const char *title, const char *body, size_t len, struct arena *arena, feed_fn *each, void *context,
               struct err *e)
{
    struct feed f = {
        .path = STR_INIT(512), .text = STR_INIT(TEXT_MAX), .arena = arena, .each = each, .context = context};
    struct xml_scan scan;
    const char *text;
    size_t text_len;
    xml_text((const unsigned char *)body, len, arena, &text, &text_len);
    scan.at = text;
    scan.end = text + text_len;
    bool ok = read_pieces(&f, title, &scan, e);
    str_release(&f.path);
    str_release(&f.text);
    return ok;
}

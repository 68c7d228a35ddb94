/* peek.c: see peek.h. */
#include "ingest/peek.h"

#include <string.h>

#include "base/str.h"
#include "ingest/import_xml.h"
#include "ingest/license.h"

enum { HREF_SIZE = 2048, LICENSE_TEXT = 1000 };

struct look {
    struct peek *out;
    struct arena *arena;
    size_t cap;
    bool in_license, in_sub_article;
    struct str text; /* of the licence element */
};

static void add_graphic(struct look *l, const char *href)
{
    if (!*href || l->out->n >= PEEK_MAX_GRAPHICS)
        return;
    for (size_t i = 0; i < l->out->n; i++)
        if (strcmp(l->out->graphics[i], href) == 0)
            return;
    ARENA_GROW(l->arena, l->out->graphics, l->out->n, l->cap);
    l->out->graphics[l->out->n++] = arena_strdup(l->arena, href);
}

/* A statement that is recognised counts more than one that is not; the first of its kind stays. */
static void add_license(struct look *l, const char *stated)
{
    if (license_is_silent(stated) || l->in_sub_article)
        return;
    if (!l->out->license || (!license_name(l->out->license) && license_name(stated)))
        l->out->license = arena_strdup(l->arena, stated);
}

static void start(struct look *l, const struct xml_piece *p)
{
    char href[HREF_SIZE];
    if (xml_is(p, "body") || xml_is(p, "bdy") || xml_is(p, "text"))
        l->out->body = l->out->body || !p->empty;
    l->in_sub_article = l->in_sub_article || xml_is(p, "sub-article") || xml_is(p, "response");
    if (xml_is(p, "graphic")) {
        xml_attribute(p, "href", href, sizeof href);
        add_graphic(l, href);
    }
    if (!p->empty && (xml_is(p, "license") || xml_is(p, "license_ref")))
        l->in_license = true;
    if (l->in_license || xml_is(p, "license")) {
        xml_attribute(p, "href", href, sizeof href);
        add_license(l, href);
    }
}

void peek_article(const unsigned char *bytes, size_t len, struct arena *arena, struct peek *out)
{
    const char *text;
    size_t text_len;
    struct xml_piece p;
    struct look l = {.out = out, .arena = arena, .text = STR_INIT(LICENSE_TEXT)};
    *out = (struct peek){0};
    xml_text(bytes, len, arena, &text, &text_len);
    struct xml_scan scan = {text, text + text_len};
    while (xml_next(&scan, &p)) {
        if (p.token == XML_START) {
            start(&l, &p);
        } else if (p.token == XML_TEXT && l.in_license) {
            str_add_bytes(&l.text, p.text, p.len < LICENSE_TEXT ? p.len : LICENSE_TEXT);
        } else if (p.token == XML_CLOSE && (xml_is(&p, "license") || xml_is(&p, "license_ref"))) {
            char decoded[LICENSE_TEXT] = "";
            xml_decode(l.text.data, l.text.len, decoded, sizeof decoded);
            add_license(&l, decoded);
            str_clear(&l.text);
            l.in_license = false;
        }
    }
    str_release(&l.text);
}

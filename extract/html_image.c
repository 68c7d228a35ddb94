/* html_image.c: references to a figure's picture in its box: links to the full size, what viewers load later,
 * responsive forms (HTML Living Standard 4.8.4.2.1, srcset), the picture on the page. */
#include "extract/html_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SRCSET_MAX = 64 * 1024 /* bytes read of one attribute */ };

static bool is_image_name(const char *href)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp", ".svg"};
    size_t len = strcspn(href, "?#");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && strncasecmp(href + len - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* Addresses of image servers that have no image's name: "figure/image?size=large&id=...". */
static bool is_image_query(const char *href)
{
    const char *query = strchr(href, '?');
    return query && (strcasestr(query, "size=large") || strcasestr(query, "size=original")) &&
           strcasestr(href, "image");
}

/* What pictures cannot be made of, and previews: only where there is nothing else. */
static bool is_second_choice(const char *href)
{
    size_t len = strcspn(href, "?#");
    return strcasestr(href, "thumb") || (len > 5 && strncasecmp(href + len - 5, ".webp", 5) == 0) ||
           (len > 4 && strncasecmp(href + len - 4, ".svg", 4) == 0);
}

static void add(struct html *h, struct art_figure *f, const char *href, bool second)
{
    if (!href || *href == '#' || strncasecmp(href, "data:", 5) == 0 || strncasecmp(href, "javascript:", 11) == 0)
        return;
    if (is_second_choice(href) == second)
        article_add_href(h->a, f, href);
}

/* The candidate of the largest width or density. */
static const char *best_of_srcset(struct html *h, const char *srcset)
{
    const char *best = NULL, *p = srcset;
    size_t best_len = 0;
    double most = -1;
    while (p && *p && p - srcset < SRCSET_MAX) {
        p += strspn(p, " \t\r\n,");
        size_t len = strcspn(p, " \t\r\n"); /* an address may hold commas, but not end with one */
        bool bare = len && p[len - 1] == ',';
        const char *descriptor = p + len;
        double size = 1;
        if (!bare) {
            descriptor += strspn(descriptor, " \t\r\n");
            char *end = NULL;
            double value = strtod(descriptor, &end);
            size = end != descriptor && (*end == 'w' || *end == 'x') ? value : 1;
        }
        while (len && p[len - 1] == ',')
            len--;
        if (len && size > most) {
            most = size;
            best = p;
            best_len = len;
        }
        p = bare ? descriptor : descriptor + strcspn(descriptor, ",");
    }
    return best ? arena_strndup(&h->a->arena, best, best_len) : NULL;
}

static void add_links(struct html *h, struct art_figure *f, const xmlNode *box, bool second)
{
    for (const xmlNode *node = box; node; node = xml_next(box, node, true)) {
        /* By name, since hidden links are told too. */
        const char *href = strcmp((const char *)node->name, "a") == 0 ? xml_attr(node, "href") : NULL;
        if (href && (is_image_name(href) || is_image_query(href)))
            add(h, f, href, second);
    }
}

static void add_attributes(struct html *h, struct art_figure *f, const xmlNode *box, bool second)
{
    /* The full size, then what is shown once the reader scrolls there. */
    static const char *const names[] = {"data-full-size-url", "data-large",   "data-large-src",        "data-full",
                                        "data-fullsrc",       "data-hires",   "data-zoom-src",         "data-original",
                                        "data-orig-file",     "data-lg-src",  "data-asset-viewer-uri", "data-lsrc",
                                        "data-src",           "data-lazy-src"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (const xmlNode *node = box; node; node = xml_next(box, node, true))
            if (xml_attr(node, names[i]))
                add(h, f, xml_attr(node, names[i]), second);
}

static void add_sources(struct html *h, struct art_figure *f, const xmlNode *box, bool second)
{
    for (const xmlNode *node = box; node; node = xml_next(box, node, true)) {
        if (xml_tag(node) != TAG_IMG && xml_tag(node) != TAG_SOURCE)
            continue;
        const char *srcset = xml_attr(node, "srcset");
        if (!srcset)
            srcset = xml_attr(node, "data-srcset");
        /* A type that is named tells more than the address: "image.png?as=webp". */
        const char *type = xml_attr(node, "type");
        bool webp = type && (strcasestr(type, "webp") || strcasestr(type, "avif") || strcasestr(type, "svg"));
        if (srcset && (second || !webp))
            add(h, f, best_of_srcset(h, srcset), second && !webp);
    }
    for (const xmlNode *node = box; node; node = xml_next(box, node, true))
        if (xml_tag(node) == TAG_IMG)
            add(h, f, xml_attr(node, "src"), second);
}

void html_read_hrefs(struct html *h, struct art_figure *f, const xmlNode *box)
{
    for (int second = 0; second < 2; second++) {
        add_links(h, f, box, second);
        add_attributes(h, f, box, second);
        add_sources(h, f, box, second);
    }
}

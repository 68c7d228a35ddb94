/* article_json.c: an article as one JSON object, for the way out of the sandbox:
 *
 *   {"front": {"doi": TEXT, ... "year": N}, "pages": N, "warnings": [TEXT], "figures": [{"anchor": TEXT, ...,
 *     "captions": [[LANGUAGE or null, TEXT]], "mentions": [the same], "hrefs": [TEXT],
 *     "panels": [{"label": TEXT, "caption": TEXT, "method": TEXT, "box": [...], "confidence": N}],
 *     "table": as article_write_table makes it, "notes": TEXT, "box": [x0, y0, x1, y1], "caption_box": [...],
 *     "page": N, "confidence": N, "image_sent": BOOL}]}
 *
 * Members that say nothing (NULL, 0, no element) are left out. The tables of fields below serve both directions. */
#include "extract/article.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

enum { MAX_PAGES = 1000000, MAX_POINTS = 1000000 };

struct field {
    const char *name;
    size_t offset; /* of a const char * */
    size_t max;    /* bytes */
};

#define FRONT(name, max)                                                                                               \
    {                                                                                                                  \
#name, offsetof(struct art_front, name), max                                                                   \
    }
static const struct field front_fields[] = {
    FRONT(doi, ARTICLE_MAX_FIELD),         FRONT(pmcid, ARTICLE_MAX_FIELD),        FRONT(pmid, ARTICLE_MAX_FIELD),
    FRONT(title, ARTICLE_MAX_FIELD),       FRONT(language, ARTICLE_MAX_FIELD),     FRONT(journal, ARTICLE_MAX_FIELD),
    FRONT(publisher, ARTICLE_MAX_FIELD),   FRONT(article_type, ARTICLE_MAX_FIELD), FRONT(license, ARTICLE_MAX_FIELD),
    FRONT(license_url, ARTICLE_MAX_FIELD), FRONT(abstract, ARTICLE_MAX_ABSTRACT),  FRONT(keywords, ARTICLE_MAX_FIELD),
    FRONT(retraction, ARTICLE_MAX_FIELD),  FRONT(titles, ARTICLE_MAX_ABSTRACT),
};

#define FIGURE(name, max)                                                                                              \
    {                                                                                                                  \
#name, offsetof(struct art_figure, name), max                                                                  \
    }
static const struct field figure_fields[] = {
    FIGURE(anchor, ARTICLE_MAX_ANCHOR),     FIGURE(label, ARTICLE_MAX_FIELD),   FIGURE(kind, ARTICLE_MAX_FIELD),
    FIGURE(number, ARTICLE_MAX_FIELD),      FIGURE(parent, ARTICLE_MAX_ANCHOR), FIGURE(credit, ARTICLE_MAX_FIELD),
    FIGURE(drop_reason, ARTICLE_MAX_FIELD), FIGURE(notes, ARTICLE_MAX_NOTES),
};

#define PANEL(name, max)                                                                                               \
    {                                                                                                                  \
#name, offsetof(struct art_panel, name), max                                                                   \
    }
static const struct field panel_fields[] = {
    PANEL(label, ARTICLE_MAX_FIELD),
    PANEL(caption, ARTICLE_MAX_CAPTION),
    PANEL(method, ARTICLE_MAX_FIELD),
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const kinds[] = {
    "figure", "table",      "scheme",   "chart", "plate",     "photo",      "map",
    "video",  "supplement", "abstract", "box",   "algorithm", "unlabelled",
};

/* Writing. */

static void add_name(struct str *out, const char *name)
{
    if (out->len && out->data[out->len - 1] != '{')
        str_add_char(out, ',');
    json_quote(name, out);
    str_add_char(out, ':');
}

static void write_fields(const void *object, const struct field *fields, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        const char *value;
        memcpy(&value, (const char *)object + fields[i].offset, sizeof value);
        if (!value)
            continue;
        add_name(out, fields[i].name);
        json_quote(value, out);
    }
}

static void write_strings(const char *name, const char *const *list, size_t n, struct str *out)
{
    if (!n)
        return;
    add_name(out, name);
    for (size_t i = 0; i < n; i++) {
        str_add_char(out, i ? ',' : '[');
        json_quote(list[i], out);
    }
    str_add_char(out, ']');
}

static void write_texts(const char *name, const struct art_text *list, size_t n, struct str *out)
{
    if (!n)
        return;
    add_name(out, name);
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? ",[" : "[[");
        json_quote(list[i].language, out);
        str_add_char(out, ',');
        json_quote(list[i].text, out);
        str_add_char(out, ']');
    }
    str_add_char(out, ']');
}

static void write_box(const char *name, const struct box *b, struct str *out)
{
    if (b->x0 == 0 && b->y0 == 0 && b->x1 == 0 && b->y1 == 0)
        return;
    add_name(out, name);
    str_addf(out, "[%.17g,%.17g,%.17g,%.17g]", b->x0, b->y0, b->x1, b->y1);
}

static void write_panels(const struct art_figure *f, struct str *out)
{
    if (!f->n_panels)
        return;
    add_name(out, "panels");
    for (size_t i = 0; i < f->n_panels; i++) {
        const struct art_panel *p = &f->panels[i];
        str_add(out, i ? ",{" : "[{");
        write_fields(p, panel_fields, COUNT(panel_fields), out);
        write_box("box", &p->box, out);
        add_name(out, "confidence");
        str_addf(out, "%.17g}", p->confidence);
    }
    str_add_char(out, ']');
}

static void write_figure(const struct art_figure *f, struct str *out)
{
    str_add_char(out, '{');
    write_fields(f, figure_fields, COUNT(figure_fields), out);
    write_texts("captions", f->captions, f->n_captions, out);
    write_texts("mentions", f->mentions, f->n_mentions, out);
    write_strings("hrefs", f->hrefs, f->n_hrefs, out);
    write_panels(f, out);
    if (f->table.n_cells) {
        add_name(out, "table");
        article_write_table(&f->table, out);
    }
    write_box("box", &f->box, out);
    write_box("caption_box", &f->caption_box, out);
    if (f->page) {
        add_name(out, "page");
        str_addf(out, "%d", f->page);
    }
    if (f->image_sent)
        str_add(out, ",\"image_sent\":true");
    add_name(out, "confidence");
    str_addf(out, "%.17g}", f->confidence);
}

void article_write(const struct article *a, struct str *out)
{
    str_add(out, "{\"front\":{");
    write_fields(&a->front, front_fields, COUNT(front_fields), out);
    if (a->front.year) {
        add_name(out, "year");
        str_addf(out, "%d", a->front.year);
    }
    str_addf(out, "},\"pages\":%d", a->pages);
    write_strings("warnings", a->warnings, a->n_warnings, out);
    str_add(out, ",\"figures\":[");
    for (size_t i = 0; i < a->n_figures; i++) {
        if (i)
            str_add_char(out, ',');
        write_figure(&a->figures[i], out);
    }
    str_add(out, "]}");
}

/* Reading. */

static bool bad(struct err *e, const char *what)
{
    return err_set(e, ERR_FORMAT, "parser's message: '%s' is missing, of a wrong type or out of range", what);
}

/* Copies a JSON string that is clean and within its limit; null is NULL. */
static bool read_string(struct arena *arena, const cJSON *item, size_t max, const char **out)
{
    *out = NULL;
    if (!item || cJSON_IsNull(item))
        return true;
    const char *s = cJSON_GetStringValue(item);
    size_t len = s ? strlen(s) : 0;
    if (!len || len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7F)
            return false;
    *out = arena_strndup(arena, s, len);
    return text_is_utf8(s, len);
}

static bool read_fields(struct arena *arena, const cJSON *from, void *object, const struct field *fields, size_t n,
                        struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const char *value;
        if (!read_string(arena, json_member(from, fields[i].name), fields[i].max, &value))
            return bad(e, fields[i].name);
        memcpy((char *)object + fields[i].offset, &value, sizeof value);
    }
    return true;
}

static bool read_int(const cJSON *from, const char *name, int max, int *out, struct err *e)
{
    const cJSON *item = json_member(from, name);
    *out = 0;
    if (!item)
        return true;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= max))
        return bad(e, name);
    *out = (int)item->valuedouble;
    return true;
}

/* The list's length, or -1 when it is no list or longer than `max`. A missing one has 0. */
static long list_length(const cJSON *list, size_t max)
{
    if (!list)
        return 0;
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1;
    return n < 0 || (size_t)n > max ? -1 : n;
}

static bool read_strings(struct arena *arena, const cJSON *from, const char *name, size_t max_n, size_t max,
                         const char ***out, size_t *n, struct err *e)
{
    const cJSON *list = json_member(from, name), *item;
    long count = list_length(list, max_n);
    if (count < 0)
        return bad(e, name);
    *out = count ? arena_array(arena, (size_t)count, sizeof **out) : NULL;
    *n = 0;
    cJSON_ArrayForEach(item, list)
    {
        if (!read_string(arena, item, max, &(*out)[*n]) || !(*out)[*n])
            return bad(e, name);
        ++*n;
    }
    return true;
}

static bool read_texts(struct arena *arena, const cJSON *from, const char *name, size_t max_n, size_t max,
                       struct art_text **out, size_t *n, struct err *e)
{
    const cJSON *list = json_member(from, name), *item;
    long count = list_length(list, max_n);
    if (count < 0)
        return bad(e, name);
    *out = count ? arena_array(arena, (size_t)count, sizeof **out) : NULL;
    *n = 0;
    cJSON_ArrayForEach(item, list)
    {
        struct art_text *t = &(*out)[*n];
        if (list_length(item, 2) != 2 || !read_string(arena, cJSON_GetArrayItem(item, 0), 15, &t->language) ||
            !read_string(arena, cJSON_GetArrayItem(item, 1), max, &t->text) || !t->text)
            return bad(e, name);
        ++*n;
    }
    return true;
}

static bool read_box(const cJSON *from, const char *name, struct box *out, struct err *e)
{
    const cJSON *list = json_member(from, name);
    double v[4] = {0};
    *out = (struct box){0};
    if (!list)
        return true;
    if (list_length(list, 4) != 4)
        return bad(e, name);
    for (int i = 0; i < 4; i++) {
        const cJSON *item = cJSON_GetArrayItem(list, i);
        if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= MAX_POINTS))
            return bad(e, name);
        v[i] = item->valuedouble;
    }
    *out = (struct box){v[0], v[1], v[2], v[3]};
    return v[0] <= v[2] && v[1] <= v[3] ? true : bad(e, name);
}

static bool read_panels(struct arena *arena, const cJSON *from, struct art_figure *f, struct err *e)
{
    const cJSON *list = json_member(from, "panels"), *item;
    long count = list_length(list, ARTICLE_MAX_PANELS);
    if (count < 0)
        return bad(e, "panels");
    f->panels = count ? arena_array(arena, (size_t)count, sizeof *f->panels) : NULL;
    cJSON_ArrayForEach(item, list)
    {
        struct art_panel *p = &f->panels[f->n_panels++];
        if (!cJSON_IsObject(item) || !read_fields(arena, item, p, panel_fields, COUNT(panel_fields), e) ||
            !read_box(item, "box", &p->box, e))
            return bad(e, "panels");
        p->confidence = json_number(item, "confidence", -1);
        if (!p->label || !(p->confidence >= 0 && p->confidence <= 1))
            return bad(e, "panels");
    }
    return true;
}

static bool is_kind(const char *kind)
{
    for (size_t i = 0; kind && i < COUNT(kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static bool read_figure(struct article *a, const cJSON *from, struct err *e)
{
    struct art_figure *f = article_add_figure(a);
    if (!f || !cJSON_IsObject(from))
        return bad(e, "figures");
    if (!read_fields(&a->arena, from, f, figure_fields, COUNT(figure_fields), e) ||
        !read_texts(&a->arena, from, "captions", ARTICLE_MAX_CAPTIONS, ARTICLE_MAX_CAPTION, &f->captions,
                    &f->n_captions, e) ||
        !read_texts(&a->arena, from, "mentions", ARTICLE_MAX_MENTIONS, ARTICLE_MAX_MENTION, &f->mentions,
                    &f->n_mentions, e) ||
        !read_strings(&a->arena, from, "hrefs", ARTICLE_MAX_HREFS, ARTICLE_MAX_HREF, &f->hrefs, &f->n_hrefs, e) ||
        !read_panels(&a->arena, from, f, e) || !read_box(from, "box", &f->box, e) ||
        !read_box(from, "caption_box", &f->caption_box, e) || !read_int(from, "page", MAX_PAGES, &f->page, e))
        return false;
    if (!article_read_table(a, json_member(from, "table"), &f->table))
        return bad(e, "table");
    f->confidence = json_number(from, "confidence", -1);
    f->image_sent = json_bool(from, "image_sent", false);
    if (!(f->confidence >= 0 && f->confidence <= 1))
        return bad(e, "confidence");
    if (!is_kind(f->kind))
        return bad(e, "kind");
    return f->anchor ? true : bad(e, "anchor");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool anchors_differ(const struct article *a, struct err *e)
{
    const char **names = mem_array(a->n_figures + 1, sizeof *names);
    for (size_t i = 0; i < a->n_figures; i++)
        names[i] = a->figures[i].anchor;
    qsort(names, a->n_figures, sizeof *names, by_text);
    bool ok = true;
    for (size_t i = 1; ok && i < a->n_figures; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            ok = err_set(e, ERR_FORMAT, "parser's message: two figures have the anchor '%.80s'", names[i]);
    free(names);
    return ok;
}

static bool read_article(const cJSON *root, struct article *a, struct err *e)
{
    const cJSON *front = json_member(root, "front"), *figures = json_member(root, "figures"), *item;
    if (!cJSON_IsObject(front))
        return bad(e, "front");
    if (!cJSON_IsArray(figures) || list_length(figures, ARTICLE_MAX_FIGURES) < 0)
        return bad(e, "figures");
    if (!read_fields(&a->arena, front, &a->front, front_fields, COUNT(front_fields), e) ||
        !read_int(front, "year", 9999, &a->front.year, e) || !read_int(root, "pages", MAX_PAGES, &a->pages, e) ||
        !read_strings(&a->arena, root, "warnings", ARTICLE_MAX_WARNINGS, ARTICLE_MAX_WARNING, &a->warnings,
                      &a->n_warnings, e))
        return false;
    a->cap_warnings = a->n_warnings;
    cJSON_ArrayForEach(item, figures)
    {
        if (!read_figure(a, item, e))
            return false;
    }
    return anchors_differ(a, e);
}

bool article_read(const char *json, size_t len, struct article *a, struct err *e)
{
    *a = (struct article)ARTICLE_INIT;
    cJSON *root = json_parse(json, len, e);
    bool ok = root && read_article(root, a, e);
    cJSON_Delete(root);
    if (!ok)
        article_release(a);
    return ok;
}

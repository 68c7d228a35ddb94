/* service.c: see service.h. */
#include "extract/service.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "extract/html.h"
#include "extract/image.h"
#include "extract/image_measure.h"
#include "extract/jats.h"
#include "extract/panel_split.h"
#include "extract/pdf.h"

enum { MAX_HEAD = 4096 }; /* bytes of the JSON in front of an image */

/* The inner end. */

static void write_cut(const struct panel_cut *cut, struct str *out)
{
    str_addf(out, ",\"cut\":%d,\"confidence\":%g,\"boxes\":[", (int)cut->method, cut->confidence);
    for (size_t i = 0; i < cut->n; i++) {
        const struct panel_rect *b = &cut->boxes[i];
        str_addf(out, "%s[%d,%d,%d,%d]", i ? "," : "", b->x0, b->y0, b->x1, b->y1);
    }
    str_add_char(out, ']');
}

static bool send_image(struct sandbox_reply *reply, const char *role, size_t figure, const struct image *image,
                       struct err *e)
{
    struct str head = STR_INIT(MAX_HEAD);
    str_addf(&head, "{\"role\":\"%s\",\"figure\":%zu,\"media_type\":\"%s\",\"width\":%d,\"height\":%d", role, figure,
             image->media_type, image->width, image->height);
    if (strcmp(role, "picture") == 0 && image->raster && image->raster->pixels) {
        struct image_measure measure;
        image_measure(image->raster, &measure);
        str_add(&head, ",\"measure\":");
        image_measure_write(&measure, &head);
    }
    if (image->cut)
        write_cut(image->cut, &head);
    str_add_char(&head, '}');
    bool ok = sandbox_send(reply, head.data, head.len, image->bytes, image->len, e);
    str_release(&head);
    return ok;
}

static bool send_pair(void *context, size_t figure, const struct image *original, const struct image *picture,
                      struct err *e)
{
    struct sandbox_reply *reply = context;
    bool same = original && original->bytes == picture->bytes;
    return (!original || same || send_image(reply, "original", figure, original, e)) &&
           send_image(reply, "picture", figure, picture, e);
}

static bool serve_document(int op, const char *params, const unsigned char *bytes, size_t len,
                           struct sandbox_reply *reply, struct err *e)
{
    struct article a = ARTICLE_INIT;
    cJSON *json = json_parse(params, strlen(params), NULL);
    struct pdf_options options = {json_bool(json, "images", true), json_number(json, "max_dpi", 300),
                                  json_bool(json, "ocr", false) ? sandbox_loaded(reply) : NULL};
    bool ok = op == SERVICE_JATS   ? jats_extract((const char *)bytes, len, &a, e)
              : op == SERVICE_HTML ? html_extract((const char *)bytes, len, &a, e)
                                   : pdf_extract(bytes, len, &options, &a, send_pair, reply, e);
    for (size_t i = 0; ok && op != SERVICE_PDF && i < a.n_figures; i++)
        article_split_caption(&a, &a.figures[i]);
    if (ok) {
        struct str text = STR_INIT(SANDBOX_MAX_JSON);
        article_write(&a, &text);
        ok = text.overflow ? err_set(e, ERR_LIMIT, "what the document holds is larger than %d bytes", SANDBOX_MAX_JSON)
                           : sandbox_send(reply, text.data, text.len, NULL, 0, e);
        str_release(&text);
    }
    article_release(&a);
    cJSON_Delete(json);
    return ok;
}

static bool serve_image(const char *params, const unsigned char *bytes, size_t len, struct sandbox_reply *reply,
                        struct err *e)
{
    struct image_info info;
    struct raster raster = RASTER_INIT;
    struct panel_cut cut;
    struct arena arena = ARENA_INIT;
    struct str out = STR_INIT(IMAGE_MAX_BYTES);
    cJSON *json = json_parse(params, strlen(params), NULL);
    size_t panels = (size_t)json_number(json, "panels", 0);
    struct panel_hints hints = {.first = (char)json_number(json, "first", 0)};
    cJSON_Delete(json);
    if (!image_probe(bytes, len, &info, e))
        return false;
    struct image file = {info.media_type, NULL, 0, info.width, info.height, NULL, NULL};
    bool ok = info.readable
                  ? image_check(bytes, len, &info, &raster, e)
                  : send_image(reply, "original", 0, &file, e) && image_convert(bytes, len, &out, &info, &raster, e);
    struct image image = {
        info.media_type, (const unsigned char *)out.data, out.len, info.width, info.height, &raster, NULL};
    if (ok && panel_split(&arena, &raster, panels, &hints, &cut))
        image.cut = &cut;
    ok = ok && send_image(reply, "picture", 0, &image, e);
    arena_release(&arena);
    raster_release(&raster);
    str_release(&out);
    return ok;
}

void service_warm(void)
{
    static const char jats[] = "<article><front/><body><p>One sentence. And <b>another</b>.</p></body></article>";
    struct article a = ARTICLE_INIT;
    /* Whatever ICU and libxml2 open or allocate at their first use, they have it after this. */
    jats_extract(jats, sizeof jats - 1, &a, NULL);
    article_release(&a);
}

bool service_serve(int op, const char *params, const unsigned char *bytes, size_t len, struct sandbox_reply *reply,
                   struct err *e)
{
    if (op == SERVICE_IMAGE)
        return serve_image(params, bytes, len, reply, e);
    return serve_document(op, params, bytes, len, reply, e);
}

/* The outer end. */

struct reading {
    service_image_fn *each;
    void *context;
    struct article *article; /* NULL: none is expected */
    bool has_article;
};

static const char *known_media_type(const char *name)
{
    static const char *const known[] = {"image/jpeg",
                                        "image/png",
                                        "image/tiff",
                                        "image/gif",
                                        "image/bmp",
                                        "image/jp2",
                                        "image/webp",
                                        "image/svg+xml",
                                        "image/jpx",
                                        "image/x-eps",
                                        "application/postscript",
                                        "application/pdf"};
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], name) == 0)
            return known[i];
    return NULL;
}

/* What read_image read of a cut; false when it makes no sense. */
static bool read_cut(const cJSON *head, int width, int height, struct panel_cut *cut)
{
    const cJSON *list = json_member(head, "boxes"), *item;
    double method = json_number(head, "cut", -1), confidence = json_number(head, "confidence", -1);
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    *cut = (struct panel_cut){0};
    if (n < 2 || n > PANEL_MAX || !(method > PANEL_NONE && method <= PANEL_BY_EDGES) ||
        !(confidence >= 0 && confidence <= 1))
        return false;
    cut->method = (enum panel_method)method;
    cut->confidence = confidence;
    cJSON_ArrayForEach(item, list)
    {
        int v[4];
        for (int i = 0; i < 4; i++) {
            const cJSON *number = cJSON_GetArrayItem(item, i);
            if (!cJSON_IsNumber(number) || !(number->valuedouble >= 0 && number->valuedouble <= IMAGE_MAX_SIDE))
                return false;
            v[i] = (int)number->valuedouble;
        }
        if (v[0] >= v[2] || v[1] >= v[3] || v[2] > width || v[3] > height)
            return false;
        cut->boxes[cut->n++] = (struct panel_rect){v[0], v[1], v[2], v[3]};
    }
    return true;
}

static bool read_image(struct reading *r, const cJSON *head, const unsigned char *bytes, size_t len, struct err *e)
{
    const char *role = json_text(head, "role");
    double figure = json_number(head, "figure", -1), width = json_number(head, "width", -1);
    double height = json_number(head, "height", -1);
    struct image image = {
        known_media_type(json_text(head, "media_type")), len ? bytes : NULL, len, (int)width, (int)height, NULL, NULL};
    struct image_measure measure;
    const cJSON *measures = json_member(head, "measure");
    struct panel_cut cut;
    bool is_original = strcmp(role, "original") == 0;
    if ((!is_original && strcmp(role, "picture") != 0) || !image.media_type || !(figure >= 0) ||
        figure >= ARTICLE_MAX_FIGURES || !(width >= 0) || width > IMAGE_MAX_SIDE || !(height >= 0) ||
        height > IMAGE_MAX_SIDE)
        return err_set(e, ERR_FORMAT, "the parser sent an image that makes no sense");
    if (measures && !image_measure_read(measures, &measure, e))
        return false;
    if (measures)
        image.measure = &measure;
    if (json_member(head, "boxes") && !read_cut(head, image.width, image.height, &cut))
        return err_set(e, ERR_FORMAT, "the parser sent panels that make no sense");
    image.cut = json_member(head, "boxes") ? &cut : NULL;
    return r->each(r->context, (size_t)figure, is_original, &image, e);
}

static bool read_frame(void *context, const char *json, size_t json_len, const unsigned char *bytes, size_t len,
                       struct err *e)
{
    struct reading *r = context;
    cJSON *head = json_len <= MAX_HEAD ? json_parse(json, json_len, NULL) : NULL;
    bool ok;
    if (json_text(head, "role"))
        ok = read_image(r, head, bytes, len, e);
    else if (r->article && !r->has_article)
        ok = r->has_article = article_read(json, json_len, r->article, e);
    else
        ok = err_set(e, ERR_FORMAT, "the parser sent something that makes no sense");
    cJSON_Delete(head);
    return ok;
}

bool service_document(struct sandbox *s, enum service_op op, const struct service_options *options, int fd,
                      struct article *a, service_image_fn *each, void *context, struct err *e)
{
    struct reading r = {.each = each, .context = context, .article = a};
    char params[96];
    snprintf(params, sizeof params, "{\"images\":%s,\"max_dpi\":%g,\"ocr\":%s}", options->images ? "true" : "false",
             options->max_dpi, options->ocr ? "true" : "false");
    *a = (struct article)ARTICLE_INIT;
    bool ok = sandbox_call(s, (int)op, params, fd, options->timeout_s, read_frame, &r, e);
    if (ok && !r.has_article)
        ok = err_set(e, ERR_CRASH, "the parser sent no article");
    if (!ok)
        article_release(a);
    return ok;
}

bool service_image(struct sandbox *s, int fd, size_t panels, char first, int timeout_s, service_image_fn *each,
                   void *context, struct err *e)
{
    struct reading r = {.each = each, .context = context};
    char params[64];
    snprintf(params, sizeof params, "{\"panels\":%zu,\"first\":%d}", panels, first);
    return sandbox_call(s, SERVICE_IMAGE, params, fd, timeout_s, read_frame, &r, e);
}

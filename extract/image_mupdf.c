#include "extract/image_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mupdf/fitz.h>

#include "base/mem.h"

enum { STORE_BYTES = 16 << 20 };

static void on_message(void *context, const char *message)
{
}

/* What MuPDF warns of is, in an image, missing pixels. */
static void note_warning(void *context, const char *message)
{
    char *first = context;
    if (!first[0])
        fz_strlcpy(first, message, 256);
}

static fz_context *new_context(char warning[256], struct err *e)
{
    fz_context *ctx = fz_new_context(NULL, NULL, STORE_BYTES);
    if (!ctx) {
        err_set(e, ERR_LIMIT, "no memory to decode an image");
        return NULL;
    }
    fz_set_error_callback(ctx, on_message, NULL);
    fz_set_warning_callback(ctx, warning ? note_warning : on_message, warning);
    return ctx;
}

/* The error that fz_try caught. */
static bool caught(fz_context *ctx, const char *what, struct err *e)
{
    enum err_kind kind = fz_caught(ctx) == FZ_ERROR_MEMORY ? ERR_LIMIT : ERR_FORMAT;
    return err_set(e, kind, "%s: %s", what, fz_caught_message(ctx));
}

struct image_cmyk {
    fz_context *ctx;
    fz_colorspace *space;
    fz_pixmap *row, *converted;
};

void image_cmyk_free(struct image_cmyk *c)
{
    if (!c)
        return;
    fz_drop_pixmap(c->ctx, c->row);
    fz_drop_pixmap(c->ctx, c->converted);
    fz_drop_colorspace(c->ctx, c->space);
    fz_drop_context(c->ctx);
    free(c);
}

static fz_colorspace *open_profile(fz_context *ctx, const void *profile, size_t len)
{
    fz_buffer *buffer = NULL;
    fz_colorspace *space = NULL;
    fz_var(buffer);
    fz_var(space);
    fz_try(ctx)
    {
        buffer = fz_new_buffer_from_shared_data(ctx, profile, len);
        space = fz_new_icc_colorspace(ctx, FZ_COLORSPACE_CMYK, 0, NULL, buffer);
    }
    fz_always(ctx) fz_drop_buffer(ctx, buffer);
    fz_catch(ctx) space = NULL; /* a damaged profile: the default one will do */
    return space;
}

struct image_cmyk *image_cmyk_new(int width, const void *profile, size_t profile_len, struct err *e)
{
    fz_context *ctx = new_context(NULL, e);
    if (!ctx)
        return NULL;
    struct image_cmyk *c = mem_new(sizeof *c);
    c->ctx = ctx;
    c->space = profile ? open_profile(ctx, profile, profile_len) : NULL;
    fz_try(ctx)
    {
        if (!c->space)
            c->space = fz_keep_colorspace(ctx, fz_device_cmyk(ctx));
        c->row = fz_new_pixmap(ctx, c->space, width, 1, NULL, 0);
    }
    fz_catch(ctx)
    {
        caught(ctx, "CMYK", e);
        image_cmyk_free(c);
        return NULL;
    }
    return c;
}

const unsigned char *image_cmyk_row(struct image_cmyk *c, const unsigned char *row, struct err *e)
{
    fz_context *ctx = c->ctx;
    fz_drop_pixmap(ctx, c->converted);
    c->converted = NULL;
    memcpy(fz_pixmap_samples(ctx, c->row), row, 4 * (size_t)fz_pixmap_width(ctx, c->row));
    fz_try(ctx) c->converted =
        fz_convert_pixmap(ctx, c->row, fz_device_rgb(ctx), NULL, NULL, fz_default_color_params, 0);
    fz_catch(ctx)
    {
        caught(ctx, "CMYK", e);
        return NULL;
    }
    return fz_pixmap_samples(ctx, c->converted);
}

/* The pixmap in grey or RGB, with or without alpha; the old one is dropped. May throw. */
static fz_pixmap *plain_pixmap(fz_context *ctx, fz_pixmap *pixmap)
{
    fz_colorspace *space = fz_pixmap_colorspace(ctx, pixmap);
    if (!space || fz_colorspace_is_gray(ctx, space) || fz_colorspace_is_rgb(ctx, space))
        return pixmap;
    fz_pixmap *plain = fz_convert_pixmap(ctx, pixmap, fz_device_rgb(ctx), NULL, NULL, fz_default_color_params, 1);
    fz_drop_pixmap(ctx, pixmap);
    return plain;
}

/* Gives the pixmap's rows to the writer, its (premultiplied) alpha on white. */
static bool write_pixmap(fz_context *ctx, fz_pixmap *pixmap, struct image_writer *w, struct err *e)
{
    int width = fz_pixmap_width(ctx, pixmap), height = fz_pixmap_height(ctx, pixmap);
    int components = fz_pixmap_components(ctx, pixmap), alpha = fz_pixmap_alpha(ctx, pixmap);
    enum image_samples samples = components - alpha >= 3 ? IMAGE_RGB : IMAGE_GREY;
    if (!image_writer_begin(w, width, height, samples, NULL, 0, e))
        return false;
    unsigned char *row = mem_array((size_t)width, samples);
    bool ok = true;
    for (int y = 0; ok && y < height; y++) {
        const unsigned char *from = fz_pixmap_samples(ctx, pixmap) + (ptrdiff_t)y * fz_pixmap_stride(ctx, pixmap);
        for (int x = 0; x < width; x++, from += components)
            for (int i = 0; i < (int)samples; i++) {
                int value = (i < components - alpha ? from[i] : 0) + (alpha ? 255 - from[components - 1] : 0);
                row[x * (int)samples + i] = (unsigned char)(value > 255 ? 255 : value);
            }
        ok = image_writer_row(w, row, e);
    }
    free(row);
    return ok;
}

/* BMP and GIF files that end before their pixels do are cut, though MuPDF may paint what is there. */
static bool is_cut(const unsigned char *bytes, size_t len, const char *warning)
{
    static const char *const signs[] = {"premature", "truncated", "not enough", "unexpected end", "missing"};
    if (len > 6 && !memcmp(bytes, "GIF", 3) && bytes[len - 1] != 0x3b && !memchr(bytes + len - 4, 0x3b, 4))
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(warning, signs[i]))
            return true;
    return false;
}

bool image_mupdf_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    const char *what = w->info->media_type;
    if ((long)w->info->width * w->info->height > IMAGE_MAX_WHOLE)
        return err_set(e, ERR_LIMIT, "%s of %d x %d pixels is too large to be decoded", what, w->info->width,
                       w->info->height);
    char warning[256] = "";
    fz_context *ctx = new_context(warning, e);
    if (!ctx)
        return false;
    fz_buffer *buffer = NULL;
    fz_image *image = NULL;
    fz_pixmap *pixmap = NULL;
    bool ok = true;
    fz_var(buffer);
    fz_var(image);
    fz_var(pixmap);
    fz_try(ctx)
    {
        buffer = fz_new_buffer_from_shared_data(ctx, bytes, len);
        image = fz_new_image_from_buffer(ctx, buffer);
        pixmap = fz_get_pixmap_from_image(ctx, image, NULL, NULL, NULL, NULL);
        pixmap = plain_pixmap(ctx, pixmap);
    }
    fz_always(ctx)
    {
        fz_drop_image(ctx, image);
        fz_drop_buffer(ctx, buffer);
    }
    fz_catch(ctx) ok = caught(ctx, what, e);
    if (ok && is_cut(bytes, len, warning))
        ok = err_set(e, ERR_FORMAT, "%s: %s", what, warning[0] ? warning : "the file is cut");
    ok = ok && write_pixmap(ctx, pixmap, w, e);
    fz_drop_pixmap(ctx, pixmap);
    fz_drop_context(ctx);
    return ok;
}

/* Draws the first page at 300 dpi, or as large as allowed. May throw. */
static fz_pixmap *draw_page(fz_context *ctx, fz_document *document)
{
    fz_page *page = fz_load_page(ctx, document, 0);
    fz_pixmap *pixmap = NULL;
    fz_var(pixmap);
    fz_try(ctx)
    {
        fz_rect box = fz_bound_page(ctx, page);
        float side = fz_max(box.x1 - box.x0, box.y1 - box.y0);
        float scale = fz_min(300.0f / 72, IMAGE_MAX_PAGE_SIDE / fz_max(side, 1));
        pixmap = fz_new_pixmap_from_page(ctx, page, fz_scale(scale, scale), fz_device_rgb(ctx), 0);
    }
    fz_always(ctx) fz_drop_page(ctx, page);
    fz_catch(ctx) fz_rethrow(ctx);
    return pixmap;
}

bool image_mupdf_draw(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    fz_context *ctx = new_context(NULL, e);
    if (!ctx)
        return false;
    fz_stream *stream = NULL;
    fz_document *document = NULL;
    fz_pixmap *pixmap = NULL;
    bool ok = true;
    fz_var(stream);
    fz_var(document);
    fz_var(pixmap);
    fz_try(ctx)
    {
        fz_register_document_handlers(ctx);
        stream = fz_open_memory(ctx, bytes, len);
        document = fz_open_document_with_stream(ctx, "application/pdf", stream);
        if (fz_needs_password(ctx, document))
            fz_throw(ctx, FZ_ERROR_GENERIC, "it needs a password");
        pixmap = draw_page(ctx, document);
    }
    fz_always(ctx)
    {
        fz_drop_document(ctx, document);
        fz_drop_stream(ctx, stream);
    }
    fz_catch(ctx) ok = caught(ctx, "PDF", e);
    ok = ok && write_pixmap(ctx, pixmap, w, e);
    fz_drop_pixmap(ctx, pixmap);
    fz_drop_context(ctx);
    return ok;
}

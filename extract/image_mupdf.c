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

/* Gives the pixmap's rows to the writer, its (premultiplied) alpha on white. */
static bool write_pixmap(fz_context *ctx, fz_pixmap *pixmap, struct image_writer *w, struct err *e)
{
    int width = fz_pixmap_width(ctx, pixmap), height = fz_pixmap_height(ctx, pixmap);
    int components = fz_pixmap_components(ctx, pixmap), alpha = fz_pixmap_alpha(ctx, pixmap);
    enum image_samples samples = components - alpha == 1 ? IMAGE_GREY : IMAGE_RGB;
    if (components - alpha != (int)samples)
        return err_set(e, ERR_UNSUPPORTED, "%s with %d colour components", w->info->media_type, components - alpha);
    if (!image_writer_begin(w, width, height, samples, e))
        return false;
    unsigned char *row = mem_array((size_t)width, samples);
    bool ok = true;
    for (int y = 0; ok && y < height; y++) {
        const unsigned char *from = fz_pixmap_samples(ctx, pixmap) + (ptrdiff_t)y * fz_pixmap_stride(ctx, pixmap);
        for (int x = 0; x < width; x++, from += components)
            for (int i = 0; i < (int)samples; i++) {
                int value = from[i] + (alpha ? 255 - from[components - 1] : 0);
                row[x * (int)samples + i] = (unsigned char)(value > 255 ? 255 : value);
            }
        ok = image_writer_row(w, row, e);
    }
    free(row);
    return ok;
}

/* Moves *at past a GIF's data sub-blocks; false where the file ends before they do. */
static bool skip_blocks(const unsigned char *bytes, size_t len, size_t *at)
{
    while (*at < len && bytes[*at])
        *at += 1 + (size_t)bytes[*at];
    return (*at)++ < len;
}

static size_t colour_table(int flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* True when the first frame of a GIF is all there (MuPDF paints what it gets). */
static bool gif_whole(const unsigned char *bytes, size_t len)
{
    size_t at = 13 + colour_table(bytes[10]);
    while (at + 10 < len) {
        bool frame = bytes[at] == 0x2c;
        if (!frame && bytes[at] != 0x21)
            return false;
        at += frame ? 11 + colour_table(bytes[at + 9]) : 2;
        if (!skip_blocks(bytes, len, &at))
            return false;
        if (frame)
            return true;
    }
    return false;
}

/* True when a decoder's warning says that pixels were missing. */
static bool tells_of_cut(const char *warning)
{
    static const char *const signs[] = {"premature", "truncated", "not enough", "unexpected end", "missing"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(warning, signs[i]))
            return true;
    return false;
}

/* MuPDF takes a fourth component of a JPEG 2000 for black, though it may be transparency. */
static bool is_plain_jpx(const unsigned char *bytes, size_t len)
{
    const unsigned char *size = memmem(bytes, len, "\xff\x4f\xff\x51", 4);
    if (!size || bytes + len - size < 42)
        return false;
    int components = size[40] << 8 | size[41];
    return components == 1 || components == 3;
}

bool image_mupdf_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    const char *what = w->info->media_type;
    if ((long)w->info->width * w->info->height > IMAGE_MAX_WHOLE)
        return err_set(e, ERR_LIMIT, "%s of %d x %d pixels is too large to be decoded", what, w->info->width,
                       w->info->height);
    if (!strcmp(what, "image/gif") && !gif_whole(bytes, len))
        return err_set(e, ERR_FORMAT, "GIF: the file is cut");
    if (!strcmp(what, "image/jp2") && !is_plain_jpx(bytes, len))
        return err_set(e, ERR_UNSUPPORTED, "JPEG 2000 that is neither grey nor RGB");
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
    }
    fz_always(ctx)
    {
        fz_drop_image(ctx, image);
        fz_drop_buffer(ctx, buffer);
    }
    fz_catch(ctx) ok = caught(ctx, what, e);
    if (ok && tells_of_cut(warning))
        ok = err_set(e, ERR_FORMAT, "%s: %s", what, warning);
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
    size_t tail = len < 4096 ? len : 4096;
    if (!memmem(bytes + len - tail, tail, "%%EOF", 5)) /* MuPDF would repair it, with parts of the page gone */
        return err_set(e, ERR_FORMAT, "PDF: the file is cut");
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

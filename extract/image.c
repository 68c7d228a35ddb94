#include "extract/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/image_rows.h"

bool image_writer_begin(struct image_writer *w, int width, int height, enum image_samples samples, struct err *e)
{
    enum image_samples kept = samples == IMAGE_GREY ? IMAGE_GREY : IMAGE_RGB;
    w->width = width;
    if (w->out)
        *w->info = (struct image_info){w->jpeg ? "image/jpeg" : "image/png", width, height, true};
    if (samples == IMAGE_CMYK)
        w->rgb = mem_array((size_t)width, IMAGE_RGB);
    if (w->raster)
        raster_sampler_begin(&w->sampler, w->raster, width, height, kept, w->info->width, w->info->height);
    if (!w->out)
        return true;
    if (w->jpeg)
        w->jpg = image_jpeg_new(w->out, width, height, kept, e);
    else
        w->png = image_png_new(w->out, width, height, kept, w->flat, e);
    return w->jpg || w->png;
}

/* Without colour management, as browsers and Pillow do it: Debian's MuPDF has none, and profiles are rare in articles.
 */
static void cmyk_to_rgb(const unsigned char *cmyk, unsigned char *rgb, int width)
{
    for (int x = 0; x < width; x++, cmyk += IMAGE_CMYK, rgb += IMAGE_RGB)
        for (int i = 0; i < IMAGE_RGB; i++)
            rgb[i] = (unsigned char)(((255 - cmyk[i]) * (255 - cmyk[3]) + 127) / 255);
}

bool image_writer_row(struct image_writer *w, const unsigned char *row, struct err *e)
{
    if (w->rgb) {
        cmyk_to_rgb(row, w->rgb, w->width);
        row = w->rgb;
    }
    if (w->raster)
        raster_sampler_row(&w->sampler, row);
    if (!w->out)
        return true;
    return w->jpeg ? image_jpeg_row(w->jpg, row, e) : image_png_row(w->png, row, e);
}

bool image_writer_end(struct image_writer *w, struct err *e)
{
    if (!w->out)
        return true;
    return w->jpeg ? image_jpeg_end(w->jpg, e) : image_png_end(w->png, e);
}

void image_writer_release(struct image_writer *w)
{
    raster_sampler_end(&w->sampler);
    image_png_free(w->png);
    image_jpeg_free(w->jpg);
    free(w->rgb);
}

typedef bool reader_fn(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);

static bool read_all(reader_fn *read, const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    bool ok = read(bytes, len, w, e) && image_writer_end(w, e);
    image_writer_release(w);
    if (!ok && w->raster)
        raster_release(w->raster);
    return ok;
}

bool image_check(const unsigned char *bytes, size_t len, struct image_info *info, struct raster *raster, struct err *e)
{
    struct image_writer w = {.raster = raster, .info = info};
    if (raster)
        *raster = (struct raster)RASTER_INIT;
    if (!image_probe(bytes, len, info, e))
        return false;
    if (!strcmp(info->media_type, "image/jpeg"))
        return read_all(image_jpeg_read, bytes, len, &w, e);
    if (!strcmp(info->media_type, "image/png"))
        return read_all(image_png_read, bytes, len, &w, e);
    return err_set(e, ERR_UNSUPPORTED, "%s is neither JPEG nor PNG", info->media_type);
}

bool image_convert(const unsigned char *bytes, size_t len, struct str *out, struct image_info *info,
                   struct raster *raster, struct err *e)
{
    static const struct {
        const char *media_type;
        reader_fn *read;
        bool jpeg;
    } readers[] = {
        {"image/jpeg", image_jpeg_read, true},        {"image/png", image_png_read, false},
        {"image/tiff", image_tiff_read, false},       {"image/gif", image_mupdf_read, false},
        {"image/bmp", image_mupdf_read, false},       {"image/jp2", image_mupdf_read, true},
        {"application/pdf", image_mupdf_draw, false},
    };
    if (raster)
        *raster = (struct raster)RASTER_INIT;
    if (!image_probe(bytes, len, info, e))
        return false;
    size_t before = out->len;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (strcmp(readers[i].media_type, info->media_type))
            continue;
        struct image_writer w = {.out = out, .raster = raster, .jpeg = readers[i].jpeg, .info = info};
        bool ok = read_all(readers[i].read, bytes, len, &w, e);
        if (!ok) {
            str_cut(out, before);
            out->overflow = false;
        }
        return ok;
    }
    return err_set(e, ERR_UNSUPPORTED, "%s cannot be turned into pixels here", info->media_type);
}

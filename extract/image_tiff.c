#include "extract/image_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "base/mem.h"

enum { MAX_MEMORY = 512 << 20 /* bytes of one allocation of libtiff's */ };

/* A TIFF while it is read, from memory. */
struct reading {
    TIFF *tiff;
    const unsigned char *bytes;
    size_t len, at;
    char message[256]; /* libtiff's first error */
    uint32_t width, height;
    uint16_t bits, samples, photometric, planar, compression, extra;
    struct image_writer *w;
    struct err *e;
};

static tmsize_t read_bytes(thandle_t handle, void *out, tmsize_t n)
{
    struct reading *r = handle;
    size_t left = r->len - r->at, more = n < 0 ? 0 : (size_t)n < left ? (size_t)n : left;
    memcpy(out, r->bytes + r->at, more);
    r->at += more;
    return (tmsize_t)more;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t n)
{
    return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    struct reading *r = handle;
    toff_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? r->at : r->len;
    toff_t to = from + offset;
    r->at = to > r->len ? r->len : (size_t)to;
    return r->at;
}

static int close_bytes(thandle_t handle)
{
    return 0;
}

static toff_t size(thandle_t handle)
{
    return ((struct reading *)handle)->len;
}

static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list args)
{
    struct reading *r = context;
    if (!r->message[0])
        vsnprintf(r->message, sizeof r->message, format, args);
    return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list args)
{
    return 1;
}

static bool damaged(struct reading *r)
{
    return err_set(r->e, ERR_FORMAT, "TIFF: %s", r->message[0] ? r->message : "cut or damaged");
}

static TIFF *open_tiff(struct reading *r)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_MEMORY);
    TIFF *tiff =
        TIFFClientOpenExt("image", "rm", r, read_bytes, write_bytes, seek, close_bytes, size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* What the rows hold where libtiff's scanlines can be used as they are; 0 for all other layouts. */
static enum image_samples plain_samples(const struct reading *r)
{
    if (TIFFIsTiled(r->tiff) || r->bits != 8 || (r->planar != PLANARCONFIG_CONTIG && r->samples > 1))
        return 0;
    if (r->photometric == PHOTOMETRIC_MINISBLACK || r->photometric == PHOTOMETRIC_MINISWHITE)
        return r->samples == 1 ? IMAGE_GREY : 0;
    if (r->photometric == PHOTOMETRIC_SEPARATED)
        return r->samples == 4 ? IMAGE_CMYK : 0;
    bool jpeg = r->photometric == PHOTOMETRIC_YCBCR && r->compression == COMPRESSION_JPEG;
    return (r->photometric == PHOTOMETRIC_RGB || jpeg) && r->samples == 3 ? IMAGE_RGB : 0;
}

static bool read_plain(struct reading *r, enum image_samples samples)
{
    if (r->photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(r->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    size_t stride = (size_t)r->width * samples;
    if (TIFFScanlineSize64(r->tiff) != stride)
        return damaged(r);
    if (!image_writer_begin(r->w, (int)r->width, (int)r->height, samples, r->e))
        return false;
    unsigned char *row = mem_new(stride);
    bool ok = true;
    for (uint32_t y = 0; ok && y < r->height; y++) {
        ok = TIFFReadScanline(r->tiff, row, y, 0) == 1 || damaged(r);
        for (size_t i = 0; ok && r->photometric == PHOTOMETRIC_MINISWHITE && i < stride; i++)
            row[i] = (unsigned char)(255 - row[i]);
        ok = ok && image_writer_row(r->w, row, r->e);
    }
    free(row);
    return ok;
}

/* Gives rows of libtiff's packed pixels (alpha premultiplied) to the writer, on white. */
static bool write_packed(struct reading *r, const uint32_t *pixels, uint32_t rows, enum image_samples samples,
                         unsigned char *row)
{
    for (uint32_t y = 0; y < rows; y++, pixels += r->width) {
        for (uint32_t x = 0; x < r->width; x++) {
            uint32_t pixel = pixels[x], white = 255 - TIFFGetA(pixel);
            uint32_t colours[3] = {TIFFGetR(pixel) + white, TIFFGetG(pixel) + white, TIFFGetB(pixel) + white};
            for (int i = 0; i < (int)samples; i++)
                row[x * samples + i] = (unsigned char)(colours[i] > 255 ? 255 : colours[i]);
        }
        if (!image_writer_row(r->w, row, r->e))
            return false;
    }
    return true;
}

/* Every other layout, by libtiff's own conversion, a strip or a row of tiles at a time. */
static bool read_packed(struct reading *r)
{
    TIFFRGBAImage image;
    char message[1024] = "";
    uint32_t step = 0;
    bool grey = r->photometric == PHOTOMETRIC_MINISBLACK || r->photometric == PHOTOMETRIC_MINISWHITE;
    enum image_samples samples = grey ? IMAGE_GREY : IMAGE_RGB;
    TIFFGetFieldDefaulted(r->tiff, TIFFIsTiled(r->tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &step);
    step = step == 0 || step > r->height ? r->height : step;
    if ((uint64_t)step * r->width > IMAGE_MAX_WHOLE)
        return err_set(r->e, ERR_LIMIT, "TIFF: a strip of %u x %u pixels is too large", r->width, step);
    if (!TIFFRGBAImageOK(r->tiff, message) || !TIFFRGBAImageBegin(&image, r->tiff, 1, message))
        return err_set(r->e, ERR_UNSUPPORTED, "TIFF: %s", message);
    image.req_orientation = image.orientation;
    uint32_t *pixels = mem_array((size_t)step * r->width, sizeof *pixels);
    unsigned char *row = mem_array(r->width, samples);
    bool ok = image_writer_begin(r->w, (int)r->width, (int)r->height, samples, r->e);
    for (uint32_t y = 0; ok && y < r->height; y += step) {
        uint32_t rows = r->height - y < step ? r->height - y : step;
        image.row_offset = (int)y;
        ok =
            TIFFRGBAImageGet(&image, pixels, r->width, rows) ? write_packed(r, pixels, rows, samples, row) : damaged(r);
    }
    free(row);
    free(pixels);
    TIFFRGBAImageEnd(&image);
    return ok;
}

bool image_tiff_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    struct reading r = {.bytes = bytes, .len = len, .w = w, .e = e};
    r.tiff = open_tiff(&r);
    if (!r.tiff)
        return damaged(&r);
    TIFFGetField(r.tiff, TIFFTAG_IMAGEWIDTH, &r.width);
    TIFFGetField(r.tiff, TIFFTAG_IMAGELENGTH, &r.height);
    TIFFGetFieldDefaulted(r.tiff, TIFFTAG_BITSPERSAMPLE, &r.bits);
    TIFFGetFieldDefaulted(r.tiff, TIFFTAG_SAMPLESPERPIXEL, &r.samples);
    TIFFGetFieldDefaulted(r.tiff, TIFFTAG_PLANARCONFIG, &r.planar);
    TIFFGetField(r.tiff, TIFFTAG_PHOTOMETRIC, &r.photometric);
    TIFFGetFieldDefaulted(r.tiff, TIFFTAG_COMPRESSION, &r.compression);
    bool ok;
    if (!r.width || !r.height || r.width > IMAGE_MAX_SIDE || r.height > IMAGE_MAX_SIDE ||
        (uint64_t)r.width * r.height > IMAGE_MAX_PIXELS)
        ok = damaged(&r);
    else if (!TIFFIsCODECConfigured(r.compression))
        ok = err_set(e, ERR_UNSUPPORTED, "TIFF: compression %u", r.compression);
    else if (plain_samples(&r))
        ok = read_plain(&r, plain_samples(&r));
    else
        ok = read_packed(&r);
    TIFFClose(r.tiff);
    return ok;
}

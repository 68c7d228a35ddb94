#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include "base/mem.h"
#include "extract/image.h"
#include "extract/image_rows.h"

enum { WIDTH = 70, HEIGHT = 50, MAX_OUTPUT = 1 << 20 };

/* An encoded image, made in memory. */
struct bytes {
    unsigned char *data;
    size_t len;
};

/* Sample i of the pixel at x, y of all test pictures: smooth, so that JPEG keeps it. */
static unsigned char sample(int x, int y, int i)
{
    return (unsigned char)(i == 0 ? 3 * x : i == 1 ? 5 * y : 100);
}

static struct bytes make_jpeg(int components, bool progressive)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr manager;
    unsigned char *data = NULL;
    unsigned long len = 0;
    c.err = jpeg_std_error(&manager);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &len);
    c.image_width = WIDTH;
    c.image_height = HEIGHT;
    c.input_components = components;
    c.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 95, TRUE);
    if (progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    for (int y = 0; y < HEIGHT; y++) {
        unsigned char row[4 * WIDTH];
        for (int x = 0; x < WIDTH; x++)
            for (int i = 0; i < components; i++) /* the CMYK picture is the RGB one, in Adobe's inverted ink */
                row[x * components + i] = i == 3 ? 255 : sample(x, y, i);
        JSAMPROW rows[1] = {row};
        jpeg_write_scanlines(&c, rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return (struct bytes){data, len};
}

static struct bytes make_png(png_uint_32 format, int channels, int depth)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = format};
    unsigned char pixels[WIDTH * HEIGHT * 4];
    uint16_t deep[WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int at = y * WIDTH + x;
            deep[at] = (uint16_t)(257 * sample(x, y, 0));
            for (int i = 0; i < channels; i++)
                pixels[at * channels + i] = i == 3 ? (x < WIDTH / 2 ? 0 : 255) : sample(x, y, i);
        }
    const void *buffer = depth == 16 ? (const void *)deep : pixels;
    png_alloc_size_t len = 0;
    assert_true(png_image_write_to_memory(&image, NULL, &len, 0, buffer, 0, NULL));
    unsigned char *data = mem_new(len);
    assert_true(png_image_write_to_memory(&image, data, &len, 0, buffer, 0, NULL));
    return (struct bytes){data, len};
}

struct tiff_kind {
    const char *name;
    uint16_t samples, bits, photometric, compression, planar;
    bool tiled;
};

static void set_tags(TIFF *tiff, const struct tiff_kind *kind)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind->compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, kind->planar);
    if (kind->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 80);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 64);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    }
}

static unsigned char tiff_sample(const struct tiff_kind *kind, int x, int y, int i)
{
    unsigned char value = i < 3 ? sample(x, y, i) : 0;
    bool inverted =
        kind->photometric == PHOTOMETRIC_MINISWHITE || (kind->photometric == PHOTOMETRIC_SEPARATED && i < 3);
    return inverted ? (unsigned char)(255 - value) : value;
}

/* A row (of plane `plane` where planes are apart) as the file holds it. */
static void tiff_row(const struct tiff_kind *kind, int y, int plane, unsigned char *row)
{
    bool apart = kind->planar == PLANARCONFIG_SEPARATE;
    int n = apart ? 1 : kind->samples;
    for (int x = 0; x < WIDTH; x++)
        for (int i = 0; i < n; i++) {
            unsigned char value = tiff_sample(kind, x, y, apart ? plane : i);
            if (kind->bits == 1 && value >= 128)
                row[x / 8] |= (unsigned char)(0x80 >> x % 8);
            if (kind->bits == 16)
                ((uint16_t *)(void *)row)[x * n + i] = (uint16_t)(257 * value);
            if (kind->bits == 8)
                row[x * n + i] = value;
        }
}

static struct bytes make_tiff(const struct tiff_kind *kind)
{
    int fd = memfd_create("tiff", 0);
    TIFF *tiff = TIFFFdOpen(dup(fd), "tiff", "w");
    assert_non_null(tiff);
    set_tags(tiff, kind);
    unsigned char tile[80 * 64 * 4] = {0};
    for (int plane = 0; plane < (kind->planar == PLANARCONFIG_SEPARATE ? kind->samples : 1); plane++)
        for (int y = 0; y < HEIGHT; y++) {
            unsigned char row[WIDTH * 8] = {0};
            tiff_row(kind, y, plane, kind->tiled ? tile + (size_t)y * 80 * kind->samples : row);
            if (!kind->tiled)
                assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, (uint16_t)plane), 1);
        }
    if (kind->tiled)
        assert_true(TIFFWriteEncodedTile(tiff, 0, tile, 80L * 64 * kind->samples) > 0);
    TIFFClose(tiff);
    size_t len = (size_t)lseek(fd, 0, SEEK_END);
    struct bytes b = {mem_new(len), len};
    assert_int_equal(pread(fd, b.data, len, 0), (ssize_t)len);
    close(fd);
    return b;
}

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static struct bytes make_bmp(void)
{
    size_t stride = (3 * WIDTH + 3) / 4 * 4, len = 54 + stride * HEIGHT;
    unsigned char *b = mem_new(len);
    memcpy(b, "BM", 2);
    put32(b + 2, (uint32_t)len);
    put32(b + 10, 54);
    put32(b + 14, 40);
    put32(b + 18, WIDTH);
    put32(b + 22, HEIGHT);
    b[26] = 1;
    b[28] = 24;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int i = 0; i < 3; i++)
                b[54 + stride * (size_t)(HEIGHT - 1 - y) + 3 * (size_t)x + (size_t)i] = sample(x, y, 2 - i);
    return (struct bytes){b, len};
}

/* Two pixels: red, blue. Codes of three bits: clear (4), 0, 1, end (5). */
static const unsigned char tiny_gif[] = {'G', 'I',  'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 255,  0,    0, 0,   0,
                                         255, 0x2c, 0,   0,   0,   0,   2, 0, 1, 0, 0,    2, 2, 0x44, 0x0a, 0, 0x3b};

/* Grey 8 x 8: 200, and 10 in the corner. */
static const unsigned char tiny_j2k[] = {
    0xff, 0x4f, 0xff, 0x51, 0x00, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x01, 0xff, 0x52, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x04, 0x04, 0x00, 0x01, 0xff, 0x5c, 0x00, 0x04, 0x40, 0x40, 0xff, 0x64, 0x00, 0x25, 0x00, 0x01, 0x43,
    0x72, 0x65, 0x61, 0x74, 0x65, 0x64, 0x20, 0x62, 0x79, 0x20, 0x4f, 0x70, 0x65, 0x6e, 0x4a, 0x50, 0x45, 0x47,
    0x20, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x20, 0x32, 0x2e, 0x35, 0x2e, 0x30, 0xff, 0x90, 0x00, 0x0a,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x25, 0x00, 0x01, 0xff, 0x93, 0xcf, 0xb4, 0x50, 0x10, 0x58, 0x6a, 0xda, 0x1f,
    0x65, 0x3a, 0xc9, 0x50, 0x71, 0x60, 0x03, 0x09, 0x08, 0xe6, 0x0b, 0x18, 0x48, 0x48, 0x3f, 0xff, 0xd9,
};

static const char tiny_pdf[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R>>endobj\n"
    "4 0 obj<</Length 27>>stream\n1 0 0 rg 0 0 72 36 re f    \nendstream endobj\n"
    "trailer<</Root 1 0 R/Size 5>>\n%%EOF\n";

static struct err last;

static bool convert(const void *bytes, size_t len, struct str *out, struct image_info *info)
{
    err_clear(&last);
    return image_convert(bytes, len, out, info, NULL, &last);
}

/* Decodes a converted image to RGB. */
static unsigned char *pixels_of(const struct str *s, const struct image_info *info)
{
    unsigned char *rgb = mem_new((size_t)info->width * (size_t)info->height * 3);
    if (!strcmp(info->media_type, "image/png")) {
        png_image image = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_memory(&image, s->data, s->len));
        assert_true(image.format == PNG_FORMAT_GRAY || image.format == PNG_FORMAT_RGB);
        image.format = PNG_FORMAT_RGB;
        assert_true(png_image_finish_read(&image, NULL, rgb, 0, NULL));
        return rgb;
    }
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr manager;
    d.err = jpeg_std_error(&manager);
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, (unsigned char *)s->data, s->len);
    jpeg_read_header(&d, TRUE);
    assert_true(d.num_components == 1 || d.num_components == 3);
    d.out_color_space = JCS_RGB;
    jpeg_start_decompress(&d);
    for (unsigned y; (y = d.output_scanline) < d.output_height;) {
        JSAMPROW rows[1] = {rgb + (size_t)y * d.output_width * 3};
        jpeg_read_scanlines(&d, rows, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return rgb;
}

/* Converts b and compares it with the test picture (in grey: its first sample), within `tolerance`. */
static void check_picture(const char *name, struct bytes b, bool grey, int tolerance)
{
    struct str out = STR_INIT(MAX_OUTPUT), twice = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    if (!convert(b.data, b.len, &out, &info))
        fail_msg("%s: %s", name, last.text);
    assert_int_equal(info.width, WIDTH);
    assert_int_equal(info.height, HEIGHT);
    assert_true(info.readable);
    unsigned char *rgb = pixels_of(&out, &info);
    for (int at = 0; at < WIDTH * HEIGHT * 3; at++) {
        int x = at / 3 % WIDTH, y = at / 3 / WIDTH, wanted = sample(x, y, grey ? 0 : at % 3);
        if (abs(rgb[at] - wanted) > tolerance)
            fail_msg("%s: sample %d at %d, %d is %d, not %d", name, at % 3, x, y, rgb[at], wanted);
    }
    assert_true(convert(b.data, b.len, &twice, &info));
    assert_true(out.len == twice.len && !memcmp(out.data, twice.data, out.len));
    str_release(&out);
    str_release(&twice);
    free(rgb);
}

/* Every twentieth cut of b is refused as damaged (or is no image any more), and leaves the output as it was. */
static void check_cuts(const char *name, const unsigned char *bytes, size_t len, bool only_check)
{
    for (size_t cut = 0; cut < len; cut += cut + 20 < len ? 20 : 1) {
        unsigned char *exact = mem_new(cut ? cut : 1);
        memcpy(exact, bytes, cut);
        struct str out = STR_INIT(MAX_OUTPUT);
        struct image_info info;
        str_add(&out, "kept");
        bool ok = only_check ? image_check(exact, cut, &info, NULL, &last) : convert(exact, cut, &out, &info);
        if (ok && cut + 4 < len) /* the last bytes may be a trailer that says nothing */
            fail_msg("%s: cut to %zu of %zu bytes and not found out", name, cut, len);
        if (!ok) {
            assert_true(last.kind == ERR_FORMAT || last.kind == ERR_UNSUPPORTED);
            assert_string_equal(out.data, "kept");
        }
        str_release(&out);
        free(exact);
    }
}

static void check_info(struct bytes b, const char *media_type, bool readable)
{
    struct image_info info;
    if (!image_probe(b.data, b.len, &info, &last))
        fail_msg("%s: %s", media_type, last.text);
    assert_string_equal(info.media_type, media_type);
    assert_int_equal(info.width, WIDTH);
    assert_int_equal(info.height, HEIGHT);
    assert_int_equal(info.readable, readable);
}

static void compare_raster(const char *name, const struct raster *r, bool grey, int tolerance)
{
    int samples = grey ? 1 : 3;
    assert_true(r->width == WIDTH && r->height == HEIGHT && r->full_width == WIDTH && r->full_height == HEIGHT);
    assert_int_equal(r->samples, samples);
    for (int at = 0; at < WIDTH * HEIGHT * samples; at++) {
        int pixel = at / samples, wanted = sample(pixel % WIDTH, pixel / WIDTH, at % samples);
        if (abs(r->pixels[at] - wanted) > tolerance)
            fail_msg("%s: the raster's sample %d is %d, not %d", name, at, r->pixels[at], wanted);
    }
}

/* The raster of an image that is checked and of one that is converted is the test picture. */
static void check_raster(const char *name, struct bytes b, bool checked, bool grey, int tolerance)
{
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    struct raster raster;
    if (checked) {
        assert_true(image_check(b.data, b.len, &info, &raster, &last));
        compare_raster(name, &raster, grey, tolerance);
        raster_release(&raster);
        assert_false(image_check(b.data, b.len / 2, &info, &raster, &last));
        assert_null(raster.pixels);
    }
    assert_true(image_convert(b.data, b.len, &out, &info, &raster, &last));
    compare_raster(name, &raster, grey, tolerance);
    raster_release(&raster);
    assert_null(raster.pixels);
    str_release(&out);
}

static void test_jpeg(void **state)
{
    for (int components = 1; components <= 4; components += components == 1 ? 2 : 1)
        for (int progressive = 0; progressive < 2; progressive++) {
            struct bytes b = make_jpeg(components, progressive);
            struct image_info info;
            check_info(b, "image/jpeg", components < 4);
            assert_true(image_check(b.data, b.len, &info, NULL, &last));
            check_picture("JPEG", b, components == 1, 12);
            check_raster("JPEG", b, true, components == 1, 12);
            check_cuts("JPEG", b.data, b.len, true);
            check_cuts("JPEG", b.data, b.len, false);
            free(b.data);
        }
}

static void test_png(void **state)
{
    static const struct {
        png_uint_32 format;
        int channels, depth;
        bool readable;
    } kinds[] = {{PNG_FORMAT_GRAY, 1, 8, true}, {PNG_FORMAT_RGB, 3, 8, true}, {PNG_FORMAT_LINEAR_Y, 1, 16, false}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct bytes b = make_png(kinds[i].format, kinds[i].channels, kinds[i].depth);
        struct image_info info;
        check_info(b, "image/png", kinds[i].readable);
        assert_true(image_check(b.data, b.len, &info, NULL, &last));
        check_picture("PNG", b, kinds[i].channels == 1, 1);
        check_raster("PNG", b, kinds[i].readable, kinds[i].channels == 1, 1);
        check_cuts("PNG", b.data, b.len, true);
        check_cuts("PNG", b.data, b.len, false);
        free(b.data);
    }
}

/* Where nothing is painted, the converted image is white. */
static void test_transparency(void **state)
{
    struct bytes b = make_png(PNG_FORMAT_RGBA, 4, 8);
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    check_info(b, "image/png", false);
    assert_true(convert(b.data, b.len, &out, &info));
    unsigned char *rgb = pixels_of(&out, &info);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rgb[3 * (10 * WIDTH + 5) + i], 255);
        assert_int_equal(rgb[3 * (10 * WIDTH + 60) + i], sample(60, 10, i));
    }
    str_release(&out);
    free(rgb);
    free(b.data);
}

static void test_tiff(void **state)
{
    static const struct tiff_kind kinds[] = {
        {"grey", 1, 8, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG},
        {"white is zero", 1, 8, PHOTOMETRIC_MINISWHITE, COMPRESSION_PACKBITS, PLANARCONFIG_CONTIG},
        {"RGB, LZW", 3, 8, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG},
        {"RGB, planes apart", 3, 8, PHOTOMETRIC_RGB, COMPRESSION_ADOBE_DEFLATE, PLANARCONFIG_SEPARATE},
        {"RGB of 16 bits", 3, 16, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG},
        {"grey of 16 bits", 1, 16, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG},
        {"CMYK", 4, 8, PHOTOMETRIC_SEPARATED, COMPRESSION_LZW, PLANARCONFIG_CONTIG},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct bytes b = make_tiff(&kinds[i]);
        check_info(b, "image/tiff", false);
        check_picture(kinds[i].name, b, kinds[i].samples == 1, 1);
        check_cuts(kinds[i].name, b.data, b.len, false);
        free(b.data);
    }
}

static void test_odd_tiff(void **state)
{
    static const struct tiff_kind tiled = {"tiled", 3, 8, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG, true};
    static const struct tiff_kind fax = {
        "fax", 1, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_CCITTFAX4, PLANARCONFIG_CONTIG};
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    struct bytes b = make_tiff(&tiled);
    assert_true(convert(b.data, b.len, &out, &info));
    free(b.data);
    str_clear(&out);
    b = make_tiff(&fax);
    assert_true(convert(b.data, b.len, &out, &info));
    unsigned char *rgb = pixels_of(&out, &info);
    assert_int_equal(rgb[3 * 10], 0);
    assert_int_equal(rgb[3 * 60], 255);
    free(rgb);
    free(b.data);
    str_release(&out);
}

static void test_bmp(void **state)
{
    struct bytes b = make_bmp();
    check_info(b, "image/bmp", false);
    check_picture("BMP", b, false, 0);
    check_cuts("BMP", b.data, b.len, false);
    free(b.data);
}

static void test_gif(void **state)
{
    static const unsigned char wanted[] = {255, 0, 0, 0, 0, 255};
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    if (!convert(tiny_gif, sizeof tiny_gif, &out, &info))
        fail_msg("%s", last.text);
    unsigned char *rgb = pixels_of(&out, &info);
    assert_memory_equal(rgb, wanted, sizeof wanted);
    free(rgb);
    str_release(&out);
    check_cuts("GIF", tiny_gif, sizeof tiny_gif, false);
}

static void test_jpeg2000(void **state)
{
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    if (!convert(tiny_j2k, sizeof tiny_j2k, &out, &info))
        fail_msg("%s", last.text);
    assert_string_equal(info.media_type, "image/jpeg");
    assert_int_equal(info.width, 8);
    unsigned char *rgb = pixels_of(&out, &info);
    assert_true(rgb[0] < 40 && rgb[3 * 63] > 180);
    free(rgb);
    str_release(&out);
    check_cuts("JPEG 2000", tiny_j2k, sizeof tiny_j2k, false);
}

static void test_pdf(void **state)
{
    struct str out = STR_INIT(MAX_OUTPUT);
    struct image_info info;
    assert_true(image_probe((const unsigned char *)tiny_pdf, sizeof tiny_pdf - 1, &info, &last));
    assert_int_equal(info.width, 72);
    if (!convert(tiny_pdf, sizeof tiny_pdf - 1, &out, &info))
        fail_msg("%s", last.text);
    assert_int_equal(info.width, 300);
    assert_int_equal(info.height, 150);
    unsigned char *rgb = pixels_of(&out, &info);
    assert_true(rgb[3 * 40000] > 230 && rgb[3 * 40000 + 1] < 60);
    free(rgb);
    str_release(&out);
    check_cuts("PDF", (const unsigned char *)tiny_pdf, sizeof tiny_pdf - 1, false);
}

/* Known, with their size, though they cannot be decoded here. */
static void test_vectors(void **state)
{
    static const struct {
        const char *bytes, *media_type;
        size_t len;
        int width, height;
    } kinds[] = {
        {"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 10 10 110 60\n", "application/postscript", 53, 100, 50},
        {"<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 30 20\"/>", "image/svg+xml", 48, 30, 20},
        {"<svg width=\"30pt\" height=\"20pt\"/>", "image/svg+xml", 33, 30, 20},
        {"RIFF\x1c\0\0\0WEBPVP8L\x10\0\0\0\x2f\x1d\xc0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "image/webp", 38, 30, 20},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct image_info info;
        struct str out = STR_INIT(MAX_OUTPUT);
        const unsigned char *bytes = (const unsigned char *)kinds[i].bytes;
        if (!image_probe(bytes, kinds[i].len, &info, &last))
            fail_msg("%s: %s", kinds[i].media_type, last.text);
        assert_string_equal(info.media_type, kinds[i].media_type);
        assert_int_equal(info.width, kinds[i].width);
        assert_int_equal(info.height, kinds[i].height);
        assert_false(info.readable);
        assert_false(convert(bytes, kinds[i].len, &out, &info));
        assert_int_equal(last.kind, ERR_UNSUPPORTED);
    }
}

static void test_limits(void **state)
{
    struct image_info info;
    struct str out = STR_INIT(100);
    struct bytes b = make_png(PNG_FORMAT_RGB, 3, 8);
    assert_false(convert(b.data, b.len, &out, &info));
    assert_int_equal(last.kind, ERR_LIMIT);
    assert_int_equal(out.len, 0);
    str_release(&out);
    b.data[18] = 0xff; /* a width of 65,350 pixels */
    assert_false(image_probe(b.data, b.len, &info, &last));
    assert_int_equal(last.kind, ERR_LIMIT);
    b.data[18] = b.data[19] = 0;
    assert_false(image_probe(b.data, b.len, &info, &last));
    assert_int_equal(last.kind, ERR_FORMAT);
    free(b.data);
    assert_false(image_probe((const unsigned char *)"<html>", 6, &info, &last));
    assert_int_equal(last.kind, ERR_UNSUPPORTED);
    assert_false(image_probe((const unsigned char *)"", 0, &info, &last));
    assert_int_equal(last.kind, ERR_UNSUPPORTED);
}

/* A changed byte in the middle of the pixels is not a cut, but no trainer wants it either. */
static void test_damaged(void **state)
{
    struct bytes b = make_png(PNG_FORMAT_RGB, 3, 8);
    struct image_info info;
    b.data[b.len / 2] ^= 0x55;
    assert_false(image_check(b.data, b.len, &info, NULL, &last));
    assert_int_equal(last.kind, ERR_FORMAT);
    free(b.data);
}

/* Rows as drawn pages have them, through the packer for flat pictures: more than it holds at a time, and wider. */
static void check_flat(int width, int height, enum image_samples samples)
{
    size_t stride = (size_t)width * samples;
    struct str out = STR_INIT(8 << 20);
    struct image_info info, seen;
    struct image_writer w = {.out = &out, .flat = true, .info = &info};
    unsigned char *rows = mem_array((size_t)height, stride);
    for (size_t i = 0; i < (size_t)height * stride; i++)
        rows[i] = (i / 997) % 5 ? 255 : (unsigned char)(i * i >> 3);
    assert_true(image_writer_begin(&w, width, height, samples, &last));
    for (int y = 0; y < height; y++)
        assert_true(image_writer_row(&w, rows + (size_t)y * stride, &last));
    assert_true(image_writer_end(&w, &last));
    image_writer_release(&w);
    assert_true(image_check((const unsigned char *)out.data, out.len, &seen, NULL, &last));
    assert_int_equal(seen.width, width);
    assert_int_equal(seen.height, height);
    unsigned char *rgb = pixels_of(&out, &info);
    for (size_t i = 0; i < (size_t)width * (size_t)height * 3; i++)
        assert_int_equal(rgb[i], rows[samples == IMAGE_GREY ? i / 3 : i]);
    free(rgb);
    free(rows);
    str_release(&out);
}

static void test_flat(void **state)
{
    check_flat(1, 1, IMAGE_GREY);
    check_flat(700, 500, IMAGE_GREY);
    check_flat(700, 300, IMAGE_RGB);
    check_flat(IMAGE_MAX_SIDE, 5, IMAGE_RGB);
    check_flat(IMAGE_MAX_SIDE * 2 / 3, 17, IMAGE_RGB);
}

static void test_flat_limit(void **state)
{
    struct str out = STR_INIT(1000);
    struct image_info info;
    struct image_writer w = {.out = &out, .flat = true, .info = &info};
    unsigned char row[3000];
    uint32_t seed = 1;
    bool ok = image_writer_begin(&w, 1000, 300, IMAGE_RGB, &last);
    assert_true(ok);
    for (int y = 0; ok && y < 300; y++) {
        for (size_t i = 0; i < sizeof row; i++)
            row[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 24);
        ok = image_writer_row(&w, row, &last);
    }
    assert_false(ok && image_writer_end(&w, &last));
    assert_int_equal(last.kind, ERR_LIMIT);
    image_writer_release(&w);
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),    cmocka_unit_test(test_png),        cmocka_unit_test(test_transparency),
        cmocka_unit_test(test_tiff),    cmocka_unit_test(test_odd_tiff),   cmocka_unit_test(test_bmp),
        cmocka_unit_test(test_gif),     cmocka_unit_test(test_jpeg2000),   cmocka_unit_test(test_pdf),
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_limits),     cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_flat),    cmocka_unit_test(test_flat_limit),
    };
    TIFFSetWarningHandler(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

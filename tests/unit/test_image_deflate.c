#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libdeflate.h>
#include <mupdf/fitz.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/image_deflate.h"
#include "extract/image_rows.h"

enum { MAX_PACKED = 32 << 20 };

struct rows {
    int width, height, samples;
    unsigned char *bytes;
};

static uint32_t random_bits(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

typedef unsigned char paint_fn(int x, int y, int sample, uint32_t *seed);

static unsigned char white(int x, int y, int sample, uint32_t *seed)
{
    return 255;
}

static unsigned char noise(int x, int y, int sample, uint32_t *seed)
{
    return (unsigned char)random_bits(seed);
}

/* Axes, bars of some colours and specks, as charts have them. */
static unsigned char chart(int x, int y, int sample, uint32_t *seed)
{
    if (x % 211 == 20 || y % 173 == 150)
        return 0;
    if (x % 64 < 40 && y % 256 > 3 * (x / 64))
        return (unsigned char)(70 * sample + x / 64);
    return random_bits(seed) % 97 ? 255 : (unsigned char)random_bits(seed);
}

/* Rare bytes are half as frequent from one to the next, so that their codes would be longer than allowed. */
static unsigned char steep(int x, int y, int sample, uint32_t *seed)
{
    uint32_t bits = random_bits(seed) << 8 | 1u << 8;
    return (unsigned char)(37 * __builtin_clz(bits));
}

static struct rows paint(int width, int height, int samples, paint_fn *at)
{
    struct rows r = {width, height, samples, mem_array((size_t)width * (size_t)samples, (size_t)height)};
    uint32_t seed = 7;
    unsigned char *p = r.bytes;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int k = 0; k < samples; k++)
                *p++ = at(x, y, k, &seed);
    return r;
}

static struct str pack(const struct rows *r)
{
    struct str out = STR_INIT(MAX_PACKED);
    size_t row = (size_t)r->width * (size_t)r->samples;
    struct image_deflate *d = image_deflate_new(row, (size_t)r->samples, &out);
    for (int y = 0; y < r->height; y++)
        image_deflate_row(d, r->bytes + (size_t)y * row);
    image_deflate_end(d);
    image_deflate_free(d);
    assert_false(out.overflow);
    return out;
}

static void check_plain(const struct rows *r, const unsigned char *plain)
{
    size_t row = (size_t)r->width * (size_t)r->samples;
    for (int y = 0; y < r->height; y++, plain += row + 1) {
        assert_int_equal(plain[0], 0);
        assert_memory_equal(plain + 1, r->bytes + (size_t)y * row, row);
    }
}

/* By two readers of others, each of which checks the sum at the end; nothing may follow it. */
static void check_unpacks(const struct rows *r)
{
    struct str packed = pack(r);
    size_t len = ((size_t)r->width * (size_t)r->samples + 1) * (size_t)r->height;
    unsigned char *plain = mem_new(len);
    uLongf by_zlib = len;
    uLong used = packed.len;
    assert_int_equal(uncompress2(plain, &by_zlib, (const Bytef *)packed.data, &used), Z_OK);
    assert_int_equal(by_zlib, len);
    assert_int_equal(used, packed.len);
    check_plain(r, plain);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    memset(plain, 1, len);
    assert_int_equal(libdeflate_zlib_decompress(d, packed.data, packed.len, plain, len, NULL), LIBDEFLATE_SUCCESS);
    check_plain(r, plain);
    libdeflate_free_decompressor(d);
    assert_in_range(packed.len, 1, len + len / 50 + 1024);
    free(plain);
    str_release(&packed);
}

static void test_unpacks(void **state)
{
    paint_fn *const kinds[] = {white, noise, chart, steep};
    static const int sizes[][2] = {{1, 1},     {1, 9},      {2, 2},      {3, 400},   {257, 3},   {700, 500},
                                   {2048, 90}, {10922, 12}, {10923, 12}, {32767, 5}, {32768, 5}, {60000, 9}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int samples = 1; samples <= 4; samples += samples == 1 ? 2 : 1) {
                struct rows r = paint(sizes[s][0], sizes[s][1], samples, kinds[k]);
                check_unpacks(&r);
                free(r.bytes);
            }
}

/* Every length around the ends of blocks, buffers and matches. */
static void test_sizes(void **state)
{
    for (int width = 1; width < 700; width++) {
        struct rows r = paint(width, 1, 1, width % 2 ? white : chart);
        check_unpacks(&r);
        free(r.bytes);
    }
    for (int width = 32760; width < 32775; width++) {
        struct rows r = paint(width, 1, 1, noise), wide = paint(5 * width + 27, 1, 1, noise);
        check_unpacks(&r);
        check_unpacks(&wide);
        free(r.bytes);
        free(wide.bytes);
    }
}

/* Memory that was used and given back. */
static void soil_heap(uint32_t *seed)
{
    enum { BLOCKS = 24 };
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        size_t n = 1 + random_bits(seed) % (i % 4 ? 4096 : 900000);
        blocks[i] = mem_new(n);
        memset(blocks[i], (int)random_bits(seed), n);
    }
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[(i * 7) % BLOCKS]);
}

/* The same bytes whatever was packed before, wherever the rows and the packer lie, and on any machine. Who changes
 * these sums raises EXTRACT_VERSION. */
static void test_same_bytes(void **state)
{
    static const struct {
        paint_fn *paint;
        int width, height, samples;
        uint32_t sum;
    } cases[] = {
        {white, 900, 700, 1, 0xcac29dc3}, {chart, 640, 480, 1, 0xa6b31708}, {chart, 333, 777, 3, 0x0447932b},
        {noise, 200, 100, 3, 0xab715652}, {steep, 500, 300, 1, 0x84a783ac},
    };
    uint32_t seed = 1;
    for (int round = 0; round < 60; round++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            size_t which = (i * (size_t)(1 + round % 4) + (size_t)round) % (sizeof cases / sizeof *cases);
            struct rows r = paint(cases[which].width, cases[which].height, cases[which].samples, cases[which].paint);
            soil_heap(&seed);
            /* At another alignment, with something else around. */
            size_t len = (size_t)r.width * (size_t)r.samples * (size_t)r.height, shift = random_bits(&seed) % 64;
            unsigned char *moved = mem_new(len + 128);
            memset(moved, (int)random_bits(&seed), len + 128);
            memcpy(moved + shift, r.bytes, len);
            struct rows there = {r.width, r.height, r.samples, moved + shift};
            struct str packed = pack(&there);
            uint32_t sum = libdeflate_crc32(0, packed.data, packed.len);
            if (sum != cases[which].sum)
                fail_msg("case %zu, round %d: 0x%08x", which, round, sum);
            str_release(&packed);
            free(moved);
            free(r.bytes);
        }
}

/* As MuPDF reads what is written; test_image.c does it with libpng. */
static void check_png(int samples)
{
    struct rows r = paint(640, 300, samples, chart);
    struct str out = STR_INIT(MAX_PACKED);
    struct image_info info;
    struct image_writer w = {.out = &out, .flat = true, .info = &info};
    assert_true(image_writer_begin(&w, r.width, r.height, (enum image_samples)samples, NULL));
    for (int y = 0; y < r.height; y++)
        assert_true(image_writer_row(&w, r.bytes + (size_t)y * (size_t)(r.width * samples), NULL));
    assert_true(image_writer_end(&w, NULL));
    image_writer_release(&w);
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_disable_icc(ctx);
    fz_buffer *buffer = fz_new_buffer_from_shared_data(ctx, (const unsigned char *)out.data, out.len);
    fz_image *image = fz_new_image_from_buffer(ctx, buffer);
    fz_pixmap *pix = fz_get_pixmap_from_image(ctx, image, NULL, NULL, NULL, NULL);
    assert_int_equal(pix->n, samples);
    for (int y = 0; y < r.height; y++)
        assert_memory_equal(pix->samples + y * pix->stride, r.bytes + (size_t)y * (size_t)(r.width * samples),
                            (size_t)(r.width * samples));
    fz_drop_pixmap(ctx, pix);
    fz_drop_image(ctx, image);
    fz_drop_buffer(ctx, buffer);
    fz_drop_context(ctx);
    str_release(&out);
    free(r.bytes);
}

static void test_png(void **state)
{
    check_png(IMAGE_GREY);
    check_png(IMAGE_RGB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unpacks),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

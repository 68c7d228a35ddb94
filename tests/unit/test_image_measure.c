/* test_image_measure.c: measurements, hash and class of pictures that are drawn here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "extract/image_class.h"
#include "extract/image_measure.h"

static struct raster paper(int width, int height, int samples)
{
    struct raster r = {width, height, width, height, samples, NULL};
    r.pixels = mem_array((size_t)width * (size_t)height, (size_t)samples);
    memset(r.pixels, 255, (size_t)width * (size_t)height * (size_t)samples);
    return r;
}

static void fill(struct raster *r, int x0, int y0, int x1, int y1, int red, int green, int blue)
{
    int colour[] = {red, green, blue};
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            for (int i = 0; i < r->samples; i++)
                r->pixels[(y * r->width + x) * r->samples + i] = (unsigned char)colour[i];
}

static struct image_measure measured(struct raster *r)
{
    struct image_measure m;
    image_measure(r, &m);
    return m;
}

/* A smooth scene of many tones, as a photograph has; `shift` moves it. */
static void paint_scene(struct raster *r, int shift)
{
    for (int y = 0; y < r->height; y++)
        for (int x = 0; x < r->width; x++)
            for (int i = 0; i < r->samples; i++) {
                int u = (x + shift) * 512 / r->width, v = y * 512 / r->height;
                r->pixels[(y * r->width + x) * r->samples + i] =
                    (unsigned char)((u * v / 300 + u / 2 + 40 * i + (u ^ v) % 23) % 250);
            }
}

/* Lines of "text": dark dashes of a letter's height. */
static void paint_text(struct raster *r, int first, int last, int step)
{
    for (int y = first; y + step <= last; y += step)
        for (int x = 20; x + 8 < r->width - 20; x += 9)
            if (x / 9 % 6)
                fill(r, x, y, x + 6, y + step / 2, 20, 20, 20);
}

static void test_blank(void **state)
{
    struct raster r = paper(300, 200, 3);
    struct image_measure m = measured(&r);
    assert_true(m.white == 1 && m.dominant == 1 && m.grey == 1 && m.flat == 1);
    assert_true(m.vivid == 0 && m.dark == 0 && m.edges == 0 && m.entropy == 0 && m.colourfulness == 0);
    assert_int_equal(m.colours, 1);
    assert_int_equal(m.rows + m.columns + m.corners + m.bands, 0);
    raster_release(&r);
}

static void test_shares(void **state)
{
    struct raster r = paper(100, 100, 3); /* a quarter red, a quarter black */
    fill(&r, 0, 0, 50, 50, 255, 0, 0);
    fill(&r, 50, 50, 100, 100, 0, 0, 0);
    struct image_measure m = measured(&r);
    assert_true(m.white > 0.48 && m.white < 0.52 && m.dominant > 0.48 && m.dominant < 0.52);
    assert_true(m.vivid > 0.23 && m.vivid < 0.27 && m.dark > 0.23 && m.dark < 0.27);
    assert_true(m.grey > 0.73 && m.grey < 0.77);
    assert_true(m.entropy > 1.4 && m.entropy < 1.6); /* shares of 1/2, 1/4, 1/4: 1.5 bits */
    assert_true(m.colourfulness > 50);
    assert_int_equal(m.colours, 3);
    raster_release(&r);
}

static void test_lines(void **state)
{
    struct raster r = paper(400, 300, 1);
    fill(&r, 40, 20, 42, 262, 0, 0, 0); /* the axes */
    fill(&r, 40, 260, 380, 262, 0, 0, 0);
    fill(&r, 60, 100, 140, 102, 0, 0, 0); /* too short */
    struct image_measure m = measured(&r);
    assert_int_equal(m.rows, 1);
    assert_int_equal(m.columns, 1);
    assert_int_equal(m.corners, 1);
    fill(&r, 200, 30, 280, 200, 0, 0, 0); /* the inside of a dark area is no line, its two edges are */
    m = measured(&r);
    assert_int_equal(m.rows, 1);
    assert_int_equal(m.columns, 3);
    assert_int_equal(m.corners, 1);
    raster_release(&r);
}

static void test_text(void **state)
{
    struct raster r = paper(500, 400, 1);
    paint_text(&r, 20, 380, 20);
    struct image_measure m = measured(&r);
    assert_int_equal(m.bands, 18);
    assert_true(m.text > 0.4 && m.text < 0.5);
    raster_release(&r);
}

static void test_tiny(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 1024}, {1024, 1}, {3, 5}, {7, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct raster r = paper(sizes[i][0], sizes[i][1], 3);
        assert_true(measured(&r).white == 1);
        raster_release(&r);
    }
}

static int distance(const struct image_measure *a, const struct image_measure *b)
{
    int bits = 0;
    for (int i = 0; i < MEASURE_HASH; i++)
        bits += __builtin_popcount(a->hash[i] ^ b->hash[i]);
    return bits;
}

static void test_hash(void **state)
{
    struct raster a = paper(640, 480, 3), small = paper(320, 240, 3), grey = paper(640, 480, 1),
                  other = paper(640, 480, 3);
    paint_scene(&a, 0);
    paint_scene(&small, 0);
    paint_scene(&other, 200);
    for (int i = 0; i < 640 * 480; i++) {
        const unsigned char *p = a.pixels + 3 * i;
        grey.pixels[i] = (unsigned char)((77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8);
    }
    struct image_measure first = measured(&a), again = measured(&a), half = measured(&small), without = measured(&grey),
                         moved = measured(&other);
    assert_int_equal(distance(&first, &again), 0);
    assert_true(distance(&first, &without) <= 4);
    assert_true(distance(&first, &half) <= 24);
    assert_true(distance(&first, &moved) > 60);
    raster_release(&a);
    raster_release(&small);
    raster_release(&grey);
    raster_release(&other);
}

static void test_json(void **state)
{
    struct raster r = paper(640, 480, 3);
    struct str out = STR_INIT(512);
    struct image_measure back;
    struct err e = {0};
    paint_scene(&r, 0);
    struct image_measure m = measured(&r);
    image_measure_write(&m, &out);
    assert_false(out.overflow);
    cJSON *json = json_parse(out.data, out.len, &e);
    assert_non_null(json);
    assert_true(image_measure_read(json, &back, &e));
    assert_memory_equal(back.hash, m.hash, sizeof m.hash);
    assert_true(back.entropy > m.entropy - 0.0001 && back.entropy < m.entropy + 0.0001);
    assert_int_equal(back.colours, m.colours);
    assert_int_equal(back.bands, m.bands);
    cJSON_SetNumberValue(cJSON_GetObjectItem(json, "white"), 1.1);
    assert_false(image_measure_read(json, &back, &e));
    cJSON_SetNumberValue(cJSON_GetObjectItem(json, "white"), 1);
    cJSON_SetNumberValue(cJSON_GetObjectItem(json, "colours"), 1e9);
    assert_false(image_measure_read(json, &back, &e));
    cJSON_SetNumberValue(cJSON_GetObjectItem(json, "colours"), 3);
    cJSON_SetValuestring(cJSON_GetObjectItem(json, "hash"), "00ff");
    assert_false(image_measure_read(json, &back, &e));
    cJSON_DeleteItemFromObject(json, "hash");
    assert_false(image_measure_read(json, &back, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    cJSON_Delete(json);
    str_release(&out);
    raster_release(&r);
}

static void check_class(const char *name, struct raster *r)
{
    struct image_measure m = measured(r);
    struct image_class class = image_classify(&m, r->full_width, r->full_height);
    assert_string_equal(class.name, name);
    assert_true(class.confidence > 0 && class.confidence <= 1);
    raster_release(r);
}

static void test_class(void **state)
{
    struct raster r = paper(640, 480, 3);
    paint_scene(&r, 0);
    check_class("photo", &r);
    r = paper(800, 400, 1);
    paint_text(&r, 20, 380, 24);
    check_class("table", &r);
    r = paper(300, 60, 1);
    paint_text(&r, 20, 48, 28);
    check_class("formula", &r);
    r = paper(120, 120, 3);
    fill(&r, 10, 10, 110, 110, 200, 20, 20);
    check_class("logo", &r);
    r = paper(600, 450, 3);
    fill(&r, 60, 20, 62, 402, 0, 0, 0);
    fill(&r, 60, 400, 560, 402, 0, 0, 0);
    for (int i = 0; i < 8; i++)
        fill(&r, 100 + 56 * i, 260 + 15 * i, 130 + 56 * i, 400, 110, 130, 160);
    for (int i = 0; i < 9; i++) /* labels at the axis */
        fill(&r, 30, 40 + 40 * i, 50, 50 + 40 * i, 0, 0, 0);
    check_class("chart", &r);
    r = paper(700, 400, 3);
    for (int i = 0; i < 4; i++) /* boxes of strong colours */
        fill(&r, 40 + 160 * i, 60 + 40 * i, 160 + 160 * i, 160 + 40 * i, i % 2 ? 40 : 240, 160, i % 2 ? 240 : 20);
    check_class("diagram", &r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blank), cmocka_unit_test(test_shares), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_text),  cmocka_unit_test(test_tiny),   cmocka_unit_test(test_hash),
        cmocka_unit_test(test_json),  cmocka_unit_test(test_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "extract/image_raster.h"

/* Samples `rows` of height rows of a picture whose sample i at x, y is (x + 2 y + 50 i) % 251. */
static struct raster sample(int width, int height, int samples, int rows)
{
    struct raster r = RASTER_INIT;
    struct raster_sampler s;
    unsigned char *row = mem_array((size_t)width, (size_t)samples);
    raster_sampler_begin(&s, &r, width, height, samples, width, height);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < width * samples; x++)
            row[x] = (unsigned char)((x / samples + 2 * y + 50 * (x % samples)) % 251);
        raster_sampler_row(&s, row);
    }
    raster_sampler_end(&s);
    free(row);
    return r;
}

static int wanted(int width, int height, int step, int x, int y, int i)
{
    long sum = 0, n = 0;
    for (int v = y * step; v < (y + 1) * step && v < height; v++)
        for (int u = x * step; u < (x + 1) * step && u < width; u++, n++)
            sum += (u + 2 * v + 50 * i) % 251;
    return (int)((sum + n / 2) / n);
}

static void check(int width, int height, int samples, int step)
{
    struct raster r = sample(width, height, samples, height);
    assert_non_null(r.pixels);
    assert_int_equal(r.width, (width + step - 1) / step);
    assert_int_equal(r.height, (height + step - 1) / step);
    assert_int_equal(r.full_width, width);
    assert_int_equal(r.full_height, height);
    assert_int_equal(r.samples, samples);
    for (int y = 0; y < r.height; y++)
        for (int x = 0; x < r.width; x++)
            for (int i = 0; i < samples; i++)
                assert_int_equal(r.pixels[(y * r.width + x) * samples + i], wanted(width, height, step, x, y, i));
    raster_release(&r);
}

static void test_small(void **state)
{
    check(1, 1, 1, 1);
    check(30, 20, 1, 1);
    check(RASTER_MAX_SIDE, 3, 3, 1);
}

static void test_reduced(void **state)
{
    check(RASTER_MAX_SIDE + 1, 5, 1, 2); /* what is left at the right and below is narrower */
    check(7, 2 * RASTER_MAX_SIDE, 3, 2);
    check(2 * RASTER_MAX_SIDE + 1, 10, 3, 3);
    check(30000, 2, 1, 30);
}

static void test_missing_rows(void **state)
{
    struct raster r = sample(10, 8, 1, 7);
    assert_null(r.pixels);
    assert_int_equal(r.width, 0);
    r = sample(5000, 12, 3, 9);
    assert_null(r.pixels);
}

static void test_too_many_rows(void **state)
{
    struct raster r = sample(10, 8, 3, 20);
    assert_int_equal(r.height, 8);
    assert_non_null(r.pixels);
    raster_release(&r);
    r = sample(2000, 9, 3, 20);
    assert_int_equal(r.height, 5);
    raster_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_reduced),
        cmocka_unit_test(test_missing_rows),
        cmocka_unit_test(test_too_many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "extract/image_raster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void raster_release(struct raster *r)
{
    free(r->pixels);
    *r = (struct raster)RASTER_INIT;
}

void raster_sampler_begin(struct raster_sampler *s, struct raster *raster, int width, int height, int samples,
                          int full_width, int full_height)
{
    int side = width > height ? width : height, step = (side + RASTER_MAX_SIDE - 1) / RASTER_MAX_SIDE;
    *raster = (struct raster){.width = (width + step - 1) / step,
                              .height = (height + step - 1) / step,
                              .full_width = full_width,
                              .full_height = full_height,
                              .samples = samples};
    raster->pixels = mem_array((size_t)raster->width * (size_t)raster->height, (size_t)samples);
    *s = (struct raster_sampler){.raster = raster, .width = width, .step = step};
    if (step > 1)
        s->sums = mem_array((size_t)raster->width * (size_t)samples, sizeof *s->sums);
}

/* Adds n pixels of a row to one pixel's sums. */
static inline void add_pixels(uint32_t *restrict sum, const unsigned char *restrict row, int n, int samples)
{
    if (samples == 1) {
        uint32_t grey = 0;
        for (int i = 0; i < n; i++)
            grey += row[i];
        *sum += grey;
        return;
    }
    uint32_t red = 0, green = 0, blue = 0;
    for (int i = 0; i < n; i++, row += 3) {
        red += row[0];
        green += row[1];
        blue += row[2];
    }
    sum[0] += red;
    sum[1] += green;
    sum[2] += blue;
}

static inline void add_row(struct raster_sampler *s, const unsigned char *restrict row, int step, int samples)
{
    uint32_t *restrict sum = s->sums;
    int whole = s->width / step, rest = s->width % step;
    for (int i = 0; i < whole; i++, sum += samples, row += step * samples)
        add_pixels(sum, row, step, samples);
    if (rest)
        add_pixels(sum, row, rest, samples);
}

/* Adds a row to the sums. Most pictures that are reduced at all are halved: the compiler unrolls that. */
static void add(struct raster_sampler *s, const unsigned char *row)
{
    if (s->raster->samples == 1 && s->step == 2)
        add_row(s, row, 2, 1);
    else if (s->raster->samples == 1)
        add_row(s, row, s->step, 1);
    else if (s->step == 2)
        add_row(s, row, 2, 3);
    else
        add_row(s, row, s->step, 3);
}

/* Makes n means of sums over `area` pixels each, rounded. The division is a multiplication with the reciprocal, exact
 * for areas below 2^16, as sums are below 2^8 areas. */
static void take_means(unsigned char *restrict out, const uint32_t *restrict sums, int n, uint32_t area)
{
    enum { SHIFT = 40 };
    uint64_t reciprocal = ((uint64_t)1 << SHIFT) / (area ? area : 1) + 1;
    for (int i = 0; i < n; i++)
        out[i] = (unsigned char)((sums[i] + area / 2) * reciprocal >> SHIFT);
}

/* Makes a row of the raster of the sums of `rows` rows. */
static void flush(struct raster_sampler *s, unsigned char *out, int rows)
{
    int samples = s->raster->samples, whole = s->width / s->step * samples, all = s->raster->width * samples;
    take_means(out, s->sums, whole, (uint32_t)(rows * s->step));
    take_means(out + whole, s->sums + whole, all - whole, (uint32_t)(rows * (s->width % s->step)));
    memset(s->sums, 0, (size_t)all * sizeof *s->sums);
}

void raster_sampler_row(struct raster_sampler *s, const unsigned char *row)
{
    struct raster *r = s->raster;
    int y = s->row / s->step;
    size_t stride = (size_t)r->width * (size_t)r->samples;
    if (!r->pixels || y >= r->height)
        return;
    s->row++;
    if (s->step == 1) {
        memcpy(r->pixels + (size_t)y * stride, row, stride);
        return;
    }
    add(s, row);
    if (s->row % s->step == 0)
        flush(s, r->pixels + (size_t)y * stride, s->step);
}

void raster_sampler_end(struct raster_sampler *s)
{
    struct raster *r = s->raster;
    if (r && r->pixels) {
        int whole = s->row / s->step, rest = s->row % s->step;
        if (rest) /* the last rows are fewer */
            flush(s, r->pixels + (size_t)whole * (size_t)r->width * (size_t)r->samples, rest);
        if (whole + (rest > 0) < r->height)
            raster_release(r);
    }
    free(s->sums);
    *s = (struct raster_sampler){0};
}

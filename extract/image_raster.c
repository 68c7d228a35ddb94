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

/* Adds a row to the sums, each run of `step` pixels to one of them. */
static void add(struct raster_sampler *s, const unsigned char *row)
{
    uint32_t *sum = s->sums;
    for (int x = 0; x < s->width; x += s->step) {
        int n = s->width - x < s->step ? s->width - x : s->step;
        if (s->raster->samples == 1) {
            for (; n > 0; n--)
                *sum += *row++;
            sum++;
        } else {
            for (; n > 0; n--, row += 3) {
                sum[0] += row[0];
                sum[1] += row[1];
                sum[2] += row[2];
            }
            sum += 3;
        }
    }
}

/* Makes a row of the raster of the sums of `rows` rows. */
static void flush(struct raster_sampler *s, unsigned char *out, int rows)
{
    int samples = s->raster->samples;
    for (int i = 0; i < s->raster->width * samples; i++) {
        int left = s->width - i / samples * s->step;
        uint32_t n = (uint32_t)(rows * (left < s->step ? left : s->step));
        out[i] = (unsigned char)((s->sums[i] + n / 2) / n);
        s->sums[i] = 0;
    }
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

/* image_raster.h: a small copy of a picture, made of its rows while they are decoded or encoded, so that measuring the
 * picture and finding its panels costs no second decoding. Inside the sandbox only. */
#ifndef FIGMILL_EXTRACT_IMAGE_RASTER_H
#define FIGMILL_EXTRACT_IMAGE_RASTER_H

#include <stdint.h>

enum { RASTER_MAX_SIDE = 1024 /* pixels: at most 3 MiB in all */ };

struct raster {
    int width, height;           /* of the raster, 1..RASTER_MAX_SIDE; 0 where there is none */
    int full_width, full_height; /* of the picture */
    int samples;                 /* 1 grey, 3 RGB; 8 bits each */
    unsigned char *pixels;       /* rows from the top, width * samples bytes each, no padding; NULL: none */
};

#define RASTER_INIT                                                                                                    \
    {                                                                                                                  \
        0                                                                                                              \
    }

void raster_release(struct raster *r);

/* Fills a raster from rows. A picture larger than RASTER_MAX_SIDE is reduced by the least whole number that makes both
 * sides fit, each pixel the rounded mean of its square of pixels (those at the right and lower edge of what is left):
 * the same rows give the same raster on any machine. */
struct raster_sampler {
    struct raster *raster;
    int width, step, row; /* of the rows it is given; row: how many came */
    uint32_t *sums;       /* one row of the raster; NULL where step is 1 */
};

/* Rows of width x height pixels (each 1..IMAGE_MAX_SIDE) of `samples` bytes a pixel are to come. They may be a smaller
 * form of the picture, whose own size is full_width x full_height. */
void raster_sampler_begin(struct raster_sampler *s, struct raster *raster, int width, int height, int samples,
                          int full_width, int full_height);
/* Rows beyond the stated height are left out. */
void raster_sampler_row(struct raster_sampler *s, const unsigned char *row);
/* When rows are missing, the raster is released: there is none. */
void raster_sampler_end(struct raster_sampler *s);

#endif

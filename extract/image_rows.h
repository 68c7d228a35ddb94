/* image_rows.h: decoding images row by row into an encoder; for image*.c, and for pdf_render.c, which encodes what it
 * drew.
 *
 * A reader decodes bytes and gives its rows, top first, to an image_writer, which encodes them and samples them for a
 * raster; it may be made to do one of these only, or neither. Readers say ERR_FORMAT for damaged or cut bytes. */
#ifndef FIGMILL_EXTRACT_IMAGE_ROWS_H
#define FIGMILL_EXTRACT_IMAGE_ROWS_H

#include "extract/image.h"
#include "extract/image_raster.h"

enum image_samples { IMAGE_GREY = 1, IMAGE_RGB = 3, IMAGE_CMYK = 4 /* 0: no ink */ };

struct image_writer {
    struct str *out;       /* NULL: nothing is encoded, *info stays as it is */
    struct raster *raster; /* NULL: none is made. Readers that encode nothing may give rows of a smaller form to it */
    bool jpeg;             /* JPEG q92, else PNG */
    bool flat; /* areas of one colour: PNG without row filters by image_deflate.h, in a third of the time and no larger
                */
    struct image_info *info;
    enum image_samples samples; /* of the rows it is given; CMYK becomes RGB */
    struct image_png *png;
    struct image_jpeg *jpg;
    struct raster_sampler sampler;
    unsigned char *rgb; /* one row made of CMYK */
    int width;
};

/* Once, before the first row. */
bool image_writer_begin(struct image_writer *w, int width, int height, enum image_samples samples, struct err *e);
bool image_writer_row(struct image_writer *w, const unsigned char *row, struct err *e);
bool image_writer_end(struct image_writer *w, struct err *e);
/* Also releases the raster unless all its rows came. */
void image_writer_release(struct image_writer *w);

/* The two encoders (image_png.c, image_jpeg.c). */
struct image_png *image_png_new(struct str *out, int width, int height, enum image_samples samples, bool flat,
                                struct err *e);
bool image_png_row(struct image_png *p, const unsigned char *row, struct err *e);
bool image_png_end(struct image_png *p, struct err *e);
void image_png_free(struct image_png *p);
struct image_jpeg *image_jpeg_new(struct str *out, int width, int height, enum image_samples samples, struct err *e);
bool image_jpeg_row(struct image_jpeg *j, const unsigned char *row, struct err *e);
bool image_jpeg_end(struct image_jpeg *j, struct err *e);
void image_jpeg_free(struct image_jpeg *j);

/* The readers. */
bool image_jpeg_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);
bool image_png_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);
bool image_tiff_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);
/* By MuPDF: GIF, BMP, JPEG 2000 as a whole; the first page of a PDF drawn on white. */
bool image_mupdf_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);
bool image_mupdf_draw(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e);

#endif

/* pdf_encode.c: see pdf_encode.h. By libjpeg. */
#include "extract/pdf_encode.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

struct failure {
    struct jpeg_error_mgr super;
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr cinfo)
{
    struct failure *f = (struct failure *)cinfo->err;
    cinfo->err->format_message(cinfo, f->text);
    longjmp(f->back, 1);
}

static void be_quiet(j_common_ptr cinfo)
{
}

bool pdf_encode_jpeg(const unsigned char *pixels, int width, int height, int components, long stride, int quality,
                     struct str *out, struct err *e)
{
    struct jpeg_compress_struct jpeg;
    struct failure failure;
    unsigned char *made = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&failure.super);
    failure.super.error_exit = fail;
    failure.super.output_message = be_quiet;
    if (setjmp(failure.back)) {
        jpeg_destroy_compress(&jpeg);
        free(made);
        return err_set(e, ERR_FORMAT, "picture of %d x %d pixels: JPEG: %s", width, height, failure.text);
    }
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &made, &len);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = components;
    jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + (long)jpeg.next_scanline * stride);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    str_add_bytes(out, made, len);
    free(made);
    return true;
}

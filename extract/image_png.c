#include "extract/image_rows.h"

#include <isa-l/igzip_lib.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* libpng's error text; libpng jumps back to the last png_jmpbuf. */
struct fault {
    struct err *e;
    enum err_kind kind;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct fault *fault = png_get_error_ptr(png);
    err_set(fault->e, fault->kind, "PNG: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
}

enum {
    ROWS_ROOM = 128 << 10, /* bytes of rows, or one row, that are packed at a time */
    IDAT_ROOM = 64 << 10,  /* bytes of a chunk */
};

/* Rows without filters on their way into IDAT chunks. ISA-L's deflate (level 1) is seven times as fast as zlib's (level
 * 3) on drawn pages, which took a fifth of the time of a run, and its result 6 % larger; libpng writes all but the
 * packed bytes. These are the same on all processors that have SSE 4.2 (tried from Nehalem to Haswell), and others
 * without; the pixels are the same everywhere. */
struct packer {
    struct isal_zstream stream;
    unsigned char tables[ISAL_DEF_LVL1_DEFAULT], chunk[IDAT_ROOM];
    size_t row, n, room; /* bytes of a row; in `rows`; and that fit there */
    unsigned char rows[];
};

struct image_png {
    png_structp png;
    png_infop info;
    struct fault fault;
    struct packer *packer; /* NULL: libpng packs */
};

static struct packer *new_packer(size_t row)
{
    size_t room = row + 1 > ROWS_ROOM ? row + 1 : ROWS_ROOM;
    struct packer *p = mem_new(sizeof *p + room);
    isal_deflate_init(&p->stream);
    p->stream.level = 1;
    p->stream.level_buf = p->tables;
    p->stream.level_buf_size = sizeof p->tables;
    p->stream.gzip_flag = IGZIP_ZLIB;
    p->row = row;
    p->room = room;
    return p;
}

/* Packs the rows at hand. */
static void pack_rows(png_structp png, struct packer *p, bool last)
{
    p->stream.next_in = p->rows;
    p->stream.avail_in = (uint32_t)p->n;
    p->stream.end_of_stream = last;
    do {
        p->stream.next_out = p->chunk;
        p->stream.avail_out = sizeof p->chunk;
        if (isal_deflate(&p->stream) != COMP_OK)
            png_error(png, "it cannot be packed");
        if (p->stream.avail_out < sizeof p->chunk)
            png_write_chunk(png, (png_const_bytep) "IDAT", p->chunk, sizeof p->chunk - p->stream.avail_out);
    } while (p->stream.avail_out == 0 || p->stream.avail_in);
    p->n = 0;
}

static void pack_row(png_structp png, struct packer *p, const unsigned char *row)
{
    if (p->n + 1 + p->row > p->room)
        pack_rows(png, p, false);
    p->rows[p->n++] = PNG_FILTER_VALUE_NONE;
    memcpy(p->rows + p->n, row, p->row);
    p->n += p->row;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t n)
{
    struct str *out = png_get_io_ptr(png);
    str_add_bytes(out, bytes, n);
    if (out->overflow)
        png_error(png, "the converted image is too large");
}

static void write_nothing(png_structp png)
{
}

void image_png_free(struct image_png *p)
{
    if (!p)
        return;
    png_destroy_write_struct(&p->png, &p->info);
    free(p->packer);
    free(p);
}

struct image_png *image_png_new(struct str *out, int width, int height, enum image_samples samples, bool flat,
                                struct err *e)
{
    struct image_png *p = mem_new(sizeof *p);
    p->fault = (struct fault){e, ERR_LIMIT};
    p->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &p->fault, on_error, on_warning);
    p->info = p->png ? png_create_info_struct(p->png) : NULL;
    if (!p->info) {
        err_set(e, ERR_LIMIT, "no memory to write a PNG");
        image_png_free(p);
        return NULL;
    }
    if (setjmp(png_jmpbuf(p->png))) {
        image_png_free(p);
        return NULL;
    }
    png_set_write_fn(p->png, out, write_bytes, write_nothing);
    png_set_IHDR(p->png, p->info, (png_uint_32)width, (png_uint_32)height, 8,
                 samples == IMAGE_GREY ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(p->png, 4); /* 3 % larger than at zlib's default, in nearly half the time */
    png_write_info(p->png, p->info);
    if (flat)
        p->packer = new_packer((size_t)width * samples);
    return p;
}

bool image_png_row(struct image_png *p, const unsigned char *row, struct err *e)
{
    p->fault.e = e;
    if (setjmp(png_jmpbuf(p->png)))
        return false;
    if (p->packer)
        pack_row(p->png, p->packer, row);
    else
        png_write_row(p->png, row);
    return true;
}

bool image_png_end(struct image_png *p, struct err *e)
{
    p->fault.e = e;
    if (setjmp(png_jmpbuf(p->png)))
        return false;
    if (p->packer) {
        pack_rows(p->png, p->packer, true);
        png_write_chunk(p->png, (png_const_bytep) "IEND", NULL, 0);
    } else
        png_write_end(p->png, NULL);
    return true;
}

/* A PNG while it is read. */
struct reading {
    png_structp png;
    png_infop info;
    const unsigned char *bytes;
    size_t len, at;
    int width, height, passes;
    enum image_samples samples;
    unsigned char *rows; /* one, or all of them when it is interlaced */
    struct image_writer *w;
    struct fault fault;
};

static void read_bytes(png_structp png, png_bytep out, size_t n)
{
    struct reading *r = png_get_io_ptr(png);
    if (n > r->len - r->at)
        png_error(png, "the file is cut");
    memcpy(out, r->bytes + r->at, n);
    r->at += n;
}

/* Reads the header and asks libpng for grey or RGB rows on white. */
static bool begin(struct reading *r)
{
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_set_read_fn(r->png, r, read_bytes);
    png_set_user_limits(r->png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
    png_read_info(r->png, r->info);
    r->width = (int)png_get_image_width(r->png, r->info);
    r->height = (int)png_get_image_height(r->png, r->info);
    int colour = png_get_color_type(r->png, r->info);
    r->samples = colour & PNG_COLOR_MASK_COLOR ? IMAGE_RGB : IMAGE_GREY;
    if (r->w->out || r->w->raster) {
        png_color_16 white = {0, 0xffff, 0xffff, 0xffff, 0xffff};
        int depth = png_get_bit_depth(r->png, r->info);
        png_set_expand(r->png); /* palettes, small depths and tRNS */
        if (depth == 16)
            png_set_scale_16(r->png);
        if (depth < 16)
            white = (png_color_16){0, 0xff, 0xff, 0xff, 0xff};
        if (colour & PNG_COLOR_MASK_ALPHA || png_get_valid(r->png, r->info, PNG_INFO_tRNS))
            png_set_background(r->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1);
    }
    r->passes = png_set_interlace_handling(r->png);
    if (!r->w->out && r->passes > 1 && (long)r->width * r->height > IMAGE_MAX_WHOLE)
        r->w->raster = NULL;
    png_read_update_info(r->png, r->info);
    return true;
}

/* One row; a jump out of libpng ends here, so that no frame of ours is skipped. */
static bool next_row(struct reading *r, unsigned char *row)
{
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_read_row(r->png, row, NULL);
    return true;
}

static bool finish(struct reading *r)
{
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_read_end(r->png, NULL);
    return true;
}

static bool read_rows(struct reading *r)
{
    size_t stride = png_get_rowbytes(r->png, r->info);
    bool whole = (r->w->out || r->w->raster) && r->passes > 1;
    if (whole && (long)r->width * r->height > IMAGE_MAX_WHOLE)
        return err_set(r->fault.e, ERR_LIMIT, "an interlaced PNG of %d x %d pixels is too large", r->width, r->height);
    r->rows = mem_array(whole ? (size_t)r->height : 1, stride);
    for (int pass = 0; pass < r->passes; pass++)
        for (int y = 0; y < r->height; y++) {
            unsigned char *row = r->rows + (whole ? (size_t)y * stride : 0);
            if (!next_row(r, row) || (pass == r->passes - 1 && !image_writer_row(r->w, row, r->fault.e)))
                return false;
        }
    return true;
}

bool image_png_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    struct reading r = {.bytes = bytes, .len = len, .w = w, .fault = {e, ERR_FORMAT}};
    bool ok = false;
    r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r.fault, on_error, on_warning);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    if (!r.info) {
        err_set(e, ERR_LIMIT, "no memory to read a PNG");
        goto out;
    }
    ok = begin(&r) && image_writer_begin(w, r.width, r.height, r.samples, e) && read_rows(&r) && finish(&r);
out:
    png_destroy_read_struct(&r.png, &r.info, NULL);
    free(r.rows);
    return ok;
}

#include "extract/image_rows.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/mem.h"

enum {
    QUALITY = 92,
    MAX_SCANS = 200,        /* of a progressive file; more are an attack on the reader's time */
    MAX_MEMORY = 512 << 20, /* bytes that libjpeg may use */
    OUTPUT_CHUNK = 64 * 1024,
};

/* libjpeg's error manager with a way back. */
struct fault {
    struct jpeg_error_mgr manager; /* first, so that libjpeg's pointer is ours */
    jmp_buf back;
    struct err *e;
    enum err_kind kind;
};

static void on_error(j_common_ptr cinfo)
{
    struct fault *fault = (struct fault *)cinfo->err;
    char text[JMSG_LENGTH_MAX];
    fault->manager.format_message(cinfo, text);
    bool memory = fault->manager.msg_code == JERR_OUT_OF_MEMORY || fault->manager.msg_code == JERR_NO_BACKING_STORE;
    err_set(fault->e, memory ? ERR_LIMIT : fault->kind, "JPEG: %s", text);
    longjmp(fault->back, 1);
}

/* Of the warnings, those that mean lost pixels are errors here: libjpeg would go on with grey. */
static void on_message(j_common_ptr cinfo, int level)
{
    int code = cinfo->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
                      code == JWRN_ARITH_BAD_CODE || code == JWRN_MUST_RESYNC))
        on_error(cinfo);
}

static struct jpeg_error_mgr *fault_init(struct fault *fault, enum err_kind kind, struct err *e)
{
    jpeg_std_error(&fault->manager);
    fault->manager.error_exit = on_error;
    fault->manager.emit_message = on_message;
    fault->kind = kind;
    fault->e = e;
    return &fault->manager;
}

struct image_jpeg {
    struct jpeg_compress_struct c;
    struct fault fault;
    struct jpeg_destination_mgr to;
    struct str *out;
    JOCTET buffer[OUTPUT_CHUNK];
};

static void open_output(j_compress_ptr c)
{
    struct image_jpeg *j = c->client_data;
    j->to.next_output_byte = j->buffer;
    j->to.free_in_buffer = sizeof j->buffer;
}

static void flush(struct image_jpeg *j, size_t n)
{
    str_add_bytes(j->out, j->buffer, n);
    if (j->out->overflow) {
        err_set(j->fault.e, ERR_LIMIT, "JPEG: the converted image is too large");
        longjmp(j->fault.back, 1);
    }
}

static boolean empty_output(j_compress_ptr c)
{
    flush(c->client_data, OUTPUT_CHUNK);
    open_output(c);
    return TRUE;
}

static void close_output(j_compress_ptr c)
{
    struct image_jpeg *j = c->client_data;
    flush(j, sizeof j->buffer - j->to.free_in_buffer);
}

void image_jpeg_free(struct image_jpeg *j)
{
    if (!j)
        return;
    jpeg_destroy_compress(&j->c);
    free(j);
}

struct image_jpeg *image_jpeg_new(struct str *out, int width, int height, enum image_samples samples, struct err *e)
{
    struct image_jpeg *j = mem_new(sizeof *j);
    j->out = out;
    j->c.err = fault_init(&j->fault, ERR_LIMIT, e);
    if (setjmp(j->fault.back)) {
        image_jpeg_free(j);
        return NULL;
    }
    jpeg_create_compress(&j->c);
    j->c.client_data = j;
    j->to = (struct jpeg_destination_mgr){
        .init_destination = open_output, .empty_output_buffer = empty_output, .term_destination = close_output};
    j->c.dest = &j->to;
    j->c.image_width = (JDIMENSION)width;
    j->c.image_height = (JDIMENSION)height;
    j->c.input_components = samples;
    j->c.in_color_space = samples == IMAGE_GREY ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&j->c);
    jpeg_set_quality(&j->c, QUALITY, TRUE);
    j->c.dct_method = JDCT_ISLOW; /* the same bytes on every processor */
    jpeg_start_compress(&j->c, TRUE);
    return j;
}

bool image_jpeg_row(struct image_jpeg *j, const unsigned char *row, struct err *e)
{
    j->fault.e = e;
    if (setjmp(j->fault.back))
        return false;
    JSAMPROW rows[1] = {(JSAMPROW)row};
    jpeg_write_scanlines(&j->c, rows, 1);
    return true;
}

bool image_jpeg_end(struct image_jpeg *j, struct err *e)
{
    j->fault.e = e;
    if (setjmp(j->fault.back))
        return false;
    jpeg_finish_compress(&j->c);
    return true;
}

/* A JPEG while it is read. */
struct reading {
    struct jpeg_decompress_struct d;
    struct fault fault;
    struct jpeg_source_mgr from;
    struct jpeg_progress_mgr progress;
    struct image_writer *w;
    enum image_samples samples;
    bool inverted;
    unsigned char *row;
};

static void open_input(j_decompress_ptr d)
{
}

/* All bytes are in the buffer from the start: to want more means that the file is cut. */
static boolean fill_input(j_decompress_ptr d)
{
    struct reading *r = d->client_data;
    err_set(r->fault.e, ERR_FORMAT, "JPEG: the file is cut");
    longjmp(r->fault.back, 1);
}

static void skip_input(j_decompress_ptr d, long n)
{
    if (n <= 0)
        return;
    if ((size_t)n > d->src->bytes_in_buffer)
        fill_input(d);
    d->src->next_input_byte += n;
    d->src->bytes_in_buffer -= (size_t)n;
}

static void watch_scans(j_common_ptr cinfo)
{
    struct reading *r = cinfo->client_data;
    if (r->d.input_scan_number <= MAX_SCANS)
        return;
    err_set(r->fault.e, ERR_LIMIT, "JPEG: more than %d scans", MAX_SCANS);
    longjmp(r->fault.back, 1);
}

static void set_input(struct reading *r, const unsigned char *bytes, size_t len)
{
    r->from = (struct jpeg_source_mgr){.next_input_byte = bytes,
                                       .bytes_in_buffer = len,
                                       .init_source = open_input,
                                       .fill_input_buffer = fill_input,
                                       .skip_input_data = skip_input,
                                       .resync_to_restart = jpeg_resync_to_restart,
                                       .term_source = open_input};
    r->d.src = &r->from;
    r->progress.progress_monitor = watch_scans;
    r->d.progress = &r->progress;
    r->d.mem->max_memory_to_use = MAX_MEMORY;
}

/* Nobody wants the pixels: an eighth of the size; a raster is all that is wanted: the largest that is no larger. */
static unsigned scale_denom(const struct reading *r)
{
    unsigned denom = r->w->raster ? 1 : 8, side = r->d.image_width;
    side = side > r->d.image_height ? side : r->d.image_height;
    while (denom < 8 && (side + denom - 1) / denom > RASTER_MAX_SIDE)
        denom *= 2;
    return denom;
}

/* Reads the header and starts the decoder. */
static bool begin(struct reading *r, const unsigned char *bytes, size_t len)
{
    if (setjmp(r->fault.back))
        return false;
    jpeg_create_decompress(&r->d);
    r->d.client_data = r;
    set_input(r, bytes, len);
    jpeg_read_header(&r->d, TRUE);
    r->samples = r->d.num_components == 1 ? IMAGE_GREY : r->d.num_components == 4 ? IMAGE_CMYK : IMAGE_RGB;
    if (r->d.num_components == 2)
        return err_set(r->fault.e, ERR_UNSUPPORTED, "JPEG with two components");
    r->d.out_color_space = r->samples == IMAGE_GREY ? JCS_GRAYSCALE : r->samples == IMAGE_CMYK ? JCS_CMYK : JCS_RGB;
    r->d.dct_method = JDCT_ISLOW;
    r->inverted = r->d.saw_Adobe_marker; /* Adobe writes ink as 255 - ink */
    if (!r->w->out) {
        r->d.scale_denom = scale_denom(r);
        r->d.do_fancy_upsampling = FALSE;
    }
    jpeg_start_decompress(&r->d);
    return true;
}

static bool next_row(struct reading *r)
{
    if (setjmp(r->fault.back))
        return false;
    JSAMPROW rows[1] = {r->row};
    jpeg_read_scanlines(&r->d, rows, 1);
    return true;
}

static bool finish(struct reading *r)
{
    if (setjmp(r->fault.back))
        return false;
    jpeg_finish_decompress(&r->d);
    return true;
}

static bool read_rows(struct reading *r)
{
    size_t width = (size_t)r->d.output_width * (size_t)r->d.output_components;
    r->row = mem_new(width);
    while (r->d.output_scanline < r->d.output_height) {
        if (!next_row(r))
            return false;
        for (size_t i = 0; r->samples == IMAGE_CMYK && r->inverted && i < width; i++)
            r->row[i] = (unsigned char)(255 - r->row[i]);
        if (!image_writer_row(r->w, r->row, r->fault.e))
            return false;
    }
    return true;
}

bool image_jpeg_read(const unsigned char *bytes, size_t len, struct image_writer *w, struct err *e)
{
    struct reading *r = mem_new(sizeof *r);
    r->w = w;
    r->d.err = fault_init(&r->fault, ERR_FORMAT, e);
    bool ok = begin(r, bytes, len) &&
              image_writer_begin(w, (int)r->d.output_width, (int)r->d.output_height, r->samples, e) && read_rows(r) &&
              finish(r);
    jpeg_destroy_decompress(&r->d);
    free(r->row);
    free(r);
    return ok;
}

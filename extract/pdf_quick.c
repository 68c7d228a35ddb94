#include "extract/pdf_quick.h"

#include <assert.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include "base/mem.h"
#include "extract/pdf.h"

/* Declared as its original is, by whichever version of the library is there. */
#define AS_ITS_ORIGINAL(name)                                                                                          \
    static_assert(__builtin_types_compatible_p(__typeof__(name), __typeof__(__wrap_##name)) &&                         \
                      __builtin_types_compatible_p(__typeof__(name), __typeof__(__real_##name)),                       \
                  #name " has another signature in this version of its library")

/* ---- names of glyphs */

enum { MAX_NAME = 128 }; /* bytes with the end; longer names are left to FreeType */

struct names {
    uint32_t mask;
    struct {
        uint32_t hash, glyph; /* glyph: its number + 1, or 0 where the slot is empty */
    } slots[];
};

FT_UInt __real_FT_Get_Name_Index(FT_Face face, const FT_String *name);
FT_UInt __wrap_FT_Get_Name_Index(FT_Face face, const FT_String *name);
AS_ITS_ORIGINAL(FT_Get_Name_Index);

static uint32_t hash_name(const char *name)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    while (*name)
        h = (h ^ (unsigned char)*name++) * 16777619u;
    return h;
}

static void free_names(void *object)
{
    FT_Face face = object;
    free(face->generic.data);
    face->generic.data = NULL;
}

/* Glyphs go in by number, so that of two with one name the first is found first, as by FreeType. */
static struct names *read_names(FT_Face face)
{
    uint32_t n = (uint32_t)face->num_glyphs, size = 16;
    char name[MAX_NAME];
    while (size < 2 * n)
        size *= 2;
    struct names *names = mem_new(sizeof *names + size * sizeof *names->slots);
    names->mask = size - 1;
    for (uint32_t glyph = 0; glyph < n; glyph++) {
        if (FT_Get_Glyph_Name(face, glyph, name, sizeof name) != 0)
            continue;
        uint32_t hash = hash_name(name), at = hash & names->mask;
        while (names->slots[at].glyph)
            at = (at + 1) & names->mask;
        names->slots[at].hash = hash;
        names->slots[at].glyph = glyph + 1;
    }
    return names;
}

static FT_UInt find_name(FT_Face face, const struct names *names, const char *wanted)
{
    char name[MAX_NAME];
    uint32_t hash = hash_name(wanted);
    for (uint32_t at = hash & names->mask; names->slots[at].glyph; at = (at + 1) & names->mask)
        if (names->slots[at].hash == hash &&
            FT_Get_Glyph_Name(face, names->slots[at].glyph - 1, name, sizeof name) == 0 && strcmp(name, wanted) == 0)
            return names->slots[at].glyph - 1;
    return 0;
}

FT_UInt __wrap_FT_Get_Name_Index(FT_Face face, const FT_String *name)
{
    bool taken = face && face->generic.finalizer && face->generic.finalizer != free_names;
    if (!face || !name || taken || !FT_HAS_GLYPH_NAMES(face) || face->num_glyphs < 1 || face->num_glyphs > UINT16_MAX ||
        strlen(name) >= MAX_NAME - 1)
        return __real_FT_Get_Name_Index(face, name);
    if (!face->generic.data) {
        face->generic.data = read_names(face);
        face->generic.finalizer = free_names;
    }
    return find_name(face, face->generic.data, name);
}

/* ---- boxes of glyphs */

fz_rect __real_fz_bound_glyph(fz_context *ctx, fz_font *font, int glyph, fz_matrix trm);
fz_rect __wrap_fz_bound_glyph(fz_context *ctx, fz_font *font, int glyph, fz_matrix trm);
AS_ITS_ORIGINAL(fz_bound_glyph);

void pdf_quick_glyphs(fz_context *ctx, enum pdf_glyph_boxes boxes)
{
    struct pdf_quick *quick = fz_user_context(ctx);
    if (quick)
        quick->boxes = boxes;
}

fz_rect __wrap_fz_bound_glyph(fz_context *ctx, fz_font *font, int glyph, fz_matrix trm)
{
    const struct pdf_quick *quick = fz_user_context(ctx);
    if (!quick || quick->boxes == PDF_GLYPH_OUTLINES || fz_font_t3_procs(ctx, font))
        return __real_fz_bound_glyph(ctx, font, glyph, trm);
    return fz_transform_rect(fz_make_rect(0, -0.25f, 1, 1), trm);
}

/* ---- numbers */

float __real_fz_atof(const char *text);
float __wrap_fz_atof(const char *text);
AS_ITS_ORIGINAL(fz_atof);

float __wrap_fz_atof(const char *text)
{
    /* Whole numbers below 2^24 and these powers are exact as float, so that one division rounds right. */
    enum { MAX_DIGITS = 8, EXACT = 1 << 24 };
    static const float powers[MAX_DIGITS + 1] = {1, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f};
    int32_t whole = 0;
    int digits = 0, behind = 0;
    const char *p = text;
    if (p && *p == '-')
        p++;
    for (; p && *p >= '0' && *p <= '9' && digits < MAX_DIGITS; p++, digits++)
        whole = 10 * whole + (*p - '0');
    if (p && *p == '.')
        for (p++; *p >= '0' && *p <= '9' && digits < MAX_DIGITS; p++, digits++, behind++)
            whole = 10 * whole + (*p - '0');
    if (!p || *p || whole == 0 || whole >= EXACT)
        return __real_fz_atof(text);
    return (float)(*text == '-' ? -whole : whole) / powers[behind];
}

/* ---- inflating */

enum {
    FIRST_RATIO = 5, /* of the bytes inflated to the packed ones, as first supposed; content streams have 3 to 4 */
    NEXT_RATIO = 8,  /* times as many at the second trial */
    MAX_TRIALS = 3,
    MAX_PLAIN = 32 << 20, /* bytes; larger streams are read piece by piece */
    MIN_PLAIN = 4096,
};

fz_stream *__real_fz_open_flated(fz_context *ctx, fz_stream *chain, int window_bits);
fz_stream *__wrap_fz_open_flated(fz_context *ctx, fz_stream *chain, int window_bits);
AS_ITS_ORIGINAL(fz_open_flated);

void pdf_quick_begin(fz_context *ctx, struct pdf_quick *quick)
{
    fz_buffer *empty = NULL;
    fz_stream *buffer = NULL, *endstream = NULL;
    *quick = (struct pdf_quick){.boxes = PDF_GLYPH_OUTLINES, .inflater = libdeflate_alloc_decompressor()};
    fz_var(empty);
    fz_var(buffer);
    fz_var(endstream);
    fz_try(ctx)
    {
        empty = fz_new_buffer(ctx, 1);
        buffer = fz_open_buffer(ctx, empty);
        endstream = fz_open_endstream_filter(ctx, buffer, 0, 0);
        quick->next_buffer = buffer->next;
        quick->next_endstream = endstream->next;
    }
    fz_always(ctx)
    {
        fz_drop_stream(ctx, endstream);
        fz_drop_stream(ctx, buffer);
        fz_drop_buffer(ctx, empty);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
    fz_set_user_context(ctx, quick);
}

void pdf_quick_end(struct pdf_quick *quick)
{
    if (quick->inflater)
        libdeflate_free_decompressor(quick->inflater);
    quick->inflater = NULL;
}

/* Whether a stream ends where the packed data do. One that gives the content of a page does not: operators follow on
 * the data of an image there. */
static bool ends_with_data(fz_context *ctx, const fz_stream *stream)
{
    const struct pdf_quick *quick = fz_user_context(ctx);
    return quick && (stream->next == quick->next_buffer || stream->next == quick->next_endstream);
}

/* NULL: it cannot be done at once. */
static fz_buffer *inflate_all(fz_context *ctx, const fz_buffer *packed)
{
    const struct pdf_quick *quick = fz_user_context(ctx);
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    unsigned char *plain = NULL;
    size_t n = 0, room = packed->len * FIRST_RATIO + MIN_PLAIN;
    for (int trial = 0;
         quick->inflater && result == LIBDEFLATE_INSUFFICIENT_SPACE && trial < MAX_TRIALS && room <= MAX_PLAIN;
         trial++, room *= NEXT_RATIO) {
        fz_free(ctx, plain);
        plain = fz_malloc_no_throw(ctx, room);
        if (!plain)
            break;
        result = libdeflate_zlib_decompress(quick->inflater, packed->data, packed->len, plain, room, &n);
    }
    if (result == LIBDEFLATE_SUCCESS && n > 0)
        return fz_new_buffer_from_data(ctx, plain, n); /* frees them when it throws */
    fz_free(ctx, plain);
    return NULL;
}

fz_stream *__wrap_fz_open_flated(fz_context *ctx, fz_stream *chain, int window_bits)
{
    enum { ZLIB = 15 };
    fz_buffer *packed = NULL, *plain = NULL;
    fz_stream *again = NULL, *stream = NULL;
    if (window_bits != ZLIB || !ends_with_data(ctx, chain))
        return __real_fz_open_flated(ctx, chain, window_bits);
    fz_var(packed);
    fz_var(plain);
    fz_var(again);
    fz_var(stream);
    fz_try(ctx)
    {
        packed = fz_read_best(ctx, chain, MIN_PLAIN, NULL, PDF_MAX_BYTES);
        plain = inflate_all(ctx, packed);
        again = fz_open_buffer(ctx, plain ? plain : packed);
        stream = plain ? fz_keep_stream(ctx, again) : __real_fz_open_flated(ctx, again, window_bits);
    }
    fz_always(ctx)
    {
        fz_drop_stream(ctx, again);
        fz_drop_buffer(ctx, plain);
        fz_drop_buffer(ctx, packed);
    }
    fz_catch(ctx)
    {
        fz_rethrow(ctx);
    }
    return stream;
}

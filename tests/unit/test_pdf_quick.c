/* What is done faster than MuPDF and FreeType do it has the same answers. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include <zlib.h>

#include "extract/pdf_quick.h"
#include "tests/unit/pdf_paper.h"

FT_UInt __real_FT_Get_Name_Index(FT_Face face, const FT_String *name);
float __real_fz_atof(const char *text);
fz_rect __real_fz_bound_glyph(fz_context *ctx, fz_font *font, int glyph, fz_matrix trm);

static struct pdf_quick quick;

static void ignore(void *user, const char *message)
{
}

static int begin(void **state)
{
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_set_warning_callback(ctx, ignore, NULL);
    fz_try(ctx) pdf_quick_begin(ctx, &quick);
    fz_catch(ctx) return -1;
    *state = ctx;
    return 0;
}

static int end(void **state)
{
    fz_drop_context(*state);
    pdf_quick_end(&quick);
    return 0;
}

static void names_are_freetypes(void **state)
{
    static const char *const others[] = {"", "A", "nosuchglyph", ".notdef", "a-name-that-is-longer-than-most"};
    static const char *const fonts[] = {"Times-Roman", "Symbol", "ZapfDingbats"};
    fz_context *ctx = *state;
    for (size_t k = 0; k < sizeof fonts / sizeof *fonts; k++) {
        fz_font *font = fz_new_base14_font(ctx, fonts[k]);
        FT_Face face = fz_font_ft_face(ctx, font);
        char name[64];
        assert_true(face->num_glyphs > 100);
        for (int glyph = 0; glyph < face->num_glyphs; glyph++) {
            assert_int_equal(FT_Get_Glyph_Name(face, (FT_UInt)glyph, name, sizeof name), 0);
            assert_int_equal(FT_Get_Name_Index(face, name), __real_FT_Get_Name_Index(face, name));
        }
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            assert_int_equal(FT_Get_Name_Index(face, others[i]), __real_FT_Get_Name_Index(face, others[i]));
        fz_drop_font(ctx, font);
    }
}

static void check_number(const char *text)
{
    float ours = fz_atof(text), theirs = __real_fz_atof(text);
    if (memcmp(&ours, &theirs, sizeof ours) != 0)
        fail_msg("%s: %.9g, not %.9g", text, ours, theirs);
}

static void numbers_are_mupdfs(void **state)
{
    static const char *const odd[] = {"",         "-",          ".",    "-.5",       "5.",        "+5",
                                      "--5",      "1e3",        "0",    "-0",        "0.000",     "16777216",
                                      "16777215", "99999999",   ".1.2", "123456789", "0.0000001", "1.234567",
                                      "12 ",      "0.00000004", "-1-2"};
    uint32_t seed = 1;
    char text[40];
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        check_number(odd[i]);
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        snprintf(text, sizeof text, "%s%u.%0*u", seed & 1 ? "-" : "", seed >> 8 & 2047, (int)(1 + (seed >> 4 & 7)),
                 seed >> 20);
        check_number(text);
    }
    assert_true(fz_atof(NULL) == 0);
}

static void squares_only_when_asked_for(void **state)
{
    fz_context *ctx = *state;
    fz_font *font = fz_new_base14_font(ctx, "Times-Roman");
    int glyph = fz_encode_character(ctx, font, '.');
    fz_rect real = __real_fz_bound_glyph(ctx, font, glyph, fz_identity), got;
    got = fz_bound_glyph(ctx, font, glyph, fz_identity);
    assert_memory_equal(&got, &real, sizeof got);
    pdf_quick_glyphs(ctx, PDF_GLYPH_SQUARES);
    got = fz_bound_glyph(ctx, font, glyph, fz_identity);
    assert_true(got.x1 - got.x0 == 1);
    pdf_quick_glyphs(ctx, PDF_GLYPH_OUTLINES);
    got = fz_bound_glyph(ctx, font, glyph, fz_identity);
    assert_memory_equal(&got, &real, sizeof got);
    fz_drop_font(ctx, font);
}

/* What comes out of `packed` when it is read as a Flate stream; the context's own way when `plainly`. */
static fz_buffer *inflated(fz_context *ctx, const unsigned char *packed, size_t len, int plainly)
{
    fz_buffer *buffer = fz_new_buffer_from_copied_data(ctx, packed, len), *out = NULL;
    fz_stream *chain = fz_open_buffer(ctx, buffer), *stream = NULL;
    if (plainly)
        fz_set_user_context(ctx, NULL);
    fz_try(ctx)
    {
        stream = fz_open_flated(ctx, chain, 15);
        out = fz_read_best(ctx, stream, 1024, NULL, 1 << 30);
    }
    fz_always(ctx)
    {
        fz_drop_stream(ctx, stream);
        fz_drop_stream(ctx, chain);
        fz_drop_buffer(ctx, buffer);
        fz_set_user_context(ctx, &quick);
    }
    fz_catch(ctx) return NULL;
    return out;
}

static void check_inflating(fz_context *ctx, const unsigned char *packed, size_t len)
{
    fz_buffer *ours = inflated(ctx, packed, len, 0), *theirs = inflated(ctx, packed, len, 1);
    assert_int_equal(!ours, !theirs);
    if (ours) {
        assert_int_equal(ours->len, theirs->len);
        assert_memory_equal(ours->data, theirs->data, ours->len);
    }
    fz_drop_buffer(ctx, ours);
    fz_drop_buffer(ctx, theirs);
}

static void inflates_as_zlib(void **state)
{
    static const size_t sizes[] = {0, 1, 5000, 300000};
    fz_context *ctx = *state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int noise = 0; noise < 2; noise++) {
            size_t size = sizes[k], bound = compressBound(size) + 16;
            unsigned char *plain = calloc(1, size + 1), *packed = calloc(1, bound);
            uLongf len = bound - 16;
            uint32_t seed = 7;
            for (size_t i = 0; noise && i < size && i < 400000; i++)
                plain[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 27);
            assert_int_equal(compress(packed, &len, plain, size), Z_OK);
            check_inflating(ctx, packed, len);
            check_inflating(ctx, packed, len + 16);    /* something behind it */
            check_inflating(ctx, packed, len - 2);     /* its check sum cut */
            check_inflating(ctx, packed, len / 2 + 1); /* its data cut */
            packed[len / 2] ^= 0x55;
            check_inflating(ctx, packed, len);
            free(plain);
            free(packed);
        }
}

/* More than is inflated at once, out of little. */
static void leaves_bombs_to_zlib(void **state)
{
    enum { SIZE = 40 << 20 };
    uLongf len = compressBound(SIZE);
    unsigned char *plain = calloc(1, SIZE), *packed = malloc(len);
    assert_int_equal(compress2(packed, &len, plain, SIZE, 1), Z_OK);
    check_inflating(*state, packed, len);
    free(plain);
    free(packed);
}

/* The operators behind an inline image must not be swallowed with its data. */
static void leaves_what_follows(void **state)
{
    static const char content[] = "the content of a page behind the data of its image";
    fz_context *ctx = *state;
    unsigned char bytes[512];
    uLongf len = sizeof bytes;
    assert_int_equal(compress(bytes, &len, (const unsigned char *)"pixels", 6), Z_OK);
    memcpy(bytes + len, content, sizeof content);
    fz_stream *memory = fz_open_memory(ctx, bytes, len + sizeof content);
    fz_stream *page = fz_open_null_filter(ctx, memory, len + sizeof content, 0);
    fz_stream *image = fz_open_flated(ctx, page, 15);
    unsigned char got[64];
    assert_int_equal(fz_read(ctx, image, got, sizeof got), 6);
    assert_memory_equal(got, "pixels", 6);
    assert_int_equal(fz_read(ctx, page, got, sizeof content), sizeof content);
    assert_string_equal((char *)got, content);
    fz_drop_stream(ctx, image);
    fz_drop_stream(ctx, page);
    fz_drop_stream(ctx, memory);
}

struct listener {
    fz_device super;
    fz_font *font;
};

static void hear(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_colorspace *space,
                 const float *colour, float alpha, fz_color_params params)
{
    struct listener *l = (struct listener *)dev;
    if (!l->font)
        l->font = fz_keep_font(ctx, text->head->font);
}

/* The font of the first text of a page that MuPDF has interpreted. */
static fz_font *font_of_page(fz_context *ctx, const struct str *pdf)
{
    fz_register_document_handlers(ctx);
    fz_stream *stream = fz_open_memory(ctx, (const unsigned char *)pdf->data, pdf->len);
    fz_document *doc = fz_open_document_with_stream(ctx, "pdf", stream);
    fz_page *page = fz_load_page(ctx, doc, 0);
    struct listener *l = fz_new_derived_device(ctx, struct listener);
    l->super.fill_text = hear;
    fz_run_page(ctx, page, &l->super, fz_identity, NULL);
    fz_font *font = l->font;
    fz_close_device(ctx, &l->super);
    fz_drop_device(ctx, &l->super);
    fz_drop_page(ctx, page);
    fz_drop_document(ctx, doc);
    fz_drop_stream(ctx, stream);
    return font;
}

/* The library's own calls arrive here too. */
static void mupdf_is_served(void **state)
{
    fz_context *ctx = *state;
    struct paper paper = {0};
    struct str pdf;
    put(new_page(&paper), 100, 100, 10, "Body", "text");
    write_paper(&paper, &pdf);
    fz_font *font = font_of_page(ctx, &pdf);
    assert_non_null(font);
    assert_non_null(((FT_Face)fz_font_ft_face(ctx, font))->generic.data);

    fz_text *text = fz_new_text(ctx);
    int dot = fz_encode_character(ctx, font, '.');
    fz_show_glyph(ctx, text, font, fz_scale(100, 100), dot, '.', 0, 0, FZ_BIDI_LTR, FZ_LANG_UNSET);
    fz_rect outline = fz_bound_text(ctx, text, NULL, fz_identity);
    pdf_quick_glyphs(ctx, PDF_GLYPH_SQUARES);
    fz_rect square = fz_bound_text(ctx, text, NULL, fz_identity);
    assert_true(square.y1 - square.y0 > 2 * (outline.y1 - outline.y0));
    fz_drop_text(ctx, text);
    fz_drop_font(ctx, font);
    str_release(&pdf);
    paper_release(&paper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_freetypes, begin, end),
        cmocka_unit_test_setup_teardown(numbers_are_mupdfs, begin, end),
        cmocka_unit_test_setup_teardown(squares_only_when_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(inflates_as_zlib, begin, end),
        cmocka_unit_test_setup_teardown(leaves_bombs_to_zlib, begin, end),
        cmocka_unit_test_setup_teardown(leaves_what_follows, begin, end),
        cmocka_unit_test_setup_teardown(mupdf_is_served, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The rules by which characters join to runs, one by one; and that they are those of MuPDF's structured text, on pages
 * and on text that jumps at random. */
#include "tests/unit/pdf_paper.h"

#include <mupdf/fitz.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_chars.h"

enum { SIZE = 10, BLACK = 0, RED = 0xFF0000 };

/* Text goes to both. */
struct page {
    fz_context *ctx;
    fz_font *font;
    fz_stext_page *theirs;
    fz_device *dev;
    struct pdf_chars ours;
    struct str told;
};

static void ignore(void *user, const char *message)
{
}

static void begin(struct page *p)
{
    fz_stext_options options = {0};
    *p = (struct page){.ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT), .told = STR_INIT(4000)};
    assert_non_null(p->ctx);
    fz_set_warning_callback(p->ctx, ignore, NULL);
    p->font = fz_new_base14_font(p->ctx, "Times-Roman");
    p->theirs = fz_new_stext_page(p->ctx, fz_make_rect(0, 0, PAGE_W, PAGE_H));
    p->dev = fz_new_stext_device(p->ctx, p->theirs, &options);
    pdf_chars_clear(p->ctx, &p->ours);
}

static void end(struct page *p)
{
    pdf_chars_release(p->ctx, &p->ours);
    fz_close_device(p->ctx, p->dev);
    fz_drop_device(p->ctx, p->dev);
    fz_drop_stext_page(p->ctx, p->theirs);
    fz_drop_font(p->ctx, p->font);
    fz_drop_context(p->ctx);
    str_release(&p->told);
}

static void assert_same_char(const struct page *p, const struct pdf_char *c, const fz_stext_char *theirs)
{
    fz_rect box = fz_rect_from_quad(theirs->quad);
    assert_int_equal(c->c, theirs->c);
    assert_int_equal(c->colour, theirs->color);
    assert_true(c->origin.x == theirs->origin.x && c->origin.y == theirs->origin.y);
    assert_true(c->box.x0 == box.x0 && c->box.y0 == box.y0 && c->box.x1 == box.x1 && c->box.y1 == box.y1);
    assert_true(c->size == theirs->size);
    assert_ptr_equal(p->ours.fonts[c->font], theirs->font);
}

static void assert_same(const struct page *p)
{
    const struct pdf_chars *ours = &p->ours;
    size_t run = 0;
    int block = 0;
    for (const fz_stext_block *b = p->theirs->first_block; b; b = b->next, block++)
        for (const fz_stext_line *line = b->u.t.first_line; line; line = line->next, run++) {
            assert_true(run < ours->n_runs);
            const struct pdf_run *r = &ours->runs[run];
            assert_int_equal(r->block, block);
            assert_int_equal(r->vertical, line->wmode);
            assert_true(r->along.x == line->dir.x && r->along.y == line->dir.y);
            size_t n = 0;
            for (const fz_stext_char *c = line->first_char; c; c = c->next, n++) {
                assert_true(n < r->n);
                assert_same_char(p, &ours->chars[r->first + n], c);
            }
            assert_int_equal(r->n, n);
        }
    assert_int_equal(ours->n_runs, run);
}

/* The page as "ab|cd/ef": | before a run, / before a run that begins a block. */
static const char *tell(struct page *p)
{
    const struct pdf_chars *ours = &p->ours;
    assert_same(p);
    str_clear(&p->told);
    for (size_t i = 0; i < ours->n_runs; i++) {
        const struct pdf_run *r = &ours->runs[i];
        if (i)
            str_add_char(&p->told, r->block > ours->runs[i - 1].block ? '/' : '|');
        for (size_t k = 0; k < r->n; k++)
            str_add_utf8(&p->told, ours->chars[r->first + k].c);
    }
    return p->told.data;
}

static void show(struct page *p, fz_text *text, unsigned colour)
{
    float rgb[3] = {(float)(colour >> 16) / 255, (float)(colour >> 8 & 255) / 255, (float)(colour & 255) / 255};
    fz_fill_text(p->ctx, p->dev, text, fz_identity, fz_device_rgb(p->ctx), rgb, 1, fz_default_color_params);
    pdf_chars_add(p->ctx, &p->ours, text, fz_identity, colour);
}

static float advance(const struct page *p, int c)
{
    return fz_advance_glyph(p->ctx, p->font, fz_encode_character(p->ctx, p->font, c), 0);
}

/* Adds a glyph; its number is that of `like` in the font, or -1. */
static void add(struct page *p, fz_text *text, fz_matrix trm, int like, int c, int vertical)
{
    int glyph = like < 0 ? -1 : fz_encode_character(p->ctx, p->font, like);
    fz_show_glyph(p->ctx, text, p->font, trm, glyph, c, vertical, 0, FZ_BIDI_LTR, FZ_LANG_UNSET);
}

/* A text object of letters from x, y on, each as far from the last as its advance; where the last ends. */
static float put_text(struct page *p, float x, float y, const char *letters)
{
    fz_text *text = fz_new_text(p->ctx);
    for (; *letters; letters++) {
        add(p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, x, y), *letters, *letters, 0);
        x += SIZE * advance(p, *letters);
    }
    show(p, text, BLACK);
    fz_drop_text(p->ctx, text);
    return x;
}

/* `b` stands `along` and `off` (in sizes) from the end of `a`. */
static void check_step(float along, float off, const char *wanted)
{
    struct page p;
    begin(&p);
    float x = put_text(&p, 100, 100, "ab");
    put_text(&p, x + along * SIZE, 100 + off * SIZE, "cd");
    assert_string_equal(tell(&p), wanted);
    end(&p);
}

static void steps_along_the_line(void **state)
{
    check_step(0, 0, "abcd");
    check_step(0.14f, 0, "abcd");
    check_step(0.16f, 0, "ab cd");
    check_step(0.79f, 0, "ab cd");
    check_step(0.81f, 0, "ab|cd");
    check_step(-0.79f, 0, "abcd");
    check_step(-0.81f, 0, "ab|cd");
}

static void steps_off_the_line(void **state)
{
    check_step(0, -0.79f, "abcd"); /* a superscript */
    check_step(0, 0.79f, "abcd");
    check_step(-0.9f, 0.81f, "ab|cd"); /* right below */
    check_step(-0.9f, 1.49f, "ab|cd");
    check_step(-0.9f, 1.51f, "ab/cd");
    check_step(-0.9f, -1.51f, "ab/cd");
    check_step(0, 1.2f, "ab/cd"); /* indented by the width of "ab" */
    check_step(-0.4f, 1.2f, "ab/cd");
    check_step(-0.6f, 1.2f, "ab|cd");
}

static void a_line_in_one_object_is_no_indent(void **state)
{
    struct page p;
    begin(&p);
    fz_text *text = fz_new_text(p.ctx);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'a', 'a', 0);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 120, 112), 'b', 'b', 0);
    show(&p, text, BLACK);
    fz_drop_text(p.ctx, text);
    assert_string_equal(tell(&p), "a|b");
    end(&p);
}

static void a_printed_space_is_enough(void **state)
{
    struct page p;
    begin(&p);
    float x = put_text(&p, 100, 100, "ab ");
    put_text(&p, x + 3, 100, "cd");
    assert_string_equal(tell(&p), "ab cd");
    end(&p);
}

static void double_printing_is_dropped(void **state)
{
    struct page p;
    begin(&p);
    put_text(&p, 100, 100, "a");
    put_text(&p, 100, 100, "a");
    assert_string_equal(tell(&p), "a");
    put_text(&p, 100.1f, 100, "a"); /* left to pdf_text.c, which sees all of the page */
    assert_string_equal(tell(&p), "aa");
    end(&p);
}

static void the_same_object_counts_once(void **state)
{
    struct page p;
    begin(&p);
    fz_text *text = fz_new_text(p.ctx);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'a', 'a', 0);
    show(&p, text, RED);
    show(&p, text, BLACK);
    fz_drop_text(p.ctx, text);
    assert_string_equal(tell(&p), "a");
    assert_int_equal(p.ours.chars[0].colour, RED);
    assert_true(p.ours.least_size == SIZE);
    end(&p);
}

static void directions_and_modes_are_blocks(void **state)
{
    struct page p;
    begin(&p);
    fz_text *text = fz_new_text(p.ctx);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'a', 'a', 0);
    add(&p, text, fz_make_matrix(0, -SIZE, -SIZE, 0, 104, 100), 'b', 'b', 0); /* upwards */
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 104, 100), 'c', 'c', 1);  /* downwards */
    show(&p, text, BLACK);
    fz_drop_text(p.ctx, text);
    assert_string_equal(tell(&p), "a/b/c");
    end(&p);
}

static void right_to_left_goes_on_anywhere(void **state)
{
    enum { ALEF = 0x5D0, BET = 0x5D1 };
    struct page p;
    begin(&p);
    fz_text *text = fz_new_text(p.ctx);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 300, 100), 'a', ALEF, 0);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 200, 100), 'a', BET, 0);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), '1', '1', 0); /* has no direction of its own */
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 400, 100), 'x', 'x', 0);
    show(&p, text, BLACK);
    fz_drop_text(p.ctx, text);
    assert_string_equal(tell(&p), "\u05D0\u05D1"
                                  "1|x");
    end(&p);
}

static void ligatures_are_letters(void **state)
{
    static const struct {
        int c;
        const char *wanted;
    } cases[] = {{0xFB00, "ff"},  {0xFB01, "fi"}, {0xFB02, "fl"}, {0xFB03, "ffi"},
                 {0xFB04, "ffl"}, {0xFB05, "st"}, {0xFB06, "st"}, {0xFB07, "\uFB07"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page p;
        begin(&p);
        fz_text *text = fz_new_text(p.ctx);
        add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'm', cases[i].c, 0);
        show(&p, text, BLACK);
        fz_drop_text(p.ctx, text);
        assert_string_equal(tell(&p), cases[i].wanted);
        end(&p);
    }
}

static void glyphs_of_many_letters_and_letters_of_many_glyphs(void **state)
{
    struct page p;
    begin(&p);
    fz_text *text = fz_new_text(p.ctx);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), -1, 'x', 0); /* nothing to join */
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'm', 'T', 0);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 500, 500), -1, 'h', 0);
    add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 104, 100), 'm', -1, 0);
    show(&p, text, BLACK);
    fz_drop_text(p.ctx, text);
    assert_string_equal(tell(&p), "xTh");
    end(&p);
}

static void blanks_are_spaces(void **state)
{
    static const int blanks[] = {'\t',   0xA0,   0x1680, 0x180E, 0x2000, 0x2003,
                                 0x2007, 0x200A, 0x202F, 0x205F, 0x3000, ' '};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        struct page p;
        begin(&p);
        fz_text *text = fz_new_text(p.ctx);
        add(&p, text, fz_make_matrix(SIZE, 0, 0, -SIZE, 100, 100), 'm', blanks[i], 0);
        show(&p, text, BLACK);
        fz_drop_text(p.ctx, text);
        assert_string_equal(tell(&p), " ");
        end(&p);
    }
}

static unsigned roll(unsigned *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static fz_matrix random_matrix(unsigned *seed)
{
    static const float turns[][4] = {{1, 0, 0, -1},  {1, 0, 0, -1},    {1, 0, 0.2f, -1},
                                     {0, -1, -1, 0}, {0, 1, 1, 0},     {0.9997f, 0.02f, 0.02f, -0.9997f},
                                     {-1, 0, 0, 1},  {1.5f, 0, 0, -1}, {0, 0, 0, 0}};
    const float *t = turns[roll(seed, roll(seed, 3) ? 2 : sizeof turns / sizeof *turns)];
    float size = 6 + (float)roll(seed, 40) / 8;
    return fz_make_matrix(t[0] * size, t[1] * size, t[2] * size, t[3] * size, 0, 0);
}

/* A text object that mostly goes on from *pen. */
static void put_random(struct page *p, unsigned *seed, fz_point *pen)
{
    static const int letters[] = {'a',    'e',    'n',    't',    '1',    ',',    ' ',    0xE9,
                                  0xA0,   0x5D0,  0x627,  0x661,  0x300,  0xAD,   0xFB01, 0xFB03,
                                  0x3000, 0x4E2D, 0x202B, 0x2067, 0xE000, 0xFFFD, 0x2009};
    static const float steps[] = {0, 0, 0, 0.1f, 0.2f, 0.7f, 0.9f, -0.2f, -0.9f, 4}, ups[] = {0, 0, 0, 0.4f, 1.2f, -2};
    enum { LETTERS = sizeof letters / sizeof *letters };
    fz_text *text = fz_new_text(p->ctx);
    fz_matrix trm = random_matrix(seed);
    int vertical = roll(seed, 12) == 0;
    for (unsigned i = 0, n = roll(seed, 12); i < n; i++) {
        int c = letters[roll(seed, roll(seed, 2) ? 7 : LETTERS)], like = c < 0x80 ? c : 'm';
        if (i && roll(seed, 10) == 0)
            like = -1;
        if (i && roll(seed, 20) == 0)
            c = -1;
        pen->x += trm.a * steps[roll(seed, 10)];
        pen->y += trm.d * ups[roll(seed, 6)] * (float)(roll(seed, 4) == 0);
        trm.e = pen->x;
        trm.f = pen->y;
        add(p, text, trm, like, c, vertical);
        if (like >= 0 && roll(seed, 8))
            pen->x += trm.a * advance(p, like);
    }
    show(p, text, roll(seed, 1 << 24) & 0xFF00FF);
    fz_drop_text(p->ctx, text);
}

static void random_text_is_mupdfs(void **state)
{
    unsigned seed = 1;
    for (int page = 0; page < 40; page++) {
        struct page p;
        fz_point pen = {100, 100};
        begin(&p);
        for (int i = 0; i < 200; i++)
            put_random(&p, &seed, &pen);
        assert_true(p.ours.n_runs > 100);
        assert_same(&p);
        end(&p);
    }
}

/* ---- pages */

struct fork {
    fz_device super;
    struct page *page;
};

static void fork_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_colorspace *space,
                      const float *colour, float alpha, fz_color_params params)
{
    struct page *p = ((struct fork *)dev)->page;
    float rgb[3];
    unsigned hex = 0;
    fz_convert_color(ctx, space, colour, fz_device_rgb(ctx), rgb, NULL, params);
    for (int i = 0; i < 3; i++)
        hex = hex << 8 | (unsigned)(int)(rgb[i] * 255);
    fz_fill_text(ctx, p->dev, text, ctm, space, colour, alpha, params);
    pdf_chars_add(ctx, &p->ours, text, ctm, hex);
}

static void run_page(struct page *p, const struct paper *paper)
{
    fz_context *ctx = p->ctx;
    struct str pdf;
    write_paper(paper, &pdf);
    fz_register_document_handlers(ctx);
    fz_stream *stream = fz_open_memory(ctx, (const unsigned char *)pdf.data, pdf.len);
    fz_document *doc = fz_open_document_with_stream(ctx, "pdf", stream);
    struct fork *fork = fz_new_derived_device(ctx, struct fork);
    fork->page = p;
    fork->super.fill_text = fork_text;
    fz_page *page = fz_load_page(ctx, doc, 0);
    fz_run_page(ctx, page, &fork->super, fz_identity, NULL);
    fz_close_device(ctx, &fork->super);
    fz_drop_device(ctx, &fork->super);
    fz_drop_page(ctx, page);
    fz_drop_document(ctx, doc);
    fz_drop_stream(ctx, stream);
    str_release(&pdf);
}

static void pages_are_mupdfs(void **state)
{
    struct paper paper = {0};
    struct page p;
    struct str *s = new_page(&paper);
    double y = paragraph(s, 60, 60, 220, 12);
    put(s, 72, y, 10, "Body", "An indented line of a paragraph of its own");
    paragraph(s, 320, 60, 220, 20);
    plot(s, 60, 400, 240, 160);
    put(s, 60, 580, 9, "Bold", "Figure 1");
    put(s, 101, 580, 9, "Body", "Bars, \\256rst of all.");
    str_add(s, "BT /Body 10 Tf 0 1 -1 0 40 300 Tm (Downloaded from elsewhere) Tj ET\n"
               "BT /Body 10 Tf 60 100 Td [(J) -900 (u) 120 (s) -200 (t)] TJ 5 Ts (2) Tj 0 -14 Td (below) Tj ET\n");
    begin(&p);
    run_page(&p, &paper);
    assert_non_null(strstr(tell(&p), "Figure 1 Bars, first of all."));
    assert_non_null(strstr(p.told.data, "/Downloaded from elsewhere/"));
    assert_non_null(strstr(p.told.data, "J|us t2"));
    paper_release(&paper);
    end(&p);
}

static void a_page_has_an_end(void **state)
{
    struct page p;
    begin(&p);
    fz_text *texts[2] = {fz_new_text(p.ctx), fz_new_text(p.ctx)};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 5000; i++)
            add(&p, texts[k], fz_make_matrix(SIZE, 0, 0, -SIZE, (float)(20 * (i % 20)), (float)(k + i)), 'a', 'a', 0);
    for (size_t n = 0; n < PDF_MAX_CHARS + 10000u; n += 5000)
        pdf_chars_add(p.ctx, &p.ours, texts[n / 5000 % 2], fz_identity, BLACK);
    assert_int_equal(p.ours.n, PDF_MAX_CHARS);
    const struct pdf_run *last = &p.ours.runs[p.ours.n_runs - 1];
    assert_int_equal(last->first + last->n, PDF_MAX_CHARS);
    pdf_chars_clear(p.ctx, &p.ours);
    assert_true(p.ours.n == 0 && p.ours.n_runs == 0 && p.ours.n_fonts == 0);
    fz_drop_text(p.ctx, texts[0]);
    fz_drop_text(p.ctx, texts[1]);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_along_the_line),
        cmocka_unit_test(steps_off_the_line),
        cmocka_unit_test(a_line_in_one_object_is_no_indent),
        cmocka_unit_test(a_printed_space_is_enough),
        cmocka_unit_test(double_printing_is_dropped),
        cmocka_unit_test(the_same_object_counts_once),
        cmocka_unit_test(directions_and_modes_are_blocks),
        cmocka_unit_test(right_to_left_goes_on_anywhere),
        cmocka_unit_test(ligatures_are_letters),
        cmocka_unit_test(glyphs_of_many_letters_and_letters_of_many_glyphs),
        cmocka_unit_test(blanks_are_spaces),
        cmocka_unit_test(random_text_is_mupdfs),
        cmocka_unit_test(pages_are_mupdfs),
        cmocka_unit_test(a_page_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "extract/panel_split.h"

enum { W = 400, H = 300, AIR = 2 /* pixels of the empty band that boxes take */ };

struct scene {
    struct raster raster;
    unsigned char pixels[W * H];
};

static void start(struct scene *s, int background)
{
    s->raster = (struct raster){W, H, W, H, 1, s->pixels};
    memset(s->pixels, background, sizeof s->pixels);
}

/* A photograph: noise of a fixed sequence between two luminances. */
static void photo(struct scene *s, struct panel_rect r, int dark, int light)
{
    unsigned seed = 12345;
    for (int y = r.y0; y < r.y1; y++)
        for (int x = r.x0; x < r.x1; x++) {
            seed = seed * 1103515245u + 12345u;
            s->pixels[y * W + x] = (unsigned char)(dark + (int)(seed >> 16) % (light - dark));
        }
}

static void fill(struct scene *s, struct panel_rect r, int value)
{
    for (int y = r.y0; y < r.y1; y++)
        memset(s->pixels + y * W + r.x0, value, (size_t)(r.x1 - r.x0));
}

static void assert_near(struct panel_rect a, struct panel_rect b, int slack)
{
    assert_in_range(a.x0 + 1000, b.x0 + 1000 - slack, b.x0 + 1000 + slack);
    assert_in_range(a.y0 + 1000, b.y0 + 1000 - slack, b.y0 + 1000 + slack);
    assert_in_range(a.x1 + 1000, b.x1 + 1000 - slack, b.x1 + 1000 + slack);
    assert_in_range(a.y1 + 1000, b.y1 + 1000 - slack, b.y1 + 1000 + slack);
}

static bool split(const struct scene *s, size_t n, const struct panel_hints *hints, struct panel_cut *cut)
{
    struct arena arena = ARENA_INIT;
    bool ok = panel_split(&arena, &s->raster, n, hints, cut);
    assert_true(ok == (cut->n > 0));
    arena_release(&arena);
    return ok;
}

static const struct panel_rect four[] = {
    {10, 10, 190, 140}, {210, 10, 390, 140}, {10, 160, 190, 290}, {210, 160, 390, 290}};

static void draw_four(struct scene *s, int background)
{
    start(s, background);
    for (int i = 0; i < 4; i++)
        photo(s, four[i], 40, 200);
}

static void test_bands(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    for (int background = 0; background <= 255; background += 255) {
        draw_four(s, background);
        assert_true(split(s, 4, NULL, &cut));
        assert_int_equal(cut.method, PANEL_BY_BANDS);
        for (int i = 0; i < 4; i++)
            assert_near(cut.boxes[i], four[i], AIR);
        /* No letters: a grid may be read along its columns. */
        assert_true(cut.confidence <= 0.6);
    }
}

static void test_row_is_sure(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255);
    for (int i = 0; i < 3; i++)
        photo(s, (struct panel_rect){10 + 130 * i, 50, 130 + 130 * i, 250}, 40, 200);
    assert_true(split(s, 3, NULL, &cut));
    assert_true(cut.confidence > 0.85);
    assert_near(cut.boxes[2], (struct panel_rect){270, 50, 390, 250}, AIR);
    /* The caption's number of panels must be met. */
    assert_false(split(s, 2, NULL, &cut));
    assert_false(split(s, 4, NULL, &cut));
}

static void test_letters_and_ticks_belong_to_panels(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255);
    photo(s, (struct panel_rect){20, 40, 190, 260}, 40, 200);
    photo(s, (struct panel_rect){220, 40, 390, 260}, 40, 200);
    fill(s, (struct panel_rect){20, 20, 32, 34}, 0);   /* a letter above each */
    fill(s, (struct panel_rect){220, 20, 232, 34}, 0); /* ... */
    for (int x = 30; x < 390; x += 24)                 /* ticks under both, closer to each other than the panels are */
        if (x + 8 < 190 || x > 220)
            fill(s, (struct panel_rect){x, 266, x + 8, 274}, 0);
    assert_true(split(s, 2, NULL, &cut));
    assert_int_equal(cut.boxes[0].y0, 20 - AIR);
    assert_int_equal(cut.boxes[1].y0, 20 - AIR);
    assert_int_equal(cut.boxes[0].y1, 274 + AIR);
    assert_int_equal(cut.boxes[1].y1, 274 + AIR);
}

static void test_mosaic(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255);
    for (int i = 0; i < 3; i++)
        photo(s, (struct panel_rect){i * W / 3, 0, (i + 1) * W / 3, H}, i % 2 ? 140 : 30, i % 2 ? 200 : 90);
    assert_true(split(s, 3, NULL, &cut));
    assert_int_equal(cut.method, PANEL_BY_EDGES);
    for (int i = 0; i < 3; i++)
        assert_near(cut.boxes[i], (struct panel_rect){i * W / 3, 0, (i + 1) * W / 3, H}, 2);
    /* An edge elsewhere makes no tiles. */
    photo(s, (struct panel_rect){0, 0, 90, H}, 30, 90);
    photo(s, (struct panel_rect){90, 0, W, H}, 140, 200);
    assert_false(split(s, 2, NULL, &cut));
}

static void test_one_picture_stays_whole(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255);
    photo(s, (struct panel_rect){10, 10, 390, 290}, 40, 200);
    for (size_t n = 2; n < 9; n++)
        assert_false(split(s, n, NULL, &cut));
    start(s, 255); /* nothing at all */
    assert_false(split(s, 2, NULL, &cut));
    draw_four(s, 255);
    assert_false(split(s, 1, NULL, &cut));
    assert_false(split(s, PANEL_MAX + 1, NULL, &cut));
    s->raster.pixels = NULL;
    assert_false(split(s, 4, NULL, &cut));
}

static void test_unlike_parts_are_not_believed(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255); /* a picture and its legend */
    photo(s, (struct panel_rect){10, 10, 300, 290}, 40, 200);
    photo(s, (struct panel_rect){320, 100, 390, 180}, 40, 200);
    assert_false(split(s, 2, NULL, &cut));
}

static void test_letters_of_a_pdf(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    /* A wide panel with a gap of its own wider than that between the panels. */
    start(s, 255);
    photo(s, (struct panel_rect){10, 30, 120, 140}, 40, 200);
    photo(s, (struct panel_rect){180, 30, 390, 140}, 40, 200);
    photo(s, (struct panel_rect){10, 165, 390, 290}, 40, 200);
    struct panel_rect letters[] = {{10, 10, 20, 22}, {10, 150, 20, 162}};
    for (int i = 0; i < 2; i++)
        fill(s, letters[i], 0);
    struct panel_hints hints = {.first = 'A', .letters = letters};
    assert_true(split(s, 2, &hints, &cut));
    assert_int_equal(cut.method, PANEL_BY_LETTERS);
    assert_near(cut.boxes[0], (struct panel_rect){10, 10, 390, 140}, AIR);
    assert_near(cut.boxes[1], (struct panel_rect){10, 150, 390, 290}, AIR);
    /* Letters, not places, tell which is which. */
    draw_four(s, 255);
    struct panel_rect columns[] = {{10, 10, 20, 20}, {10, 160, 20, 170}, {210, 10, 220, 20}, {210, 160, 220, 170}};
    hints.letters = columns;
    assert_true(split(s, 4, &hints, &cut));
    assert_near(cut.boxes[1], four[2], AIR);
    assert_near(cut.boxes[2], four[1], AIR);
    /* Two letters in one panel: no cut can be right. */
    struct panel_rect twice[] = {{10, 10, 20, 20}, {30, 10, 40, 20}, {210, 10, 220, 20}, {210, 160, 220, 170}};
    hints.letters = twice;
    assert_false(split(s, 4, &hints, &cut));
}

static void test_images_of_a_pdf(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    start(s, 255);
    photo(s, (struct panel_rect){0, 0, W, H}, 40, 200);
    static const struct panel_rect images[] = {{200, 0, 400, 300}, {0, 0, 200, 300}};
    struct panel_hints hints = {.images = images, .n_images = 2};
    assert_true(split(s, 2, &hints, &cut));
    assert_int_equal(cut.method, PANEL_BY_IMAGES);
    assert_near(cut.boxes[0], images[1], 0);
}

/* Letters of 20 x 20 pixels with as many holes as A, B, C, D have. */
static void letter(struct scene *s, int x, int y, int holes)
{
    fill(s, (struct panel_rect){x, y, x + 16, y + 20}, 0);
    for (int i = 0; i < holes; i++)
        fill(s, (struct panel_rect){x + 4, y + 3 + 9 * i, x + 12, y + 9 + 9 * i}, 255);
    if (!holes)
        fill(s, (struct panel_rect){x + 4, y + 4, x + 16, y + 16}, 255);
}

static void test_printed_letters_tell_the_order(void **state)
{
    struct scene *s = *state;
    static const int holes[] = {1, 2, 0, 1}; /* A B C D */
    struct panel_hints hints = {.first = 'A'};
    struct panel_cut cut;
    for (int columns = 0; columns <= 1; columns++) {
        start(s, 255);
        for (int i = 0; i < 4; i++) {
            struct panel_rect r = four[i];
            r.y0 += 26;
            photo(s, r, 40, 150);
            letter(s, r.x0, r.y0 - 24, holes[columns && i % 3 ? 3 - i : i]);
        }
        assert_true(split(s, 4, &hints, &cut));
        assert_true(cut.confidence > 0.7);
        assert_near(cut.boxes[1], columns ? four[2] : four[1], 3);
        assert_near(cut.boxes[2], columns ? four[1] : four[2], 3);
    }
}

static void test_boxes_are_of_the_full_picture(void **state)
{
    struct scene *s = *state;
    struct panel_cut cut;
    draw_four(s, 255);
    s->raster.full_width = 3 * W - 1;
    s->raster.full_height = 3 * H - 1;
    assert_true(split(s, 4, NULL, &cut));
    assert_near(cut.boxes[3], (struct panel_rect){630, 480, 1170, 870}, 4);
    for (int i = 0; i < 4; i++)
        assert_true(cut.boxes[i].x1 <= 3 * W - 1 && cut.boxes[i].y1 <= 3 * H - 1);
}

static int make(void **state)
{
    *state = mem_new(sizeof(struct scene));
    return 0;
}

static int give_back(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_row_is_sure),
        cmocka_unit_test(test_letters_and_ticks_belong_to_panels),
        cmocka_unit_test(test_mosaic),
        cmocka_unit_test(test_one_picture_stays_whole),
        cmocka_unit_test(test_unlike_parts_are_not_believed),
        cmocka_unit_test(test_letters_of_a_pdf),
        cmocka_unit_test(test_images_of_a_pdf),
        cmocka_unit_test(test_printed_letters_tell_the_order),
        cmocka_unit_test(test_boxes_are_of_the_full_picture),
    };
    return cmocka_run_group_tests(tests, make, give_back);
}

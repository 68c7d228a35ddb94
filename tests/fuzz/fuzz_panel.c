/* Any bytes as a caption, and as a picture with the panels that it asks for: labels are sound, boxes lie inside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "extract/panel_caption.h"
#include "extract/panel_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_caption(struct arena *arena, const char *text, size_t len)
{
    struct panel_caption c;
    if (!panel_caption_split(arena, text, len, &c))
        return;
    if (c.n_panels < 2 || c.n_panels > PANEL_MAX || !(c.confidence > 0 && c.confidence <= 1))
        abort();
    for (size_t i = 0; i < c.n_panels; i++)
        if (!*c.panels[i].label || strlen(c.panels[i].label) > PANEL_MAX_LABEL || !panel_caption_whole(arena, &c, i))
            abort();
}

/* Two bytes for width and number of panels; the rest, repeated, are pixels. */
static void check_split(struct arena *arena, const uint8_t *data, size_t size)
{
    if (size < 3)
        return;
    int width = 33 + data[0] % 96, height = 33 + data[1] / 2;
    size_t all = (size_t)width * (size_t)height;
    struct raster r = {width, height, 2 * width - 1, 2 * height - 1, 1, arena_array(arena, all, 1)};
    for (size_t i = 0; i < all; i++)
        r.pixels[i] = data[2 + i / 7 % (size - 2)];
    struct panel_rect letters[4] = {{1, 1, 6, 8},
                                    {width / 2, 1, width / 2 + 5, 8},
                                    {1, height / 2, 6, height / 2 + 8},
                                    {width / 2, height / 2, width / 2 + 5, height / 2 + 8}};
    struct panel_hints hints = {
        .first = data[1] & 1 ? 'A' : 'a', .letters = data[1] & 2 ? letters : NULL, .images = letters, .n_images = 2};
    struct panel_cut cut;
    size_t wanted = hints.letters ? 2 + data[0] % 3 : 2 + data[0] % 12;
    if (!panel_split(arena, &r, wanted, &hints, &cut))
        return;
    if (cut.n != wanted || !panel_method_name(cut.method) || !(cut.confidence > 0 && cut.confidence <= 1))
        abort();
    for (size_t i = 0; i < cut.n; i++) {
        const struct panel_rect *b = &cut.boxes[i];
        if (b->x0 < 0 || b->y0 < 0 || b->x0 >= b->x1 || b->y0 >= b->y1 || b->x1 > r.full_width || b->y1 > r.full_height)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    check_caption(&arena, (const char *)data, size);
    check_split(&arena, data, size);
    arena_release(&arena);
    return 0;
}

/* fuzz_pdf_layout.c: pages of lines and marks, out of any bytes, through layout, captions and matching.
 *
 * A record is ten bytes: page and kind, x0, y0, width, height or size (0.25 pt), font and flags, block, length; behind
 * a line's comes its text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "extract/pdf_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { PAGES = 6, RECORD = 10, FONTS = 4 };

struct input {
    const uint8_t *at, *end;
};

static double coordinate(const uint8_t *at)
{
    return (at[0] | at[1] << 8) % 1000 - 100;
}

static void add_line(struct pdf_doc *d, struct pdf_sheet *page, const uint8_t *record, struct input *in)
{
    size_t len = record[9];
    if (len > (size_t)(in->end - in->at))
        len = (size_t)(in->end - in->at);
    struct str clean = STR_INIT(4096);
    text_clean((const char *)in->at, len, &clean);
    in->at += len;
    if (clean.len) {
        double size = 0.25 + record[6] / 4.0, x = coordinate(record + 1), y = coordinate(record + 3);
        int font = record[7] % FONTS;
        struct pdf_line line = {.box = {x, y - 0.78 * size, x + 1 + 4.0 * record[5], y + 0.22 * size},
                                .text = arena_strndup(d->arena, clean.data, clean.len),
                                .len = clean.len,
                                .base = y,
                                .size = size,
                                .font = font,
                                .head_font = record[7] / FONTS % FONTS,
                                .head_size = size,
                                .bold = font == 1,
                                .head_bold = record[7] / FONTS % FONTS == 1,
                                .sideways = record[7] == 255,
                                .block = record[8],
                                .n_chars = (int)text_length(clean.data, clean.len)};
        ARENA_GROW(d->arena, page->lines, page->n_lines, page->cap_lines);
        page->lines[page->n_lines++] = line;
    }
    str_release(&clean);
}

static void add_mark(struct pdf_sheet *page, const uint8_t *record)
{
    double x = coordinate(record + 1), y = coordinate(record + 3);
    struct pdf_mark mark = {.box = {x, y, x + 0.1 + 3.0 * record[5], y + 0.1 + 3.0 * record[6]},
                            .kind = (enum mark_kind)(record[7] % 4),
                            .white = record[8] & 1,
                            .rect = record[8] & 2,
                            .upright = record[8] & 4,
                            .order = (int)page->n_marks,
                            .image = record[7] % 4 == MARK_IMAGE ? (int)page->n_marks : -1,
                            .width = 10 * record[9],
                            .height = 10 * record[9]};
    mark.whole = mark.box;
    MEM_GROW(page->marks, page->n_marks, page->cap_marks);
    page->marks[page->n_marks++] = mark;
}

static void check(const struct pdf_doc *d)
{
    for (size_t i = 0; i < d->n_captions; i++) {
        const struct pdf_caption *c = &d->captions[i];
        if (c->page < 0 || c->page >= d->n_pages || !c->n_lines || c->label.label_len > c->label.len ||
            (c->text && !text_is_utf8(c->text, strlen(c->text))) || c->continues >= (int)d->n_captions ||
            c->twin >= (int)d->n_captions || c->region_page >= d->n_pages)
            abort();
        for (size_t k = 0; k < c->n_lines; k++)
            if (c->lines[k] >= d->pages[c->page].n_lines)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    enum { MAX_RECORDS = 3000 };
    struct article a = ARTICLE_INIT;
    struct arena arena = ARENA_INIT;
    struct pdf_font fonts[FONTS] = {
        {"Body", false, false}, {"Bold", true, false}, {"Italic", false, true}, {"Other", 0, 0}};
    struct pdf_doc d = {.article = &a, .arena = &arena, .n_pages = PAGES, .fonts = fonts, .n_fonts = FONTS};
    d.pages = arena_array(&arena, PAGES, sizeof *d.pages);
    for (int p = 0; p < PAGES; p++)
        d.pages[p] =
            (struct pdf_sheet){.number = p, .ctm = fz_identity, .back = fz_identity, .width = 600, .height = 800};
    struct input in = {bytes, bytes + len};
    for (int n = 0; n < MAX_RECORDS && in.end - in.at >= RECORD; n++) {
        const uint8_t *record = in.at;
        struct pdf_sheet *page = &d.pages[record[0] % PAGES];
        in.at += RECORD;
        if (record[0] / PAGES % 3)
            add_line(&d, page, record, &in);
        else
            add_mark(page, record);
    }
    pdf_layout(&d);
    pdf_find_captions(&d);
    pdf_match(&d);
    check(&d);
    for (int p = 0; p < PAGES; p++)
        free(d.pages[p].marks);
    article_release(&a);
    arena_release(&arena);
    return 0;
}

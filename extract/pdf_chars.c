#include "extract/pdf_chars.h"

#include <float.h>
#include <math.h>
#include <mupdf/ucdn.h>
#include <stdlib.h>

#include "base/mem.h"

/* In sizes of the font; see the header. */
static const float space_from = 0.15f, run_from = 0.8f, off_line = 0.8f, off_block = 1.5f, indent = 0.5f;

/* What the characters of a span have in common. */
struct span {
    int font;
    unsigned colour;
    float size;
    bool vertical;
    fz_point step;       /* of an advance of 1 */
    fz_point along;      /* the same, of length 1 */
    fz_point rise, fall; /* from the baseline to the ascender and descender */
};

void pdf_chars_clear(fz_context *ctx, struct pdf_chars *chars)
{
    for (size_t i = 0; i < chars->n_fonts; i++)
        fz_drop_font(ctx, chars->fonts[i]);
    fz_drop_text(ctx, chars->last_text);
    *chars = (struct pdf_chars){
        .chars = chars->chars,
        .cap = chars->cap,
        .runs = chars->runs,
        .cap_runs = chars->cap_runs,
        .fonts = chars->fonts,
        .cap_fonts = chars->cap_fonts,
        .least_size = FLT_MAX,
        .last = ' ',
        .direction = 1,
    };
}

void pdf_chars_release(fz_context *ctx, struct pdf_chars *chars)
{
    pdf_chars_clear(ctx, chars);
    free(chars->chars);
    free(chars->runs);
    free(chars->fonts);
    *chars = (struct pdf_chars){0};
}

static int find_font(fz_context *ctx, struct pdf_chars *chars, fz_font *font)
{
    for (size_t i = chars->n_fonts; i-- > 0;)
        if (chars->fonts[i] == font)
            return (int)i;
    MEM_GROW(chars->fonts, chars->n_fonts, chars->cap_fonts);
    chars->fonts[chars->n_fonts++] = fz_keep_font(ctx, font);
    return (int)chars->n_fonts - 1;
}

static struct span measure_span(fz_context *ctx, struct pdf_chars *chars, const fz_text_span *text, fz_matrix ctm,
                                unsigned colour)
{
    fz_matrix trm = fz_concat(text->trm, ctm);
    struct span s = {.font = find_font(ctx, chars, text->font), .colour = colour, .vertical = text->wmode};
    s.size = fz_matrix_expansion(trm);
    s.step = fz_transform_vector(s.vertical ? fz_make_point(0, -1) : fz_make_point(1, 0), trm);
    s.along = fz_normalize_vector(s.step);
    if (s.vertical)
        s.rise = fz_transform_vector(fz_make_point(1, 0), trm);
    else {
        s.rise = fz_transform_vector(fz_make_point(0, fz_font_ascender(ctx, text->font)), trm);
        s.fall = fz_transform_vector(fz_make_point(0, fz_font_descender(ctx, text->font)), trm);
    }
    return s;
}

/* The direction behind a character, given the one before it. */
static int turn(int c, int direction)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 1 : direction;
    switch (ucdn_get_bidi_class((uint32_t)c)) {
    case UCDN_BIDI_CLASS_L:
        return 1;
    case UCDN_BIDI_CLASS_R:
    case UCDN_BIDI_CLASS_AL:
        return -1;
    case UCDN_BIDI_CLASS_EN:
    case UCDN_BIDI_CLASS_ES:
    case UCDN_BIDI_CLASS_ET:
    case UCDN_BIDI_CLASS_AN:
    case UCDN_BIDI_CLASS_CS:
    case UCDN_BIDI_CLASS_NSM:
    case UCDN_BIDI_CLASS_BN:
    case UCDN_BIDI_CLASS_B:
    case UCDN_BIDI_CLASS_S:
    case UCDN_BIDI_CLASS_WS:
    case UCDN_BIDI_CLASS_ON:
        return direction;
    default: /* embeddings, overrides and isolates */
        return 0;
    }
}

static inline float least(float a, float b)
{
    return a < b ? a : b;
}

static inline float most(float a, float b)
{
    return a > b ? a : b;
}

/* A character from `p` to `q`, at the end of the last run. */
static void append(struct pdf_chars *chars, const struct span *s, int c, fz_point p, fz_point q)
{
    if (chars->n >= PDF_MAX_CHARS)
        return;
    MEM_GROW(chars->chars, chars->n, chars->cap);
    struct pdf_char *new = &chars->chars[chars->n++];
    new->c = c;
    new->colour = s->colour;
    new->origin = p;
    new->box.x0 = least(p.x, q.x) + least(s->rise.x, s->fall.x);
    new->box.y0 = least(p.y, q.y) + least(s->rise.y, s->fall.y);
    new->box.x1 = most(p.x, q.x) + most(s->rise.x, s->fall.x);
    new->box.y1 = most(p.y, q.y) + most(s->rise.y, s->fall.y);
    new->size = s->size;
    new->font = s->font;
    chars->runs[chars->n_runs - 1].n++;
}

enum joint { JOINT_DROP, JOINT_NONE, JOINT_SPACE, JOINT_RUN, JOINT_BLOCK };

/* How a character from `p` to `q` goes on with the last run. */
static enum joint find_joint(const struct pdf_chars *chars, const struct span *s, int c, fz_point p, fz_point q)
{
    const struct pdf_run *run = chars->n_runs ? &chars->runs[chars->n_runs - 1] : NULL;
    if (!run || run->vertical != s->vertical || s->along.x * run->along.x + s->along.y * run->along.y < 0.999f)
        return JOINT_BLOCK;
    if (c == chars->last && fabsf(q.x - chars->pen.x) < FLT_EPSILON && fabsf(q.y - chars->pen.y) < FLT_EPSILON)
        return JOINT_DROP;
    float dx = p.x - chars->pen.x, dy = p.y - chars->pen.y;
    float along = s->along.x * dx + s->along.y * dy, off = fabsf(-s->along.y * dx + s->along.x * dy);
    if (off < s->size * off_line) {
        if (chars->direction < 0 || fabsf(along) < s->size * space_from)
            return JOINT_NONE;
        if (fabsf(along) > s->size * run_from)
            return JOINT_RUN;
        return along < 0 || chars->last == ' ' || s->vertical ? JOINT_NONE : JOINT_SPACE;
    }
    if (off <= s->size * off_block) {
        bool moved = fabsf(p.x - chars->start.x) > s->size * indent;
        return moved && chars->begins && !s->vertical ? JOINT_BLOCK : JOINT_RUN;
    }
    return JOINT_BLOCK;
}

static void begin_run(struct pdf_chars *chars, const struct span *s, enum joint joint, fz_point start)
{
    int block = chars->n_runs ? chars->runs[chars->n_runs - 1].block + (joint == JOINT_BLOCK) : 0;
    MEM_GROW(chars->runs, chars->n_runs, chars->cap_runs);
    chars->runs[chars->n_runs++] =
        (struct pdf_run){.first = chars->n, .along = s->along, .vertical = s->vertical, .block = block};
    chars->start = start;
}

static void add_char(struct pdf_chars *chars, const struct span *s, int c, fz_point at, float advance)
{
    fz_point p = at, q = at;
    chars->direction = turn(c, chars->direction);
    if (s->vertical)
        p = fz_make_point(at.x - advance * s->step.x, at.y - advance * s->step.y);
    else
        q = fz_make_point(at.x + advance * s->step.x, at.y + advance * s->step.y);
    enum joint joint = find_joint(chars, s, c, p, q);
    if (joint == JOINT_DROP)
        return;
    if (joint >= JOINT_RUN && chars->n < PDF_MAX_CHARS)
        begin_run(chars, s, joint, p);
    if (joint == JOINT_SPACE)
        append(chars, s, ' ', chars->pen, p);
    append(chars, s, c, p, q);
    chars->last = c;
    chars->pen = q;
    chars->begins = false;
}

/* A further letter of the glyph before it. */
static void add_letter(struct pdf_chars *chars, const struct span *s, int c, fz_point at)
{
    if (!chars->n_runs) {
        add_char(chars, s, c, at, 0);
        return;
    }
    chars->direction = turn(c, chars->direction);
    append(chars, s, c, chars->pen, chars->pen);
    chars->last = c;
}

/* The letters of a ligature, or NULL. */
static const char *letters(int c)
{
    static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    enum { FF = 0xFB00, ST = 0xFB06 };
    return c >= FF && c <= ST ? ligatures[c - FF] : NULL;
}

static int blank_or(int c)
{
    switch (c) {
    case '\t':
    case 0xA0:
    case 0x1680:
    case 0x180E:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return ' ';
    default:
        return c >= 0x2000 && c <= 0x200A ? ' ' : c;
    }
}

static void add_span(fz_context *ctx, struct pdf_chars *chars, const fz_text_span *text, fz_matrix ctm, unsigned colour)
{
    if (!text->len)
        return;
    struct span s = measure_span(ctx, chars, text, ctm, colour);
    chars->least_size = least(chars->least_size, s.size);
    for (int i = 0; i < text->len; i++) {
        const fz_text_item *item = &text->items[i];
        int c = item->ucs;
        if (c == -1) /* the letter of an earlier glyph */
            continue;
        const char *more = letters(c);
        fz_point at = fz_transform_point_xy(item->x, item->y, ctm);
        c = more ? *more++ : blank_or(c);
        if (item->gid >= 0)
            add_char(chars, &s, c, at, fz_advance_glyph(ctx, text->font, item->gid, s.vertical));
        else
            add_letter(chars, &s, c, at);
        while (more && *more)
            add_letter(chars, &s, *more++, at);
    }
}

void pdf_chars_add(fz_context *ctx, struct pdf_chars *chars, const fz_text *text, fz_matrix ctm, unsigned colour)
{
    if (text == chars->last_text)
        return;
    chars->begins = true;
    for (const fz_text_span *span = text->head; span; span = span->next)
        add_span(ctx, chars, span, ctm, colour);
    fz_drop_text(ctx, chars->last_text);
    chars->last_text = fz_keep_text(ctx, text);
}

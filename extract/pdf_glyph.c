#include "extract/pdf_glyph.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include "base/mem.h"

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
    if (!face || !name || taken || !FT_HAS_GLYPH_NAMES(face) || face->num_glyphs < 1 ||
        face->num_glyphs > UINT16_MAX || strlen(name) >= MAX_NAME - 1)
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

static const char squares; /* its address is the mark */

void pdf_glyph_boxes(fz_context *ctx, enum pdf_glyph_boxes boxes)
{
    fz_set_user_context(ctx, boxes == PDF_GLYPH_SQUARES ? (void *)&squares : NULL);
}

fz_rect __wrap_fz_bound_glyph(fz_context *ctx, fz_font *font, int glyph, fz_matrix trm)
{
    if (fz_user_context(ctx) != &squares || fz_font_t3_procs(ctx, font))
        return __real_fz_bound_glyph(ctx, font, glyph, trm);
    return fz_transform_rect(fz_make_rect(0, -0.25f, 1, 1), trm);
}

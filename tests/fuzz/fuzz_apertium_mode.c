/* fuzz_apertium_mode.c: feeds bytes to the reader of Apertium's modes and of their names, and to both directions of the
 * stream format. What comes out must keep to the header's bounds, and a text must come back from its escaped form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "translate/apertium_mode.h"
#include "translate/apertium_pipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_mode(const char *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct apertium_mode mode;
    if (apertium_mode_parse(bytes, len, "a.mode", &arena, &mode, NULL)) {
        if (mode.n < 1 || mode.n > APERTIUM_MODE_STAGES)
            abort();
        for (size_t i = 0; i < mode.n; i++) {
            const struct apertium_stage *s = &mode.stages[i];
            if (s->argc < 2 || s->argc > APERTIUM_MODE_WORDS + 1 || s->argv[s->argc] || !s->argv[0][0] ||
                strcmp(s->argv[1], "-z") != 0)
                abort();
        }
    }
    arena_release(&arena);
}

static void read_name(const char *name)
{
    struct apertium_pair p;
    if (apertium_pair_parse(name, &p) && !apertium_pair_fit(&p, p.source, p.target))
        abort();
}

static void escape(const char *text)
{
    struct str clean = STR_INIT(SIZE_MAX), stream = STR_INIT(SIZE_MAX), back = STR_INIT(SIZE_MAX);
    text_clean(text, strlen(text), &clean);
    apertium_escape(clean.data, &stream);
    apertium_unescape(stream.data, stream.len, &back);
    if (strcmp(clean.data, back.data) != 0)
        abort();
    str_release(&clean);
    str_release(&stream);
    str_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = mem_new(len + 1);
    memcpy(text, bytes, len);
    read_mode((const char *)bytes, len);
    read_name(text);
    escape(text);
    free(text);
    return 0;
}

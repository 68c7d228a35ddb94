/* fold.c: see fold.h. */
#include "pairs/fold.h"

#include <string.h>

#include "base/text.h"

static bool is_character(int c)
{
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

bool fold_is_character(const char *at)
{
    size_t from = 0;
    return (unsigned char)*at >= 0xE3 && is_character(text_next(at, strnlen(at, 4), &from));
}

void fold_words(const char *text, size_t len, struct str *out)
{
    struct str folded = STR_INIT(out->max);
    text_fold_words(text, len, &folded);
    str_add_char(out, ' ');
    for (size_t at = 0; at < folded.len;) {
        size_t from = at;
        int c = text_next(folded.data, folded.len, &at);
        bool spaced = out->data[out->len - 1] == ' ';
        if (is_character(c)) {
            str_add(out, spaced ? "" : " ");
            str_add_bytes(out, folded.data + from, at - from);
            str_add_char(out, ' ');
        } else if (c != ' ' || !spaced) {
            str_add_bytes(out, folded.data + from, at - from);
        }
    }
    if (out->len > 1 && out->data[out->len - 1] != ' ')
        str_add_char(out, ' ');
    str_release(&folded);
}

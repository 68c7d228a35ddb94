/* protect_scan.c: decoding, and what all parts of the scanner ask; see protect_scan.h. */
#include "translate/protect_scan.h"

#include <string.h>

enum { SLACK = 8 /* zeros behind the end, so that looking ahead needs no bounds */ };

static int fold(int c)
{
    if (c < 0x80)
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFEE0;
    if (c == 0x2010 || c == 0x2011)
        return '-';
    int digit = text_digit_value(c);
    return digit >= 0 ? '0' + digit : c;
}

static bool is_super(int c)
{
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x208E);
}

/* Han, kana, Hangul, Thai, Lao, Khmer. */
static bool is_ideograph(int c)
{
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1780 && c <= 0x17FF) || (c >= 0x20000 && c <= 0x3FFFF) ||
           (c >= 0x1100 && c <= 0x11FF) || (c >= 0xFF66 && c <= 0xFFDC);
}

static enum scan_class class_of(int c)
{
    if (c >= '0' && c <= '9')
        return SCAN_DIGIT;
    if (c < 0x80)
        return (c | 32) >= 'a' && (c | 32) <= 'z' ? SCAN_LETTER
               : c == ' ' || (c >= 9 && c <= 13)  ? SCAN_BLANK
                                                  : SCAN_OTHER;
    if (is_super(c))
        return SCAN_SUPER;
    if (is_ideograph(c))
        return text_is_letter(c) ? SCAN_IDEOGRAPH : c == 0x3000 ? SCAN_BLANK : SCAN_OTHER;
    if (text_is_letter(c))
        return SCAN_LETTER;
    /* Combining marks belong to the letter in front of them. */
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x900 && c <= 0xDFF) || (c >= 0x610 && c <= 0x6ED))
        return SCAN_LETTER;
    return text_is_space(c) ? SCAN_BLANK : SCAN_OTHER;
}

void scan_init(struct scan *s, const char *text, size_t len, const char *language, struct arena *arena)
{
    int *c = arena_array(arena, len + SLACK, sizeof *c);
    uint8_t *kind = arena_array(arena, len + SLACK, sizeof *kind);
    uint32_t *at = arena_array(arena, len + SLACK, sizeof *at);
    size_t n = 0;
    for (size_t offset = 0; offset < len; n++) {
        at[n] = (uint32_t)offset;
        c[n] = fold(text_next(text, len, &offset));
        kind[n] = (uint8_t)class_of(c[n]);
    }
    at[n] = (uint32_t)len;
    *s = (struct scan){.text = text, .language = language, .n = n, .c = c, .kind = kind, .at = at};
}

bool scan_word(const struct scan *s, size_t i)
{
    return s->kind[i] == SCAN_LETTER || s->kind[i] == SCAN_DIGIT || s->kind[i] == SCAN_SUPER;
}

size_t scan_skip_blank(const struct scan *s, size_t i)
{
    for (int k = 0; k < 2 && s->kind[i] == SCAN_BLANK; k++)
        i++;
    return i;
}

bool scan_match(const struct scan *s, size_t i, const char *literal, size_t *end)
{
    unsigned char first = (unsigned char)literal[0];
    /* Most fail at their first character: that must cost nothing. */
    if (first < 0x80 ? s->c[i] != first : s->c[i] < 0x80)
        return false;
    size_t len = strlen(literal);
    for (size_t at = 0; at < len; i++)
        if (s->c[i] != text_next(literal, len, &at))
            return false;
    *end = i;
    return true;
}

bool scan_language_in(const char *language, const char *list)
{
    size_t n = strcspn(language, "-");
    for (const char *p = list; *p; p += strspn(p, " ")) {
        size_t word = strcspn(p, " ");
        if (word == n && strncmp(p, language, n) == 0)
            return true;
        p += word;
    }
    return false;
}

/* check_labels.c: the labels of panels, see check_rules.h. */
#include "translate/check_rules.h"

#include <string.h>

enum {
    FULL_WIDTH = 0xFEE0, /* from an ASCII character to its full-width form */
    FIRST_LABELS = 15,   /* bits of A to D */
    MOST_INSIDE = 24     /* characters between brackets that may be a list of labels */
};

/* Bit i for the i-th letter. Labels in Cyrillic letters become Latin ones in one way or another: they are counted. */
struct labels {
    unsigned bracketed; /* "(A)", "(a, b)", "(A-C)" */
    unsigned capitals;  /* those of them that are capitals */
    unsigned open;      /* "A)" and "A:" */
    unsigned letters;   /* capital letters that stand alone, as a label or not */
    unsigned cyrillic;
};

static int plain(int c)
{
    return c > FULL_WIDTH && c <= FULL_WIDTH + '~' ? c - FULL_WIDTH : c;
}

static int latin_index(int c)
{
    int letter = c | 0x20;
    return c < 0x80 && letter >= 'a' && letter <= 'z' ? letter - 'a' : -1;
}

static int cyrillic_index(int c)
{
    return c >= 0x410 && c < 0x430 ? c - 0x410 : c >= 0x430 && c < 0x450 ? c - 0x430 : -1;
}

static bool joins(int c)
{
    return c == ',' || c == ';' || c == '-' || c == '/' || c == '&' || c == '+' || (c >= 0x2010 && c <= 0x2015) ||
           c == 0x3001 || c == 0x2212 || text_is_space(c);
}

/* The words of a bracket: all of them single letters or conjunctions between two, else it is none. A conjunction that
 * could be a label ("e") is one only where it is first or last. */
static bool read_list(const char *text, size_t len, struct labels *out)
{
    unsigned latin = 0, capitals = 0, cyrillic = 0;
    bool first = true;
    for (size_t at = 0; at < len;) {
        size_t next = at;
        int c = plain(text_next(text, len, &next));
        if (joins(c)) {
            at = next;
            continue;
        }
        size_t end = next, letters = 1;
        for (size_t peek = next; peek < len; end = peek, letters++)
            if (joins(plain(text_next(text, len, &peek))))
                break;
            else
                next = peek;
        end = next;
        bool last = end >= len;
        bool between = !first && !last && check_word_joins(text + at, end - at);
        if (!between && (letters > 1 || (latin_index(c) < 0 && cyrillic_index(c) < 0)))
            return false;
        if (!between && latin_index(c) >= 0) {
            latin |= 1u << latin_index(c);
            capitals |= c < 'a' ? 1u << latin_index(c) : 0;
        }
        if (!between && latin_index(c) < 0)
            cyrillic |= 1u << cyrillic_index(c);
        first = false;
        at = end;
    }
    out->bracketed |= latin;
    out->capitals |= capitals;
    out->cyrillic |= cyrillic;
    return true;
}

/* The bytes up to the bracket that closes, or 0. */
static size_t inside(const char *text, size_t len)
{
    size_t at = 0;
    for (int n = 0; n < MOST_INSIDE; n++) {
        size_t before = at;
        int c = plain(text_next(text, len, &at));
        if (c < 0 || c == '(')
            return 0;
        if (c == ')')
            return before;
    }
    return 0;
}

/* What stands outside of brackets: letters by themselves, and those that a bracket or a colon marks. */
static void read_letter(int before, int c, int after, bool begins, struct labels *out)
{
    int index = latin_index(c);
    if (index < 0 || text_is_letter(before) || text_is_letter(after) || text_digit_value(before) >= 0 ||
        before == '\'' || before == 0x2019)
        return;
    if (c >= 'A' && c <= 'Z')
        out->letters |= 1u << index;
    bool spaced = begins || text_is_space(before);
    if (spaced && (after == ')' || (begins && (after == ':' || after == '.') && c <= 'Z')))
        out->open |= 1u << index;
}

static void labels_of(const char *text, struct labels *out)
{
    size_t len = strlen(text), at = 0;
    int before = ' ', c = plain(text_next(text, len, &at));
    bool begins = true;
    *out = (struct labels){0};
    while (c >= 0) {
        size_t next = at;
        size_t n = c == '(' ? inside(text + at, len - at) : 0;
        /* "height (m)2" */
        bool powered = n && text[at + n] == ')' && text[at + n + 1] >= '0' && text[at + n + 1] <= '9';
        if (n && !powered && read_list(text + at, n, out)) {
            at += n;
            c = ' ';
            continue;
        }
        int after = plain(text_next(text, len, &next));
        read_letter(before, c, after, begins, out);
        if (!text_is_space(c))
            begins = c == '.' || c == ';' || c == 0x3002;
        before = c;
        c = after;
        at = next;
    }
}

/* Letters by themselves may be symbols, "(n)", "(m)", "(E)": they are labels where the row begins with A, or nearly. */
static void drop_symbols(struct labels *l, unsigned capitals)
{
    if (!(l->bracketed & 1))
        l->bracketed &= capitals & FIRST_LABELS;
}

const char *check_labels(const char *source, const char *text, struct arena *arena)
{
    struct labels in, out;
    labels_of(source, &in);
    labels_of(text, &out);
    drop_symbols(&in, in.capitals);
    drop_symbols(&out, out.capitals);
    unsigned missing = in.bracketed & ~(out.bracketed | out.open);
    if (!missing)
        missing = in.open & ~(out.bracketed | out.open | out.letters);
    unsigned added = in.cyrillic ? 0 : out.bracketed & ~(in.bracketed | in.open | in.letters);
    if (missing || added)
        return arena_printf(arena, "label (%c) %s", 'A' + __builtin_ctz(missing ? missing : added),
                            missing ? "missing" : "not in the source");
    int wanted = __builtin_popcount(in.cyrillic | 0),
        got = __builtin_popcount(out.cyrillic) + __builtin_popcount(out.bracketed);
    if (in.cyrillic && got < wanted + __builtin_popcount(in.bracketed))
        return arena_printf(arena, "%d labels of panels missing", wanted + __builtin_popcount(in.bracketed) - got);
    return NULL;
}

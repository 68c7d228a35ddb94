/* protect_name.c: names that no language translates (IL-6, TGF-β1, p53, H2O, 18F-FDG), citations and addresses; see
 * protect_scan.h. */
#include "translate/protect_scan.h"

#include <string.h>

enum { MOST_CITED = 60 /* code points of one bracketed citation */, LONG_NAME = 6, MOST_SEGMENTS = 32 };

static bool is_latin(int c)
{
    return c < 0x250 && c != 0xAA && c != 0xBA && c != 0xB5;
}

static bool is_greek(int c)
{
    return (c >= 0x370 && c <= 0x3FF) || c == 0xB5;
}

static bool is_upper(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

/* What a name is made of, between its hyphens and strokes. */
enum segment {
    SEGMENT_WORD,    /* nothing of a name */
    SEGMENT_DIGITS,  /* of one only beside an acronym */
    SEGMENT_ACRONYM, /* of one only beside digits: ADN, IC and TC are translated */
    SEGMENT_STRONG,  /* p53, CD4, H2O, α, κB */
};

struct counts {
    size_t latin, upper, lower_run, greek, digits, other, n;
    bool digits_first;
};

static struct counts count(const struct scan *s, size_t from, size_t to)
{
    struct counts k = {.n = to - from, .digits_first = s->kind[from] == SCAN_DIGIT};
    size_t run = 0;
    for (size_t i = from; i < to; i++) {
        int c = s->c[i];
        bool lower = false;
        if (s->kind[i] == SCAN_DIGIT || s->kind[i] == SCAN_SUPER) {
            k.digits++;
        } else if (is_greek(c)) {
            k.greek++;
        } else if (is_latin(c)) {
            k.latin++;
            k.upper += is_upper(c);
            lower = !is_upper(c);
        } else {
            k.other++;
        }
        run = lower ? run + 1 : 0;
        k.lower_run = run > k.lower_run ? run : k.lower_run;
    }
    return k;
}

/* "2nd", "1er", "5ème", "2e": words, in spite of the digit. */
static bool is_ordinal(const struct scan *s, size_t from, size_t to)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "er", "re", "e", "ère", "ème", "eme", "nde",
                                          "de", "o",  "a",  "os", "as", "te", "º", "ª",   "s",   "ter", "ten"};
    while (s->kind[from] == SCAN_DIGIT)
        from++;
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
        size_t end;
        if (scan_match(s, from, endings[k], &end) && end == to)
            return true;
    }
    return false;
}

/* "Fig2", and what each language abbreviates for itself: IC95 (CI in English), CE50 (EC50), DL50 (LD50). */
static bool is_translated(const struct scan *s, size_t from)
{
    static const char *const words[] = {"Fig", "fig", "Tab", "Abb", "IC9", "CE5", "CI5", "CI9", "DL5", "CL5", "KI9"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (scan_match(s, from, words[k], &(size_t){0}))
            return true;
    return false;
}

static enum segment segment_of(const struct scan *s, size_t from, size_t to)
{
    struct counts k = count(s, from, to);
    if (k.other || (k.greek && scan_language_in(s->language, "el")))
        return SEGMENT_WORD;
    if (k.digits == k.n)
        return SEGMENT_DIGITS;
    if (k.greek)
        return k.greek <= 2 && k.lower_run < 4 ? SEGMENT_STRONG : SEGMENT_WORD;
    if (k.digits) {
        if (k.lower_run > 3 || k.latin > LONG_NAME || (k.digits_first && is_ordinal(s, from, to)) ||
            is_translated(s, from))
            return SEGMENT_WORD;
        return k.upper || k.latin <= 2 ? SEGMENT_STRONG : SEGMENT_WORD;
    }
    bool acronym = k.n <= LONG_NAME && (k.upper == k.n || (k.upper >= 1 && k.n <= 3) || k.upper >= 2);
    return acronym ? SEGMENT_ACRONYM : SEGMENT_WORD;
}

static bool is_connector(const struct scan *s, size_t i)
{
    int c = s->c[i];
    return (c == '-' || c == '/' || c == '_' || c == '+') && scan_word(s, i + 1);
}

struct segments {
    size_t from[MOST_SEGMENTS], to[MOST_SEGMENTS], n;
    enum segment kind[MOST_SEGMENTS];
};

static size_t cut(const struct scan *s, size_t i, struct segments *out)
{
    out->n = 0;
    for (size_t from = i;; from = i + 1) {
        for (i = from; scan_word(s, i);)
            i++;
        if (out->n < MOST_SEGMENTS) {
            out->from[out->n] = from;
            out->to[out->n] = i;
            out->kind[out->n++] = segment_of(s, from, i);
        }
        if (!is_connector(s, i))
            return i;
    }
}

/* "IL-6", "HT-29", "5-FU": an acronym and digits make a name of each other. */
static bool is_pair(const struct scan *s, const struct segments *g, size_t k)
{
    if (k + 1 >= g->n || s->c[g->to[k]] != '-')
        return false;
    return (g->kind[k] == SEGMENT_ACRONYM && g->kind[k + 1] == SEGMENT_DIGITS) ||
           (g->kind[k] == SEGMENT_DIGITS && g->kind[k + 1] == SEGMENT_ACRONYM);
}

/* A name's fraction ("pH7,4") would be torn off: such a word is left alone. */
static bool goes_on(const struct scan *s, size_t end)
{
    return (s->c[end] == '.' || s->c[end] == ',') && s->kind[end + 1] == SCAN_DIGIT;
}

size_t name_span(const struct scan *s, size_t i, size_t *start, size_t *run)
{
    struct segments g;
    *run = cut(s, i, &g);
    for (size_t first = 0; first < g.n; first++) {
        bool strong = false;
        size_t last = first;
        for (; last < g.n && g.kind[last] != SEGMENT_WORD; last++)
            strong = strong || g.kind[last] == SEGMENT_STRONG || is_pair(s, &g, last);
        if (strong) {
            size_t end = g.to[last - 1];
            *start = g.from[first];
            if (s->c[end] == '+' && !scan_word(s, end + 1) && s->kind[end - 1] != SCAN_LETTER)
                end++;
            return goes_on(s, end) ? 0 : end;
        }
        first = last;
    }
    return 0;
}

/* "[12]", "[3-5]", "[12, 13]". Numbers that start with 0 or have more than three digits are no references. */
static size_t bracketed(const struct scan *s, size_t i)
{
    if (s->c[i] != '[' || (i && scan_word(s, i - 1)))
        return 0;
    bool any = false;
    for (size_t at = i + 1; at < i + MOST_CITED && at < s->n; at++) {
        int c = s->c[at];
        if (c == ']')
            return any ? at + 1 : 0;
        if (s->kind[at] == SCAN_DIGIT) {
            size_t from = at;
            while (s->kind[at + 1] == SCAN_DIGIT)
                at++;
            if (s->c[from] == '0' || at - from >= 3)
                return 0;
            any = true;
        } else if (s->kind[at] != SCAN_BLANK && c != ',' && c != ';' && c != '-' && c != 0x2013) {
            return 0;
        }
    }
    return 0;
}

/* ", 2000", " (2000b)" behind "et al."; its own bracket included. */
static size_t year(const struct scan *s, size_t i)
{
    size_t at = s->c[i] == ',' ? i + 1 : i;
    at = scan_skip_blank(s, at);
    bool open = s->c[at] == '(' || s->c[at] == '[';
    at += open;
    if (!scan_match(s, at, "19", &(size_t){0}) && !scan_match(s, at, "20", &(size_t){0}))
        return i;
    for (int k = 0; k < 4; k++)
        if (s->kind[at++] != SCAN_DIGIT)
            return i;
    if (s->c[at] >= 'a' && s->c[at] <= 'h')
        at++;
    if (scan_word(s, at))
        return i;
    return open && (s->c[at] == ')' || s->c[at] == ']') ? at + 1 : open ? i : at;
}

/* "Seegenschmiedt et al. (2000)". "y cols." and "и соавт." are words: they are translated. */
static size_t authors(const struct scan *s, size_t i)
{
    size_t at = i;
    if (!is_upper(s->c[at]))
        return 0;
    while (s->kind[at] == SCAN_LETTER || (s->c[at] == '-' && s->kind[at + 1] == SCAN_LETTER))
        at++;
    if (s->c[at] == ',')
        at++;
    if (!scan_match(s, scan_skip_blank(s, at), "et al", &at) || s->kind[at] == SCAN_LETTER)
        return 0;
    if (s->c[at] == '.')
        at++;
    return year(s, at);
}

/* An address ends at a blank or at a letter that no address has; the sentence's punctuation is not its own. */
static size_t until_blank(const struct scan *s, size_t i)
{
    size_t end = i, open = 0;
    for (; s->c[end] > ' ' && s->kind[end] != SCAN_BLANK && s->c[end] < 0x250; end++) {
        if (s->c[end] == ')' && open == 0)
            break;
        open += s->c[end] == '(' ? 1 : 0;
        open -= s->c[end] == ')' ? 1 : 0;
    }
    while (end > i && s->c[end - 1] < 0x80 && strchr(".,;:!?\"'", s->c[end - 1]))
        end--;
    return end;
}

static size_t doi(const struct scan *s, size_t i)
{
    size_t at;
    if (!scan_match(s, i, "10.", &at))
        return 0;
    size_t from = at;
    while (s->kind[at] == SCAN_DIGIT)
        at++;
    return at - from >= 4 && at - from <= 9 && s->c[at] == '/' && s->c[at + 1] > ' ' ? until_blank(s, at + 1) : 0;
}

static bool is_mailbox(const struct scan *s, size_t i)
{
    int c = s->c[i];
    return c < 0x80 && (scan_word(s, i) || c == '.' || c == '_' || c == '-' || c == '+');
}

static size_t mail(const struct scan *s, size_t i)
{
    size_t at = i, dot = 0;
    while (at < i + MOST_CITED && is_mailbox(s, at))
        at++;
    if (s->c[at] != '@' || !is_mailbox(s, at + 1))
        return 0;
    for (at++; is_mailbox(s, at); at++)
        dot = s->c[at] == '.' && scan_word(s, at + 1) ? at : dot;
    while (!scan_word(s, at - 1))
        at--;
    return dot ? at : 0;
}

static size_t address(const struct scan *s, size_t i)
{
    static const char *const starts[] = {"http://", "https://", "ftp://", "www.", "doi:", "DOI:", "doi.org/"};
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
        size_t at;
        if (scan_match(s, i, starts[k], &at)) {
            at = scan_skip_blank(s, at);
            size_t end = until_blank(s, at);
            return end > at ? end : 0;
        }
    }
    size_t end = doi(s, i);
    return end ? end : mail(s, i);
}

size_t citation_span(const struct scan *s, size_t i)
{
    if (s->c[i] == '[')
        return bracketed(s, i);
    size_t end = s->kind[i] == SCAN_LETTER || s->kind[i] == SCAN_DIGIT ? address(s, i) : 0;
    return end || s->kind[i] != SCAN_LETTER ? end : authors(s, i);
}

/* import_xml.c: see import_xml.h. */
#include "ingest/import_xml.h"

#include <stdint.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-.:", c)) ||
           (unsigned char)c >= 128;
}

/* Bytes a character takes in UTF-16 and UTF-32, and where its low byte stands; 1 for all else. */
static size_t unit_of(const unsigned char *b, size_t len, size_t *low, size_t *mark)
{
    static const struct {
        unsigned char start[4];
        size_t len, unit, low, mark;
    } starts[] = {
        {{0xff, 0xfe, 0, 0}, 4, 4, 0, 4}, {{0, 0, 0xfe, 0xff}, 4, 4, 3, 4}, {{'<', 0, 0, 0}, 4, 4, 0, 0},
        {{0, 0, 0, '<'}, 4, 4, 3, 0},     {{0xff, 0xfe}, 2, 2, 0, 2},       {{0xfe, 0xff}, 2, 2, 1, 2},
        {{'<', 0}, 2, 2, 0, 0},           {{0, '<'}, 2, 2, 1, 0},           {{0xef, 0xbb, 0xbf}, 3, 1, 0, 3},
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (len >= starts[i].len && memcmp(b, starts[i].start, starts[i].len) == 0) {
            *low = starts[i].low;
            *mark = starts[i].mark;
            return starts[i].unit;
        }
    *low = *mark = 0;
    return 1;
}

void xml_text(const unsigned char *bytes, size_t len, struct arena *arena, const char **text, size_t *text_len)
{
    size_t low, mark, unit = unit_of(bytes, len, &low, &mark);
    bytes += mark;
    len -= mark;
    *text = (const char *)bytes;
    *text_len = len;
    if (unit == 1)
        return;
    size_t n = len / unit;
    char *out = arena_array(arena, n + 1, 1);
    for (size_t i = 0; i < n; i++) {
        const unsigned char *c = bytes + i * unit;
        bool ascii = c[low] < 128;
        for (size_t k = 0; k < unit; k++)
            ascii = ascii && (k == low || c[k] == 0);
        out[i] = ascii ? (char)c[low] : '?';
    }
    *text = out;
    *text_len = n;
}

static bool starts(const struct xml_scan *s, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(s->end - s->at) >= len && memcmp(s->at, text, len) == 0;
}

/* Moves behind the next `text`; to the end when there is none. */
static bool skip_past(struct xml_scan *s, const char *text)
{
    const char *p = memmem(s->at, (size_t)(s->end - s->at), text, strlen(text));
    s->at = p ? p + strlen(text) : s->end;
    return p != NULL;
}

/* Moves behind the '>' that ends a tag, past quoted values. */
static bool skip_tag(struct xml_scan *s)
{
    char quote = 0;
    for (; s->at < s->end; s->at++) {
        char c = *s->at;
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>') {
            s->at++;
            return true;
        }
    }
    return false;
}

/* Moves behind a document type, past its internal subset: declarations, comments and quoted values in brackets. */
static bool skip_doctype(struct xml_scan *s)
{
    int depth = 0;
    while (s->at < s->end) {
        char c = *s->at;
        if (starts(s, "<!--")) {
            if (!skip_past(s, "-->"))
                return false;
            continue;
        }
        s->at++;
        if (c == '"' || c == '\'') {
            const char *close = memchr(s->at, c, (size_t)(s->end - s->at));
            s->at = close ? close + 1 : s->end;
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            depth--;
        } else if (c == '>' && depth <= 0) {
            return true;
        }
    }
    return false;
}

static void set_name(struct xml_piece *out, const char *p, const char *end)
{
    const char *start = p;
    for (; p < end && is_name(*p); p++)
        if (*p == ':')
            start = p + 1;
    out->name = start;
    out->name_len = (size_t)(p - start);
    out->text = p;
    out->len = (size_t)(end - p);
}

static bool next_doctype(struct xml_scan *s, struct xml_piece *out)
{
    const char *start = s->at += strlen("<!DOCTYPE");
    bool whole = skip_doctype(s);
    while (start < s->end && is_space(*start))
        start++;
    out->token = XML_DOCTYPE;
    set_name(out, start, s->at);
    return whole;
}

static bool next_tag(struct xml_scan *s, struct xml_piece *out)
{
    const char *start = s->at + 1;
    out->token = *start == '/' ? XML_CLOSE : XML_START;
    if (!skip_tag(s))
        return false;
    const char *end = s->at - 1;
    out->empty = end > start && end[-1] == '/';
    set_name(out, start + (*start == '/'), end - (out->empty && end - 1 > start));
    return true;
}

static bool is_doctype(const struct xml_scan *s)
{
    static const char text[] = "<!doctype";
    if ((size_t)(s->end - s->at) < sizeof text - 1)
        return false;
    for (size_t i = 2; i < sizeof text - 1; i++)
        if ((s->at[i] | 32) != text[i])
            return false;
    return s->at[0] == '<' && s->at[1] == '!';
}

static bool give_text(struct xml_piece *out, const char *start, const char *end)
{
    out->token = XML_TEXT;
    out->text = start;
    out->len = (size_t)(end - start);
    return true;
}

bool xml_next(struct xml_scan *s, struct xml_piece *out)
{
    *out = (struct xml_piece){.name = ""};
    while (s->at < s->end) {
        const char *start = s->at;
        if (starts(s, "<!--")) {
            skip_past(s, "-->");
        } else if (starts(s, "<![CDATA[")) {
            bool closed = skip_past(s, "]]>");
            return give_text(out, start + 9, s->at - (closed ? 3 : 0));
        } else if (starts(s, "<?")) {
            bool declaration = starts(s, "<?xml") && s->end - s->at > 5 && is_space(s->at[5]);
            if (!skip_past(s, "?>"))
                return false;
            if (declaration) {
                give_text(out, start, s->at);
                out->token = XML_DECLARATION;
                return true;
            }
        } else if (is_doctype(s)) {
            return next_doctype(s, out);
        } else if (*s->at == '<' && s->at + 1 < s->end && (is_name(s->at[1]) || s->at[1] == '/')) {
            return next_tag(s, out);
        } else {
            const char *next = memchr(s->at + 1, '<', (size_t)(s->end - s->at - 1));
            s->at = next ? next : s->end;
            return give_text(out, start, s->at);
        }
    }
    return false;
}

bool xml_is(const struct xml_piece *p, const char *name)
{
    return strlen(name) == p->name_len && memcmp(p->name, name, p->name_len) == 0;
}

/* A numeric or named reference at p ("&...;"): its ASCII character and length; 0: none, or past ASCII. */
static char reference(const char *p, const char *end, size_t *len)
{
    static const struct {
        const char *text;
        char c;
    } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        *len = strlen(named[i].text);
        if ((size_t)(end - p) >= *len && memcmp(p, named[i].text, *len) == 0)
            return named[i].c;
    }
    if (end - p < 4 || p[1] != '#')
        return 0;
    bool hex = p[2] == 'x' || p[2] == 'X';
    unsigned value = 0;
    const char *q = p + 2 + hex;
    for (; q < end && value < 128; q++) {
        int digit = *q >= '0' && *q <= '9'                        ? *q - '0'
                    : hex && (*q | 32) >= 'a' && (*q | 32) <= 'f' ? (*q | 32) - 'a' + 10
                                                                  : -1;
        if (digit < 0)
            break;
        value = value * (hex ? 16 : 10) + (unsigned)digit;
    }
    *len = (size_t)(q - p) + 1;
    return q < end && *q == ';' && value < 128 ? (char)value : 0;
}

void xml_decode(const char *text, size_t len, char *out, size_t size)
{
    size_t n = strlen(out);
    const char *end = text + len;
    for (const char *p = text; p < end && n + 1 < size;) {
        size_t skip = 1;
        char c = *p == '&' ? reference(p, end, &skip) : *p;
        if (!c) {
            c = *p ? *p : ' ';
            skip = 1;
        }
        out[n++] = c;
        p += skip;
    }
    out[n] = 0;
}

void xml_attribute(const struct xml_piece *p, const char *name, char *out, size_t size)
{
    const char *at = p->text, *end = p->text + p->len;
    out[0] = 0;
    while (at < end) {
        while (at < end && !is_name(*at))
            at++;
        const char *start = at;
        for (; at < end && is_name(*at); at++)
            if (*at == ':')
                start = at + 1;
        size_t len = (size_t)(at - start);
        while (at < end && is_space(*at))
            at++;
        if (at >= end || *at != '=')
            continue;
        at++;
        while (at < end && is_space(*at))
            at++;
        if (at >= end || (*at != '"' && *at != '\''))
            continue;
        const char *value = at + 1;
        const char *close = memchr(value, *at, (size_t)(end - value));
        if (!close)
            return;
        if (len == strlen(name) && memcmp(start, name, len) == 0) {
            xml_decode(value, (size_t)(close - value), out, size);
            return;
        }
        at = close + 1;
    }
}

/* html_scan.c: see html_scan.h. */
#include "ingest/html_scan.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { ATTRIBUTE_MAX = 8192, PRESCAN = 8192 /* bytes in which a <meta> with the character set is looked for */ };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool html_is(const struct xml_piece *piece, const char *name)
{
    return strlen(name) == piece->name_len && strncasecmp(piece->name, name, piece->name_len) == 0;
}

/* Moves behind the end of the element whose content is no markup. */
static void skip_raw(struct xml_scan *scan, const struct xml_piece *start)
{
    for (const char *at = scan->at; at < scan->end; at++) {
        at = memchr(at, '<', (size_t)(scan->end - at));
        if (!at)
            break;
        size_t left = (size_t)(scan->end - at);
        if (left > start->name_len + 2 && at[1] == '/' && strncasecmp(at + 2, start->name, start->name_len) == 0) {
            scan->at = at;
            return;
        }
    }
    scan->at = scan->end;
}

bool html_next(struct xml_scan *scan, struct xml_piece *out)
{
    static const char *const raw[] = {"script", "style", "textarea", "xmp", "iframe", "noembed"};
    if (!xml_next(scan, out))
        return false;
    if (out->token != XML_START || out->empty)
        return true;
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        if (html_is(out, raw[i]))
            skip_raw(scan, out);
    }
    return true;
}

/* The value at *at, behind a '='. */
static const char *value_at(const char **at, const char *end, size_t *len)
{
    while (*at < end && is_space(**at))
        ++*at;
    const char *start = *at;
    if (start < end && (*start == '"' || *start == '\'')) {
        const char *close = memchr(start + 1, *start, (size_t)(end - start - 1));
        *at = close ? close + 1 : end;
        *len = (size_t)((close ? close : end) - start - 1);
        return start + 1;
    }
    while (*at < end && !is_space(**at))
        ++*at;
    *len = (size_t)(*at - start);
    return start;
}

const char *html_attribute(const struct xml_piece *piece, const char *name, struct arena *arena)
{
    const char *at = piece->text, *end = piece->text + piece->len;
    while (at < end) {
        while (at < end && (is_space(*at) || *at == '/' || *at == '"' || *at == '\''))
            at++;
        const char *start = at;
        while (at < end && !is_space(*at) && *at != '=')
            at++;
        size_t name_len = (size_t)(at - start), len = 0;
        while (at < end && is_space(*at))
            at++;
        if (at >= end || *at != '=')
            continue;
        at++;
        const char *value = value_at(&at, end, &len);
        if (name_len != strlen(name) || strncasecmp(start, name, name_len) != 0)
            continue;
        struct str decoded = STR_INIT(ATTRIBUTE_MAX), clean = STR_INIT(ATTRIBUTE_MAX);
        html_decode(value, len < ATTRIBUTE_MAX ? len : ATTRIBUTE_MAX, &decoded);
        text_clean(decoded.data, decoded.len, &clean);
        const char *text = clean.len ? arena_strndup(arena, clean.data, clean.len) : NULL;
        str_release(&decoded);
        str_release(&clean);
        return text;
    }
    return NULL;
}

/* Names of Latin-1's characters from U+00A0 on, in order. */
static const char latin[] =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro "
    "para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil "
    "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave "
    "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml "
    "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute "
    "thorn yuml ";

static int named(const char *name, size_t len)
{
    static const struct {
        const char *name;
        int code;
    } others[] = {{"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
                  {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C},
                  {"rdquo", 0x201D}, {"hellip", 0x2026}, {"bull", 0x2022},  {"minus", 0x2212}, {"thinsp", 0x2009},
                  {"ensp", 0x2002},  {"emsp", 0x2003},   {"le", 0x2264},    {"ge", 0x2265},    {"alpha", 0x3B1},
                  {"beta", 0x3B2},   {"gamma", 0x3B3},   {"delta", 0x3B4},  {"mu", 0x3BC},     {"kappa", 0x3BA}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strlen(others[i].name) == len && memcmp(others[i].name, name, len) == 0)
            return others[i].code;
    }
    int code = 0xA0;
    for (const char *at = latin; *at; at += strcspn(at, " ") + 1, code++) {
        if (strcspn(at, " ") == len && memcmp(at, name, len) == 0)
            return code;
    }
    return 0;
}

/* Bytes of 0x80-0x9F in numeric references mean windows-1252, as HTML has it. */
static int windows_1252(int code)
{
    static const unsigned short map[] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                         0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                         0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                         0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    return code >= 0x80 && code < 0xA0 && map[code - 0x80] ? map[code - 0x80] : code;
}

/* The reference at p ("&...;"); its code point and length in bytes; 0: none. */
static int reference(const char *p, const char *end, size_t *len)
{
    const char *q = p + 1;
    int code = 0;
    if (q < end && *q == '#') {
        bool hex = ++q < end && (*q | 32) == 'x';
        q += hex;
        const char *digits = q;
        for (; q < end && (hex ? isxdigit((unsigned char)*q) : isdigit((unsigned char)*q)) && code < 0x110000; q++)
            code = code * (hex ? 16 : 10) + (isdigit((unsigned char)*q) ? *q - '0' : (*q | 32) - 'a' + 10);
        if (q == digits || code >= 0x110000 || (code >= 0xD800 && code < 0xE000))
            return 0;
        code = windows_1252(code);
    } else {
        while (q < end && q - p < 10 && isalnum((unsigned char)*q))
            q++;
        if (q >= end || *q != ';')
            return 0;
        code = named(p + 1, (size_t)(q - p - 1));
    }
    *len = (size_t)(q - p) + (q < end && *q == ';');
    return code;
}

void html_decode(const char *text, size_t len, struct str *out)
{
    const char *end = text + len;
    for (const char *p = text; p < end;) {
        size_t skip = 1;
        int code = *p == '&' ? reference(p, end, &skip) : 0;
        if (code > 0) {
            str_add_utf8(out, code);
            p += skip;
        } else {
            str_add_char(out, *p++);
        }
    }
}

/* What stands behind "charset=" in a header or a meta's content, as the name that ICU should take: browsers read some
 * labels as the wider set that people mean by them. NULL: nothing. */
static const char *label(const char *text, struct arena *arena)
{
    static const char *const wider[][2] = {{"iso-8859-1", "windows-1252"}, {"latin1", "windows-1252"},
                                           {"us-ascii", "windows-1252"},   {"ascii", "windows-1252"},
                                           {"gb2312", "GB18030"},          {"gbk", "GB18030"},
                                           {"x-gbk", "GB18030"},           {"shift_jis", "windows-31j"},
                                           {"sjis", "windows-31j"},        {"x-sjis", "windows-31j"},
                                           {"shift-jis", "windows-31j"},   {"utf8", "UTF-8"},
                                           {"iso-8859-9", "windows-1254"}, {"ks_c_5601-1987", "windows-949"},
                                           {"euc-kr", "windows-949"}};
    const char *at = text ? strcasestr(text, "charset") : NULL;
    if (!at)
        return NULL;
    at += 7;
    at += strspn(at, " \t");
    if (*at != '=')
        return NULL;
    at++;
    at += strspn(at, " \t\"'");
    size_t len = strcspn(at, " \t\"';,>/");
    char *name = len && len < 40 ? arena_strndup(arena, at, len) : NULL;
    for (size_t i = 0; name && i < sizeof wider / sizeof *wider; i++) {
        if (strcasecmp(name, wider[i][0]) == 0)
            return wider[i][1];
    }
    return name;
}

static const char *meta_label(const char *body, size_t len, struct arena *arena)
{
    struct xml_scan scan = {body, body + (len < PRESCAN ? len : PRESCAN)};
    struct xml_piece piece;
    while (html_next(&scan, &piece)) {
        if (piece.token == XML_DECLARATION) {
            const char *text = arena_strndup(arena, piece.text, piece.len < 200 ? piece.len : 200);
            const char *encoding = strstr(text, "encoding");
            if (encoding)
                return label(arena_printf(arena, "charset%s", encoding + 8), arena);
        }
        if (piece.token != XML_START || !html_is(&piece, "meta"))
            continue;
        const char *direct = html_attribute(&piece, "charset", arena);
        const char *type = html_attribute(&piece, "http-equiv", arena);
        const char *found = direct ? label(arena_printf(arena, "charset=%s", direct), arena)
                            : type && strcasecmp(type, "content-type") == 0
                                ? label(html_attribute(&piece, "content", arena), arena)
                                : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static bool is_utf8_label(const char *name)
{
    return strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0;
}

static bool has_mark(const char *body, size_t len)
{
    const unsigned char *b = (const unsigned char *)body;
    return len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF));
}

void html_to_utf8(const char *body, size_t len, const char *content_type, struct arena *arena, struct str *out,
                  const char **charset)
{
    const char *labels[] = {label(content_type, arena), meta_label(body, len, arena), NULL};
    *charset = NULL;
    /* Text past ASCII that is valid UTF-8 is UTF-8, whatever a label says; and what is not valid is not. */
    bool utf8 = text_is_utf8(body, len), marked = has_mark(body, len);
    struct err e = {0};
    if (utf8 && !marked) {
        for (size_t i = 0; i < 2; i++) {
            if (labels[i] && strncasecmp(labels[i], "ISO-2022", 8) == 0 &&
                text_to_utf8(body, len, labels[i], out, &e)) {
                *charset = labels[i];
                return;
            }
        }
        text_to_utf8(body, len, "UTF-8", out, &e);
        return;
    }
    for (size_t i = 0; i < 2 && !marked; i++) {
        if (!labels[i] || is_utf8_label(labels[i]) || strncasecmp(labels[i], "UTF-16", 6) == 0)
            continue;
        size_t before = out->len;
        if (text_to_utf8(body, len, labels[i], out, &e)) {
            *charset = labels[i];
            return;
        }
        str_cut(out, before);
    }
    if (!text_to_utf8(body, len, NULL, out, &e))
        err_clear(&e);
}

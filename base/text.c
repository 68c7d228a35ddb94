/* text.c: see text.h. UTF-8 is walked with ICU's macros; only normalisation needs UTF-16 copies. */
#include "base/text.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/mem.h"
#include <stdlib.h>

int text_next(const char *text, size_t len, size_t *at)
{
    if (*at >= len)
        return -1;
    if ((unsigned char)text[*at] < 0x80)
        return text[(*at)++];
    /* A window of at most 8 bytes keeps ICU's 32-bit offsets away from texts of any size. */
    const uint8_t *p = (const uint8_t *)text + *at;
    int32_t n = len - *at > 8 ? 8 : (int32_t)(len - *at), i = 0;
    UChar32 c;
    U8_NEXT(p, i, n, c);
    *at += (size_t)i;
    return c < 0 ? 0xFFFD : c;
}

bool text_is_utf8(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        if ((unsigned char)text[at] < 0x80) {
            at++;
            continue;
        }
        const uint8_t *p = (const uint8_t *)text + at;
        int32_t n = len - at > 8 ? 8 : (int32_t)(len - at), i = 0;
        UChar32 c;
        U8_NEXT(p, i, n, c);
        if (c < 0)
            return false;
        at += (size_t)i;
    }
    return true;
}

size_t text_length(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t at = 0; text_next(text, len, &at) >= 0;)
        n++;
    return n;
}

/* Most letters are ASCII's, and ICU's tables are dear for these. */
static bool is_ascii_letter(int c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool text_is_letter(int c)
{
    return c < 0x80 ? is_ascii_letter(c) : u_isalpha(c);
}

int text_lower(int code_point)
{
    if (code_point < 0x80)
        return code_point >= 'A' && code_point <= 'Z' ? code_point | 0x20 : code_point;
    return u_tolower(code_point);
}

bool text_is_lower(int code_point)
{
    return code_point < 0x80 ? code_point >= 'a' && code_point <= 'z' : u_islower(code_point);
}

bool text_is_digit(int c)
{
    return u_isdigit(c);
}

bool text_is_space(int c)
{
    return c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') : u_isUWhiteSpace(c);
}

bool text_is_control(int c)
{
    return u_charType(c) == U_CONTROL_CHAR;
}

int text_char_width(int c)
{
    switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
        return 0;
    default:
        break;
    }
    int wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    /* Vowels and finals of conjoining Hangul stand on the syllable that they belong to. */
    int hangul = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
    if (hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO)
        return 0;
    return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
}

int text_width(const char *text, size_t len)
{
    int width = 0;
    for (size_t at = 0; at < len;)
        width += text_char_width(text_next(text, len, &at));
    return width;
}

int text_digit_value(int c)
{
    return c < 0x80 ? (c >= '0' && c <= '9' ? c - '0' : -1) : u_charDigitValue(c);
}

/* UTF-16 copy with its length; invalid bytes become U+FFFD. NULL for texts past ICU's 32-bit lengths. */
static UChar *to_utf16(const char *text, size_t len, int32_t *out_len)
{
    if (len > INT32_MAX / 2)
        return NULL;
    UChar *u = mem_array(len + 1, sizeof *u);
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(u, (int32_t)len + 1, out_len, text, (int32_t)len, 0xFFFD, NULL, &status);
    if (U_FAILURE(status)) {
        free(u);
        return NULL;
    }
    return u;
}

static void add_utf16(struct str *out, const UChar *u, int32_t len)
{
    for (int32_t i = 0; i < len;) {
        UChar32 c;
        U16_NEXT(u, i, len, c);
        str_add_utf8(out, c);
    }
}

/* Appends `text` normalised; plain ASCII, which is in every normal form, is appended as it is. */
static void add_normalised(const UNormalizer2 *form, const char *text, size_t len, struct str *out)
{
    int32_t n, m;
    UErrorCode status = U_ZERO_ERROR;
    UChar *u = to_utf16(text, len, &n);
    if (!u)
        return;
    if (unorm2_isNormalized(form, u, n, &status) && U_SUCCESS(status)) {
        add_utf16(out, u, n);
        free(u);
        return;
    }
    status = U_ZERO_ERROR;
    int32_t cap = n * 4 + 32;
    UChar *v = mem_array((size_t)cap, sizeof *v);
    m = unorm2_normalize(form, u, n, v, cap, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        v = mem_resize(v, (size_t)m + 1, sizeof *v);
        m = unorm2_normalize(form, u, n, v, m + 1, &status);
    }
    if (U_SUCCESS(status))
        add_utf16(out, v, m);
    free(v);
    free(u);
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

static bool is_dropped(int c)
{
    if ((c >= ' ' && c <= '~') || c == 0x200C || c == 0x200D)
        return false;
    if (c == 0xAD || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || c == 0xFFFE || c == 0xFFFF)
        return true;
    int type = u_charType(c);
    return (type == U_CONTROL_CHAR && !u_isUWhiteSpace(c)) || type == U_FORMAT_CHAR || type == U_SURROGATE ||
           type == U_PRIVATE_USE_CHAR;
}

/* Most lines of text: ASCII letters and signs with single spaces between them. */
static bool is_clean(const char *text, size_t len)
{
    unsigned char before = ' ';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c > '~' || (c == ' ' && before == ' '))
            return false;
        before = c;
    }
    return before != ' ';
}

/* Without what is dropped, white space folded and trimmed. */
static void add_kept(const char *text, size_t len, struct str *out)
{
    bool space = false;
    for (size_t at = 0; at < len;) {
        int c = text_next(text, len, &at);
        if (text_is_space(c)) {
            space = out->len > 0;
            continue;
        }
        if (is_dropped(c))
            continue;
        if (space)
            str_add_char(out, ' ');
        space = false;
        str_add_utf8(out, c);
    }
}

static void clean_by(const UNormalizer2 *form, const char *text, size_t len, struct str *out)
{
    struct str kept;
    if (is_clean(text, len)) {
        str_add_bytes(out, text, len);
        return;
    }
    str_init(&kept, len * 3 + 16);
    add_kept(text, len, &kept);
    if (!form || is_ascii(kept.data, kept.len))
        str_add_bytes(out, kept.data, kept.len);
    else
        add_normalised(form, kept.data, kept.len, out);
    str_release(&kept);
}

void text_clean(const char *text, size_t len, struct str *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    clean_by(U_FAILURE(status) ? NULL : nfc, text, len, out);
}

void text_clean_compatible(const char *text, size_t len, struct str *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    clean_by(U_FAILURE(status) ? NULL : nfkc, text, len, out);
}

static void fold_ascii(const char *text, size_t len, bool words, struct str *out)
{
    bool space = false;
    size_t start = out->len;
    for (size_t i = 0; i < len; i++) {
        char c = (char)text_lower(text[i]);
        if (!is_ascii_letter(c) && text_digit_value(c) < 0) {
            space = true;
            continue;
        }
        if (words && space && out->len > start)
            str_add_char(out, ' ');
        space = false;
        str_add_char(out, c);
    }
}

static void fold(const char *text, size_t len, bool words, struct str *out)
{
    if (is_ascii(text, len)) {
        fold_ascii(text, len, words, out);
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
    struct str folded;
    str_init(&folded, len * 20 + 64);
    if (U_SUCCESS(status))
        add_normalised(form, text, len, &folded);
    bool space = false;
    size_t start = out->len;
    for (size_t at = 0; at < folded.len;) {
        int c = text_next(folded.data, folded.len, &at);
        int digit = text_digit_value(c);
        bool mark = c >= 0x80 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
        if (digit < 0 && !text_is_letter(c) && !mark) {
            space = true;
            continue;
        }
        if (words && space && out->len > start)
            str_add_char(out, ' ');
        space = false;
        str_add_utf8(out, digit >= 0 ? '0' + digit : c);
    }
    str_release(&folded);
}

void text_fold(const char *text, size_t len, struct str *out)
{
    fold(text, len, false, out);
}

void text_fold_words(const char *text, size_t len, struct str *out)
{
    fold(text, len, true, out);
}

/* The character set that a byte order mark names, and the mark's length. */
static const char *bom_charset(const unsigned char *p, size_t len, size_t *skip)
{
    *skip = 0;
    if (len >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        *skip = 3;
        return "UTF-8";
    }
    if (len >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        *skip = 2;
        return "UTF-16LE";
    }
    if (len >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
        *skip = 2;
        return "UTF-16BE";
    }
    return NULL;
}

static char *guess_charset(const char *bytes, size_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *d = ucsdet_open(&status);
    char *name = NULL;
    ucsdet_setText(d, bytes, (int32_t)(len > 65536 ? 65536 : len), &status);
    const UCharsetMatch *match = U_SUCCESS(status) ? ucsdet_detect(d, &status) : NULL;
    if (match && U_SUCCESS(status))
        name = mem_strdup(ucsdet_getName(match, &status));
    ucsdet_close(d);
    return name;
}

/* Appends bytes converted by ICU in blocks, so that no 32-bit length is exceeded. */
static bool convert(const char *bytes, size_t len, const char *charset, struct str *out, struct err *e)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *from = ucnv_open(charset, &status);
    if (U_FAILURE(status))
        return err_set(e, ERR_UNSUPPORTED, "unknown character set '%.40s'", charset);
    const char *p = bytes, *end = bytes + len;
    UChar block[4096];
    int lead = 0;
    do {
        UChar *to = block;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(from, &to, block + 4096, &p, end, NULL, true, &status);
        int32_t n = (int32_t)(to - block);
        for (int32_t i = 0; i < n; i++) {
            if (U16_IS_TRAIL(block[i]) && lead) {
                str_add_utf8(out, U16_GET_SUPPLEMENTARY(lead, block[i]));
                lead = 0;
            } else if (U16_IS_LEAD(block[i])) {
                lead = block[i];
            } else {
                lead = 0;
                str_add_utf8(out, block[i]);
            }
        }
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(from);
    return U_FAILURE(status) ? err_set(e, ERR_FORMAT, "not %.40s text", charset) : true;
}

bool text_to_utf8(const void *bytes, size_t len, const char *charset, struct str *out, struct err *e)
{
    size_t skip;
    const char *marked = bom_charset(bytes, len, &skip);
    const char *start = (const char *)bytes + skip;
    char *guessed = NULL;
    len -= skip;
    if (marked)
        charset = marked;
    bool ok = true;
    if ((!charset || ucnv_compareNames(charset, "UTF-8") == 0 || ucnv_compareNames(charset, "US-ASCII") == 0) &&
        text_is_utf8(start, len)) {
        str_add_bytes(out, start, len);
    } else {
        if (!charset)
            charset = guessed = guess_charset(start, len);
        ok = convert(start, len, charset ? charset : "windows-1252", out, e);
        free(guessed);
    }
    if (ok && out->overflow)
        ok = err_set(e, ERR_LIMIT, "text longer than %zu bytes", out->max);
    return ok;
}

static void count_script(struct text_scripts *s, int c)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t *slot = &s->other;
    switch (uscript_getScript(c, &status)) {
    case USCRIPT_LATIN:
        slot = &s->latin;
        break;
    case USCRIPT_CYRILLIC:
        slot = &s->cyrillic;
        break;
    case USCRIPT_GREEK:
        slot = &s->greek;
        break;
    case USCRIPT_ARABIC:
        slot = &s->arabic;
        break;
    case USCRIPT_HEBREW:
        slot = &s->hebrew;
        break;
    case USCRIPT_THAI:
        slot = &s->thai;
        break;
    case USCRIPT_DEVANAGARI:
        slot = &s->devanagari;
        break;
    case USCRIPT_HAN:
        slot = &s->han;
        break;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        slot = &s->kana;
        break;
    case USCRIPT_HANGUL:
        slot = &s->hangul;
        break;
    default:
        break;
    }
    ++*slot;
}

void text_scripts(const char *text, size_t len, struct text_scripts *out)
{
    *out = (struct text_scripts){0};
    for (size_t at = 0; at < len;) {
        int c = text_next(text, len, &at);
        if (!text_is_letter(c))
            continue;
        out->letters++;
        if (c < 0x80)
            out->latin++;
        else
            count_script(out, c);
    }
}

bool text_language_tag(const char *tag, char out[16])
{
    char language[ULOC_LANG_CAPACITY], region[ULOC_COUNTRY_CAPACITY], script[ULOC_SCRIPT_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    memcpy(out, "und", 4);
    if (!tag || !*tag || strlen(tag) > 35)
        return false;
    /* MEDLINE and ISO 639-2/B codes that ICU does not fold to the two-letter code by itself. */
    static const char bibliographic[][2][4] = {
        {"alb", "sq"}, {"arm", "hy"}, {"baq", "eu"}, {"bur", "my"}, {"chi", "zh"}, {"cze", "cs"},
        {"dut", "nl"}, {"fre", "fr"}, {"geo", "ka"}, {"ger", "de"}, {"gre", "el"}, {"ice", "is"},
        {"mac", "mk"}, {"may", "ms"}, {"per", "fa"}, {"rum", "ro"}, {"scr", "hr"}, {"scc", "sr"},
        {"slo", "sk"}, {"tib", "bo"}, {"wel", "cy"}, {"iw", "he"},
    };
    if (uloc_getLanguage(tag, language, sizeof language, &status) < 2 || U_FAILURE(status))
        return false;
    for (size_t i = 0; i < sizeof bibliographic / sizeof *bibliographic; i++)
        if (strcmp(language, bibliographic[i][0]) == 0)
            memcpy(language, bibliographic[i][1], 4);
    for (const char *p = language; *p; p++)
        if (*p < 'a' || *p > 'z')
            return false;
    if (strcmp(language, "und") == 0 || strcmp(language, "mul") == 0 || strcmp(language, "zxx") == 0)
        return false;
    uloc_getScript(tag, script, sizeof script, &status);
    uloc_getCountry(tag, region, sizeof region, &status);
    struct str s = STR_INIT(15);
    str_add(&s, language);
    /* The region only tells varieties apart that translate differently; elsewhere it is noise ("en-US"). */
    if (U_SUCCESS(status) && strcmp(language, "zh") == 0 && strlen(script) == 4)
        str_addf(&s, "-%s", script);
    else if (U_SUCCESS(status) && strcmp(language, "pt") == 0 && strcmp(region, "BR") == 0)
        str_add(&s, "-BR");
    memcpy(out, s.data, s.len + 1);
    str_release(&s);
    return true;
}

/* numbers.c: see numbers.h. */
#include "pairs/numbers.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "pairs/phrases.h"

enum { THIN = 1 /* a thin or no-break space: it may stand between thousands */ };

/* The plainer spelling that is read: ASCII digits, '-' for every dash, '^' in front of an exponent, "u" for micro,
 * "deg" for the degree sign, '~' for plus-minus; letters of alphabets stay, all other signs become spaces. */
static void plain_point(int c, bool *exponent, struct str *out)
{
    static const struct {
        int point;
        const char *text;
    } signs[] = {{0xB0, "deg"}, {0xB1, "~"},      {0xB5, "u"},   {0x3BC, "u"},  {0xB7, "."},   {0x22C5, "."},
                 {0xD7, "x"},   {0x66B, "."},     {0x66C, ","},  {0x3001, ","}, {0xFF0C, ","}, {0xFF0E, "."},
                 {0xFF05, "%"}, {0x2103, "degC"}, {0x2019, "'"}, {0x2212, "-"}, {0xAD, ""}};
    int digit = text_digit_value(c);
    int high = c == 0xB9 ? 1 : c == 0xB2 ? 2 : c == 0xB3 ? 3 : c >= 0x2070 && c <= 0x2079 ? c - 0x2070 : -1;
    if (high >= 0 || c == 0x207B || c == 0x207A) {
        if (!*exponent)
            str_add_char(out, '^');
        *exponent = true;
        if (high >= 0)
            str_add_char(out, (char)('0' + high));
        return;
    }
    *exponent = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].point == c) {
            str_add(out, signs[i].text);
            return;
        }
    if (digit >= 0)
        str_add_char(out, (char)('0' + digit));
    else if (c >= 0x2080 && c <= 0x2089)
        str_add_char(out, (char)('0' + c - 0x2080));
    else if (c >= 0x2010 && c <= 0x2015)
        str_add_char(out, '-');
    else if (c == 0xA0 || c == 0x2009 || c == 0x202F)
        str_add_char(out, THIN);
    else if (c >= 0x20 && c < 0x7F)
        str_add_char(out, (char)c);
    else if (c >= 0x80 && text_is_letter(c) && (c < 0x590 || (c >= 0x1E00 && c < 0x2000)))
        str_add_utf8(out, c);
    else
        str_add_char(out, ' ');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Units: spelling as it stands behind a number, and its canonical name. Words also match in capitals. */
static const char *unit_of(const char *at, size_t len)
{
    static const struct {
        const char *spelling, *name;
    } units[] = {{"Gy", "Gy"},
                 {"cGy", "cGy"},
                 {"mGy", "mGy"},
                 {"uGy", "uGy"},
                 {"kGy", "kGy"},
                 {"gray", "Gy"},
                 {"grays", "Gy"},
                 {"Sv", "Sv"},
                 {"mSv", "mSv"},
                 {"uSv", "uSv"},
                 {"Bq", "Bq"},
                 {"kBq", "kBq"},
                 {"MBq", "MBq"},
                 {"GBq", "GBq"},
                 {"kg", "kg"},
                 {"g", "g"},
                 {"mg", "mg"},
                 {"ug", "ug"},
                 {"mcg", "ug"},
                 {"ng", "ng"},
                 {"pg", "pg"},
                 {"grams", "g"},
                 {"kilograms", "kg"},
                 {"milligrams", "mg"},
                 {"micrograms", "ug"},
                 {"l", "l"},
                 {"L", "l"},
                 {"ml", "ml"},
                 {"mL", "ml"},
                 {"ul", "ul"},
                 {"uL", "ul"},
                 {"dl", "dl"},
                 {"dL", "dl"},
                 {"milliliters", "ml"},
                 {"km", "km"},
                 {"m", "m"},
                 {"cm", "cm"},
                 {"mm", "mm"},
                 {"um", "um"},
                 {"nm", "nm"},
                 {"micrometers", "um"},
                 {"micrometres", "um"},
                 {"microns", "um"},
                 {"millimeters", "mm"},
                 {"millimetres", "mm"},
                 {"centimeters", "cm"},
                 {"centimetres", "cm"},
                 {"meters", "m"},
                 {"metres", "m"},
                 {"nanometers", "nm"},
                 {"h", "h"},
                 {"hr", "h"},
                 {"hrs", "h"},
                 {"hour", "h"},
                 {"hours", "h"},
                 {"min", "min"},
                 {"mins", "min"},
                 {"minute", "min"},
                 {"minutes", "min"},
                 {"s", "s"},
                 {"sec", "s"},
                 {"second", "s"},
                 {"seconds", "s"},
                 {"ms", "ms"},
                 {"d", "d"},
                 {"day", "d"},
                 {"days", "d"},
                 {"wk", "week"},
                 {"week", "week"},
                 {"weeks", "week"},
                 {"month", "month"},
                 {"months", "month"},
                 {"mo", "month"},
                 {"yr", "year"},
                 {"yrs", "year"},
                 {"year", "year"},
                 {"years", "year"},
                 {"%", "%"},
                 {"percent", "%"},
                 {"degC", "degC"},
                 {"deg", "deg"},
                 {"degrees", "deg"},
                 {"Hz", "Hz"},
                 {"kHz", "kHz"},
                 {"MHz", "MHz"},
                 {"GHz", "GHz"},
                 {"V", "V"},
                 {"kV", "kV"},
                 {"mV", "mV"},
                 {"MV", "MV"},
                 {"eV", "eV"},
                 {"keV", "keV"},
                 {"MeV", "MeV"},
                 {"mA", "mA"},
                 {"uA", "uA"},
                 {"M", "M"},
                 {"mM", "mM"},
                 {"uM", "uM"},
                 {"nM", "nM"},
                 {"pM", "pM"},
                 {"mol", "mol"},
                 {"mmol", "mmol"},
                 {"umol", "umol"},
                 {"nmol", "nmol"},
                 {"Pa", "Pa"},
                 {"kPa", "kPa"},
                 {"MPa", "MPa"},
                 {"mmHg", "mmHg"},
                 {"Da", "Da"},
                 {"kDa", "kDa"},
                 {"bp", "bp"},
                 {"kb", "kb"},
                 {"fold", "fold"},
                 {"T", "T"},
                 {"IU", "IU"},
                 {"U", "U"},
                 {"W", "W"},
                 {"mW", "mW"},
                 {"J", "J"},
                 {"N", "N"},
                 {"rpm", "rpm"},
                 {"times", "fold"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].spelling) == len &&
            (len > 4 ? strncasecmp(at, units[i].spelling, len) == 0 : memcmp(at, units[i].spelling, len) == 0))
            return units[i].name;
    /* The words of other languages, by the name that they have above. */
    char name[16];
    for (size_t i = 0; len > 1 && phrases_unit(at, len, name) && i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0)
            return units[i].name;
    return NULL;
}

/* Canonical decimal of digits with at most one '.': no zeros at either end. */
static void canonical(const char *digits, char out[32])
{
    while (digits[0] == '0' && is_digit(digits[1]))
        digits++;
    snprintf(out, 32, "%s%.30s", digits[0] == '.' ? "0" : "", digits);
    if (strchr(out, '.')) {
        size_t len = strlen(out);
        while (out[len - 1] == '0')
            out[--len] = 0;
        if (out[len - 1] == '.')
            out[--len] = 0;
    }
}

/* The raw run "1,234.5" with all separators dropped but the one at `keep`, which becomes a point. */
static void without_separators(const char *raw, size_t len, size_t keep, char out[32])
{
    char digits[32];
    size_t n = 0;
    for (size_t i = 0; i < len && n + 1 < sizeof digits; i++)
        if (is_digit(raw[i]))
            digits[n++] = raw[i];
        else if (i == keep)
            digits[n++] = '.';
    digits[n] = 0;
    canonical(digits, out);
}

static struct number *add(struct numbers *out, struct arena *arena, enum number_form form, size_t start, size_t end)
{
    if (out->n >= NUMBERS_MAX) /* what is beyond the bound is read and forgotten */
        return arena_new(arena, sizeof *out->list);
    ARENA_GROW(arena, out->list, out->n, out->cap);
    out->list[out->n] = (struct number){.form = form, .start = start, .end = end};
    return &out->list[out->n++];
}

/* A run of digits and separators: sets the number's readings. What is neither decimal nor thousands is a list: false.
 */
static bool interpret(const char *raw, size_t len, struct number *number)
{
    size_t n = 0, last = 0, first = 0;
    bool threes = true, mixed = false;
    for (size_t i = 0; i < len; i++)
        if (!is_digit(raw[i])) {
            threes = threes && (n == 0 ? i >= 1 && i <= 3 : i - last == 4);
            mixed = mixed || (n && raw[i] != raw[last]);
            first = n ? first : i;
            last = i;
            n++;
        }
    bool closing_three = len - last == 4;
    if (n == 0) {
        without_separators(raw, len, len, number->value);
    } else if (n == 1 && (raw[first] == '.' || raw[first] == ',')) {
        bool may_be_thousands = threes && closing_three && raw[0] != '0';
        bool is_decimal = raw[first] == '.' || !may_be_thousands;
        without_separators(raw, len, is_decimal ? first : len, number->value);
        if (may_be_thousands)
            without_separators(raw, len, is_decimal ? len : first, number->other);
    } else if (!mixed && threes && closing_three) {
        without_separators(raw, len, len, number->value);
    } else if (mixed && (raw[last] == '.' || raw[last] == ',') && memchr(raw, raw[last], last) == NULL && threes) {
        without_separators(raw, len, last, number->value);
    } else {
        return false;
    }
    return true;
}

/* "^-3" */
static size_t exponent_length(const char *at)
{
    size_t sign = 1 + (at[1] == '-');
    return sign + strspn(at + sign, "0123456789");
}

/* Reads the run of digits at `at`; the end of what was read. */
static size_t read_digits(struct numbers *out, struct arena *arena, size_t at)
{
    const char *t = out->text;
    size_t end = at + (t[at] == '.');
    while (is_digit(t[end]) || (end > at && strchr(".,'\x01", t[end]) && t[end] && is_digit(t[end + 1])))
        end++;
    size_t len = end - at;
    struct number number = {0};
    bool one = len < 31 && interpret(t + at, len, &number);
    bool list = !one || (memchr(t + at, ',', len) && !number.other[0]);
    if (list)
        for (size_t i = at; i < end;) {
            size_t run = strspn(t + i, "0123456789");
            if (run && run < 31)
                without_separators(t + i, run, run,
                                   add(out, arena, one ? NUMBER_PART : NUMBER_DIGITS, i, i + run)->value);
            i += run ? run : 1;
        }
    size_t spaced = end;
    while (t[spaced] == ' ' && strspn(t + spaced + 1, "0123456789") == 3)
        spaced += 4;
    if (spaced > end && spaced - at < 31) /* "1 500" may be one number */
        without_separators(t + at, spaced - at, spaced, add(out, arena, NUMBER_PART, at, spaced)->value);
    if (!one)
        return end;
    size_t power = t[end] == '^' ? exponent_length(t + end) : 0;
    struct number *added = add(out, arena, NUMBER_DIGITS, at, end + power);
    snprintf(added->value, sizeof added->value, "%.24s%.*s", number.value, power < 7 ? (int)power : 7, t + end);
    memcpy(added->other, number.other, sizeof number.other);
    return end + power;
}

static size_t word_end(const char *t, size_t at)
{
    while (is_letter(t[at]))
        at++;
    return at;
}

static bool word_in(const char *word, size_t len, const char *const *list)
{
    for (; *list; list++)
        if (strlen(*list) == len && strncasecmp(word, *list, len) == 0)
            return true;
    return false;
}

/* Things that one sees and counts in a figure. */
static const char *const seen[] = {
    "panel",      "panels",      "part",      "parts",      "image",    "images",   "plot",       "plots",
    "graph",      "graphs",      "group",     "groups",     "bar",      "bars",     "row",        "rows",
    "column",     "columns",     "lane",      "lanes",      "curve",    "curves",   "line",       "lines",
    "chart",      "charts",      "section",   "sections",   "picture",  "pictures", "photograph", "photographs",
    "micrograph", "micrographs", "condition", "conditions", "axis",     "axes",     "box",        "boxes",
    "color",      "colors",      "colour",    "colours",    "step",     "steps",    "view",       "views",
    "subplot",    "subplots",    "main",      "different",  "distinct", "separate", NULL};
static const char *const counted[] = {
    "patient", "patients", "participant", "participants", "subject",     "subjects",    "case",   "cases",
    "women",   "men",      "children",    "people",       "individuals", "mice",        "rats",   "animals",
    "rabbits", "dogs",     "samples",     "specimens",    "replicates",  "experiments", "trials", "studies",
    "donors",  "controls", "volunteers",  "knees",        "joints",      "cells",       NULL};

/* The unit or the noun behind a number. False: letters stand at the digits that are no unit, so it is a name. */
static bool read_behind(struct numbers *out, struct number *number)
{
    const char *t = out->text;
    size_t at = number->end;
    bool attached = is_letter(t[at]);
    if (t[at] == ' ' || t[at] == THIN || (t[at] == '-' && is_letter(t[at + 1])))
        at++;
    size_t end = t[at] == '%' ? at + 1 : word_end(t, at), len = end - at;
    if (len == 3 && strncasecmp(t + at, "per", 3) == 0 && strncasecmp(t + end, " cent", 5) == 0) {
        number->unit = "%";
        return true;
    }
    bool factor = t[at] == 'x' && is_digit(t[at + (t[at + 1] == ' ' ? 2 : 1)]); /* 6 x 0.5 Gy */
    number->unit = factor ? "x" : unit_of(t + at, len);
    if (number->unit)
        return true;
    /* "three different groups": the noun may stand one word further. */
    size_t next = t[end] == ' ' ? end + 1 : end, next_end = word_end(t, next);
    bool people = word_in(t + at, len, counted) || word_in(t + next, next_end - next, counted);
    number->count = !people && (number->form == NUMBER_WORD || word_in(t + at, len, seen) ||
                                word_in(t + next, next_end - next, seen));
    static const char *const fine[] = {"st", "nd", "rd", "th", "x", NULL};
    return !attached || number->form != NUMBER_DIGITS || word_in(t + at, len, fine);
}

/* "panel 2", "row 3" */
static bool stands_behind_seen(const char *t, size_t at)
{
    if (at == 0 || t[at - 1] != ' ')
        return false;
    size_t end = at - 1, start = end;
    while (start && is_letter(t[start - 1]))
        start--;
    return word_in(t + start, end - start, seen);
}

static void read_number_word(struct numbers *out, struct arena *arena, size_t start, size_t end)
{
    static const struct {
        const char *word, *value;
    } words[] = {{"one", "1"},     {"two", "2"},     {"three", "3"}, {"four", "4"},    {"five", "5"},
                 {"six", "6"},     {"seven", "7"},   {"eight", "8"}, {"nine", "9"},    {"ten", "10"},
                 {"eleven", "11"}, {"twelve", "12"}, {"twice", "2"}, {"doubled", "2"}, {"tripled", "3"},
                 {"half", "0.5"},  {"halved", "0.5"}};
    size_t len = end - start;
    bool fold = len > 5 && strncasecmp(out->text + end - 4, "fold", 4) == 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);
        if (n != (fold ? len - 4 : len) || strncasecmp(out->text + start, words[i].word, n) != 0)
            continue;
        struct number *number = add(out, arena, NUMBER_WORD, start, end);
        snprintf(number->value, sizeof number->value, "%s", words[i].value);
        if (strcmp(words[i].value, "0.5") == 0)
            snprintf(number->other, sizeof number->other, "50");
        if (fold)
            number->unit = "fold";
        else if (i < 12)
            read_behind(out, number);
        return;
    }
}

/* A word: a number word, or a name when it holds digits. The end of what was read. */
static size_t read_word(struct numbers *out, struct arena *arena, size_t at)
{
    const char *t = out->text;
    size_t end = at, lower = 0;
    bool digits = false;
    for (;; end++) {
        if (is_digit(t[end])) {
            digits = true;
        } else if (is_letter(t[end])) {
            lower += t[end] >= 'a' && t[end] <= 'z';
        } else if (t[end] != '-' || !is_digit(t[end + 1]) || (lower >= 3 && lower == end - at)) {
            break;
        }
    }
    if (!digits) {
        read_number_word(out, arena, at, end);
    } else if (t[at] == 'x' && strspn(t + at + 1, "0123456789") == end - at - 1) {
        return at + 1; /* "3 x10": the number follows */
    } else {
        add(out, arena, NUMBER_NAME, at, end);
    }
    return end;
}

/* True when only what joins the members of a list stands between. */
static bool joined(const char *t, size_t from, size_t to)
{
    static const char *const joiners[] = {"and", "or", "to", "vs",  "versus", "through", "y", "e",   "o", "a",
                                          "et",  "ou", "à",  "und", "oder",   "bis",     "и", "или", NULL};
    while (from < to) {
        size_t end = word_end(t, from);
        if (end > from ? !word_in(t + from, end - from, joiners) : !strchr(" ,-~/\x01", t[from]))
            return false;
        from = end > from ? end : from + 1;
    }
    return true;
}

static void spread_units(struct numbers *out)
{
    for (size_t i = out->n; i-- > 1;) {
        struct number *number = &out->list[i - 1], *next = &out->list[i];
        if (next->form == NUMBER_NAME || number->form == NUMBER_NAME || number->unit || !next->unit)
            continue;
        if (number->end >= next->start || joined(out->text, number->end, next->start))
            number->unit = next->unit;
    }
}

/* Members of the longest list: commas and a final "and" or "or" within one clause. */
static size_t longest_list(const char *t)
{
    size_t best = 0, members = 1;
    for (size_t i = 0; t[i]; i++) {
        bool word_starts = i && t[i - 1] == ' ';
        if (t[i] == ';' || t[i] == ':' || (t[i] == '.' && t[i + 1] == ' '))
            members = 1;
        else if ((t[i] == ',' && t[i + 1] == ' ' && strncmp(t + i, ", and ", 6) != 0) ||
                 (word_starts && (strncmp(t + i, "and ", 4) == 0 || strncmp(t + i, "or ", 3) == 0)))
            members++;
        if (members > 1 && members > best)
            best = members;
    }
    return best;
}

/* Units of Chinese, Japanese and Korean, which stand behind a number without a space: the letters that are read in
 * their place; NULL: none. */
static const char *joined_unit(const char *at, size_t *len)
{
    static const char *const units[][2] = {
        {"小时", "h"},  {"時間", "h"},  {"시간", "h"},  {"天", "d"},       {"日", "d"},       {"일", "d"},
        {"周", "week"}, {"週", "week"}, {"주", "week"}, {"个月", "month"}, {"か月", "month"}, {"개월", "month"},
        {"年", "year"}, {"년", "year"}, {"岁", "year"}, {"分钟", "min"},   {"分", "min"},     {"분", "min"},
        {"秒", "s"},    {"초", "s"},    {"毫克", "mg"}, {"微克", "ug"},    {"戈瑞", "Gy"},    {"毫米", "mm"},
        {"厘米", "cm"}, {"微米", "um"}, {"毫升", "ml"}, {"倍", "fold"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strncmp(at, units[i][0], strlen(units[i][0])) == 0) {
            *len = strlen(units[i][0]);
            return units[i][1];
        }
    return NULL;
}

void numbers_read(const char *text, struct arena *arena, struct numbers *out)
{
    struct str plain = STR_INIT(3 * NUMBERS_MAX_TEXT);
    size_t len = strnlen(text, NUMBERS_MAX_TEXT);
    bool exponent = false;
    for (size_t at = 0, unit_len; at < len;) {
        bool behind =
            plain.len && (is_digit(plain.data[plain.len - 1]) ||
                          (plain.len > 1 && plain.data[plain.len - 1] == ' ' && is_digit(plain.data[plain.len - 2])));
        const char *unit = behind ? joined_unit(text + at, &unit_len) : NULL;
        if (unit) {
            str_addf(&plain, " %s ", unit);
            at += unit_len;
        } else {
            plain_point(text_next(text, len, &at), &exponent, &plain);
        }
    }
    *out = (struct numbers){.text = arena_strndup(arena, plain.data, plain.len)};
    str_release(&plain);
    const char *t = out->text;
    for (size_t at = 0; t[at];) {
        bool fraction =
            t[at] == '.' && is_digit(t[at + 1]) && (at == 0 || (!is_digit(t[at - 1]) && !is_letter(t[at - 1])));
        if (is_digit(t[at]) || fraction) {
            size_t first = out->n, end = read_digits(out, arena, at);
            if (out->n > first) {
                struct number *last = &out->list[out->n - 1];
                if (!read_behind(out, last)) {
                    end = word_end(t, end);
                    *last = (struct number){.form = NUMBER_NAME, .start = at, .end = end};
                }
                last->count = last->count || stands_behind_seen(t, at);
            }
            at = end;
        } else if (is_letter(t[at])) {
            at = read_word(out, arena, at);
        } else if (t[at] == '^') { /* of a unit: cm², s⁻¹ */
            at += exponent_length(t + at);
        } else {
            at++;
        }
    }
    spread_units(out);
    out->longest_list = longest_list(t);
}

static bool same_value(const struct number *a, const struct number *b)
{
    return strcmp(a->value, b->value) == 0 || (a->other[0] && strcmp(a->other, b->value) == 0) ||
           (b->other[0] && (strcmp(a->value, b->other) == 0 || strcmp(a->other, b->other) == 0));
}

static bool has_value(const struct numbers *source, const struct number *number)
{
    for (size_t i = 0; i < source->n; i++)
        if (source->list[i].form != NUMBER_NAME && same_value(number, &source->list[i]))
            return true;
    return false;
}

/* The text's letters and digits only, in lower case. */
static char *squeezed(const char *text, size_t len, struct str *out)
{
    for (size_t i = 0; i < len; i++)
        if (is_letter(text[i]) || is_digit(text[i]))
            str_add_char(out, text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i]);
    return out->data;
}

static bool has_name(const struct numbers *source, const char *name, size_t len)
{
    struct str all = STR_INIT(3 * NUMBERS_MAX_TEXT), one = STR_INIT(3 * NUMBERS_MAX_TEXT);
    bool found = strstr(squeezed(source->text, strlen(source->text), &all), squeezed(name, len, &one)) != NULL;
    str_release(&all);
    str_release(&one);
    return found;
}

static bool is_supported(const struct number *number, const struct numbers *answer, const struct numbers *source,
                         size_t panels)
{
    if (number->form == NUMBER_PART)
        return true;
    if (number->form == NUMBER_NAME)
        return has_name(source, answer->text + number->start, number->end - number->start);
    if (number->form == NUMBER_WORD && !number->unit && strcmp(number->value, "1") == 0)
        return true; /* "one" is more often no number */
    if (has_value(source, number))
        return true;
    size_t most = panels > source->longest_list ? panels : source->longest_list;
    most = most < 2 ? 2 : most;
    static const char *const small[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
    for (size_t i = 0; number->count && i < sizeof small / sizeof *small && i <= most; i++)
        if (strcmp(number->value, small[i]) == 0)
            return true;
    return false;
}

bool numbers_supported(const struct numbers *answer, const struct numbers *source, size_t panels, struct str *why)
{
    for (size_t i = 0; i < answer->n; i++) {
        const struct number *number = &answer->list[i];
        if (is_supported(number, answer, source, panels))
            continue;
        str_addf(why, "'%.*s' is not among the facts", (int)(number->end - number->start),
                 answer->text + number->start);
        return false;
    }
    return true;
}

static bool has_unit(const struct numbers *source, const struct number *number)
{
    bool found = false;
    for (size_t i = 0; i < source->n; i++) {
        const struct number *s = &source->list[i];
        if (s->form == NUMBER_NAME || !same_value(number, s))
            continue;
        found = true;
        /* "half" and "six of them" say nothing of 0.5 Gy and 6 Gy. */
        bool bare = !s->unit && (s->form != NUMBER_WORD || number->form == NUMBER_WORD);
        if (bare || (s->unit && strcmp(s->unit, number->unit) == 0))
            return true;
    }
    return !found; /* a value that is not there at all is numbers_supported's matter */
}

bool numbers_units(const struct numbers *answer, const struct numbers *source, struct str *why)
{
    for (size_t i = 0; i < answer->n; i++) {
        const struct number *number = &answer->list[i];
        if (number->form == NUMBER_NAME || number->form == NUMBER_PART || !number->unit || has_unit(source, number))
            continue;
        str_addf(why, "'%.*s' stands there with another unit than %s", (int)(number->end - number->start),
                 answer->text + number->start, number->unit);
        return false;
    }
    return true;
}

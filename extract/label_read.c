#include "extract/label_read.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

int label_peek(const struct label_cursor *c)
{
    if (c->at >= c->len)
        return -1;
    unsigned char byte = (unsigned char)c->text[c->at];
    if (byte < 0x80)
        return byte;
    size_t at = c->at;
    return text_next(c->text, c->len, &at);
}

int label_step(struct label_cursor *c)
{
    if (c->at >= c->len)
        return -1;
    unsigned char byte = (unsigned char)c->text[c->at];
    if (byte < 0x80) {
        c->at++;
        return byte;
    }
    return text_next(c->text, c->len, &c->at);
}

bool label_accept(struct label_cursor *c, int code)
{
    if (label_peek(c) != code)
        return false;
    label_step(c);
    return true;
}

int label_digit(int code)
{
    if (code < 0x80)
        return code >= '0' && code <= '9' ? code - '0' : -1;
    return text_digit_value(code);
}

static bool is_space(int code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || (code > 0x7f && text_is_space(code));
}

bool label_skip_spaces(struct label_cursor *c)
{
    size_t start = c->at;
    for (int code; (code = label_peek(c)) >= 0 && is_space(code);)
        label_step(c);
    return c->at > start;
}

int label_closing(int code)
{
    static const int pairs[][2] = {{'(', ')'},       {'[', ']'},       {'<', '>'},       {0xff08, 0xff09},
                                   {0xff3b, 0xff3d}, {0xff1c, 0xff1e}, {0x3008, 0x3009}, {0x300a, 0x300b},
                                   {0x300c, 0x300d}, {0x3010, 0x3011}, {0x3014, 0x3015}, {0x2329, 0x232a}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == code)
            return pairs[i][1];
    return 0;
}

bool label_is_dash(int code)
{
    return code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xff0d || code == 0xfe63;
}

/* Marks and format characters that may stand in a word without changing it: soft hyphen, combining accents, Arabic
 * vowel signs and tatweel, zero-width and direction characters. */
static bool is_ignorable(int code)
{
    return code == 0xad || (code >= 0x300 && code <= 0x36f) || (code >= 0x591 && code <= 0x5c7) || code == 0x640 ||
           (code >= 0x64b && code <= 0x65f) || code == 0x670 || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

bool label_is_cased(int code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return code < 0x590 && text_is_letter(code);
}

static const struct label_letter *letter_of(int code)
{
    static const struct label_letter none;
    if (code < 0)
        return &none;
    if (code < 0x80)
        return &label_ascii[code];
    size_t low = 0, high = label_n_letters;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (label_letters[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < label_n_letters && label_letters[low].code == code ? &label_letters[low] : &none;
}

bool label_is_upper(int code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z';
    const struct label_letter *letter = letter_of(code);
    return label_is_cased(code) && (letter->letter ? !letter->lower : false);
}

static const struct label_node *child_of(const struct label_node *node, unsigned short letter)
{
    const struct label_node *low = label_nodes + node->child, *high = low + node->n_children, *end = high;
    while (low < high) {
        const struct label_node *middle = low + (high - low) / 2;
        if (middle->letter < letter)
            low = middle + 1;
        else
            high = middle;
    }
    return letter && low < end && low->letter == letter ? low : NULL;
}

/* True when the character at `at` and the next one may start a word below the root of label_first[root]. */
static bool may_start_word(const struct label_cursor *c, size_t at, int root)
{
    const struct label_node *node = &label_nodes[label_first[root][(unsigned char)c->text[at]]];
    if (node == label_nodes || node->sense || at + 1 >= c->len)
        return node != label_nodes;
    unsigned char next = (unsigned char)c->text[at + 1];
    return next >= 0x80 || next == ' ' || child_of(node, label_ascii[next].letter);
}

bool label_may_start(const struct label_cursor *c)
{
    size_t at = c->at;
    if (at >= c->len)
        return false;
    unsigned char byte = (unsigned char)c->text[at];
    if (byte >= 0x80)
        return true;
    if (byte < '0' || byte > '9') {
        bool roman = byte == 'I' || byte == 'V' || byte == 'X';
        return roman || may_start_word(c, at, 0) || may_start_word(c, at, 1);
    }
    for (bool digit = true; at < c->len; at++) {
        byte = (unsigned char)c->text[at];
        bool panel =
            digit && byte < 0x80 && label_is_cased(byte) && at + 1 < c->len && strchr(" .-,/", c->text[at + 1]);
        digit = byte >= '0' && byte <= '9';
        if (!digit && !panel && (byte == 0 || !strchr(" .-,/", byte)))
            break;
    }
    return at < c->len && ((unsigned char)c->text[at] >= 0x80 || may_start_word(c, at, 2));
}

/* True when the word may end at the cursor. "FigS1" may be written without a space. */
static bool ends_word(const struct label_cursor *c, const struct label_sense *sense)
{
    if (sense->flags & LABEL_UNSPACED)
        return true;
    int code = label_peek(c);
    if (code < 0 || !text_is_letter(code)) /* in "FigS1" the S belongs to the number, not to a plural */
        return !(label_digit(code) >= 0 && c->at >= 2 && c->text[c->at - 1] == 'S' && c->text[c->at - 2] >= 'a');
    return code == 'S' && c->at + 1 < c->len && c->text[c->at + 1] >= '1' && c->text[c->at + 1] <= '9';
}

const struct label_sense *label_match(struct label_cursor *c, enum label_root root, bool *capital)
{
    struct label_cursor at = *c;
    const struct label_node *node = &label_nodes[root];
    const struct label_sense *best = NULL;
    bool first = true, lower = false;
    for (;;) {
        int code = label_peek(&at);
        if (!first && code > 0x7f && is_ignorable(code)) {
            label_step(&at);
            continue;
        }
        const struct label_letter *letter = letter_of(code);
        unsigned short number = letter->letter;
        if (!first && code >= 0 && is_space(code))
            number = label_space;
        node = child_of(node, number);
        if (!node)
            break;
        if (first)
            lower = letter->lower;
        first = false;
        if (number == label_space)
            label_skip_spaces(&at);
        else
            label_step(&at);
        if (node->sense && ends_word(&at, &label_senses[node->sense])) {
            best = &label_senses[node->sense];
            c->at = at.at;
        }
    }
    if (best && capital)
        *capital = !lower;
    return best;
}

const struct label_sense *label_match_spaced(struct label_cursor *c)
{
    struct label_cursor at = *c;
    const struct label_node *node = &label_nodes[LABEL_IN_PREFIX];
    const struct label_sense *best = NULL;
    bool spaced = true; /* every letter is followed by a space, not only the first */
    for (size_t n = 1;; n++) {
        int code = label_peek(&at);
        if (!label_is_cased(code) || ((n == 1 || spaced) && letter_of(code)->lower))
            break;
        node = child_of(node, letter_of(code)->letter);
        if (!node)
            break;
        label_step(&at);
        if (n >= 3 && node->sense && ends_word(&at, &label_senses[node->sense])) {
            best = &label_senses[node->sense];
            c->at = at.at;
        }
        bool space = label_skip_spaces(&at);
        if (n == 1 && !space)
            break;
        if (n == 2)
            spaced = space;
        else if (n > 2 && space != spaced)
            break;
    }
    return best;
}

static void add_text(struct label_number *number, const char *text)
{
    size_t at = strlen(number->text);
    snprintf(number->text + at, sizeof number->text - at, "%s", text);
}

static void add_value(struct label_number *number, int value)
{
    char digits[12];
    snprintf(digits, sizeof digits, "%d", value);
    add_text(number, digits);
}

/* One to three digits of any script; four are a year or a count. */
static bool read_digits(struct label_cursor *c, int *value)
{
    struct label_cursor at = *c;
    int n = 0, sum = 0;
    for (int digit; (digit = label_digit(label_peek(&at))) >= 0; n++) {
        if (n == 3)
            return false;
        sum = 10 * sum + digit;
        label_step(&at);
    }
    if (!n)
        return false;
    *value = sum;
    *c = at;
    return true;
}

/* A plain capital for an ASCII or full-width one, else 0. */
static char latin_capital(int code)
{
    if (code >= 'A' && code <= 'Z')
        return (char)code;
    return code >= 0xff21 && code <= 0xff3a ? (char)(code - 0xff21 + 'A') : 0;
}

/* The letters in front of the digits: "S1", "A.1", "EV2", "S 1". */
static bool read_letters(struct label_cursor *c, struct label_number *out)
{
    static const char pairs[] = "EV ED SI SM SF ST";
    struct label_cursor at = *c;
    int code = label_step(&at);
    char letters[3] = {code == 's' ? 'S' : latin_capital(code)};
    if (!letters[0])
        return false;
    letters[1] = latin_capital(label_peek(&at));
    if (letters[1] && strstr(pairs, letters))
        label_step(&at);
    else
        letters[1] = 0;
    if (label_peek(&at) == '.' || label_is_dash(label_peek(&at)))
        label_step(&at);
    else if (code == 'S')
        label_skip_spaces(&at);
    if (label_digit(label_peek(&at)) < 0)
        return false;
    add_text(out, letters);
    *c = at;
    return true;
}

/* "2.3", "1-1", "3–2", "1-S2": chapter numbers behind the first. A dash with a wider look, or in a plural, makes a
 * range, unless it would run backwards. */
static void read_chapters(struct label_cursor *c, enum label_number_style style, struct label_number *out)
{
    for (int level = 0; level < 2; level++) {
        struct label_cursor at = *c;
        int mark = label_step(&at), value;
        bool dash = label_is_dash(mark);
        if (!dash && mark != '.' && mark != 0xff0e && mark != 0xb7)
            return;
        bool letter = dash && style != LABEL_NUMBER_MANY && label_accept(&at, 'S');
        if (!read_digits(&at, &value))
            return;
        bool narrow = mark == '-' || mark == 0x2010 || mark == 0x2011;
        if (dash && !letter && value > out->value && (style == LABEL_NUMBER_MANY || !narrow))
            return;
        add_text(out, dash ? "-" : ".");
        add_text(out, letter ? "S" : "");
        add_value(out, value);
        *c = at;
    }
}

static void add_sub(struct label_number *out, const struct label_cursor *c, size_t from)
{
    size_t len = strlen(out->sub), more = c->at - from;
    if (len + more < sizeof out->sub) {
        memcpy(out->sub + len, c->text + from, more);
        out->sub[len + more] = 0;
    }
}

/* Panel letters that stand alone or run on in the alphabet ("a", "ab"). */
static bool read_panel(struct label_cursor *c, struct label_number *out)
{
    struct label_cursor at = *c;
    int code = label_step(&at);
    if (!label_is_cased(code))
        return false;
    while (label_peek(&at) == code + 1 && (code | 0x20) < 'l')
        code = label_step(&at);
    if (label_is_cased(label_peek(&at)) || label_digit(label_peek(&at)) >= 0)
        return false;
    add_sub(out, &at, c->at);
    *c = at;
    return true;
}

/* "a", "A-C", "a,b", "A/B" at once behind the digits. */
static void read_panels(struct label_cursor *c, struct label_number *out)
{
    if (!read_panel(c, out))
        return;
    for (;;) {
        struct label_cursor at = *c;
        struct label_number more = {0};
        int mark = label_step(&at);
        if ((mark != ',' && mark != '/' && mark != '&' && !label_is_dash(mark)) || !read_panel(&at, &more))
            return;
        size_t len = strlen(out->sub), more_len = strlen(more.sub);
        if (len + 1 + more_len < sizeof out->sub) {
            out->sub[len] = (char)(label_is_dash(mark) ? '-' : mark);
            memcpy(out->sub + len + 1, more.sub, more_len + 1);
        }
        *c = at;
    }
}

static char roman_letter(int code)
{
    char plain = code == 0x406 ? 'I' : code == 0x425 ? 'X' : latin_capital(code); /* Cyrillic look-alikes */
    return plain && strchr("IVX", plain) ? plain : 0;
}

/* I to XXXIX, in letters or in Unicode's own Roman numerals. */
static bool read_roman(struct label_cursor *c, struct label_number *out)
{
    static const char *const ones[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
    struct label_cursor at = *c;
    int code = label_peek(&at);
    if ((code >= 0x2160 && code <= 0x216b) || (code >= 0x2170 && code <= 0x217b)) {
        label_step(c);
        out->value = (code & 0xf) + 1;
        return true;
    }
    char letters[8] = {0}, plain;
    for (size_t n = 0; n < 7 && (plain = roman_letter(label_peek(&at))); n++) {
        letters[n] = plain;
        label_step(&at);
    }
    for (int value = 1; letters[0] && value <= 39; value++) {
        size_t tens = (size_t)value / 10;
        if (strspn(letters, "X") < tens || strcmp(letters + tens, ones[value % 10]))
            continue;
        out->value = value;
        *c = at;
        code = label_step(&at); /* "X-ray", "I'm" */
        return !((label_is_dash(code) || code == '\'' || code == 0x2019) && label_is_cased(label_peek(&at)));
    }
    return false;
}

/* 一 to 九十九. A character that may go on the word (表一般) must not follow. */
static bool read_han(struct label_cursor *c, struct label_number *out)
{
    static const int numerals[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    struct label_cursor at = *c;
    int tens = 0, ones = 0, n = 0;
    for (; n < 3; n++) {
        int code = label_peek(&at), digit = 9;
        while (digit > 0 && numerals[digit] != code)
            digit--;
        if (code == 0x5341 && !tens) {
            tens = n ? ones : 1;
            ones = 0;
        } else if (digit && !ones) {
            ones = digit;
        } else {
            break;
        }
        label_step(&at);
    }
    int next = label_peek(&at);
    if (!n ||
        (next >= 0x3400 && next <= 0x9fff && next != 0x56fe && next != 0x5716 && next != 0x56f3 && next != 0x8868))
        return false;
    out->value = 10 * tens + ones;
    *c = at;
    return true;
}

/* A capital letter as the whole number: only an end or a separator may follow it. */
static bool read_letter(struct label_cursor *c, struct label_number *out)
{
    struct label_cursor at = *c;
    char letter[2] = {latin_capital(label_step(&at))};
    int next = label_peek(&at);
    if (!letter[0] || !(next < 0 || next == '.' || next == ':' || next == '|' || next == 0xff1a))
        return false;
    add_text(out, letter);
    *c = at;
    return true;
}

/* What may follow a number: no digit, no letter of a script with words. A capital in front of a lower-case letter is
 * text that lost its space ("Figure 1Distribution of ..."). */
static bool ends_number(struct label_cursor at)
{
    int code = label_step(&at);
    if (code < 0)
        return true;
    if (label_is_cased(code))
        return label_is_upper(code) && label_is_cased(label_peek(&at)) && !label_is_upper(label_peek(&at));
    return label_digit(code) < 0 && code != '%';
}

bool label_read_number(struct label_cursor *c, enum label_number_style style, struct label_number *out)
{
    struct label_cursor at = *c;
    int code = label_peek(&at);
    *out = (struct label_number){0};
    bool letters = read_letters(&at, out);
    if (read_digits(&at, &out->value)) {
        add_value(out, out->value);
        read_chapters(&at, style, out);
        read_panels(&at, out);
    } else if (!letters && code >= 0x2460 && code <= 0x2473) { /* circled digits */
        label_step(&at);
        out->value = code - 0x2460 + 1;
        add_value(out, out->value);
    } else if (!letters && read_roman(&at, out)) {
        add_value(out, out->value);
        read_panels(&at, out);
    } else if (!letters && read_han(&at, out)) {
        add_value(out, out->value);
    } else if (letters || style != LABEL_NUMBER_LETTER || !read_letter(&at, out)) {
        return false;
    }
    if (!ends_number(at))
        return false;
    *c = at;
    return true;
}

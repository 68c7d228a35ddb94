#include "extract/label.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "extract/label_read.h"

/* A label while it is read. */
struct reading {
    struct label_cursor at;
    struct label *out;
    struct label_cite *cite; /* a citation in running text is wanted; NULL: the label of a caption */
    const char *mark;
    struct label_number number;
};

static bool is_space_code(int code)
{
    return code >= 0 && text_is_space(code);
}

/* Puts mark and number together; a number that has letters of its own ("S1") needs no mark. */
static void compose(char out[24], const char *mark, const struct label_number *number)
{
    bool bare = number->text[0] >= '0' && number->text[0] <= '9';
    snprintf(out, 24, "%s%s", bare ? mark : "", number->text);
}

/* Between the numbers of "1 and 2", "1, 2", "1-3". *range: all between them are meant too. */
static bool read_joint(struct label_cursor *c, bool many, bool *range)
{
    struct label_cursor at = *c;
    label_skip_spaces(&at);
    int code = label_peek(&at);
    *range = (label_is_dash(code) && (many || code != '-')) || code == '~' || code == 0xff5e || code == 0x301c;
    bool list = many && (code == ',' || code == ';' || code == '/' || code == 0xff0c || code == 0x60c);
    if (*range || list)
        label_step(&at);
    label_skip_spaces(&at);
    if (!*range) {
        if (many && label_match(&at, LABEL_IN_TO, NULL))
            *range = true;
        else if (!list && (!many || !label_match(&at, LABEL_IN_AND, NULL)))
            return false;
        else if (list)
            label_match(&at, LABEL_IN_AND, NULL); /* "1, 2, and 3" */
        label_skip_spaces(&at);
    }
    *c = at;
    return true;
}

/* Panels in brackets behind a number of a list: "Figures 1(a)-1(b) and 2(a)". */
static void skip_panels(struct label_cursor *c)
{
    enum { LONGEST = 10 };
    struct label_cursor at = *c;
    if (!label_accept(&at, '(') || !label_is_cased(label_peek(&at)))
        return;
    for (int n = 0; n < LONGEST; n++) {
        int code = label_step(&at);
        if (code == ')') {
            *c = at;
            return;
        }
        if (!label_is_cased(code) && !label_is_dash(code) && !is_space_code(code) && code != ',')
            return;
    }
}

/* The further numbers of a plural label or citation. `many`: the word is a plural, or an abbreviation that may be one.
 */
static void read_list(struct reading *r, bool many)
{
    char unwanted[24], *last = r->cite ? r->cite->last : unwanted;
    int value = r->number.value;
    char letters[4] = {0}; /* of the first number: "S1-3" ends with S3 */
    for (size_t i = 0; i + 1 < sizeof letters && r->number.text[i] >= 'A' && r->number.text[i] <= 'Z'; i++)
        letters[i] = r->number.text[i];
    compose(last, r->mark, &r->number);
    for (int n = 0; n < 40; n++) {
        struct label_cursor at = r->at;
        struct label_number number;
        bool range;
        if (many && r->cite)
            skip_panels(&at);
        if (!read_joint(&at, many, &range) || !label_read_number(&at, LABEL_NUMBER_MANY, &number) ||
            (range && number.value < value))
            return;
        r->at = at;
        r->out->plural = true;
        value = number.value;
        if (!range && r->cite && r->cite->n_also < LABEL_MAX_ALSO) {
            struct label_range *also = &r->cite->also[r->cite->n_also++];
            compose(also->first, r->mark, &number);
            last = also->last;
        } else if (!range) {
            last = unwanted;
        }
        compose(last, range && *letters ? letters : r->mark, &number);
    }
}

/* "-figure supplement 2", "—source data 1" behind the number. */
static void read_tails(struct reading *r)
{
    for (int level = 0; level < 2; level++) {
        struct label_cursor at = r->at;
        label_skip_spaces(&at);
        if (!label_is_dash(label_step(&at)))
            return;
        label_skip_spaces(&at);
        const struct label_sense *tail = label_match(&at, LABEL_IN_TAIL, NULL);
        struct label_number number;
        label_skip_spaces(&at);
        if (!tail || !label_read_number(&at, LABEL_NUMBER_ONE, &number))
            return;
        size_t len = strlen(r->number.text);
        snprintf(r->number.text + len, sizeof r->number.text - len, "-%s%s", tail->mark, number.text);
        memcpy(r->number.sub, number.sub, sizeof number.sub);
        if (*tail->mark != 'S')
            r->out->kind = *tail->mark == 'V' ? "video" : "supplement";
        r->at = at;
    }
}

/* A number, in brackets or not: "1", "(1)". `many`: it may be the first of several. */
static bool read_number(struct reading *r, bool many)
{
    struct label_cursor at = r->at;
    int closing = label_closing(label_peek(&at));
    if (closing) {
        label_step(&at);
        label_skip_spaces(&at);
    }
    enum label_number_style style = many ? LABEL_NUMBER_MANY : r->cite ? LABEL_NUMBER_ONE : LABEL_NUMBER_LETTER;
    if (!label_read_number(&at, style, &r->number))
        return false;
    if (closing) {
        label_skip_spaces(&at);
        if (!label_accept(&at, closing))
            return false;
    }
    r->at = at;
    return true;
}

/* What may stand between a label word and its number: a dot, a word like "No.", a hyphen ("Figure-1"). */
static void skip_to_number(struct reading *r)
{
    struct label_cursor *at = &r->at;
    label_skip_spaces(at);
    const struct label_sense *behind = label_match(at, LABEL_IN_BEHIND, NULL);
    if (behind) {
        r->mark = behind->mark;
        label_skip_spaces(at);
    }
    if (label_match(at, LABEL_IN_NUMBER_WORD, NULL)) {
        label_accept(at, '.');
        label_skip_spaces(at);
    }
    struct label_cursor dash = *at;
    if (label_is_dash(label_step(&dash)) || label_peek(at) == '_') {
        label_skip_spaces(&dash);
        *at = dash;
    }
}

/* A label word that is all there is ("Figure. Flow of patients", "Рис."): the only figure of an article. */
static bool read_unnumbered(struct reading *r, const struct label_sense *word)
{
    if (r->cite || !r->out->capital || word->flags & (LABEL_PLURAL | LABEL_DOT | LABEL_CITE | LABEL_NUMBERED))
        return false;
    r->number = (struct label_number){0};
    struct label_cursor at = r->at;
    bool dot = label_accept(&at, '.');
    if (dot && word->flags & LABEL_SHORT)
        r->at = at; /* the dot of "Fig." belongs to the word, that of "Figure." is a separator */
    bool space = label_skip_spaces(&at);
    int code = label_peek(&at);
    if (code < 0)
        return true;
    if (strcmp(word->kind, "figure") && strcmp(word->kind, "table"))
        return false;
    if (dot && space)
        return !(word->flags & LABEL_SHORT) || label_is_upper(code);
    bool separator = code == ':' || code == '|' || (space && label_is_dash(code));
    label_step(&at);
    return code == 0xff1a || (separator && is_space_code(label_peek(&at)));
}

/* The label word, with what may stand in front of it ("Supplementary", "续"), or NULL. */
static const struct label_sense *read_word(struct reading *r)
{
    struct label_cursor start = r->at;
    bool capital;
    const struct label_sense *first = label_match(&r->at, LABEL_IN_QUALIFIER, &r->out->capital), *word;
    if (first) {
        if (first->flags & LABEL_SHORT)
            label_accept(&r->at, '.');
        label_skip_spaces(&r->at);
        if ((word = label_match(&r->at, LABEL_IN_PREFIX, &capital))) {
            r->mark = first->mark;
            r->out->continued = first->flags & LABEL_BEFORE;
            return word;
        }
        r->at = start;
    }
    if (!(word = label_match(&r->at, LABEL_IN_PREFIX, &r->out->capital)) && (word = label_match_spaced(&r->at)))
        r->out->capital = true;
    return word;
}

/* True when a word is too doubtful for what is wanted: an inflected form as a caption's label, or "AFB1" (aflatoxin B1)
 * for "Afb. 1", somebody's initials for "Sl." in running text. `c` is behind the word. */
static bool is_doubtful(const struct reading *r, const struct label_sense *word, const struct label_cursor *c)
{
    if (word->flags & LABEL_CITE && !r->cite && !r->out->continued)
        return true;
    bool capitals = r->cite && label_is_upper(c->text[c->at - 1]);
    return (word->flags & LABEL_DOT && (capitals || label_peek(c) != '.')) ||
           (word->flags & LABEL_SHORT && capitals && label_digit(label_peek(c)) >= 0);
}

static void take_word(struct reading *r, const struct label_sense *word)
{
    r->out->kind = word->kind;
    r->out->language = word->language;
    r->out->english = word->flags & LABEL_ENGLISH;
}

/* "Figure 1" */
static bool read_prefix(struct reading *r)
{
    const struct label_sense *word = read_word(r);
    if (!word || is_doubtful(r, word, &r->at))
        return false;
    take_word(r, word);
    r->out->plural = word->flags & LABEL_PLURAL && !r->out->continued; /* "Продолжение таблицы 1": a genitive */
    if (*word->mark)
        r->mark = word->mark;
    if (*word->mark == 'E')
        r->out->capital = true; /* eFigure */
    struct label_cursor end = r->at;
    if (!label_accept(&r->at, '.'))
        label_accept(&r->at, 0xff0e);
    skip_to_number(r);
    if (!read_number(r, word->flags & LABEL_PLURAL)) {
        r->at = end;
        return read_unnumbered(r, word);
    }
    read_tails(r);
    read_list(r, word->flags & (LABEL_PLURAL | LABEL_SHORT));
    return true;
}

/* "1. ábra", "1-сурет": the number comes first. */
static bool read_suffix(struct reading *r)
{
    if (!label_read_number(&r->at, LABEL_NUMBER_ONE, &r->number))
        return false;
    bool dot = label_accept(&r->at, '.');
    read_list(r, true);
    dot = label_accept(&r->at, '.') || dot;
    label_skip_spaces(&r->at);
    if (!dot && label_is_dash(label_peek(&r->at))) {
        label_step(&r->at);
        label_skip_spaces(&r->at);
    }
    const struct label_sense *word = label_match(&r->at, LABEL_IN_SUFFIX, NULL);
    if (!word || ((word->flags & LABEL_NUMBER_DOT) && !dot) || ((word->flags & LABEL_CITE) && !r->cite))
        return false;
    struct label_cursor after = r->at;
    if ((word->flags & LABEL_SHORT) && label_accept(&after, '.'))
        r->at = after;
    take_word(r, word);
    r->out->capital = true;
    return true;
}

/* "第1図" */
static bool read_circumfix(struct reading *r)
{
    if (!label_accept(&r->at, 0x7b2c))
        return false;
    label_skip_spaces(&r->at);
    if (!label_read_number(&r->at, LABEL_NUMBER_ONE, &r->number))
        return false;
    label_skip_spaces(&r->at);
    const struct label_sense *word = label_match(&r->at, LABEL_IN_CIRCUMFIX, NULL);
    if (!word)
        return false;
    take_word(r, word);
    r->out->capital = true;
    return true;
}

static bool is_separator(int code)
{
    static const int separators[] = {'.',    ':',    '|',    0xff1a, 0xff0e, 0x3002, 0xff5c, 0x2502, 0x2223, 0x25b6,
                                     0x25ba, 0x25b2, 0x25a0, 0x25cf, 0x2022, 0xb7,   0x3001, 0x2236, 0x5c3};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (separators[i] == code)
            return true;
    return label_is_dash(code);
}

/* Moves past one separator. A dash separates only with a space or a capital behind it or a space in front. */
static int read_separator(struct label_cursor *c)
{
    struct label_cursor at = *c;
    bool space = label_skip_spaces(&at);
    int code = label_step(&at), next = label_peek(&at);
    if (code < 0 || !is_separator(code))
        return 0;
    if (label_is_dash(code) && !space && next >= 0 && !is_space_code(next) && !label_is_upper(next) &&
        !is_separator(next) && (next < 0x590 || !text_is_letter(next)))
        return 0;
    *c = at;
    return code;
}

/* "(continued)", "continued." behind the number. Without brackets, nothing but a separator may follow. */
static bool read_continued(struct label_cursor *c)
{
    struct label_cursor at = *c;
    label_skip_spaces(&at);
    int closing = label_closing(label_peek(&at));
    if (closing)
        label_step(&at);
    label_skip_spaces(&at);
    if (!label_match(&at, LABEL_IN_CONTINUED, NULL))
        return false;
    label_accept(&at, '.');
    label_skip_spaces(&at);
    if (closing ? !label_accept(&at, closing) : label_peek(&at) >= 0 && !is_separator(label_peek(&at)))
        return false;
    *c = at;
    return true;
}

/* A wide space at once behind the number is a separator of its own. */
static int wide_space(const struct label_cursor *c)
{
    int code = label_peek(c);
    return code == '\t' || code == 0x2002 || code == 0x2003 || code == 0x3000 ? code : 0;
}

static bool is_hiragana(int code)
{
    return code >= 0x3041 && code <= 0x309f;
}

/* "shows" behind the number, or a particle at once behind it: the sentence goes on. */
static bool reads_on(struct label_cursor at)
{
    bool space = label_skip_spaces(&at);
    if (label_is_upper(label_peek(&at))) /* "Figure 1 In vivo imaging" */
        return false;
    const struct label_sense *cue = label_match(&at, LABEL_IN_CUE, NULL);
    if (!cue || !space || !(cue->flags & LABEL_GLUED))
        return cue;
    /* A Japanese particle may have a space in front; a word of Hiragana that begins like it goes on with Hiragana. */
    size_t before = at.at >= 3 ? at.at - 3 : 0;
    return is_hiragana(text_next(at.text, at.len, &before)) && !is_hiragana(label_peek(&at));
}

static void read_end(struct reading *r)
{
    struct label_cursor *at = &r->at;
    int wide = wide_space(at);
    r->out->cue = reads_on(*at);
    if (read_continued(at))
        r->out->continued = true;
    r->out->separator = read_separator(at);
    if (!r->out->separator)
        r->out->separator = wide;
    else if (read_continued(at))
        r->out->continued = true;
    for (int n = 0; n < 3 && r->out->separator && read_separator(at); n++)
        ;
    label_skip_spaces(at);
    r->out->len = at->at;
}

/* Tries one shape of label at r->at. On success *r is behind it and r->out complete but for separator and len. */
static bool try_shape(struct reading *r, bool (*read)(struct reading *))
{
    struct reading copy = *r;
    *r->out = (struct label){0};
    copy.mark = "";
    if (r->cite)
        r->cite->last[0] = r->cite->n_also = 0;
    if (!read(&copy))
        return false;
    compose(r->out->number, copy.mark, &copy.number);
    snprintf(r->out->sub, sizeof r->out->sub, "%s", copy.number.sub);
    if (r->cite && !r->cite->last[0])
        memcpy(r->cite->last, r->out->number, sizeof r->cite->last);
    r->at = copy.at;
    return true;
}

static bool read_label(struct reading *r)
{
    int code = label_peek(&r->at);
    if (!label_may_start(&r->at))
        return false;
    if (code >= '0' && code <= '9')
        return try_shape(r, read_suffix);
    if (code == 0x7b2c)
        return try_shape(r, read_circumfix);
    return try_shape(r, read_prefix) ||
           ((code == 'I' || code == 'V' || code == 'X' || label_digit(code) >= 0) && try_shape(r, read_suffix));
}

/* A label that has no number by nature. */
static bool read_alone(struct reading *r)
{
    const struct label_sense *word = label_match(&r->at, LABEL_IN_ALONE, &r->out->capital);
    if (!word || !r->out->capital)
        return false;
    take_word(r, word);
    struct label_cursor after = r->at;
    return read_separator(&after) || (label_skip_spaces(&after), label_peek(&after) < 0);
}

static bool is_bullet(int code)
{
    return code == 0x25b2 || code == 0x25b6 || code == 0x25ba || code == 0x25a0 || code == 0x25a1 || code == 0x25cf ||
           code == 0x25c6 || code == 0x2022;
}

/* The label, and in brackets if an opening one is in front: "<그림 1>", "[Fig. 1]", "(그림 1)". */
static bool read_bracketed(struct reading *r)
{
    int opening = label_peek(&r->at), closing = label_closing(opening);
    if (closing) {
        label_step(&r->at);
        label_skip_spaces(&r->at);
    }
    if (!read_label(r) && (r->cite || !try_shape(r, read_alone)))
        return false;
    if (closing) {
        label_skip_spaces(&r->at);
        r->out->bracket = opening;
        return label_accept(&r->at, closing);
    }
    return true;
}

/* The same label in a second language, on one line: "Slika 1. / Figure 1." */
static void read_twin(struct reading *r)
{
    struct reading copy = *r;
    struct label twin;
    copy.out = &twin;
    label_skip_spaces(&copy.at);
    if (!label_accept(&copy.at, '/'))
        return;
    label_skip_spaces(&copy.at);
    if (!read_bracketed(&copy) || strcmp(twin.number, r->out->number) || strcmp(twin.kind, r->out->kind))
        return;
    r->out->label_len = copy.at.at;
    r->at = copy.at;
    read_end(r);
}

bool label_parse(const char *text, size_t len, struct label *out)
{
    struct reading r = {.at = {text, len, 0}, .out = out};
    label_skip_spaces(&r.at);
    while (is_bullet(label_peek(&r.at))) {
        label_step(&r.at);
        label_skip_spaces(&r.at);
    }
    if (!read_bracketed(&r))
        return false;
    out->label_len = r.at.at;
    read_end(&r);
    read_twin(&r);
    return true;
}

/* True when a label of a script without spaces may start behind `before`: Chinese words like 代表 or 心电图 end in the
 * label words, so that only characters that lead to a citation are believed. */
static bool may_follow(int before)
{
    static const int leads[] = {0x5982, 0x89c1, 0x898b, 0x7531, 0x4ece, 0x5f9e, 0x5728, 0x636e, 0x64da, 0x548c, 0x53ca,
                                0x4e0e, 0x8207, 0x6309, 0x53c2, 0x53c3, 0x4ee5, 0x4e0b, 0x4e0a, 0x53f3, 0x5de6, 0x8be5,
                                0x6b64, 0x4e3a, 0x70ba, 0x9644, 0x770b, 0x5c06, 0x5bf9, 0x793a, 0x4e2d};
    if (before >= 0xac00 && before <= 0xd7a3)
        return false;
    if (before < 0x3400 || before > 0x9fff)
        return true;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (leads[i] == before)
            return true;
    return false;
}

bool label_find(const char *text, size_t len, size_t *at, size_t *start, struct label_cite *out)
{
    struct label_cursor c = {text, len, *at};
    int before = ' ';
    for (int code; (code = label_peek(&c)) >= 0; before = code) {
        bool word = code < 0x590 ? label_is_cased(code) || label_digit(code) >= 0 : !is_space_code(code);
        bool inside = (before < 0x590 ? label_is_cased(before) : code < 0x2e80 && text_is_letter(before)) ||
                      label_digit(before) >= 0;
        if (word && !inside && (code < 0x2e80 || may_follow(before)) && label_may_start(&c)) {
            struct reading r = {.at = c, .out = &out->label, .cite = out};
            if (read_label(&r) &&
                (out->label.capital || !strcmp(out->label.kind, "figure") || !strcmp(out->label.kind, "table"))) {
                *start = c.at;
                *at = r.at.at;
                out->label.label_len = out->label.len = *at - *start;
                return true;
            }
        }
        label_step(&c);
    }
    *at = len;
    return false;
}

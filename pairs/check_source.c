/* check_source.c: checks that hold a candidate against the figure's caption and mentions. */
#include "pairs/check.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pairs/fold.h"
#include "pairs/phrases.h"

enum { MAX_SOURCE = NUMBERS_MAX_TEXT };

/* Panel letters. In the source any letter that stands alone counts; "a" only beside a parenthesis, comma, colon or
 * point, where it is no article; "A-C" names B too. */
static unsigned letters_of(const char *text)
{
    unsigned letters = 0;
    int before = 0; /* the letter whose range may go on */
    for (const char *at = text; *at; at++) {
        char c = *at, back = at > text ? at[-1] : ' ', next = at[1];
        bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
        bool alone = (upper || lower) && (unsigned char)back < 0x80 && (unsigned char)next < 0x80 &&
                     !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'", back) &&
                     (next == 0 || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'", next));
        if (alone && c == 'a')
            alone = back == '(' || (next && strchr("),:.-", next));
        if (!alone)
            continue;
        int index = upper ? c - 'A' : c - 'a';
        letters |= 1u << index;
        bool range = at > text + 1 && (back == '-' || (at > text + 3 && memcmp(at - 3, "\xE2\x80\x93", 3) == 0));
        for (int i = before; range && i < index; i++)
            letters |= 1u << i;
        before = index;
    }
    return letters;
}

/* A, B, C without a gap: how many panels the letters tell of. */
static size_t panels_of(unsigned letters)
{
    size_t n = 0;
    while (n < 26 && letters & (1u << n))
        n++;
    return n;
}

/* En dashes and the like as '-', so that a letter's neighbour is one byte. */
static char *plain_dashes(const char *text, struct arena *arena)
{
    struct str out = STR_INIT(MAX_SOURCE);
    size_t len = strnlen(text, MAX_SOURCE);
    for (size_t at = 0; at < len;) {
        int c = text_next(text, len, &at);
        if (c >= 0x2010 && c <= 0x2015)
            str_add_char(&out, '-');
        else
            str_add_utf8(&out, c);
    }
    char *copy = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return copy;
}

static const char *without_spaces(const char *folded, struct arena *arena)
{
    char *out = arena_strdup(arena, folded), *to = out;
    for (const char *at = folded; *at; at++)
        if (*at != ' ')
            *to++ = *at;
    *to = 0;
    return out;
}

static const char *initials_of(const char *folded, struct arena *arena)
{
    char *out = arena_strdup(arena, folded), *to = out;
    for (const char *at = folded; *at; at++)
        if (*at == ' ' && at[1])
            *to++ = at[1];
    *to = 0;
    return out;
}

void check_source_make(const char *const *texts, size_t n, size_t panels, struct arena *arena, struct check_source *out)
{
    struct str all = STR_INIT(MAX_SOURCE);
    for (size_t i = 0; i < n; i++) {
        str_add(&all, texts[i]);
        str_add(&all, " \n "); /* no sentence goes on in the next text */
    }
    const char *folded = check_fold(all.data, arena);
    *out = (struct check_source){.caption = check_fold(n ? texts[0] : "", arena),
                                 .all = folded,
                                 .joined = without_spaces(folded, arena),
                                 .initials = initials_of(folded, arena),
                                 .letters = letters_of(plain_dashes(all.data, arena))};
    numbers_read(all.data, arena, &out->numbers);
    size_t lettered = panels_of(letters_of(plain_dashes(n ? texts[0] : "", arena)));
    out->panels = panels > lettered ? panels : lettered;
    str_release(&all);
}

bool check_copied(const struct candidate *c, struct str *why)
{
    /* A description says what the caption says, in sentences; a line of reasoning should add something. */
    bool description = c->kind == PAIR_DETAILED_DESCRIPTION;
    bool characters = str_starts(check_tongue(c), "zh") || str_starts(check_tongue(c), "ja");
    size_t run = description ? 8 : 5;
    double share = check_shared_runs(c->folded_answer, c->source->all, characters ? 2 * run : run);
    if (share <= (description ? 0.7 : 0.5))
        return true;
    str_add(why, "it copies the facts word by word: use your own words");
    return false;
}

/* Words that any answer about a figure has, whatever the figure. */
static bool is_common(const char *word, size_t len)
{
    static const char words[] =
        " figure panel panels image images shows show showing shown represents represent axis graph plot chart bars "
        "bar "
        "line lines which that this these those with from their there between each both where when while have been "
        "were "
        "other such also into than then them they more most less different results result indicates indicate suggests "
        "suggest compared across within data value values means mean first second third presents depicts illustrates "
        "displays displayed used using could would might likely because therefore understand understanding ";
    struct str needle = STR_INIT(64);
    str_addf(&needle, " %.*s ", (int)len, word);
    bool common = !needle.overflow && strstr(words, needle.data);
    str_release(&needle);
    return common;
}

/* How many of the answer's words stand in an example's facts, but not in this figure's source. */
static size_t foreign_words(const struct candidate *c, const char *example)
{
    size_t n = 0;
    struct str word = STR_INIT(64);
    for (const char *at = c->folded_answer + 1, *end; *at; at = end + 1) {
        end = strchr(at, ' ');
        size_t len = (size_t)(end - at);
        str_clear(&word);
        str_add_bytes(&word, at - 1, len + 2);
        bool first = !word.overflow && strstr(c->folded_answer, word.data) == at - 1;
        n += first && len >= 4 && !is_common(at, len) && strstr(example, word.data) &&
             !strstr(c->source->all, word.data);
    }
    str_release(&word);
    return n;
}

bool check_shot(const struct candidate *c, struct str *why)
{
    enum { MOST_FOREIGN = 1 };
    struct arena arena = ARENA_INIT;
    bool taken = false;
    for (size_t i = 0; c->prompt && *c->answer && i < c->prompt->n_shots && !taken; i++) {
        const struct prompt_shot *shot = &c->prompt->shots[i];
        taken = check_shared_runs(c->folded_answer, check_fold(shot->assistant, &arena), 6) > 0.1 ||
                foreign_words(c, check_fold(shot->user, &arena)) > MOST_FOREIGN;
    }
    arena_release(&arena);
    if (taken)
        str_add(why, "it repeats an earlier example instead of this figure");
    return !taken;
}

/* Texts without spaces are compared by pairs of characters. */
static bool is_grounded_by_characters(const struct candidate *c, struct str *why)
{
    double share = check_shared_runs(c->folded_answer, c->source->all, 2);
    if (share >= 0.15)
        return true;
    str_addf(why, "only %.0f %% of its words are among the facts: keep to them", 100 * share);
    return false;
}

bool check_grounded(const struct candidate *c, struct str *why)
{
    enum { STEM = 5 };
    const char *language = check_tongue(c);
    bool english = str_starts(language, "en");
    size_t n = 0, known = 0;
    if (str_starts(language, "zh") || str_starts(language, "ja"))
        return is_grounded_by_characters(c, why);
    for (const char *at = c->folded_answer + (*c->folded_answer == ' '), *end; *at; at = end + 1) {
        end = at + strcspn(at, " ");
        size_t len = (size_t)(end - at);
        if (is_common(at, len) || phrases_is(at, len, language, PHRASE_SMALL))
            continue;
        char stem[STEM + 3];
        /* Short words are names more often than not ("LPS"); one that the source has not says little. */
        snprintf(stem, sizeof stem, " %.*s%s", (int)(len < STEM ? len : STEM), at, len < 4 ? " " : "");
        bool found = strstr(c->source->all, stem) != NULL;
        /* Other languages are freer in joining words: "Beladung", "Ladekontrolle". */
        found = found || (!english && len >= STEM && strstr(c->source->joined, stem + 1));
        n += len >= 4 || found;
        known += found;
        if (!*end)
            break;
    }
    /* Reasoning needs words of its own; a description does not. */
    double least = c->kind == PAIR_COMPLEX_REASONING ? 0.12 : 0.3;
    if (n == 0 || (double)known >= least * (double)n)
        return true;
    str_addf(why, "only %zu of %zu of its words are among the facts: keep to them", known, n);
    return false;
}

struct panel_search {
    const struct candidate *c;
    enum phrase_kind kind;
    struct str *why;
    bool found; /* a panel that does not exist */
};

/* Whether there is a panel with this letter; if not, says so. */
static bool has_panel(const struct candidate *c, int index, struct str *why)
{
    if ((c->source->letters & (1u << index)) || (size_t)index < c->source->panels)
        return true;
    str_addf(why, "there is no panel %c among the facts", 'A' + index);
    return false;
}

static size_t join_length(const char *at, const char *language)
{
    size_t len = strcspn(at, " ");
    return at[len] && phrases_is(at, len, language, PHRASE_JOINS) ? len + 1 : 0;
}

/* "panel d", "panels a and b" in folded text. */
static bool look_behind(void *context, const char *language, const struct phrase *phrase)
{
    struct panel_search *s = context;
    language = check_tongue(s->c);
    bool english = str_starts(language, "en");
    for (const char *at = s->c->folded_answer; (at = strstr(at, phrase->text)) != NULL && !s->found; at++) {
        const char *letter = at + strlen(phrase->text);
        while (*letter >= 'a' && *letter <= 'z' && letter[1] == ' ' && !s->found) {
            /* "in the image a bar is seen": only a plural or a panel is followed by a letter that is no article. In
             * other languages a, e, o and y are words as often as letters. */
            bool word =
                english ? *letter == 'a' && s->kind == PHRASE_PART : phrases_is(letter, 1, language, PHRASE_SMALL);
            s->found = !word && !has_panel(s->c, *letter - 'a', s->why);
            letter += 2;
            letter += join_length(letter, language);
        }
    }
    return !s->found;
}

/* "(D)": one capital between parentheses. */
static bool names_strange_letter(const struct candidate *c, struct str *why)
{
    for (const char *at = c->answer; (at = strchr(at, '(')) != NULL; at++)
        if (at[1] >= 'A' && at[1] <= 'Z' && at[2] == ')' && !has_panel(c, at[1] - 'A', why))
            return true;
    return false;
}

bool check_panels(const struct candidate *c, struct str *why)
{
    struct panel_search s = {.c = c, .kind = PHRASE_PANEL, .why = why};
    phrases_each(check_tongue(c), PHRASE_PANEL, look_behind, &s);
    s.kind = PHRASE_PART;
    if (!s.found)
        phrases_each(check_tongue(c), PHRASE_PART, look_behind, &s);
    return !s.found && !names_strange_letter(c, why);
}

bool check_numbers(const struct candidate *c, struct str *why)
{
    return numbers_supported(&c->numbers, &c->source->numbers, c->source->panels, why);
}

bool check_units(const struct candidate *c, struct str *why)
{
    return numbers_units(&c->numbers, &c->source->numbers, why);
}

/* The word or its plural. */
static bool holds_word(const char *folded, const char *word)
{
    char one[32], more[32];
    snprintf(one, sizeof one, " %s ", word);
    snprintf(more, sizeof more, " %ss ", word);
    return strstr(folded, one) || strstr(folded, more);
}

bool check_colours(const struct candidate *c, struct str *why)
{
    static const struct {
        const char *word, *as_well;
    } words[] = {{"red", NULL},           {"green", NULL},  {"blue", NULL},     {"yellow", NULL},
                 {"orange", NULL},        {"purple", NULL}, {"pink", NULL},     {"brown", NULL},
                 {"violet", NULL},        {"cyan", NULL},   {"magenta", NULL},  {"turquoise", NULL},
                 {"black", NULL},         {"white", NULL},  {"gray", "grey"},   {"grey", "gray"},
                 {"dark", NULL},          {"bright", NULL}, {"dashed", NULL},   {"dotted", NULL},
                 {"circle", "encircled"}, {"square", NULL}, {"triangle", NULL}, {"arrow", "arrowhead"},
                 {"arrowhead", NULL},     {"shaded", NULL}, {"hatched", NULL},  {"colored", "coloured"},
                 {"coloured", "colored"}};
    if (!str_starts(check_tongue(c), "en"))
        return true;
    bool dose = strstr(c->source->all, " gy ") != NULL; /* "per gray" */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (holds_word(c->folded_answer, words[i].word) && !(dose && strcmp(words[i].word, "gray") == 0) &&
            !holds_word(c->source->all, words[i].word) &&
            !(words[i].as_well && holds_word(c->source->all, words[i].as_well))) {
            str_addf(why, "'%s' is not among the facts", words[i].word);
            return false;
        }
    return true;
}

bool check_significance(const struct candidate *c, struct str *why)
{
    static const char *const grounds[] = {" significan", " p 0", " p 05", " p value", " p lt", " n s "};
    if (!strstr(c->folded_answer, " significant ") && !strstr(c->folded_answer, " significantly ") &&
        !strstr(c->folded_answer, " significance "))
        return true;
    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        if (strstr(c->source->all, grounds[i]))
            return true;
    str_add(why, "'significant' is not among the facts");
    return false;
}

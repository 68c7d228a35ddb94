/* checks.c: see checks.h. */
#include "translate/checks.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "translate/numbers.h"

enum {
    COPY_LETTERS = 12,   /* shorter texts may be names, the same in any language */
    DETECT_LETTERS = 60, /* of the translation, before the detector may speak */
    LENGTH_SLACK = 24,   /* characters that a translation may be longer or shorter whatever the ratio */
    LONGEST_PERIOD = 12, /* words of a phrase that a model repeats */
    MOST_WORDS = 4000,
    FULL_WIDTH = 0xFEE0 /* from an ASCII character to its full-width form */
};

static const char *const names[CHECKS] = {
    "reply",      "placeholders", "empty",     "copy",       "untranslated", "language", "numbers",  "units", "labels",
    "references", "length",       "sentences", "repetition", "refusal",      "markup",   "glossary", "back"};

/* The source again. */

struct words {
    const char *start[MOST_WORDS];
    size_t len[MOST_WORDS], n;
};

static bool add_word(void *context, const char *start, size_t len)
{
    struct words *w = context;
    w->start[w->n] = start;
    w->len[w->n++] = len;
    return w->n < MOST_WORDS;
}

static struct words *words_of(const char *text, struct arena *arena)
{
    struct str folded = STR_INIT(1 << 20);
    struct words *w = arena_new(arena, sizeof *w);
    text_fold_words(text, strlen(text), &folded);
    const char *copy = arena_strndup(arena, folded.data, folded.len);
    text_each_word(copy, folded.len, add_word, w);
    str_release(&folded);
    return w;
}

static bool same_word(const struct words *a, size_t i, const struct words *b, size_t j)
{
    return a->len[i] == b->len[j] && memcmp(a->start[i], b->start[j], a->len[i]) == 0;
}

/* Names and units stay; but when nearly all words stand in the source in the same order, nothing was translated. */
static const char *check_copy(const struct words *in, const struct words *out, size_t letters)
{
    size_t same = 0, at = 0;
    if (letters < COPY_LETTERS || out->n < 3)
        return NULL;
    for (size_t i = 0; i < out->n; i++)
        for (size_t j = at; j < in->n && j < at + 8; j++)
            if (same_word(out, i, in, j)) {
                same++;
                at = j + 1;
                break;
            }
    return 10 * same >= 9 * out->n ? "the source was returned untranslated" : NULL;
}

/* A word of the source that English does not have: small letters, some of them not of ASCII. Names begin with a
 * capital, and Greek letters are symbols. */
static bool is_foreign(const char *start, size_t len)
{
    bool accented = false;
    size_t at = 0, letters = 0;
    while (at < len) {
        int c = text_next(start, len, &at);
        if (c < 'a' || (c >= 0xC0 && c < 0xDF) || c > 0x24F)
            return false;
        accented = accented || c >= 0xDF;
        letters++;
    }
    return accented && letters >= 4;
}

struct left_over {
    const char *source;
    const char *start; /* the first such word; NULL: none */
    size_t len;
};

static bool find_left_over(void *context, const char *start, size_t len)
{
    struct left_over *l = context;
    if (!is_foreign(start, len) || !memmem(l->source, strlen(l->source), start, len))
        return true;
    l->start = start;
    l->len = len;
    return false;
}

static const char *check_left_over(const char *source, const char *text, struct arena *arena)
{
    struct left_over l = {.source = source};
    text_each_word(text, strlen(text), find_left_over, &l);
    return l.start ? arena_printf(arena, "'%.*s' was left untranslated", (int)l.len, l.start) : NULL;
}

/* The target language. */

static const char *check_language(const struct language_detector *d, const char *text, const struct text_scripts *s,
                                  const char *target)
{
    size_t foreign = s->cyrillic + s->arabic + s->hebrew + s->thai + s->devanagari + s->han + s->kana + s->hangul;
    if (language_same(target, "en") && !s->latin)
        return "no English words";
    if (language_same(target, "en") && foreign)
        return "words were left in the source's script";
    if (s->letters >= DETECT_LETTERS && language_contradicts(d, text, target))
        return "not in the target language";
    return NULL;
}

/* Panel labels. */

/* Sets bit i for "(A)" or "(a)", of the i-th letter; full-width ones count. */
static unsigned labels_of(const char *text)
{
    unsigned found = 0;
    size_t len = strlen(text), at = 0;
    int a = 0, b = 0;
    while (at < len) {
        int c = text_next(text, len, &at);
        if (c > FULL_WIDTH && c <= FULL_WIDTH + '~')
            c -= FULL_WIDTH;
        bool open = a == '(', close = c == ')';
        int letter = b | 0x20;
        if (open && close && letter >= 'a' && letter <= 'z')
            found |= 1u << (letter - 'a');
        a = b;
        b = c;
    }
    return found;
}

static const char *check_labels(const char *source, const char *text, struct arena *arena)
{
    unsigned in = labels_of(source), out = labels_of(text);
    if (in == out)
        return NULL;
    unsigned wrong = in & ~out ? in & ~out : out & ~in;
    int letter = __builtin_ctz(wrong);
    return arena_printf(arena, "label (%c) %s", 'A' + letter, in & ~out ? "missing" : "not in the source");
}

/* Length. */

static const char *check_length(const struct text_scripts *source_script, size_t in, size_t out, struct arena *arena)
{
    /* Characters of English for one of the source. */
    double least = 0.5, most = 1.9;
    size_t east = source_script->han + source_script->kana + source_script->hangul;
    if (2 * east > source_script->letters) {
        least = 1.0;
        most = source_script->kana ? 4.0 : 6.0;
    } else if (east) {
        least = 0.6;
        most = 4.0;
    }
    if ((double)out + LENGTH_SLACK < least * (double)in)
        return arena_printf(arena, "too short: %zu characters for %zu", out, in);
    if ((double)out > most * (double)in + LENGTH_SLACK)
        return arena_printf(arena, "too long: %zu characters for %zu", out, in);
    return NULL;
}

/* Loops. */

/* How often the `period` words at `at` follow one another at once. */
static size_t repeats_at(const struct words *w, size_t at, size_t period)
{
    size_t times = 1;
    for (size_t i = at + period; i + period <= w->n; i += period, times++)
        for (size_t j = 0; j < period; j++)
            if (!same_word(w, at + j, w, i + j))
                return times;
    return times;
}

static size_t longest_loop(const struct words *w)
{
    size_t most = 1;
    for (size_t period = 1; period <= LONGEST_PERIOD; period++)
        for (size_t at = 0; at + period <= w->n; at++) {
            size_t times = repeats_at(w, at, period);
            if (times > most && (period > 1 || times > 3))
                most = times;
        }
    return most;
}

static const char *check_repetition(const struct words *in, const struct words *out)
{
    size_t loop = longest_loop(out);
    return loop >= 3 && loop > longest_loop(in) ? "the same words again and again" : NULL;
}

/* The model talking, and markup. */

static bool contains_folded(const char *text, const char *phrase)
{
    return strcasestr(text, phrase) != NULL;
}

static const char *check_refusal(const char *source, const char *text)
{
    static const char *const phrases[] = {
        "i'm sorry",          "i am sorry",      "i cannot",       "i can't",          "as an ai",
        "language model",     "i apologize",     "please provide", "here is the tran", "here's the tr",
        "the translation of", "translated text", "translate from", "translation:",     "into english",
        "as requested",       "this text is in",
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (contains_folded(text, phrases[i]) && !contains_folded(source, phrases[i]))
            return "an answer about the text instead of its translation";
    return NULL;
}

static const char *check_markup(const char *source, const char *text)
{
    static const char *const marks[] = {"```", "**",  "<|",  "</",    "<br",  "{{", "}}",
                                        "\\n", "{\"", "\"}", "&amp;", "&lt;", "__"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(text, marks[i]) && !strstr(source, marks[i]))
            return "markup that the source does not have";
    return NULL;
}

void checks_run(const struct language_detector *d, const struct checks_input *given, struct arena *arena,
                struct checks *out)
{
    const char *source = given->source, *translation = given->translation;
    const char *language = given->language, *target = given->target;
    struct text_scripts in_script, out_script;
    size_t in_len = strlen(source), out_len = strlen(translation);
    text_scripts(source, in_len, &in_script);
    text_scripts(translation, out_len, &out_script);
    *out = (struct checks){.back = -1};
    if (!out_script.letters) {
        out->failed[CHECK_EMPTY] = "there is no text";
        return;
    }
    const struct words *in = words_of(source, arena), *words = words_of(translation, arena);
    if (!language_same(language, target))
        out->failed[CHECK_COPY] = check_copy(in, words, out_script.letters);
    if (!out->failed[CHECK_COPY] && language_same(target, "en"))
        out->failed[CHECK_UNTRANSLATED] = check_left_over(source, translation, arena);
    out->failed[CHECK_LANGUAGE] = check_language(d, translation, &out_script, target);
    out->failed[CHECK_NUMBERS] = numbers_compare(source, translation, arena);
    out->failed[CHECK_LABELS] = check_labels(source, translation, arena);
    if (language_same(target, "en"))
        out->failed[CHECK_LENGTH] =
            check_length(&in_script, text_length(source, in_len), text_length(translation, out_len), arena);
    out->failed[CHECK_REPETITION] = check_repetition(in, words);
    out->failed[CHECK_REFUSAL] = check_refusal(source, translation);
    out->failed[CHECK_MARKUP] = check_markup(source, translation);
}

const char *checks_first(const struct checks *c)
{
    for (int i = 0; i < CHECKS; i++)
        if (c->failed[i])
            return names[i];
    return NULL;
}

void checks_explain(const struct checks *c, struct str *out)
{
    size_t before = out->len;
    for (int i = 0; i < CHECKS; i++)
        if (c->failed[i])
            str_addf(out, "%s%s: %s", out->len > before ? "; " : "", names[i], c->failed[i]);
}

void checks_json(const struct checks *c, struct str *out)
{
    for (int i = 0; i < CHECKS; i++) {
        str_addf(out, "%s\"%s\":", i ? "," : "{", names[i]);
        json_quote(c->failed[i] ? c->failed[i] : "pass", out);
    }
    str_add_char(out, '}');
}

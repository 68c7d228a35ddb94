/* check_copy.c: what was left in the source's language, see check_rules.h. */
#include "translate/check_rules.h"

#include <stdio.h>
#include <string.h>

enum {
    COPY_LETTERS = 12, /* shorter texts may be names, the same in any language */
    WINDOW = 8,        /* words that a translation may be ahead */
    LEFT_WORDS = 3,    /* small words in a row, of LEFT_LETTERS, that no pair of languages shares by chance */
    LEFT_NEAR = 6,     /* ... that close relatives do not share either */
    LEFT_DENSE = 10,   /* ... of single Han characters, that Japanese has, too */
    LEFT_LETTERS = 4,
    RUN_TRIES = 200000 /* steps of the search for runs */
};

/* When nearly all words stand in the source in the same order, nothing was translated. */
const char *check_copy(const struct check_text *in, const struct check_text *out)
{
    size_t same = 0, at = 0;
    if (language_same(in->language, out->language) || out->scripts.letters < COPY_LETTERS || out->n_words < 3)
        return NULL;
    for (size_t i = 0; i < out->n_words; i++)
        for (size_t j = at; j < in->n_words && j < at + WINDOW; j++)
            if (check_word_same(&out->words[i], &in->words[j])) {
                same++;
                at = j + 1;
                break;
            }
    return 10 * same >= 9 * out->n_words ? "the source was returned untranslated" : NULL;
}

/* A word of the source that English does not have: small letters, some of them not of ASCII. Names begin with a
 * capital, and Greek letters are symbols. */
static bool is_accented(const struct check_word *w)
{
    bool accented = false;
    if (!w->small || w->letters < LEFT_LETTERS)
        return false;
    for (size_t at = 0; at < w->len;) {
        int c = text_next(w->start, w->len, &at);
        if (c > 0x24F)
            return false;
        accented = accented || c >= 0xDF;
    }
    return accented;
}

static bool contains_word(const struct check_text *t, const struct check_word *w)
{
    for (size_t i = 0; i < t->n_words; i++)
        if (t->words[i].small && check_word_same(&t->words[i], w))
            return true;
    return false;
}

static bool is_telltale(const struct check_text *in, const struct check_word *w)
{
    return w->small && check_function_word(in->language, w);
}

/* A gloss, "air crescent sign (sinal do crescente aéreo)": the source's term in brackets behind its translation. */
static bool is_gloss(const struct check_text *t, const struct check_word *w)
{
    const char *p = w->start;
    while (p > t->text && w->start - p < 80 && p[-1] != '(' && p[-1] != ')')
        p--;
    return p > t->text && p[-1] == '(' && strchr(w->start, ')');
}

/* A telltale between small words of the source: "pacientes com dor". In names its neighbours begin with capitals. */
static bool is_left(const struct check_text *in, const struct check_text *out, size_t i)
{
    const struct check_word *w = &out->words[i];
    if (!w->small || w->letters < 2)
        return false;
    if (is_accented(w))
        return contains_word(in, w);
    if (i == 0 || i + 1 >= out->n_words || !is_telltale(in, w) || !contains_word(in, w))
        return false;
    const struct check_word *before = w - 1, *after = w + 1;
    return before->small && after->small && before->letters >= LEFT_LETTERS && after->letters >= 3 &&
           contains_word(in, before) && contains_word(in, after);
}

static const char *left_word(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    if (!language_same(out->language, "en"))
        return NULL;
    for (size_t i = 0; i < out->n_words; i++)
        if (is_left(in, out, i) && !is_gloss(out, &out->words[i]))
            return arena_printf(arena, "'%.*s' was left untranslated", (int)out->words[i].len, out->words[i].start);
    return NULL;
}

static bool is_near(const char *a, const char *b)
{
    static const char *const families[] = {" es pt gl ca it an oc ast ro fr ",
                                           " cs sk pl sl hr sr bs ",
                                           " ru uk be bg mk sr ",
                                           " da no nb nn sv nl af de ",
                                           " id ms ",
                                           " tr az ",
                                           " fa ur ar ",
                                           " zh ja ko "};
    char x[20], y[20];
    snprintf(x, sizeof x, " %.*s ", (int)strcspn(a, "-"), a);
    snprintf(y, sizeof y, " %.*s ", (int)strcspn(b, "-"), b);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strstr(families[i], x) && strstr(families[i], y))
            return true;
    return false;
}

/* How much a run of words proves: small words that are no particles, and single characters for less. */
static size_t weight(const struct check_word *w)
{
    return (w->small && w->letters >= LEFT_LETTERS) ? 1 : 0;
}

static bool is_dense(const struct check_word *w)
{
    size_t at = 0;
    return w->letters == 1 && text_next(w->start, w->len, &at) >= 0x3000;
}

/* Whether words from `first` on are of the source's language: it has a function word or an accent. A term that the
 * source itself has in English is none. Where the language's words are not known, any will do. */
static bool is_of_source(const struct check_text *in, const struct check_text *out, size_t first, size_t n)
{
    if (!check_function_words_known(in->language))
        return true;
    for (size_t i = first; i < first + n; i++) {
        const struct check_word *w = &out->words[i];
        if (check_function_word(in->language, w) ||
            (w->small && w->letters == 1 && !w->digits && !language_same(in->language, "en")) || is_accented(w))
            return true;
    }
    return false;
}

/* The words behind out[i] and in[j] that are the same; their weight goes to *heavy, single characters to *dense. */
static size_t run_at(const struct check_text *in, size_t j, const struct check_text *out, size_t i, size_t *heavy,
                     size_t *dense)
{
    size_t n = 0;
    *heavy = *dense = 0;
    for (; i + n < out->n_words && j + n < in->n_words; n++) {
        const struct check_word *w = &out->words[i + n];
        if (!check_word_same(w, &in->words[j + n]))
            break;
        *heavy += weight(w);
        *dense += is_dense(w);
    }
    return n;
}

static const char *left_run(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    size_t enough = is_near(in->language, out->language) ? LEFT_NEAR : LEFT_WORDS, tries = 0;
    for (size_t i = 0; i < out->n_words; i++)
        for (size_t j = 0; j < in->n_words && tries < RUN_TRIES; j++) {
            size_t heavy, dense;
            tries++;
            if ((i && j && check_word_same(&out->words[i - 1], &in->words[j - 1])) ||
                !check_word_same(&out->words[i], &in->words[j]))
                continue;
            size_t n = run_at(in, j, out, i, &heavy, &dense);
            if ((heavy < enough || is_gloss(out, &out->words[i]) || !is_of_source(in, out, i, n)) && dense < LEFT_DENSE)
                continue;
            const struct check_word *last = &out->words[i + n - 1];
            int len = (int)(last->start + last->len - out->words[i].start);
            return arena_printf(arena, "'%.*s%s' was left untranslated", len > 80 ? 80 : len, out->words[i].start,
                                len > 80 ? "..." : "");
        }
    return NULL;
}

/* A sentence of the translation that stands in the source as it is, whatever its words. */
static const char *left_sentence(const struct check_text *in, const struct check_text *out)
{
    for (size_t i = 0; i < out->n_sentences; i++) {
        const struct check_sentence *a = &out->sentences[i];
        size_t small = 0, heavy, dense;
        for (size_t k = a->first; k < a->first + a->n_words; k++)
            small += out->words[k].letters && (out->words[k].small || out->words[k].letters == 1);
        bool known = check_function_words_known(in->language);
        if (a->n_words < 3 || (known ? !is_of_source(in, out, a->first, a->n_words) : 2 * small < a->n_words))
            continue;
        for (size_t j = 0; j < in->n_sentences; j++) {
            const struct check_sentence *b = &in->sentences[j];
            if (b->n_words == a->n_words && run_at(in, b->first, out, a->first, &heavy, &dense) >= a->n_words)
                return "a sentence was left untranslated";
        }
    }
    return NULL;
}

const char *check_untranslated(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    if (language_same(in->language, out->language))
        return NULL;
    const char *wrong = left_word(in, out, arena);
    if (!wrong)
        wrong = left_sentence(in, out);
    return wrong ? wrong : left_run(in, out, arena);
}

/* check_script.c: the language that came out, see check_rules.h. */
#include "translate/check_rules.h"

#include <string.h>

enum {
    DETECT_LETTERS = 60,   /* of the translation, before the detector may speak */
    SENTENCE_LETTERS = 80, /* ... of one sentence among several */
    MOST_DETECTED = 12,    /* sentences: the detector is dear */
    FUNCTION_WORDS = 2,    /* of another language, and none of the target's */
    FEW_LETTERS = 12       /* of the source: it may be a symbol or a name */
};

/* The letters of the script that a language is written in, and whether the language is one that is known here. */
static bool own_letters(const struct text_scripts *s, const char *tag, size_t *own)
{
    static const char *const latin =
        " en es pt fr de it ca gl nl sv da no nb nn fi pl cs sk hu ro tr hr sl id ms vi lt lv et is eu af sq ";
    static const char *const cyrillic = " ru uk bg be mk ";
    char x[20] = " ";
    size_t n = strcspn(tag, "-");
    if (n > 8)
        return false;
    memcpy(x + 1, tag, n);
    memcpy(x + 1 + n, " ", 2);
    const struct {
        const char *tags;
        size_t letters;
    } scripts[] = {
        {latin, s->latin},   {cyrillic, s->cyrillic},    {" ar fa ur ", s->arabic},
        {" he ", s->hebrew}, {" th ", s->thai},          {" hi mr ne ", s->devanagari},
        {" zh ", s->han},    {" ja ", s->han + s->kana}, {" ko ", s->hangul + s->han},
        {" el ", s->greek},
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (strstr(scripts[i].tags, x)) {
            *own = scripts[i].letters;
            return true;
        }
    return false;
}

/* Greek letters are symbols, Latin ones names and units in any text. */
static size_t foreign_letters(const struct text_scripts *s, size_t own)
{
    size_t other = s->letters - s->latin - s->greek - s->other;
    return own == s->latin || own == s->greek ? other : other - own;
}

static const char *check_scripts(const struct check_text *in, const struct check_text *out)
{
    const struct text_scripts *s = &out->scripts;
    size_t own;
    if (!own_letters(s, out->language, &own))
        return NULL;
    bool english = language_same(out->language, "en");
    if (english && !own)
        return "no English words";
    if (!own && in->scripts.letters >= FEW_LETTERS && s->letters >= FEW_LETTERS)
        return "no words in the target language's script";
    if (foreign_letters(s, own) > (english ? 0 : 3))
        return "words were left in another script";
    /* Japanese has kana between its Han characters, Chinese has none. */
    if (language_same(out->language, "ja") && s->han >= FEW_LETTERS && 12 * s->kana < s->han)
        return "not in the target language: no kana";
    if (language_same(out->language, "zh") && s->kana > 3 && 6 * s->kana > s->han)
        return "not in the target language: kana";
    return NULL;
}

static size_t letters_of(const struct check_text *t, const struct check_sentence *s)
{
    size_t n = 0;
    for (size_t i = s->first; i < s->first + s->n_words; i++)
        n += t->words[i].letters;
    return n;
}

const char *check_language(const struct check_text *in, const struct check_text *out)
{
    const char *wrong = check_scripts(in, out);
    if (wrong)
        return wrong;
    if (out->scripts.letters >= DETECT_LETTERS && language_contradicts(out->text, out->language))
        return "not in the target language";
    if (check_words_language(out, FUNCTION_WORDS))
        return "not in the target language";
    size_t asked = 0;
    for (size_t i = 0; out->n_sentences > 1 && i < out->n_sentences && asked < MOST_DETECTED; i++) {
        const struct check_sentence *s = &out->sentences[i];
        if (letters_of(out, s) < SENTENCE_LETTERS)
            continue;
        struct arena arena = ARENA_INIT;
        asked++;
        bool other = language_contradicts(arena_strndup(&arena, s->start, s->len), out->language);
        arena_release(&arena);
        if (other)
            return "a sentence is not in the target language";
    }
    return NULL;
}

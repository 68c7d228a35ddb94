/* check_question.c: what language a candidate is in, and whether its question is one that asks for thought. */
#include "pairs/check.h"

#include <string.h>

#include "base/text.h"
#include "pairs/phrases.h"

enum { MAX_TEXT = 400000 };

/* Share of the words that are small words of the language. */
static double small_share(const char *folded, const char *language)
{
    size_t n = 0;
    for (const char *at = folded + 1; *at; at++)
        n += *at == ' ';
    return n ? (double)phrases_count(folded, language, PHRASE_SMALL) / (double)n : 0;
}

/* Letters of the language's own script; Latin and Greek ones, of names and symbols, stand in any. */
static bool is_in_script(const char *text, const char *language, double least)
{
    struct text_scripts s;
    struct str plain = STR_INIT(MAX_TEXT); /* the micro sign as a Greek letter, and the like */
    text_clean_compatible(text, strlen(text), &plain);
    text_scripts(plain.data, plain.len, &s);
    str_release(&plain);
    bool chinese = str_starts(language, "zh"), japanese = str_starts(language, "ja");
    size_t own = str_starts(language, "ru")   ? s.cyrillic
                 : chinese                    ? s.han
                 : japanese                   ? s.han + s.kana
                 : str_starts(language, "ko") ? s.hangul
                                              : s.latin;
    size_t strange = s.letters - own - s.greek - (own == s.latin ? 0 : s.latin);
    return strange == 0 && (double)own >= least * (double)s.letters && (!japanese || s.kana > 0);
}

/* True when the text has clearly more small words of another language. */
static bool is_other(const char *folded, const char *language, double own)
{
    static const char *const others[] = {"en", "es", "fr", "de", "pt", "it", NULL};
    for (const char *const *o = others; *o; o++)
        if (!str_starts(language, *o) && small_share(folded, *o) > own + 0.1)
            return true;
    return false;
}

static bool reads_as(const char *text, const char *folded, const char *language, double least, struct str *why)
{
    bool spaced = phrases_known(language, PHRASE_SMALL);
    double own = spaced ? small_share(folded, language) : 0;
    bool english = str_starts(language, "en");
    const char *wanted = english ? "English" : "the language asked for";
    if (!is_in_script(text, language, spaced ? 0.5 : 0.3))
        str_addf(why, "it has letters of another script: write %s only", wanted);
    else if (spaced && (own < least || is_other(folded, language, own)))
        str_addf(why, "it does not read as %s: write %s only", wanted, wanted);
    else
        return true;
    return false;
}

bool check_language(const struct candidate *c, struct str *why)
{
    /* Captions are terse, lists of names among them; Russian and Korean have few small words. */
    const char *language = check_tongue(c);
    bool few = str_starts(language, "ru") || str_starts(language, "ko");
    double least = c->kind == PAIR_ALIGNMENT ? 0.06 : few ? 0.04 : 0.15;
    return reads_as(c->answer, c->folded_answer, language, few ? 0.04 : least, why) &&
           (!c->own_question || reads_as(c->question, c->folded_question, language, least, why));
}

struct opening {
    const char *folded;
    bool found;
};

static bool opens(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct opening *o = context;
    o->found = phrase->open_front ? strstr(o->folded, phrase->text) != NULL : str_starts(o->folded, phrase->text);
    return !o->found;
}

static bool opens_with(const char *folded, const char *language, enum phrase_kind kind)
{
    struct opening o = {.folded = folded};
    phrases_each(language, kind, opens, &o);
    return o.found;
}

/* Bytes of the question mark at the end; 0: none, or more than one. */
static size_t mark_at_end(const char *question)
{
    static const char *const marks[] = {"?", "\xEF\xBC\x9F"};
    size_t len = strlen(question), n = 0, at_end = 0;
    for (size_t i = 0; i < 2; i++) {
        for (const char *at = question; (at = strstr(at, marks[i])) != NULL; at++)
            n++;
        if (str_ends(question, marks[i]))
            at_end = strlen(marks[i]);
    }
    return n == 1 && len > at_end ? at_end : 0;
}

bool check_question(const struct candidate *c, struct str *why)
{
    enum { LEAST = 4, MOST = 40 };
    const char *language = check_tongue(c);
    size_t words = text_words(c->question, strlen(c->question));
    bool english = str_starts(language, "en");
    /* Why and how ask for thought; what, where and which ask what is shown. "How many" counts. */
    bool thought = opens_with(c->folded_question, language, PHRASE_ASKS) &&
                   !opens_with(c->folded_question, language, PHRASE_COUNTS);
    if (!mark_at_end(c->question))
        str_add(why, "the question must be one sentence with a question mark at its end");
    else if (words < LEAST || words > MOST)
        str_addf(why, "the question has %zu words: write %d to %d", words, LEAST, MOST);
    else if (strpbrk(c->question, "0123456789") && strpbrk(c->question, "%="))
        str_add(why, "the question must not give away numbers");
    else if (!thought && phrases_known(language, PHRASE_ASKS))
        str_add(why, english ? "the question must begin with Why or How" : "the question must ask why or how");
    else
        return true;
    return false;
}

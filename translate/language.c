/* language.c: see language.h. */
#include "translate/language.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "translate/language_model.h"

enum { WORD_BYTES = 3 }; /* shortest word of a language with Latin letters that says anything */

/* In nats (language_model.h). */
static const double article_counts = 6;  /* what the article's language is worth */
static const double sure = 10;           /* a lead that hardly ever errs */
static const double contradiction = 7;   /* ... against a language that the text should be in */
static const double of_two = 10;         /* that each part of a text in two languages has over the other's language, */
static const double of_two_expected = 6; /* ... when one is the article's */

/* The languages that have a name here. */
static const struct known {
    const char *tag, *name;
    enum script { LATIN, CYRILLIC, ARABIC, DEVANAGARI, OTHER } script;
} known[] = {
    {"en", "English", LATIN},       {"es", "Spanish", LATIN},      {"pt", "Portuguese", LATIN},
    {"fr", "French", LATIN},        {"de", "German", LATIN},       {"it", "Italian", LATIN},
    {"ca", "Catalan", LATIN},       {"gl", "Galician", LATIN},     {"nl", "Dutch", LATIN},
    {"sv", "Swedish", LATIN},       {"da", "Danish", LATIN},       {"no", "Norwegian", LATIN},
    {"fi", "Finnish", LATIN},       {"is", "Icelandic", LATIN},    {"pl", "Polish", LATIN},
    {"cs", "Czech", LATIN},         {"sk", "Slovak", LATIN},       {"hu", "Hungarian", LATIN},
    {"ro", "Romanian", LATIN},      {"tr", "Turkish", LATIN},      {"hr", "Croatian", LATIN},
    {"sl", "Slovenian", LATIN},     {"id", "Indonesian", LATIN},   {"vi", "Vietnamese", LATIN},
    {"lt", "Lithuanian", LATIN},    {"lv", "Latvian", LATIN},      {"et", "Estonian", LATIN},
    {"ru", "Russian", CYRILLIC},    {"uk", "Ukrainian", CYRILLIC}, {"bg", "Bulgarian", CYRILLIC},
    {"be", "Belarusian", CYRILLIC}, {"sr", "Serbian", CYRILLIC},   {"mk", "Macedonian", CYRILLIC},
    {"kk", "Kazakh", CYRILLIC},     {"ar", "Arabic", ARABIC},      {"fa", "Persian", ARABIC},
    {"ur", "Urdu", ARABIC},         {"hi", "Hindi", DEVANAGARI},   {"mr", "Marathi", DEVANAGARI},
    {"ne", "Nepali", DEVANAGARI},   {"zh", "Chinese", OTHER},      {"ja", "Japanese", OTHER},
    {"ko", "Korean", OTHER},        {"el", "Greek", OTHER},        {"he", "Hebrew", OTHER},
    {"th", "Thai", OTHER},
};
enum { N_KNOWN = sizeof known / sizeof *known };

/* Languages without a model, told by letters and words that no other of their script has. */
static const struct telltale {
    const char *tag;
    enum script script;
    const char *signs[12];
} telltales[] = {
    {"be", CYRILLIC, {"ў"}},
    {"kk", CYRILLIC, {"қ", "ғ", "ң", "ә", "ұ"}},
    {"mr", DEVANAGARI, {"ळ", "आहे", "आणि", "मध्ये", "च्या "}},
    {"ne", DEVANAGARI, {" छ", "हरू", "एको", "को लागि", "मा "}},
};
enum { N_TELLTALES = sizeof telltales / sizeof *telltales };

static const struct known *known_of(const char *tag)
{
    for (int i = 0; i < N_KNOWN; i++)
        if (language_same(tag, known[i].tag))
            return &known[i];
    return NULL;
}

bool language_same(const char *a, const char *b)
{
    size_t n = strcspn(a, "-"), m = strcspn(b, "-");
    return n == m && strncmp(a, b, n) == 0;
}

const char *language_name(const char *tag)
{
    const struct known *k = known_of(tag);
    return k ? k->name : tag;
}

/* Scripts. */

/* A Han, kana or Hangul character carries as much as two or three letters, and Latin names and units stand in texts of
 * every script, so that another script wins long before it has the majority: also a caption printed in two languages is
 * one of the other language. A word or two of another script in a Latin text do not count. */
static bool outweighs(size_t letters, size_t latin, size_t few)
{
    return letters && (2 * letters >= latin || (letters >= few && 12 * letters >= latin));
}

/* In an article of such a language one term is enough: most of a short caption may be names and English. */
static bool expected_in_east(size_t east, size_t latin, const char *article)
{
    return article && east >= 2 && 24 * east >= latin &&
           (language_same(article, "zh") || language_same(article, "ja") || language_same(article, "ko"));
}

static const char *settled_by_script(const struct text_scripts *s, const char *article)
{
    size_t east = s->han + s->kana + s->hangul;
    if (outweighs(east, s->latin, 4) || expected_in_east(east, s->latin, article)) {
        if (2 * s->hangul > east)
            return "ko";
        if (s->kana > 0 && 8 * s->kana >= s->han)
            return "ja";
        return article && language_same(article, "ja") ? "ja" : "zh";
    }
    if (outweighs(s->hebrew, s->latin, 15))
        return "he";
    if (outweighs(s->thai, s->latin, 15))
        return "th";
    /* Greek letters are symbols in any text. */
    if (s->greek > s->latin && s->greek >= 8)
        return "el";
    return NULL;
}

static int script_of(const struct text_scripts *s)
{
    if (outweighs(s->cyrillic, s->latin, 20))
        return CYRILLIC;
    if (outweighs(s->arabic, s->latin, 20))
        return ARABIC;
    if (outweighs(s->devanagari, s->latin, 20))
        return DEVANAGARI;
    return s->latin ? LATIN : OTHER;
}

static bool fits_script(const char *tag, int script)
{
    const struct known *k = known_of(tag);
    return k ? (int)k->script == script : script == LATIN || script == OTHER;
}

static void set(struct language *out, const char *tag, double confidence, const char *source)
{
    snprintf(out->tag, sizeof out->tag, "%s", tag);
    out->confidence = confidence;
    out->source = source;
}

/* A stated language that the text can be in. */
static const char *usable(const char *tag, char clean[16])
{
    return tag && text_language_tag(tag, clean) && strcmp(clean, "und") != 0 && strcmp(clean, "mul") != 0 ? clean
                                                                                                          : NULL;
}

/* A word of letters and digits behind a letter. Panel labels, units and "n = 12" are the same in any language. */
static bool has_word(const char *text)
{
    size_t len = strlen(text), bytes = 0;
    for (size_t at = 0, before = 0; at < len; before = at) {
        int c = text_next(text, len, &at);
        if (text_is_letter(c) || (bytes && text_is_digit(c)))
            bytes += at - before;
        else
            bytes = 0;
        if (bytes >= WORD_BYTES)
            return true;
    }
    return false;
}

static const char *by_telltale(const char *text, int script)
{
    for (int i = 0; i < N_TELLTALES; i++)
        for (int j = 0; (int)telltales[i].script == script && telltales[i].signs[j]; j++)
            if (strstr(text, telltales[i].signs[j]))
                return telltales[i].tag;
    return NULL;
}

/* The share of texts with such a lead that are told right (tests/bench/README.md). Few letters never tell for sure: a
 * name or a borrowed term decides. */
static double confidence_of(double lead, size_t letters)
{
    double most = letters < 5 ? 0.4 : letters < 12 ? 0.9 : letters < 32 ? 0.99 : 1;
    return fmin(most, 1 / (1 + exp(0.4 - 0.6 * lead)));
}

static int model_script(int script)
{
    return script == CYRILLIC ? LANGUAGE_CYRILLIC : script == ARABIC ? LANGUAGE_ARABIC : LANGUAGE_LATIN;
}

/* Of a language without a model nothing is known but its script, so that it is believed. */
static void choose(const char *text, const struct text_scripts *s, int script, const char *stated, const char *article,
                   struct language *out)
{
    struct language_fit of_stated, of_article;
    struct language_reading reading;
    language_model_read(text, strlen(text), model_script(script), &reading);
    language_reading_fit(&reading, stated, &of_stated);
    double against = stated && !language_model_has(stated) ? of_stated.lead : of_stated.asked_lead;
    if (stated && against < sure) {
        set(out, stated, of_stated.asked_lead <= 0 && language_model_has(stated) ? 0.99 : 0.9, "document");
        return;
    }
    language_reading_fit(&reading, article, &of_article);
    if (!of_article.words) {
        set(out, article ? article : "und", article ? 0.5 : 0, article ? "article" : "detector");
        return;
    }
    double lead;
    const char *two = language_reading_beside_english(&reading, &lead);
    if (lead < (article && two && language_same(article, two) ? of_two_expected : of_two))
        two = NULL;
    bool known_article = article && language_model_has(article);
    if (two)
        set(out, two, 0.6, "detector");
    else if (article && language_same(article, of_article.best))
        set(out, article, confidence_of(of_article.lead + article_counts, s->letters),
            of_article.lead >= 2 ? "detector" : "article");
    else if (known_article && of_article.asked_lead < article_counts)
        set(out, article, confidence_of(article_counts - of_article.asked_lead, s->letters), "article");
    else if (article && !known_article && of_article.lead < article_counts)
        set(out, article, 0.5, "article");
    else
        set(out, of_article.best,
            confidence_of(known_article ? of_article.asked_lead - article_counts
                          : article     ? of_article.lead - article_counts
                                        : of_article.lead,
                          s->letters),
            "detector");
}

/* For the scripts that several languages share. */
static void identify_shared(const char *text, const struct text_scripts *s, const char *stated, const char *article,
                            struct language *out)
{
    int script = script_of(s);
    if (stated && !fits_script(stated, script))
        stated = NULL;
    if (article && !fits_script(article, script))
        article = NULL;
    const char *told = by_telltale(text, script);
    if (told && stated && language_same(stated, told))
        set(out, stated, 0.99, "document");
    else if (told)
        set(out, told, 0.9, "detector");
    else if (script == DEVANAGARI)
        set(out, stated ? stated : article ? article : "hi", 0.8, stated ? "document" : article ? "article" : "script");
    else if (script == OTHER)
        set(out,
            stated    ? stated
            : article ? article
                      : "und",
            stated    ? 0.9
            : article ? 0.5
                      : 0,
            stated    ? "document"
            : article ? "article"
                      : "detector");
    else
        choose(text, s, script, stated, article, out);
}

void language_identify(const char *text, const char *stated, const char *article, struct language *out)
{
    struct text_scripts s;
    char stated_tag[16], article_tag[16];
    stated = usable(stated, stated_tag);
    article = usable(article, article_tag);
    text_scripts(text, strlen(text), &s);
    const char *settled = settled_by_script(&s, stated ? stated : article);
    if (!s.letters || (s.letters == s.latin + s.greek && !has_word(text)))
        set(out, "zxx", 1, "script");
    else if (settled && stated && language_same(settled, stated))
        set(out, stated, 0.99, "document");
    else if (settled)
        set(out, settled, 0.97, "script");
    else
        identify_shared(text, &s, stated, article, out);
}

bool language_contradicts(const char *text, const char *tag)
{
    struct language found;
    language_identify(text, NULL, NULL, &found);
    if (found.confidence < 0.9 || strcmp(found.tag, "zxx") == 0 || language_same(found.tag, tag))
        return false;
    const struct known *k = known_of(found.tag);
    if (!k || !language_model_has(tag) || (k->script != LATIN && k->script != CYRILLIC && k->script != ARABIC))
        return true;
    if (!fits_script(tag, (int)k->script))
        return true;
    struct language_reading reading;
    struct language_fit fit;
    language_model_read(text, strlen(text), model_script((int)k->script), &reading);
    language_reading_fit(&reading, tag, &fit);
    return fit.words >= 4 && fit.asked_lead >= contradiction;
}

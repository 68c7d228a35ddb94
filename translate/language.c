/* language.c: see language.h. */
#include "translate/language.h"

#include <libexttextcat/textcat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

enum {
    FEW_LETTERS = 40,    /* from here on the detector's one answer outweighs the article's language */
    SURE_LETTERS = 60,   /* ... what the document states of the text */
    LONG_LETTERS = 120,  /* ... and hardly ever errs */
    WORD_BYTES = 3,      /* shortest word of a language with Latin letters that says anything */
    DETECT_BYTES = 1200, /* more text does not make it better */
    MOST_CANDIDATES = 8
};

/* The detector's languages: those that scientific articles are written in. With all that libexttextcat has, it finds
 * Scots, Interlingua and Occitan in English, Spanish and French captions. */
static const struct known {
    const char *model, *tag, *name;
    enum { LATIN, CYRILLIC, ARABIC, DEVANAGARI, OTHER } script;
} known[] = {
    {"en", "en", "English", LATIN},         {"es", "es", "Spanish", LATIN},       {"pt", "pt", "Portuguese", LATIN},
    {"fr", "fr", "French", LATIN},          {"de", "de", "German", LATIN},        {"it", "it", "Italian", LATIN},
    {"ca", "ca", "Catalan", LATIN},         {"gl", "gl", "Galician", LATIN},      {"nl", "nl", "Dutch", LATIN},
    {"sv", "sv", "Swedish", LATIN},         {"da", "da", "Danish", LATIN},        {"nb", "no", "Norwegian", LATIN},
    {"fi", "fi", "Finnish", LATIN},         {"pl", "pl", "Polish", LATIN},        {"cs", "cs", "Czech", LATIN},
    {"sk", "sk", "Slovak", LATIN},          {"hu", "hu", "Hungarian", LATIN},     {"ro", "ro", "Romanian", LATIN},
    {"tr", "tr", "Turkish", LATIN},         {"hr", "hr", "Croatian", LATIN},      {"sl", "sl", "Slovenian", LATIN},
    {"id", "id", "Indonesian", LATIN},      {"vi", "vi", "Vietnamese", LATIN},    {"lt", "lt", "Lithuanian", LATIN},
    {"lv", "lv", "Latvian", LATIN},         {"et", "et", "Estonian", LATIN},      {"ru", "ru", "Russian", CYRILLIC},
    {"uk", "uk", "Ukrainian", CYRILLIC},    {"bg", "bg", "Bulgarian", CYRILLIC},  {"be", "be", "Belarusian", CYRILLIC},
    {"sr-Cyrl", "sr", "Serbian", CYRILLIC}, {"mk", "mk", "Macedonian", CYRILLIC}, {"kk", "kk", "Kazakh", CYRILLIC},
    {"ar", "ar", "Arabic", ARABIC},         {"fa", "fa", "Persian", ARABIC},      {"ur", "ur", "Urdu", ARABIC},
    {"hi", "hi", "Hindi", DEVANAGARI},      {"mr", "mr", "Marathi", DEVANAGARI},  {"ne", "ne", "Nepali", DEVANAGARI},
    {NULL, "zh", "Chinese", OTHER},         {NULL, "ja", "Japanese", OTHER},      {NULL, "ko", "Korean", OTHER},
    {NULL, "el", "Greek", OTHER},           {NULL, "he", "Hebrew", OTHER},        {NULL, "th", "Thai", OTHER},
};
enum { N_KNOWN = sizeof known / sizeof *known };

struct language_detector {
    void *textcat;
};

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

/* libexttextcat reads its list of languages from a file: ours lies in memory. */
struct language_detector *language_open(struct err *e)
{
    struct str list = STR_INIT(8192);
    struct language_detector *d = NULL;
    char path[64];
    int fd = memfd_create("languages", MFD_CLOEXEC);
    for (int i = 0; i < N_KNOWN; i++)
        if (known[i].model)
            str_addf(&list, "%s.lm %s\n", known[i].model, known[i].tag);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    void *textcat = NULL;
    if (fd >= 0 && file_write_all(fd, "the list of languages", list.data, list.len, e))
        textcat = special_textcat_Init(path, TEXTCAT_DATA "/");
    if (textcat) {
        d = mem_new(sizeof *d);
        d->textcat = textcat;
    } else {
        err_set(e, ERR_SYSTEM, "no language models in %s: install the package libexttextcat-data", TEXTCAT_DATA);
    }
    if (fd >= 0)
        close(fd);
    str_release(&list);
    return d;
}

void language_close(struct language_detector *d)
{
    if (!d)
        return;
    textcat_Done(d->textcat);
    free(d);
}

/* The detector's answers. */

struct candidates {
    const char *tags[MOST_CANDIDATES]; /* best first; constants of `known` */
    int n;
};

static bool contains(const struct candidates *c, const char *tag)
{
    for (int i = 0; tag && i < c->n; i++)
        if (language_same(c->tags[i], tag))
            return true;
    return false;
}

/* libexttextcat answers "[pt][gl]", "UNKNOWN" or "SHORT". Candidates of another script are left out. */
static void detect(const struct language_detector *d, const char *text, int script, struct candidates *out)
{
    size_t len = strlen(text);
    *out = (struct candidates){.n = 0};
    if (len > DETECT_BYTES)
        len = DETECT_BYTES;
    const char *answer = textcat_Classify(d->textcat, text, len);
    for (const char *p = answer; *p == '[' && out->n < MOST_CANDIDATES;) {
        char tag[16];
        size_t n = strcspn(p + 1, "]");
        snprintf(tag, sizeof tag, "%.*s", (int)n, p + 1);
        const struct known *k = known_of(tag);
        if (k && (int)k->script == script)
            out->tags[out->n++] = k->tag;
        p += n + 2;
    }
}

/* Scripts. */

/* A Han, kana or Hangul character carries as much as two or three letters, and Latin names and units stand in texts of
 * every script, so that another script wins long before it has the majority: also a caption printed in two languages is
 * one of the other language. A word or two of another script in a Latin text do not count. */
static bool outweighs(size_t letters, size_t latin, size_t few)
{
    return letters && (2 * letters >= latin || (letters >= few && 12 * letters >= latin));
}

static const char *settled_by_script(const struct text_scripts *s, const char *article)
{
    size_t east = s->han + s->kana + s->hangul;
    if (outweighs(east, s->latin, 6)) {
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

static bool look_for_word(void *context, const char *start, size_t len)
{
    bool *found = context;
    size_t at = 0;
    *found = len >= WORD_BYTES && text_is_letter(text_next(start, len, &at));
    return !*found;
}

/* Panel labels, units and "n = 12" are the same in any language. */
static bool has_word(const char *text)
{
    bool found = false;
    text_each_word(text, strlen(text), look_for_word, &found);
    return found;
}

/* For the scripts that several languages share. */
static void identify_shared(const struct language_detector *d, const char *text, const struct text_scripts *s,
                            const char *stated, const char *article, struct language *out)
{
    static const char *const usual[] = {[CYRILLIC] = "ru", [ARABIC] = "ar", [DEVANAGARI] = "hi"};
    struct candidates c;
    int script = script_of(s);
    if (stated && !fits_script(stated, script))
        stated = NULL;
    if (article && !fits_script(article, script))
        article = NULL;
    detect(d, text, script, &c);
    bool one = c.n == 1 && s->letters >= FEW_LETTERS;
    if (stated && !(c.n == 1 && s->letters >= SURE_LETTERS && !contains(&c, stated)))
        set(out, stated, contains(&c, stated) ? 0.99 : 0.9, "document");
    else if (one)
        set(out, c.tags[0], s->letters >= LONG_LETTERS ? 0.97 : s->letters >= SURE_LETTERS ? 0.9 : 0.8, "detector");
    else if (article && (contains(&c, article) || s->letters < SURE_LETTERS))
        set(out, article, contains(&c, article) ? 0.85 : 0.5, "article");
    else if (c.n)
        set(out, c.tags[0], s->letters >= FEW_LETTERS ? 0.5 : 0.3, "detector");
    else if (article)
        set(out, article, 0.5, "article");
    else if (script == CYRILLIC || script == ARABIC || script == DEVANAGARI)
        set(out, usual[script], 0.6, "script");
    else
        set(out, "und", 0, "detector");
}

void language_identify(const struct language_detector *d, const char *text, const char *stated, const char *article,
                       struct language *out)
{
    struct text_scripts s;
    char stated_tag[16], article_tag[16];
    stated = usable(stated, stated_tag);
    article = usable(article, article_tag);
    text_scripts(text, strlen(text), &s);
    const char *settled = settled_by_script(&s, stated ? stated : article);
    if (!s.letters || (s.letters == s.latin && !has_word(text)))
        set(out, "zxx", 1, "script");
    else if (settled && stated && language_same(settled, stated))
        set(out, stated, 0.99, "document");
    else if (settled)
        set(out, settled, 0.97, "script");
    else
        identify_shared(d, text, &s, stated, article, out);
}

bool language_contradicts(const struct language_detector *d, const char *text, const char *tag)
{
    struct language found;
    language_identify(d, text, NULL, NULL, &found);
    return found.confidence >= 0.9 && strcmp(found.tag, "zxx") != 0 && !language_same(found.tag, tag);
}

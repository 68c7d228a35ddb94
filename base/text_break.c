/* text_break.c: sentences and words of text.h, by ICU's break iterators over UTF-8. */
#include "base/text.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

/* Words after which a full stop does not end the sentence when a number or a name follows. Folded to lower case. */
static const char *const abbreviations[] = {
    "fig", "figs", "tab",  "eq",    "eqs", "ref",  "refs", "al",  "vs",     "no",   "nos", "ca",   "cf",
    "e.g", "i.e",  "abb",  "bzw",   "sog", "ggf",  "vgl",  "ref", "approx", "resp", "dr",  "prof", "st",
    "vol", "pp",   "supp", "suppl", "рис", "табл", "см",   "им",  "г",      "т",    "е",   "д",    "mr",
    "mrs", "gr",   "obr",  "rys",   "rys", "sl",   "pl",   "p",   "núm",    "núms", "ed",  "eds",  "z.b",
};

/* The start of the code point that ends at `len`, which is not 0. */
static size_t step_back(const char *text, size_t len)
{
    do
        len--;
    while (len && ((unsigned char)text[len] & 0xC0) == 0x80);
    return len;
}

static bool space_ends_at(const char *text, size_t len)
{
    size_t at = step_back(text, len);
    return text_is_space(text_next(text, len, &at));
}

/* True when the sentence so far ends in an abbreviation and its stop: "(Fig. " with a space of any kind. */
static bool ends_abbreviated(const char *start, size_t len)
{
    while (len && space_ends_at(start, len))
        len = step_back(start, len);
    if (len < 2 || start[len - 1] != '.')
        return false;
    size_t end = len - 1, begin = end;
    while (begin && !space_ends_at(start, begin) && start[begin - 1] != '(' && start[begin - 1] != '[' &&
           end - begin < 16)
        begin = step_back(start, begin);
    struct str word = STR_INIT(64);
    for (size_t at = begin; at < end;)
        str_add_utf8(&word, u_tolower(text_next(start, end, &at)));
    bool found = false;
    for (size_t i = 0; !found && i < sizeof abbreviations / sizeof *abbreviations; i++)
        found = strcmp(word.data, abbreviations[i]) == 0;
    str_release(&word);
    return found;
}

/* The script's own opener: an iterator over `text`, or NULL where ICU has no data. The UText must be closed after it.
 */
static UBreakIterator *iterator_open(UBreakIteratorType type, const char *text, size_t len, const char *language,
                                     UText *utext)
{
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(utext, text, (int64_t)len, &status);
    UBreakIterator *it = ubrk_open(type, language ? language : "", NULL, 0, &status);
    ubrk_setUText(it, utext, &status);
    if (U_FAILURE(status)) {
        ubrk_close(it);
        utext_close(utext);
        return NULL;
    }
    return it;
}

static bool give_trimmed(const char *start, size_t len, text_span_fn *each, void *context)
{
    while (len && (unsigned char)start[len - 1] <= ' ')
        len--;
    while (len && (unsigned char)*start <= ' ') {
        start++;
        len--;
    }
    return !len || each(context, start, len);
}

void text_sentences(const char *text, size_t len, const char *language, text_span_fn *each, void *context)
{
    UText utext = UTEXT_INITIALIZER;
    UBreakIterator *it = len < INT32_MAX ? iterator_open(UBRK_SENTENCE, text, len, language, &utext) : NULL;
    if (!it) {
        give_trimmed(text, len, each, context);
        return;
    }
    size_t start = 0;
    bool going = true;
    for (int32_t end = ubrk_next(it); going && end != UBRK_DONE; end = ubrk_next(it)) {
        if ((size_t)end < len && ends_abbreviated(text + start, (size_t)end - start))
            continue;
        going = give_trimmed(text + start, (size_t)end - start, each, context);
        start = (size_t)end;
    }
    ubrk_close(it);
    utext_close(&utext);
}

void text_each_word(const char *text, size_t len, text_span_fn *each, void *context)
{
    UText utext = UTEXT_INITIALIZER;
    UBreakIterator *it = len < INT32_MAX ? iterator_open(UBRK_WORD, text, len, NULL, &utext) : NULL;
    if (!it)
        return;
    int32_t start = ubrk_first(it);
    bool going = true;
    for (int32_t end = ubrk_next(it); going && end != UBRK_DONE; start = end, end = ubrk_next(it))
        if (ubrk_getRuleStatus(it) >= UBRK_WORD_NONE_LIMIT)
            going = each(context, text + start, (size_t)(end - start));
    ubrk_close(it);
    utext_close(&utext);
}

static bool count_one(void *context, const char *start, size_t len)
{
    (void)start;
    (void)len;
    ++*(size_t *)context;
    return true;
}

size_t text_words(const char *text, size_t len)
{
    size_t n = 0;
    text_each_word(text, len, count_one, &n);
    return n;
}

/* facts.c: see facts.h. */
#include "pairs/facts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { MAX_TEXT = 100000 };

static bool is_alnum(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Length of "Figure 3B", "Figs. 1-3", "Table S2" at `at`; 0: no such thing. */
static size_t reference_length(const char *at)
{
    static const char *const words[] = {"figures", "figure", "figs",      "fig", "tables",  "table", "scheme",
                                        "plate",   "figura", "abbildung", "abb", "tabelle", "tab"};
    size_t len = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words && !len; i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(at, words[i], n) == 0 && !is_alnum(at[n]))
            len = n;
    }
    if (!len)
        return 0;
    len += at[len] == '.';
    len += at[len] == ' ';
    size_t number = len + (at[len] == 'S' || at[len] == 's' || at[len] == 'A');
    if (!isdigit((unsigned char)at[number]))
        return 0;
    len = number;
    for (;;) {
        len += strspn(at + len, "0123456789");
        if (at[len] == '.' && isdigit((unsigned char)at[len + 1]))
            len++;
        else
            break;
    }
    while (isalpha((unsigned char)at[len]) && !is_alnum(at[len + 1]))
        len++;
    return len;
}

void facts_caption(const char *caption, struct str *out)
{
    struct str clean = STR_INIT(MAX_TEXT);
    text_clean(caption, strlen(caption), &clean);
    const char *text = clean.data;
    size_t label = reference_length(text);
    const char *behind = text + label + strspn(text + label, " ");
    bool parted = label && (strchr(".:|-)", *behind) || strncmp(behind, "\xE2\x80\x93", 3) == 0 ||
                            strncmp(behind, "\xE2\x80\x94", 3) == 0);
    /* "Figure 1 Western blot" has a label, "Figure 1 shows" begins a sentence. */
    if (parted || (label && isupper((unsigned char)*behind)))
        text = behind;
    while (parted && (*text == ' ' || (*text && strchr(".:|-)", *text)) || strncmp(text, "\xE2\x80\x93", 3) == 0 ||
                      strncmp(text, "\xE2\x80\x94", 3) == 0))
        text += (unsigned char)*text >= 0x80 ? 3 : 1;
    str_add(out, text);
    str_release(&clean);
}

/* Length of "(see Figure 3B)", "[12, 13]" at `at`: a bracket that holds a figure's number, or citations; 0: none. */
static size_t bracket_length(const char *at)
{
    enum { LONGEST = 60 };
    const char *end = *at == '(' ? strchr(at, ')') : *at == '[' ? strchr(at, ']') : NULL;
    if (!end || end - at > LONGEST)
        return 0;
    bool drop = *at == '[' && at + 1 + strspn(at + 1, "0123456789,- \xE2\x80\x93") == end;
    for (const char *p = at + 1; *at == '(' && p < end && !drop; p++)
        drop = !is_alnum(p[-1]) && reference_length(p);
    return drop ? (size_t)(end - at) + 1 : 0;
}

void facts_sentence(const char *sentence, struct str *out)
{
    struct str clean = STR_INIT(MAX_TEXT);
    text_clean(sentence, strlen(sentence), &clean);
    size_t start = out->len;
    for (const char *at = clean.data; *at;) {
        size_t bracket = bracket_length(at),
               reference = at == clean.data || !is_alnum(at[-1]) ? reference_length(at) : 0;
        if (bracket) {
            while (out->len > start && out->data[out->len - 1] == ' ')
                str_cut(out, out->len - 1);
            at += bracket;
        } else if (reference) {
            str_add(out, at == clean.data ? "The figure" : "the figure");
            at += reference;
        } else {
            str_add_char(out, *at++);
        }
    }
    str_release(&clean);
}

void facts_cut(struct str *text, size_t max)
{
    if (text->len <= max)
        return;
    size_t word = 0, sentence = 0;
    for (size_t i = 0; i + 1 <= max; i++) {
        if (text->data[i + 1] != ' ')
            continue;
        word = i + 1;
        if (text->data[i] == '.' || text->data[i] == ';')
            sentence = i + 1;
    }
    size_t len = sentence > max / 2 ? sentence : word ? word : max;
    while (len && ((unsigned char)text->data[len] & 0xC0) == 0x80)
        len--;
    str_cut(text, len);
}

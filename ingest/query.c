/* query.c: see query.h. */
#include "ingest/query.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { TERM_MAX = 4096 /* bytes of one term, written */, TEXT_MAX = 1 << 20 /* bytes of a text that is searched */ };

/* Thai to Tibetan, Burmese, Hangul, Khmer, the kana and Han blocks. Korean has spaces, but particles stand right behind
 * their word, so that it is looked for in the same way. */
static bool is_unspaced(int c)
{
    static const int ranges[][2] = {{0x0E00, 0x0FFF}, {0x1000, 0x109F}, {0x1100, 0x11FF},
                                    {0x1780, 0x17FF}, {0x3040, 0x31FF}, {0x3400, 0x9FFF},
                                    {0xAC00, 0xD7AF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    }
    return false;
}

/* Characters that mean something to one search syntax or another; people type the quotes of print as quotes, too. */
static bool is_syntax(int c)
{
    return (c < 0x80 && c > 0 && strchr("\"()[]{}:*?~^\\&|!<>=;`#", c)) || c == 0x00AB || c == 0x00BB || c == 0x201C ||
           c == 0x201D || c == 0x201E;
}

/* Writes the term clean and escaped; nothing for one without letters and digits. True when it is more than one plain
 * word. */
static bool write_words(const char *term, const struct query_syntax *syntax, struct str *out)
{
    bool several = false;
    struct str clean = STR_INIT(TERM_MAX);
    struct str spaced = STR_INIT(TERM_MAX);
    size_t len = strlen(term);
    for (size_t at = 0; at < len;) {
        int c = text_next(term, len, &at);
        bool space = text_is_control(c) || c == 0xFFFD;
        if (!syntax->special)
            space |= is_syntax(c);
        else if (c == syntax->quote)
            space |= !strchr(syntax->special, c);
        str_add_utf8(&spaced, space ? ' ' : c);
    }
    text_clean(spaced.data, spaced.len, &clean);
    size_t start = out->len;
    bool meant = false; /* a term without a letter or digit is none */
    for (size_t at = 0; at < clean.len;) {
        int c = text_next(clean.data, clean.len, &at);
        meant |= text_is_letter(c) || text_is_digit(c);
        several |= is_unspaced(c) || !(text_is_letter(c) || text_is_digit(c));
        if (syntax->special && c < 0x80 && strchr(syntax->special, c))
            str_add_char(out, '\\');
        str_add_utf8(out, c);
    }
    if (!meant)
        str_cut(out, start);
    str_release(&spaced);
    str_release(&clean);
    return several;
}

static void write_term(const char *words, bool quoted, const struct query_syntax *syntax, struct str *out)
{
    str_add(out, syntax->term_open ? syntax->term_open : "");
    if (quoted && syntax->quote)
        str_add_char(out, syntax->quote);
    str_add(out, words);
    if (quoted && syntax->quote)
        str_add_char(out, syntax->quote);
    str_add(out, syntax->term_close ? syntax->term_close : "");
}

/* A word that is an operator in most syntaxes would be taken for one. */
static bool is_operator(const char *word)
{
    return strcmp(word, "AND") == 0 || strcmp(word, "OR") == 0 || strcmp(word, "NOT") == 0 || strcmp(word, "NEAR") == 0;
}

/* Writes the group's terms with the or-word between them; returns how many there are. */
static size_t write_group(const struct query_group *group, const struct query_syntax *syntax, struct str *out)
{
    size_t n = 0;
    struct str words = STR_INIT(TERM_MAX);
    for (size_t i = 0; i < group->n && n < QUERY_MAX_TERMS; i++) {
        str_clear(&words);
        bool several = write_words(group->terms[i], syntax, &words);
        if (!words.len)
            continue;
        if (n++)
            str_add(out, syntax->or_word);
        write_term(words.data, several || syntax->quote_all || is_operator(words.data), syntax, out);
    }
    str_release(&words);
    return n;
}

void query_write(const struct query *q, const struct query_syntax *syntax, struct str *out)
{
    if (q->raw) {
        str_add(out, q->raw);
        return;
    }
    struct str text = STR_INIT(out->max);
    size_t n = 0;
    for (size_t i = 0; i < q->n_groups && i < QUERY_MAX_GROUPS; i++) {
        str_clear(&text);
        size_t terms = write_group(&q->groups[i], syntax, &text);
        if (!terms)
            continue;
        if (n++)
            str_add(out, syntax->and_word);
        str_add(out, terms > 1 ? syntax->open : "");
        str_add(out, text.data);
        str_add(out, terms > 1 ? syntax->close : "");
        out->overflow |= text.overflow;
    }
    str_release(&text);
}

/* The code point in front of `at`. */
static int before(const char *text, size_t at)
{
    size_t start = at - 1;
    while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80)
        start--;
    return text_next(text, at, &start);
}

static int behind(const char *text, size_t len, size_t at)
{
    return text_next(text, len, &at);
}

/* Whether a word may end between these two characters: at a space, an end (-1), or where a script without spaces is. */
static bool is_boundary(int left, int right)
{
    return left < 0 || right < 0 || left == ' ' || right == ' ' || is_unspaced(left) || is_unspaced(right);
}

static bool has_term(const char *text, size_t len, const char *term, struct str *folded)
{
    str_clear(folded);
    text_fold_words(term, strlen(term), folded);
    while (folded->len && folded->data[folded->len - 1] == ' ')
        str_cut(folded, folded->len - 1);
    const char *word = folded->data;
    word += strspn(word, " ");
    size_t word_len = strlen(word);
    if (!word_len)
        return false;
    for (const char *at = text; (at = memmem(at, len - (size_t)(at - text), word, word_len)); at++) {
        size_t start = (size_t)(at - text), end = start + word_len;
        if (is_boundary(start ? before(text, start) : -1, behind(word, word_len, 0)) &&
            is_boundary(before(word, word_len), behind(text, len, end)))
            return true;
    }
    return false;
}

bool query_matches(const struct query *q, const char *text, size_t len)
{
    if (q->raw)
        return true;
    struct str folded = STR_INIT(TEXT_MAX);
    struct str term = STR_INIT(TERM_MAX);
    text_fold_words(text, len, &folded);
    bool all = true;
    for (size_t i = 0; all && i < q->n_groups; i++) {
        bool any = false;
        for (size_t j = 0; !any && j < q->groups[i].n; j++)
            any = has_term(folded.data, folded.len, q->groups[i].terms[j], &term);
        all = any || !q->groups[i].n;
    }
    str_release(&term);
    str_release(&folded);
    return all;
}

void query_escape(const char *text, struct str *out)
{
    for (const char *c = text; *c; c++) {
        if ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("-._~", *c))
            str_add_char(out, *c);
        else
            str_addf(out, "%%%02X", (unsigned char)*c);
    }
}

void query_parameter(struct str *url, const char *name, const char *value)
{
    if (!value)
        return;
    str_add_char(url, strchr(url->data, '?') ? '&' : '?');
    str_add(url, name);
    str_add_char(url, '=');
    query_escape(value, url);
}

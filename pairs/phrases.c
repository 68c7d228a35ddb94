/* phrases.c: see phrases.h. The table is read anew at each call: it is small, and nothing has to be kept. */
#include "pairs/phrases.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "pairs/fold.h"

extern const char pair_phrases[];

static const char *const kind_names[PHRASE_KINDS] = {"small", "asks",  "counts", "leak",  "figure", "refusal", "advice",
                                                     "hedge", "panel", "part",   "joins", "term",   "known",   "unit"};

/* True when the first field of a line is the language, or stands for all. */
static bool is_of(const char *line, size_t len, const char *language)
{
    if (!language || (len == 1 && *line == '*'))
        return true;
    return strcspn(language, "-_") == len && strncmp(line, language, len) == 0;
}

/* Small ASCII letters between single spaces are folded already; most phrases are. */
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] == ' ' && i && text[i - 1] != ' ')))
            return false;
    return len > 0 && text[len - 1] != ' ';
}

/* A phrase as it is compared. */
static void phrase_read(const char *text, size_t len, struct phrase *out)
{
    *out = (struct phrase){.open_front = len && *text == '*', .open_end = len && text[len - 1] == '*'};
    struct str folded = STR_INIT(PHRASE_SIZE - 1);
    size_t inner = len - out->open_front - out->open_end;
    if (is_plain(text + out->open_front, inner))
        str_addf(&folded, " %.*s ", (int)inner, text + out->open_front);
    else
        fold_words(text, len, &folded);
    const char *from = folded.data + out->open_front;
    size_t n = strlen(from);
    snprintf(out->text, sizeof out->text, "%.*s", (int)(out->open_end && n ? n - 1 : n), from);
    str_release(&folded);
}

/* Calls `each` for the phrases of one line's third field. False: stopped. */
static bool each_in(const char *at, size_t len, const char *language, phrase_fn *each, void *context)
{
    for (const char *end = at + len; at < end;) {
        const char *next = strstr(at, " | ");
        size_t n = next && next < end ? (size_t)(next - at) : (size_t)(end - at);
        struct phrase phrase;
        phrase_read(at, n, &phrase);
        if (!each(context, language, &phrase))
            return false;
        at += n + 3;
    }
    return true;
}

void phrases_each(const char *language, enum phrase_kind kind, phrase_fn *each, void *context)
{
    const char *name = kind_names[kind];
    for (const char *line = pair_phrases, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        size_t first = strcspn(line, "\t\n");
        const char *second = line + first + 1, *third = second + strlen(name) + 1;
        if (*line == '#' || line[first] != '\t' || strncmp(second, name, strlen(name)) != 0 || third[-1] != '\t')
            continue;
        char tag[16];
        snprintf(tag, sizeof tag, "%.*s", (int)first, line);
        if (is_of(line, first, language) && !each_in(third, (size_t)(end - third), tag, each, context))
            return;
    }
}

struct search {
    const char *text;
    size_t len, n;
    char *out;
    bool found;
};

static bool is_known(void *context, const char *language, const struct phrase *phrase)
{
    (void)phrase;
    bool *known = context;
    *known = strcmp(language, "*") != 0;
    return !*known;
}

bool phrases_known(const char *language, enum phrase_kind kind)
{
    bool known = false;
    phrases_each(language, kind, is_known, &known);
    return known;
}

static bool find_one(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct search *s = context;
    s->found = strstr(s->text, phrase->text) != NULL;
    if (s->found) {
        const char *from = phrase->text + (*phrase->text == ' ');
        size_t n = strlen(from);
        snprintf(s->out, PHRASE_SIZE, "%.*s", (int)(n && from[n - 1] == ' ' ? n - 1 : n), from);
    }
    return !s->found;
}

const char *phrases_find(const char *folded, const char *language, enum phrase_kind kind, char out[PHRASE_SIZE])
{
    struct search s = {.text = folded, .out = out};
    phrases_each(language, kind, find_one, &s);
    return s.found ? out : NULL;
}

static bool count_one(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct search *s = context;
    for (const char *at = s->text; (at = strstr(at, phrase->text)) != NULL; at++)
        s->n++;
    return true;
}

size_t phrases_count(const char *folded, const char *language, enum phrase_kind kind)
{
    struct search s = {.text = folded};
    phrases_each(language, kind, count_one, &s);
    return s.n;
}

static bool is_one(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct search *s = context;
    const char *from = phrase->text + (*phrase->text == ' ');
    size_t n = strlen(from);
    n -= n && from[n - 1] == ' ';
    if (phrase->open_front)
        s->found = s->len > n && strncmp(s->text + s->len - n, from, n) == 0;
    else
        s->found = (phrase->open_end ? s->len >= n : s->len == n) && strncmp(s->text, from, n) == 0;
    return !s->found;
}

bool phrases_is(const char *word, size_t len, const char *language, enum phrase_kind kind)
{
    struct search s = {.text = word, .len = len};
    phrases_each(language, kind, is_one, &s);
    return s.found;
}

static bool unit_one(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct search *s = context;
    const char *word = strchr(phrase->text + 1, ' ');
    size_t n = word ? strlen(word + 1) : 0;
    s->found = n == s->len + 1 && strncmp(word + 1, s->text, s->len) == 0;
    if (s->found)
        snprintf(s->out, 16, "%.*s", (int)(word - phrase->text - 1), phrase->text + 1);
    return !s->found;
}

bool phrases_unit(const char *word, size_t len, char out[16])
{
    struct search s = {.text = word, .len = len, .out = out};
    struct str folded = STR_INIT(PHRASE_SIZE);
    fold_words(word, len, &folded);
    if (folded.len > 2) {
        s.text = folded.data + 1;
        s.len = folded.len - 2;
        phrases_each(NULL, PHRASE_UNIT, unit_one, &s);
    }
    str_release(&folded);
    return s.found;
}

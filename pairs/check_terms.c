/* check_terms.c: names and technical terms of an answer must stand in the source. What counts as one: a word with two
 * capitals or more (VEGF, HaCaT), a capitalised word within a sentence (not in German, which writes all nouns so), and
 * a word that ends as technical terms do ("-itis", "-kinase"; phrases.h). Names with digits are check_numbers' matter.
 * A term is grounded when the source has it, whatever the spaces and hyphens in it and but for its last letters, or has
 * words with its letters as initials. */
#include "pairs/check.h"

#include <string.h>

#include "base/text.h"
#include "pairs/fold.h"
#include "pairs/phrases.h"

struct terms {
    const struct candidate *c;
    const char *language;
    struct str *why;
    bool nouns_have_capitals;
    bool found; /* one without ground */
};

struct shape {
    size_t letters, capitals;
    bool first; /* begins with a capital */
};

static struct shape shape_of(const char *word, size_t len)
{
    struct shape s = {0};
    for (size_t at = 0; at < len;) {
        bool first = at == 0;
        int c = text_next(word, len, &at);
        bool capital = text_is_letter(c) && text_lower(c) != c;
        s.letters += text_is_letter(c);
        s.capitals += capital;
        s.first = s.first || (first && capital);
    }
    return s;
}

/* True when only signs and spaces, one of them the end of a sentence or an opening mark, stand before the word. */
static bool begins(const char *text, const char *word)
{
    const char *at = word;
    while (at > text && at[-1] == ' ')
        at--;
    if (at == text || strchr(".!?:;([\"'", at[-1]))
        return true;
    return at == word && (unsigned char)at[-1] >= 0x80; /* a quotation mark */
}

static bool is_grounded(const struct terms *t, const char *folded, size_t len, bool name)
{
    const struct check_source *s = t->c->source;
    /* Endings of the language: a third of the word, but never of a name. */
    size_t kept = name ? len : len > 9 ? len - 3 : len > 6 ? len - 2 : len;
    while (kept < len && kept > 1 && ((unsigned char)folded[kept] & 0xC0) == 0x80)
        kept--;
    struct str stem = STR_INIT(PHRASE_SIZE);
    str_add_bytes(&stem, folded, kept);
    bool plural = name && len > 3 && folded[len - 1] == 's';
    bool found = strstr(s->joined, stem.data) || (len > 2 && strstr(s->initials, stem.data));
    if (!found && plural) {
        str_cut(&stem, kept - 1);
        found = strstr(s->joined, stem.data) || strstr(s->initials, stem.data);
    }
    str_release(&stem);
    return found || phrases_is(folded, len, t->language, PHRASE_KNOWN);
}

/* "Panel A" and "Figure B" are often written with capitals. */
static bool is_part(const char *folded, size_t len, const char *language)
{
    return phrases_is(folded, len, language, PHRASE_PANEL) || phrases_is(folded, len, language, PHRASE_PART) ||
           phrases_is(folded, len, language, PHRASE_FIGURE) || phrases_is(folded, len, language, PHRASE_SMALL);
}

static bool look_at(void *context, const char *word, size_t len)
{
    enum { LEAST_LETTERS = 3 };
    struct terms *t = context;
    struct shape shape = shape_of(word, len);
    if (shape.letters < LEAST_LETTERS && !(fold_is_character(word) && shape.letters == 2))
        return true;
    struct str folded = STR_INIT(PHRASE_SIZE);
    text_fold(word, len, &folded);
    bool name = shape.capitals > 1;
    bool proper = shape.first && !t->nouns_have_capitals && !begins(t->c->answer, word) &&
                  !is_part(folded.data, folded.len, t->language);
    bool term = phrases_is(folded.data, folded.len, t->language, PHRASE_TERM);
    if ((name || proper || term) && !is_grounded(t, folded.data, folded.len, name)) {
        str_addf(t->why, "'%.*s' is not among the facts", len < 60 ? (int)len : 60, word);
        t->found = true;
    }
    str_release(&folded);
    return !t->found;
}

bool check_terms(const struct candidate *c, struct str *why)
{
    struct terms t = {.c = c, .language = check_tongue(c), .why = why};
    t.nouns_have_capitals = str_starts(t.language, "de");
    text_each_word(c->answer, strlen(c->answer), look_at, &t);
    return !t.found;
}

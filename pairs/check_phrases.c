/* check_phrases.c: checks that look for phrases of the candidate's language (phrases.h): leaks, refusals, advice,
 * doubt. The phrases were collected from what models write, and from the lists that published data sets filter by; they
 * match on word boundaries, so that "the context" does not hit "in the contextual". */
#include "pairs/check.h"

#include <string.h>

#include "base/text.h"
#include "pairs/phrases.h"

static bool none_of(const struct candidate *c, enum phrase_kind kind, const char *what, struct str *why)
{
    char found[PHRASE_SIZE];
    if (!phrases_find(c->folded_answer, check_tongue(c), kind, found) &&
        !(c->own_question && phrases_find(c->folded_question, check_tongue(c), kind, found)))
        return true;
    str_addf(why, "'%s' %s", found, what);
    return false;
}

bool check_refusal(const struct candidate *c, struct str *why)
{
    return none_of(c, PHRASE_REFUSAL, "is no answer: write about what is known", why);
}

struct numbered {
    const char *folded;
    struct str *why;
    bool found;
};

static bool has_number(void *context, const char *language, const struct phrase *phrase)
{
    (void)language;
    struct numbered *s = context;
    for (const char *at = s->folded; (at = strstr(at, phrase->text)) != NULL && !s->found; at++) {
        const char *number = at + strlen(phrase->text);
        number += number[0] == 's';
        s->found = *number >= '0' && *number <= '9';
        if (s->found)
            str_addf(s->why, "it names the number of a figure ('%.*s'): write 'the figure'",
                     (int)(strcspn(number, " ") + (size_t)(number - at) - 1), at + 1);
    }
    return !s->found;
}

/* "figure 3b", "fig s1", "table 2": a reader of one figure knows no numbers of figures. */
static bool names_figure(const char *folded, const char *language, struct str *why)
{
    struct numbered s = {.folded = folded, .why = why};
    phrases_each(language, PHRASE_FIGURE, has_number, &s);
    return s.found;
}

bool check_leak(const struct candidate *c, struct str *why)
{
    return none_of(c, PHRASE_LEAK, "betrays that a text was read: write as one who looks at the figure", why) &&
           !names_figure(c->folded_answer, check_tongue(c), why) &&
           !(c->own_question && names_figure(c->folded_question, check_tongue(c), why));
}

bool check_advice(const struct candidate *c, struct str *why)
{
    return none_of(c, PHRASE_ADVICE, "is advice: only say what the figure shows", why);
}

bool check_hedging(const struct candidate *c, struct str *why)
{
    enum { ALWAYS = 2, ONE_IN = 16 };
    size_t n = phrases_count(c->folded_answer, check_tongue(c), PHRASE_HEDGE);
    size_t words = text_words(c->answer, strlen(c->answer));
    if (n <= ALWAYS || n * ONE_IN <= words)
        return true;
    str_addf(why, "%zu words of doubt in %zu: say plainly what the figure shows", n, words);
    return false;
}

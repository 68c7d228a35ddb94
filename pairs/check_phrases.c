/* check_phrases.c: checks that look for phrases: leaks, refusals, advice. Phrases are folded words; a '*' at the end
 * matches any ending. They were collected from what models write, and from the lists that published data sets filter
 * by; matched on word boundaries, so that "the context" does not hit "in the contextual". */
#include "pairs/check.h"

#include <string.h>

static bool holds(const char *folded, const char *phrase)
{
    size_t len = strlen(phrase);
    bool open = len && phrase[len - 1] == '*';
    struct str needle = STR_INIT(128);
    str_addf(&needle, " %.*s%s", (int)(open ? len - 1 : len), phrase, open ? "" : " ");
    bool found = strstr(folded, needle.data) != NULL;
    str_release(&needle);
    return found;
}

static bool none_of(const struct candidate *c, const char *const *phrases, const char *what, struct str *why)
{
    for (; *phrases; phrases++)
        if (holds(c->folded_answer, *phrases) || (c->own_question && holds(c->folded_question, *phrases))) {
            str_addf(why, "'%.*s' %s", (int)strcspn(*phrases, "*"), *phrases, what);
            return false;
        }
    return true;
}

bool check_refusal(const struct candidate *c, struct str *why)
{
    static const char *const phrases[] = {"i m sorry",
                                          "i am sorry",
                                          "sorry but",
                                          "i apologi*",
                                          "as an ai",
                                          "language model",
                                          "i cannot",
                                          "i can t",
                                          "i could not",
                                          "i couldn t",
                                          "i am unable",
                                          "i m unable",
                                          "unable to see",
                                          "unable to view",
                                          "cannot see the",
                                          "can t see the",
                                          "cannot view",
                                          "cannot be seen",
                                          "not visible in the image",
                                          "do not have access",
                                          "don t have access",
                                          "without seeing",
                                          "without access to",
                                          "i do not have",
                                          "i don t have",
                                          "no image",
                                          "not provided",
                                          "not given",
                                          "not specified",
                                          "not stated",
                                          "not explicitly",
                                          "no information",
                                          "not enough information",
                                          "insufficient information",
                                          "please provide",
                                          "i don t know",
                                          "i do not know",
                                          "not available",
                                          NULL};
    return none_of(c, phrases, "is no answer: write about what is known", why);
}

/* "figure 3b", "fig s1", "table 2": a reader of one figure knows no numbers of figures. */
static bool names_figure(const char *folded, struct str *why)
{
    static const char *const words[] = {"figure",  "figures", "fig", "figs",      "table",
                                        "tables",  "scheme",  "abb", "abbildung", "figura",
                                        "tabelle", "tableau", "рис", "рисунок",   NULL};
    for (const char *const *w = words; *w; w++) {
        struct str needle = STR_INIT(32);
        str_addf(&needle, " %s ", *w);
        for (const char *at = folded; (at = strstr(at, needle.data)) != NULL; at++) {
            const char *number = at + needle.len;
            number += number[0] == 's';
            if (*number >= '0' && *number <= '9') {
                str_addf(why, "it names the number of a figure ('%s %.4s'): write 'the figure'", *w, at + needle.len);
                str_release(&needle);
                return true;
            }
        }
        str_release(&needle);
    }
    return false;
}

bool check_leak(const struct candidate *c, struct str *why)
{
    static const char *const phrases[] = {"caption*",
                                          "legend of the figure",
                                          "figure legend",
                                          "the text",
                                          "this text",
                                          "text states",
                                          "text says",
                                          "text mentions",
                                          "the article",
                                          "this article",
                                          "the paper",
                                          "this paper",
                                          "the manuscript",
                                          "the author*",
                                          "the publication",
                                          "the passage",
                                          "the paragraph",
                                          "the excerpt",
                                          "the facts",
                                          "given facts",
                                          "these facts",
                                          "the provided",
                                          "provided information",
                                          "provided data",
                                          "provided text",
                                          "provided context",
                                          "the given information",
                                          "given in the figure",
                                          "given context",
                                          "the context provided",
                                          "context states",
                                          "the information provided",
                                          "information given",
                                          "based on the information",
                                          "according to the information",
                                          "according to the description",
                                          "the description",
                                          "described in the text",
                                          "as described",
                                          "is described as",
                                          "mention*",
                                          "as stated",
                                          "is stated",
                                          "as noted in",
                                          "the prompt",
                                          "the user",
                                          "json",
                                          "in parentheses",
                                          "the sentence*",
                                          "the statement*",
                                          "figure number",
                                          NULL};
    return none_of(c, phrases, "betrays that a text was read: write as one who looks at the figure", why) &&
           !names_figure(c->folded_answer, why) && !(c->own_question && names_figure(c->folded_question, why));
}

bool check_advice(const struct candidate *c, struct str *why)
{
    static const char *const phrases[] = {"you should",
                                          "you must",
                                          "you need to",
                                          "you can take",
                                          "your doctor",
                                          "your physician",
                                          "your healthcare",
                                          "your treatment",
                                          "consult a",
                                          "consult your",
                                          "consult with a",
                                          "should consult",
                                          "seek medical",
                                          "medical advice",
                                          "talk to your",
                                          "see a doctor",
                                          "patients should",
                                          "patient should",
                                          "patients must",
                                          "should take",
                                          "we recommend",
                                          "i recommend",
                                          "it is recommended that",
                                          "is advised to",
                                          "are advised to",
                                          "should be prescribed",
                                          NULL};
    return none_of(c, phrases, "is advice: only say what the figure shows", why);
}

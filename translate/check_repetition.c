/* check_repetition.c: loops, see check_rules.h. */
#include "translate/check_rules.h"

enum {
    LONGEST_PERIOD = 12, /* words of a phrase that a model repeats */
    ECHO_WORDS = 600,    /* that are looked at; the search is quadratic */
    ECHO_GAP = 4,        /* words from one saying to the next, at least */
    ECHO_LETTERS = 36,   /* a run of words that texts do not say twice by chance, */
    ECHO_RUN = 5,        /* ... and that is longer than a term, in words */
    SAID_WORDS = 3       /* a sentence of fewer words may well be said twice ("Scale bars: 5 µm.") */
};

/* How often the `period` words at `at` follow one another at once. */
static size_t repeats_at(const struct check_text *t, size_t at, size_t period)
{
    size_t times = 1;
    for (size_t i = at + period; i + period <= t->n_words; i += period, times++)
        for (size_t j = 0; j < period; j++)
            if (!check_word_same(&t->words[at + j], &t->words[i + j]))
                return times;
    return times;
}

/* Numbers and single characters (of scripts without blanks) repeat in good texts. */
static size_t longest_loop(const struct check_text *t)
{
    size_t most = 1;
    for (size_t period = 1; period <= LONGEST_PERIOD; period++)
        for (size_t at = 0; at + period <= t->n_words; at++) {
            if (at + period >= t->n_words || !check_word_same(&t->words[at], &t->words[at + period]))
                continue;
            size_t times = repeats_at(t, at, period), letters = 0;
            for (size_t j = 0; j < period; j++)
                letters += t->words[at + j].digits ? 0 : t->words[at + j].letters;
            if (times > most && letters && (period > 1 || times > 3))
                most = times;
        }
    return most;
}

static bool same_sentence(const struct check_text *t, const struct check_sentence *a, const struct check_sentence *b)
{
    if (a->n_words != b->n_words || a->n_words < SAID_WORDS)
        return false;
    for (size_t i = 0; i < a->n_words; i++)
        if (!check_word_same(&t->words[a->first + i], &t->words[b->first + i]))
            return false;
    return true;
}

static size_t said_again(const struct check_text *t)
{
    size_t n = 0;
    for (size_t i = 1; i < t->n_sentences; i++)
        for (size_t j = 0; j < i; j++)
            if (same_sentence(t, &t->sentences[j], &t->sentences[i])) {
                n++;
                break;
            }
    return n;
}

/* The longest run of `least` words or more that stands twice, in letters; where a sentence's end is not seen, as in
 * front of "(1)", this still finds it said again. Both passes are bounded by the words' number. */
static size_t longest_echo(const struct check_text *t, size_t least)
{
    size_t most = 0, words = t->n_words < ECHO_WORDS ? t->n_words : ECHO_WORDS;
    for (size_t gap = ECHO_GAP; gap < words; gap++) {
        size_t letters = 0, run = 0;
        for (size_t i = 0; i + gap < words; i++) {
            bool same = check_word_same(&t->words[i], &t->words[i + gap]);
            letters = same ? letters + t->words[i].letters : 0;
            run = same ? run + 1 : 0;
            most = letters > most && run >= least ? letters : most;
        }
    }
    return most;
}

const char *check_repetition(const struct check_text *in, const struct check_text *out)
{
    size_t loop = longest_loop(out);
    if (loop >= 3 && loop > longest_loop(in))
        return "the same words again and again";
    size_t echo = longest_echo(out, ECHO_RUN);
    if (echo >= ECHO_LETTERS && echo > 3 * longest_echo(in, 1))
        return "the same words twice";
    return said_again(out) > said_again(in) ? "a sentence is said twice" : NULL;
}

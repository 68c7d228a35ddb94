/* check_length.c: how long a translation is, see check_rules.h.
 *
 * Per language the characters of English for one of it: measured on abstracts and papers that journals print in both
 * (pt: 3,855 pairs of sentences, es: abstracts); for the others what CLDR-size texts of both give. The logarithm of the
 * ratio spreads by the text's length: 0.09 for what translators do with any text, and 1.6 / length for chance, measured
 * on the same pairs (0.20 at 30 characters, 0.13 at 100, 0.10 at 400). */
#include <math.h>
#include <string.h>

#include "translate/check_rules.h"

static const struct {
    const char *language;
    double english;
} ratios[] = {
    {"en", 1.00}, {"pt", 0.96}, {"es", 0.91}, {"fr", 0.88}, {"de", 0.89}, {"it", 0.92}, {"ca", 0.93},
    {"gl", 0.94}, {"nl", 0.92}, {"ro", 0.93}, {"sv", 1.00}, {"da", 0.98}, {"no", 1.00}, {"fi", 0.98},
    {"pl", 0.96}, {"cs", 1.03}, {"sk", 1.02}, {"hu", 0.96}, {"tr", 1.00}, {"hr", 1.00}, {"sl", 1.00},
    {"ru", 0.95}, {"uk", 0.98}, {"bg", 0.96}, {"id", 0.95}, {"vi", 0.95}, {"el", 0.90}, {"ar", 1.15},
    {"fa", 1.05}, {"he", 1.25}, {"hi", 1.00}, {"zh", 3.20}, {"ja", 2.30}, {"ko", 1.95},
};

static double english_of(const char *language)
{
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        if (language_same(ratios[i].language, language))
            return ratios[i].english;
    return 0;
}

/* In texts of Han, kana and Hangul each Latin letter and digit stands for itself. */
static double weighed(const struct check_text *t, double english)
{
    size_t east = t->scripts.han + t->scripts.kana + t->scripts.hangul;
    return english > 1.5 ? (double)(t->chars - east) + english * (double)east : english * (double)t->chars;
}

double check_length_ratio(const struct check_text *in, const char *target)
{
    double a = english_of(in->language), b = english_of(target);
    if (!a)
        a = check_text_dense(in) ? 2.6 : 1;
    return b ? a / b : 0;
}

const char *check_length(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    double a = english_of(in->language), b = english_of(out->language);
    if (!b)
        return NULL;
    bool known = a > 0, dense = check_text_dense(in) || check_text_dense(out);
    if (!known)
        a = check_text_dense(in) ? 2.6 : 1;
    double source = weighed(in, a) + 1, text = weighed(out, b) + 1;
    double off = log(text / source);
    /* Languages that are only known by their script may lie a quarter apart. */
    double spread = sqrt(0.0081 + (dense ? 0.02 : 0) + (known ? 0 : 0.04) + 3.2 / source);
    if (fabs(off) <= 4.2 * spread + 4 / source)
        return NULL;
    return arena_printf(arena, "too %s: %zu characters for %zu", off < 0 ? "short" : "long", out->chars, in->chars);
}

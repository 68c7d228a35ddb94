/* check_length.c: how long a translation is, see check_rules.h.
 *
 * Per language the characters of English for one of it. Only Portuguese is measured, on 3,855 pairs of sentences of
 * papers that a journal prints in both; three abstracts in Spanish have 0.94. All others are estimated: no thirty pairs
 * of any were at hand. The logarithm of the ratio spreads by the text's length: 0.09 for what translators do with any
 * text, and 1.6 / length for chance, measured on the Portuguese pairs (0.20 at 30 characters, 0.13 at 100, 0.10 at
 * 400). */
#include <math.h>
#include <string.h>

#include "translate/check_rules.h"

static const double DENSE_UNKNOWN = 3.2, MOST_SPREADS = 3.7;

static const struct {
    const char *language;
    double english;
} ratios[] = {
    /* measured */
    {"en", 1.00},
    {"pt", 0.96},
    /* estimated */
    {"es", 0.91},
    {"fr", 0.91},
    {"de", 0.93},
    {"it", 0.92},
    {"ca", 0.93},
    {"gl", 0.94},
    {"nl", 0.92},
    {"ro", 0.93},
    {"sv", 1.00},
    {"da", 0.98},
    {"no", 1.00},
    {"fi", 0.98},
    {"pl", 0.96},
    {"cs", 1.03},
    {"sk", 1.02},
    {"hu", 0.96},
    {"tr", 1.00},
    {"hr", 1.00},
    {"sl", 1.00},
    {"ru", 1.03},
    {"uk", 1.03},
    {"bg", 1.02},
    {"id", 0.95},
    {"vi", 0.95},
    {"el", 0.90},
    {"ar", 1.15},
    {"fa", 1.05},
    {"he", 1.25},
    {"hi", 1.00},
    {"zh", 4.30},
    {"ja", 3.20},
    {"ko", 2.90},
};

static double english_of(const char *language)
{
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        if (language_same(ratios[i].language, language))
            return ratios[i].english;
    return 0;
}

double check_length_meant(const struct check_text *t, const char *part, size_t len)
{
    double english = english_of(t->language), east = 0, other = 0;
    bool dense = english ? english > 1.5 : check_text_dense(t);
    if (!english)
        english = dense ? DENSE_UNKNOWN : 1;
    for (size_t at = 0; at < len;) {
        int c = text_next(part, len, &at);
        /* In texts of Han, kana and Hangul each Latin letter and digit stands for itself. */
        bool own = !dense || c >= 0x3400 || (c >= 0x3040 && c < 0x3100);
        east += own;
        other += !own;
    }
    return english * east + other;
}

bool check_length_known(const char *language)
{
    return english_of(language) > 0;
}

const char *check_length(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    if (!check_length_known(out->language))
        return NULL;
    bool known = check_length_known(in->language), dense = check_text_dense(in) || check_text_dense(out);
    double source = check_length_meant(in, in->text, in->len) + 1,
           text = check_length_meant(out, out->text, out->len) + 1;
    double off = log(text / source);
    /* Languages that are only known by their script may lie a quarter apart. */
    double spread = sqrt(0.0081 + (dense ? 0.02 : 0) + (known ? 0 : 0.04) + 1.6 / fmin(source, text));
    if (fabs(off) <= MOST_SPREADS * spread)
        return NULL;
    return arena_printf(arena, "too %s: %zu characters for %zu", off < 0 ? "short" : "long", out->chars, in->chars);
}

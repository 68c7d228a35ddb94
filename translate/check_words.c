/* check_words.c: function words of languages, see check_rules.h. */
#include <string.h>

#include "translate/check_rules.h"

/* Particles of names (de, da, von, van) are not here, nor what is a word of English, too (die, war, a). */
static const struct {
    const char *language, *words;
} lists[] = {
    {"en", " the of and with in were was by from are is for that this after shows which between during at to each "},
    {"pt",
     " não que uma com dos das pelo pela pelos pelas foram foi são nos nas entre sem mais após às ao aos em para os "},
    {"es", " que una con los las por fueron fue sin más después según entre el para tras se muestra como "},
    {"fr", " les une avec dans pour des est sont par sur été chez après aux ont qui du le et en "},
    {"de",
     " und der das mit nach bei wurde wurden ist sind eine einer einem nicht durch zur zum oder auf im die den des vor ohne "},
    {"it", " che una con dei delle degli nel nella sono per dopo della stato il di dal alla "},
    {"nl", " het een met bij zijn werd niet voor naar door ook van de en "},
    {"ru", " и в на с по для при после из от не как что или "},
    {"pl", " oraz przy dla przez jest nie się po na w z do "},
    {"ca", " amb els les dels pel per una són després "},
};
enum { N_LISTS = sizeof lists / sizeof *lists };

static bool listed(const char *words, const struct check_word *w)
{
    for (const char *p = strstr(words, w->folded); p; p = strstr(p + 1, w->folded))
        if (p[-1] == ' ' && p[w->folded_len] == ' ')
            return true;
    return false;
}

static const char *words_of(const char *language)
{
    for (size_t i = 0; i < N_LISTS; i++)
        if (language_same(lists[i].language, language))
            return lists[i].words;
    return NULL;
}

bool check_function_word(const char *language, const struct check_word *w)
{
    const char *words = words_of(language);
    return words && w->folded_len > 0 && listed(words, w);
}

bool check_function_words_known(const char *language)
{
    return words_of(language) != NULL;
}

/* Particles of Romance languages, names apart too few to tell: three of them in a text without one word of English do.
 */
static const char romance[] = " de da do na no em um uma o e la le el del y en di une et ";

static bool listed_language(const char *language)
{
    static const char *const languages[] = {"pt", "es", "fr", "it", "ca", "nl"};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (language_same(languages[i], language))
            return true;
    return false;
}

const char *check_words_language(const struct check_text *t, size_t least)
{
    size_t counts[N_LISTS] = {0}, best = 0, particles = 0;
    const char *own = words_of(t->language);
    if (!own)
        return NULL;
    for (size_t i = 0; i < t->n_words; i++) {
        if (!t->words[i].letters)
            continue;
        if (listed(own, &t->words[i]))
            return NULL;
        particles += listed(romance, &t->words[i]);
        for (size_t k = 0; k < N_LISTS; k++)
            counts[k] += listed(lists[k].words, &t->words[i]);
    }
    if (particles >= least + 1 && t->n_words >= 8 && !listed_language(t->language))
        return "romance";
    for (size_t k = 1; k < N_LISTS; k++)
        best = counts[k] > counts[best] ? k : best;
    return counts[best] >= least ? lists[best].language : NULL;
}

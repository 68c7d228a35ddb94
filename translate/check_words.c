/* check_words.c: function words of languages, see check_rules.h. */
#include <string.h>

#include "translate/check_rules.h"
#include "translate/word_table.h"

enum {
    EN = 1 << 0,
    PT = 1 << 1,
    ES = 1 << 2,
    FR = 1 << 3,
    DE = 1 << 4,
    IT = 1 << 5,
    NL = 1 << 6,
    RU = 1 << 7,
    PL = 1 << 8,
    CA = 1 << 9,
    ROMANCE = 1 << 10 /* particles of Romance languages */
};

static const struct {
    const char *language;
    int bit;
} languages[] = {{"en", EN}, {"pt", PT}, {"es", ES}, {"fr", FR}, {"de", DE},
                 {"it", IT}, {"nl", NL}, {"ru", RU}, {"pl", PL}, {"ca", CA}};
enum { N_LANGUAGES = sizeof languages / sizeof *languages };

/* Particles of names (de, da, von, van) are not here, nor what is a word of English, too (die, war, a). */
static const struct word_row function_words_rows[] = {
    {"after", NULL, EN},
    {"alla", NULL, IT},
    {"amb", NULL, CA},
    {"and", NULL, EN},
    {"ao", NULL, PT},
    {"aos", NULL, PT},
    {"après", NULL, FR},
    {"após", NULL, PT},
    {"are", NULL, EN},
    {"at", NULL, EN},
    {"auf", NULL, DE},
    {"aux", NULL, FR},
    {"avec", NULL, FR},
    {"bei", NULL, DE},
    {"between", NULL, EN},
    {"bij", NULL, NL},
    {"by", NULL, EN},
    {"che", NULL, IT},
    {"chez", NULL, FR},
    {"com", NULL, PT},
    {"como", NULL, ES},
    {"con", NULL, ES | IT},
    {"da", NULL, ROMANCE},
    {"dal", NULL, IT},
    {"dans", NULL, FR},
    {"das", NULL, PT | DE},
    {"de", NULL, NL | ROMANCE},
    {"degli", NULL, IT},
    {"dei", NULL, IT},
    {"del", NULL, ROMANCE},
    {"della", NULL, IT},
    {"delle", NULL, IT},
    {"dels", NULL, CA},
    {"den", NULL, DE},
    {"der", NULL, DE},
    {"des", NULL, FR | DE},
    {"després", NULL, CA},
    {"después", NULL, ES},
    {"di", NULL, IT | ROMANCE},
    {"die", NULL, DE},
    {"dla", NULL, PL},
    {"do", NULL, PL | ROMANCE},
    {"door", NULL, NL},
    {"dopo", NULL, IT},
    {"dos", NULL, PT},
    {"du", NULL, FR},
    {"durch", NULL, DE},
    {"during", NULL, EN},
    {"e", NULL, ROMANCE},
    {"each", NULL, EN},
    {"een", NULL, NL},
    {"eine", NULL, DE},
    {"einem", NULL, DE},
    {"einer", NULL, DE},
    {"el", NULL, ES | ROMANCE},
    {"els", NULL, CA},
    {"em", NULL, PT | ROMANCE},
    {"en", NULL, FR | NL | ROMANCE},
    {"entre", NULL, PT | ES},
    {"est", NULL, FR},
    {"et", NULL, FR | ROMANCE},
    {"foi", NULL, PT},
    {"for", NULL, EN},
    {"foram", NULL, PT},
    {"from", NULL, EN},
    {"fue", NULL, ES},
    {"fueron", NULL, ES},
    {"het", NULL, NL},
    {"il", NULL, IT},
    {"im", NULL, DE},
    {"in", NULL, EN},
    {"is", NULL, EN},
    {"ist", NULL, DE},
    {"jest", NULL, PL},
    {"la", NULL, ROMANCE},
    {"las", NULL, ES},
    {"le", NULL, FR | ROMANCE},
    {"les", NULL, FR | CA},
    {"los", NULL, ES},
    {"mais", NULL, PT},
    {"met", NULL, NL},
    {"mit", NULL, DE},
    {"muestra", NULL, ES},
    {"más", NULL, ES},
    {"na", NULL, PL | ROMANCE},
    {"naar", NULL, NL},
    {"nach", NULL, DE},
    {"nas", NULL, PT},
    {"nel", NULL, IT},
    {"nella", NULL, IT},
    {"nicht", NULL, DE},
    {"nie", NULL, PL},
    {"niet", NULL, NL},
    {"no", NULL, ROMANCE},
    {"nos", NULL, PT},
    {"não", NULL, PT},
    {"o", NULL, ROMANCE},
    {"oder", NULL, DE},
    {"of", NULL, EN},
    {"ohne", NULL, DE},
    {"ont", NULL, FR},
    {"ook", NULL, NL},
    {"oraz", NULL, PL},
    {"os", NULL, PT},
    {"par", NULL, FR},
    {"para", NULL, PT | ES},
    {"pel", NULL, CA},
    {"pela", NULL, PT},
    {"pelas", NULL, PT},
    {"pelo", NULL, PT},
    {"pelos", NULL, PT},
    {"per", NULL, IT | CA},
    {"po", NULL, PL},
    {"por", NULL, ES},
    {"pour", NULL, FR},
    {"przez", NULL, PL},
    {"przy", NULL, PL},
    {"que", NULL, PT | ES},
    {"qui", NULL, FR},
    {"se", NULL, ES},
    {"según", NULL, ES},
    {"sem", NULL, PT},
    {"shows", NULL, EN},
    {"sin", NULL, ES},
    {"sind", NULL, DE},
    {"się", NULL, PL},
    {"sono", NULL, IT},
    {"sont", NULL, FR},
    {"stato", NULL, IT},
    {"sur", NULL, FR},
    {"são", NULL, PT},
    {"són", NULL, CA},
    {"that", NULL, EN},
    {"the", NULL, EN},
    {"this", NULL, EN},
    {"to", NULL, EN},
    {"tras", NULL, ES},
    {"um", NULL, ROMANCE},
    {"uma", NULL, PT | ROMANCE},
    {"una", NULL, ES | IT | CA},
    {"und", NULL, DE},
    {"une", NULL, FR | ROMANCE},
    {"van", NULL, NL},
    {"voor", NULL, NL},
    {"vor", NULL, DE},
    {"w", NULL, PL},
    {"was", NULL, EN},
    {"werd", NULL, NL},
    {"were", NULL, EN},
    {"which", NULL, EN},
    {"with", NULL, EN},
    {"wurde", NULL, DE},
    {"wurden", NULL, DE},
    {"y", NULL, ROMANCE},
    {"z", NULL, PL},
    {"zijn", NULL, NL},
    {"zum", NULL, DE},
    {"zur", NULL, DE},
    {"às", NULL, PT},
    {"été", NULL, FR},
    {"в", NULL, RU},
    {"для", NULL, RU},
    {"и", NULL, RU},
    {"из", NULL, RU},
    {"или", NULL, RU},
    {"как", NULL, RU},
    {"на", NULL, RU},
    {"не", NULL, RU},
    {"от", NULL, RU},
    {"по", NULL, RU},
    {"после", NULL, RU},
    {"при", NULL, RU},
    {"с", NULL, RU},
    {"что", NULL, RU},
};
const struct word_table function_words = {function_words_rows,
                                          sizeof function_words_rows / sizeof *function_words_rows};

static int bits_of(const struct check_word *w)
{
    const struct word_row *row = word_table_find(&function_words, w->folded, w->folded_len);
    return row ? row->value : 0;
}

static int bit_of(const char *language)
{
    for (size_t i = 0; i < N_LANGUAGES; i++)
        if (language_same(languages[i].language, language))
            return languages[i].bit;
    return 0;
}

bool check_function_word(const char *language, const struct check_word *w)
{
    return bits_of(w) & bit_of(language);
}

bool check_function_words_known(const char *language)
{
    return bit_of(language) != 0;
}

/* Particles of Romance languages, names apart too few to tell: three of them in a text without one word of English do.
 */
static const int romance_languages = PT | ES | FR | IT | CA | NL;

const char *check_words_language(const struct check_text *t, size_t least)
{
    size_t counts[N_LANGUAGES] = {0}, best = 0, particles = 0;
    int own = bit_of(t->language);
    if (!own)
        return NULL;
    for (size_t i = 0; i < t->n_words; i++) {
        int bits = t->words[i].letters ? bits_of(&t->words[i]) : 0;
        if (bits & own)
            return NULL;
        particles += (bits & ROMANCE) != 0;
        for (size_t k = 0; bits && k < N_LANGUAGES; k++)
            counts[k] += (bits & languages[k].bit) != 0;
    }
    if (particles >= least + 1 && t->n_words >= 8 && !(own & romance_languages))
        return "romance";
    for (size_t k = 1; k < N_LANGUAGES; k++)
        best = counts[k] > counts[best] ? k : best;
    return counts[best] >= least ? languages[best].language : NULL;
}

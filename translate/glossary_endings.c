/* glossary_endings.c: how words bend, in the languages that scientific articles come in. Endings are written as
 * glossary_text_make leaves them: folded, without the marks that it takes away. */
#include "translate/glossary_parts.h"

#include <string.h>

#include "base/text.h"

enum { LEAST_STEM = 3 /* letters */, MOST_FREE = 3 /* letters of an ending in a language without a table */ };

#define RU_ADJECTIVE "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ых их ую юю ою ею ыми ими"
#define TR_ENDINGS                                                                                                         \
    "lar ler i u ü in un ün nin nun nün a e ya ye na ne da de ta te dan den tan ten nda nde ndan nden si su sü yi yu " \
    "yü la le yla yle li lu lü lik luk sini sine sinin ini inin ine ki - "
#define FI_ENDINGS                                                                                                                \
    "n a ä ta tä tta ttä ssa ssä sta stä lla llä lta ltä lle na nä ksi t en in on ön an än ien jen iden i j ja jä to " \
    "tö do dö d don dön toa töä seen iin oon ni si nsa nsä - "
#define HU_ENDINGS                                                                                                          \
    "k t ak ek ok ot at et öt a e i ja je ban ben ba be val vel nak nek ra re rol röl bol böl tol töl hoz hez höz on " \
    "en ön n s os es al el ok ai ei jai jei - "
#define NORDIC                                                                                                         \
    "- s e a n t r en et er ar or na ens ets ers ene ena ane erna arna orna erne ernes ers arnas ernas ernes sen "

/* The first class that takes a word counts. A word of a language that is here and of no class of it does not bend. */
static const struct ending_class classes[] = {
    {"en", "y", "y ies ys", 1},
    {"en", "is", "is es", 1},
    {"en", "s", "s -", 1},
    {"en", "-", "- s es", 1},
    {"de", "en", "en - e er ens", 1},
    {"de", "is", "is en", 1},
    {"de", "er", "er e en em es ern ers", 1},
    {"de", "e", "e en er em es n ens -", 1},
    {"de", "-", "- s e en es er em n ern ens", 1},
    {"nl", "en", "en - e", 1},
    {"nl", "is", "is es issen", 1},
    {"nl", "e", "e - en n s", 1},
    {"nl", "-", "- e en s es n", 1},
    {"fr", "aux", "al aux ale ales", 1},
    {"fr", "al", "al aux ale ales", 1},
    {"fr", "es", "es s e -", 1},
    {"fr", "s", "s - e es", 1},
    {"fr", "e", "e es s -", 1},
    {"fr", "-", "- s x e es", 1},
    {"es", "z", "z ces", 1},
    {"es", "es", "es e - is", 1},
    {"es", "as", "a as o os", 1},
    {"es", "os", "o os a as", 1},
    {"es", "a", "a as o os", 1},
    {"es", "o", "o os a as", 1},
    {"es", "-", "- s es", 1},
    {"pt", "ão", "ão ões ao oes", 1},
    {"pt", "ões", "ão ões ao oes", 1},
    {"pt", "al", "al ais", 1},
    {"pt", "el", "el eis", 1},
    {"pt", "m", "m ns", 1},
    {"pt", "as", "a as o os", 1},
    {"pt", "os", "o os a as", 1},
    {"pt", "es", "es e -", 1},
    {"pt", "s", "s -", 1},
    {"pt", "a", "a as o os", 1},
    {"pt", "o", "o os a as", 1},
    {"pt", "-", "- s es", 1},
    {"it", "a", "a e o i", 1},
    {"it", "o", "o i a e", 1},
    {"it", "e", "e i", 1},
    {"it", "i", "i o e a", 1},
    {"it", "-", "-", 1},
    {"ru", "ость", "ость ости остью остей остям остях остями", 1},
    {"ru", "ый ий ой ая яя ое ее ые", RU_ADJECTIVE, 1},
    {"ru", "ия ие ии", "ия ие ии ию ией ием ий иям иях иями", 1},
    {"ru", "ь", "ь и ью ей ям ях ями ю ем я е", 1},
    {"ru", "а ы о", "- а у ом ем е о ы и ов ой ою ам ах ами", 1},
    {"ru", "я и", "я и ю е ей ем ям ях ями ь", 1},
    {"ru", "-", "- а у ом ем е ы и ов ей ам ах ами", 1},
    {"uk", "ість", "ість ості істю остей остям остях остями", 1},
    {"uk", "ння", "ння нню нням нні нь ннях ннями", 1},
    {"uk", "ія ії", "ія ії ію ією ій іям іях іями", 1},
    {"uk", "ий ій", "ий ій а я е є і ого ому ої у ю ою им ім их іх ими іми", 1},
    {"uk", "а я е", "- а я и е є і ї у ю ою ею ої ій ого ому им ім их ими ам ям ах ях ами ями о", 1},
    {"uk", "и і", "- и і ів ам ах ами а у ом ові е их им ими", 1},
    {"uk", "-", "- у а ом ові е ам ах ами и ів і", 1},
    {"pl", "cja", "cja cji cję cją cjo cje cjom cjach cjami", 1},
    {"pl", "ia", "ia ii ię ią io ie ij iom iach iami", 1},
    {"pl", "ka ki", "ka ki ce kę ką ko ek kom kach kami", 1},
    {"pl", "ga gi", "ga gi dze gę gą go g gom gach gami", 1},
    {"pl", "nie nia", "nie nia niu niem ń niom niach niami", 1},
    {"pl", "cie", "cie cia ciu ciem ć ciom ciach ciami", 1},
    {"pl", "ość", "ość ości ością ościom ościach ościami", 1},
    {"pl", "a y e i", "- a y e i ę ą ie o ów om ach ami em u owi ego emu ej iej ym im ymi imi ych ich", 1},
    {"pl", "ec", "ec ca cowi cem cu ce ców com cach cami", 1},
    {"pl", "-", "- u a em owi ie y ów om ach ami", 1},
    {"cs", "ost", "ost osti ostí ostem ostech ostmi", 1},
    {"cs", "ní", "ní ního nímu ním ních ními", 1},
    {"cs", "á ý é", "á ý é í ého ému ém ou ých ým ými", 1},
    {"cs", "í", "í ího ímu ím ích ími", 1},
    {"cs", "ka", "ka ky ce ku kou ek kám kách kami", 1},
    {"cs", "a y", "- a y ě e u ou ám ách ami ů ům ech", 1},
    {"cs", "e", "e i í ím ích emi", 1},
    {"cs", "-", "- u e a i em ovi y ů ům ech ách ích í ou", 1},
    {"sv", "-", NORDIC, 1},
    {"da", "-", NORDIC, 1},
    {"no", "-", NORDIC, 1},
    {"nb", "-", NORDIC, 1},
    {"nn", "-", NORDIC, 1},
    {"tr", "lari leri", "lari leri lar ler - i in inin", 2},
    {"tr", "lar ler", TR_ENDINGS, 3},
    {"tr", "ğu ği ğü", "ğu ği ğü ğunun ğinin ğünün ğuna ğine ğüne ğunda ğinde ğünde ğunu ğini k klar kler", 2},
    {"tr", "-", TR_ENDINGS, 3},
    {"fi", "to tö", FI_ENDINGS, 3},
    {"fi", "nen", "nen sen sta stä set sten seen sia siä ", 2},
    {"fi", "-", FI_ENDINGS, 3},
    {"hu", "-", HU_ENDINGS, 3},
    {"ar", "ه ات", "ه ات تين تان ته تها تهم تي اتها اته", 1},
    {"ar", "-", "- ا ه ات ين ون ان ها هم نا ي يه يات", 1},
    {"fa", "ها", "- ها هاي هايي ي اي ان هايش", 1},
    {"fa", "-", "- ها هاي هايي ي اي ان ات يي", 1},
};
enum { CLASSES = sizeof classes / sizeof *classes };

/* The next ending of a list, or false. */
static bool next_ending(const char **list, const char **ending, size_t *len)
{
    *list += strspn(*list, " ");
    *ending = *list;
    *len = strcspn(*list, " ");
    *list += *len;
    if (*len == 1 && **ending == '-') {
        *len = 0;
        return true;
    }
    return *len > 0;
}

static bool primary_is(const char *language, const char *tag)
{
    size_t n = strlen(tag);
    return *language == *tag && strncmp(language, tag, n) == 0 && (language[n] == '\0' || language[n] == '-');
}

/* Whether the word ends in one of the class's own endings, with enough before it. */
static bool takes(const struct ending_class *c, const char *word, size_t len, size_t *stem)
{
    const char *list = c->own, *ending;
    for (size_t n; next_ending(&list, &ending, &n);)
        if (n <= len && memcmp(word + len - n, ending, n) == 0 && (!n || text_length(word, len - n) >= LEAST_STEM)) {
            *stem = len - n;
            return true;
        }
    return false;
}

const struct ending_class *ending_class_of(const char *word, size_t len, const char *language, size_t *stem)
{
    static const struct ending_class none = {"", "-", "-", 1};
    bool known = false;
    *stem = len;
    for (size_t i = 0; i < CLASSES; i++)
        if (primary_is(language, classes[i].language)) {
            known = true;
            if (takes(&classes[i], word, len, stem))
                return &classes[i];
        }
    return known ? &none : NULL;
}

static bool chained(const char *forms, const char *rest, size_t len, int chain)
{
    const char *list = forms, *ending;
    for (size_t n; next_ending(&list, &ending, &n);)
        if (n <= len && memcmp(rest, ending, n) == 0 &&
            (n == len || (n && chain > 1 && chained(forms, rest + n, len - n, chain - 1))))
            return true;
    return false;
}

bool ending_allowed(const struct ending_class *c, const char *rest, size_t len)
{
    return c ? chained(c->forms, rest, len, c->chain) : text_length(rest, len) <= MOST_FREE;
}

bool language_compounds(const char *language)
{
    static const char *const tags[] = {"de", "nl", "sv", "da", "no", "nb", "nn", "is", "fi", "hu"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (primary_is(language, tags[i]))
            return true;
    return false;
}

bool compound_goes_on(const char *rest, size_t len)
{
    static const char *const derived[] = {"ier", "eer", "isch", "lich", "sch", "los", "loos", "haft", "ung"};
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
        if (len >= strlen(derived[i]) && memcmp(rest, derived[i], strlen(derived[i])) == 0)
            return false;
    return text_length(rest, len) >= 3;
}

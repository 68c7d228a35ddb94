/* number_words.c: see number_words.h. */
#include "translate/number_words.h"

#include <string.h>

#include "translate/language.h"

/* Lists from the value at the left on, forms of one value divided by '/'. */
static const struct {
    const char *language;
    int from, step;
    const char *words;
} lists[] = {
    {"en", 0, 1,
     "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
     "eighteen nineteen"},
    {"en", 20, 10, "twenty thirty forty fifty/half sixty seventy eighty ninety hundred"},
    {"en", 1, 1,
     "first/single/once second/twice/square/squared third/triple/thrice/cubic fourth/quadruple fifth sixth seventh "
     "eighth ninth tenth"},
    {"en", 25, 1, "quarter"},
    {"pt", 0, 1,
     "zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze quatorze/catorze quinze "
     "dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"},
    {"pt", 20, 10, "vinte trinta quarenta cinquenta/cinqüenta/metade sessenta setenta oitenta noventa cem/cento"},
    {"pt", 25, 1, "quarto"},
    {"es", 0, 1,
     "cero uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
     "diecisiete dieciocho diecinueve"},
    {"es", 20, 10, "veinte treinta cuarenta cincuenta/mitad sesenta setenta ochenta noventa cien/ciento"},
    {"es", 25, 1, "cuarto"},
    {"fr", 0, 1, "zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"},
    {"fr", 20, 10, "vingt trente quarante cinquante/moitié soixante"},
    {"fr", 25, 1, "quart"},
    {"de", 0, 1,
     "null ein/eine/einen/einem/eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn "
     "vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"},
    {"de", 20, 10, "zwanzig dreißig/dreissig vierzig fünfzig/hälfte sechzig siebzig achtzig neunzig hundert"},
    {"de", 25, 1, "viertel"},
    {"it", 0, 1,
     "zero uno/una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
     "diciassette diciotto diciannove"},
    {"it", 20, 10, "venti trenta quaranta cinquanta/metà sessanta settanta ottanta novanta cento"},
    {"nl", 0, 1, "nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf"},
    {"ru", 0, 1,
     "ноль один/одна/одной/одного два/две/двух/двумя/двум три/трех/трёх/тремя четыре/четырех/четырёх пять/пяти "
     "шесть/шести семь/семи восемь/восьми девять/девяти десять/десяти одиннадцать двенадцать"},
    {"ru", 50, 1, "половина/половины"},
    {"ru", 25, 1, "четверть"},
    {"zh", 0, 1, "〇/零 一 二/两/兩 三 四 五 六 七 八 九 十"},
    {"ja", 0, 1, "〇/零 一 二 三 四 五 六 七 八 九 十"},
};

static int listed(const char *words, const char *folded, size_t len)
{
    int index = 0;
    /* Nearly no word is in the list, and this says so soonest. */
    if (!strstr(words, folded))
        return -1;
    for (const char *p = words; *p; p++) {
        size_t n = strcspn(p, " /");
        if (n == len && memcmp(p, folded, n) == 0)
            return index;
        p += n;
        if (*p == ' ')
            index++;
        else if (!*p)
            break;
    }
    return -1;
}

static int roman_digit(char c)
{
    return c == 'I' ? 1 : c == 'V' ? 5 : c == 'X' ? 10 : 0;
}

/* I to XXXIX, in capitals. */
static int roman(const char *start, size_t len)
{
    int value = 0;
    for (size_t i = 0; i < len; i++) {
        int d = roman_digit(start[i]), next = i + 1 < len ? roman_digit(start[i + 1]) : 0;
        if (!d || len > 6)
            return -1;
        value += d < next ? -d : d;
    }
    return len ? value : -1;
}

int number_word(const char *language, const char *folded, const char *start, size_t len)
{
    size_t folded_len = strlen(folded);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        int at = language_same(lists[i].language, language) ? listed(lists[i].words, folded, folded_len) : -1;
        if (at >= 0)
            return lists[i].from + at * lists[i].step;
    }
    return roman(start, len);
}

bool number_words_known(const char *language)
{
    static const char known[] = " en pt es fr de it ";
    size_t n = strcspn(language, "-");
    for (const char *p = known; (p = strstr(p, " ")) && p[1]; p++)
        if (strncmp(p + 1, language, n) == 0 && p[1 + n] == ' ')
            return true;
    return false;
}

int number_multiplier(const char *text, size_t *len)
{
    static const struct {
        const char *word;
        int power;
    } known[] = {
        {"万", 4},       {"萬", 4},      {"億", 8},       {"亿", 8},       {"만", 4},        {"억", 8},
        {"千", 3},       {"百万", 6},    {"mil ", 3},     {"thousand", 3}, {"milhões", 6},   {"milhão", 6},
        {"millones", 6}, {"millón", 6},  {"millions", 6}, {"million", 6},  {"Millionen", 6}, {"Million", 6},
        {"Mio", 6},      {"Tausend", 3}, {"tausend", 3},  {"mille ", 3},   {"milioni", 6},   {"milione", 6},
        {"тыс", 3},      {"млн", 6},     {"billion", 9},  {"bilhões", 9},  {"milliard", 9},  {"Milliarden", 9},
        {"bilhão", 9},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(text, known[i].word, strlen(known[i].word)) == 0) {
            *len = strlen(known[i].word);
            return known[i].power;
        }
    return 0;
}

int number_month(const char *folded)
{
    return 1 +
           listed("january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep "
                  "october/oct november/nov december/dec",
                  folded, strlen(folded));
}

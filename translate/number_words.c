/* number_words.c: see number_words.h. */
#include "translate/number_words.h"

#include <string.h>

#include "translate/language.h"
#include "translate/word_table.h"

static const struct word_row number_words_rows[] = {
    {"acht", "de", 8},        {"acht", "nl", 8},       {"achtzehn", "de", 18},    {"achtzig", "de", 80},
    {"catorce", "es", 14},    {"catorze", "pt", 14},   {"cem", "pt", 100},        {"cento", "it", 100},
    {"cento", "pt", 100},     {"cero", "es", 0},       {"cien", "es", 100},       {"ciento", "es", 100},
    {"cinco", "es", 5},       {"cinco", "pt", 5},      {"cincuenta", "es", 50},   {"cinq", "fr", 5},
    {"cinquanta", "it", 50},  {"cinquante", "fr", 50}, {"cinque", "it", 5},       {"cinquenta", "pt", 50},
    {"cinqüenta", "pt", 50},  {"cuarenta", "es", 40},  {"cuarto", "es", 25},      {"cuatro", "es", 4},
    {"cubic", "en", 3},       {"deux", "fr", 2},       {"dez", "pt", 10},         {"dezanove", "pt", 19},
    {"dezasseis", "pt", 16},  {"dezassete", "pt", 17}, {"dezenove", "pt", 19},    {"dezesseis", "pt", 16},
    {"dezessete", "pt", 17},  {"dezoito", "pt", 18},   {"diciannove", "it", 19},  {"diciassette", "it", 17},
    {"diciotto", "it", 18},   {"dieci", "it", 10},     {"diecinueve", "es", 19},  {"dieciocho", "es", 18},
    {"diecisiete", "es", 17}, {"dieciséis", "es", 16}, {"diez", "es", 10},        {"dix", "fr", 10},
    {"doce", "es", 12},       {"dodici", "it", 12},    {"dois", "pt", 2},         {"dos", "es", 2},
    {"douze", "fr", 12},      {"doze", "pt", 12},      {"drei", "de", 3},         {"dreissig", "de", 30},
    {"dreizehn", "de", 13},   {"dreißig", "de", 30},   {"drie", "nl", 3},         {"duas", "pt", 2},
    {"due", "it", 2},         {"een", "nl", 1},        {"eight", "en", 8},        {"eighteen", "en", 18},
    {"eighth", "en", 8},      {"eighty", "en", 80},    {"ein", "de", 1},          {"eine", "de", 1},
    {"einem", "de", 1},       {"einen", "de", 1},      {"eins", "de", 1},         {"eleven", "en", 11},
    {"elf", "de", 11},        {"elf", "nl", 11},       {"fifteen", "en", 15},     {"fifth", "en", 5},
    {"fifty", "en", 50},      {"first", "en", 1},      {"five", "en", 5},         {"forty", "en", 40},
    {"four", "en", 4},        {"fourteen", "en", 14},  {"fourth", "en", 4},       {"fünf", "de", 5},
    {"fünfzehn", "de", 15},   {"fünfzig", "de", 50},   {"half", "en", 50},        {"huit", "fr", 8},
    {"hundert", "de", 100},   {"hundred", "en", 100},  {"hälfte", "de", 50},      {"metade", "pt", 50},
    {"metà", "it", 50},       {"mitad", "es", 50},     {"moitié", "fr", 50},      {"negen", "nl", 9},
    {"neuf", "fr", 9},        {"neun", "de", 9},       {"neunzehn", "de", 19},    {"neunzig", "de", 90},
    {"nine", "en", 9},        {"nineteen", "en", 19},  {"ninety", "en", 90},      {"ninth", "en", 9},
    {"novanta", "it", 90},    {"nove", "it", 9},       {"nove", "pt", 9},         {"noventa", "es", 90},
    {"noventa", "pt", 90},    {"nueve", "es", 9},      {"nul", "nl", 0},          {"null", "de", 0},
    {"ochenta", "es", 80},    {"ocho", "es", 8},       {"oitenta", "pt", 80},     {"oito", "pt", 8},
    {"once", "en", 1},        {"once", "es", 11},      {"one", "en", 1},          {"onze", "fr", 11},
    {"onze", "pt", 11},       {"ottanta", "it", 80},   {"otto", "it", 8},         {"quadruple", "en", 4},
    {"quaranta", "it", 40},   {"quarante", "fr", 40},  {"quarenta", "pt", 40},    {"quart", "fr", 25},
    {"quarter", "en", 25},    {"quarto", "pt", 25},    {"quatorze", "fr", 14},    {"quatorze", "pt", 14},
    {"quatre", "fr", 4},      {"quatro", "pt", 4},     {"quattordici", "it", 14}, {"quattro", "it", 4},
    {"quince", "es", 15},     {"quindici", "it", 15},  {"quinze", "fr", 15},      {"quinze", "pt", 15},
    {"sechs", "de", 6},       {"sechzehn", "de", 16},  {"sechzig", "de", 60},     {"second", "en", 2},
    {"sedici", "it", 16},     {"sei", "it", 6},        {"seis", "es", 6},         {"seis", "pt", 6},
    {"seize", "fr", 16},      {"sept", "fr", 7},       {"sesenta", "es", 60},     {"sessanta", "it", 60},
    {"sessenta", "pt", 60},   {"sete", "pt", 7},       {"setenta", "es", 70},     {"setenta", "pt", 70},
    {"settanta", "it", 70},   {"sette", "it", 7},      {"seven", "en", 7},        {"seventeen", "en", 17},
    {"seventh", "en", 7},     {"seventy", "en", 70},   {"sieben", "de", 7},       {"siebzehn", "de", 17},
    {"siebzig", "de", 70},    {"siete", "es", 7},      {"single", "en", 1},       {"six", "en", 6},
    {"six", "fr", 6},         {"sixteen", "en", 16},   {"sixth", "en", 6},        {"sixty", "en", 60},
    {"soixante", "fr", 60},   {"square", "en", 2},     {"squared", "en", 2},      {"ten", "en", 10},
    {"tenth", "en", 10},      {"third", "en", 3},      {"thirteen", "en", 13},    {"thirty", "en", 30},
    {"three", "en", 3},       {"thrice", "en", 3},     {"tien", "nl", 10},        {"tre", "it", 3},
    {"trece", "es", 13},      {"tredici", "it", 13},   {"treinta", "es", 30},     {"treize", "fr", 13},
    {"trenta", "it", 30},     {"trente", "fr", 30},    {"tres", "es", 3},         {"treze", "pt", 13},
    {"trinta", "pt", 30},     {"triple", "en", 3},     {"trois", "fr", 3},        {"três", "pt", 3},
    {"twaalf", "nl", 12},     {"twee", "nl", 2},       {"twelve", "en", 12},      {"twenty", "en", 20},
    {"twice", "en", 2},       {"two", "en", 2},        {"um", "pt", 1},           {"uma", "pt", 1},
    {"un", "fr", 1},          {"una", "es", 1},        {"una", "it", 1},          {"undici", "it", 11},
    {"une", "fr", 1},         {"uno", "es", 1},        {"uno", "it", 1},          {"veinte", "es", 20},
    {"venti", "it", 20},      {"vier", "de", 4},       {"vier", "nl", 4},         {"viertel", "de", 25},
    {"vierzehn", "de", 14},   {"vierzig", "de", 40},   {"vijf", "nl", 5},         {"vingt", "fr", 20},
    {"vinte", "pt", 20},      {"zehn", "de", 10},      {"zero", "en", 0},         {"zero", "it", 0},
    {"zero", "pt", 0},        {"zes", "nl", 6},        {"zeven", "nl", 7},        {"zwanzig", "de", 20},
    {"zwei", "de", 2},        {"zwölf", "de", 12},     {"zéro", "fr", 0},         {"één", "nl", 1},
    {"восемь", "ru", 8},      {"восьми", "ru", 8},     {"два", "ru", 2},          {"две", "ru", 2},
    {"двенадцать", "ru", 12}, {"двум", "ru", 2},       {"двумя", "ru", 2},        {"двух", "ru", 2},
    {"девяти", "ru", 9},      {"девять", "ru", 9},     {"десяти", "ru", 10},      {"десять", "ru", 10},
    {"ноль", "ru", 0},        {"один", "ru", 1},       {"одиннадцать", "ru", 11}, {"одна", "ru", 1},
    {"одного", "ru", 1},      {"одной", "ru", 1},      {"половина", "ru", 50},    {"половины", "ru", 50},
    {"пяти", "ru", 5},        {"пять", "ru", 5},       {"семи", "ru", 7},         {"семь", "ru", 7},
    {"тремя", "ru", 3},       {"трех", "ru", 3},       {"три", "ru", 3},          {"трёх", "ru", 3},
    {"четверть", "ru", 25},   {"четыре", "ru", 4},     {"четырех", "ru", 4},      {"четырёх", "ru", 4},
    {"шести", "ru", 6},       {"шесть", "ru", 6},      {"〇", "ja", 0},           {"〇", "zh", 0},
    {"一", "ja", 1},          {"一", "zh", 1},         {"七", "ja", 7},           {"七", "zh", 7},
    {"三", "ja", 3},          {"三", "zh", 3},         {"两", "zh", 2},           {"九", "ja", 9},
    {"九", "zh", 9},          {"二", "ja", 2},         {"二", "zh", 2},           {"五", "ja", 5},
    {"五", "zh", 5},          {"兩", "zh", 2},         {"八", "ja", 8},           {"八", "zh", 8},
    {"六", "ja", 6},          {"六", "zh", 6},         {"十", "ja", 10},          {"十", "zh", 10},
    {"四", "ja", 4},          {"四", "zh", 4},         {"零", "ja", 0},           {"零", "zh", 0},
};
const struct word_table number_words = {number_words_rows, sizeof number_words_rows / sizeof *number_words_rows};

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
    const struct word_row *row = word_table_find(&number_words, folded, strlen(folded));
    for (; row; row = word_table_again(&number_words, row))
        if (language_same(row->tag, language))
            return row->value;
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

static const struct word_row multipliers_rows[] = {
    {"Milliarden", NULL, 9}, {"Million", NULL, 6},  {"Millionen", NULL, 6}, {"Mio", NULL, 6},    {"Tausend", NULL, 3},
    {"bilhão", NULL, 9},     {"bilhões", NULL, 9},  {"billion", NULL, 9},   {"mil ", NULL, 3},   {"milhão", NULL, 6},
    {"milhões", NULL, 6},    {"milione", NULL, 6},  {"milioni", NULL, 6},   {"mille ", NULL, 3}, {"milliard", NULL, 9},
    {"million", NULL, 6},    {"millions", NULL, 6}, {"millones", NULL, 6},  {"millón", NULL, 6}, {"tausend", NULL, 3},
    {"thousand", NULL, 3},   {"млн", NULL, 6},      {"тыс", NULL, 3},       {"万", NULL, 4},     {"亿", NULL, 8},
    {"億", NULL, 8},         {"千", NULL, 3},       {"百万", NULL, 6},      {"萬", NULL, 4},     {"만", NULL, 4},
    {"억", NULL, 8},
};
const struct word_table multipliers = {multipliers_rows, sizeof multipliers_rows / sizeof *multipliers_rows};

int number_multiplier(const char *text, size_t *len)
{
    const struct word_row *row = word_table_begin(&multipliers, *text);
    for (; row; row = word_table_next(&multipliers, row))
        if ((*len = word_row_begins(row, text)) > 0)
            return row->value;
    return 0;
}

static const struct word_row months_rows[] = {
    {"apr", NULL, 4},       {"april", NULL, 4}, {"aug", NULL, 8},      {"august", NULL, 8},    {"dec", NULL, 12},
    {"december", NULL, 12}, {"feb", NULL, 2},   {"february", NULL, 2}, {"jan", NULL, 1},       {"january", NULL, 1},
    {"jul", NULL, 7},       {"july", NULL, 7},  {"jun", NULL, 6},      {"june", NULL, 6},      {"mar", NULL, 3},
    {"march", NULL, 3},     {"may", NULL, 5},   {"nov", NULL, 11},     {"november", NULL, 11}, {"oct", NULL, 10},
    {"october", NULL, 10},  {"sep", NULL, 9},   {"sept", NULL, 9},     {"september", NULL, 9},
};
const struct word_table months = {months_rows, sizeof months_rows / sizeof *months_rows};

int number_month(const char *folded)
{
    const struct word_row *row = word_table_find(&months, folded, strlen(folded));
    return row ? row->value : 0;
}

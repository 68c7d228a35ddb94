/* check_units.c: units behind numbers, see numbers.h. */
#include <string.h>

#include "translate/numbers.h"

enum {
    LONGEST_UNIT = 24, /* bytes */
    SHARED_GAP = 14    /* bytes between two numbers that may share the unit behind the second */
};

/* Each line is one unit: its symbol, then other ways to write it. What is in letters may be followed by a letter only
 * where it is Han, kana or Hangul. Case counts: mSv is no MSv. Words are given in small letters and matched so. */
static const char *const units[] = {
    "Gy|Гр|戈瑞|グレイ|그레이|gray|grays|Gys",
    "cGy|сГр|厘戈瑞|センチグレイ",
    "mGy|мГр|毫戈瑞|ミリグレイ",
    "kGy|кГр",
    "µGy|мкГр",
    "Sv|Зв|希沃特",
    "mSv|мЗв|毫希",
    "µSv|мкЗв",
    "Bq|Бк",
    "kBq|кБк",
    "MBq|МБк",
    "GBq|ГБк",
    "mCi|мКи",
    "µCi|мкКи",
    "Ci|Ки",
    "kV|кВ|千伏",
    "kVp",
    "MV|МВ",
    "MeV|МэВ",
    "keV|кэВ",
    "eV|эВ",
    "mA|мА",
    "mAs|мАс",
    "mV|мВ",
    "V|В",
    "W|Вт",
    "mW|мВт",
    "kW|кВт",
    "mm|мм|毫米|ミリメートル|㎜|밀리미터|millimeter|millimeters|millimetre|millimetres|milímetro|milímetros|millimètre|millimètres|"
    "миллиметр|миллиметров|миллиметра",
    "cm|см|厘米|公分|センチメートル|㎝|센티미터|centimeter|centimeters|centimetre|centimetres|centímetro|centímetros|centimètre|"
    "centimètres|zentimeter|сантиметр|сантиметров|сантиметра",
    "µm|мкм|微米|マイクロメートル|㎛|micron|microns|micrometer|micrometers|micrometre|micrometres|micra|micras|mícrons|"
    "micrômetros|micrómetros|mikrometer|микрон",
    "nm|нм|纳米|奈米|ナノメートル|nanometer|nanometers|nanómetros|nanômetros|nanomètres",
    "m|м|米|メートル|미터|meter|meters|metre|metres|metro|metros|mètre|mètres|metri|метров|метра",
    "km|км|千米|公里|キロメートル|㎞|kilometer|kilometers|kilometre|kilometres|quilômetros|quilómetros|kilómetros|kilomètres",
    "mm2|mm²|мм²|мм2",
    "cm2|cm²|см²|см2",
    "m2|m²|м²|м2|平方米",
    "mm3|mm³|мм³|мм3",
    "cm3|cm³|см³|см3|立方厘米|cc",
    "m3|m³|м³|м3",
    "kg|кг|千克|公斤|キログラム|㎏|킬로그램|kilogram|kilograms|kilo|kilos|quilos|quilogramas|kilogramos|kilogrammes",
    "g|г|克|グラム|그램|gram|grams|gramas|gramos|grammes|gramm|gr",
    "mg|мг|毫克|ミリグラム|㎎|밀리그램|milligram|milligrams|miligramas|miligramos|milligrammes",
    "µg|мкг|微克|マイクログラム|mcg|ug|microgram|micrograms|microgramas|microgramos|microgrammes",
    "ng|нг|纳克",
    "pg|пг|皮克",
    "L|l|л|升|リットル|ℓ|리터|liter|liters|litre|litres|litros|litro",
    "dL|dl|дл",
    "mL|ml|мл|毫升|ミリリットル|㎖|밀리리터|milliliters|"
    "millilitres|mililitros",
    "µL|µl|мкл|微升|ul|uL",
    "Hz|Гц|赫兹|ヘルツ|hertz",
    "kHz|кГц|千赫",
    "MHz|МГц|兆赫",
    "GHz|ГГц",
    "T|Тл|tesla|teslas|特斯拉|テスラ",
    "°C|℃|oC|ºC|摄氏度|°С",
    "K|К",
    "%|％|﹪|percent|per cent|por cento|por ciento|pour cent|prozent|"
    "per cento|процент|процента|процентов|パーセント|percentage",
    "‰",
    "mol|моль",
    "mmol|ммоль",
    "µmol|мкмоль",
    "nmol|нмоль",
    "pmol",
    "mM|мМ",
    "µM|мкМ|uM",
    "nM|нМ",
    "mmHg|mm Hg|мм рт",
    "kPa|кПа",
    "MPa|МПа",
    "Pa|Па",
    "HU|UH|ед. Х|亨氏",
    "kDa|кДа",
    "Da|Да",
    "bp",
    "kb",
    "rpm|об/мин",
    "U|Ед",
    "IU|UI|МЕ|I.U.|U.I.",
    "J|Дж",
    "mJ|мДж",
    "dB|дБ",
    "ppm",
    "ppb",
    "Pa·s",
    "N|Н",
};
enum { N_UNITS = sizeof units / sizeof *units, NO_UNIT = -1 };

/* Micro is a letter of its own and Greek mu; the forms here have the sign. */
static size_t same_bytes(const char *text, const char *form, size_t len)
{
    size_t at = 0;
    for (size_t i = 0; i < len; at++, i++) {
        if ((unsigned char)form[i] == 0xC2 && (unsigned char)form[i + 1] == 0xB5 && (unsigned char)text[at] == 0xCE &&
            (unsigned char)text[at + 1] == 0xBC) {
            i++;
            at++;
            continue;
        }
        if (text[at] != form[i])
            return 0;
    }
    return at;
}

/* Units stand alone: no letter of their own script goes on. */
static bool ends_here(const char *form, size_t form_len, const char *behind)
{
    size_t at = 0;
    int next = text_next(behind, strnlen(behind, 8), &at);
    unsigned char last = (unsigned char)form[form_len - 1];
    bool wide = form_len >= 3 && (unsigned char)form[form_len - 3] >= 0xE3;
    if (wide || last == '%' || next < 0)
        return true;
    if (text_digit_value(next) >= 0 || next == 0xB2 || next == 0xB3)
        return false;
    return !text_is_letter(next) || next >= 0x3000;
}

/* The unit that `text` begins with; *len is how many bytes it takes. The longest form wins. */
static int unit_at(const char *text, size_t *len)
{
    int found = NO_UNIT;
    *len = 0;
    if (!*text || strchr(".,;:()[]=<>+/&*\"'", *text))
        return NO_UNIT;
    for (int u = 0; u < N_UNITS; u++)
        for (const char *form = units[u]; *form;) {
            size_t n = strcspn(form, "|"),
                   got = *form == *text || (unsigned char)*text >= 0xC2 ? same_bytes(text, form, n) : 0;
            if (!got && n > 3 && (unsigned char)*form < 0x80 && strncasecmp(text, form, n) == 0)
                got = n;
            if (got > *len && ends_here(form, n, text + got)) {
                found = u;
                *len = got;
            }
            form += n + (form[n] == '|');
        }
    return found;
}

static const char *skip_blanks(const char *p)
{
    for (;; p++) {
        if (*p == ' ' || *p == '-')
            continue;
        if (strncmp(p, " ", 2) == 0)
            p++;
        else if (strncmp(p, " ", 3) == 0 || strncmp(p, " ", 3) == 0 || strncmp(p, "‑", 3) == 0)
            p += 2;
        else
            return p;
    }
}

/* Whether what stands between two numbers makes them one quantity: marks, and words like "and". */
static bool shares(const char *gap, size_t len)
{
    static const char *const parting[] = {".", "(", ")", ";", "/", "。", "（", "）", "；", "．"};
    if (len > SHARED_GAP)
        return false;
    for (size_t i = 0; i < sizeof parting / sizeof *parting; i++)
        if (memmem(gap, len, parting[i], strlen(parting[i])))
            return false;
    for (size_t at = 0, next = 0; at < len; at = next) {
        if (!text_is_letter(text_next(gap, len, &next)))
            continue;
        size_t end = next;
        while (next < len && text_is_letter(text_next(gap, len, &next)))
            end = next;
        if (!check_word_joins(gap + at, end - at) && !(end - at == 1 && gap[at] == 'x') &&
            !(end - at == 2 && (unsigned char)gap[at] == 0xC3))
            return false;
    }
    return true;
}

/* "71" of "23/71", "2" of "m2", "3" of "et al.3". */
static bool is_part(const char *text, const struct number *n)
{
    const char *p = n->start - 1;
    return n->glued || (n->start > text + 1 && (*p == '.' || (*p == '/' && p[-1] >= '0' && p[-1] <= '9')));
}

/* The unit of each number; one without takes that of the number close behind it ("3 and 5 mm", "2-4 Gy"). */
static int *units_of(const char *text, const struct numbers *list, struct arena *arena)
{
    int *found = arena_array(arena, list->n + 1, sizeof *found);
    for (size_t i = list->n; i-- > 0;) {
        const struct number *n = &list->items[i];
        size_t len;
        found[i] = NO_UNIT;
        if (n->word)
            continue;
        found[i] = unit_at(skip_blanks(n->start + n->len), &len);
        if (found[i] != NO_UNIT || i + 1 == list->n || n->word)
            continue;
        const struct number *next = n + 1;
        if (!is_part(text, n) && !next->word && next->start >= n->start + n->len &&
            shares(n->start + n->len, (size_t)(next->start - (n->start + n->len))))
            found[i] = found[i + 1];
    }
    return found;
}

/* Symbols that are words or labels in other texts: they are no proof that a unit was there. */
static bool is_doubtful(int unit)
{
    const char *u = units[unit];
    return strchr("mgTVKULNJW", *u) && (u[1] == '|' || !u[1]);
}

/* How many numerals are the same as `n` and have that unit; any, without `units_found`. */
static size_t count_with(const struct numbers *list, const int *units_found, const struct number *n, int unit)
{
    size_t count = 0;
    for (size_t i = 0; i < list->n; i++)
        count += !list->items[i].word && number_same(&list->items[i], n) && (!units_found || units_found[i] == unit);
    return count;
}

/* "1 mm 2" for "1 mm2": the raised digit of a text that has lost its print. */
static bool is_apart(const struct number *n, int unit)
{
    const char *form = units[unit], *text = skip_blanks(n->start + n->len);
    size_t last = strcspn(form, "|") - 1;
    return (form[last] == '2' || form[last] == '3') && strncmp(text, form, last) == 0 && text[last] == ' ' &&
           text[last + 1] == form[last];
}

const char *units_compare(const struct check_text *source, const struct check_text *translation, struct arena *arena)
{
    struct numbers in = numbers_of(source, NUMBERS_SOURCE, arena),
                   out = numbers_of(translation, NUMBERS_TRANSLATION, arena);
    int *in_unit = units_of(source->text, &in, arena), *out_unit = units_of(translation->text, &out, arena);
    for (size_t i = 0; i < in.n; i++) {
        const struct number *n = &in.items[i];
        if (n->word || in_unit[i] == NO_UNIT || is_doubtful(in_unit[i]))
            continue;
        bool there = false, same = false;
        int other = NO_UNIT;
        for (size_t j = 0; j < out.n && !same; j++)
            if (!out.items[j].word && number_same(n, &out.items[j])) {
                there = true;
                same = out_unit[j] == in_unit[i] || is_apart(&out.items[j], in_unit[i]);
                other = out_unit[j];
            }
        /* The same quantity said twice and once without its unit: as many numbers, fewer of them with it. */
        if (same && other == in_unit[i] &&
            count_with(&in, in_unit, n, in_unit[i]) > count_with(&out, out_unit, n, in_unit[i]) &&
            count_with(&in, NULL, n, NO_UNIT) == count_with(&out, NULL, n, NO_UNIT)) {
            same = false;
            other = NO_UNIT;
        }
        if (!there || same)
            continue;
        const char *unit = arena_strndup(arena, units[in_unit[i]], strcspn(units[in_unit[i]], "|"));
        return other == NO_UNIT ? arena_printf(arena, "%s has lost its unit %s", n->values[0], unit)
                                : arena_printf(arena, "%s has another unit than %s", n->values[0], unit);
    }
    return NULL;
}

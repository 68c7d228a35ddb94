/* check_units.c: units behind numbers, see numbers.h. */
#include <ctype.h>
#include <string.h>

#include "translate/numbers.h"
#include "translate/word_table.h"

enum {
    LONGEST_UNIT = 24, /* bytes */
    SHARED_GAP = 14    /* bytes between two numbers that may share the unit behind the second */
};

/* Ways to write a unit, and its symbol. What is in letters may be followed by a letter only where it is Han, kana or
 * Hangul. Case counts: mSv is no MSv. Words are given in small letters and matched so. */
static const struct word_row unit_forms_rows[] = {
    {"%", "%", 0},
    {"Bq", "Bq", 0},
    {"Ci", "Ci", 0},
    {"Da", "Da", 0},
    {"GBq", "GBq", 0},
    {"GHz", "GHz", 0},
    {"Gy", "Gy", 0},
    {"Gys", "Gy", 0},
    {"HU", "HU", 0},
    {"Hz", "Hz", 0},
    {"I.U.", "IU", 0},
    {"IU", "IU", 0},
    {"J", "J", 0},
    {"K", "K", 0},
    {"L", "L", 0},
    {"MBq", "MBq", 0},
    {"MHz", "MHz", 0},
    {"MPa", "MPa", 0},
    {"MV", "MV", 0},
    {"MeV", "MeV", 0},
    {"N", "N", 0},
    {"Pa", "Pa", 0},
    {"Pa·s", "Pa·s", 0},
    {"Sv", "Sv", 0},
    {"T", "T", 0},
    {"U", "U", 0},
    {"U.I.", "IU", 0},
    {"UH", "HU", 0},
    {"UI", "IU", 0},
    {"V", "V", 0},
    {"W", "W", 0},
    {"bp", "bp", 0},
    {"cGy", "cGy", 0},
    {"cc", "cm3", 0},
    {"centimeter", "cm", 0},
    {"centimeters", "cm", 0},
    {"centimetre", "cm", 0},
    {"centimetres", "cm", 0},
    {"centimètre", "cm", 0},
    {"centimètres", "cm", 0},
    {"centímetro", "cm", 0},
    {"centímetros", "cm", 0},
    {"cm", "cm", 0},
    {"cm2", "cm2", 0},
    {"cm3", "cm3", 0},
    {"cm²", "cm2", 0},
    {"cm³", "cm3", 0},
    {"dB", "dB", 0},
    {"dL", "dL", 0},
    {"dl", "dL", 0},
    {"eV", "eV", 0},
    {"g", "g", 0},
    {"gr", "g", 0},
    {"gram", "g", 0},
    {"gramas", "g", 0},
    {"gramm", "g", 0},
    {"grammes", "g", 0},
    {"gramos", "g", 0},
    {"grams", "g", 0},
    {"gray", "Gy", 0},
    {"grays", "Gy", 0},
    {"hertz", "Hz", 0},
    {"kBq", "kBq", 0},
    {"kDa", "kDa", 0},
    {"kGy", "kGy", 0},
    {"kHz", "kHz", 0},
    {"kPa", "kPa", 0},
    {"kV", "kV", 0},
    {"kVp", "kVp", 0},
    {"kW", "kW", 0},
    {"kb", "kb", 0},
    {"keV", "keV", 0},
    {"kg", "kg", 0},
    {"kilo", "kg", 0},
    {"kilogram", "kg", 0},
    {"kilogrammes", "kg", 0},
    {"kilogramos", "kg", 0},
    {"kilograms", "kg", 0},
    {"kilometer", "km", 0},
    {"kilometers", "km", 0},
    {"kilometre", "km", 0},
    {"kilometres", "km", 0},
    {"kilomètres", "km", 0},
    {"kilos", "kg", 0},
    {"kilómetros", "km", 0},
    {"km", "km", 0},
    {"l", "L", 0},
    {"liter", "L", 0},
    {"liters", "L", 0},
    {"litre", "L", 0},
    {"litres", "L", 0},
    {"litro", "L", 0},
    {"litros", "L", 0},
    {"m", "m", 0},
    {"m2", "m2", 0},
    {"m3", "m3", 0},
    {"mA", "mA", 0},
    {"mAs", "mAs", 0},
    {"mCi", "mCi", 0},
    {"mGy", "mGy", 0},
    {"mJ", "mJ", 0},
    {"mL", "mL", 0},
    {"mM", "mM", 0},
    {"mSv", "mSv", 0},
    {"mV", "mV", 0},
    {"mW", "mW", 0},
    {"mcg", "µg", 0},
    {"meter", "m", 0},
    {"meters", "m", 0},
    {"metre", "m", 0},
    {"metres", "m", 0},
    {"metri", "m", 0},
    {"metro", "m", 0},
    {"metros", "m", 0},
    {"mg", "mg", 0},
    {"micra", "µm", 0},
    {"micras", "µm", 0},
    {"microgram", "µg", 0},
    {"microgramas", "µg", 0},
    {"microgrammes", "µg", 0},
    {"microgramos", "µg", 0},
    {"micrograms", "µg", 0},
    {"micrometer", "µm", 0},
    {"micrometers", "µm", 0},
    {"micrometre", "µm", 0},
    {"micrometres", "µm", 0},
    {"micron", "µm", 0},
    {"microns", "µm", 0},
    {"micrómetros", "µm", 0},
    {"micrômetros", "µm", 0},
    {"mikrometer", "µm", 0},
    {"miligramas", "mg", 0},
    {"miligramos", "mg", 0},
    {"mililitros", "mL", 0},
    {"milligram", "mg", 0},
    {"milligrammes", "mg", 0},
    {"milligrams", "mg", 0},
    {"milliliters", "mL", 0},
    {"millilitres", "mL", 0},
    {"millimeter", "mm", 0},
    {"millimeters", "mm", 0},
    {"millimetre", "mm", 0},
    {"millimetres", "mm", 0},
    {"millimètre", "mm", 0},
    {"millimètres", "mm", 0},
    {"milímetro", "mm", 0},
    {"milímetros", "mm", 0},
    {"ml", "mL", 0},
    {"mm", "mm", 0},
    {"mm Hg", "mmHg", 0},
    {"mm2", "mm2", 0},
    {"mm3", "mm3", 0},
    {"mmHg", "mmHg", 0},
    {"mmol", "mmol", 0},
    {"mm²", "mm2", 0},
    {"mm³", "mm3", 0},
    {"mol", "mol", 0},
    {"m²", "m2", 0},
    {"m³", "m3", 0},
    {"mètre", "m", 0},
    {"mètres", "m", 0},
    {"mícrons", "µm", 0},
    {"nM", "nM", 0},
    {"nanometer", "nm", 0},
    {"nanometers", "nm", 0},
    {"nanomètres", "nm", 0},
    {"nanómetros", "nm", 0},
    {"nanômetros", "nm", 0},
    {"ng", "ng", 0},
    {"nm", "nm", 0},
    {"nmol", "nmol", 0},
    {"oC", "°C", 0},
    {"per cent", "%", 0},
    {"per cento", "%", 0},
    {"percent", "%", 0},
    {"percentage", "%", 0},
    {"pg", "pg", 0},
    {"pmol", "pmol", 0},
    {"por cento", "%", 0},
    {"por ciento", "%", 0},
    {"pour cent", "%", 0},
    {"ppb", "ppb", 0},
    {"ppm", "ppm", 0},
    {"prozent", "%", 0},
    {"quilogramas", "kg", 0},
    {"quilos", "kg", 0},
    {"quilómetros", "km", 0},
    {"quilômetros", "km", 0},
    {"rpm", "rpm", 0},
    {"tesla", "T", 0},
    {"teslas", "T", 0},
    {"uL", "µL", 0},
    {"uM", "µM", 0},
    {"ug", "µg", 0},
    {"ul", "µL", 0},
    {"zentimeter", "cm", 0},
    {"°C", "°C", 0},
    {"°С", "°C", 0},
    {"µCi", "µCi", 0},
    {"µGy", "µGy", 0},
    {"µL", "µL", 0},
    {"µM", "µM", 0},
    {"µSv", "µSv", 0},
    {"µg", "µg", 0},
    {"µl", "µL", 0},
    {"µm", "µm", 0},
    {"µmol", "µmol", 0},
    {"ºC", "°C", 0},
    {"Бк", "Bq", 0},
    {"В", "V", 0},
    {"Вт", "W", 0},
    {"ГБк", "GBq", 0},
    {"ГГц", "GHz", 0},
    {"Гр", "Gy", 0},
    {"Гц", "Hz", 0},
    {"Да", "Da", 0},
    {"Дж", "J", 0},
    {"Ед", "U", 0},
    {"Зв", "Sv", 0},
    {"К", "K", 0},
    {"Ки", "Ci", 0},
    {"МБк", "MBq", 0},
    {"МВ", "MV", 0},
    {"МГц", "MHz", 0},
    {"МЕ", "IU", 0},
    {"МПа", "MPa", 0},
    {"МэВ", "MeV", 0},
    {"Н", "N", 0},
    {"Па", "Pa", 0},
    {"Тл", "T", 0},
    {"г", "g", 0},
    {"дБ", "dB", 0},
    {"дл", "dL", 0},
    {"ед. Х", "HU", 0},
    {"кБк", "kBq", 0},
    {"кВ", "kV", 0},
    {"кВт", "kW", 0},
    {"кГр", "kGy", 0},
    {"кГц", "kHz", 0},
    {"кДа", "kDa", 0},
    {"кПа", "kPa", 0},
    {"кг", "kg", 0},
    {"км", "km", 0},
    {"кэВ", "keV", 0},
    {"л", "L", 0},
    {"м", "m", 0},
    {"м2", "m2", 0},
    {"м3", "m3", 0},
    {"м²", "m2", 0},
    {"м³", "m3", 0},
    {"мА", "mA", 0},
    {"мАс", "mAs", 0},
    {"мВ", "mV", 0},
    {"мВт", "mW", 0},
    {"мГр", "mGy", 0},
    {"мДж", "mJ", 0},
    {"мЗв", "mSv", 0},
    {"мКи", "mCi", 0},
    {"мМ", "mM", 0},
    {"мг", "mg", 0},
    {"метра", "m", 0},
    {"метров", "m", 0},
    {"микрон", "µm", 0},
    {"миллиметр", "mm", 0},
    {"миллиметра", "mm", 0},
    {"миллиметров", "mm", 0},
    {"мкГр", "µGy", 0},
    {"мкЗв", "µSv", 0},
    {"мкКи", "µCi", 0},
    {"мкМ", "µM", 0},
    {"мкг", "µg", 0},
    {"мкл", "µL", 0},
    {"мкм", "µm", 0},
    {"мкмоль", "µmol", 0},
    {"мл", "mL", 0},
    {"мм", "mm", 0},
    {"мм рт", "mmHg", 0},
    {"мм2", "mm2", 0},
    {"мм3", "mm3", 0},
    {"мм²", "mm2", 0},
    {"мм³", "mm3", 0},
    {"ммоль", "mmol", 0},
    {"моль", "mol", 0},
    {"нМ", "nM", 0},
    {"нг", "ng", 0},
    {"нм", "nm", 0},
    {"нмоль", "nmol", 0},
    {"об/мин", "rpm", 0},
    {"пг", "pg", 0},
    {"процент", "%", 0},
    {"процента", "%", 0},
    {"процентов", "%", 0},
    {"сГр", "cGy", 0},
    {"сантиметр", "cm", 0},
    {"сантиметра", "cm", 0},
    {"сантиметров", "cm", 0},
    {"см", "cm", 0},
    {"см2", "cm2", 0},
    {"см3", "cm3", 0},
    {"см²", "cm2", 0},
    {"см³", "cm3", 0},
    {"эВ", "eV", 0},
    {"‰", "‰", 0},
    {"℃", "°C", 0},
    {"ℓ", "L", 0},
    {"キログラム", "kg", 0},
    {"キロメートル", "km", 0},
    {"グラム", "g", 0},
    {"グレイ", "Gy", 0},
    {"センチグレイ", "cGy", 0},
    {"センチメートル", "cm", 0},
    {"テスラ", "T", 0},
    {"ナノメートル", "nm", 0},
    {"パーセント", "%", 0},
    {"ヘルツ", "Hz", 0},
    {"マイクログラム", "µg", 0},
    {"マイクロメートル", "µm", 0},
    {"ミリグラム", "mg", 0},
    {"ミリグレイ", "mGy", 0},
    {"ミリメートル", "mm", 0},
    {"ミリリットル", "mL", 0},
    {"メートル", "m", 0},
    {"リットル", "L", 0},
    {"㎎", "mg", 0},
    {"㎏", "kg", 0},
    {"㎖", "mL", 0},
    {"㎛", "µm", 0},
    {"㎜", "mm", 0},
    {"㎝", "cm", 0},
    {"㎞", "km", 0},
    {"亨氏", "HU", 0},
    {"兆赫", "MHz", 0},
    {"克", "g", 0},
    {"公分", "cm", 0},
    {"公斤", "kg", 0},
    {"公里", "km", 0},
    {"千伏", "kV", 0},
    {"千克", "kg", 0},
    {"千米", "km", 0},
    {"千赫", "kHz", 0},
    {"升", "L", 0},
    {"厘戈瑞", "cGy", 0},
    {"厘米", "cm", 0},
    {"奈米", "nm", 0},
    {"希沃特", "Sv", 0},
    {"平方米", "m2", 0},
    {"微克", "µg", 0},
    {"微升", "µL", 0},
    {"微米", "µm", 0},
    {"戈瑞", "Gy", 0},
    {"摄氏度", "°C", 0},
    {"毫克", "mg", 0},
    {"毫升", "mL", 0},
    {"毫希", "mSv", 0},
    {"毫戈瑞", "mGy", 0},
    {"毫米", "mm", 0},
    {"特斯拉", "T", 0},
    {"皮克", "pg", 0},
    {"立方厘米", "cm3", 0},
    {"米", "m", 0},
    {"纳克", "ng", 0},
    {"纳米", "nm", 0},
    {"赫兹", "Hz", 0},
    {"그램", "g", 0},
    {"그레이", "Gy", 0},
    {"리터", "L", 0},
    {"미터", "m", 0},
    {"밀리그램", "mg", 0},
    {"밀리리터", "mL", 0},
    {"밀리미터", "mm", 0},
    {"센티미터", "cm", 0},
    {"킬로그램", "kg", 0},
    {"﹪", "%", 0},
    {"％", "%", 0},
};
const struct word_table unit_forms = {unit_forms_rows, sizeof unit_forms_rows / sizeof *unit_forms_rows};

static const char *const NO_UNIT = NULL;

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

/* The longest form that begins with the byte `first`, longer than *len. */
static const char *longest(const char *text, char first, const char *found, size_t *len)
{
    const struct word_row *row = word_table_begin(&unit_forms, first);
    for (; row; row = word_table_next(&unit_forms, row)) {
        size_t n = strlen(row->word), got = same_bytes(text, row->word, n);
        if (!got && n > 3 && (unsigned char)first < 0x80 && strncasecmp(text, row->word, n) == 0)
            got = n;
        if (got > *len && ends_here(row->word, n, text + got)) {
            found = row->tag;
            *len = got;
        }
    }
    return found;
}

/* The symbol of the unit that `text` begins with; *len is how many bytes it takes. The longest form wins. */
static const char *unit_at(const char *text, size_t *len)
{
    const char *found = NO_UNIT;
    char first = *text;
    *len = 0;
    if (!first || strchr(".,;:()[]=<>+/&*\"'", first) || (first >= '0' && first <= '9'))
        return NO_UNIT;
    found = longest(text, first, found, len);
    if (isalpha((unsigned char)first))
        found = longest(text, (char)(first ^ 0x20), found, len);
    if ((unsigned char)first == 0xCE)
        found = longest(text, (char)0xC2, found, len);
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
static const char **units_of(const char *text, const struct numbers *list, struct arena *arena)
{
    const char **found = arena_array(arena, list->n + 1, sizeof *found);
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
static bool is_doubtful(const char *unit)
{
    return strchr("mgTVKULNJW", *unit) && !unit[1];
}

/* How many numerals are the same as `n` and have that unit; any, without `units_found`. */
static size_t count_with(const struct numbers *list, const char *const *units_found, const struct number *n,
                         const char *unit)
{
    size_t count = 0;
    for (size_t i = 0; i < list->n; i++)
        count += !list->items[i].word && number_same(&list->items[i], n) && (!units_found || units_found[i] == unit);
    return count;
}

/* "1 mm 2" for "1 mm2": the raised digit of a text that has lost its print. */
static bool is_apart(const struct number *n, const char *unit)
{
    const char *text = skip_blanks(n->start + n->len);
    size_t last = strlen(unit) - 1;
    return (unit[last] == '2' || unit[last] == '3') && strncmp(text, unit, last) == 0 && text[last] == ' ' &&
           text[last + 1] == unit[last];
}

const char *units_compare(const struct check_text *source, const struct numbers *in,
                          const struct check_text *translation, const struct numbers *out, struct arena *arena)
{
    const char **in_unit = units_of(source->text, in, arena), **out_unit = units_of(translation->text, out, arena);
    for (size_t i = 0; i < in->n; i++) {
        const struct number *n = &in->items[i];
        if (n->word || in_unit[i] == NO_UNIT || is_doubtful(in_unit[i]))
            continue;
        bool there = false, same = false;
        const char *other = NO_UNIT;
        for (size_t j = 0; j < out->n && !same; j++)
            if (!out->items[j].word && number_same(n, &out->items[j])) {
                there = true;
                same = out_unit[j] == in_unit[i] || is_apart(&out->items[j], in_unit[i]);
                other = out_unit[j];
            }
        /* The same quantity said twice and once without its unit: as many numbers, fewer of them with it. */
        if (same && other == in_unit[i] &&
            count_with(in, in_unit, n, in_unit[i]) > count_with(out, out_unit, n, in_unit[i]) &&
            count_with(in, NULL, n, NO_UNIT) == count_with(out, NULL, n, NO_UNIT)) {
            same = false;
            other = NO_UNIT;
        }
        if (!there || same)
            continue;
        const char *unit = in_unit[i];
        return other == NO_UNIT ? arena_printf(arena, "%s has lost its unit %s", n->values[0], unit)
                                : arena_printf(arena, "%s has another unit than %s", n->values[0], unit);
    }
    return NULL;
}

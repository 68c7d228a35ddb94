/* protect_unit.c: units behind a number: SI with prefixes, those of medicine and radiology, and Russian spellings of
 * both (GOST 8.417). See protect_scan.h. */
#include "translate/protect_scan.h"

#include <string.h>

enum {
    PREFIXED = 1,   /* takes an SI prefix */
    NEVER_BARE = 2, /* is no unit without one: "2 A" is a panel */
    WORDLIKE = 4,   /* also a word: a unit only where no word follows ("с" is "with" in Russian) */
};

static const struct unit {
    const char *form, *latin; /* latin NULL: the form itself */
    unsigned flags;
} units[] = {
    {"Gy", NULL, PREFIXED},
    {"Sv", NULL, PREFIXED},
    {"Bq", NULL, PREFIXED},
    {"Ci", NULL, PREFIXED},
    {"GyE", NULL, PREFIXED},
    {"cGE", NULL, 0},
    {"rad", NULL, PREFIXED},
    {"rem", NULL, PREFIXED},
    {"eV", NULL, PREFIXED},
    {"g", NULL, PREFIXED},
    {"m", NULL, PREFIXED},
    {"s", NULL, PREFIXED},
    {"L", NULL, PREFIXED},
    {"l", NULL, PREFIXED},
    {"V", NULL, PREFIXED},
    {"Vp", NULL, PREFIXED},
    {"A", NULL, PREFIXED | NEVER_BARE},
    {"As", NULL, PREFIXED | NEVER_BARE},
    {"W", NULL, PREFIXED},
    {"J", NULL, PREFIXED},
    {"N", NULL, PREFIXED},
    {"Pa", NULL, PREFIXED},
    {"bar", NULL, PREFIXED},
    {"Hz", NULL, PREFIXED},
    {"M", NULL, PREFIXED},
    {"mol", NULL, PREFIXED},
    {"Da", NULL, PREFIXED},
    {"T", NULL, PREFIXED},
    {"K", NULL, 0},
    {"cal", NULL, PREFIXED},
    {"B", NULL, PREFIXED | NEVER_BARE},
    {"Ω", NULL, PREFIXED},
    {"U", NULL, PREFIXED},
    {"IU", NULL, PREFIXED},
    {"HU", NULL, 0},
    {"mHg", NULL, PREFIXED | NEVER_BARE},
    {"mH2O", NULL, PREFIXED | NEVER_BARE},
    {"min", NULL, 0},
    {"h", NULL, 0},
    {"d", NULL, 0},
    {"bp", NULL, PREFIXED},
    {"kb", NULL, 0},
    {"Mb", NULL, 0},
    {"nt", NULL, 0},
    {"dB", NULL, 0},
    {"rpm", NULL, 0},
    {"bpm", NULL, 0},
    {"ppm", NULL, 0},
    {"ppb", NULL, 0},
    {"fx", NULL, 0},
    {"fr", NULL, 0},
    {"hpf", NULL, 0},
    {"HPF", NULL, 0},
    {"CFU", NULL, 0},
    {"cfu", NULL, 0},
    {"PFU", NULL, 0},
    {"pfu", NULL, 0},
    {"cpm", NULL, 0},
    {"dpi", NULL, 0},
    {"ha", NULL, 0},
    {"°C", NULL, 0},
    {"°F", NULL, 0},
    {"°", NULL, 0},
    {"℃", NULL, 0},
    {"ºC", "°C", 0},
    {"º C", "°C", 0},
    {"° C", "°C", 0},
    {"℉", NULL, 0},
    {"%", NULL, 0},
    {"‰", NULL, 0},
    {"′", NULL, 0},
    {"″", NULL, 0},
    {"Гр", "Gy", PREFIXED},
    {"Зв", "Sv", PREFIXED},
    {"Бк", "Bq", PREFIXED},
    {"Ки", "Ci", PREFIXED},
    {"эВ", "eV", PREFIXED},
    {"г", "g", PREFIXED | WORDLIKE},
    {"м", "m", PREFIXED | WORDLIKE},
    {"с", "s", PREFIXED | WORDLIKE},
    {"сек", "s", PREFIXED},
    {"мин", "min", 0},
    {"ч", "h", WORDLIKE},
    {"л", "L", PREFIXED | WORDLIKE},
    {"В", "V", PREFIXED | WORDLIKE},
    {"А", "A", PREFIXED | NEVER_BARE},
    {"Ас", "As", PREFIXED | NEVER_BARE},
    {"Вт", "W", PREFIXED},
    {"Дж", "J", PREFIXED},
    {"Па", "Pa", PREFIXED},
    {"Гц", "Hz", PREFIXED},
    {"моль", "mol", PREFIXED},
    {"Да", "Da", PREFIXED | NEVER_BARE},
    {"Тл", "T", PREFIXED},
    {"дБ", "dB", 0},
    {"°С", "°C", 0},
    {"° С", "°C", 0},
    {"ºС", "°C", 0},
    {"мм рт. ст.", "mmHg", 0},
    {"мм рт.ст.", "mmHg", 0},
    {"об/мин", "rpm", 0},
};

static const struct unit *const units_end = units + sizeof units / sizeof *units;

static const struct prefix {
    const char *form, *latin;
    bool cyrillic;
} prefixes[] = {
    {"k", NULL, false}, {"m", NULL, false}, {"c", NULL, false}, {"d", NULL, false}, {"µ", NULL, false},
    {"μ", NULL, false}, {"n", NULL, false}, {"M", NULL, false}, {"G", NULL, false}, {"u", NULL, false},
    {"p", NULL, false}, {"f", NULL, false}, {"T", NULL, false}, {"мк", "µ", true},  {"к", "k", true},
    {"м", "m", true},   {"с", "c", true},   {"д", "d", true},   {"н", "n", true},   {"М", "M", true},
    {"Г", "G", true},   {"п", "p", true},
};

/* A unit ends where its word ends: "5 m" of "5 metros" and of French "5 m'ont" is none. */
static bool ends_word(const struct scan *s, size_t i, unsigned flags)
{
    if (s->kind[i] == SCAN_LETTER || ((s->c[i] == '\'' || s->c[i] == 0x2019) && s->kind[i + 1] == SCAN_LETTER))
        return false;
    return !(flags & WORDLIKE) || s->kind[scan_skip_blank(s, i)] != SCAN_LETTER || s->kind[i] == SCAN_SUPER;
}

/* Southern and western Slavic languages have a preposition "s". */
static unsigned flags_of(const struct scan *s, const struct unit *u)
{
    bool preposition = strcmp(u->form, "s") == 0 && scan_language_in(s->language, "cs sk sl hr bs sr");
    return preposition ? u->flags | WORDLIKE : u->flags;
}

struct found {
    const struct unit *unit;
    const struct prefix *prefix;
    size_t end;
};

static void find(const struct scan *s, size_t i, const struct prefix *prefix, struct found *best)
{
    for (const struct unit *u = units; u < units_end; u++) {
        size_t end;
        bool fits = prefix ? (u->flags & PREFIXED) && prefix->cyrillic == (u->latin != NULL) : !(u->flags & NEVER_BARE);
        /* A prefix makes a word of its own: "см" is no word where "с" is one. */
        if (fits && scan_match(s, i, u->form, &end) && end > best->end &&
            ends_word(s, end, prefix ? 0 : flags_of(s, u)))
            *best = (struct found){u, prefix, end};
    }
}

size_t unit_atom(const struct scan *s, size_t i, struct str *latin)
{
    struct found best = {0};
    find(s, i, NULL, &best);
    for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++) {
        size_t behind;
        if (scan_match(s, i, prefixes[k].form, &behind))
            find(s, behind, &prefixes[k], &best);
    }
    if (best.end && latin) {
        if (best.prefix)
            str_add(latin, best.prefix->latin ? best.prefix->latin : best.prefix->form);
        str_add(latin, best.unit->latin ? best.unit->latin : best.unit->form);
    }
    return best.end;
}

/* "²", "^2", "-1", and "2" or "3" as in cm2. */
static size_t power(const struct scan *s, size_t i)
{
    size_t j = i;
    while (s->kind[j] == SCAN_SUPER)
        j++;
    if (j > i)
        return j;
    if (s->c[j] == '^')
        j++;
    if (s->c[j] == '-' || s->c[j] == 0x2212)
        j++;
    return s->c[j] >= '1' && s->c[j] <= '3' && !scan_word(s, j + 1) ? j + 1 : i;
}

static bool negative_power(const struct scan *s, size_t i)
{
    return s->c[i] == 0x207B || ((s->c[i] == '-' || s->c[i] == 0x2212) && power(s, i) > i);
}

/* The next factor of a compound unit, or 0. Behind a mere blank only one with a negative power is one: "mg kg-1". */
static size_t factor(const struct scan *s, size_t i)
{
    int c = s->c[i];
    if (s->kind[i] == SCAN_BLANK) {
        size_t end = unit_atom(s, i + 1, NULL);
        return end && negative_power(s, end) ? power(s, end) : 0;
    }
    if (c != '/' && c != 0xB7 && c != 0x22C5 && c != '*')
        return 0;
    size_t j = i + 1;
    while (c == '/' && s->kind[j] == SCAN_DIGIT)
        j++;
    if (j > i + 1)
        j = scan_skip_blank(s, j);
    size_t end = unit_atom(s, j, NULL);
    return end ? power(s, end) : 0;
}

size_t unit_span(const struct scan *s, size_t i)
{
    size_t end = unit_atom(s, i, NULL);
    if (!end)
        return 0;
    end = power(s, end);
    for (size_t next; (next = factor(s, end)) != 0;)
        end = next;
    return scan_word(s, end) ? 0 : end;
}

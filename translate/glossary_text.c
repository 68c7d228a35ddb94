/* glossary_text.c: texts for comparing, and patterns that are looked for in them (glossary_parts.h). */
#include "translate/glossary_parts.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

/* Texts. */

enum script { SCRIPT_SPACED, SCRIPT_DIGIT, SCRIPT_RUN, SCRIPT_HANGUL };

static bool between(int c, int low, int high)
{
    return c >= low && c <= high;
}

static enum script script_of(int c)
{
    if (between(c, '0', '9'))
        return SCRIPT_DIGIT;
    if (c < 0x0E00)
        return SCRIPT_SPACED;
    if (between(c, 0xAC00, 0xD7AF) || between(c, 0x1100, 0x11FF) || between(c, 0x3130, 0x318F))
        return SCRIPT_HANGUL;
    /* Thai and Lao, Myanmar, Khmer; kana, Han. */
    if (between(c, 0x0E00, 0x0EFF) || between(c, 0x1000, 0x109F) || between(c, 0x1780, 0x17FF) ||
        between(c, 0x3005, 0x3007) || between(c, 0x3040, 0x30FF) || between(c, 0x31F0, 0x31FF) ||
        between(c, 0x3400, 0x9FFF) || between(c, 0xF900, 0xFAFF) || between(c, 0x20000, 0x323AF))
        return SCRIPT_RUN;
    return SCRIPT_SPACED;
}

static bool is_katakana(int c)
{
    return between(c, 0x30A1, 0x30FF) || between(c, 0x31F0, 0x31FF);
}

/* One letter for those that writers mix up; 0 for marks that they leave out. */
static int plain_letter(int c, bool spanish)
{
    if (c < 0x80)
        return c;
    switch (c) {
    case 0x0307: /* what case folding leaves of the Turkish İ */
    case 0x0640: /* tatweel */
    case 0x0670:
        return 0;
    case 0x0131:
        return 'i';
    case 0x0451:
        return 0x0435; /* ё */
    case 0x0622:
    case 0x0623:
    case 0x0625:
    case 0x0671:
        return 0x0627; /* alef */
    case 0x0624:
        return 0x0648; /* waw with hamza */
    case 0x0649:
    case 0x06CC:
        return 0x064A; /* yeh */
    case 0x0629:
        return 0x0647; /* teh marbuta */
    case 0x06A9:
        return 0x0643; /* kaf */
    default:
        break;
    }
    if (between(c, 0x064B, 0x0655))
        return 0; /* Arabic vowel signs and hamza marks */
    if (spanish)
        /* The accent goes as the plural ending comes: fracción, fracciones. */
        switch (c) {
        case 0x00E1:
            return 'a';
        case 0x00E9:
            return 'e';
        case 0x00ED:
            return 'i';
        case 0x00F3:
            return 'o';
        case 0x00FA:
            return 'u';
        default:
            break;
        }
    return c;
}

/* What British and American English write differently, and a reader takes for the same: "oedema", "ionising", "tumour",
 * "centre". Both sides of a comparison go through it, so it may change words that have one spelling, too. */
static size_t american(char *text, size_t len)
{
    static const struct {
        const char *british, *american;
        enum { ANYWHERE, AT_END } where;
    } pairs[] = {
        {"oe", "e", ANYWHERE},       {"ae", "e", ANYWHERE},    {"our", "or", ANYWHERE},  {"ise", "ize", ANYWHERE},
        {"isi", "izi", ANYWHERE},    {"isa", "iza", ANYWHERE}, {"yse", "yze", ANYWHERE}, {"ll", "l", ANYWHERE},
        {"sulph", "sulf", ANYWHERE}, {"tre", "ter", AT_END},   {"bre", "ber", AT_END},
    };
    size_t out = 0;
    for (size_t in = 0; in < len;) {
        size_t taken = 0;
        for (size_t i = 0; !taken && i < sizeof pairs / sizeof *pairs; i++) {
            if (*pairs[i].british != text[in])
                continue;
            size_t n = strlen(pairs[i].british), m = strlen(pairs[i].american);
            if (n > len - in || memcmp(text + in, pairs[i].british, n) != 0 ||
                (pairs[i].where == AT_END && in + n < len && text[in + n] != ' '))
                continue;
            memcpy(text + out, pairs[i].american, m);
            out += m;
            taken = n;
        }
        if (!taken)
            text[out++] = text[in];
        in += taken ? taken : 1;
    }
    text[out] = '\0';
    return out;
}

/* Puts the words apart and the letters plain. */
static void add_plain(const struct str *folded, const char *language, struct str *out)
{
    enum script before = SCRIPT_SPACED;
    bool space = true, blank = false; /* blank: there was a space in the text */
    bool spanish = glossary_same_language(language, "es");
    for (size_t at = 0; at < folded->len;) {
        int c = text_next(folded->data, folded->len, &at);
        if (c == ' ') {
            blank = true;
            continue;
        }
        c = plain_letter(c, spanish);
        if (!c)
            continue;
        enum script script = c < 0x80 || text_is_letter(c) ? script_of(c) : before; /* a mark goes with its letter */
        /* Korean puts spaces as it likes: within Hangul they are left out, and known by their place only. */
        if (!space && (script != before || (blank && script != SCRIPT_HANGUL)))
            str_add_char(out, ' ');
        else if (blank && script == SCRIPT_HANGUL && before == SCRIPT_HANGUL)
            str_add_char(out, '_');
        str_add_utf8(out, c);
        before = script;
        space = blank = false;
    }
}

/* Notes where terms may begin, and takes the marks out that add_plain put for spaces in Hangul. */
static void note_places(struct str *s, unsigned char *place)
{
    size_t out = 0;
    bool word = true;
    for (size_t at = 0; at < s->len;) {
        size_t from = at;
        int c = text_next(s->data, s->len, &at);
        if (c == '_') {
            word = true;
            continue;
        }
        enum script script = script_of(c);
        place[out] = c == ' '                                          ? PLACE_INSIDE
                     : word                                            ? PLACE_WORD
                     : script == SCRIPT_RUN || script == SCRIPT_HANGUL ? PLACE_RUN
                                                                       : PLACE_INSIDE;
        memmove(s->data + out, s->data + from, at - from);
        out += at - from;
        word = c == ' ';
    }
    str_cut(s, out);
}

void glossary_text_make(const char *text, const char *language, struct arena *arena, struct glossary_text *out)
{
    size_t len = strlen(text);
    struct str folded, plain;
    str_init(&folded, len * 20 + 64);
    str_init(&plain, len * 40 + 64);
    text_fold_words(text, len, &folded);
    add_plain(&folded, language, &plain);
    if (glossary_same_language(language, "en"))
        str_cut(&plain, american(plain.data, plain.len));
    unsigned char *place = arena_new(arena, plain.len + 1);
    note_places(&plain, place);
    *out = (struct glossary_text){
        .text = arena_strndup(arena, plain.data, plain.len), .len = plain.len, .place = place, .original = text};
    str_release(&plain);
    str_release(&folded);
}

/* Clitics. */

static bool begins(const char *word, size_t len, size_t at, const char *with)
{
    size_t n = strlen(with);
    return at + n <= len && memcmp(word + at, with, n) == 0;
}

enum { LEAST_ARABIC = 6 /* bytes: three letters must be left */ };

size_t glossary_clitics(const char *word, size_t len, size_t offsets[GLOSSARY_CLITICS])
{
    static const char *const before[] = {"", "و", "ف"}, *const middle[] = {"", "ال", "لل", "بال", "كال", "ب", "ك", "ل"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        if (!begins(word, len, 0, before[i]))
            continue;
        size_t at = strlen(before[i]);
        for (size_t k = 0; k < sizeof middle / sizeof *middle; k++) {
            size_t behind = at + strlen(middle[k]);
            if (n < GLOSSARY_CLITICS && begins(word, len, at, middle[k]) && (!behind || len - behind >= LEAST_ARABIC))
                offsets[n++] = behind;
        }
    }
    return n;
}

/* Patterns. */

/* A capital of a script that has small letters: folding changes it. */
static bool is_upper(int c)
{
    if (c < 0x80)
        return between(c, 'A', 'Z');
    if (!text_is_letter(c) || text_is_lower(c))
        return false;
    struct str one = STR_INIT(8), folded = STR_INIT(100);
    str_add_utf8(&one, c);
    text_fold(one.data, one.len, &folded);
    bool changed = strcmp(folded.data, one.data) != 0;
    str_release(&one);
    str_release(&folded);
    return changed;
}

enum { MOST_SYMBOL = 5 /* letters */ };

/* A unit or an abbreviation: "Gy", "мЗв", "LDRT"; a name that begins with a capital is none. */
static bool is_symbol(const char *text)
{
    size_t len = strlen(text), letters = 0, upper = 0;
    bool later = false;
    for (size_t at = 0; at < len;) {
        int c = text_next(text, len, &at);
        if (!text_is_letter(c) || letters == MOST_SYMBOL)
            return false;
        bool is = is_upper(c);
        later = later || (is && letters > 0);
        upper += is;
        letters++;
    }
    return upper && (later || letters <= 3);
}

static void set_word(struct glossary_word *w, const char *text, size_t len, const char *language)
{
    size_t at = 0, stem = len;
    enum script script = script_of(text_next(text, len, &at));
    *w = (struct glossary_word){.text = text, .len = (uint32_t)len, .stem = (uint32_t)len};
    if (script == SCRIPT_RUN || script == SCRIPT_HANGUL) {
        w->how = WORD_PART;
    } else if (script == SCRIPT_SPACED && text_length(text, len) > 2) {
        w->how = WORD_BENDS;
        w->bends = ending_class_of(text, len, language, &stem);
        w->stem = (uint32_t)stem;
    }
}

static size_t behind_clitics(const char *word, size_t len)
{
    size_t at = begins(word, len, 0, "ال") ? 4 : 0;
    return len - at >= LEAST_ARABIC ? at : 0;
}

enum { LEAST_COMPOUND = 8 /* letters of a term that compounds may begin with */, LEAST_FREE = 4 };

bool glossary_pattern_make(const char *text, const char *language, struct arena *arena, struct glossary_pattern *out)
{
    struct glossary_text t;
    size_t cap = 0;
    glossary_text_make(text, language, arena, &t);
    *out = (struct glossary_pattern){.clitics = glossary_same_language(language, "ar"),
                                     .symbol = is_symbol(text) ? text : NULL};
    for (size_t at = 0; at < t.len;) {
        size_t len = strcspn(t.text + at, " "), skip = out->clitics ? behind_clitics(t.text + at, len) : 0;
        ARENA_GROW(arena, out->words, out->n, cap);
        set_word(&out->words[out->n++], t.text + at + skip, len - skip, language);
        at += len + (at + len < t.len);
    }
    if (!out->n)
        return false;
    struct glossary_word *last = &out->words[out->n - 1];
    size_t letters = text_length(last->text, last->len), at = 0;
    if (out->symbol || (out->n == 1 && last->how == WORD_BENDS && letters < LEAST_FREE))
        for (size_t i = 0; i < out->n; i++) {
            if (out->words[i].how != WORD_PART)
                out->words[i].how = out->symbol ? WORD_SYMBOL : WORD_EXACT;
            out->words[i].stem = out->words[i].len;
        }
    else if (last->how == WORD_BENDS && letters >= LEAST_COMPOUND && language_compounds(language))
        last->how = WORD_COMPOUND;
    out->short_hangul = out->n == 1 && letters < 3 && script_of(text_next(last->text, last->len, &at)) == SCRIPT_HANGUL;
    return true;
}

/* Where the word ends if it begins at `at`, else 0. */
static size_t word_at(const struct glossary_word *w, const struct glossary_text *t, size_t at)
{
    const char *text = t->text + at;
    if (w->stem > t->len - at || memcmp(text, w->text, w->stem) != 0)
        return 0;
    if (w->how == WORD_PART)
        return at + w->stem;
    size_t len = strcspn(text, " ");
    bool fits = false;
    if (w->how == WORD_EXACT || w->how == WORD_SYMBOL)
        fits = len == w->len || (w->how == WORD_SYMBOL && len == w->len + 1 && text[w->len] == 's');
    else
        fits = ending_allowed(w->bends, text + w->stem, len - w->stem) ||
               (len == w->len && memcmp(text, w->text, len) == 0);
    if (!fits && w->how == WORD_COMPOUND && len > w->len && memcmp(text, w->text, w->len) == 0)
        fits = compound_goes_on(text + w->len, len - w->len);
    return fits ? at + len : 0;
}

/* The same, behind clitics too. */
static size_t word_behind(const struct glossary_pattern *p, const struct glossary_word *w,
                          const struct glossary_text *t, size_t at)
{
    size_t offsets[GLOSSARY_CLITICS], end = word_at(w, t, at);
    if (end || !p->clitics)
        return end;
    size_t n = glossary_clitics(t->text + at, strcspn(t->text + at, " "), offsets);
    for (size_t i = 0; !end && i < n; i++)
        end = word_at(w, t, at + offsets[i]);
    return end;
}

static int letter_before(const struct glossary_text *t, size_t at)
{
    size_t from = at;
    while (from && ((unsigned char)t->text[--from] & 0xC0) == 0x80)
        ;
    return at ? text_next(t->text, at, &from) : -1;
}

/* A word in katakana is a word although nothing stands between: グレイ is not in グレイスケール. */
static bool katakana_whole(const struct glossary_text *t, size_t from, size_t end)
{
    size_t first = from, next = end;
    if (is_katakana(text_next(t->text, t->len, &first)) && is_katakana(letter_before(t, from)))
        return false;
    return !(is_katakana(letter_before(t, end)) && is_katakana(text_next(t->text, t->len, &next)));
}

/* The symbol, in its own letters, is in the text, with no letter beside it but an English plural's s. */
static bool symbol_stands(const char *symbol, const char *text)
{
    size_t n = strlen(symbol), len = strlen(text);
    for (const char *at = strstr(text, symbol); at; at = strstr(at + 1, symbol)) {
        struct glossary_text t = {.text = text, .len = len};
        size_t end = (size_t)(at - text) + n;
        int before = letter_before(&t, (size_t)(at - text)), after = text_next(text, len, &end);
        if (after == 's')
            after = text_next(text, len, &end);
        if (!text_is_letter(before) && !text_is_letter(after))
            return true;
    }
    return false;
}

size_t glossary_pattern_at(const struct glossary_pattern *p, const struct glossary_text *t, size_t at)
{
    size_t end = at;
    if (p->short_hangul && t->place[at] != PLACE_WORD)
        return 0;
    for (size_t i = 0; i < p->n; i++) {
        if (i) {
            if (end >= t->len || t->text[end] != ' ')
                return 0;
            end++;
        }
        end = word_behind(p, &p->words[i], t, end);
        if (!end)
            return 0;
    }
    if (p->symbol && !symbol_stands(p->symbol, t->original))
        return 0;
    return katakana_whole(t, at, end) ? end : 0;
}

/* Compares letter by letter without spaces; the last word may bend. */
static bool stands_joined(const struct glossary_pattern *p, const struct glossary_text *t, size_t at)
{
    const struct glossary_word *last = &p->words[p->n - 1];
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < (i + 1 < p->n ? p->words[i].len : last->stem); k++) {
            if (at < t->len && t->text[at] == ' ')
                at++;
            if (at >= t->len || t->text[at++] != p->words[i].text[k])
                return false;
        }
    return ending_allowed(last->bends, t->text + at, strcspn(t->text + at, " "));
}

bool glossary_pattern_stands(const struct glossary_pattern *p, const struct glossary_text *t)
{
    bool joined = !p->symbol && p->words[p->n - 1].how != WORD_PART && p->words[p->n - 1].how != WORD_EXACT;
    for (size_t at = 0; at < t->len; at++)
        if (t->place[at] != PLACE_INSIDE && (glossary_pattern_at(p, t, at) || (joined && stands_joined(p, t, at))))
            return true;
    return false;
}

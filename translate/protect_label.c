/* protect_label.c: figure numbers and panel letters; see protect_scan.h. */
#include "translate/protect_scan.h"

#include <string.h>

/* Words in front of a figure's number, small. Only the number is protected: the word is to be translated. */
static const char label_words[] =
    "fig figs figure figures figura figuras abb abbildung abbildungen tab table tables tabla tablas tabela tabelas "
    "tableau tableaux tabelle tabellen quadro quadros cuadro cuadros gráfico gráficos gráfica grafik graphique scheme "
    "schema esquema esquemas painel panel panels panneau рис рисунок рисунка рисунке рисунки табл таблица таблице таблицы "
    "рисунков схема rys ryc rysunek tabela obr ábra táblázat şekil tablo figuur tabel kuva taulukko bild";

static bool latin(int c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= 0x430 && c <= 0x44F) || (c >= 0x410 && c <= 0x42F);
}

static bool is_dash(int c)
{
    return c == '-' || c == 0x2013 || c == 0x2014 || c == 0x2212;
}

static bool is_roman(int c)
{
    return c == 'i' || c == 'v' || c == 'x' || c == 'I' || c == 'V' || c == 'X';
}

/* One label: a letter with perhaps a digit or a prime, or a Roman number below 40. */
static size_t one(const struct scan *s, size_t i)
{
    size_t end = i;
    while (end - i < 5 && is_roman(s->c[end]))
        end++;
    if (end == i && latin(s->c[i]))
        end = i + 1;
    if (end == i + 1 && s->kind[end] == SCAN_DIGIT && s->kind[end + 1] != SCAN_DIGIT)
        end++;
    if (end > i && (s->c[end] == '\'' || s->c[end] == 0x2032))
        end++;
    return end > i && !scan_word(s, end) ? end : 0;
}

/* Labels in a row: "a-c", "A, B", "A/B". */
static size_t several(const struct scan *s, size_t i)
{
    size_t end = one(s, i);
    while (end) {
        size_t at = scan_skip_blank(s, end);
        if (!is_dash(s->c[at]) && s->c[at] != ',' && s->c[at] != '/' && s->c[at] != '&')
            break;
        size_t next = one(s, scan_skip_blank(s, at + 1));
        if (!next)
            break;
        end = next;
    }
    return end;
}

/* "(A)", "(a-c)", "(ii)"; not the endings of "paciente(s)". */
static size_t bracketed(const struct scan *s, size_t i)
{
    if (s->c[i] != '(' || (i && s->kind[i - 1] == SCAN_LETTER))
        return 0;
    size_t end = several(s, scan_skip_blank(s, i + 1));
    if (!end)
        return 0;
    end = scan_skip_blank(s, end);
    return s->c[end] == ')' ? end + 1 : 0;
}

/* Nothing but blanks between `i` and the start of the text or the end of a sentence or clause. */
static bool at_start(const struct scan *s, size_t i)
{
    while (i && s->kind[i - 1] == SCAN_BLANK)
        i--;
    return i == 0 || (s->c[i - 1] < 0x80 && strchr(".;:!?|", s->c[i - 1])) || s->c[i - 1] == 0x3002;
}

static bool inside_bracket(const struct scan *s, size_t i)
{
    for (size_t k = 0; i && k < 80; k++) {
        int c = s->c[--i];
        if (c == '(' || c == ')')
            return c == '(';
    }
    return false;
}

static bool is_capital(const struct scan *s, size_t i)
{
    return s->kind[i] == SCAN_LETTER && s->c[i] != 0 && !text_is_lower(s->c[i]);
}

/* A word in capitals on either side makes a capital letter a word, too: "EFECTO A LARGO PLAZO". */
static bool among_capitals(const struct scan *s, size_t from, size_t to)
{
    size_t before = from, behind = scan_skip_blank(s, to);
    while (before && s->kind[before - 1] == SCAN_BLANK)
        before--;
    return (is_capital(s, behind) && is_capital(s, behind + 1)) ||
           (before > 1 && is_capital(s, before - 1) && is_capital(s, before - 2));
}

/* A panel's letter at the start of its sub-caption ("A: ", "b, ", "A–C. ", "a) "), or a lone capital within a sentence
 * ("Paneles A y B"). */
static size_t lone(const struct scan *s, size_t i)
{
    size_t end = several(s, i), first = one(s, i);
    if (!end || (i && (scan_word(s, i - 1) || strchr("-'./_", s->c[i - 1] < 0x80 ? s->c[i - 1] : 'a') ||
                       s->c[i - 1] == 0x2019)))
        return 0;
    if (s->c[first] == ')' && !inside_bracket(s, i))
        return first + 1;
    int c = s->c[end], ahead = s->kind[end + 1] == SCAN_BLANK || end + 1 >= s->n;
    bool capital = s->c[i] >= 'A' && s->c[i] <= 'Z';
    if (at_start(s, i)) {
        size_t next = scan_skip_blank(s, end + 1);
        if (c == ':' || (c == ',' && ahead) || c == 0xFF1A)
            return end;
        return (c == '.' && ahead && (is_capital(s, next) || next >= s->n)) || (capital && end > first) ? end : 0;
    }
    if (!capital || first != i + 1 || is_dash(s->c[first]) || s->c[first] == '\'' || s->c[first] == 0x2019)
        return capital && end > first ? end : 0;
    return among_capitals(s, i, first) ? 0 : first;
}

size_t label_span(const struct scan *s, size_t i)
{
    size_t end = bracketed(s, i);
    return end ? end : s->kind[i] == SCAN_LETTER ? lone(s, i) : 0;
}

/* The word from `i` to `end` is one of label_words; its first letter may be a capital. */
static bool is_label_word(const struct scan *s, size_t i, size_t end)
{
    char word[48];
    size_t len = s->at[end] - s->at[i];
    if (len >= sizeof word)
        return false;
    memcpy(word, s->text + s->at[i], len);
    word[len] = 0;
    if (word[0] >= 'A' && word[0] <= 'Z')
        word[0] = (char)(word[0] | 32);
    /* Р, Т, С: from D0 A0-AF to D1 80-8F. */
    if ((unsigned char)word[0] == 0xD0 && (unsigned char)word[1] >= 0xA0 && (unsigned char)word[1] <= 0xAF) {
        word[0] = (char)0xD1;
        word[1] = (char)((unsigned char)word[1] - 0x20);
    }
    return scan_language_in(word, label_words);
}

static bool is_figure_sign(int c)
{
    return c == 0x56FE || c == 0x5716 || c == 0x8868 || c == 0x56F3 || c == 0xB9BC || c == 0xD45C; /* 图圖表図림표 */
}

/* "2", "S1", "2.1", "2b", "2A-C", "IV". */
static size_t figure_number(const struct scan *s, size_t i)
{
    size_t end = i;
    while (is_roman(s->c[end]) && s->c[end] < 'a')
        end++;
    if (end > i)
        return scan_word(s, end) ? 0 : end;
    if (s->c[end] == 'S' || s->c[end] == 'A')
        end++;
    size_t number = end;
    while (s->kind[end] == SCAN_DIGIT ||
           (end > number && (s->c[end] == '.' || s->c[end] == ',') && s->kind[end + 1] == SCAN_DIGIT))
        end++;
    if (end == number)
        return 0;
    size_t letters = latin(s->c[end]) ? several(s, end) : 0;
    return letters ? letters : scan_word(s, end) ? 0 : end;
}

size_t label_number(const struct scan *s, size_t i, size_t *start)
{
    size_t word = i;
    if (s->kind[i] == SCAN_IDEOGRAPH)
        word = i + 1;
    while (s->kind[word] == SCAN_LETTER)
        word++;
    size_t end = s->c[word] == '.' ? word + 1 : word;
    *start = scan_skip_blank(s, end);
    size_t number = figure_number(s, *start);
    /* Few words have a number behind them: the list is for these. */
    if (!number)
        return 0;
    if (s->kind[i] == SCAN_IDEOGRAPH)
        return word == i + 1 && is_figure_sign(s->c[i]) ? number : 0;
    return *start > word && is_label_word(s, i, word) ? number : 0;
}

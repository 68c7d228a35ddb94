/* check_references.c: what a text refers to, see check_rules.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "translate/check_rules.h"
#include "translate/word_table.h"

enum {
    FIGURES = 1,
    TABLES = 2,
    WHOLE = 4, /* the word does not go on behind the stem */
    MOST_REFERENCES = 64,
    LIST_GAP = 6 /* bytes of a word between two numbers of a list */
};

/* Beginnings of the words for figure and table, folded; the languages' forms of the field are in README.md. A word may
 * go on ("Abbildungen", "таблицах"). Charts are both: one language's chart is another's figure. */
static const struct word_row reference_stems_rows[] = {
    {"abb", NULL, FIGURES},
    {"afb", NULL, FIGURES},
    {"att", NULL, FIGURES | WHOLE},
    {"attēl", NULL, FIGURES},
    {"bild", NULL, FIGURES},
    {"box", NULL, TABLES | WHOLE},
    {"bảng", NULL, TABLES},
    {"cadro", NULL, TABLES},
    {"chart", NULL, FIGURES | TABLES},
    {"cuadro", NULL, TABLES},
    {"cədvəl", NULL, TABLES},
    {"diagram", NULL, FIGURES | TABLES},
    {"esquema", NULL, FIGURES | TABLES},
    {"fig", NULL, FIGURES | WHOLE},
    {"figg", NULL, FIGURES | WHOLE},
    {"figs", NULL, FIGURES | WHOLE},
    {"figu", NULL, FIGURES},
    {"foto", NULL, FIGURES},
    {"gambar", NULL, FIGURES},
    {"grafic", NULL, FIGURES | TABLES},
    {"graph", NULL, FIGURES | TABLES},
    {"gráfic", NULL, FIGURES | TABLES},
    {"hình", NULL, FIGURES},
    {"illustra", NULL, FIGURES},
    {"ilustra", NULL, FIGURES},
    {"imag", NULL, FIGURES},
    {"irudi", NULL, FIGURES},
    {"jadual", NULL, TABLES},
    {"joon", NULL, FIGURES},
    {"kuv", NULL, FIGURES},
    {"lent", NULL, TABLES},
    {"mynd", NULL, FIGURES},
    {"obr", NULL, FIGURES},
    {"panel", NULL, FIGURES | TABLES},
    {"pav", NULL, FIGURES | WHOLE},
    {"paveiksl", NULL, FIGURES},
    {"photo", NULL, FIGURES},
    {"przegl", NULL, TABLES},
    {"quadro", NULL, TABLES},
    {"rajah", NULL, FIGURES},
    {"resim", NULL, FIGURES},
    {"ryc", NULL, FIGURES},
    {"rys", NULL, FIGURES},
    {"schema", NULL, FIGURES | TABLES},
    {"scheme", NULL, FIGURES | TABLES},
    {"slik", NULL, FIGURES},
    {"tab", NULL, TABLES | WHOLE},
    {"tabe", NULL, TABLES},
    {"tabl", NULL, TABLES},
    {"tablo", NULL, TABLES},
    {"tabs", NULL, TABLES | WHOLE},
    {"tabu", NULL, TABLES},
    {"tafl", NULL, TABLES},
    {"taul", NULL, TABLES},
    {"taulukk", NULL, TABLES},
    {"táblázat", NULL, TABLES},
    {"táboa", NULL, TABLES},
    {"ábr", NULL, FIGURES},
    {"çizelge", NULL, TABLES},
    {"şek", NULL, FIGURES},
    {"şək", NULL, FIGURES},
    {"εικ", NULL, FIGURES},
    {"πίν", NULL, TABLES},
    {"πιν", NULL, TABLES},
    {"σχ", NULL, FIGURES},
    {"график", NULL, FIGURES | TABLES},
    {"кесте", NULL, TABLES},
    {"мал", NULL, FIGURES | WHOLE},
    {"малюн", NULL, FIGURES},
    {"рис", NULL, FIGURES},
    {"рисун", NULL, FIGURES},
    {"слик", NULL, FIGURES},
    {"сурет", NULL, FIGURES},
    {"схем", NULL, FIGURES | TABLES},
    {"таб", NULL, TABLES | WHOLE},
    {"табел", NULL, TABLES},
    {"табл", NULL, TABLES},
    {"фиг", NULL, FIGURES},
    {"איור", NULL, FIGURES},
    {"טבלה", NULL, TABLES},
    {"תמונה", NULL, FIGURES},
    {"الجدول", NULL, TABLES},
    {"الشكل", NULL, FIGURES},
    {"جدول", NULL, TABLES},
    {"شكل", NULL, FIGURES},
    {"شکل", NULL, FIGURES},
    {"صورة", NULL, FIGURES},
    {"نگاره", NULL, FIGURES},
    {"चित्र", NULL, FIGURES},
    {"तालिका", NULL, TABLES},
    {"सारणी", NULL, TABLES},
    {"ตารางที่", NULL, TABLES},
    {"ภาพที่", NULL, FIGURES},
    {"รูปที่", NULL, FIGURES},
    {"図", NULL, FIGURES},
    {"图", NULL, FIGURES},
    {"圖", NULL, FIGURES},
    {"表", NULL, TABLES},
    {"그림", NULL, FIGURES},
    {"표", NULL, TABLES},
};
const struct word_table reference_stems = {reference_stems_rows,
                                           sizeof reference_stems_rows / sizeof *reference_stems_rows};

struct reference {
    int kind, number;
    int last; /* "2-5", "2 to 5": 5; else 0 */
};

struct references {
    struct reference items[MOST_REFERENCES];
    size_t n;
};

static int kind_of(const struct check_word *w)
{
    const struct word_row *row = word_table_begin(&reference_stems, w->folded[0]);
    for (; row; row = word_table_next(&reference_stems, row)) {
        size_t n = word_row_begins(row, w->folded);
        if (n && (!(row->value & WHOLE) || w->folded_len == n))
            return row->value & (FIGURES | TABLES);
    }
    return 0;
}

/* The number that a word begins with ("2b", "12"); 0: none. */
static int number_of(const struct check_word *w)
{
    int value = 0;
    for (const char *p = w->folded; *p >= '0' && *p <= '9' && value < 1000; p++)
        value = 10 * value + (*p - '0');
    return w->digits && w->letters < 3 ? value : 0;
}

static void add(struct references *r, int kind, int number)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->items[i].kind == kind && r->items[i].number == number)
            return;
    if (number && number < 1000 && r->n < MOST_REFERENCES)
        r->items[r->n++] = (struct reference){.kind = kind, .number = number};
}

/* Whether `gap` bytes at `p` may stand between two numbers of a list: marks and one conjunction. "%" and brackets end
 * it. */
static bool goes_on(const char *p, size_t gap)
{
    return gap <= LIST_GAP && !memchr(p, '(', gap) && !memchr(p, ')', gap) && !memchr(p, '%', gap);
}

/* "Figs. 1 and 3-5": the first number stands right behind the word, others while little stands between them. */
static size_t read_numbers(const struct check_text *t, size_t i, int kind, struct references *r)
{
    bool range = false;
    for (bool first = true; i < t->n_words; i++, first = false) {
        const struct check_word *w = &t->words[i];
        const char *before = w[-1].start + w[-1].len;
        if (!goes_on(before, (size_t)(w->start - before)))
            break;
        if (!first && !number_of(w) && check_word_joins(w->folded, w->folded_len) && i + 1 < t->n_words &&
            number_of(w + 1)) {
            range = true;
            continue;
        }
        if (!number_of(w))
            break;
        range = range || (!first && !memchr(before, ',', (size_t)(w->start - before)));
        /* "Fig. 2, 0.5 Gy": what goes on as a decimal is no number of a figure. */
        const char *behind = w->start + w->len;
        if (!first && (*behind == '.' || *behind == ',') && behind[1] >= '0' && behind[1] <= '9')
            break;
        if (range && r->n)
            r->items[r->n - 1].last = number_of(w);
        range = false;
        add(r, kind, number_of(w));
    }
    return i;
}

/* Languages in which the number comes first: "2. ábra", "3 pav.", "図" of "第3図". */
static bool is_behind(const struct check_word *w)
{
    static const char *const behind[] = {"ábr",  "pav",   "att",   "lent", "táblázat", "irudi",
                                         "taul", "сурет", "кесте", "図",   "表"};
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        if (strncmp(w->folded, behind[i], strlen(behind[i])) == 0)
            return true;
    return false;
}

static void references_of(const struct check_text *t, struct references *r)
{
    r->n = 0;
    for (size_t i = 0; i < t->n_words; i++) {
        int kind = kind_of(&t->words[i]);
        if (!kind)
            continue;
        const char *glued = t->words[i].digits ? strpbrk(t->words[i].folded, "0123456789") : NULL;
        if (glued)
            add(r, kind, (int)strtol(glued, NULL, 10));
        size_t before = r->n, next = read_numbers(t, i + 1, kind, r);
        if (r->n == before && i && is_behind(&t->words[i]))
            add(r, kind, number_of(&t->words[i - 1]));
        else
            i = next - 1;
    }
}

static bool has(const struct references *r, struct reference wanted)
{
    for (size_t i = 0; i < r->n; i++)
        if ((r->items[i].kind & wanted.kind) && r->items[i].number == wanted.number)
            return true;
    /* "Figures 2 to 5" has 4; so has "2 and 5", since conjunctions are not told apart. */
    for (size_t i = 0; i < r->n; i++)
        if ((r->items[i].kind & wanted.kind) && wanted.number > r->items[i].number && wanted.number < r->items[i].last)
            return true;
    return false;
}

/* Numbers in square brackets, up to 999: bit sets would not do for these. */
static void citations_of(const char *text, struct references *r)
{
    r->n = 0;
    for (const char *p = strchr(text, '['); p; p = strchr(p + 1, '[')) {
        const char *end = p + 1 + strspn(p + 1, "0123456789,;-– \xE2\x80\x93");
        if (*end != ']')
            continue;
        for (const char *q = p + 1; q < end;) {
            int value = 0;
            for (; *q >= '0' && *q <= '9' && value < 1000; q++)
                value = 10 * value + (*q - '0');
            add(r, FIGURES, value);
            while (q < end && !(*q >= '0' && *q <= '9'))
                q++;
        }
    }
}

static bool cites(const char *text, int number)
{
    char digits[16];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%d", number);
    for (const char *p = strstr(text, digits); p; p = strstr(p + 1, digits)) {
        const char *open = p;
        while (open > text && p - open < 40 && *open != '[' && *open != '(' && *open != ']')
            open--;
        bool alone = (p == text || p[-1] < '0' || p[-1] > '9') && !(p[len] >= '0' && p[len] <= '9');
        if (alone && (*open == '[' || *open == '('))
            return true;
    }
    return false;
}

const char *check_references(const struct check_text *in, const struct check_text *out, struct arena *arena)
{
    struct references a, b;
    references_of(in, &a);
    references_of(out, &b);
    for (size_t i = 0; i < a.n; i++)
        if (!has(&b, a.items[i]))
            return arena_printf(arena, "the reference to %s %d is missing",
                                a.items[i].kind == TABLES ? "table" : "figure", a.items[i].number);
    for (size_t i = 0; i < b.n; i++)
        if (!has(&a, b.items[i]) && b.items[i].kind != 3 && a.n)
            return arena_printf(arena, "a reference to %s %d is not in the source",
                                b.items[i].kind == TABLES ? "table" : "figure", b.items[i].number);
    citations_of(in->text, &a);
    for (size_t i = 0; i < a.n; i++)
        if (!cites(out->text, a.items[i].number))
            return arena_printf(arena, "the citation [%d] is missing", a.items[i].number);
    return NULL;
}

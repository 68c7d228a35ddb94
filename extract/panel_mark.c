/* panel_mark.c: see panel_mark.h. */
#include "extract/panel_mark.h"

#include <string.h>

#include "base/text.h"

/* Cyrillic letters that look like Latin ones are typed for them, and the other way round. */
const struct panel_alphabet panel_alphabets[] = {
    {"A|А B|В C|С D E|Е F G H|Н I ?J K|К L M|М N O|О P|Р Q R S T|Т U V W X|Х Y|У Z", PANEL_LETTERS, true, false},
    {"a|а b c|с d e|е f g h i|і j k l m n o|о p|р q r s t u v w x|х y|у z", PANEL_LETTERS, false, false},
    {"а|a б в г д е|e ж з и ?й к л м н о|o п р|p с|c т у|y ф х|x ц ч ш щ э ю я", PANEL_LETTERS, false, false},
    {"А|A Б В|B Г Д Е|E Ж З И ?Й К|K Л М|M Н|H О|O П Р|P С|C Т|T У|Y Ф Х|X Ц Ч Ш Щ Э Ю Я", PANEL_LETTERS, true, false},
    {"α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π", PANEL_LETTERS, false, true},
    {"Α|A Β|B Γ Δ Ε|E Ζ|Z Η|H Θ Ι|I Κ|K Λ Μ|M", PANEL_LETTERS, true, true},
    {"α β γ δ ε στ ζ η θ ι ια ιβ", PANEL_LETTERS, false, true},
    {"أ|ا ب ج د هـ|ه|ھ و ز ح ط ي|ی ك|ک ل م ن", PANEL_LETTERS, false, true},
    {"أ|ا ب ت ث ج ح خ د ذ ر", PANEL_LETTERS, false, true},
    {"الف ب|پ ج|پ|ت د|ت ه", PANEL_LETTERS, false, true},
    {"א ב ג ד ה ו ז ח ט י", PANEL_LETTERS, false, true},
    {"ก ข ค ง จ ฉ ช ซ", PANEL_LETTERS, false, true},
    {"甲 乙 丙 丁 戊 己 庚 辛 壬 癸", PANEL_LETTERS, false, true},
    {"가 나 다 라 마 바 사 아 자 차 카 타 파 하", PANEL_LETTERS, false, true},
    {"ㄱ ㄴ ㄷ ㄹ ㅁ ㅂ ㅅ ㅇ ㅈ ㅊ", PANEL_LETTERS, false, true},
    {"ア|ｱ イ|ｲ ウ|ｳ エ|ｴ オ|ｵ カ|ｶ キ|ｷ ク|ｸ ケ|ｹ コ|ｺ", PANEL_LETTERS, false, true},
    {"あ い う え お か き く け こ", PANEL_LETTERS, false, true},
    {"① ② ③ ④ ⑤ ⑥ ⑦ ⑧ ⑨ ⑩ ⑪ ⑫ ⑬ ⑭ ⑮ ⑯ ⑰ ⑱ ⑲ ⑳", PANEL_LETTERS, false, false},
    {"⒜ ⒝ ⒞ ⒟ ⒠ ⒡ ⒢ ⒣ ⒤ ⒥ ⒦ ⒧ ⒨ ⒩ ⒪ ⒫", PANEL_LETTERS, false, false},
    {"ⓐ ⓑ ⓒ ⓓ ⓔ ⓕ ⓖ ⓗ ⓘ ⓙ ⓚ ⓛ ⓜ ⓝ ⓞ ⓟ", PANEL_LETTERS, false, false},
    {"Ⓐ Ⓑ Ⓒ Ⓓ Ⓔ Ⓕ Ⓖ Ⓗ Ⓘ Ⓙ Ⓚ Ⓛ Ⓜ Ⓝ Ⓞ Ⓟ", PANEL_LETTERS, true, false},
    {"㉠ ㉡ ㉢ ㉣ ㉤ ㉥ ㉦ ㉧ ㉨ ㉩", PANEL_LETTERS, false, false},
    {"㈀ ㈁ ㈂ ㈃ ㈄ ㈅ ㈆ ㈇ ㈈ ㈉", PANEL_LETTERS, false, false},
    {"㉮ ㉯ ㉰ ㉱ ㉲ ㉳ ㉴ ㉵ ㉶ ㉷", PANEL_LETTERS, false, false},
    {"i|ⅰ ii|ⅱ iii|ⅲ iv|ⅳ v|ⅴ vi|ⅵ vii|ⅶ viii|ⅷ ix|ⅸ x|ⅹ xi xii xiii xiv xv", PANEL_ROMAN, false, false},
    {"I|Ⅰ II|Ⅱ III|Ⅲ IV|Ⅳ V|Ⅴ VI|Ⅵ VII|Ⅶ VIII|Ⅷ IX|Ⅸ X|Ⅹ XI XII", PANEL_ROMAN, true, false},
    {"1|⑴|۱|١ 2|⑵|۲|٢ 3|⑶|۳|٣ 4|⑷|۴|٤ 5|⑸|۵|٥ 6|⑹|۶|٦ 7|⑺|۷|٧ 8|⑻|۸|٨ 9|⑼|۹|٩ 10 11 12", PANEL_DIGITS, false, false},
    {"left|izquierda|esquerda|gauche|links|sinistra|слева|左|左图|左圖|左図|좌|왼쪽 "
     "right|derecha|direita|droite|rechts|destra|справа|右|右图|右圖|右図|우|오른쪽",
     PANEL_PLACES, false, false},
    {"left|izquierda|esquerda|gauche|links|sinistra|слева|左|左图|左圖 "
     "middle|center|centre|central|centro|meio|milieu|mitte|в_центре|中|中图|中圖 "
     "right|derecha|direita|droite|rechts|destra|справа|右|右图|右圖",
     PANEL_PLACES, false, false},
    {"top|upper|arriba|superior|acima|haut|oben|сверху|вверху|上|上图|上圖|上段 "
     "bottom|lower|abajo|inferior|abaixo|bas|unten|снизу|внизу|下|下图|下圖|下段",
     PANEL_PLACES, false, false},
    {"top|upper|superior|haut|oben|сверху|上|上图|上圖|上段 middle|center|centre|central|milieu|mitte|中|中段 "
     "bottom|lower|inferior|bas|unten|снизу|下|下图|下圖|下段",
     PANEL_PLACES, false, false},
};
const size_t panel_n_alphabets = sizeof panel_alphabets / sizeof *panel_alphabets;

enum { MAX_FORMS = 160, MAX_FORM = 12 };

struct form { /* one way to write a member */
    int code[MAX_FORM];
    size_t len;
    int index; /* of the member, from 1 */
};

struct reader {
    const struct panel_line *line;
    const struct panel_alphabet *alphabet;
    struct form forms[MAX_FORMS];
    size_t n_forms;
};

/* ---- the line */

static int fold_code(int c)
{
    static const int from[] = {0x3001, 0x3002, 0xFF61, 0xFE5D, 0xFE5E, '[',    ']',    0x3010, 0x3011, 0x3014, 0x3015,
                               0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x301C, 0xFF5E, '~',    0xA0};
    static const int to[] = {',', '.', '.', '(', ')', '(', ')', '(', ')', '(', ')',
                             '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', ' '};
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    for (size_t i = 0; i < sizeof from / sizeof *from; i++)
        if (c == from[i])
            return to[i];
    return c;
}

static int lower(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42F) ? c + 32 : c;
}

static const unsigned char *codes_seen(struct arena *arena, const int *code, size_t n)
{
    unsigned char *seen = arena_array(arena, PANEL_SEEN / 8, 1);
    for (size_t i = 0; i < n; i++) {
        int c = lower(code[i]);
        if (code[i] < PANEL_SEEN) {
            seen[code[i] / 8] |= (unsigned char)(1 << code[i] % 8);
            seen[c / 8] |= (unsigned char)(1 << c % 8);
        }
    }
    return seen;
}

/* Open brackets in front of each code point. */
static const int *bracket_depth(struct arena *arena, const int *code, size_t n)
{
    int *depth = arena_array(arena, n + 1, sizeof *depth), now = 0;
    for (size_t i = 0; i < n; i++) {
        depth[i] = now;
        if (code[i] == '(')
            now++;
        else if (code[i] == ')' && now)
            now--;
    }
    depth[n] = now;
    return depth;
}

void panel_line_read(struct arena *arena, const char *text, size_t len, struct panel_line *out)
{
    int *code = arena_array(arena, len + 1, sizeof *code);
    unsigned *at = arena_array(arena, len + 1, sizeof *at);
    size_t n = 0, i = 0;
    while (i < len) {
        at[n] = (unsigned)i;
        int c = text_next(text, len, &i);
        if (c < 0)
            break;
        code[n++] = fold_code(c);
    }
    at[n] = (unsigned)len;
    *out = (struct panel_line){text, code, at, codes_seen(arena, code, n), bracket_depth(arena, code, n), n};
}

static int code_at(const struct panel_line *l, size_t i)
{
    return i < l->n ? l->code[i] : 0;
}

static bool is_word(int c)
{
    return c && (text_is_letter(c) || text_is_digit(c));
}

/* Scripts without case have letters that count as either. */
static bool is_lower(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7) || (c >= 0x430 && c <= 0x45F);
}

static size_t skip_spaces(const struct panel_line *l, size_t i)
{
    while (code_at(l, i) == ' ')
        i++;
    return i;
}

/* The length of `word` where it stands at i as a word of its own, in any case; else 0. */
static size_t word_at(const struct panel_line *l, size_t i, const char *word)
{
    size_t at = 0, n = 0, len = strlen(word);
    while (at < len)
        if (lower(code_at(l, i + n++)) != text_next(word, len, &at))
            return 0;
    return is_word(code_at(l, i + n)) ? 0 : n;
}

static size_t any_word_at(const struct panel_line *l, size_t i, const char *const *words)
{
    for (; *words; words++) {
        size_t n = word_at(l, i, *words);
        if (n)
            return n;
    }
    return 0;
}

/* The start of the word that ends in front of `i` (spaces skipped); i when there is none. */
static size_t word_before(const struct panel_line *l, size_t i)
{
    size_t end = i;
    while (end && l->code[end - 1] == ' ')
        end--;
    if (end && l->code[end - 1] == '.') /* "fig. A" */
        end--;
    size_t start = end;
    while (start && is_word(l->code[start - 1]))
        start--;
    return start < end ? start : i;
}

/* ---- labels */

static void add_form(struct reader *r, const char *start, size_t len, int index)
{
    if (r->n_forms == MAX_FORMS || !len)
        return;
    struct form *f = &r->forms[r->n_forms++];
    *f = (struct form){.index = index};
    for (size_t at = 0; at < len && f->len < MAX_FORM;) {
        int c = text_next(start, len, &at);
        f->code[f->len++] = c == '_' ? ' ' : c;
    }
}

static void read_alphabet(struct reader *r)
{
    int index = 0;
    for (const char *p = r->alphabet->members; *p;) {
        size_t len = strcspn(p, " ");
        index++;
        const char *form = p + (*p == '?');
        while (form < p + len) {
            size_t form_len = strcspn(form, "| ");
            add_form(r, form, form_len, index);
            form += form_len + (form[form_len] == '|');
        }
        p += len + (p[len] == ' ');
    }
}

static const char *member(const struct panel_alphabet *a, int index)
{
    const char *p = a->members;
    while (--index > 0 && *p) {
        p += strcspn(p, " ");
        p += *p == ' ';
    }
    return *p ? p : NULL;
}

bool panel_member_optional(const struct panel_alphabet *a, int index)
{
    const char *p = member(a, index);
    return p && *p == '?';
}

bool panel_member_name(const struct panel_alphabet *a, int index, char out[16])
{
    const char *p = member(a, index);
    if (!p)
        return false;
    p += *p == '?';
    size_t len = strcspn(p, "| ");
    len = len < 15 ? len : 15;
    memcpy(out, p, len);
    out[len] = '\0';
    return true;
}

/* A single label at i: its end, or 0. */
static size_t read_item(const struct reader *r, size_t i, int *index, int *sub)
{
    const struct panel_line *l = r->line;
    size_t best = 0;
    bool fold = r->alphabet->script == PANEL_PLACES;
    for (size_t k = 0; k < r->n_forms; k++) {
        const struct form *f = &r->forms[k];
        size_t n = 0;
        while (n < f->len && (fold ? lower(code_at(l, i + n)) : code_at(l, i + n)) == f->code[n])
            n++;
        if (n < f->len || n <= best)
            continue;
        best = n;
        *index = f->index;
    }
    *sub = 0;
    int next = code_at(l, i + best);
    if (best && r->alphabet->script == PANEL_LETTERS && next >= '1' && next <= '9') {
        *sub = next - '0';
        next = code_at(l, i + ++best);
    }
    if (best && (next == '\'' || next == 0x2032 || next == 0x2019))
        return 0; /* "A'" is another panel than A; nothing is known of its place */
    bool closed = l->code[i] >= 0x2460 && l->code[i] < 0x3300 && !text_is_letter(l->code[i]);
    return best && (closed || !is_word(next)) ? i + best : 0;
}

static void add_label(struct panel_mark *m, int index, int sub)
{
    if (m->n < MARK_MAX_LABELS) {
        m->labels[m->n] = (unsigned char)index;
        m->subs[m->n++] = (unsigned char)sub;
    }
}

static const char *const and_words[] = {"and", "or", "y",  "e",  "et", "ou", "und", "oder", "en", "och", "og", "и",
                                        "и",   "或", "和", "与", "與", "及", "と",  "및",   "와", "과",  "va", NULL};
static const char *const to_words[] = {"to", "through", "thru", "bis", "à", "до", "至", "到", "から", NULL};

/* What joins two labels at i: its end, or i when nothing does. */
static size_t read_joint(const struct panel_line *l, size_t i, bool *range)
{
    size_t at = skip_spaces(l, i), n;
    *range = false;
    int c = code_at(l, at);
    if (c == ',' || c == '&' || c == '/' || c == '+' || c == ';') {
        return skip_spaces(l, at + 1);
    }
    if (c == '-') {
        *range = true;
        return skip_spaces(l, at + 1);
    }
    if ((n = any_word_at(l, at, and_words)))
        return skip_spaces(l, at + n);
    if ((n = any_word_at(l, at, to_words))) {
        *range = true;
        return skip_spaces(l, at + n);
    }
    return i;
}

/* A label that may have brackets of its own. */
static size_t read_nested(const struct reader *r, size_t i, int *index, int *sub)
{
    bool open = code_at(r->line, i) == '(';
    size_t end = read_item(r, open ? i + 1 : i, index, sub);
    if (!end || !open)
        return end;
    return code_at(r->line, end) == ')' ? end + 1 : 0;
}

/* A list of labels at i, ascending: its end, or 0. */
static size_t read_list(const struct reader *r, size_t i, struct panel_mark *m)
{
    int index = 0, sub = 0, last, last_sub;
    size_t end = read_nested(r, i, &index, &sub);
    if (!end)
        return 0;
    m->n = 0;
    m->range = false;
    add_label(m, index, sub);
    for (;;) {
        bool range;
        last = index;
        last_sub = sub;
        size_t next = read_joint(r->line, end, &range);
        size_t after = next > end ? read_nested(r, next, &index, &sub) : 0;
        if (next > end && !after) { /* "A, B, and C" */
            next = skip_spaces(r->line, next + any_word_at(r->line, next, and_words));
            after = read_nested(r, next, &index, &sub);
        }
        if (!after || index * 10 + sub <= last * 10 + last_sub)
            return end;
        if (range)
            for (int k = last + 1; k < index; k++)
                add_label(m, k, 0);
        if (range && index == last)
            for (int k = last_sub + 1; k < sub; k++)
                add_label(m, index, k);
        m->range = m->range || range;
        add_label(m, index, sub);
        end = after;
    }
}

/* ---- what stands around */

static const char *const cue_words[] = {"in",   "see",    "panel", "panels", "as",   "from", "of", "to", "than",
                                        "with", "figure", "fig",   "figs",   "like", "for",  "im", "en", "em",
                                        "dans", "siehe",  "nel",   "на",     "в",    "see",  "by", NULL};
static const char *const panel_words[] = {"image",  "images", "picture", "pictures", "plate", "plates", "panel",
                                          "panels", "painel", "painéis", "panneau",  "tafel", "панель", NULL};

static enum panel_edge edge_before(const struct panel_line *l, size_t i, bool *refers)
{
    *refers = false;
    while (i && (l->code[i - 1] == ' ' || l->code[i - 1] == '"' || l->code[i - 1] == 0x201C))
        i--;
    int c = i ? l->code[i - 1] : 0;
    if (!i || c == '.' || c == ';' || c == ':' || c == '!' || c == '?' || c == '|' || c == 0x2022)
        return EDGE_SENTENCE;
    if (c == ',' || c == ')' || c == '-' || c == '/')
        return EDGE_COMMA;
    size_t word = word_before(l, i);
    if (word < i && any_word_at(l, word, and_words))
        return EDGE_WORD;
    *refers = word < i && any_word_at(l, word, cue_words);
    return EDGE_NONE;
}

static void look_around(const struct panel_line *l, struct panel_mark *m)
{
    m->edge = edge_before(l, m->start, &m->refers);
    if (code_at(l, m->end) == ':')
        m->end++;
    size_t next = skip_spaces(l, m->end);
    int c = code_at(l, next);
    m->goes_on = any_word_at(l, next, and_words);
    m->closed = !c || c == '.' || c == ',' || c == ';' || c == ')';
    m->capital = is_word(c) && !is_lower(c);
    m->cased = c < 0x590;
}

/* "Panel A": the word belongs to the label. */
static size_t over_panel_word(const struct panel_line *l, size_t start)
{
    size_t word = word_before(l, start);
    return word < start && any_word_at(l, word, panel_words) ? word : start;
}

static bool read_brackets(const struct reader *r, size_t i, struct panel_mark *m)
{
    static const char *const tails[] = {"panel", "panels", "side",  "image", "column", "row",    "half", "graph",
                                        "plot",  "part",   "curve", "photo", "inset",  "images", "lane", NULL};
    const struct panel_line *l = r->line;
    size_t at = skip_spaces(l, i + 1);
    if (r->alphabet->script == PANEL_PLACES)
        at += word_at(l, at, "the") ? 4 : 0;
    size_t n = any_word_at(l, at, panel_words);
    at = skip_spaces(l, at + n);
    size_t end = read_list(r, at, m);
    if (!end)
        return false;
    end = skip_spaces(l, end);
    if (r->alphabet->script == PANEL_PLACES)
        end = skip_spaces(l, end + any_word_at(l, end, tails));
    int c = code_at(l, end);
    bool loose = (c == ',' || c == ';' || c == ':') && r->alphabet->script != PANEL_DIGITS;
    if (c != ')' && !loose)
        return false;
    m->start = i;
    m->style = loose ? STYLE_LOOSE : STYLE_BRACKETS;
    m->rest = m->end = end + 1;
    while (loose && m->end < l->n && (l->code[m->end] != ')' || l->depth[m->end] > l->depth[i] + 1))
        m->end++;
    m->end += loose && m->end < l->n;
    look_around(l, m);
    return true;
}

/* "(anti-CD34, E-H)": the list stands at the end of what the brackets hold. */
static bool read_bracket_end(const struct reader *r, size_t i, struct panel_mark *m)
{
    const struct panel_line *l = r->line;
    if (l->depth[i] == 0)
        return false;
    int c = l->code[i];
    if (c != ',' && c != ';')
        return false;
    size_t at = skip_spaces(l, i + 1);
    at = skip_spaces(l, at + any_word_at(l, at, panel_words));
    size_t end = read_list(r, at, m);
    if (!end || code_at(l, end) != ')')
        return false;
    m->start = i;
    m->end = end + 1;
    m->style = STYLE_LOOSE_END;
    look_around(l, m);
    return true;
}

/* The sign that ends a label without brackets. */
static bool read_sign(const struct reader *r, size_t *end, enum panel_style *style)
{
    const struct panel_line *l = r->line;
    int c = code_at(l, *end), next = code_at(l, *end + 1);
    if (c == ')') {
        *style = STYLE_HALF;
        *end += 1;
        return r->line->depth[*end - 1] == 0;
    }
    if (c == '.' || c == ':' || c == ',') {
        *style = c == '.' ? STYLE_POINT : c == ':' ? STYLE_COLON : STYLE_COMMA;
        *end += 1;
        return c == ':' || next == ' ' || (is_word(next) && !is_lower(next) && c == '.' && code_at(l, *end + 1) != '.');
    }
    size_t at = skip_spaces(l, *end);
    if (code_at(l, at) == '-' && code_at(l, at + 1) == ' ') {
        *style = STYLE_DASH;
        *end = at + 1;
        return true;
    }
    *style = STYLE_BARE;
    return c == ' ';
}

static bool read_bare(const struct reader *r, size_t i, struct panel_mark *m)
{
    const struct panel_line *l = r->line;
    size_t end = read_list(r, i, m);
    if (!end || r->line->depth[i] > 0)
        return false;
    m->start = over_panel_word(l, i);
    bool circle = l->code[i] >= 0x2460 && l->code[i] < 0x3300 && !text_is_letter(l->code[i]);
    if (circle)
        m->style = STYLE_CIRCLE;
    else if (!read_sign(r, &end, &m->style) || r->alphabet->brackets_only)
        return false;
    m->end = end;
    look_around(l, m);
    if (m->style == STYLE_BARE && m->start < i)
        m->style = STYLE_COLON;
    bool glued = i && is_lower(l->code[i - 1]);
    if (glued)
        m->edge = EDGE_COMMA;
    return circle || (m->edge >= EDGE_COMMA && (!glued || (m->style == STYLE_HALF && r->alphabet->capital))) ||
           (m->edge == EDGE_WORD && (m->style == STYLE_HALF || m->style == STYLE_BARE)) ||
           (m->edge == EDGE_NONE && m->style == STYLE_HALF);
}

/* "(A) and (B)", "(A)-(C)": one mark. */
static bool join(const struct reader *r, struct panel_mark *a, const struct panel_mark *b)
{
    bool range, brackets = a->style == STYLE_BRACKETS || a->style == STYLE_HALF || a->style == STYLE_CIRCLE;
    size_t end = read_joint(r->line, a->end, &range);
    if (end > a->end && end < b->start)
        end = skip_spaces(r->line, end + any_word_at(r->line, end, and_words));
    int last = a->labels[a->n - 1] * 10 + a->subs[a->n - 1];
    if (!brackets || end == a->end || end != b->start || (b->style != STYLE_BRACKETS && b->style != STYLE_HALF) ||
        b->labels[0] * 10 + b->subs[0] <= last)
        return false;
    if (range)
        for (int k = a->labels[a->n - 1] + 1; k < b->labels[0]; k++)
            add_label(a, k, 0);
    for (size_t i = 0; i < b->n; i++)
        add_label(a, b->labels[i], b->subs[i]);
    a->end = b->end;
    a->closed = b->closed;
    a->goes_on = b->goes_on;
    a->capital = b->capital;
    a->cased = b->cased;
    a->range = a->range || b->range || range;
    return true;
}

static bool is_seen(const struct panel_line *l, int c)
{
    return c >= PANEL_SEEN || (l->seen[c / 8] >> (c % 8) & 1);
}

/* Whether a second member is there at all, or a range that begins with the first: most alphabets are ruled out by that,
 * and need not be read. */
static bool may_hold(const struct panel_line *l, const struct panel_alphabet *a)
{
    size_t first = strcspn(a->members, " "), at = 0;
    const char *second = a->members + first + 1;
    size_t len = strcspn(second, " ");
    int c = text_next(a->members, first, &at);
    for (size_t i = 0; i + 1 < l->n; i++)
        if (l->code[i] == c && (l->code[i + 1] == '-' || (l->code[i + 1] == ' ' && i && l->code[i - 1] == '(')))
            return true;
    for (size_t start = 0; start < len; start += strcspn(second + start, "| ") + 1) {
        at = start;
        if (is_seen(l, text_next(second, len, &at)))
            return true;
    }
    return false;
}

struct panel_mark *panel_marks(struct arena *arena, const struct panel_line *line, const struct panel_alphabet *a,
                               size_t *n)
{
    struct reader reader, *r = &reader;
    struct panel_mark *marks = NULL, m;
    size_t cap = 0;
    *n = 0;
    if (!may_hold(line, a))
        return NULL;
    reader.line = line;
    reader.alphabet = a;
    reader.n_forms = 0;
    read_alphabet(r);
    for (size_t i = 0; i < line->n; i++) {
        int c = line->code[i];
        /* Within a word a label can begin only where a space was lost: "tissuesA) Expression". */
        bool inside = i && c < 0x2460 && is_word(line->code[i - 1]);
        bool glued = inside && a->capital && is_lower(line->code[i - 1]) && code_at(line, i + 1) == ')';
        if (c == ' ' || (inside && c != '(' && !glued))
            continue;
        memset(&m, 0, sizeof m);
        bool read = c == '('               ? read_brackets(r, i, &m)
                    : c == ',' || c == ';' ? read_bracket_end(r, i, &m)
                                           : read_bare(r, i, &m);
        if (!read)
            continue;
        i = m.end - 1;
        if (*n && join(r, &marks[*n - 1], &m))
            continue;
        ARENA_GROW(arena, marks, *n, cap);
        marks[(*n)++] = m;
    }
    return marks;
}

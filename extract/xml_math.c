/* xml_math.c: MathML and TeX in one line of plain text (xml.h). A rendering to be read, not to be computed with: what
 * has no plain form keeps its content. */
#include "extract/xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MATH_DEPTH_MAX = 300, TEX_DEPTH_MAX = 40 };

static void add_math(struct xml_text *t, const xmlNode *node, int depth);

static const xmlNode *nth_child(const xmlNode *node, int n)
{
    for (const xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && n-- == 0)
            return child;
    return NULL;
}

static void add_nth(struct xml_text *t, const xmlNode *node, int n, int depth)
{
    const xmlNode *child = nth_child(node, n);
    if (child)
        add_math(t, child, depth + 1);
}

static void add_all(struct xml_text *t, const xmlNode *node, int depth)
{
    for (const xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            add_math(t, child, depth + 1);
}

/* True when something stands before the node that it can be added to: not the start, not another operator. */
static bool has_operand_before(const xmlNode *node)
{
    const xmlNode *before = node->prev;
    while (before && before->type != XML_ELEMENT_NODE)
        before = before->prev;
    if (xml_tag(before) != TAG_MO)
        return before != NULL;
    const xmlNode *text = before->children;
    return text && text->type == XML_TEXT_NODE && strpbrk((const char *)text->content, ")]}|%");
}

/* Puts brackets around what stands behind `start` when it is more than one word or number. */
static void bracket(struct xml_text *t, size_t start)
{
    if (t->s.overflow || !strpbrk(t->s.data + start, " +-*/=<>"))
        return;
    struct str tail = STR_INIT(XML_TEXT_MAX);
    str_add(&tail, t->s.data + start);
    str_cut(&t->s, start);
    str_addf(&t->s, "(%s)", tail.data);
    str_release(&tail);
}

/* Operators that stand between two things with a space on either side; plus and minus only there. */
static bool is_relation(const char *op)
{
    static const char *const relations[] = {"=", "<", ">", "≤", "≥", "≠", "≈", "∼", "≅", "≡", "∝", "±", "×",
                                            "→", "←", "↔", "⇒", "∈", "∉", "⊂", "∪", "∩", "≪", "≫", "⩽", "⩾"};
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (strcmp(op, relations[i]) == 0)
            return true;
    return false;
}

static void add_operator(struct xml_text *t, const xmlNode *node)
{
    struct xml_text op;
    xml_text_init(&op);
    xml_text_add(&op, node);
    xml_text_trim(&op);
    const char *s = op.s.data;
    bool infix = is_relation(s) ||
                 (has_operand_before(node) && (strcmp(s, "+") == 0 || strcmp(s, "-") == 0 || strcmp(s, "−") == 0));
    if (infix)
        xml_text_space(t);
    str_add(&t->s, s);
    if (infix || strcmp(s, ",") == 0 || strcmp(s, ";") == 0)
        xml_text_space(t);
    xml_text_release(&op);
}

static void add_scripted(struct xml_text *t, const xmlNode *node, int sub, int super, int depth)
{
    add_nth(t, node, 0, depth);
    for (int i = 1; i <= 2; i++) {
        size_t start = t->s.len;
        if (i != sub && i != super)
            continue;
        add_nth(t, node, i, depth);
        xml_text_script(t, start, i == super);
    }
}

/* A mark above: a combining character where there is one. */
static void add_over(struct xml_text *t, const xmlNode *node, int depth)
{
    static const char *const accents[][2] = {{"¯", "\u0304"}, {"‾", "\u0304"}, {"\u0305", "\u0304"}, {"_", "\u0304"},
                                             {"^", "\u0302"}, {"ˆ", "\u0302"}, {"~", "\u0303"},      {"˜", "\u0303"},
                                             {"→", "\u20D7"}, {"˙", "\u0307"}, {".", "\u0307"},      {"−", "\u0304"},
                                             {"-", "\u0304"}, {"–", "\u0304"}, {"¨", "\u0308"}};
    size_t start = t->s.len;
    add_nth(t, node, 0, depth);
    size_t above = t->s.len;
    add_nth(t, node, 1, depth);
    if (t->s.overflow)
        return;
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++) {
        if (strcmp(t->s.data + above, accents[i][0]) != 0 || above == start)
            continue;
        str_cut(&t->s, above);
        str_add(&t->s, accents[i][1]);
        return;
    }
    xml_text_script(t, above, true);
}

static void add_fenced(struct xml_text *t, const xmlNode *node, int depth)
{
    const char *open = xml_attr(node, "open"), *close = xml_attr(node, "close");
    bool first = true;
    str_add(&t->s, open ? open : "(");
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (!first)
            str_add(&t->s, ", ");
        add_math(t, child, depth + 1);
        first = false;
    }
    str_add(&t->s, close ? close : ")");
}

static void add_fraction(struct xml_text *t, const xmlNode *node, int depth)
{
    for (int i = 0; i < 2; i++) {
        size_t start = t->s.len;
        add_nth(t, node, i, depth);
        bracket(t, start);
        if (i == 0)
            str_add_char(&t->s, '/');
    }
}

static void add_root(struct xml_text *t, const xmlNode *node, int depth)
{
    size_t start = t->s.len;
    if (xml_tag(node) == TAG_MROOT) {
        add_nth(t, node, 1, depth);
        xml_text_script(t, start, true);
    }
    str_add(&t->s, "√");
    start = t->s.len;
    if (xml_tag(node) == TAG_MROOT)
        add_nth(t, node, 0, depth);
    else
        add_all(t, node, depth);
    bracket(t, start);
}

static void add_math(struct xml_text *t, const xmlNode *node, int depth)
{
    if (depth > MATH_DEPTH_MAX || t->s.overflow)
        return;
    switch (xml_tag(node)) {
    case TAG_MO:
        add_operator(t, node);
        break;
    case TAG_MI:
    case TAG_MN:
    case TAG_MS:
    case TAG_MTEXT:
        xml_text_add(t, node);
        break;
    case TAG_MSPACE:
        xml_text_space(t);
        break;
    case TAG_MSUP:
        add_scripted(t, node, 0, 1, depth);
        break;
    case TAG_MSUB:
    case TAG_MUNDER:
        add_scripted(t, node, 1, 0, depth);
        break;
    case TAG_MSUBSUP:
    case TAG_MUNDEROVER:
        add_scripted(t, node, 1, 2, depth);
        break;
    case TAG_MOVER:
        add_over(t, node, depth);
        break;
    case TAG_MFRAC:
        add_fraction(t, node, depth);
        break;
    case TAG_MSQRT:
    case TAG_MROOT:
        add_root(t, node, depth);
        break;
    case TAG_MFENCED:
        add_fenced(t, node, depth);
        break;
    case TAG_MTR:
    case TAG_MTD:
        xml_text_space(t);
        add_all(t, node, depth);
        break;
    case TAG_MPHANTOM:
    case TAG_ANNOTATION:
    case TAG_ANNOTATION_XML:
        break;
    default:
        add_all(t, node, depth);
        break;
    }
}

void xml_math_add(struct xml_text *t, const xmlNode *math)
{
    if (nth_child(math, 0))
        add_all(t, math, 0);
    else
        xml_text_add(t, math);
}

/* TeX. */

static const char *const tex_symbols[][2] = {
    {"alpha", "α"},      {"beta", "β"},   {"gamma", "γ"},        {"delta", "δ"},       {"epsilon", "ε"},
    {"varepsilon", "ε"}, {"zeta", "ζ"},   {"eta", "η"},          {"theta", "θ"},       {"iota", "ι"},
    {"kappa", "κ"},      {"lambda", "λ"}, {"mu", "μ"},           {"nu", "ν"},          {"xi", "ξ"},
    {"pi", "π"},         {"rho", "ρ"},    {"sigma", "σ"},        {"tau", "τ"},         {"phi", "φ"},
    {"varphi", "φ"},     {"chi", "χ"},    {"psi", "ψ"},          {"omega", "ω"},       {"Gamma", "Γ"},
    {"Delta", "Δ"},      {"Theta", "Θ"},  {"Lambda", "Λ"},       {"Sigma", "Σ"},       {"Phi", "Φ"},
    {"Psi", "Ψ"},        {"Omega", "Ω"},  {"upmu", "μ"},         {"times", " × "},     {"pm", " ± "},
    {"mp", " ∓ "},       {"cdot", "·"},   {"le", " ≤ "},         {"leq", " ≤ "},       {"leqslant", " ≤ "},
    {"ge", " ≥ "},       {"geq", " ≥ "},  {"geqslant", " ≥ "},   {"lt", " < "},        {"gt", " > "},
    {"neq", " ≠ "},      {"ne", " ≠ "},   {"approx", " ≈ "},     {"sim", " ∼ "},       {"propto", " ∝ "},
    {"infty", "∞"},      {"sum", "∑"},    {"prod", "∏"},         {"int", "∫"},         {"partial", "∂"},
    {"nabla", "∇"},      {"to", " → "},   {"rightarrow", " → "}, {"leftarrow", " ← "}, {"circ", "°"},
    {"degree", "°"},     {"prime", "′"},  {"in", " ∈ "},         {"ldots", "…"},       {"dots", "…"},
    {"cdots", "…"},      {"quad", " "},   {"qquad", " "},        {"percent", "%"},     {"mid", "|"},
    {"vert", "|"},       {"lbrace", "{"}, {"rbrace", "}"},
};

/* Where the formula itself starts: behind \begin{document}, for publishers ship a whole document. */
static const char *tex_body(const char *tex, size_t *len)
{
    const char *start = strstr(tex, "\\begin{document}");
    start = start ? start + strlen("\\begin{document}") : tex;
    const char *end = strstr(start, "\\end{document}");
    *len = end ? (size_t)(end - start) : strlen(start);
    return start;
}

struct tex {
    const char *s;
    size_t len, at;
};

static void add_tex(struct xml_text *t, struct tex *x, int depth);

/* One argument: a group, a command or a character. */
static void add_argument(struct xml_text *t, struct tex *x, int depth)
{
    while (x->at < x->len && x->s[x->at] == ' ')
        x->at++;
    if (x->at >= x->len)
        return;
    struct tex one = {x->s, x->len, x->at};
    if (x->s[x->at] == '{') {
        size_t open = 0, end = x->at;
        do {
            open += x->s[end] == '{';
            open -= x->s[end] == '}';
        } while (++end < x->len && open);
        one = (struct tex){x->s, open ? end : end - 1, x->at + 1};
        x->at = end;
    } else if (x->s[x->at] == '\\') {
        size_t end = x->at + 1;
        while (end < x->len && ((x->s[end] | 32) >= 'a' && (x->s[end] | 32) <= 'z'))
            end++;
        one.len = x->at = end > x->at + 1 || end >= x->len ? end : end + 1;
    } else {
        size_t end = x->at;
        text_next(x->s, x->len, &end);
        one.len = x->at = end;
    }
    if (depth < TEX_DEPTH_MAX)
        add_tex(t, &one, depth + 1);
}

static void add_tex_fraction(struct xml_text *t, struct tex *x, int depth)
{
    size_t start = t->s.len;
    add_argument(t, x, depth);
    bracket(t, start);
    str_add_char(&t->s, '/');
    start = t->s.len;
    add_argument(t, x, depth);
    bracket(t, start);
}

static void add_command(struct xml_text *t, struct tex *x, int depth)
{
    size_t start = ++x->at;
    while (x->at < x->len && (x->s[x->at] | 32) >= 'a' && (x->s[x->at] | 32) <= 'z')
        x->at++;
    size_t n = x->at - start;
    if (n == 0) { /* \% \, \\ and the like */
        char c = x->at < x->len ? x->s[x->at++] : ' ';
        if (strchr("%&#$_{}", c))
            str_add_char(&t->s, c);
        else if (strchr(",;:\\ ", c))
            xml_text_space(t);
        return;
    }
#define IS(name) (n == sizeof(name) - 1 && memcmp(x->s + start, name, n) == 0)
    for (size_t i = 0; i < sizeof tex_symbols / sizeof *tex_symbols; i++)
        if (strlen(tex_symbols[i][0]) == n && memcmp(tex_symbols[i][0], x->s + start, n) == 0) {
            xml_text_chars(t, tex_symbols[i][1]);
            return;
        }
    if (IS("frac") || IS("dfrac") || IS("tfrac")) {
        add_tex_fraction(t, x, depth);
    } else if (IS("sqrt")) {
        str_add(&t->s, "√");
        size_t inner = t->s.len;
        add_argument(t, x, depth);
        bracket(t, inner);
    } else if (IS("bar") || IS("overline") || IS("hat") || IS("tilde")) {
        add_argument(t, x, depth);
        str_add(&t->s, IS("hat") ? "\u0302" : IS("tilde") ? "\u0303" : "\u0304");
    } else if (IS("begin") || IS("end")) {
        struct xml_text ignored;
        xml_text_init(&ignored);
        add_argument(&ignored, x, TEX_DEPTH_MAX);
        xml_text_release(&ignored);
    }
    /* Any other command (mathrm, text, left ...) only dresses what follows. */
#undef IS
}

static void add_tex(struct xml_text *t, struct tex *x, int depth)
{
    while (x->at < x->len && !t->s.overflow) {
        char c = x->s[x->at];
        if (c == '\\') {
            add_command(t, x, depth);
        } else if (c == '^' || c == '_') {
            xml_text_trim(t);
            size_t start = t->s.len;
            x->at++;
            add_argument(t, x, depth);
            xml_text_script(t, start, c == '^');
        } else if (c == '{' || c == '}' || c == '$' || c == '&') {
            x->at++;
        } else if (c == '~' || c == ' ') {
            x->at++;
            xml_text_space(t);
        } else {
            size_t start = x->at;
            text_next(x->s, x->len, &x->at);
            str_add_bytes(&t->s, x->s + start, x->at - start);
        }
    }
}

void xml_tex_add(struct xml_text *t, const char *tex)
{
    struct tex x = {0};
    x.s = tex_body(tex, &x.len);
    add_tex(t, &x, 0);
}

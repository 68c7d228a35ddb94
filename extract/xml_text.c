/* xml_text.c: the plain text of marked-up text (xml.h): one renderer for the inline markup of JATS, BMC, TEI and HTML.
 */
#include "extract/xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Longest content of sub and sup that becomes Unicode forms, in code points. */
enum { SCRIPT_MAX = 8 };
/* Longest replacement text of an entity that the document declares itself. */
enum { ENTITY_MAX = 256 };
/* Nodes beside a formula that are looked at for its other forms. */
enum { SIBLINGS_MAX = 32 };
/* libxml2's own limit is 256. */
enum { DEPTH_MAX = 600 };

void xml_text_init(struct xml_text *t)
{
    *t = (struct xml_text){.s = STR_INIT(XML_TEXT_MAX)};
}

void xml_text_clear(struct xml_text *t)
{
    str_clear(&t->s);
    t->n_marks = 0;
    t->marks_wanted = t->notes_left_out = t->blocks_left_out = false;
}

void xml_text_release(struct xml_text *t)
{
    str_release(&t->s);
    free(t->marks);
    xml_text_init(t);
}

void xml_text_space(struct xml_text *t)
{
    if (t->s.len && t->s.data[t->s.len - 1] != ' ')
        str_add_char(&t->s, ' ');
}

void xml_text_trim(struct xml_text *t)
{
    while (t->s.len && t->s.data[t->s.len - 1] == ' ')
        str_cut(&t->s, t->s.len - 1);
}

void xml_text_chars(struct xml_text *t, const char *text)
{
    while (*text) {
        size_t run = strcspn(text, " \t\r\n");
        str_add_bytes(&t->s, text, run);
        text += run;
        if (*text)
            xml_text_space(t);
        text += strspn(text, " \t\r\n");
    }
}

struct script_form {
    const char *plain, *super, *sub; /* NULL: no such form */
};

static const struct script_form script_forms[] = {
    {"0", "⁰", "₀"},  {"1", "¹", "₁"},   {"2", "²", "₂"},  {"3", "³", "₃"},  {"4", "⁴", "₄"},   {"5", "⁵", "₅"},
    {"6", "⁶", "₆"},  {"7", "⁷", "₇"},   {"8", "⁸", "₈"},  {"9", "⁹", "₉"},  {"+", "⁺", "₊"},   {"-", "⁻", "₋"},
    {"−", "⁻", "₋"},  {"–", "⁻", "₋"},   {"=", "⁼", "₌"},  {"(", "⁽", "₍"},  {")", "⁾", "₎"},   {"a", "ᵃ", "ₐ"},
    {"b", "ᵇ", NULL}, {"c", "ᶜ", NULL},  {"d", "ᵈ", NULL}, {"e", "ᵉ", "ₑ"},  {"f", "ᶠ", NULL},  {"g", "ᵍ", NULL},
    {"h", "ʰ", "ₕ"},  {"i", "ⁱ", "ᵢ"},   {"j", "ʲ", "ⱼ"},  {"k", "ᵏ", "ₖ"},  {"l", "ˡ", "ₗ"},   {"m", "ᵐ", "ₘ"},
    {"n", "ⁿ", "ₙ"},  {"o", "ᵒ", "ₒ"},   {"p", "ᵖ", "ₚ"},  {"r", "ʳ", "ᵣ"},  {"s", "ˢ", "ₛ"},   {"t", "ᵗ", "ₜ"},
    {"u", "ᵘ", "ᵤ"},  {"v", "ᵛ", "ᵥ"},   {"w", "ʷ", NULL}, {"x", "ˣ", "ₓ"},  {"y", "ʸ", NULL},  {"z", "ᶻ", NULL},
    {"T", "ᵀ", NULL}, {"∞", NULL, NULL}, {"*", "*", NULL}, {"†", "†", NULL}, {"‡", "‡", NULL},  {"§", "§", NULL},
    {"°", "°", NULL}, {"′", "′", NULL},  {"®", "®", NULL}, {"™", "™", NULL}, {"TM", "™", NULL}, {"º", "º", NULL},
    {"ª", "ª", NULL}, {"#", "#", NULL},
};

static const char *script_form(const char *text, size_t len, bool super)
{
    for (size_t i = 0; i < sizeof script_forms / sizeof *script_forms; i++)
        if (strlen(script_forms[i].plain) == len && memcmp(script_forms[i].plain, text, len) == 0)
            return super ? script_forms[i].super : script_forms[i].sub;
    return NULL;
}

/* Appends the Unicode forms of all characters to `out`; false when one has none, or there are so many letters that
 * plain text reads better ("max", "st"). Between superscript numbers (citations: "3,7-9") commas stay as they are. */
static bool script_forms_of(const char *text, size_t len, bool super, struct str *out)
{
    size_t n = 0, letters = 0, digits = 0;
    const char *whole = script_form(text, len, super);
    if (whole) {
        str_add(out, whole);
        return true;
    }
    for (size_t at = 0; at < len; n++) {
        size_t start = at;
        int c = text_next(text, len, &at);
        const char *form = script_form(text + start, at - start, super);
        letters += (c >= 'a' && c <= 'z') || c == 'T';
        digits += c >= '0' && c <= '9';
        if (!form && super && digits && (c == ',' || c == ' '))
            str_add_char(out, (char)c);
        else if (form)
            str_add(out, form);
        else
            return false;
    }
    /* A long row of superscript numbers is a list of citations. */
    size_t most = super && digits ? 4 * SCRIPT_MAX : SCRIPT_MAX;
    return n && n <= most && letters <= 1;
}

static bool ends_word(const struct str *s, size_t end)
{
    size_t start = end;
    while (start && ((unsigned char)s->data[start - 1] & 0xC0) == 0x80)
        start--;
    if (!start)
        return false;
    size_t at = start - 1;
    int c = text_next(s->data, end, &at);
    return text_is_letter(c) || text_is_digit(c);
}

static bool is_ordinal(const char *text)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "er", "ère", "ème", "os", "as", "th)", "ers", "re"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strcmp(text, endings[i]) == 0)
            return true;
    return false;
}

/* "n - 1" as "n-1": spaces around an operator are not kept in a script. */
static void close_up(const char *text, struct str *out)
{
    for (const char *p = text; *p; p++)
        if (*p != ' ')
            str_add_char(out, *p);
}

void xml_text_script(struct xml_text *t, size_t start, bool super)
{
    while (start < t->s.len && t->s.data[start] == ' ')
        start++;
    if (t->s.overflow || start >= t->s.len)
        return;
    struct str tail = STR_INIT(XML_TEXT_MAX), forms = STR_INIT(XML_TEXT_MAX);
    if (strpbrk(t->s.data + start, "+-=") && !strchr(t->s.data + start, ','))
        close_up(t->s.data + start, &tail);
    else
        str_add(&tail, t->s.data + start);
    while (tail.len && tail.data[tail.len - 1] == ' ')
        str_cut(&tail, tail.len - 1);
    /* A raised word on a word ("Nkx2.1^cre") would read as one. */
    if (script_forms_of(tail.data, tail.len, super, &forms)) {
        str_cut(&t->s, start);
        str_add_bytes(&t->s, forms.data, forms.len);
    } else if (super && ends_word(&t->s, start) && tail.len <= 40 && !is_ordinal(tail.data) &&
               !strpbrk(tail.data, ",;[] ")) {
        size_t end = 0;
        int c = text_next(tail.data, tail.len, &end);
        if (text_is_letter(c) || text_is_digit(c)) {
            str_cut(&t->s, start);
            str_add_char(&t->s, '^');
            str_add_bytes(&t->s, tail.data, tail.len);
        }
    }
    str_release(&tail);
    str_release(&forms);
}

/* An entity that the document declares itself: its text when that is plain and short, else a named character's. */
static void add_entity(struct xml_text *t, const xmlNode *node)
{
    const xmlEntity *entity = (const xmlEntity *)node->children;
    const char *named = xml_entity_text((const char *)node->name);
    if (entity && entity->type == XML_ENTITY_DECL && entity->etype == XML_INTERNAL_GENERAL_ENTITY && entity->content &&
        strlen((const char *)entity->content) <= ENTITY_MAX && !strpbrk((const char *)entity->content, "<&"))
        xml_text_chars(t, (const char *)entity->content);
    else if (named)
        xml_text_chars(t, named);
}

/* Of the forms of one thing, the one that reads best as text. */
static const xmlNode *best_alternative(const xmlNode *node)
{
    static const enum xml_tag order[] = {TAG_TEXTUAL_FORM, TAG_MATH, TAG_TEX_MATH, TAG_TABLE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const xmlNode *child = xml_child(node, order[i]);
        if (child)
            return child;
    }
    return NULL;
}

/* TeX beside MathML says the same again. Forms of one formula stand close together. */
static bool stands_beside_math(const xmlNode *node)
{
    const xmlNode *sibling = node->parent ? node->parent->children : NULL;
    for (int i = 0; sibling && i < SIBLINGS_MAX; i++, sibling = sibling->next)
        if (xml_tag(sibling) == TAG_MATH || xml_tag(sibling) == TAG_TEXTUAL_FORM)
            return true;
    return false;
}

static void add_tex(struct xml_text *t, const xmlNode *node)
{
    if (stands_beside_math(node))
        return;
    struct xml_text tex;
    xml_text_init(&tex);
    for (const xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            xml_text_chars(&tex, (const char *)child->content);
    xml_tex_add(t, tex.s.data);
    xml_text_release(&tex);
}

static void add_node(struct xml_text *t, const xmlNode *node, int depth);

static void add_children(struct xml_text *t, const xmlNode *node, int depth)
{
    for (const xmlNode *child = node->children; child; child = child->next)
        add_node(t, child, depth + 1);
}

static void add_block(struct xml_text *t, const xmlNode *node, int depth)
{
    xml_text_space(t);
    add_children(t, node, depth);
    xml_text_space(t);
}

static void add_mark(struct xml_text *t, const xmlNode *node, int depth)
{
    size_t start = t->s.len;
    add_children(t, node, depth);
    if (!t->marks_wanted)
        return;
    MEM_GROW(t->marks, t->n_marks, t->cap_marks);
    t->marks[t->n_marks++] = (struct xml_mark){start, t->s.len, node};
}

static void add_element(struct xml_text *t, const xmlNode *node, int depth)
{
    size_t start = t->s.len;
    switch (xml_tag(node)) {
    case TAG_SUB:
    case TAG_INF:
        add_children(t, node, depth);
        xml_text_script(t, start, false);
        break;
    case TAG_SUP:
        add_children(t, node, depth);
        xml_text_script(t, start, true);
        break;
    case TAG_FN:
        if (!t->notes_left_out)
            add_block(t, node, depth);
        break;
    case TAG_XREF:
    case TAG_FIGR:
    case TAG_TBLR:
    case TAG_REF:
    case TAG_A:
        if (!t->notes_left_out || !(xml_attr_is(node, "ref-type", "fn") || xml_attr_is(node, "ref-type", "corresp") ||
                                    xml_attr_is(node, "ref-type", "author-notes")))
            add_mark(t, node, depth);
        break;
    case TAG_ALTERNATIVES:
        if (best_alternative(node))
            add_node(t, best_alternative(node), depth + 1);
        break;
    case TAG_MATH:
        xml_math_add(t, node);
        break;
    case TAG_TEX_MATH:
        add_tex(t, node);
        break;
    case TAG_FIG:
    case TAG_FIG_GROUP:
    case TAG_FIGURE:
    case TAG_TABLE_WRAP:
    case TAG_TABLE_WRAP_GROUP:
    case TAG_TABLE:
    case TAG_TBL:
    case TAG_BOXED_TEXT:
    case TAG_SUPPLEMENTARY_MATERIAL:
    case TAG_LIST:
    case TAG_DEF_LIST:
    case TAG_DISP_QUOTE:
    case TAG_BLOCKQUOTE:
    case TAG_UL:
    case TAG_OL:
    case TAG_DL:
        if (t->blocks_left_out)
            xml_text_space(t);
        else
            add_block(t, node, depth);
        break;
    case TAG_OBJECT_ID:
    case TAG_PERMISSIONS:
    case TAG_COPYRIGHT_STATEMENT:
    case TAG_LICENSE:
    case TAG_ALT_TEXT:
    case TAG_LONG_DESC:
    case TAG_PRIVATE_CHAR:
    case TAG_GRAPHIC:
    case TAG_MEDIA:
    case TAG_INLINE_GRAPHIC:
    case TAG_SCRIPT:
    case TAG_STYLE:
    case TAG_NOSCRIPT:
    case TAG_TEMPLATE:
    case TAG_BUTTON:
    case TAG_SELECT:
    case TAG_TEXTAREA:
    case TAG_SVG:
    case TAG_IFRAME:
        break;
    case TAG_BR:
    case TAG_LB:
    case TAG_BREAK:
        xml_text_space(t);
        break;
    case TAG_P:
    case TAG_TITLE:
    case TAG_LABEL:
    case TAG_CAPTION:
    case TAG_LIST_ITEM:
    case TAG_DEF_ITEM:
    case TAG_DISP_FORMULA:
    case TAG_SEC:
    case TAG_ST:
    case TAG_TD:
    case TAG_TH:
    case TAG_TR:
    case TAG_DIV:
    case TAG_LI:
    case TAG_DT:
    case TAG_DD:
    case TAG_HEAD:
    case TAG_H1:
    case TAG_H2:
    case TAG_H3:
    case TAG_H4:
    case TAG_H5:
    case TAG_H6:
    case TAG_SECTION:
        add_block(t, node, depth);
        break;
    default:
        add_children(t, node, depth);
        break;
    }
}

static void add_node(struct xml_text *t, const xmlNode *node, int depth)
{
    if (depth > DEPTH_MAX || t->s.overflow)
        return;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        xml_text_chars(t, (const char *)node->content);
    else if (node->type == XML_ENTITY_REF_NODE)
        add_entity(t, node);
    else if (node->type == XML_ELEMENT_NODE)
        add_element(t, node, depth);
}

void xml_text_add(struct xml_text *t, const xmlNode *node)
{
    if (node && node->type == XML_ELEMENT_NODE)
        add_children(t, node, 0);
    else if (node)
        add_node(t, node, 0);
}

void xml_text_add_one(struct xml_text *t, const xmlNode *node)
{
    add_node(t, node, 0);
}

/* jats_table.c: cells and notes of a table-wrap (JATS, NLM) or tbl (BioMed Central). */
#include "extract/jats_tree.h"
#include "extract/xml_table.h"

static void add_notes(struct jats *j, const xmlNode *foot, struct str *notes)
{
    xml_text_clear(&j->text);
    xml_text_add(&j->text, foot);
    if (j->text.s.len)
        str_addf(notes, "%s%s", notes->len ? " " : "", j->text.s.data);
}

/* Whether this is one more form of a table that was read: of alternatives the first counts. */
static bool is_other_form(const xmlNode *table)
{
    if (xml_tag(table->parent) != TAG_ALTERNATIVES)
        return false;
    for (const xmlNode *before = table->prev; before; before = before->prev)
        if (xml_tag(before) == TAG_TABLE)
            return true;
    return false;
}

void jats_read_table(struct jats *j, struct art_figure *f, const xmlNode *wrap)
{
    struct str notes = STR_INIT(XML_TEXT_MAX);
    int row = 0;
    bool descend = true;
    for (const xmlNode *node = wrap; node; node = xml_next(wrap, node, descend)) {
        enum xml_tag tag = xml_tag(node);
        descend = node == wrap || tag == TAG_ALTERNATIVES || tag == TAG_OTHER;
        if (tag == TAG_TABLE_WRAP_FOOT || tag == TAG_TBLFN)
            add_notes(j, node, &notes);
        else if ((tag == TAG_TABLE && !is_other_form(node)) || tag == TAG_TBLBDY)
            row = xml_table_add(j->a, f, node, row, &j->text, &notes);
    }
    article_close_table(j->a, f);
    f->notes = article_text(j->a, notes.data, notes.len, ARTICLE_MAX_NOTES);
    str_release(&notes);
}

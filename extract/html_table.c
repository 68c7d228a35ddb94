/* html_table.c: cells and notes of a table in an article's page. */
#include "extract/html_tree.h"
#include "extract/xml_table.h"

/* What publishers call the notes below a table. */
static bool holds_notes(const xmlNode *node)
{
    static const char *const names[] = {"table-wrap-foot", "table-footer", "table-foot", "tblwrap-foot", "tw-foot",
                                        "tablenotes",      "table-notes",  "tbl-notes",  "footnotes",    "fn-group"};
    if (xml_tag(node) != TAG_DIV && xml_tag(node) != TAG_SECTION && xml_tag(node) != TAG_UL &&
        xml_tag(node) != TAG_OL && xml_tag(node) != TAG_DL && xml_tag(node) != TAG_P && xml_tag(node) != TAG_FOOTER)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (html_has_class(node, names[i], true))
            return true;
    return false;
}

void html_read_table(struct html *h, struct art_figure *f, const xmlNode *box)
{
    struct str notes = STR_INIT(XML_TEXT_MAX);
    int row = 0;
    bool descend = true;
    for (const xmlNode *node = box; node; node = xml_next(box, node, descend)) {
        descend = true;
        if (xml_tag(node) == TAG_TABLE) {
            row = xml_table_add(h->a, f, node, row, &h->text, &notes);
            descend = false;
        } else if (node != box && holds_notes(node)) {
            xml_text_clear(&h->text);
            xml_text_add(&h->text, node);
            if (h->text.s.len)
                str_addf(&notes, "%s%s", notes.len ? " " : "", h->text.s.data);
            descend = false;
        }
    }
    article_close_table(h->a, f);
    f->notes = article_text(h->a, notes.data, notes.len, ARTICLE_MAX_NOTES);
    str_release(&notes);
}

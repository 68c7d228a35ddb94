"""Writes a sample article as JATS 1.3, or as SciELO PS (a JATS profile) where it has a translation."""
import journal
from text import escape, inline

TAGS = {"i": "italic", "sub": "sub", "sup": "sup"}
REF_TYPES = {"f": "fig", "t": "table", "e": "disp-formula", "r": "bibr"}
MIME = {"png": "png", "jpg": "jpeg", "tif": "tiff"}


def _formula(tokens):
    out = []
    for token in tokens:
        if token.startswith("^"):
            out[-1] = "<mml:msup>%s<mml:mn>%s</mml:mn></mml:msup>" % (out[-1], token[1:])
        elif token in "=+−×":
            out.append("<mml:mo>%s</mml:mo>" % token)
        else:
            out.append("<mml:mi>%s</mml:mi>" % token)
    return "<inline-formula><mml:math>%s</mml:math></inline-formula>" % "".join(out)


class Writer:
    def __init__(self, article, prefix=""):
        self.article, self.prefix = article, prefix # prefix: keeps the ids of a translation apart

    def mark(self, text):
        return inline(text, TAGS, lambda id, shown: '<xref ref-type="%s" rid="%s%s">%s</xref>' % (
            REF_TYPES[id[0]], self.prefix, id, escape(shown)), _formula)

    def caption(self, block):
        title = "<title>%s</title>" % self.mark(block.title) if block.title else ""
        text = "<p>%s</p>" % self.mark(block.caption) if block.caption else ""
        return "<label>%s</label>\n<caption>%s%s</caption>" % (block.label, title, text)

    def figure(self, block):
        name, kind = block.file.rsplit(".", 1)
        href = name if self.article.href == "bare" else block.file
        return '<fig id="%s%s">\n%s\n<graphic mimetype="image" mime-subtype="%s" xlink:href="%s"/>\n</fig>' % (
            self.prefix, block.id, self.caption(block), MIME[kind], href)

    def group(self, block):
        members = [b for b in self.article.of_kind("figure") if b.group == block.id]
        return '<fig-group id="%s%s">\n%s\n%s\n</fig-group>' % (self.prefix, block.id, self.caption(block),
                                                           "\n".join(self.figure(b) for b in members))

    def table(self, block):
        head, *rows = [[self.mark(cell) for cell in row] for row in block.rows]
        return ('<table-wrap id="%s%s">\n%s\n<table>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s\n</tbody>\n</table>\n</table-wrap>' % (
            self.prefix, block.id, self.caption(block), "".join("<th>%s</th>" % c for c in head),
            "\n".join("<tr>%s</tr>" % "".join("<td>%s</td>" % c for c in row) for row in rows)))

    def formula(self, block):
        return ('<disp-formula id="%s%s"><label>%s</label><alternatives><mml:math display="block">%s</mml:math>'
                "<tex-math>%s</tex-math></alternatives></disp-formula>" % (
                    self.prefix, block.id, block.label, block.mathml, escape(block.tex)))

    def float(self, block):
        if block.kind == "figure":
            return "" if block.group else self.figure(block)
        return {"group": self.group, "table": self.table}[block.kind](block)

    def body(self):
        out, sections, in_text = [], 0, self.article.layout != "floats"
        for block in self.article.blocks:
            if block.kind == "section":
                sections += 1
                out.append(("</sec>\n" if sections > 1 else "") + '<sec id="%ss%d">\n<title>%s</title>' % (
                    self.prefix, sections, self.mark(block.sentences[0])))
            elif block.kind == "paragraph":
                out.append("<p>%s</p>" % self.article.join([self.mark(s) for s in block.sentences]))
            elif block.kind == "formula":
                out.append(self.formula(block))
            elif in_text and self.float(block):
                out.append(self.float(block))
        return "<body>\n%s\n</sec>\n</body>" % "\n".join(out)

    def floats(self):
        if self.article.layout != "floats":
            return ""
        floats = [self.float(b) for b in self.article.of_kind("figure", "group", "table")]
        return "\n<floats-group>\n%s\n</floats-group>" % "\n".join(filter(None, floats))

    def titles(self):
        return "<title-group>\n<article-title>%s</article-title>\n</title-group>" % self.mark(self.article.title)

    def abstract(self):
        heading = journal.WORDS[self.article.language][0]
        return "<abstract>\n<title>%s</title>\n<p>%s</p>\n</abstract>\n<kwd-group xml:lang=\"%s\">\n%s\n</kwd-group>" % (
            heading, self.mark(self.article.abstract), self.article.language,
            "\n".join("<kwd>%s</kwd>" % escape(k) for k in self.article.list("keywords")))

    def contributors(self):
        people = "\n".join(
            '<contrib contrib-type="author"><name><surname>%s</surname>%s</name><xref ref-type="aff" rid="%saff1"/></contrib>' % (
                surname, "<given-names>%s</given-names>" % given if given else "", self.prefix)
            for given, surname in journal.names(self.article))
        return '<contrib-group>\n%s\n</contrib-group>\n<aff id="%saff1">%s</aff>' % (people, self.prefix, self.article.affiliation)

    def front(self):
        a = self.article
        license = '<license license-type="open-access" xlink:href="%s" xml:lang="en"><license-p>%s</license-p></license>' % (
            journal.LICENSES[a.license], journal.LICENSE_TEXT[a.license])
        return "\n".join((
            "<front>", "<journal-meta>",
            '<journal-id journal-id-type="publisher-id">sample-j</journal-id>',
            "<journal-title-group><journal-title>%s</journal-title></journal-title-group>" % journal.TITLE,
            '<issn pub-type="epub">%s</issn>' % journal.ISSN,
            "<publisher><publisher-name>%s</publisher-name></publisher>" % journal.PUBLISHER,
            "</journal-meta>", "<article-meta>",
            '<article-id pub-id-type="doi">%s</article-id>' % a.doi,
            self.titles(), self.contributors(),
            '<pub-date pub-type="epub"><day>1</day><month>6</month><year>%s</year></pub-date>' % a.year,
            "<volume>%s</volume>\n<fpage>%s</fpage>\n<lpage>%s</lpage>" % (a.volume, a.first, a.last),
            "<permissions><copyright-statement>%s</copyright-statement>%s</permissions>" % (journal.NOTE, license),
            self.abstract(), "</article-meta>", "</front>"))

    def back(self, articles):
        refs = "\n".join(
            '<ref id="r%d"><label>%d</label><mixed-citation>%s</mixed-citation></ref>' % (i, i, escape(journal.cite(cited)))
            for i, cited in enumerate(journal.references(self.article, articles), 1))
        return "<back>\n<ref-list>\n<title>%s</title>\n%s\n</ref-list>\n</back>" % (journal.WORDS[self.article.language][2], refs)

    def sub_article(self, name):
        return "\n".join((
            '<sub-article article-type="translation" id="%s" xml:lang="%s">' % (name, self.article.language),
            "<front-stub>", self.titles(), self.abstract(), "</front-stub>", self.body(), "</sub-article>"))


def write(article, articles):
    writer = Writer(article)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.3 20210610//EN" '
             '"JATS-journalpublishing1-3.dtd">',
             '<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML" '
             'article-type="research-article" dtd-version="1.3"%s xml:lang="%s">' % (
                 ' specific-use="sps-1.9"' if article.translation else "", article.language),
             writer.front(), writer.body(), writer.back(articles) + writer.floats()]
    if article.translation:
        parts.append(Writer(article.translation, "s1-").sub_article("s1"))
    return ("\n".join(parts) + "\n</article>\n").encode()

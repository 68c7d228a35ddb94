"""Typesets a sample article as PDF: A4, two columns, vector plots, running headers, captions below figures."""
import io

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table,
                                TableStyle)

import fonts
import journal
import plots
import vector
from text import CJK, inline

WIDTH, HEIGHT = A4
MARGIN, GUTTER, TOP, BOTTOM = 48, 18, 56, 52
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
TAGS = {"i": "i", "sub": "sub", "sup": "super"}
BLUE = HexColor("#1f4e79")


def _styles(article):
    wrap = "CJK" if article.language in CJK else None
    lead = 1.5 if wrap else 1.22
    align = TA_LEFT if wrap else TA_JUSTIFY

    def style(name, font, size, **more):
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * lead, wordWrap=wrap, **more)

    return {"title": style("title", "Sans-Bold", 16, textColor=BLUE, spaceAfter=7),
            "authors": style("authors", "Sans", 9.5, spaceAfter=2),
            "small": style("small", "Sans", 7.5, spaceAfter=3),
            "abstract": style("abstract", "Serif", 9, alignment=align, spaceAfter=3),
            "heading": style("heading", "Sans-Bold", 10, textColor=BLUE, spaceBefore=7, spaceAfter=3, keepWithNext=1),
            "body": style("body", "Serif", 9.3, alignment=align, spaceAfter=3,
                          firstLineIndent=18 if wrap else 10),
            "caption": style("caption", "Sans", 7.5, spaceBefore=4, spaceAfter=2),
            "cell": style("cell", "Sans", 7.5),
            "reference": style("reference", "Serif", 8, leftIndent=12, firstLineIndent=-12, spaceAfter=2)}


class Picture(Flowable):
    """A figure's graphics; notes the page that it lands on."""

    def __init__(self, block, pages):
        super().__init__()
        self.block, self.pages = block, pages
        self.figure = getattr(plots, block.draw)()
        self.width, self.height = self.figure.get_size_inches() * 72

    def wrap(self, width, height):
        if self.width > width:
            raise ValueError("%s is wider than its column" % self.block.draw)
        return width, self.height

    def draw(self):
        self.pages[self.block.id] = self.canv.getPageNumber()
        vector.draw(self.figure, self.canv)


class Mark(Flowable):
    """Takes no room; notes the page of a table."""

    def __init__(self, block, pages):
        super().__init__()
        self.block, self.pages = block, pages

    def wrap(self, width, height):
        return 0, 0

    def draw(self):
        self.pages[self.block.id] = self.canv.getPageNumber()


class Typesetter:
    def __init__(self, article, articles):
        self.article, self.articles = article, articles
        self.styles, self.pages = _styles(article), {}

    def paragraph(self, style, text, before=""):
        marked = inline(text, TAGS, lambda id, shown: "[%s]" % shown if id[0] == "r" and shown.isdigit() else shown, " ".join)
        return Paragraph(fonts.mark(before + marked), self.styles[style])

    def caption(self, block):
        mark = " " if self.article.language in CJK else ". "
        return self.paragraph("caption", self.article.caption(block), "<b>%s%s</b>" % (block.label, mark))

    def figure(self, block):
        return [Spacer(1, 5), Picture(block, self.pages), self.caption(block), Spacer(1, 6)]

    def table(self, block):
        cells = [[self.paragraph("cell", c) for c in row] for row in block.rows]
        columns = len(block.rows[0])
        first = COLUMN * (.30 if columns > 3 else .38)
        table = Table(cells, [first] + [(COLUMN - first) / (columns - 1)] * (columns - 1))
        table.setStyle(TableStyle([("LINEABOVE", (0, 0), (-1, 0), .9, BLUE), ("LINEBELOW", (0, 0), (-1, 0), .5, BLUE),
                                   ("LINEBELOW", (0, -1), (-1, -1), .9, BLUE), ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                                   ("BOTTOMPADDING", (0, 0), (-1, -1), 2), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
        return [Spacer(1, 5), Mark(block, self.pages), self.caption(block), Spacer(1, 2), table, Spacer(1, 8)]

    def head(self):
        abstract, keywords, _ = journal.WORDS[self.article.language]
        a = self.article
        return [self.paragraph("title", a.title), self.paragraph("authors", ", ".join(a.list("authors"))),
                self.paragraph("small", a.affiliation),
                self.paragraph("abstract", a.abstract, "<b>%s</b>&nbsp; " % abstract),
                self.paragraph("small", "; ".join(a.list("keywords")), "<b>%s:</b> " % keywords),
                self.paragraph("small", "https://doi.org/%s · %s %s" % (a.doi, journal.LICENSE_TEXT[a.license],
                                                                       journal.NOTE)), Spacer(1, 8)]

    def wide(self, page):
        """The figures over both columns on top of that page."""
        return [f for b in self.article.of_kind("figure") if b.place == page for f in self.figure(b)]

    def story(self):
        out = []
        for block in self.article.blocks:
            if block.kind == "section":
                out.append(self.paragraph("heading", block.sentences[0]))
            elif block.kind == "paragraph":
                out.append(self.paragraph("body", self.article.join(block.sentences)))
            elif block.kind == "table":
                out.append(KeepTogether(self.table(block)))
            elif block.kind == "figure" and not block.place:
                out.append(KeepTogether(self.figure(block)))
        out.append(self.paragraph("heading", journal.WORDS[self.article.language][2]))
        out += [self.paragraph("reference", journal.cite(cited), "%d. " % i)
                for i, cited in enumerate(journal.references(self.article, self.articles), 1)]
        return out

    def running(self, canvas, document):
        a, page = self.article, int(self.article.first) + canvas.getPageNumber() - 1
        canvas.saveState()
        canvas.setFillColor(HexColor("#444444"))
        authors = a.list("authors")
        who = authors[0] + (" et al." if len(authors) > 1 else "")
        fonts.draw(canvas, MARGIN, HEIGHT - 36, "%s %s; %s: %s" % (journal.TITLE, a.year, a.volume, journal.pages(a)), "Sans", 7.5)
        fonts.draw(canvas, WIDTH - MARGIN - fonts.width(who, "Sans", 7.5), HEIGHT - 36, who, "Sans", 7.5)
        canvas.setLineWidth(.4)
        canvas.line(MARGIN, HEIGHT - 42, WIDTH - MARGIN, HEIGHT - 42)
        fonts.draw(canvas, MARGIN, 30, "doi:%s · %s" % (a.doi, a.license), "Sans", 7)
        canvas.setFont("Sans", 8)
        canvas.drawRightString(WIDTH - MARGIN, 30, str(page))
        canvas.restoreState()

    def page(self, name, following, top):
        """A page whose upper part holds the flowables `top` over the full width and the rest two columns."""
        full = WIDTH - 2 * MARGIN
        heights = [f.wrap(full, HEIGHT)[1] + f.getSpaceAfter() + f.getSpaceBefore() for f in top]
        room = HEIGHT - TOP - BOTTOM - sum(heights)

        def decorate(canvas, document):
            self.running(canvas, document)
            y = HEIGHT - TOP
            for flowable, height in zip(top, heights):
                flowable.drawOn(canvas, MARGIN, y - height + flowable.getSpaceAfter())
                y -= height

        frames = [Frame(MARGIN + i * (COLUMN + GUTTER), BOTTOM, COLUMN, room, 0, 0, 0, 0) for i in (0, 1)]
        return PageTemplate(name, frames, onPage=decorate, pagesize=A4, autoNextPageTemplate=following)

    def write(self):
        a, buffer = self.article, io.BytesIO()
        document = BaseDocTemplate(buffer, pagesize=A4, invariant=1, title=a.title, author=", ".join(a.list("authors")),
                                   subject="doi:" + a.doi, creator="figmill samples", lang=a.language)
        document.addPageTemplates([self.page("first", "second", self.head() + self.wide("first")),
                                   self.page("second", "later", self.wide("second")), self.page("later", "later", [])])
        document.build(self.story())
        unplaced = [b.id for b in a.of_kind("figure", "table") if b.id not in self.pages]
        if unplaced:
            raise ValueError("%s: the text is too short for the page of %s" % (a.name, ", ".join(unplaced)))
        return buffer.getvalue(), self.pages


def write(article, articles):
    """The PDF's bytes and {id of a figure or table: its page, from 1}."""
    return Typesetter(article, articles).write()

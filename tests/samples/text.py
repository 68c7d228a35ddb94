"""Reads the articles in texts/*.txt: a header, then sections, paragraphs, figures, tables and formulas.

    doi: 10.5555/...                 the header, up to the first empty line
    ...

    # Heading                        a section
    A sentence that cites {f1|Figure 1}.       a paragraph: one sentence a line, so that mentions can be counted
    Another one.

    [figure f1]                      a figure; also [table t1], [formula e1], [group f2]
    label: Figure 1
    draw: knee_pain                  the function of plots.py that draws it
    file: knee-pain.png              the image file of JATS and HTML
    place: second                    PDF: over both columns on top of the first or second page
    caption: ...

    [translation en]                 from here on: the same article in another language (a sub-article)

Inline: <i>, <sub>, <sup>, <m>x = y ^2</m> (a formula, tokens apart), {id|text} a citation of a figure, table or reference.
"""
import re
from dataclasses import dataclass, field

CJK = ("zh", "ja")


@dataclass
class Block:
    kind: str                 # section paragraph figure table formula group
    id: str = ""
    sentences: list = field(default_factory=list)
    fields: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)

    def __getattr__(self, name):
        return self.__dict__["fields"].get(name, "")


@dataclass
class Article:
    name: str
    head: dict
    blocks: list
    translation: "Article" = None

    def __getattr__(self, name):
        return self.__dict__["head"].get(name, "")

    def of_kind(self, *kinds):
        return [b for b in self.blocks if b.kind in kinds]

    def list(self, name):
        return [part.strip() for part in self.head.get(name, "").split(";") if part.strip()]

    def join(self, sentences):
        return ("" if self.language in CJK else " ").join(sentences)

    def mentions(self, id):
        """The number of body sentences that cite the figure or table."""
        return sum(1 for b in self.of_kind("paragraph") for s in b.sentences if "{" + id + "|" in s)

    def caption(self, block):
        return self.join(filter(None, (block.title, block.caption)))


def _fields(lines):
    pairs = [re.match(r"([\w-]+): (.*)", line) for line in lines if not line.startswith("|")]
    if None in pairs:
        raise ValueError("no \"name: value\" line among: %r" % lines)
    return {m.group(1): m.group(2).strip() for m in pairs}


def _block(chunk):
    lines = chunk.split("\n")
    opening = re.match(r"\[(figure|table|formula|group) (\w+)\]$", lines[0])
    if opening:
        rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        return Block(opening.group(1), opening.group(2), fields=_fields(lines[1:]), rows=rows)
    if lines[0].startswith("# "):
        return Block("section", sentences=[lines[0][2:]])
    return Block("paragraph", sentences=lines)


def _article(name, chunks, language=None):
    head = _fields(chunks[0].split("\n"))
    if language:
        head["language"] = language
    return Article(name, head, [_block(c) for c in chunks[1:]])


def read(path):
    chunks = [c.strip("\n") for c in re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())]
    marks = [i for i, c in enumerate(chunks) if c.startswith("[translation ")]
    if not marks:
        return _article(path.stem, chunks)
    first, _, rest = chunks[marks[0]].partition("\n")
    article = _article(path.stem, chunks[:marks[0]])
    article.translation = _article(path.stem, [rest] + chunks[marks[0] + 1:], first[len("[translation "):-1])
    return article


def plain(text):
    """The text without its inline markup, as in a list of captions."""
    text = re.sub(r"\{\w+\|([^}]*)\}", r"\1", text)
    return re.sub(r"</?(?:i|sub|sup|m)>", "", text)


def inline(text, tags, cite, formula):
    """Escapes the text for XML and turns its markup into that of an output: `tags` maps i, sub, sup to names, cite(id,
    text) writes a citation and formula(tokens) a formula."""
    out = []
    for part in re.split(r"(</?(?:i|sub|sup)>|<m>.*?</m>|\{\w+\|[^}]*\})", text):
        if re.match(r"</?(i|sub|sup)>$", part):
            name = part.strip("</>")
            out.append("<%s%s>" % ("/" if part[1] == "/" else "", tags[name]))
        elif part.startswith("<m>") and part.endswith("</m>"):
            out.append(formula(part[3:-4].split()))
        elif part.startswith("{") and part.endswith("}"):
            out.append(cite(*part[1:-1].split("|", 1)))
        else:
            out.append(escape(part))
    return "".join(out)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

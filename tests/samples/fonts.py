"""The fonts of the typeset articles. Chinese and Japanese come from a font that holds nothing else, so a line of text is
split into runs of one font each."""
import re

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = "/usr/share/fonts/truetype/"
FILES = {"Serif": "liberation/LiberationSerif-Regular.ttf", "Serif-Bold": "liberation/LiberationSerif-Bold.ttf",
         "Serif-Italic": "liberation/LiberationSerif-Italic.ttf", "Sans": "liberation/LiberationSans-Regular.ttf",
         "Sans-Bold": "liberation/LiberationSans-Bold.ttf", "Plot": "dejavu/DejaVuSans.ttf",
         "Plot-Bold": "dejavu/DejaVuSans-Bold.ttf", "Han": "droid/DroidSansFallbackFull.ttf"}
HAN = re.compile("([\u2e80-\u9fff\uff00-\uffef]+)")


def register():
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, FOLDER + file))
    for family, names in (("Serif", ("Serif", "Serif-Italic", "Serif-Bold", "Serif-Bold")), ("Sans", ("Sans", "Sans", "Sans-Bold", "Sans-Bold"))):
        for i, name in enumerate(names):
            addMapping(family, i >> 1, i & 1, name)
    for i in range(4):
        addMapping("Han", i >> 1, i & 1, "Han")


def runs(text, font):
    """[(font, part of the text)]"""
    return [("Han" if HAN.match(part) else font, part) for part in HAN.split(text) if part]


def width(text, font, size):
    return sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text, font))


def draw(canvas, x, y, text, font, size):
    for name, part in runs(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, part)
        x += pdfmetrics.stringWidth(part, name, size)


def mark(markup):
    """Marks the Chinese and Japanese runs of a paragraph's markup."""
    return HAN.sub(r'<font face="Han">\1</font>', markup)

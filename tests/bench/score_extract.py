#!/usr/bin/env python3
"""Scores the extraction of PDFs against that of the same articles' JATS, and times it.

usage: score_extract.py [options] FOLDER

FOLDER holds articles, each in a folder of its own with fulltext.pdf and fulltext.xml. Both are extracted by figmill, into
two corpora that know nothing of each other; what the XML says is the truth. The PDFs without XML are extracted too: of
them only the numbers that are missing between others are told.

  figures, tables: precision, recall, F1 of captions (a hit: Dice coefficient of their character 3-grams >= 0.8, one to
  one), label: hits with the same number, over those whose truth has one; mean Dice of the hits; mentions: precision and
  recall of the sentences that cite a figure, over hits; pages a second. By language and by publisher.
  With --images also region: hits whose picture looks like the publisher's (48 x 48 grey, correlation >= 0.75, aspect
  within 20 %), over truth with a picture; needs Pillow and numpy. An XML without language counts as English, as JATS has it.

Then the errors, a line each, tab-separated: what, article, page, label, text; a second line has the other side.
  missed   no caption of the PDF is like it; the nearest one follows where it shares a third of its text
  extra    a caption of the PDF that no truth has
  label    another number
  caption  a hit with a Dice coefficient below 0.95
  region   another picture
  gap      a number that is missing between others of its kind
FIGMILL_BUILD names the build folder.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from corpus import ask, environment, program  # noqa: E402

HIT, NEAR, GOOD = 0.8, 1 / 3, 0.95
# What is scored together: kinds of figures, which documents name differently, and tables.
KINDS = {"figure": {"figure", "scheme", "chart", "plate", "map", "photo"}, "table": {"table", "box"}}
IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff")
WIDTH = 150  # characters of a text in the list of errors


def run(corpus, stage, options, stdin=""):
    """Runs a stage; its seconds."""
    began = time.monotonic()
    done = subprocess.run([program(stage), "--corpus", corpus, "-q", *options], input=stdin, text=True, env=environment(),
                          check=False)
    if done.returncode > 1:  # 1: some files were no good, which the score shows
        sys.exit("figmill-%s ended with status %d" % (stage, done.returncode))
    return time.monotonic() - began


def find_articles(folder):
    """{folder: its PDF}, in order."""
    found = {}
    for base, _, names in sorted(os.walk(folder)):
        if "fulltext.pdf" in names:
            found[base] = os.path.join(base, "fulltext.pdf")
    return found


class Figure:
    def __init__(self, row):
        (self.id, self.kind, self.label, self.number, self.page, self.image, caption) = row
        self.caption = caption or ""
        self.grams = grams(fold(self.caption))
        self.mentions = []

    def line(self, what, article):
        text = self.caption if len(self.caption) <= WIDTH else self.caption[:WIDTH - 40] + " ... " + self.caption[-35:]
        return "%s\t%s\t%s\t%s\t%s" % (what, article, self.page or "", self.label or "", text)


def fold(text):
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def grams(text):
    return Counter(text[i:i + 3] for i in range(max(1, len(text) - 2))) if text else Counter()


def dice(a, b):
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 0.0


def read_figures(corpus):
    """{path of the document: [Figure]}, and {path: (language, publisher, pages)}."""
    by_document, front = defaultdict(list), {}
    paths = dict(ask(corpus, "SELECT document_id, path FROM input WHERE outcome IN ('document', 'known')"))
    for document, *row in ask(corpus, "SELECT document_id, figure_id, kind, label, number, page, image_path, caption FROM v_figure "
                                      "WHERE drop_reason IS NULL ORDER BY figure_id"):
        if document in paths:
            by_document[paths[document]].append(Figure(row))
    figures = {f.id: f for fs in by_document.values() for f in fs}
    for figure, text in ask(corpus, "SELECT figure_id, text FROM v_mention ORDER BY figure_id, ordinal"):
        if figure in figures:
            figures[figure].mentions.append(grams(fold(text)))
    for document, *row in ask(corpus, "SELECT document_id, language, coalesce(publisher, journal), pages FROM front"):
        if document in paths:
            front[paths[document]] = row
    return by_document, front


def match(truth, found, least=HIT):
    """[(truth, found, Dice)], one to one, best first; two lists of 3-grams."""
    pairs = sorted(((dice(a, b), -i, -k) for i, a in enumerate(truth) for k, b in enumerate(found)), reverse=True)
    used_truth, used_found, out = set(), set(), []
    for d, i, k in pairs:
        if d < least:
            break
        if i not in used_truth and k not in used_found:
            used_truth.add(i)
            used_found.add(k)
            out.append((-i, -k, d))
    return out


def picture(path):
    """Aspect ratio and content of a picture without its border, or None."""
    import numpy
    from PIL import Image
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    ground.alpha_composite(image)
    grey = numpy.asarray(ground.convert("L"), dtype=numpy.float32)
    edge = numpy.median(numpy.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    rows, columns = numpy.where(abs(grey - edge) > 24)
    if not len(rows):
        return None
    grey = grey[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    small = numpy.array(Image.fromarray(grey).resize((48, 48), Image.BILINEAR), dtype=numpy.float32)
    small -= small.mean()
    norm = (small ** 2).sum() ** 0.5
    return (grey.shape[1] / grey.shape[0], small / norm) if norm else None


def same_picture(a, b):
    try:
        a, b = picture(a), picture(b)
    except (OSError, ValueError):
        return False
    return bool(a and b and 0.8 <= a[0] / b[0] <= 1.25 and float((a[1] * b[1]).sum()) >= 0.75)


class Score:
    """Counts by group, and the errors."""

    def __init__(self, images):
        self.images, self.groups, self.errors = images, defaultdict(Counter), []

    def add(self, groups, **counts):
        for group in groups:
            self.groups[group].update(counts)

    def error(self, what, article, figure, other=None):
        self.errors.append((what, article, figure.line(what, article) + ("\n" + other.line("", "") if other else "")))

    def compare(self, article, groups, truth, found):
        pairs = match([f.grams for f in truth], [f.grams for f in found])
        self.add(groups, truth=len(truth), found=len(found), hit=len(pairs))
        for i, k, d in pairs:
            self.compare_hit(article, groups, truth[i], found[k], d)
        rest = [f for i, f in enumerate(truth) if i not in {p[0] for p in pairs}]
        extra = [f for k, f in enumerate(found) if k not in {p[1] for p in pairs}]
        near = {i: extra[k] for i, k, d in match([f.grams for f in rest], [f.grams for f in extra], NEAR)}
        for i, f in enumerate(rest):
            self.error("missed", article, f, near.get(i))
        for f in extra:
            if f not in near.values():
                self.error("extra", article, f)

    def compare_hit(self, article, groups, truth, found, d):
        same = truth.number == found.number
        cited = len(match(truth.mentions, found.mentions))
        self.add(groups, dice=d, labelled=bool(truth.number), label=bool(truth.number) and same, cited=cited,
                 true_mentions=len(truth.mentions), mentions=len(found.mentions))
        if truth.number and not same:
            self.error("label", article, truth, found)
        if d < GOOD:
            self.error("caption", article, truth, found)
        if self.images and truth.image:
            good = bool(found.image) and same_picture(truth.image, found.image)
            self.add(groups, pictures=1, region=good)
            if not good:
                self.error("region", article, truth, found)

    def look_for_gaps(self, article, found):
        """Numbers below the highest one that no figure of the kind has."""
        by_kind = defaultdict(set)
        for f in found:
            if (f.number or "").isdigit():
                by_kind[f.kind].add(int(f.number))
        for kind, numbers in sorted(by_kind.items()):
            for n in sorted(set(range(1, max(numbers))) - numbers):
                self.errors.append(("gap", article, "gap\t%s\t\t%s %d\t" % (article, kind, n)))

    def table(self):
        def share(a, b):
            return "%6.3f" % (a / b) if b else "     -"

        print("%-34s %6s %6s %6s %6s %6s %6s %6s %6s %6s %6s %6s" % (
            "", "truth", "found", "hit", "P", "R", "F1", "label", "Dice", "ment.P", "ment.R", "region"))
        for group in sorted(self.groups, key=str):
            c = self.groups[group]
            if c["truth"] or c["found"]:
                print("%-34.34s %6d %6d %6d %s %s %s %s %s %s %s %s" % (
                    " ".join(group), c["truth"], c["found"], c["hit"], share(c["hit"], c["found"]), share(c["hit"], c["truth"]),
                    share(2 * c["hit"], c["truth"] + c["found"]), share(c["label"], c["labelled"]), share(c["dice"], c["hit"]),
                    share(c["cited"], c["mentions"]), share(c["cited"], c["true_mentions"]), share(c["region"], c["pictures"])))


def import_list(corpus, paths):
    run(corpus, "import", ["--list", "-"], "".join(p + "\n" for p in paths))


def by_folder(found):
    return {os.path.dirname(path): value for path, value in found.items()}


def extract(articles, work, images):
    """Makes both corpora; says how long the PDFs took. (pdf, jats): each figures and fronts by folder."""
    pdf, jats = os.path.join(work, "pdf"), os.path.join(work, "jats")
    import_list(pdf, articles.values())
    truth = [os.path.join(folder, "fulltext.xml") for folder in articles]
    if images:
        truth += [os.path.join(folder, name) for folder in articles for name in sorted(os.listdir(folder))
                  if name.lower().endswith(IMAGES)]
    import_list(jats, [path for path in truth if os.path.exists(path)])
    seconds = run(pdf, "extract", [] if images else ["--no-images"])
    run(jats, "extract", [] if images else ["--no-images"])
    pages = ask(pdf, "SELECT coalesce(sum(pages), 0) FROM front")[0][0]
    print("%d PDFs, %d pages in %.1f s: %.0f pages/s" % (len(articles), pages, seconds, pages / seconds))
    found = []
    for corpus in (pdf, jats):
        figures, front = map(by_folder, read_figures(corpus))
        for f in (f for fs in figures.values() for f in fs):
            f.image = f.image and os.path.join(corpus, f.image)
        found.append((figures, front))
    return found


def main():
    o = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    o.add_argument("folder", metavar="FOLDER")
    o.add_argument("--images", action="store_true", help="make pictures too, and compare them")
    o.add_argument("--keep", metavar="DIR", help="leave the two corpora there, as pdf and jats; what was there goes")
    o.add_argument("--only", metavar="KIND", help="list these errors only (missed, extra, label, ...), comma-separated")
    o = o.parse_args()
    articles = find_articles(o.folder)
    if not articles:
        sys.exit("no fulltext.pdf below %s" % o.folder)
    work = o.keep or tempfile.mkdtemp(prefix="figmill-score-")
    for name in ("pdf", "jats"):
        shutil.rmtree(os.path.join(work, name), ignore_errors=True)
    try:
        os.makedirs(work, exist_ok=True)
        (pdf, _), (jats, jats_front) = extract(articles, work, o.images)
        score = Score(o.images)
        for folder in articles:
            name = os.path.relpath(folder, o.folder)
            found = pdf.get(folder, [])
            if folder not in jats_front:
                score.look_for_gaps(name, found)
                continue
            language, publisher, _ = jats_front[folder]
            for kind, kinds in KINDS.items():
                score.compare(name, [(kind, "all"), (kind, language or "en"), (kind, "of " + (publisher or "?"))],
                              [f for f in jats.get(folder, []) if f.kind in kinds], [f for f in found if f.kind in kinds])
        score.table()
        order = ("missed", "extra", "label", "caption", "region", "gap")
        for what, _, text in sorted(score.errors, key=lambda e: (order.index(e[0]), e[1])):
            if not o.only or what in o.only.split(","):
                print(text)
    finally:
        if not o.keep:
            shutil.rmtree(work)


main()

#!/usr/bin/python3
"""Makes the sample articles out of texts/, plots.py and pictures.py: the same bytes on every run.

usage: make.py [--check] [DIR]

Writes tests/samples/articles (or DIR) and, beside it, expected.tsv.  --check writes nothing and fails if a file differs
from what would be written.  Needs `scripts/install-deps samples`.
"""
import gzip
import io
import sys
import tarfile
from pathlib import Path

import fonts
import images
import jats
import pdf
import text
import webpage

HERE = Path(__file__).resolve().parent
COLUMNS = ("document", "format", "doi", "language", "kind", "label", "page", "image", "mentions", "caption_start")


def caption_start(article, block):
    """The caption's first words: its title, or up to about 60 characters; without markup, white space folded."""
    whole = text.plain(block.title or block.caption)
    if len(whole) <= 60 or block.title:
        return whole
    return whole[:60] if article.language in text.CJK else whole[:60].rsplit(" ", 1)[0]


def whole_label(article, block):
    """A member of a group is known by the group's label and its own: "Figure 1(a)"."""
    groups = {group.id: group.label for group in article.of_kind("group")}
    return groups.get(block.group, "") + block.label


def expected_rows(article, document, format, pages):
    rows = []
    for block in article.of_kind("figure", "table"):
        label = whole_label(article, block)
        rows.append((document, format, article.doi, article.language, block.kind, label, str(pages.get(block.id, "")),
                     "" if pages else block.file, str(article.mentions(block.id)), caption_start(article, block)))
    return rows


def package(name, files):
    """A .tar.gz of the article's files, in a folder named as the package."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as zipped, \
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in sorted(files.items()):
            member = tarfile.TarInfo(name + "/" + path)
            member.size, member.mtime, member.mode = len(data), 1704067200, 0o644
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def build(article, articles):
    """({path: bytes}, rows of expected.tsv)"""
    files, rows, outputs = {}, [], article.outputs.split()
    if "jats" in outputs:
        files["article.xml"] = jats.write(article, articles)
        rows += expected_rows(article, "article.xml", "jats", {})
    if "html" in outputs:
        files["article.html"] = webpage.write(article, articles)
        rows += expected_rows(article, "article.html", "html", {})
    if files:
        files |= {b.file: images.encode(b) for b in article.of_kind("figure")}
    if "pdf" in outputs:
        files["article.pdf"], pages = pdf.write(article, articles)
        rows += expected_rows(article, "article.pdf", "pdf", pages)
    name = article.name
    if article.package == "tar.gz":
        return {name + ".tar.gz": package(name, files)}, [(name + ".tar.gz/" + name + "/" + r[0],) + r[1:] for r in rows]
    return {name + "/" + path: data for path, data in files.items()}, [(name + "/" + r[0],) + r[1:] for r in rows]


def write(folder, files, table, expected):
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for path in folder.rglob("*"):
        if path.is_file() and str(path.relative_to(folder)) not in files:
            path.unlink()
    table.write_bytes(expected)


def check(folder, files, table, expected):
    """The names of the files that differ or are too many."""
    there = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    differing = sorted(p for p in there.keys() | files.keys() if there.get(p) != files.get(p))
    if not table.exists() or table.read_bytes() != expected:
        differing.append(table.name)
    return differing


def main(arguments):
    checking = "--check" in arguments
    paths = [a for a in arguments if a != "--check"]
    if len(paths) > 1 or any(p.startswith("-") for p in paths):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = Path(paths[0]).resolve() if paths else HERE / "articles"
    table = folder.parent / "expected.tsv"
    fonts.register()
    articles = [text.read(p) for p in sorted((HERE / "texts").glob("*.txt"))]
    files, rows = {}, []
    for article in articles:
        more_files, more_rows = build(article, articles)
        files |= more_files
        rows += more_rows
    expected = "".join("\t".join(row) + "\n" for row in [COLUMNS] + rows).encode()
    if checking:
        differing = check(folder, files, table, expected)
        for path in differing:
            print("make.py: %s differs" % path, file=sys.stderr)
        return 1 if differing else 0
    write(folder, files, table, expected)
    print("make.py: %d articles, %d files, %d KB in %s" % (
        len(articles), len(files), sum(map(len, files.values())) // 1024, folder), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

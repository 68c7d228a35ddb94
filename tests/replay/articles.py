"""Articles for the stand-ins of the services: small synthetic ones, and real ones out of ../shared/corpus where there is one.

Every process that is given the same numbers makes the same articles, byte for byte: the server serves them, and a test asks
here what should have come.
"""
import binascii
import csv
import functools
import hashlib
import os
import random
import re
import struct
import zlib
from xml.sax.saxutils import escape

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _shared_corpus():
    """../shared/corpus of the checkout, also of a work tree that lies a folder deeper."""
    for up in ("..", os.path.join("..", "..")):
        path = os.path.abspath(os.path.join(ROOT, up, "shared", "corpus"))
        if os.path.exists(os.path.join(path, "index.tsv")):
            return path
    return os.path.abspath(os.path.join(ROOT, "..", "shared", "corpus"))


CORPUS = os.environ.get("FIGMILL_SHARED_CORPUS") or _shared_corpus()

LICENSE_URLS = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-ND": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC BY-NC": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC BY-NC-SA": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC BY-NC-ND": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
}

# BCP 47 -> title of a synthetic article, its figure's caption, and a sentence of the body.
TEXTS = {
    "en": ("Low-dose radiation therapy for osteoarthritis of joint %d", "Figure", "Pain score after low-dose irradiation in group %d.",
           "Low-dose radiation relieved pain in most patients, as shown in"),
    "de": ("Niedrigdosierte Strahlentherapie der Arthrose, Gelenk %d", "Abbildung", "Schmerzwert nach Niedrigdosisbestrahlung in Gruppe %d.",
           "Die niedrigdosierte Strahlentherapie linderte den Schmerz bei den meisten Patienten, siehe"),
    "fr": ("Radiothérapie à faible dose de l'arthrose, articulation %d", "Figure", "Score de douleur après irradiation à faible dose, groupe %d.",
           "La radiothérapie à faible dose a soulagé la douleur chez la plupart des patients, voir"),
    "es": ("Radioterapia a dosis bajas en la artrosis de la articulación %d", "Figura", "Puntuación del dolor tras la irradiación a dosis bajas, grupo %d.",
           "La radioterapia a dosis bajas alivió el dolor en la mayoría de los pacientes, véase"),
    "pt": ("Radioterapia em baixas doses na osteoartrite da articulação %d", "Figura", "Escore de dor após irradiação em baixa dose, grupo %d.",
           "A radioterapia em baixas doses aliviou a dor na maioria dos pacientes, ver"),
    "it": ("Radioterapia a basse dosi per l'artrosi dell'articolazione %d", "Figura", "Punteggio del dolore dopo irradiazione a basse dosi, gruppo %d.",
           "La radioterapia a basse dosi ha alleviato il dolore nella maggior parte dei pazienti, vedi"),
    "pl": ("Radioterapia niskodawkowa choroby zwyrodnieniowej stawu %d", "Rycina", "Nasilenie bólu po napromienianiu niskimi dawkami, grupa %d.",
           "Radioterapia niskimi dawkami zmniejszyła ból u większości chorych, zob."),
    "ru": ("Низкодозовая лучевая терапия остеоартрита сустава %d", "Рисунок", "Оценка боли после облучения в низких дозах, группа %d.",
           "Низкодозовая лучевая терапия уменьшила боль у большинства больных, см."),
    "ja": ("変形性関節症に対する低線量放射線治療、関節%d", "図", "低線量照射後の疼痛スコア、第%d群。", "低線量放射線治療により多くの患者で疼痛が軽減した。"),
    "zh": ("低剂量放射治疗骨关节炎，关节%d", "图", "低剂量照射后第%d组的疼痛评分。", "低剂量放射治疗缓解了大多数患者的疼痛，见"),
}
MEDLINE = {"en": "eng", "de": "ger", "fr": "fre", "es": "spa", "pt": "por", "it": "ita", "pl": "pol", "ru": "rus", "ja": "jpn",
           "zh": "chi"}
ENGLISH_NAMES = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "pt": "portuguese", "it": "italian",
                 "pl": "polish", "ru": "russian", "ja": "japanese", "zh": "chinese"}


def png(seed, width=160, height=120):
    """A picture of a few bars, RGB, no two seeds alike."""
    rng = random.Random(seed)
    bars = [(rng.randrange(10, height - 10), bytes(rng.randrange(30, 220) for _ in range(3))) for _ in range(8)]
    white, step, rows = b"\xff\xff\xff", width // len(bars), []
    for y in range(height):
        row = b"".join((color if y > top else white) * (step - 4) + white * 4 for top, color in bars)
        rows.append(b"\0" + row.ljust(3 * width, b"\xff"))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", binascii.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"".join(rows), 6)) + chunk(b"IEND", b""))


# The standard DC table of ITU-T T.81, annex K.3: category -> (code, its bits). AC holds one code, "end of block": 0.
_DC = [(0, 2), (2, 3), (3, 3), (4, 3), (5, 3), (6, 3), (14, 4), (30, 5), (62, 6), (126, 7), (254, 8), (510, 9)]


def jpeg(seed, width=160, height=120):
    """A baseline JPEG of grey blocks, no two seeds alike. Only the mean of each 8 x 8 block is coded."""
    rng, bits, before = random.Random(seed), [], 0
    for _ in range((width // 8) * (height // 8)):
        level = rng.randrange(-60, 60)
        change, before = level - before, level
        size = abs(change).bit_length()
        code, length = _DC[size]
        bits.append(format(code, "0%db" % length))
        if size:
            bits.append(format(change if change > 0 else change + (1 << size) - 1, "0%db" % size))
        bits.append("0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")

    def segment(marker, payload):
        return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload

    return (b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xDB, b"\0" + b"\x10" * 64)
            + segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
            + segment(0xC4, b"\0" + bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)) + bytes(range(12)))
            + segment(0xC4, b"\x10" + bytes((1,) + (0,) * 15) + b"\0")
            + segment(0xDA, bytes((1, 1, 0, 0, 63, 0))) + data + b"\xff\xd9")


def pdf(title, lines):
    """One page of text in Helvetica, a framed figure in its middle. What is not Latin-1 becomes '?'."""
    def text(x, y, size, words):
        words = words.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        return b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, words)

    page = text(60, 780, 16, title) + b"1 0 0 RG 100 480 300 220 re S 120 500 60 120 re f 220 500 60 160 re f\n"
    for i, line in enumerate(lines):
        page += text(60, 450 - 16 * i, 10, line)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


class Article:
    """One work. `place` says where its files are to be had:

    bucket     the PMC bucket, and Europe PMC
    europepmc  Europe PMC only: the bucket knows nothing of it
    pdf        a publisher's PDF, which Unpaywall, OpenAlex and others name
    landing    the same, but only the publisher's page names it
    closed     nowhere
    """

    number = 0
    place, versions, retracted, manuscript, arxiv, biorxiv, scielo = "bucket", (1,), False, False, None, False, None
    pmcid = pmid = doi = None
    title, language, year, date, journal = "", "en", 2020, "2020-01-01", "Journal of Replays"
    license = "CC BY"       # as the bucket's license_code; None: nobody states one
    has_pdf = True
    publisher = "publisher0.example"

    @property
    def license_url(self):
        return LICENSE_URLS.get(self.license)

    @property
    def open(self):
        return self.license in LICENSE_URLS and not self.manuscript

    @property
    def landing_url(self):
        return "https://%s/articles/%d" % (self.publisher, self.number)

    @property
    def pdf_url(self):
        return self.landing_url + "/fulltext.pdf"

    def key(self, version=None):
        """PMC123.1, as the bucket's keys begin."""
        return "%s.%d" % (self.pmcid, version or self.versions[-1])

    def bucket_files(self, version=None):
        """Key -> bytes of all that the bucket has of a version, but for the metadata."""
        version, key = version or self.versions[-1], self.key(version)
        files = {"%s/%s.xml" % (key, key): self.xml(version), "%s/%s.txt" % (key, key): (self.title + "\n").encode()}
        if not self.manuscript:
            if self.has_pdf:
                files["%s/%s.pdf" % (key, key)] = self.pdf()
            files.update({"%s/%s" % (key, name): data for name, data in self.media().items()})
        return files

    def metadata(self, files, version=None):
        """The bucket's JSON of a version as a dict; `files` as bucket_files gives them, or key -> MD5."""
        version = version or self.versions[-1]
        key = self.key(version)

        def url(name):
            data = files[name]
            return "s3://pmc-oa-opendata/%s?md5=%s" % (name, data if isinstance(data, str) else hashlib.md5(data).hexdigest())

        out = {"pmcid": self.pmcid, "version": version, "pmid": int(self.pmid) if self.pmid else None, "doi": self.doi,
               "mid": "NIHMS%d" % self.number if self.manuscript else None, "title": self.title,
               "citation": "%s. %d." % (self.journal, self.year), "is_pmc_openaccess": not self.manuscript,
               "is_manuscript": self.manuscript, "is_historical_ocr": False, "is_retracted": self.retracted,
               "license_code": "TDM" if self.manuscript else self.license,
               "text_url": url("%s/%s.txt" % (key, key)), "xml_url": url("%s/%s.xml" % (key, key))}
        media = [name for name in files if not re.search(r"/PMC\d+\.\d+\.(xml|txt|pdf|json)$", name)]
        if "%s/%s.pdf" % (key, key) in files:
            out["pdf_url"] = url("%s/%s.pdf" % (key, key))
        if media:
            out["media_urls"] = [url(name) for name in media]
        return out


class Synthetic(Article):
    LICENSES = ("CC BY", "CC BY", "CC BY", "CC BY", "CC0", "CC BY-SA", "CC BY-NC", "CC BY-NC-ND", "CC BY-ND", "CC BY-NC-SA")

    def __init__(self, number, seed):
        rng = random.Random("%d %d" % (seed, number))
        self.number = number
        self.place = rng.choices(("bucket", "europepmc", "pdf", "landing", "closed"), (70, 8, 11, 8, 3))[0]
        self.language = rng.choices(list(TEXTS), (10, 4, 3, 5, 4, 2, 2, 3, 4, 4))[0]
        self.title = TEXTS[self.language][0] % number
        self.year = rng.randrange(2005, 2026)
        self.date = "%d-%02d-%02d" % (self.year, rng.randrange(1, 13), rng.randrange(1, 29))
        self.doi = "10.5555/replay.%d.%d" % (seed, number)
        self.license = rng.choice(self.LICENSES)
        self.publisher = "publisher%d.example" % rng.randrange(8)
        if self.place in ("bucket", "europepmc"):
            self.pmcid, self.pmid = "PMC%d" % (7000000 + 10 * number), str(30000000 + number)
            self.retracted = rng.random() < 0.04
            self.manuscript = self.place == "bucket" and rng.random() < 0.06
            self.versions = (1, 2) if self.place == "bucket" and rng.random() < 0.1 else (1,)
            self.has_pdf = rng.random() < 0.7
        if self.place == "closed":
            self.license = None
        if self.place == "pdf":
            self.arxiv = "%02d%02d.%05d" % (self.year % 100, 1 + number % 12, number) if rng.random() < 0.35 else None
            self.biorxiv = not self.arxiv and rng.random() < 0.5
            if self.biorxiv:
                self.doi = "10.1101/replay.%d.%d" % (seed, number)
        if self.language in ("es", "pt") and rng.random() < 0.3:
            self.scielo = "S0000-0000%d%09d" % (self.year, number)
        self.figures = ["replay-%d-g%03d.%s" % (number, i + 1, rng.choice(("png", "jpg"))) for i in range(rng.randrange(1, 5))]

    def xml(self, version=None):
        _, word, caption, sentence = TEXTS[self.language]
        figures = "\n".join(
            '<fig id="f%d"><label>%s %d</label><caption><p>%s</p></caption><graphic xlink:href="%s"/></fig>' % (
                i, word, i, escape(caption % i), name) for i, name in enumerate(self.figures, 1))
        ids = "".join('<article-id pub-id-type="%s">%s</article-id>' % pair for pair in (
            ("pmc", self.pmcid and self.pmcid[3:]), ("pmid", self.pmid), ("doi", self.doi)) if pair[1])
        permissions = "" if self.manuscript or not self.license else (
            '<permissions><license xlink:href="%s"><license-p>%s</license-p></license></permissions>' % (self.license_url, self.license))
        kind = "retracted-article" if self.retracted else "research-article"
        return ("""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.3 20210610//EN" "JATS-archivearticle1-3.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="%s" xml:lang="%s">
<front><journal-meta><journal-title-group><journal-title>%s</journal-title></journal-title-group></journal-meta>
<article-meta>%s<title-group><article-title>%s</article-title></title-group>
<pub-date pub-type="epub"><year>%d</year></pub-date>%s<abstract><p>%s.</p></abstract></article-meta></front>
<body><sec><title>Results, version %d</title><p>%s <xref ref-type="fig" rid="f1">%s 1</xref>.</p>
%s
</sec></body></article>
""" % (kind, self.language, self.journal, ids, escape(self.title), self.year, permissions, escape(sentence), version or
            self.versions[-1], escape(sentence), word, figures)).encode()

    def media(self):
        return {name: (png if name.endswith("png") else jpeg)("%s %s" % (self.doi, name)) for name in self.figures}

    def pdf(self):
        return pdf(self.title, ["Figure 1. Pain score after low-dose irradiation, article %d." % self.number,
                                "https://doi.org/%s" % self.doi, "Low-dose radiation relieved pain, see Figure 1."])


class Real(Article):
    """An article of ../shared/corpus/articles, under identifiers of its own where it states none."""

    IMAGE = re.compile(r"\.(jpe?g|png|gif|tiff?)$", re.IGNORECASE)

    def __init__(self, number, row):
        self.number, self.folder = number, os.path.join(CORPUS, "articles", row["id"])
        self.place = "bucket" if row["has_jats"] == "1" else "pdf"
        self.doi = row["doi"].lower() or "10.5555/replay.real.%d" % number
        self.title = row["title"] or row["id"]
        self.language = row["language"][:2]
        self.year = int(row["year"]) if row["year"].isdigit() else 2015
        self.date = "%d-06-01" % self.year
        # The mirror never leaves this machine; where nobody knows the licence, the test needs one that lets it pass.
        match = re.match(r"CC0|CC BY(-[A-Z-]+)?", row["licence"])
        self.license = match.group(0) if match and match.group(0) in LICENSE_URLS else "CC BY"
        self.has_pdf = row["has_pdf"] == "1"
        self.publisher = "publisher%d.example" % (number % 8)
        self.names = sorted(n for n in os.listdir(self.folder) if self.IMAGE.search(n)) if self.place == "bucket" else []
        if self.place == "bucket":
            with open(os.path.join(self.folder, "fulltext.xml"), "rb") as f:
                stated = re.search(rb'pub-id-type="pmc(?:id)?">(?:PMC)?(\d+)<', f.read(20000))
            self.pmcid = "PMC%s" % (stated.group(1).decode() if stated else 9000000 + 10 * number)

    def _read(self, name):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read()

    def xml(self, version=None):
        return self._read("fulltext.xml")

    def pdf(self):
        return self._read("fulltext.pdf")

    def media(self):
        return {name: self._read(name) for name in self.names}


def synthetic(n, seed=1):
    return [Synthetic(i, seed) for i in range(1, n + 1)]


@functools.lru_cache(maxsize=None)
def real(limit=None):
    """Articles of ../shared/corpus, those with JATS first; none where it is not there. No two with one identifier."""
    path = os.path.join(CORPUS, "index.tsv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    out, seen = [], set()
    for row in sorted(rows, key=lambda r: (r["has_jats"] != "1", r["id"])):
        if row["has_jats"] != "1" and row["has_pdf"] != "1":
            continue
        article = Real(len(out) + 1, row)
        ids = {article.doi, article.pmcid} - {None}
        digest = hashlib.sha256(article.xml() if article.place == "bucket" else article.pdf()).digest()
        if ids & seen or digest in seen:
            continue
        seen |= ids | {digest}
        out.append(article)
        if limit and len(out) == limit:
            break
    return out


def collection(spec):
    """The articles that a dict {"synthetic": N, "seed": S, "real": N} names; "real": 0 none."""
    out = list(synthetic(spec.get("synthetic", 0), spec.get("seed", 1)))
    if spec.get("real"):
        out += real(spec["real"])
    for article in out[spec.get("synthetic", 0):]:
        article.number += spec.get("synthetic", 0)
    return out

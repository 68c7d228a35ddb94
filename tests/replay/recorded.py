"""Recorded replies: which file answers which request.

A folder of recordings has an index.tsv with the columns file, service, endpoint_or_url, http_status (others may follow), and beside
a file NAME.EXT perhaps NAME.headers: "HTTP 200", then "Name: value" lines. ../shared/corpus/api is such a folder, and so is
tests/replay/api.

A request gets the reply that was recorded of it: same host and path, same parameters in any order. Where several were recorded of one
request, they follow each other, as the pages of a service that gives the same cursor on every page. Otherwise, when `loose`,
the recording of the same kind of request whose parameters are most alike; and when that request asks for a further page
which nobody recorded, the same with an empty list, so that paging comes to its end.
"""
import csv
import json
import os
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from articles import CORPUS
from message import Reply

# The real ones where they are there, else those made in their likeness.
FOLDERS = [f for f in (os.path.join(CORPUS, "api"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "api"))
           if os.path.exists(os.path.join(f, "index.tsv"))][:1]

# Recordings whose index names no address.
ADDRESSES = {
    "jstage/search_service3.xml": "https://api.jstage.jst.go.jp/searchapi/do?service=3&abst=x&count=3",
    "europepmc/searchPOST_json.json": "POST https://www.ebi.ac.uk/europepmc/webservices/rest/searchPOST?format=json",
    "scielo/article_json_default.json": "https://articlemeta.scielo.org/api/v1/article/?collection=scl&code=x&format=json",
    "scielo/article_xmlrsps_aa_S0044-59672003000300001_pt.xml":
        "https://articlemeta.scielo.org/api/v1/article/?collection=scl&code=S0044-59672003000300001&format=xmlrsps",
}
# Host and path -> the kind of request that it is, for loose matches.
KINDS = tuple((re.compile(pattern), kind) for pattern, kind in (
    (r"doaj\.org/api(?:/v\d)?/search/articles/.*", "doaj search"),
    (r"articlemeta\.scielo\.org/api/v1/article/identifiers/?.*", "scielo identifiers"),
    (r"articlemeta\.scielo\.org/api/v1/article/?", "scielo article"),
    (r"api\.core\.ac\.uk/v3/search/works/?", "core search"),
    (r"api\.(?:bio|med)rxiv\.org/details/(?:bio|med)rxiv/\d{4}-.*", "biorxiv details"),
    (r"api\.archives-ouvertes\.fr/search/?", "hal search"),
    (r"www\.ebi\.ac\.uk/europepmc/webservices/rest/search(?:POST)?", "europepmc search"),
))
PAGING = ("cursorMark", "cursor", "offset", "start", "page", "retstart", "scrollId", "continuation-token", "resumptionToken")
TYPES = {"json": "application/json", "xml": "text/xml; charset=utf-8", "html": "text/html; charset=utf-8", "txt": "text/plain",
         "csv": "text/csv", "pdf": "application/pdf"}
LISTS = (("message", "items"), ("resultList", "result"), ("response", "docs"), ("esearchresult", "idlist"), ("results",), ("objects",),
         ("collection",))
DROPPED = {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "keep-alive", "content-type"}


def kind_of(host, path):
    return next((kind for pattern, kind in KINDS if pattern.fullmatch(host + path)), host + path.rstrip("/"))


def emptied(body):
    """The same reply with no record in it and no page after it."""
    try:
        value = json.loads(body)
    except ValueError:
        return re.sub(rb"<entry\b.*?</entry>", b"", body, flags=re.DOTALL)
    if isinstance(value, dict):
        for path in LISTS:
            place = value
            for name in path[:-1]:
                place = place.get(name) if isinstance(place, dict) else None
            if isinstance(place, dict) and isinstance(place.get(path[-1]), list):
                place[path[-1]] = []
        value.pop("nextCursorMark", None)
        if isinstance(value.get("meta"), dict) and "next_cursor" in value["meta"]:
            value["meta"]["next_cursor"] = None
    return json.dumps(value).encode()


class Recording:
    def __init__(self, folder, row):
        address = row["endpoint_or_url"] or ADDRESSES.get(row["file"], "")
        self.method, _, url = address.rpartition(" ") if address.startswith("POST ") else ("", "", address)
        self.whole = "(one element" not in url  # a part of a reply is no reply
        parts = urlsplit(re.sub(r" \(.*\)$", "", url))
        self.host, self.path = parts.netloc, unquote(parts.path) or "/"
        self.pairs = frozenset(parse_qsl(parts.query, keep_blank_values=True))
        self.kind, self.file = kind_of(self.host, self.path), os.path.join(folder, row["file"])
        status = re.match(r"\d{3}", row["http_status"] or "")
        self.status, self.headers = int(status.group(0)) if status else 200, []
        extension = row["file"].rsplit(".", 1)[-1]
        self.content_type = TYPES.get(extension, "application/octet-stream")
        path = self.file[:-len(extension)] + "headers"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                lines = [line.rstrip("\n").partition(": ") for line in f if ": " in line]
            self.headers = [(k, v) for k, _, v in lines if k.lower() not in DROPPED and k.lower() != "date"]
            self.content_type = next((v for k, _, v in lines if k.lower() == "content-type"), self.content_type)

    def usable(self):
        return self.host and "<" not in self.path and self.whole

    def reply(self, empty=False):
        with open(self.file, "rb") as f:
            body = f.read()
        return Reply(self.status, emptied(body) if empty else body, self.content_type, self.headers)

    def likeness(self, pairs):
        names, own = {k for k, _ in pairs}, {k for k, _ in self.pairs}
        # One with records in it before one without, which is small.
        return (self.status == 200, os.path.getsize(self.file) > 1500, len(pairs & self.pairs), len(names & own), -len(own - names))


class Recorded:
    def __init__(self, folders=FOLDERS, loose=False):
        self.loose, self.exact, self.kinds, self.turn, self.robots = loose, {}, {}, {}, {}
        for folder in folders:
            index = os.path.join(folder, "index.tsv")
            if not os.path.exists(index):
                continue
            with open(index, encoding="utf-8", newline="") as f:
                for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
                    recording = Recording(folder, row)
                    if recording.usable() and os.path.exists(recording.file):
                        self.exact.setdefault((recording.host, recording.path, recording.pairs), []).append(recording)
                        self.kinds.setdefault(recording.kind, []).append(recording)
                        if recording.path == "/robots.txt":
                            self.robots[recording.host] = recording.file

    def answer(self, request):
        """A reply, or None when nothing like it was recorded."""
        pairs = frozenset(request.pairs())
        key = (request.host, request.path, pairs)
        found = self.exact.get(key)
        if found:
            turn = self.turn[key] = self.turn.get(key, -1) + 1
            further = any(k in PAGING and v not in ("*", "0", "1") for k, v in pairs)
            if turn >= len(found) and further and len(found) > 1:
                return found[-1].reply(empty=True)
            return found[min(turn, len(found) - 1)].reply()
        if not self.loose:
            return None
        alike = self.kinds.get(kind_of(request.host, request.path))
        if not alike:
            return None
        best = max(alike, key=lambda r: r.likeness(pairs))
        further = any(k in PAGING and v not in ("*", "0", "1", "") for k, v in pairs) or bool(
            re.fullmatch(r"/details/\w+/[\d-]+/[\d-]+/[1-9]\d*(/json)?", request.path))
        return best.reply(empty=further)

#!/usr/bin/env python3
"""The replay server does what it says: each service pages to its end, each fault goes wrong in its own way, and the log tells."""
import gzip
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import time
import unittest
import zlib
from urllib.parse import quote, urlencode

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e")]
import articles as makers  # noqa: E402
import crawl  # noqa: E402
import faults as all_faults  # noqa: E402
from message import Request  # noqa: E402
from recorded import Recorded  # noqa: E402
from server import PRIVATE_ADDRESS, Replay  # noqa: E402

BUCKET = "pmc-oa-opendata.s3.amazonaws.com"
EPMC = "www.ebi.ac.uk/europepmc/webservices/rest"


class Client:
    def __init__(self, replay):
        self.connection = http.client.HTTPConnection("127.0.0.1", replay.ports["port"], timeout=10)

    def ask(self, where, parameters=None, headers=None):
        """Status, headers and body of one request."""
        self.connection.request("GET", "/" + where + ("?" + urlencode(parameters) if parameters else ""), headers=headers or {})
        reply = self.connection.getresponse()
        return reply.status, reply.headers, reply.read()

    def json(self, where, parameters=None, headers=None):
        status, _, body = self.ask(where, parameters, headers)
        if status != 200:
            raise AssertionError("%s: %d %s" % (where, status, body[:200]))
        return json.loads(body)

    def close(self):
        self.connection.close()


class WithServer(unittest.TestCase):
    CONFIG = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-replay-")
        cls.replay = Replay(cls.folder.name, **cls.CONFIG)
        cls.replay.__enter__()
        cls.articles = cls.replay.articles()

    @classmethod
    def tearDownClass(cls):
        cls.replay.__exit__()
        cls.folder.cleanup()

    def setUp(self):
        self.client = Client(self.replay)
        self.addCleanup(self.client.close)


class Services(WithServer):
    CONFIG = {"articles": {"synthetic": 150}, "page_size": 3}

    def dois(self, articles):
        return sorted(a.doi for a in articles)

    def test_europepmc(self):
        seen, cursor, ends = [], "*", 0
        while cursor:
            page = self.client.json(EPMC + "/search", {"query": "dose", "format": "json", "resultType": "core", "pageSize": 7, "cursorMark": cursor})
            seen += [r["doi"] for r in page["resultList"]["result"]]
            following = page.get("nextCursorMark")
            ends += 1
            cursor = following if following != cursor and page["resultList"]["result"] else None
        want = [a for a in self.articles if a.place != "landing"]
        self.assertEqual(page["hitCount"], len(want))
        self.assertEqual(sorted(seen), self.dois(want))
        one = self.client.json(EPMC + "/search", {"query": "x AND (LANG:fre OR LANG:ger) AND OPEN_ACCESS:Y", "format": "json", "pageSize": 1000})
        self.assertEqual(one["hitCount"], sum(a.language in ("fr", "de") and a.open for a in want))
        self.assertNotIn("nextCursorMark", one)
        self.assertEqual(self.client.json(EPMC + "/search", {"query": "DOI:\"%s\"" % want[0].doi, "format": "json"})["hitCount"], 1)

    def test_europepmc_files(self):
        a = next(a for a in self.articles if a.place == "europepmc" and a.open)
        self.assertEqual(self.client.ask("%s/%s/fullTextXML" % (EPMC, a.pmcid), headers={"Accept-Encoding": "identity"})[2], a.xml())
        name, data = next(iter(a.media().items()))
        self.assertEqual(self.client.ask("europepmc.org/articles/%s/bin/%s" % (a.pmcid, name))[2], data)
        closed = next(a for a in self.articles if a.manuscript)
        self.assertEqual(self.client.ask("%s/%s/fullTextXML" % (EPMC, closed.pmcid))[0], 404)

    def test_eutils(self):
        base = "eutils.ncbi.nlm.nih.gov/entrez/eutils/"
        found = self.client.json(base + "esearch.fcgi", {"db": "pmc", "term": "dose", "usehistory": "y", "retmode": "json", "retmax": 0})["esearchresult"]
        want = [a for a in self.articles if a.pmcid]
        self.assertEqual((int(found["count"]), found["idlist"]), (len(want), []))
        seen = []
        for start in range(0, len(want), 20):
            page = self.client.json(base + "esummary.fcgi", {"db": "pmc", "query_key": found["querykey"], "WebEnv": found["webenv"], "retmode": "json",
                                                             "retstart": start, "retmax": 20})["result"]
            seen += [next(i["value"] for i in page[u]["articleids"] if i["idtype"] == "doi") for u in page["uids"]]
        self.assertEqual(sorted(seen), self.dois(want))
        spanish = self.client.json(base + "esearch.fcgi", {"db": "pubmed", "term": "dose AND spanish[la]", "retmode": "json"})["esearchresult"]
        self.assertEqual(int(spanish["count"]), sum(a.language == "es" for a in want))
        self.assertIn("ERROR", self.client.json(base + "esearch.fcgi", {"db": "pmc", "term": ""})["esearchresult"])

    def test_crossref_gives_one_cursor_for_all_pages(self):
        seen, cursors, cursor = [], set(), "*"
        while True:
            status, headers, body = self.client.ask("api.crossref.org/works", {"query": "dose", "rows": 40, "cursor": cursor})
            message = json.loads(body)["message"]
            if not message["items"]:
                break
            seen += [w["DOI"] for w in message["items"]]
            cursor = message["next-cursor"]
            cursors.add(cursor)
        self.assertEqual((status, headers["x-rate-limit-limit"], len(cursors)), (200, "50", 1))
        self.assertEqual(sorted(seen), self.dois(self.articles))
        self.assertEqual(self.client.ask("api.crossref.org/works", {"cursor": "thing"})[0], 404)
        self.assertEqual(self.client.json("api.crossref.org/works/" + self.articles[3].doi)["message"]["DOI"], self.articles[3].doi)

    def test_openalex(self):
        self.assertEqual(self.client.ask("api.openalex.org/works", {"search": "dose", "cursor": "*"})[0], 401)
        seen, cursor = [], "*"
        while cursor:
            page = self.client.json("api.openalex.org/works", {"search": "dose", "per_page": 40, "cursor": cursor, "api_key": "k"})
            seen += [w["doi"].replace("https://doi.org/", "") for w in page["results"]]
            cursor = page["meta"]["next_cursor"]
        self.assertEqual(sorted(seen), self.dois(self.articles))
        one = self.client.json("api.openalex.org/works/https://doi.org/" + quote(self.articles[5].doi, safe=""))
        self.assertEqual(one["title"], self.articles[5].title)
        self.assertEqual(self.client.ask("api.openalex.org/works/https://doi.org/10.1/none")[0], 404)

    def test_unpaywall(self):
        a = next(a for a in self.articles if a.place == "pdf" and a.open)
        said = self.client.json("api.unpaywall.org/v2/" + a.doi, {"email": "a@b.example"})
        self.assertEqual(said["best_oa_location"]["url_for_pdf"], a.pdf_url)
        a = next(a for a in self.articles if a.place == "landing" and a.open)
        self.assertIsNone(self.client.json("api.unpaywall.org/v2/" + a.doi, {"email": "a@b.example"})["best_oa_location"]["url_for_pdf"])
        self.assertEqual(self.client.ask("api.unpaywall.org/v2/" + a.doi)[0], 422)
        self.assertEqual(self.client.ask("api.unpaywall.org/v2/10.1/none", {"email": "a@b.example"})[0], 404)

    def by_offset(self, where, start, step, first, records):
        """All records of a service that counts them: `first` is the number of the first one or page."""
        seen, place = [], first
        while True:
            body = self.client.ask(where, dict(start(place)))[2]
            page = records(body)
            if not page:
                return seen
            seen += page
            place += step

    def test_services_that_count(self):
        opened = [a for a in self.articles if a.open]
        doaj = self.by_offset("doaj.org/api/search/articles/dose", lambda n: {"page": n, "pageSize": 30}, 1, 1, lambda b: [
            i["id"] for r in json.loads(b)["results"] for i in r["bibjson"]["identifier"] if i["type"].lower() == "doi"])
        self.assertEqual(sorted(doaj), self.dois(opened))
        core = self.by_offset("api.core.ac.uk/v3/search/works/", lambda n: {"q": "dose", "offset": n, "limit": 30}, 30, 0, lambda b: [
            r["doi"] for r in json.loads(b)["results"]])
        self.assertEqual(sorted(core), self.dois(opened))
        arxiv = self.by_offset("export.arxiv.org/api/query", lambda n: {"search_query": "all:dose", "start": n, "max_results": 2}, 2, 0,
                               lambda b: re.findall(rb"<arxiv:doi>(.*?)<", b))
        self.assertEqual(sorted(d.decode() for d in arxiv), self.dois(a for a in self.articles if a.arxiv))
        jstage = self.by_offset("api.jstage.jst.go.jp/searchapi/do", lambda n: {"service": 3, "text": "x", "start": n, "count": 3}, 3, 1,
                                lambda b: re.findall(rb"<prism:doi>(.*?)<", b))
        self.assertEqual(sorted(d.decode() for d in jstage), self.dois(a for a in self.articles if a.language == "ja"))
        scielo = self.by_offset("articlemeta.scielo.org/api/v1/article/identifiers/", lambda n: {"collection": "scl", "offset": n, "limit": 4}, 4, 0,
                                lambda b: [o["doi"] for o in json.loads(b)["objects"]])
        self.assertEqual(sorted(scielo), self.dois(a for a in self.articles if a.scielo))
        code = next(a.scielo for a in self.articles if a.scielo)
        self.assertEqual(self.client.json("articlemeta.scielo.org/api/v1/article/", {"collection": "scl", "code": code, "format": "json"})["code"], code)

    def test_core_without_slash(self):
        status, headers, _ = self.client.ask("api.core.ac.uk/v3/search/works", {"q": "x"})
        self.assertEqual((status, headers["Location"]), (301, "https://api.core.ac.uk/v3/search/works/?q=x"))

    def test_hal(self):
        seen, cursor = [], "*"
        while True:
            page = self.client.json("api.archives-ouvertes.fr/search/", {"q": "dose", "fq": "language_s:es", "rows": 4, "cursorMark": cursor})
            seen += [d["doiId_s"] for d in page["response"]["docs"]]
            if page["nextCursorMark"] == cursor:
                break
            cursor = page["nextCursorMark"]
        self.assertEqual(sorted(seen), self.dois(a for a in self.articles if a.open and a.language == "es"))

    def test_biorxiv(self):
        seen, cursor = [], 0
        while True:
            page = self.client.json("api.biorxiv.org/details/biorxiv/2000-01-01/2030-01-01/%d/json" % cursor)
            if not page["collection"]:
                break
            seen += [r["doi"] for r in page["collection"]]
            cursor += page["messages"][0]["count"]
            self.assertIsInstance(page["messages"][0]["total"], str)
        self.assertEqual(sorted(seen), self.dois(a for a in self.articles if a.biorxiv))

    def test_bucket_article(self):
        a = next(a for a in self.articles if len(a.versions) == 2)
        listing = self.client.ask(BUCKET + "/", {"list-type": 2, "prefix": a.pmcid + ".", "delimiter": "/"})[2]
        self.assertEqual(re.findall(rb"<CommonPrefixes><Prefix>(.*?)<", listing), [b"%s.%d/" % (a.pmcid.encode(), v) for v in (1, 2)])
        meta = self.client.json("%s/metadata/%s.json" % (BUCKET, a.key()))
        urls = [meta["xml_url"], meta["text_url"], *meta.get("media_urls", ()), *([meta["pdf_url"]] if "pdf_url" in meta else [])]
        for url in urls:
            key, md5 = re.fullmatch(r"s3://pmc-oa-opendata/(.*)\?md5=(\w+)", url).groups()
            status, headers, body = self.client.ask("%s/%s" % (BUCKET, key))
            self.assertEqual((status, hashlib.md5(body).hexdigest(), headers["ETag"]), (200, md5, '"%s"' % md5))
        manuscript = next(a for a in self.articles if a.manuscript)
        meta = self.client.json("%s/metadata/%s.json" % (BUCKET, manuscript.key()))
        self.assertEqual((meta["license_code"], "pdf_url" in meta, "media_urls" in meta), ("TDM", False, False))

    def test_bucket_pages(self):
        a = max((a for a in self.articles if a.place == "bucket" and not a.manuscript), key=lambda a: len(a.figures))
        keys, after, pages = [], {}, 0
        while True:
            body = self.client.ask(BUCKET + "/", {"list-type": 2, "prefix": a.key() + "/", **after})[2].decode()
            keys += re.findall("<Key>(.*?)</Key>", body)
            pages += 1
            more = re.search("<NextContinuationToken>(.*?)<", body)
            if not more:
                break
            after = {"continuation-token": more.group(1)}
        self.assertEqual(keys, sorted([*a.bucket_files(), "%s/%s.json" % (a.key(), a.key())]))
        self.assertGreater(pages, 1)
        folders = re.findall("<CommonPrefixes><Prefix>(.*?)<", self.client.ask(BUCKET + "/", {"list-type": 2, "prefix": "PMC", "delimiter": "/"})[2].decode())
        self.assertEqual(len(folders), 3)

    def test_bucket_errors_ranges_and_conditions(self):
        self.assertIn(b"NoSuchKey", self.client.ask(BUCKET + "/PMC1.1/")[2])
        a = next(a for a in self.articles if a.place == "bucket")
        key = "%s/%s/%s.xml" % (BUCKET, a.key(), a.key())
        _, headers, body = self.client.ask(key)
        status, part, rest = self.client.ask(key, headers={"Range": "bytes=100-", "If-Range": headers["ETag"]})
        self.assertEqual((status, part["Content-Range"], rest), (206, "bytes 100-%d/%d" % (len(body) - 1, len(body)), body[100:]))
        self.assertEqual(self.client.ask(key, headers={"Range": "bytes=100-", "If-Range": '"other"'})[0], 200)
        self.assertEqual(self.client.ask(key, headers={"Range": "bytes=%d-" % len(body)})[0], 416)
        status, _, nothing = self.client.ask(key, headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((status, nothing), (304, b""))

    def test_inventory(self):
        manifest = self.client.json(BUCKET + "/inventory-reports/pmc-oa-opendata/metadata/2026-11-20T01-00Z/manifest.json")
        rows = gzip.decompress(self.client.ask("%s/%s" % (BUCKET, manifest["files"][0]["key"]))[2]).decode().splitlines()
        self.assertEqual(len(rows), sum(len(a.versions) for a in self.articles if a.place == "bucket"))
        key, etag = re.fullmatch(r'"pmc-oa-opendata","(.*?)",".*?","(\w+)"', rows[0]).groups()
        self.assertEqual(hashlib.md5(self.client.ask("%s/%s" % (BUCKET, key))[2]).hexdigest(), etag)

    def test_publishers(self):
        for a in [a for a in self.articles if a.place == "landing"]:
            status, headers, _ = self.client.ask("doi.org/" + a.doi)
            self.assertEqual((status, headers["Location"]), (302, a.landing_url))
            page = self.client.ask(a.landing_url.replace("https://", ""))[2]
            self.assertRegex(page.lower(), b"citation_pdf_url")
            self.assertEqual(self.client.ask(a.pdf_url.replace("https://", ""))[2], a.pdf())
        ways = {a.number % 8 for a in self.articles if a.place == "landing"}
        self.assertGreater(len(ways), 4)
        self.assertIn(b"Disallow: /private/", self.client.ask("publisher1.example/robots.txt")[2])
        self.assertEqual(self.client.ask("www.ncbi.nlm.nih.gov/pmc/utils/oa/oa.fcgi", {"id": "PMC1"})[0], 404)

    def test_gzip_for_who_takes_it(self):
        status, headers, body = self.client.ask(EPMC + "/search", {"query": "x", "format": "json"}, {"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
        self.assertEqual(json.loads(gzip.decompress(body))["version"], "6.9")

    def test_pipelined_requests(self):
        with socket.create_connection(("127.0.0.1", self.replay.ports["port"]), 10) as s:
            s.sendall(b"GET /a.example/robots.txt HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET /a.example/ HTTP/1.1\r\nConnection: close\r\n\r\n")
            data = b""
            while chunk := s.recv(65536):
                data += chunk
        self.assertEqual(data.count(b"HTTP/1.1 "), 3)

    def test_sizes_of_pictures(self):
        """PNG by its header, JPEG by its frame; both with an end."""
        png, jpeg = makers.png("a"), makers.jpeg("a")
        self.assertEqual((png[16:24], png[-8:-4]), (b"\0\0\0\xa0\0\0\0\x78", b"IEND"))
        self.assertEqual(zlib.decompress(png[png.index(b"IDAT") + 4:-16])[0], 0)
        self.assertEqual((jpeg[:2], jpeg[-2:]), (b"\xff\xd8", b"\xff\xd9"))
        self.assertNotEqual(png, makers.png("b"))
        self.assertNotEqual(jpeg, makers.jpeg("b"))

    def test_articles_are_made_the_same_again(self):
        for one, two in zip(makers.synthetic(30, 7), makers.synthetic(30, 7)):
            self.assertEqual((one.xml(), one.pdf(), one.media()), (two.xml(), two.pdf(), two.media()))


PATH = "/%s/%s"


class Faults(WithServer):
    """Each fault, scripted for a URL of its own: `?f=NAME`."""

    CONFIG = {"articles": {"synthetic": 30}, "hosts": {"nohost.example": "dns", "badtls.example": "tls"},
              "faults": {"stall_s": 0.4, "drip_s": 0.4, "script": [["[?&]f=%s(&|$)" % f, [f]] for f in all_faults.ALL]}}

    def key(self):
        a = next(a for a in self.articles if a.place == "bucket" and not a.manuscript)
        return "%s/%s/%s" % (BUCKET, a.key(), a.figures[0]), a.media()[a.figures[0]]

    def ask(self, fault, where=None, **parameters):
        return self.client.ask(where or self.key()[0], {**parameters, "f": fault})

    def raw(self, fault, where=None):
        """All bytes of a reply until the server closes, and the error that ended it."""
        data = b""
        with socket.create_connection(("127.0.0.1", self.replay.ports["port"]), 10) as s:
            s.sendall(("GET /%s?f=%s HTTP/1.1\r\nHost: x\r\n\r\n" % (where or self.key()[0], fault)).encode())
            try:
                while chunk := s.recv(65536):
                    data += chunk
            except ConnectionResetError:
                return data, "reset"
        return data, "closed"

    def logged(self, fault):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            lines = [line for line in self.replay.log() if line["fault"] == fault]
            if lines:
                return lines[-1]
            time.sleep(0.02)
        self.fail("%s is not in the log" % fault)

    def test_statuses(self):
        for fault, status, header in (("429-seconds", 429, "1"), ("429-date", 429, None), ("500", 500, None), ("502", 502, None),
                                      ("503-xml", 503, None), ("503-retry", 503, "1")):
            with self.subTest(fault):
                got, headers, body = self.ask(fault)
                self.assertEqual(got, status)
                if header:
                    self.assertEqual(headers["Retry-After"], header)
                if fault == "429-date":
                    self.assertRegex(headers["Retry-After"], r"^\w{3}, \d\d \w{3} \d{4} .* GMT$")
                self.assertIn(b"SlowDown" if fault == "503-xml" else b"<html>", body)
                self.assertEqual(self.ask(fault)[2], self.key()[1], "the second request is answered")
                self.assertEqual(self.logged(fault)["status"], status)

    def test_cut(self):
        want = self.key()[1]
        data, end = self.raw("cut")
        self.assertIn(b"Content-Length: %d\r\n" % len(want), data)
        self.assertEqual((data.partition(b"\r\n\r\n")[2], end), (want[:len(want) // 2], "closed"))
        data, _ = self.raw("cut-chunked")
        self.assertIn(b"Transfer-Encoding: chunked", data)
        self.assertNotIn(b"\r\n0\r\n\r\n", data)
        data, _ = self.raw("short-length")
        self.assertIn(b"Content-Length: %d\r\n" % (len(want) // 2), data)
        self.assertEqual(data.partition(b"\r\n\r\n")[2], want)
        self.assertFalse(self.logged("cut")["whole"])

    def test_slow(self):
        began = time.monotonic()
        data, _ = self.raw("stall")
        self.assertGreater(time.monotonic() - began, 0.35)
        self.assertEqual(data.partition(b"\r\n\r\n")[2], self.key()[1][:len(self.key()[1]) // 2])
        began = time.monotonic()
        self.assertEqual(self.ask("drip")[2], self.key()[1])
        self.assertGreater(time.monotonic() - began, 0.35)
        self.assertTrue(self.logged("drip")["whole"])

    def test_reset_and_silence(self):
        self.assertEqual(self.raw("reset")[1], "reset")
        self.assertEqual(self.raw("silent"), (b"", "closed"))
        self.logged("reset")
        self.logged("silent")

    def test_bad_gzip(self):
        _, headers, body = self.ask("bad-gzip")
        self.assertEqual(headers["Content-Encoding"], "gzip")
        with self.assertRaises((zlib.error, OSError, EOFError)):
            gzip.decompress(body)

    def test_redirects(self):
        _, headers, _ = self.ask("redirect-loop")
        where, seen = headers["Location"].replace("https://", ""), []
        self.assertTrue(where.startswith(BUCKET + "/replay-loop/"))
        for _ in range(6):
            status, headers, _ = self.client.ask(where)
            self.assertEqual(status, 302)
            where = BUCKET + headers["Location"]
            seen.append(where)
        self.assertLess(len(set(seen)), 6)
        status, headers, _ = self.ask("redirect-private")
        self.assertEqual(status, 302)
        self.assertRegex(headers["Location"], r"^http://(127\.0\.0\.2|2130706434|0x7f000002|0177\.0\.0\.2|\[::ffff:127\.0\.0\.2\]):%d/"
                         % self.replay.ports["private"])

    def test_wrong_bytes(self):
        want = self.key()[1]
        self.assertEqual(self.ask("empty")[::2], (200, b""))
        status, headers, body = self.ask("flipped")
        self.assertEqual((status, len(body), sum(a != b for a, b in zip(body, want)), headers["ETag"]),
                         (200, len(want), 1, '"%s"' % hashlib.md5(want).hexdigest()))
        for fault, word in (("html", b"password"), ("challenge", b"Just a moment")):
            status, headers, body = self.ask(fault)
            self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
            self.assertIn(word, body)

    def test_wrong_pages(self):
        search = {"query": "x", "format": "json", "pageSize": 5, "cursorMark": "*"}
        with self.assertRaises(ValueError):
            json.loads(self.ask("json-cut", EPMC + "/search", **search)[2])
        page = json.loads(self.ask("cursor-repeats", EPMC + "/search", **search)[2])
        self.assertEqual((page["nextCursorMark"], len(page["resultList"]["result"])), ("*", 5))
        page = json.loads(self.ask("page-empty", EPMC + "/search", **search)[2])
        self.assertEqual(page["resultList"]["result"], [])
        self.assertGreater(page["hitCount"], 5)
        page = json.loads(self.ask("page-empty", "api.openalex.org/works", search="x")[2])
        self.assertEqual((page["results"], page["meta"]["count"]), ([], 30))

    def test_no_host_and_bad_certificate(self):
        with open(self.replay.endpoints, encoding="utf-8") as f:
            lines = dict(line.rstrip("\n").split("\t") for line in f)
        name = lines["nohost.example"].split("/")[2]
        with self.assertRaises(OSError):
            socket.getaddrinfo(name.encode(), 80)
        self.assertTrue(lines["badtls.example"].startswith("https://127.0.0.1:%d/" % self.replay.ports["tls"]))
        connection = http.client.HTTPSConnection("127.0.0.1", self.replay.ports["tls"], timeout=10)
        with self.assertRaises(ssl.SSLCertVerificationError):
            connection.request("GET", "/badtls.example/")
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.replay.ports["tls"], timeout=10, context=trusting)
        connection.request("GET", "/badtls.example/robots.txt")
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()

    def test_private_socket_tells(self):
        with socket.create_connection((PRIVATE_ADDRESS, self.replay.ports["private"]), 10) as s:
            self.assertIn(b"secret", s.recv(1000))
        self.assertIn("private", [line["host"] for line in self.replay.log()])

    def test_log(self):
        self.client.ask(self.key()[0], {"q": "1"}, {"User-Agent": "figmill/0 (mailto:a@b.example)", "Range": "bytes=5-"})
        line = [line for line in self.replay.log() if line["query"] == "q=1"][-1]
        self.assertEqual((line["host"], line["status"], line["fault"], line["user-agent"], line["range"], line["bytes"]),
                         (BUCKET, 206, None, "figmill/0 (mailto:a@b.example)", "bytes=5-", len(self.key()[1]) - 5))
        self.assertLessEqual(line["ms"], line["end"])


class Hosts(WithServer):
    CONFIG = {"articles": {"synthetic": 30}, "robots": {"a.example": "User-agent: *\nDisallow: /\n", "b.example": 503},
              "headers": {"publisher1.example": {"X-Robots-Tag": "noai"}}, "statuses": {"publisher2.example": 403}}

    def test_hosts_with_ways_of_their_own(self):
        self.assertEqual(self.client.ask("a.example/robots.txt")[2], b"User-agent: *\nDisallow: /\n")
        self.assertEqual(self.client.ask("b.example/robots.txt")[0], 503)
        self.assertEqual(self.client.ask("publisher1.example/")[1]["X-Robots-Tag"], "noai")
        self.assertEqual([self.client.ask("publisher2.example" + p)[0] for p in ("/articles/1", "/robots.txt")], [403, 200])


class Chance(WithServer):
    CONFIG = {"articles": {"synthetic": 40}, "faults": {"probability": 0.5, "seed": 3, "in_a_row": 2, "kinds": list(all_faults.STATUS)}}

    def test_share_and_rows(self):
        """About half of the requests, never three in a row for one URL; and none once it is switched off."""
        statuses = []
        for i in range(200):
            row = [self.client.ask("publisher1.example/robots.txt", {"n": i})[0] for _ in range(3)]
            self.assertIn(200, row)
            statuses += row
        self.assertTrue(0.3 < sum(s != 200 for s in statuses) / len(statuses) < 0.6)
        self.assertEqual(self.replay.control("/faults", {"probability": 0})["probability"], 0)
        self.assertEqual({self.client.ask("publisher1.example/robots.txt", {"m": i})[0] for i in range(20)}, {200})


class RecordedReplies(unittest.TestCase):
    """Against a folder of recordings in the likeness of real ones."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="figmill-recorded-")
        self.addCleanup(folder.cleanup)
        rows = [("a.json", "https://api.crossref.org/works?query=x&cursor=%2A", {"message": {"items": [1], "next-cursor": "c"}}),
                ("b.json", "https://api.crossref.org/works?query=x&cursor=c", {"message": {"items": [2], "next-cursor": "c"}}),
                ("c.json", "https://api.crossref.org/works?query=x&cursor=c", {"message": {"items": [3], "next-cursor": "c"}}),
                ("d.json", "https://doaj.org/api/v2/search/articles/license:CC-BY?page=1&pageSize=2", {"results": [1, 2], "total": 9})]
        with open(os.path.join(folder.name, "index.tsv"), "w", encoding="utf-8") as index:
            index.write("file\tservice\tendpoint_or_url\thttp_status\n")
            for name, url, value in rows:
                index.write("%s\tx\t%s\t200\n" % (name, url))
                with open(os.path.join(folder.name, name), "w", encoding="utf-8") as f:
                    json.dump(value, f)
        with open(os.path.join(folder.name, "a.headers"), "w", encoding="utf-8") as f:
            f.write("HTTP 200\nx-rate-limit-limit: 5\ncontent-encoding: gzip\ncontent-type: application/json\n")
        self.folder = folder.name

    def ask(self, recorded, url):
        reply = recorded.answer(Request("GET", "/" + url, {}))
        return reply and json.loads(reply.body)

    def test_exact(self):
        recorded = Recorded([self.folder])
        reply = recorded.answer(Request("GET", "/api.crossref.org/works?cursor=*&query=x", {}))
        self.assertEqual((reply.header("x-rate-limit-limit"), reply.header("content-encoding")), ("5", None))
        pages = [self.ask(recorded, "api.crossref.org/works?query=x&cursor=c")["message"]["items"] for _ in range(3)]
        self.assertEqual(pages, [[2], [3], []])
        self.assertIsNone(self.ask(recorded, "api.crossref.org/works?query=y"))

    def test_loose(self):
        recorded = Recorded([self.folder], loose=True)
        self.assertEqual(self.ask(recorded, "doaj.org/api/search/articles/dose?page=1&pageSize=100"), {"results": [1, 2], "total": 9})
        self.assertEqual(self.ask(recorded, "doaj.org/api/search/articles/dose?page=2&pageSize=100"), {"results": [], "total": 9})
        self.assertEqual(self.ask(recorded, "api.crossref.org/works?query=other&cursor=*&rows=9")["message"]["items"], [1])
        self.assertIsNone(self.ask(recorded, "nowhere.example/"))

    @unittest.skipUnless(os.path.exists(os.path.join(makers.CORPUS, "api", "index.tsv")), "no ../shared/corpus")
    def test_real_ones(self):
        recorded = Recorded(loose=True)
        for url, word in ((EPMC + "/search?query=z&resultType=core&format=json&pageSize=100&cursorMark=*", b'"hitCount": 5059039'),
                          ("doi.org/10.1038/s41467-022-30729-2", b"citation_"),
                          (BUCKET + "/PMC9984800.1/PMC9984800.1.json", b"PMC9984800"), ("arxiv.org/robots.txt", b"User-agent"),
                          ("api.jstage.jst.go.jp/searchapi/do?service=3&text=z&count=100&start=1", b"totalResults>677<")):
            with self.subTest(url):
                self.assertIn(word, recorded.answer(Request("GET", "/" + url, {})).body)


class Checks(unittest.TestCase):
    """What the end-to-end tests read out of the log: each check can fail."""

    def line(self, ms, url="a.example/1", status=200, fault=None, whole=True):
        host, _, path = url.partition("/")
        return {"ms": ms, "end": ms + 5, "host": host, "path": "/" + path, "query": "", "status": status, "fault": fault, "whole": whole}

    def test_rate(self):
        even = [self.line(100.0 * i) for i in range(50)]
        self.assertEqual(crawl.rate_excess(even, 10), [])
        self.assertEqual(len(crawl.rate_excess(even + [self.line(2050)], 10)), 1)
        self.assertEqual(crawl.rate_excess(even + [self.line(2050, "b.example/1")], 10), [])

    def test_asked_again(self):
        self.assertEqual(crawl.asked_again([self.line(0), self.line(50, "a.example/2")]), {})
        self.assertEqual(crawl.asked_again([self.line(0, status=503), self.line(50, fault="cut", whole=False), self.line(90, fault="flipped"),
                                            self.line(150)]), {})
        self.assertEqual(crawl.asked_again([self.line(0), self.line(50)]), {"a.example/1": 1})
        self.assertEqual(crawl.asked_again([self.line(0, fault="drip"), self.line(50)]), {"a.example/1": 1})
        self.assertEqual(crawl.asked_again([self.line(0), self.line(500)], [400]), {})
        self.assertEqual(crawl.asked_again([self.line(0), self.line(9500)], [9400]), {"a.example/1": 1})

    def test_impatient(self):
        told = self.line(0, status=429, fault="429-seconds")
        self.assertEqual(crawl.impatient([told, self.line(20), self.line(1010), self.line(500, "b.example/")]), [])
        self.assertEqual(len(crawl.impatient([told, self.line(500)])), 1)

    def test_private(self):
        self.assertEqual(crawl.contacts_of_private([self.line(0)]), [])
        for url in ("private/", "127.0.0.2:80/x", "[::ffff:127.0.0.2]:80/x", "2130706434:80/x"):
            self.assertEqual(len(crawl.contacts_of_private([self.line(0, url)])), 1)

    def test_expected(self):
        """Of the synthetic articles there are some of each kind, and what may be fetched has bytes."""
        kinds = {crawl.expected(a)[1] for a in makers.synthetic(300)}
        self.assertEqual(kinds, {None, "closed", "retracted", "license"})
        body, pictures = next(crawl.expected(a)[0] for a in makers.synthetic(300) if crawl.expected(a)[0] and a.place == "bucket")
        self.assertTrue(body.startswith(b"<?xml") and pictures)


if __name__ == "__main__":
    unittest.main()

"""figmill fetch and purge from the outside, against a small server on loopback that answers what each test tells it to: an article by
each route, what may not be fetched, wrong bytes, kills, refreshing, taking down. The big stand-in of all services is in tests/replay."""
import hashlib
import http.server
import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
from urllib.parse import unquote

from corpus import ask, environment, figmill, program

BUCKET = "pmc-oa-opendata.s3.amazonaws.com"
EBI = "www.ebi.ac.uk"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def md5(data):
    return hashlib.md5(data).hexdigest()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def jats(doi, graphics=("f1.jpg",), license=CC_BY, body=True):
    figures = "".join('<fig id="F%d"><label>Figure %d</label><caption><p>What it shows.</p></caption><graphic xlink:href="%s"/></fig>'
                      % (i, i, href) for i, href in enumerate(graphics, 1))
    return ('<?xml version="1.0"?><article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>'
            '<article-id pub-id-type="doi">%s</article-id><title-group><article-title>Of %s</article-title></title-group>'
            '<permissions><license xlink:href="%s"/></permissions></article-meta></front>%s</article>\n'
            % (doi, doi, license, "<body>%s</body>" % figures if body else "")).encode()


def pdf(text="a"):
    return b"%%PDF-1.4\n%% %s\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%%%EOF\n" % text.encode()


def jpeg(text="a"):
    return b"\xff\xd8\xff\xe0" + text.encode() * 400 + b"\xff\xd9"


def page(**tags):
    return ("<!DOCTYPE html><html><head><title>A paper</title>%s</head><body>x</body></html>" % "".join(
        '<meta name="%s" content="%s">' % (name, text) for name, text in tags.items())).encode()


class Server:
    """Answers `host/path?query` with the next of the replies that were put there (the last one stays): bytes, or a tuple of status,
    bytes and headers. Everything that is wanted and not there is 404."""

    def __init__(self):
        self.replies, self.log, self.delay = {}, [], 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = unquote(self.path[1:])
                server.log.append(url)
                time.sleep(server.delay)
                queue = server.replies.get(url) or [(404, b"not here", {})]
                reply = queue.pop(0) if len(queue) > 1 else queue[0]
                status, body, headers = reply if isinstance(reply, tuple) else (200, reply, {})
                etag = '"%s"' % md5(body)
                if status == 200 and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in {"ETag": etag, **headers}.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, request, address):
                """A client that is killed, or has had enough, is no error."""

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def put(self, url, *replies):
        self.replies[url] = list(replies)

    def article_in_bucket(self, pmcid, doi, license="CC BY", xml=None, pictures=None, wrong_first=False, version=1, listed=None,
                          **more):
        """Puts an article there: listing (of this version, or of those listed), metadata, files."""
        key = "%s.%d" % (pmcid, version)
        files = {"%s.xml" % key: xml or jats(doi), **(pictures if pictures is not None else {"f1.jpg": jpeg(pmcid)})}
        url = lambda name: "s3://pmc-oa-opendata/%s/%s?md5=%s" % (key, name, md5(files[name]))  # noqa: E731
        metadata = {"pmcid": pmcid, "version": version, "pmid": None, "doi": doi, "mid": None, "title": "A", "citation": "B",
                    "is_pmc_openaccess": True, "is_manuscript": False, "is_historical_ocr": False, "is_retracted": False,
                    "license_code": license, "xml_url": url("%s.xml" % key),
                    "media_urls": [url(name) for name in files if not name.endswith(".xml")], **more}
        self.put("%s/?list-type=2&prefix=%s.&delimiter=/" % (BUCKET, pmcid),
                 b"<ListBucketResult><IsTruncated>false</IsTruncated>%s</ListBucketResult>" % b"".join(
                     b"<CommonPrefixes><Prefix>%s.%d/</Prefix></CommonPrefixes>" % (pmcid.encode(), v) for v in listed or [version]))
        self.put("%s/%s/%s.json" % (BUCKET, key, key), json.dumps(metadata).encode())
        for name, data in files.items():
            replies = [data[:-1] + b"\0" + data[-1:], data] if wrong_first and not name.endswith(".xml") else [data]
            self.put("%s/%s/%s" % (BUCKET, key, name), *replies)
        return files


class Case(unittest.TestCase):
    """A corpus that is not there yet, and a server."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="figmill-fetch-")
        self.addCleanup(folder.cleanup)
        self.folder, self.corpus = folder.name, os.path.join(folder.name, "corpus")
        self.server = Server()
        self.addCleanup(self.server.close)
        self.endpoints = os.path.join(folder.name, "endpoints.tsv")
        with open(self.endpoints, "w", encoding="utf-8") as f:
            f.write("*\thttp://127.0.0.1:%d/{host}\n" % self.server.http.server_port)

    def options(self, *more):
        return ["--contact", "a@b.example", "--endpoints", self.endpoints, "--allow-private", "--rate", "0", "--attempts", "3", *more]

    def fetch(self, *more, status=0):
        result = figmill(self.corpus, "fetch", *self.options(*more))
        self.assertEqual(result.status, status, result)
        return result

    def asked(self, host=""):
        return [url for url in self.server.log if url.startswith(host) and not url.endswith("/robots.txt")]

    def documents(self):
        return dict(ask(self.corpus, "SELECT name, sha256 FROM document"))

    def dropped(self, doi):
        return ask(self.corpus, "SELECT drop_reason, drop_note FROM v_article WHERE doi = ?", doi)

    def add_record(self, doi, license, files, source="test", retracted=None):
        """What search would have written."""
        self.records = getattr(self, "records", 0) + 1
        sql = ("INSERT INTO article (key, doi, source, added) VALUES ('doi:%s', '%s', '%s', 0) ON CONFLICT DO NOTHING;"
               "INSERT INTO record (article_id, source, source_id, doi, license, retracted, files, said, added, updated) "
               "SELECT article_id, '%s', '%d', doi, %s, %s, '%s', '{}', unixepoch(), unixepoch() FROM article WHERE doi = '%s'"
               % (doi, doi, source, source, self.records, "'%s'" % license if license else "NULL",
                  "NULL" if retracted is None else retracted, json.dumps(files), doi))
        if not os.path.exists(self.corpus):
            nothing = os.path.join(self.folder, "nothing")
            os.makedirs(nothing)
            self.assertEqual(figmill(self.corpus, "import", nothing).status, 0)
        with sqlite3.connect(os.path.join(self.corpus, "corpus.db")) as db:
            db.executescript(sql)


class Fetch(Case):
    # Routes.

    def test_bucket(self):
        files = self.server.article_in_bucket("PMC1", "10.5555/a")
        self.fetch("PMC1")
        self.assertEqual(self.documents(), {"PMC1.xml": sha256(files["PMC1.1.xml"])})
        self.assertEqual(ask(self.corpus, "SELECT name, sha256 FROM asset"), [("f1.jpg", sha256(files["f1.jpg"]))])
        self.assertEqual(ask(self.corpus, "SELECT doi, pmcid FROM article"), [("10.5555/a", "PMC1")])
        row, = ask(self.corpus, "SELECT f.route, f.license, f.status, d.source_url FROM v_fetch f JOIN document d USING (document_id)")
        self.assertEqual(row, ("pmc", "CC BY", 200, "https://%s/PMC1.1/PMC1.1.xml" % BUCKET))
        asked = len(self.server.log)
        self.fetch("PMC1")
        self.assertEqual(len(self.server.log), asked)

    def test_europepmc(self):
        xml = jats("10.5555/b", ("f1.tif", "gone"))
        self.server.put("%s/europepmc/webservices/rest/PMC2/fullTextXML" % EBI, xml)
        self.server.put("europepmc.org/articles/PMC2/bin/f1.jpg", jpeg())
        self.fetch("--routes", "europepmc", "PMC2")
        self.assertEqual(self.documents(), {"PMC2.xml": sha256(xml)})
        self.assertEqual(ask(self.corpus, "SELECT name FROM asset"), [("f1.jpg",)])
        self.assertEqual(ask(self.corpus, "SELECT url FROM v_fetch WHERE state = 'failed'"),
                         [("https://europepmc.org/articles/PMC2/bin/gone.jpg",)])

    def test_xml_of_a_record(self):
        xml = jats("10.5555/c", ("img/f1.jpg",))
        self.server.put("journal.example/c/full.xml", xml)
        self.server.put("journal.example/c/img/f1.jpg", jpeg())
        self.add_record("10.5555/c", None, [{"url": "https://journal.example/c/full.xml", "kind": "xml"}])
        self.fetch()
        self.assertEqual(self.documents(), {"full.xml": sha256(xml)})
        self.assertEqual(ask(self.corpus, "SELECT name FROM asset"), [("img/f1.jpg",)])

    def test_html_as_pdf_then_the_next(self):
        self.server.put("a.example/1.pdf", page(citation_title="A"))
        self.server.put("b.example/2.pdf", pdf())
        self.add_record("10.5555/d", "cc-by", [{"url": "https://a.example/1.pdf", "kind": "pdf", "version": "published"},
                                              {"url": "https://b.example/2.pdf", "kind": "pdf", "version": "accepted"}])
        self.fetch("--attempts", "1")
        self.assertEqual(self.documents(), {"2.pdf": sha256(pdf())})
        (why,), = ask(self.corpus, "SELECT err_text FROM v_fetch WHERE state = 'failed' AND url LIKE '%1.pdf'")
        self.assertIn("HTML page", why)

    def test_lookup_and_landing(self):
        self.server.put("doi.org/10.5555/e", (302, b"", {"Location": "https://journal.example/e"}))
        self.server.put("journal.example/e", page(citation_title="E", citation_doi="10.5555/e", citation_pdf_url="/e.pdf"))
        self.server.put("journal.example/e.pdf", pdf("e"))
        self.add_record("10.5555/e", "https://creativecommons.org/licenses/by/4.0/", [], source="crossref")
        self.fetch()
        self.assertEqual(self.documents(), {"e.pdf": sha256(pdf("e"))})
        self.assertEqual(ask(self.corpus, "SELECT DISTINCT route FROM v_fetch WHERE document_id IS NOT NULL"), [("landing",)])
        self.assertTrue(any(url.startswith("api.unpaywall.org/v2/10.5555/e") for url in self.asked()))

    def test_given_urls_and_lists(self):
        self.server.put("u.example/x", pdf("x"))
        self.server.article_in_bucket("PMC1", "10.5555/a")
        path = os.path.join(self.folder, "list.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write("# works\nhttps://u.example/x\nPMC1\nnonsense\n")
        result = self.fetch("--list", path, "--json")
        self.assertEqual(set(self.documents().values()), {sha256(pdf("x")), sha256(jats("10.5555/a"))})
        self.assertEqual(result.json()["fetch"]["routes"], {"given": 1, "pmc": 1})
        self.assertIn("list.txt:4", result.err)
        self.fetch("nonsense", status=2)

    def test_a_private_address_must_be_named_and_allowed(self):
        """No stand-ins here: the URL itself is on loopback. A page there may not lead to another private address."""
        self.server.put("in/x.pdf", pdf("x"))
        self.server.put("in/page", page(citation_title="A", citation_pdf_url="http://127.0.0.1:%d/in/inner.pdf"
                                        % self.server.http.server_port))
        self.server.put("in/inner.pdf", pdf("inner"))
        here = "http://127.0.0.1:%d/in/" % self.server.http.server_port
        refused = figmill(self.corpus, "fetch", "--contact", "a@b.example", here + "x.pdf")
        self.assertEqual((refused.status, self.server.log), (1, []), refused)
        self.assertIn("--allow-private", refused.err)
        taken = figmill(self.corpus, "fetch", "--contact", "a@b.example", "--allow-private", "--retry-failed", here + "x.pdf", here + "page")
        self.assertIn(sha256(pdf("x")), self.documents().values(), taken)
        self.assertNotIn("in/inner.pdf", self.server.log)

    # What may not be fetched.

    def test_licence(self):
        self.server.article_in_bucket("PMC3", "10.5555/f", license="CC BY-NC")
        self.fetch("PMC3")
        self.assertEqual(self.documents(), {})
        self.assertEqual([url for url in self.asked(BUCKET) if "list-type" not in url and not url.endswith(".json")], [])
        (reason, note), = ask(self.corpus, "SELECT drop_reason, drop_note FROM v_article WHERE pmcid = 'PMC3'")
        self.assertEqual(reason, "licence")
        self.assertIn("CC BY-NC", note)
        self.fetch("PMC3", "--licence", "CC BY-NC")
        self.assertEqual(len(self.documents()), 1)
        self.assertEqual(ask(self.corpus, "SELECT drop_reason FROM v_article WHERE pmcid = 'PMC3'"), [(None,)])

    def test_unknown_licence(self):
        self.server.put("a.example/1.pdf", pdf())
        self.add_record("10.5555/g", None, [{"url": "https://a.example/1.pdf", "kind": "pdf"}])
        self.fetch("--routes", "pdf")
        self.assertEqual((self.documents(), self.dropped("10.5555/g")[0][0]), ({}, "licence"))
        self.fetch("--routes", "pdf", "--unknown-licence")
        self.assertEqual(len(self.documents()), 1)

    def test_retracted(self):
        self.server.article_in_bucket("PMC4", "10.5555/h", is_retracted=True)
        self.fetch("PMC4")
        self.assertEqual(self.documents(), {})
        self.assertEqual(ask(self.corpus, "SELECT drop_reason FROM v_article WHERE pmcid = 'PMC4'"), [("retracted",)])

    def test_too_large(self):
        self.server.put("a.example/1.pdf", pdf() + b" " * (3 << 20) + pdf())
        self.add_record("10.5555/i", "cc by", [{"url": "https://a.example/1.pdf", "kind": "pdf"}])
        self.fetch("--routes", "pdf", "--max-pdf", "1", status=1)
        self.assertEqual(self.documents(), {})

    # Wrong bytes, kills.

    def test_wrong_md5_then_right(self):
        files = self.server.article_in_bucket("PMC5", "10.5555/j", wrong_first=True)
        self.fetch("PMC5")
        self.assertEqual(ask(self.corpus, "SELECT sha256 FROM asset"), [(sha256(files["f1.jpg"]),)])
        self.assertEqual(self.asked(BUCKET).count("%s/PMC5.1/f1.jpg" % BUCKET), 2)

    def test_killed_and_nothing_asked_twice(self):
        works = ["PMC%d" % i for i in range(100, 160)]
        for i, pmcid in enumerate(works):
            self.server.article_in_bucket(pmcid, "10.5555/k%d" % i)
        self.server.delay = 0.02
        kills, settled = 0, {}
        for seconds in (0.5, 0.4, 0.6, 0.5):
            process = subprocess.Popen([program("fetch"), "--corpus", self.corpus, *self.options("--in-flight", "8", *works)],
                                       env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            if os.path.exists(self.corpus):
                for url, in ask(self.corpus, "SELECT url FROM fetch WHERE state = 'done'"):
                    settled.setdefault(url.replace("https://", "").replace("%2F", "/"), len(self.server.log))
        self.server.delay = 0
        self.fetch(*works)
        self.assertGreaterEqual(kills, 2)
        self.assertEqual(len(self.documents()), len(works))
        again = [url for i, url in enumerate(self.server.log) if i >= settled.get(url, 1 << 30) + 8]
        self.assertEqual(again, [])
        self.assertEqual(figmill(self.corpus, "verify").status, 0)

    # Again.

    def test_refresh(self):
        self.server.article_in_bucket("PMC6", "10.5555/l")
        self.server.put("u.example/y", pdf("y"))
        self.fetch("PMC6", "https://u.example/y")
        before, self.server.log[:] = self.documents(), []
        self.fetch("--refresh")
        listing = "%s/?list-type=2&prefix=PMC6.&delimiter=/" % BUCKET
        self.assertEqual(sorted(self.asked()), [listing, "%s/PMC6.1/PMC6.1.json" % BUCKET, "u.example/y"])
        self.assertEqual(self.documents(), before)
        files = self.server.article_in_bucket("PMC6", "10.5555/l", xml=jats("10.5555/l", ("f1.jpg", "f2.jpg")),
                                              pictures={"f1.jpg": jpeg("PMC6"), "f2.jpg": jpeg("new")})
        document, = ask(self.corpus, "SELECT document_id FROM document WHERE name = 'PMC6.xml'")
        self.server.log.clear()
        self.fetch("--refresh")
        self.assertEqual(sorted(self.asked(BUCKET)),
                         [listing] + ["%s/PMC6.1/%s" % (BUCKET, name) for name in ("PMC6.1.json", "PMC6.1.xml", "f2.jpg")])
        self.assertEqual(ask(self.corpus, "SELECT document_id, sha256 FROM document WHERE name = 'PMC6.xml'"),
                         [(document[0], sha256(files["PMC6.1.xml"]))])
        self.assertEqual(len(ask(self.corpus, "SELECT 1 FROM asset")), 2)

    def test_retry_failed(self):
        self.server.put("a.example/1.pdf", (404, b"gone", {}))
        self.add_record("10.5555/m", "cc by", [{"url": "https://a.example/1.pdf", "kind": "pdf"}])
        self.fetch("--routes", "pdf", status=1)
        self.server.put("a.example/1.pdf", pdf("m"))
        self.fetch("--routes", "pdf")
        self.assertEqual(self.documents(), {})
        self.fetch("--routes", "pdf", "--retry-failed")
        self.assertEqual(len(self.documents()), 1)

    def test_dry_run(self):
        self.server.article_in_bucket("PMC7", "10.5555/n")
        result = self.fetch("--dry-run", "PMC7", "10.5555/x")
        self.assertEqual(self.server.log, [])
        self.assertFalse(os.path.exists(self.corpus))
        self.assertIn("PMC7\tpmc\thttps://%s/?list-type=2" % BUCKET, result.out)
        self.fetch("PMC7")
        summary = self.fetch("--dry-run", "--json", "PMC7").json()
        self.assertEqual((summary["articles"], summary["done"], summary["requests"]), (1, 1, 0))

    # Taking down.

    def test_purge(self):
        files = self.server.article_in_bucket("PMC8", "10.5555/o")
        self.server.article_in_bucket("PMC9", "10.5555/p")
        self.fetch("PMC8", "PMC9")
        self.assertEqual(figmill(self.corpus, "extract").status, 0)
        result = figmill(self.corpus, "purge", "--doi", "https://doi.org/10.5555/O", "--reason", "asked for", "--json")
        self.assertEqual(result.status, 0, result)
        summary = result.json()
        self.assertEqual((summary["articles"], summary["documents"], summary["assets"], summary["releases"]), (1, 1, 1, []))
        self.assertEqual(list(self.documents()), ["PMC9.xml"])
        for data in files.values():
            path = os.path.join(self.corpus, "blobs", sha256(data)[:2], sha256(data)[2:])
            self.assertFalse(os.path.exists(path))
        self.assertEqual(figmill(self.corpus, "verify").status, 0)
        again = figmill(self.corpus, "purge", "--pmcid", "PMC8", "--json").json()
        self.assertEqual(again["documents"], 0)
        self.server.log.clear()
        self.fetch("PMC8", "10.5555/o")
        self.assertEqual(self.asked(), [])
        lying = os.path.join(self.folder, "lying")
        os.makedirs(lying)
        for name, data in (("a.xml", files["PMC8.1.xml"]), ("b.xml", jats("10.5555/q"))):
            with open(os.path.join(lying, name), "wb") as f:
                f.write(data)
        figmill(self.corpus, "import", lying)
        self.assertEqual(len(self.documents()), 2)
        self.assertEqual(ask(self.corpus, "SELECT err_text FROM input WHERE outcome = 'refused'"),
                         [("the article was taken down (`figmill purge`)",)])

    def test_a_lost_blob_is_fetched_again(self):
        files = self.server.article_in_bucket("PMC1", "10.5555/a")
        self.fetch("PMC1")
        for data in files.values():
            os.remove(os.path.join(self.corpus, "blobs", sha256(data)[:2], sha256(data)[2:]))
        self.assertEqual(figmill(self.corpus, "verify").status, 1)
        self.assertEqual(figmill(self.corpus, "verify", "--repair").status, 0)
        self.fetch("PMC1")
        self.assertEqual(figmill(self.corpus, "verify").status, 0)

    def test_status_tells_of_servers(self):
        self.server.article_in_bucket("PMC1", "10.5555/a", pictures={"f1.jpg": jpeg()})
        self.server.put("%s/PMC1.1/f1.jpg" % BUCKET, (404, b"", {}))
        self.fetch("PMC1")
        shown = figmill(self.corpus, "status", "--hosts", "--json").json()
        host, = [row for row in shown["hosts"] if row["host"] == BUCKET]
        self.assertGreaterEqual(host["requests"], 4)
        self.assertIn(("pmc", "media"), [(row["route"], row["role"]) for row in shown["fetch"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""`figmill search` against a small server of this test's own that stands in for Europe PMC and DOAJ: pages, killing and
resuming, running again, increments, expired cursors, searches that fail, lists, and the dry run.
"""
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from corpus import ROOT, ask, environment, figmill, program

sys.path.insert(0, os.path.join(ROOT, "tests", "replay"))
from server import Replay  # noqa: E402

PAGE = 40       # records a page of the stand-in for Europe PMC
WORKS = 110     # of each query: three pages
CONTACT = "curator@example.org"
PROFILE = """\
name: heels
title: Heels
sources: [europepmc]
queries:
  - name: spur-en
    language: en
    sources: [europepmc, doaj]
    all:
      - any: [heel spur]
      - any: [radiotherapy, irradiation]
  - name: spur-de
    language: de
    all: [{any: [Fersensporn]}]
"""


EVERYWHERE = """\
name: everywhere
title: Every service
sources: [europepmc, eutils, openalex, crossref, doaj, scielo, core, arxiv, biorxiv, medrxiv, jstage, hal]
queries:
  - name: low-doses
    language: en
    all:
      - any: [low-dose radiotherapy, low-dose radiation therapy, low-dose radiation]
"""


def work(i):
    """The i-th work of the world: sources tell of the same ones by different identifiers."""
    return {"doi": "10.5555/heel.%d" % i, "pmcid": "PMC%d" % (7000 + i), "pmid": str(8000 + i),
            "title": "Low-dose radiotherapy of painful heel spurs: a randomised trial, part %d" % i}


def epmc_record(i):
    w = work(i)
    record = {"id": w["pmid"], "source": "MED", "pmid": w["pmid"], "pmcid": w["pmcid"], "title": w["title"], "pubYear": "2020",
              "language": "eng", "isOpenAccess": "Y", "license": "cc by", "firstPublicationDate": "2020-03-01",
              "pubTypeList": {"pubType": ["Journal Article"]}}
    if i % 2:
        record["doi"] = w["doi"]
    if i == 13:
        record["pubTypeList"]["pubType"].append("Retracted Publication")
    if i == 17:
        del record["id"]
    return record


def doaj_record(i):
    w = work(i)
    return {"id": "doaj%d" % i, "bibjson": {"title": w["title"], "year": "2020", "month": "3",
                                            "identifier": [{"type": "doi", "id": w["doi"]}],
                                            "link": [{"type": "fulltext", "url": "https://journal.example/%d.pdf" % i}],
                                            "journal": {"title": "Heels", "language": ["EN"]}}}


class Services:
    """The stand-in. `log` holds (service, what was asked for) of each request."""

    def __init__(self):
        self.log, self.delay, self.broken, self.forget, self.cut = [], 0.0, set(), set(), set()
        self.lock = threading.Lock()
        self.new_works = 0          # what Europe PMC has got since
        services = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                services.answer(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass    # a client that was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        path, _, query = request.path.partition("?")
        service = path.split("/")[1]
        asked = dict(urllib.parse.parse_qsl(query))
        with self.lock:
            self.log.append((service, path, asked))
        time.sleep(self.delay)
        if service in self.broken:
            status, body = 404, b"{\"error\": \"out of order\"}"
        else:
            reply = self.europepmc(asked) if service == "www.ebi.ac.uk" else self.doaj(path, asked)
            status, body = reply.get("errCode", 200), json.dumps(reply).encode()
        if asked.get("cursorMark") in self.cut:
            self.cut.discard(asked["cursorMark"])
            body = body[:-40]
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        try:
            request.wfile.write(body)
        except OSError:
            pass        # the client was killed

    def europepmc(self, asked):
        first = 1000 if "Fersensporn" in asked["query"] else 1
        count, mark = WORKS, asked["cursorMark"]
        if "UPDATE_DATE" in asked["query"]:
            first, count = first + WORKS, self.new_works
        if mark in self.forget:
            self.forget.discard(mark)
            return {"errCode": 400, "errMsg": "Invalid cursorMark"}
        start = 0 if mark == "*" else int(mark[1:])
        size = min(int(asked["pageSize"]), PAGE)
        records = [epmc_record(first + i) for i in range(start, min(start + size, count))]
        reply = {"version": "6.9", "hitCount": count, "resultList": {"result": records}}
        if start + size < count:
            reply["nextCursorMark"] = "A%d" % (start + size)
        return reply

    def doaj(self, path, asked):
        page, size = int(asked["page"]), int(asked["pageSize"])
        count = 0 if "last_updated" in urllib.parse.unquote(path) else 250
        start = (page - 1) * size
        return {"total": count, "page": page, "pageSize": size,
                "results": [doaj_record(i + 1) for i in range(start, min(start + size, count))]}


def facts(corpus):
    """What a corpus knows, without the numbers that depend on the order in which replies came."""
    return {
        "records": ask(corpus, "SELECT r.source, r.source_id, r.doi, r.pmcid, r.pmid, r.title, r.year, r.retracted, r.files, "
                       "a.doi, a.pmcid, a.pmid FROM v_record r JOIN v_article a USING (article_id) ORDER BY 1, 2"),
        "articles": ask(corpus, "SELECT doi, pmcid, pmid, drop_reason FROM v_article WHERE drop_reason IS NOT 'merged' "
                        "ORDER BY pmid, doi"),
        "searches": ask(corpus, "SELECT source, name, language, hits, records, faults, outcome FROM v_search "
                        "ORDER BY source, name"),
        "hits": ask(corpus, "SELECT s.source, s.name, r.source_id FROM hit JOIN search s USING (search_id) "
                    "JOIN record r USING (record_id) ORDER BY 1, 2, 3"),
        "faults": ask(corpus, "SELECT source, name, place, text FROM v_search_fault ORDER BY 1, 2, 3"),
    }


class Search(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-search-")
        cls.profile = os.path.join(cls.folder.name, "heels.yaml")
        with open(cls.profile, "w", encoding="utf-8") as f:
            f.write(PROFILE)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.services = Services()
        self.endpoints = os.path.join(self.folder.name, "endpoints.tsv")
        with open(self.endpoints, "w", encoding="utf-8") as f:
            f.write("*\thttp://127.0.0.1:%d/{host}\n" % self.services.port)
        self.corpus = os.path.join(self.folder.name, self.id().rsplit(".", 1)[-1])

    def tearDown(self):
        self.services.close()

    def options(self, *more):
        return ["--contact", CONTACT, "--profile", self.profile, "--endpoints", self.endpoints, "--allow-private",
                "--rate", "0"] + list(more)

    def search(self, *more):
        return figmill(self.corpus, "search", *self.options(*more))

    def whole(self):
        """A corpus that nothing disturbed."""
        corpus = os.path.join(self.folder.name, "whole")
        if not os.path.exists(corpus):
            result = figmill(corpus, "search", *self.options())
            self.assertEqual(result.status, 0, result)
        return corpus

    def test_pages_become_articles(self):
        result = self.search("--json")
        self.assertEqual(result.status, 0, result)
        summary = result.json()
        self.assertEqual((summary["done"], summary["failed"], summary["left"]), (3, 0, 0))
        # 110 works of Europe PMC in each language less one without an id, 250 of DOAJ.
        self.assertEqual(summary["sources"], {"doaj": 250, "europepmc": 2 * WORKS - 1})
        self.assertEqual(summary["faults"], 1)
        # Works of both sources are one article: by DOI, and by title where Europe PMC has no DOI.
        self.assertEqual(summary["articles"], 250 + WORKS)
        self.assertEqual(ask(self.corpus, "SELECT outcome, records, faults FROM v_search ORDER BY source, name"),
                         [("all", 250, 0), ("all", WORKS, 0), ("all", WORKS - 1, 1)])
        self.assertEqual(ask(self.corpus, "SELECT pmid FROM v_article WHERE drop_reason = 'retracted'"), [("8013",)])
        self.assertEqual(ask(self.corpus, "SELECT doi FROM v_article WHERE pmid = '8004'"), [("10.5555/heel.4",)])
        asked = [a for s, _, a in self.services.log if s == "www.ebi.ac.uk"]
        self.assertEqual(len(asked), 6)
        self.assertIn("LANG:ger", " ".join(a["query"] for a in asked))
        self.assertEqual(len([1 for s, _, _ in self.services.log if s == "doaj.org"]), 3)
        # Again: nobody is asked.
        before = len(self.services.log)
        result = self.search()
        self.assertEqual(result.status, 0, result)
        self.assertEqual(len(self.services.log), before)
        self.assertIn("nothing to do", result.err)

    def kill_after(self, requests):
        """Kills a search with kill -9 as soon as so many requests have come; false: it was done before."""
        seen = len(self.services.log)
        run = subprocess.Popen([program("search"), "--corpus", self.corpus] + self.options(), env=environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        while run.poll() is None and len(self.services.log) < seen + requests:
            time.sleep(0.005)
        caught = run.poll() is None
        if caught:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return caught

    def test_killed_at_any_page(self):
        want = facts(self.whole())
        self.services.log.clear()
        self.services.delay = 0.05
        kills = [n for n in (1, 4, 2, 3) if self.kill_after(n)]
        self.assertGreaterEqual(len(kills), 2, "it was done before it could be killed")
        self.services.delay = 0
        result = self.search()
        self.assertEqual(result.status, 0, result)
        have = facts(self.corpus)
        for name in want:
            with self.subTest(name):
                self.assertEqual(have[name], want[name])
        # Nine pages, and of each search in hand one more a kill at most.
        self.assertLessEqual(len(self.services.log), 9 + 3 * len(kills))
        self.assertEqual(figmill(self.corpus, "verify").status, 0)

    def test_a_signal_stops_it_between_pages(self):
        self.services.delay = 0.3
        run = subprocess.Popen([program("search"), "--corpus", self.corpus] + self.options(), env=environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while run.poll() is None and len(self.services.log) < 4:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        began = time.monotonic()
        err = run.communicate(timeout=60)[1]
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(run.returncode, 1, err)
        self.assertEqual(ask(self.corpus, "SELECT state, attempts FROM task"), [("ready", 0)] * 3)
        self.services.delay = 0
        self.assertEqual(self.search().status, 0)
        self.assertEqual(facts(self.corpus), facts(self.whole()))

    def test_increments(self):
        self.assertEqual(self.search().status, 0)
        self.services.new_works = 50
        before = len(self.services.log)
        result = self.search("--since", "2026-01-01", "--json")
        self.assertEqual(result.status, 0, result)
        log = self.services.log[before:]
        self.assertTrue(all("UPDATE_DATE:[2026-01-01" in a["query"] for s, _, a in log if s == "www.ebi.ac.uk"))
        self.assertEqual(len(log), 2 + 2 + 1)
        self.assertEqual(result.json()["sources"]["europepmc"], 2 * WORKS - 1 + 2 * 50)
        # The same day has been covered.
        before = len(self.services.log)
        result = self.search("--since", "2026-01-01")
        self.assertEqual((result.status, len(self.services.log)), (0, before), result)

    def test_an_expired_cursor_begins_again(self):
        self.services.forget = {"A80"}
        result = self.search()
        self.assertEqual(result.status, 0, result)
        want, have = facts(self.whole()), facts(self.corpus)
        self.assertEqual(have, want)
        self.assertEqual(ask(self.corpus, "SELECT sum(restarts) FROM v_search"), [(1,)])

    def test_a_broken_page_is_asked_for_again(self):
        self.services.cut = {"*", "A40"}
        result = self.search()
        self.assertEqual(result.status, 0, result)
        self.assertEqual(facts(self.corpus), facts(self.whole()))
        self.assertEqual(ask(self.corpus, "SELECT sum(restarts) FROM v_search"), [(0,)])

    def test_one_source_fails_and_others_go_on(self):
        self.services.broken = {"doaj.org"}
        result = self.search()
        self.assertEqual(result.status, 1, result)
        self.assertEqual(ask(self.corpus, "SELECT source, outcome FROM v_search ORDER BY source, name")[1:],
                         [("europepmc", "all"), ("europepmc", "all")], result)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM task WHERE state = 'done'"), [(2,)])
        self.assertEqual(ask(self.corpus, "SELECT source, outcome FROM v_search WHERE source = 'doaj'"), [("doaj", "failed")])
        self.assertIn("doaj 'spur-en'", ask(self.corpus, "SELECT err_text FROM v_failure")[0][0])
        self.services.broken = set()
        result = self.search("--retry-failed")
        self.assertEqual(result.status, 0, result)
        self.assertEqual(facts(self.corpus), facts(self.whole()))

    def test_dry_run_writes_nothing(self):
        result = figmill(self.corpus, "search", *self.options("--dry-run", "--json"))
        self.assertEqual(result.status, 0, result)
        self.assertFalse(os.path.exists(self.corpus))
        said = result.json()
        self.assertEqual(sorted((s["source"], s["language"], s["query"], s["hits"]) for s in said["searches"]),
                         [("doaj", "en", "spur-en", 250), ("europepmc", "de", "spur-de", WORKS),
                          ("europepmc", "en", "spur-en", WORKS)])
        self.assertEqual((said["total"], said["articles"]), (250 + 2 * WORKS, 250 + WORKS))
        self.assertGreater(said["bytes"], 1e6)
        self.assertGreater(said["seconds"], 1)
        self.assertEqual(len(self.services.log), 3)
        result = figmill(self.corpus, "search", *self.options("--dry-run"))
        lines = [line.split() for line in result.out.splitlines()]
        for row in (["hits", "europepmc", "doaj", "total"], ["en", "110", "250", "360"], ["de", "110", "-", "110"],
                    ["total", "220", "250", "470"]):
            self.assertIn(row, lines)
        self.services.broken = {"doaj.org"}
        result = figmill(self.corpus, "search", *self.options("--dry-run", "--json"))
        self.assertEqual(result.status, 1, result)
        self.assertIsNone([s for s in result.json()["searches"] if s["source"] == "doaj"][0]["hits"])

    def test_options(self):
        result = self.search("--source", "doaj")
        self.assertEqual(result.status, 0, result)
        self.assertEqual({s for s, _, _ in self.services.log}, {"doaj.org"})
        listed = os.path.join(self.folder.name, "list.txt")
        with open(listed, "w", encoding="utf-8") as f:
            f.write("10.5555/heel.1\nPMC999\n")
        result = figmill(self.corpus, "search", "--contact", CONTACT, "--list", listed, "--json")
        self.assertEqual(result.status, 0, result)
        self.assertEqual(result.json()["sources"], {"doaj": 250, "given": 2})
        self.assertEqual(result.json()["articles"], 251)
        known = ["--contact", CONTACT, "--profile", self.profile]
        for wrong, words in ((["--contact", CONTACT, "--profile", "nowhere"], "no profile 'nowhere'"),
                             (known + ["--since", "now"], "--since"), (known + ["--source", "pubmad"], "no 'pubmad'"),
                             (known + ["--limit-records", "-1"], "negative"), (known[2:], "contact")):
            result = figmill(self.corpus, "search", *wrong)
            self.assertEqual(result.status, 2, result)
            self.assertIn(words, result.err)
        result = figmill(self.corpus, "search", "--contact", CONTACT)
        self.assertEqual(result.status, 2, result)
        self.assertIn("--profile or --list", result.err)

    def test_limit_records(self):
        result = self.search("--source", "europepmc", "--limit-records", "5")
        self.assertEqual(result.status, 0, result)
        self.assertEqual(ask(self.corpus, "SELECT records, outcome FROM v_search"), [(5, "limit"), (5, "limit")])
        self.assertEqual(self.search().status, 0)
        self.assertEqual(facts(self.corpus), facts(self.whole()))

class Everywhere(unittest.TestCase):
    """All sources at once, from the stand-in of all services, with a fifth of all replies spoilt, and killed now and then."""

    def run_it(self, folder, name, kills, **config):
        corpus, profile = os.path.join(folder, name), os.path.join(folder, "everywhere.yaml")
        with open(profile, "w", encoding="utf-8") as f:
            f.write(EVERYWHERE)
        with Replay(os.path.join(folder, "replay-" + name), articles={"synthetic": 40}, **config) as replay:
            options = ["--contact", CONTACT, "--profile", profile, "--endpoints", replay.endpoints, "--allow-private", "--rate", "0"]
            env = dict(environment(), OPENALEX_KEY="key-of-tests")
            command = [program("search"), "--corpus", corpus] + options
            for seconds in kills:
                run = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                try:
                    run.wait(seconds)
                except subprocess.TimeoutExpired:
                    os.killpg(run.pid, signal.SIGKILL)
                    run.wait()
            run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            keys = [line for line in replay.log() if "key-of-tests" in json.dumps(line) and line["host"] != "api.openalex.org"]
            self.assertEqual(keys, [])
        self.assertNotIn("key-of-tests", run.stderr)
        return corpus

    def test_faults_everywhere(self):
        with tempfile.TemporaryDirectory(prefix="figmill-everywhere-") as folder:
            want = self.run_it(folder, "plain", ())
            have = self.run_it(folder, "faulty", (0.1, 0.3, 0.6), faults={"probability": 0.2, "seed": 5})
            sources = ask(want, "SELECT source FROM record GROUP BY source")
            self.assertGreaterEqual(len(sources), 9, sources)
            for sql in ("SELECT source, source_id, doi, pmcid, pmid, title FROM record ORDER BY 1, 2",
                        "SELECT count(*) FROM article WHERE merged_into IS NULL",
                        "SELECT source, name, hits, records, faults, outcome FROM v_search ORDER BY 1, 2"):
                self.assertEqual(ask(have, sql), ask(want, sql))
            # A work is found by many sources, and is one article all the same.
            self.assertLessEqual(ask(want, "SELECT count(*) FROM article WHERE merged_into IS NULL")[0][0], 40)
            with open(os.path.join(have, "corpus.db"), "rb") as f:
                self.assertNotIn(b"key-of-tests", f.read())


if __name__ == "__main__":
    unittest.main()

"""search and fetch while every fifth request meets a fault, and while the process is killed: all articles come in the end, none twice,
no byte is wrong, no host is asked too often, and no private address at all.

300 articles; with FIGMILL_LONG=1 2,000, with FIGMILL_FAULT_ARTICLES=N as many as that.
"""
import os
import random
import tempfile
import time
import unittest

from crawl import (Crawl, Replay, asked_again, broken_blobs, contacts_of_private, expected, impatient, missing_or_wrong, need, profile,
                   rate_excess, sanitized, stored)
from corpus import ask, figmill

KILLS = 5


def how_many():
    if "FIGMILL_FAULT_ARTICLES" in os.environ:
        return int(os.environ["FIGMILL_FAULT_ARTICLES"])
    return 2000 if os.environ.get("FIGMILL_LONG") == "1" else 60 if sanitized() else 300


class Faults(unittest.TestCase):
    RATE = 200  # a second and host

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="figmill-faults-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.profile = profile(self.folder, ("europepmc", "openalex"))
        os.environ["OPENALEX_KEY"] = "key-of-the-tests"
        self.addCleanup(os.environ.pop, "OPENALEX_KEY", None)

    def serve(self, n, seed, **faults):
        settings = {"probability": 0.2, "seed": seed, "stall_s": 1.0, "drip_s": 0.5, "throttles": 0.1, **faults}
        replay = Replay(os.path.join(self.folder, "server"), articles={"synthetic": n, "seed": seed}, faults=settings)
        replay.__enter__()
        self.addCleanup(replay.__exit__)
        return replay, Crawl(self.folder, replay, self.RATE)

    def finish(self, crawl, stage):
        """Runs the stage to its end."""
        result = crawl.run(stage, "--profile", self.profile)
        self.assertIn(result.status, (0, 1), result)
        return result

    def check(self, replay, crawl, kills=()):
        log, articles = replay.log(), replay.articles()
        wrong = missing_or_wrong(crawl.corpus, articles)
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong[:40]))
        self.assertEqual(broken_blobs(crawl.corpus), [])
        self.assertEqual(contacts_of_private(log), [])
        self.assertEqual(rate_excess(log, self.RATE), [])
        if not kills:  # a new process cannot know what the old one was told
            self.assertEqual(impatient(log), [])
        again = asked_again(log, kills)
        self.assertEqual(again, {}, again.most_common(10))
        faults = [line["fault"] for line in log if line["fault"]]
        self.assertGreater(len(faults), len(log) * 0.1)
        twice = ask(crawl.corpus, "SELECT article_id, count(*) FROM document WHERE kind = 'jats' GROUP BY article_id HAVING count(*) > 1")
        self.assertEqual(twice, [])
        result = figmill(crawl.corpus, "verify")
        self.assertEqual(result.status, 0, result)
        return log

    def test_every_fifth_request(self):
        replay, crawl = self.serve(how_many(), 1)
        began = time.monotonic()
        self.assertEqual(self.finish(crawl, "search").status, 0)
        self.finish(crawl, "fetch")
        log = self.check(replay, crawl)
        print("%d articles, %d requests, %d faults of %d kinds, %.1f s" % (
            how_many(), len(log), sum(line["fault"] is not None for line in log), len({line["fault"] for line in log} - {None}),
            time.monotonic() - began))

    def test_killed_five_times(self):
        replay, crawl = self.serve(how_many(), 2)
        rng, kills = random.Random(2), []
        longest = min(3.0, how_many() / 150)  # so that there is something left to kill five times
        for stage in ("search", "fetch"):
            for _ in range(KILLS):
                if crawl.kill_at_random(stage, rng, 0.1, 0.5 if stage == "search" else longest, "--profile", self.profile):
                    kills.append(time.monotonic() * 1000)
            self.finish(crawl, stage)
        self.assertGreaterEqual(len(kills), KILLS)
        log = self.check(replay, crawl, kills)
        print("%d articles, %d requests, %d kills" % (how_many(), len(log), len(kills)))


class Hosts(unittest.TestCase):
    """Hosts that as a whole cannot or will not: no address, a certificate that nobody signed, 403, robots.txt, opt-out headers."""

    WHY = {"publisher0.example": "dns", "publisher1.example": "tls", "publisher2.example": "403", "publisher3.example": "robots",
           "publisher4.example": "opt-out"}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-hosts-")
        cls.replay = Replay(
            os.path.join(cls.folder.name, "server"), articles={"synthetic": 250, "seed": 3},
            hosts={h: why for h, why in cls.WHY.items() if why in ("dns", "tls")}, statuses={"publisher2.example": 403},
            robots={"publisher3.example": "User-agent: figmill\nDisallow: /articles/*.pdf$\n"},
            headers={"publisher4.example": {"X-Robots-Tag": "noai, noimageai"}})
        cls.replay.__enter__()
        crawl = cls.crawl = Crawl(cls.folder.name, cls.replay)
        path = profile(cls.folder.name, ("europepmc", "crossref"))
        cls.searched = crawl.search(path)
        cls.fetched = crawl.run("fetch", "--profile", path, "--attempts", "2")
        cls.log = cls.replay.log()
        cls.elsewhere = [a for a in cls.replay.articles() if a.place in ("pdf", "landing") and expected(a)[0]]

    @classmethod
    def tearDownClass(cls):
        cls.replay.__exit__()
        cls.folder.cleanup()

    def test_the_rest_came(self):
        self.assertEqual(self.searched.status, 0, self.searched)
        self.assertEqual(self.fetched.status, 1, self.fetched)
        lost = {a.number for a in self.elsewhere if a.publisher in self.WHY}
        wrong = missing_or_wrong(self.crawl.corpus, [a for a in self.replay.articles() if a.number not in lost])
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong[:20]))

    def test_nothing_came_from_them_and_the_reason_is_told(self):
        have, why = stored(self.crawl.corpus), dict(ask(
            self.crawl.corpus, "SELECT a.doi, f.err_text FROM fetch f JOIN article a USING (article_id) WHERE f.err_text IS NOT NULL "
                               "ORDER BY f.fetch_id"))
        for a in self.elsewhere:
            if a.publisher in self.WHY:
                with self.subTest("%s %s" % (a.publisher, a.doi)):
                    self.assertEqual(have[a.doi], (set(), set()))
                    self.assertTrue(why.get(a.doi))

    def test_they_were_left_alone(self):
        self.assertEqual([line for line in self.log if line["host"] in ("publisher0.example", "publisher1.example")], [])
        blocked = [line["path"] for line in self.log if line["host"] == "publisher2.example" and line["status"] == 403]
        self.assertLessEqual(len(blocked), 3, "after a 403 the host is left alone")
        pdfs = [line["path"] for line in self.log if line["host"] == "publisher3.example" and line["path"].endswith(".pdf")]
        self.assertEqual(pdfs, [], "robots.txt forbids them")


if __name__ == "__main__":
    need("search", "fetch", "verify")
    unittest.main(verbosity=2)

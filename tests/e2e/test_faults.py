"""search and fetch while every fifth request meets a fault, and while the process is killed: all articles come in the end, none twice,
no byte is wrong, no host is asked too often, and no private address at all.

300 articles; FIGMILL_LONG=1: 2,000, as in the issue; FIGMILL_FAULT_ARTICLES=N: N.
"""
import os
import random
import tempfile
import time
import unittest

from crawl import (Crawl, Replay, asked_again, broken_blobs, contacts_of_private, missing_or_wrong, need, profile, rate_excess,
                   sanitized)
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
        """Runs the stage to its end: a task that failed for a while may need another run."""
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
        for stage in ("search", "fetch"):
            for _ in range(KILLS):
                if crawl.kill_at_random(stage, rng, 0.1, 0.5 if stage == "search" else 3.0, "--profile", self.profile):
                    kills.append(time.monotonic() * 1000)
            self.finish(crawl, stage)
        self.assertGreaterEqual(len(kills), KILLS)
        log = self.check(replay, crawl, kills)
        print("%d articles, %d requests, %d kills" % (how_many(), len(log), len(kills)))


class Hosts(unittest.TestCase):
    """Faults of whole hosts: no address, a certificate that nobody signed, 403."""

    def test_hosts_that_cannot_be_had(self):
        with tempfile.TemporaryDirectory(prefix="figmill-hosts-") as folder:
            with Replay(os.path.join(folder, "server"), articles={"synthetic": 150, "seed": 3}, hosts={
                    "publisher0.example": "dns", "publisher1.example": "tls"}) as replay:
                crawl = Crawl(folder, replay)
                path = profile(folder, ("europepmc", "crossref"))
                result = crawl.search(path)
                self.assertEqual(result.status, 0, result)
                result = crawl.run("fetch", "--profile", path, "--attempts", "2")
                self.assertEqual(result.status, 1, result)
                lost = {"publisher0.example", "publisher1.example"}
                rest = [a for a in replay.articles() if a.place in ("bucket", "europepmc") or a.publisher not in lost]
                self.assertEqual(missing_or_wrong(crawl.corpus, rest), [])
                self.assertEqual([line for line in replay.log() if line["host"] in lost], [])
                texts = " ".join(t for t, in ask(crawl.corpus, "SELECT err_text FROM v_failure WHERE stage = 'fetch'"))
                for host in lost:
                    self.assertIn(host, texts)


if __name__ == "__main__":
    need("search", "fetch", "verify")
    unittest.main(verbosity=2)

"""`figmill search --dry-run` against recorded replies: counts for each source and language, and nothing stored. With the stand-ins:
the counts are right.
"""
import json
import os
import tempfile
import unittest

from crawl import CORPUS, Crawl, Replay, need, profile
from corpus import ask

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja")


class DryRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="figmill-search-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.environ["OPENALEX_KEY"] = os.environ["CORE_KEY"] = "key-of-the-tests"
        self.addCleanup(os.environ.pop, "OPENALEX_KEY", None)
        self.addCleanup(os.environ.pop, "CORE_KEY", None)

    def serve(self, **config):
        replay = Replay(os.path.join(self.folder, "server"), **config)
        replay.__enter__()
        self.addCleanup(replay.__exit__)
        return replay, Crawl(self.folder, replay)

    def test_ldrt_against_recorded_services(self):
        replay, crawl = self.serve(live=False, recorded="loose")
        result = crawl.search("ldrt", "--dry-run")
        self.assertIn(result.status, (0, 1), result)
        text = result.out + result.err
        print(text)
        asked = {line["host"] for line in replay.log() if line["status"] == 200}
        self.assertIn("www.ebi.ac.uk", asked)
        hits = "5059039" if os.path.exists(os.path.join(CORPUS, "api", "index.tsv")) else "6"  # as the recorded reply has it
        self.assertIn("europepmc", text)
        self.assertRegex(text.replace(",", ""), r"(?m)^\w\w .*\b%s\b" % hits)
        for language in LANGUAGES:
            self.assertRegex(text, r"\b%s\b" % language)

    def test_counts_of_the_stand_ins(self):
        replay, crawl = self.serve(articles={"synthetic": 120})
        path = profile(self.folder, ("europepmc",), LANGUAGES)
        result = crawl.search(path, "--dry-run", "--json")
        self.assertEqual(result.status, 0, result)
        print(result)
        for language in LANGUAGES:
            n = sum(a.language == language and a.place != "landing" for a in replay.articles())
            self.assertRegex(result.out + result.err, r"\b%s\b(.*\n)*?.*\b%d\b" % (language, n))
        self.assertIsInstance(json.loads(result.out), dict)
        self.assertFalse(os.path.exists(os.path.join(crawl.corpus, "corpus.db"))
                         and ask(crawl.corpus, "SELECT count(*) FROM article") != [(0,)])


if __name__ == "__main__":
    need("search")
    unittest.main(verbosity=2)

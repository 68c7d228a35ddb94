"""`figmill search --dry-run` against recorded replies: counts for each source and language, and nothing stored. With the stand-ins:
the counts are right.
"""
import json
import os
import tempfile
import unittest

from crawl import CORPUS, Crawl, Replay, need, profile
from corpus import ask

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = [f for f in (os.path.join(CORPUS, "api", "index.tsv"), os.path.join(HERE, "..", "replay", "api", "index.tsv")) if os.path.exists(f)]
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

    @unittest.skipUnless(RECORDED, "no recorded replies")
    def test_ldrt_against_recorded_services(self):
        replay, crawl = self.serve(live=False, recorded="loose")
        result = crawl.search("ldrt", "--dry-run")
        self.assertIn(result.status, (0, 1), result)
        text = result.out + result.err
        print(text)
        asked = {line["host"] for line in replay.log() if line["status"] == 200}
        self.assertIn("www.ebi.ac.uk", asked)
        for word in ("europepmc", "5059039"):  # hits that the recorded reply tells
            self.assertIn(word, text.replace(",", ""))
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

"""kill -9 of the runner in the middle of each stage, then the same command again: the corpus and the shards are those of a
run that was never disturbed.
"""
import os
import tempfile
import unittest

from corpus import STAGES, ask, dump, figmill, files_of, kill_midway, run_line
from mock_model import MockModel


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-resume-")
        cls.whole = os.path.join(cls.folder.name, "whole")
        cls.model = MockModel("good", delay=0.02)
        cls.model.__enter__()
        run_line(cls.whole, cls.model.url)

    @classmethod
    def tearDownClass(cls):
        cls.model.__exit__()
        cls.folder.cleanup()

    def test_killed_in_every_stage(self):
        corpus = os.path.join(self.folder.name, "killed")
        killed = []
        for stage in STAGES:
            for done in (1, 5):
                if kill_midway(corpus, stage, self.model.url, done):
                    killed.append(stage)
            result = figmill(corpus, stage, url=self.model.url)
            self.assertEqual(result.status, 0, "%s: %s" % (stage, result))
        self.assertGreaterEqual(len(set(killed)), 3, "hardly any stage was caught in the act: %s" % killed)
        self.assertEqual(ask(corpus, "SELECT count(*) FROM task WHERE state <> 'done'"), [(0,)])
        want, have = dump(self.whole), dump(corpus)
        for table in want:
            with self.subTest(table):
                self.assertEqual(have[table], want[table])
        want, have = files_of(os.path.join(self.whole, "shards")), files_of(os.path.join(corpus, "shards"))
        self.assertEqual(sorted(have), sorted(want))
        for name in want:
            self.assertTrue(have[name] == want[name], "%s differs" % name)
        result = figmill(corpus, "verify")
        self.assertEqual(result.status, 0, result)

    def test_shards_do_not_depend_on_order(self):
        """One worker or many, articles in another order: the same bytes."""
        corpus = os.path.join(self.folder.name, "other")
        samples = sorted(os.listdir(os.path.join(os.path.dirname(__file__), "..", "samples", "articles")), reverse=True)
        base = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "samples", "articles"))
        for name in samples:
            result = figmill(corpus, "import", os.path.join(base, name))
            self.assertEqual(result.status, 0, result)
        for stage in STAGES[1:]:
            result = figmill(corpus, stage, "--jobs", "1", url=self.model.url)
            self.assertEqual(result.status, 0, result)
        want, have = files_of(os.path.join(self.whole, "shards")), files_of(os.path.join(corpus, "shards"))
        self.assertEqual(sorted(have), sorted(want))
        for name in want:
            self.assertTrue(have[name] == want[name], "%s differs" % name)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""The stage translate with LibreTranslate as its backend, against a stand-in that speaks its interface, well and badly."""
import os
import shutil
import sys
import tempfile
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay")]
import corpus  # noqa: E402
from libretranslate import KNOWN, LibreTranslate  # noqa: E402

KEPT = "SELECT source_text, text, drop_reason, method, model FROM v_translation WHERE method = 'libretranslate'"


class Backend(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="figmill-libretranslate-")
        cls.extracted = os.path.join(cls.folder, "extracted")
        corpus.run_line(cls.extracted, None, ["import", "extract"])

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.corpus = os.path.join(self.folder, self.id().rsplit(".", 1)[1])
        shutil.copytree(self.extracted, self.corpus)

    def translate(self, url, *options, key=None):
        saved = os.environ.pop("LIBRETRANSLATE_KEY", None)
        if key:
            os.environ["LIBRETRANSLATE_KEY"] = key
        try:
            return corpus.figmill(self.corpus, "translate", "--backend", "libretranslate", "--libretranslate", url, "--json", *options)
        finally:
            os.environ.pop("LIBRETRANSLATE_KEY", None)
            if saved is not None:
                os.environ["LIBRETRANSLATE_KEY"] = saved

    def rows(self):
        return corpus.ask(self.corpus, KEPT)

    def calls(self, where):
        return corpus.ask(self.corpus, "SELECT count(*) FROM model_call WHERE stage = 'translate' AND " + where)[0][0]

    def assert_known_kept(self):
        found = {source: (text, reason) for source, text, reason, _, _ in self.rows()}
        known = [source for source in found if source in KNOWN]
        self.assertGreaterEqual(len(known), 6)
        for source in known:
            self.assertEqual(found[source], (KNOWN[source], None))

    def test_kept_and_replayed(self):
        with LibreTranslate(key="hush-hush") as server:
            result = self.translate(server.url, key="hush-hush")
            self.assertEqual(result.status, 0, result)
            self.assert_known_kept()
            self.assertEqual({row[4] for row in self.rows()}, {"LibreTranslate 1.9.6"})
            asked = len(server.requests)
            self.assertTrue(all(r["source"] != "auto" and r["format"] == "text" for r in server.requests))
            # Nothing new: nothing is asked.
            self.assertEqual(self.translate(server.url, key="hush-hush").status, 0)
            self.assertEqual(len(server.requests), asked)
        self.assertEqual(self.calls("request LIKE '%hush-hush%' OR reply LIKE '%hush-hush%' OR err_text LIKE '%hush-hush%'"), 0)
        self.assertNotIn("hush-hush", result.err + result.out)

    def test_limited_server(self):
        with LibreTranslate(batch_limit=2, arrays=True, version=None) as server:
            result = self.translate(server.url)
            self.assertEqual(result.status, 0, result)
            self.assert_known_kept()
            self.assertEqual({row[4] for row in self.rows()}, {"LibreTranslate"})

    def test_server_without_arrays(self):
        with LibreTranslate(arrays=False) as server:
            result = self.translate(server.url)
            self.assertEqual(result.status, 0, result)
            self.assert_known_kept()

    def test_passing_faults(self):
        faults = [("Radiograf", ["429-wait", "html", "cut"]), ("Fixation", ["reset", "short"]),
                  ("Relation", ["500"])]
        with LibreTranslate(faults=faults) as server:
            result = self.translate(server.url)
            self.assertEqual(result.status, 0, result)
            self.assert_known_kept()

    def test_one_bad_text(self):
        with LibreTranslate(faults=[("talón izquierdo", ["500", "*"])]) as server:
            result = self.translate(server.url)
            self.assertEqual(result.status, 0, result)
        reasons = {source.startswith("Radiografía lateral del talón"): reason for source, _, reason, _, _ in self.rows()}
        self.assertEqual(reasons[True], "reply")

    def test_what_the_checks_find(self):
        with LibreTranslate(faults=[("Fixation", ["equal", "*"]), ("Синовиальная", ["entities", "*"])]) as server:
            self.assertEqual(self.translate(server.url).status, 0)
        reasons = {source.split()[0]: reason for source, _, reason, _, _ in self.rows() if source in KNOWN}
        self.assertEqual(reasons["Fixation"], "copy")
        self.assertEqual(reasons["Синовиальная"], "markup")

    def test_no_server(self):
        for url, key, says in ("http://127.0.0.1:1", None, "LIBRETRANSLATE_URL"), (None, "wrong", "Invalid API key"):
            with LibreTranslate(key="right") as server:
                result = self.translate(url or server.url, key=key)
                self.assertEqual(result.status, 3, result)
                self.assertIn(says, result.err)
        self.assertEqual(self.rows(), [])


if __name__ == "__main__":
    unittest.main()

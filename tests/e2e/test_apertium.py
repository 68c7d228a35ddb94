"""Translation by Apertium: a Spanish article goes through without any model server."""
import json
import os
import tempfile
import unittest

from corpus import SAMPLES, ask, figmill

MODE = "/usr/share/apertium/modes/spa-eng.mode"
ROWS = "SELECT figure_id, field, source_text, text, model, checks, drop_reason FROM v_translation WHERE method = 'apertium'"


@unittest.skipUnless(os.path.exists(MODE), "apertium-eng-spa is not installed")
class Apertium(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="figmill-apertium-")
        self.corpus = os.path.join(self.folder.name, "corpus")
        self.run_ok("import", os.path.join(SAMPLES, "es-espolon-calcaneo"))
        self.run_ok("extract")

    def tearDown(self):
        self.folder.cleanup()

    def run_ok(self, stage, *options):
        result = figmill(self.corpus, stage, *options)
        self.assertEqual(result.status, 0, str(result))
        return result

    def test_spanish(self):
        self.run_ok("translate", "--backend", "apertium")
        rows = ask(self.corpus, ROWS)
        captions = [row for row in rows if row[1] == "caption"]
        self.assertTrue(captions, "no caption went through Apertium")
        for _, _, source, text, model, checks, reason in rows:
            self.assertRegex(model, r"^apertium-spa-eng [0-9a-f]{12}$")
            self.assertIsInstance(json.loads(checks), dict)
            if reason is None:
                self.assertNotIn(text, ("", source))
                self.assertNotRegex(text, "[⟦⟧]")
        self.assertTrue([row for row in captions if row[6] is None], "no caption was kept: %s" % captions)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM model_call"), [(0,)])

        again = self.run_ok("translate", "--backend", "apertium", "--json").json()
        self.assertEqual(again["done"], 0, "a run with nothing new did something")
        self.assertEqual(ask(self.corpus, ROWS), rows)

    def test_no_apertium(self):
        result = figmill(self.corpus, "translate", "--backend", "apertium", "--apertium", "/not/there")
        self.assertEqual(result.status, 3, str(result))
        self.assertIn("apertium-eng-spa", result.err)


if __name__ == "__main__":
    unittest.main()

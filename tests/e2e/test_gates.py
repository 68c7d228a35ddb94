"""Gates of extract: thresholds act on what is there, and stay."""
import os
import shutil
import tempfile
import unittest

from corpus import SAMPLES, ask, figmill

JATS = """<?xml version="1.0"?>
<article article-type="research-article"><front><article-meta><article-id pub-id-type="doi">10.5555/gates.%d</article-id>
<title-group><article-title>%s</article-title></title-group></article-meta></front><body>
<fig id="f1"><label>Figure 1</label><caption><p>%s</p></caption><graphic xlink:href="a.png" xmlns:xlink="http://www.w3.org/1999/xlink"/></fig>
</body></article>
"""
ARTICLES = [("A study", "A chart."), ("B study", "A chart again."), ("C study", "Reproduced with permission from X."),
            ("RETRACTED: D study", "A photograph.")]
PICTURES = ["knee-pain.png", "knee-pain.png", "knee-subgroups.png", "knee-radiographs.jpg"]


class Gates(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="figmill-gates-")
        self.corpus = os.path.join(self.folder.name, "corpus")
        source = os.path.join(self.folder.name, "articles")
        for i, ((title, caption), picture) in enumerate(zip(ARTICLES, PICTURES)):
            os.makedirs(os.path.join(source, str(i)))
            with open(os.path.join(source, str(i), "a.xml"), "w", encoding="utf-8") as f:
                f.write(JATS % (i, title, caption))
            path = os.path.join(source, str(i), "a.png")
            shutil.copy(os.path.join(SAMPLES, "en-knee-osteoarthritis", picture), path)
            with open(path, "ab") as f:
                f.write(b"%d" % i)  # other bytes, same picture
        self.run_ok("import", source)
        self.run_ok("extract")

    def tearDown(self):
        self.folder.cleanup()

    def run_ok(self, stage, *options):
        result = figmill(self.corpus, stage, *options)
        self.assertEqual(result.status, 0, str(result))

    def reasons(self):
        return [row[0] for row in ask(self.corpus, "SELECT f.drop_reason FROM v_figure f JOIN v_article a USING (article_id) "
                                                   "ORDER BY a.doi")]

    def test_thresholds(self):
        self.assertEqual(self.reasons(), [None, None, "third_party", "retracted"])
        self.assertEqual(ask(self.corpus, "SELECT count(*), count(DISTINCT near), max(n_articles) FROM v_picture"), [(4, 3, 2)])
        tasks = ask(self.corpus, "SELECT task_id, updated FROM task ORDER BY 1")
        self.run_ok("extract", "--max-articles", "1")
        self.assertEqual(self.reasons(), ["repeated", "repeated", "third_party", "retracted"])
        self.run_ok("extract")  # what was set stays
        self.assertEqual(self.reasons(), ["repeated", "repeated", "third_party", "retracted"])
        self.run_ok("extract", "--max-articles", "2", "--drop-credit", "", "--min-side", "520")
        self.assertEqual(self.reasons(), [None, None, "small", "retracted"])
        self.assertEqual(ask(self.corpus, "SELECT task_id, updated FROM task ORDER BY 1"), tasks, "something was extracted anew")
        self.assertEqual(dict(ask(self.corpus, "SELECT * FROM v_funnel WHERE step LIKE '%dropped%'")),
                         {"articles dropped: retracted": 1, "figures dropped: retracted": 1, "figures dropped: small": 1})

    def test_usage(self):
        for options in (["--near-bits", "16"], ["--drop-class", "photo,picture"], ["--drop-credit", "copyrights"],
                        ["--drop-class", ",logo"]):
            result = figmill(self.corpus, "extract", *options)
            self.assertEqual(result.status, 2, str(result))
        self.assertEqual(ask(self.corpus, "SELECT near_bits, drop_class FROM v_gate"), [(12, "formula,logo")])


unittest.main()

"""The whole line on the sample articles: what comes out is what is in them, and a second run does nothing.
"""
import csv
import io
import json
import os
import tarfile
import tempfile
import unittest

from corpus import ROOT, STAGES, ask, dump, figmill, files_of, run_line
from mock_model import MockModel

# The public contract: these columns, in this order, more may follow.
VIEWS = {
    "v_article": "article_id doi pmcid pmid title language year journal license license_url source n_documents n_figures split "
                 "drop_reason",
    "v_document": "document_id article_id media_type sha256 bytes source_url blob_path",
    "v_figure": "figure_id article_id origin label kind caption caption_language page x0 y0 x1 y1 image_path image_media_type "
                "width height drop_reason",
    "v_panel": "panel_id figure_id label caption x0 y0 x1 y1",
    "v_mention": "figure_id ordinal text",
    "v_translation": "figure_id panel_id field source_language target_language source_text text method model checks drop_reason",
    "v_pair": "pair_id figure_id panel_id kind turns language model prompt_hash checks score split drop_reason",
    "v_funnel": "step n",
    "v_failure": "stage item err_kind err_text attempts",
    "v_picture": "image_sha256 width height bytes phash class class_confidence white dominant grey vivid dark flat edges entropy "
                 "colourfulness colours line_rows line_columns corners bands text near n_articles",
    "v_gate": "min_side min_bytes max_aspect max_blank max_articles near_bits drop_class drop_credit",
}


class Line(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-line-")
        cls.corpus = os.path.join(cls.folder.name, "corpus")
        cls.model = MockModel("good")
        cls.model.__enter__()
        cls.url = cls.model.url
        cls.results = run_line(cls.corpus, cls.url)

    @classmethod
    def tearDownClass(cls):
        cls.model.__exit__()
        cls.folder.cleanup()

    def test_nothing_failed(self):
        self.assertEqual(ask(self.corpus, "SELECT stage, item, err_text FROM task WHERE state <> 'done'"), [])

    def test_views_keep_the_contract(self):
        for view, columns in VIEWS.items():
            with self.subTest(view):
                have = [row[1] for row in ask(self.corpus, "PRAGMA table_info(%s)" % view)]
                self.assertEqual(have[:len(columns.split())], columns.split())

    def test_figures_are_those_of_the_articles(self):
        """tests/samples/expected.tsv is written by the script that made the articles."""
        with open(os.path.join(ROOT, "tests", "samples", "expected.tsv"), encoding="utf-8") as f:
            expected = list(csv.DictReader(f, delimiter="\t"))
        self.assertGreater(len(expected), 20)
        have = ask(self.corpus, "SELECT d.name, v.label, v.caption, v.caption_language, v.kind, v.page, v.image_path, "
                                "(SELECT count(*) FROM v_mention m WHERE m.figure_id = v.figure_id) "
                                "FROM v_figure v JOIN document d ON d.document_id = v.document_id")
        self.check_expected(expected, have)

    def check_expected(self, expected, have):
        for row in expected:
            with self.subTest("%s %s" % (row["document"], row["label"])):
                # A member of an archive is named ARCHIVE!MEMBER.
                there = [h for h in have if h[0].replace("!", "/").endswith("/" + row["document"])]
                found = [h for h in there if h[1] == row["label"]]
                self.assertEqual(len(found), 1, [h[:2] for h in there])
                name, label, caption, language, kind, page, image, mentions = found[0]
                # A member of a group has the group's caption in front of its own.
                self.assertIn(row["caption_start"], caption)
                self.assertEqual(kind, row["kind"])
                if row["page"]:
                    self.assertEqual(str(page), row["page"])
                if row["kind"] != "table":
                    self.assertEqual(language.split("-")[0], row["language"].split("-")[0])
                    self.assertIsNotNone(image)
                    self.assertGreaterEqual(mentions, int(row["mentions"]))

    def test_second_run_does_nothing(self):
        before, asked = dump(self.corpus), self.model.requests
        for stage in STAGES:
            with self.subTest(stage):
                result = figmill(self.corpus, stage, url=self.url)
                self.assertEqual(result.status, 0, result)
                self.assertIn("nothing to do", result.err)
                self.assertLess(result.seconds, 1.0)
        self.assertEqual(self.model.requests, asked)
        self.assertEqual(dump(self.corpus), before)

    def test_second_run_needs_no_server(self):
        for stage in ("translate", "generate"):
            with self.subTest(stage):
                result = figmill(self.corpus, stage, url="http://127.0.0.1:9")
                self.assertEqual(result.status, 0, result)

    def test_funnel_adds_up(self):
        funnel = dict(ask(self.corpus, "SELECT step, n FROM v_funnel"))
        self.assertGreaterEqual(funnel["articles"], 8)
        self.assertGreaterEqual(funnel["figures"], 20)
        dropped = sum(n for step, n in funnel.items() if step.startswith("pairs dropped: "))
        self.assertEqual(funnel["pairs"], funnel["pairs kept"] + dropped)
        for kind in ("alignment", "detailed_description", "complex_reasoning"):
            self.assertGreater(funnel["pairs kept: " + kind], 0)

    def test_model_wrote_at_least_twenty(self):
        kept = ask(self.corpus, "SELECT count(*) FROM v_pair WHERE drop_reason IS NULL AND model IS NOT NULL")[0][0]
        self.assertGreaterEqual(kept, 20)

    def test_five_languages(self):
        languages = ask(self.corpus, "SELECT DISTINCT substr(source_language, 1, 2) FROM v_translation WHERE field = 'caption'")
        self.assertGreaterEqual(len(languages), 5, languages)

    def test_verify(self):
        result = figmill(self.corpus, "verify")
        self.assertEqual(result.status, 0, result)

    def test_explain_tells_where_a_pair_comes_from(self):
        pair, title, figure = ask(self.corpus, "SELECT p.pair_id, a.title, f.label FROM v_pair p JOIN v_figure f USING (figure_id) "
                                               "JOIN v_article a ON a.article_id = f.article_id "
                                               "WHERE p.drop_reason IS NULL AND p.model IS NOT NULL LIMIT 1")[0]
        result = figmill(self.corpus, "explain", str(pair))
        self.assertEqual(result.status, 0, result)
        self.assertIn(title[:40], result.out)
        self.assertIn(figure, result.out)

    def test_query_reads_and_does_not_write(self):
        result = figmill(self.corpus, "query", "--format", "csv", "SELECT count(*) AS n FROM v_article")
        self.assertEqual(list(csv.reader(io.StringIO(result.out)))[0], ["n"])
        result = figmill(self.corpus, "query", "DELETE FROM pair")
        self.assertNotEqual(result.status, 0)

    def test_json_summary(self):
        summary = figmill(self.corpus, "extract", "--json").json()
        self.assertEqual([summary["stage"], summary["ready"], summary["failed"]], ["extract", 0, 0])


class Shards(unittest.TestCase):
    """What the shard stage wrote, read without any code of ours."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-shards-")
        cls.corpus = os.path.join(cls.folder.name, "corpus")
        with MockModel("good") as model:
            run_line(cls.corpus, model.url)
        cls.release = os.path.join(cls.corpus, "shards", "default")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def kept(self):
        return ask(self.corpus, "SELECT count(*) FROM v_pair WHERE drop_reason IS NULL")[0][0]

    def test_webdataset(self):
        samples = {}
        for path in files_of(self.release):
            if not path.endswith(".tar"):
                continue
            with tarfile.open(os.path.join(self.release, path)) as tar:
                for member in tar:
                    self.assertEqual((member.mtime, member.uid, member.gid), (315532800, 0, 0))  # 1980-01-01
                    key, extension = member.name.split(".", 1)
                    samples.setdefault(key, {})[extension] = tar.extractfile(member).read()
        self.assertEqual(len(samples), self.kept())
        blobs = set(files_of(os.path.join(self.corpus, "blobs")).values())
        for key, sample in samples.items():
            image = sample.get("jpg") or sample.get("png")
            self.assertIn(image, blobs, key)
            turns = json.loads(sample["json"])["conversations"]
            self.assertEqual([t["from"] for t in turns], ["human", "gpt"])
            self.assertEqual(sum(t["value"].count("<image>") for t in turns), 1)

    def test_llava(self):
        found = 0
        for path, data in files_of(self.release).items():
            if not path.endswith(".json") or path == "manifest.json":
                continue
            for sample in json.loads(data):
                found += 1
                self.assertTrue(any(os.path.exists(os.path.join(self.release, base, sample["image"]))
                                    for base in ("", os.path.dirname(path), "llava/images", "images")), sample["image"])
                self.assertEqual(sum(t["value"].count("<image>") for t in sample["conversations"]), 1)
        self.assertEqual(found, self.kept())

    def test_an_article_is_in_one_split(self):
        rows = ask(self.corpus, "SELECT article_id FROM v_pair WHERE split IS NOT NULL GROUP BY article_id "
                                "HAVING count(DISTINCT split) > 1")
        self.assertEqual(rows, [])

    def test_manifest_names_every_file(self):
        import hashlib
        files = files_of(self.release)
        manifest = json.loads(files.pop("manifest.json"))
        named = {f["name"]: f["sha256"] for f in manifest["files"]}
        for path, data in files.items():
            self.assertEqual(named[path], hashlib.sha256(data).hexdigest(), path)
        self.assertEqual(set(named), set(files))


if __name__ == "__main__":
    unittest.main(verbosity=2)

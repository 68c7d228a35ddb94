"""search -> fetch -> extract against stand-ins of all services, which know real articles where ../shared/corpus is there, and
synthetic ones: everything that may be had is there, byte for byte, and nothing else.
"""
import datetime
import os
import re
import tempfile
import unittest

from crawl import Crawl, Replay, asked_again, broken_blobs, contacts_of_private, expected, missing_or_wrong, need, profile
from corpus import ask, figmill

SOURCES = ("europepmc", "openalex", "crossref")
ARTICLES = {"synthetic": 40, "real": 1000}


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figmill-crawl-")
        os.environ["OPENALEX_KEY"] = "key-of-the-tests"
        yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
        cls.replay = Replay(os.path.join(cls.folder.name, "server"), articles=ARTICLES, inventory_date=str(yesterday))
        cls.replay.__enter__()
        cls.articles = cls.replay.articles()
        cls.crawl = Crawl(cls.folder.name, cls.replay)
        cls.profile = profile(cls.folder.name, SOURCES)
        cls.searched = cls.crawl.search(cls.profile)
        cls.fetched = cls.crawl.run("fetch", "--profile", cls.profile)
        cls.log = cls.replay.log()

    @classmethod
    def tearDownClass(cls):
        cls.replay.__exit__()
        cls.folder.cleanup()
        os.environ.pop("OPENALEX_KEY", None)

    def test_search_found_every_article_once(self):
        self.assertEqual(self.searched.status, 0, self.searched)
        found = {doi for doi, in ask(self.crawl.corpus, "SELECT doi FROM article WHERE merged_into IS NULL AND doi IS NOT NULL")}
        self.assertEqual({a.doi for a in self.articles if a.doi} - found, set())
        self.assertEqual(ask(self.crawl.corpus, "SELECT count(*) FROM article WHERE merged_into IS NULL"), [(len(self.articles),)])

    def test_fetch_has_all_that_may_be_had(self):
        self.assertIn(self.fetched.status, (0, 1), self.fetched)
        wrong = missing_or_wrong(self.crawl.corpus, self.articles)
        self.assertEqual(wrong, [], "\n%s\n%s" % ("\n".join(wrong[:40]), self.fetched))
        self.assertEqual(broken_blobs(self.crawl.corpus), [])
        may = sum(expected(a)[0] is not None for a in self.articles)
        self.assertGreaterEqual(may, 20)

    def test_what_was_not_fetched_says_why(self):
        for a in self.articles:
            if expected(a)[1] in ("retracted", "license"):
                with self.subTest("article %d" % a.number):
                    row = ask(self.crawl.corpus, "SELECT drop_reason FROM v_article WHERE doi = ?", a.doi)
                    self.assertTrue(row and row[0][0], row)

    def test_licence_is_read_before_media(self):
        """Nothing but metadata was asked of articles that may not be used."""
        for a in self.articles:
            if a.place == "bucket" and expected(a)[0] is None:
                asked = [line["path"] for line in self.log if line["path"].startswith("/%s." % a.pmcid) and not line["path"].endswith(".json")]
                self.assertEqual(asked, [], "article %d (%s)" % (a.number, expected(a)[1]))

    def test_nothing_was_asked_twice(self):
        again = asked_again(self.log)
        self.assertEqual(again, {}, again.most_common(10))
        self.assertEqual(contacts_of_private(self.log), [])

    def test_says_who_it_is(self):
        agents = {line.get("user-agent", "") for line in self.log}
        self.assertEqual(len(agents), 1, agents)
        self.assertRegex(agents.pop(), r"^figmill/\S+ .*crawler@figmill\.example")

    def test_keys_are_neither_logged_nor_stored(self):
        for name in ("corpus.db", "corpus.db-wal"):
            path = os.path.join(self.crawl.corpus, name)
            if os.path.exists(path):
                with open(path, "rb") as f:
                    self.assertNotIn(b"key-of-the-tests", f.read())
        self.assertNotIn("key-of-the-tests", self.searched.err + self.searched.out + self.fetched.err + self.fetched.out)

    def test_where_it_came_from(self):
        for url, status, digest, fetched, license in ask(
                self.crawl.corpus, "SELECT f.final_url, f.status, f.sha256, f.fetched, f.license FROM fetch f JOIN document d "
                                   "ON d.document_id = f.document_id"):
            self.assertRegex(url, "^https://")
            self.assertEqual((status, bool(re.fullmatch("[0-9a-f]{64}", digest)), bool(fetched)), (200, True, True), url)
            self.assertTrue(license, url)

    def imported(self, name, kind):
        """A corpus into which the files of all articles whose document has that end were imported."""
        folder, corpus = os.path.join(self.folder.name, name), os.path.join(self.folder.name, name + "-corpus")
        for a in self.articles:
            body, pictures = expected(a)[0] or (b"", {})
            article = "article.pdf" if body.startswith(b"%PDF") else "article.xml"
            if body and article.endswith(kind):
                place = os.path.join(folder, "%05d" % a.number)
                os.makedirs(place)
                for file, data in {article: body, **pictures}.items():
                    with open(os.path.join(place, file), "wb") as f:
                        f.write(data)
        result = figmill(corpus, "import", "-q", folder)
        self.assertIn(result.status, (0, 1), result)
        return corpus

    def test_same_as_an_import_of_the_files(self):
        """Documents, pictures and, after extract, figures are those of an import of the same files."""
        imported = self.imported("files", "")
        for sql in ("SELECT kind, media_type, sha256, bytes FROM document", "SELECT sha256, bytes FROM asset"):
            self.assertEqual(sorted(ask(self.crawl.corpus, sql)), sorted(ask(imported, sql)), sql)
        imported = self.imported("jats", ".xml")  # PDFs take long, and once will do
        for corpus in (imported, self.crawl.corpus):
            result = figmill(corpus, "extract", "-q")
            self.assertIn(result.status, (0, 1), result)
        figures = ("SELECT d.sha256, f.anchor, f.label, f.image_sha256, f.drop_reason FROM figure f JOIN document d USING (document_id) "
                   "WHERE d.kind = 'jats'")
        have, want = set(ask(self.crawl.corpus, figures)), set(ask(imported, figures))
        self.assertEqual((have - want, want - have), (set(), set()))
        self.assertGreater(len(have), 30)

    def test_zz_again_asks_nothing(self):
        before = len(self.replay.log())
        for stage in ("search", "fetch"):
            result = self.crawl.run(stage, "--profile", self.profile)
            self.assertIn(result.status, (0, 1), result)
        again = [line["host"] + line["path"] for line in self.replay.log()[before:]]
        self.assertEqual(again, [])


    def test_zz_refresh_asks_whether_anything_changed(self):
        """Conditional requests, answered with 304: nothing is transferred or stored anew."""
        sql = "SELECT sha256, document_id FROM document ORDER BY document_id"
        documents, before = ask(self.crawl.corpus, sql), len(self.replay.log())
        result = self.crawl.run("fetch", "--profile", self.profile, "--refresh")
        self.assertIn(result.status, (0, 1), result)
        log = self.replay.log()[before:]
        conditional = [line for line in log if "if-none-match" in line]
        self.assertGreater(len(conditional), 0)
        self.assertEqual({line["status"] for line in conditional}, {304})
        whole = [line["path"] for line in log if line["status"] == 200 and line["path"].endswith((".xml", ".pdf", ".jpg", ".png"))]
        self.assertEqual(whole, [])
        self.assertEqual(ask(self.crawl.corpus, sql), documents)

    def test_zz_refresh_by_the_inventory(self):
        """Of the bucket nothing is asked but the inventory, as nothing has changed."""
        before = len(self.replay.log())
        result = self.crawl.run("fetch", "--profile", self.profile, "--refresh", "--inventory", "--json")
        self.assertIn(result.status, (0, 1), result)
        told = result.json()["refresh"]
        asked = [line["path"] for line in self.replay.log()[before:] if line["host"].startswith("pmc-oa-opendata")]
        self.assertEqual([path for path in asked if not path.startswith("/inventory-reports/")], [])
        self.assertLessEqual(len(asked), 3)
        self.assertEqual((told["changed"], told["new_versions"], told["gone"]), (0, 0, 0))
        self.assertGreaterEqual(told["unchanged"], sum(a.place == "bucket" for a in self.articles))


if __name__ == "__main__":
    need("search", "fetch", "import", "extract")
    unittest.main(verbosity=2)

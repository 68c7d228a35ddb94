"""figmill fetch --refresh: what has changed of a corpus is learned with as few requests as it takes, article by article or from the
inventory of PMC's bucket; and nothing is taken for current that was not seen to be."""
import datetime
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import time
import unittest

from corpus import ask, environment, figmill, program
from test_fetch import BUCKET, Case, jats, jpeg, md5, pdf, sha256

INVENTORY = "%s/inventory-reports/pmc-oa-opendata/metadata/" % BUCKET
DAY = datetime.timedelta(days=1)


def listing(pmcid):
    return "%s/?list-type=2&prefix=%s.&delimiter=/" % (BUCKET, pmcid)


def metadata(pmcid, version=1):
    return "%s/%s.%d/%s.%d.json" % (BUCKET, pmcid, version, pmcid, version)


class Refresh(Case):
    def refresh(self, *more):
        self.server.log.clear()
        result = self.fetch("--refresh", *more, "--json")
        return result, result.json()["refresh"]

    def inventory(self, articles, days_ago=0, csv=None, **wrong):
        """Puts an inventory of these (PMCID, version) there; its date."""
        date = datetime.datetime.now(datetime.timezone.utc).date() - days_ago * DAY
        name = "%sT01-00Z" % date
        rows = csv if csv is not None else "".join(
            '"pmc-oa-opendata","metadata/%s.%d.json","2026-01-08T11:47:59.000Z","%s"\n'
            % (pmcid, version, md5(self.server.replies[metadata(pmcid, version)][-1])) for pmcid, version in articles)
        data = wrong.get("data") or gzip.compress(rows.encode())
        key = "inventory-reports/pmc-oa-opendata/metadata/data/%s.csv.gz" % date
        self.server.put("%s%s/manifest.json" % (INVENTORY, name), json.dumps({
            "fileFormat": "CSV", "fileSchema": "Bucket, Key, LastModifiedDate, ETag",
            "files": [{"key": key, "size": len(data), "MD5checksum": wrong.get("md5") or md5(data)}]}).encode())
        self.server.put("%s/%s" % (BUCKET, key), data)
        return ["%s%s/manifest.json" % (INVENTORY, name), "%s/%s" % (BUCKET, key)], name

    def sql(self, text):
        with sqlite3.connect(os.path.join(self.corpus, "corpus.db")) as db:
            db.executescript(text)

    def rows(self):
        return ask(self.corpus, "SELECT * FROM fetch ORDER BY fetch_id")

    # Article by article.

    def test_new_version(self):
        self.server.article_in_bucket("PMC1", "10.5555/a", pictures={"f1.jpg": jpeg("1"), "same.jpg": jpeg("same")})
        self.fetch("PMC1")
        document, = ask(self.corpus, "SELECT document_id FROM document")
        files = self.server.article_in_bucket("PMC1", "10.5555/a", xml=jats("10.5555/a", ("f1.jpg", "f2.jpg", "same.jpg")), version=2,
                                              pictures={"f1.jpg": jpeg("2"), "f2.jpg": jpeg("3"), "same.jpg": jpeg("same")},
                                              license="CC BY-SA", listed=[1, 2])
        self.refresh()
        self.assertEqual(sorted(self.asked(BUCKET)), sorted([listing("PMC1")] + ["%s/PMC1.2/%s" % (BUCKET, name) for name in (
            "PMC1.2.json", "PMC1.2.xml", "f1.jpg", "f2.jpg", "same.jpg")]))
        self.assertEqual(ask(self.corpus, "SELECT document_id, name, sha256, source_url FROM document"),
                         [(document[0], "PMC1.xml", sha256(files["PMC1.2.xml"]), "https://%s/PMC1.2/PMC1.2.xml" % BUCKET)])
        self.assertEqual(dict(ask(self.corpus, "SELECT name, sha256 FROM asset")),
                         {name: sha256(data) for name, data in files.items() if name.endswith(".jpg")})
        self.assertEqual(ask(self.corpus, "SELECT url FROM fetch WHERE url LIKE '%PMC1.1%'"), [])
        self.assertEqual(ask(self.corpus, "SELECT DISTINCT license FROM fetch WHERE role IN ('article', 'media')"), [("CC BY-SA",)])
        before = self.documents()
        self.refresh()
        self.assertEqual(sorted(self.asked(BUCKET)), sorted([listing("PMC1"), metadata("PMC1", 2)]))
        self.assertEqual(self.documents(), before)
        self.assertEqual(figmill(self.corpus, "verify").status, 0)

    def test_a_manuscript_does_not_replace_what_was_published(self):
        self.server.article_in_bucket("PMC1", "10.5555/a")
        self.fetch("PMC1")
        before = self.documents()
        self.server.article_in_bucket("PMC1", "10.5555/a", version=2, listed=[1, 2], is_manuscript=True, license="TDM")
        for _ in range(2):
            self.refresh()
            self.assertEqual(sorted(self.asked(BUCKET)), sorted([listing("PMC1"), metadata("PMC1", 1), metadata("PMC1", 2)]))
            self.assertEqual(self.documents(), before)
            self.assertEqual(ask(self.corpus, "SELECT drop_reason FROM v_article"), [(None,)])

    def test_from_pdf_to_xml(self):
        """The PDF that an older version gave stays, with the row that tells where it came from, as the article still has it."""
        self.server.article_in_bucket("PMC1", "10.5555/a", pdf_url="s3://pmc-oa-opendata/PMC1.1/PMC1.1.pdf", xml_url=None)
        self.server.put("%s/PMC1.1/PMC1.1.pdf" % BUCKET, pdf())
        self.fetch("PMC1")
        files = self.server.article_in_bucket("PMC1", "10.5555/a", version=2, listed=[1, 2])
        self.refresh()
        self.assertEqual(self.documents(), {"PMC1.pdf": sha256(pdf()), "PMC1.xml": sha256(files["PMC1.2.xml"])})
        self.assertEqual(ask(self.corpus, "SELECT url FROM fetch WHERE url LIKE '%PMC1.1%'"), [("https://%s/PMC1.1/PMC1.1.pdf" % BUCKET,)])

    def test_retracted_and_licence(self):
        for number, changed in enumerate(({"is_retracted": True}, {"license": "CC BY-NC"}, {"license": "CC BY-SA"}), 1):
            self.server.article_in_bucket("PMC%d" % number, "10.5555/%d" % number)
        self.fetch("PMC1", "PMC2", "PMC3")
        self.server.article_in_bucket("PMC1", "10.5555/1", is_retracted=True)
        self.server.article_in_bucket("PMC2", "10.5555/2", license="CC BY-NC", version=2, listed=[1, 2])
        self.server.article_in_bucket("PMC3", "10.5555/3", license="CC BY-SA")
        self.refresh()
        self.assertEqual(ask(self.corpus, "SELECT pmcid, drop_reason FROM v_article ORDER BY 1"),
                         [("PMC1", "retracted"), ("PMC2", "licence"), ("PMC3", None)])
        self.assertEqual([url for url in self.asked(BUCKET) if url.endswith((".xml", ".jpg"))], [])
        self.assertEqual(ask(self.corpus, "SELECT url FROM fetch WHERE state = 'wanted' OR url LIKE '%PMC2.1.json'"), [])
        self.assertEqual(len(self.documents()), 3)
        self.assertEqual(ask(self.corpus, "SELECT DISTINCT license FROM fetch f JOIN article USING (article_id) "
                                          "WHERE pmcid = 'PMC3' AND role IN ('article', 'media')"), [("CC BY-SA",)])
        self.server.article_in_bucket("PMC2", "10.5555/2", version=3, listed=[1, 2, 3])
        self.refresh()
        self.assertEqual(ask(self.corpus, "SELECT drop_reason FROM v_article WHERE pmcid = 'PMC2'"), [(None,)])

    # By the inventory.

    def many(self, n):
        works = ["PMC%d" % i for i in range(100, 100 + n)]
        for work in works:
            self.server.article_in_bucket(work, "10.5555/%s" % work)
        self.fetch(*works)
        return works

    def test_unchanged_costs_the_inventory_only(self):
        works = self.many(40)
        urls, name = self.inventory([(work, 1) for work in works], days_ago=1)
        self.sql("UPDATE fetch SET checked = 1000")
        result, told = self.refresh("--inventory")
        self.assertEqual(self.asked(BUCKET), ["%s%sT01-00Z/manifest.json" % (
            INVENTORY, datetime.datetime.now(datetime.timezone.utc).date())] + urls)
        self.assertEqual(told, {"inventory": name, "unchanged": 40, "changed": 0, "new_versions": 0, "gone": 0})
        self.assertIn("40 articles are unchanged", result.err)
        when = datetime.datetime.strptime(name, "%Y-%m-%dT%H-%MZ").replace(tzinfo=datetime.timezone.utc).timestamp()
        self.assertEqual(ask(self.corpus, "SELECT DISTINCT checked FROM fetch WHERE role IN ('metadata', 'versions')"), [(int(when),)])
        self.assertEqual(ask(self.corpus, "SELECT DISTINCT checked FROM fetch WHERE role = 'article'"), [(1000,)])
        self.assertEqual([name for name in os.listdir(os.path.join(self.corpus, "blobs")) if name.startswith("tmp")], [])
        digest = sha256(self.server.replies[urls[1]][0])
        self.assertFalse(os.path.exists(os.path.join(self.corpus, "blobs", digest[:2], digest[2:])))

    def test_only_what_changed_is_asked(self):
        works = self.many(12)
        self.server.article_in_bucket("PMC101", "10.5555/PMC101", pictures={"f1.jpg": jpeg("another")})
        self.server.article_in_bucket("PMC102", "10.5555/PMC102", version=2, listed=[1, 2])
        self.server.article_in_bucket("PMC103", "10.5555/PMC103", is_retracted=True)
        urls, name = self.inventory([(work, 1) for work in works if work != "PMC104"] + [("PMC102", 2)])
        _, told = self.refresh("--inventory")
        self.assertEqual(told, {"inventory": name, "unchanged": 8, "changed": 2, "new_versions": 1, "gone": 1})
        wanted = urls + [listing("PMC10%d" % i) for i in (1, 2, 3, 4)] + [metadata("PMC10%d" % i) for i in (1, 3, 4)] + [
            "%s/PMC101.1/f1.jpg" % BUCKET, metadata("PMC102", 2), "%s/PMC102.2/PMC102.2.xml" % BUCKET, "%s/PMC102.2/f1.jpg" % BUCKET]
        self.assertEqual(sorted(self.asked()), sorted(wanted))
        self.assertEqual(ask(self.corpus, "SELECT pmcid FROM v_article WHERE drop_reason = 'retracted'"), [("PMC103",)])
        self.assertIn((sha256(jpeg("another")),), ask(self.corpus, "SELECT sha256 FROM asset"))
        self.assertEqual(ask(self.corpus, "SELECT source_url FROM document WHERE name = 'PMC102.xml'"),
                         [("https://%s/PMC102.2/PMC102.2.xml" % BUCKET,)])
        _, told = self.refresh("--inventory")
        self.assertEqual((told["unchanged"], told["gone"]), (11, 1))
        self.assertEqual(sorted(self.asked()), sorted(urls + [listing("PMC104"), metadata("PMC104")]))

    def test_other_routes_are_asked_all_the_same(self):
        works = self.many(2)
        self.server.put("u.example/y", pdf("y"))
        self.fetch("https://u.example/y")
        urls, _ = self.inventory([(work, 1) for work in works])
        self.refresh("--inventory")
        self.assertEqual(sorted(self.asked()), sorted(urls + ["u.example/y"]))

    def test_an_article_that_has_come_into_the_bucket(self):
        xml = jats("10.5555/b")
        self.server.put("%s/?list-type=2&prefix=PMC2.&delimiter=/" % BUCKET,
                        b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        self.server.put("www.ebi.ac.uk/europepmc/webservices/rest/PMC2/fullTextXML", xml)
        self.server.put("europepmc.org/articles/PMC2/bin/f1.jpg", jpeg())
        self.fetch("PMC2")
        self.assertEqual(self.documents(), {"PMC2.xml": sha256(xml)})
        files = self.server.article_in_bucket("PMC2", "10.5555/b", xml=jats("10.5555/b", ("f1.jpg", "f2.jpg")))
        self.inventory([("PMC2", 1)])
        _, told = self.refresh("--inventory")
        self.assertEqual(told["new_versions"], 1)
        self.assertEqual(self.documents(), {"PMC2.xml": sha256(files["PMC2.1.xml"])})

    def test_without_an_inventory(self):
        works = self.many(3)
        result, told = self.refresh("--inventory")
        self.assertIsNone(told["inventory"])
        self.assertIn("article by article", result.err)
        asked = self.asked()
        self.assertEqual(len([url for url in asked if url.startswith(INVENTORY)]), 5)
        self.assertEqual(sorted(asked[5:]), sorted([listing(work) for work in works] + [metadata(work) for work in works]))
        for more in ([], ["--no-inventory"]):
            self.inventory([(work, 1) for work in works])
            self.refresh(*more)
            self.assertEqual([url for url in self.asked() if url.startswith(INVENTORY)], [])

    def test_a_broken_inventory_is_none(self):
        """Whatever is wrong with it, no article is taken for unchanged by what could be read of it."""
        works = self.many(2)
        good = "".join("pmc-oa-opendata,metadata/%s.1.json,2026,%s\n" % (work, md5(self.server.replies[metadata(work)][0]))
                       for work in works) + "pmc-oa-opendata,README.txt,2026,%s\n" % os.urandom(1000).hex() * 100
        for wrong in ({"data": gzip.compress(good.encode())[:-300]}, {"data": b"\x1f\x8b no gzip"}, {"md5": "0" * 32},
                      {"csv": good + "a,b\n" * 50}):
            with self.subTest(wrong=str(wrong)[:60]):
                self.inventory([(work, 1) for work in works], **wrong)
                result, told = self.refresh("--inventory", "--attempts", "1")
                self.assertIn("article by article", result.err)
                self.assertEqual((told["inventory"], told["unchanged"]), (None, 0))
                self.assertEqual(sorted(self.asked()[-4:]), sorted([listing(work) for work in works] + [metadata(work) for work in works]))
        self.inventory([], csv=good)
        self.assertEqual(self.refresh("--inventory")[1]["unchanged"], 2)

    def test_killed(self):
        """Killed while the inventory comes, or while what it tells is asked: started again, it finds all of it."""
        works = self.many(30)
        for work in works[:15]:
            self.server.article_in_bucket(work, "10.5555/%s" % work, version=2, listed=[1, 2], xml=jats("10.5555/%s" % work, ("f1.jpg", "f2.jpg")))
        self.inventory([(work, 1) for work in works] + [(work, 2) for work in works[:15]])
        before, kills = self.rows(), 0
        for delay, seconds in ((1.5, 0.7), (0.3, 1.5), (0.3, 1.5)):
            self.server.delay = delay
            process = subprocess.Popen([program("fetch"), "--corpus", self.corpus, *self.options(
                "--refresh", "--inventory", "--in-flight", "2")], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            if delay > 1:
                self.assertEqual(self.rows(), before)
        self.server.delay = 0
        time.sleep(0.4)
        self.fetch("--refresh", "--inventory")
        self.assertEqual(kills, 3)
        self.assertEqual(len(ask(self.corpus, "SELECT 1 FROM document WHERE source_url LIKE '%.2.xml'")), 15)
        self.assertEqual(ask(self.corpus, "SELECT state, count(*) FROM task WHERE stage = 'fetch' GROUP BY 1"), [("done", 30)])
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM fetch WHERE state <> 'done'"), [(0,)])

    def test_options(self):
        self.fetch("--inventory", "PMC1", status=2)
        self.fetch("--refresh", "--inventory", "--no-inventory", status=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Bad input and a bad environment: one clear line, the right exit status, and a corpus that is still whole."""
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from corpus import ask, figmill, program, run_line
from mock_model import MockModel

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


class Trouble(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="figmill-trouble-")
        self.corpus = os.path.join(self.folder.name, "corpus")

    def tearDown(self):
        self.folder.cleanup()

    def expect(self, result, status, *words):
        self.assertEqual(result.status, status, result)
        for word in words:
            self.assertIn(word, result.err)
        errors = [line for line in result.err.split("\n") if line and not line.startswith(" ")]
        self.assertLessEqual(len(errors), 4, result)

    def is_whole(self):
        result = figmill(self.corpus, "verify")
        self.assertEqual(result.status, 0, result)

    def write(self, name, data):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def extracted(self):
        run_line(self.corpus, None, ["import", "extract"])

    def test_no_corpus(self):
        for stage in ("extract", "translate", "generate", "shard", "status", "verify"):
            with self.subTest(stage):
                self.expect(figmill(self.corpus, stage), 3, self.corpus, "figmill import")

    def test_empty_corpus(self):
        empty = os.path.join(self.folder.name, "nothing")
        os.mkdir(empty)
        figmill(self.corpus, "import", empty)
        for stage in ("extract", "translate", "generate"):
            with self.subTest(stage):
                self.expect(figmill(self.corpus, stage, url=NOWHERE), 0, "nothing to do")
        self.is_whole()

    def test_usage(self):
        self.expect(figmill(self.corpus, "extract", "--no-such-option"), 2, "--no-such-option", "--help")
        self.expect(figmill(self.corpus, "extract", "--max-dpi", "5"), 2, "--max-dpi")
        self.expect(figmill(self.corpus, "import", "--limit", "-1"), 2)

    def test_missing_path(self):
        result = figmill(self.corpus, "import", os.path.join(self.folder.name, "no-such-file"))
        self.assertIn(result.status, (1, 2), result)
        self.assertIn("no-such-file", result.err)

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"), "root reads everything, and there is no setpriv")
    def test_unreadable_file(self):
        path = self.write("secret.xml", b"<article/>")
        os.chmod(path, 0)
        os.chmod(self.folder.name, 0o777)
        # Root reads whatever it likes, so the program runs as somebody else.
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        if subprocess.run(prefix + [program("import"), "--version"], capture_output=True, check=False).returncode:
            self.skipTest("the build folder is closed to other users")
        corpus = self.corpus
        os.mkdir(corpus)
        os.chmod(corpus, 0o777)
        result = figmill(corpus, "import", path, prefix=prefix)
        self.assertEqual(result.status, 1, result)
        self.assertIn("secret.xml", result.err)

    def test_damaged_documents_cost_only_themselves(self):
        good = os.path.join(self.folder.name, "in")
        os.mkdir(good)
        bad = {"cut.pdf": b"%PDF-1.7\n1 0 obj\n<<", "cut.xml": b"<?xml version='1.0'?><article><front>",
               "page.html": b"<html><title>Just a moment...</title><body>Checking your browser</body></html>",
               "zeros.pdf": bytes(4096)}
        for name, data in bad.items():
            with open(os.path.join(good, name), "wb") as f:
                f.write(data)
        figmill(self.corpus, "import", good)
        self.assertEqual(figmill(self.corpus, "import").status, 0)
        result = figmill(self.corpus, "extract")
        self.assertEqual(result.status, 1, result)
        failures = dict(ask(self.corpus, "SELECT err_text, err_kind FROM v_failure"))
        for name in bad:
            with self.subTest(name):
                self.assertTrue(any(name in text for text in list(failures) +
                                    [row[0] for row in ask(self.corpus, "SELECT item FROM v_failure")]), failures)
        self.assertGreaterEqual(ask(self.corpus, "SELECT count(*) FROM v_figure WHERE drop_reason IS NULL")[0][0], 20)
        self.is_whole()

    def test_newer_schema(self):
        self.extracted()
        db = sqlite3.connect(os.path.join(self.corpus, "corpus.db"))
        db.execute("PRAGMA user_version = 9999")
        db.close()
        for stage in ("extract", "status"):
            self.expect(figmill(self.corpus, stage), 3, "9999", "newer")

    def test_not_a_corpus(self):
        os.mkdir(self.corpus)
        for data in (b"this is no database at all, but a note to self " * 50, b""):
            with open(os.path.join(self.corpus, "corpus.db"), "wb") as f:
                f.write(data)
            if data:
                self.expect(figmill(self.corpus, "extract"), 3, "corpus.db")
        db = sqlite3.connect(os.path.join(self.corpus, "corpus.db"))
        db.execute("CREATE TABLE holiday (photo)")
        db.commit()
        db.close()
        self.expect(figmill(self.corpus, "extract"), 3, "not a figmill corpus")

    def test_no_model_server(self):
        self.extracted()
        result = figmill(self.corpus, "translate", "--backend", "model", url=NOWHERE)
        self.expect(result, 3, "127.0.0.1:9")
        # What needs no model is done all the same.
        self.assertGreater(ask(self.corpus, "SELECT count(*) FROM v_translation WHERE method = 'identity'")[0][0], 0)
        result = figmill(self.corpus, "generate", url=NOWHERE)
        self.expect(result, 3, "127.0.0.1:9")
        self.is_whole()
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM task WHERE state IN ('running', 'failed')"), [(0,)])
        # Nothing is lost: with a server it goes on.
        with MockModel("good") as model:
            run_line(self.corpus, model.url, ["translate", "generate"])

    def test_alignment_needs_no_model(self):
        self.extracted()
        figmill(self.corpus, "translate", url=NOWHERE)
        result = figmill(self.corpus, "generate", "--kinds", "alignment", url=NOWHERE)
        self.assertEqual(result.status, 0, result)
        self.assertGreater(ask(self.corpus, "SELECT count(*) FROM v_pair WHERE drop_reason IS NULL")[0][0], 0)

    def test_model_that_answers_nonsense(self):
        self.extracted()
        for mode in ("nonsense", "wrong", "cut", "empty"):
            with self.subTest(mode), MockModel(mode) as model:
                corpus = os.path.join(self.folder.name, mode)
                shutil.copytree(self.corpus, corpus)
                for stage in ("translate", "generate"):
                    result = figmill(corpus, stage, url=model.url)
                    self.assertIn(result.status, (0, 1), result)
                kept = ask(corpus, "SELECT count(*) FROM v_pair WHERE drop_reason IS NULL AND model IS NOT NULL")
                self.assertEqual(kept, [(0,)])
                self.assertGreater(model.requests, 0)
                result = figmill(corpus, "verify")
                self.assertEqual(result.status, 0, result)

    def test_model_that_is_busy_at_first(self):
        self.extracted()
        with MockModel("busy") as model:
            for stage in ("translate", "generate"):
                result = figmill(self.corpus, stage, url=model.url)
                self.assertEqual(result.status, 0, result)

    def test_full_disk(self):
        """A file system of 3 MB of its own, so that it is really full."""
        where = os.path.join(self.folder.name, "small")
        os.mkdir(where)
        unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
        if subprocess.run(unshare + ["sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "%s"' % where], capture_output=True,
                          check=False).returncode:
            self.skipTest("file systems cannot be mounted here")
        big = os.path.join(self.folder.name, "in")
        os.mkdir(big)
        for i in range(8):
            with open(os.path.join(big, "%d.pdf" % i), "wb") as f:
                f.write(b"%PDF-1.4\n" + os.urandom(1 << 20) + b"\n%%EOF\n")
        corpus = os.path.join(where, "corpus")
        script = 'mount -t tmpfs -o size=3m tmpfs "$1"; shift; "$@"; status=$?; "%s" --corpus "%s" -q || exit 99; exit $status' % (
            program("verify"), corpus)
        run = subprocess.run(unshare + ["sh", "-c", script, "sh", where, program("import"), "--corpus", corpus, big],
                             capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run.returncode, 3, run)
        self.assertIn("No space left", run.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

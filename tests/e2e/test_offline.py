"""Generating without a server: batch files out, a cluster's results in, in rounds, until nothing is open."""
import json
import os
import random
import subprocess
import tempfile
import unittest

import mock_model
from corpus import ask, dump, figmill, run_line
from mock_model import MockModel

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


def completion(content, finish="stop"):
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": mock_model.MODEL,
            "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}}


def read_batch(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def answered(line, content=None):
    if content is None:
        content = mock_model.answer(line["body"])
    return {"id": "vllm-1", "custom_id": line["custom_id"], "error": None,
            "response": {"status_code": 200, "request_id": "r", "body": completion(content)}}


class Offline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.TemporaryDirectory(prefix="figmill-offline-")
        cls.made = os.path.join(cls.base.name, "made")
        run_line(cls.made, NOWHERE, ["import", "extract"])
        with MockModel("good") as model:
            run_line(cls.made, model.url, ["translate"])

    @classmethod
    def tearDownClass(cls):
        cls.base.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="figmill-offline-")
        self.corpus = os.path.join(self.folder.name, "corpus")
        subprocess.run(["cp", "-r", self.made, self.corpus], check=True)

    def tearDown(self):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def generate(self, *options, status=0):
        result = figmill(self.corpus, "generate", "--json", *options, url=NOWHERE)
        self.assertEqual(result.status, status, result)
        return result

    def offline(self, *options):
        return self.generate("--model", mock_model.MODEL, *options).json()["offline"]

    def write_results(self, name, lines, shuffle=True):
        if shuffle:
            random.Random(7).shuffle(lines)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        return self.path(name)

    def test_rounds_end_as_a_server_would(self):
        out = self.path("0.jsonl")
        counts = self.offline("--offline-out", out)
        lines = read_batch(out)
        self.assertEqual(counts["requests"], len(lines))
        self.assertGreater(counts["open"], 10)
        self.assertEqual(counts["finished"], 0)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM pair")[0][0], 0)
        self.assertEqual(len({line["custom_id"] for line in lines}), len(lines))
        for line in lines:
            self.assertEqual(set(line), {"custom_id", "method", "url", "body"})
            self.assertEqual((line["method"], line["url"]), ("POST", "/v1/chat/completions"))
            self.assertEqual(line["body"]["model"], mock_model.MODEL)
            self.assertNotIn("cache_prompt", line["body"])
        rounds = 1
        while lines:
            results = self.write_results("r%d.jsonl" % rounds, [answered(line) for line in lines])
            out = self.path("%d.jsonl" % rounds)
            counts = self.offline("--offline-in", results, "--offline-out", out)
            self.assertEqual(counts["results_used"], len(lines))
            lines = read_batch(out) if os.path.exists(out) else []
            rounds += 1
            self.assertLess(rounds, 6)
        self.assertEqual(counts["open"], 0)
        # Nothing is left, for a run without a server too.
        self.assertIn("nothing to do", self.generate("--model", mock_model.MODEL).err)
        # The same as with a server.
        offline = dump(self.corpus)["pair"]
        self.corpus = self.path("online")
        subprocess.run(["cp", "-r", self.made, self.corpus], check=True)
        with MockModel("good") as model:
            run_line(self.corpus, model.url, ["generate"])
        self.assertEqual(dump(self.corpus)["pair"], offline)

    def test_what_the_batch_failed_to_answer_is_written_again(self):
        out = self.path("a.jsonl")
        self.offline("--offline-out", out)
        lines = read_batch(out)
        expired, refused, no_answer, twice, nameless, unknown, too_long = lines[:7]
        rest = lines[7:]
        def failed(line, response, error):
            return {"custom_id": line["custom_id"], "response": response, "error": error}
        results = [answered(line) for line in rest]
        results += [failed(expired, None, {"code": "batch_expired", "message": "too late"}),
                    failed(refused, {"status_code": 400, "request_id": "r"}, {"message": "Failed to parse grammar"}),
                    failed(no_answer, {"status_code": 200, "body": None}, None),
                    failed(too_long, {"status_code": 400, "body": {"error": {
                        "type": "exceed_context_size_error", "message": "request (9000 tokens) exceeds"}}}, None),
                    failed(twice, {"status_code": 500, "body": {"error": "oops"}}, None), answered(twice), answered(twice),
                    {key: value for key, value in answered(nameless).items() if key != "custom_id"},
                    dict(answered(unknown), custom_id="f" * 32), dict(answered(unknown), custom_id="item-7"),
                    "no JSON", json.dumps(answered(lines[-1]))[:-20]]
        result = self.generate("--model", mock_model.MODEL, "--offline-in", self.write_results("r.jsonl", results))
        counts = result.json()["offline"]
        self.assertEqual(counts["lines_left_out"], 4)
        self.assertEqual(counts["results_twice"], 2)
        self.assertEqual(counts["results"], len(rest) + 6)
        self.assertEqual(counts["results_used"], len(rest) + 5)
        self.assertGreater(counts["finished"], 0)
        again = self.path("b.jsonl")
        self.offline("--offline-out", again)
        ids = {line["custom_id"] for line in read_batch(again)}
        for line in (expired, no_answer, nameless, unknown):
            self.assertIn(line["custom_id"], ids)
        for line in (twice, refused, too_long):
            self.assertNotIn(line["custom_id"], ids)
        # What was too long comes back shorter, what was refused comes back as the next attempt.
        self.assertTrue(all(line["custom_id"] not in ids for line in rest))
        self.assertGreaterEqual(len(ids), 6)
        # No failure is an answer.
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM model_call WHERE err_kind IS NULL AND http_status <> 200")[0][0], 0)
        self.assertGreater(ask(self.corpus, "SELECT count(*) FROM model_call WHERE err_kind = 'limit'")[0][0], 0)

    def test_answers_of_another_form_end(self):
        out, rounds = self.path("0.jsonl"), 0
        self.offline("--offline-out", out)
        while os.path.exists(out):
            rounds += 1
            results = self.write_results("r.jsonl", [answered(line, "Sure! A poem.") for line in read_batch(out)])
            out = self.path("%d.jsonl" % rounds)
            counts = self.offline("--offline-in", results, "--offline-out", out)
            self.assertLess(rounds, 5)
        self.assertEqual(rounds, 3)     # one, and --attempts 2
        self.assertEqual(counts["open"], 0)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM pair WHERE model IS NOT NULL AND drop_reason IS NOT 'schema'")[0][0], 0)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM model_call WHERE stage = 'generate' AND err_kind IS NULL")[0][0], 0)

    def test_stored_replies_need_no_server(self):
        """Replies that were stored are replayed by a run whose server is gone; it ends at the first that is not."""
        out = self.path("a.jsonl")
        self.offline("--offline-out", out)
        lines = read_batch(out)
        results = self.write_results("r.jsonl", [answered(line) for line in lines])
        # Other settings of the same requests: only the number of attempts differs.
        self.offline("--offline-in", results)
        before = ask(self.corpus, "SELECT count(*) FROM model_call")[0][0]
        self.generate("--model", mock_model.MODEL, "--kinds", "complex_reasoning", status=0)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM model_call")[0][0], before)
        result = self.generate("--temperature", "0.9", status=3)
        self.assertIn("no model server answers", result.err)
        self.assertEqual(ask(self.corpus, "SELECT count(*) FROM task WHERE state IN ('running', 'failed')")[0][0], 0)

    def test_usage(self):
        for options in (["--offline-out", self.path("x")], ["--offline-in", self.path("x")],
                        ["--model", "m", "--url", NOWHERE, "--offline-out", self.path("x")],
                        ["--model", "m", "--offline-in", self.path("nothing")],
                        ["--model", "m", "--offline-out", self.corpus], ["--alarm", "101"]):
            with self.subTest(options):
                self.generate(*options, status=2)
        self.assertFalse(os.path.exists(self.path("x")))

    def test_part_and_limit(self):
        sizes = []
        for part in ("1/2", "2/2"):
            out = self.path("part%s" % part[0])
            self.offline("--offline-out", out, "--partition", part)
            sizes.append(len(read_batch(out)))
        out = self.path("all")
        self.assertEqual(self.offline("--offline-out", out)["requests"], sum(sizes))
        self.assertEqual(self.offline("--offline-out", self.path("few"), "--limit", "2")["open"], 2)


if __name__ == "__main__":
    unittest.main()

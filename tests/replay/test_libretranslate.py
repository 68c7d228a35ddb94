#!/usr/bin/env python3
"""The stand-in of LibreTranslate does what it says."""
import http.client
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from libretranslate import KNOWN, LibreTranslate, translate  # noqa: E402

HEEL = next(text for text in KNOWN if text.startswith("Radiografía lateral"))


def ask(server, path, body=None):
    connection = http.client.HTTPConnection(server.url.split("//")[1], timeout=10)
    try:
        connection.request("POST" if body is not None else "GET", path, body and json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def translation(server, q, **more):
    return ask(server, "/translate", dict({"q": q, "source": "es", "target": "en", "format": "text"}, **more))


class Translations(unittest.TestCase):
    def test_by_heart(self):
        self.assertEqual(translate(HEEL), KNOWN[HEEL])
        protected = HEEL.replace("61", "[1]").replace("6 mm", "[2]")
        self.assertEqual(translate(protected), KNOWN[HEEL].replace("61", "[1]").replace("6 mm", "[2]"))
        for source, english in KNOWN.items():
            self.assertEqual(translate(source), english)

    def test_rendered(self):
        source = next(text for text in KNOWN if text.startswith("Синовиальная"))
        made = translate(source.replace("5 × 0,5 Гр", "{1}").replace("50 мкм", "{2}").replace("(А)", "{3}"))
        self.assertIn("with {1}: only", made)
        self.assertIn("corresponds to {2}.", made)
        self.assertIn("eosin. {3} Control", made)

    def test_others(self):
        made = translate("Otra leyenda con [1], (B) y 0,5 de todo")
        self.assertLess(made.index("[1]"), made.index("(B)"))
        self.assertIn(" 0.5", made)
        self.assertEqual(made, translate("Otra leyenda con [1], (B) y 0,5 de todo"))


class Protocol(unittest.TestCase):
    def test_documents(self):
        with LibreTranslate(char_limit=50) as server:
            self.assertEqual(ask(server, "/health"), (200, {"status": "ok"}))
            self.assertIn({"code": "es", "name": "es", "targets": ["en"]}, ask(server, "/languages")[1])
            self.assertEqual(ask(server, "/frontend/settings")[1]["charLimit"], 50)
            self.assertEqual(ask(server, "/spec")[1]["info"]["version"], "1.9.6")
            self.assertEqual(ask(server, "/nowhere")[0], 404)

    def test_translate(self):
        with LibreTranslate(key="k", batch_limit=2, char_limit=600) as server:
            self.assertEqual(translation(server, HEEL, api_key="k"), (200, {"translatedText": KNOWN[HEEL]}))
            self.assertEqual(translation(server, [HEEL], api_key="k"), (200, {"translatedText": [KNOWN[HEEL]]}))
            self.assertEqual(translation(server, HEEL, api_key="x")[0], 403)
            self.assertEqual(translation(server, HEEL)[0], 400)
            for q, more in (["a"] * 3, {}), ("a" * 601, {}), ("", {}), ("a", {"source": "xx"}), ("a", {"format": "pdf"}):
                self.assertEqual(translation(server, q, api_key="k", **more)[0], 400)
            self.assertEqual(len(server.requests), 9)

    def test_faults(self):
        faults = ["429", "403", "500", "short", "string", "null", "equal", "entities"]
        with LibreTranslate(faults=[("casa", faults), ("gato", ["500", "*"])]) as server:
            made = [translation(server, ["casa", "dos"]) for _ in range(len(faults) + 1)]
            self.assertEqual([status for status, _ in made], [429, 403, 500] + [200] * 6)
            texts = [body.get("translatedText") for _, body in made]
            self.assertEqual(len(texts[3]), 1)
            self.assertIsInstance(texts[4], str)
            self.assertEqual(texts[5], [None, None])
            self.assertEqual(texts[6], ["casa", "dos"])
            self.assertIn("&lt;i&gt;", texts[7][0])
            self.assertEqual(texts[8], [translate("casa"), translate("dos")])
            self.assertEqual([translation(server, "gato")[0] for _ in range(3)], [500] * 3)

    def test_broken_replies(self):
        with LibreTranslate(faults=[("casa", ["cut", "reset"])]) as server:
            for _ in range(2):
                with self.assertRaises((http.client.HTTPException, ConnectionError)):
                    translation(server, "casa")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""A LibreTranslate server on loopback that speaks the interface of 1.9.6, with faults on demand.

usage: libretranslate.py [PORT]       or, from a test:   with LibreTranslate(key="k") as server: ... server.url

Captions of tests/samples that KNOWN has are answered with the translation that stands there, whatever the client protected in them
("[1]" for a number); every other text with English words, as long as it, that carry its numbers, panel letters and placeholders in
their order. Both depend on the text only.

version      of /spec; None: there is no /spec
key          the API key that is wanted, or None
arrays       False: an array of texts is answered with one string, as by servers that know none
batch_limit  texts of a request, -1: any number; more are 400
char_limit   characters of a text, -1: any number; more are 400, as /frontend/settings says
languages    code -> codes of its targets
faults       [(pattern, [fault, ...])]: a request whose body matches is answered with the next fault of its list, and rightly when
             the list is at its end; "*" at the end of a list repeats the fault before it for ever

429 429-wait 400-language 403 500 502 html empty cut reset short long string null number equal entities

`requests` holds the bodies of POST /translate in the order in which they came.
"""
import json
import os
import re
import sys
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from mock_model import WORDS  # noqa: E402

LANGUAGES = {code: ["en"] for code in ("de", "es", "fr", "ja", "pt", "ru", "zh-Hans")}
LANGUAGES["en"] = sorted(LANGUAGES)

KNOWN = {
    "Radiografía lateral del talón izquierdo. Radiografía de un hombre de 61 años con dolor plantar desde hacía ocho meses. La flecha "
    "blanca señala el espolón, una punta ósea de 6 mm en la cara inferior del calcáneo que se dirige hacia delante. El astrágalo y la "
    "articulación del tobillo, en la parte superior de la imagen, son normales.":
    "Lateral radiograph of the left heel. Radiograph of a 61 year old man who had had plantar pain for eight months. The white arrow "
    "points to the spur, a bony tip of 6 mm on the lower surface of the calcaneus that is directed forwards. The talus and the ankle "
    "joint, in the upper part of the image, are normal.",
    "Patienten zu Beginn der Behandlung. NRS: numerische Schmerzskala von 0 bis 10.":
    "Patients at the beginning of the treatment. NRS: numerical pain scale from 0 to 10.",
    "Fixation amyloïde avant et après irradiation. Coupes axiales de TEP d’une patiente de 72 ans traitée par 5 × 2 Gy. (A) Avant "
    "traitement : fixation intense (jaune) dans le cortex postérieur, indiquée par la flèche blanche, avec un SUVR de 1,9. (B) Six mois "
    "après : la fixation y est plus faible (orange, flèche), avec un SUVR de 1,5. L’échelle de couleurs à droite va de 0,6 (noir) à 2,2 "
    "(jaune clair).":
    "Amyloid uptake before and after irradiation. Axial PET slices of a 72 year old woman treated with 5 × 2 Gy. (A) Before the "
    "treatment: intense uptake (yellow) in the posterior cortex, shown by the white arrow, with a SUVR of 1.9. (B) Six months later: the "
    "uptake is weaker there (orange, arrow), with a SUVR of 1.5. The colour scale on the right goes from 0.6 (black) to 2.2 (light "
    "yellow).",
    "Radiografias frontais do quadril 12 meses após a artroplastia. (A) Quadril irradiado com 7 Gy: prótese bem posicionada e nenhum osso "
    "nos tecidos moles (Brooker grau 0). (B) Quadril sem profilaxia: uma massa óssea irregular, indicada pela seta branca, situa-se acima "
    "do trocanter maior, ao lado do colo da prótese (Brooker grau III).":
    "Frontal radiographs of the hip 12 months after the arthroplasty. (A) Hip irradiated with 7 Gy: prosthesis well placed and no bone in "
    "the soft tissues (Brooker grade 0). (B) Hip without prophylaxis: an irregular bony mass, shown by the white arrow, lies above the "
    "greater trochanter, beside the neck of the prosthesis (Brooker grade III).",
    "Синовиальная оболочка коленного сустава на 21-е сутки. Окраска гематоксилином и эозином. (А) Контроль: в центре поля плотный "
    "инфильтрат из округлых фиолетовых воспалительных клеток среди розовых волокон. (Б) После облучения 5 × 0,5 Гр: видны лишь отдельные "
    "воспалительные клетки, волокнистая ткань сохранена. Чёрная масштабная линейка соответствует 50 мкм.":
    "Synovial membrane of the knee joint on day 21. Stained with haematoxylin and eosin. (A) Control: in the centre of the field a dense "
    "infiltrate of round violet inflammatory cells among pink fibres. (B) After irradiation with 5 × 0.5 Gy: only single inflammatory "
    "cells are seen, the fibrous tissue is preserved. The black scale bar corresponds to 50 µm.",
    "照射后0.5小时淋巴细胞的γH2AX免疫荧光图像。细胞核呈蓝色，γH2AX焦点呈绿色亮点。（A）未照射的对照细胞，几乎没有焦点，平均每核0.4个。 （B）0.1 Gy照射后每个细胞核有少数焦点，"
    "平均3.2个。（C）0.5 Gy照射后焦点密集，平均13.1个。每组来自6名志愿者，白色标尺为10 µm。":
    "Immunofluorescence images of γH2AX in lymphocytes 0.5 hours after irradiation. The nuclei are blue, the γH2AX foci are bright green "
    "points. (A) Control cells without irradiation, with hardly any foci, 0.4 per nucleus on average. (B) After 0.1 Gy every nucleus has a "
    "few foci, 3.2 on average. (C) After 0.5 Gy the foci are dense, 13.1 on average. Each group comes from 6 volunteers, the white scale "
    "bar is 10 µm.",
    "線維芽細胞の生存率曲線。 横軸は線量（0～6 Gy）、縦軸は生存率（対数目盛）である。黒い丸と実線は前照射なし、青い四角と破線は0.1 Gyの前照射を6時間前に行った細胞を示す。エラーバーは標準偏差"
    "（n = 4）。6 Gyでの生存率は前照射なしで0.033、前照射ありで0.077であった（p < 0.01）。曲線は線形二次モデルによる。":
    "Survival curves of fibroblasts. The horizontal axis is the dose (0–6 Gy), the vertical axis is the survival (logarithmic scale). Black "
    "circles and the solid line show cells without prior irradiation, blue squares and the dashed line cells that had been given 0.1 Gy 6 "
    "hours before. Error bars are standard deviations (n = 4). The survival at 6 Gy was 0.033 without and 0.077 with the prior irradiation "
    "(p < 0.01). The curves are those of the linear-quadratic model.",
}

PLACEHOLDER = re.compile(r"[\[{(⟦]\s*(\d{1,3})\s*[\]})⟧]")
UNITS = {"Гр": "Gy", "мкм": "µm", "мл": "mL", "～": "–", "（": "(", "）": ")", "А": "A", "Б": "B"}


def rendered(value):
    """What a translator into English makes of a value that stands in the source."""
    value = re.sub(r"(?<=\d),(?=\d)", ".", value.strip())
    for source, target in UNITS.items():
        value = value.replace(source, target)
    return value


def by_heart(text):
    """The translation that KNOWN has of the text, with the text's placeholders where their values would stand; None: it has none."""
    marks, parts = [m.group(0) for m in PLACEHOLDER.finditer(text)], PLACEHOLDER.split(text)[::2]
    pattern = re.compile(r"([（(]\w[）)]|.+?)".join(r"\s*".join(map(re.escape, part.split())).join([r"\s*"] * 2) for part in parts) + r"\Z")
    for source, english in KNOWN.items():
        if text.split() == source.split():
            return english
        found = pattern.match(source)
        if not marks or not found:
            continue
        free, spots = english, {}
        for mark, value in sorted(zip(marks, map(rendered, found.groups())), key=lambda pair: -len(pair[1])):
            at = re.search(r"(?<![\w.])%s(?![\w]|\.\d)" % re.escape(value), free)
            if not at:
                return None
            spots[at.start()] = (at.end(), mark)
            free = free[:at.start()] + "\0" * len(at.group()) + free[at.end():]
        for start in sorted(spots, reverse=True):
            english = english[:start] + spots[start][1] + english[spots[start][0]:]
        return english
    return None


def in_other_words(text):
    tokens = re.findall(r"[\[{⟦]\s*\d{1,3}\s*[\]}⟧]|[(（][A-Z][)）]|\d+(?:[.,]\d+)*", text)
    tokens = [rendered(t) for t in tokens]
    length, out, i = max(20, len(text) + 2 * sum(ord(c) > 0x2E80 for c in text)), [], 0
    while sum(map(len, out)) + len(out) < length or tokens:
        out.append(WORDS[i % len(WORDS)])
        if tokens and i % 3 == 2:
            out.append(tokens.pop(0))
        i += 1
    text = " ".join(out) + "."
    return text[0].upper() + text[1:]


def translate(text):
    return by_heart(text) or in_other_words(text)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body, headers=(), cut=False):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if cut else data)
        self.close_connection = self.close_connection or cut

    def error(self, status, text, headers=()):
        self.reply(status, {"error": text}, headers)

    def do_GET(self):
        config = self.server.config
        if self.path == "/languages":
            self.reply(200, [{"code": c, "name": c, "targets": t} for c, t in config["languages"].items()])
        elif self.path == "/health":
            self.reply(200, {"status": "ok"})
        elif self.path == "/frontend/settings":
            self.reply(200, {"charLimit": config["char_limit"], "frontendTimeout": 500, "apiKeys": bool(config["key"]),
                             "keyRequired": False, "suggestions": False, "filesTranslation": False, "supportedFilesFormat": [],
                             "language": {"source": {"code": "auto", "name": "Auto"}, "target": {"code": "en", "name": "English"}}})
        elif self.path == "/spec" and config["version"]:
            self.reply(200, {"swagger": "2.0", "info": {"title": "LibreTranslate", "version": config["version"]}, "paths": {}})
        else:
            self.error(404, "Not Found")

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path != "/translate":
            self.error(404, "Not Found")
            return
        body = json.loads(text)
        with self.server.lock:
            self.server.requests.append(body)
            fault = self.server.next_fault(json.dumps(body, ensure_ascii=False))
        if not self.fail(fault):
            self.answer(body, fault)

    def fail(self, fault):
        """Faults that need no answer; True when it was one."""
        errors = {"429": (429, "Slowdown: 20 per 1 minute"), "429-wait": (429, "Slowdown: 20 per 1 minute", [("Retry-After", "1")]),
                  "400-language": (400, "xx is not supported"), "403": (403, "Invalid API key"),
                  "500": (500, "Cannot translate text: index out of range")}
        pages = {"html": (200, "<html><title>Sign in</title></html>"), "empty": (200, ""),
                 "502": (502, "<html><h1>502 Bad Gateway</h1></html>")}
        if fault in errors:
            self.error(*errors[fault])
        elif fault in pages:
            self.reply(*pages[fault])
        elif fault == "reset":
            self.close_connection = True
        return fault in errors or fault in pages or fault == "reset"

    def refusal(self, body, texts):
        """Status and words of what the server does not take; None: it takes it."""
        config, source, target = self.server.config, body.get("source"), body.get("target")
        if config["key"] and body.get("api_key") != config["key"]:
            return (403, "Invalid API key") if body.get("api_key") else (400, "Please contact the server operator to get an API key")
        for name in ("q", "source", "target"):
            if not body.get(name):
                return 400, "Invalid request: missing %s parameter" % name
        if isinstance(body["q"], list) and -1 < config["batch_limit"] < len(texts):
            return 400, "Invalid request: request (%d) exceeds text limit (%d)" % (len(texts), config["batch_limit"])
        longest = max(map(len, texts))
        if -1 < config["char_limit"] < longest:
            return 400, "Invalid request: request (%d) exceeds text limit (%d)" % (longest, config["char_limit"])
        for code in (source, target):
            if code not in config["languages"]:
                return 400, "%s is not supported" % code
        if body.get("format", "text") not in ("text", "html"):
            return 400, "%s format is not supported" % body["format"]
        return None

    def answer(self, body, fault):
        texts = body.get("q")
        texts = texts if isinstance(texts, list) else [texts or ""]
        refusal = self.refusal(body, texts)
        if refusal:
            self.error(*refusal)
            return
        made = [text if fault == "equal" else escape(translate(text) + " <i>") if fault == "entities" else translate(text)
                for text in texts]
        if fault == "short":
            made = made[:-1]
        elif fault == "long":
            made = made + ["one more"]
        elif fault in ("null", "number"):
            made = [None if fault == "null" else 7] * len(made)
        single = not isinstance(body["q"], list) or fault == "string" or not self.server.config["arrays"]
        self.reply(200, {"translatedText": (made[0] if made else None) if single else made}, cut=fault == "cut")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away is what some tests are about."""

    def next_fault(self, text):
        for i, (pattern, faults) in enumerate(self.config["faults"]):
            if re.search(pattern, text):
                turn = self.turns[i] = self.turns.get(i, -1) + 1
                if faults[-1] == "*" and turn >= len(faults) - 1:
                    return faults[-2]
                return faults[turn] if turn < len(faults) else None
        return None


class LibreTranslate:
    def __init__(self, version="1.9.6", key=None, arrays=True, batch_limit=-1, char_limit=-1, languages=None, faults=(), port=0):
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.config = {"version": version, "key": key, "arrays": arrays, "batch_limit": batch_limit, "char_limit": char_limit,
                              "languages": languages or LANGUAGES, "faults": list(faults)}
        self.server.requests, self.server.turns, self.server.lock = [], {}, threading.Lock()
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def requests(self):
        return self.server.requests


if __name__ == "__main__":
    LibreTranslate(port=int(sys.argv[1]) if len(sys.argv) > 1 else 5000).server.serve_forever()

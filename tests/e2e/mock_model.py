"""A chat-completions server for the tests: answers at once, always the same, well or badly as it is told.

mode   good      what was asked for, in the schema's form, made of the request's own words
       nonsense  fluent prose with HTTP 200 where JSON was asked for
       cut       JSON that ends in the middle, finish_reason "length"
       wrong     JSON of another shape
       empty     content null
       busy      503 for the first two requests, then good
       broken    HTTP 500 always
"""
import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "mock-model"

LINKS = ["and beside it", "which goes with", "next to this,", "together with", "in line with that,", "followed by"]


def prose(begin, facts, length):
    """Sentences of about `length` words made of the facts' own words in their order, but no copy of them."""
    words = [w for w in re.findall(r"[A-Za-z]{2,}", facts) if w.lower() not in ("figure", "fig", "table")]
    words = (words * (1 + length // max(1, len(words))))[:length]
    parts = [" ".join(words[i:i + 7]) for i in range(0, len(words), 7)]
    text = begin + " " + parts[0]
    for i, part in enumerate(parts[1:]):
        text += (". " + LINKS[i % len(LINKS)].capitalize() if i % 2 else " " + LINKS[i % len(LINKS)]) + " " + part
    return text + "."


QUESTION = "Why are the treated groups drawn next to the untreated control ({tag})?"
WORDS = ("the picture shows how the measured response of the tissue changes with the dose of radiation in the treated and the "
         "control group over the time of the study and which of the differences were found to be clear").split()


def english(text, terms=()):
    """A stand-in for a translation: English words, as long as the source, with its placeholders, numbers and panel letters
    in order, and the renderings of those (term, rendering) that stand in it."""
    numbers = [n.replace(",", ".") for n in re.findall(r"\[\d+\]|\d+(?:[.,]\d+)*|[(（][A-Z][)）]", text)]
    numbers = [n.translate({0xff08: "(", 0xff09: ")"}) for n in numbers]
    wide = sum(ord(c) > 0x2E80 for c in text)
    length = max(20, len(text) + 2 * wide)
    out, i = [rendering for term, rendering in terms if term.lower()[:6] in text.lower()], 0
    while sum(map(len, out)) + len(out) < length or numbers:
        out.append(WORDS[i % len(WORDS)])
        if numbers and i % 3 == 2:
            out.append(numbers.pop(0))
        i += 1
    return " ".join(out).capitalize() + "."


def translations(names, prompt):
    """The texts that the prompt's last line holds, an object of them by number, each translated."""
    texts = json.loads(prompt.rsplit("\n", 1)[-1])
    found = re.search(r"^Terms: (.*)$", prompt, re.M)
    terms = [term.split(" = ", 1) for term in found.group(1).split("; ")] if found else []
    return json.dumps({name: english(texts[name], terms) for name in names})


def answer(request):
    schema = request["response_format"]["json_schema"]["schema"]["properties"]
    # The item's own turn: a further one only says why the first answer was rejected.
    prompt = [m["content"] for m in request["messages"]
              if m["role"] == "user" and not m["content"].startswith("This was rejected")][-1]
    if all(name.isdigit() for name in schema):
        return translations(schema, prompt)
    tag = hashlib.sha256(prompt.encode()).hexdigest()[:6]
    made = {}
    for name in schema:
        if name == "translation":
            made[name] = english(prompt.split("\n", 1)[-1])
        elif name == "question":
            made[name] = QUESTION.format(tag=tag)
        elif "question" in schema:
            made[name] = prose("Seen side by side, the parts suggest that", " ".join(reversed(prompt.split())), 70)
        else:
            made[name] = prose("The figure shows", prompt, 80)
    return json.dumps(made)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/health":
            self.reply(200, {"status": "ok"})
        elif self.path == "/v1/models":
            self.reply(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        elif self.path == "/props":
            self.reply(200, {"total_slots": 2, "default_generation_settings": {"n_ctx": 4096}, "build_info": "mock",
                             "modalities": {"vision": False}})
        else:
            self.reply(404, {"error": {"code": 404, "message": "no such path", "type": "not_found_error"}})

    def do_POST(self):
        server = self.server
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            server.requests += 1
            number = server.requests
        time.sleep(server.delay)
        if server.mode == "broken" or (server.mode == "busy" and number <= 2):
            self.reply(500 if server.mode == "broken" else 503, {"error": {"message": "no", "type": "server_error"}},
                       [("Retry-After", "1")] if server.mode == "busy" else [])
            return
        content, finish = answer(request), "stop"
        if server.mode == "nonsense":
            content = "Sure! As a friendly model, I would rather write a poem about the sea and its many moods."
        elif server.mode == "cut":
            content, finish = content[:40], "length"
        elif server.mode == "wrong":
            content = '{"colour": ["blue", 7], "question": 3, "answer": {"text": "none"}}'
        elif server.mode == "empty":
            content = None
        self.reply(200, {"id": "chatcmpl-%d" % number, "object": "chat.completion", "model": MODEL,
                         "choices": [{"index": 0, "finish_reason": finish,
                                      "message": {"role": "assistant", "content": content}}],
                         "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}})


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that is killed while it waits is what some tests are about."""


class MockModel:
    """with MockModel("good") as m: m.url is the server's; m.requests counts the completions asked for."""

    def __init__(self, mode="good", delay=0.0):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.mode, self.server.delay, self.server.requests = mode, delay, 0
        self.server.lock = threading.Lock()
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

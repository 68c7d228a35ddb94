"""Faults: which one a request gets, and what goes over the wire then.

A fault is chosen for each request by a seeded generator with a given probability, or it is scripted: for a URL that matches a
regular expression, a list of faults (None: none) for its first, second, ... request. No URL gets more than `in_a_row` faults
one after the other, so that whoever asks again gets through.
"""
import asyncio
import gzip
import json
import random
import re
import socket
import struct

from message import Reply, as_html, as_xml, head, http_date
from publishers import CHALLENGE

ERROR_PAGE = "<head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr><center>nginx</center></body>"
SLOW_DOWN = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>0123456789ABCDEF</RequestId></Error>"

# Instead of the reply.
THROTTLES = ("429-seconds", "429-date", "503-xml", "503-retry")  # after which a polite client leaves the whole host alone
STATUS = THROTTLES + ("500", "502")
# The reply, but the connection does not carry it.
WIRE = ("stall", "drip", "cut", "cut-chunked", "reset", "silent")
# Led astray.
REDIRECT = ("redirect-loop", "redirect-private")
# A whole reply with other bytes. Only for replies that a client can judge.
WRONG = ("short-length", "bad-gzip", "empty", "html", "challenge", "flipped", "json-cut", "cursor-repeats", "page-empty")
ALL = STATUS + WIRE + REDIRECT + WRONG
HARMLESS = (None, "drip")  # the client gets the right bytes all the same

LOOP = "/replay-loop/"


def is_robots(request):
    return request.path == "/robots.txt"


def parsed(reply):
    if (reply.header("Content-Type") or "").startswith("application/json"):
        try:
            value = json.loads(reply.body)
            return value if isinstance(value, dict) else None
        except ValueError:
            pass
    return None


def repeated_cursor(request, value):
    """The page's own cursor as the next one, though more is to come. True when this page has one."""
    form = request.form()
    if "nextCursorMark" in value and form.get("cursorMark") and value.get("resultList"):
        if value["nextCursorMark"] == form["cursorMark"]:
            return False  # the end of this service
        value["nextCursorMark"] = form["cursorMark"]
        return True
    if isinstance(value.get("meta"), dict) and value["meta"].get("next_cursor") and form.get("cursor"):
        value["meta"]["next_cursor"] = form["cursor"]
        return True
    return False


def emptied_page(value):
    """No record, though the count says that there are. True when this page has some, and more follow."""
    for path, hits in ((("resultList", "result"), "hitCount"), (("results",), "meta")):
        place = value
        for name in path[:-1]:
            place = place.get(name, {})
        if hits in value and isinstance(place.get(path[-1]), list) and place[path[-1]]:
            place[path[-1]] = []
            return True
    return False


class Faults:
    """`throttles`: how often one of THROTTLES comes, beside another fault. Each makes a polite client's whole host wait for
    seconds, so a test that has to end soon wants them rarer."""

    def __init__(self, probability=0.0, seed=1, kinds=ALL, in_a_row=3, script=(), stall_s=2.0, drip_s=1.0, retry_after_s=1, skip=None,
                 throttles=1.0):
        self.rng, self.in_a_row, self.row = random.Random(seed), in_a_row, {}
        self.stall_s, self.drip_s, self.retry_after_s, self.private = stall_s, drip_s, retry_after_s, []
        self.script = [(re.compile(pattern), list(faults)) for pattern, faults in script]
        self.probability, self.kinds, self.skip = probability, tuple(kinds), skip and re.compile(skip)
        self.turn, self.throttles = {}, throttles

    def configure(self, probability=None, kinds=None):
        self.probability = self.probability if probability is None else probability
        self.kinds = self.kinds if kinds is None else tuple(kinds)

    def possible(self, request, reply):
        out = list(STATUS + WIRE + REDIRECT)
        kind = reply.header("Content-Type") or ""
        if reply.status in (200, 206) and reply.body and not is_robots(request):
            out.append("bad-gzip")
            if re.search(r"json|xml|pdf|image", kind):
                out += ["short-length", "empty", "html", "challenge"]
            if reply.md5 and not re.search("json", kind):
                out.append("flipped")
            if "json" in kind:
                out.append("json-cut")
            value = parsed(reply)
            if value:
                out += ["cursor-repeats"] if repeated_cursor(request, value) else []
                out += ["page-empty"] if emptied_page(value) else []
        if not reply.body:
            out = [f for f in out if f not in ("stall", "drip", "cut", "cut-chunked")]
        return [f for f in out if f in self.kinds]

    def choose(self, request, reply):
        """The name of a fault, or None."""
        for i, (pattern, faults) in enumerate(self.script):
            if pattern.search(request.url):
                key = (i, request.url)
                turn = self.turn[key] = self.turn.get(key, -1) + 1
                return faults[turn] if turn < len(faults) else None
        if not self.probability or (self.skip and self.skip.search(request.url)) or request.path.startswith(LOOP):
            return None
        unlucky = self.rng.random() < self.probability
        possible = self.possible(request, reply) if unlucky and self.row.get(request.url, 0) < self.in_a_row else []
        if not possible:
            self.row.pop(request.url, None)
            return None
        self.row[request.url] = self.row.get(request.url, 0) + 1
        return self.rng.choices(possible, [self.throttles if f in THROTTLES else 1.0 for f in possible])[0]

    def replaced(self, fault, request, reply):
        """The reply that a fault puts in the place of the right one; the same reply where only the wire is at fault."""
        after = ("Retry-After", str(self.retry_after_s))
        if fault == "429-seconds":
            return as_html(ERROR_PAGE.format("429 Too Many Requests"), 429, [after])
        if fault == "429-date":
            return as_html(ERROR_PAGE.format("429 Too Many Requests"), 429, [("Date", http_date(0)), ("Retry-After", http_date(self.retry_after_s))])
        if fault in ("500", "502"):
            return as_html(ERROR_PAGE.format({"500": "500 Internal Server Error", "502": "502 Bad Gateway"}[fault]), int(fault))
        if fault == "503-xml":
            return as_xml(SLOW_DOWN, 503)
        if fault == "503-retry":
            return as_html(ERROR_PAGE.format("503 Service Unavailable"), 503, [after])
        if fault == "redirect-loop":
            return Reply(302, b"", None, [("Location", "https://%s%s0" % (request.host, LOOP))])
        if fault == "redirect-private":
            where = self.private[int(self.rng.random() * len(self.private))]
            return Reply(302, b"", None, [("Location", where + request.raw_path)])
        if fault == "empty":
            return Reply(200, b"", reply.header("Content-Type"))
        if fault == "html":
            return as_html("<head><title>Sign in</title></head><body><form action=\"/login\"><input type=\"password\"></form></body>")
        if fault == "challenge":
            return as_html(CHALLENGE)
        if fault == "bad-gzip":
            packed = bytearray(gzip.compress(reply.body, 1))
            packed[len(packed) // 2:len(packed) // 2 + 8] = b"\xff" * 8
            return Reply(200, bytes(packed), reply.header("Content-Type"), [("Content-Encoding", "gzip")])
        if fault == "flipped":
            middle = len(reply.body) // 2
            return Reply(reply.status, reply.body[:middle] + bytes((reply.body[middle] ^ 1,)) + reply.body[middle + 1:], None, reply.headers)
        if fault == "json-cut":
            return Reply(200, reply.body[:len(reply.body) * 2 // 3], reply.header("Content-Type"))
        if fault in ("cursor-repeats", "page-empty"):
            value = parsed(reply)
            if fault == "cursor-repeats":
                repeated_cursor(request, value)
            else:
                emptied_page(value)
            return Reply(200, json.dumps(value).encode(), "application/json", [h for h in reply.headers if h[0] != "Content-Type"])
        return reply

    async def send(self, fault, reply, transport):
        """Sends the reply as a fault of the wire has it. Returns the body's bytes that went out and whether the connection may be
        used further."""
        body, half = reply.body, len(reply.body) // 2
        whole = head(reply.status, reply.headers + [("Content-Length", len(body))])
        if fault == "drip":
            transport.write(whole)
            pieces = min(len(body), 8)
            for i in range(pieces):
                if transport.is_closing():  # the client went away
                    return len(body) * i // pieces, False
                transport.write(body[len(body) * i // pieces:len(body) * (i + 1) // pieces])
                await asyncio.sleep(self.drip_s / pieces)
            return len(body), True
        if fault == "stall":
            transport.write(whole + body[:half])
            await asyncio.sleep(self.stall_s)
        elif fault == "cut":
            transport.write(whole + body[:half])
        elif fault == "cut-chunked":
            transport.write(head(reply.status, reply.headers + [("Transfer-Encoding", "chunked")]) + b"%x\r\n" % len(body) + body[:half])
        elif fault == "short-length":
            transport.write(head(reply.status, reply.headers + [("Content-Length", half)]) + body)
            transport.close()
            return half, False
        elif fault == "silent":
            transport.close()
            return 0, False
        elif fault == "reset":
            transport.write((whole + body)[:len(whole) // 2])
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            return 0, False
        transport.close()
        return half, False

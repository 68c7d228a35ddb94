"""A request as the stand-ins see it, and a reply as they give it, before any fault is put on it."""
import gzip
import json
import re
import time
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote

REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 414: "URI Too Long", 416: "Range Not Satisfiable",
           422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable"}


class Request:
    """`target` is what stands in the request line; its first path segment is the host that was meant, as the endpoints file
    has it: http://127.0.0.1:PORT/{host}."""

    def __init__(self, method, target, headers, body=b""):
        self.method, self.headers, self.body, self.arrived = method, headers, body, time.monotonic()
        rest, _, self.query = target.partition("?")
        if rest.startswith("http://") or rest.startswith("https://"):  # as a proxy is asked
            rest = "/" + rest.split("://", 1)[1]
        self.host, _, path = rest.lstrip("/").partition("/")
        self.raw_path = "/" + path
        self.path = unquote(self.raw_path)

    @property
    def url(self):
        return "%s%s%s" % (self.host, self.raw_path, "?" + self.query if self.query else "")

    def pairs(self):
        """Name and value of all parameters, of the URL and of a posted form."""
        form = self.body.decode("utf-8", "replace") if self.method == "POST" else ""
        return parse_qsl(self.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True)

    def form(self):
        return dict(self.pairs())

    def number(self, name, default, least=0, most=1 << 31):
        text = self.form().get(name, "")
        return min(max(int(text), least), most) if re.fullmatch(r"\d{1,9}", text) else default


class Reply:
    """`after` is called once the reply went out unharmed: for services that remember how far they were read."""

    def __init__(self, status=200, body=b"", content_type="text/plain; charset=utf-8", headers=(), md5=None, after=None):
        self.status, self.body, self.headers, self.md5, self.after = status, body, list(headers), md5, after
        if content_type:
            self.headers.append(("Content-Type", content_type))

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


def as_json(value, status=200, headers=(), after=None):
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", headers, after=after)


def as_xml(text, status=200, content_type="application/xml"):
    return Reply(status, ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode(), content_type)


def as_html(text, status=200, headers=()):
    return Reply(status, ("<!DOCTYPE html>\n<html>%s</html>\n" % text).encode(), "text/html; charset=utf-8", headers)


def not_found(text="Resource not found."):
    return Reply(404, text.encode())


def head(status, headers):
    """The bytes before the body."""
    lines = ["HTTP/1.1 %d %s" % (status, REASONS.get(status, "Unknown"))] + ["%s: %s" % pair for pair in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def ranged(request, reply):
    """What a server that knows Range, If-Range and If-None-Match makes of a whole reply that has an ETag."""
    etag = reply.header("ETag")
    if reply.status != 200 or not etag:
        return reply
    keep = [(k, v) for k, v in reply.headers if k.lower() != "content-type"]
    if request.headers.get("if-none-match") in (etag, "*"):
        return Reply(304, b"", None, keep)
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not match or request.headers.get("if-range", etag) != etag:
        return reply
    first, total = int(match.group(1)), len(reply.body)
    last = min(int(match.group(2)) if match.group(2) else total - 1, total - 1)
    if first >= total or first > last:
        return Reply(416, b"", None, keep + [("Content-Range", "bytes */%d" % total)])
    return Reply(206, reply.body[first:last + 1], reply.header("Content-Type"),
                 keep + [("Content-Range", "bytes %d-%d/%d" % (first, last, total))])


def compressed(request, reply):
    """Texts are sent with gzip to whoever takes it, as most services do."""
    kind = reply.header("Content-Type") or ""
    if (reply.status != 200 or len(reply.body) < 1000 or reply.header("ETag") or "gzip" not in request.headers.get("accept-encoding", "")
            or not re.match(r"text/|application/(json|xml|atom)", kind)):
        return reply
    out = Reply(200, gzip.compress(reply.body, 1), None, reply.headers + [("Content-Encoding", "gzip")], after=reply.after)
    return out


def http_date(seconds_from_now):
    return formatdate(time.time() + seconds_from_now, usegmt=True)

#!/usr/bin/env python3
"""A server on loopback in the place of all services: recorded replies, stand-ins that compute theirs, and faults.

usage: server.py CONFIG.json       or, from a test:   with Replay(folder, articles={"synthetic": 40}) as replay: ...

The host that is meant is the first segment of the path, as the endpoints file has it that the server writes:
`*<TAB>http://127.0.0.1:PORT/{host}`. Keys of the configuration, all but `folder` optional:

folder      where endpoints.tsv and log.jsonl are written
articles    {"synthetic": N, "seed": S, "real": N}: what the services know (articles.py)
live        false: no stand-ins, only recorded replies
recorded    "exact", "loose" or null: recorded replies come before the stand-ins (recorded.py)
faults      arguments of Faults (faults.py): probability, seed, kinds, script, ...
robots      {host: text of its robots.txt, or a status}
headers     {host: {name: value}}: headers that all its replies have besides, as X-Robots-Tag
statuses    {host: status}: hosts that answer everything but robots.txt with it
files       a folder, whose files are those of host files.example
page_size   keys on a page of the bucket's listing
hosts       {host: "dns" or "tls"}: hosts that have no address, or a certificate that nobody signed

The log has a line of JSON for each request, in the order in which they ended: ms (arrival, of the monotonic clock), end, host, path, query, method,
headers of interest, status, fault, bytes (of the body) and whole (the reply went out to its end). A line with the host "private" is
a connection to the socket that must never be contacted.

Python's standard library only, and no http.server: it must be able to send what is broken.
"""
import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import articles as makers  # noqa: E402
import services  # noqa: E402
from bucket import HOST as BUCKET, Bucket, dead_oa_service  # noqa: E402
from faults import LOOP, WIRE, Faults  # noqa: E402
from message import Reply, Request, as_html, as_json, compressed, head, not_found  # noqa: E402
from publishers import Publishers  # noqa: E402
from recorded import Recorded  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PRIVATE_ADDRESS = "127.0.0.2"  # loopback too: no packet leaves this machine
OF_INTEREST = ("user-agent", "range", "if-range", "if-none-match", "if-modified-since", "authorization", "accept-encoding")
MAX_HEAD = 64 * 1024
# Too long for a question to a name server, so that the resolver says no without asking one; .invalid besides (RFC 6761).
NO_HOST = "n" * 64 + ".invalid"


class Site:
    """Who answers for which host."""

    def __init__(self, config):
        self.articles = makers.collection(config.get("articles", {}))
        self.recorded = Recorded(loose=config["recorded"] == "loose") if config.get("recorded") else None
        self.live, self.headers, self.statuses = config.get("live", True), config.get("headers", {}), config.get("statuses", {})
        robots, self.files = {}, config.get("files")
        for host, path in (self.recorded.robots if self.recorded else {}).items():
            with open(path, "rb") as f:
                robots[host] = f.read()
        robots.update({h: t if isinstance(t, int) else t.encode() for h, t in config.get("robots", {}).items()})
        self.publishers = Publishers(self.articles, robots)
        self.by_host = {BUCKET: Bucket(self.articles, config.get("page_size", 1000), config.get("inventory_date", "2026-11-20"))}
        for kind in services.ALL:
            service = kind(self.articles)
            self.by_host.update(dict.fromkeys(kind.hosts, service))

    def file(self, path):
        name = os.path.join(self.files, os.path.basename(path))
        if not os.path.isfile(name):
            return not_found()
        with open(name, "rb") as f:
            return Reply(200, f.read(), "application/pdf" if name.endswith(".pdf") else "application/octet-stream")

    def answer(self, request):
        if request.path.startswith(LOOP):
            turn = request.path[len(LOOP):]
            return Reply(302, b"", None, [("Location", "%s%d" % (LOOP, (int(turn) + 1) % 3 if turn.isdigit() else 0))])
        if request.host in self.statuses and request.path != "/robots.txt":
            return as_html("<head><title>%d</title></head><body></body>" % self.statuses[request.host], self.statuses[request.host])
        if self.files and request.host == "files.example":
            return self.file(request.path)
        reply = self.recorded.answer(request) if self.recorded else None
        if reply is None and self.live and request.path.startswith("/pmc/utils/oa/oa.fcgi"):
            reply = dead_oa_service(request)
        if reply is None and self.live and request.path != "/robots.txt" and request.host in self.by_host:
            reply = self.by_host[request.host].answer(request)
        if reply is None and (self.live or request.path == "/robots.txt"):
            reply = self.publishers.answer(request)
        reply = reply or not_found()
        reply.headers += self.headers.get(request.host, {}).items()
        return compressed(request, reply)


class Log:
    def __init__(self, path):
        self.file, self.count = open(path, "a", encoding="utf-8", buffering=1), 0

    def write(self, request, status, fault, sent, whole):
        self.count += 1
        line = {"ms": round(request.arrived * 1000, 2), "end": round(time.monotonic() * 1000, 2), "host": request.host, "path": request.raw_path,
                "query": request.query, "method": request.method, "status": status, "fault": fault, "bytes": sent, "whole": whole}
        line.update({name: request.headers[name] for name in OF_INTEREST if name in request.headers})
        self.file.write(json.dumps(line) + "\n")


class Connection(asyncio.Protocol):
    """One connection: requests one after the other, each answered before the next is read."""

    def __init__(self, server):
        self.server, self.buffer, self.busy, self.transport = server, b"", False, None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        self.pump()

    def pump(self):
        while not self.busy and not self.transport.is_closing():
            request = self.take()
            if request is None:
                return
            self.serve(request)

    def take(self):
        """The next whole request of the buffer, or None."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > MAX_HEAD:
                self.transport.abort()
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        length, words = headers.get("content-length", "0"), lines[0].split(" ")
        if len(words) != 3 or not length.isdigit():
            self.transport.abort()
            return None
        if len(self.buffer) < end + 4 + int(length):
            return None
        body, self.buffer = self.buffer[end + 4:end + 4 + int(length)], self.buffer[end + 4 + int(length):]
        return Request(words[0], words[1], headers, body)

    def serve(self, request):
        if request.host == "_replay":
            reply, fault = self.server.control(request), None
        else:
            reply = self.server.site.answer(request)
            fault = self.server.faults.choose(request, reply)
            if fault:
                reply = self.server.faults.replaced(fault, request, reply)
            elif reply.after:
                reply.after()
        if fault in WIRE or fault == "short-length":
            self.busy = True
            self.server.keep(self.perform(fault, request, reply))
            return
        # A 304 has no body, so it must not announce one.
        length = [] if reply.status == 304 else [("Content-Length", len(reply.body))]
        body = b"" if request.method == "HEAD" else reply.body
        if request.host != "_replay":  # first, so that who has the reply finds its line
            self.server.log.write(request, reply.status, fault, len(body), True)
        self.transport.write(head(reply.status, reply.headers + length) + body)
        if request.headers.get("connection", "").lower() == "close":
            self.transport.close()

    async def perform(self, fault, request, reply):
        sent, further = await self.server.faults.send(fault, reply, self.transport)
        self.server.log.write(request, reply.status, fault, sent, further)
        self.busy = False
        if further:
            self.pump()


class Private(asyncio.Protocol):
    """Must never be contacted; notes whoever does."""

    def __init__(self, server):
        self.server = server

    def connection_made(self, transport):
        self.server.log.write(Request("CONNECT", "/private/", {}), 0, None, 0, True)
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nsecret")
        transport.close()


class Server:
    def __init__(self, config):
        self.config, self.folder = config, config["folder"]
        self.site, self.faults = Site(config), Faults(**config.get("faults", {}))
        self.log = Log(os.path.join(self.folder, "log.jsonl"))
        self.tasks, self.sockets = set(), []

    def keep(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def control(self, request):
        if request.path == "/faults":
            self.faults.configure(**json.loads(request.body or b"{}"))
        return as_json({"requests": self.log.count, "probability": self.faults.probability, "articles": len(self.site.articles)})

    async def listen(self, protocol, host, **more):
        made = await asyncio.get_running_loop().create_server(protocol, host, 0, backlog=1024, **more)
        self.sockets.append(made)
        return made.sockets[0].getsockname()[1]

    async def start(self):
        """Opens the sockets and writes the endpoints file. Returns the ports."""
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(os.path.join(HERE, "selfsigned.pem"))
        port = await self.listen(lambda: Connection(self), "127.0.0.1")
        tls = await self.listen(lambda: Connection(self), "127.0.0.1", ssl=secure)
        private = await self.listen(lambda: Private(self), PRIVATE_ADDRESS)
        # One address in the ways in which it can be written.
        self.faults.private = ["http://%s:%d" % (name, private) for name in (
            PRIVATE_ADDRESS, "2130706434", "0x7f000002", "0177.0.0.2", "[::ffff:127.0.0.2]")]
        lines = ["*\thttp://127.0.0.1:%d/{host}" % port]
        for host, how in self.config.get("hosts", {}).items():
            lines.append("%s\t%s" % (host, {"dns": "http://%s/{host}" % NO_HOST, "tls": "https://127.0.0.1:%d/{host}" % tls}[how]))
        endpoints = os.path.join(self.folder, "endpoints.tsv")
        with open(endpoints, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        return {"port": port, "tls": tls, "private": private, "endpoints": endpoints, "pid": os.getpid()}


async def run(config):
    server, stop = Server(config), asyncio.Event()
    ports = await server.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(json.dumps(ports), flush=True)
    await stop.wait()


class Replay:
    """The server as a process of its own."""

    def __init__(self, folder, **config):
        self.config, self.process = dict(config, folder=str(folder)), None
        self.log_path = os.path.join(self.config["folder"], "log.jsonl")

    def __enter__(self):
        os.makedirs(self.config["folder"], exist_ok=True)
        path = os.path.join(self.config["folder"], "config.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(self.config, f)
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), path], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the replay server did not start")
        self.ports = json.loads(line)
        self.url, self.endpoints = "http://127.0.0.1:%d" % self.ports["port"], self.ports["endpoints"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def articles(self):
        return makers.collection(self.config.get("articles", {}))

    def control(self, path="/state", value=None):
        data = None if value is None else json.dumps(value).encode()
        with urllib.request.urlopen(urllib.request.Request("%s/_replay%s" % (self.url, path), data=data), timeout=10) as reply:
            return json.load(reply)

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        config = json.load(f)
    asyncio.run(run(config))


if __name__ == "__main__":
    main()

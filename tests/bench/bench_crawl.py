#!/usr/bin/env python3
"""What `figmill fetch` gets through: small files from loopback, without a limit on the pace, and what 100,000 queued tasks cost in memory.

usage: bench_crawl.py [FILES [QUEUED]]    FILES to fetch (default 20000); QUEUED tasks to wait in the queue (default 100000, 0: leave out)

Prints files a second, CPU seconds of the client for 1,000 files, and the largest resident memory of one of its processes, with the marks
that are wanted beside them. The server is tests/bench/serve_folder (C, epoll) where it is built, else the replay server, and then its own
share of the CPU is told: when it is near 100 %, it was the server that was measured. FIGMILL_BUILD names the build folder.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "replay")]
from articles import pdf  # noqa: E402
from corpus import BUILD, ask, environment, program  # noqa: E402

HOST = "files.example"
MARKS = {"files/s": 1500, "CPU s": 0.5, "MB": 150}
TICK = os.sysconf("SC_CLK_TCK")


class FolderServer:
    """tests/bench/serve_folder on a folder; with {host} the first segment of the path is the host, so the first folder."""

    def __init__(self, folder):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests", "bench", "serve_folder"), folder], stdout=subprocess.PIPE,
                                        stdin=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        self.url, self.pid = words[0], int(words[1])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class ReplayServer:
    def __init__(self, folder):
        config = os.path.join(folder, "config.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"folder": folder, "files": os.path.join(folder, HOST)}, f)
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "..", "replay", "server.py"), config], stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.url, self.pid = "http://127.0.0.1:%d" % ports["port"], ports["pid"]

    def close(self):
        self.process.terminate()
        self.process.wait()


def make(folder, n):
    """n different small PDFs, and the list of their URLs."""
    base = os.path.join(folder, HOST)
    os.mkdir(base)
    template = pdf("Low-dose radiation 00000000", ["Figure 1. Pain score after irradiation." for _ in range(60)])
    for i in range(n):
        with open(os.path.join(base, "%08d.pdf" % i), "wb") as f:
            f.write(template.replace(b"00000000)", b"%08d)" % i, 1))
    path = os.path.join(folder, "urls.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines("https://%s/%08d.pdf\n" % (HOST, i) for i in range(n))
    return path, len(template)


def children(pid):
    """The pid and those of all processes below it."""
    out = [pid]
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
            for child in f.read().split():
                out += children(int(child))
    except OSError:
        pass
    return out


def high_water_mb(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            return next((int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def cpu_s(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Watch(threading.Thread):
    """Looks at the memory of a process and those below it until it ends."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.1):
            for pid in children(self.pid):
                self.peak = max(self.peak, high_water_mb(pid))


def fetch(folder, server, urls, *options):
    """Fetches the list into a new corpus: files, seconds, CPU seconds of the client, MB at most in one process."""
    corpus, endpoints = os.path.join(folder, "corpus"), os.path.join(folder, "endpoints.tsv")
    with open(endpoints, "w", encoding="utf-8") as f:
        f.write("*\t%s/{host}\n" % server.url)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen([program("fetch"), "--corpus", corpus, "--contact", "bench@figmill.example", "--endpoints", endpoints,
                                "--allow-private", "--rate", "0", "--list", urls, "-q", *options], env=environment())
    watch = Watch(process.pid)
    watch.start()
    status = process.wait()
    watch.over.set()
    watch.join()
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1):
        sys.exit("fetch ended with status %d" % status)
    files = ask(corpus, "SELECT count(*) FROM fetch WHERE state = 'done' AND sha256 IS NOT NULL")[0][0]
    return files, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, watch.peak


def measure(title, n, *options):
    with tempfile.TemporaryDirectory(prefix="figmill-bench-crawl-") as folder:
        served = os.path.join(folder, "served")
        os.mkdir(served)
        urls, size = make(served, n)
        server = (FolderServer if os.path.exists(os.path.join(BUILD, "tests", "bench", "serve_folder")) else ReplayServer)(served)
        try:
            busy = cpu_s(server.pid)
            files, seconds, cpu, peak = fetch(folder, server, urls, *options)
            busy = cpu_s(server.pid) - busy
        finally:
            server.close()
        print("%s: %d of %d files of %d bytes in %.1f s; the server (%s) was busy for %.0f %% of that" % (
            title, files, n, size, seconds, type(server).__name__, 100 * busy / seconds))
        print("  %7.0f files/s                             wanted: at least %d" % (files / seconds, MARKS["files/s"]))
        print("  %7.3f CPU s of the client for 1,000 files   wanted: less than %.1f" % (1000 * cpu / max(files, 1), MARKS["CPU s"]))
        print("  %7.0f MB at most in one process             wanted: less than %d" % (peak, MARKS["MB"]))


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    queued = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    try:
        program("fetch")
    except FileNotFoundError as error:
        sys.exit("bench_crawl: %s" % error)
    measure("throughput", n)
    if queued:
        measure("a long queue", queued)


if __name__ == "__main__":
    main()

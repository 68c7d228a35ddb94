"""What the tests of search and fetch share: the replay server in all services' place, a profile for it, what should have come of
each of its articles, and what the server's log must say."""
import bisect
import hashlib
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
from articles import CORPUS  # noqa: E402, F401  (for the tests)
from corpus import ask, environment, figmill, program  # noqa: E402
from faults import HARMLESS  # noqa: E402
from server import PRIVATE_ADDRESS, Replay  # noqa: E402

NOT_BUILT = 77  # meson: this test was skipped
CONTACT = "crawler@figmill.example"
LICENSES = ("CC0", "CC BY", "CC BY-SA")


def need(*programs):
    """Ends the test as skipped when one of the programs is not built."""
    for name in programs:
        try:
            program(name)
        except FileNotFoundError as error:
            print("skipped: %s" % error)
            sys.exit(NOT_BUILT)


def sanitized():
    """True for a build in which everything takes several times as long."""
    with open(program("fetch"), "rb") as f:
        return b"__asan_init" in f.read()


def profile(folder, sources, languages=("",), licenses=LICENSES):
    """Writes a profile that finds everything the server has; its path."""
    path = os.path.join(folder, "replay.yaml")
    lines = ["name: replay", "title: what the replay server knows", "access: any", "sources: [%s]" % ", ".join(sources), "licenses:",
             "  allowed: [%s]" % ", ".join(licenses), "queries:"]
    for language in languages:
        lines.append("  - name: dose%s" % ("-" + language if language else ""))
        if language:
            lines.append("    language: %s" % language)
        lines += ["    all:", "      - any: [low-dose radiation]"]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return path


def expected(article, licenses=LICENSES):
    """None when the article must not or cannot be fetched, and why; else the bytes of its document and of its pictures, by name."""
    if article.place == "closed":
        return None, "closed"
    if article.retracted:
        return None, "retracted"
    if article.manuscript or article.license not in licenses:
        return None, "license"
    if article.place in ("bucket", "europepmc"):
        return (article.xml(), article.media()), None
    return (article.pdf(), {}), None


class Crawl:
    """figmill search and fetch on one corpus against one server."""

    def __init__(self, folder, replay, rate=0):
        self.folder, self.replay, self.rate = folder, replay, rate
        self.corpus = os.path.join(folder, "corpus")

    def options(self, *more):
        return ["--contact", CONTACT, "--endpoints", self.replay.endpoints, "--allow-private", "--rate", str(self.rate), *more]

    def run(self, stage, *more):
        return figmill(self.corpus, stage, *self.options(*more))

    def search(self, profile_path, *more):
        return self.run("search", "--profile", profile_path, *more)

    def kill_at_random(self, stage, rng, least_s, most_s, *more):
        """Starts a stage and kills it with SIGKILL after a random time. True when it was still at work."""
        process = subprocess.Popen([program(stage), "--corpus", self.corpus, *self.options(*more)], env=environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(rng.uniform(least_s, most_s))
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def stored(corpus):
    """Article by DOI or PMCID -> (set of hashes of its documents, set of (name, hash) of its pictures)."""
    documents, assets = defaultdict(set), defaultdict(set)
    for article_id, digest in ask(corpus, "SELECT article_id, sha256 FROM document"):
        documents[article_id].add(digest)
    for article_id, name, digest in ask(corpus, "SELECT article_id, name, sha256 FROM asset"):
        assets[article_id].add((os.path.basename(name), digest))
    out = {}
    for article_id, doi, pmcid in ask(corpus, "SELECT coalesce(merged_into, article_id), doi, pmcid FROM article"):
        for key in (doi, pmcid):
            if key:
                out[key] = (documents[article_id], assets[article_id])
    return out


def missing_or_wrong(corpus, articles, licenses=LICENSES):
    """What is wrong with the corpus, article by article: lines of text, none when all is as it should be."""
    have, out = stored(corpus), []
    for a in articles:
        want, why = expected(a, licenses)
        documents, assets = have.get(a.doi) or have.get(a.pmcid) or (set(), set())
        name = "article %d (%s, %s, %s)" % (a.number, a.place, a.pmcid or a.doi, a.license)
        if want is None:
            if documents or assets:
                out.append("%s was fetched, and should not have been: %s" % (name, why))
            continue
        body, pictures = want
        if sha256(body) not in documents:
            out.append("%s: %s" % (name, "another document" if documents else "no document"))
        for digest in documents - {sha256(body), sha256(a.pdf()) if a.has_pdf or a.place in ("pdf", "landing") else None}:
            out.append("%s: a document that nobody sent: %s" % (name, digest))
        wanted = {(n, sha256(data)) for n, data in pictures.items()}
        out += ["%s: picture %s is missing" % (name, n) for n, _ in sorted(wanted - assets)]
        out += ["%s: picture %s %s is none of it" % (name, n, d) for n, d in sorted(assets - wanted)]
    return out


def broken_blobs(corpus):
    """Blobs whose bytes are not those of their names."""
    out, base = [], os.path.join(corpus, "blobs")
    for place, _, names in os.walk(base):
        for name in names:
            path = os.path.join(place, name)
            digest = os.path.relpath(path, base).replace(os.sep, "")
            with open(path, "rb") as f:
                if len(digest) == 64 and sha256(f.read()) != digest:
                    out.append(digest)
    return out


def rate_excess(log, rate):
    """Hosts that were asked more than `rate` times within some second: lines of text."""
    arrivals, out = defaultdict(list), []
    for line in log:
        arrivals[line["host"]].append(line["ms"])
    for host, times in sorted(arrivals.items()):
        times.sort()
        worst = max(bisect.bisect_left(times, first + 1000) - i for i, first in enumerate(times))
        if worst > rate:
            out.append("%s: %d requests within a second" % (host, worst))
    return out


def impatient(log, seconds=1):
    """Requests to a host that had said less than `seconds` before that it is to be left alone for so long. What was on its way when it
    said so does not count."""
    told, out = {}, []
    for line in sorted(log, key=lambda line: line["ms"]):
        said = told.get(line["host"], -1e9)
        if said + 150 < line["ms"] < said + 1000 * seconds - 20:
            out.append("%s%s: %d ms after Retry-After: %d" % (line["host"], line["path"], line["ms"] - said, seconds))
        if line["fault"] in ("429-seconds", "503-retry"):
            told[line["host"]] = line["end"]
    return out


def asked_again(log, kills=()):
    """URLs that were asked once more after they had been answered whole, and rightly. `kills`: moments (monotonic ms) at which the client
    was killed; what it was told in the second before one may be lost with it, and is asked again then. A request may arrive a little later than its
    sender died."""
    answered, out = {}, Counter()
    for line in sorted(log, key=lambda line: line["ms"]):
        url = line["host"] + line["path"] + ("?" + line["query"] if line["query"] else "")
        if line["host"] == "api.crossref.org" and "cursor=" in line["query"]:
            continue  # one URL for all pages
        began, ended = answered.get(url, (None, None))
        if began is not None and not any(
                began < moment + 100 and moment < line["ms"] and ended > moment - 1000 for moment in kills):
            out[url] += 1
        if line["status"] in (200, 206) and line["whole"] and line["fault"] in HARMLESS:
            answered[url] = (line["ms"], line["end"])
    return out


def contacts_of_private(log):
    """Lines of requests that reached the private socket, or were sent to the stand-in in its name."""
    spellings = ("private", PRIVATE_ADDRESS, "2130706434", "0x7f", "0177", "[::")
    return [line for line in log if line["host"].startswith(spellings)]


"""What the end-to-end tests share: running figmill's programs, asking a corpus, dumping what it holds."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FIGMILL_BUILD", os.path.join(ROOT, "build"))
SAMPLES = os.path.join(ROOT, "tests", "samples", "articles")
TIMEOUT_S = 600

# The line's stages from left to right, with what they are run with; {url} is the model server's.
STAGES = ["import", "extract", "translate", "generate", "shard"]


def demo_options():
    """The options that scripts/demo gives to each stage, read out of it."""
    with open(os.path.join(ROOT, "scripts", "demo"), encoding="utf-8") as demo:
        calls = re.findall(r"^stage(?:_with_model)? (%s)\b(.*)$" % "|".join(STAGES), demo.read(), re.MULTILINE)
    found = {stage: [] if stage == "import" else options.split() for stage, options in calls}
    if list(found) != STAGES:
        raise AssertionError("scripts/demo runs %s" % list(found))
    found["shard"] += ["--name", "default"]     # its own default; arguments() adds none of the tests' options then
    return found


def program(name):
    """The path of figmill-NAME, wherever the build put it."""
    for folder in ("stage", "stage/tools", "ingest", "extract", "translate", "pairs"):
        path = os.path.join(BUILD, folder, "figmill-" + name)
        if os.path.exists(path):
            return path
    raise FileNotFoundError("figmill-%s is not in %s" % (name, BUILD))


class Result:
    """What a program did: its exit status, stdout, stderr and seconds."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return "exit status %d after %.2f s\n%s\n%s" % (self.status, self.seconds, self.out, self.err)


def environment(url=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GENERATOR", "TRANSLATOR", "JUDGE", "FIGMILL_CORPUS"))}
    if "ASAN_OPTIONS" in env:   # what a program holds at its end is not lost: it is short-lived by design
        env["ASAN_OPTIONS"] += ":detect_leaks=0"
    if url:
        env.update(GENERATOR_URL=url, TRANSLATOR_URL=url)
    return env


def arguments(corpus, stage, options=()):
    extra = [SAMPLES] if stage == "import" and not options else []
    formats = ["--format", "webdataset,llava", "--eval-size", "3"] if stage == "shard" and "--name" not in options else []
    return [program(stage), "--corpus", corpus] + formats + list(options) + extra


def figmill(corpus, stage, *options, url=None, prefix=()):
    began = time.monotonic()
    run = subprocess.run(list(prefix) + arguments(corpus, stage, options), capture_output=True, text=True,
                         env=environment(url), timeout=TIMEOUT_S, check=False)
    return Result(run.returncode, run.stdout, run.stderr, time.monotonic() - began)


def run_line(corpus, url, stages=STAGES):
    """Runs the stages; the first that fails raises."""
    results = {}
    for stage in stages:
        results[stage] = figmill(corpus, stage, url=url)
        if results[stage].status:
            raise AssertionError("%s: %s" % (stage, results[stage]))
    return results


def kill_midway(corpus, stage, url, done, options=()):
    """Starts a stage and kills its runner with SIGKILL once `done` of its tasks are done. True when it was killed before
    it ended by itself."""
    process = subprocess.Popen(arguments(corpus, stage, options) + ["--jobs", "2"], env=environment(url), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            n = ask(corpus, "SELECT count(*) FROM task WHERE stage = ? AND state = 'done'", stage)[0][0]
        except sqlite3.Error:  # the corpus is still being made
            n = -1
        if n >= done:
            break
        time.sleep(0.002)
    killed = process.poll() is None
    if killed:
        process.send_signal(signal.SIGKILL)
    process.wait()
    return killed


def ask(corpus, sql, *values):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(corpus, "corpus.db"), uri=True, timeout=60)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


# What a corpus says, by natural keys: no ids, no times, nothing that depends on who came first.
DUMP = {
    "article": "SELECT key, doi, pmcid, pmid, source, drop_reason FROM article WHERE merged_into IS NULL",
    "document": "SELECT a.key, d.kind, d.sha256, d.bytes FROM document d JOIN article a USING (article_id)",
    "front": "SELECT d.sha256, f.doi, f.title, f.language, f.year, f.license FROM front f JOIN document d USING (document_id)",
    "figure": "SELECT d.sha256, f.anchor, f.ordinal, f.origin, f.label, f.kind, f.page, f.x0, f.y0, f.x1, f.y1, "
              "f.image_sha256, f.original_sha256, f.content_hash, f.drop_reason FROM figure f JOIN document d USING (document_id)",
    "picture": "SELECT * FROM picture",
    "caption": "SELECT d.sha256, f.anchor, c.ordinal, c.language, c.text FROM caption c JOIN figure f USING (figure_id) "
               "JOIN document d USING (document_id)",
    "panel": "SELECT d.sha256, f.anchor, p.ordinal, p.label, p.caption, p.x0, p.y0, p.x1, p.y1, p.confidence, p.method "
             "FROM panel p JOIN figure f USING (figure_id) JOIN document d USING (document_id)",
    "mention": "SELECT d.sha256, f.anchor, m.ordinal, m.text FROM mention m JOIN figure f USING (figure_id) "
               "JOIN document d USING (document_id)",
    "table_cell": "SELECT d.sha256, f.anchor, c.row, c.col, c.rowspan, c.colspan, c.header, c.text FROM table_cell c "
                  "JOIN figure f USING (figure_id) JOIN document d USING (document_id)",
    "translation": "SELECT d.sha256, f.anchor, t.field, t.ordinal, t.target_language, t.source_language, t.source_text, t.text, "
                   "t.method, t.model, t.checks, t.drop_reason FROM translation t JOIN figure f USING (figure_id) "
                   "JOIN document d USING (document_id)",
    "pair": "SELECT d.sha256, f.anchor, p.kind, p.ordinal, p.language, p.turns, p.model, p.prompt, p.prompt_hash, p.checks, "
            "p.drop_reason FROM pair p JOIN figure f USING (figure_id) JOIN document d USING (document_id)",
    "task": "SELECT stage, state, count(*) FROM task GROUP BY stage, state",
}


def dump(corpus):
    return {table: sorted(ask(corpus, sql), key=repr) for table, sql in DUMP.items()}


def files_of(folder):
    """Relative path -> bytes of every file below."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found
